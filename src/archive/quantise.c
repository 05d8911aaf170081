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
#define SKEW 0.04      /* at a plane, below the middle of what became a number */

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

enum { LANES = 8 }; /* partial sums of a loop, for vectors */

static inline LOCI_INLINE double sum_of(const double *lane)
{
    return ((lane[0] + lane[1]) + (lane[2] + lane[3])) + ((lane[4] + lane[5]) + (lane[6] + lane[7]));
}

LOCI_HOT static double error_of(const double *c, const double *expected, size_t n, double step)
{
    const double scale = 1.0 / step;
    double sum[LANES] = {0};
    size_t i = 0;
    for (; i + LANES <= n; i += LANES)
        for (size_t j = 0; j < LANES; j++) {
            const double x = fabs(c[i + j]) * scale, d = x - kept(whole(x, expected[i + j] * scale));
            sum[j] += d * d;
        }
    for (; i < n; i++) {
        const double x = fabs(c[i]) * scale, d = x - kept(whole(x, expected[i] * scale));
        sum[0] += d * d;
    }
    return sum_of(sum) * step * step;
}

LOCI_HOT static double largest_of(const double *c, size_t n)
{
    double lane[LANES] = {0}, largest = 0.0;
    size_t i = 0;
    for (; i + LANES <= n; i += LANES)
        for (size_t j = 0; j < LANES; j++) lane[j] = fabs(c[i + j]) > lane[j] ? fabs(c[i + j]) : lane[j];
    for (; i < n; i++) lane[0] = fabs(c[i]) > lane[0] ? fabs(c[i]) : lane[0];
    for (size_t j = 0; j < LANES; j++) largest = lane[j] > largest ? lane[j] : largest;
    return largest;
}

