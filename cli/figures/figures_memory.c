/* SPDX-License-Identifier: MIT
 * figures_memory.c - pictures of memories at work: following a signal, growing, forgetting. */
#include "figures/figures.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static chart *no_memory(loci_error *error)
{
    *error = (loci_error){LOCI_E_MEMORY, "out of memory"};
    return NULL;
}

/* --- coefficients that follow a signal --- */

chart *figure_trajectories(loci_error *error)
{
    enum { COUNT = 10000, ORDER = 64, EVERY = 25, TIMES = COUNT / EVERY };
    static double u[COUNT], x[COUNT], recalled[COUNT], at[TIMES], c[ORDER], path[ORDER][TIMES];
    const double dt = 0.001;
    loci_memory_spec spec = loci_memory_defaults();
    spec.order = ORDER;
    spec.dt = dt;
    figure_noise(u, COUNT, 1, 6, 1);
    for (size_t i = 0; i < COUNT; i++) {
        x[i] = (double)i * dt;
        u[i] = figure_wave((double)i / COUNT, 14) + 0.08 * u[i];
    }
    trial t;
    loci_memory_summary whole = {0};
    loci_status status = trial_open(&t, &spec, 1, error);
    for (size_t k = 0; k < TIMES && status == LOCI_OK; k++) {
        status = loci_memory_push(t.memory, t.plan, u + k * EVERY, NULL, EVERY, error);
        if (status == LOCI_OK) status = loci_memory_coefficients(t.memory, t.plan, 0, c, t.scratch, error);
        at[k] = (double)(k + 1) * EVERY * dt;
        for (size_t n = 0; n < ORDER; n++) path[n][k] = c[n];
    }
    if (status == LOCI_OK) status = loci_memory_collapse(t.scratch, t.memory, t.plan, error);
    if (status == LOCI_OK)
        status = loci_memory_recall(t.scratch, t.plan, LOCI_VALUE, 0, x, COUNT, recalled, error);
    if (status == LOCI_OK) status = loci_memory_summarize(t.scratch, t.plan, 0, &whole, error);
    trial_close(&t);
    if (status != LOCI_OK) return NULL;

    char share[32], subtitle[160];
    snprintf(
        subtitle, sizeof subtitle,
        "legs, order 64, 1000 samples a second; forgotten at the end: %s of the variance, the fine noise",
        figure_share(share, whole.forgotten));
    chart *drawing = chart_create(&(chart_layout){
        .title = "64 coefficients follow 10,000 samples, and give them back", .subtitle = subtitle});
    chart_panel(
        drawing,
        &(chart_axes){.title = "The signal", .y_label = "u", .bare_x = true, .x_to = 10, .weight = 0.8});
    chart_add(drawing, &(chart_series){.x = x, .y = u, .count = COUNT, .colour = CHART_GREY, .width = 1});
    chart_panel(
        drawing,
        &(chart_axes){
            .title =
                "The 64 coefficients of all that came so far, from the mean (dark) to the finest (light)",
            .y_label = "c",
            .bare_x = true,
            .x_to = 10,
            .weight = 1.3});
    for (size_t n = ORDER; n-- > 0;)
        chart_add(drawing, &(chart_series){.x = at,
                                           .y = path[n],
                                           .count = TIMES,
                                           .colour = CHART_SHADE,
                                           .shade = log((double)n + 1) / log(ORDER),
                                           .width = n < 8 ? 1.5 : 0.9});
    chart_panel(drawing,
                &(chart_axes){
                    .title = "Recalled from the last 64", .x_label = "time (s)", .y_label = "u", .x_to = 10});
    chart_add(
        drawing,
        &(chart_series){.name = "signal", .x = x, .y = u, .count = COUNT, .colour = CHART_GREY, .width = 1});
    chart_add(
        drawing,
        &(chart_series){.name = "recall", .x = x, .y = recalled, .count = COUNT, .colour = CHART_VERMILION});
    return drawing;
}

/* --- the palace being built --- */

