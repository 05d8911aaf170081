/* SPDX-License-Identifier: MIT
 * continuous.c - the exact answer of a system at any times to an input held or joined between samples at any times.
 *
 * Between two samples the input is a constant or a line, and the state at any time of the interval is one exact step from
 * its beginning: nothing adds up over outputs, only over samples. Diagonal systems step mode by mode with phi functions; the
 * others by the exponential of a bordered matrix, kept for the lengths seen last, since regular sampling has few of them. */
#include <loci/forms.h>
#include <loci/system.h>

#include <complex.h>
#include <math.h>
#include <string.h>

#include "base/allocate.h"
#include "base/status.h"
#include "ssm/discretize.h"
#include "ssm/discretize_diagonal.h"

/* One copy's way through time. */
typedef struct {
    const loci_system *system;
    size_t copy;
    loci_discretization input;
    double complex *modes; /* diagonal: the state */
    double complex *then;  /* and where a step leads */
    double *x, *next;      /* dense: likewise, [N] */
    double *kept;          /* dense: KEPT times abar [N][N], b1 [N], b0 [N] */
    double length[4];      /* the intervals they are for; 0: none */
    size_t turn;           /* which is replaced next */
    const double *a, *b;   /* dense: of this copy */
} path;

enum { KEPT = 4 };

static loci_status check_times(const double *times, size_t count, const double *t, size_t length,
                               double start, loci_discretization input, loci_error *error)
{
    if (input != LOCI_ZOH && input != LOCI_FOH)
        return loci_fail(error, LOCI_E_ARGUMENT, "input is %s; zoh (held) or foh (joined) was expected",
                         loci_discretization_name(input));
    if (!isfinite(start))
        return loci_fail(error, LOCI_E_VALUE, "start is %g; a finite time was expected", start);
    for (size_t k = 0; k < length; k++)
        if (!(k ? t[k] > t[k - 1] : t[k] >= start) || isinf(t[k]))
            return loci_fail(error, LOCI_E_VALUE, "time %zu of the input is %.17g; one %s %.17g was expected",
                             k, t[k], k ? "after" : "at or after", k ? t[k - 1] : start);
    for (size_t i = 0; i < count; i++)
        if (!(times[i] >= (i ? times[i - 1] : start)) || isinf(times[i]))
            return loci_fail(error, LOCI_E_VALUE,
                             "output time %zu is %.17g; one at or after %.17g was expected", i, times[i],
                             i ? times[i - 1] : start);
    if (input == LOCI_FOH && count && times[count - 1] > (length ? t[length - 1] : start))
        return loci_fail(
            error, LOCI_E_RANGE,
            "output time %zu is %.17g, after the last sample at %.17g, from where no line leads on; held input "
            "has no such bound",
            count - 1, times[count - 1], length ? t[length - 1] : start);
    return LOCI_OK;
}

/* The matrices for an interval of that length. */
static loci_status matrices(path *p, const double **abar, double length, loci_error *error)
{
    const size_t n = p->system->order, size = n * n + 2 * n;
    for (size_t i = 0; i < KEPT; i++)
        if (p->length[i] == length) {
            *abar = p->kept + i * size;
            return LOCI_OK;
        }
    double *into = p->kept + p->turn * size;
    loci_status status;
    p->length[p->turn] = 0;
    if (p->input == LOCI_FOH) {
        status = loci_discretize_dense_foh_by(loci_allocator_of(p->system), into, into + n * n + n,
                                              into + n * n, p->a, p->b, n, length, error);
    } else {
        memset(into + n * n + n, 0, n * sizeof *into);
        status = loci_discretize_dense_by(loci_allocator_of(p->system), LOCI_ZOH, into, into + n * n, p->a,
                                          p->b, n, length, error);
    }
    p->length[p->turn] = length;
    p->turn = (p->turn + 1) % KEPT;
    *abar = into;
    return status;
}

/* next = the state `length` later, the input having been u1 (held), or run from u0 to u1 (joined). */
static loci_status step(path *p, double length, double u0, double u1, loci_error *error)
{
    const loci_system *s = p->system;
    if (s->structure == LOCI_DIAGONAL) {
        for (size_t n = 0; n < s->width; n++) {
            const size_t at = p->copy * s->width + n;
            loci_mode mode;
            loci_mode_discretize(&mode, p->input, length * (s->a_re[at] + I * s->a_im[at]), 0);
            p->then[n] = mode.z * p->modes[n] +
                         length * (s->b_re[at] + I * s->b_im[at]) * (mode.f1 * u1 + mode.f0 * u0);
        }
        return LOCI_OK;
    }
    const size_t n = s->order;
    const double *abar;
    if (length == 0) {
        memcpy(p->next, p->x, n * sizeof *p->x);
        return LOCI_OK;
    }
    loci_status status = matrices(p, &abar, length, error);
    for (size_t i = 0; !status && i < n; i++) {
        double sum = abar[n * n + i] * u1 + abar[n * n + n + i] * u0;
        for (size_t j = 0; j < n; j++) sum += abar[i * n + j] * p->x[j];
        p->next[i] = sum;
    }
    return status;
}

