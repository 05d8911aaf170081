/* SPDX-License-Identifier: MIT
 * model/initial_modes.h - how the modes of state space layers begin. */
#ifndef LOCI_MODEL_INITIAL_MODES_H
#define LOCI_MODEL_INITIAL_MODES_H

#include <loci/model.h>

/* *modes = log -Re A [N/2], Im A [N/2], B [N/2][2], P [2][N/2][2] of the configuration's `init` and order, released by loci_free;
 * NULL: the layers have none, or no table of them. For legs, legt and fout O(N^3). LOCI_E_MEMORY. */
loci_status loci_initial_modes_make(double **modes, const loci_model_config *config, loci_error *error);

/* v = the initial values of a parameter that takes them from there, for every channel the same. */
void loci_initial_modes_fill(float *v, const loci_parameter *parameter, const double *modes, size_t order);

#endif
