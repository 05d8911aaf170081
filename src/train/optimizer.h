/* SPDX-License-Identifier: MIT
 * train/optimizer.h - how parameters follow their gradient. */
#ifndef LOCI_TRAIN_OPTIMIZER_H
#define LOCI_TRAIN_OPTIMIZER_H

#include "base/real.h"

#define loci_optimizer_adamw LOCI_NAME(loci_optimizer_adamw)
#define loci_optimizer_squares LOCI_NAME(loci_optimizer_squares)

/* One step of AdamW (Loshchilov and Hutter 2019), as PyTorch takes it, with moments of 0.9 and 0.999: with g times `scale`,
 *
 *     p = (1 - rate decay) p;    m = 0.9 m + 0.1 g;    v = 0.999 v + 0.001 g^2
 *     p = p - rate m / (1 - 0.9^t) / (sqrt(v / (1 - 0.999^t)) + 1e-8)
 *
 * for `count` numbers of one group; t counts from 1, m and v are 0 before. */
void loci_optimizer_adamw(real *p, real *m, real *v, const real *g, size_t count, double rate, double decay,
                          double scale, uint64_t t);

/* The sum of g^2, in double and in a fixed order. */
double loci_optimizer_squares(const real *g, size_t count);

#endif
