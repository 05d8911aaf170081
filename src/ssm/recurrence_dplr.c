/* SPDX-License-Identifier: MIT
 * recurrence_dplr.c - the diagonal plus low rank recurrence and its adjoint, at the width of the processor's vectors: about
 * 12 of them are live at a time. */
#include "base/each_level.h"

#include "ssm/recurrence.h"

enum { V = LOCI_LANES, STRETCH = 16 /* samples between two kept states */ };

#define REAL(p) (*(vreal *)(p))
#define CONST_REAL(p) (*(const vreal *)(p))
#define RE(p, n) CONST_REAL((p) + (n)*2 * V)
#define IM(p, n) CONST_REAL((p) + (n)*2 * V + V)

/* The block as seen from lane `turn` on. */
static inline LOCI_INLINE loci_recurrence_block from_lane(const loci_recurrence_block *b, size_t turn)
{
    loci_recurrence_block shifted = *b;
    shifted.z += turn, shifted.b1 += turn, shifted.c += turn, shifted.d += turn;
    shifted.q += turn, shifted.g += turn;
    return shifted;
}

/* y = d u: the other shares are added to it. */
static inline LOCI_INLINE void begin(real *y, const real *u, const real *d, size_t length)
{
    if (!y) return;
    const vreal through = CONST_REAL(d);
    for (size_t k = 0; k < length; k++) {
        const vreal now = u ? CONST_REAL(u + k * V) : (vreal){0};
        REAL(y + k * V) = through * now;
    }
}

/* rank is a constant in each of the two calls below. */
static inline LOCI_INLINE void run_dplr(real *y, real *state, const real *u,
                                        const loci_recurrence_block *block, size_t rank, size_t length)
{
    const size_t modes = block->modes, low = modes * 2 * V;
    const real *z = block->z, *b = block->b1, *c = block->c, *q = block->q, *g = block->g;
    vreal sigma[2] = {{0}, {0}}; /* Re(g_r x), g being doubled */
    for (size_t n = 0; n < modes; n++)
        for (size_t r = 0; r < rank; r++)
            sigma[r] += RE(g + r * low, n) * CONST_REAL(state + n * V) -
                        IM(g + r * low, n) * CONST_REAL(state + (modes + n) * V);
    for (size_t k = 0; k < length; k++) {
        const vreal now = u ? CONST_REAL(u + k * V) : (vreal){0};
        vreal sum = {0}, after[2] = {{0}, {0}};
        for (size_t n = 0; n < modes; n++) {
            real *re_at = state + n * V, *im_at = state + (modes + n) * V;
            vreal re = RE(b, n) * now + RE(z, n) * REAL(re_at) - IM(z, n) * REAL(im_at);
            vreal im = IM(b, n) * now + RE(z, n) * REAL(im_at) + IM(z, n) * REAL(re_at);
            for (size_t r = 0; r < rank; r++)
                re -= RE(q + r * low, n) * sigma[r], im -= IM(q + r * low, n) * sigma[r];
            for (size_t r = 0; r < rank; r++) after[r] += RE(g + r * low, n) * re - IM(g + r * low, n) * im;
            sum += RE(c, n) * re - IM(c, n) * im;
            REAL(re_at) = re;
            REAL(im_at) = im;
        }
        for (size_t r = 0; r < rank; r++) sigma[r] = after[r];
        if (y) REAL(y + k * V) += sum;
    }
}

static void forward(real *y, real *state, const real *u, const loci_recurrence_block *all, size_t length)
{
    for (size_t turn = 0; turn < V && length;
         turn += LOCI_WIDTH, state += LOCI_WIDTH, y += y ? LOCI_WIDTH : 0, u += u ? LOCI_WIDTH : 0) {
        const loci_recurrence_block block = from_lane(all, turn);
        begin(y, u, block.d, length);
        if (block.rank == 1)
            run_dplr(y, state, u, &block, 1, length);
        else
            run_dplr(y, state, u, &block, 2, length);
    }
}

/* Reals from one kept state to the next: not a power of two, or all states would lie in the same places of the cache. */
static inline size_t apart(size_t modes)
{
    return (2 * modes + 4) * V;
}

static size_t scratch_size(size_t modes, size_t length)
{
    const size_t kept = length / STRETCH + 1, state = apart(modes);
    return (kept * state + (2 * STRETCH + 2) * state + 4 * STRETCH * V) * sizeof(real);
}

