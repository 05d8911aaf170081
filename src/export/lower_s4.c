/* SPDX-License-Identifier: MIT
 * lower_s4.c - S4D, S4, S5: their systems in discrete time, in double, then as floats. */
#include "export/lower.h"

#include <complex.h>
#include <math.h>
#include <string.h>

#include "base/allocate.h"
#include "ssm/discretize_diagonal.h"
#include "ssm/discretize_dplr.h"

/* ---- S4D and S4 ---- */

/* A layer's systems: lanes are kernels, lane g is kernel g / H of channel g % H. */
typedef struct {
    const char *name, *inside; /* inside: what stands between the name and those of parameters */
    size_t H, lanes, kernels, modes, rank, taps;
    const float *log_a, *im_a, *log_dt, *c, *b, *p, *d;
    loci_system *continuous; /* NULL: rank 0 */
    double complex *memory;  /* of one channel in discrete time, */
    loci_dplr now; /* laid out; and, of rank 0, what C is multiplied with, in place of an input weight of 1 */
    double complex *in;
} systems;

static double complex pair(const float *p, size_t at)
{
    return (double)p[2 * at] + I * (double)p[2 * at + 1];
}

static void close_systems(systems *s)
{
    loci_system_free(s->continuous);
    loci_free(s->memory);
}

static void fill_continuous(const systems *s)
{
    loci_system *to = s->continuous;
    for (size_t h = 0; h < s->H; h++) {
        to->dt[h] = exp((double)s->log_dt[h]);
        for (size_t n = 0; n < s->modes; n++) {
            const size_t at = h * s->modes + n;
            to->a_re[at] = -exp((double)s->log_a[at]), to->a_im[at] = -(double)s->im_a[at];
            to->b_re[at] = creal(pair(s->b, at)), to->b_im[at] = cimag(pair(s->b, at));
            for (size_t r = 0; r < s->rank; r++) {
                const size_t low = r * s->H * s->modes + at;
                to->p_re[low] = creal(pair(s->p, low)), to->p_im[low] = cimag(pair(s->p, low));
            }
        }
    }
}

static void open_systems(systems *s, const loci_lowering *l, const char *name, size_t H)
{
    const loci_model_config *c = l->c;
    *s = (systems){.name = name, .H = H, .modes = c->order / 2, .taps = c->taps};
    s->kernels = c->kernels ? c->kernels : 1;
    s->lanes = s->kernels * H;
    if (c->layer == LOCI_LAYER_S4) s->rank = c->rank ? c->rank : c->init == LOCI_SSM_INIT_LEGT ? 2 : 1;
    s->inside = s->rank ? "layer." : "";
    s->log_a = loci_lower_parameter(l, "%s.%s", name, s->rank ? "layer.kernel.A_real" : "kernel.log_A_real");
    s->im_a = loci_lower_parameter(l, "%s.%skernel.A_imag", name, s->inside);
    s->log_dt = loci_lower_parameter(l, "%s.%s", name, s->rank ? "layer.kernel.inv_dt" : "kernel.log_dt");
    s->c = loci_lower_parameter(l, "%s.%skernel.C", name, s->inside);
    s->d = loci_lower_parameter(l, "%s.%sD", name, s->inside);
    if (s->rank) s->b = loci_lower_parameter(l, "%s.layer.kernel.B", name);
    if (s->rank) s->p = loci_lower_parameter(l, "%s.layer.kernel.P", name);
    s->memory = loci_allocate_by(loci_allocator_of(l->p), (3 + 2 * s->rank) * s->modes, sizeof *s->memory);
    if (!s->memory || (s->rank && loci_system_create_by(&s->continuous, LOCI_DPLR, H, c->order, s->rank,
                                                        loci_allocator_of(l->p), NULL) != LOCI_OK))
        loci_program_fail(l->p, LOCI_E_MEMORY, "out of memory for layer %s", name);
    if (l->p->status) return;
    s->now = (loci_dplr){s->memory, s->memory + s->modes, s->memory + 2 * s->modes,
                         s->memory + (2 + s->rank) * s->modes};
    s->in = s->memory + (2 + 2 * s->rank) * s->modes;
    if (s->rank) fill_continuous(s);
}

