/* SPDX-License-Identifier: MIT
 * selective_loops.c - the loops of layer/selective_loops.h. */
#include "base/each_level.h"

#include "layer/selective_loops.h"

#include <string.h>

#include "base/vmath.h"

enum { V = LOCI_LANES, W = LOCI_WIDTH, BAND = LOCI_SELECTIVE_BAND, CHUNK = LOCI_SELECTIVE_CHUNK };

#define AT(p) (*(const vreal *)(p))
#define TO(p) (*(vreal *)(p))

/* States of a channel that stay in registers on their way through the rows; and of those that go on it forth and back, so that what
 * the way leaves is in the nearest cache. */
enum { TILE = LOCI_VECTOR_BYTES == 64 ? 8 : 4 };

#if !LOCI_REAL_IS_DOUBLE
/* (2^r - 1) / r for |r| <= 1/2, interpolated at Chebyshev's points: off by 5e-9 times r. */
static inline LOCI_INLINE vreal power_slope(vreal r)
{
    vreal q = 0.00133908634f + r * 0.000154531629f;
    q = 0.00961808256f + r * q;
    q = 0.0555035711f + r * q;
    q = 0.240226508f + r * q;
    return 0.693147188f + r * q;
}
#endif

/* 2^t (in double e^t) for t <= 0; steep: where t may lie below -125, for which it stays there. 0 gives 1 exactly. */
static inline LOCI_INLINE vreal decay(vreal t, const int steep)
{
#if LOCI_REAL_IS_DOUBLE
    (void)steep;
    return loci_vexp(t);
#else
    const vreal shifted = t + LOCI_VMATH_ROUND, r = t - (shifted - LOCI_VMATH_ROUND);
    const vreal power = (vreal)((loci_vnaturals)(1 + r * power_slope(r)) + ((loci_vnaturals)shifted << 23));
    /* not a word about t itself, so that its product is fused with both sums here and there alike */
    return steep ? loci_vselect(shifted < LOCI_VMATH_ROUND - 125, LOCI_SPLAT(0x1p-125f), power) : power;
#endif
}

#if !LOCI_REAL_IS_DOUBLE
/* e^x for x <= 0, as loci_vexp has it; below e^-86 it stays there: never 0. */
static inline LOCI_INLINE vreal fade(vreal x)
{
    x = loci_vselect(x < -86, LOCI_SPLAT(-86.0f), x);
    const vreal shifted = x * 1.44269504f + LOCI_VMATH_ROUND, whole = shifted - LOCI_VMATH_ROUND;
    const vreal r = x - whole * 0.693359375f - whole * -2.12194440e-4f;
    vreal p = 0.00836959854f + r * 0.00139517197f;
    p = 0.0416661873f + r * p;
    p = 0.166665122f + r * p;
    p = 0.5f + r * p;
    return (vreal)((loci_vnaturals)(1 + (r + r * r * p)) + ((loci_vnaturals)shifted << 23));
}
#endif

/* The slope of softplus, 1 - e^-y, where y > 0 is its value. */
static inline LOCI_INLINE vreal softplus_slope(vreal y)
{
#if LOCI_REAL_IS_DOUBLE
    return loci_vselect(y > 20, LOCI_SPLAT(1.0), -loci_vexpm1(-y));
#else
    const vreal t = loci_vselect(y > 86, LOCI_SPLAT(86.0f), y) * -1.44269504f;
    const vreal shifted = t + LOCI_VMATH_ROUND, r = t - (shifted - LOCI_VMATH_ROUND);
    const vreal power = (vreal)((loci_vnaturals)LOCI_SPLAT(1.0f) + ((loci_vnaturals)shifted << 23));
    return (1 - power) - power * (r * power_slope(r));
#endif
}

/* Numbers of either sign are ordered by their size as their bits without the sign are, NaN behind all. */
typedef real_bits real_bits_of_any __attribute__((may_alias));

static inline LOCI_INLINE real_bits largest(const real *x, size_t count)
{
    const real_bits_of_any *bits = (const real_bits_of_any *)x;
    real_bits most = 0;
    for (size_t i = 0; i < count; i++) {
        const real_bits size = bits[i] & ~LOCI_VMATH_SIGN;
        most = size > most ? size : most;
    }
    return most;
}

/* ---- sums over lanes ---- */

