/* SPDX-License-Identifier: MIT
 * form_differences.c - every form of a system on one input, and the differences. */
#include "system/form_differences.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "system/form_reference.h"
#include "system/simulation.h"

/* Runs: each form in double and in float, each whole and cut. */
enum { DOUBLE, SINGLE, PRECISIONS };
enum { WHOLE, CUT, MANNERS };
enum { FORMS = FORM_MIXED + 1, UNEVEN = 32 };

typedef struct {
    double *y, *state; /* NULL: this run is not possible */
} run;

typedef struct {
    const loci_system *system;
    loci_discretization discretization;
    size_t length, copies, numbers;
    const size_t *cuts;
    double *u, *begin; /* [length][copies], [copies][numbers] */
    float *single_u, *single_y, *single_state;
    run runs[FORMS][PRECISIONS][MANNERS];
} bench;

/* Numbers in [-1, 1), the same on every machine: splitmix64. */
static double noise(uint64_t *seed)
{
    uint64_t x = *seed += 0x9e3779b97f4a7c15u;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
    return (double)((x ^ (x >> 31)) >> 11) * 0x1p-52 - 1;
}

static loci_status no_memory(loci_error *error)
{
    *error = (loci_error){LOCI_E_MEMORY, "out of memory"};
    return LOCI_E_MEMORY;
}

bool form_difference_passes(const form_difference *item)
{
    return item->answer <= item->bound && item->state <= item->bound;
}

/* --- runs --- */

static loci_status run_double(const bench *b, run *r, form f, const size_t *cuts, size_t pieces,
                              loci_error *error)
{
    simulation s;
    loci_status status = simulation_open(&s, b->system, b->discretization, error);
    if (status == LOCI_OK) memcpy(s.state, b->begin, b->copies * b->numbers * sizeof *s.state);
    for (size_t i = 0; i < pieces && status == LOCI_OK; i++) {
        const size_t at = cuts[i] * b->copies;
        status = simulation_run(&s, f, r->y + at, b->u + at, NULL, cuts[i + 1] - cuts[i], b->length, error);
    }
    if (status == LOCI_OK) memcpy(r->state, s.state, b->copies * b->numbers * sizeof *s.state);
    simulation_release(&s);
    return status;
}

static loci_status run_single(const bench *b, run *r, form f, const size_t *cuts, size_t pieces,
                              loci_error *error)
{
    static const loci_form forms[FORMS] = {
        [FORM_RECURRENT] = LOCI_RECURRENT, [FORM_CONVOLUTION] = LOCI_CONVOLUTION, [FORM_MIXED] = LOCI_MIXED};
    const loci_ssm_options options = {
        .form = forms[f], .discretization = b->discretization, .single = 1, .length = b->length};
    loci_ssm *ssm;
    loci_status status = loci_ssm_create(&ssm, b->system, &options, error);
    if (status != LOCI_OK) return status;
    const size_t samples = b->length * b->copies, numbers = b->copies * b->numbers;
    for (size_t i = 0; i < numbers; i++) b->single_state[i] = (float)b->begin[i];
    for (size_t i = 0; i < pieces && status == LOCI_OK; i++) {
        const size_t at = cuts[i] * b->copies;
        status = loci_ssm_run_f32(ssm, b->single_y + at, b->single_state, b->single_u + at, NULL, 1,
                                  cuts[i + 1] - cuts[i], NULL, error);
    }
    for (size_t i = 0; i < samples; i++) r->y[i] = (double)b->single_y[i];
    for (size_t i = 0; i < numbers; i++) r->state[i] = (double)b->single_state[i];
    loci_ssm_free(ssm);
    return status;
}

