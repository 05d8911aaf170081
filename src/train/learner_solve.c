/* SPDX-License-Identifier: MIT
 * learner_solve.c - the regression of a learner.
 *
 * Statistics are brought to mean 0 and deviation 1 first. Sequences that are known one by one are fewer than statistics: then the
 * matrix K of products of sequences is the small one, weights are A^T (K + ridge)^-1 y, and with a = (K + ridge)^-1 y the error of sequence i,
 * left out, is a_i / (K + ridge)^-1_ii (Allen 1974; with a constant that is fitted as well, the eigenvector of ones, which K sends to 0, does not
 * count). Of sums the matrix of statistics is solved, and the ridge is chosen by generalised cross-validation. */
#include "train/learner.h"

#include <float.h>
#include <math.h>
#include <string.h>

#include "base/allocate.h"
#include "base/sized.h"
#include "base/status.h"

enum { GRID = 13 }; /* ridges, half a decade apart, from 1e-4 to 1e2 of the mean square of a row of A */

/* How much statistic j counts beside others, all of deviation 1: powers less, of which many modes tell much the same. */
static double weight_of(const loci_learner *l, size_t j)
{
    return loci_model_configuration(l->model)->statistics == LOCI_STATISTICS_ALL && j % 3 == 2 ? 0.5 : 1;
}

typedef struct {
    size_t n, p, q;
    double *mean, *scale; /* [p] of statistics; scale 0: one that never changes */
    double *mid;          /* [q] means of targets */
    double *weights;      /* [p][q], of standardised statistics */
    double temperature;   /* of classes: scores times this are logits */
} fit;

static double ridge_at(size_t k, double unit)
{
    return unit * pow(10, -4 + 0.5 * (double)k);
}

/* ---- of sequences one by one ---- */

typedef struct {
    const loci_learner *l;
    fit *f;
    double *rows;                    /* [p][n]: A^T */
    double *gram, *factor, *inverse; /* [n][n] */
    /* [n][q]: targets, (K + ridge)^-1 of them, those of the best; scores left out */
    double *centred, *alpha, *best, *left;
    double *diagonal;          /* [n] */
    double error[GRID], least; /* NAN: not tried */
    size_t chosen;
} one_by_one;

static void standardize(one_by_one *w)
{
    const size_t n = w->f->n, p = w->f->p;
    for (size_t j = 0; j < p; j++) {
        double sum = 0, squares = 0, *const row = w->rows + j * n;
        for (size_t i = 0; i < n; i++) sum += row[i] = (double)w->l->told[i * p + j];
        const double mean = sum / (double)n;
        for (size_t i = 0; i < n; i++) squares += (row[i] - mean) * (row[i] - mean);
        const double deviation = sqrt(squares / (double)n);
        w->f->mean[j] = mean;
        w->f->scale[j] = deviation > 1e-6 * (fabs(mean) + 1e-3) ? weight_of(w->l, j) / deviation : 0;
        for (size_t i = 0; i < n; i++) row[i] = (row[i] - mean) * w->f->scale[j];
    }
}

/* The mean square error, of sequences left out, at ridge k. */
static double attempt(one_by_one *w, size_t k, double unit)
{
    const size_t n = w->f->n, q = w->f->q;
    if (!isnan(w->error[k])) return w->error[k];
    const double ridge = ridge_at(k, unit);
    loci_ridge_factor(w->factor, w->gram, ridge, NULL, n);
    memcpy(w->alpha, w->centred, n * q * sizeof *w->alpha);
    loci_ridge_solve(w->alpha, w->factor, n, q);
    loci_ridge_inverse_diagonal(w->diagonal, w->inverse, w->factor, n);
    double sum = 0;
    for (size_t i = 0; i < n; i++) {
        const double own = w->diagonal[i] - 1 / ((double)n * ridge);
        for (size_t j = 0; j < q; j++) {
            const double error = w->alpha[i * q + j] / fmax(own, DBL_MIN);
            sum += error * error;
        }
    }
    w->error[k] = sum / (double)(n * q);
    if (w->error[k] < w->least) {
        w->least = w->error[k];
        w->chosen = k;
        memcpy(w->best, w->alpha, n * q * sizeof *w->best);
        for (size_t i = 0; i < n; i++)
            for (size_t j = 0; j < q; j++)
                w->left[i * q + j] =
                    w->centred[i * q + j] + w->f->mid[j] -
                    w->alpha[i * q + j] / fmax(w->diagonal[i] - 1 / ((double)n * ridge), DBL_MIN);
    }
    return w->error[k];
}

/* All ridges where they cost little; else downhill, from the middle, in steps of a decade and then of half of one. */
static void choose(one_by_one *w, double unit)
{
    enum { CHEAP = 600 };
    for (size_t k = 0; k < GRID; k++) w->error[k] = NAN;
    w->least = INFINITY;
    w->chosen = 4;
    if (w->f->n <= CHEAP) {
        for (size_t k = 0; k < GRID; k++) attempt(w, k, unit);
        return;
    }
    for (size_t step = 2; step > 0; step--) {
        size_t at = w->chosen;
        attempt(w, at, unit);
        while (at >= step && attempt(w, at - step, unit) < w->error[at]) at -= step;
        while (at + step < GRID && attempt(w, at + step, unit) < w->error[at]) at += step;
    }
}

