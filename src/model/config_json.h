/* SPDX-License-Identifier: MIT
 * model/config_json.h - a configuration as the JSON of a model's file, and back. */
#ifndef LOCI_MODEL_CONFIG_JSON_H
#define LOCI_MODEL_CONFIG_JSON_H

#include <jansson.h>

#include <loci/model.h>

/* An object of the fields that the kind of layer has, those for all kinds first. NULL: out of memory. */
json_t *loci_config_json(const loci_model_config *config);

/* *config = what an object says: all fields of its kind of layer, each of the right type, and no other. LOCI_E_FORMAT. Ranges
 * are not looked at. */
loci_status loci_config_read(loci_model_config *config, const json_t *object, loci_error *error);

#endif