/* The stretches that stand, as rectangles below the signal; their colour tells their age class. */
static loci_status stretches(chart *drawing, const trial *t, double low, double high, loci_error *error)
{
    const loci_memory_info info = loci_memory_inspect(t->memory, t->plan);
    const double order = (double)loci_memory_plan_spec(t->plan)->order;
    for (size_t i = 0; i < info.stretches; i++) {
        loci_memory_stretch_info is;
        const loci_status status = loci_memory_stretch(t->memory, t->plan, i, &is, error);
        if (status != LOCI_OK) return status;
        chart_add(drawing, &(chart_series){.kind = CHART_BARS,
                                           .x = &is.start,
                                           .x2 = &is.end,
                                           .y = &low,
                                           .y2 = &high,
                                           .count = 1,
                                           .colour = CHART_SHADE,
                                           .shade = fmin(1, log2((double)is.samples / order) / 6)});
    }
    return LOCI_OK;
}

chart *figure_palace(loci_error *error)
{
    enum { ORDER = 8, COUNT = 768, STAGES = 3 };
    static double u[COUNT], x[COUNT], recalled[COUNT], plain[COUNT];
    loci_memory_spec spec = loci_memory_defaults();
    spec.order = ORDER;
    spec.detail = 2;
    figure_noise(u, COUNT, 1, 6, 5);
    for (size_t i = 0; i < COUNT; i++) {
        x[i] = (double)i;
        u[i] = figure_wave((double)i / COUNT, 13) + 0.12 * u[i];
    }
    chart *drawing = chart_create(&(chart_layout){
        .title = "A palace of memory is built: new things sharp, old things blurred",
        .subtitle =
            "legs, order 8, detail 2; each bar is a stretch with 8 numbers of its own; the newest two hold their samples themselves"});
    trial t;
    loci_status status = trial_open(&t, &spec, 1, error);
    for (size_t k = 0; k < STAGES && status == LOCI_OK; k++) {
        const size_t from = COUNT / STAGES * k, to = COUNT / STAGES * (k + 1);
        status = loci_memory_push(t.memory, t.plan, u + from, NULL, to - from, error);
        if (status == LOCI_OK)
            status = loci_memory_recall(t.memory, t.plan, LOCI_VALUE, 0, x, to, recalled, error);
        if (status == LOCI_OK) status = loci_memory_collapse(t.scratch, t.memory, t.plan, error);
        if (status == LOCI_OK)
            status = loci_memory_recall(t.scratch, t.plan, LOCI_VALUE, 0, x, to, plain, error);
        if (status != LOCI_OK) break;
        static const char *const signs[STAGES] = {"t₀", "t₁", "t₂"},
                                 *const events[STAGES] = {
                                     "fitted", "kept, neighbours merged, new ones fitted", "and again"};
        char title[128];
        snprintf(title, sizeof title, "%s = %zu: %s; %zu numbers for %zu samples", signs[k], to, events[k],
                 loci_memory_inspect(t.memory, t.plan).numbers, to);
        chart_panel(drawing, &(chart_axes){.title = title,
                                           .x_label = "sample",
                                           .y_label = "u",
                                           .bare_x = k + 1 < STAGES,
                                           .no_legend = k > 0,
                                           .x_to = COUNT,
                                           .y_from = -1.9,
                                           .y_to = 1.6});
        chart_add(drawing,
                  &(chart_series){
                      .name = "signal", .x = x, .y = u, .count = to, .colour = CHART_GREY, .width = 1.2});
        chart_add(
            drawing,
            &(chart_series){.name = "palace", .x = x, .y = recalled, .count = to, .colour = CHART_VERMILION});
        chart_add(drawing, &(chart_series){.name = "only 8 coefficients for the whole",
                                           .x = x,
                                           .y = plain,
                                           .count = to,
                                           .colour = CHART_BLUE,
                                           .width = 1.2,
                                           .dashed = true});
        status = stretches(drawing, &t, -1.85, -1.65, error);
    }
    trial_close(&t);
    if (status == LOCI_OK) return drawing;
    chart_destroy(drawing);
    return NULL;
}

/* --- error by age --- */

enum { DECAY_COUNT = 1 << 16, DECAY_CHANNELS = 32, DECAY_PARTS = 36 };

/* share[parts]: the mean square error of recall in each part over the variance, the mean of the channels; NAN where the
 * memory does not reach. */
