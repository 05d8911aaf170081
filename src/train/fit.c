/* SPDX-License-Identifier: MIT
 * fit.c - models against sets. */
#include "train/fit.h"

#include <string.h>

#include "base/status.h"

loci_status loci_fit_check(const loci_model *model, const loci_dataset *set, const char *what,
                           loci_error *error)
{
    const loci_model_config *config = loci_model_configuration(model);
    const loci_dataset_info info = loci_dataset_inspect(set);
    const char *const *names = loci_model_description(model)->classes;
    if (config->pool == LOCI_POOL_NONE)
        return loci_fail(error, LOCI_E_MISMATCH,
                         "the model answers at every sample; one with a pool was expected");
    if (info.inputs != config->inputs)
        return loci_fail(error, LOCI_E_MISMATCH, "the %s has samples of %zu numbers; the model takes %zu",
                         what, info.inputs, config->inputs);
    if (info.classes != config->outputs)
        return loci_fail(error, LOCI_E_MISMATCH, "the %s has %zu classes; the model has %zu", what,
                         info.classes, config->outputs);
    for (size_t i = 0; names && info.names && i < info.classes; i++)
        if (strcmp(names[i], info.names[i]) != 0)
            return loci_fail(error, LOCI_E_MISMATCH, "class %zu is %.60s in the %s and %.60s in the model", i,
                             info.names[i], what, names[i]);
    return LOCI_OK;
}

double loci_fit_rate(const loci_model *model, double rate)
{
    const double own = loci_model_description(model)->rate;
    return own > 0 && rate > 0 ? own / rate : 1;
}
