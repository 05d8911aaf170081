/* SPDX-License-Identifier: MIT
 * recurrence_backward.c - the adjoint of the diagonal plus low rank recurrence. */
#include "base/real.h"
#include "ssm/recurrence.h"

#include <string.h>

enum { V = LOCI_LANES, STRETCH = 32 /* samples between two kept states */ };

#define REAL(p) (*(vreal *)(p))
#define CONST_REAL(p) (*(const vreal *)(p))
#define RE(p, n) CONST_REAL((p) + (n)*2 * V)
#define IM(p, n) CONST_REAL((p) + (n)*2 * V + V)

size_t loci_recurrence_dplr_scratch(size_t modes, size_t length)
{
    const size_t kept = length / STRETCH + 1, state = 2 * modes * V;
    return (kept * state + (2 * STRETCH + 2) * state + 4 * STRETCH * V) * sizeof(real);
}

/* sigma[r] = Re(g_r x), g being doubled. */
static inline LOCI_INLINE void couple(vreal *sigma, const real *x, const loci_recurrence_block *block)
{
    const size_t modes = block->modes;
    for (size_t r = 0; r < block->rank; r++) {
        const real *g = block->g + r * modes * 2 * V;
        vreal sum = {0};
        for (size_t n = 0; n < modes; n++)
            sum += RE(g, n) * CONST_REAL(x + n * V) - IM(g, n) * CONST_REAL(x + (modes + n) * V);
        sigma[r] = sum;
    }
}

LOCI_HOT
void loci_recurrence_dplr_backward(const loci_recurrence_gradient *gradient, real *du, real *dstate,
                                   const real *dy, const real *state, const real *u,
                                   const loci_recurrence_block *block, size_t length, void *scratch)
{
    const size_t modes = block->modes, rank = block->rank, size = 2 * modes * V, low = size;
    const size_t stretches = (length + STRETCH - 1) / STRETCH;
    real *kept = scratch,
         *x = kept + (length / STRETCH + 1) * size; /* x [STRETCH + 1]: before the first sample, ... */
    real *lambda = x + (STRETCH + 1) * size, *sigma = lambda + (STRETCH + 1) * size,
         *dsigma = sigma + 2 * STRETCH * V;
    if (length == 0) return;

    if (state)
        memcpy(kept, state, size * sizeof(real));
    else
        memset(kept, 0, size * sizeof(real));
    for (size_t i = 0; i + 1 < stretches; i++) {
        memcpy(kept + (i + 1) * size, kept + i * size, size * sizeof(real));
        loci_recurrence_dplr(NULL, kept + (i + 1) * size, u ? u + i * STRETCH * V : NULL, block, STRETCH);
    }

    for (size_t i = stretches; i-- > 0;) {
        const size_t first = i * STRETCH, count = length - first < STRETCH ? length - first : STRETCH;
        const real *in = u ? u + first * V : NULL, *out = dy ? dy + first * V : NULL;
        memcpy(x, kept + i * size, size * sizeof(real));
        for (size_t k = 0; k < count; k++) {
            vreal now[2];
            couple(now, x + k * size, block);
            for (size_t r = 0; r < rank; r++) REAL(sigma + (2 * k + r) * V) = now[r];
            memcpy(x + (k + 1) * size, x + k * size, size * sizeof(real));
            loci_recurrence_dplr(NULL, x + (k + 1) * size, in ? in + k * V : NULL, block, 1);
        }

        /* lambda [k] is the gradient of x_k with all that follows from it */
        memcpy(lambda + count * size, dstate, size * sizeof(real));
        for (size_t k = count; k-- > 0;) {
            real *now = lambda + (k + 1) * size, *before = lambda + k * size;
            const vreal answer = out ? CONST_REAL(out + k * V) : (vreal){0};
            vreal sum[2] = {{0}, {0}}, input = {0};
            for (size_t n = 0; n < modes; n++) {
                const vreal re = REAL(now + n * V) + RE(block->c, n) * answer;
                const vreal im = REAL(now + (modes + n) * V) - IM(block->c, n) * answer;
                REAL(now + n * V) = re;
                REAL(now + (modes + n) * V) = im;
                for (size_t r = 0; r < rank; r++)
                    sum[r] -= RE(block->q + r * low, n) * re + IM(block->q + r * low, n) * im;
                input += RE(block->b1, n) * re + IM(block->b1, n) * im;
                REAL(before + n * V) = RE(block->z, n) * re + IM(block->z, n) * im;
                REAL(before + (modes + n) * V) = RE(block->z, n) * im - IM(block->z, n) * re;
            }
            for (size_t r = 0; r < rank; r++) {
                const real *g = block->g + r * low;
                REAL(dsigma + (2 * k + r) * V) = sum[r];
                for (size_t n = 0; n < modes; n++) {
                    REAL(before + n * V) += RE(g, n) * sum[r];
                    REAL(before + (modes + n) * V) -= IM(g, n) * sum[r];
                }
            }
            if (du) REAL(du + (first + k) * V) = input + CONST_REAL(block->d) * answer;
            if (in) REAL(gradient->d) += CONST_REAL(in + k * V) * answer;
        }
        memcpy(dstate, lambda, size * sizeof(real));

        /* the parameters, mode by mode, so that their sums stay in registers */
        for (size_t n = 0; n < modes; n++) {
            vreal z_re = {0}, z_im = {0}, b_re = {0}, b_im = {0}, c_re = {0}, c_im = {0};
            for (size_t k = 0; k < count; k++) {
                const real *before = x + k * size, *after = before + size, *l = lambda + (k + 1) * size;
                const vreal l_re = CONST_REAL(l + n * V), l_im = CONST_REAL(l + (modes + n) * V);
                const vreal x_re = CONST_REAL(before + n * V), x_im = CONST_REAL(before + (modes + n) * V);
                z_re += x_re * l_re + x_im * l_im;
                z_im += x_re * l_im - x_im * l_re;
                if (in) b_re += l_re * CONST_REAL(in + k * V), b_im += l_im * CONST_REAL(in + k * V);
                if (out) {
                    c_re += CONST_REAL(after + n * V) * CONST_REAL(out + k * V);
                    c_im -= CONST_REAL(after + (modes + n) * V) * CONST_REAL(out + k * V);
                }
            }
            real *z = gradient->z + n * 2 * V, *b = gradient->b1 + n * 2 * V, *c = gradient->c + n * 2 * V;
            REAL(z) += z_re, REAL(z + V) += z_im;
            REAL(b) += b_re, REAL(b + V) += b_im;
            REAL(c) += c_re, REAL(c + V) += c_im;
            for (size_t r = 0; r < rank; r++) {
                vreal q_re = {0}, q_im = {0}, g_re = {0}, g_im = {0};
                for (size_t k = 0; k < count; k++) {
                    const real *before = x + k * size, *l = lambda + (k + 1) * size;
                    const vreal s = CONST_REAL(sigma + (2 * k + r) * V),
                                ds = CONST_REAL(dsigma + (2 * k + r) * V);
                    q_re -= CONST_REAL(l + n * V) * s;
                    q_im -= CONST_REAL(l + (modes + n) * V) * s;
                    g_re += CONST_REAL(before + n * V) * ds;
                    g_im -= CONST_REAL(before + (modes + n) * V) * ds;
                }
                real *q = gradient->q + r * low + n * 2 * V, *g = gradient->g + r * low + n * 2 * V;
                REAL(q) += q_re, REAL(q + V) += q_im;
                REAL(g) += g_re, REAL(g + V) += g_im;
            }
        }
    }
}