/* Channel h in discrete time. */
static void discretize(systems *s, const loci_lowering *l, size_t h)
{
    if (s->rank) {
        loci_dplr_discretize(&s->now, s->continuous, h, LOCI_BILINEAR, s->continuous->dt[h], NULL);
        return;
    }
    for (size_t n = 0; n < s->modes; n++) {
        const size_t at = h * s->modes + n;
        const double dt = exp((double)s->log_dt[h]);
        loci_mode mode;
        loci_mode_discretize(&mode, l->c->discretization,
                             dt * (-exp((double)s->log_a[at]) + I * (double)s->im_a[at]), 0);
        s->now.z[n] = mode.z, s->now.b1[n] = 1;
        s->in[n] = dt * mode.f1;
    }
}

/* C of lane g, doubled, as the discrete system has it. */
static double complex output(const systems *s, size_t g, size_t n)
{
    return 2 * pair(s->c, g * s->modes + n) * (s->rank ? 1 : s->in[n]);
}

static void put(float *to, size_t i, double complex x)
{
    to[2 * i] = (float)creal(x), to[2 * i + 1] = (float)cimag(x);
}

/* The kernel of lane g, whose channel is the one of now: its answers to an impulse, into k [taps][lanes], with D. x [modes] is
 * scratch. */
static void impulse(const systems *s, float *k, size_t g, double complex *x)
{
    memset(x, 0, s->modes * sizeof *x);
    for (size_t t = 0; t < s->taps; t++) {
        double sigma[2] = {0}, y = t == 0 ? (double)s->d[g] : 0;
        for (size_t r = 0; r < s->rank; r++)
            for (size_t n = 0; n < s->modes; n++) sigma[r] += 2 * creal(s->now.g[r * s->modes + n] * x[n]);
        for (size_t n = 0; n < s->modes; n++) {
            x[n] = s->now.z[n] * x[n] + (t == 0 ? s->now.b1[n] : 0);
            for (size_t r = 0; r < s->rank; r++) x[n] -= s->now.q[r * s->modes + n] * sigma[r];
            y += creal(output(s, g, n) * x[n]);
        }
        k[t * s->lanes + g] = (float)y;
    }
}

static void lower_ends(systems *s, const loci_lowering *l, loci_place y, loci_place x)
{
    float *k = loci_lower_room(l, s->name, s->taps * s->lanes);
    double complex *state = loci_allocate_by(loci_allocator_of(l->p), s->modes, sizeof *state);
    if (!state) loci_program_fail(l->p, LOCI_E_MEMORY, "out of memory for layer %s", s->name);
    for (size_t g = 0; k && state && g < s->lanes; g++) {
        discretize(s, l, g % s->H);
        impulse(s, k, g, state);
    }
    loci_program_note(l->p, "%s: %zu kernels of %zu samples", s->name, s->lanes, s->taps);
    LOCI_DO(l->p, s4_ends, y, loci_lower_field(l, s->name, "past", LOCI_WORD_FLOAT, s->taps * s->H),
            loci_lower_field(l, s->name, "newest", LOCI_WORD_U32, 1), x,
            loci_lower_floats(l, s->name, "kernel", k, s->taps * s->lanes), loci_number(s->H),
            loci_number(s->kernels), loci_number(s->taps));
    loci_free(k), loci_free(state);
}

