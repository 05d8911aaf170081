/* SPDX-License-Identifier: MIT
 * config_words.h - what is special about a configuration's layers, in words. */
#ifndef LOCI_CLI_CONFIG_WORDS_H
#define LOCI_CLI_CONFIG_WORDS_H

#include <loci/model.h>

#include "shared/output.h"

/* ", 4 heads, rotary positions, a window of 9, mlp"; nothing where there is nothing to say. */
void config_words(output *out, const loci_model_config *c);

#endif
