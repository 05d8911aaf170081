/* SPDX-License-Identifier: MIT
 * readout/readout.h - internal side of loci/readout.h: how a readout lies in memory. */
#ifndef LOCI_READOUT_READOUT_H
#define LOCI_READOUT_READOUT_H

#include <stdbool.h>

#include <loci/readout.h>

#include "readout/ridge.h"
#include "readout/windows.h"

enum { READOUT_PIECE = 1024 }; /* samples of a push that are learned at once */

/* Followed by the arrays of readout_view, in their order. */
struct loci_readout {
    loci_readout_spec spec; /* allocator NULL */
    uint64_t samples;
    uint64_t held;  /* samples of the history that goes on */
    uint64_t fresh; /* windows of it that are in `products`, not yet in `moments` */
    uint64_t parts; /* histories that were ended, or folded in from others, or halved by forgetting */
    uint64_t solved;
    size_t numbers; /* doubles that follow */
};

typedef struct {
    /* [channels]: samples are taken as (u - origin) / scale; origin is the first of all */
    double *scale, *origin;
    /* [channels] of all samples, so taken: their mean and the sum of squares about it */
    double *mean, *spread;
    double *unit;     /* [channels] the deviation that the weights were made with */
    double *rows;     /* [channels] windows in moments */
    double *moments;  /* [channels][loci_ridge_size(order + 1, horizon)] */
    double *products; /* [channels][lags] of the fresh windows: their last row, see windows.h */
    double *total;    /* [channels] sum of their newest samples */
    /* [channels][lags - 1] what came before the first of them, and the newest samples */
    double *first, *recent;
    double *filter;   /* [sets][window][horizon] y = filter x + constant scale unit, oldest sample first */
    double *constant; /* [sets][horizon] */
    double *widths;   /* [channels][2][horizon] */
    double *work;     /* [lags + READOUT_PIECE], not saved */
} readout_view;

readout_view loci_readout_view(const loci_readout *readout);
/* The doubles of a spec that was checked, those that are saved, and those behind them; 0 where they do not fit a size_t. */
size_t loci_readout_numbers(const loci_readout_spec *spec, size_t *saved);
loci_status loci_readout_check(const loci_readout_spec *spec, loci_error *error);
/* A readout of a spec that was checked, all numbers 0. */
loci_status loci_readout_make(loci_readout **readout, const loci_readout_spec *spec, loci_error *error);

static inline size_t readout_lags(const loci_readout *r)
{
    return r->spec.window + r->spec.horizon;
}

static inline size_t readout_sets(const loci_readout_spec *s)
{
    return s->own ? s->channels : 1;
}

#endif
