/* SPDX-License-Identifier: MIT
 * train_options.c - how to train: the usual choice, and what can be chosen. */
#include "train/train_options.h"

#include <math.h>

#include "base/sized.h"
#include "base/status.h"
#include "train/threads.h"

enum { BATCH_MAX = 65536 };

void loci_train_options_for_sized(const loci_model_config *config, loci_train_options *to, size_t size)
{
    loci_train_options options = loci_train_options_default();
    if (config->layer == LOCI_LAYER_LSTM) options.lr = 0.001;
    options.size = size;
    loci_sized_give(to, size, &options, sizeof options);
}

loci_status loci_train_options_check(const loci_train_options *o, loci_error *error)
{
    if (o->batch < 1 || o->batch > BATCH_MAX)
        return loci_fail(error, LOCI_E_ARGUMENT, "batch is %zu; 1 to %d was expected", o->batch, BATCH_MAX);
    if (o->epochs == 0 && o->steps == 0)
        return loci_fail(error, LOCI_E_ARGUMENT, "epochs and steps are both 0; one of them was expected");
    if (!(o->lr > 0 && isfinite(o->lr)))
        return loci_fail(error, LOCI_E_ARGUMENT, "lr is %g; more than 0 was expected", o->lr);
    if (!(o->lr_ssm > 0 && isfinite(o->lr_ssm)))
        return loci_fail(error, LOCI_E_ARGUMENT, "lr_ssm is %g; more than 0 was expected", o->lr_ssm);
    if (!(o->decay >= 0 && isfinite(o->decay)))
        return loci_fail(error, LOCI_E_ARGUMENT, "decay is %g; 0 or more was expected", o->decay);
    if (!(o->warmup >= 0 && o->warmup < 1))
        return loci_fail(error, LOCI_E_ARGUMENT, "warmup is %g; 0 to below 1 was expected", o->warmup);
    if (!(o->clip >= 0 && isfinite(o->clip)))
        return loci_fail(error, LOCI_E_ARGUMENT, "clip is %g; 0 or more was expected", o->clip);
    if (o->threads > LOCI_THREADS_MAX)
        return loci_fail(error, LOCI_E_ARGUMENT, "number of threads is %zu; 0 to %d was expected", o->threads,
                         LOCI_THREADS_MAX);
    return LOCI_OK;
}
