/* SPDX-License-Identifier: MIT
 * model/json.h - JSON from bytes that nobody vouches for, and back to text. */
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

/* The text of a value, to be released by loci_free; flags as json_dumps takes them. NULL: out of memory. */
char *loci_json_write(const json_t *value, const loci_allocator *by, size_t flags);

#endif
