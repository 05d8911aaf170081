/* SPDX-License-Identifier: MIT
 * system_make.c - systems from measures and as diagonal initialisations. */
#include <loci/init.h>
#include <loci/measure.h>
#include <loci/system.h>

#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "base/allocate.h"
#include "base/random.h"
#include "base/sized.h"
#include "base/status.h"
#include "hippo/normal.h"
#include "init/hippo.h"

static const double pi = 3.141592653589793238;

static bool memory(loci_system_kind kind)
{
    return kind <= LOCI_SYSTEM_LAGT;
}

static loci_measure measure_of(loci_system_kind kind)
{
    switch (kind) {
    case LOCI_SYSTEM_LEGT:
        return LOCI_MEASURE_LEGT;
    case LOCI_SYSTEM_FOUT:
        return LOCI_MEASURE_FOUT;
    case LOCI_SYSTEM_LAGT:
        return LOCI_MEASURE_LAGT;
    default:
        return LOCI_MEASURE_LEGS_LTI;
    }
}

static loci_status check_spec(const loci_system_spec *s, loci_error *error)
{
    if ((int)s->kind < LOCI_SYSTEM_LEGS || s->kind > LOCI_SYSTEM_S5)
        return loci_fail(error, LOCI_E_ARGUMENT, "kind of system is %d; one of loci_system_kind was expected",
                         (int)s->kind);
    if (memory(s->kind) ? s->structure == LOCI_DIAGONAL : s->structure != LOCI_DIAGONAL)
        return loci_fail(error, LOCI_E_UNSUPPORTED, "structure is %s; %s was expected of %s",
                         loci_structure_name(s->structure), memory(s->kind) ? "dense or dplr" : "diagonal",
                         memory(s->kind)             ? "a memory"
                         : s->kind == LOCI_SYSTEM_S5 ? "an s5 system"
                                                     : "an s4d system");
    if (s->kind == LOCI_SYSTEM_LAGT && s->structure != LOCI_DENSE)
        return loci_fail(error, LOCI_E_UNSUPPORTED, "structure of lagt is dplr; dense was expected");
    const bool none = s->dt == 0 && s->dt_last == 0;
    if (!none && !(s->dt > 0 && s->dt_last > 0 && isfinite(s->dt) && isfinite(s->dt_last)))
        return loci_fail(error, LOCI_E_ARGUMENT, "dt is %g to %g; finite numbers above 0 were expected",
                         s->dt, s->dt_last);
    if (isnan(s->lag)) return LOCI_OK;
    if (!memory(s->kind))
        return loci_fail(error, LOCI_E_UNSUPPORTED,
                         "lag is %g; only a memory (legs, legt, fout, lagt) recalls", s->lag);
    const double support = loci_measure_support(measure_of(s->kind));
    if (!(s->lag >= 0 && s->lag <= support) || isinf(s->lag))
        return loci_fail(error, LOCI_E_ARGUMENT, "lag is %g; 0 %s %g was expected", s->lag,
                         isinf(support) ? "or more, below" : "to", support);
    return LOCI_OK;
}

/* dt of each copy, evenly spaced in the logarithm. */
static void fill_steps(loci_system *s, const loci_system_spec *spec)
{
    double first = spec->dt, last = spec->dt_last;
    if (first == 0) first = s->copies > 1 ? 0.001 : 0.01, last = s->copies > 1 ? 0.1 : 0.01;
    for (size_t h = 0; h < s->copies; h++) {
        const double share = s->copies > 1 ? (double)h / (double)(s->copies - 1) : 0;
        s->dt[h] = h + 1 == s->copies && h ? last : first * pow(last / first, share);
    }
}

static void fill_c(loci_system *s, uint64_t seed)
{
    const size_t count = s->copies * s->width;
    const uint64_t key = loci_random_key(seed, loci_random_stream("C"));
    for (size_t i = 0; i < count; i++) {
        if (s->c_im) {
            s->c_re[i] = sqrt(0.5) * loci_random_normal(key, 2 * i);
            s->c_im[i] = sqrt(0.5) * loci_random_normal(key, 2 * i + 1);
        } else {
            s->c_re[i] = loci_random_normal(key, i);
        }
    }
}

/* Copy 0 becomes all copies' A, B and P. */
static void share(loci_system *s)
{
    const size_t w = s->width, a = s->structure == LOCI_DENSE ? w * w : w;
    for (size_t h = 1; h < s->copies; h++) {
        memcpy(s->a_re + h * a, s->a_re, a * sizeof(double));
        memcpy(s->b_re + h * w, s->b_re, w * sizeof(double));
        if (s->structure == LOCI_DENSE) continue;
        memcpy(s->a_im + h * w, s->a_im, w * sizeof(double));
        memcpy(s->b_im + h * w, s->b_im, w * sizeof(double));
        for (size_t r = 0; r < s->rank; r++) {
            const size_t row = r * s->copies * w;
            memcpy(s->p_re + row + h * w, s->p_re + row, w * sizeof(double));
            memcpy(s->p_im + row + h * w, s->p_im + row, w * sizeof(double));
        }
    }
}

