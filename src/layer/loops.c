/* SPDX-License-Identifier: MIT
 * loops.c - the loops of layer/loops.h. */
#include "base/each_level.h"

#include "layer/loops.h"

#include "base/vmath.h"

enum { V = LOCI_LANES, W = LOCI_WIDTH };

#define AT(p) (*(const vreal *)(p))
#define TO(p) (*(vreal *)(p))

/* The mask of the vector at i reals from the first. */
static inline LOCI_INLINE vreal masked(const real *mask, size_t step, size_t i)
{
    return mask ? AT(mask + i / V * step + i % V) : LOCI_SPLAT(LOCI_REAL(1.0));
}

/* ---- activations ---- */

static void gelu(real *y, const real *x, const real *mask, size_t step, size_t rows)
{
    for (size_t i = 0; i < rows * V; i += W) {
        const vreal v = AT(x + i);
        vreal half, density;
        loci_vnormal(&half, &density, v);
        /* x Phi(x) = x/2 + |x| (Phi(|x|) - 1/2): no case for the sign */
        TO(y + i) = (LOCI_REAL(0.5) * v + loci_vabs(v) * half) * masked(mask, step, i);
    }
}

static void gelu_backward(real *dx, real *y, const real *dy, const real *x, const real *mask, size_t step,
                          size_t rows)
{
    for (size_t i = 0; i < rows * V; i += W) {
        const vreal v = AT(x + i), m = masked(mask, step, i), d = dy ? AT(dy + i) * m : m;
        vreal half, density;
        loci_vnormal(&half, &density, v);
        if (y) TO(y + i) = (LOCI_REAL(0.5) * v + loci_vabs(v) * half) * m;
        const vreal slope = LOCI_REAL(0.5) + loci_vcopysign(half, v) + v * density;
        TO(dx + i) = d * slope;
    }
}

static void silu(real *y, const real *x, const real *mask, size_t step, size_t rows)
{
    for (size_t i = 0; i < rows * V; i += W)
        TO(y + i) = AT(x + i) * loci_vsigmoid(AT(x + i)) * masked(mask, step, i);
}

static void silu_backward(real *dx, real *y, const real *dy, const real *x, const real *mask, size_t step,
                          size_t rows)
{
    for (size_t i = 0; i < rows * V; i += W) {
        const vreal v = AT(x + i), s = loci_vsigmoid(v), m = masked(mask, step, i);
        if (y) TO(y + i) = v * s * m;
        TO(dx + i) = AT(dy + i) * m * (s + v * s * (1 - s));
    }
}

static void glu(real *y, real *gate, const real *a, const real *b, size_t rows)
{
    for (size_t i = 0; i < rows * V; i += W) {
        const vreal s = loci_vsigmoid(AT(b + i));
        TO(y + i) = AT(a + i) * s;
        if (gate) TO(gate + i) = s;
    }
}

static void glu_backward(real *da, real *db, const real *dy, const real *y, const real *gate, size_t rows)
{
    for (size_t i = 0; i < rows * V; i += W) {
        const vreal s = AT(gate + i), d = AT(dy + i);
        TO(db + i) = d * AT(y + i) * (1 - s);
        TO(da + i) = d * s;
    }
}

static void add(real *y, const real *x, const real *a, const real *mask, size_t step, size_t rows)
{
    for (size_t i = 0; i < rows * V; i += W) {
        const vreal v = AT(a + i) * masked(mask, step, i);
        TO(y + i) = x ? AT(x + i) + v : v;
    }
}

static void sum(real *total, const real *x, size_t rows)
{
    for (size_t lane = 0; lane < V; lane += W)
        for (size_t band = 0; band < rows; band += LOCI_BAND) {
            const size_t end = rows - band < LOCI_BAND ? rows : band + LOCI_BAND;
            vreal s = {0}; /* of a band first, so that rounding does not pile up */
            for (size_t r = band; r < end; r++) s += AT(x + r * V + lane);
            TO(total + lane) += s;
        }
}

