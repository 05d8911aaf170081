/* SPDX-License-Identifier: MIT
 * model/model_file.h - what reading a model and importing one have in common. */
#ifndef LOCI_MODEL_MODEL_FILE_H
#define LOCI_MODEL_MODEL_FILE_H

#include <loci/model.h>

#include "model/safetensors.h"

/* The values of an outlined model from tensors of any floating type: a missing, surplus, misshapen or non-finite one is an
 * error that names it. On failure values may be there in part. */
loci_status loci_model_fill(loci_model *model, const loci_safetensors *file, loci_error *error);

#endif
