/* SPDX-License-Identifier: MIT
 * model/loss.h - how wrong an answer is. */
#ifndef LOCI_MODEL_LOSS_H
#define LOCI_MODEL_LOSS_H

#include "base/real.h"

#define loci_loss_cross_entropy LOCI_NAME(loci_loss_cross_entropy)
#define loci_loss_squared_error LOCI_NAME(loci_loss_squared_error)

/* -log softmax(y)[label], in nats, of y [classes], label < classes; *answer = the class of the greatest y, the first of
 * equals. dy [classes] = scale times the gradient; NULL: not wanted. No y overflows it, and small losses and
 * gradients keep their digits. Not finite where y is not (-inf in a wrong class is as good as finite). */
double loci_loss_cross_entropy(size_t *answer, real *dy, const real *y, size_t classes, size_t label,
                               double scale);

/* The mean of (y - target)^2 over `count` values; dy [count] = scale times its gradient; NULL: not wanted. */
double loci_loss_squared_error(real *dy, const real *y, const double *target, size_t count, double scale);

#endif
