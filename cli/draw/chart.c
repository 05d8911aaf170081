/* SPDX-License-Identifier: MIT
 * chart.c - a chart as it is put together: texts made harmless, data copied and thinned. */
#include "draw/chart_model.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { TITLE_MOST = 160, NAME_MOST = 60 }; /* letters */

loci_status chart_fail(loci_error *error, loci_status status, const char *format, ...)
{
    if (error) {
        va_list arguments;
        va_start(arguments, format);
        error->status = status;
        vsnprintf(error->text, sizeof error->text, format, arguments);
        va_end(arguments);
    }
    return status;
}

/* --- texts --- */

/* Bytes of the UTF-8 letter at c, 0 where there is none that is valid. */
static size_t letter_size(const unsigned char *c)
{
    if (c[0] < 0x80) return 1;
    const size_t size = c[0] >= 0xf0 ? 4 : c[0] >= 0xe0 ? 3 : 2;
    if (c[0] < 0xc2 || c[0] > 0xf4) return 0;
    for (size_t i = 1; i < size; i++)
        if ((c[i] & 0xc0) != 0x80) return 0;
    if (size == 3 && ((c[0] == 0xe0 && c[1] < 0xa0) || (c[0] == 0xed && c[1] > 0x9f))) return 0;
    if (size == 4 && ((c[0] == 0xf0 && c[1] < 0x90) || (c[0] == 0xf4 && c[1] > 0x8f))) return 0;
    return size;
}

size_t chart_text_length(const char *text)
{
    size_t length = 0;
    for (; *text; text++) length += ((unsigned char)*text & 0xc0) != 0x80;
    return length;
}

/* A copy of at most `most` letters without control characters; what is no UTF-8 becomes U+FFFD. */
static char *copy_text(chart *drawing, const char *text, size_t most)
{
    if (!text || !*text) return NULL;
    char *copy = malloc(3 * strlen(text) + 4);
    if (!copy) {
        drawing->status = LOCI_E_MEMORY;
        return NULL;
    }
    char *out = copy;
    size_t letters = 0;
    for (const unsigned char *c = (const unsigned char *)text; *c; letters++) {
        if (letters == most) {
            out = stpcpy(out, "…");
            break;
        }
        const size_t size = letter_size(c);
        if (size == 0) {
            out = stpcpy(out, "\xef\xbf\xbd");
            c++;
        } else if (*c < 0x20 || *c == 0x7f || (*c == 0xc2 && c[1] < 0xa0)) {
            *out++ = ' ';
            c += size;
        } else {
            memcpy(out, c, size);
            out += size;
            c += size;
        }
    }
    *out = 0;
    return copy;
}

/* --- thinning --- */

/* Points that are kept, as a growing list. */
typedef struct {
    double *x, *y, *y2;
    size_t count, room;
    bool failed;
} points;

static void points_free(points *list)
{
    free(list->x);
    free(list->y);
    free(list->y2);
    *list = (points){.failed = list->failed};
}

static void points_keep(points *list, double x, double y, double y2)
{
    if (list->failed) return;
    if (list->count == list->room) {
        const size_t room = list->room ? 2 * list->room : 1024;
        double **const arrays[3] = {&list->x, &list->y, &list->y2};
        for (size_t a = 0; a < 3; a++) {
            double *larger = realloc(*arrays[a], room * sizeof *larger);
            if (!larger) {
                list->failed = true;
                return;
            }
            *arrays[a] = larger;
        }
        list->room = room;
    }
    list->x[list->count] = x;
    list->y[list->count] = y;
    list->y2[list->count++] = y2;
}

/* How x falls into the pixel columns of the axis. */
typedef struct {
    double from, scale;
    bool logarithmic;
} columns;

static columns columns_find(const chart_axes *axes, const chart_series *series)
{
    double low = INFINITY, high = -INFINITY;
    if (axes->x_from != axes->x_to) {
        low = fmin(axes->x_from, axes->x_to);
        high = fmax(axes->x_from, axes->x_to);
    } else {
        for (size_t i = 0; i < series->count; i++) {
            const double x = series->x ? series->x[i] : (double)i;
            if (axes->log_x && !(x > 0)) continue;
            low = fmin(low, x);
            high = fmax(high, x);
        }
    }
    if (axes->log_x) {
        low = log(low);
        high = log(high);
    }
    const double scale = CHART_PIXELS / (high - low);
    return (columns){.from = low, .scale = isfinite(scale) ? scale : 0, .logarithmic = axes->log_x};
}

