/* SPDX-License-Identifier: MIT
 *
 * archive/quantise.h - coefficients as whole numbers of steps, and what that costs, now and later.
 *
 * A magnitude |c| = x steps becomes the whole number q, larger ones cut a little below the half, small ones well above it
 * (where the neighbours are small, a lone 1 costs more bits than it is worth). It is kept as q plus a little, for most that become q
 * lie above. Coarser versions come by dropping bits from below: after p of them the number is about q / 2^p, kept as the middle of what becomes
 * it. So what a coarser version will cost is known while the coefficients are still there, and is written down for all planes:
 * afterwards it could not be known exactly.
 */
#ifndef LOCI_ARCHIVE_QUANTISE_H
#define LOCI_ARCHIVE_QUANTISE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "archive/pyramid.h"

enum {
    STEPS_AN_OCTAVE = 64, /* step i is 2^(i / 64) */
    STEP_LIMIT = 30000,   /* |i| is at most this, before bits are dropped */
    PLANES_MAX = 30
};

double loci_quantise_step(int step);

/* expected[i]: the mean magnitude of coefficient i's neighbours; both [layout->samples]. */
void loci_quantise_expect(double *expected, const double *c, const pyramid_layout *layout);

/* The largest step whose sum of squared errors is at most `allowed` and, up to rounding, not below 0.96 of it where that
 * can be; *all_zero where zeros alone are enough. false: numbers of steps would leave COEFFICIENT_LIMIT. Some six passes
 * over c. */
bool loci_quantise_search(int *step, bool *all_zero, const double *c, const double *expected, size_t n,
                          double allowed);

/* How many bits can be dropped of numbers of a step until all are zero. */
int loci_quantise_planes(const int32_t *q, size_t n, int step);

/* q [n] by a step. Returns its planes, at most PLANES_MAX; -1 where there are more, or it leaves COEFFICIENT_LIMIT. */
int loci_quantise(int32_t *q, const double *c, const double *expected, size_t n, int step);

/* q [n] of a step, which has dropped `plane` bits already. error[i], i from 0 to planes <= PLANES_MAX: the sum of squared errors when i
 * more are dropped; at `planes` everything is zero. */
void loci_quantise_errors(double *error, const double *c, const int32_t *q, size_t n, int step, int plane,
                          int planes);

/* Numbers of a step without so many of their lowest bits: those of the step so many octaves up. */
void loci_quantise_drop(int32_t *q, size_t n, int step, int planes);

/* c [n]: what is kept of numbers of a step, from which `plane` bits were dropped. */
void loci_quantise_restore(double *c, const int32_t *q, size_t n, int step, int plane);

#endif
