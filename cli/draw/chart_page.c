/* SPDX-License-Identifier: MIT
 * chart_page.c - the layout of a chart: widths of words, lines of the legend, and the frames of a grid. */
#include "draw/chart_page.h"

#include <math.h>

/* --- words --- */

/* Advance widths of DejaVu Sans in hundredths of its size, from space to tilde. */
static const unsigned char advance[95] = {
    32, 40, 46, 84, 64, 95, 78, 27, 39,  39, 50, 84, 32, 36, 32, 34, 64, 64, 64, 64, 64, 64, 64, 64,
    64, 64, 34, 34, 84, 84, 84, 53, 100, 68, 69, 70, 77, 63, 58, 77, 75, 29, 29, 66, 56, 86, 75, 79,
    60, 79, 69, 63, 61, 73, 68, 99, 69,  61, 69, 39, 34, 39, 84, 50, 50, 61, 63, 55, 63, 62, 35, 63,
    63, 28, 28, 58, 28, 97, 63, 61, 63,  63, 41, 52, 39, 63, 59, 82, 59, 59, 52, 64, 34, 64, 84};

/* The width of a text in DejaVu Sans of this size. */
static double text_width(const char *text, double size)
{
    double width = 0;
    for (const unsigned char *c = (const unsigned char *)text; *c; c++) {
        if (*c < 0x80)
            width += advance[*c - 32];
        else if ((*c & 0xc0) != 0x80) /* superscripts are narrow, ideograms wide */
            width += *c == 0xe2 && (c[1] == 0x81 || c[1] == 0x82) ? 40
                     : *c == 0xc2                                 ? 42
                     : *c >= 0xe3                                 ? 100
                                                                  : 64;
    }
    return width * size / 100;
}

/* --- layout --- */

bool chart_legend_has(const chart_frame *frame, const chart_series *series)
{
    return !frame->axes.no_legend && series->name && series->kind != CHART_TEXT &&
           series->kind != CHART_MATRIX;
}

double chart_legend_advance(const chart_series *series)
{
    return PAGE_SAMPLE + 6 + text_width(series->name, PAGE_LABEL) + 16;
}

chart_cursor chart_legend_begin(const chart_frame *frame)
{
    return (chart_cursor){.x = frame->axes.y_label ? text_width(frame->axes.y_label, PAGE_LABEL) + 24 : 0};
}

chart_cursor chart_legend_fit(chart_cursor at, const chart_series *series, double width)
{
    if (at.x > 0 && at.x + chart_legend_advance(series) - 16 > width)
        at = (chart_cursor){.line = at.line + 1};
    return at;
}

static size_t legend_lines(const chart_frame *frame, double width)
{
    chart_cursor at = chart_legend_begin(frame);
    bool any = frame->axes.y_label != NULL;
    for (size_t i = 0; i < frame->count; i++) {
        const chart_series *s = &frame->traces[i].is;
        if (!chart_legend_has(frame, s)) continue;
        at = chart_legend_fit(at, s, width);
        at.x += chart_legend_advance(s);
        any = true;
    }
    return any ? at.line + 1 : 0;
}

static double footer(const chart_frame *frame)
{
    return frame->axes.bare_x ? 10 : 26 + (frame->axes.x_label ? PAGE_LINE : 0);
}

static double widest(const chart_ticks *ticks)
{
    double width = 0;
    for (size_t i = 0; i < ticks->count; i++) width = fmax(width, text_width(ticks->label[i], PAGE_TICK));
    return width;
}

/* As many marks as their numbers have room. */
static void fit_x_ticks(chart_place *at, const chart_frame *frame)
{
    const double width = at->right - at->left;
    for (size_t wanted = (size_t)fmin(11, fmax(2, width / 55));; wanted--) {
        chart_ticks_x(&at->x_ticks, frame, &at->window, wanted);
        double taken = 0;
        for (size_t i = 0; i < at->x_ticks.count; i++)
            if (at->x_ticks.label[i][0]) taken += widest(&at->x_ticks) + 14;
        if (taken <= width + 14 || wanted <= 2) return;
    }
}

