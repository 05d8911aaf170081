/* SPDX-License-Identifier: MIT
 * grid.h - samples that may come with times, on the equal steps that an archive has: what lies between them is missing. */
#ifndef LOCI_CLI_GRID_H
#define LOCI_CLI_GRID_H

#include <stdint.h>

#include "shared/source.h"

typedef struct {
    const source *from;
    double start, dt;
    uint64_t next;  /* the sample that is expected, counted from start */
    uint64_t known; /* samples before this one are passed over */
    loci_status (*take)(void *target, const double *u, size_t n, loci_error *error); /* u [n][channels] */
    void *target;
    double *empty;         /* samples that are missing */
    uint64_t filled, gaps; /* how many of them there were, in how many places */
} grid;

/* The seconds between samples, as the first ones tell, or the source's own step. Returns a status of the program. */
int grid_step(double *dt, source *from);

/* By what share such a step may differ from that of an archive: of few rounded times it is known so well; grid_push looks at each. */
double grid_tolerance(const source *from);

/* A source_taker for a grid whose fields, but empty, are set; grid_release releases what it made. */
loci_status grid_push(void *target, const double *u, const double *t, size_t n, loci_error *error);
void grid_release(grid *g);

#endif
