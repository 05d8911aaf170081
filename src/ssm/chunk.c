/* SPDX-License-Identifier: MIT
 * chunk.c - the mixed form: signals through chunks, forward and backward.
 *
 * Up to GROUP chunks go together, so that a number of a table is loaded once for all of them: first what the inputs of each
 * chunk add to the state, then the states one after the other, then all answers. */
#include "base/each_precision.h"
#include "ssm/chunk.h"

#include <string.h>

enum { V = LOCI_LANES, GROUP = 4, TILE = 4 };

#define REAL(p) (*(vreal *)(p))
#define CONST_REAL(p) (*(const vreal *)(p))

/* Vectors from one state to the next: not a power of two, or all states would lie in the same places of the cache. */
static inline size_t apart(const loci_chunk *t)
{
    return t->padded + TILE;
}

static size_t log2_of(size_t power)
{
    size_t i = 0;
    while ((size_t)1 << i < power) i++;
    return i;
}

static size_t transition_size(size_t order, int diagonal, int joined)
{
    const size_t state = order + (joined != 0);
    return (diagonal ? order * (joined ? 2 : 1) : state * state) * V;
}

size_t loci_chunk_size(size_t samples, size_t order, int diagonal, int joined)
{
    const size_t padded = (order + (joined != 0) + TILE - 1) / TILE * TILE;
    return (samples + TILE + 2 * samples * padded) * V +
           (log2_of(samples) + 1) * transition_size(order, diagonal, joined);
}

loci_chunk loci_chunk_lay_out(real *memory, size_t samples, size_t order, int diagonal, int joined)
{
    loci_chunk t = {.samples = samples,
                    .modes = diagonal ? order / 2 : 0,
                    .state = order + (joined != 0),
                    .levels = log2_of(samples) + 1,
                    .joined = joined != 0};
    t.padded = (t.state + TILE - 1) / TILE * TILE;
    t.k = memory + TILE * V; /* TILE zeros lie before K: the kernel of the future */
    t.o = t.k + samples * V;
    t.e = t.o + samples * t.padded * V;
    t.f = t.e + samples * t.padded * V;
    return t;
}

size_t loci_chunk_scratch(const loci_chunk *t, size_t length)
{
    const size_t chunks = length / t->samples + 2;
    return ((2 * chunks + 3 * GROUP + t->levels + 2) * apart(t) + 5 * t->samples) * V * sizeof(real);
}

/* ---- forward ---- */

/* x[g][s] += sum over i of e[s][i] u[g][i] for `count` chunks; x's rows are `padded` apart. */
static inline LOCI_INLINE void absorb(real *x, const real *u, const loci_chunk *t, size_t count)
{
    const size_t T = t->samples;
    for (size_t s = 0; s < t->padded; s += TILE) {
        const real *e = t->e + s * T * V;
        vreal sum[TILE][GROUP];
        for (size_t a = 0; a < TILE; a++)
            for (size_t g = 0; g < count; g++) sum[a][g] = REAL(x + (g * apart(t) + s + a) * V);
        for (size_t i = 0; i < T; i++, e += TILE * V)
            for (size_t a = 0; a < TILE; a++)
                for (size_t g = 0; g < count; g++)
                    sum[a][g] += CONST_REAL(e + a * V) * CONST_REAL(u + (g * T + i) * V);
        for (size_t a = 0; a < TILE; a++)
            for (size_t g = 0; g < count; g++) REAL(x + (g * apart(t) + s + a) * V) = sum[a][g];
    }
}

/* y[g][j] = sum over i <= j of k[j - i] u[g][i] + sum over s of o[j][s] x[g][s]. */
static inline LOCI_INLINE void answer(real *y, const real *u, const real *x, const loci_chunk *t,
                                      size_t count)
{
    const size_t T = t->samples;
    for (size_t j = 0; j < T; j += TILE) {
        const real *o = t->o + j * t->padded * V;
        vreal sum[TILE][GROUP];
        for (size_t a = 0; a < TILE; a++)
            for (size_t g = 0; g < count; g++) sum[a][g] = (vreal){0};
        for (size_t s = 0; s < t->state; s++, o += TILE * V)
            for (size_t a = 0; a < TILE; a++)
                for (size_t g = 0; g < count; g++)
                    sum[a][g] += CONST_REAL(o + a * V) * CONST_REAL(x + (g * apart(t) + s) * V);
        for (size_t i = 0; i < j + TILE; i++) {
            const real *k = t->k + (ptrdiff_t)(j - i) * V; /* down to k[-3], which is 0 */
            for (size_t a = 0; a < TILE; a++)
                for (size_t g = 0; g < count; g++)
                    sum[a][g] += CONST_REAL(k + a * V) * CONST_REAL(u + (g * T + i) * V);
        }
        for (size_t a = 0; a < TILE; a++)
            for (size_t g = 0; g < count; g++) REAL(y + (g * T + j + a) * V) = sum[a][g];
    }
}

