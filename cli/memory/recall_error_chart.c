/* SPDX-License-Identifier: MIT
 * recall_error_chart.c - gathers what a picture shows of a passing signal, and draws recall over it. */
#include "memory/recall_error_chart.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "draw/chart.h"
#include "shared/message.h"
#include "shared/words.h"

/* Looks begin at these shares of the history ago, oldest first; the last one is at its end. */
static const double ages[] = {0.5, 0.125, 0.03125, 0};
enum { LOOKS = sizeof ages / sizeof ages[0], PARTS = 1 + LOOKS };
/* Points of a curve of recall; samples that a look is long at least; its share of the history else. */
enum { PIXELS = 2000, RECALLED_WHOLE = 32768, RECALLED = 2000, SAMPLES_LEAST = 24, LOOK_SHARE = 100 };

/* One pixel column of the signal, in the order of time. */
typedef struct {
    double x[4], y[4]; /* first, lowest, highest, last */
    bool any;
} column;

/* The signal over [from, to], thinned as it comes. */
typedef struct {
    double from, to;
    column *columns; /* [PIXELS] */
} part;

struct recall_error_chart {
    const memory_file *k;
    double start, end, dt;
    uint64_t seen;
    bool looks;        /* the history is long enough for them */
    part parts[PARTS]; /* the whole, then the looks */
};

static double earliest(const recall_error_chart *drawing)
{
    const loci_memory_spec *spec = loci_memory_plan_spec(drawing->k->plan);
    const bool window = spec->measure == LOCI_MEASURE_LEGT || spec->measure == LOCI_MEASURE_FOUT;
    return window ? fmax(drawing->start, drawing->end - spec->window) : drawing->start;
}

recall_error_chart *recall_error_chart_create(const memory_file *k)
{
    recall_error_chart *drawing = calloc(1, sizeof *drawing);
    if (!drawing) return NULL;
    const loci_memory_info info = loci_memory_inspect(k->memory, k->plan);
    const double duration = info.end - info.start;
    drawing->k = k;
    drawing->start = info.start;
    drawing->end = info.end;
    drawing->dt = loci_memory_plan_spec(k->plan)->dt;
    const double sample = duration / (double)(info.samples ? info.samples : 1);
    const double length = fmin(duration, fmax(duration / LOOK_SHARE, SAMPLES_LEAST * sample));
    drawing->looks = length * LOOKS <= duration;
    for (size_t p = 0; p < PARTS; p++) {
        part *to = &drawing->parts[p];
        to->to = p == 0 ? info.end : fmax(info.end - ages[p - 1] * duration, info.start + length);
        to->from = p == 0 ? info.start : to->to - length;
        to->columns = calloc(PIXELS, sizeof *to->columns);
        if (to->columns) continue;
        recall_error_chart_destroy(drawing);
        return NULL;
    }
    return drawing;
}

void recall_error_chart_destroy(recall_error_chart *drawing)
{
    if (!drawing) return;
    for (size_t p = 0; p < PARTS; p++) free(drawing->parts[p].columns);
    free(drawing);
}

static void gather(part *to, double x, double y)
{
    if (!(x >= to->from && x <= to->to) || isnan(y)) return;
    const double at = (x - to->from) / (to->to - to->from) * PIXELS;
    column *c = &to->columns[at < PIXELS ? (size_t)at : PIXELS - 1];
    if (!c->any) {
        for (size_t i = 0; i < 4; i++) {
            c->x[i] = x;
            c->y[i] = y;
        }
        c->any = true;
        return;
    }
    if (y < c->y[1]) {
        c->x[1] = x;
        c->y[1] = y;
    }
    if (y > c->y[2]) {
        c->x[2] = x;
        c->y[2] = y;
    }
    c->x[3] = x;
    c->y[3] = y;
}

void recall_error_chart_push(recall_error_chart *drawing, const double *u, const double *t, size_t n)
{
    const size_t channels = drawing->k->channels;
    for (size_t i = 0; i < n; i++, drawing->seen++) {
        const double x = t ? t[i] : drawing->start + (double)drawing->seen * drawing->dt;
        for (size_t p = 0; p < PARTS; p++) gather(&drawing->parts[p], x, u[i * channels]);
    }
}

/* --- drawing --- */

/* The gathered signal as arrays of at most 4 * PIXELS numbers; returns how many. */
static size_t points_of(const part *from, double *x, double *y)
{
    size_t count = 0;
    for (size_t i = 0; i < PIXELS; i++) {
        const column *c = &from->columns[i];
        if (!c->any) continue;
        const size_t first = c->x[1] <= c->x[2] ? 1 : 2, order[4] = {0, first, 3 - first, 3};
        for (size_t k = 0; k < 4; k++) {
            if (k > 0 && c->x[order[k]] == c->x[order[k - 1]]) continue;
            x[count] = c->x[order[k]];
            y[count++] = c->y[order[k]];
        }
    }
    return count;
}

typedef struct {
    const recall_error_chart *of;
    chart *to;
    loci_memory *whole; /* the collapsed memory; NULL where that is not another one */
    double *x, *y;      /* [RECALLED_WHOLE] */
    double low, high;   /* of the signal in all looks */
} painter;

