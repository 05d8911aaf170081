/* SPDX-License-Identifier: MIT
 * fit.c - models against sets. */
#include "train/fit.h"

#include <stdbool.h>
#include <string.h>

#include "base/status.h"

static loci_status check_target(const loci_task_info *task, const loci_dataset_info *info, const char *what,
                                loci_error *error)
{
    const loci_task_info *of_set = loci_task_inspect(loci_task_of(info->target.values, info->target.each));
    if (!of_set->values == !task->values && !of_set->each == !task->each && of_set->next == task->next)
        return LOCI_OK;
    return loci_fail(error, LOCI_E_MISMATCH, "the %s has %s of a sequence; the model's task is %s, for %s",
                     what, of_set->target, task->name, task->target);
}

loci_status loci_fit_check(const loci_model *model, const loci_dataset *set, const char *what,
                           loci_error *error)
{
    const loci_model_config *config = loci_model_configuration(model);
    const loci_dataset_info info = loci_dataset_inspect(set);
    const loci_model_about *about = loci_model_description(model);
    const loci_task_info *task = loci_task_inspect(about->task);
    if (config->pool == LOCI_POOL_NONE && !task->each)
        return loci_fail(error, LOCI_E_MISMATCH,
                         "the model answers at every sample; one with a pool was expected");
    const loci_status status = check_target(task, &info, what, error);
    if (status) return status;
    if (info.inputs != config->inputs)
        return loci_fail(error, LOCI_E_MISMATCH, "the %s has samples of %zu numbers; the model takes %zu",
                         what, info.inputs, config->inputs);
    if (info.outputs != config->outputs)
        return loci_fail(error, LOCI_E_MISMATCH, "the %s has %zu %s; the model has %zu", what, info.outputs,
                         task->values ? "values a target" : "classes", config->outputs);
    for (size_t i = 0; about->classes && info.names && i < info.classes; i++)
        if (strcmp(about->classes[i], info.names[i]) != 0)
            return loci_fail(error, LOCI_E_MISMATCH, "class %zu is %.60s in the %s and %.60s in the model", i,
                             info.names[i], what, about->classes[i]);
    return LOCI_OK;
}

loci_status loci_fit_steps(double *steps, const loci_model *model, double rate, loci_error *error)
{
    const bool known = loci_model_description(model)->rate > 0;
    return loci_model_steps(steps, model, known ? rate : 0, error);
}