/* What two vectors give to a sum of pairs: their halves, number by number in turns. */
#if LOCI_VECTOR_BYTES == 64 && !LOCI_REAL_IS_DOUBLE
#define LOW(a, b) __builtin_shufflevector(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23)
#define HIGH(a, b) __builtin_shufflevector(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31)
#elif LOCI_WIDTH == 8
#define LOW(a, b) __builtin_shufflevector(a, b, 0, 8, 1, 9, 2, 10, 3, 11)
#define HIGH(a, b) __builtin_shufflevector(a, b, 4, 12, 5, 13, 6, 14, 7, 15)
#elif LOCI_WIDTH == 4
#define LOW(a, b) __builtin_shufflevector(a, b, 0, 4, 1, 5)
#define HIGH(a, b) __builtin_shufflevector(a, b, 2, 6, 3, 7)
#else
#define LOW(a, b) __builtin_shufflevector(a, b, 0, 2)
#define HIGH(a, b) __builtin_shufflevector(a, b, 1, 3)
#endif

/* The sums over lanes of W states' vectors, in their order, those of a tile one behind the other, `apart` reals from tile to tile:
 * log2(W) times halves of two vectors are added number by number, and each time what belongs to the first of them moves on to the
 * even places: numbers of states end up with their bits turned round. */
static inline LOCI_INLINE vreal across(const real *x, size_t apart)
{
    vreal s[W];
#pragma GCC unroll 16
    for (int i = 0; i < W; i++) {
        int turned = 0;
        for (int bit = 1, to = W / 2; bit < W; bit *= 2, to /= 2) turned |= i & bit ? to : 0;
        s[i] = AT(x + (size_t)(turned / TILE) * apart + turned % TILE * W);
    }
#pragma GCC unroll 4
    for (int count = W / 2; count > 0; count /= 2)
#pragma GCC unroll 8
        for (int i = 0; i < count; i++) s[i] = LOW(s[2 * i], s[2 * i + 1]) + HIGH(s[2 * i], s[2 * i + 1]);
    return s[0];
}

static void sum_lanes(real *y, size_t apart, const real *x, size_t states, size_t rows)
{
    const size_t full = states / TILE * TILE, tile = rows * TILE * W;
    for (size_t n = 0; n < states; n += V)
        for (size_t r = 0; r < rows; r++) {
            real *to = y + (n / V * apart + r) * V;
            for (size_t lane = 0; lane < V; lane += W) {
                if (n + lane + W <= full) {
                    const size_t at = n + lane;
                    TO(to + lane) = across(x + at / TILE * tile + (r * TILE + at % TILE) * W, tile);
                    continue;
                }
                for (size_t i = lane; i < lane + W; i++) {
                    const size_t at = n + i;
                    const real *from = at < full ? x + at / TILE * tile + (r * TILE + at % TILE) * W
                                                 : x + (at * rows + r) * W;
                    to[i] = 0;
                    for (size_t k = 0; at < states && k < W; k++) to[i] += from[k];
                }
            }
        }
}

/* ---- scans ---- */

/* Some rows of one block. */
typedef struct {
    const real *x, *dt, *z, *B, *C, *rate, *skip;
    size_t apart, states, rows;
    int shared;
} block_rows;

static inline block_rows block_of(const loci_selective_rows *s, size_t k)
{
    return (block_rows){.x = s->x + k * s->apart * V,
                        .dt = s->dt + k * s->apart * V,
                        .z = s->z ? s->z + k * s->z_apart * V : NULL,
                        .B = s->B,
                        .C = s->C,
                        .rate = s->rate + k * (s->shared ? 1 : s->states) * V,
                        .skip = s->skip + k * V,
                        .apart = s->bc_apart,
                        .states = s->states,
                        .rows = s->rows,
                        .shared = s->shared};
}

/* Whether a factor may be less than 2^-125. */
static int is_steep(const block_rows *s)
{
    union {
        real_bits bits;
        real number;
    } dt = {.bits = largest(s->dt, s->rows * V)}, rate = {.bits = largest(s->rate, s->states * V)};
    return !(dt.number * rate.number < 125);
}

/* What goes into a row, dt x, and where all states share a rate, their factor. */
static inline LOCI_INLINE void enter(real *in, real *factor, real *y, const block_rows *s, size_t lane)
{
    for (size_t r = lane; r < s->rows * V; r += V) {
        const vreal x = AT(s->x + r), dt = AT(s->dt + r);
        TO(in + r) = dt * x;
        TO(y + r) = AT(s->skip + lane) * x;
        if (s->shared) TO(factor + r) = decay(dt * AT(s->rate + lane), 1);
    }
}

