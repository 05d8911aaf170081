/* SPDX-License-Identifier: MIT
 * turns.h - answers to one sequence after the other, which the ranks of a job take in turn; rank 0 gets all, in order. */
#ifndef LOCI_CLI_TURNS_H
#define LOCI_CLI_TURNS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct {
    size_t next;   /* rank */
    bool collects; /* this rank, for rank 0: what is answered is to be given to turns_keep */
    float *rows;   /* [count][width] */
    size_t count, room;
    uint64_t missing; /* values of sequences that others stood for: on rank 0 those of all ranks */
} turns;

/* The next sequence: run(context) by the rank whose turn it is, or, where only rank 0 has the sequence (here), by that; there put(context, row, y)
 * takes what another rank kept, row by row, and its messages are told. A status: on rank 0 that of the run, on others of theirs. Alone it is
 * run(context). */
int turns_run(turns *t, bool here, size_t width, int (*run)(void *context),
              int (*put)(void *context, size_t row, const float *y), void *context);
int turns_keep(turns *t, size_t width, const float *y);
void turns_release(turns *t);

#endif
