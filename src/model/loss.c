/* SPDX-License-Identifier: MIT
 * loss.c - softmax cross-entropy, and the squared error.
 *
 * Cross-entropy: with m the greatest y, s_i = exp(y_i - m) and s their sum, p_i = s_i/s: the loss is m - y_label + log s, and its gradient
 * p_i, less 1 at the label. One s_i is exactly 1, so log s = log1p(the others); and 1 - p_label is summed from the
 * others, since where the label is nearly sure the difference would have no digits left. */
#include "base/each_precision.h"

#include "model/loss.h"

#include <math.h>

double loci_loss_cross_entropy(size_t *answer, real *dy, const real *y, size_t classes, size_t label,
                               double scale)
{
    size_t top = 0;
    for (size_t i = 1; i < classes; i++)
        if (y[i] > y[top]) top = i;
    *answer = top;
    const double m = (double)y[top];
    double beside_top = 0, beside_label = 0;
    for (size_t i = 0; i < classes; i++) {
        const double s = exp((double)y[i] - m);
        if (i != top) beside_top += s;
        if (i != label) beside_label += s;
    }
    const double sum = 1 + beside_top;
    if (dy) {
        for (size_t i = 0; i < classes; i++) dy[i] = (real)(scale * exp((double)y[i] - m) / sum);
        dy[label] = (real)(-scale * beside_label / sum);
    }
    return m - (double)y[label] + log1p(beside_top);
}

double loci_loss_squared_error(real *dy, const real *y, const double *target, size_t count, double scale)
{
    double sum = 0;
    for (size_t i = 0; i < count; i++) {
        const double gap = (double)y[i] - target[i];
        sum += gap * gap;
        if (dy) dy[i] = (real)(2 * scale * gap / (double)count);
    }
    return sum / (double)count;
}
