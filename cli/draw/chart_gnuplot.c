/* SPDX-License-Identifier: MIT
 * chart_gnuplot.c - charts as SVG and PNG.
 *
 * The layout is ours, in points from the top left corner; gnuplot is told where every frame, mark and word
 * goes and turns it into lines and glyphs. No text of the user's reaches it as anything but a string. */
#include "draw/chart_page.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <loci/data.h>

#include "draw/child.h"

#define FONT "DejaVu Sans"
/* Verdana was drawn to the same widths; the rest is for whoever has neither. */
#define FONTS "DejaVu Sans, Verdana, Helvetica, Arial, sans-serif"
#define INK "#333333"
#define SOFT "#666666"
#define RULE "#e6e6e6"

typedef struct {
    chart_page at;
    FILE *script;
} paper;

/* --- words --- */

/* A string of gnuplot's in which nothing but letters, digits, spaces and UTF-8 stands as itself: what could end it, or
 * mean something to gnuplot or to a shell behind it, is written in octal, and so is a digit behind such a number. */
static void quote(FILE *script, const char *text)
{
    bool octal = false;
    putc('"', script);
    for (const unsigned char *c = (const unsigned char *)text; *c; c++) {
        const bool digit = *c >= '0' && *c <= '9';
        const bool letter = (*c >= 'A' && *c <= 'Z') || (*c >= 'a' && *c <= 'z') || *c == ' ' || *c >= 0x80;
        octal = !letter && (!digit || octal);
        if (octal)
            fprintf(script, "\\%03o", *c);
        else
            putc(*c, script);
    }
    putc('"', script);
}

static double across(const paper *on, double x)
{
    return x / on->at.width;
}

static double up(const paper *on, double y)
{
    return 1 - y / on->at.height;
}

typedef enum { LEFT, CENTRE, RIGHT } side;

/* Text whose middle line is at y. */
static void word(const paper *on, const char *text, double x, double y, side align, const char *font,
                 int size, const char *colour)
{
    static const char *const sides[] = {"left", "center", "right"};
    fputs("set label ", on->script);
    quote(on->script, text);
    fprintf(on->script, " at screen %.6f,%.6f %s noenhanced front font '%s,%d' textcolor rgb '%s'\n",
            across(on, x), up(on, y), sides[align], font, size, colour);
}

/* --- data --- */

static void colour(FILE *script, const chart_trace *trace, double clear)
{
    fprintf(script, "'#%02x%06x'", (unsigned)(255 * clear + 0.5), (unsigned)trace->rgb);
}

static void point(FILE *script, double x, double y, bool log_x, bool log_y)
{
    if (isnan(x) || isnan(y) || (log_x && !(x > 0)) || (log_y && !(y > 0)))
        putc('\n', script); /* a hole */
    else
        fprintf(script, "%.17g %.17g\n", x, y);
}

static void image(FILE *script, const chart_series *matrix)
{
    bool negative;
    const double limit = chart_matrix_limit(matrix, &negative);
    const size_t columns = matrix->count / matrix->rows;
    const double x0 = matrix->x ? matrix->x[0] : -0.5, x1 = matrix->x ? matrix->x[1] : (double)columns - 0.5;
    const double y0 = matrix->x2 ? matrix->x2[0] : -0.5,
                 y1 = matrix->x2 ? matrix->x2[1] : (double)matrix->rows - 0.5;
    for (size_t r = 0; r < matrix->rows; r++)
        for (size_t c = 0; c < columns; c++) {
            const double value = matrix->y[r * columns + c];
            const uint32_t rgb = isnan(value) ? 0xdddddd : chart_matrix_rgb(value / limit, negative);
            fprintf(script, "%.17g %.17g %u %u %u\n", x0 + (x1 - x0) * ((double)c + 0.5) / (double)columns,
                    y0 + (y1 - y0) * ((double)r + 0.5) / (double)matrix->rows, (unsigned)(rgb >> 16),
                    (unsigned)(rgb >> 8 & 255), (unsigned)(rgb & 255));
        }
}

static bool drawn(const chart_series *series)
{
    return series->count > 0 && series->kind != CHART_TEXT;
}

