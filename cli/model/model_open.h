/* SPDX-License-Identifier: MIT
 * model_open.h - a trained model, from and to a file. */
#ifndef LOCI_CLI_MODEL_OPEN_H
#define LOCI_CLI_MODEL_OPEN_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include <loci/model.h>

/* Functions that return an int return a status of the program after saying what went wrong, or 0. */

/* Whether bytes, or a regular file, begin as a model does; a file that cannot be read does not. For commands that take
 * other things as well. */
bool model_looks(const void *bytes, size_t size);
bool model_is_at(const char *path);

/* Whether bytes begin so; expected: "a model". */
int model_kind_check(const char *expected, const void *bytes, size_t size, const char *path);

/* path "-": standard input. Released by loci_model_free. */
int model_read(loci_model **model, const char *path);
int model_from(loci_model **model, const void *bytes, size_t size, const char *path);

/* *value = what a text of JSON says, to be released by json_decref; NULL, and *problem why, where it is none, or has a key
 * twice. */
int model_json(json_t **value, json_error_t *problem, const char *text);

/* *note = the object that the note of the description is, NULL where there is none, or it is none; to be released by
 * json_decref. */
int model_note(json_t **note, const loci_model *model);

/* The text of such an object, to be released by free(); NULL: out of memory. */
char *model_note_text(const json_t *note);

/* Whole or not at all. */
int model_write(const loci_model *model, const char *path);

#endif