/* What backward keeps of a few states: before the first row and behind each, [count][W] a row, and the factors between them. */
typedef struct {
    real *state, *factor;
} kept_values;

/* `count` states from number n on through rows `first` to `end`, from `state` to `after`; or, keeping, to keep. */
static inline LOCI_INLINE void advance(real *y, real *after, const real *state, const kept_values *keep,
                                       const real *in, const real *factor, const block_rows *s, size_t begin,
                                       size_t end, size_t n, size_t lane, const int count, const int keeping,
                                       const int shared, const int steep)
{
    const size_t first = n / V * s->apart * V + n % V, size = (size_t)count * W;
    const real *rate = s->rate + (shared ? 0 : n * V) + lane;
    vreal h[TILE];
#pragma GCC unroll 16
    for (int i = 0; i < count; i++) {
        h[i] = AT(state + (n + (size_t)i) * V + lane);
        if (keeping) TO(keep->state + i * W) = h[i];
    }
    for (size_t r = begin; r < end; r++) {
        const real *b = s->B + first + r * V, *c = s->C + first + r * V;
        const vreal u = AT(in + r * V + lane), dt = AT((shared ? factor : s->dt) + r * V + lane);
        vreal sum = AT(y + r * V + lane);
#pragma GCC unroll 16
        for (int i = 0; i < count; i++) {
            const vreal a = shared ? dt : decay(dt * AT(rate + i * V), steep);
            h[i] = a * h[i] + u * b[i];
            sum += c[i] * h[i];
            if (keeping) TO(keep->state + (r + 1) * size + i * W) = h[i];
            if (keeping && !shared) TO(keep->factor + r * size + i * W) = a;
        }
        TO(y + r * V + lane) = sum;
    }
#pragma GCC unroll 16
    for (int i = 0; !keeping && i < count; i++) TO(after + (n + (size_t)i) * V + lane) = h[i];
}

static inline LOCI_INLINE void advance_all(real *y, real *state, const real *in, const real *factor,
                                           const block_rows *s, size_t begin, size_t end, size_t lane,
                                           const int shared, const int steep)
{
    size_t n = 0;
    for (; n + TILE <= s->states; n += TILE)
        advance(y, state, state, NULL, in, factor, s, begin, end, n, lane, TILE, 0, shared, steep);
    for (; n < s->states; n++)
        advance(y, state, state, NULL, in, factor, s, begin, end, n, lane, 1, 0, shared, steep);
}

static void forward_block(real *y, real *state, real *kept, size_t kept_apart, const block_rows *s)
{
    _Alignas(64) real in[BAND * V], factor[BAND * V];
    const int steep = !s->shared && is_steep(s);
    for (size_t lane = 0; lane < V; lane += W) {
        enter(in, factor, y, s, lane);
        for (size_t begin = 0, end = 0; begin < s->rows; begin = end) {
            end = kept && begin + CHUNK < s->rows ? begin + CHUNK : s->rows;
            for (size_t n = 0; kept && n < s->states; n++)
                TO(kept + begin / CHUNK * kept_apart + n * V + lane) = AT(state + n * V + lane);
            if (s->shared)
                advance_all(y, state, in, factor, s, begin, end, lane, 1, 0);
            else if (steep || LOCI_REAL_IS_DOUBLE)
                advance_all(y, state, in, factor, s, begin, end, lane, 0, 1);
            else
                advance_all(y, state, in, factor, s, begin, end, lane, 0, 0);
        }
        for (size_t r = lane; s->z && r < s->rows * V; r += V)
            TO(y + r) *= AT(s->z + r) * loci_vsigmoid(AT(s->z + r));
    }
}

static void forward(real *y, real *state, real *kept, size_t kept_apart, const loci_selective_rows *s)
{
    const size_t size = s->states * V;
    for (size_t k = 0; k < s->blocks; k++) {
        const block_rows block = block_of(s, k);
        forward_block(y + k * s->apart * V, state + k * size, kept ? kept + k * size : NULL, kept_apart,
                      &block);
    }
}

/* ---- backward ----
 *
 * A few states go forth and back over a chunk, in all blocks of a few one after the other, then the next states: what is kept of them,
 * and the lanes of dB and dC that they add to, stay in the nearest cache. */

enum { TOGETHER = 8, PLANE = CHUNK * V };

/* Of the blocks that go together: what goes into a row and factors, as above; sums over states of G B and of G h' times the rate (or,
 * shared, alone), where G is the gradient of a state and h' the state decayed; the gradient before the gate, and the gate. */