static double answer(const path *p, double u)
{
    const loci_system *s = p->system;
    double sum = s->d[p->copy] * u;
    const double *c_re = s->c_re + p->copy * s->width;
    if (s->structure == LOCI_DIAGONAL) {
        const double *c_im = s->c_im + p->copy * s->width;
        for (size_t n = 0; n < s->width; n++)
            sum += 2 * (c_re[n] * creal(p->then[n]) - c_im[n] * cimag(p->then[n]));
    } else if (s->structure == LOCI_DENSE) {
        for (size_t n = 0; n < s->order; n++) sum += c_re[n] * p->next[n];
    } else {
        const double *c_im = s->c_im + p->copy * s->width;
        for (size_t n = 0; n < s->width; n++)
            sum += 2 * (c_re[n] * p->next[n] - c_im[n] * p->next[s->width + n]);
    }
    return sum;
}

/* The state to and from the outside's numbers. */
static void load(path *p, const double *state)
{
    const size_t w = p->system->width;
    if (p->system->structure == LOCI_DIAGONAL)
        for (size_t n = 0; n < w; n++) p->modes[n] = state ? state[n] + I * state[w + n] : 0;
    else
        for (size_t n = 0; n < p->system->order; n++) p->x[n] = state ? state[n] : 0;
}

static void store(const path *p, double *state)
{
    const size_t w = p->system->width;
    if (p->system->structure == LOCI_DIAGONAL)
        for (size_t n = 0; n < w; n++) state[n] = creal(p->then[n]), state[w + n] = cimag(p->then[n]);
    else
        memcpy(state, p->next, p->system->order * sizeof *state);
}

static void arrive(path *p)
{
    if (p->system->structure == LOCI_DIAGONAL)
        memcpy(p->modes, p->then, p->system->width * sizeof *p->modes);
    else
        memcpy(p->x, p->next, p->system->order * sizeof *p->x);
}

/* One copy: from event to event, the samples; within an interval, all outputs that lie in (t_k, t_(k+1)]. */
static loci_status follow(path *p, double *y, double *state, const double *times, size_t count,
                          const double *u, const double *t, size_t length, double start, loci_error *error)
{
    const size_t copies = p->system->copies;
    const bool joined = p->input == LOCI_FOH;
    double now = start, u0 = joined && state ? state[p->system->order] : 0, last = u0;
    size_t i = 0;
    loci_status status = LOCI_OK;
    load(p, state);
    for (size_t k = 0; !status && k <= length && i < count; k++) {
        /* the interval from `now` to the sample k, or without end after the last; held, its input is that of k - 1 */
        const double end = k < length ? t[k] : INFINITY,
                     u1 = joined && k < length ? u[k * copies + p->copy] : u0;
        for (; !status && i < count && times[i] <= end; i++) {
            const double share = joined && end > now ? (times[i] - now) / (end - now) : 0;
            last = u0 + (isfinite(end) ? share * (u1 - u0) : 0);
            if (joined && times[i] == end) last = u1;
            status = step(p, times[i] - now, u0, last, error);
            y[i * copies + p->copy] = answer(p, last);
            if (state && i + 1 == count) store(p, state);
        }
        if (status || i == count || k == length) break;
        status = step(p, end - now, u0, u1, error);
        arrive(p);
        now = end;
        u0 = u[k * copies + p->copy];
    }
    if (state && joined && count) state[p->system->order] = last;
    return status;
}

loci_status loci_continuous_run(const loci_system *system, loci_discretization input, double *y,
                                double *state, const double *times, size_t count, const double *u,
                                const double *t, size_t length, double start, loci_error *error)
{
    loci_status status = loci_system_check(system, error);
    if (!status) status = check_times(times, count, t, length, start, input, error);
    if (status || count == 0) return status;
    const size_t n = system->order, w = system->width;
    const bool diagonal = system->structure == LOCI_DIAGONAL;
    loci_system *dense = NULL;
    if (!diagonal) status = loci_system_to_dense(&dense, system, error);
    if (status) return status;
    double *memory = loci_allocate_by(loci_allocator_of(system),
                                      diagonal ? 4 * w : 2 * n + KEPT * (n * n + 2 * n), sizeof *memory);
    if (!memory) status = loci_fail(error, LOCI_E_MEMORY, "out of memory for a system of order %zu", n);
    const size_t numbers = n + (input == LOCI_FOH);
    path p = {.system = system, .input = input};
    if (diagonal) {
        p.modes = (double complex *)(void *)memory;
        p.then = p.modes + w;
    } else {
        p.x = memory;
        p.next = p.x + n;
        p.kept = p.next + n;
    }
    for (size_t h = 0; !status && h < system->copies; h++) {
        const double *before = p.a;
        p.copy = h;
        if (!diagonal) {
            p.a = dense->a_re + h * n * n;
            p.b = dense->b_re + h * n;
            /* copies that share A and B share the matrices too */
            if (!before || memcmp(before, p.a, n * n * sizeof *p.a) || memcmp(p.b - n, p.b, n * sizeof *p.b))
                memset(p.length, 0, sizeof p.length);
        }
        status = follow(&p, y, state ? state + h * numbers : NULL, times, count, u, t, length, start, error);
    }
    loci_free(memory);
    loci_system_free(dense);
    return status;
}
