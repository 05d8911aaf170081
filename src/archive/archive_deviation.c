/* SPDX-License-Identifier: MIT
 * archive_deviation.c - the standard deviation of samples, some of which may be missing. */
#include "archive/archive_deviation.h"

#include <math.h>
#include <stdint.h>

#include "base/vector.h"

enum { LANES = 8 }; /* partial sums of a loop, for vectors */

typedef struct {
    double sum, square, largest; /* of (u - from) * scale */
    size_t present;
} moments;

/* Of samples that are not missing. */
LOCI_HOT static moments moments_of(const double *u, size_t n, double from, double scale)
{
    double sum[LANES] = {0}, square[LANES] = {0}, largest[LANES] = {0};
    uint64_t missing[LANES] = {0};
    for (size_t i = 0; i < n; i += LANES) {
        const size_t lanes = n - i < LANES ? n - i : LANES;
        for (size_t j = 0; j < lanes; j++) {
            const double x = u[i + j];
            const double off = x != x ? 0.0 : (x - from) * scale;
            sum[j] += off;
            square[j] += off * off;
            largest[j] = fabs(off) > largest[j] ? fabs(off) : largest[j];
            missing[j] += x != x;
        }
    }
    moments m = {.present = n};
    for (size_t j = 0; j < LANES; j++) {
        m.sum += sum[j];
        m.square += square[j];
        m.largest = fmax(m.largest, largest[j]);
        m.present -= (size_t)missing[j];
    }
    return m;
}

double loci_archive_deviation(const double *u, size_t n, double *first, size_t *present)
{
    size_t begin = 0;
    while (begin < n && isnan(u[begin])) begin++;
    *first = begin < n ? u[begin] : 0.0;
    moments m = moments_of(u + begin, n - begin, *first, 1.0);
    *present = m.present;
    if (m.present == 0) return 0.0;
    const double count = (double)m.present, unit = m.largest < 0x1p-400 ? 0x1p-600 : 1.0;
    m = moments_of(u + begin, n - begin, *first + m.sum / count, 1.0 / unit);
    return sqrt(fmax(m.square - m.sum * m.sum / count, 0.0) / count) * unit;
}
