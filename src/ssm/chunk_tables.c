/* SPDX-License-Identifier: MIT
 * chunk_tables.c - the tables of the mixed form from discrete systems, and gradients from those of the tables; all in double.
 *
 * Joined input makes the system one larger: state (x, last u), abar [[abar, b0], [0, 0]], b1 (b1, 1), C (C, 0). */
#include "base/each_precision.h"
#include "ssm/chunk.h"

#include <string.h>

#include "base/linalg.h"
#include "ssm/kernel_diagonal.h"

enum { V = LOCI_LANES, TILE = 4 };

typedef double vf64 __attribute__((vector_size(128), aligned(64)));
#define F64(p) (*(vf64 *)(p))
#define REAL(p) (*(vreal *)(p))
#define SET(p, x) (REAL(p) = __builtin_convertvector(x, vreal))
#define GET(p) __builtin_convertvector(*(const vreal *)(p), vf64)

/* Where O_js, E_si and abar^(2^level) lie. */
static inline real *o_at(const loci_chunk *t, size_t j, size_t s)
{
    return t->o + ((j / TILE * t->padded + s) * TILE + j % TILE) * V;
}

static inline real *e_at(const loci_chunk *t, size_t s, size_t i)
{
    return t->e + ((s / TILE * t->samples + i) * TILE + s % TILE) * V;
}

static inline real *f_at(const loci_chunk *t, size_t level)
{
    const size_t size = t->modes ? t->modes * (t->joined ? 4 : 2) : t->state * t->state;
    return t->f + level * size * V;
}

/* 16 complex numbers; passed by pointer or built in place, never by value to a function that is not inlined. */
typedef struct {
    vf64 re, im;
} complexes;

static inline LOCI_INLINE complexes load(const double *p)
{
    return (complexes){*(const vf64 *)p, *(const vf64 *)(p + V)};
}

static inline LOCI_INLINE complexes times(complexes x, complexes y)
{
    return (complexes){x.re * y.re - x.im * y.im, x.re * y.im + x.im * y.re};
}

/* *p += scale conj(x) y */
static inline LOCI_INLINE void add_conjugate(complexes *p, complexes x, complexes y, double scale)
{
    p->re += scale * (x.re * y.re + x.im * y.im);
    p->im += scale * (x.re * y.im - x.im * y.re);
}

LOCI_HOT
void loci_chunk_prepare(loci_chunk *t, const loci_block *block, void *scratch)
{
    const size_t T = t->samples, M = t->modes;
    loci_kernel_diagonal(t->k, block, T, scratch);
    REAL(t->k) += __builtin_convertvector(*(const vf64 *)block->d, vreal);
    if (t->joined) {
        for (size_t j = 0; j < T; j++) memset(o_at(t, j, 2 * M), 0, V * sizeof(real));
        for (size_t i = 0; i < V; i++) e_at(t, 2 * M, T - 1)[i] = 1;
    }
    for (size_t n = 0; n < M; n++) {
        const complexes z = load(block->z + n * 2 * V), b1 = load(block->b1 + n * 2 * V),
                        c = load(block->c + n * 2 * V);
        const complexes b0 = t->joined ? load(block->b0 + n * 2 * V) : (complexes){{0}, {0}};
        complexes o = c, e = b1, last = b0, step = z, column = b0; /* C z^j, what b1 and b0 have become */
        for (size_t j = 0; j < T; j++) {
            if (t->joined) {
                const complexes through = times(o, b0);
                SET(o_at(t, j, 2 * M), GET(o_at(t, j, 2 * M)) + 2 * through.re);
            }
            o = times(o, z);
            SET(o_at(t, j, n), 2 * o.re);
            SET(o_at(t, j, M + n), -2 * o.im);
            SET(e_at(t, n, T - 1 - j), e.re);
            SET(e_at(t, M + n, T - 1 - j), e.im);
            e = times(e, z);
            if (t->joined) {
                if (j == 0) e.re += last.re, e.im += last.im; /* then carried along by z */
            }
        }
        for (size_t level = 0; level < t->levels; level++) {
            real *f = f_at(t, level);
            SET(f + n * 2 * V, step.re);
            SET(f + n * 2 * V + V, step.im);
            if (t->joined) {
                SET(f + (M + n) * 2 * V, column.re);
                SET(f + (M + n) * 2 * V + V, column.im);
                column = times(step, column);
            }
            step = times(step, step);
        }
    }
}

