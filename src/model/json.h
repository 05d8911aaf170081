/* SPDX-License-Identifier: MIT
 * model/json.h - JSON from bytes that nobody vouches for. */
#ifndef LOCI_MODEL_JSON_H
#define LOCI_MODEL_JSON_H

#include <jansson.h>

#include <loci/allocator.h>
#include <stddef.h>

#include <loci/status.h>

/* *value = what the text says, to be released by json_decref; the same key twice is an error. name is for the sentence:
 * "the header". LOCI_E_FORMAT, LOCI_E_MEMORY. */
loci_status loci_json_read(json_t **value, const loci_allocator *by, const char *text, size_t length,
                           const char *name, loci_error *error);

#endif