/* The mean of -log softmax(scores times by) of the right class, which is 1 in target. */
static double unlikeliness(const double *scores, const double *target, size_t n, size_t q, double by)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++) {
        double most = -INFINITY, all = 0, own = 0;
        for (size_t j = 0; j < q; j++) most = fmax(most, scores[i * q + j]);
        for (size_t j = 0; j < q; j++) {
            all += exp(by * (scores[i * q + j] - most));
            if (target[i * q + j] > 0) own = by * (scores[i * q + j] - most);
        }
        sum += log(all) - own;
    }
    return sum / (double)n;
}

/* Convex in `by`; where all are right it would grow without end, and be surer than so few sequences allow. */
static double temperature(const double *scores, const double *target, size_t n, size_t q)
{
    double low = log(0.1), high = log(6);
    for (int turn = 0; turn < 40; turn++) {
        const double a = low + (high - low) / 3, b = high - (high - low) / 3;
        if (unlikeliness(scores, target, n, q, exp(a)) < unlikeliness(scores, target, n, q, exp(b)))
            high = b;
        else
            low = a;
    }
    return exp((low + high) / 2);
}

static double score(const one_by_one *w, bool classes)
{
    const size_t n = w->f->n, q = w->f->q;
    double right = 0, squares = 0;
    for (size_t i = 0; i < n; i++) {
        size_t best = 0;
        for (size_t j = 1; j < q; j++)
            if (w->left[i * q + j] > w->left[i * q + best]) best = j;
        right += w->l->target[i * q + best] > 0;
        for (size_t j = 0; j < q; j++) squares += w->centred[i * q + j] * w->centred[i * q + j];
    }
    return classes ? right / (double)n : 1 - w->least * (double)(n * q) / squares;
}

static loci_status solve_each(const loci_learner *l, fit *f, loci_learner_report *report, bool classes,
                              loci_error *error)
{
    const size_t n = f->n, p = f->p, q = f->q;
    one_by_one w = {.l = l, .f = f};
    size_t numbers = 0, square, tall;
    if (loci_size_multiply(&square, n, n) && loci_size_multiply(&tall, n, p) &&
        loci_size_add(&numbers, 3 * square, tall) && loci_size_add(&numbers, numbers, 4 * n * q + n))
        w.rows = loci_allocate(numbers, sizeof *w.rows);
    if (!w.rows)
        return loci_fail(error, LOCI_E_MEMORY, "out of memory for a regression over %zu sequences", n);
    w.gram = w.rows + tall, w.factor = w.gram + square, w.inverse = w.factor + square;
    w.centred = w.inverse + square, w.alpha = w.centred + n * q, w.best = w.alpha + n * q,
    w.left = w.best + n * q;
    w.diagonal = w.left + n * q;
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < q; j++) w.centred[i * q + j] = l->target[i * q + j] - f->mid[j];
    standardize(&w);
    loci_ridge products = {.features = n, .gram = w.gram, .cross = w.diagonal, .square = w.diagonal};
    loci_ridge_push(&products, w.rows, NULL, p);
    double unit = 0;
    for (size_t i = 0; i < n; i++) unit += w.gram[i * n + i] / (double)n;
    if (!(unit > 0)) {
        loci_free(w.rows);
        return loci_fail(error, LOCI_E_VALUE,
                         "the statistics of all sequences are the same; sequences that differ were expected");
    }
    choose(&w, unit);
    for (size_t j = 0; j < p; j++) /* A^T alpha */
        for (size_t c = 0; c < q; c++) {
            double sum = 0;
            for (size_t i = 0; i < n; i++) sum += w.rows[j * n + i] * w.best[i * q + c];
            f->weights[j * q + c] = sum;
        }
    if (classes) f->temperature = temperature(w.left, l->target, n, q);
    report->ridge = ridge_at(w.chosen, 1);
    report->error = w.least;
    report->score = score(&w, classes);
    loci_free(w.rows);
    return LOCI_OK;
}

/* ---- of sums of products ---- */