/* What a system has no form for is no failure. */
static loci_status run_all(bench *b, form_differences *found, loci_error *error)
{
    const size_t whole[2] = {0, b->length};
    size_t left_out = 0;
    for (int f = 0; f < FORMS; f++) {
        const bool continuous = f == FORM_CONTINUOUS,
                   compared = b->discretization == LOCI_ZOH || b->discretization == LOCI_FOH;
        if (continuous && !compared) {
            snprintf(
                found->left_out[left_out++], sizeof found->left_out[0],
                "continuous: zoh, which holds its input, and foh, which joins it by lines, have the same answer as a "
                "differential equation; %s approximates it",
                loci_discretization_name(b->discretization));
            continue;
        }
        loci_status status = LOCI_OK;
        for (int p = 0; p < (continuous ? 1 : PRECISIONS) && status == LOCI_OK; p++)
            for (int m = 0; m < MANNERS && status == LOCI_OK; m++) {
                run *r = &b->runs[f][p][m];
                const size_t *cuts = m == CUT ? b->cuts : whole, pieces = m == CUT ? DIFFERENCES_CUTS + 1 : 1;
                r->y = malloc((b->length * b->copies + b->copies * b->numbers) * sizeof *r->y);
                if (!r->y) return no_memory(error);
                r->state = r->y + b->length * b->copies;
                status = (p == DOUBLE ? run_double : run_single)(b, r, (form)f, cuts, pieces, error);
            }
        if (status == LOCI_OK) continue;
        if (status != LOCI_E_UNSUPPORTED || f == FORM_RECURRENT) return status;
        for (int i = 0; i < PRECISIONS * MANNERS; i++) {
            free(b->runs[f][i / MANNERS][i % MANNERS].y);
            b->runs[f][i / MANNERS][i % MANNERS].y = NULL;
        }
        snprintf(found->left_out[left_out++], sizeof found->left_out[0], "%s: %.200s", form_name((form)f),
                 error->text);
    }
    return LOCI_OK;
}

/* --- differences --- */

/* The largest |a - b| as a share of the largest |reference|; NAN where one of them is not finite. */
static double distance(const double *a, const double *b, const double *reference, size_t count)
{
    double far = 0, most = 0;
    for (size_t i = 0; i < count; i++) {
        if (!isfinite(a[i]) || !isfinite(b[i])) return (double)NAN;
        far = fmax(far, fabs(a[i] - b[i]));
        most = fmax(most, fabs(reference[i]));
    }
    return far == 0 ? 0 : far / most;
}

static void compare(const bench *b, form_differences *found, const char *group, const char *name,
                    double bound, const run *one, const run *other)
{
    if (!one->y || !other->y || found->count == DIFFERENCES_MOST) return;
    const run *reference = &b->runs[FORM_RECURRENT][DOUBLE][WHOLE];
    found->items[found->count++] = (form_difference){
        .name = name,
        .group = group,
        .bound = bound,
        .answer = distance(one->y, other->y, reference->y, b->length * b->copies),
        .state = distance(one->state, other->state, reference->state, b->copies * b->numbers)};
}

static void compare_precision(const bench *b, form_differences *found, int p)
{
    static const char *const names[FORMS][FORMS] = {
        [FORM_CONTINUOUS] = {[FORM_CONTINUOUS] = "continuous, cut"},
        [FORM_RECURRENT] = {[FORM_CONTINUOUS] = "recurrent : continuous",
                            [FORM_RECURRENT] = "recurrent, cut",
                            [FORM_CONVOLUTION] = "recurrent : convolution",
                            [FORM_MIXED] = "recurrent : mixed"},
        [FORM_CONVOLUTION] = {[FORM_CONVOLUTION] = "convolution, cut", [FORM_MIXED] = "convolution : mixed"},
        [FORM_MIXED] = {[FORM_MIXED] = "mixed, cut"},
    };
    const char *group = p == DOUBLE ? "double" : "float";
    const double bound = p == DOUBLE ? DIFFERENCE_DOUBLE : DIFFERENCE_SINGLE;
    for (int f = 0; f < FORMS; f++)
        for (int g = 0; g < FORMS; g++)
            if (names[f][g] && f != g)
                compare(b, found, group, names[f][g], bound, &b->runs[f][p][WHOLE], &b->runs[g][p][WHOLE]);
    for (int f = 0; f < FORMS; f++)
        compare(b, found, group, names[f][f], bound, &b->runs[f][p][WHOLE], &b->runs[f][p][CUT]);
}

