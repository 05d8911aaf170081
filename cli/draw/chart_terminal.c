/* SPDX-License-Identifier: MIT
 * chart_terminal.c - charts in a terminal, panels one below the other.
 *
 * A letter cell is 2 by 4 dots of a braille pattern (U+2800 and up), so that 100 by 20 letters show 200 by 80
 * dots. Colours are given only to a terminal, and not where NO_COLOR is set. */
#include "draw/chart_model.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <loci/data.h>

enum { WIDTH = 100, HEIGHT = 24, WIDTH_LEAST = 40, HEIGHT_LEAST = 6 };

typedef struct {
    unsigned char dots;   /* of the braille pattern */
    const char *letter;   /* instead of dots: the first byte of a UTF-8 letter */
    uint32_t rgb, ground; /* ground: of the cell, for heat maps; NONE */
    bool coloured;
} cell;

#define NONE UINT32_MAX

typedef struct {
    FILE *out;
    bool colours;
    cell *cells; /* [high][wide] */
    int wide, high;
    chart_window window;
    bool log_x, log_y;
} canvas;

/* --- dots --- */

static double share(double value, double from, double to, bool logarithmic)
{
    return logarithmic ? log(value / from) / log(to / from) : (value - from) / (to - from);
}

/* In dots, fractional; y from the top. */
static double dot_x(const canvas *on, double x)
{
    return share(x, on->window.x_from, on->window.x_to, on->log_x) * (2 * on->wide - 1);
}

static double dot_y(const canvas *on, double y)
{
    return (1 - share(y, on->window.y_from, on->window.y_to, on->log_y)) * (4 * on->high - 1);
}

static void dot(canvas *on, int x, int y, uint32_t rgb)
{
    static const unsigned char bit[4][2] = {{0x01, 0x08}, {0x02, 0x10}, {0x04, 0x20}, {0x40, 0x80}};
    if (x < 0 || y < 0 || x >= 2 * on->wide || y >= 4 * on->high) return;
    cell *at = &on->cells[y / 4 * on->wide + x / 2];
    at->dots |= bit[y % 4][x % 2];
    at->rgb = rgb;
    at->coloured = true;
}

/* A line of dots; every `skip`-th only where skip is more than 1. Far ends are cut off first. */
static void line(canvas *on, double x0, double y0, double x1, double y1, uint32_t rgb, int skip)
{
    if (!isfinite(x0) || !isfinite(y0) || !isfinite(x1) || !isfinite(y1)) return;
    const double far_x = 2.0 * on->wide, far_y = 4.0 * on->high;
    double from = 0, to = 1;
    const double start[2] = {x0, y0}, move[2] = {x1 - x0, y1 - y0}, far[2] = {far_x, far_y};
    for (int k = 0; k < 2; k++) {
        if (move[k] == 0) {
            if (start[k] < -1 || start[k] > far[k]) return;
            continue;
        }
        const double a = (-1 - start[k]) / move[k], b = (far[k] - start[k]) / move[k];
        from = fmax(from, fmin(a, b));
        to = fmin(to, fmax(a, b));
    }
    if (!(from <= to)) return;
    const double left = x0 + from * move[0], top = y0 + from * move[1];
    const double across = (to - from) * move[0], down = (to - from) * move[1];
    const int steps = (int)ceil(fmax(fabs(across), fabs(down))) + 1;
    for (int i = 0; i <= steps; i += skip)
        dot(on, (int)floor(left + across * i / steps + 0.5), (int)floor(top + down * i / steps + 0.5), rgb);
}

/* Every second dot of a rectangle, like a chess board. */
static void fill(canvas *on, double x0, double x1, double y0, double y1, uint32_t rgb, bool full)
{
    const int left = (int)fmax(0, fmin(x0, x1) + 0.5),
              right = (int)fmin(2 * on->wide - 1, fmax(x0, x1) + 0.5);
    const int top = (int)fmax(0, fmin(y0, y1) + 0.5),
              bottom = (int)fmin(4 * on->high - 1, fmax(y0, y1) + 0.5);
    for (int y = top; y <= bottom; y++)
        for (int x = left; x <= right; x++)
            if (full || (x + y) % 2 == 0) dot(on, x, y, rgb);
}

static void letters(canvas *on, int column, int row, const char *text, uint32_t rgb)
{
    if (row < 0 || row >= on->high) return;
    for (const char *c = text; *c; c++) {
        if (((unsigned char)*c & 0xc0) == 0x80) continue;
        if (column >= 0 && column < on->wide) {
            cell *at = &on->cells[row * on->wide + column];
            at->letter = c;
            at->rgb = rgb;
            at->coloured = true;
        }
        column++;
    }
}

