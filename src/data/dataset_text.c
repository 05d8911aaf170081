/* SPDX-License-Identifier: MIT
 * dataset_text.c - the text of a file of many sequences, whole. */
#include "data/dataset_text.h"

#include <string.h>

#include "base/allocate.h"
#include "base/status.h"
#include "data/gzip.h"
#include "data/input.h"
#include "data/quote.h"

/* Room for twice as many bytes at *bytes, and for a newline behind them; `held` of them stay. */
static bool grow(char **bytes, size_t *room, size_t held)
{
    size_t more;
    if (!loci_size_multiply(&more, *room, 2)) return false;
    char *larger = loci_allocate(more, 1);
    if (!larger) return false;
    memcpy(larger, *bytes, held);
    loci_free(*bytes);
    *bytes = larger;
    *room = more;
    return true;
}

static loci_status read_all(char **text, size_t *size, loci_gzip *file, const loci_dataset *set,
                            loci_error *error)
{
    size_t room = LOCI_INPUT_BUFFER, count = 1;
    *text = loci_allocate(room, 1);
    if (!*text) return loci_dataset_no_memory(set, error);
    for (*size = 0; count > 0; *size += count) {
        if (*size + 1 >= room && !grow(text, &room, *size)) return loci_dataset_no_memory(set, error);
        const loci_status status = loci_gzip_some(file, *text + *size, room - 1 - *size, &count, error);
        if (status != LOCI_OK) return status;
    }
    if (memchr(*text, 0, *size))
        return loci_fail(error, LOCI_E_FORMAT,
                         "%s: is no text; a table, or the folder of a data set, was expected", set->folder);
    return LOCI_OK;
}

loci_status loci_dataset_text_read(char **text, size_t *size, const loci_dataset *set, const char *path,
                                   loci_error *error)
{
    loci_gzip file;
    *text = NULL;
    loci_status status = loci_gzip_open(&file, path, error);
    if (status != LOCI_OK) return status;
    status = read_all(text, size, &file, set, error);
    loci_gzip_close(&file);
    if (status != LOCI_OK) {
        loci_free(*text);
        *text = NULL;
        return status;
    }
    const size_t mark = *size >= 3 && memcmp(*text, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
    *size -= mark;
    memmove(*text, *text + mark, *size);
    if (*size > 0 && (*text)[*size - 1] != '\n') (*text)[(*size)++] = '\n';
    return LOCI_OK;
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

char *loci_dataset_text_quoted(loci_dataset *set, const char *text, size_t length)
{
    char *quoted = loci_dataset_allocate(set, length + 8, 1);
    if (quoted) loci_quote(quoted, length + 8, text, length);
    return quoted;
}