/* The data of a series, under a name by its number. */
static void block(FILE *script, size_t number, const chart_series *s, const chart_axes *axes,
                  const chart_window *window)
{
    if (!drawn(s)) return;
    const bool lx = axes->log_x, ly = axes->log_y;
    const double floor_y = fmin(window->y_from, window->y_to);
    fprintf(script, "$data%zu << EOD\n", number);
    switch (s->kind) {
    case CHART_LINE:
    case CHART_POINTS:
        for (size_t i = 0; i < s->count; i++) point(script, s->x[i], s->y[i], lx, ly);
        break;
    case CHART_STEPS:
        for (size_t i = 0; i < s->count; i++) {
            point(script, s->x[i], s->y[i], lx, ly);
            point(script, chart_step_end(s, i), s->y[i], lx, ly);
        }
        break;
    case CHART_BAND:
        for (size_t i = 0; i < s->count; i++) {
            const double low = ly ? fmax(s->y[i], floor_y) : s->y[i],
                         high = ly ? fmax(s->y2[i], floor_y) : s->y2[i];
            if (isnan(s->x[i]) || isnan(s->y[i]) || isnan(s->y2[i]) || (lx && !(s->x[i] > 0)))
                putc('\n', script);
            else
                fprintf(script, "%.17g %.17g %.17g\n", s->x[i], low, high);
        }
        break;
    case CHART_BARS:
        for (size_t i = 0; i < s->count; i++) {
            const double from = s->y2 ? s->y[i] : ly ? floor_y : 0, to = s->y2 ? s->y2[i] : s->y[i];
            if (isnan(from) || isnan(to) || isnan(s->x[i]) || isnan(s->x2[i]) || (lx && !(s->x[i] > 0)) ||
                (ly && !(to > 0)))
                continue;
            fprintf(script, "%.17g %.17g %.17g %.17g\n", s->x[i], s->x2[i], from, to);
        }
        break;
    case CHART_MARKS:
        for (size_t i = 0; i < s->count; i++) {
            point(script, s->x[i], window->y_from, lx, false);
            point(script, s->x[i], window->y_to, lx, false);
            putc('\n', script);
        }
        break;
    case CHART_LEVELS:
        for (size_t i = 0; i < s->count; i++) {
            point(script, window->x_from, s->y[i], false, ly);
            point(script, window->x_to, s->y[i], false, ly);
            putc('\n', script);
        }
        break;
    case CHART_MATRIX:
        image(script, s);
        break;
    case CHART_TEXT:
        break;
    }
    fputs("EOD\n", script);
}

static void style(FILE *script, const chart_trace *trace)
{
    const chart_series *s = &trace->is;
    const double clear = s->pale ? 0.55 : 0;
    switch (s->kind) {
    case CHART_POINTS:
        fprintf(script, "using 1:2 with points pt 7 ps %.3g lc rgb ", 0.22 * s->width);
        colour(script, trace, clear);
        break;
    case CHART_BAND:
        fputs("using 1:2:3 with filledcurves fs solid noborder fc rgb ", script);
        colour(script, trace, s->pale ? 0.75 : 0);
        break;
    case CHART_BARS:
        fputs("using 1:3:1:2:3:4 with boxxyerror fs solid border rgb '#ffffff' lw 0.8 fc rgb ", script);
        colour(script, trace, clear);
        break;
    case CHART_MATRIX:
        fputs("using 1:2:3:4:5 with rgbimage", script);
        break;
    default:
        fprintf(script, "using 1:2 with lines lw %.3g dt %s lc rgb ", s->width, s->dashed ? "(7,4)" : "1");
        colour(script, trace, clear);
    }
    fputs(" notitle", script);
}

/* --- a frame --- */

/* The marks are gnuplot's, the numbers beside them ours: its terminals do not agree on where those belong. */
static void ticks(const paper *on, const chart_place *at, bool horizontal, bool numbers)
{
    FILE *script = on->script;
    const chart_ticks *of = horizontal ? &at->x_ticks : &at->y_ticks;
    const char axis = horizontal ? 'x' : 'y';
    fprintf(script, "set %ctics out nomirror scale 0.5,0.3 (", axis);
    for (size_t i = 0; i < of->count; i++)
        fprintf(script, "%s'' %.17g %d", i > 0 ? "," : "", of->at[i], of->label[i][0] ? 0 : 1);
    fputs(")\n", script);
    for (size_t i = 0; numbers && i < of->count; i++) {
        if (!of->label[i][0]) continue;
        fputs("set label ", script);
        quote(script, of->label[i]);
        if (horizontal)
            fprintf(script, " at first %.17g, screen %.6f center", of->at[i], up(on, at->bottom + 15));
        else
            fprintf(script, " at screen %.6f, first %.17g right", across(on, at->left - 8), of->at[i]);
        fprintf(script, " noenhanced font ',%d' textcolor rgb '" SOFT "'\n", PAGE_TICK);
    }
}

