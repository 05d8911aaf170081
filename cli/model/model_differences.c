/* SPDX-License-Identifier: MIT
 * model_differences.c - every form of a model on one signal, and the differences. */
#include "model/model_differences.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <loci/stream.h>

static loci_status no_memory(loci_error *error)
{
    *error = (loci_error){LOCI_E_MEMORY, "out of memory"};
    return LOCI_E_MEMORY;
}

static void *some(size_t count, size_t size)
{
    return count > (SIZE_MAX / 2 - 128) / size ? NULL : aligned_alloc(64, (count * size + 127) / 64 * 64);
}

bool model_difference_passes(const model_difference *item)
{
    return item->gap <= item->bound;
}

/* Numbers in [0, 1), the same on every machine: splitmix64. */
static double noise(uint64_t *seed)
{
    uint64_t x = *seed += 0x9e3779b97f4a7c15u;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
    return (double)((x ^ (x >> 31)) >> 11) * 0x1p-53;
}

/* --- one model --- */

typedef struct {
    const loci_model *model;
    size_t inputs, outputs, length;
    bool pooled, ahead;   /* ahead: there are no steps and no streams */
    const size_t *places; /* [MODEL_PLACES] */
    size_t answers;       /* at the places, or at every sample */
    const float *u;
    const double *wide; /* u in double */
} bench;

/* Keeps the answer `now` after so many samples in y, where it is wanted; `size` is that of a number. */
static void keep(const bench *b, void *y, size_t samples, const void *now, size_t size)
{
    const size_t bytes = b->outputs * size;
    if (!b->pooled) memcpy((char *)y + (samples - 1) * bytes, now, bytes);
    for (size_t i = 0; b->pooled && i < MODEL_PLACES; i++)
        if (b->places[i] == samples) memcpy((char *)y + i * bytes, now, bytes);
}

static void bench_open(bench *b, const loci_model *model, const model_differences *found, const float *u,
                       const double *wide, size_t length)
{
    const loci_model_config *config = loci_model_configuration(model);
    *b = (bench){.model = model,
                 .inputs = config->inputs,
                 .outputs = config->outputs,
                 .length = length,
                 .pooled = config->pool != LOCI_POOL_NONE,
                 .ahead = !loci_model_streams(model),
                 .places = found->places,
                 .u = u,
                 .wide = wide};
    b->answers = b->pooled ? MODEL_PLACES : length;
}

/* --- streams --- */

/* The signal from `from` to the end in pieces of any size, the answers to y. */
static loci_status stream_rest(loci_stream *stream, const bench *b, float *y, size_t from, uint64_t *seed,
                               loci_error *error)
{
    loci_status status = LOCI_OK;
    float *now = some(b->outputs, sizeof *now);
    if (!now) return no_memory(error);
    for (size_t at = from, n; at < b->length && !status; at += n) {
        n = (size_t)(noise(seed) * noise(seed) * 1000) + 1;
        if (n > b->length - at) n = b->length - at;
        for (size_t i = 0; i < MODEL_PLACES; i++)
            if (b->places[i] > at && n > b->places[i] - at) n = b->places[i] - at;
        status = loci_stream_push(stream, NULL, 1, b->u + at * b->inputs, NULL, n, b->pooled ? 0 : 1,
                                  b->pooled ? NULL : y + at * b->outputs, error);
        loci_stream_answer(stream, 0, now);
        keep(b, y, at + n, now, sizeof *now);
    }
    free(now);
    return status;
}

/* Whole, and from the first place on once more: restored from bytes, and forked. runs [3][answers][outputs] hold the whole
 * one already where the others begin. */
static loci_status stream_runs(const bench *b, float *const runs[3], uint64_t seed, loci_error *error)
{
    loci_stream_tables *tables = NULL;
    loci_stream *one = NULL, *other = NULL;
    void *bytes = NULL;
    loci_status status = loci_stream_tables_create(&tables, b->model, 0, 1, error);
    if (!status) status = loci_stream_init(&one, NULL, 0, tables, 1, error);
    if (!status) status = loci_stream_init(&other, NULL, 0, tables, 2, error);
    if (!status) status = stream_rest(one, b, runs[0], 0, &seed, error);
    const size_t all = b->answers * b->outputs * sizeof **runs,
                 size = status ? 0 : loci_stream_state_size(one), from = b->places[0];
    if (!status && !(bytes = malloc(size))) status = no_memory(error);
    if (!status) {
        memcpy(runs[1], runs[0], all);
        memcpy(runs[2], runs[0], all);
        loci_stream_reset(one, 0);
        status = loci_stream_push(one, NULL, 1, b->u, NULL, from, 0, NULL, error);
    }
    if (!status) status = loci_stream_save(one, 0, bytes, size, error);
    if (!status) status = loci_stream_copy(other, 1, one, 0, error); /* then on in a lane of another stream */
    if (!status) status = loci_stream_restore(other, 0, bytes, size, error);
    if (!status) status = stream_rest(other, b, runs[1], from, &seed, error);
    if (!status) status = loci_stream_copy(other, 0, other, 1, error);
    if (!status) status = stream_rest(other, b, runs[2], from, &seed, error);
    free(bytes);
    loci_stream_free(one);
    loci_stream_free(other);
    loci_stream_tables_free(tables);
    return status;
}

