/* SPDX-License-Identifier: MIT
 * answer.h - an answer of a model in the user's terms: probabilities of classes, values in the target's units, or, of a model that
 * tells neither, what the network says. */
#ifndef LOCI_CLI_ANSWER_H
#define LOCI_CLI_ANSWER_H

#include <stddef.h>

#include <loci/model.h>

enum { ANSWER_SIZE = 256 }; /* of a text */

/* value [outputs] of what the network says, y [outputs]. */
void answer_mean(double *value, const loci_model *model, const float *y);
/* The name of output i in a table: "p_cat"; of values the column that was learned, "speed", or "speed_3" for the third row ahead,
 * where the model knows a name; else "y", or "y1" of several. */
const char *answer_name(char *text, const loci_model *model, size_t i);
/* Value i with as many digits as single precision gives it. */
const char *answer_number(char *text, const loci_model *model, size_t i, double value);

#endif
