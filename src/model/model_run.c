/* SPDX-License-Identifier: MIT
 * model_run.c - one sequence through a model, all at once or a sample at a time, in either precision. */
#include "base/each_precision.h"

#include "model/network.h"

#include <string.h>

#include "base/allocate.h"
#include "base/status.h"

#define loci_model_run LOCI_NAME(loci_model_run)

typedef struct {
    loci_network *network;
    void *workspace;
    real *parameters, *state, *now; /* the last two stepwise */
    size_t inputs, outputs, L;
    const size_t *ends; /* [count]; NULL: there is no pool */
    size_t count;
} run;

static loci_status check(const size_t *ends, size_t count, size_t L, loci_error *error)
{
    if (L == 0)
        return loci_fail(error, LOCI_E_ARGUMENT, "the sequence has no samples; 1 or more were expected");
    for (size_t i = 0; i < count; i++)
        if (ends[i] < 1 || ends[i] > L || (i && ends[i] < ends[i - 1]))
            return loci_fail(error, LOCI_E_ARGUMENT,
                             "end %zu is %zu; ascending ones from 1 to %zu were expected", i, ends[i], L);
    return LOCI_OK;
}

static loci_status open(run *r, const loci_model *model, int stepwise, loci_error *error)
{
    const loci_allocator *by = loci_allocator_of(model);
    const size_t numbers = loci_model_size(model);
    const float *values = loci_model_values_const(model);
    loci_status status = loci_network_create(&r->network, model, stepwise ? 0 : r->L, error);
    if (status) return status;
    r->parameters = loci_allocate_by(by, numbers, sizeof(real));
    const size_t bytes = stepwise ? loci_network_step_workspace_size(r->network, 1)
                                  : loci_network_workspace_size(r->network, 1, 0);
    r->workspace = bytes ? loci_allocate_by(by, bytes, 1) : NULL;
    r->state = loci_allocate_by(by, stepwise ? loci_network_state_size(r->network) : 0, sizeof(real));
    r->now = loci_allocate_by(by, r->outputs, sizeof(real));
    if (!r->parameters || !r->workspace || !r->state || !r->now)
        return loci_fail(error, LOCI_E_MEMORY, "out of memory for a sequence of %zu samples", r->L);
    for (size_t i = 0; i < numbers; i++) r->parameters[i] = (real)values[i];
    for (size_t part = 0; part < loci_network_parts(r->network); part++)
        loci_network_prepare(r->network, r->parameters, 1, part);
    return LOCI_OK;
}

static void close(run *r)
{
    loci_network_free(r->network);
    loci_free(r->workspace);
    loci_free(r->parameters);
    loci_free(r->state);
    loci_free(r->now);
}

static void forward(const run *r, real *y, const real *u)
{
    for (size_t i = 0; i < (r->ends ? r->count : 1); i++) {
        const loci_pass pass = {.B = 1, .L = r->L, .length = r->ends ? r->ends + i : NULL};
        loci_network_forward(r->network, y + i * r->outputs, u, &pass, NULL, 0, r->workspace);
    }
}

static void step(const run *r, real *y, const real *u)
{
    real *state = r->state;
    for (size_t k = 0, i = 0; k < r->L; k++) {
        real *const now = r->ends ? r->now : y + k * r->outputs;
        loci_network_step(r->network, now, u + k * r->inputs, 1, NULL, &state, r->workspace);
        for (; r->ends && i < r->count && r->ends[i] == k + 1; i++)
            memcpy(y + i * r->outputs, now, r->outputs * sizeof(real));
    }
}

loci_status loci_model_run(const loci_model *model, real *y, const real *u, size_t L, const size_t *ends,
                           size_t count, int stepwise, loci_error *error)
{
    const loci_model_config *config = loci_model_configuration(model);
    const int pooled = config->pool != LOCI_POOL_NONE;
    run r = {.inputs = config->inputs, .outputs = config->outputs, .L = L};
    if (pooled) r.ends = ends ? ends : &L, r.count = ends ? count : 1;
    loci_status status = check(r.ends, r.count, L, error);
    if (!status && stepwise && loci_model_looks_ahead(model))
        status = loci_fail(
            error, LOCI_E_UNSUPPORTED,
            "the model looks ahead (bidirectional layers) and has no answer before the sequence's end");
    else if (!status && stepwise && !loci_model_streams(model))
        status =
            loci_fail(error, LOCI_E_UNSUPPORTED,
                      "the model's attention has no window: no state of a fixed size takes it from sample to "
                      "sample");
    if (!status) status = open(&r, model, stepwise, error);
    if (!status) {
        if (stepwise)
            step(&r, y, u);
        else
            forward(&r, y, u);
    }
    close(&r);
    return status;
}
