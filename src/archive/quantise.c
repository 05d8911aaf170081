/* SPDX-License-Identifier: MIT
 * quantise.c - coefficients as whole numbers of steps. */
#include "archive/quantise.h"

#include <math.h>
#include <string.h>

#include "archive/coefficients.h"
#include "base/vector.h"

/* Chosen by bytes at equal error on recordings: a heart, transformers, exchange rates, speech, noise. */
#define CUT 0.54       /* x of 1 and more becomes floor(x + 1 - CUT) */
#define CUT_SMALL 0.60 /* below 1, where the neighbours are large */
#define CUT_LONE 0.80  /* below 1, where they are zero */
#define ABOVE_ONE 0.05 /* 1 is kept as 1.05 */
#define ABOVE 0.02     /* others as q + 0.02 */
#define MIDDLE 0.45    /* at plane p, where in the 2^p - 1 above the lowest */

double loci_quantise_step(int step)
{
    return exp2((double)step / STEPS_AN_OCTAVE);
}

void loci_quantise_expect(double *expected, const double *c, const pyramid_layout *l)
{
    for (size_t row = 0; row < l->rows; row++) {
        const size_t width = l->row[row].width, nodes = (size_t)l->row[row].nodes;
        const bool unequal = row <= l->unequal;
        const double *own = c + l->row[row].at;
        const double *above = row > 0 && l->row[row - 1].width >= width ? c + l->row[row - 1].at : NULL;
        const size_t parents = above ? (size_t)l->row[row - 1].nodes : 0;
        double *out = expected + l->row[row].at;
        for (size_t i = 0; i < nodes; i++, own += width, out += width) {
            const size_t parent = unequal ? 0 : i / 2;
            const double *p = parent < parents ? above + parent * width : own;
            const double *before = i > 0 ? own - width : own;
            out[0] = (fabs(before[0]) + fabs(p[0])) / 2.0;
            for (size_t k = 1; k < width; k++)
                out[k] = (fabs(before[k]) + fabs(p[k]) + fabs(own[k - 1])) / 3.0;
        }
    }
}

/* The number that x steps become, beside neighbours of e steps. */
static inline LOCI_INLINE double whole(double x, double e)
{
    const double lone = CUT_LONE - (CUT_LONE - CUT_SMALL) * e;
    const double small = lone > CUT_SMALL ? lone : CUT_SMALL;
    return (double)(int32_t)(x + 1.0 - (x < 1.0 ? small : CUT));
}

static inline LOCI_INLINE double kept(double q)
{
    return q + (q > 1.5 ? ABOVE : q > 0.5 ? ABOVE_ONE : 0.0);
}

LOCI_HOT static double error_of(const double *c, const double *expected, size_t n, double step)
{
    const double scale = 1.0 / step;
    double sum[8] = {0};
    size_t i = 0;
    for (; i + 8 <= n; i += 8)
        for (size_t j = 0; j < 8; j++) {
            const double x = fabs(c[i + j]) * scale, d = x - kept(whole(x, expected[i + j] * scale));
            sum[j] += d * d;
        }
    for (; i < n; i++) {
        const double x = fabs(c[i]) * scale, d = x - kept(whole(x, expected[i] * scale));
        sum[0] += d * d;
    }
    return (((sum[0] + sum[1]) + (sum[2] + sum[3])) + ((sum[4] + sum[5]) + (sum[6] + sum[7]))) * step * step;
}

LOCI_HOT static double largest_of(const double *c, size_t n)
{
    double largest = 0.0;
    for (size_t i = 0; i < n; i++) largest = fabs(c[i]) > largest ? fabs(c[i]) : largest;
    return largest;
}

LOCI_HOT static double squares_of(const double *c, size_t n)
{
    double sum[8] = {0};
    for (size_t i = 0; i < n; i++) sum[i % 8] += c[i] * c[i];
    return ((sum[0] + sum[1]) + (sum[2] + sum[3])) + ((sum[4] + sum[5]) + (sum[6] + sum[7]));
}

