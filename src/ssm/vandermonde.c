/* SPDX-License-Identifier: MIT
 * vandermonde.c - powers of the modes of 16 systems as small matrix products. */
#include "base/each_level.h"

#include "ssm/vandermonde.h"

#include <math.h>
#include <string.h>

enum {
    J = 32,        /* powers in Q */
    B = 32,        /* powers of z^J in P */
    PANEL = J * B, /* samples that P and Q cover */
    TILE = 4,      /* expand: some of TILE powers of P by TILE powers of Q at once */
    ROWS = 8,      /* moments: rows of J samples that are read again from the first-level cache */
    V = LOCI_LANES,
    W = LOCI_WIDTH,
    D = LOCI_VECTOR_BYTES / 8,                    /* doubles of a vector */
    TALL = LOCI_VECTOR_BYTES == 64 ? TILE : 2,    /* powers of P whose sums stay in registers */
    TOGETHER = LOCI_VECTOR_BYTES == 64 ? ROWS : 4 /* rows whose sums do */
};

typedef double vf64 __attribute__((vector_size(8 * D), aligned(8 * D)));
typedef int64_t bits __attribute__((vector_size(8 * D), aligned(8 * D)));
typedef real narrow __attribute__((vector_size(D * sizeof(real)), aligned(D * sizeof(real))));

#define F64(p) (*(vf64 *)(p))
#define NARROW(p) (*(narrow *)(p))
#define CONST_F64(p) (*(const vf64 *)(p))
#define REAL(p) (*(vreal *)(p))
#define CONST_REAL(p) (*(const vreal *)(p))

/* Powers count as 0 where |Re| + |Im| is below this times that of the first: a product of two is far from denormal numbers then,
 * which cost processors a hundred cycles each. */
#define NOTHING (LOCI_REAL_IS_DOUBLE ? 0x1p-500 : 0x1p-60)

/* A table of powers is [J / TILE][modes][TILE][2][V]: the factors of a tile are one run. */
#define POWER(table, i, n, modes) ((table) + (((i) / TILE * (modes) + (n)) * TILE + (i) % TILE) * 2 * V)

typedef struct {
    real *q, *p;            /* tables */
    double *power, *step;   /* [modes][2][V]: the first power of the panel to come; z^J */
    double *nothing;        /* [modes][V]: P's powers below are 0 */
    real *samples, *slopes; /* [PANEL][V] */
} tables;

static size_t scratch_size(size_t modes)
{
    return (4 * J * modes + 2 * PANEL) * V * sizeof(real) + 5 * modes * V * sizeof(double);
}

static tables lay_out(void *scratch, size_t modes)
{
    tables t;
    t.power = scratch;
    t.step = t.power + 2 * modes * V;
    t.nothing = t.step + 2 * modes * V;
    t.q = (real *)(void *)(t.nothing + modes * V);
    t.p = t.q + 2 * J * modes * V;
    t.samples = t.p + 2 * B * modes * V;
    t.slopes = t.samples + PANEL * V;
    return t;
}

static inline LOCI_INLINE vf64 size_of(vf64 re, vf64 im)
{
    return (vf64)((bits)re & INT64_MAX) + (vf64)((bits)im & INT64_MAX);
}

static inline LOCI_INLINE vf64 unless(bits mask, vf64 x)
{
    return (vf64)((bits)x & ~mask);
}

static inline LOCI_INLINE int any(bits mask)
{
    int64_t one = 0;
    for (int i = 0; i < D; i++) one |= mask[i];
    return one != 0;
}

/* table[i] = *re + i *im times ratio^i for i < count, in the place of mode n; they become the next one. Careful: what is smaller than
 * `least` is 0. */
static inline LOCI_INLINE void powers(real *table, size_t n, size_t modes, size_t count, vf64 *re, vf64 *im,
                                      const double *ratio, vf64 least, const int careful)
{
    const vf64 ratio_re = CONST_F64(ratio), ratio_im = CONST_F64(ratio + V);
    for (size_t i = 0; i < count; i++) {
        real *at = POWER(table, i, n, modes);
        const bits gone = careful ? size_of(*re, *im) < least : (bits){0};
        NARROW(at) = __builtin_convertvector(unless(gone, *re), narrow);
        NARROW(at + V) = __builtin_convertvector(unless(gone, *im), narrow);
        const vf64 next = *re * ratio_re - *im * ratio_im;
        *im = *re * ratio_im + *im * ratio_re;
        *re = next;
    }
}

