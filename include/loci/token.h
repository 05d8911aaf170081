/* SPDX-License-Identifier: MIT
 *
 * loci/token.h - what the samples of a model with a vocabulary are, and how the next one is drawn from its answer.
 *
 * A model of the task next answers at every sample with a number a token, the greater the likelier. Its tokens are known by their
 * numbers, 0 to loci_token_count() - 1; those of a model that was trained on a text are its characters or its bytes as well.
 *
 * A text is written so: push the tokens of a beginning into a stream (stream.h); then, as often as wanted, draw a token from the
 * last answer and push it. The memory is the stream's state, however long the text gets.
 *
 * Nothing allocates; models are only read.
 */
#ifndef LOCI_TOKEN_H
#define LOCI_TOKEN_H

#include <stddef.h>
#include <stdint.h>

#include <loci/model.h>
#include <loci/status.h>

#ifdef __cplusplus
extern "C" {
#endif

/* How many tokens of the model mean something: `tokens` of its configuration, or all of its vocabulary. 0: its samples are no
 * tokens. */
LOCI_API size_t loci_token_count(const loci_model *model);

/* Whether the next token can be drawn from the model's answers: it has a vocabulary, an answer at every sample and a number in it
 * for each token. */
LOCI_API int loci_token_follows(const loci_model *model);

/* Whether tokens are characters (1) or bytes (2), or numbers alone (0). */
LOCI_API int loci_token_kind(const loci_model *model);

#define LOCI_TOKEN_TEXT 4 /* bytes of a token at most */

/* The bytes of a token in text [LOCI_TOKEN_TEXT]: returns how many, 0 where it is known by its number alone. */
LOCI_API size_t loci_token_spell(const loci_model *model, char *text, size_t token);

/* tokens [*count] = those of text [size], at most one a byte; whole numbers, as a stream takes them. LOCI_E_VALUE: the text is no
 * UTF-8, or has a character or byte that is none of the model's; LOCI_E_UNSUPPORTED: the model knows numbers alone. Cost: a character is
 * looked for among all. */
LOCI_API loci_status loci_token_read(const loci_model *model, float *tokens, size_t *count, const char *text,
                                     size_t size, loci_error *error);

/* How a token is drawn. All zero: the likeliest one. */
typedef struct {
    size_t size; /* sizeof of this struct; 0: these fields */
    /* T: with a chance that goes as exp(y/T), so 1 as the model thinks, less bolder; 0: the likeliest, the first of equals */
    double temperature;
    size_t top_k; /* of the likeliest ones alone; 0: of all */
    double top_p; /* and of the fewest likeliest that have this share of what is left; 0 or 1: of all */
} loci_token_choice;

typedef struct {
    double weight;
    size_t token;
} loci_token_weight;

/* LOCI_E_ARGUMENT: a temperature below 0 or not finite, a top_p outside of 0 to 1. */
LOCI_API loci_status loci_token_check(const loci_token_choice *choice, loci_error *error);

/* Checks nothing. The token drawn from an answer y [outputs] of the model, all finite. room [loci_token_count()]. The same seed
 * and number draw the same; number: which draw of the seed's it is. Cost: O(count), and as much again as a sort of those that
 * top_k and top_p leave. */
LOCI_API size_t loci_token_draw(const loci_model *model, const float *y, const loci_token_choice *choice,
                                uint64_t seed, uint64_t number, loci_token_weight *room);

#ifdef __cplusplus
}
#endif
#endif
