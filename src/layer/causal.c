/* SPDX-License-Identifier: MIT
 * causal.c - a short causal convolution of each channel, through bands and states. */
#include "base/each_precision.h"

#include "layer/causal.h"

#include <string.h>

enum { V = LOCI_LANES };

static size_t before(const loci_causal *self)
{
    return self->width - 1;
}

size_t loci_causal_state(const loci_causal *self)
{
    return self->blocks * before(self) * V;
}

void loci_causal_take(const loci_causal *self, real *in, size_t apart, const real *state)
{
    const size_t size = before(self) * V;
    for (size_t k = 0; k < self->blocks; k++) {
        if (state)
            memcpy(in + k * apart * V, state + k * size, size * sizeof(real));
        else
            memset(in + k * apart * V, 0, size * sizeof(real));
    }
}

void loci_causal_give(const loci_causal *self, real *state, const real *in, size_t apart, size_t end)
{
    const size_t size = before(self) * V;
    for (size_t k = 0; k < self->blocks; k++)
        memcpy(state + k * size, in + (k * apart + end) * V, size * sizeof(real));
}

void loci_causal_move(const loci_causal *self, real *in, size_t apart, size_t rows)
{
    for (size_t k = 0; k < self->blocks; k++)
        memmove(in + k * apart * V, in + (k * apart + rows) * V, before(self) * V * sizeof(real));
}

void loci_causal_forward(const loci_causal *self, real *y, real *slope, size_t y_apart, const real *in,
                         size_t apart, size_t rows)
{
    for (size_t k = 0; k < self->blocks; k++)
        loci_selective_loops_get()->convolve(
            y + k * y_apart * V, slope ? slope + k * y_apart * V : NULL, in + (k * apart + before(self)) * V,
            self->weight + k * self->width * V, self->bias + k * V, self->width, 0, rows);
}

void loci_causal_step(const loci_causal *self, real *y, const real *x, size_t lanes, real *const *state,
                      real *window)
{
    const size_t size = before(self) * V;
    for (size_t k = 0; k < self->blocks; k++)
        for (size_t b = 0; b < lanes; b++) {
            real *history = state[b] + k * size;
            memcpy(window, history, size * sizeof(real));
            memcpy(window + size, x + (k * lanes + b) * V, V * sizeof(real));
            loci_selective_loops_get()->convolve(y + (k * lanes + b) * V, NULL, window + size,
                                                 self->weight + k * self->width * V, self->bias + k * V,
                                                 self->width, 0, 1);
            memcpy(history, window + V, size * sizeof(real));
        }
}

void loci_causal_backward(const loci_causal *self, real *din, size_t rows_apart, real *dweight, real *dbias,
                          const real *ahead, const real *in, size_t apart, const real *dstate, size_t first,
                          size_t rows, size_t length)
{
    const size_t K = self->width, P = before(self);
    for (size_t k = 0; k < self->blocks; k++) {
        real *to = din + k * rows_apart * V;
        loci_selective_loops_get()->convolve_backward(
            to, dweight + k * K * V, dbias + k * V, ahead + k * (rows_apart + P) * V,
            in + (k * apart + P) * V, self->weight + k * K * V, K, rows);
        for (size_t j = 0; dstate && j < P; j++) { /* sample length + j - P */
            if (length + j < P + first || length + j >= P + first + rows) continue;
            real *row = to + (length + j - P - first) * V;
            for (size_t lane = 0; lane < V; lane++) row[lane] += dstate[(k * P + j) * V + lane];
        }
    }
}

void loci_causal_retire(const loci_causal *self, real *ahead, size_t rows_apart, size_t rows)
{
    const size_t apart = rows_apart + before(self);
    for (size_t k = 0; k < self->blocks; k++)
        memmove(ahead + (k * apart + rows) * V, ahead + k * apart * V, before(self) * V * sizeof(real));
}

void loci_causal_begin(const loci_causal *self, real *dstate, const real *ahead, size_t rows_apart,
                       size_t length)
{
    const size_t K = self->width, P = before(self), apart = rows_apart + P;
    for (size_t k = 0; length > 0 && k < self->blocks; k++)
        for (size_t i = P; i-- > 0;) /* sample i - P; from the last, as it reads what is in front */
            for (size_t lane = 0; lane < V; lane++) {
                /* the final state has it, too, where the sequence is short */
                real sum = i >= length ? dstate[(k * P + i - length) * V + lane] : 0;
                for (size_t j = 0; j <= i; j++)
                    sum += self->weight[(k * K + j) * V + lane] * ahead[(k * apart + i - j) * V + lane];
                dstate[(k * P + i) * V + lane] = sum;
            }
}