/* --- series --- */

static void matrix(canvas *on, const chart_series *s)
{
    static const char *const shades[5] = {" ", "░", "▒", "▓", "█"};
    bool negative;
    const double limit = chart_matrix_limit(s, &negative);
    const size_t columns = s->count / s->rows;
    for (int r = 0; r < on->high; r++)
        for (int c = 0; c < on->wide; c++) {
            /* of the numbers below a cell the one largest in size: a thin line is not lost */
            const size_t r0 = (size_t)r * s->rows / (size_t)on->high,
                         r1 = ((size_t)r + 1) * s->rows / (size_t)on->high;
            const size_t c0 = (size_t)c * columns / (size_t)on->wide,
                         c1 = ((size_t)c + 1) * columns / (size_t)on->wide;
            double value = s->y[r0 * columns + c0];
            for (size_t i = r0; i < r1; i++)
                for (size_t k = c0; k < c1; k++)
                    if (fabs(s->y[i * columns + k]) > fabs(value)) value = s->y[i * columns + k];
            cell *at = &on->cells[r * on->wide + c];
            const double part = isnan(value) ? 0 : fmin(1, fabs(value) / limit);
            at->letter = on->colours ? " " : shades[(int)(part * 4 + 0.5)];
            at->ground = chart_matrix_rgb(value / limit, negative);
        }
}

static void series(canvas *on, const chart_trace *trace)
{
    const chart_series *s = &trace->is;
    const uint32_t rgb = trace->rgb;
    const double bottom = 4 * on->high - 1;
    const int skip = s->dashed ? 3 : 1;
    for (size_t i = 0; i < s->count && s->kind != CHART_MATRIX; i++) {
        const double x = s->x ? dot_x(on, s->x[i]) : 0, y = s->y ? dot_y(on, s->y[i]) : 0;
        const bool next = i + 1 < s->count;
        switch (s->kind) {
        case CHART_LINE:
            if (next)
                line(on, x, y, dot_x(on, s->x[i + 1]), dot_y(on, s->y[i + 1]), rgb, skip);
            else if (isfinite(x) && isfinite(y))
                line(on, x, y, x, y, rgb, 1);
            break;
        case CHART_STEPS: {
            const double end = dot_x(on, chart_step_end(s, i));
            line(on, x, y, end, y, rgb, skip);
            if (next) line(on, end, y, end, dot_y(on, s->y[i + 1]), rgb, skip);
            break;
        }
        case CHART_POINTS:
            line(on, x, y, x, y, rgb, 1);
            break;
        case CHART_BAND: {
            const double x1 = next ? dot_x(on, s->x[i + 1]) : x, high = dot_y(on, s->y2[i]);
            const double y1 = next ? dot_y(on, s->y[i + 1]) : y,
                         high1 = next ? dot_y(on, s->y2[i + 1]) : high;
            if (!isfinite(x + y + x1 + y1 + high + high1)) break;
            const int steps = (int)fmin(fabs(x1 - x), 2.0 * on->wide) + 1;
            for (int k = 0; k < steps; k++) {
                const double part = (double)k / steps, at = x + part * (x1 - x);
                fill(on, at, at, y + part * (y1 - y), high + part * (high1 - high), rgb, false);
            }
            break;
        }
        case CHART_BARS: {
            const double x1 = dot_x(on, s->x2[i]), top = s->y2 ? dot_y(on, s->y2[i]) : y;
            const double base = s->y2 ? y : on->log_y ? bottom : dot_y(on, 0);
            if (isfinite(x + x1 + top + base)) fill(on, x, fmax(x, x1 - 1), base, top, rgb, !s->pale);
            break;
        }
        case CHART_MARKS:
            line(on, x, 0, x, bottom, rgb, 2);
            break;
        case CHART_LEVELS:
            line(on, 0, y, 2 * on->wide, y, rgb, 2);
            break;
        case CHART_TEXT: {
            if (!isfinite(x) || !isfinite(y)) break;
            const int column = (int)(x / 2), length = (int)chart_text_length(s->name);
            letters(on, s->right ? column - length : column + 1, (int)(y / 4), s->name, rgb);
            return;
        }
        case CHART_MATRIX:
            break;
        }
    }
    if (s->kind == CHART_MATRIX) matrix(on, s);
}

/* --- lines of the terminal --- */

static void ink(const canvas *on, uint32_t rgb)
{
    if (on->colours)
        fprintf(on->out, "\x1b[38;2;%u;%u;%um", (unsigned)(rgb >> 16), (unsigned)(rgb >> 8 & 255),
                (unsigned)(rgb & 255));
}

