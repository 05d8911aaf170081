/* SPDX-License-Identifier: MIT
 * init/hippo.h - loci_hippo_dplr with scratch from an allocator; NULL: malloc. */
#ifndef LOCI_INIT_HIPPO_H
#define LOCI_INIT_HIPPO_H

#include <loci/init.h>

loci_status loci_hippo_dplr_by(const loci_allocator *by, loci_measure measure, double *w_re, double *w_im,
                               double *p_re, double *p_im, double *b_re, double *b_im, double *v_re,
                               double *v_im, size_t *rank, size_t order, loci_error *error);

#endif
