/* SPDX-License-Identifier: MIT
 * optimizer.c - AdamW. Plain loops over arrays that do not overlap: the compiler makes vectors of them. */
#include "base/each_precision.h"

#include "train/optimizer.h"

#include <math.h>

static const double beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8;

LOCI_HOT
static void adamw(real *restrict p, real *restrict m, real *restrict v, const real *restrict g, size_t count,
                  real keep, real step, real correction, real scale)
{
    const real b1 = (real)beta1, c1 = (real)(1 - beta1), b2 = (real)beta2, c2 = (real)(1 - beta2),
               eps = (real)epsilon;
    for (size_t i = 0; i < count; i++) {
        const real gi = scale * g[i], mi = b1 * m[i] + c1 * gi, vi = b2 * v[i] + c2 * gi * gi;
        m[i] = mi, v[i] = vi;
#if LOCI_REAL_IS_DOUBLE
        const real root = sqrt(vi);
#else
        const real root = sqrtf(vi);
#endif
        p[i] = keep * p[i] - step * mi / (root / correction + eps);
    }
}

void loci_optimizer_adamw(real *p, real *m, real *v, const real *g, size_t count, double rate, double decay,
                          double scale, uint64_t t)
{
    const double first = 1 - pow(beta1, (double)t), second = 1 - pow(beta2, (double)t);
    adamw(p, m, v, g, count, (real)(1 - rate * decay), (real)(rate / first), (real)sqrt(second), (real)scale);
}

LOCI_HOT
double loci_optimizer_squares(const real *g, size_t count)
{
    enum { LANES = 8 };
    double sum[LANES] = {0};
    size_t i = 0;
    for (; i + LANES <= count; i += LANES)
        for (size_t k = 0; k < LANES; k++) sum[k] += (double)g[i + k] * (double)g[i + k];
    for (size_t k = 0; i + k < count; k++) sum[k] += (double)g[i + k] * (double)g[i + k];
    return ((sum[0] + sum[1]) + (sum[2] + sum[3])) + ((sum[4] + sum[5]) + (sum[6] + sum[7]));
}
