/* SPDX-License-Identifier: MIT
 * ssm/ready.h - what is behind loci_ssm. */
#ifndef LOCI_SSM_READY_H
#define LOCI_SSM_READY_H

#include <loci/ssm.h>

/* What making an object needs of ssm/forms.h, for one precision: `forms` are loci_forms_f32 or loci_forms_f64. */
struct loci_precision {
    loci_status (*create)(void **forms, const loci_system *system, const loci_ssm_options *options,
                          loci_error *error);
    void (*release)(void *forms); /* NULL is allowed */
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
