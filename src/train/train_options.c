/* SPDX-License-Identifier: MIT
 * train_options.c - how to train: the usual choice, and what can be chosen. */
#include "train/train_options.h"

#include <math.h>

#include "base/sized.h"
#include "base/status.h"
#include "train/threads.h"

enum { BATCH_MAX = 65536 };

/* ---- from the data ---- */

static const double large = 2400;        /* sequences from which on it is the usual choice */
static const double most_samples = 5e6;  /* read in all, before epochs are cut */
static const double least_steps = 300;   /* whatever that takes */
static const double steps_an_epoch = 25; /* where the batch allows it */
static const double samples_a_step = 65536;
static const size_t least_of_long = 16; /* sequences a step, however long they are, if n allows so many */
static const double valid_share = 0.1;
static const double least_valid = 50; /* sequences, of which a share is worth measuring; of texts 1 */

/* Of texts: every token is a target, so that few sequences are many. */
static const size_t batch_of_texts = 8;
static const double most_tokens = 6e6, most_epochs_of_texts = 20;

static size_t batch_for(double sequences, double samples)
{
    size_t batch = 4;
    while (batch < 64 && (double)batch * sqrt(2) < sequences / steps_an_epoch) batch *= 2;
    while (batch > least_of_long && (double)batch * samples / sequences > samples_a_step * sqrt(2))
        batch /= 2;
    return batch;
}

static size_t epochs_for(double sequences, double samples, double steps)
{
    const double least = fmax(10, ceil(least_steps / steps));
    const double wanted = fmin(10 * pow(large / sequences, 2.0 / 3), most_samples / samples);
    return (size_t)fmax(least, ceil(wanted));
}

static size_t epochs_of_texts(double samples, double steps)
{
    const double wanted = fmin(most_tokens / samples, most_epochs_of_texts);
    return (size_t)ceil(fmax(wanted, least_steps / steps));
}

void loci_train_options_for_sized(const loci_model_config *config, const loci_dataset_info *data,
                                  loci_train_options *to, size_t size)
{
    loci_train_options options = loci_train_options_default();
    const loci_layer_traits *traits = loci_layer_traits_of(config->layer);
    if (traits) options.lr = traits->lr;
    if (data && data->sequences > 0) {
        const double sequences = (double)data->sequences, samples = (double)data->samples;
        if (data->target.each == LOCI_TARGET_NEXT) {
            options.batch = batch_of_texts;
            options.epochs = epochs_of_texts(samples, ceil(sequences / (double)options.batch));
        } else {
            options.batch = batch_for(sequences, samples);
            options.epochs = epochs_for(sequences, samples, ceil(sequences / (double)options.batch));
        }
    }
    options.size = size;
    loci_sized_give(to, size, &options, sizeof options);
}

double loci_train_valid_share(const loci_dataset_info *data)
{
    const double least = data->target.each == LOCI_TARGET_NEXT ? 1 : least_valid;
    return valid_share * (double)data->sequences >= least ? valid_share : 0;
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
    if (o->shards > LOCI_SHARDS_MAX)
        return loci_fail(error, LOCI_E_ARGUMENT, "number of shards is %zu; 0 to %d was expected", o->shards,
                         LOCI_SHARDS_MAX);
    if (o->augment & ~(uint64_t)(LOCI_AUGMENT_FLIP | LOCI_AUGMENT_SHIFT))
        return loci_fail(error, LOCI_E_ARGUMENT,
                         "augment is %llu; LOCI_AUGMENT_FLIP and LOCI_AUGMENT_SHIFT were expected",
                         (unsigned long long)o->augment);
    if (o->precision > LOCI_PRECISION_BF16)
        return loci_fail(error, LOCI_E_ARGUMENT,
                         "precision is %llu; LOCI_PRECISION_FLOAT or LOCI_PRECISION_BF16 was expected",
                         (unsigned long long)o->precision);
    if (!loci_precision_available((loci_precision)o->precision))
        return loci_fail(
            error, LOCI_E_UNSUPPORTED,
            "precision is bf16, and this processor has no such products (AVX512-BF16); float was expected");
    return LOCI_OK;
}