static void sample(const paper *on, const chart_trace *trace, double x, double y)
{
    FILE *script = on->script;
    const chart_series *s = &trace->is;
    if (s->kind == CHART_BAND || s->kind == CHART_BARS) {
        fprintf(
            script,
            "set object rectangle from screen %.6f,%.6f to screen %.6f,%.6f front fs solid noborder fc rgb ",
            across(on, x), up(on, y + 5), across(on, x + PAGE_SAMPLE), up(on, y - 5));
        colour(script, trace, s->pale ? 0.75 : 0);
    } else if (s->kind == CHART_POINTS) {
        fprintf(script, "set label '' at screen %.6f,%.6f front point pt 7 ps %.3g lc rgb ",
                across(on, x + PAGE_SAMPLE - 5), up(on, y), fmax(0.22 * s->width, 0.5));
        colour(script, trace, 0);
    } else {
        fprintf(script,
                "set arrow from screen %.6f,%.6f to screen %.6f,%.6f nohead front lw %.3g dt %s lc rgb ",
                across(on, x), up(on, y), across(on, x + PAGE_SAMPLE), up(on, y), fmax(s->width, 1.4),
                s->dashed ? "(7,4)" : "1");
        colour(script, trace, s->pale ? 0.3 : 0);
    }
    putc('\n', script);
}

/* What stands above the axes: title; name of the y axis and legend. */
static void header(const paper *on, const chart_frame *frame, const chart_place *at)
{
    const double left = at->cell_left, top = at->top - 10 - PAGE_LINE * (double)at->legend_lines;
    if (frame->axes.title)
        word(on, frame->axes.title, left, top - 9, LEFT, FONT ":Bold", PAGE_LABEL + 1, INK);
    if (frame->axes.y_label)
        word(on, frame->axes.y_label, left, top + PAGE_LINE / 2.0, LEFT, FONT, PAGE_LABEL, SOFT);
    chart_cursor to = chart_legend_begin(frame);
    for (size_t i = 0; i < frame->count; i++) {
        const chart_trace *trace = &frame->traces[i];
        if (!chart_legend_has(frame, &trace->is)) continue;
        to = chart_legend_fit(to, &trace->is, at->cell_right - left);
        const double y = top + PAGE_LINE * ((double)to.line + 0.5);
        sample(on, trace, left + to.x, y);
        word(on, trace->is.name, left + to.x + PAGE_SAMPLE + 6, y, LEFT, FONT, PAGE_LABEL, INK);
        to.x += chart_legend_advance(&trace->is);
    }
}

/* The colours of a matrix beside it. */
static void colour_bar(const paper *on, const chart_place *at)
{
    enum { STEPS = 48 };
    bool negative;
    const double limit = chart_matrix_limit(at->matrix, &negative);
    const double left = at->right + 12, top = at->top, bottom = at->bottom;
    for (int i = 0; i < STEPS; i++) {
        const double part = negative ? 1 - 2 * (i + 0.5) / STEPS : 1 - (i + 0.5) / STEPS;
        fprintf(
            on->script,
            "set object rectangle from screen %.6f,%.6f to screen %.6f,%.6f front fs solid noborder fc rgb '#%06x'\n",
            across(on, left), up(on, top + (bottom - top) * i / STEPS), across(on, left + 9),
            up(on, fmin(bottom, top + (bottom - top) * (i + 1.5) / STEPS)),
            (unsigned)chart_matrix_rgb(part, negative));
    }
    char text[32], low[40];
    snprintf(text, sizeof text, "%.3g", limit);
    snprintf(low, sizeof low, "−%s", text);
    word(on, text, left + 13, top + 4, LEFT, FONT, PAGE_TICK, SOFT);
    word(on, negative ? low : "0", left + 13, bottom - 4, LEFT, FONT, PAGE_TICK, SOFT);
    if (negative) word(on, "0", left + 13, (top + bottom) / 2, LEFT, FONT, PAGE_TICK, SOFT);
}

