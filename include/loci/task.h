/* SPDX-License-Identifier: MIT
 *
 * loci/task.h - what a model has learned to say of a sequence: a class or some values, once or at every sample.
 *
 *     name        target of a sequence        answer                                     score
 *     class       one label                   a number a class; their softmax are        accuracy
 *     class-each  a label at every sample     probabilities (loci_model_answer)          accuracy over all samples
 *     value       k numbers                   k numbers, as targets were normalised;     share of variance explained
 *     value-each  k numbers at every sample   loci_model_answer gives the target's units share of variance explained
 *     next        at every sample, the next   a number a token; their softmax are        accuracy over all samples, beside
 *                 one: samples are tokens     probabilities                              which the loss counts
 *
 * The loss of labels is the cross-entropy in nats, that of values the mean squared error of normalised targets, each the mean
 * over all targets: a long sequence with a target at every sample counts as its samples do, padding never.
 */
#ifndef LOCI_TASK_H
#define LOCI_TASK_H

#include <loci/status.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum {
    LOCI_TASK_CLASS,
    LOCI_TASK_CLASS_EACH,
    LOCI_TASK_VALUE,
    LOCI_TASK_VALUE_EACH,
    LOCI_TASK_NEXT
} loci_task;
#define LOCI_TASKS 5

typedef struct {
    const char *name;   /* as above, in model files and of `loci train --task` */
    const char *target; /* in words: "one label" */
    int values;         /* targets and answers are numbers; 0: labels and classes */
    int each;           /* at every sample; 0: one for the sequence */
    const char
        *score; /* its name, "accuracy" or "variance explained": shares, the more the better, at most 1 */
    const char *key;  /* the same as a key of JSON: "variance_explained" */
    const char *unit; /* of the loss: "nats", "of the variance" */
    int next; /* targets are the samples that follow, of models with a vocabulary; the best model is that of the
                         least loss */
} loci_task_info;

/* NULL: there is no such task. */
LOCI_API const loci_task_info *loci_task_inspect(loci_task task);
/* The task of this name. LOCI_E_ARGUMENT: the sentence names those that there are. */
LOCI_API loci_status loci_task_find(loci_task *task, const char *name, loci_error *error);
/* The task of targets that are values or labels, at every sample (1) or one (0), or (2) the next samples. */
LOCI_API loci_task loci_task_of(int values, int each);

#ifdef __cplusplus
}
#endif
#endif