LOCI_HOT
void loci_chunk_gather(loci_block *dblock, const loci_chunk *d, const loci_block *block, void *scratch)
{
    const size_t T = d->samples, M = d->modes;
    loci_kernel_diagonal_backward(dblock, d->k, block, T, scratch);
    F64(dblock->d) += GET(d->k);
    for (size_t n = 0; n < M; n++) {
        const complexes z = load(block->z + n * 2 * V), b1 = load(block->b1 + n * 2 * V),
                        c = load(block->c + n * 2 * V);
        const complexes b0 = d->joined ? load(block->b0 + n * 2 * V) : (complexes){{0}, {0}},
                        zero = {{0}, {0}};
        complexes dz = zero, db1 = zero, db0 = zero, dc = zero;
        complexes power = {{0}, {0}}, before = zero,
                  earlier = zero; /* z^j, its derivative / j, that of z^(j-1) / (j-1) */
        power.re += 1;
        for (size_t j = 0; j < T; j++) {
            const complexes after = times(power, z);
            const double up = (double)(j + 1), now = (double)j, down = j ? (double)(j - 1) : 0;
            const complexes dout = {2 * GET(o_at(d, j, n)), -2 * GET(o_at(d, j, M + n))}; /* of C z^(j+1) */
            add_conjugate(&dc, after, dout, 1);
            add_conjugate(&dz, times(c, power), dout, up);
            const complexes de = {GET(e_at(d, n, T - 1 - j)), GET(e_at(d, M + n, T - 1 - j))};
            add_conjugate(&db1, power, de, 1); /* of z^j b1 + z^(j-1) b0 */
            add_conjugate(&dz, times(b1, before), de, now);
            if (d->joined) {
                const complexes dlast = {2 * GET(o_at(d, j, 2 * M)), {0}}; /* of C b0 z^j */
                add_conjugate(&db0, before, de, j > 0);
                add_conjugate(&dz, times(b0, earlier), de, down);
                add_conjugate(&dc, times(b0, power), dlast, 1);
                add_conjugate(&db0, times(c, power), dlast, 1);
                add_conjugate(&dz, times(times(c, b0), before), dlast, now);
            }
            earlier = before;
            before = power;
            power = after;
        }
        /* abar^(2^i) and its column of b0, from the squares back to the first */
        enum { LEVELS = 11 };
        complexes step[LEVELS], column[LEVELS], dstep = zero, dcolumn = zero;
        step[0] = z;
        column[0] = b0;
        for (size_t i = 1; i < d->levels; i++) {
            step[i] = times(step[i - 1], step[i - 1]);
            column[i] = times(step[i - 1], column[i - 1]);
        }
        for (size_t i = d->levels; i-- > 0;) {
            const real *f = f_at(d, i);
            dstep.re += GET(f + n * 2 * V);
            dstep.im += GET(f + n * 2 * V + V);
            if (d->joined) {
                dcolumn.re += GET(f + (M + n) * 2 * V);
                dcolumn.im += GET(f + (M + n) * 2 * V + V);
            }
            if (i == 0) break;
            complexes next = zero, next_column = zero;
            add_conjugate(&next, step[i - 1], dstep, 2);
            add_conjugate(&next, column[i - 1], dcolumn, 1);
            add_conjugate(&next_column, step[i - 1], dcolumn, 1);
            dstep = next;
            dcolumn = next_column;
        }
        double *at = dblock->z + n * 2 * V;
        F64(at) += dz.re + dstep.re, F64(at + V) += dz.im + dstep.im;
        at = dblock->b1 + n * 2 * V;
        F64(at) += db1.re, F64(at + V) += db1.im;
        at = dblock->c + n * 2 * V;
        F64(at) += dc.re, F64(at + V) += dc.im;
        if (!d->joined) continue;
        at = dblock->b0 + n * 2 * V;
        F64(at) += db0.re + dcolumn.re, F64(at + V) += db0.im + dcolumn.im;
    }
}

static double dot(const double *x, const double *y, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++) sum += x[i] * y[i];
    return sum;
}