static void draw_frame(const paper *on, size_t index)
{
    FILE *script = on->script;
    const chart_frame *frame = &on->at.drawing->frames[index];
    const chart_place *at = &on->at.places[index];
    const chart_axes *axes = &frame->axes;
    fputs("unset label; unset arrow; unset object; unset logscale\n", script);
    fprintf(
        script,
        "set lmargin at screen %.6f; set rmargin at screen %.6f; set tmargin at screen %.6f; set bmargin at screen %.6f\n",
        across(on, at->left), across(on, at->right), up(on, at->top), up(on, at->bottom));
    if (axes->log_x) fputs("set logscale x\n", script);
    if (axes->log_y) fputs("set logscale y\n", script);
    fprintf(script, "set xrange [%.17g:%.17g]; set yrange [%.17g:%.17g]\n", at->window.x_from,
            at->window.x_to, at->window.y_from, at->window.y_to);
    ticks(on, at, true, !axes->bare_x);
    ticks(on, at, false, true);
    fputs(at->matrix ? "unset grid\n" : "set grid xtics ytics back lt 1 lw 0.8 lc rgb '" RULE "'\n", script);
    if (index == 0) {
        double y = 12 + 10;
        if (on->at.drawing->layout.title) {
            word(on, on->at.drawing->layout.title, PAGE_EDGE, y, LEFT, FONT ":Bold", PAGE_TITLE, "#111111");
            y += 22;
        }
        if (on->at.drawing->layout.subtitle)
            word(on, on->at.drawing->layout.subtitle, PAGE_EDGE, y, LEFT, FONT, PAGE_LABEL, SOFT);
    }
    header(on, frame, at);
    if (axes->x_label && !axes->bare_x) {
        char text[256];
        snprintf(text, sizeof text, "%s%s%s%s", axes->x_label, at->x_ticks.note[0] ? " (" : "",
                 at->x_ticks.note, at->x_ticks.note[0] ? ")" : "");
        word(on, text, (at->left + at->right) / 2, at->bottom + 32, CENTRE, FONT, PAGE_LABEL, SOFT);
    }
    if (at->matrix) colour_bar(on, at);
    for (size_t i = 0; i < frame->count; i++) {
        const chart_trace *trace = &frame->traces[i];
        if (trace->is.kind != CHART_TEXT || isnan(trace->is.x[0]) || isnan(trace->is.y[0])) continue;
        fputs("set label ", script);
        quote(script, trace->is.name);
        fprintf(script,
                " at first %.17g,%.17g %s offset %s,0 noenhanced front font ',%d' textcolor rgb '#%06x'\n",
                trace->is.x[0], trace->is.y[0], trace->is.right ? "right" : "left",
                trace->is.right ? "-0.6" : "0.6", PAGE_LABEL, (unsigned)trace->rgb);
    }
    for (size_t i = 0; i < frame->count; i++) block(script, i, &frame->traces[i].is, axes, &at->window);
    fputs("plot NaN notitle", script);
    for (size_t i = 0; i < frame->count; i++) {
        if (!drawn(&frame->traces[i].is)) continue;
        fprintf(script, ", $data%zu ", i);
        style(script, &frame->traces[i]);
    }
    putc('\n', script);
}

/* --- the whole --- */

static void draw(paper *on, bool png)
{
    FILE *script = on->script;
    chart_page_layout(&on->at);
    fputs("set encoding utf8\n", script);
    if (png)
        fprintf(
            script,
            "set term pngcairo noenhanced size %d,%d fontscale 1.5 linewidth 2 dashlength 1.5 pointscale 2.7 rounded font '" FONT
            ",%d' background '#ffffff'\n",
            (int)(2 * on->at.width), (int)(2 * on->at.height), PAGE_LABEL);
    else
        fprintf(script,
                "set term svg noenhanced size %d,%d rounded font '" FONT
                ",%d' background '#ffffff' name 'loci'\n",
                (int)on->at.width, (int)on->at.height, PAGE_LABEL);
    fputs("set border 3 lw 0.8 lc rgb '#999999'\nunset key\nset clip two\nset multiplot\n", script);
    for (size_t i = 0; i < on->at.drawing->count; i++) draw_frame(on, i);
    fputs("unset multiplot\n", script);
}