typedef struct {
    real in[PLANE], factor[PLANE], sum[PLANE], through[PLANE], inner[PLANE], gate[PLANE];
} block_values;

/* scratch: values of blocks, what is kept of a tile, lanes of dB and dC. A load waits for a store just before it to an address
 * a multiple of 4096 bytes away: what is loaded begins a little below what is stored to, where rows are taken from the last. */
enum {
    PAGE = 4096 / sizeof(real),
    ROW = TILE * W,
    VALUES = (TOGETHER * sizeof(block_values) / sizeof(real) + PAGE - 1) / PAGE * PAGE,
    KEPT = ((CHUNK + 1) * ROW + PAGE - 1) / PAGE * PAGE
};

static size_t lanes_of(size_t states)
{
    return (CHUNK * states * W + PAGE - 1) / PAGE * PAGE + PAGE / 2;
}

static size_t scratch_of(size_t states)
{
    return VALUES + 2 * KEPT + 2 * lanes_of(states) + PAGE;
}

/* Of one block's chunk. */
typedef struct {
    block_rows rows;
    block_values *values;
    const real *state, *slope; /* slope: the gradient before the gate */
    real *y, *dx, *ddt, *dz, *dstate, *drate, *dskip;
    int steep;
} back_block;

/* `count` states from number n on, back through all rows; dB, dC [rows][count][W]. */
static inline LOCI_INLINE void retreat(const back_block *t, const kept_values *kept, real *dB, real *dC,
                                       size_t n, size_t lane, const int count, const int shared)
{
    const block_rows *s = &t->rows;
    block_values *w = t->values;
    const size_t first = n / V * s->apart * V + n % V, size = (size_t)count * W, at = n * V + lane;
    const real *rate = s->rate + at;
    vreal g[TILE], drate[TILE];
#pragma GCC unroll 8
    for (int i = 0; i < count; i++) g[i] = AT(t->dstate + at + i * V), drate[i] = (vreal){0};
    for (size_t r = s->rows; r-- > 0;) {
        const real *b = s->B + first + r * V, *c = s->C + first + r * V;
        const real *before = kept->state + r * size, *h = before + size, *factor = kept->factor + r * size;
        real *db = dB + r * size, *dc = dC + r * size;
        const vreal d = AT(t->slope + r * V + lane), u = AT(w->in + r * V + lane),
                    dt = AT(s->dt + r * V + lane), same = AT(w->factor + r * V + lane);
        vreal sum = AT(w->sum + r * V + lane), rates = AT(w->through + r * V + lane);
#pragma GCC unroll 8
        for (int i = 0; i < count; i++) {
            const vreal now = g[i] + d * c[i];
            TO(dc + i * W) += d * AT(h + i * W);
            TO(db + i * W) += now * u;
            sum += now * b[i];
            g[i] = now * (shared ? same : AT(factor + i * W));
            const vreal q = g[i] * AT(before + i * W);
            if (shared) {
                rates += q;
            } else {
                rates += q * AT(rate + i * V);
                drate[i] += q * dt;
            }
        }
        TO(w->sum + r * V + lane) = sum;
        TO(w->through + r * V + lane) = rates;
    }
#pragma GCC unroll 8
    for (int i = 0; i < count; i++) {
        TO(t->dstate + at + i * V) = g[i];
        if (!shared) TO(t->drate + at + i * V) += drate[i];
    }
}

/* `count` states of a block forth and back. */
static inline LOCI_INLINE void there_and_back(const back_block *t, const kept_values *kept, real *dB,
                                              real *dC, size_t n, const int count)
{
    const block_rows *s = &t->rows;
    const real *in = t->values->in, *factor = t->values->factor;
    for (size_t lane = 0; lane < V; lane += W) {
        if (s->shared) {
            advance(t->y, NULL, t->state, kept, in, factor, s, 0, s->rows, n, lane, count, 1, 1, 0);
            retreat(t, kept, dB, dC, n, lane, count, 1);
            continue;
        }
        if (t->steep || LOCI_REAL_IS_DOUBLE)
            advance(t->y, NULL, t->state, kept, in, factor, s, 0, s->rows, n, lane, count, 1, 0, 1);
        else
            advance(t->y, NULL, t->state, kept, in, factor, s, 0, s->rows, n, lane, count, 1, 0, 0);
        retreat(t, kept, dB, dC, n, lane, count, 0);
    }
}