/* Knuth's sum of two numbers with its error, then Dekker's to bring the two parts in order. */
static void accumulate(real *total, real *lost, const real *x, size_t rows)
{
    for (size_t lane = 0; lane < V; lane += W) {
        vreal s = AT(total + lane), rest = AT(lost + lane);
        for (size_t r = 0; r < rows; r++) {
            const vreal v = AT(x + r * V + lane), whole = s + v, part = whole - s;
            rest += (s - (whole - part)) + (v - part);
            s = whole + rest;
            rest -= s - whole;
        }
        TO(total + lane) = s;
        TO(lost + lane) = rest;
    }
}

/* ---- norms ---- */

static inline LOCI_INLINE real across(const real *row)
{
    real s[V / 2];
    for (int i = 0; i < V / 2; i++) s[i] = row[i] + row[i + V / 2];
    for (int half = V / 4; half > 0; half /= 2)
        for (int i = 0; i < half; i++) s[i] += s[i + half];
    return s[0];
}

/* Ones in the lanes of the last block that are channels. */
static inline void live_lanes(real *live, size_t channels)
{
    for (size_t i = 0; i < V; i++) live[i] = i < (channels - 1) % V + 1 ? 1 : 0;
}

static inline size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

static void normalize(real *y, real *statistics, const real *x, size_t y_stride, size_t x_stride,
                      const real *weight, const real *bias, double epsilon, int centered, size_t channels,
                      size_t rows)
{
    const size_t blocks = loci_lane_blocks(channels);
    const real share = 1 / (real)channels, eps = (real)epsilon;
    _Alignas(64) real total[LOCI_BAND * V], live[V], all[V];
    live_lanes(live, channels), live_lanes(all, V);
    for (size_t band = 0; band < rows; band += LOCI_BAND) {
        const size_t count = least(rows - band, LOCI_BAND);
        real *s = statistics + band * 2;
        const real *from = x + band * V;
        if (centered) {
            for (size_t i = 0; i < count * V; i += W) {
                vreal t = AT(from + i);
                for (size_t b = 1; b < blocks; b++) t += AT(from + b * x_stride * V + i);
                TO(total + i) = t;
            }
            for (size_t r = 0; r < count; r++) s[2 * r] = across(total + r * V) * share;
        } else {
            for (size_t r = 0; r < count; r++) s[2 * r] = 0;
        }
        for (size_t r = 0; r < count; r++)
            for (size_t lane = 0; lane < V; lane += W) {
                vreal t = {0};
                for (size_t b = 0; b < blocks; b++) {
                    const vreal v = (AT(from + (b * x_stride + r) * V + lane) - s[2 * r]) *
                                    AT((b + 1 == blocks ? live : all) + lane);
                    t += v * v;
                }
                TO(total + r * V + lane) = t;
            }
        for (size_t r = 0; r < count; r++) {
            const real variance = across(total + r * V) * share + eps;
            s[2 * r + 1] =
                1 / (LOCI_REAL_IS_DOUBLE ? (real)sqrt((double)variance) : (real)sqrtf((float)variance));
        }
        for (size_t b = 0; b < blocks; b++)
            for (size_t lane = 0; lane < V; lane += W) {
                const vreal w = AT(weight + b * V + lane), zero = {0},
                            shift = bias ? AT(bias + b * V + lane) : zero;
                const real *in = from + b * x_stride * V + lane;
                real *out = y + (b * y_stride + band) * V + lane;
                for (size_t r = 0; r < count; r++)
                    TO(out + r * V) = (AT(in + r * V) - s[2 * r]) * s[2 * r + 1] * w + shift;
            }
    }
}

/* With xh = (x - mean) scale and g = dy weight: dx = scale (g - mean(g) - xh mean(g xh)), without mean(g) where not
 * centered. */
