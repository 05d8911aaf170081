/* SPDX-License-Identifier: MIT
 * model/import_s4.h - the S4 repository's S4Block in a state_dict, as parameters of s4 and s4d. */
#ifndef LOCI_MODEL_IMPORT_S4_H
#define LOCI_MODEL_IMPORT_S4_H

#include "model/safetensors.h"
#include <loci/model.h>

/* Whether the layers are S4Block, with a kernel of their own, not the S4D class. */
int loci_import_s4_found(const loci_safetensors *file);

/* The kind, order, rank, kernels and bidirectional of the configuration, whose width is known, from the first layer's shapes. */
loci_status loci_import_s4_configure(loci_model_config *config, const loci_safetensors *file,
                                     loci_error *error);

/* *bytes [*size]: the same state with the tensors that such a model has, to be released by loci_free: A, B and P for every
 * channel, which shares them cyclically there; C itself, where C (I - abar^L) is kept; of diagonal layers C B, conjugate. */
loci_status loci_import_s4_translate(void **bytes, size_t *size, const loci_safetensors *file,
                                     const loci_model_config *config, loci_error *error);

#endif