static inline const real *level_of(const loci_chunk *t, const real *f, size_t level)
{
    return f + level * transition_size(t->state - (size_t)t->joined, t->modes > 0, t->joined);
}

/* after = abar^(2^level) before. */
static inline LOCI_INLINE void advance_level(real *after, const real *before, const loci_chunk *t,
                                             size_t level)
{
    const real *f = level_of(t, t->f, level);
    const size_t S = t->state, M = t->modes;
    if (M == 0) {
        memset(after, 0, S * V * sizeof *after);
        for (size_t s = 0; s < S; s++) {
            const vreal x = CONST_REAL(before + s * V);
            for (size_t r = 0; r < S; r++, f += V) REAL(after + r * V) += CONST_REAL(f) * x;
        }
        return;
    }
    for (size_t n = 0; n < M; n++) {
        const vreal re = CONST_REAL(before + n * V), im = CONST_REAL(before + (M + n) * V);
        const vreal zr = CONST_REAL(f + n * 2 * V), zi = CONST_REAL(f + n * 2 * V + V);
        vreal next_re = zr * re - zi * im, next_im = zr * im + zi * re;
        if (t->joined) {
            const vreal last = CONST_REAL(before + 2 * M * V);
            next_re += CONST_REAL(f + (M + n) * 2 * V) * last;
            next_im += CONST_REAL(f + (M + n) * 2 * V + V) * last;
        }
        REAL(after + n * V) = next_re;
        REAL(after + (M + n) * V) = next_im;
    }
    if (t->joined) REAL(after + 2 * M * V) = (vreal){0};
}

/* x = abar^samples x + added. `spare` is a state. */
static inline LOCI_INLINE void advance(real *x, const real *added, const loci_chunk *t, size_t samples,
                                       real *spare)
{
    for (size_t level = 0; level < t->levels; level++)
        if (samples >> level & 1) {
            advance_level(spare, x, t, level);
            memcpy(x, spare, t->state * V * sizeof *x);
        }
    for (size_t s = 0; s < t->state; s++) REAL(x + s * V) += CONST_REAL(added + s * V);
}

/* `count` chunks in a row; x [GROUP][padded] and added, likewise, are scratch, spare is a state. */
static inline LOCI_INLINE void run_group(real *y, real *state, const real *u, const loci_chunk *t,
                                         size_t count, real *x, real *added, real *spare)
{
    const size_t row = apart(t) * V;
    memset(added, 0, count * row * sizeof *added);
    absorb(added, u, t, count);
    for (size_t g = 0; g < count; g++) {
        memcpy(x + g * row, state, t->state * V * sizeof *x);
        advance(state, added + g * row, t, t->samples, spare);
    }
    if (y) answer(y, u, x, t, count);
}

/* Fewer than T samples: `early` [T] holds them at its beginning, `late` [T] at its end, 0 elsewhere. */
static inline LOCI_INLINE void pad(real *early, real *late, const real *u, size_t count, size_t T)
{
    const size_t bytes = count * V * sizeof *u, rest = (T - count) * V * sizeof *u;
    if (early) {
        memcpy(early, u, bytes);
        memset(early + count * V, 0, rest);
    }
    if (late) {
        memset(late, 0, rest);
        memcpy(late + (T - count) * V, u, bytes);
    }
}

LOCI_HOT
void loci_chunk_run(real *y, real *state, const real *u, const loci_chunk *t, size_t length, void *scratch)
{
    const size_t T = t->samples, row = apart(t) * V;
    real *x = scratch, *added = x + GROUP * row, *spare = added + GROUP * row, *early = spare + row;
    real *late = early + T * V, *out = late + T * V;
    size_t l = 0;
    for (; l + GROUP * T <= length; l += GROUP * T)
        run_group(y + l * V, state, u + l * V, t, GROUP, x, added, spare);
    for (; l + T <= length; l += T) run_group(y + l * V, state, u + l * V, t, 1, x, added, spare);
    if (l == length) return;
    pad(early, late, u + l * V, length - l, T);
    memset(added, 0, row * sizeof *added);
    absorb(added, late, t, 1);
    memcpy(x, state, t->state * V * sizeof *x);
    answer(out, early, x, t, 1);
    memcpy(y + l * V, out, (length - l) * V * sizeof *y);
    advance(state, added, t, length - l, spare);
}

