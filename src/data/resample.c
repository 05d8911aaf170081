/* SPDX-License-Identifier: MIT
 * resample.c - from one sampling rate to another, by a windowed sinc.
 *
 * Output m stands at the time m q/p of the input's samples, where q/p is the ratio of the rates, from : to, in lowest
 * terms: doubles are fractions, so that this ratio is exact, and so is the position after any number of samples, kept as a
 * whole number and a numerator below p. The filter is h(t) = c sinc(c t) kaiser(t/w); y[m] is the sum over 2w inputs of
 * h(m q/p - k) u[k].
 *
 * The table has a row of h for each phase (m q/p modulo 1), p of them where that is not too many; else rows stand at
 * equal distances and two neighbours are joined by a line, which is off by at most h'' / (8 rows^2). */
#include <loci/data.h>

#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "base/allocate.h"
#include "base/status.h"
#include "base/vector.h"

#define PI 3.14159265358979323846

/* Attenuation in dB, and the transition from PASS to 1 of the lower Nyquist frequency, by Kaiser's formulas for the
 * length and the shape of a window (1974). */
#define ATTENUATION 84.0
#define PASS 0.9
#define RATIO 256    /* of the rates, at most */
#define TABLE 131072 /* numbers, at most, where each phase has its row: 1 MiB, the second-level cache */
#define ROWS 1024    /* of joined rows, when the rate does not fall: off by pi^2 / (24 ROWS^2), 4e-7 */
#define BLOCK 1024   /* samples that are filtered at a time */
#define LANES 8

struct loci_resampler {
    uint64_t p, q; /* from : to = q : p in lowest terms, below 2^62 */
    size_t channels;
    size_t half;   /* taps on either side, a multiple of LANES, so that a row has 2 half numbers */
    size_t rows;   /* p: each phase has its own; else the table has rows + 1 */
    double *table; /* [rows (+ 1)][2 half] */
    double *held;  /* [channels][room]: inputs first, first + 1, ... */
    size_t room, filled;
    double *latest; /* [channels] the last input */
    bool begun;     /* there is one */
    int64_t first;  /* number of the first input that is held; those before 0 are the one at 0 */
    int64_t whole;  /* the next output stands at whole + part/p */
    uint64_t part;
};

/* --- the filter --- */

/* The modified Bessel function I0. */
static double bessel(double x)
{
    double sum = 1, term = 1;
    for (int k = 1; term > 1e-17 * sum; k++) {
        term *= x / (2 * k) * (x / (2 * k));
        sum += term;
    }
    return sum;
}

/* row [2 half]: h at phase + half - 1, ..., phase - half; it sums to 1, so that a constant stays what it is. */
static void fill_row(double *row, size_t half, double width, double cutoff, double phase)
{
    const double beta = 0.1102 * (ATTENUATION - 8.7);
    double sum = 0;
    for (size_t j = 0; j < 2 * half; j++) {
        const double t = phase + (double)half - 1 - (double)j, x = PI * cutoff * t, z = t / width;
        const double sinc = fabs(x) < 1e-9 ? 1 : sin(x) / x;
        row[j] = fabs(z) < 1 ? sinc * bessel(beta * sqrt(1 - z * z)) : 0;
        sum += row[j];
    }
    for (size_t j = 0; j < 2 * half; j++) row[j] /= sum;
}

static bool make_table(loci_resampler *r)
{
    const bool same = r->p == r->q;
    const double scale = r->p < r->q ? (double)r->p / (double)r->q : 1; /* the lower rate, of `from` */
    const double width = same ? 1 : (ATTENUATION - 7.95) / (2.285 * 2 * PI * (1 - PASS) * scale);
    r->half = ((size_t)ceil(width) + LANES - 1) / LANES * LANES;
    const bool joined = r->p > 1 && r->p > TABLE / (2 * r->half);
    r->rows = joined ? (size_t)ceil(ROWS * scale) : (size_t)r->p;
    r->table = loci_allocate((r->rows + joined) * 2 * r->half, sizeof *r->table);
    if (!r->table) return false;
    for (size_t i = 0; i < r->rows + joined; i++)
        fill_row(r->table + i * 2 * r->half, r->half, width, same ? 1 : (1 + PASS) / 2 * scale,
                 (double)i / (double)r->rows);
    return true;
}

/* --- creation --- */

/* p : q = to : from in lowest terms; both are finite, above 0 and within RATIO of each other, so that p and q fit. */
static void find_ratio(uint64_t *p, uint64_t *q, double from, double to)
{
    int down, up;
    const double a = frexp(from, &down), b = frexp(to, &up);
    *q = (uint64_t)ldexp(a, 53);
    *p = (uint64_t)ldexp(b, 53);
    if (down > up)
        *q <<= down - up;
    else
        *p <<= up - down;
    uint64_t x = *p, y = *q;
    while (y != 0) {
        const uint64_t rest = x % y;
        x = y;
        y = rest;
    }
    *p /= x;
    *q /= x;
}

static void begin(loci_resampler *r)
{
    r->begun = false;
    r->filled = 0;
    r->first = 1 - (int64_t)r->half;
    r->whole = 0;
    r->part = 0;
}

