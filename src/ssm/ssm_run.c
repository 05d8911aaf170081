/* SPDX-License-Identifier: MIT
 * ssm_run.c - the public doors to the forms of one precision: arguments checked, workspace there. */
#include "base/each_precision.h"
#include "ssm/forms.h"

#include <math.h>
#include <string.h>

#include "base/allocate.h"
#include "base/status.h"
#include "ssm/system.h"

#define loci_ssm_run LOCI_NAME(loci_ssm_run)
#define loci_ssm_backward LOCI_NAME(loci_ssm_backward)

static loci_status create(void **forms, const loci_system *system, const loci_ssm_options *options,
                          loci_error *error)
{
    loci_forms *f;
    loci_status status = loci_forms_create(&f, system, options, error);
    *forms = f;
    return status;
}

static void release(void *forms)
{
    loci_forms_free(forms);
}

static int grow(const void *forms)
{
    return loci_forms_grow(forms);
}

static size_t workspace_of(const void *forms, size_t length)
{
    return loci_forms_workspace(forms, length);
}

const struct loci_precision LOCI_NAME(loci_precision) = {create, release, grow, workspace_of};

/* What running and running backward have in common. */
static loci_status check(const loci_ssm *s, const void *y, const void *u, const double *steps, size_t batch,
                         size_t length, loci_error *error)
{
    size_t count;
    if (s->options.single == LOCI_REAL_IS_DOUBLE)
        return loci_fail(error, LOCI_E_MISMATCH,
                         "the tables are of %s precision; the functions of that one were expected",
                         s->options.single ? "single" : "double");
    if (!loci_size_multiply(&count, batch, length) || !loci_size_multiply(&count, count, s->system->copies) ||
        !loci_size_multiply(&count, count, sizeof(real)))
        return loci_fail(error, LOCI_E_MEMORY, "%zu signals of length %zu are more than memory can hold",
                         batch, length);
    if (count && (!u || !y))
        return loci_fail(error, LOCI_E_ARGUMENT, "a signal is NULL; %zu bytes were expected", count);
    if (s->options.form == LOCI_CONVOLUTION && length > s->options.length)
        return loci_fail(error, LOCI_E_RANGE, "length is %zu; the convolution was made for at most %zu",
                         length, s->options.length);
    if (!steps) return LOCI_OK;
    if (s->options.form != LOCI_RECURRENT)
        return loci_fail(
            error, LOCI_E_UNSUPPORTED,
            "the step changes from sample to sample, and so does abar: then C abar^l b is not one kernel, and "
            "the form cannot be %s; recurrent was expected",
            loci_form_name(s->options.form));
    for (size_t i = 0; i < batch * length; i++)
        if (!(steps[i] > 0) || isinf(steps[i]))
            return loci_fail(error, LOCI_E_VALUE, "step %zu is %g; a finite number above 0 was expected", i,
                             steps[i]);
    return LOCI_OK;
}

static loci_status give_workspace(void **given, void **own, const loci_ssm *s, size_t length,
                                  loci_error *error)
{
    *own = NULL;
    if (*given) return LOCI_OK;
    const size_t size = loci_forms_workspace(s->forms, length);
    if (size) *given = *own = loci_allocate_by(loci_allocator_of(s), size, 1);
    if (!*given) return loci_fail(error, LOCI_E_MEMORY, "out of memory for signals of length %zu", length);
    return LOCI_OK;
}

loci_status loci_ssm_run(const loci_ssm *s, real *y, real *state, const real *u, const double *steps,
                         size_t batch, size_t length, void *workspace, loci_error *error)
{
    void *own;
    loci_status status = check(s, y, u, steps, batch, length, error);
    if (status || batch == 0 || length == 0) return status;
    status = give_workspace(&workspace, &own, s, length, error);
    if (!status) status = loci_forms_run(s->forms, y, state, u, steps, batch, length, workspace, error);
    loci_free(own);
    return status;
}

loci_status loci_ssm_backward(const loci_ssm *s, loci_system *gradient, real *du, real *dstate,
                              const real *dy, const real *u, const real *state, size_t batch, size_t length,
                              void *workspace, loci_error *error)
{
    void *own;
    loci_status status = check(s, dy, u, NULL, batch, length, error);
    if (status) return status;
    if (s->options.form == LOCI_RECURRENT)
        return loci_fail(error, LOCI_E_UNSUPPORTED,
                         "the recurrent form does not run backward; mixed was expected");
    if (gradient && s->system->structure == LOCI_DENSE)
        return loci_fail(error, LOCI_E_UNSUPPORTED,
                         "the system is dense, which has no gradients; a diagonal or dplr one was expected");
    if (gradient && !loci_system_alike(gradient, s->system))
        return loci_fail(error, LOCI_E_MISMATCH,
                         "the gradient is of another structure or size than the system");
    if (batch == 0 || length == 0) return LOCI_OK;
    status = give_workspace(&workspace, &own, s, length, error);
    if (!status)
        status = loci_forms_backward(s->forms, gradient, du, dstate, dy, u, state, batch, length, workspace,
                                     error);
    loci_free(own);
    return status;
}