static void begin_back(const back_block *t, const real *dy)
{
    const block_rows *s = &t->rows;
    block_values *w = t->values;
    for (size_t lane = 0; lane < V; lane += W) {
        enter(w->in, w->factor, t->y, s, lane);
        for (size_t r = lane; r < s->rows * V; r += V) {
            TO(w->sum + r) = TO(w->through + r) = (vreal){0};
            if (!s->z) continue;
            const vreal z = AT(s->z + r), g = loci_vsigmoid(z), gate = z * g, d = AT(dy + r);
            TO(w->gate + r) = gate;
            TO(w->inner + r) = d * gate;
            TO(t->dz + r) = d * (g + gate * (1 - g));
        }
    }
}

static void end_back(const back_block *t, int softplus)
{
    const real base = (real)(1 / LOCI_SELECTIVE_BASE);
    const block_rows *s = &t->rows;
    const block_values *w = t->values;
    for (size_t lane = 0; lane < V; lane += W) {
        vreal dskip = {0}, drate = {0};
        for (size_t r = lane; r < s->rows * V; r += V) {
            const vreal x = AT(s->x + r), dt = AT(s->dt + r), d = AT(t->slope + r), sum = AT(w->sum + r),
                        through = AT(w->through + r), q = s->shared ? through * AT(s->rate + lane) : through;
            const vreal ddt = q * base + x * sum;
            dskip += d * x;
            drate += through * dt;
            TO(t->dx + r) = AT(s->skip + lane) * d + dt * sum;
            TO(t->ddt + r) = softplus ? ddt * softplus_slope(dt) : ddt;
            if (!s->z) continue;
            TO(t->dz + r) *= AT(t->y + r);
            TO(t->y + r) *= AT(w->gate + r);
        }
        TO(t->dskip + lane) += dskip;
        if (s->shared) TO(t->drate + lane) += drate;
    }
}

static void backward(const loci_selective_back *back, const real *dy, const real *state,
                     const loci_selective_rows *s, real *scratch)
{
    block_values *values = (block_values *)(void *)scratch;
    const kept_values kept = {scratch + VALUES, scratch + VALUES + KEPT};
    real *dB = kept.factor + KEPT + ROW, *dC = dB + lanes_of(s->states);
    const size_t N = s->states, size = N * V, rates = (s->shared ? 1 : N) * V;
    memset(dB, 0, s->rows * N * W * sizeof(real)), memset(dC, 0, s->rows * N * W * sizeof(real));
    for (size_t first = 0; first < s->blocks; first += TOGETHER) {
        const size_t count = s->blocks - first < TOGETHER ? s->blocks - first : TOGETHER;
        back_block blocks[TOGETHER];
        for (size_t i = 0; i < count; i++) {
            const size_t k = first + i, at = k * s->apart * V;
            blocks[i] = (back_block){.rows = block_of(s, k),
                                     .values = &values[i],
                                     .state = state + k * size,
                                     .slope = s->z ? values[i].inner : dy + at,
                                     .y = back->y + at,
                                     .dx = back->dx + at,
                                     .ddt = back->ddt + at,
                                     .dz = back->dz ? back->dz + k * back->z_apart * V : NULL,
                                     .dstate = back->dstate + k * size,
                                     .drate = back->drate + k * rates,
                                     .dskip = back->dskip + k * V};
            blocks[i].steep = !s->shared && is_steep(&blocks[i].rows);
            begin_back(&blocks[i], dy + at);
        }
        size_t n = 0;
        for (; n + TILE <= N; n += TILE)
            for (size_t i = 0; i < count; i++)
                there_and_back(&blocks[i], &kept, dB + n * s->rows * W, dC + n * s->rows * W, n, TILE);
        for (; n < N; n++)
            for (size_t i = 0; i < count; i++)
                there_and_back(&blocks[i], &kept, dB + n * s->rows * W, dC + n * s->rows * W, n, 1);
        for (size_t i = 0; i < count; i++) end_back(&blocks[i], back->softplus);
    }
    sum_lanes(back->dB, back->bc_apart, dB, N, s->rows);
    sum_lanes(back->dC, back->bc_apart, dC, N, s->rows);
}

/* ---- short convolution ---- */