/* --- differences --- */

typedef struct {
    double *forward, *step; /* in double */
    float *single[5];       /* forward, step, cut, restored, forked */
} runs;

enum { FORWARD, STEP, CUT, RESTORED, FORKED };

static void runs_close(runs *r)
{
    free(r->forward), free(r->step);
    for (size_t i = 0; i < 5; i++) free(r->single[i]);
}

static loci_status runs_open(runs *r, const bench *b, size_t singles, loci_error *error)
{
    const size_t count = b->answers * b->outputs;
    *r = (runs){.forward = some(count, sizeof(double)), .step = some(count, sizeof(double))};
    bool room = r->forward && r->step;
    for (size_t i = 0; i < singles; i++) room = (r->single[i] = some(count, sizeof(float))) && room;
    loci_status status = room ? LOCI_OK : no_memory(error);
    double *const wide[2] = {r->forward, r->step};
    const int forms = b->ahead ? 1 : 2;
    for (int step = 0; step < forms && !status; step++)
        status = loci_model_run_f64(b->model, wide[step], b->wide, b->length, b->places, MODEL_PLACES, step,
                                    error);
    for (int step = 0; step < forms && !status; step++)
        status = loci_model_run_f32(b->model, r->single[step ? STEP : FORWARD], b->u, b->length, b->places,
                                    MODEL_PLACES, step, error);
    return status;
}

static void widen(double *y, const float *x, size_t count)
{
    for (size_t i = 0; i < count; i++) y[i] = (double)x[i];
}

/* The largest |a - b|; NAN where one of them is not finite. */
static double distance(const double *a, const double *b, size_t count)
{
    double far = 0;
    for (size_t i = 0; i < count; i++) {
        if (!isfinite(a[i]) || !isfinite(b[i])) return (double)NAN;
        far = fmax(far, fabs(a[i] - b[i]));
    }
    return far;
}

/* ... of runs in float. */
static double distance_single(const float *a, const float *b, size_t count)
{
    double far = 0;
    for (size_t i = 0; i < count; i++) {
        if (!isfinite(a[i]) || !isfinite(b[i])) return (double)NAN;
        far = fmax(far, fabs((double)a[i] - (double)b[i]));
    }
    return far;
}

/* What differences are a share of: the range of the answers, or, where all are equal, their size. */
static double range_of(const double *y, size_t count, double *least, double *most)
{
    *least = INFINITY, *most = -INFINITY;
    for (size_t i = 0; i < count; i++) *least = fmin(*least, y[i]), *most = fmax(*most, y[i]);
    const double range = *most - *least;
    return range > 0 ? range : fabs(*most) > 0 ? fabs(*most) : 1;
}

/* Of a model that looks ahead: float against double, and, where it pools, sequences that end before the network does against
 * a network of their own length. */
static loci_status ahead_measure(model_differences *found, const bench *b, loci_error *error)
{
    runs r;
    loci_status status = runs_open(&r, b, 2, error);
    double *wide = r.step;
    const size_t count = b->answers * b->outputs;
    if (!status) {
        const double range = range_of(r.forward, count, &found->least, &found->most);
        widen(wide, r.single[FORWARD], count);
        found->items[0] =
            (model_difference){"forward_float_double", "forward, float : double",
                               distance(wide, r.forward, count) / range, MODEL_DIFFERENCE_SINGLE};
        found->count = 1;
        for (size_t i = 0; b->pooled && i < MODEL_PLACES && !status; i++) {
            const size_t at = i * b->outputs, L = b->places[i];
            status = loci_model_run_f64(b->model, wide + at, b->wide, L, NULL, 1, 0, error);
            if (!status)
                status = loci_model_run_f32(b->model, r.single[STEP] + at, b->u, L, NULL, 1, 0, error);
        }
        if (!status && b->pooled) {
            found->items[1] = (model_difference){
                "ended", "ended : alone", distance_single(r.single[STEP], r.single[FORWARD], count) / range,
                MODEL_DIFFERENCE_SINGLE};
            found->items[2] =
                (model_difference){"ended_double", "ended : alone, in double",
                                   distance(wide, r.forward, count) / range, MODEL_DIFFERENCE_DOUBLE};
            found->count = 3;
        }
    }
    runs_close(&r);
    return status;
}