LOCI_HOT static double squares_of(const double *c, size_t n)
{
    double sum[LANES] = {0};
    size_t i = 0;
    for (; i + LANES <= n; i += LANES)
        for (size_t j = 0; j < LANES; j++) sum[j] += c[i + j] * c[i + j];
    for (; i < n; i++) sum[i % LANES] += c[i] * c[i];
    return sum_of(sum);
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

/* Whether the octave of a step is an odd one. */
static unsigned octave_odd(int step)
{
    return (unsigned)((step + 2 * STEPS_AN_OCTAVE * STEP_LIMIT) / STEPS_AN_OCTAVE) & 1u;
}

/* How numbers become those of a step an octave up: by turns q >> 1, which makes too many of them zero, and (q + 1) >> 1 of those above 1,
 * which makes up for it. */
static inline LOCI_INLINE uint32_t dropped(uint32_t q, unsigned odd)
{
    return (q + (odd & (q > 1))) >> 1;
}

LOCI_HOT static void quantise_all(int32_t *q, const double *c, const double *expected, size_t n, double step)
{
    const double scale = 1.0 / step;
    for (size_t i = 0; i < n; i++) {
        const double x = fabs(c[i]) * scale;
        const int32_t size = (int32_t)whole(x, expected[i] * scale);
        q[i] = c[i] < 0.0 ? -size : size;
    }
}

int loci_quantise_planes(const int32_t *q, size_t n, int step)
{
    uint32_t largest = 0;
    int planes = 0;
    for (size_t i = 0; i < n; i++) {
        const uint32_t size = (uint32_t)(q[i] < 0 ? -q[i] : q[i]);
        largest = size > largest ? size : largest;
    }
    for (; largest > 0; planes++) largest = dropped(largest, octave_odd(step + planes * STEPS_AN_OCTAVE));
    return planes;
}

int loci_quantise(int32_t *q, const double *c, const double *expected, size_t n, int step)
{
    const double size = loci_quantise_step(step);
    if (largest_of(c, n) >= size * (double)(COEFFICIENT_LIMIT - 1)) return -1;
    quantise_all(q, c, expected, n, size);
    const int planes = loci_quantise_planes(q, n, step);
    return planes <= PLANES_MAX ? planes : -1;
}

/* What is kept of numbers, in steps: of 1, and of a larger one beyond itself. */
typedef struct {
    double one, above, step;
} keeping;

/* Where bits were dropped a number m began at m - 0.28 or m - 0.68, by turns, on average. */
static keeping keeping_of(int step, int plane)
{
    const double size = loci_quantise_step(step);
    if (plane == 0) return (keeping){1.0 + ABOVE_ONE, ABOVE, size};
    return octave_odd(step) ? (keeping){1.13, 0.5 - 0.28 - SKEW, size}
                            : (keeping){1.04, 0.5 - 0.68 - SKEW, size};
}

static inline LOCI_INLINE double kept_of(double q, const keeping *k)
{
    return k->step * (q > 1.5 ? q + k->above : q > 0.5 ? k->one : 0.0);
}

enum { BLOCK = 256 };

/* Adds what a block of magnitudes x and numbers m, both [BLOCK], costs to error [planes + 1]; m drops its bits. */
LOCI_HOT static void errors_add(double *error, const double *x, int32_t *m, const keeping *kept,
                                const unsigned *odd, int planes)
{
    double square[LANES] = {0};
    for (size_t i = 0; i < BLOCK; i += LANES)
        for (size_t j = 0; j < LANES; j++) square[j] += x[i + j] * x[i + j];
    for (int k = 0; k <= planes; k++) {
        double sum[LANES] = {0};
        int32_t some = 0;
        const keeping here = kept[k];
        for (size_t i = 0; i < BLOCK; i += LANES)
            for (size_t j = 0; j < LANES; j++) {
                const double d = x[i + j] - kept_of((double)m[i + j], &here);
                sum[j] += d * d;
            }
        error[k] += sum_of(sum);
        for (size_t i = 0; i < BLOCK; i++) {
            m[i] = (int32_t)dropped((uint32_t)m[i], odd[k]);
            some |= m[i];
        }
        if (some == 0) { /* so it stays */
            for (k++; k <= planes; k++) error[k] += sum_of(square);
        }
    }
}

void loci_quantise_errors(double *error, const double *c, const int32_t *q, size_t n, int step, int plane,
                          int planes)
{
    keeping kept[PLANES_MAX + 1];
    unsigned odd[PLANES_MAX + 1];
    for (int k = 0; k <= planes; k++) {
        kept[k] = keeping_of(step + k * STEPS_AN_OCTAVE, plane + k);
        odd[k] = octave_odd(step + k * STEPS_AN_OCTAVE);
        error[k] = 0.0;
    }
    for (size_t i = 0; i < n; i += BLOCK) {
        const size_t some = n - i < BLOCK ? n - i : BLOCK;
        double x[BLOCK] = {0};
        int32_t m[BLOCK] = {0};
        for (size_t j = 0; j < some; j++) x[j] = fabs(c[i + j]);
        for (size_t j = 0; j < some; j++) m[j] = q[i + j] < 0 ? -q[i + j] : q[i + j];
        errors_add(error, x, m, kept, odd, planes);
    }
}

LOCI_HOT void loci_quantise_drop(int32_t *q, size_t n, int step, int planes)
{
    for (; planes > 0; planes--, step += STEPS_AN_OCTAVE) {
        const unsigned odd = octave_odd(step);
        for (size_t i = 0; i < n; i++) {
            const int32_t cut = (int32_t)dropped((uint32_t)(q[i] < 0 ? -q[i] : q[i]), odd);
            q[i] = q[i] < 0 ? -cut : cut;
        }
    }
}

LOCI_HOT void loci_quantise_restore(double *c, const int32_t *q, size_t n, int step, int plane)
{
    const keeping kept = keeping_of(step, plane);
    for (size_t i = 0; i < n; i++) {
        const double magnitude = kept_of(fabs((double)q[i]), &kept);
        c[i] = q[i] < 0 ? -magnitude : magnitude;
    }
}