static loci_status by_age(double *share, const loci_memory *memory, const loci_memory_plan *plan,
                          const double *u, const double *edges, loci_error *error)
{
    double squared[DECAY_PARTS * DECAY_CHANNELS], covered[DECAY_PARTS], variance[DECAY_CHANNELS];
    loci_memory_comparison *comparison = NULL;
    loci_status status = loci_memory_compare_create(&comparison, memory, plan, edges, DECAY_PARTS, error);
    if (status == LOCI_OK) status = loci_memory_compare_push(comparison, u, NULL, DECAY_COUNT, error);
    if (status == LOCI_OK) status = loci_memory_compare_finish(comparison, squared, covered, variance, error);
    loci_memory_compare_free(comparison);
    for (size_t p = 0; p < DECAY_PARTS && status == LOCI_OK; p++) {
        share[p] = 0;
        for (size_t c = 0; c < DECAY_CHANNELS; c++)
            share[p] += squared[p * DECAY_CHANNELS + c] / covered[p] / variance[c] / DECAY_CHANNELS;
        if (covered[p] < 0.5 * (edges[p + 1] - edges[p])) share[p] = NAN;
    }
    return status;
}

static loci_status decay_of(double *share, loci_memory_spec spec, bool whole, const double *u,
                            const double *edges, loci_error *error)
{
    trial t;
    loci_status status = trial_open(&t, &spec, DECAY_CHANNELS, error);
    if (status == LOCI_OK) status = loci_memory_push(t.memory, t.plan, u, NULL, DECAY_COUNT, error);
    if (status == LOCI_OK && whole) status = loci_memory_collapse(t.scratch, t.memory, t.plan, error);
    if (status == LOCI_OK) status = by_age(share, whole ? t.scratch : t.memory, t.plan, u, edges, error);
    trial_close(&t);
    return status;
}

chart *figure_decay(loci_error *error)
{
    static const struct {
        const char *name;
        loci_measure measure;
        double window;
        bool whole;
        chart_colour colour;
    } shown[] = {{"legs: the whole, evenly", LOCI_MEASURE_LEGS, 0, true, CHART_SKY},
                 {"legs-lti: time constant 1024", LOCI_MEASURE_LEGS_LTI, 1024, false, CHART_GREEN},
                 {"legt: the last 4096", LOCI_MEASURE_LEGT, 4096, false, CHART_PURPLE},
                 {"palace (legs, detail 4)", LOCI_MEASURE_LEGS, 0, false, CHART_VERMILION}};
    enum { SHOWN = sizeof shown / sizeof *shown };
    double edges[DECAY_PARTS + 1], middle[DECAY_PARTS], share[SHOWN][DECAY_PARTS];
    /* ages in equal ratios, in whole samples */
    double age = DECAY_COUNT;
    for (size_t p = 0; p <= DECAY_PARTS; p++) {
        edges[p] = DECAY_COUNT - age;
        const double next = floor(DECAY_COUNT / pow(DECAY_COUNT / 4.0, (double)(p + 1) / DECAY_PARTS) + 0.5);
        age = next < age ? next : age - 1;
    }
    for (size_t p = 0; p < DECAY_PARTS; p++)
        middle[p] = sqrt((DECAY_COUNT - edges[p]) * (DECAY_COUNT - edges[p + 1]));
    double *u = malloc(sizeof *u * DECAY_COUNT * DECAY_CHANNELS);
    if (!u) return no_memory(error);
    figure_noise(u, DECAY_COUNT, DECAY_CHANNELS, 16, 11);
    loci_status status = LOCI_OK;
    for (size_t k = 0; k < SHOWN && status == LOCI_OK; k++) {
        loci_memory_spec spec = loci_memory_defaults();
        spec.measure = shown[k].measure;
        spec.window = shown[k].window;
        if (spec.measure != LOCI_MEASURE_LEGS) spec.detail = 0;
        status = decay_of(share[k], spec, shown[k].whole, u, edges, error);
    }
    free(u);
    if (status != LOCI_OK) return NULL;
    chart *drawing = chart_create(&(chart_layout){
        .title = "What is forgotten, by age: the palace stays sharp where it is young",
        .subtitle =
            "65,536 samples with equal power in every octave, the mean of 32 such signals; order 64 each"});
    chart_panel(drawing, &(chart_axes){.x_label = "age (samples)",
                                       .y_label = "mean square error / variance",
                                       .log_x = true,
                                       .log_y = true});
    for (size_t k = 0; k < SHOWN; k++)
        chart_add(drawing, &(chart_series){.name = shown[k].name,
                                           .x = middle,
                                           .y = share[k],
                                           .count = DECAY_PARTS,
                                           .colour = shown[k].colour,
                                           .width = k + 1 == SHOWN ? 2.4 : 1.6});
    /* the curve of the palace begins where it is not exact any more */
    size_t exact = 1;
    while (exact < DECAY_PARTS && share[SHOWN - 1][exact] > 0) exact++;
    if (exact < DECAY_PARTS)
        chart_add(drawing, &(chart_series){.kind = CHART_TEXT,
                                           .name = "what is younger is exact",
                                           .x = &middle[exact - 1],
                                           .y = &share[SHOWN - 1][exact - 1],
                                           .count = 1,
                                           .right = true,
                                           .colour = CHART_VERMILION});
    return drawing;
}

