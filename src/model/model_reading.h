/* SPDX-License-Identifier: MIT
 * model/model_reading.h - how training data were read, as a model keeps it. */
#ifndef LOCI_MODEL_MODEL_READING_H
#define LOCI_MODEL_MODEL_READING_H

#include <jansson.h>

#include <loci/reading.h>
#include <loci/status.h>

/* Numbers in their ranges, texts of UTF-8, names of the inputs, if there are any, for each of so many one that no other has and
 * that is no number. LOCI_E_ARGUMENT. */
loci_status loci_model_reading_check(const loci_reading *reading, size_t inputs, loci_error *error);

/* Bytes that its texts and columns need; and a reading whose texts and columns are copies in memory [so many bytes], aligned
 * for pointers. Names of what is learned that value or columns tell are not kept, nor of inputs where there are columns. */
size_t loci_model_reading_size(const loci_reading *reading);
loci_reading loci_model_reading_keep(const loci_reading *reading, char *memory);

/* All of it but for gray, permutation and label, which stand elsewhere: an object of what is not 0. NULL: out of memory. */
json_t *loci_model_reading_write(const loci_reading *reading);
/* How many names stand in such an object. */
size_t loci_model_reading_names(const json_t *object);
/* The inverse: fills the same fields; texts and columns point into the object and into names [room]. LOCI_E_FORMAT. */
loci_status loci_model_reading_read(loci_reading *reading, const json_t *object, const char **names,
                                    size_t room, loci_error *error);

#endif