/* table[i] = power ratio^i for i < count, in the place of mode n; *power becomes power ratio^count; all of it 0 where smaller than
 * `nothing`, which is looked for where the last one is. */
static inline LOCI_INLINE void fill(real *table, size_t n, size_t modes, size_t count, double *power,
                                    const double *ratio, const double *nothing)
{
    for (size_t lane = 0; lane < V; lane += D) {
        const vf64 least = CONST_F64(nothing + lane);
        vf64 re = CONST_F64(power + lane), im = CONST_F64(power + V + lane);
        powers(table + lane, n, modes, count, &re, &im, ratio + lane, least, 0);
        const bits gone = size_of(re, im) < least;
        if (any(gone)) {
            re = CONST_F64(power + lane), im = CONST_F64(power + V + lane);
            powers(table + lane, n, modes, count, &re, &im, ratio + lane, least, 1);
            re = unless(gone, re), im = unless(gone, im);
        }
        F64(power + lane) = re;
        F64(power + V + lane) = im;
    }
}

/* Q for all modes; power and step are left ready for P's first panel, which starts with w, or 1. */
static inline LOCI_INLINE void begin(tables *t, const double *z, const double *w, size_t modes)
{
    for (size_t n = 0; n < modes; n++) {
        double *power = t->power + n * 2 * V, *step = t->step + n * 2 * V;
        double *nothing = t->nothing + n * V;
        for (size_t i = 0; i < V; i++) step[i] = 1, step[i + V] = 0, nothing[i] = NOTHING;
        fill(t->q, n, modes, J, step, z + n * 2 * V, nothing);
        for (size_t i = 0; i < V; i++)
            power[i] = w ? w[n * 2 * V + i] : 1, power[i + V] = w ? w[n * 2 * V + i + V] : 0;
        for (size_t i = 0; i < V; i++) nothing[i] *= fabs(power[i]) + fabs(power[i + V]);
    }
}

static inline LOCI_INLINE void next_panel(tables *t, size_t modes, size_t rows)
{
    for (size_t n = 0; n < modes; n++)
        fill(t->p, n, modes, rows, t->power + n * 2 * V, t->step + n * 2 * V, t->nothing + n * V);
}

/* k[b J + j] = sum over n of 2 Re(P_b Q_j) for TALL x TILE samples; all at the lanes wanted. */
static inline LOCI_INLINE void expand_lanes(real *k, const real *p, const real *q, size_t modes, int add)
{
    vreal sum[TALL][TILE];
    LOCI_UNROLL
    for (size_t b = 0; b < TALL; b++) {
        LOCI_UNROLL
        for (size_t j = 0; j < TILE; j++) sum[b][j] = (vreal){0};
    }
    for (size_t n = 0; n < modes; n++, p += TILE * 2 * V, q += TILE * 2 * V) {
        LOCI_UNROLL
        for (size_t b = 0; b < TALL; b++) {
            LOCI_UNROLL
            for (size_t j = 0; j < TILE; j++) {
                sum[b][j] += CONST_REAL(p + b * 2 * V) * CONST_REAL(q + j * 2 * V);
                sum[b][j] -= CONST_REAL(p + b * 2 * V + V) * CONST_REAL(q + j * 2 * V + V);
            }
        }
    }
    LOCI_UNROLL
    for (size_t b = 0; b < TALL; b++) {
        LOCI_UNROLL
        for (size_t j = 0; j < TILE; j++) {
            real *at = k + (b * J + j) * V;
            REAL(at) = add ? REAL(at) + 2 * sum[b][j] : 2 * sum[b][j];
        }
    }
}

/* Of TILE x TILE samples. */
static inline LOCI_INLINE void expand_tile(real *k, const real *p, const real *q, size_t modes, int add)
{
    for (size_t b = 0; b < TILE; b += TALL)
        for (size_t lane = 0; lane < V; lane += W)
            expand_lanes(k + b * J * V + lane, p + b * 2 * V + lane, q + lane, modes, add);
}

static void expand(real *k, const double *z, const double *w, size_t modes, size_t length, int add,
                   void *scratch)
{
    tables t = lay_out(scratch, modes);
    begin(&t, z, w, modes);
    for (size_t l = 0; l < length; l += PANEL) {
        const size_t count = length - l < PANEL ? length - l : PANEL, stripe = TILE * J;
        next_panel(&t, modes, (count + stripe - 1) / stripe * TILE);
        for (size_t b = 0; b * J < count; b += TILE) {
            real *rows = k + (l + b * J) * V;
            const size_t rest = count - b * J;
            if (rest < stripe) { /* the end of the signal is made apart */
                if (add) memcpy(t.samples, rows, rest * V * sizeof(real));
                rows = t.samples;
            }
            for (size_t j = 0; j < J; j += TILE)
                expand_tile(rows + j * V, POWER(t.p, b, 0, modes), POWER(t.q, j, 0, modes), modes, add);
            if (rest < stripe) memcpy(k + (l + b * J) * V, rows, rest * V * sizeof(real));
        }
    }
}