static loci_status whole_measure(model_differences *found, const bench *b, uint64_t seed, loci_error *error)
{
    runs r;
    loci_status status = runs_open(&r, b, 5, error);
    if (!status) status = stream_runs(b, r.single + CUT, seed, error);
    if (!status) {
        const size_t count = b->answers * b->outputs;
        const double range = range_of(r.forward, count, &found->least, &found->most);
        const double forms = distance(r.step, r.forward, count);
        const double single = distance_single(r.single[STEP], r.single[FORWARD], count);
        double *wide = r.step; /* not needed any more */
        widen(wide, r.single[FORWARD], count);
        const double forward = distance(wide, r.forward, count);
        widen(wide, r.single[STEP], count);
        const model_difference items[MODEL_DIFFERENCES] = {
            {"output", "step : forward", single / range, MODEL_DIFFERENCE_SINGLE},
            {"output_double", "step : forward, in double", forms / range, MODEL_DIFFERENCE_DOUBLE},
            {"forward_float_double", "forward, float : double", forward / range, MODEL_DIFFERENCE_SINGLE},
            {"step_float_double", "step, float : double", distance(wide, r.forward, count) / range,
             MODEL_DIFFERENCE_SINGLE},
            {"cut", "cut at random : step", distance_single(r.single[CUT], r.single[STEP], count) / range, 0},
            {"restored", "restored : cut", distance_single(r.single[RESTORED], r.single[CUT], count) / range,
             0},
            {"forked", "forked : cut", distance_single(r.single[FORKED], r.single[CUT], count) / range, 0},
        };
        memcpy(found->items, items, sizeof items);
        found->count = MODEL_DIFFERENCES;
    }
    runs_close(&r);
    return status;
}

/* --- layers --- */

/* The same network, its answer told from what comes out of its first `layers` layers, at every sample; of a bank at some. */
static loci_status cut_off(loci_model **part, const loci_model *model, size_t layers, loci_error *error)
{
    loci_model_config config = *loci_model_configuration(model);
    loci_model_about about = *loci_model_description(model);
    about.size = sizeof about;
    config.size = sizeof config;
    config.layers = layers;
    if (config.layer != LOCI_LAYER_BANK) config.pool = LOCI_POOL_NONE; /* a bank is its own pool */
    loci_status status = loci_model_create(part, &config, error);
    if (!status) status = loci_model_describe(*part, &about, error);
    if (status) return status;
    size_t count, count_all;
    const loci_parameter *table = loci_model_parameters(*part, &count),
                         *all = loci_model_parameters(model, &count_all);
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < count_all; k++)
            if (strcmp(table[i].name, all[k].name) == 0 && table[i].count == all[k].count)
                memcpy(loci_model_values(*part) + table[i].offset,
                       loci_model_values_const(model) + all[k].offset, table[i].count * sizeof(float));
    return LOCI_OK;
}

static loci_status layer_measure(model_layer_difference *gap, const loci_model *model, size_t layers,
                                 const model_differences *found, const bench *whole, loci_error *error)
{
    loci_model *part = NULL;
    bench b = {0};
    runs r = {0};
    loci_status status = cut_off(&part, model, layers, error);
    if (!status) {
        bench_open(&b, part, found, whole->u, whole->wide, whole->length);
        status = runs_open(&r, &b, 2, error);
    }
    if (!status) {
        const size_t count = b.answers * b.outputs;
        double least, most;
        const double range = range_of(r.forward, count, &least, &most);
        if (b.ahead)
            widen(r.step, r.single[FORWARD], count);
        else
            gap->output = distance_single(r.single[STEP], r.single[FORWARD], count) / range;
        *(b.ahead ? &gap->output : &gap->in_double) = distance(r.step, r.forward, count) / range;
    }
    runs_close(&r);
    loci_model_free(part);
    return status;
}

static int ascending(const void *a, const void *b)
{
    const size_t x = *(const size_t *)a, y = *(const size_t *)b;
    return (x > y) - (x < y);
}

loci_status model_differences_measure(model_differences *found, const loci_model *model, const float *u,
                                      size_t length, uint64_t seed, loci_error *error)
{
    const loci_model_config *config = loci_model_configuration(model);
    *found = (model_differences){.layer_count = config->layers};
    for (size_t i = 0; i + 1 < MODEL_PLACES; i++)
        found->places[i] = 1 + (size_t)(noise(&seed) * (double)length);
    found->places[MODEL_PLACES - 1] = length;
    qsort(found->places, MODEL_PLACES, sizeof *found->places, ascending);
    double *wide = some(length * config->inputs, sizeof *wide);
    found->layers = calloc(config->layers, sizeof *found->layers);
    if (!wide || !found->layers) {
        free(wide);
        return no_memory(error);
    }
    widen(wide, u, length * config->inputs);
    bench b;
    bench_open(&b, model, found, u, wide, length);
    loci_status status = b.ahead ? ahead_measure(found, &b, error) : whole_measure(found, &b, seed, error);
    for (size_t i = 0; i < config->layers && !status; i++)
        status = layer_measure(&found->layers[i], model, i + 1, found, &b, error);
    free(wide);
    return status;
}
