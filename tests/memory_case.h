/* SPDX-License-Identifier: MIT
 *
 * memory_case.h - what the tests of memories share: plans and memories that fail loudly, signals, and the
 * direct projection of a signal in long double, cell by cell, by a formula that the library does not use.
 */
#ifndef MEMORY_CASE_H
#define MEMORY_CASE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <loci/data.h>
#include <loci/memory.h>

#include "near.h"

/* --- plans, memories, bytes: each fails the test where it cannot do what was asked --- */

static loci_error last_error; /* for messages; what the failing call said */

#define ok(call)                                                                                             \
    do {                                                                                                     \
        if ((call) != LOCI_OK) fail_msg("%s:%d: %s", #call, __LINE__, last_error.text);                      \
    } while (0)
/* The call fails with this status, and its sentence holds these words. */
#define refused(call, wanted, words)                                                                         \
    do {                                                                                                     \
        last_error.text[0] = 0;                                                                              \
        assert_int_equal((call), (wanted));                                                                  \
        if (!strstr(last_error.text, (words)))                                                               \
            fail_msg("line %d: \"%s\" was expected in: %s", __LINE__, (words), last_error.text);             \
    } while (0)

static inline loci_memory_plan *plan_of(loci_memory_spec spec)
{
    loci_memory_plan *plan;
    ok(loci_memory_plan_create(&plan, &spec, &last_error));
    return plan;
}

static inline void *room_for(size_t size)
{
    void *room = aligned_alloc(64, (size + 63) / 64 * 64);
    assert_non_null(room);
    return room;
}

/* What lies in the bytes beforehand must not matter: they are not zero. */
static inline loci_memory *memory_room(const loci_memory_plan *plan, size_t channels)
{
    const size_t size = loci_memory_size(plan, channels);
    assert_true(size > 0);
    loci_memory *memory = room_for(size);
    memset(memory, 0xA5, size);
    return memory;
}

static inline loci_memory *memory_of(const loci_memory_plan *plan, size_t channels, double start)
{
    loci_memory *memory = memory_room(plan, channels);
    ok(loci_memory_init(memory, plan, channels, start, &last_error));
    return memory;
}

static inline loci_memory *memory_with(const loci_memory_plan *plan, size_t channels, double start,
                                       const double *u, const double *t, size_t n)
{
    loci_memory *memory = memory_of(plan, channels, start);
    ok(loci_memory_push(memory, plan, u, t, n, &last_error));
    return memory;
}

static inline loci_memory *fork_of(const loci_memory *memory, const loci_memory_plan *plan, size_t channels)
{
    loci_memory *copy = memory_room(plan, channels);
    memcpy(copy, memory, loci_memory_size(plan, channels));
    return copy;
}

/* The saved bytes; a memory of detail 0 is collapsed first. */
static inline unsigned char *bytes_of(const loci_memory *memory, const loci_memory_plan *plan,
                                      size_t channels, const char *note, size_t *size)
{
    loci_memory *whole = NULL;
    if (loci_memory_plan_spec(plan)->detail == 0) {
        whole = memory_room(plan, channels);
        ok(loci_memory_collapse(whole, memory, plan, &last_error));
        memory = whole;
    }
    *size = loci_memory_save_size(memory, plan, strlen(note));
    unsigned char *bytes = room_for(*size);
    memset(bytes, 0x5A, *size);
    ok(loci_memory_save(memory, plan, note, strlen(note), bytes, *size, &last_error));
    free(whole);
    return bytes;
}

static inline void assert_same_memory(const loci_memory *a, const loci_memory *b,
                                      const loci_memory_plan *plan, size_t channels)
{
    size_t one_size, two_size;
    unsigned char *one = bytes_of(a, plan, channels, "", &one_size),
                  *two = bytes_of(b, plan, channels, "", &two_size);
    assert_int_equal(one_size, two_size);
    assert_memory_equal(one, two, one_size);
    free(one);
    free(two);
}

static inline void coefficients_of(const loci_memory *memory, const loci_memory_plan *plan, size_t channels,
                                   size_t channel, double *c)
{
    loci_memory *scratch = memory_room(plan, channels);
    ok(loci_memory_coefficients(memory, plan, channel, c, scratch, &last_error));
    free(scratch);
}

/* --- signals --- */

static inline double random_unit(uint64_t *seed) /* splitmix64, in [0, 1) */
{
    uint64_t z = *seed += 0x9e3779b97f4a7c15u;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return (double)((z ^ (z >> 31)) >> 11) * 0x1p-53;
}

/* A slow wave, a faster one, and noise, of size about 1, around `offset`; a new phase for every channel. */
static inline double *signal_of(size_t n, size_t channels, double offset, uint64_t seed)
{
    double *u = room_for((n + 1) * channels * sizeof *u);
    for (size_t c = 0; c < channels; c++) {
        const double phase = 6 * random_unit(&seed);
        for (size_t k = 0; k < n; k++) {
            const double x = (double)k / (double)n;
            u[k * channels + c] =
                offset + sin(9 * x + phase) + 0.4 * sin(61 * x) + 0.5 * (random_unit(&seed) - 0.5);
        }
    }
    return u;
}

/* Times with steps from `shortest` to 1, spread evenly in their logarithms. */
static inline double *times_of(size_t n, double start, double shortest, uint64_t seed)
{
    double *t = room_for((n + 1) * sizeof *t), now = start;
    for (size_t k = 0; k <= n; k++) {
        t[k] = now;
        const double next = now + pow(shortest, random_unit(&seed));
        now = next > now ? next : nextafter(now, INFINITY);
    }
    return t;
}

/* --- the truth --- */

/* The signal over one interval, [from, to], is the line from a to b. */
typedef struct {
    long double from, to, a, b;
} cell;

/* Cells of n intervals: held u[n] or joined u[n + 1], one channel of `stride`; t[n + 1], NULL: 0, 1, 2... */
static inline cell *cells_of(const double *u, size_t stride, const double *t, size_t n, bool joined)
{
    cell *cells = malloc((n + 1) * sizeof *cells);
    assert_non_null(cells);
    for (size_t k = 0; k < n; k++)
        cells[k] =
            (cell){t ? (long double)t[k] : (long double)k, t ? (long double)t[k + 1] : (long double)(k + 1),
                   u[k * stride], u[(joined ? k + 1 : k) * stride]};
    return cells;
}

enum { TRUTH_ORDER = 256 };
typedef struct {
    long double c[TRUTH_ORDER];  /* [0]: the mean */
    long double variance, error; /* error: what `order` coefficients do not hold, as a mean square */
    double largest;              /* of c_1 and on, at least 1e-300 */
} truth;

/* P_0 .. P_count-1 at z */
static inline void truth_legendre(long double *p, size_t count, long double z)
{
    p[0] = 1;
    if (count > 1) p[1] = z;
    for (size_t n = 1; n + 1 < count; n++)
        p[n + 1] = ((long double)(2 * n + 1) * z * p[n] - (long double)n * p[n - 1]) / (long double)(n + 1);
}

/* The projection on g_n(x) = sqrt(2n+1) P_n(2x-1) over all cells. By parts, with I and J the first and second
 * antiderivatives of g: the integral over a cell is [f I] - slope [J]; in cells so short that this cancels, by
 * Simpson's rule, whose error is (h N^2)^4 / 2880. */
static inline truth truth_of(size_t order, const cell *cells, size_t n)
{
    truth result = {{0}, 0, 0, 0};
    assert_true(order <= TRUTH_ORDER);
    enum { COUNT = TRUTH_ORDER + 2 };
    long double left[COUNT], right[COUNT], middle[COUNT];
    const long double begin = cells[0].from, length = cells[n - 1].to - begin, base = cells[0].a;
    long double mean = 0;
    for (size_t k = 0; k < n; k++)
        mean += (cells[k].to - cells[k].from) / length * (0.5L * (cells[k].a + cells[k].b) - base);
    mean += base;
    for (size_t k = 0; k < n; k++) {
        const long double x0 = (cells[k].from - begin) / length, x1 = (cells[k].to - begin) / length,
                          h = (cells[k].to - cells[k].from) / length, a = cells[k].a - mean,
                          b = cells[k].b - mean;
        result.variance += h * (a * a + a * b + b * b) / 3;
        if (order == 1) continue;
        truth_legendre(left, order + 2, 2 * x0 - 1);
        truth_legendre(right, order + 2, 2 * x1 - 1);
        const bool is_short = h * (long double)(order * order) < 1e-3L;
        if (is_short) truth_legendre(middle, order + 2, x0 + x1 - 1);
        for (size_t m = 1; m < order; m++) {
            const long double root = sqrtl((long double)(2 * m + 1));
            if (is_short) {
                result.c[m] += h / 6 * root * (a * left[m] + 2 * (a + b) * middle[m] + b * right[m]);
                continue;
            }
            const long double i0 = (left[m + 1] - left[m - 1]) / (2 * root),
                              i1 = (right[m + 1] - right[m - 1]) / (2 * root);
            result.c[m] += b * i1 - a * i0;
            if (a == b) continue;
            long double
                jump[2]; /* of the antiderivatives of P_{m-1} and P_{m+1} over the cell; J needs P_{m+2} */
            for (size_t i = 0; i < 2; i++) {
                const size_t d = m - 1 + 2 * i;
                long double up0 = 0, up1 = 0;
                if (d + 1 < order + 2) {
                    up0 = left[d + 1];
                    up1 = right[d + 1];
                } else { /* one more step of the recurrence */
                    const long double e = (long double)d;
                    up0 = ((2 * e + 1) * (2 * x0 - 1) * left[d] - e * left[d - 1]) / (e + 1);
                    up1 = ((2 * e + 1) * (2 * x1 - 1) * right[d] - e * right[d - 1]) / (e + 1);
                }
                jump[i] = d == 0
                              ? h
                              : ((up1 - up0) - (right[d - 1] - left[d - 1])) / (2 * (2 * (long double)d + 1));
            }
            result.c[m] -= (b - a) / h * (jump[1] - jump[0]) / (2 * root);
        }
    }
    result.c[0] = mean;
    result.error = result.variance;
    result.largest = 1e-300;
    for (size_t m = 1; m < order; m++) {
        result.error -= result.c[m] * result.c[m];
        result.largest = fmax(result.largest, fabs((double)result.c[m]));
    }
    return result;
}

/* The projection's value at place x in [0, 1]. */
static inline long double truth_value(const truth *t, size_t order, long double x)
{
    long double p[TRUTH_ORDER], sum = 0;
    truth_legendre(p, order, 2 * x - 1);
    for (size_t n = 1; n < order; n++) sum += t->c[n] * sqrtl((long double)(2 * n + 1)) * p[n];
    return t->c[0] + sum;
}

/* Coefficients within `share` of the largest behind the mean, and the mean within a few ulp of its own size
 * and that. */
static inline void assert_projection(const double *c, const truth *expected, size_t order, double share,
                                     const char *what)
{
    const double mean = (double)expected->c[0];
    assert_near(c[0], mean,
                share * fmax(expected->largest, sqrt((double)expected->variance)) + 2.3e-16 * fabs(mean),
                "%s: mean", what);
    for (size_t n = 1; n < order; n++)
        assert_near(c[n], expected->c[n], share * expected->largest, "%s: coefficient %zu of %zu", what, n,
                    order);
}

/* An array of a golden file. */
static inline loci_array golden(const char *file, const char *member)
{
    loci_array array;
    char path[1024];
    snprintf(path, sizeof path, "%s/%s", LOCI_GOLDEN, file);
    ok(loci_npz_read(&array, path, member, &last_error));
    return array;
}

#endif
