/* SPDX-License-Identifier: MIT
 * model/model_bank.h - the bank of a model alone, without what reads it: for those who learn that. */
#ifndef LOCI_MODEL_MODEL_BANK_H
#define LOCI_MODEL_MODEL_BANK_H

#include <loci/model.h>

#include "base/private.h"

typedef struct loci_model_bank loci_model_bank;

/* Of a model of a bank. */
LOCI_PRIVATE loci_status loci_model_bank_open(loci_model_bank **bank, const loci_model *model,
                                              loci_error *error);
LOCI_PRIVATE void loci_model_bank_close(loci_model_bank *bank); /* NULL is allowed */
/* After every change of the model's thresholds, and for samples that last `rate` steps. */
LOCI_PRIVATE void loci_model_bank_prepare(loci_model_bank *bank, const loci_model *model, double rate);
/* Floats of a state, all 0 at first, and of scratch for runs of up to L samples. Multiples of 16. */
LOCI_PRIVATE size_t loci_model_bank_state(const loci_model_bank *bank);
LOCI_PRIVATE size_t loci_model_bank_scratch(const loci_model_bank *bank, size_t L);
/* y [features, rounded up to 16] for all samples so far, after n more, x [blocks of inputs][n][16]. */
LOCI_PRIVATE void loci_model_bank_run(const loci_model_bank *bank, float *y, const float *x, size_t n,
                                      float *state, float *scratch);
/* re [modes]: the real parts of the oscillators now. */
LOCI_PRIVATE void loci_model_bank_now(const loci_model_bank *bank, float *re, const float *state);
/* The number of mode m in a row of the prepared tables, LOCI_BANK_Z_RE and so on of layer/bank_loops.h. */
float loci_model_bank_constant(const loci_model_bank *bank, size_t row, size_t m);
/* How many statistics there are of an oscillator. */
LOCI_PRIVATE size_t loci_model_bank_each(loci_statistics statistics);

#endif