static void escape(FILE *out, const char *text)
{
    for (; *text; text++) {
        if (*text == '&')
            fputs("&amp;", out);
        else if (*text == '<')
            fputs("&lt;", out);
        else
            putc(*text, out);
    }
}

/* In SVG: the chart's own title for whoever reads it aloud, and none for its parts, fonts for whoever lacks
 * ours, and heat maps with hard edges. */
static char *finish_svg(const char *svg, const char *title, size_t *size)
{
    static const char family[] = "font-family=\"" FONT, bold[] = ":Bold", image[] = "<image ",
                      begin[] = "<title>", end[] = "</title>";
    char *text = NULL;
    bool titled = false;
    FILE *out = open_memstream(&text, size);
    if (!out) return NULL;
    while (*svg) {
        const char *stop = NULL;
        if (*svg == '<' && strncmp(svg, begin, sizeof begin - 1) == 0) stop = strstr(svg, end);
        if (stop) {
            if (!titled) {
                fputs(begin, out);
                escape(out, title ? title : "chart");
                fputs(end, out);
            }
            titled = true;
            svg = stop + sizeof end - 1;
        } else if (*svg == '<' && strncmp(svg, image, sizeof image - 1) == 0) {
            fputs("<image image-rendering='pixelated' ", out);
            svg += sizeof image - 1;
        } else if (*svg == 'f' && strncmp(svg, family, sizeof family - 1) == 0) {
            svg += sizeof family - 1;
            const bool heavy = strncmp(svg, bold, sizeof bold - 1) == 0;
            if (heavy) svg += sizeof bold - 1;
            fprintf(out, "%sfont-family=\"" FONTS, heavy ? "font-weight=\"bold\" " : "");
        } else {
            putc(*svg++, out);
        }
    }
    const bool bad = ferror(out) != 0;
    if (fclose(out) == 0 && !bad) return text;
    free(text);
    return NULL;
}

loci_status chart_gnuplot_check(loci_error *error)
{
    if (child_find("gnuplot")) return LOCI_OK;
    return chart_fail(
        error, LOCI_E_UNSUPPORTED,
        "gnuplot was not found, which draws charts in files; the Debian package gnuplot-nox has it");
}

loci_status chart_gnuplot_write(const chart *drawing, const char *path, bool png, loci_error *error)
{
    loci_status status = chart_gnuplot_check(error);
    if (status != LOCI_OK) return status;
    char *text = NULL, *picture = NULL;
    size_t text_size = 0, size = 0;
    paper on = {.at = {.drawing = drawing, .width = drawing->layout.width > 0 ? drawing->layout.width : 900}};
    on.at.places = calloc(drawing->count, sizeof *on.at.places);
    on.script = on.at.places ? open_memstream(&text, &text_size) : NULL;
    bool good = on.script != NULL;
    if (good) {
        draw(&on, png);
        good = !ferror(on.script);
        if (fclose(on.script) != 0 || !text) good = false; /* without memory for text, fclose succeeds */
    }
    free(on.at.places);
    if (good) {
        /* without the user's own ~/.gnuplot */
        static const char *const argv[] = {"gnuplot", "-d", NULL};
        status = child_run(argv, text, text_size, &picture, &size, error);
    }
    free(text);
    if (!good) return chart_fail(error, LOCI_E_MEMORY, "out of memory");
    if (status != LOCI_OK) return status;
    if (!(png ? size > 8 && memcmp(picture, "\x89PNG", 4) == 0 : strstr(picture, "</svg>") != NULL)) {
        free(picture);
        return chart_fail(
            error, LOCI_E_IO,
            "gnuplot gave no picture; version 5.4 with the terminals svg and pngcairo was expected");
    }
    if (!png) {
        char *finished = finish_svg(picture, drawing->layout.title, &size);
        free(picture);
        picture = finished;
        if (!picture) return chart_fail(error, LOCI_E_MEMORY, "out of memory");
    }
    status = loci_file_write(path, picture, size, error);
    free(picture);
    return status;
}
