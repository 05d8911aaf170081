/* SPDX-License-Identifier: MIT
 * progress.c - a bar on the terminal, or a line a minute. */
#include "progress.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "words.h"

static const double bar_delay = 0.5, bar_interval = 0.1, line_interval = 60;
enum { BAR_WIDTH = 24 };

/* Whether a bar stands in the terminal's last line: a signal handler must know. */
static volatile sig_atomic_t bar_shown;

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

void progress_start(progress *bar, const char *doing, const char *unit, uint64_t total)
{
    *bar = (progress){.doing = doing, .unit = unit, .total = total, .terminal = isatty(STDERR_FILENO) == 1};
    bar->started = now();
    bar->next = bar->started + (bar->terminal ? bar_delay : line_interval);
}

void progress_step(progress *bar, uint64_t done)
{
    const double time = now();
    if (time < bar->next) return;
    bar->next = time + (bar->terminal ? bar_interval : line_interval);
    const double elapsed = time - bar->started, rate = (double)done / elapsed;

    char count[WORDS_SIZE], speed[WORDS_SIZE], left[2 * WORDS_SIZE] = "", drawn[BAR_WIDTH + 4] = "";
    words_count(count, done);
    words_count(speed, (uint64_t)rate);
    if (bar->total && done <= bar->total && rate > 0) {
        char wait[WORDS_SIZE];
        words_wait(wait, (double)(bar->total - done) / rate);
        const double share = (double)done / (double)bar->total;
        snprintf(left, sizeof left, ", %.0f %%, %s left", 100 * share, wait);
        const int full = (int)(share * BAR_WIDTH);
        drawn[0] = '[';
        memset(drawn + 1, '=', (size_t)full);
        memset(drawn + 1 + full, ' ', (size_t)(BAR_WIDTH - full));
        memcpy(drawn + 1 + BAR_WIDTH, "] ", 3);
    }
    if (bar->terminal) {
        bar_shown = 1;
        fprintf(stderr, "\r%s %s%s %s, %s/s%s\033[K", bar->doing, drawn, count, bar->unit, speed, left);
    } else {
        fprintf(stderr, "loci: %s: %s %s, %s/s%s\n", bar->doing, count, bar->unit, speed, left);
    }
    fflush(stderr);
}

void progress_wipe(void)
{
    if (!bar_shown) return;
    fputs("\r\033[K", stderr);
    fflush(stderr);
    bar_shown = 0;
}

void progress_abandon(void)
{
    if (bar_shown && write(STDERR_FILENO, "\n", 1) < 0) bar_shown = 0;
}
