/* SPDX-License-Identifier: MIT
 * ssm.c - a system made ready to run: options, the choice of the form, questions to the object. */
#include <loci/forms.h>
#include <loci/system.h>

#include <math.h>

#include "base/allocate.h"
#include "base/sized.h"
#include "base/status.h"
#include "ssm/chunk.h"
#include "ssm/forms.h"
#include "ssm/system.h"

static loci_status check_options(const loci_ssm_options *o, const loci_system *s, loci_error *error)
{
    if ((int)o->form < LOCI_RECURRENT || o->form > LOCI_FORM_CHOOSE)
        return loci_fail(error, LOCI_E_ARGUMENT,
                         "form is %d; recurrent, convolution, mixed or choose was expected", (int)o->form);
    if ((int)o->discretization < LOCI_ZOH || o->discretization > LOCI_FOH)
        return loci_fail(error, LOCI_E_ARGUMENT,
                         "discretization is %d; zoh, foh, bilinear, backward or euler was expected",
                         (int)o->discretization);
    if (s->structure == LOCI_DPLR && (o->discretization == LOCI_ZOH || o->discretization == LOCI_FOH))
        return loci_fail(
            error, LOCI_E_UNSUPPORTED,
            "discretization is %s, under which a diagonal plus low rank system becomes dense; bilinear "
            "was expected (or backward, or euler, or a dense system)",
            loci_discretization_name(o->discretization));
    if (o->form == LOCI_CONVOLUTION && o->length == 0)
        return loci_fail(error, LOCI_E_ARGUMENT, "length of the convolution is 0; 1 or more was expected");
    if (o->chunk && (o->chunk < 8 || o->chunk > LOCI_CHUNK_MAX || o->chunk & (o->chunk - 1)))
        return loci_fail(error, LOCI_E_ARGUMENT, "chunk is %zu; a power of two from 8 to %d was expected",
                         o->chunk, LOCI_CHUNK_MAX);
    return LOCI_OK;
}

/* The fixed rule, from what bench_ssm measures (docs/forms.md): a transform does not feel N, chunks do not feel L. */
static loci_form choose(const loci_system *s, size_t length)
{
    return length == 0 || (s->structure == LOCI_DIAGONAL && s->order <= 16) ? LOCI_MIXED : LOCI_CONVOLUTION;
}

loci_status loci_ssm_create(loci_ssm **ssm, const loci_system *system, const loci_ssm_options *given,
                            loci_error *error)
{
    *ssm = NULL;
    loci_ssm_options whole = {0};
    loci_status status = loci_system_check(system, error);
    if (!status) status = LOCI_SIZED_TAKE(&whole, given, "loci_ssm_options", error);
    const loci_ssm_options *options = &whole;
    if (!status) status = check_options(options, system, error);
    if (status) return status;
    loci_ssm *s = loci_allocate_by(loci_allocator_of(system), 1, sizeof *s);
    if (!s) return loci_fail(error, LOCI_E_MEMORY, "out of memory for a system");
    s->options = *options;
    s->precision = options->single ? &loci_precision_f32 : &loci_precision_f64;
    if (s->options.form == LOCI_FORM_CHOOSE) s->options.form = choose(system, options->length);
    if (s->options.chunk == 0) s->options.chunk = system->order <= 16 ? 32 : 64;
    status = loci_system_copy(&s->system, system, error);
    if (!status) status = s->precision->create(&s->forms, s->system, &s->options, error);
    if (!status && options->form == LOCI_FORM_CHOOSE && s->precision->grow(s->forms)) {
        s->precision->release(s->forms);
        s->options.form = LOCI_MIXED;
        status = s->precision->create(&s->forms, s->system, &s->options, error);
    }
    if (status) {
        loci_ssm_free(s);
        return status;
    }
    *ssm = s;
    return LOCI_OK;
}

void loci_ssm_free(loci_ssm *s)
{
    if (!s) return;
    s->precision->release(s->forms);
    loci_system_free(s->system);
    loci_free(s);
}

loci_form loci_ssm_form(const loci_ssm *s)
{
    return s->options.form;
}

size_t loci_ssm_state_size(const loci_ssm *s)
{
    return s->system->order + (s->options.discretization == LOCI_FOH);
}

double loci_ssm_radius(const loci_ssm *s)
{
    double radius;
    return loci_system_radius(&radius, s->system, s->options.discretization, NULL) ? (double)NAN : radius;
}

size_t loci_ssm_workspace_size(const loci_ssm *s, size_t length)
{
    return s->precision->workspace(s->forms, length);
}
