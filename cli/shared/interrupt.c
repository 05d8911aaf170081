/* SPDX-License-Identifier: MIT
 * interrupt.c - notes the first signal, leaves at the second. */
#include "shared/interrupt.h"

#include <signal.h>
#include <stddef.h>
#include <unistd.h>

#include "shared/message.h"
#include "shared/progress.h"

static volatile sig_atomic_t seen;

static void note(int signal_number)
{
    (void)signal_number;
    if (seen) {
        progress_abandon();
        _exit(STATUS_INTERRUPTED);
    }
    seen = 1;
}

void interrupt_catch(void)
{
    static const int signals[] = {SIGINT, SIGTERM};
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
