/* SPDX-License-Identifier: MIT
 * figures.h - the pictures of `loci figures`. */
#ifndef LOCI_CLI_FIGURES_H
#define LOCI_CLI_FIGURES_H

#include <loci/memory.h>

#include "draw/chart.h"

/* Each computes its numbers through the library and draws them; NULL: see error. */
typedef chart *figure_draw(loci_error *error);

/* figures_basis.c */
figure_draw figure_legendre, figure_matrices, figure_fourier, figure_orders;
/* figures_memory.c */
figure_draw figure_trajectories, figure_palace, figure_decay, figure_exact;
/* figures_ssm.c */
figure_draw figure_forms, figure_unrolled, figure_sliding, figure_kernels, figure_halves, figure_rates;
/* figures_layers.c */
figure_draw figure_learning;

/* --- what they share (figures_shared.c) --- */

/* A memory with its plan and room for a copy. */
typedef struct {
    loci_memory_plan *plan;
    loci_memory *memory, *scratch;
} trial;
loci_status trial_open(trial *t, const loci_memory_spec *spec, size_t channels, loci_error *error);
void trial_close(trial *t); /* of {0} or after a failed trial_open too */

/* A smooth signal of a few slow waves that come and go, about `cycles` of them over [0, 1], at x in [0, 1]; size 1. */
double figure_wave(double x, double cycles);

/* Noise with about equal power in every octave, as most measured signals have it: the sum of random walks that forget
 * over 1, 2, 4, ... 2^(octaves - 1) samples; u is [count][channels], mean about 0, variance about 1. The same on every
 * machine up to rounding. */
void figure_noise(double *u, size_t count, size_t channels, unsigned octaves, uint64_t seed);

/* "4.2 %", "3·10⁻⁷": a share for a title. At most 32 bytes. */
const char *figure_share(char *text, double share);

#endif