/* What lies left or right of the range shares one column each; a hole has its own, so that it keeps breaking
 * the line. */
static int column_of(const columns *to, double x, double y)
{
    const double at = ((to->logarithmic ? log(x) : x) - to->from) * to->scale;
    if (isnan(at) || isnan(y)) return -2;
    return at < 0 ? -1 : at > CHART_PIXELS ? CHART_PIXELS + 1 : (int)at;
}

static double x_of(const chart_series *series, size_t i)
{
    return series->x ? series->x[i] : (double)i;
}

/* Of every run of points within one column: the first, the lowest, the highest and the last; of bands the outline. */
static void thin_line(points *kept, const columns *to, const chart_series *series)
{
    const double *y = series->y, *y2 = series->y2;
    for (size_t i = 0, end; i < series->count; i = end) {
        const int column = column_of(to, x_of(series, i), y[i]);
        size_t low = i, high = i;
        double bottom = INFINITY, top = -INFINITY;
        for (end = i; end < series->count && column_of(to, x_of(series, end), y[end]) == column; end++) {
            if (y[end] < y[low]) low = end;
            if (y[end] > y[high]) high = end;
            if (!y2) continue;
            bottom = fmin(bottom, fmin(y[end], y2[end]));
            top = fmax(top, fmax(y[end], y2[end]));
        }
        if (series->kind == CHART_BAND) {
            points_keep(kept, x_of(series, i), bottom, top);
            if (end - i > 1) points_keep(kept, x_of(series, end - 1), bottom, top);
            continue;
        }
        const size_t order[4] = {i, low < high ? low : high, low < high ? high : low, end - 1};
        for (size_t k = 0; k < 4; k++)
            if (k == 0 || order[k] != order[k - 1]) points_keep(kept, x_of(series, order[k]), y[order[k]], 0);
    }
}

/* Of the dots in one small square of the drawing, no larger than a dot, the first. */
static void thin_dots(points *kept, const columns *to, const chart_series *series, bool log_y)
{
    enum { SIDE = 4, HIGH = CHART_PIXELS / 2 / SIDE, WIDE = CHART_PIXELS / SIDE + 4 };
    unsigned char *taken = calloc((size_t)WIDE * (HIGH + 1), 1);
    if (!taken) {
        kept->failed = true;
        return;
    }
    double low = INFINITY, high = -INFINITY;
    for (size_t i = 0; i < series->count; i++) {
        const double y = log_y ? log(series->y[i]) : series->y[i];
        if (!isfinite(y)) continue;
        low = fmin(low, y);
        high = fmax(high, y);
    }
    for (size_t i = 0; i < series->count; i++) {
        const double y = log_y ? log(series->y[i]) : series->y[i], part = (y - low) / (high - low);
        const size_t row = part > 0 && part <= 1 ? (size_t)(part * HIGH) : 0;
        const size_t column = (size_t)(column_of(to, x_of(series, i), y) + 2) / SIDE;
        if (taken[row * WIDE + column]) continue;
        taken[row * WIDE + column] = 1;
        points_keep(kept, x_of(series, i), series->y[i], 0);
    }
    free(taken);
}

/* --- data --- */

static double drawable(double value)
{
    return fabs(value) < 1e300 ? value : NAN;
}

static bool copy_array(const double **copy, const double *from, size_t count)
{
    *copy = NULL;
    if (!from) return true;
    double *to = malloc((count + 1) * sizeof *to);
    for (size_t i = 0; to && i < count; i++) to[i] = drawable(from[i]);
    *copy = to;
    return to != NULL;
}

static void release(chart_series *series)
{
    free((void *)series->name);
    free((void *)series->x);
    free((void *)series->x2);
    free((void *)series->y);
    free((void *)series->y2);
}

/* The arrays of copy become its own: thinned where they are long and thinning can do no harm. */
static bool copy_data(chart_series *copy, const chart_series *series, const chart_axes *axes)
{
    const bool lines =
        series->kind == CHART_LINE || series->kind == CHART_STEPS || series->kind == CHART_BAND;
    const bool dots = series->kind == CHART_POINTS, matrix = series->kind == CHART_MATRIX;
    if ((lines || dots) && (series->count > 4 * CHART_PIXELS || !series->x)) {
        const columns to = columns_find(axes, series);
        points kept = {0};
        if (dots) thin_dots(&kept, &to, series, axes->log_y);
        if (lines) thin_line(&kept, &to, series);
        const bool good = !kept.failed && copy_array(&copy->x, kept.x, kept.count) &&
                          copy_array(&copy->y, kept.y, kept.count) &&
                          copy_array(&copy->y2, series->y2 ? kept.y2 : NULL, kept.count);
        copy->count = kept.count;
        points_free(&kept);
        return good;
    }
    const size_t edges = matrix ? 2 : series->count;
    return copy_array(&copy->x, series->x, edges) && copy_array(&copy->x2, series->x2, edges) &&
           copy_array(&copy->y, series->y, series->count) && copy_array(&copy->y2, series->y2, series->count);
}

