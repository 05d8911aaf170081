/* SPDX-License-Identifier: MIT
 * state_diagonal.c - initial and final states beside the convolution form.
 *
 * With v the last input before the first, xi = z x + b0 v is what the state has become when the first input comes, and
 *     y_l += 2 Re(C xi z^l),    x' = z^L x + b1 sum r_m z^m + b0 sum r_(m+1) z^m,   r = (u_(L-1), ..., u_0, v). */
#include "base/each_precision.h"
#include "ssm/state_diagonal.h"

#include <string.h>

#include "ssm/vandermonde.h"

enum { V = LOCI_LANES };

typedef double vf64 __attribute__((vector_size(128), aligned(64)));
#define F64(p) (*(vf64 *)(p))
#define REAL(p) (*(vreal *)(p))
#define WIDE(p) __builtin_convertvector(*(const vreal *)(p), vf64)
#define NARROW(p, x) (REAL(p) = __builtin_convertvector(x, vreal))

typedef struct {
    vf64 re, im;
} complexes;

static inline LOCI_INLINE complexes load(const double *p, size_t n)
{
    return (complexes){*(const vf64 *)(p + n * 2 * V), *(const vf64 *)(p + n * 2 * V + V)};
}

static inline LOCI_INLINE void store(double *p, size_t n, complexes x)
{
    F64(p + n * 2 * V) = x.re;
    F64(p + n * 2 * V + V) = x.im;
}

/* p[n] += scale conj(x) y */
static inline LOCI_INLINE void add(double *p, size_t n, complexes x, complexes y, double scale)
{
    F64(p + n * 2 * V) += scale * (x.re * y.re + x.im * y.im);
    F64(p + n * 2 * V + V) += scale * (x.re * y.im - x.im * y.re);
}

static inline LOCI_INLINE complexes times(complexes x, complexes y)
{
    return (complexes){x.re * y.re - x.im * y.im, x.re * y.im + x.im * y.re};
}

/* conj(x) y */
static inline LOCI_INLINE complexes conjugate_times(complexes x, complexes y)
{
    return (complexes){x.re * y.re + x.im * y.im, x.re * y.im - x.im * y.re};
}

static inline LOCI_INLINE complexes plus(complexes x, complexes y)
{
    return (complexes){x.re + y.re, x.im + y.im};
}

static inline LOCI_INLINE complexes power(complexes z, size_t exponent)
{
    complexes p = {{0}, {0}};
    for (p.re += 1; exponent; exponent /= 2, z = times(z, z))
        if (exponent % 2) p = times(p, z);
    return p;
}

static inline LOCI_INLINE complexes state_of(const real *state, size_t n, size_t modes)
{
    return (complexes){WIDE(state + n * V), WIDE(state + (modes + n) * V)};
}

/* Scratch: six arrays of modes, r with room for its gradient, and vandermonde's. */
size_t loci_state_scratch(size_t modes, size_t length)
{
    return 6 * modes * 2 * V * sizeof(double) + 2 * (length + 1) * V * sizeof(real) +
           loci_vandermonde_scratch(modes);
}

/* r [length (+ 1)][V]: the inputs from the last to the one before the first. */
static inline LOCI_INLINE void reverse(real *r, const real *u, const real *last, size_t length)
{
    for (size_t m = 0; m < length; m++) REAL(r + m * V) = *(const vreal *)(u + (length - 1 - m) * V);
    if (last) REAL(r + length * V) = *(const vreal *)last;
}

LOCI_HOT
void loci_state_diagonal(real *y, real *state, const real *u, const loci_block *block, size_t length,
                         void *scratch)
{
    const size_t M = block->modes, array = M * 2 * V;
    double *w = scratch, *held = w + array, *joined = held + array;
    real *r = (real *)(void *)(w + 6 * array);
    void *rest = r + 2 * (length + 1) * V;
    real *last = block->b0 ? state + 2 * M * V : NULL;
    for (size_t n = 0; n < M; n++) {
        complexes xi = times(load(block->z, n), state_of(state, n, M));
        if (last) {
            const complexes b0 = load(block->b0, n);
            xi.re += b0.re * WIDE(last);
            xi.im += b0.im * WIDE(last);
        }
        store(w, n, times(load(block->c, n), xi));
    }
    loci_vandermonde_expand(y, block->z, w, M, length, 1, rest);
    reverse(r, u, last, length);
    loci_vandermonde_moments(held, NULL, r, block->z, M, length, rest);
    if (last) loci_vandermonde_moments(joined, NULL, r + V, block->z, M, length, rest);
    for (size_t n = 0; n < M; n++) {
        complexes x = times(power(load(block->z, n), length), state_of(state, n, M));
        x = plus(x, times(load(block->b1, n), load(held, n)));
        if (last) x = plus(x, times(load(block->b0, n), load(joined, n)));
        NARROW(state + n * V, x.re);
        NARROW(state + (M + n) * V, x.im);
    }
    if (last) REAL(last) = *(const vreal *)(u + (length - 1) * V);
}