/* A step of its own for each sample, of half, whole and one and a half steps: the recurrence against the differential
 * equation. They are few: a dense system takes a matrix exponential for each. */
static loci_status uneven(const bench *b, form_differences *found, uint64_t *seed, loci_error *error)
{
    const size_t count = b->length < UNEVEN ? b->length : UNEVEN, numbers = b->copies * b->numbers;
    double steps[UNEVEN];
    for (size_t k = 0; k < count; k++) steps[k] = 1 + 0.5 * round(1.5 * noise(seed));
    run r[2] = {{NULL, NULL}, {NULL, NULL}};
    loci_status status = LOCI_OK;
    for (int i = 0; i < 2 && status == LOCI_OK; i++) {
        simulation s = {0};
        r[i].y = malloc((count * b->copies + numbers) * sizeof *r[i].y);
        if (!r[i].y) status = no_memory(error);
        if (status == LOCI_OK) status = simulation_open(&s, b->system, b->discretization, error);
        if (status == LOCI_OK) {
            r[i].state = r[i].y + count * b->copies;
            memcpy(s.state, b->begin, numbers * sizeof *s.state);
            status = simulation_run(&s, i ? FORM_CONTINUOUS : FORM_RECURRENT, r[i].y, b->u, steps, count,
                                    count, error);
        }
        if (status == LOCI_OK) memcpy(r[i].state, s.state, numbers * sizeof *s.state);
        simulation_release(&s);
    }
    if (status == LOCI_OK)
        found->items[found->count++] =
            (form_difference){.group = "double",
                              .name = "recurrent : continuous, uneven steps",
                              .bound = DIFFERENCE_DOUBLE,
                              .answer = distance(r[0].y, r[1].y, r[0].y, count * b->copies),
                              .state = distance(r[0].state, r[1].state, r[0].state, numbers)};
    free(r[0].y);
    free(r[1].y);
    return status;
}

/* The recurrence against the differential equation by other means in other arithmetic: what the forms have in common, the
 * matrix exponential, is known to be right by this alone. */
static loci_status independent(const bench *b, form_differences *found, loci_error *error)
{
    const size_t count = b->length < UNEVEN ? b->length : UNEVEN, copies = form_reference_copies(b->system);
    if (copies == 0) {
        snprintf(found->left_out[LEFT_OUT_REFERENCE], sizeof found->left_out[0],
                 "differential equation: of order %zu it takes minutes", b->system->order);
        return LOCI_OK;
    }
    const size_t numbers = b->copies * b->numbers, answers = count * b->copies;
    double *room = malloc((3 * answers + 2 * numbers) * sizeof *room);
    if (!room) return no_memory(error);
    double *y = room, *state = y + answers, *reference = state + numbers, *its_state = reference + answers,
           *mine = its_state + numbers;
    simulation s = {0};
    loci_status status = simulation_open(&s, b->system, b->discretization, error);
    if (status == LOCI_OK) {
        memcpy(s.state, b->begin, numbers * sizeof *s.state);
        memcpy(its_state, b->begin, numbers * sizeof *s.state);
        status = simulation_run(&s, FORM_RECURRENT, y, b->u, NULL, count, count, error);
    }
    if (status == LOCI_OK) {
        memcpy(state, s.state, numbers * sizeof *state);
        status = form_reference_run(reference, its_state, b->system, b->discretization, b->u, count, copies,
                                    error);
    }
    for (size_t k = 0; k < count; k++) memcpy(mine + k * copies, y + k * b->copies, copies * sizeof *mine);
    if (status == LOCI_OK)
        found->items[found->count++] =
            (form_difference){.group = "double",
                              .name = "recurrent : differential equation",
                              .bound = DIFFERENCE_DOUBLE,
                              .answer = distance(mine, reference, reference, count * copies),
                              .state = distance(state, its_state, its_state, copies * b->numbers)};
    simulation_release(&s);
    free(room);
    return status;
}

