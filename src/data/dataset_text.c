/* SPDX-License-Identifier: MIT
 * dataset_text.c - the text of a file of many sequences, whole. */
#include "data/dataset_text.h"

#include <string.h>

#include "base/allocate.h"
#include "base/status.h"
#include "data/input.h"
#include "data/quote.h"

loci_status loci_dataset_text_read(char **text, size_t *size, const loci_dataset *set, const char *path,
                                   loci_error *error)
{
    loci_input input;
    loci_status status = loci_input_open(&input, path, error);
    if (status != LOCI_OK) return status;
    while (status == LOCI_OK && !input.ended)
        status = loci_input_fill(&input, 2 * loci_input_held(&input) + LOCI_INPUT_BUFFER, error);
    const size_t held = status == LOCI_OK ? loci_input_held(&input) : 0;
    const char *bytes = (const char *)input.buffer + input.start;
    if (status == LOCI_OK && held > 0 && memchr(bytes, 0, held))
        status = loci_fail(error, LOCI_E_FORMAT,
                           "%s: is no text; a table, or the folder of a data set, was expected", set->folder);
    *text = status == LOCI_OK ? loci_allocate(held + 2, 1) : NULL;
    if (*text) {
        const size_t mark = held >= 3 && memcmp(bytes, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
        memcpy(*text, bytes + mark, held - mark);
        *size = held - mark;
        if (*size > 0 && (*text)[*size - 1] != '\n') (*text)[(*size)++] = '\n';
    } else if (status == LOCI_OK) {
        status = loci_dataset_no_memory(set, error);
    }
    loci_input_close(&input);
    return status;
}

bool loci_numbers_add(loci_numbers *numbers, double value)
{
    if (numbers->count == numbers->room) {
        const size_t room = numbers->room ? 2 * numbers->room : 4096;
        double *at = loci_allocate(room, sizeof *at);
        if (!at) return false;
        if (numbers->count) memcpy(at, numbers->at, numbers->count * sizeof *at);
        loci_free(numbers->at);
        numbers->at = at;
        numbers->room = room;
    }
    numbers->at[numbers->count++] = value;
    return true;
}

const char *loci_dataset_text_quoted(loci_dataset *set, const char *text, size_t length)
{
    char quoted[256];
    loci_quote(quoted, sizeof quoted, text, length);
    return loci_dataset_text(set, quoted, strlen(quoted));
}