/* ---- backward ---- */

/* dx[g][s] += sum over j of o[j][s] dy[g][j]. */
static inline LOCI_INLINE void answer_to_state(real *dx, const real *dy, const loci_chunk *t, size_t count)
{
    const size_t T = t->samples;
    for (size_t s = 0; s < t->padded; s += TILE) {
        vreal sum[TILE][GROUP];
        for (size_t a = 0; a < TILE; a++)
            for (size_t g = 0; g < count; g++) sum[a][g] = REAL(dx + (g * apart(t) + s + a) * V);
        for (size_t j = 0; j < T; j += TILE) {
            const real *o = t->o + (j * t->padded + s * TILE) * V;
            for (size_t b = 0; b < TILE; b++)
                for (size_t a = 0; a < TILE; a++)
                    for (size_t g = 0; g < count; g++)
                        sum[a][g] +=
                            CONST_REAL(o + (a * TILE + b) * V) * CONST_REAL(dy + (g * T + j + b) * V);
        }
        for (size_t a = 0; a < TILE; a++)
            for (size_t g = 0; g < count; g++) REAL(dx + (g * apart(t) + s + a) * V) = sum[a][g];
    }
}

/* du[g][i] (+)= sum over j >= i of k[j - i] dy[g][j], unless dy is NULL, + sum over s of e[s][i] dx[g][s], unless dx is. */
static inline LOCI_INLINE void to_inputs(real *du, const real *dy, const real *dx, const loci_chunk *t,
                                         size_t count)
{
    const size_t T = t->samples;
    for (size_t i = 0; i < T; i += TILE) {
        vreal sum[TILE][GROUP];
        for (size_t a = 0; a < TILE; a++)
            for (size_t g = 0; g < count; g++) sum[a][g] = (vreal){0};
        if (dx)
            for (size_t s = 0; s < t->state; s++) {
                const real *e = t->e + ((s / TILE * T + i) * TILE + s % TILE) * V;
                for (size_t a = 0; a < TILE; a++)
                    for (size_t g = 0; g < count; g++)
                        sum[a][g] += CONST_REAL(e + a * TILE * V) * CONST_REAL(dx + (g * apart(t) + s) * V);
            }
        if (dy)
            for (size_t j = i; j < T; j++) {
                const real *k = t->k + (j - i) * V;
                for (size_t a = 0; a < TILE; a++)
                    for (size_t g = 0; g < count; g++)
                        sum[a][g] += CONST_REAL(k - (ptrdiff_t)a * V) * CONST_REAL(dy + (g * T + j) * V);
            }
        for (size_t a = 0; a < TILE; a++)
            for (size_t g = 0; g < count; g++) REAL(du + (g * T + i + a) * V) = sum[a][g];
    }
}

/* dk[m] += sum over i of dy[g][i + m] u[g][i]. */
static inline LOCI_INLINE void to_kernel(real *dk, const real *dy, const real *u, const loci_chunk *t,
                                         size_t count)
{
    enum { WIDE = 8 };
    const size_t T = t->samples;
    for (size_t m = 0; m < T; m += WIDE) {
        vreal sum[WIDE];
        for (size_t a = 0; a < WIDE; a++) sum[a] = REAL(dk + (m + a) * V);
        for (size_t g = 0; g < count; g++) {
            const real *out = dy + (g * T + m) * V, *in = u + g * T * V;
            size_t i = 0;
            for (; i + m + WIDE <= T; i++)
                for (size_t a = 0; a < WIDE; a++)
                    sum[a] += CONST_REAL(out + (i + a) * V) * CONST_REAL(in + i * V);
            for (; i + m < T; i++)
                for (size_t a = 0; i + m + a < T; a++)
                    sum[a] += CONST_REAL(out + (i + a) * V) * CONST_REAL(in + i * V);
        }
        for (size_t a = 0; a < WIDE; a++) REAL(dk + (m + a) * V) = sum[a];
    }
}

