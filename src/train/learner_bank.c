/* SPDX-License-Identifier: MIT
 * learner_bank.c - what a bank of oscillators tells of sequences, and the thresholds that it tells it by. */
#include "train/learner.h"

#include <math.h>
#include <string.h>

#include "base/allocate.h"
#include "base/status.h"
#include "base/real.h"
#include "train/fit.h"
#include "train/threads.h"

enum {
    V = LOCI_LANES,
    PIECE = 4096,    /* samples of a sequence that go through the bank at once */
    LOOKED_AT = 100, /* sequences that thresholds are made of, and samples of each */
    PLACES = 10
};

/* One more thread of those that look at sequences of a set. */
typedef struct {
    float *u, *x, *state, *scratch;
} place;

static size_t up(size_t numbers)
{
    return (numbers + V - 1) / V * V;
}

/* All that the threads need, as one piece of memory behind the places. */
static place *places_make(const loci_learner *l, const loci_dataset *set, size_t threads)
{
    const loci_dataset_info info = loci_dataset_inspect(set);
    const size_t state = loci_model_bank_state(l->bank), scratch = loci_model_bank_scratch(l->bank, PIECE),
                 blocks = loci_lane_blocks(info.inputs);
    size_t u, own, all;
    if (!loci_size_multiply(&u, info.longest, info.inputs) || !loci_size_add(&u, u, V) ||
        !loci_size_add(&own, up(u), blocks * PIECE * V + state + up(scratch)) ||
        !loci_size_multiply(&all, own, threads))
        return NULL;
    place *places = loci_allocate(threads, sizeof *places);
    float *memory = loci_allocate(all, sizeof *memory);
    if (!places || !memory) {
        loci_free(places);
        loci_free(memory);
        return NULL;
    }
    for (size_t t = 0; t < threads; t++) {
        float *at = memory + t * own;
        places[t] = (place){.u = at, .x = at + up(u), .state = at + up(u) + blocks * PIECE * V};
        places[t].scratch = places[t].state + state;
    }
    return places;
}

static void places_free(place *places)
{
    if (places) loci_free(places[0].u);
    loci_free(places);
}

/* Samples from, ..., to of u [..][inputs] as the bank takes them. */
static void pack(float *x, const float *u, size_t from, size_t to, const loci_model *model,
                 const loci_dataset_info *info)
{
    const loci_model_about *about = loci_model_description(model);
    const size_t n = to - from, C = info->inputs;
    memset(x, 0, loci_lane_blocks(C) * n * V * sizeof *x);
    for (size_t c = 0; c < C; c++) {
        const double unit = info->unit ? info->unit[c] : 1, origin = info->origin ? info->origin[c] : 0,
                     shift = about->shift ? about->shift[c] : 0, scale = about->scale ? about->scale[c] : 1;
        const float off = (float)((shift - origin) * unit), by = (float)(scale / unit);
        float *to_c = x + c / V * n * V + c % V;
        for (size_t k = 0; k < n; k++) to_c[k * V] = (u[(from + k) * C + c] - off) * by;
    }
}

/* Samples on of the sequence in at->u; y [p], what the bank tells so far. */
static void go_on(const loci_learner *l, place *at, float *y, size_t from, size_t to,
                  const loci_dataset_info *info)
{
    for (size_t next; from < to; from = next) {
        next = to - from > PIECE ? from + PIECE : to;
        pack(at->x, at->u, from, next, l->model, info);
        loci_model_bank_run(l->bank, y, at->x, next - from, at->state, at->scratch);
    }
}

static void begin(const loci_learner *l, place *at, const loci_dataset *set, size_t sequence)
{
    loci_dataset_read(set, sequence, at->u);
    memset(at->state, 0, loci_model_bank_state(l->bank) * sizeof *at->state);
}

/* ---- thresholds ---- */

typedef struct {
    const loci_learner *l;
    const loci_dataset *set;
    loci_dataset_info info;
    place *places;
    float *seen; /* [sequences looked at][PLACES][modes] */
    float *y;    /* [threads][p] */
    size_t sequences, modes, first;
} looking;

static size_t drawn(const looking *w, size_t i)
{
    return i * w->info.sequences / w->sequences;
}

static void look_for_thresholds(void *context, size_t task, size_t thread)
{
    const looking *w = context;
    place *at = &w->places[thread];
    const size_t sequence = drawn(w, task), length = loci_dataset_length(w->set, sequence);
    begin(w->l, at, w->set, sequence);
    for (size_t k = 0, from = 0; k < PLACES; k++) {
        const size_t to = (2 * k + 1) * length / (2 * PLACES) + 1;
        const size_t end = to < length ? to : length;
        go_on(w->l, at, w->y + thread * up(w->l->features), from, end, &w->info);
        from = end;
        loci_model_bank_now(w->l->bank, w->seen + (task * PLACES + k) * w->modes, at->state);
    }
}

/* Puts the k-th smallest of x [n] in its place, what is smaller before it (Hoare's find). */
static float kth(float *x, size_t n, size_t k)
{
    size_t low = 0, high = n - 1;
    while (low < high) {
        const float pivot = x[(low + high) / 2];
        size_t i = low, j = high;
        for (;;) {
            while (x[i] < pivot) i++;
            while (x[j] > pivot) j--;
            if (i >= j) break;
            const float held = x[i];
            x[i++] = x[j];
            x[j--] = held;
        }
        if (k <= j)
            high = j;
        else
            low = j + 1;
    }
    return x[k];
}

