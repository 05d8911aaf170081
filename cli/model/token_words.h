/* SPDX-License-Identifier: MIT
 * token_words.h - what tokens are called, and losses of the task next as bits. */
#ifndef LOCI_CLI_TOKEN_WORDS_H
#define LOCI_CLI_TOKEN_WORDS_H

#include <loci/model.h>

/* "character", "byte", or "token" where it is known by its number alone. */
const char *token_noun(const loci_model *model);

/* ", 2.181 bits a character" in text [WORDS_SIZE] of a mean loss in nats, where the task is next; else "". */
const char *token_bits(char *text, const loci_model *model, double loss);

#endif
