/* SPDX-License-Identifier: MIT
 * whole_run.h - a model that looks ahead, on whole sequences: what a stream does for others. */
#ifndef LOCI_CLI_WHOLE_RUN_H
#define LOCI_CLI_WHOLE_RUN_H

#include <stddef.h>

#include <loci/model.h>
#include <loci/network.h>

/* A network for the length and the rate of the last sequence; all 0: none yet. */
typedef struct {
    loci_network *network;
    void *workspace;
    float *y; /* [outputs], or [length][outputs] of a model without a pool: the answers */
    size_t length;
    double steps;
} whole_run;

/* y from u [length][inputs], length 1 or more, samples that last `steps` steps of the model's training. LOCI_E_MEMORY. */
loci_status whole_run_forward(whole_run *run, const loci_model *model, const float *u, size_t length,
                              double steps, loci_error *error);
void whole_run_close(whole_run *run);

#endif
