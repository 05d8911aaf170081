/* SPDX-License-Identifier: MIT
 * readout/probe.h - internal side of loci/probe.h: how a probe lies in memory. */
#ifndef LOCI_READOUT_PROBE_H
#define LOCI_READOUT_PROBE_H

#include <loci/probe.h>

enum { PROBE_BLOCK = 32 }; /* rows that are learned at once */

/* Followed by the arrays of probe_view, in their order. */
struct loci_probe {
    loci_probe_spec spec; /* allocator NULL, what lies behind `memories` 0 */
    uint64_t samples;
    uint64_t held; /* samples of the history that goes on */
    uint64_t solved;
    size_t features, past; /* p; the longest window less 1 */
    size_t saved, numbers; /* doubles: that are saved, the ridge asked for the first; that follow */
};

typedef struct {
    double *origin, *scale; /* [inputs] */
    double *rows, *ridge;   /* [1] in moments; of the weights */
    double *moments;        /* [loci_ridge_size(p, targets)] */
    double *weights;        /* [p][targets] */
    double *recent;         /* [inputs][past + 1] the newest samples, so taken */
    double *basis;          /* of each memory [window][order], oldest sample first; not saved, as all below */
    double *sums;           /* of each memory [order]: what it makes of 1 */
    double *line;           /* [inputs][past + PROBE_BLOCK] */
    double *f, *y;          /* [PROBE_BLOCK][p], [PROBE_BLOCK][targets] */
} probe_view;

probe_view loci_probe_view(const loci_probe *probe);
/* The doubles that are saved of a probe of a spec. */
loci_status loci_probe_saved(const loci_probe_spec *spec, size_t *saved);
/* A probe of a spec, all numbers 0 but the bases; LOCI_E_ARGUMENT, LOCI_E_MEMORY. */
loci_status loci_probe_make(loci_probe **probe, const loci_probe_spec *spec, loci_error *error);

/* f [n][p] of n samples: line [inputs][past + ...], a row `stride` long, begins with the first window. */
void loci_probe_features(const loci_probe *probe, double *f, const double *line, size_t stride, size_t n);
/* LOCI_E_VALUE where it was not solved. */
loci_status loci_probe_ready(const loci_probe *probe, loci_error *error);

#endif
