/* SPDX-License-Identifier: MIT
 *
 * progress.h - how far long work has come, on standard error: a bar with rate and time left where that is a
 * terminal, otherwise a plain line a minute. Work that is done at once shows nothing.
 */
#ifndef LOCI_CLI_PROGRESS_H
#define LOCI_CLI_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

enum { PROGRESS_DETAIL = 64 };

typedef struct {
    const char *doing, *unit;
    uint64_t first, total;
    const char *rate_unit;        /* NULL: the same unit */
    double each;                  /* rate units that a unit holds */
    char detail[PROGRESS_DETAIL]; /* written by the caller: what stands behind the count; empty: nothing */
    double started, next;         /* seconds of the monotonic clock */
    bool terminal;
} progress;

/* doing: "remembering"; unit: "samples"; total: 0 where it is not known. The texts must outlive the progress.
 */
void progress_start(progress *bar, const char *doing, const char *unit, uint64_t total);
/* After progress_start: `first` of them were done before; the rate is that of what comes. */
void progress_resume(progress *bar, uint64_t first);
/* After progress_start: the rate is told in other units, `each` of them in one of the count's. */
void progress_rate(progress *bar, const char *rate_unit, double each);
/* done so far. Cheap: looks at the clock, and draws ten times a second at most. */
void progress_step(progress *bar, uint64_t done);
/* Wipes the bar, if there is one: at the end of the work, and before a message. */
void progress_wipe(void);

/* For a signal handler: leaves the cursor below the bar, if there is one. */
void progress_abandon(void);

/* Seconds of the monotonic clock. */
double progress_clock(void);

#endif
