/* SPDX-License-Identifier: MIT
 * grid.c - samples with times onto equal steps. */
#include "memory/grid.h"

#include <stdlib.h>
#include <string.h>

#include <loci/archive.h>

#include "shared/message.h"
#include "shared/words.h"

enum { EMPTY = 4096 };

/* How far a time may lie from its step, in steps: clocks are rounded, and so are steps. */
#define OFF_THE_STEP 0.05

#define LONGEST 1e9 /* steps of a gap: a time that is wrong would be filled up to for hours */

double grid_tolerance(const source *from)
{
    return from->info.stamped ? OFF_THE_STEP : 1e-9;
}

int grid_step(double *dt, source *from)
{
    *dt = from->dt;
    if (!from->info.stamped) return STATUS_DONE;
    const int status = source_pair(from);
    if (status) return status;
    if (from->count < 2)
        return message_fail(
            "%s: one sample with a time does not tell how far samples are apart; two were expected",
            from->path);
    *dt = loci_archive_step(from->t, from->count, 1);
    if (*dt > 0) return STATUS_DONE;
    char place[64], first[WORDS_SIZE], second[WORDS_SIZE];
    source_place(from, 1, place, sizeof place);
    words_time(first, from->t[0], from->info.iso_times);
    words_time(second, from->t[1], from->info.iso_times);
    return strcmp(first, second) == 0
               ? message_fail("%s: %s: time stands still at %s; a later time was expected", from->path, place,
                              first)
               : message_fail("%s: %s: time goes back from %s to %s; a later time was expected", from->path,
                              place, first, second);
}

/* The time t of sample k of the piece is not that of a sample behind `next` others. */
static loci_status refuse(const grid *g, uint64_t next, size_t k, double t, loci_error *error)
{
    char now[WORDS_SIZE], step[WORDS_SIZE], place[64];
    const bool dates = g->from->info.iso_times;
    const double before = g->start + ((double)next - 1) * g->dt;
    source_place(g->from, k, place, sizeof place);
    words_time(now, t, dates);
    if (next > 0 && fabs(t - before) <= OFF_THE_STEP * g->dt)
        message_fail("%s: %s: time stands still at %s; a later time was expected", g->from->path, place, now);
    else if (next > 0 && t < before)
        message_fail("%s: %s: time goes back from %s to %s; a later time was expected", g->from->path, place,
                     words_time(step, before, dates), now);
    else if (t - before > LONGEST * g->dt)
        message_fail(
            "%s: %s: before the time %s %.3g steps of %s s are missing; a gap of at most %.0e steps was expected",
            g->from->path, place, now, (t - before) / g->dt - 1, words_number(step, g->dt), LONGEST);
    else
        message_fail(
            "%s: %s: the time %s does not lie on steps of %s s behind the sample before it; an archive keeps "
            "samples at a rate, and a memory (--detail) at any times",
            g->from->path, place, now, words_number(step, g->dt));
    error->status = LOCI_E_VALUE;
    error->text[0] = 0; /* it has been told */
    return LOCI_E_VALUE;
}

/* Samples that are missing, up to the sample `until`. */
static loci_status fill(grid *g, uint64_t until, loci_error *error)
{
    const size_t channels = g->from->info.channels;
    if (!g->empty) {
        g->empty = malloc(EMPTY * channels * sizeof *g->empty);
        if (!g->empty) {
            message_memory();
            error->text[0] = 0;
            return LOCI_E_MEMORY;
        }
        for (size_t i = 0; i < EMPTY * channels; i++) g->empty[i] = NAN;
    }
    loci_status status = LOCI_OK;
    g->gaps++;
    g->filled += until - g->next;
    while (g->next < until && status == LOCI_OK) {
        const size_t some = until - g->next < EMPTY ? (size_t)(until - g->next) : EMPTY;
        status = g->take(g->target, g->empty, some, error);
        g->next += some;
    }
    return status;
}

loci_status grid_push(void *target, const double *u, const double *t, size_t n, loci_error *error)
{
    grid *g = target;
    const size_t channels = g->from->info.channels;
    loci_status status = LOCI_OK;
    if (!t) {
        status = g->take(g->target, u, n, error);
        g->next += n;
        return status;
    }
    for (size_t i = 0; i < n && status == LOCI_OK;) { /* a run of samples without a gap at a time */
        size_t run = 0;
        if (g->known > 0 && rint((t[i] - g->start) / g->dt) < (double)g->known) {
            i++;
            continue;
        }
        for (; i + run < n; run++) {
            const double at = (t[i + run] - g->start) / g->dt, step = rint(at);
            if (!(fabs(at - step) <= OFF_THE_STEP) || step < (double)(g->next + run) ||
                step - (double)(g->next + run) > LONGEST)
                return refuse(g, g->next + run, i + run, t[i + run], error);
            if (step > (double)(g->next + run)) {
                if (run == 0) {
                    status = fill(g, (uint64_t)step, error);
                    if (status != LOCI_OK) return status;
                } else {
                    break;
                }
            }
        }
        status = g->take(g->target, u + i * channels, run, error);
        g->next += run;
        i += run;
    }
    return status;
}

void grid_release(grid *g)
{
    free(g->empty);
    g->empty = NULL;
}
