/* SPDX-License-Identifier: MIT
 * model_steps.c - what the time of a model's training says about samples at another rate. */
#define LOCI_REAL_IS_DOUBLE 0
#include <math.h>

#include "base/status.h"
#include "layer/layer.h"
#include "model/model.h"

static const double rates_most = 1000; /* how far from the rate of its training a model is run */

int loci_model_takes_steps(const loci_model *model)
{
    return (model->flags & LOCI_LAYER_TAKES_STEPS) != 0;
}

int loci_model_looks_ahead(const loci_model *model)
{
    return (model->flags & LOCI_LAYER_LOOKS_AHEAD) != 0;
}

int loci_model_streams(const loci_model *model)
{
    return (model->flags & (LOCI_LAYER_LOOKS_AHEAD | LOCI_LAYER_LOOKS_BACK)) == 0;
}

loci_status loci_model_steps(double *steps, const loci_model *model, double rate, loci_error *error)
{
    const double own = loci_model_description(model)->rate;
    *steps = 1;
    if (rate == 0 || rate == own) return LOCI_OK;
    if (!(rate > 0 && rate < (double)INFINITY))
        return loci_fail(error, LOCI_E_ARGUMENT, "rate is %g Hz; a number above 0 was expected", rate);
    if (!(own > 0))
        return loci_fail(error, LOCI_E_ARGUMENT,
                         "rate is %g Hz, and the model does not know that of its training; none was expected",
                         rate);
    if (!(model->flags & LOCI_LAYER_TAKES_RATE))
        return loci_fail(error, LOCI_E_UNSUPPORTED,
                         "rate is %g Hz, and the model's layers know no time; %g Hz, as it was trained, was "
                         "expected",
                         rate, own);
    *steps = own / rate;
    if (*steps > rates_most || *steps < 1 / rates_most)
        return loci_fail(
            error, LOCI_E_ARGUMENT,
            "rate is %g Hz, and the model was trained at %g Hz; within a factor of %g was expected", rate,
            own, rates_most);
    return LOCI_OK;
}
