/* SPDX-License-Identifier: MIT
 * model/model_file.h - what reading a model and importing one have in common. */
#ifndef LOCI_MODEL_MODEL_FILE_H
#define LOCI_MODEL_MODEL_FILE_H

#include <loci/model.h>

#include "model/safetensors.h"

/* What an argument would be refused for is the file's fault where it comes from one: LOCI_E_FORMAT for LOCI_E_ARGUMENT. */
loci_status loci_model_blame_file(loci_status status, loci_error *error);

/* The values of an outlined model from tensors of any floating type: a missing, surplus, misshapen or non-finite one is an
 * error that names it. On failure values may be there in part. */
loci_status loci_model_fill(loci_model *model, const loci_safetensors *file, loci_error *error);

#endif