/* do[j][s] += dy[g][j] x[g][s], over any number of chunks. */
static inline LOCI_INLINE void to_answers(real *d, const real *dy, const real *x, const loci_chunk *t,
                                          size_t count)
{
    const size_t T = t->samples;
    for (size_t j = 0; j < T; j += TILE)
        for (size_t s = 0; s < t->padded; s += TILE, d += TILE * TILE * V) {
            vreal sum[TILE][TILE];
            for (size_t a = 0; a < TILE * TILE; a++) sum[a / TILE][a % TILE] = REAL(d + a * V);
            for (size_t g = 0; g < count; g++)
                for (size_t a = 0; a < TILE; a++)
                    for (size_t b = 0; b < TILE; b++)
                        sum[a][b] +=
                            CONST_REAL(x + (g * apart(t) + s + a) * V) * CONST_REAL(dy + (g * T + j + b) * V);
            for (size_t a = 0; a < TILE * TILE; a++) REAL(d + a * V) = sum[a / TILE][a % TILE];
        }
}

/* de[s][i] += dx[g][s] u[g][i], over any number of chunks. */
static inline LOCI_INLINE void to_absorption(real *d, const real *dx, const real *u, const loci_chunk *t,
                                             size_t count)
{
    const size_t T = t->samples;
    for (size_t s = 0; s < t->padded; s += TILE)
        for (size_t i = 0; i < T; i += TILE, d += TILE * TILE * V) {
            vreal sum[TILE][TILE];
            for (size_t a = 0; a < TILE * TILE; a++) sum[a / TILE][a % TILE] = REAL(d + a * V);
            for (size_t g = 0; g < count; g++)
                for (size_t a = 0; a < TILE; a++)
                    for (size_t b = 0; b < TILE; b++)
                        sum[a][b] +=
                            CONST_REAL(u + (g * T + i + a) * V) * CONST_REAL(dx + (g * apart(t) + s + b) * V);
            for (size_t a = 0; a < TILE * TILE; a++) REAL(d + a * V) = sum[a / TILE][a % TILE];
        }
}

/* before = transpose of abar^(2^level), times after; df += after x^T. */
static inline LOCI_INLINE void retreat_level(real *before, real *df_tables, const real *after, const real *x,
                                             const loci_chunk *t, size_t level)
{
    const size_t S = t->state, M = t->modes;
    const real *f = level_of(t, t->f, level);
    real *df = df_tables ? df_tables + (level_of(t, t->f, level) - t->f) : NULL;
    if (M == 0) {
        for (size_t s = 0; s < S; s++) {
            vreal sum = {0};
            for (size_t r = 0; r < S; r++) sum += CONST_REAL(f + (s * S + r) * V) * CONST_REAL(after + r * V);
            REAL(before + s * V) = sum;
            if (df)
                for (size_t r = 0; r < S; r++)
                    REAL(df + (s * S + r) * V) += CONST_REAL(after + r * V) * CONST_REAL(x + s * V);
        }
        return;
    }
    vreal last = {0};
    for (size_t n = 0; n < M; n++) {
        const vreal re = CONST_REAL(after + n * V), im = CONST_REAL(after + (M + n) * V);
        const vreal zr = CONST_REAL(f + n * 2 * V), zi = CONST_REAL(f + n * 2 * V + V);
        const vreal xr = CONST_REAL(x + n * V), xi = CONST_REAL(x + (M + n) * V);
        REAL(before + n * V) = zr * re + zi * im;
        REAL(before + (M + n) * V) = zr * im - zi * re;
        if (df) {
            REAL(df + n * 2 * V) += xr * re + xi * im;
            REAL(df + n * 2 * V + V) += xr * im - xi * re;
        }
        if (t->joined) {
            last += CONST_REAL(f + (M + n) * 2 * V) * re + CONST_REAL(f + (M + n) * 2 * V + V) * im;
            if (df) {
                REAL(df + (M + n) * 2 * V) += CONST_REAL(x + 2 * M * V) * re;
                REAL(df + (M + n) * 2 * V + V) += CONST_REAL(x + 2 * M * V) * im;
            }
        }
    }
    if (t->joined) REAL(before + 2 * M * V) = last;
}

/* dx = transpose of abar^samples, times dx; x is the state before. path [levels + 1] states are scratch. */
static inline LOCI_INLINE void retreat(real *dx, real *df, const real *x, const loci_chunk *t, size_t samples,
                                       real *path, real *spare)
{
    const size_t row = apart(t) * V, bytes = t->state * V * sizeof *dx;
    size_t steps = 0;
    memcpy(path, x, bytes);
    for (size_t level = 0; level < t->levels; level++)
        if (samples >> level & 1) {
            advance_level(path + (steps + 1) * row, path + steps * row, t, level);
            steps++;
        }
    for (size_t level = t->levels; level-- > 0;)
        if (samples >> level & 1) {
            steps--;
            retreat_level(spare, df, dx, path + steps * row, t, level);
            memcpy(dx, spare, bytes);
        }
}