static void normalize_backward(real *dx, real *dweight, real *dbias, const real *dy, const real *x,
                               const real *statistics, const real *weight, size_t stride, int centered,
                               size_t channels, size_t rows)
{
    const size_t blocks = loci_lane_blocks(channels);
    const real share = 1 / (real)channels;
    _Alignas(64) real total[LOCI_BAND * V], product[LOCI_BAND * V], mean[LOCI_BAND], slope[LOCI_BAND],
        live[V], all[V];
    live_lanes(live, channels), live_lanes(all, V);
    for (size_t band = 0; band < rows; band += LOCI_BAND) {
        const size_t count = least(rows - band, LOCI_BAND);
        const real *s = statistics + band * 2;
        for (size_t r = 0; r < count; r++)
            for (size_t lane = 0; lane < V; lane += W) {
                vreal t = {0}, p = {0};
                for (size_t b = 0; b < blocks; b++) {
                    const size_t at = (b * stride + band + r) * V + lane;
                    const vreal g = AT(dy + at) * AT(weight + b * V + lane);
                    t += g;
                    p += g * ((AT(x + at) - s[2 * r]) * s[2 * r + 1]);
                }
                TO(total + r * V + lane) = t;
                TO(product + r * V + lane) = p;
            }
        for (size_t r = 0; r < count; r++) {
            mean[r] = centered ? across(total + r * V) * share : 0;
            slope[r] = across(product + r * V) * share;
        }
        for (size_t b = 0; b < blocks; b++)
            for (size_t lane = 0; lane < V; lane += W) {
                const vreal w = AT(weight + b * V + lane), some = AT((b + 1 == blocks ? live : all) + lane);
                vreal dw = {0}, db = {0};
                for (size_t r = 0; r < count; r++) {
                    const size_t at = (b * stride + band + r) * V + lane;
                    const vreal d = AT(dy + at), xh = (AT(x + at) - s[2 * r]) * s[2 * r + 1];
                    dw += d * xh;
                    db += d;
                    TO(dx + at) = (d * w - mean[r] - xh * slope[r]) * s[2 * r + 1] * some;
                }
                TO(dweight + b * V + lane) += dw;
                if (dbias) TO(dbias + b * V + lane) += db;
            }
    }
}

/* ---- recurrences ---- */

/* Modes that stay in registers, with z and c, on their way through the rows. */
#if LOCI_VECTOR_BYTES == 64
enum { MODES = 4 };
#else
enum { MODES = 2 };
#endif

/* No sum below has two products: which of them a compiler fuses with the sum would not be the same everywhere, and bits must
 * not depend on how many rows there are.
 *
 * y, odd += the real parts' and the imaginary parts' share of `count` modes. All pointers are at the vector, those of the
 * modes at the first of them; the state's imaginary parts are `apart` reals behind the real ones. */
static inline LOCI_INLINE void recur_modes(real *y, real *odd, real *state, size_t apart, const real *u,
                                           const real *z, const real *c, size_t rows, const int count)
{
    vreal re[MODES], im[MODES], zr[MODES], zi[MODES], cr[MODES], ci[MODES];
#pragma GCC unroll 4
    for (int n = 0; n < count; n++) {
        re[n] = AT(state + n * V), im[n] = AT(state + apart + n * V);
        zr[n] = AT(z + n * 2 * V), zi[n] = AT(z + n * 2 * V + V);
        cr[n] = AT(c + n * 2 * V), ci[n] = AT(c + n * 2 * V + V);
    }
    for (size_t r = 0; r < rows * V; r += V) {
        const vreal in = AT(u + r);
        vreal even_sum = AT(y + r), odd_sum = AT(odd + r);
#pragma GCC unroll 4
        for (int n = 0; n < count; n++) {
            const vreal next = re[n] + (zr[n] * re[n] + (in - zi[n] * im[n]));
            im[n] = (im[n] + zr[n] * im[n]) + zi[n] * re[n];
            re[n] = next;
            even_sum += cr[n] * re[n];
            odd_sum += ci[n] * im[n];
        }
        TO(y + r) = even_sum;
        TO(odd + r) = odd_sum;
    }
#pragma GCC unroll 4
    for (int n = 0; n < count; n++) TO(state + n * V) = re[n], TO(state + apart + n * V) = im[n];
}