static inline LOCI_INLINE void convolve_width(real *y, real *slope, const real *x, const real *weight,
                                              const real *bias, const size_t width, int linear, size_t rows)
{
    for (size_t lane = 0; lane < V; lane += W)
        for (size_t r = lane; r < rows * V; r += V) {
            const real *from = x + r - (width - 1) * V;
            vreal v = AT(bias + lane);
            for (size_t k = 0; k < width; k++) v += AT(weight + k * V + lane) * AT(from + k * V);
            if (linear) {
                TO(y + r) = v;
                continue;
            }
            const vreal g = loci_vsigmoid(v), silu = v * g;
            TO(y + r) = silu;
            if (slope) TO(slope + r) = g + silu * (1 - g);
        }
}

static void convolve(real *y, real *slope, const real *x, const real *weight, const real *bias, size_t width,
                     int linear, size_t rows)
{
    if (width == 4)
        convolve_width(y, slope, x, weight, bias, 4, linear, rows);
    else
        convolve_width(y, slope, x, weight, bias, width, linear, rows);
}

static void convolve_backward(real *dx, real *dweight, real *dbias, const real *dv, const real *x,
                              const real *weight, size_t width, size_t rows)
{
    for (size_t lane = 0; lane < V; lane += W) {
        vreal total = {0};
        for (size_t r = lane; r < rows * V; r += V) {
            vreal d = {0};
            for (size_t k = 0; k < width; k++)
                d += AT(weight + k * V + lane) * AT(dv + r + (width - 1 - k) * V);
            TO(dx + r) = d;
            total += AT(dv + r);
        }
        TO(dbias + lane) += total;
        for (size_t k = 0; k < width; k++) {
            vreal d = {0};
            const real *from = x - (width - 1 - k) * V;
            for (size_t r = lane; r < rows * V; r += V) d += AT(dv + r) * AT(from + r);
            TO(dweight + k * V + lane) += d;
        }
    }
}

/* ---- steps ---- */

/* x where that is above 0, plus log(1 + e^-|x|); the logarithm of 1 + e is 2 artanh(e/(2 + e)), whose series in the square of that,
 * at most 1/9, has four numbers interpolated at Chebyshev's points, off by 4e-9. Above 20 it is x, in float by rounding alone. */
static void softplus(real *y, const real *x, size_t rows)
{
    for (size_t i = 0; i < rows * V; i += W) {
        const vreal v = AT(x + i);
#if LOCI_REAL_IS_DOUBLE
        TO(y + i) = loci_vselect(v > 20, v, loci_vlog1p(loci_vexp(v)));
#else
        const vreal e = fade(-loci_vabs(v)), s = e / (2 + e);
        const vreal seen = (vreal)((vbits)s & ~(e < 0x1p-30f)), z = seen * seen; /* else nothing beside 1 */
        vreal p = 0.139825789f + z * 0.140788892f;
        p = 0.200122976f + z * p;
        p = 0.333331608f + z * p;
        const vreal twice = s + s;
        TO(y + i) = loci_vselect(v > 0, v, LOCI_SPLAT(0.0f)) + (twice + twice * z * p);
#endif
    }
}

static void softplus_backward(real *dx, const real *dy, const real *y, size_t rows)
{
    for (size_t i = 0; i < rows * V; i += W) TO(dx + i) = AT(dy + i) * softplus_slope(AT(y + i));
}

static void add_multiply(real *y, const real *a, const real *b, const real *c, size_t rows)
{
    for (size_t i = 0; i < rows * V; i += W) TO(y + i) = (b ? AT(a + i) + AT(b + i) : AT(a + i)) * AT(c + i);
}

static void gate(real *y, const real *a, const real *z, size_t rows)
{
    for (size_t i = 0; i < rows * V; i += W) TO(y + i) = AT(a + i) * (AT(z + i) * loci_vsigmoid(AT(z + i)));
}

static void gate_backward(real *da, real *dz, const real *dy, const real *a, const real *z, size_t rows)
{
    for (size_t i = 0; i < rows * V; i += W) {
        const vreal v = AT(z + i), s = loci_vsigmoid(v), silu = v * s, d = AT(dy + i), from = AT(a + i);
        TO(da + i) = d * silu;
        TO(dz + i) = d * from * (s + silu * (1 - s));
    }
}

const loci_selective_loops LOCI_LEVEL(loci_selective_loops_level) = {
    .width = W,
    .tile = TILE,
    .forward = forward,
    .backward = backward,
    .scratch = scratch_of,
    .sum_lanes = sum_lanes,
    .convolve = convolve,
    .convolve_backward = convolve_backward,
    .softplus = softplus,
    .softplus_backward = softplus_backward,
    .add_multiply = add_multiply,
    .gate = gate,
    .gate_backward = gate_backward,
};