void loci_chunk_prepare_dense(loci_chunk *t, size_t lane, const double *abar, const double *b1,
                              const double *b0, const double *c, double d, double *scratch)
{
    const size_t T = t->samples, S = t->state, N = S - (size_t)t->joined;
    double *a = scratch, *power = a + S * S, *square = power + S * S, *o = square + S * S, *e = o + S,
           *out = e + S;
    double *next = out + S;
    memset(scratch, 0, (3 * S * S + 4 * S) * sizeof *scratch);
    for (size_t i = 0; i < N; i++) {
        memcpy(a + i * S, abar + i * N, N * sizeof *a);
        if (t->joined) a[i * S + N] = b0[i];
    }
    memcpy(o, c, N * sizeof *o);
    memcpy(e, b1, N * sizeof *e);
    memcpy(out, c, N * sizeof *out);
    if (t->joined) e[N] = 1;
    for (size_t j = 0; j < T; j++) {
        t->k[j * V + lane] = (real)(dot(out, e, S) + (j ? 0 : d));
        for (size_t s = 0; s < S; s++) e_at(t, s, T - 1 - j)[lane] = (real)e[s];
        loci_linalg_multiply(next, a, e, S, S, 1);
        memcpy(e, next, S * sizeof *e);
        loci_linalg_multiply(next, o, a, 1, S, S);
        memcpy(o, next, S * sizeof *o);
        for (size_t s = 0; s < S; s++) o_at(t, j, s)[lane] = (real)o[s];
    }
    memcpy(power, a, S * S * sizeof *a);
    for (size_t level = 0; level < t->levels; level++) {
        real *f = f_at(t, level);
        for (size_t r = 0; r < S; r++)
            for (size_t s = 0; s < S; s++) f[(s * S + r) * V + lane] = (real)power[r * S + s];
        loci_linalg_multiply(square, power, power, S, S, S);
        double *swap = power;
        power = square;
        square = swap;
    }
}

void loci_chunk_gather_dense(double *dabar, double *db1, double *dc, double *dd, const loci_chunk *d,
                             size_t lane, const double *abar, const double *b1, const double *c,
                             double *scratch)
{
    const size_t T = d->samples, N = d->state, square = N * N;
    double *o = scratch, *e = o + T * N, *d_o = e + T * N, *d_e = d_o + T * N, *f = d_e + T * N,
           *df = f + d->levels * square;
    /* o [j] = C abar^j, e [j] = abar^j b1, f [i] = abar^(2^i) */
    memcpy(o, c, N * sizeof *o);
    memcpy(e, b1, N * sizeof *e);
    for (size_t j = 1; j < T; j++) {
        loci_linalg_multiply(o + j * N, o + (j - 1) * N, abar, 1, N, N);
        loci_linalg_multiply(e + j * N, abar, e + (j - 1) * N, N, N, 1);
    }
    memcpy(f, abar, square * sizeof *f);
    for (size_t i = 1; i < d->levels; i++)
        loci_linalg_multiply(f + i * square, f + (i - 1) * square, f + (i - 1) * square, N, N, N);

    *dd += (double)d->k[lane];
    for (size_t j = 0; j < T; j++) {
        const double dk = (double)d->k[j * V + lane];
        for (size_t s = 0; s < N; s++) {
            d_o[j * N + s] = (double)o_at(d, j, s)[lane];
            d_e[j * N + s] = (double)e_at(d, s, T - 1 - j)[lane] + dk * c[s];
            dc[s] += dk * e[j * N + s];
        }
    }
    for (size_t j = T;
         j-- > 0;) { /* d_o [j] is that of C abar^(j+1) = o [j] abar; d_e [j] that of abar e [j-1] */
        double *now = d_o + j * N, *then = j ? d_o + (j - 1) * N : dc;
        for (size_t r = 0; r < N; r++) {
            for (size_t s = 0; s < N; s++) dabar[r * N + s] += o[j * N + r] * now[s];
            then[r] += dot(abar + r * N, now, N);
        }
        if (j == 0) break;
        now = d_e + j * N;
        then = d_e + (j - 1) * N;
        for (size_t r = 0; r < N; r++)
            for (size_t s = 0; s < N; s++) {
                dabar[r * N + s] += now[r] * e[(j - 1) * N + s];
                then[s] += abar[r * N + s] * now[r];
            }
    }
    for (size_t s = 0; s < N; s++) db1[s] += d_e[s];

    memset(df, 0, (d->levels + 1) * square * sizeof *df);
    for (size_t i = d->levels; i-- > 0;) { /* of f [i] = f [i-1] f [i-1] */
        const real *table = f_at(d, i);
        double *now = df + i * square, *then = i ? df + (i - 1) * square : dabar;
        const double *power = i ? f + (i - 1) * square : NULL;
        for (size_t r = 0; r < N; r++)
            for (size_t s = 0; s < N; s++) now[r * N + s] += (double)table[(s * N + r) * V + lane];
        for (size_t r = 0; r < N; r++)
            for (size_t s = 0; s < N; s++) {
                if (!power) {
                    then[r * N + s] += now[r * N + s];
                    continue;
                }
                then[r * N + s] += dot(now + r * N, power + s * N, N);
                for (size_t q = 0; q < N; q++) then[q * N + s] += power[r * N + q] * now[r * N + s];
            }
    }
}
