/* SPDX-License-Identifier: MIT
 * progress.c - a bar on the terminal, or a line a minute. */
#include "shared/progress.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "shared/words.h"

static const double bar_delay = 0.5, bar_interval = 0.1, line_interval = 60;
enum { BAR_WIDTH = 24, BAR_LEAST = 8, LINE = 320 };

/* Whether a bar stands in the terminal's last line: a signal handler must know. */
static volatile sig_atomic_t bar_shown;

double progress_clock(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

void progress_start(progress *bar, const char *doing, const char *unit, uint64_t total)
{
    *bar = (progress){
        .doing = doing, .unit = unit, .total = total, .each = 1, .terminal = isatty(STDERR_FILENO) == 1};
    bar->started = progress_clock();
    bar->next = bar->started + (bar->terminal ? bar_delay : line_interval);
}

void progress_resume(progress *bar, uint64_t first)
{
    bar->first = first;
}

void progress_rate(progress *bar, const char *rate_unit, double each)
{
    bar->rate_unit = rate_unit;
    bar->each = each;
}

static size_t terminal_columns(void)
{
    struct winsize window = {0};
    return ioctl(STDERR_FILENO, TIOCGWINSZ, &window) == 0 && window.ws_col > 0 ? window.ws_col : 80;
}

/* One line that never runs over the terminal's edge: the bar takes the room that the words leave. */
static void bar_draw(const progress *bar, const char *words, double share)
{
    const size_t columns = terminal_columns() - 1, used = strlen(bar->doing) + 1 + strlen(words);
    char drawn[BAR_WIDTH + 4] = "";
    if (share >= 0 && used + BAR_LEAST + 3 <= columns) {
        const size_t room = columns - used - 3, width = room < BAR_WIDTH ? room : BAR_WIDTH;
        const size_t full = (size_t)(share * (double)width);
        drawn[0] = '[';
        memset(drawn + 1, '=', full);
        memset(drawn + 1 + full, ' ', width - full);
        memcpy(drawn + 1 + width, "] ", 3);
    }
    char line[2 * LINE];
    snprintf(line, sizeof line, "%s %s%s", bar->doing, drawn, words);
    bar_shown = 1;
    fprintf(stderr, "\r%.*s\033[K", (int)columns, line);
}

void progress_step(progress *bar, uint64_t done)
{
    const double time = progress_clock();
    if (time < bar->next) return;
    bar->next = time + (bar->terminal ? bar_interval : line_interval);
    const double elapsed = time - bar->started;
    const double rate = (double)(done > bar->first ? done - bar->first : 0) / elapsed;

    char count[WORDS_SIZE], speed[WORDS_SIZE], left[2 * WORDS_SIZE] = "", words[LINE];
    words_count(count, done);
    words_count(speed, (uint64_t)(rate * bar->each));
    double share = -1;
    if (bar->total && done <= bar->total && rate > 0) {
        char wait[WORDS_SIZE];
        words_wait(wait, (double)(bar->total - done) / rate);
        share = (double)done / (double)bar->total;
        if (bar->detail[0]) /* is long enough without the percentage */
            snprintf(left, sizeof left, ", %s left", wait);
        else
            snprintf(left, sizeof left, ", %.0f %%, %s left", 100 * share, wait);
    }
    snprintf(words, sizeof words, "%s %s%s%s, %s%s%s/s%s", count, bar->unit, bar->detail[0] ? ", " : "",
             bar->detail, speed, bar->rate_unit ? " " : "", bar->rate_unit ? bar->rate_unit : "", left);
    if (bar->terminal)
        bar_draw(bar, words, share);
    else
        fprintf(stderr, "loci: %s: %s\n", bar->doing, words);
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