/* The functions of recall at the lag, as C of a state c, or of V^* c: C V. */
static loci_status recall(loci_system *s, const loci_system_spec *spec, const double *v_re,
                          const double *v_im, loci_error *error)
{
    const size_t n = s->order, w = s->width;
    double *e = loci_allocate_by(loci_allocator_of(s), n, sizeof *e);
    if (!e) return loci_fail(error, LOCI_E_MEMORY, "out of memory for a system of order %zu", n);
    loci_status status =
        loci_measure_evaluate(measure_of(spec->kind), LOCI_VALUE, e, &spec->lag, 1, n, error);
    for (size_t h = 0; !status && h < s->copies; h++)
        for (size_t i = 0; i < w; i++) {
            if (s->structure == LOCI_DENSE) {
                s->c_re[h * w + i] = e[i];
                continue;
            }
            double re = 0, im = 0;
            for (size_t k = 0; k < n; k++) re += e[k] * v_re[k * w + i], im += e[k] * v_im[k * w + i];
            s->c_re[h * w + i] = re;
            s->c_im[h * w + i] = im;
        }
    loci_free(e);
    return status;
}

static loci_status fill_dplr(loci_system *s, const loci_system_spec *spec, loci_error *error)
{
    const size_t n = s->order, w = s->width;
    double *v = loci_allocate_by(loci_allocator_of(s), 2 * n * w + 4 * w, sizeof *v);
    if (!v) return loci_fail(error, LOCI_E_MEMORY, "out of memory for a system of order %zu", n);
    double *p_re = v + 2 * n * w, *p_im = p_re + 2 * w;
    size_t rank;
    loci_status status = loci_hippo_dplr_by(loci_allocator_of(s), measure_of(spec->kind), s->a_re, s->a_im,
                                            p_re, p_im, s->b_re, s->b_im, v, v + n * w, &rank, n, error);
    for (size_t r = 0; !status && r < s->rank; r++) {
        memcpy(s->p_re + r * s->copies * w, p_re + r * w, w * sizeof(double));
        memcpy(s->p_im + r * s->copies * w, p_im + r * w, w * sizeof(double));
    }
    if (!status && !isnan(spec->lag)) status = recall(s, spec, v, v + n * w, error);
    loci_free(v);
    return status;
}

static void fill_s4d(loci_system *s, loci_system_kind kind)
{
    const double order = (double)s->order;
    for (size_t i = 0; i < s->width; i++) {
        const double n = (double)i;
        s->a_re[i] = kind == LOCI_SYSTEM_S4D_REAL ? -(n + 1) : -0.5;
        if (kind == LOCI_SYSTEM_S4D_LIN) s->a_im[i] = pi * n;
        if (kind == LOCI_SYSTEM_S4D_INV) s->a_im[i] = order / pi * (order / (2 * n + 1) - 1);
        s->b_re[i] = 1;
    }
}

/* Eigenvectors are orthogonal, so that a random B stays one in their frame. */
static void fill_s5(loci_system *s, uint64_t seed)
{
    const uint64_t key = loci_random_key(seed, loci_random_stream("B"));
    double mu = 0;
    for (size_t i = 0; i < s->width; i++) {
        mu = loci_normal_frequency(s->order, i, mu);
        s->a_re[i] = -0.5, s->a_im[i] = mu;
        s->b_re[i] = sqrt(0.5) * loci_random_normal(key, 2 * i);
        s->b_im[i] = sqrt(0.5) * loci_random_normal(key, 2 * i + 1);
    }
}

loci_status loci_system_make(loci_system **system, const loci_system_spec *given, loci_error *error)
{
    *system = NULL;
    loci_system_spec whole = {0};
    const loci_system_spec *spec = &whole;
    loci_status status = LOCI_SIZED_TAKE(&whole, given, "loci_system_spec", error);
    if (!status) status = check_spec(spec, error);
    if (status) return status;
    const size_t rank = spec->structure != LOCI_DPLR ? 0 : spec->kind == LOCI_SYSTEM_LEGT ? 2 : 1;
    loci_system *s;
    status =
        loci_system_create_by(&s, spec->structure, spec->copies, spec->order, rank, spec->allocator, error);
    if (status) return status;
    fill_steps(s, spec);
    fill_c(s, spec->seed);
    if (spec->structure == LOCI_DPLR || spec->kind == LOCI_SYSTEM_S4D_LEGS) {
        status = fill_dplr(s, spec, error);
    } else if (spec->kind == LOCI_SYSTEM_S5) {
        fill_s5(s, spec->seed);
    } else if (spec->structure == LOCI_DIAGONAL) {
        fill_s4d(s, spec->kind);
    } else {
        status = loci_measure_matrices(measure_of(spec->kind), s->a_re, s->b_re, s->order, error);
        if (!status && !isnan(spec->lag)) status = recall(s, spec, NULL, NULL, error);
    }
    if (status) {
        loci_system_free(s);
        return status;
    }
    share(s);
    *system = s;
    return LOCI_OK;
}