static loci_status curve(painter *on, const loci_memory *memory, const part *shown, size_t count,
                         const char *name, chart_colour colour, double width, loci_error *error)
{
    const double from = fmax(shown->from, earliest(on->of));
    if (!(from < shown->to)) return LOCI_OK;
    for (size_t i = 0; i < count; i++)
        on->x[i] = i + 1 == count ? shown->to : from + (shown->to - from) * (double)i / (double)(count - 1);
    const loci_status status =
        loci_memory_recall(memory, on->of->k->plan, LOCI_VALUE, 0, on->x, count, on->y, error);
    if (status == LOCI_OK)
        chart_add(
            on->to,
            &(chart_series){
                .name = name, .x = on->x, .y = on->y, .count = count, .colour = colour, .width = width});
    return status;
}

static loci_status panel(painter *on, size_t p, loci_error *error)
{
    const memory_file *k = on->of->k;
    const loci_memory_spec *spec = loci_memory_plan_spec(k->plan);
    const part *shown = &on->of->parts[p];
    char title[WORDS_SIZE + 8] = "The end", whole[WORDS_SIZE], age[WORDS_SIZE];
    if (p > 0 && on->of->end > shown->to)
        snprintf(title, sizeof title, "%s ago", words_duration(age, on->of->end - shown->to));
    snprintf(whole, sizeof whole, "%zu coefficients of the whole", spec->order);
    chart_panel(on->to, &(chart_axes){.title = p ? title : "All of it",
                                      .x_label = k->iso ? "time" : "time (s)",
                                      .y_label = p < 2 ? k->names[0] : NULL,
                                      .time_x = k->iso,
                                      .no_legend = p > 0,
                                      .x_from = shown->from,
                                      .x_to = shown->to,
                                      .y_from = p ? on->low : 0,
                                      .y_to = p ? on->high : 0,
                                      .span = p ? 1 : LOOKS});
    const size_t count = points_of(shown, on->x, on->y);
    chart_add(on->to, &(chart_series){.kind = spec->join == LOCI_LINEAR ? CHART_LINE : CHART_STEPS,
                                      .name = "signal",
                                      .x = on->x,
                                      .y = on->y,
                                      .count = count,
                                      .colour = CHART_GREY,
                                      .width = p ? 2.6 : 0.9});
    const size_t recalled = p ? RECALLED : RECALLED_WHOLE;
    /* The coefficients of the whole are blue, alone as beside a palace. */
    const bool plain = spec->measure == LOCI_MEASURE_LEGS && spec->detail == 0;
    loci_status status = curve(on, k->memory, shown, recalled, plain ? whole : "recall",
                               plain ? CHART_BLUE : CHART_VERMILION, p ? 1.7 : 1, error);
    if (status == LOCI_OK && on->whole)
        status = curve(on, on->whole, shown, recalled, whole, CHART_BLUE, p ? 1.3 : 1.5, error);
    return status;
}

typedef struct {
    double seconds;
    const char *label;
} unit;

static unit unit_of_age(double duration)
{
    if (duration < 3600) return (unit){1, "age (s)"};
    if (duration < 86400) return (unit){60, "age (min)"};
    return duration < 5 * 86400 ? (unit){3600, "age (h)"} : (unit){86400, "age (days)"};
}

/* What the memory itself knows of its error: a bar a stretch, by age; and a word on the newest, which are kept as they
 * were and show no bar. */
static loci_status forgotten(painter *on, const loci_memory_summary *all, const loci_memory_summary *plain,
                             loci_error *error)
{
    enum { MOST = 1 << 14 }; /* 48 levels of at most 256 blocks, and those that lead to them */
    const memory_file *k = on->of->k;
    const loci_memory_info info = loci_memory_inspect(k->memory, k->plan);
    const double duration = on->of->end - on->of->start, sample = duration / (double)info.samples;
    const unit in = unit_of_age(duration);
    if (info.stretches < 2 || info.stretches > MOST || !(all->variance > 0) || !(all->forgotten > 0))
        return LOCI_OK;
    double *young = on->x, *old = on->x + MOST, *share = on->y, exact = 0;
    size_t count = 0;
    for (size_t i = info.stretches; i-- > 0;) {
        loci_memory_stretch_info is;
        double error_square, variance;
        loci_status status = loci_memory_stretch(k->memory, k->plan, i, &is, error);
        if (status == LOCI_OK)
            status = loci_memory_stretch_error(k->memory, k->plan, i, 0, &error_square, &variance, error);
        if (status != LOCI_OK) return status;
        if (is.exact) exact = fmax(exact, on->of->end - is.start);
        if (!(error_square > 0)) continue;
        young[count] = fmax(on->of->end - is.end, sample) / in.seconds;
        old[count] = (on->of->end - is.start) / in.seconds;
        share[count++] = error_square / all->variance;
    }
    const double from = fmax(sample, exact / 8) / in.seconds, text_x = from * 1.04;
    chart_panel(on->to, &(chart_axes){.title = "What the memory says that it has forgotten of each stretch",
                                      .x_label = in.label,
                                      .y_label = "share of the variance",
                                      .log_x = true,
                                      .log_y = true,
                                      .x_from = from,
                                      .x_to = duration / in.seconds,
                                      .span = LOOKS,
                                      .weight = 0.8});
    chart_add(on->to, &(chart_series){.kind = CHART_BARS,
                                      .name = "recall",
                                      .x = young,
                                      .x2 = old,
                                      .y = share,
                                      .count = count,
                                      .colour = CHART_VERMILION});
    if (plain)
        chart_add(on->to, &(chart_series){.kind = CHART_LEVELS,
                                          .name = "coefficients of the whole, on the mean",
                                          .y = &plain->forgotten,
                                          .count = 1,
                                          .colour = CHART_BLUE});
    if (exact > sample) {
        const double at = plain ? plain->forgotten / 3 : all->forgotten;
        char text[2 * WORDS_SIZE], age[WORDS_SIZE];
        snprintf(text, sizeof text, "the newest %s: exact", words_duration(age, exact));
        chart_add(on->to, &(chart_series){.kind = CHART_TEXT,
                                          .name = text,
                                          .x = &text_x,
                                          .y = &at,
                                          .count = 1,
                                          .colour = CHART_VERMILION});
    }
    return LOCI_OK;
}

