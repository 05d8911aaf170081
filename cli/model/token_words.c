/* SPDX-License-Identifier: MIT
 * token_words.c - tokens and bits in words. */
#include "model/token_words.h"

#include <math.h>
#include <stdio.h>

#include <loci/token.h>

#include "shared/words.h"

const char *token_noun(const loci_model *model)
{
    static const char *const nouns[] = {"token", "character", "byte"};
    return nouns[loci_token_kind(model)];
}

const char *token_bits(char *text, const loci_model *model, double loss)
{
    text[0] = 0;
    if (loci_task_inspect(loci_model_description(model)->task)->next)
        snprintf(text, WORDS_SIZE, ", %.4g bits a %s", loss / log(2), token_noun(model));
    return text;
}
