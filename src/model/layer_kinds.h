/* SPDX-License-Identifier: MIT
 * model/layer_kinds.h - the kinds of layers that a model can have, one row each. */
#ifndef LOCI_MODEL_LAYER_KINDS_H
#define LOCI_MODEL_LAYER_KINDS_H

#include <loci/model.h>

#include "layer/layer.h"

/* The names in the order of loci_layer_kind, then NULL. */
extern const char *const loci_layer_words[];

#define loci_layer_kinds_create LOCI_NAME(loci_layer_kinds_create)

/* Layer number i of a model, without what stands around it, from `inputs` channels to the width. */
loci_status loci_layer_kinds_create(loci_layer **layer, const loci_model_config *config, size_t i,
                                    size_t inputs, loci_error *error);

#endif
