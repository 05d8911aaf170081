/* SPDX-License-Identifier: MIT
 * chart_axis.c - what an axis shows: its range, and where it has marks with which numbers. */
#include "draw/chart_model.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include <loci/data.h>

/* --- ranges --- */

typedef struct {
    double low, high;
    bool logarithmic;
} range;

static void include(range *of, const double *values, size_t count)
{
    for (size_t i = 0; values && i < count; i++) {
        if (!isfinite(values[i]) || (of->logarithmic && !(values[i] > 0))) continue;
        of->low = fmin(of->low, values[i]);
        of->high = fmax(of->high, values[i]);
    }
}

/* The range of the data, widened by a share of its length, and never empty: shorter than so much of its numbers, it counts as none. */
static void finish(range *of, double share, double least)
{
    if (!(of->low <= of->high))
        *of = (range){of->logarithmic ? 1 : 0, of->logarithmic ? 10 : 1, of->logarithmic};
    if (of->logarithmic) {
        const double decades = fmax(log10(of->high / of->low), 0.3), more = pow(10, share * decades);
        of->low /= more;
        of->high *= more;
        if (of->high / of->low < 1.9) {
            of->low /= 2;
            of->high *= 2;
        }
        return;
    }
    const double size = fmax(fabs(of->low), fabs(of->high));
    if (of->high - of->low <= least * size || of->high == of->low) {
        const double room = size > 0 ? 0.5 * size : 1;
        of->low -= room;
        of->high += room;
        return;
    }
    const double more = share * (of->high - of->low);
    of->low -= more;
    of->high += more;
}

double chart_step_end(const chart_series *steps, size_t i)
{
    if (i + 1 < steps->count) return isnan(steps->x[i + 1]) ? steps->x[i] : steps->x[i + 1];
    const double length = i > 0 ? steps->x[i] - steps->x[i - 1] : 0;
    return length > 0 ? steps->x[i] + length : steps->x[i];
}

chart_window chart_window_find(const chart_frame *frame)
{
    const chart_axes *axes = &frame->axes;
    range x = {INFINITY, -INFINITY, axes->log_x}, y = {INFINITY, -INFINITY, axes->log_y};
    bool from_axis = false, matrix = false;
    for (size_t i = 0; i < frame->count; i++) {
        const chart_series *s = &frame->traces[i].is;
        const double zero = 0;
        if (s->kind == CHART_TEXT) continue;
        if (s->kind == CHART_MATRIX) {
            const double corner[2] = {-0.5, (double)s->rows - 0.5},
                         side[2] = {-0.5, (double)(s->count / s->rows) - 0.5};
            include(&x, s->x ? s->x : side, 2);
            include(&y, s->x2 ? s->x2 : corner, 2);
            matrix = true;
            continue;
        }
        include(&x, s->x, s->count);
        if (s->kind == CHART_BARS) include(&x, s->x2, s->count);
        if (s->kind == CHART_STEPS && s->count > 0) {
            const double end = chart_step_end(s, s->count - 1);
            include(&x, &end, 1);
        }
        if (s->kind == CHART_MARKS) continue;
        if (axes->x_from != axes->x_to && s->x && s->kind != CHART_LEVELS && s->kind != CHART_BARS) {
            /* only what the axis shows counts for its height */
            for (size_t k = 0; k < s->count; k++) {
                if (!((s->x[k] - axes->x_from) * (s->x[k] - axes->x_to) <= 0)) continue;
                include(&y, &s->y[k], 1);
                if (s->y2) include(&y, &s->y2[k], 1);
            }
        } else {
            include(&y, s->y, s->count);
            include(&y, s->y2, s->count);
        }
        if (s->kind == CHART_BARS && !s->y2) {
            include(&y, &zero, 1);
            from_axis = true;
        }
    }
    finish(&x, 0, axes->time_x ? 1e-14 : 1e-12); /* 20 microseconds of today */
    const double floor_of_bars = y.low;
    finish(&y, matrix ? 0 : 0.05, 1e-12);
    if (from_axis && !axes->log_y && floor_of_bars == 0) y.low = 0;
    chart_window window = {x.low, x.high, y.low, y.high};
    if (matrix) {
        window.y_from = y.high;
        window.y_to = y.low;
    }
    if (axes->x_from != axes->x_to) {
        window.x_from = axes->x_from;
        window.x_to = axes->x_to;
    }
    if (axes->y_from != axes->y_to) {
        window.y_from = axes->y_from;
        window.y_to = axes->y_to;
    }
    return window;
}

/* --- marks --- */

typedef struct {
    char text[80]; /* more than any label needs */
} label;

/* "10⁻³" behind what is there already */
static void append_power(label *to, int exponent)
{
    static const char *const superscript[10] = {"⁰", "¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹"};
    char digits[16];
    snprintf(digits, sizeof digits, "%d", exponent < 0 ? -exponent : exponent);
    strcat(to->text, exponent < 0 ? "10⁻" : "10");
    for (const char *c = digits; *c; c++) strcat(to->text, superscript[*c - '0']);
}