LOCI_HOT
void loci_state_diagonal_backward(loci_block *d, real *du, real *dstate, const real *dy, const real *u,
                                  const real *state, const loci_block *block, size_t length, void *scratch)
{
    const size_t M = block->modes, array = M * 2 * V;
    double *w = scratch, *s0 = w + array, *s1 = s0 + array, *joined0 = s1 + array, *joined1 = joined0 + array;
    real *r = (real *)(void *)(w + 6 * array), *dr = r + (length + 1) * V;
    void *rest = dr + (length + 1) * V;
    const real *last = block->b0 ? state + 2 * M * V : NULL;
    real *dlast = last ? dstate + 2 * M * V : NULL;
    const complexes zero = {{0}, {0}};

    /* the final state, as a function of the inputs, of the initial state and of the modes */
    reverse(r, u, last, length);
    memset(dr, 0, (length + 1) * V * sizeof *dr);
    for (size_t n = 0; n < M; n++) {
        const complexes g = conjugate_times(load(block->b1, n), state_of(dstate, n, M));
        store(w, n, (complexes){g.re * 0.5, g.im * -0.5});
    }
    loci_vandermonde_expand(dr, block->z, w, M, length, 1, rest);
    if (last) {
        for (size_t n = 0; n < M; n++) {
            const complexes g = conjugate_times(load(block->b0, n), state_of(dstate, n, M));
            store(w, n, (complexes){g.re * 0.5, g.im * -0.5});
        }
        loci_vandermonde_expand(dr + V, block->z, w, M, length, 1, rest);
    }
    for (size_t l = 0; l < length; l++) REAL(du + l * V) += REAL(dr + (length - 1 - l) * V);
    if (last) {
        REAL(du + (length - 1) * V) += REAL(dlast);
        REAL(dlast) = REAL(dr + length * V);
    }
    if (d) {
        loci_vandermonde_moments(s0, s1, r, block->z, M, length, rest);
        if (last) loci_vandermonde_moments(joined0, joined1, r + V, block->z, M, length, rest);
        for (size_t n = 0; n < M; n++) {
            const complexes g = state_of(dstate, n, M), x = state_of(state, n, M), z = load(block->z, n);
            const complexes slope = times(power(z, length - 1), x);
            add(d->b1, n, load(s0, n), g, 1);
            add(d->z, n, times(load(block->b1, n), load(s1, n)), g, 1);
            add(d->z, n, slope, g, (double)length);
            if (!last) continue;
            add(d->b0, n, load(joined0, n), g, 1);
            add(d->z, n, times(load(block->b0, n), load(joined1, n)), g, 1);
        }
    }
    for (size_t n = 0; n < M; n++) {
        const complexes g = conjugate_times(power(load(block->z, n), length), state_of(dstate, n, M));
        NARROW(dstate + n * V, g.re);
        NARROW(dstate + (M + n) * V, g.im);
    }

    /* the answers to the initial state */
    loci_vandermonde_moments(s0, s1, dy, block->z, M, length, rest);
    vf64 sum = {0};
    for (size_t n = 0; n < M; n++) {
        const complexes z = load(block->z, n), c = load(block->c, n), x = state_of(state, n, M);
        const complexes b0 = last ? load(block->b0, n) : zero;
        const complexes answer = load(s0, n), dw = {2 * answer.re, -2 * answer.im},
                        dxi = conjugate_times(c, dw);
        complexes xi = times(z, x), dx = conjugate_times(z, dxi);
        if (last) {
            xi.re += b0.re * WIDE(last);
            xi.im += b0.im * WIDE(last);
            sum += b0.re * dxi.re + b0.im * dxi.im;
        }
        dx = plus(dx, state_of(dstate, n, M));
        NARROW(dstate + n * V, dx.re);
        NARROW(dstate + (M + n) * V, dx.im);
        if (!d) continue;
        const complexes slope = times(times(c, xi), load(s1, n));
        add(d->c, n, xi, dw, 1);
        add(d->z, n, x, dxi, 1);
        F64(d->z + n * 2 * V) += 2 * slope.re;
        F64(d->z + n * 2 * V + V) -= 2 * slope.im;
        if (!last) continue;
        F64(d->b0 + n * 2 * V) += dxi.re * WIDE(last);
        F64(d->b0 + n * 2 * V + V) += dxi.im * WIDE(last);
    }
    if (last) NARROW(dlast, WIDE(dlast) + sum);
}
