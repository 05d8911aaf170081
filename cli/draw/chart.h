/* SPDX-License-Identifier: MIT
 * chart.h - charts in one house style: SVG and PNG through gnuplot as a child process, or drawn in the terminal.
 *
 * A chart is a grid of panels, filled row by row; a panel has axes and a list of series. Data are copied when
 * they are added, thinned to what a pixel column can show (its first, lowest, highest and last value), so
 * that 10^7 points cost no more to draw than 10^4. Text is UTF-8 and may hold anything: it is never
 * interpreted.
 *
 *     chart *drawing = chart_create(&(chart_layout){.title = "What the memory recalls"});
 *     chart_panel(drawing, &(chart_axes){.x_label = "time (s)", .y_label = "u"});
 *     chart_add(drawing, &(chart_series){.name = "signal", .x = t, .y = u, .count = n, .colour = CHART_GREY});
 *     chart_add(drawing, &(chart_series){.name = "recall", .x = t, .y = r, .count = n});
 *     status = chart_write(drawing, "recall.svg", &error);
 *     chart_destroy(drawing);
 *
 * Every function but chart_write and chart_check is silent about failure: what went wrong first (no memory, a
 * series without a panel) is kept in the chart and told by chart_write. A NULL chart stands for one without
 * memory.
 */
#ifndef LOCI_CLI_CHART_H
#define LOCI_CLI_CHART_H

#include <stdbool.h>
#include <stddef.h>

#include <loci/status.h>

typedef struct chart chart;

typedef struct {
    const char *title;    /* one line that says what one sees; NULL: none */
    const char *subtitle; /* one line in grey below: conditions, units, numbers; NULL: none */
    size_t columns;       /* panels side by side; 0: 1 */
    /* in points of the SVG (a PNG has two pixels for each); 0: 900 wide, height by the panels */
    int width, height;
    /* in the terminal; 0: what the terminal has, else 100 by 24 a panel */
    int columns_of_text, lines_of_text;
} chart_layout;

typedef struct {
    const char *title; /* of the panel; NULL: none */
    const char *x_label, *y_label;
    bool log_x, log_y; /* numbers <= 0 are left out of a logarithmic axis */
    /* x is in seconds since 1970-01-01T00:00:00Z and written as dates and times, UTC; where marks are less than a second apart, as
     * seconds after one that is told; so beyond the years 1 to 9999, after 1970 */
    bool time_x;
    bool bare_x;         /* no numbers and no label at the x axis: the panel below shares it */
    bool no_legend;      /* names are written in no legend (say, where texts stand at the curves instead) */
    double x_from, x_to; /* the range; from equal to to: from the data */
    double y_from, y_to;
    size_t span;   /* how many columns of the grid the panel takes; 0: 1 */
    double weight; /* height of its row against the others; 0: 1. The first panel of a row counts */
} chart_axes;

typedef enum {
    CHART_LINE,   /* y against x, points joined */
    CHART_STEPS,  /* y[i] from x[i] to x[i + 1]: a held signal; the last one as long as the one before */
    CHART_POINTS, /* dots */
    CHART_BAND,   /* the area between y and y2 */
    CHART_BARS,   /* rectangles: x[i] to x2[i], y[i] to y2[i] (NULL: from the axis) */
    CHART_MARKS,  /* vertical lines at x */
    CHART_LEVELS, /* horizontal lines at y */
    CHART_TEXT,   /* the name, written at (x[0], y[0]) in the colour of the series */
    CHART_MATRIX  /* a heat map: y is [rows][count / rows], row 0 on top; x and x2, where given, [2]: edges in
                     x and y */
} chart_kind;

typedef enum {
    CHART_NEXT, /* the next of the palette: blue, vermilion, green, purple, orange, sky */
    CHART_GREY, /* data as they are given, against which something is shown */
    CHART_BLACK,
    CHART_BLUE,
    CHART_VERMILION,
    CHART_GREEN,
    CHART_PURPLE,
    CHART_ORANGE,
    CHART_SKY,
    CHART_SHADE /* by `shade`, from 0 (dark blue) to 1 (yellow): ordered families of curves */
} chart_colour;

typedef struct {
    chart_kind kind;
    const char *name;     /* in the legend; NULL: not there */
    const double *x, *x2; /* [count]; x NULL: 0, 1, 2, ... NaN in x or y breaks a line */
    const double *y, *y2; /* [count] */
    size_t count;
    chart_colour colour;
    double shade;
    double width; /* of lines, of points; 0: 1.6 */
    bool dashed;
    bool pale;    /* half transparent */
    bool right;   /* CHART_TEXT: the text ends at x; else it starts there */
    size_t rows;  /* CHART_MATRIX */
    double limit; /* CHART_MATRIX: colours run from -limit (blue) over 0 (white) to limit (red); 0: the
                     largest */
} chart_series;

chart *chart_create(const chart_layout *layout); /* NULL where memory is short */
void chart_destroy(chart *drawing);              /* NULL is allowed */

/* Begins the next panel. */
void chart_panel(chart *drawing, const chart_axes *axes);
/* Adds a series to the panel begun last. */
void chart_add(chart *drawing, const chart_series *series);

/* Draws. path ends in .svg or .png, or is "-": the terminal, on standard output, without gnuplot. A file is
 * written whole or not at all. LOCI_E_ARGUMENT: another ending; LOCI_E_UNSUPPORTED: gnuplot is not there;
 * LOCI_E_IO; LOCI_E_MEMORY. */
loci_status chart_write(const chart *drawing, const char *path, loci_error *error);

/* Whether chart_write could draw to this path: its ending is known and gnuplot is there where it is needed.
 * For asking before long work. */
loci_status chart_check(const char *path, loci_error *error);

#endif
