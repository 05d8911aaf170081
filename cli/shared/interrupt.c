/* SPDX-License-Identifier: MIT
 * interrupt.c - notes the first signal, leaves at the second. */
#include "shared/interrupt.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stddef.h>
#include <unistd.h>

#include "shared/message.h"
#include "shared/progress.h"

static volatile sig_atomic_t seen, nothing = -1; /* a descriptor of /dev/null, where input ends */

static void note(int signal_number)
{
    (void)signal_number;
    if (seen) {
        progress_abandon();
        _exit(STATUS_INTERRUPTED);
    }
    seen = 1;
    const int reason = errno;
    if (nothing >= 0) dup2(nothing, STDIN_FILENO);
    errno = reason;
}

void interrupt_ends_input(void)
{
    nothing = open("/dev/null", O_RDONLY | O_CLOEXEC);
}

void interrupt_catch(void)
{
    static const int signals[] = {SIGINT, SIGTERM, SIGHUP};
    for (size_t i = 0; i < sizeof signals / sizeof signals[0]; i++) {
        struct sigaction old, action = {.sa_handler = note};
        sigemptyset(&action.sa_mask);
        sigaction(signals[i], NULL, &old);
        if (old.sa_handler != SIG_IGN) sigaction(signals[i], &action, NULL);
    }
}

bool interrupt_seen(void)
{
    return seen;
}

bool interrupt_ended_input(void)
{
    return seen && nothing >= 0;
}