/* Which arrays a kind cannot do without. */
static bool complete(const chart_series *series)
{
    if (series->count == 0) return true;
    switch (series->kind) {
    case CHART_LINE:
    case CHART_STEPS:
    case CHART_POINTS:
    case CHART_LEVELS:
        return series->y != NULL;
    case CHART_BAND:
        return series->y && series->y2;
    case CHART_BARS:
        return series->x && series->x2 && series->y;
    case CHART_MARKS:
        return series->x != NULL;
    case CHART_TEXT:
        return series->x && series->y && series->name;
    case CHART_MATRIX:
        return series->y && series->rows > 0 && series->count % series->rows == 0;
    }
    return false;
}

/* --- colours --- */

/* Okabe and Ito's palette, told apart by colour-blind eyes; the grey is for data as they came. */
static const uint32_t palette[CHART_SHADE] = {
    [CHART_GREY] = 0x9a9a9a,      [CHART_BLACK] = 0x222222, [CHART_BLUE] = 0x0072b2,
    [CHART_VERMILION] = 0xd55e00, [CHART_GREEN] = 0x009e73, [CHART_PURPLE] = 0xb5588f,
    [CHART_ORANGE] = 0xe69f00,    [CHART_SKY] = 0x56b4e9};

/* Between colours at equal distances. */
static uint32_t blend(const uint32_t *stops, size_t count, double part)
{
    if (!(part > 0)) part = 0;
    if (part > 1) part = 1;
    const double at = part * (double)(count - 1);
    const size_t k = at >= (double)(count - 1) ? count - 2 : (size_t)at;
    const double right = at - (double)k;
    uint32_t rgb = 0;
    for (unsigned shift = 0; shift < 24; shift += 8) {
        const double a = stops[k] >> shift & 255, b = stops[k + 1] >> shift & 255;
        rgb |= (uint32_t)(a + (b - a) * right + 0.5) << shift;
    }
    return rgb;
}

uint32_t chart_matrix_rgb(double part, bool negative)
{
    static const uint32_t both[] = {0x053061, 0x2166ac, 0x67a9cf, 0xd1e5f0, 0xffffff,
                                    0xfddbc7, 0xef8a62, 0xb2182b, 0x67001f};
    static const uint32_t one[] = {0xffffff, 0xc6dbef, 0x6baed6, 0x2171b5, 0x08306b};
    return negative ? blend(both, 9, (part + 1) / 2) : blend(one, 5, part);
}

double chart_matrix_limit(const chart_series *matrix, bool *negative)
{
    double largest = 0;
    *negative = false;
    for (size_t i = 0; i < matrix->count; i++) {
        if (matrix->y[i] < 0) *negative = true;
        largest = fmax(largest, fabs(matrix->y[i]));
    }
    return matrix->limit > 0 ? matrix->limit : largest > 0 ? largest : 1;
}

static uint32_t colour_of(const chart_frame *frame, const chart_series *series)
{
    static const uint32_t ramp[] = {0x2b1f5c, 0x31588f, 0x1f8a8c, 0x3fb46e, 0xc2c22d};
    if (series->colour == CHART_SHADE) return blend(ramp, 5, series->shade);
    if (series->colour != CHART_NEXT) return palette[series->colour];
    size_t used = 0;
    for (size_t i = 0; i < frame->count; i++) used += frame->traces[i].is.colour == CHART_NEXT;
    return palette[CHART_BLUE + used % (CHART_SHADE - CHART_BLUE)];
}

/* --- putting a chart together --- */

chart *chart_create(const chart_layout *layout)
{
    chart *drawing = calloc(1, sizeof *drawing);
    if (!drawing) return NULL;
    drawing->layout = *layout;
    drawing->layout.title = copy_text(drawing, layout->title, TITLE_MOST);
    drawing->layout.subtitle = copy_text(drawing, layout->subtitle, TITLE_MOST);
    drawing->columns = layout->columns ? layout->columns : 1;
    return drawing;
}

