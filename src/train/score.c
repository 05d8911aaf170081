/* SPDX-License-Identifier: MIT
 * score.c - accuracy and confusion of labels, errors and explained variance of values.
 *
 * Of values, E is the sum of squared errors and V that of squared differences from the mean of the set, sum of t^2 less
 * (sum of t)^2/n: targets are normalised, so that their mean is small against their deviation and the difference keeps its digits. The
 * share that is explained is 1 - E/V; of all outputs together, E and V are summed over them. */
#include "train/score.h"

#include <math.h>
#include <string.h>

#include "base/allocate.h"
#include "base/status.h"

loci_status loci_score_open(loci_score *score, const loci_task_row *task, size_t outputs, size_t *confusion,
                            loci_error *error)
{
    *score = (loci_score){.task = task, .outputs = outputs, .confusion = task->is.values ? NULL : confusion};
    if (score->confusion) memset(score->confusion, 0, outputs * outputs * sizeof *score->confusion);
    if (!task->is.values) return LOCI_OK;
    score->error = loci_allocate(outputs, 3 * sizeof *score->error);
    if (!score->error)
        return loci_fail(error, LOCI_E_MEMORY, "out of memory for the errors of %zu values", outputs);
    score->first = score->error + outputs;
    score->squares = score->first + outputs;
    return LOCI_OK;
}

void loci_score_close(loci_score *score)
{
    loci_free(score->error);
    *score = (loci_score){0};
}

void loci_score_add(loci_score *score, const loci_tally *tally, const float *answer, const double *target,
                    size_t rows)
{
    const size_t outputs = score->outputs;
    score->sum.loss += tally->loss;
    score->sum.right += tally->right;
    score->targets += rows;
    for (size_t k = 0; score->confusion && k < rows; k++)
        score->confusion[(size_t)target[k] * outputs + (size_t)answer[k]]++;
    for (size_t k = 0; score->error && k < rows * outputs; k++) {
        const double gap = (double)answer[k] - target[k];
        score->error[k % outputs] += gap * gap;
        score->first[k % outputs] += target[k];
        score->squares[k % outputs] += target[k] * target[k];
    }
}

/* V of output i; 0 but for rounding is 0. */
static double variation(const loci_score *score, size_t i)
{
    const double n = (double)score->targets, mean = score->first[i] / n,
                 v = score->squares[i] - n * mean * mean;
    return v > 1e-12 * score->squares[i] ? v : 0;
}

void loci_score_finish(const loci_score *score, loci_evaluation *result, const double *scale)
{
    const double targets = (double)score->targets;
    result->targets = score->targets;
    result->loss = score->sum.loss / targets;
    if (!score->task->is.values) {
        result->score = score->task->score(&score->sum, targets);
        return;
    }
    double error = 0, all = 0;
    for (size_t i = 0; i < score->outputs; i++) {
        const double v = variation(score, i);
        error += score->error[i], all += v;
        if (result->error) result->error[i] = sqrt(score->error[i] / targets) / fabs(scale ? scale[i] : 1);
        if (result->explained) result->explained[i] = v > 0 ? 1 - score->error[i] / v : NAN;
    }
    result->score = all > 0 ? 1 - error / all : NAN;
}