/* `count` chunks in a row, from the last to the first: x are the states before each; after becomes the gradients of those
 * after each. */
static inline LOCI_INLINE void backward_group(real *df, real *du, real *dstate, const real *dy, const real *x,
                                              const loci_chunk *t, size_t count, real *after, real *before,
                                              real *path, real *spare)
{
    const size_t row = apart(t) * V, bytes = t->state * V * sizeof *dstate;
    memset(before, 0, count * row * sizeof *before);
    answer_to_state(before, dy, t, count);
    for (size_t g = count; g-- > 0;) {
        memset(after + g * row, 0, row * sizeof *after);
        memcpy(after + g * row, dstate, bytes);
        retreat(dstate, df, x + g * row, t, t->samples, path, spare);
        for (size_t s = 0; s < t->state; s++) REAL(dstate + s * V) += CONST_REAL(before + g * row + s * V);
    }
    to_inputs(du, dy, after, t, count);
}

/* x [chunks + 1]: the states before each chunk, and after the last, as forward had them. */
static inline LOCI_INLINE void recompute(real *x, const real *u, const real *state, const loci_chunk *t,
                                         size_t chunks, real *added, real *spare)
{
    const size_t T = t->samples, row = apart(t) * V;
    memset(x, 0, (chunks + 1) * row * sizeof *x);
    memcpy(x, state, t->state * V * sizeof *x);
    for (size_t i = 0, count; i < chunks; i += count) {
        count = i + GROUP <= chunks ? GROUP : 1;
        memset(added, 0, count * row * sizeof *added);
        if (count == GROUP)
            absorb(added, u + i * T * V, t, GROUP);
        else
            absorb(added, u + i * T * V, t, 1);
        for (size_t g = 0; g < count; g++) {
            real *next = x + (i + g + 1) * row;
            memcpy(next, x + (i + g) * row, t->state * V * sizeof *x);
            advance(next, added + g * row, t, T, spare);
        }
    }
}

LOCI_HOT
void loci_chunk_backward(loci_chunk *d, real *du, real *dstate, const real *dy, const real *u,
                         const real *state, const loci_chunk *t, size_t length, void *scratch)
{
    const size_t T = t->samples, row = apart(t) * V, chunks = length / T, rest = length - chunks * T;
    real *x = scratch, *after = x + (chunks + 1) * row, *before = after + (chunks + 1) * row;
    real *path = before + GROUP * row, *spare = path + (t->levels + 1) * row;
    real *early = spare + row, *late = early + T * V, *out = late + T * V, *other = out + T * V;
    real *df = d ? d->f : NULL;
    recompute(x, u, state, t, chunks, before, spare);

    if (rest) {
        pad(early, late, u + chunks * T * V, rest, T);
        pad(out, NULL, dy + chunks * T * V, rest, T);
        memset(after, 0, row * sizeof *after);
        memcpy(after, dstate, t->state * V * sizeof *after);
        if (d) {
            to_kernel(d->k, out, early, t, 1);
            to_answers(d->o, out, x + chunks * row, t, 1);
            to_absorption(d->e, after, late, t, 1);
        }
        to_inputs(other, out, NULL, t, 1);
        memcpy(du + chunks * T * V, other, rest * V * sizeof *du);
        to_inputs(other, NULL, after, t, 1);
        for (size_t i = 0; i < rest; i++) REAL(du + (chunks * T + i) * V) += REAL(other + (T - rest + i) * V);
        memset(before, 0, row * sizeof *before);
        answer_to_state(before, out, t, 1);
        retreat(dstate, df, x + chunks * row, t, rest, path, spare);
        for (size_t s = 0; s < t->state; s++) REAL(dstate + s * V) += CONST_REAL(before + s * V);
    }
    size_t i = chunks;
    for (; i % GROUP; i--)
        backward_group(df, du + (i - 1) * T * V, dstate, dy + (i - 1) * T * V, x + (i - 1) * row, t, 1,
                       after + (i - 1) * row, before, path, spare);
    for (; i > 0; i -= GROUP)
        backward_group(df, du + (i - GROUP) * T * V, dstate, dy + (i - GROUP) * T * V, x + (i - GROUP) * row,
                       t, GROUP, after + (i - GROUP) * row, before, path, spare);
    if (!d) return;
    to_kernel(d->k, dy, u, t, chunks);
    to_answers(d->o, dy, x, t, chunks);
    to_absorption(d->e, after, u, t, chunks);
}
