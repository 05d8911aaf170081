/* SPDX-License-Identifier: MIT
 * model_open.c - a trained model, from and to a file. */
#include "model/model_open.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <loci/data.h>

#include "shared/file_kind.h"
#include "shared/message.h"
#include "shared/output.h"
#include "shared/whole_file.h"

bool model_looks(const void *bytes, size_t size)
{
    return file_kind_of(bytes, size) == FILE_MODEL;
}

bool model_is_at(const char *path)
{
    unsigned char bytes[9];
    return model_looks(bytes, whole_file_begin(path, bytes, sizeof bytes));
}

int model_kind_check(const char *expected, const void *bytes, size_t size, const char *path)
{
    static const char pointer[] = "version https://git-lfs";
    if (size >= sizeof pointer - 1 && memcmp(bytes, pointer, sizeof pointer - 1) == 0)
        return message_fail("%s: is what Git LFS keeps in place of a file; %s, as 'git lfs pull' fetches it, "
                            "was expected",
                            path, expected);
    if (file_kind_of(bytes, size) == FILE_UNKNOWN)
        return message_fail("%s: does not begin like a file of safetensors; %s was expected", path, expected);
    return file_kind_check(FILE_MODEL, expected, bytes, size, path);
}

int model_from(loci_model **model, const void *bytes, size_t size, const char *path)
{
    loci_error error;
    const int other = model_kind_check("a model", bytes, size, path);
    if (other) return other;
    return loci_model_load(model, bytes, size, &error) == LOCI_OK ? STATUS_DONE : message_error(path, &error);
}

int model_read(loci_model **model, const char *path)
{
    void *bytes;
    size_t size;
    int status = whole_file_read(path, &bytes, &size);
    if (status) return status;
    status = model_from(model, bytes, size, message_name(path));
    loci_bytes_free(bytes);
    return status;
}

/* Behind a string that is longer than all its words: see src/model/json.c. */
int model_json(json_t **value, json_error_t *problem, const char *text)
{
    *value = NULL;
    const size_t length = strlen(text);
    size_t first = 24;
    while (first < length) first *= 2;
    char *both = malloc(first + length + 6);
    if (!both) return message_memory();
    memset(both, 'x', 2 + first);
    memcpy(both, "[\"", 2);
    snprintf(both + 2 + first, length + 4, "\",%s]", text);
    json_t *array = json_loads(both, JSON_REJECT_DUPLICATES, problem);
    free(both);
    if (!array && json_error_code(problem) == json_error_out_of_memory) return message_memory();
    if (json_array_size(array) == 2)
        *value = json_incref(json_array_get(array, 1));
    else if (array)
        snprintf(problem->text, sizeof problem->text, "more than one value");
    json_decref(array);
    return STATUS_DONE;
}

int model_note(json_t **note, const loci_model *model)
{
    *note = NULL;
    const char *text = loci_model_description(model)->note;
    json_error_t problem;
    const int status = text ? model_json(note, &problem, text) : STATUS_DONE;
    if (!json_is_object(*note)) {
        json_decref(*note);
        *note = NULL;
    }
    return status;
}

char *model_note_text(const json_t *note)
{
    /* json_dumps (2.14) loses a key where its buffer cannot grow, and says nothing */
    const size_t size = json_dumpb(note, NULL, 0, JSON_COMPACT);
    char *text = size > 0 ? malloc(size + 1) : NULL;
    if (text && json_dumpb(note, text, size, JSON_COMPACT) == size) {
        text[size] = 0;
        return text;
    }
    free(text);
    return NULL;
}

int model_write(const loci_model *model, const char *path)
{
    void *bytes;
    size_t size;
    loci_error error;
    if (loci_model_save(model, &bytes, &size, &error) != LOCI_OK) return message_error(path, &error);
    const int status = output_file(path, bytes, size);
    loci_bytes_free(bytes);
    return status;
}
