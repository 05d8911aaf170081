/* SPDX-License-Identifier: MIT
 * recurrence_backward.c - the adjoint of the diagonal plus low rank recurrence. */
#include "base/each_precision.h"
#include "ssm/recurrence.h"

/* As in recurrence.c: a row of V lanes in turns of one register. */
typedef real vlanes __attribute__((vector_size(64), aligned(64), may_alias));

enum { V = LOCI_LANES, TURN = 64 / sizeof(real), STRETCH = 16 /* samples between two kept states */ };

#define REAL(p) (*(vlanes *)(p))
#define CONST_REAL(p) (*(const vlanes *)(p))
#define RE(p, n) CONST_REAL((p) + (n)*2 * V)
#define IM(p, n) CONST_REAL((p) + (n)*2 * V + V)

/* Reals from one kept state to the next: not a power of two, or all states would lie in the same places of the cache. */
static inline size_t apart(size_t modes)
{
    return (2 * modes + 4) * V;
}

size_t loci_recurrence_dplr_scratch(size_t modes, size_t length)
{
    const size_t kept = length / STRETCH + 1, state = apart(modes);
    return (kept * state + (2 * STRETCH + 2) * state + 4 * STRETCH * V) * sizeof(real);
}

/* sigma[r] = Re(g_r x), g being doubled. */
static inline LOCI_INLINE void couple(vlanes *sigma, const real *x, const loci_recurrence_block *block,
                                      size_t rank)
{
    const size_t modes = block->modes;
    for (size_t r = 0; r < rank; r++) {
        const real *g = block->g + r * modes * 2 * V;
        vlanes sum = {0};
        for (size_t n = 0; n < modes; n++)
            sum += RE(g, n) * CONST_REAL(x + n * V) - IM(g, n) * CONST_REAL(x + (modes + n) * V);
        sigma[r] = sum;
    }
}

/* x [k + 1] from x [k] for a stretch of samples, keeping all, and what couples each: sigma [k][2][V]. u may be NULL. */
static inline LOCI_INLINE void recompute(real *x, real *sigma, const real *u,
                                         const loci_recurrence_block *block, size_t rank, size_t count)
{
    const size_t modes = block->modes, size = apart(modes), low = 2 * modes * V;
    vlanes now[2] = {{0}, {0}};
    couple(now, x, block, rank);
    for (size_t k = 0; k < count; k++, x += size) {
        const vlanes in = u ? CONST_REAL(u + k * V) : (vlanes){0};
        vlanes next[2] = {{0}, {0}};
        for (size_t r = 0; r < rank; r++) REAL(sigma + (2 * k + r) * V) = now[r];
        for (size_t n = 0; n < modes; n++) {
            const vlanes x_re = CONST_REAL(x + n * V), x_im = CONST_REAL(x + (modes + n) * V);
            vlanes re = RE(block->b1, n) * in + RE(block->z, n) * x_re - IM(block->z, n) * x_im;
            vlanes im = IM(block->b1, n) * in + RE(block->z, n) * x_im + IM(block->z, n) * x_re;
            for (size_t r = 0; r < rank; r++) {
                re -= RE(block->q + r * low, n) * now[r];
                im -= IM(block->q + r * low, n) * now[r];
            }
            for (size_t r = 0; r < rank; r++)
                next[r] += RE(block->g + r * low, n) * re - IM(block->g + r * low, n) * im;
            REAL(x + size + n * V) = re;
            REAL(x + size + (modes + n) * V) = im;
        }
        for (size_t r = 0; r < rank; r++) now[r] = next[r];
    }
}

/* A state's lanes of this turn; from NULL: 0. */
static inline LOCI_INLINE void copy(real *to, const real *from, size_t modes)
{
    for (size_t n = 0; n < 2 * modes; n++) {
        const vlanes x = from ? CONST_REAL(from + n * V) : (vlanes){0};
        REAL(to + n * V) = x;
    }
}