/* Each mode has two quantiles of its own, evenly over those from 2 to 98 %: multiples of irrational numbers. */
static void choose_thresholds(looking *w, float *threshold, float *column)
{
    static const double stride[2] = {0.6180339887498949, 0.7548776662466927}, start[2] = {0.5, 0.25};
    const size_t count = w->sequences * PLACES;
    for (size_t m = 0; m < w->modes; m++)
        for (size_t k = 0; k < 2; k++) {
            const double share = 0.02 + 0.96 * fmod(start[k] + stride[k] * (double)m, 1);
            for (size_t i = 0; i < count; i++) column[i] = w->seen[i * w->modes + m];
            threshold[k * w->modes + m] = kth(column, count, (size_t)(share * (double)(count - 1) + 0.5));
        }
}

loci_status loci_learner_thresholds(loci_learner *l, const loci_dataset *set,
                                    const loci_learner_options *options, loci_error *error)
{
    looking w = {.l = l, .set = set, .info = loci_dataset_inspect(set)};
    const loci_parameter *parameter = loci_model_parameters(l->model, &(size_t){0});
    size_t threads = loci_threads_count(options->threads);
    w.modes = parameter[0].shape[1];
    w.sequences = w.info.sequences < LOOKED_AT ? w.info.sequences : LOOKED_AT;
    if (threads > w.sequences) threads = w.sequences;
    w.places = places_make(l, set, threads);
    w.seen = loci_allocate(w.sequences * PLACES * w.modes, sizeof *w.seen);
    w.y = loci_allocate(threads * up(l->features), sizeof *w.y);
    float *column = loci_allocate(w.sequences * PLACES, sizeof *column);
    loci_status status = LOCI_OK;
    if (w.places && w.seen && w.y && column) {
        loci_threads_run(threads, w.sequences, look_for_thresholds, &w);
        for (size_t i = 0; i < w.sequences * PLACES * w.modes && !status; i++)
            if (!isfinite(w.seen[i])) {
                char name[128];
                loci_dataset_name(set, drawn(&w, i / (PLACES * w.modes)), name, sizeof name);
                status = loci_fail(error, LOCI_E_VALUE,
                                   "%s has numbers that are not finite, or as large as no others", name);
            }
        if (!status) choose_thresholds(&w, loci_model_values(l->model) + parameter[0].offset, column);
    } else {
        status =
            loci_fail(error, LOCI_E_MEMORY, "out of memory for the thresholds of %zu oscillators", w.modes);
    }
    places_free(w.places);
    loci_free(w.seen);
    loci_free(w.y);
    loci_free(column);
    if (!status) loci_model_bank_prepare(l->bank, l->model, l->rate);
    return status;
}

/* ---- statistics ---- */

typedef struct {
    const loci_learner *l;
    const loci_dataset *set;
    loci_dataset_info info;
    place *places;
    float *told;
    size_t first;
} telling;

static void tell(void *context, size_t task, size_t thread)
{
    const telling *w = context;
    place *at = &w->places[thread];
    const size_t p = w->l->features, sequence = w->first + task;
    begin(w->l, at, w->set, sequence);
    go_on(w->l, at, w->told + task * up(p), 0, loci_dataset_length(w->set, sequence), &w->info);
}

loci_status loci_learner_look(const loci_learner *l, float *told, const loci_dataset *set, size_t first,
                              size_t count, const loci_learner_options *options, loci_error *error)
{
    enum { ROUND = 64 }; /* sequences between two looks at whether to stop */
    const size_t p = l->features;
    size_t threads = loci_threads_count(options->threads);
    if (threads > count) threads = count;
    telling w = {
        .l = l, .set = set, .info = loci_dataset_inspect(set), .places = places_make(l, set, threads)};
    w.told = loci_allocate(ROUND, up(p) * sizeof *w.told);
    loci_status status = LOCI_OK;
    if (!w.places || !w.told)
        status = loci_fail(error, LOCI_E_MEMORY, "out of memory for sequences of %zu samples on %zu threads",
                           w.info.longest, threads);
    for (size_t done = 0; !status && done < count;) {
        const size_t some = count - done < ROUND ? count - done : ROUND;
        w.first = first + done;
        loci_threads_run(threads, some, tell, &w);
        for (size_t i = 0; i < some && !status; i++) {
            const float *row = w.told + i * up(p);
            for (size_t f = 0; f < p && !status; f++)
                if (!isfinite(row[f])) {
                    char name[128];
                    loci_dataset_name(set, w.first + i, name, sizeof name);
                    status = loci_fail(error, LOCI_E_VALUE,
                                       "%s has numbers that are not finite, or as large as no others", name);
                }
            memcpy(told + (done + i) * p, row, p * sizeof *told);
        }
        done += some;
        if (!status && options->progress &&
            options->progress(options->context, first + done, w.info.sequences) != 0)
            status = loci_fail(error, LOCI_E_STOPPED, "stopped after %zu of %zu sequences", first + done,
                               w.info.sequences);
    }
    places_free(w.places);
    loci_free(w.told);
    return status;
}