static loci_status solve_sums(const loci_learner *l, fit *f, loci_learner_report *report, loci_error *error)
{
    const size_t p = f->p, q = f->q;
    const double n = (double)f->n;
    const loci_ridge all = loci_learner_moments(l);
    const size_t size = loci_ridge_size(p, q);
    double *numbers = size ? loci_allocate(size, sizeof *numbers) : NULL, grid[GRID], ridge, sum;
    if (!numbers)
        return loci_fail(error, LOCI_E_MEMORY, "out of memory for a regression on %zu statistics", p);
    loci_ridge own = loci_ridge_at(numbers, p, q, n - 1);
    for (size_t i = 0; i < p; i++) {
        const double square = all.gram[i * (p + 1) + i] / n, mean = all.gram[i * (p + 1) + p] / n;
        const double deviation = sqrt(fmax(square - mean * mean, 0));
        f->mean[i] = mean;
        f->scale[i] = deviation > 1e-6 * (fabs(mean) + 1e-3) ? weight_of(l, i) / deviation : 0;
    }
    for (size_t i = 0; i < p; i++) {
        for (size_t j = i; j < p; j++)
            own.gram[i * p + j] =
                f->scale[i] * f->scale[j] * (all.gram[i * (p + 1) + j] - n * f->mean[i] * f->mean[j]);
        for (size_t c = 0; c < q; c++)
            own.cross[i * q + c] = f->scale[i] * (all.cross[i * q + c] - n * f->mean[i] * f->mid[c]);
    }
    for (size_t c = 0; c < q; c++) own.square[c] = all.square[c] - n * f->mid[c] * f->mid[c];
    double unit = 0;
    for (size_t i = 0; i < p; i++) unit += own.gram[i * p + i] / n;
    for (size_t k = 0; k < GRID; k++) grid[k] = ridge_at(k, unit > 0 ? unit : 1);
    const loci_status status =
        loci_ridge_choose(&ridge, f->weights, &sum, &own, NULL, grid, GRID, NULL, error);
    loci_free(numbers);
    if (status) return status;
    report->ridge = unit > 0 ? ridge / unit : ridge;
    report->error = sum / (double)q;
    report->score = NAN;
    /* of Gaussian errors e of targets 1 and -1 the logarithm of the odds is 2 score / e^2 */
    f->temperature = fmin(fmax(1 / fmax(report->error, 1e-3), 0.5), 6);
    return LOCI_OK;
}

/* ---- both ---- */

static loci_status targets_measure(const loci_learner *l, fit *f, bool classes, loci_error *error)
{
    const loci_ridge all = l->moments ? loci_learner_moments(l) : (loci_ridge){0};
    bool differ = false;
    for (size_t c = 0; c < f->q; c++) {
        double sum = l->moments ? all.cross[f->p * f->q + c] : 0, squares = l->moments ? all.square[c] : 0;
        for (size_t i = 0; !l->moments && i < f->n; i++) {
            const double y = l->target[i * f->q + c];
            sum += y;
            squares += y * y;
        }
        f->mid[c] = sum / (double)f->n;
        differ = differ || squares / (double)f->n - f->mid[c] * f->mid[c] > 1e-12 * squares / (double)f->n;
    }
    if (differ) return LOCI_OK;
    return loci_fail(error, LOCI_E_VALUE,
                     classes ? "all sequences are of one class; two at least were expected"
                             : "the targets of all sequences are the same; values that differ were expected");
}

/* Weights and biases of the decoder, for the statistics as they are. */
static void put(const loci_learner *l, const fit *f, bool classes)
{
    size_t count;
    const loci_parameter *at = loci_model_parameters(l->model, &count);
    float *const weight = loci_model_values(l->model) + at[1].offset, *const bias =
                                                                          loci_model_values(l->model) +
                                                                          at[2].offset;
    const double by = classes ? f->temperature : 1;
    for (size_t c = 0; c < f->q; c++) {
        double constant = f->mid[c];
        for (size_t j = 0; j < f->p; j++) {
            const double w = f->weights[j * f->q + c] * f->scale[j];
            weight[c * f->p + j] = (float)(by * w);
            constant -= w * f->mean[j];
        }
        bias[c] = (float)(by * constant);
    }
}

loci_status loci_learner_solve_sized(loci_learner *l, loci_learner_report *report, size_t size,
                                     loci_error *error)
{
    const loci_model_config *c = loci_model_configuration(l->model);
    const size_t p = l->features, q = l->targets;
    const bool classes = !loci_task_inspect(loci_model_description(l->model)->task)->values;
    loci_learner_report whole = {.sequences = l->sequences, .features = p, .each = !l->moments};
    whole.modes = p / loci_model_bank_each(c->statistics);
    if (l->sequences < 2)
        return loci_fail(error, LOCI_E_VALUE,
                         "there %s %zu sequence%s to learn from; 2 at least were expected",
                         l->sequences == 1 ? "is" : "are", l->sequences, l->sequences == 1 ? "" : "s");
    double *numbers = loci_allocate(2 * p + q + p * q, sizeof *numbers);
    if (!numbers) return loci_fail(error, LOCI_E_MEMORY, "out of memory for %zu weights", p * q);
    fit f = {l->sequences, p, q, numbers, numbers + p, numbers + 2 * p, numbers + 2 * p + q, 1};
    loci_status status = targets_measure(l, &f, classes, error);
    if (!status)
        status = l->moments ? solve_sums(l, &f, &whole, error) : solve_each(l, &f, &whole, classes, error);
    if (!status) put(l, &f, classes);
    loci_free(numbers);
    if (!status) loci_sized_give(report, size, &whole, sizeof whole);
    return status;
}
