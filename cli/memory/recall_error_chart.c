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
    const memory_file *k, *beside;
    double start, end, dt;
    uint64_t samples, seen;
    bool looks;        /* the history is long enough for them */
    part parts[PARTS]; /* the whole, then the looks */
};

static double earliest(const recall_error_chart *drawing, const memory_file *k)
{
    if (k->archive) return fmax(drawing->start, loci_archive_inspect(k->archive).start);
    const loci_memory_spec *spec = loci_memory_plan_spec(k->plan);
    const bool window = spec->measure == LOCI_MEASURE_LEGT || spec->measure == LOCI_MEASURE_FOUT;
    return window ? fmax(drawing->start, drawing->end - spec->window) : drawing->start;
}

static void history_take(recall_error_chart *drawing, const memory_file *k)
{
    if (k->archive) {
        const loci_archive_info info = loci_archive_inspect(k->archive);
        drawing->start = info.start;
        drawing->end = info.end;
        drawing->dt = info.dt;
        drawing->samples = info.samples;
        return;
    }
    const loci_memory_info info = loci_memory_inspect(k->memory, k->plan);
    drawing->start = info.start;
    drawing->end = info.end;
    drawing->dt = loci_memory_plan_spec(k->plan)->dt;
    drawing->samples = info.samples;
}