void chart_page_layout(chart_page *on)
{
    const chart *drawing = on->drawing;
    const size_t rows = drawing->rows, columns = drawing->columns;
    const double column_width =
        (on->width - 2 * PAGE_EDGE - PAGE_GAP * (double)(columns - 1)) / (double)columns;
    double weights = 0, fixed = 10;
    on->title_bottom = 12 + (drawing->layout.title ? 24 : 0) + (drawing->layout.subtitle ? 18 : 0);
    fixed += on->title_bottom;
    for (size_t i = 0; i < drawing->count; i++) {
        const chart_frame *frame = &drawing->frames[i];
        chart_place *at = &on->places[i];
        at->window = chart_window_find(frame);
        at->cell_left = PAGE_EDGE + (double)frame->column * (column_width + PAGE_GAP);
        at->cell_right = at->cell_left + (double)frame->axes.span * (column_width + PAGE_GAP) - PAGE_GAP;
        for (size_t k = 0; k < frame->count; k++)
            if (frame->traces[k].is.kind == CHART_MATRIX) at->matrix = &frame->traces[k].is;
        at->legend_lines = legend_lines(frame, at->cell_right - at->cell_left);
    }
    /* The tallest of a row sets it, so that titles and axes stand side by side. */
    for (size_t row = 0; row < rows; row++) {
        double title = 0, foot = 0, weight = 0;
        size_t lines = 0;
        for (size_t i = 0; i < drawing->count; i++) {
            const chart_frame *frame = &drawing->frames[i];
            if (frame->row != row) continue;
            if (frame->axes.title) title = 20;
            if (on->places[i].legend_lines > lines) lines = on->places[i].legend_lines;
            foot = fmax(foot, footer(frame));
            if (weight == 0) weight = frame->axes.weight;
        }
        for (size_t i = 0; i < drawing->count; i++) {
            if (drawing->frames[i].row != row) continue;
            on->places[i].legend_lines = lines;
            on->places[i].header = 12 + title + PAGE_LINE * (double)lines;
        }
        fixed += 12 + title + PAGE_LINE * (double)lines + foot;
        weights += weight;
    }
    const double each = rows == 1 ? 330 : 170;
    on->height = drawing->layout.height > 0 ? drawing->layout.height : floor(fixed + each * weights);
    const double unit = fmax(on->height - fixed, 40 * weights) / weights;
    double top = on->title_bottom;
    for (size_t row = 0; row < rows; row++) {
        double foot = 0, height = 0, header = 0;
        for (size_t i = 0; i < drawing->count; i++) {
            if (drawing->frames[i].row != row) continue;
            foot = fmax(foot, footer(&drawing->frames[i]));
            header = on->places[i].header;
            if (height == 0) height = unit * drawing->frames[i].axes.weight;
        }
        for (size_t i = 0; i < drawing->count; i++) {
            if (drawing->frames[i].row != row) continue;
            chart_place *at = &on->places[i];
            at->top = top + header;
            at->bottom = at->top + height;
            const double apart = drawing->frames[i].axes.log_y ? 26 : 42; /* a decade needs less room */
            chart_ticks_y(&at->y_ticks, &drawing->frames[i], &at->window, (size_t)fmax(2, height / apart));
        }
        top += header + height + foot;
    }
    /* axes one above the other begin together */
    for (size_t i = 0; i < drawing->count; i++) {
        chart_place *at = &on->places[i];
        double labels = 0;
        for (size_t k = 0; k < drawing->count; k++)
            if (drawing->frames[k].column == drawing->frames[i].column)
                labels = fmax(labels, widest(&on->places[k].y_ticks));
        at->left = at->cell_left + labels + 9;
        at->right = at->cell_right - (at->matrix ? 58 : 10);
        if (at->matrix && !at->matrix->x && !at->matrix->x2) {
            /* square cells */
            const double rows_of = (double)at->matrix->rows, columns_of = (double)at->matrix->count / rows_of;
            const double cell = fmin((at->right - at->left) / columns_of, (at->bottom - at->top) / rows_of);
            at->right = at->left + cell * columns_of;
            at->bottom = at->top + cell * rows_of;
        }
        fit_x_ticks(at, &drawing->frames[i]);
    }
}