/* --- the whole --- */

static int ascending(const void *a, const void *b)
{
    const size_t x = *(const size_t *)a, y = *(const size_t *)b;
    return (x > y) - (x < y);
}

/* Noise in, and the state that as much noise before has left. */
static loci_status prepare(bench *b, form_differences *found, uint64_t *seed, loci_error *error)
{
    const size_t samples = b->length * b->copies, numbers = b->copies * b->numbers;
    b->u = malloc((samples + numbers) * sizeof *b->u);
    b->single_u = malloc((2 * samples + numbers) * sizeof *b->single_u);
    run *r = &b->runs[FORM_RECURRENT][DOUBLE][WHOLE];
    r->y = malloc((samples + numbers) * sizeof *r->y);
    if (!b->u || !b->single_u || !r->y) return no_memory(error);
    b->begin = b->u + samples;
    b->single_y = b->single_u + samples;
    b->single_state = b->single_y + samples;
    r->state = r->y + samples;
    memset(b->begin, 0, numbers * sizeof *b->begin);
    for (size_t i = 0; i < samples; i++) b->u[i] = noise(seed);
    const size_t whole[2] = {0, b->length};
    const loci_status status = run_double(b, r, FORM_RECURRENT, whole, 1, error);
    if (status == LOCI_OK) memcpy(b->begin, r->state, numbers * sizeof *b->begin);
    free(r->y);
    r->y = NULL;
    for (size_t i = 0; i < samples; i++) {
        b->single_u[i] = (float)noise(seed);
        b->u[i] = (double)b->single_u[i]; /* both precisions hear the same */
    }
    for (size_t i = 1; i <= DIFFERENCES_CUTS; i++)
        found->cuts[i] = (size_t)((noise(seed) + 1) / 2 * (double)(b->length + 1));
    qsort(found->cuts + 1, DIFFERENCES_CUTS, sizeof found->cuts[0], ascending);
    found->cuts[0] = 0;
    found->cuts[DIFFERENCES_CUTS + 1] = b->length;
    return status;
}

loci_status form_differences_measure(form_differences *found, const loci_system *system,
                                     loci_discretization discretization, size_t length, uint64_t seed,
                                     loci_error *error)
{
    *found = (form_differences){0};
    bench b = {.system = system,
               .discretization = discretization,
               .length = length,
               .copies = system->copies,
               .numbers = system->order + (discretization == LOCI_FOH),
               .cuts = found->cuts};
    loci_status status = prepare(&b, found, &seed, error);
    if (status == LOCI_OK) status = run_all(&b, found, error);
    if (status == LOCI_OK) {
        const run *reference = &b.runs[FORM_RECURRENT][DOUBLE][WHOLE];
        for (size_t i = 0; i < b.length * b.copies; i++)
            found->largest = fmax(found->largest, fabs(reference->y[i]));
        compare_precision(&b, found, DOUBLE);
        if (b.runs[FORM_CONTINUOUS][DOUBLE][WHOLE].y) {
            status = uneven(&b, found, &seed, error);
            if (status == LOCI_OK) status = independent(&b, found, error);
        }
        compare_precision(&b, found, SINGLE);
        for (int f = FORM_RECURRENT; f < FORMS; f++)
            compare(&b, found, "float : double", form_name((form)f), DIFFERENCE_SINGLE,
                    &b.runs[f][SINGLE][WHOLE], &b.runs[f][DOUBLE][WHOLE]);
    }
    for (int i = 0; i < FORMS * PRECISIONS * MANNERS; i++)
        free(b.runs[i / (PRECISIONS * MANNERS)][i / MANNERS % PRECISIONS][i % MANNERS].y);
    free(b.u);
    free(b.single_u);
    return status;
}