static void plain(const canvas *on)
{
    if (on->colours) fputs("\x1b[0m", on->out);
}

/* Black would not be seen on a dark ground, nor dark curves: those take the terminal's own colour. */
static bool dark(uint32_t rgb)
{
    return (rgb >> 16) + (rgb >> 8 & 255) + (rgb & 255) < 0x90;
}

static void put_row(const canvas *on, int row)
{
    bool inked = false;
    for (int c = 0; c < on->wide; c++) {
        const cell *at = &on->cells[row * on->wide + c];
        if (on->colours && at->ground != NONE) {
            fprintf(on->out, "\x1b[48;2;%u;%u;%um", (unsigned)(at->ground >> 16),
                    (unsigned)(at->ground >> 8 & 255), (unsigned)(at->ground & 255));
            inked = true;
        }
        if (at->coloured && !dark(at->rgb)) {
            ink(on, at->rgb);
            inked = true;
        } else if (inked && at->ground == NONE) {
            plain(on);
            inked = false;
        }
        if (at->letter) {
            size_t size = 1;
            while (((unsigned char)at->letter[size] & 0xc0) == 0x80) size++;
            fwrite(at->letter, 1, size, on->out);
        } else if (at->dots) {
            const unsigned code = 0x2800u + at->dots;
            fprintf(on->out, "%c%c%c", (int)(0xe0 | code >> 12), (int)(0x80 | (code >> 6 & 0x3f)),
                    (int)(0x80 | (code & 0x3f)));
        } else {
            putc(' ', on->out);
        }
    }
    if (inked) plain(on);
}

static void spaces(const canvas *on, int count)
{
    for (int i = 0; i < count; i++) putc(' ', on->out);
}

static void legend(const canvas *on, const chart_frame *frame, int columns)
{
    int used = 0;
    if (frame->axes.y_label) {
        fputs(frame->axes.y_label, on->out);
        used = (int)chart_text_length(frame->axes.y_label);
    }
    bool any = used > 0;
    for (size_t i = 0; i < frame->count; i++) {
        const chart_trace *trace = &frame->traces[i];
        const chart_series *s = &trace->is;
        if (frame->axes.no_legend || !s->name || s->kind == CHART_TEXT || s->kind == CHART_MATRIX) continue;
        const int length = 6 + (int)chart_text_length(s->name);
        if (used > 0 && used + length > columns) {
            putc('\n', on->out);
            used = 0;
        }
        spaces(on, used > 0 ? 3 : 0);
        if (!dark(trace->rgb)) ink(on, trace->rgb);
        fputs(s->kind == CHART_BARS || s->kind == CHART_BAND ? "▒▒"
              : s->kind == CHART_POINTS                      ? " •"
              : s->kind == CHART_MARKS                       ? " ┆"
              : s->dashed                                    ? "╌╌"
                                                             : "──",
              on->out);
        plain(on);
        fprintf(on->out, " %s", s->name);
        used += length;
        any = true;
    }
    if (any) putc('\n', on->out);
}

/* Numbers below the axis, each centred at its mark, as far as they do not touch. */
static void numbers_below(const canvas *on, const chart_ticks *ticks, int margin)
{
    int used = -1;
    spaces(on, margin);
    for (size_t i = 0; i < ticks->count; i++) {
        const int length = (int)chart_text_length(ticks->label[i]);
        int column = (int)(dot_x(on, ticks->at[i]) / 2) - length / 2;
        if (column + length > on->wide) column = on->wide - length;
        if (column < 0) column = 0;
        if (length == 0 || column <= used) continue;
        spaces(on, column - (used < 0 ? 0 : used));
        fputs(ticks->label[i], on->out);
        used = column + length;
    }
    putc('\n', on->out);
}

static void label_below(const canvas *on, const chart_frame *frame, const chart_ticks *ticks, int margin)
{
    if (!frame->axes.x_label) return;
    char text[256];
    snprintf(text, sizeof text, "%s%s%s%s", frame->axes.x_label, ticks->note[0] ? " (" : "", ticks->note,
             ticks->note[0] ? ")" : "");
    const int length = (int)chart_text_length(text);
    spaces(on, margin + (length < on->wide ? (on->wide - length) / 2 : 0));
    fprintf(on->out, "%s\n", text);
}