void chart_destroy(chart *drawing)
{
    if (!drawing) return;
    for (size_t f = 0; f < drawing->count; f++) {
        chart_frame *frame = &drawing->frames[f];
        for (size_t i = 0; i < frame->count; i++) release(&frame->traces[i].is);
        free(frame->traces);
        free((void *)frame->axes.title);
        free((void *)frame->axes.x_label);
        free((void *)frame->axes.y_label);
    }
    free(drawing->frames);
    free((void *)drawing->layout.title);
    free((void *)drawing->layout.subtitle);
    free(drawing);
}

/* Room for one more; the array as before where there is no memory. */
static bool grow(void **array, size_t *room, size_t count, size_t size)
{
    if (count < *room) return true;
    const size_t wanted = *room ? 2 * *room : 8;
    void *larger = realloc(*array, wanted * size);
    if (!larger) return false;
    *array = larger;
    *room = wanted;
    return true;
}

void chart_panel(chart *drawing, const chart_axes *axes)
{
    if (!drawing || drawing->status != LOCI_OK) return;
    if (!grow((void **)&drawing->frames, &drawing->room, drawing->count, sizeof *drawing->frames)) {
        drawing->status = LOCI_E_MEMORY;
        return;
    }
    chart_frame *frame = &drawing->frames[drawing->count];
    *frame = (chart_frame){.axes = *axes};
    frame->axes.title = copy_text(drawing, axes->title, TITLE_MOST);
    frame->axes.x_label = copy_text(drawing, axes->x_label, NAME_MOST);
    frame->axes.y_label = copy_text(drawing, axes->y_label, NAME_MOST);
    if (frame->axes.span == 0) frame->axes.span = 1;
    if (frame->axes.span > drawing->columns) frame->axes.span = drawing->columns;
    if (!(frame->axes.weight > 0)) frame->axes.weight = 1;
    if (drawing->count > 0) {
        const chart_frame *before = frame - 1;
        frame->row = before->row;
        frame->column = before->column + before->axes.span;
        if (frame->column + frame->axes.span > drawing->columns) {
            frame->row++;
            frame->column = 0;
        }
    }
    drawing->rows = frame->row + 1;
    drawing->count++;
}

void chart_add(chart *drawing, const chart_series *series)
{
    if (!drawing || drawing->status != LOCI_OK) return;
    if (drawing->count == 0 || !complete(series)) {
        drawing->status = LOCI_E_ARGUMENT;
        return;
    }
    chart_frame *frame = &drawing->frames[drawing->count - 1];
    if (!grow((void **)&frame->traces, &frame->room, frame->count, sizeof *frame->traces)) {
        drawing->status = LOCI_E_MEMORY;
        return;
    }
    chart_trace *trace = &frame->traces[frame->count];
    *trace = (chart_trace){.is = *series, .rgb = colour_of(frame, series)};
    trace->is.x = trace->is.x2 = trace->is.y = trace->is.y2 = NULL;
    trace->is.name = copy_text(drawing, series->name, NAME_MOST);
    if (!(trace->is.width > 0)) trace->is.width = 1.6;
    if (!copy_data(&trace->is, series, &frame->axes)) drawing->status = LOCI_E_MEMORY;
    frame->count++;
}

/* --- drawing it --- */

static bool ends_in(const char *path, const char *ending)
{
    const size_t length = strlen(path), tail = strlen(ending);
    return length > tail && strcasecmp(path + length - tail, ending) == 0;
}

static loci_status unknown_ending(const char *path, loci_error *error)
{
    return chart_fail(error, LOCI_E_ARGUMENT,
                      "%.150s: no chart can be written there; FILE.svg, FILE.png or - was expected", path);
}

loci_status chart_check(const char *path, loci_error *error)
{
    if (strcmp(path, "-") == 0) return LOCI_OK;
    if (!ends_in(path, ".svg") && !ends_in(path, ".png")) return unknown_ending(path, error);
    return chart_gnuplot_check(error);
}

loci_status chart_write(const chart *drawing, const char *path, loci_error *error)
{
    if (!drawing || drawing->status == LOCI_E_MEMORY)
        return chart_fail(error, LOCI_E_MEMORY, "out of memory");
    if (drawing->status != LOCI_OK || drawing->count == 0)
        return chart_fail(error, LOCI_E_ARGUMENT, "the chart lacks a panel, or a series lacks its data");
    if (strcmp(path, "-") == 0) return chart_terminal_write(drawing, error);
    if (ends_in(path, ".svg")) return chart_gnuplot_write(drawing, path, false, error);
    if (ends_in(path, ".png")) return chart_gnuplot_write(drawing, path, true, error);
    return unknown_ending(path, error);
}