recall_error_chart *recall_error_chart_create(const memory_file *k, const memory_file *beside)
{
    recall_error_chart *drawing = calloc(1, sizeof *drawing);
    if (!drawing) return NULL;
    history_take(drawing, k);
    const double duration = drawing->end - drawing->start;
    drawing->k = k;
    drawing->beside = beside;
    const double sample = duration / (double)(drawing->samples ? drawing->samples : 1);
    const double length = fmin(duration, fmax(duration / LOOK_SHARE, SAMPLES_LEAST * sample));
    drawing->looks = length * LOOKS <= duration;
    for (size_t p = 0; p < PARTS; p++) {
        part *to = &drawing->parts[p];
        to->to = p == 0 ? drawing->end : fmax(drawing->end - ages[p - 1] * duration, drawing->start + length);
        to->from = p == 0 ? drawing->start : to->to - length;
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

/* "2,016 numbers", "15.3 KB". */
static const char *size_of(char text[WORDS_SIZE], const memory_file *k)
{
    if (k->archive) return words_bytes(text, (double)loci_archive_inspect(k->archive).bytes);
    return words_plural(text, loci_memory_inspect(k->memory, k->plan).numbers, "number");
}

/* How a memory or an archive is drawn. */
typedef struct {
    char name[WORDS_SIZE + 16];
    chart_colour colour;
} look;

static look look_of(const recall_error_chart *of, const memory_file *k)
{
    look is = {.name = "recall", .colour = k->archive ? CHART_GREEN : CHART_VERMILION};
    char size[WORDS_SIZE];
    if (of->beside) {
        snprintf(is.name, sizeof is.name, "%s%s", k->archive ? "archive: " : "", size_of(size, k));
        return is;
    }
    /* The coefficients of the whole are blue, alone as beside a palace. */
    if (k->archive || loci_memory_plan_spec(k->plan)->measure != LOCI_MEASURE_LEGS ||
        loci_memory_plan_spec(k->plan)->detail > 0)
        return is;
    snprintf(is.name, sizeof is.name, "%zu coefficients of the whole", loci_memory_plan_spec(k->plan)->order);
    is.colour = CHART_BLUE;
    return is;
}

/* memory: k's, or its collapse; NULL of an archive. */
static loci_status curve(painter *on, const memory_file *k, const loci_memory *memory, const part *shown,
                         size_t count, const char *name, chart_colour colour, double width, loci_error *error)
{
    const double from = fmax(shown->from, earliest(on->of, k));
    if (!(from < shown->to)) return LOCI_OK;
    for (size_t i = 0; i < count; i++)
        on->x[i] = i + 1 == count ? shown->to : from + (shown->to - from) * (double)i / (double)(count - 1);
    const loci_status status =
        memory ? loci_memory_recall(memory, k->plan, LOCI_VALUE, 0, on->x, count, on->y, error)
               : loci_archive_zoom(k->archive, 0, on->x[0], on->x[count - 1], count, on->y, error);
    if (status == LOCI_OK)
        chart_add(
            on->to,
            &(chart_series){
                .name = name, .x = on->x, .y = on->y, .count = count, .colour = colour, .width = width});
    return status;
}

static loci_status panel(painter *on, size_t p, loci_error *error)
{
    const memory_file *k = on->of->k, *beside = on->of->beside;
    const part *shown = &on->of->parts[p];
    char title[WORDS_SIZE + 8] = "The end", whole[WORDS_SIZE], age[WORDS_SIZE];
    const bool linear = k->memory && loci_memory_plan_spec(k->plan)->join == LOCI_LINEAR;
    if (p > 0 && on->of->end > shown->to)
        snprintf(title, sizeof title, "%s ago", words_duration(age, on->of->end - shown->to));
    snprintf(whole, sizeof whole, "%zu coefficients of the whole",
             k->memory ? loci_memory_plan_spec(k->plan)->order : 0);
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
    chart_add(on->to, &(chart_series){.kind = linear ? CHART_LINE : CHART_STEPS,
                                      .name = "signal",
                                      .x = on->x,
                                      .y = on->y,
                                      .count = count,
                                      .colour = CHART_GREY,
                                      .width = p ? 2.6 : 0.9});
    const size_t recalled = p ? RECALLED : RECALLED_WHOLE;
    loci_status status = LOCI_OK;
    if (beside) {
        const look is = look_of(on->of, beside);
        status = curve(on, beside, beside->memory, shown, recalled, is.name, is.colour, p ? 1.9 : 1, error);
    }
    const look is = look_of(on->of, k);
    if (status == LOCI_OK)
        status = curve(on, k, k->memory, shown, recalled, is.name, is.colour,
                       !p       ? 1
                       : beside ? 1.3
                                : 1.7,
                       error);
    if (status == LOCI_OK && on->whole)
        status = curve(on, k, on->whole, shown, recalled, whole, CHART_BLUE, p ? 1.3 : 1.5, error);
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

enum { BARS_MOST = 1 << 14 }; /* 48 levels of at most 256 blocks, and those that lead to them */

/* Bars, a stretch each, by age; *exact: the oldest age that is kept as it was. */
typedef struct {
    double *young, *old, *share;
    size_t count;
    double variance, seconds, exact;
} bars;

static void bar_add(bars *to, const recall_error_chart *of, double start, double end, double mean_square)
{
    const double sample = (of->end - of->start) / (double)of->samples;
    if (!(mean_square > 0) || !(to->variance > 0) || to->count == BARS_MOST) return;
    to->young[to->count] = fmax(of->end - end, sample) / to->seconds;
    to->old[to->count] = (of->end - start) / to->seconds;
    to->share[to->count++] = mean_square / to->variance;
}

static loci_status bars_fill(bars *to, const recall_error_chart *of, const memory_file *k, loci_error *error)
{
    loci_status status = LOCI_OK;
    const size_t pages = k->archive ? loci_archive_inspect(k->archive).pages : 0,
                 stretches = k->archive ? 0 : loci_memory_inspect(k->memory, k->plan).stretches;
    if (pages > BARS_MOST || stretches > BARS_MOST) return LOCI_OK;
    for (size_t i = pages; i-- > 0 && status == LOCI_OK;) {
        loci_archive_page_info page;
        status = loci_archive_page(k->archive, i, 0, &page, error);
        if (status == LOCI_OK) bar_add(to, of, page.start, page.end, page.known.mean_square);
    }
    for (size_t i = stretches; i-- > 0 && status == LOCI_OK;) {
        loci_memory_stretch_info is;
        double error_square, variance;
        status = loci_memory_stretch(k->memory, k->plan, i, &is, error);
        if (status == LOCI_OK)
            status = loci_memory_stretch_error(k->memory, k->plan, i, 0, &error_square, &variance, error);
        if (status != LOCI_OK) break;
        if (is.exact) to->exact = fmax(to->exact, of->end - is.start);
        bar_add(to, of, is.start, is.end, error_square);
    }
    return status;
}

static loci_status bars_draw(painter *on, bars *to, const memory_file *k, loci_error *error)
{
    look is = look_of(on->of, k);
    if (!on->of->beside) snprintf(is.name, sizeof is.name, "recall");
    if (!k->archive) is.colour = CHART_VERMILION;
    to->count = 0;
    const loci_status status = bars_fill(to, on->of, k, error);
    if (status == LOCI_OK)
        chart_add(on->to, &(chart_series){.kind = CHART_BARS,
                                          .name = is.name,
                                          .x = to->young,
                                          .x2 = to->old,
                                          .y = to->share,
                                          .count = to->count,
                                          .colour = is.colour});
    return status;
}

/* What is known of the error without the signal: a bar a stretch, by age; and a word on the newest, which are kept as they
 * were and show no bar. */
static loci_status forgotten(painter *on, double variance, const loci_memory_summary *plain,
                             loci_error *error)
{
    const memory_file *k = on->of->k, *beside = on->of->beside;
    const double duration = on->of->end - on->of->start, sample = duration / (double)on->of->samples;
    const unit in = unit_of_age(duration);
    bars all = {.young = on->x,
                .old = on->x + BARS_MOST,
                .share = on->y,
                .variance = variance,
                .seconds = in.seconds};
    loci_status status = bars_fill(&all, on->of, k, error);
    const size_t alone = k->memory ? 2 : 1;
    if (status != LOCI_OK || all.count == 0 || all.count + (all.exact > 0 ? 1 : 0) < alone) return status;
    const double from = fmax(sample, all.exact / 8) / in.seconds, text_x = from * 1.04;
    chart_panel(on->to,
                &(chart_axes){.title = beside ? "What each says that it has forgotten"
                                       : k->memory
                                           ? "What the memory says that it has forgotten of each stretch"
                                           : "What the archive says that it has forgotten of each page",
                              .x_label = in.label,
                              .y_label = "share of the variance",
                              .log_x = true,
                              .log_y = true,
                              .x_from = from,
                              .x_to = duration / in.seconds,
                              .span = LOOKS,
                              .weight = 0.8});
    status = bars_draw(on, &all, k, error);
    const double last = all.count > 0 ? all.share[all.count - 1] : variance;
    if (status == LOCI_OK && beside)
        status = bars_draw(on, &all, beside, error); /* in front: mostly the lower ones */
    if (plain)
        chart_add(on->to, &(chart_series){.kind = CHART_LEVELS,
                                          .name = "coefficients of the whole, on the mean",
                                          .y = &plain->forgotten,
                                          .count = 1,
                                          .colour = CHART_BLUE});
    if (all.exact > sample) {
        const double at = plain ? plain->forgotten / 3 : last;
        char text[2 * WORDS_SIZE], age[WORDS_SIZE];
        snprintf(text, sizeof text, "the newest %s: exact", words_duration(age, all.exact));
        chart_add(on->to, &(chart_series){.kind = CHART_TEXT,
                                          .name = text,
                                          .x = &text_x,
                                          .y = &at,
                                          .count = 1,
                                          .colour = CHART_VERMILION});
    }
    return status;
}

static loci_status paint(painter *on, double variance, loci_error *error)
{
    const memory_file *k = on->of->k;
    loci_memory_summary all = {.variance = variance}, plain = {0};
    loci_status status = k->memory ? loci_memory_summarize(k->memory, k->plan, 0, &all, error) : LOCI_OK;
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
    if (status == LOCI_OK) status = forgotten(on, all.variance, on->whole ? &plain : NULL, error);
    return status;
}

/* Title and subtitle: how much became how little, and what that cost. */
static chart *begin(const recall_error_chart *drawing, const char *signal, bool palace)
{
    const memory_file *k = drawing->k, *beside = drawing->beside;
    char title[256], subtitle[512], samples[WORDS_SIZE], size[WORDS_SIZE], other[WORDS_SIZE + 8] = "";
    if (beside) {
        memcpy(other, " or ", 5);
        size_of(other + 4, beside);
    }
    snprintf(title, sizeof title, "%s%s samples recalled from %s%s",
             palace ? "New things sharp, old things blurred: " : "", words_count(samples, drawing->samples),
             size_of(size, k), other);
    size_t used = (size_t)snprintf(subtitle, sizeof subtitle, "%.60s: ", signal);
    if (k->memory) {
        const loci_memory_spec *spec = loci_memory_plan_spec(k->plan);
        used += (size_t)snprintf(subtitle + used, sizeof subtitle - used, "%s, order %zu",
                                 loci_measure_name(spec->measure), spec->order);
        if (spec->measure == LOCI_MEASURE_LEGS)
            used += (size_t)snprintf(subtitle + used, sizeof subtitle - used,
                                     ", detail %zu; %zu coefficients resolve about %zu cycles of a stretch",
                                     spec->detail, spec->order, (spec->order + 1) / 3);
    }
    const memory_file *archive = k->archive ? k : beside && beside->archive ? beside : NULL;
    if (archive)
        snprintf(subtitle + used, sizeof subtitle - used, "%san archive of %s", k->memory ? "; " : "",
                 words_bytes(size, (double)loci_archive_inspect(archive->archive).bytes));
    return chart_create(
        &(chart_layout){.title = title, .subtitle = subtitle, .columns = LOOKS, .width = 1000});
}

int recall_error_chart_write(const recall_error_chart *drawing, const char *signal, double variance,
                             const char *path)
{
    const memory_file *k = drawing->k;
    const bool palace = k->memory && loci_memory_plan_spec(k->plan)->measure == LOCI_MEASURE_LEGS &&
                        loci_memory_inspect(k->memory, k->plan).stretches > 1,
               whole = palace && !drawing->beside;
    painter on = {.of = drawing,
                  .to = begin(drawing, signal, palace),
                  .whole = whole ? memory_file_room(k) : NULL,
                  .x = malloc(RECALLED_WHOLE * sizeof *on.x),
                  .y = malloc(RECALLED_WHOLE * sizeof *on.y)};
    loci_error error = {LOCI_E_MEMORY, "out of memory"};
    loci_status status = LOCI_E_MEMORY;
    if (on.to && on.x && on.y && (on.whole || !whole)) status = paint(&on, variance, &error);
    if (status == LOCI_OK) status = chart_write(on.to, path, &error);
    chart_destroy(on.to);
    free(on.whole);
    free(on.x);
    free(on.y);
    return status == LOCI_OK ? STATUS_DONE : message_error(NULL, &error);
}
