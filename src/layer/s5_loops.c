/* SPDX-License-Identifier: MIT
 * s5_loops.c - the loops of layer/s5_loops.h. */
#include "base/each_level.h"

#include "layer/s5_loops.h"

#include "base/vmath.h"

enum { V = LOCI_LANES, W = LOCI_WIDTH };

#define AT(p) (*(const vreal *)(p))
#define TO(p) (*(vreal *)(p))

/* ---- usual steps ---- */

static void scan(real *x, size_t plane, real *state, size_t apart, const real *q, size_t rows)
{
    for (size_t lane = 0; lane < V; lane += W) {
        const vreal q_re = AT(q + lane), q_im = AT(q + V + lane);
        vreal re = AT(state + lane), im = AT(state + apart + lane);
        real *at = x + lane;
        for (size_t l = 0; l < rows; l++, at += V) {
            const vreal add_re = AT(at) + q_re * re - q_im * im;
            const vreal add_im = AT(at + plane) + q_re * im + q_im * re;
            re += add_re, im += add_im;
            TO(at) = re, TO(at + plane) = im;
        }
        TO(state + lane) = re, TO(state + apart + lane) = im;
    }
}

/* With G the whole gradient of x_l: dx_(l-1) = (1 + conj q) G, dq = conj(x_(l-1)) G, dv = G. */
static void scan_backward(real *g, size_t plane, real *dstate, size_t apart, const loci_s5_history *h,
                          const real *q, size_t rows)
{
    for (size_t lane = 0; lane < V; lane += W) {
        const vreal q_re = AT(q + lane), q_im = AT(q + V + lane);
        vreal re = AT(dstate + lane), im = AT(dstate + apart + lane), dq_re = {0}, dq_im = {0};
        real *at = g + rows * V + lane;
        for (size_t l = rows; l-- > 0;) {
            at -= V;
            const real *x = l > 0 ? h->x + (l - 1) * V + lane : h->before + lane;
            const vreal x_re = AT(x), x_im = AT(x + (l > 0 ? h->x_plane : h->before_apart));
            const vreal g_re = AT(at) + re, g_im = AT(at + plane) + im;
            TO(at) = g_re, TO(at + plane) = g_im;
            dq_re += x_re * g_re + x_im * g_im;
            dq_im += x_re * g_im - x_im * g_re;
            re = g_re + (q_re * g_re + q_im * g_im);
            im = g_im + (q_re * g_im - q_im * g_re);
        }
        TO(dstate + lane) = re, TO(dstate + apart + lane) = im;
        TO(h->dq + lane) += dq_re, TO(h->dq + V + lane) += dq_im;
    }
}

/* ---- steps of other lengths ---- */

/* Lanes of dt w, the imaginary part halved and less whole turns, from double: in single precision a phase of many turns would
 * have lost its end. */
static inline LOCI_INLINE void advance(real *re, real *half, const loci_s5_step *step, double dt, size_t lane)
{
    for (size_t i = 0; i < W; i++) {
        const double turns = dt * step->w[2 * V + lane + i], whole = rint(turns);
        re[i] = (real)(dt * step->w[lane + i]);
        half[i] = (real)(6.28318530717958647693 * (turns - whole));
    }
}

/* e^w - 1 = (e^x - 1) cos y - 2 sin^2(y/2) + i e^x sin y: no cancellation where w is small. */
static inline LOCI_INLINE void held(vreal q[2], vreal slope[2], const loci_s5_step *step, double dt,
                                    size_t lane)
{
    _Alignas(64) real x[W], half[W];
    advance(x, half, step, dt, lane);
    vreal s, c;
    loci_vsincos(AT(half), &s, &c);
    const vreal more = loci_vexpm1(AT(x)), both = 2 * s * s;
    q[0] = more * (1 - both) - both;
    q[1] = (more + 1) * (2 * s * c);
    slope[0] = q[0] + 1, slope[1] = q[1];
}

/* q = w / (1 - w/2), of slope 1 / (1 - w/2)^2. */
static inline LOCI_INLINE void trapezoid(vreal q[2], vreal slope[2], const loci_s5_step *step, double dt,
                                         size_t lane)
{
    _Alignas(64) real x[W], y[W];
    for (size_t i = 0; i < W; i++) {
        x[i] = (real)(dt * step->w[lane + i]);
        y[i] = (real)(dt * step->w[V + lane + i]);
    }
    const vreal re = AT(x), im = AT(y), a = 1 - LOCI_REAL(0.5) * re, b = LOCI_REAL(0.5) * im;
    const vreal over = 1 / (a * a + b * b), f_re = a * over, f_im = b * over; /* 1 / (1 - w/2) */
    q[0] = re * f_re - im * f_im;
    q[1] = re * f_im + im * f_re;
    slope[0] = f_re * f_re - f_im * f_im;
    slope[1] = 2 * f_re * f_im;
}

