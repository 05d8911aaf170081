/* SPDX-License-Identifier: MIT
 *
 * model/safetensors.h - the safetensors format: 8 bytes little-endian length, a JSON header of that length, tensors.
 *
 * Reading trusts nothing: every size is checked, tensors must fill the data without holes or overlaps, names are unique.
 */
#ifndef LOCI_MODEL_SAFETENSORS_H
#define LOCI_MODEL_SAFETENSORS_H

#include <stddef.h>

#include <loci/allocator.h>

#include "base/private.h"

enum { LOCI_TENSOR_DIMENSIONS = 8 };

typedef struct {
    const char *name;
    const char *type; /* "F32", "F64", "I64", ...: the format's names */
    size_t dimensions, shape[LOCI_TENSOR_DIMENSIONS];
    const void *data; /* little-endian, row-major; unaligned */
    size_t bytes;
} loci_tensor;

typedef struct loci_safetensors loci_safetensors;

/* The tensors in bytes[size], which must outlive *file. LOCI_E_FORMAT says what is wrong and where. */
LOCI_PRIVATE loci_status loci_safetensors_read(loci_safetensors **file, const loci_allocator *by,
                                               const void *bytes, size_t size, loci_error *error);
LOCI_PRIVATE void loci_safetensors_free(loci_safetensors *file); /* NULL is allowed */

LOCI_PRIVATE size_t loci_safetensors_count(const loci_safetensors *file);
/* In the order in which they lie in the file. */
LOCI_PRIVATE const loci_tensor *loci_safetensors_tensor(const loci_safetensors *file, size_t i);
LOCI_PRIVATE const loci_tensor *loci_safetensors_find(const loci_safetensors *file,
                                                      const char *name); /* or NULL */
LOCI_PRIVATE const char *loci_safetensors_metadata(const loci_safetensors *file,
                                                   const char *key); /* or NULL */

/* A file of these tensors, in this order, with metadata[pairs][2] of keys and values: *bytes[*size], to be released by
 * loci_free. Names are unique, everything is UTF-8. The same input gives the same bytes. LOCI_E_MEMORY. */
LOCI_PRIVATE loci_status loci_safetensors_write(void **bytes, size_t *size, const loci_allocator *by,
                                                const loci_tensor *tensors, size_t count,
                                                const char *const (*metadata)[2], size_t pairs,
                                                loci_error *error);

/* numbers of a float tensor as double or float; LOCI_E_UNSUPPORTED for types other than F64, F32, F16 and BF16 */
LOCI_PRIVATE loci_status loci_safetensors_doubles(double *out, const loci_tensor *tensor, loci_error *error);
LOCI_PRIVATE size_t loci_safetensors_numbers(const loci_tensor *tensor);

#endif
