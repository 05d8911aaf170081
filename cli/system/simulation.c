/* SPDX-License-Identifier: MIT
 * simulation.c - the forms of a system behind one door, the continuous one included. */
#include "system/simulation.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const struct {
    const char *name;
    loci_form form;
} forms[] = {
    [FORM_CONTINUOUS] = {"continuous", LOCI_FORM_CHOOSE},   [FORM_RECURRENT] = {"recurrent", LOCI_RECURRENT},
    [FORM_CONVOLUTION] = {"convolution", LOCI_CONVOLUTION}, [FORM_MIXED] = {"mixed", LOCI_MIXED},
    [FORM_CHOOSE] = {"choose", LOCI_FORM_CHOOSE},
};
enum { FORMS = sizeof forms / sizeof forms[0] };

const char *form_name(form f)
{
    return forms[f].name;
}

bool form_parse(form *f, const char *name)
{
    for (int i = 0; i < FORMS; i++)
        if (strcmp(name, forms[i].name) == 0) {
            *f = (form)i;
            return true;
        }
    return false;
}

static loci_status no_memory(loci_error *error)
{
    *error = (loci_error){LOCI_E_MEMORY, "out of memory"};
    return LOCI_E_MEMORY;
}

/* x' = A x + B u in seconds is x' = dt A x + dt B u in samples: so copies of different steps share one axis. */
static loci_status unit_make(simulation *s, loci_error *error)
{
    const loci_status status = loci_system_copy(&s->unit, s->system, error);
    if (status != LOCI_OK) return status;
    loci_system *unit = s->unit;
    const bool dense = unit->structure == LOCI_DENSE;
    for (size_t h = 0; h < unit->copies; h++) {
        const double dt = unit->dt[h], root = sqrt(dt);
        const size_t width = unit->width, numbers = dense ? unit->order * unit->order : width;
        for (size_t i = 0; i < numbers; i++) {
            unit->a_re[h * numbers + i] *= dt;
            if (!dense) unit->a_im[h * numbers + i] *= dt;
        }
        for (size_t i = h * width; i < (h + 1) * width; i++) {
            unit->b_re[i] *= dt;
            if (!dense) unit->b_im[i] *= dt;
            for (size_t r = 0; r < unit->rank; r++) {
                unit->p_re[r * unit->copies * width + i] *= root;
                unit->p_im[r * unit->copies * width + i] *= root;
            }
        }
        unit->dt[h] = 1;
    }
    return LOCI_OK;
}

loci_status simulation_open(simulation *s, const loci_system *system, loci_discretization discretization,
                            loci_error *error)
{
    *s = (simulation){.system = system, .discretization = discretization};
    s->numbers = system->order + (discretization == LOCI_FOH);
    s->state = calloc(system->copies * s->numbers, sizeof *s->state);
    return s->state ? LOCI_OK : no_memory(error);
}

void simulation_release(simulation *s)
{
    loci_system_free(s->unit);
    loci_ssm_free(s->ssm);
    free(s->state);
    free(s->times);
    *s = (simulation){0};
}

const char *simulation_form(const simulation *s)
{
    return s->ssm ? loci_form_name(loci_ssm_form(s->ssm)) : form_name(FORM_CONTINUOUS);
}

void simulation_begin(simulation *s, double *y, const double *u)
{
    for (size_t h = 0; h < s->system->copies; h++) {
        s->state[h * s->numbers + s->numbers - 1] = u[h];
        y[h] = s->system->d[h] * u[h];
    }
}

/* Time is counted from the beginning of the piece. Held: sample k begins where the one before ends, and is answered at its
 * own end; joined: it lies at the end of its step. */
static loci_status run_continuous(simulation *s, double *y, const double *u, const double *steps,
                                  size_t count, loci_error *error)
{
    loci_status status = LOCI_OK;
    if (!s->unit) status = unit_make(s, error);
    if (status != LOCI_OK) return status;
    if (s->room < count) {
        free(s->times);
        s->room = 0;
        s->times = malloc(2 * count * sizeof *s->times);
        if (!s->times) return no_memory(error);
        s->room = count;
    }
    double *begin = s->times, *end = begin + count, now = 0;
    for (size_t k = 0; k < count; k++) {
        begin[k] = now;
        end[k] = now += steps ? steps[k] : 1;
    }
    return loci_continuous_run(s->unit, s->discretization, y, s->state, end, count, u,
                               s->discretization == LOCI_FOH ? end : begin, count, 0, error);
}

static loci_status prepare(simulation *s, form f, size_t longest, loci_error *error)
{
    if (s->ssm && s->ready == f && s->length >= longest) return LOCI_OK;
    loci_ssm_free(s->ssm);
    const loci_ssm_options options = {
        .form = forms[f].form, .discretization = s->discretization, .length = longest};
    s->ready = f;
    s->length = longest;
    const loci_status status = loci_ssm_create(&s->ssm, s->system, &options, error);
    if (status != LOCI_OK) s->ssm = NULL;
    return status;
}

loci_status simulation_run(simulation *s, form f, double *y, const double *u, const double *steps,
                           size_t count, size_t longest, loci_error *error)
{
    if (f == FORM_CONTINUOUS) return run_continuous(s, y, u, steps, count, error);
    const loci_status status = prepare(s, f, longest, error);
    if (status != LOCI_OK || count == 0) return status;
    return loci_ssm_run_f64(s->ssm, y, s->state, u, steps, 1, count, NULL, error);
}
