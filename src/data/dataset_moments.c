/* SPDX-License-Identifier: MIT
 * dataset_moments.c - mean and deviation of samples and of targets.
 *
 * Sums are taken sequence by sequence and then over the sequences, in double, the squares about the mean, of the numbers as the
 * set keeps them; of numbers that lie far from 0 and near one another, once more of what they are less the first, which is exact. */
#include "data/dataset_kind.h"

#include <math.h>

#include "base/allocate.h"
#include "base/status.h"

/* Numbers of the set's sequences, or of their targets, `width` at a time. */
typedef struct {
    const loci_dataset *set;
    size_t width;
    bool targets;
    double *numbers; /* [rows of the longest][width] of one sequence */
    float *u;        /* samples: [longest][width]; else NULL */
} columns;

/* Rows of sequence i. */
static size_t fetch(const columns *c, size_t i)
{
    const size_t length = loci_dataset_length(c->set, i);
    if (c->targets) {
        loci_dataset_read_target(c->set, i, c->numbers);
        return c->set->source.target.each ? length : 1;
    }
    /* the samples of a permuted sequence where they stood, so that the sums do not depend on it */
    const size_t *order = c->set->order;
    loci_dataset_read(c->set, i, c->u);
    for (size_t k = 0; k < length; k++)
        for (size_t j = 0; j < c->width; j++)
            c->numbers[(order ? order[k] : k) * c->width + j] = (double)c->u[k * c->width + j];
    return length;
}

#define NEAR 1e-6 /* a deviation, as a part of the mean, below which its digits were lost in rounding */

/* Again, of column j less its first number, where its numbers are near one another. */
static void sum_near(const columns *c, size_t j, double *mean, double *deviation)
{
    size_t rows = 0;
    double first = 0, sum = 0, squares = 0;
    for (int pass = 0; pass < 2; pass++) {
        rows = 0;
        for (size_t i = 0; i < c->set->picks; i++) {
            const size_t own = fetch(c, i);
            if (rows == 0) first = c->numbers[j];
            for (size_t k = 0; k < own; k++) {
                const double x = c->numbers[k * c->width + j] - first;
                if (pass == 0)
                    sum += x;
                else
                    squares += (x - sum) * (x - sum);
            }
            rows += own;
        }
        if (pass == 0) sum /= (double)rows;
    }
    *mean = first + sum;
    *deviation = sqrt(squares / (double)rows);
}

static void sum_up(const columns *c, double *mean, double *deviation)
{
    size_t rows = 0;
    for (size_t j = 0; j < c->width; j++) mean[j] = deviation[j] = 0;
    for (size_t i = 0; i < c->set->picks; i++) {
        const size_t own = fetch(c, i);
        rows += own;
        for (size_t j = 0; j < c->width; j++) {
            double sum = 0;
            for (size_t k = 0; k < own; k++) sum += c->numbers[k * c->width + j];
            mean[j] += sum;
        }
    }
    for (size_t j = 0; j < c->width; j++) mean[j] /= (double)rows;
    for (size_t i = 0; i < c->set->picks; i++) {
        const size_t own = fetch(c, i);
        for (size_t j = 0; j < c->width; j++) {
            double squares = 0;
            for (size_t k = 0; k < own; k++) {
                const double x = c->numbers[k * c->width + j] - mean[j];
                squares += x * x;
            }
            deviation[j] += squares;
        }
    }
    for (size_t j = 0; j < c->width; j++) {
        deviation[j] = sqrt(deviation[j] / (double)rows);
        if (deviation[j] > 0 && deviation[j] <= NEAR * fabs(mean[j])) sum_near(c, j, &mean[j], &deviation[j]);
    }
}

static loci_status measure(columns *c, double *mean, double *deviation, loci_error *error)
{
    const loci_dataset *set = c->set;
    size_t count;
    bool good =
        loci_size_multiply(&count, c->targets && !set->source.target.each ? 1 : set->longest, c->width);
    c->numbers = good ? loci_allocate(count, sizeof *c->numbers) : NULL;
    if (!c->targets && good) c->u = loci_allocate(count, sizeof *c->u);
    good = c->numbers && (c->targets || c->u);
    if (good) sum_up(c, mean, deviation);
    loci_free(c->numbers);
    loci_free(c->u);
    return good ? LOCI_OK : loci_dataset_no_memory(set, error);
}

loci_status loci_dataset_moments(const loci_dataset *set, double *mean, double *deviation, loci_error *error)
{
    const loci_status status =
        measure(&(columns){.set = set, .width = set->source.inputs}, mean, deviation, error);
    for (size_t c = 0; status == LOCI_OK && set->origin && c < set->source.inputs; c++) {
        mean[c] = mean[c] / set->unit[c] + set->origin[c];
        deviation[c] /= set->unit[c];
    }
    return status;
}

loci_status loci_dataset_target_moments(const loci_dataset *set, double *mean, double *deviation,
                                        loci_error *error)
{
    return measure(&(columns){.set = set, .width = set->source.outputs, .targets = true}, mean, deviation,
                   error);
}