static void factors(const loci_s5_factors *f, const loci_s5_step *step, const double *dt, size_t rows)
{
    for (size_t l = 0; l < rows; l++)
        for (size_t lane = 0; lane < V; lane += W) {
            const size_t at = l * 2 * V + lane;
            const vreal s_re = AT(step->s + lane), s_im = AT(step->s + V + lane), zero = {0};
            const int usual = !dt || dt[l] == 1;
            vreal q[2], slope[2] = {{0}};
            if (!usual || f->slope) {
                if (step->bilinear)
                    trapezoid(q, slope, step, dt ? dt[l] : 1, lane);
                else
                    held(q, slope, step, dt ? dt[l] : 1, lane);
            }
            if (usual) q[0] = AT(step->q + lane), q[1] = AT(step->q + V + lane);
            TO(f->q + at) = q[0], TO(f->q + at + V) = q[1];
            TO(f->r + at) = usual ? zero + 1 : q[0] * s_re - q[1] * s_im;
            TO(f->r + at + V) = usual ? zero : q[0] * s_im + q[1] * s_re;
            if (f->slope) TO(f->slope + at) = slope[0], TO(f->slope + at + V) = slope[1];
        }
}

static void vary(real *x, size_t plane, real *state, size_t apart, const loci_s5_factors *f, int liquid,
                 size_t rows)
{
    for (size_t lane = 0; lane < V; lane += W) {
        vreal re = AT(state + lane), im = AT(state + apart + lane);
        for (size_t l = 0; l < rows; l++) {
            real *at = x + l * V + lane;
            const real *q = f->q + l * 2 * V + lane, *r = f->r + l * 2 * V + lane;
            const vreal v_re = AT(at), v_im = AT(at + plane);
            const vreal b_re = AT(r) * v_re - AT(r + V) * v_im, b_im = AT(r) * v_im + AT(r + V) * v_re;
            const vreal k_re = liquid ? AT(q) + b_re : AT(q), k_im = liquid ? AT(q + V) + b_im : AT(q + V);
            const vreal add_re = b_re + k_re * re - k_im * im, add_im = b_im + k_re * im + k_im * re;
            re += add_re, im += add_im;
            TO(at) = re, TO(at + plane) = im;
        }
        TO(state + lane) = re, TO(state + apart + lane) = im;
    }
}

/* *to += conj(a) b */
static inline LOCI_INLINE void add_conjugate(vreal to[2], const vreal a[2], const vreal b[2])
{
    to[0] += a[0] * b[0] + a[1] * b[1];
    to[1] += a[0] * b[1] - a[1] * b[0];
}

static void vary_backward(real *g, size_t plane, real *dstate, size_t apart, const loci_s5_history *h,
                          const loci_s5_factors *f, const loci_s5_step *step, const double *dt, int liquid,
                          size_t rows)
{
    for (size_t lane = 0; lane < V; lane += W) {
        const vreal s[2] = {AT(step->s + lane), AT(step->s + V + lane)};
        vreal carry[2] = {AT(dstate + lane), AT(dstate + apart + lane)};
        vreal dq[2] = {{0}}, dw[2] = {{0}}, ds[2] = {{0}};
        for (size_t l = rows; l-- > 0;) {
            real *at = g + l * V + lane;
            const size_t place = l * 2 * V + lane;
            const real *before = l > 0 ? h->x + (l - 1) * V + lane : h->before + lane;
            const vreal x[2] = {AT(before), AT(before + (l > 0 ? h->x_plane : h->before_apart))};
            const vreal v[2] = {AT(h->v + l * V + lane), AT(h->v + l * V + lane + h->v_plane)};
            const vreal q[2] = {AT(f->q + place), AT(f->q + place + V)},
                        r[2] = {AT(f->r + place), AT(f->r + place + V)};
            const vreal gx[2] = {AT(at) + carry[0], AT(at + plane) + carry[1]};
            vreal k[2] = {q[0], q[1]}, gb[2] = {gx[0], gx[1]};
            if (liquid) {
                k[0] += r[0] * v[0] - r[1] * v[1], k[1] += r[0] * v[1] + r[1] * v[0];
                add_conjugate(gb, x, gx);
            }
            vreal gq[2] = {{0}}, gr[2] = {{0}}, gv[2] = {{0}};
            add_conjugate(gq, x, gx);
            add_conjugate(gr, v, gb);
            add_conjugate(gv, r, gb);
            TO(at) = gv[0], TO(at + plane) = gv[1];
            carry[0] = gx[0], carry[1] = gx[1];
            add_conjugate(carry, k, gx);
            if (!dt) {
                dq[0] += gq[0], dq[1] += gq[1];
                continue;
            }
            add_conjugate(ds, q, gr); /* r = q s */
            add_conjugate(gq, s, gr);
            const real last = (real)dt[l];
            const vreal slope[2] = {AT(f->slope + place) * last, AT(f->slope + place + V) * last};
            add_conjugate(dw, slope, gq);
        }
        TO(dstate + lane) = carry[0], TO(dstate + apart + lane) = carry[1];
        TO(h->dq + lane) += dq[0], TO(h->dq + V + lane) += dq[1];
        TO(h->dw + lane) += dw[0], TO(h->dw + V + lane) += dw[1];
        TO(h->ds + lane) += ds[0], TO(h->ds + V + lane) += ds[1];
    }
}

/* ---- the skip connection ---- */

static void skip_gradient(real *dd, const real *dy, const real *u, size_t rows)
{
    for (size_t lane = 0; lane < V; lane += W) {
        vreal s = {0};
        for (size_t l = 0; l < rows; l++) s += AT(dy + l * V + lane) * AT(u + l * V + lane);
        TO(dd + lane) += s;
    }
}

const loci_s5_loops LOCI_LEVEL(loci_s5_loops_level) = {.scan = scan,
                                                       .scan_backward = scan_backward,
                                                       .factors = factors,
                                                       .vary = vary,
                                                       .vary_backward = vary_backward,
                                                       .skip_gradient = skip_gradient};
