/* SPDX-License-Identifier: MIT
 * model/network.h - internal side of loci/network.h: the same in double, under plain names where that is what is compiled. */
#ifndef LOCI_MODEL_NETWORK_H
#define LOCI_MODEL_NETWORK_H

#include <loci/network.h>

#include "base/real.h"

/* The network in double: the reference of gradient checks and of loci_model_run_f64. */
typedef struct loci_network_f64 loci_network_f64;
loci_status loci_network_create_f64(loci_network_f64 **network, const loci_model *model, size_t L,
                                    loci_error *error);
loci_status loci_network_create_in_f64(loci_network_f64 **network, const loci_model *model, size_t L,
                                       loci_precision precision, loci_error *error);
void loci_network_free_f64(loci_network_f64 *network);
void loci_network_frame_f64(loci_network_f64 *network, const loci_model *model, const double *origin,
                            const double *unit);
size_t loci_network_parts_f64(const loci_network_f64 *network);
void loci_network_prepare_f64(loci_network_f64 *network, const double *parameters, double rate, size_t part);
size_t loci_network_gradient_size_f64(const loci_network_f64 *network);
size_t loci_network_workspace_f64(const loci_network_f64 *network, size_t B, int backward);
size_t loci_network_state_f64(const loci_network_f64 *network);
void loci_network_forward_f64(const loci_network_f64 *network, double *y, const double *u,
                              const loci_pass *pass, double *const *state, int backward, void *workspace);
void loci_network_backward_f64(const loci_network_f64 *network, double *du, double *gradient,
                               const double *dy, const loci_pass *pass, double *const *dstate,
                               void *workspace);
void loci_network_gather_f64(loci_network_f64 *network, double *dparameters, const double *gradient,
                             const double *parameters, size_t part);
size_t loci_network_step_workspace_f64(const loci_network_f64 *network, size_t lanes);
void loci_network_step_f64(const loci_network_f64 *network, double *y, const double *u, size_t lanes,
                           const double *dt, double *const *state, void *workspace);

void loci_network_lend_f64(loci_network_f64 *network, const loci_crew *crew);

#if LOCI_REAL_IS_DOUBLE
#define loci_network_lend loci_network_lend_f64
#define loci_network loci_network_f64
#define loci_network_create loci_network_create_f64
#define loci_network_create_in loci_network_create_in_f64
#define loci_network_free loci_network_free_f64
#define loci_network_parts loci_network_parts_f64
#define loci_network_prepare loci_network_prepare_f64
#define loci_network_frame loci_network_frame_f64
#define loci_network_gradient_size loci_network_gradient_size_f64
#define loci_network_workspace_size loci_network_workspace_f64
#define loci_network_state_size loci_network_state_f64
#define loci_network_forward loci_network_forward_f64
#define loci_network_backward loci_network_backward_f64
#define loci_network_gather loci_network_gather_f64
#define loci_network_step_workspace_size loci_network_step_workspace_f64
#define loci_network_step loci_network_step_f64
#endif

#endif
