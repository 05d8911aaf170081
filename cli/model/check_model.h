/* SPDX-License-Identifier: MIT
 * check_model.h - loci check of a trained model. */
#ifndef LOCI_CLI_CHECK_MODEL_H
#define LOCI_CLI_CHECK_MODEL_H

#include <stdbool.h>
#include <stddef.h>

/* of attention without a window, whose time grows with the square, and of others */
enum { CHECK_ATTENTION_LENGTH = 2048, CHECK_MODEL_LENGTH = 16384 };

/* data: a signal, or a data set; NULL: noise. length 0: as above. Returns the status of the program: 1 where a gap exceeds its bound. */
int check_model(const char *path, const char *data, size_t length, size_t seed, bool json);

#endif
