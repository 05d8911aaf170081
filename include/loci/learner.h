/* SPDX-License-Identifier: MIT
 *
 * loci/learner.h - models that learn in one pass, without gradients: a bank of random oscillators, read by a ridge regression. Part of
 * libloci-train.
 *
 * The bank (LOCI_LAYER_BANK of loci/model.h) turns a sequence of any length into some thousand statistics; of these the regression makes
 * class scores or values. What it needs of the sequences adds up: their statistics while there are fewer sequences than statistics,
 * from then on sums of products of these. So a learner goes on from where it was, without the sequences it learned from, and learners of
 * one bank, which have looked at different sequences, add up to one.
 *
 * The model is as any other: evaluation, files, streams. What a learner knows besides is for loci_learner_save.
 */
#ifndef LOCI_LEARNER_H
#define LOCI_LEARNER_H

#include <stddef.h>
#include <stdint.h>

#include <loci/dataset.h>
#include <loci/model.h>
#include <loci/status.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct loci_learner loci_learner;

typedef struct {
    size_t size;                /* sizeof of this struct */
    size_t modes;               /* oscillators, up to 20000; 0: 1000 */
    loci_statistics statistics; /* what is told of each */
    uint64_t seed;              /* what they are drawn by, up to 2^52 */
    double span;                /* samples that the slowest look back; 0: the mean length of the sequences */
    int task_given;             /* the task is `task`; 0: what the targets of the set look like */
    loci_task task;             /* LOCI_TASK_CLASS or LOCI_TASK_VALUE */
    size_t threads;             /* 0: one a processor. Nothing depends on it */
    /* Called between sequences, unless NULL; anything but 0 stops: LOCI_E_STOPPED. */
    int (*progress)(void *context, size_t done, size_t all);
    void *context;
    const loci_reading
        *reading; /* how the set was read, for the model's description; NULL: nothing is said */
} loci_learner_options;

/* A learner that knows nothing, with a bank for such sequences: the inputs' means and deviations, and the thresholds, quantiles of what
 * 100 sequences at most, evenly drawn from the set, make the oscillators do. options NULL: all 0. LOCI_E_ARGUMENT,
 * LOCI_E_MISMATCH: targets at every sample, which a bank cannot learn; LOCI_E_MEMORY, LOCI_E_STOPPED. */
LOCI_API loci_status loci_learner_create(loci_learner **learner, const loci_dataset *set,
                                         const loci_learner_options *options, loci_error *error);
/* The same with the bank of a model, of which only this, its classes and its description are taken. LOCI_E_MISMATCH: it is no model of a bank. */
LOCI_API loci_status loci_learner_like(loci_learner **learner, const loci_model *model, loci_error *error);
LOCI_API void loci_learner_free(loci_learner *learner); /* NULL is allowed */

/* Learns from all sequences of the set, in their order; in several calls it comes to the same, to the bit. Of the options threads, progress and context count. On a failure
 * it may know some of them. LOCI_E_MISMATCH: the set is not one for its model; LOCI_E_ARGUMENT: its rate is not within a factor of 1000 of the model's; LOCI_E_VALUE: a sequence is not finite; LOCI_E_MEMORY, LOCI_E_STOPPED. */
LOCI_API loci_status loci_learner_push(loci_learner *learner, const loci_dataset *set,
                                       const loci_learner_options *options, loci_error *error);
/* Adds what `other` learned: as if its sequences had come after the learner's own, to rounding, and to the bit while both know theirs one by one.
 * LOCI_E_MISMATCH: another bank, other classes; LOCI_E_ARGUMENT: it is the learner itself. */
LOCI_API loci_status loci_learner_add(loci_learner *learner, const loci_learner *other, loci_error *error);

typedef struct {
    size_t sequences, features, modes;
    int each;     /* sequences are known one by one; 0: as sums of products */
    double ridge; /* that was chosen, over the mean square of a sequence's standardised statistics */
    double
        error; /* the mean square error left: with each sequence left out in turn (each), or by generalised cross-validation */
    double
        score; /* with each sequence left out in turn: the share that is right, or of the variance explained; NAN where that is not known */
} loci_learner_report;

/* The regression: the ridge with the least error with each sequence left out in turn (in closed form, Allen 1974) or, of sums of products, by generalised
 * cross-validation, and the weights of the model. Scores of classes are scaled so that their softmax is the likeliest for sequences left out.
 * O(n^3) for n the smaller of sequences and features. LOCI_E_VALUE: fewer than two sequences, or all of one class; LOCI_E_MEMORY. */
LOCI_API loci_status loci_learner_solve_sized(loci_learner *learner, loci_learner_report *report, size_t size,
                                              loci_error *error);
static inline loci_status loci_learner_solve(loci_learner *learner, loci_learner_report *report,
                                             loci_error *error)
{
    return loci_learner_solve_sized(learner, report, sizeof *report, error);
}
/* The model, as the last solve left it; it lives as long as the learner. To note something in it (loci_model_describe), it may be changed. */
LOCI_API loci_model *loci_learner_model(const loci_learner *learner);

/* What a learner knows, in a file of its own beside that of its model: *bytes is released by free(). A checksum is at its end, and it knows the bank that it
 * belongs to. Loading: of the learner's model; LOCI_E_FORMAT, LOCI_E_MISMATCH: another bank, other outputs. (docs/formats.md) */
LOCI_API loci_status loci_learner_save(const loci_learner *learner, void **bytes, size_t *size,
                                       loci_error *error);
LOCI_API loci_status loci_learner_load(loci_learner **learner, const loci_model *model, const void *bytes,
                                       size_t size, loci_error *error);

#ifdef __cplusplus
}
#endif
#endif