/* z less 1: that of a slow mode is near 1, and rounded there it would forget at another speed. */
static void lower_recurrence(systems *s, const loci_lowering *l, loci_place y, loci_place x)
{
    const size_t part = 2 * s->modes, own = s->H * part, low = s->rank * own, all = s->lanes * part;
    float *z = loci_lower_room(l, s->name, 2 * own + 2 * low + all), *b = z + own, *q = b + own, *g = q + low,
          *c = g + low;
    for (size_t h = 0; z && h < s->H; h++) {
        discretize(s, l, h);
        for (size_t n = 0; n < s->modes; n++) {
            put(z + h * part, n, s->now.z[n] - 1);
            put(b + h * part, n, s->now.b1[n]);
            for (size_t k = h; k < s->lanes; k += s->H) put(c + k * part, n, output(s, k, n));
        }
        for (size_t i = 0; i < s->rank * s->modes; i++) {
            put(q + h * s->rank * part, i, s->now.q[i]);
            put(g + h * s->rank * part, i, 2 * s->now.g[i]);
        }
    }
    const loci_place state = loci_lower_field(l, s->name, "x", LOCI_WORD_FLOAT, all),
                     place_z = loci_lower_floats(l, s->name, "z", z, own),
                     place_c = loci_lower_floats(l, s->name, "c", c, all),
                     place_d = loci_lower_floats(l, s->name, "D", s->d, s->lanes);
    loci_program_note(l->p, "%s: %zu state space systems of order %zu", s->name, s->lanes, part);
    if (s->rank)
        LOCI_DO(l->p, s4, y, state, x, place_z, loci_lower_floats(l, s->name, "b", b, own),
                loci_lower_floats(l, s->name, "q", q, low), loci_lower_floats(l, s->name, "g", g, low),
                place_c, place_d, loci_number(s->H), loci_number(s->kernels), loci_number(s->modes),
                loci_number(s->rank));
    else
        LOCI_DO(l->p, s4d, y, state, x, place_z, place_c, place_d, loci_number(s->H), loci_number(s->kernels),
                loci_number(s->modes));
    loci_free(z);
}

loci_place loci_lower_s4(const loci_lowering *l, loci_place x, const char *name, size_t inputs)
{
    systems s;
    open_systems(&s, l, name, inputs);
    const loci_place y = loci_program_take(l->p, s.lanes);
    if (!l->p->status) (s.taps ? lower_ends : lower_recurrence)(&s, l, y, x);
    close_systems(&s);
    return y;
}

/* ---- S5 ---- */

loci_place loci_lower_s5(const loci_lowering *l, loci_place x, const char *name, size_t inputs)
{
    const size_t H = inputs, P = l->c->order / 2;
    const float *log_re = loci_lower_parameter(l, "%s.log_Lambda_re", name),
                *im = loci_lower_parameter(l, "%s.Lambda_im", name),
                *log_step = loci_lower_parameter(l, "%s.log_step", name),
                *b = loci_lower_parameter(l, "%s.B", name), *c = loci_lower_parameter(l, "%s.C", name);
    float *q = loci_lower_room(l, name, 2 * P + 4 * P * H), *in = q + 2 * P, *out = in + 2 * P * H;
    char in_name[LOCI_PARAMETER_NAME], out_name[LOCI_PARAMETER_NAME];
    for (size_t n = 0; q && n < P; n++) {
        const double dt = exp((double)log_step[n]);
        const double complex w = dt * (-exp((double)log_re[n]) + I * (double)im[n]);
        loci_mode mode;
        loci_mode_discretize(&mode, l->c->discretization, w, 0);
        q[n] = (float)creal(w * mode.f1), q[P + n] = (float)cimag(w * mode.f1);
        for (size_t h = 0; h < H; h++) {
            const double complex bbar = dt * mode.f1 * pair(b, n * H + h), cbar = 2 * pair(c, h * P + n);
            in[n * H + h] = (float)creal(bbar), in[(P + n) * H + h] = (float)cimag(bbar);
            out[h * 2 * P + n] = (float)creal(cbar), out[h * 2 * P + P + n] = (float)-cimag(cbar);
        }
    }
    loci_name_join(in_name, name, "b");
    loci_name_join(out_name, name, "c");
    const loci_place v = loci_program_take(l->p, 2 * P), y = loci_program_take(l->p, H),
                     state = loci_lower_field(l, name, "x", LOCI_WORD_FLOAT, 2 * P),
                     place_q = loci_lower_floats(l, name, "q", q, 2 * P);
    loci_program_note(l->p, "%s: one state space system of order %zu", name, 2 * P);
    loci_lower_dense_into(l, v, x, in_name, in, NULL, NULL, H, 2 * P);
    if (l->c->liquid)
        LOCI_DO(l->p, s5_liquid, state, v, place_q, loci_number(P));
    else
        LOCI_DO(l->p, s5_modes, state, v, place_q, loci_number(P));
    loci_program_give(l->p, v);
    loci_lower_dense_into(l, y, state, out_name, out, NULL, NULL, 2 * P, H);
    LOCI_DO(l->p, add_scaled, y, x, loci_lower_constant(l, name, "D", H), loci_number(H));
    loci_free(q);
    return y;
}