/* One row: its sums stay in registers instead. The same operations on each mode, so the same bits. */
static inline LOCI_INLINE void recur_once(real *y, real *state, const real *u, const real *z, const real *c,
                                          const real *d, size_t modes)
{
    for (size_t lane = 0; lane < V; lane += W) {
        const vreal in = AT(u + lane);
        vreal even = {0}, odd = {0};
        for (size_t n = 0; n < modes; n++) {
            real *const x = state + n * V + lane, *const x_im = x + modes * V;
            const real *const zn = z + n * 2 * V + lane, *const cn = c + n * 2 * V + lane;
            const vreal re = AT(x), im = AT(x_im), zr = AT(zn), zi = AT(zn + V);
            const vreal next = re + (zr * re + (in - zi * im)), next_im = (im + zr * im) + zi * re;
            TO(x) = next;
            TO(x_im) = next_im;
            even += AT(cn) * next;
            odd += AT(cn + V) * next_im;
        }
        TO(y + lane) = in * AT(d + lane) + (even - odd);
    }
}

static void recur(real *y, real *state, const real *u, const real *z, const real *c, const real *d,
                  size_t modes, size_t rows)
{
    _Alignas(64) real odd[LOCI_BAND * V];
    if (rows == 1) {
        recur_once(y, state, u, z, c, d, modes);
        return;
    }
    for (size_t band = 0; band < rows; band += LOCI_BAND) {
        const size_t count = least(rows - band, LOCI_BAND);
        const real *in = u + band * V;
        real *out = y + band * V;
        for (size_t lane = 0; lane < V; lane += W) {
            for (size_t r = lane; r < count * V; r += V) TO(out + r) = TO(odd + r) = (vreal){0};
            size_t n = 0;
            for (; n + MODES <= modes; n += MODES)
                recur_modes(out + lane, odd + lane, state + n * V + lane, modes * V, in + lane,
                            z + n * 2 * V + lane, c + n * 2 * V + lane, count, MODES);
            for (; n < modes; n++)
                recur_modes(out + lane, odd + lane, state + n * V + lane, modes * V, in + lane,
                            z + n * 2 * V + lane, c + n * 2 * V + lane, count, 1);
            for (size_t r = lane; r < count * V; r += V)
                TO(out + r) = AT(in + r) * AT(d + lane) + (AT(out + r) - AT(odd + r));
        }
    }
}

static void cell(real *h, real *c, const real *before, real *gates, size_t apart, const real *more,
                 size_t more_apart)
{
    for (size_t lane = 0; lane < V; lane += W) {
        real *const to = gates + lane;
        const real *const add_to = more + lane;
        const vreal i = loci_vsigmoid(AT(to) + AT(add_to));
        const vreal f = loci_vsigmoid(AT(to + apart) + AT(add_to + more_apart));
        const vreal g = loci_vtanh(AT(to + 2 * apart) + AT(add_to + 2 * more_apart));
        const vreal o = loci_vsigmoid(AT(to + 3 * apart) + AT(add_to + 3 * more_apart));
        const vreal now = f * AT(before + lane) + i * g;
        TO(to) = i, TO(to + apart) = f, TO(to + 2 * apart) = g, TO(to + 3 * apart) = o;
        TO(c + lane) = now;
        TO(h + lane) = o * loci_vtanh(now);
    }
}