/* to `decimals` places, with a true minus sign */
static label number_label(double value, int decimals)
{
    label is;
    snprintf(is.text, sizeof is.text, "%s%.*f", value < 0 ? "−" : "", decimals, fabs(value));
    return is;
}

static void add_tick(chart_ticks *ticks, double at, const label *is)
{
    if (ticks->count == CHART_TICKS_MOST) return;
    ticks->at[ticks->count] = at;
    /* whole letters only, should one be too long */
    size_t length = strlen(is->text);
    if (length >= sizeof ticks->label[0]) {
        length = sizeof ticks->label[0] - 1;
        while (length > 0 && ((unsigned char)is->text[length] & 0xc0) == 0x80) length--;
    }
    memcpy(ticks->label[ticks->count], is->text, length);
    ticks->label[ticks->count++][length] = 0;
}

void chart_ticks_linear(chart_ticks *ticks, double from, double to, size_t wanted)
{
    *ticks = (chart_ticks){.count = 0};
    const double low = fmin(from, to), high = fmax(from, to),
                 rough = (high - low) / (double)(wanted ? wanted : 1);
    if (!(rough > 0) || !isfinite(rough)) return;
    const double decade = pow(10, floor(log10(rough)));
    const double part = rough / decade;
    const double step = decade * (part < 1.5 ? 1 : part < 3.5 ? 2 : part < 7.5 ? 5 : 10);
    const double size = fmax(fabs(low), fabs(high));
    /* Far from 1, all numbers share a power of ten. */
    int power = 0;
    if (size >= 1e6 || size < 1e-3) power = (int)floor(log10(size) + 1e-9);
    const double unit = pow(10, power);
    int decimals = (int)-floor(log10(step / unit) + 1e-9);
    decimals = decimals < 0 ? 0 : decimals > 12 ? 12 : decimals;
    const double first = ceil(low / step - 1e-9);
    for (size_t k = 0; k < CHART_TICKS_MOST; k++) {
        const double at = (first + (double)k) * step;
        if (at > high + 1e-9 * step) break;
        label is =
            number_label(fabs(at) < 1e-9 * step ? 0 : at / unit, fabs(at) < 1e-9 * step ? 0 : decimals);
        if (power != 0 && fabs(at) >= 1e-9 * step) {
            strcat(is.text, "·");
            append_power(&is, power);
        }
        add_tick(ticks, at, &is);
    }
}

/* The number of a mark that stands at mantissa 10^exponent. */
static label log_label(int mantissa, int exponent, bool plain)
{
    if (plain) return number_label(mantissa * pow(10, exponent), exponent < 0 ? -exponent : 0);
    label is = {.text = ""};
    if (mantissa == 1 && exponent == 0) return number_label(1, 0);
    if (mantissa != 1) snprintf(is.text, sizeof is.text, "%d·", mantissa);
    append_power(&is, exponent);
    return is;
}

void chart_ticks_log(chart_ticks *ticks, double from, double to, size_t wanted)
{
    *ticks = (chart_ticks){.count = 0};
    const double low = fmin(from, to), high = fmax(from, to);
    if (!(low > 0) || !isfinite(high)) return;
    const int first = (int)ceil(log10(low) - 1e-9), last = (int)floor(log10(high) + 1e-9);
    const int decades = last - first + 1, most = wanted > 2 ? (int)wanted : 2;
    const bool plain = first >= -3 && last <= 4; /* all numbers short */
    static const label none = {.text = ""};
    if (decades >= 3) {
        const int stride = (decades + most - 1) / most;
        for (int e = first; e <= last; e++) {
            if (decades > CHART_TICKS_MOST && e % stride != 0) continue;
            const label is = e % stride == 0 ? log_label(1, e, plain) : none;
            add_tick(ticks, pow(10, e), &is);
        }
        return;
    }
    for (int e = first - 1; e <= last; e++)
        for (int m = 1; m < 10; m++) {
            const double at = m * pow(10, e);
            if (at < low * (1 - 1e-9) || at > high * (1 + 1e-9)) continue;
            const label is = m == 1 || m == 2 || m == 5 ? log_label(m, e, plain) : none;
            add_tick(ticks, at, &is);
        }
}

typedef struct {
    int year, month, day;
    char text[40]; /* ISO */
} date;

/* Beyond the calendar its year is 0. */
static date date_of(double seconds)
{
    date is = {0};
    loci_time_format(is.text, sizeof is.text, seconds);
    if (sscanf(is.text, "%d-%d-%d", &is.year, &is.month, &is.day) != 3) is = (date){.year = 0};
    return is;
}