/* s += sum over b < ROWS of P_b times sum over j of g[b J + j] Q_j, for one mode. */
static inline LOCI_INLINE void moments_tile(double *s, const real *g, const real *p, const real *q, size_t n,
                                            size_t modes, size_t row)
{
    _Alignas(64) real sums[2 * V];
    for (size_t lane = 0; lane < V; lane += W) {
        vreal sum_re = {0}, sum_im = {0};
        for (size_t first = 0; first < ROWS; first += TOGETHER) {
            vreal re[TOGETHER], im[TOGETHER];
            LOCI_UNROLL
            for (size_t b = 0; b < TOGETHER; b++) re[b] = im[b] = (vreal){0};
            for (size_t t = 0; t < J; t += TILE) {
                const real *at = POWER(q, t, n, modes) + lane, *sample = g + (first * J + t) * V + lane;
                LOCI_UNROLL
                for (size_t j = 0; j < TILE; j++) {
                    LOCI_UNROLL
                    for (size_t b = 0; b < TOGETHER; b++) {
                        re[b] += CONST_REAL(at + j * 2 * V) * CONST_REAL(sample + (b * J + j) * V);
                        im[b] += CONST_REAL(at + j * 2 * V + V) * CONST_REAL(sample + (b * J + j) * V);
                    }
                }
            }
            LOCI_UNROLL
            for (size_t b = 0; b < TOGETHER; b++) {
                const real *at = POWER(p, row + first + b, n, modes) + lane;
                sum_re += CONST_REAL(at) * re[b] - CONST_REAL(at + V) * im[b];
                sum_im += CONST_REAL(at) * im[b] + CONST_REAL(at + V) * re[b];
            }
        }
        REAL(sums + lane) = sum_re;
        REAL(sums + V + lane) = sum_im;
    }
    for (size_t i = 0; i < 2 * V; i++) s[i] += sums[i];
}

static void moments(double *s0, double *s1, const real *g, const double *z, size_t modes, size_t length,
                    void *scratch)
{
    tables t = lay_out(scratch, modes);
    begin(&t, z, NULL, modes);
    memset(s0, 0, modes * 2 * V * sizeof(double));
    if (s1) memset(s1, 0, modes * 2 * V * sizeof(double));
    for (size_t l = 0; l < length; l += PANEL) {
        const size_t count = length - l < PANEL ? length - l : PANEL, stripe = ROWS * J;
        const size_t rows = (count + stripe - 1) / stripe * ROWS;
        const real *samples = g + l * V;
        next_panel(&t, modes, rows);
        /* powers of modes that grow may leave the range of reals behind the last sample, and would not be 0 times 0 there */
        for (size_t row = (count + J - 1) / J; row < rows; row++)
            for (size_t n = 0; n < modes; n++) memset(POWER(t.p, row, n, modes), 0, 2 * V * sizeof(real));
        if (count < rows * J) {
            memcpy(t.samples, samples, count * V * sizeof(real));
            memset(t.samples + count * V, 0, (rows * J - count) * V * sizeof(real));
            samples = t.samples;
        }
        if (s1) { /* sum over m of (m + 1) g[m + 1] z^m */
            const size_t slopes = length - l - 1 < count ? length - l - 1 : count;
            for (size_t i = 0; i < slopes; i++)
                for (size_t lane = 0; lane < V; lane++)
                    t.slopes[i * V + lane] = (real)(l + i + 1) * g[(l + i + 1) * V + lane];
            memset(t.slopes + slopes * V, 0, (rows * J - slopes) * V * sizeof(real));
        }
        for (size_t row = 0; row < rows; row += ROWS)
            for (size_t n = 0; n < modes; n++) {
                moments_tile(s0 + n * 2 * V, samples + row * J * V, t.p, t.q, n, modes, row);
                if (s1) moments_tile(s1 + n * 2 * V, t.slopes + row * J * V, t.p, t.q, n, modes, row);
            }
    }
}

const loci_vandermonde LOCI_LEVEL(loci_vandermonde_level) = {
    .scratch = scratch_size, .expand = expand, .moments = moments};