static void cell_backward(real *dgates, size_t dapart, real *dc, const real *dh, const real *gates,
                          size_t apart, const real *c, const real *before)
{
    for (size_t lane = 0; lane < V; lane += W) {
        const real *const at = gates + lane;
        real *const to = dgates + lane;
        const vreal i = AT(at), f = AT(at + apart), g = AT(at + 2 * apart), o = AT(at + 3 * apart);
        const vreal t = loci_vtanh(AT(c + lane)), d = AT(dh + lane);
        const vreal dnow = AT(dc + lane) + d * o * (1 - t * t);
        TO(to) = dnow * g * i * (1 - i);
        TO(to + dapart) = dnow * AT(before + lane) * f * (1 - f);
        TO(to + 2 * dapart) = dnow * i * (1 - g * g);
        TO(to + 3 * dapart) = d * t * o * (1 - o);
        TO(dc + lane) = dnow * f;
    }
}

/* Planes n, r, z, q. */
static void reset_cell(real *h, real *planes, size_t apart, const real *more, size_t more_apart)
{
    for (size_t lane = 0; lane < V; lane += W) {
        real *const to = planes + lane;
        const real *const add_to = more + lane;
        const vreal r = loci_vsigmoid(AT(to + apart) + AT(add_to));
        const vreal z = loci_vsigmoid(AT(to + 2 * apart) + AT(add_to + more_apart));
        const vreal q = AT(add_to + 2 * more_apart), n = loci_vtanh(AT(to) + r * q);
        TO(to) = n, TO(to + apart) = r, TO(to + 2 * apart) = z, TO(to + 3 * apart) = q;
        TO(h + lane) = n + z * (AT(h + lane) - n);
    }
}

static void reset_cell_backward(real *dh, real *planes, size_t apart, real *dmore, size_t dapart,
                                const real *before)
{
    for (size_t lane = 0; lane < V; lane += W) {
        real *const at = planes + lane, *const to = dmore + lane;
        const vreal n = AT(at), r = AT(at + apart), z = AT(at + 2 * apart), q = AT(at + 3 * apart);
        const vreal d = AT(dh + lane), dn = d * (1 - z) * (1 - n * n);
        const vreal dz = d * (AT(before + lane) - n) * z * (1 - z), dr = dn * q * r * (1 - r), dq = dn * r;
        TO(at) = dn, TO(at + apart) = dr, TO(at + 2 * apart) = dz, TO(at + 3 * apart) = dq;
        TO(to) = dr, TO(to + dapart) = dz, TO(to + 2 * dapart) = dq;
        TO(dh + lane) = d * z;
    }
}

static void blend(real *y, real *z, const real *n, const real *before, size_t rows)
{
    for (size_t lane = 0; lane < V; lane += W) {
        vreal h = AT(before + lane);
        for (size_t r = lane; r < rows * V; r += V) {
            const vreal gate = loci_vsigmoid(AT(z + r));
            h += gate * (AT(n + r) - h);
            TO(z + r) = gate;
            TO(y + r) = h;
        }
    }
}

static void blend_backward(real *dh, real *z, real *n, const real *dy, const real *y, const real *before,
                           size_t rows)
{
    for (size_t lane = 0; lane < V; lane += W) {
        vreal d = AT(dh + lane);
        for (size_t r = rows; r-- > 0;) {
            const size_t at = r * V + lane;
            const vreal gate = AT(z + at), h = r > 0 ? AT(y + at - V) : AT(before + lane);
            d += AT(dy + at);
            TO(z + at) = d * (AT(n + at) - h) * gate * (1 - gate);
            TO(n + at) = d * gate;
            d -= d * gate;
        }
        TO(dh + lane) = d;
    }
}

const loci_loops LOCI_LEVEL(loci_loops_level) = {
    .gelu = gelu,
    .gelu_backward = gelu_backward,
    .silu = silu,
    .silu_backward = silu_backward,
    .glu = glu,
    .glu_backward = glu_backward,
    .add = add,
    .sum = sum,
    .accumulate = accumulate,
    .normalize = normalize,
    .normalize_backward = normalize_backward,
    .recur = recur,
    .cell = cell,
    .cell_backward = cell_backward,
    .reset_cell = reset_cell,
    .reset_cell_backward = reset_cell_backward,
    .blend = blend,
    .blend_backward = blend_backward,
};
