/* SPDX-License-Identifier: MIT
 *
 * loci/train.h - models that learn: AdamW on micro-batches over threads, validation, resumption; and evaluation. Part of
 * libloci-train.
 *
 * A thread takes a micro-batch through the whole network, forward and backward. Gradients are summed in an order that
 * does not depend on the number of threads: the same seed gives the same bits for any number of them. Sequences of
 * different lengths are grouped by length, each group in a network of its own, padded to a common length that convolutions
 * like; padding changes nothing.
 *
 * Processes train together as ranks of a team (loci/team.h): each creates a trainer like the others', with the same model, sets and
 * options, and takes the same steps and validations; each takes some of a batch's sequences through its network, and gradients are
 * summed over all of them in the same order as by one process. All have the same model after each step: that which one process has,
 * to the bit.
 *
 *     loci_trainer_create(&trainer, model, train, valid, &options, &error);
 *     do {
 *         loci_trainer_step(trainer, &report, &error);
 *         if (report.epoch_ended) loci_trainer_validate(trainer, NULL, NULL, &report, &error);
 *     } while (!report.finished);
 *     loci_trainer_best(trainer, model);      the parameters with the best validation score
 *
 * Training begins with whatever parameters the model has: initial values (loci_model_initialize), or those of a finished one
 * (loci_model_begin).
 */
#ifndef LOCI_TRAIN_H
#define LOCI_TRAIN_H

#include <stddef.h>
#include <stdint.h>

#include <loci/dataset.h>
#include <loci/model.h>
#include <loci/network.h>
#include <loci/status.h>
#include <loci/task.h>
#include <loci/team.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
    size_t size; /* sizeof of this struct; 0: the fields of version 0.1 */
    /* Sequences a step, 1 to 65536; the last batch of an epoch has what is left. Memory does not grow with it: it is cut
     * into micro-batches, so that a large batch is gradient accumulation. */
    size_t batch;
    /* Passes over the training set, and steps. The training ends with whichever comes first; 0: that bound is absent. Not
     * both are 0. */
    size_t epochs;
    uint64_t steps;
    double lr;       /* of the groups LOCI_GROUP_MAIN and LOCI_GROUP_UNDECAYED, > 0 */
    double lr_ssm;   /* at most that of LOCI_GROUP_SSM, whose rate is min(lr, lr_ssm); > 0 */
    double decay;    /* AdamW's weight decay, of LOCI_GROUP_MAIN alone, >= 0 */
    double warmup;   /* share of all steps, below 1, in which rates rise from 0; then they fall as a cosine */
    double clip;     /* gradients whose norm is larger are scaled to it; 0: never */
    size_t patience; /* ends after so many epochs without a better validation; 0: never */
    uint64_t seed;   /* of the order of sequences, of dropout and of augment (not of initial values) */
    size_t threads;  /* 0: as many as there are processors that the process may use; at most 1024 */
    /* Into how many shards, at most, a batch is cut, each with a gradient of its own: a thread takes a shard at a time, so that more
     * threads, of all ranks together, than shards are of no use. 0: 8, or of batches above 64 and small gradients up to 64; at most
     * LOCI_SHARDS_MAX. Another number sums in another order, and gives other bits. */
    size_t shards;
    /* The ranks that train together; NULL: this process alone. It must live as long as the trainer. */
    const loci_team *team;
    /* What is done to images (loci_dataset_info.rows), each time that one is trained on, by chance: LOCI_AUGMENT_FLIP,
     * LOCI_AUGMENT_SHIFT or both. 0: nothing. */
    uint64_t augment;
    /* A loci_precision (network.h): of what products are made while it is trained; LOCI_E_UNSUPPORTED where the processor has none such.
     * Validations are in float. Another precision gives another model, as another seed does. */
    uint64_t precision;
} loci_train_options;

#define LOCI_SHARDS_MAX 65536
#define LOCI_AUGMENT_FLIP 1u /* left and right change places, of every second image */
/* Moved by as many pixels, up or down and to a side, as an eighth of the rows and columns at most, rounded up, 4 of CIFAR-10; what comes in is 0. */
#define LOCI_AUGMENT_SHIFT 2u