static double seconds_of(int year, int month)
{
    char text[32];
    double seconds = NAN;
    snprintf(text, sizeof text, "%04d-%02d-01", year, month);
    return loci_time_parse(&seconds, text, NULL) == LOCI_OK ? seconds : NAN;
}

static const char *const months[12] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                       "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

/* Whole months or years. */
static void ticks_of_months(chart_ticks *ticks, double low, double high, int step)
{
    const date begin = date_of(low);
    int month = begin.year * 12 + begin.month - 1;
    month -= month % step;
    for (; ticks->count < CHART_TICKS_MOST; month += step) {
        const double at = seconds_of(month / 12, month % 12 + 1);
        if (!(at <= high)) break;
        if (at < low) continue;
        label is;
        if (step % 12 == 0)
            snprintf(is.text, sizeof is.text, "%d", month / 12);
        else if (month % 12 == 0 || ticks->count == 0)
            snprintf(is.text, sizeof is.text, "%s %d", months[month % 12], month / 12);
        else
            snprintf(is.text, sizeof is.text, "%s", months[month % 12]);
        add_tick(ticks, at, &is);
    }
}

/* Seconds after a whole one, which the note tells. */
static void ticks_of_seconds(chart_ticks *ticks, double from, double to, size_t wanted, double zero,
                             const char *iso)
{
    chart_ticks_linear(ticks, from - zero, to - zero, wanted);
    for (size_t i = 0; i < ticks->count; i++) ticks->at[i] += zero;
    snprintf(ticks->note, sizeof ticks->note, "s after %.19s UTC", iso);
}

void chart_ticks_time(chart_ticks *ticks, double from, double to, size_t wanted)
{
    enum { MINUTE = 60, HOUR = 3600, DAY = 86400, MONTH = 2629746 };
    static const int steps[] = {1,          2,          5,         10,  15,      30,      MINUTE,
                                2 * MINUTE, 5 * MINUTE, 600,       900, 1800,    HOUR,    7200,
                                3 * HOUR,   6 * HOUR,   12 * HOUR, DAY, 2 * DAY, 5 * DAY, 10 * DAY};
    static const int long_steps[] = {1, 3, 6, 12, 24, 60, 120, 240, 600, 1200, 2400, 6000, 12000};
    const double low = fmin(from, to), high = fmax(from, to),
                 rough = (high - low) / (double)(wanted ? wanted : 1);
    const date first = date_of(low), last = date_of(high);
    if (first.year < 1 || last.year < 1) {
        ticks_of_seconds(ticks, from, to, wanted, 0, "1970-01-01");
        return;
    }
    if (!(rough > 0.5)) {
        const double second = floor(low);
        const date zero = date_of(second);
        ticks_of_seconds(ticks, from, to, wanted, second, zero.text);
        return;
    }
    *ticks = (chart_ticks){.count = 0};
    if (rough > 12 * DAY) {
        size_t k = 0;
        while (k < 12 && long_steps[k] * (double)MONTH < 0.8 * rough) k++;
        ticks_of_months(ticks, low, high, long_steps[k]);
        snprintf(ticks->note, sizeof ticks->note, "UTC");
        return;
    }
    size_t k = 0;
    while (k < sizeof steps / sizeof *steps - 1 && steps[k] < 0.8 * rough) k++;
    const double step = steps[k];
    for (double at = ceil(low / step) * step; at <= high && ticks->count < CHART_TICKS_MOST; at += step) {
        const date day = date_of(at);
        label is;
        if (step >= DAY || fmod(at, DAY) == 0)
            snprintf(is.text, sizeof is.text, "%d %s", day.day, months[(day.month - 1) % 12]);
        else
            snprintf(is.text, sizeof is.text, "%.*s", step < MINUTE ? 8 : 5, day.text + 11);
        add_tick(ticks, at, &is);
    }
    if (strncmp(first.text, last.text, 10) == 0)
        snprintf(ticks->note, sizeof ticks->note, "%.10s UTC", first.text);
    else if (first.year == last.year)
        snprintf(ticks->note, sizeof ticks->note, "%d, UTC", first.year);
    else
        snprintf(ticks->note, sizeof ticks->note, "%d to %d, UTC", first.year, last.year);
}

void chart_ticks_x(chart_ticks *ticks, const chart_frame *frame, const chart_window *window, size_t wanted)
{
    if (frame->axes.log_x)
        chart_ticks_log(ticks, window->x_from, window->x_to, wanted);
    else if (frame->axes.time_x)
        chart_ticks_time(ticks, window->x_from, window->x_to, wanted);
    else
        chart_ticks_linear(ticks, window->x_from, window->x_to, wanted);
}

void chart_ticks_y(chart_ticks *ticks, const chart_frame *frame, const chart_window *window, size_t wanted)
{
    if (frame->axes.log_y)
        chart_ticks_log(ticks, window->y_from, window->y_to, wanted);
    else
        chart_ticks_linear(ticks, window->y_from, window->y_to, wanted);
}
