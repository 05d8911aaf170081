/* SPDX-License-Identifier: MIT
 * ssm/forms.h - the recurrent, convolution and mixed forms behind one door, in one precision: what loci_ssm holds; and
 * what is behind loci_ssm. */
#ifndef LOCI_SSM_FORMS_H
#define LOCI_SSM_FORMS_H

#include <loci/forms.h>
#include <loci/system.h>

#include "base/real.h"

#define loci_forms LOCI_NAME(loci_forms)
#define loci_forms_create LOCI_NAME(loci_forms_create)
#define loci_forms_free LOCI_NAME(loci_forms_free)
#define loci_forms_grow LOCI_NAME(loci_forms_grow)
#define loci_forms_workspace LOCI_NAME(loci_forms_workspace)
#define loci_forms_run LOCI_NAME(loci_forms_run)
#define loci_forms_backward LOCI_NAME(loci_forms_backward)

typedef struct loci_forms loci_forms;

/* The system must live as long; the options are complete (form not LOCI_FORM_CHOOSE, chunk a power of two). */
loci_status loci_forms_create(loci_forms **forms, const loci_system *system, const loci_ssm_options *options,
                              loci_error *error);
void loci_forms_free(loci_forms *forms);
/* Of a convolution: whether its kernels grow so much that answers to signals shorter than they are drown in rounding. */
int loci_forms_grow(const loci_forms *forms);
size_t loci_forms_workspace(const loci_forms *forms, size_t length);

/* As loci_ssm_run and loci_ssm_backward, arguments checked, workspace there. */
loci_status loci_forms_run(const loci_forms *forms, real *y, real *state, const real *u, const double *steps,
                           size_t batch, size_t length, void *workspace, loci_error *error);
loci_status loci_forms_backward(const loci_forms *forms, loci_system *gradient, real *du, real *dstate,
                                const real *dy, const real *u, const real *state, size_t batch, size_t length,
                                void *workspace, loci_error *error);

/* What making an object needs of these functions, in one precision: `forms` are loci_forms_f32 or loci_forms_f64. */
struct loci_precision {
    loci_status (*create)(void **forms, const loci_system *system, const loci_ssm_options *options,
                          loci_error *error);
    void (*release)(void *forms); /* NULL is allowed */
    int (*grow)(const void *forms);
    size_t (*workspace)(const void *forms, size_t length);
};
extern const struct loci_precision loci_precision_f32, loci_precision_f64;

struct loci_ssm {
    loci_system *system; /* its own copy */
    loci_ssm_options options;
    const struct loci_precision *precision;
    void *forms;
};

#endif