/* --- exact against bilinear --- */

chart *figure_exact(loci_error *error)
{
    enum { COUNT = 1 << 15, ORDER = 64, TIMES = 96, METHODS = 4 };
    static const struct {
        const char *name;
        loci_method method;
        chart_colour colour;
    } shown[METHODS] = {{"exact", LOCI_METHOD_EXACT, CHART_BLACK},
                        {"backward Euler", LOCI_METHOD_BACKWARD, CHART_SKY},
                        {"bilinear", LOCI_METHOD_BILINEAR, CHART_VERMILION},
                        {"zero-order hold", LOCI_METHOD_ZOH, CHART_GREEN}};
    static double u[COUNT], at[TIMES], c[METHODS][ORDER], gap[METHODS][TIMES];
    for (size_t i = 0; i < COUNT; i++) u[i] = figure_wave((double)i / COUNT, 14);
    trial t[METHODS] = {{0}};
    loci_status status = LOCI_OK;
    for (size_t m = 0; m < METHODS && status == LOCI_OK; m++) {
        loci_memory_spec spec = loci_memory_defaults();
        spec.order = ORDER;
        spec.method = shown[m].method;
        if (spec.method != LOCI_METHOD_EXACT) spec.detail = 0;
        status = trial_open(&t[m], &spec, 1, error);
    }
    size_t done = 0, times = 0;
    for (size_t k = 0; k < TIMES && status == LOCI_OK; k++) {
        const size_t until = (size_t)floor(pow(COUNT, (double)(k + 1) / TIMES) + 0.5);
        if (until <= done || until < 4) continue;
        for (size_t m = 0; m < METHODS && status == LOCI_OK; m++) {
            status = loci_memory_push(t[m].memory, t[m].plan, u + done, NULL, until - done, error);
            if (status == LOCI_OK)
                status = loci_memory_coefficients(t[m].memory, t[m].plan, 0, c[m], t[m].scratch, error);
        }
        done = until;
        at[times] = (double)done;
        for (size_t m = 1; m < METHODS; m++) {
            double distance = 0, size = 0;
            for (size_t n = 0; n < ORDER; n++) {
                distance += (c[m][n] - c[0][n]) * (c[m][n] - c[0][n]);
                size += c[0][n] * c[0][n];
            }
            gap[m][times] = fmax(sqrt(distance / size), 1e-17);
        }
        times++;
    }
    for (size_t m = 0; m < METHODS; m++) trial_close(&t[m]);
    if (status != LOCI_OK) return NULL;
    chart *drawing = chart_create(&(chart_layout){
        .title = "Bilinear and backward steps miss the projection that they stand for",
        .subtitle =
            "legs, order 64, a smooth signal: how far the coefficients are from the exact ones; zero-order hold is exact but for rounding, at N² products a sample"});
    chart_panel(drawing, &(chart_axes){.x_label = "samples seen",
                                       .y_label = "|c − exact| / |exact|",
                                       .log_x = true,
                                       .log_y = true});
    for (size_t m = 1; m < METHODS; m++)
        chart_add(drawing, &(chart_series){.name = shown[m].name,
                                           .x = at,
                                           .y = gap[m],
                                           .count = times,
                                           .colour = shown[m].colour,
                                           .width = 2});
    return drawing;
}