loci_status loci_resampler_create(loci_resampler **result, double from, double to, size_t channels,
                                  loci_error *error)
{
    *result = NULL;
    if (!(from > 0 && from < INFINITY) || !(to > 0 && to < INFINITY))
        return loci_fail(error, LOCI_E_ARGUMENT,
                         "resampling is from %g to %g Hz; rates above 0 were expected", from, to);
    if (!(from / to <= RATIO && to / from <= RATIO))
        return loci_fail(error, LOCI_E_ARGUMENT,
                         "resampling is from %g to %g Hz; a factor of at most %d was expected", from, to,
                         RATIO);
    if (channels == 0 || channels > 65535)
        return loci_fail(error, LOCI_E_ARGUMENT, "resampling is of %zu channels; 1 to 65535 was expected",
                         channels);
    loci_resampler *r = loci_allocate(1, sizeof *r);
    if (!r) return loci_fail(error, LOCI_E_MEMORY, "out of memory for resampling");
    find_ratio(&r->p, &r->q, from, to);
    r->channels = channels;
    const bool good = make_table(r);
    r->room = 2 * r->half + BLOCK;
    r->held = good ? loci_allocate(channels * r->room, sizeof *r->held) : NULL;
    r->latest = good ? loci_allocate(channels, sizeof *r->latest) : NULL;
    if (!r->held || !r->latest) {
        loci_resampler_free(r);
        return loci_fail(error, LOCI_E_MEMORY, "out of memory for resampling");
    }
    begin(r);
    *result = r;
    return LOCI_OK;
}

void loci_resampler_free(loci_resampler *r)
{
    if (!r) return;
    loci_free(r->table);
    loci_free(r->held);
    loci_free(r->latest);
    loci_free(r);
}

size_t loci_resampler_room(const loci_resampler *r, size_t n)
{
    const double most = ((double)n + (double)r->half) * ((double)r->p / (double)r->q) * (1 + 1e-12) + 2;
    return most < (double)(SIZE_MAX / 4) ? (size_t)most : SIZE_MAX;
}

/* --- work --- */

/* The sum of row [size] times u [size], size a multiple of 2 LANES. */
static inline LOCI_INLINE double dot(const double *row, const double *u, size_t size)
{
    loci_f64x8 even = {0}, odd = {0};
    for (size_t j = 0; j < size; j += 2 * LANES) {
        even += *(const loci_f64x8 *)(row + j) * *(const loci_f64x8u *)(u + j);
        odd += *(const loci_f64x8 *)(row + j + LANES) * *(const loci_f64x8u *)(u + j + LANES);
    }
    even += odd;
    return ((even[0] + even[4]) + (even[1] + even[5])) + ((even[2] + even[6]) + (even[3] + even[7]));
}

/* The output at whole + part/p. */
LOCI_HOT static void filter(double *y, const loci_resampler *r)
{
    const size_t taps = 2 * r->half;
    const double *u = r->held + (r->whole + 1 - (int64_t)r->half - r->first);
    if (r->rows == r->p) {
        const double *row = r->table + (size_t)r->part * taps;
        for (size_t c = 0; c < r->channels; c++, u += r->room) y[c] = dot(row, u, taps);
        return;
    }
    const double at = (double)r->part / (double)r->p * (double)r->rows;
    const size_t i = at < (double)r->rows ? (size_t)at : r->rows - 1;
    const double *row = r->table + i * taps, share = at - (double)i;
    for (size_t c = 0; c < r->channels; c++, u += r->room) {
        const double before = dot(row, u, taps);
        y[c] = before + share * (dot(row + taps, u, taps) - before);
    }
}

/* Whether the next output belongs to `count` inputs: that there are round(count p/q) of them says that output m does if
 * m + 1/2 <= count p/q, which is whole + (part + q/2)/p <= count. */
static bool belongs(const loci_resampler *r, int64_t count)
{
    const uint64_t twice = 2 * r->part + r->q, whole = twice / (2 * r->p), rest = twice % (2 * r->p);
    return r->whole + (int64_t)whole + (rest != 0) <= count;
}

/* Takes n samples, each u [channels], or, with u NULL, the last one n times; gives the outputs of `count` inputs. */
static size_t feed(loci_resampler *r, double *y, const double *u, size_t n, int64_t count)
{
    size_t given = 0;
    while (n > 0) {
        const size_t more = n < r->room - r->filled ? n : r->room - r->filled;
        for (size_t c = 0; c < r->channels; c++) {
            double *to = r->held + c * r->room + r->filled;
            for (size_t k = 0; k < more; k++) to[k] = u ? u[k * r->channels + c] : r->latest[c];
        }
        if (u) u += more * r->channels;
        n -= more;
        r->filled += more;
        const int64_t end = r->first + (int64_t)r->filled;
        for (; r->whole + (int64_t)r->half < end && belongs(r, count); given++) {
            filter(y + given * r->channels, r);
            r->whole += (int64_t)(r->q / r->p);
            r->part += r->q % r->p;
            if (r->part >= r->p) {
                r->part -= r->p;
                r->whole++;
            }
        }
        const int64_t needed = r->whole + 1 - (int64_t)r->half;
        const size_t passed = needed < end ? (size_t)(needed - r->first) : r->filled;
        if (passed == 0) continue;
        r->filled -= passed;
        r->first += (int64_t)passed;
        for (size_t c = 0; c < r->channels; c++) {
            double *held = r->held + c * r->room;
            memmove(held, held + passed, r->filled * sizeof *held);
        }
    }
    return given;
}

size_t loci_resampler_push(loci_resampler *r, double *y, const double *u, size_t n)
{
    if (n == 0) return 0;
    if (!r->begun) {
        r->begun = true;
        r->filled = r->half - 1;
        for (size_t c = 0; c < r->channels; c++)
            for (size_t k = 0; k < r->filled; k++) r->held[c * r->room + k] = u[c];
    }
    for (size_t c = 0; c < r->channels; c++) r->latest[c] = u[(n - 1) * r->channels + c];
    return feed(r, y, u, n, INT64_MAX);
}

size_t loci_resampler_end(loci_resampler *r, double *y)
{
    const size_t given = r->begun ? feed(r, y, NULL, r->half, r->first + (int64_t)r->filled) : 0;
    begin(r);
    return given;
}
