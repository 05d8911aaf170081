/* SPDX-License-Identifier: MIT
 * chart_model.h - the inside of a chart, for what draws it: chart_gnuplot.c and chart_terminal.c.
 *
 * All text here is valid UTF-8 without control characters; all numbers are below 1e300 in size, or NaN. */
#ifndef LOCI_CLI_CHART_MODEL_H
#define LOCI_CLI_CHART_MODEL_H

#include <stdint.h>

#include "draw/chart.h"

/* Pixel columns that data are thinned to: those of a PNG of the usual width. */
enum { CHART_PIXELS = 2000, CHART_TICKS_MOST = 24 };

typedef struct {
    chart_series
        is;       /* its arrays and its name are copies of its own; x of lines and points is always there */
    uint32_t rgb; /* 0xRRGGBB */
} chart_trace;

typedef struct {
    chart_axes axes;
    chart_trace *traces;
    size_t count, room;
    size_t row, column; /* place in the grid */
} chart_frame;

struct chart {
    chart_layout layout;
    chart_frame *frames;
    size_t count, room;
    size_t rows, columns; /* of the grid */
    loci_status status;   /* what went wrong first */
};

/* What the axes of a frame show. */
typedef struct {
    double x_from, x_to, y_from, y_to;
} chart_window;
chart_window chart_window_find(const chart_frame *frame);

/* Where step i of a held signal ends: where the next begins; the last is as long as the one before. */
double chart_step_end(const chart_series *steps, size_t i);

/* Where the marks of an axis stand and what is written there; an empty label is a mark without a number. */
typedef struct {
    double at[CHART_TICKS_MOST];
    char label[CHART_TICKS_MOST][32];
    size_t count;
    char note[40]; /* of times: the date that all labels share, to be put behind the name of the axis; else ""
                    */
} chart_ticks;
/* About `wanted` marks. */
void chart_ticks_linear(chart_ticks *ticks, double from, double to, size_t wanted);
void chart_ticks_log(chart_ticks *ticks, double from, double to, size_t wanted);
void chart_ticks_time(chart_ticks *ticks, double from, double to, size_t wanted);
/* The one that fits the axis. */
void chart_ticks_x(chart_ticks *ticks, const chart_frame *frame, const chart_window *window, size_t wanted);
void chart_ticks_y(chart_ticks *ticks, const chart_frame *frame, const chart_window *window, size_t wanted);

/* The size that the colours of a matrix reach to, and whether it has numbers below 0. */
double chart_matrix_limit(const chart_series *matrix, bool *negative);
/* Colour of a value: part is value / limit, in [-1, 1] or [0, 1]. */
uint32_t chart_matrix_rgb(double part, bool negative);

/* Letters of a text, each counted as one column. */
size_t chart_text_length(const char *text);

loci_status chart_fail(loci_error *error, loci_status status, const char *format, ...)
#if defined(__GNUC__)
    __attribute__((format(printf, 3, 4)))
#endif
    ;

/* The two ways to draw. */
loci_status chart_gnuplot_write(const chart *drawing, const char *path, bool png, loci_error *error);
loci_status chart_gnuplot_check(loci_error *error);
loci_status chart_terminal_write(const chart *drawing, loci_error *error);

#endif