/* sigma[r] = Re(g_r x), g being doubled. */
static inline LOCI_INLINE void couple(vreal *sigma, const real *x, const loci_recurrence_block *block,
                                      size_t rank)
{
    const size_t modes = block->modes;
    for (size_t r = 0; r < rank; r++) {
        const real *g = block->g + r * modes * 2 * V;
        vreal sum = {0};
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
    vreal now[2] = {{0}, {0}};
    couple(now, x, block, rank);
    for (size_t k = 0; k < count; k++, x += size) {
        const vreal in = u ? CONST_REAL(u + k * V) : (vreal){0};
        vreal next[2] = {{0}, {0}};
        for (size_t r = 0; r < rank; r++) REAL(sigma + (2 * k + r) * V) = now[r];
        for (size_t n = 0; n < modes; n++) {
            const vreal x_re = CONST_REAL(x + n * V), x_im = CONST_REAL(x + (modes + n) * V);
            vreal re = RE(block->b1, n) * in + RE(block->z, n) * x_re - IM(block->z, n) * x_im;
            vreal im = IM(block->b1, n) * in + RE(block->z, n) * x_im + IM(block->z, n) * x_re;
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
        const vreal x = from ? CONST_REAL(from + n * V) : (vreal){0};
        REAL(to + n * V) = x;
    }
}

/* What a stretch of samples leaves behind: x [count + 1], from before the first sample on, lambda [count + 1], sigma and dsigma
 * [count][2][V], and what went in and what came back, NULL for none. */
typedef struct {
    const real *x, *lambda, *sigma, *dsigma, *in, *out;
    size_t count;
} stretch;

/* Gradients of the parameters, mode by mode, so that their sums stay in registers. */
static inline LOCI_INLINE void gather(const loci_recurrence_gradient *gradient, const stretch *p,
                                      size_t modes, size_t rank)
{
    const size_t size = apart(modes), low = 2 * modes * V;
    for (size_t n = 0; n < modes; n++) {
        vreal z_re = {0}, z_im = {0}, b_re = {0}, b_im = {0}, c_re = {0}, c_im = {0};
        for (size_t k = 0; k < p->count; k++) {
            const real *before = p->x + k * size, *after = before + size, *l = p->lambda + (k + 1) * size;
            const vreal l_re = CONST_REAL(l + n * V), l_im = CONST_REAL(l + (modes + n) * V);
            const vreal x_re = CONST_REAL(before + n * V), x_im = CONST_REAL(before + (modes + n) * V);
            z_re += x_re * l_re + x_im * l_im;
            z_im += x_re * l_im - x_im * l_re;
            if (p->in) b_re += l_re * CONST_REAL(p->in + k * V), b_im += l_im * CONST_REAL(p->in + k * V);
            if (p->out) {
                c_re += CONST_REAL(after + n * V) * CONST_REAL(p->out + k * V);
                c_im -= CONST_REAL(after + (modes + n) * V) * CONST_REAL(p->out + k * V);
            }
        }
        real *z = gradient->z + n * 2 * V, *b = gradient->b1 + n * 2 * V, *c = gradient->c + n * 2 * V;
        REAL(z) += z_re, REAL(z + V) += z_im;
        REAL(b) += b_re, REAL(b + V) += b_im;
        REAL(c) += c_re, REAL(c + V) += c_im;
        for (size_t r = 0; r < rank; r++) {
            vreal q_re = {0}, q_im = {0}, g_re = {0}, g_im = {0};
            for (size_t k = 0; k < p->count; k++) {
                const real *before = p->x + k * size, *l = p->lambda + (k + 1) * size;
                const vreal s = CONST_REAL(p->sigma + (2 * k + r) * V),
                            ds = CONST_REAL(p->dsigma + (2 * k + r) * V);
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
        copy(dstate, lambda, modes);
        gather(gradient, &(stretch){x, lambda, sigma, dsigma, in, out, count}, modes, rank);
    }
}

static void backward(const loci_recurrence_gradient *gradient, real *du, real *dstate, const real *dy,
                     const real *state, const real *u, const loci_recurrence_block *block, size_t length,
                     void *scratch)
{
    for (size_t turn = 0; turn < V && length; turn += LOCI_WIDTH) {
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

const loci_recurrence_low LOCI_LEVEL(loci_recurrence_level) = {
    .forward = forward, .scratch = scratch_size, .backward = backward};