/* batch 64, 10 epochs, lr 0.01, lr_ssm 0.001, decay 0.01, warmup 0.05, clip 1, patience 0, seed 0, threads 0, shards 0, no team, no augment, in float. */
static inline loci_train_options loci_train_options_default(void)
{
    loci_train_options options = {
        sizeof(loci_train_options), 64, 10, 0, 0.01, 0.001, 0.01, 0.05, 1.0, 0, 0, 0, 0, NULL, 0,
        LOCI_PRECISION_FLOAT};
    return options;
}
/* What suits a model and a training set, from numbers n and lengths of its sequences; data NULL: a large one.
 *
 *     lr       loci_layer_traits of the kind: 0.001 for LSTM, GRU, convolutions, attention and banks, which learn slowly or not at all
 *              at 0.01, that of the others (docs/results.md), 0.002 for Mamba and Mamba 2
 *     batch    the power of two next to n/25, 4 to 64: few sequences make few steps an epoch, and what learns is steps; of long ones
 *              halved while a step has more than 65,536 samples, to the nearest, but not below 16
 *     epochs   10 (2400/n)^(2/3), at least 10: of few sequences each is seen more often. Not so many that more than five
 *              million samples are read, but at least 10, and enough for 300 steps
 *
 * Of texts (LOCI_TARGET_NEXT) every token counts: batch is 8, and epochs are those of six million tokens, 20 at most, but enough for
 * 300 steps.
 *
 * From 2,400 sequences on, of 1,448 samples at most, this is loci_train_options_default. docs/data.md has what it comes to on small public sets, those
 * on which the rule was found and others. */
LOCI_API void loci_train_options_for_sized(const loci_model_config *config, const loci_dataset_info *data,
                                           loci_train_options *options, size_t size);
static inline loci_train_options loci_train_options_for(const loci_model_config *config,
                                                        const loci_dataset_info *data)
{
    loci_train_options options;
    loci_train_options_for_sized(config, data, &options, sizeof options);
    return options;
}
/* The share of the training set to validate with (loci_dataset_divide): a tenth where that is 50 sequences at least, of texts one, else 0. Fewer tell
 * models apart by chance (the standard error of a share of 50 is up to 7 %), and are missed where all are few. */
LOCI_API double loci_train_valid_share(const loci_dataset_info *data);

typedef struct {
    uint64_t step, steps; /* done, of all that are planned */
    size_t epoch, epochs; /* the step's, from 1 (0 before the first step), of all that are planned */
    size_t sequences;     /* trained on in this epoch */
    double loss, score;   /* of the step's batch, as the task says (task.h); at first NAN */
    double lr, norm;      /* of the step: the main group's rate, the gradient's norm before clipping */
    double train_loss, train_score; /* of the epoch so far, as it was while parameters changed */
    double valid_loss, valid_score; /* of the last validation; NAN: there was none */
    int epoch_ended; /* with this step, or it was the last of all: validate next, which makes this 0 */
    int improved;    /* the last validation was the best so far */
    int finished;    /* all steps are done, or patience is at its end */
} loci_train_report;

typedef struct loci_trainer loci_trainer;

/* The model is changed by each step. Its task, in its description, is one for the targets of the sets, its outputs are their
 * classes or values, its inputs theirs. The variance of values is explained as of targets whose normalisation in the model's
 * description is that of the training set (loci_dataset_target_moments). Sequences at another rate than the model's are trained on as such, by layers that know time. valid NULL: none, the last parameters are the best. Model and sets
 * must live as long, and the model's description stays as it is. Memory: the activations of a micro-batch for each thread,
 * and 8 gradients, or up to 64 small ones, each with some 2 L numbers a channel of an S4D layer.
 * LOCI_E_MISMATCH (also where a rank of the team has another model, other data or options, which the sentence names), LOCI_E_ARGUMENT,
 * LOCI_E_UNSUPPORTED (a rate that the layers cannot run at), LOCI_E_MEMORY. */
LOCI_API loci_status loci_trainer_create(loci_trainer **trainer, loci_model *model, const loci_dataset *train,
                                         const loci_dataset *valid, const loci_train_options *options,
                                         loci_error *error);
LOCI_API void loci_trainer_free(loci_trainer *trainer); /* NULL is allowed */

/* One step. LOCI_E_VALUE: the loss or the gradient is not finite; the sentence names step and sequence or parameter.
 * LOCI_E_MEMORY: a batch of longer sequences than before needs more. LOCI_E_RANGE: all steps are done. LOCI_E_MISMATCH: ranks of the team
 * compute other numbers, as on processors of different kinds. LOCI_E_IO: an exchange of the team's failed. After each of them
 * model and trainer are as before the step. After the end of patience further steps may be taken. */
LOCI_API loci_status loci_trainer_step_sized(loci_trainer *trainer, loci_train_report *report, size_t size,
                                             loci_error *error);