static bool put_frame(FILE *out, bool colours, const chart_frame *frame, int columns, int lines)
{
    canvas on = {.out = out,
                 .colours = colours,
                 .high = lines,
                 .log_x = frame->axes.log_x,
                 .log_y = frame->axes.log_y};
    on.window = chart_window_find(frame);
    chart_ticks x_ticks, y_ticks;
    chart_ticks_y(&y_ticks, frame, &on.window, (size_t)(lines > 8 ? lines / 4 : 2));
    int margin = 0;
    for (size_t i = 0; i < y_ticks.count; i++) {
        const int length = (int)chart_text_length(y_ticks.label[i]);
        if (length > margin) margin = length;
    }
    on.wide = columns - margin - 3 > 16 ? columns - margin - 3 : 16;
    chart_ticks_x(&x_ticks, frame, &on.window, (size_t)on.wide / 12);
    on.cells = calloc((size_t)on.wide * (size_t)on.high, sizeof *on.cells);
    if (!on.cells) return false;
    for (int i = 0; i < on.wide * on.high; i++) on.cells[i].ground = NONE;
    for (size_t i = 0; i < frame->count; i++)
        if (frame->traces[i].is.kind != CHART_TEXT) series(&on, &frame->traces[i]);
    for (size_t i = 0; i < frame->count; i++)
        if (frame->traces[i].is.kind == CHART_TEXT) series(&on, &frame->traces[i]);

    if (frame->axes.title)
        fprintf(out, "%s%s%s\n", colours ? "\x1b[1m" : "", frame->axes.title, colours ? "\x1b[0m" : "");
    legend(&on, frame, columns);
    for (int row = 0; row < lines; row++) {
        const char *number = "";
        bool mark = false;
        for (size_t i = 0; i < y_ticks.count; i++) {
            if ((int)(dot_y(&on, y_ticks.at[i]) / 4) != row || !y_ticks.label[i][0]) continue;
            number = y_ticks.label[i];
            mark = true;
        }
        spaces(&on, margin - (int)chart_text_length(number));
        fprintf(out, "%s %s", number, mark ? "┤" : "│");
        put_row(&on, row);
        putc('\n', out);
    }
    spaces(&on, margin + 1);
    fputs("└", out);
    for (int c = 0; c < on.wide; c++) {
        bool mark = false;
        for (size_t i = 0; i < x_ticks.count; i++)
            if (x_ticks.label[i][0] && (int)(dot_x(&on, x_ticks.at[i]) / 2) == c) mark = true;
        fputs(mark ? "┬" : "─", out);
    }
    putc('\n', out);
    if (!frame->axes.bare_x) {
        numbers_below(&on, &x_ticks, margin + 2);
        label_below(&on, frame, &x_ticks, margin + 2);
    }
    free(on.cells);
    return true;
}

loci_status chart_terminal_write(const chart *drawing, loci_error *error)
{
    const bool terminal = isatty(STDOUT_FILENO);
    const char *no_colour = getenv("NO_COLOR");
    int columns = drawing->layout.columns_of_text, lines = drawing->layout.lines_of_text;
    struct winsize window = {0};
    if (terminal && ioctl(STDOUT_FILENO, TIOCGWINSZ, &window) == 0) {
        if (columns <= 0) columns = window.ws_col;
        if (lines <= 0 && window.ws_row > 0) lines = window.ws_row - 1;
        if (lines > 40 && drawing->layout.lines_of_text <= 0) lines = 40;
    }
    if (columns <= 0) columns = WIDTH;
    if (columns < WIDTH_LEAST) columns = WIDTH_LEAST;
    if (lines <= 0) lines = HEIGHT;

    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    bool good = out != NULL;
    const bool colours = terminal && !(no_colour && *no_colour);
    if (good && drawing->layout.title)
        fprintf(out, "%s%s%s\n", colours ? "\x1b[1m" : "", drawing->layout.title, colours ? "\x1b[0m" : "");
    if (good && drawing->layout.subtitle) fprintf(out, "%s\n", drawing->layout.subtitle);
    for (size_t i = 0; i < drawing->count && good; i++) {
        const chart_frame *frame = &drawing->frames[i];
        int high = lines - 6;
        if (drawing->count > 1) high = (int)(high * fmin(frame->axes.weight, 1.5) * 0.7);
        if (i > 0 || drawing->layout.title) putc('\n', out);
        good = put_frame(out, colours, frame, columns, high > HEIGHT_LEAST ? high : HEIGHT_LEAST);
    }
    if (out && ferror(out)) good = false;
    if (out && fclose(out) != 0) good = false;
    if (!text) good = false; /* fclose does not tell */
    loci_status status = LOCI_OK;
    if (!good)
        status = chart_fail(error, LOCI_E_MEMORY, "out of memory");
    else if (fflush(stdout) != 0)
        status = chart_fail(error, LOCI_E_IO, "standard output: writing failed: %s", strerror(errno));
    else
        status = loci_file_write("-", text, size, error);
    free(text);
    return status;
}
