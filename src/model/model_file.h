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

/* Whether the tensor has the parameter's shape; and its values from one that has: LOCI_E_FORMAT names the tensor where it has
 * not, or where a number is not finite. */
loci_status loci_model_match(const loci_parameter *p, const loci_tensor *tensor, loci_error *error);
loci_status loci_model_take(loci_model *model, const loci_parameter *p, const loci_tensor *tensor,
                            loci_error *error);

/* LOCI_E_FORMAT, which names the tensor, where its number i is not finite in single precision. */
loci_status loci_model_check_number(const char *tensor, size_t i, double number, loci_error *error);

/* Bytes of what all names of a state_dict begin with, and of such a name, its NUL included. */
enum { LOCI_PREFIX_SIZE = 256, LOCI_NAME_SIZE = LOCI_PREFIX_SIZE + 128 };

/* Whether there is an embedding of tokens; as loci_model_import_mamba. */
int loci_model_holds_mamba(const loci_safetensors *file);
loci_status loci_model_read_mamba(loci_model **model, loci_safetensors *const *files, size_t count,
                                  const char *config, size_t tokens, const loci_allocator *by,
                                  loci_error *error);

/* Whether there is a tensor whose name is `last`, or ends in a point and `last`; what its name begins with goes to prefix [size]. */
int loci_model_holds(const loci_safetensors *file, const char *last, char *prefix, size_t size);
#define LOCI_HELD_BY_S5 "Lambda"
#define LOCI_HELD_BY_ATTENTION "in_proj_weight"
/* As loci_model_import_s5. */
loci_status loci_model_read_s5(loci_model **model, const loci_safetensors *file,
                               loci_discretization discretization, int liquid, const loci_allocator *by,
                               loci_error *error);

#endif