static inline loci_status loci_trainer_step(loci_trainer *trainer, loci_train_report *report,
                                            loci_error *error)
{
    return loci_trainer_step_sized(trainer, report, sizeof *report, error);
}
/* Measures the validation set; keeps the parameters if they are the best so far. Only validations after the end of an epoch
 * use up patience. progress as in loci_evaluate, whose errors it may give; the trainer is then as before. Without a
 * validation set it only takes note. */
LOCI_API loci_status loci_trainer_validate_sized(loci_trainer *trainer,
                                                 int (*progress)(void *, size_t done, size_t all),
                                                 void *context, loci_train_report *report, size_t size,
                                                 loci_error *error);
static inline loci_status loci_trainer_validate(loci_trainer *trainer,
                                                int (*progress)(void *, size_t done, size_t all),
                                                void *context, loci_train_report *report, loci_error *error)
{
    return loci_trainer_validate_sized(trainer, progress, context, report, sizeof *report, error);
}
/* The report as of now: after the last step or validation, or of the training that was restored. */
LOCI_API void loci_trainer_report_sized(const loci_trainer *trainer, loci_train_report *report, size_t size);
static inline loci_train_report loci_trainer_report(const loci_trainer *trainer)
{
    loci_train_report report;
    loci_trainer_report_sized(trainer, &report, sizeof report);
    return report;
}
/* Copies the best parameters so far into best, the model or a copy of it (loci_model_copy): those with the best
 * validation score and, of equal ones, the least loss, or, without a validation, those of now. */
LOCI_API void loci_trainer_best(const loci_trainer *trainer, loci_model *best);

/* All that training needs to go on to the same bits: parameters, moments, position, the best so far; with a checksum, and
 * bound to configuration, description, options (not the threads) and data. Some 12 bytes a parameter, 16 after a
 * validation. *bytes is released by loci_bytes_free. LOCI_E_MEMORY. */
LOCI_API loci_status loci_trainer_save(const loci_trainer *trainer, void **bytes, size_t *size,
                                       loci_error *error);
/* LOCI_E_FORMAT: damaged; LOCI_E_MISMATCH: of another model, other options or other data (the sentence names which). The
 * trainer is then as before. */
LOCI_API loci_status loci_trainer_restore(loci_trainer *trainer, const void *bytes, size_t size,
                                          loci_error *error);

/* ---- evaluation ---- */

typedef struct {
    size_t size; /* sizeof of this struct; 0: the fields of version 0.1 */
    size_t sequences;
    size_t targets; /* of them all: one a sequence, or one a sample */
    double loss;    /* their mean: cross-entropy in nats, or the squared error of normalised targets */
    /* Labels: the share that was answered. Values: the share of the variance of the set's normalised targets, about their own
     * mean, that is explained; NAN where they are all the same. */
    double score;
    double seconds;
    /* Memory of the caller, each NULL: not wanted, or not of this task. */
    size_t *confusion; /* labels, [classes][classes]: true class, answer */
    double *error;     /* values, [outputs]: root mean square error, in the target's units */
    double *explained; /* values, [outputs]: the share of variance explained of each */
} loci_evaluation;

typedef struct {
    size_t size;    /* sizeof of this struct; 0: the fields of version 0.1 */
    size_t threads; /* 0: as many as there are processors that the process may use; at most 1024 */
    double rate;    /* Hz of the set's sequences; 0: the set's own, and if it has none, the model's */
    /* Called now and then, by the calling thread, with sequences; a result other than 0 ends the work with LOCI_E_STOPPED.
     * May be NULL. */
    int (*progress)(void *context, size_t done, size_t all);
    void *context;
    /* The ranks that measure together, all with the same set; NULL: this process alone. Where the progress of one of them ends the work it
     * ends for all. */
    const loci_team *team;
} loci_evaluate_options;

/* Without dropout. Results do not depend on the number of threads. options NULL: all zero. LOCI_E_MISMATCH: the set does
 * not fit the model. LOCI_E_VALUE: the loss of a sequence, which the sentence names, is not finite. LOCI_E_UNSUPPORTED: the
 * rate is not the model's, whose layers know no time. LOCI_E_ARGUMENT, LOCI_E_MEMORY. */
LOCI_API loci_status loci_evaluate(loci_evaluation *result, const loci_model *model, const loci_dataset *set,
                                   const loci_evaluate_options *options, loci_error *error);

#ifdef __cplusplus
}
#endif
#endif
