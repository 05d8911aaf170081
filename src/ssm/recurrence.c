/* SPDX-License-Identifier: MIT
 * recurrence.c - discrete systems, sample by sample. */
#include "base/each_precision.h"
#include "ssm/recurrence.h"

#include <string.h>

/* gcc keeps vectors that are wider than the machine's in memory, so a row of V lanes is run in turns of one register. */
typedef real vlanes __attribute__((vector_size(64), aligned(64), may_alias));

enum {
    V = LOCI_LANES,
    TURN = 64 / sizeof(real),
    GROUP = 2 /* modes that run together, states and coefficients in registers */
};

#define REAL(p) (*(vlanes *)(p))
#define CONST_REAL(p) (*(const vlanes *)(p))
#define RE(p, n) CONST_REAL((p) + (n)*2 * V)
#define IM(p, n) CONST_REAL((p) + (n)*2 * V + V)

/* The block as seen from lane `turn` on. */
static inline LOCI_INLINE loci_recurrence_block from_lane(const loci_recurrence_block *b, size_t turn)
{
    loci_recurrence_block shifted = *b;
    shifted.z += turn, shifted.b1 += turn, shifted.c += turn, shifted.d += turn;
    if (b->b0) shifted.b0 += turn;
    if (b->q) shifted.q += turn, shifted.g += turn;
    return shifted;
}

/* y = d u: the other shares are added to it. */
static inline LOCI_INLINE void begin(real *y, const real *u, const real *d, size_t length)
{
    if (!y) return;
    const vlanes through = CONST_REAL(d);
    for (size_t k = 0; k < length; k++) {
        const vlanes now = u ? CONST_REAL(u + k * V) : (vlanes){0};
        REAL(y + k * V) = through * now;
    }
}

/* Runs modes n .. n + count - 1 through the whole stretch and adds their share to y. */
static inline LOCI_INLINE void run_modes(real *y, real *state, const real *u,
                                         const loci_recurrence_block *block, size_t n, size_t count,
                                         size_t length)
{
    const real *z = block->z + n * 2 * V, *b1 = block->b1 + n * 2 * V, *c = block->c + n * 2 * V;
    const real *b0 = block->b0 ? block->b0 + n * 2 * V : NULL;
    real *re_at = state + n * V, *im_at = state + (block->modes + n) * V;
    vlanes re[GROUP], im[GROUP], last = b0 ? CONST_REAL(state + 2 * block->modes * V) : (vlanes){0};
    for (size_t i = 0; i < count; i++) re[i] = REAL(re_at + i * V), im[i] = REAL(im_at + i * V);
    for (size_t k = 0; k < length; k++) {
        const vlanes now = u ? CONST_REAL(u + k * V) : (vlanes){0};
        vlanes sum = {0};
        for (size_t i = 0; i < count; i++) {
            vlanes in_re = RE(b1, i) * now, in_im = IM(b1, i) * now;
            if (b0) in_re += RE(b0, i) * last, in_im += IM(b0, i) * last;
            const vlanes next = (in_re + RE(z, i) * re[i]) - IM(z, i) * im[i];
            im[i] = (in_im + RE(z, i) * im[i]) + IM(z, i) * re[i];
            re[i] = next;
            sum += RE(c, i) * re[i];
            sum -= IM(c, i) * im[i];
        }
        if (y) REAL(y + k * V) += sum;
        last = now;
    }
    for (size_t i = 0; i < count; i++) REAL(re_at + i * V) = re[i], REAL(im_at + i * V) = im[i];
}

LOCI_HOT
void loci_recurrence_diagonal(real *y, real *state, const real *u, const loci_recurrence_block *all,
                              size_t length)
{
    for (size_t turn = 0; turn < V && length;
         turn += TURN, state += TURN, y += y ? TURN : 0, u += u ? TURN : 0) {
        const loci_recurrence_block block = from_lane(all, turn);
        begin(y, u, block.d, length);
        size_t n = 0;
        for (; n + GROUP <= block.modes; n += GROUP) run_modes(y, state, u, &block, n, GROUP, length);
        for (; n < block.modes; n++) run_modes(y, state, u, &block, n, 1, length);
        if (block.b0) REAL(state + 2 * block.modes * V) = u ? CONST_REAL(u + (length - 1) * V) : (vlanes){0};
    }
}

LOCI_HOT
void loci_recurrence_dense(real *y, real *state, const real *u, const real *columns, const real *b1,
                           const real *b0, const real *c, real d, real *restrict next, size_t n,
                           size_t length)
{
    for (size_t k = 0; k < length; k++) {
        const real now = u ? u[k] : 0, last = b0 ? state[n] : 0;
        for (size_t i = 0; i < n; i++) next[i] = b1[i] * now;
        if (b0)
            for (size_t i = 0; i < n; i++) next[i] += b0[i] * last;
        for (size_t j = 0; j < n; j++) {
            const real x = state[j];
            const real *restrict column = columns + j * n;
            for (size_t i = 0; i < n; i++) next[i] += column[i] * x;
        }
        memcpy(state, next, n * sizeof(real));
        if (b0) state[n] = now;
        if (y) {
            real sum = d * now;
            for (size_t i = 0; i < n; i++) sum += c[i] * next[i];
            y[k] = sum;
        }
    }
}
