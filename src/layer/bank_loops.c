/* SPDX-License-Identifier: MIT
 * bank_loops.c - the recurrences of a bank of oscillators. */
#include "base/each_level.h"

#include "layer/bank_loops.h"

#include <string.h>

/* Vectors of modes that go together: a recurrence alone would wait for itself.. */
enum { V = LOCI_LANES, W = LOCI_WIDTH, TOGETHER = 2 };

#define AT(p) (*(const vreal *)(p))
#define TO(p) (*(vreal *)(p))

/* sum + lost += x, exactly but for the last bit of lost (Knuth). */
static inline LOCI_INLINE void carry(real *sum, real *lost, real *x)
{
    for (size_t i = 0; i < V; i += W) {
        const vreal s = AT(sum + i), v = AT(x + i), t = s + v, part = t - s;
        TO(lost + i) += (s - (t - part)) + (v - part);
        TO(sum + i) = t;
        TO(x + i) = (vreal){0};
    }
}

typedef struct {
    vreal z_re, z_im, b_re, b_im, difference, above, above_2, re, im, power, before;
    vbits count, count_2;
} modes;

static inline LOCI_INLINE vreal mix(const real *weights, const real *u, size_t channels)
{
    vreal sum = AT(weights) * u[0];
    for (size_t c = 1; c < channels; c++) sum += AT(weights + c * V) * u[c];
    return sum;
}

static inline LOCI_INLINE void load(modes *m, const real *state, const real *table)
{
    m->z_re = AT(table + LOCI_BANK_Z_RE * V);
    m->z_im = AT(table + LOCI_BANK_Z_IM * V);
    m->b_re = AT(table + LOCI_BANK_B_RE * V);
    m->b_im = AT(table + LOCI_BANK_B_IM * V);
    m->difference = AT(table + LOCI_BANK_DIFFERENCE * V);
    m->above = AT(table + LOCI_BANK_ABOVE * V);
    m->above_2 = AT(table + LOCI_BANK_ABOVE_2 * V);
    m->re = AT(state + LOCI_BANK_RE * V);
    m->im = AT(state + LOCI_BANK_IM * V);
    m->power = AT(state + LOCI_BANK_POWER * V);
    m->count = m->count_2 = (vbits){0};
}

static inline LOCI_INLINE void store(const modes *m, real *state)
{
    TO(state + LOCI_BANK_RE * V) = m->re;
    TO(state + LOCI_BANK_IM * V) = m->im;
    TO(state + LOCI_BANK_POWER * V) = m->power;
    TO(state + LOCI_BANK_COUNT * V) += __builtin_convertvector(m->count, vreal);
    TO(state + LOCI_BANK_COUNT_2 * V) += __builtin_convertvector(m->count_2, vreal);
}

/* One sample, mixed. */
static inline LOCI_INLINE void turn(modes *m, vreal now)
{
    const vreal u = now - m->difference * m->before;
    const vreal re = m->z_re * m->re - m->z_im * m->im + m->b_re * u,
                im = m->z_re * m->im + m->z_im * m->re + m->b_im * u;
    m->before = now;
    m->re = re;
    m->im = im;
    m->power += re * re + im * im;
    m->count -= re > m->above; /* a true lane is -1 */
    m->count_2 -= re > m->above_2;
}

/* `together` vectors, each at its own place of state and table. */
static inline LOCI_INLINE void some(real *const *state, const real *const *table, size_t together,
                                    const real *u, size_t channels, size_t n)
{
    modes m[TOGETHER];
    LOCI_UNROLL
    for (size_t i = 0; i < together; i++) {
        load(&m[i], state[i], table[i]);
        m[i].before = mix(table[i] + LOCI_BANK_MIX * V, u, channels);
    }
    if (channels == 1) {
        for (size_t l = 1; l <= n; l++) {
            LOCI_UNROLL
            for (size_t i = 0; i < together; i++) turn(&m[i], AT(table[i] + LOCI_BANK_MIX * V) * u[l]);
        }
    } else {
        for (size_t l = 1; l <= n; l++) {
            LOCI_UNROLL
            for (size_t i = 0; i < together; i++)
                turn(&m[i], mix(table[i] + LOCI_BANK_MIX * V, u + l * channels, channels));
        }
    }
    LOCI_UNROLL
    for (size_t i = 0; i < together; i++) store(&m[i], state[i]);
}

static void run(real *state, const real *table, const real *u, size_t blocks, size_t channels, size_t n,
                int full)
{
    const size_t rows = (LOCI_BANK_MIX + channels) * V, own = LOCI_BANK_ROWS * V, vectors = blocks * (V / W);
    for (size_t v = 0; v < vectors; v += TOGETHER) {
        real *at[TOGETHER];
        const real *of[TOGETHER];
        const size_t together = vectors - v < TOGETHER ? 1 : TOGETHER;
        for (size_t i = 0; i < together; i++) {
            at[i] = state + (v + i) / (V / W) * own + (v + i) % (V / W) * W;
            of[i] = table + (v + i) / (V / W) * rows + (v + i) % (V / W) * W;
        }
        if (together == TOGETHER)
            some(at, of, TOGETHER, u, channels, n);
        else
            some(at, of, 1, u, channels, n);
    }
    for (size_t b = 0; full && b < blocks; b++)
        for (size_t k = 0; k < 3; k++) {
            real *const sums = state + b * own + (LOCI_BANK_SUMS + 2 * k) * V;
            carry(sums, sums + V, state + b * own + (LOCI_BANK_POWER + k) * V);
        }
}

const struct loci_bank_loops LOCI_LEVEL(loci_bank_loops) = {.run = run};