/* All pointers are at the turn's first lane; rank is a constant where this is called. */
static inline LOCI_INLINE void run_back(const loci_recurrence_gradient *gradient, real *du, real *dstate,
                                        const real *dy, const real *state, const real *u,
                                        const loci_recurrence_block *block, size_t rank, size_t length,
                                        real *scratch)
{
    const size_t modes = block->modes, size = apart(modes), low = 2 * modes * V;
    const size_t stretches = (length + STRETCH - 1) / STRETCH;
    real *kept = scratch,
         *x = kept + (length / STRETCH + 1) * size; /* x [STRETCH + 1]: before the first sample, ... */
    real *lambda = x + (STRETCH + 1) * size, *sigma = lambda + (STRETCH + 1) * size,
         *dsigma = sigma + 2 * STRETCH * V;

    copy(kept, state, modes);
    for (size_t i = 0; i + 1 < stretches; i++) {
        copy(x, kept + i * size, modes);
        recompute(x, sigma, u ? u + i * STRETCH * V : NULL, block, rank, STRETCH);
        copy(kept + (i + 1) * size, x + STRETCH * size, modes);
    }

    for (size_t i = stretches; i-- > 0;) {
        const size_t first = i * STRETCH, count = length - first < STRETCH ? length - first : STRETCH;
        const real *in = u ? u + first * V : NULL, *out = dy ? dy + first * V : NULL;
        copy(x, kept + i * size, modes);
        recompute(x, sigma, in, block, rank, count);

        /* lambda [k] is the gradient of x_k with all that follows from it */
        copy(lambda + count * size, dstate, modes);
        for (size_t k = count; k-- > 0;) {
            real *now = lambda + (k + 1) * size, *before = lambda + k * size;
            const vlanes answer = out ? CONST_REAL(out + k * V) : (vlanes){0};
            vlanes sum[2] = {{0}, {0}}, input = {0};
            for (size_t n = 0; n < modes; n++) {
                const vlanes re = REAL(now + n * V) + RE(block->c, n) * answer;
                const vlanes im = REAL(now + (modes + n) * V) - IM(block->c, n) * answer;
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
        copy(dstate, lambda, modes);

        /* the parameters, mode by mode, so that their sums stay in registers */
        for (size_t n = 0; n < modes; n++) {
            vlanes z_re = {0}, z_im = {0}, b_re = {0}, b_im = {0}, c_re = {0}, c_im = {0};
            for (size_t k = 0; k < count; k++) {
                const real *before = x + k * size, *after = before + size, *l = lambda + (k + 1) * size;
                const vlanes l_re = CONST_REAL(l + n * V), l_im = CONST_REAL(l + (modes + n) * V);
                const vlanes x_re = CONST_REAL(before + n * V), x_im = CONST_REAL(before + (modes + n) * V);
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
                vlanes q_re = {0}, q_im = {0}, g_re = {0}, g_im = {0};
                for (size_t k = 0; k < count; k++) {
                    const real *before = x + k * size, *l = lambda + (k + 1) * size;
                    const vlanes s = CONST_REAL(sigma + (2 * k + r) * V),
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

LOCI_HOT
void loci_recurrence_dplr_backward(const loci_recurrence_gradient *gradient, real *du, real *dstate,
                                   const real *dy, const real *state, const real *u,
                                   const loci_recurrence_block *block, size_t length, void *scratch)
{
    for (size_t turn = 0; turn < V && length; turn += TURN) {
        const loci_recurrence_gradient d = {gradient->z + turn, gradient->b1 + turn, gradient->c + turn,
                                            gradient->q + turn, gradient->g + turn,  gradient->d + turn};
        loci_recurrence_block b = *block;
        b.z += turn, b.b1 += turn, b.c += turn, b.q += turn, b.g += turn, b.d += turn;
        real *du_at = du ? du + turn : NULL;
        const real *dy_at = dy ? dy + turn : NULL, *u_at = u ? u + turn : NULL,
                   *x = state ? state + turn : NULL;
        if (block->rank == 1)
            run_back(&d, du_at, dstate + turn, dy_at, x, u_at, &b, 1, length, scratch);
        else
            run_back(&d, du_at, dstate + turn, dy_at, x, u_at, &b, 2, length, scratch);
    }
}