static loci_status paint(painter *on, loci_error *error)
{
    const memory_file *k = on->of->k;
    loci_memory_summary all = {0}, plain = {0};
    loci_status status = loci_memory_summarize(k->memory, k->plan, 0, &all, error);
    if (status == LOCI_OK && on->whole) status = loci_memory_collapse(on->whole, k->memory, k->plan, error);
    if (status == LOCI_OK && on->whole) status = loci_memory_summarize(on->whole, k->plan, 0, &plain, error);
    on->low = INFINITY;
    on->high = -INFINITY;
    for (size_t p = 1; p < PARTS; p++)
        for (size_t i = 0; i < PIXELS; i++) {
            const column *c = &on->of->parts[p].columns[i];
            if (!c->any) continue;
            on->low = fmin(on->low, c->y[1]);
            on->high = fmax(on->high, c->y[2]);
        }
    const double room = 0.06 * (on->high - on->low);
    on->low -= room;
    on->high += room;
    if (!(on->low < on->high)) on->low = on->high = 0;
    for (size_t p = 0; p < (on->of->looks ? PARTS : 1) && status == LOCI_OK; p++)
        status = panel(on, p, error);
    if (status == LOCI_OK) status = forgotten(on, &all, on->whole ? &plain : NULL, error);
    return status;
}

/* Title and subtitle: how much became how little, and what that cost. */
static chart *begin(const recall_error_chart *drawing, const char *signal, bool palace)
{
    const memory_file *k = drawing->k;
    const loci_memory_spec *spec = loci_memory_plan_spec(k->plan);
    const loci_memory_info info = loci_memory_inspect(k->memory, k->plan);
    char title[256], subtitle[512], samples[WORDS_SIZE], numbers[WORDS_SIZE];
    snprintf(title, sizeof title, "%s%s samples recalled from %s numbers",
             palace ? "New things sharp, old things blurred: " : "", words_count(samples, info.samples),
             words_count(numbers, info.numbers));
    size_t used = (size_t)snprintf(subtitle, sizeof subtitle, "%.60s: %s, order %zu", signal,
                                   loci_measure_name(spec->measure), spec->order);
    if (spec->measure == LOCI_MEASURE_LEGS)
        snprintf(subtitle + used, sizeof subtitle - used,
                 ", detail %zu; %zu coefficients resolve about %zu cycles of a stretch", spec->detail,
                 spec->order, (spec->order + 1) / 3);
    return chart_create(
        &(chart_layout){.title = title, .subtitle = subtitle, .columns = LOOKS, .width = 1000});
}

int recall_error_chart_write(const recall_error_chart *drawing, const char *signal, const char *path)
{
    const memory_file *k = drawing->k;
    const loci_memory_spec *spec = loci_memory_plan_spec(k->plan);
    const bool palace =
        spec->measure == LOCI_MEASURE_LEGS && loci_memory_inspect(k->memory, k->plan).stretches > 1;
    painter on = {.of = drawing,
                  .to = begin(drawing, signal, palace),
                  .whole = palace ? memory_file_room(k) : NULL,
                  .x = malloc(RECALLED_WHOLE * sizeof *on.x),
                  .y = malloc(RECALLED_WHOLE * sizeof *on.y)};
    loci_error error = {LOCI_E_MEMORY, "out of memory"};
    loci_status status = LOCI_E_MEMORY;
    if (on.to && on.x && on.y && (on.whole || !palace)) status = paint(&on, &error);
    if (status == LOCI_OK) status = chart_write(on.to, path, &error);
    chart_destroy(on.to);
    free(on.whole);
    free(on.x);
    free(on.y);
    return status == LOCI_OK ? STATUS_DONE : message_error(NULL, &error);
}