bool loci_quantise_search(int *step, bool *all_zero, const double *c, const double *expected, size_t n,
                          double allowed)
{
    const double largest = largest_of(c, n);
    *step = 0;
    *all_zero = largest == 0.0 || squares_of(c, n) <= allowed;
    if (*all_zero) return true;
    if (!(allowed > 0.0)) return false;
    /* below `least` numbers are too large, above `most` they are all zero */
    const double least = ceil(STEPS_AN_OCTAVE * log2(largest / (double)(COEFFICIENT_LIMIT - 2)));
    const double most = ceil(STEPS_AN_OCTAVE * log2(largest)) + 1.0;
    if (least < -STEP_LIMIT || most > STEP_LIMIT) return false;
    int good = (int)least - 1, bad = (int)most;
    double guess = STEPS_AN_OCTAVE * 0.5 * log2(12.0 * allowed / (double)n);
    while (bad - good > 1) {
        const int at = guess <= good ? good + 1 : guess >= bad ? bad - 1 : (int)guess;
        const double error = error_of(c, expected, n, loci_quantise_step(at));
        if (error <= allowed)
            good = at;
        else
            bad = at;
        if (error <= allowed && error >= 0.98 * allowed) break;
        /* errors grow as the square of the step while most numbers are not zero, slower where they are */
        const double change = STEPS_AN_OCTAVE * 0.5 * log2(allowed / error);
        guess = at + (error <= allowed ? fmax(1.0, change) : fmin(-1.0, change - 0.5));
        if (guess <= good || guess >= bad) guess = 0.5 * (good + bad);
    }
    *step = good;
    return good >= least;
}

LOCI_HOT static double quantise_all(int32_t *q, const double *c, const double *expected, size_t n,
                                    double step)
{
    const double scale = 1.0 / step;
    double largest = 0.0;
    for (size_t i = 0; i < n; i++) {
        const double x = fabs(c[i]) * scale, w = whole(x, expected[i] * scale);
        const int32_t size = (int32_t)w;
        largest = w > largest ? w : largest;
        q[i] = c[i] < 0.0 ? -size : size;
    }
    return largest;
}

int loci_quantise(int32_t *q, const double *c, const double *expected, size_t n, int step)
{
    const double size = loci_quantise_step(step);
    if (largest_of(c, n) >= size * (double)(COEFFICIENT_LIMIT - 1)) return -1;
    const double largest = quantise_all(q, c, expected, n, size);
    int planes = 0;
    while (largest >= ldexp(1.0, planes)) planes++;
    return planes;
}

static inline LOCI_INLINE double kept_at(uint32_t q, int plane)
{
    if (q == 0) return 0.0;
    if (plane == 0) return kept((double)q);
    const double unit = (double)((uint32_t)1 << plane);
    return (double)q * unit + (unit - 1.0) * MIDDLE + ABOVE;
}

void loci_quantise_errors(double *error, const double *c, const int32_t *q, size_t n, int step, int planes,
                          double *scratch)
{
    const double size = loci_quantise_step(step);
    double *x = scratch, *number = scratch + n, lost = 0.0;
    size_t some = 0;
    for (size_t i = 0; i < n; i++) {
        const double magnitude = fabs(c[i]);
        if (q[i] == 0) {
            lost += magnitude * magnitude;
        } else {
            x[some] = magnitude;
            number[some++] = fabs((double)q[i]);
        }
    }
    for (int plane = 0; plane <= planes; plane++) {
        double sum = 0.0;
        size_t left = 0;
        for (size_t i = 0; i < some; i++) {
            const uint32_t cut = (uint32_t)number[i] >> plane;
            const double d = x[i] - size * kept_at(cut, plane);
            if (cut == 0) { /* from here on */
                lost += d * d;
            } else {
                sum += d * d;
                x[left] = x[i];
                number[left++] = number[i];
            }
        }
        error[plane] = lost + sum;
        some = left;
    }
}

LOCI_HOT void loci_quantise_restore(double *c, const int32_t *q, size_t n, int step, int plane)
{
    const double size = loci_quantise_step(step);
    for (size_t i = 0; i < n; i++) {
        const double magnitude = size * kept_at((uint32_t)(q[i] < 0 ? -q[i] : q[i]), plane);
        c[i] = q[i] < 0 ? -magnitude : magnitude;
    }
}
