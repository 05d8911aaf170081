/* SPDX-License-Identifier: MIT
 * whole_run.c - a model that looks ahead, on whole sequences. */
#include "model/whole_run.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

void whole_run_close(whole_run *run)
{
    loci_network_free(run->network);
    free(run->workspace);
    free(run->y);
    *run = (whole_run){0};
}

static loci_status open(whole_run *run, const loci_model *model, size_t length, double steps,
                        loci_error *error)
{
    const loci_model_config *config = loci_model_configuration(model);
    const size_t answers = config->pool == LOCI_POOL_NONE ? length : 1;
    loci_status status = loci_network_create(&run->network, model, length, error);
    if (status) return status;
    const size_t bytes = loci_network_workspace_size(run->network, 1, 0);
    if (bytes) run->workspace = aligned_alloc(64, (bytes + 63) / 64 * 64);
    run->y = calloc(answers, config->outputs * sizeof *run->y);
    if (!run->workspace || !run->y) {
        *error = (loci_error){.status = LOCI_E_MEMORY};
        snprintf(error->text, sizeof error->text, "out of memory for a sequence of %zu samples", length);
        return LOCI_E_MEMORY;
    }
    for (size_t part = 0; part < loci_network_parts(run->network); part++)
        loci_network_prepare(run->network, loci_model_values_const(model), steps, part);
    run->length = length;
    run->steps = steps;
    return LOCI_OK;
}

loci_status whole_run_forward(whole_run *run, const loci_model *model, const float *u, size_t length,
                              double steps, loci_error *error)
{
    if (!run->network || run->length != length || run->steps != steps) {
        whole_run_close(run);
        const loci_status status = open(run, model, length, steps, error);
        if (status) {
            whole_run_close(run);
            return status;
        }
    }
    const loci_pass pass = {.size = sizeof pass, .B = 1, .L = length};
    loci_network_forward(run->network, run->y, u, &pass, NULL, 0, run->workspace);
    return LOCI_OK;
}
