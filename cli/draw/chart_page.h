/* SPDX-License-Identifier: MIT
 * chart_page.h - where everything of a chart stands on a page, in points from the top left corner. */
#ifndef LOCI_CLI_CHART_PAGE_H
#define LOCI_CLI_CHART_PAGE_H

#include "draw/chart_model.h"

/* Sizes of letters, and the distances that go with them; SAMPLE is the piece of line in the legend. */
enum {
    PAGE_EDGE = 16,
    PAGE_GAP = 26,
    PAGE_TITLE = 15,
    PAGE_LABEL = 11,
    PAGE_TICK = 10,
    PAGE_LINE = 17,
    PAGE_SAMPLE = 20
};

/* A frame on the page; tops are smaller than bottoms. */
typedef struct {
    chart_window window;
    chart_ticks x_ticks, y_ticks;
    const chart_series *matrix;
    double left, right, top, bottom; /* of the axes */
    double cell_left, cell_right;
    double header; /* height above the axes */
    size_t legend_lines;
} chart_place;

typedef struct {
    const chart *drawing;
    chart_place *places;  /* [drawing->count], the caller's */
    double width, height; /* width is given */
    double title_bottom;
} chart_page;

/* Finds the place of each frame, and the height of the page where the chart does not name one. */
void chart_page_layout(chart_page *on);

/* Where entries of the legend stand: from the left, behind the name of the y axis, line by line. */
typedef struct {
    double x;
    size_t line;
} chart_cursor;

bool chart_legend_has(const chart_frame *frame, const chart_series *series);
chart_cursor chart_legend_begin(const chart_frame *frame);
/* Where the entry begins: here, or in the next line where it does not fit. */
chart_cursor chart_legend_fit(chart_cursor at, const chart_series *series, double width);
/* How far the next entry is. */
double chart_legend_advance(const chart_series *series);

#endif
