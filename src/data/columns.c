/* SPDX-License-Identifier: MIT
 * columns.c - which columns of a file a user means. */
#include "data/columns.h"

#include <stdio.h>
#include <string.h>

#include "base/allocate.h"
#include "base/status.h"
#include "data/field.h"
#include "data/quote.h"

/* "1" to "count", without a sign or leading zeros. */
static bool number_of_column(size_t *index, const char *text, size_t count)
{
    size_t number = 0;
    if (*text < '1' || *text > '9') return false;
    for (; *text; text++) {
        if (*text < '0' || *text > '9') return false;
        number = 10 * number + (size_t)(*text - '0');
        if (number > count) return false;
    }
    *index = number - 1;
    return true;
}

/* "time, temp, load, ..." */
static void list_names(char *text, size_t size, const char *const *names, size_t count)
{
    size_t used = 0;
    text[0] = 0;
    for (size_t i = 0; i < count; i++) {
        const int more = snprintf(text + used, size - used, i == 0 ? "%s" : ", %s", names[i]);
        if (more < 0 || used + (size_t)more + 6 > size) {
            snprintf(text + used, size - used, i == 0 ? "..." : ", ...");
            return;
        }
        used += (size_t)more;
    }
}

loci_status loci_columns_find(size_t *index, const char *file, const char *const *names, size_t count,
                              const char *wanted, loci_error *error)
{
    char quoted[48], list[96];
    loci_quote(quoted, sizeof quoted, wanted, strlen(wanted));
    size_t found = 0, first = 0;
    for (size_t i = 0; names && i < count; i++) {
        if (strcmp(names[i], wanted) != 0) continue;
        if (found++ == 0)
            first = i;
        else
            return loci_fail(error, LOCI_E_ARGUMENT,
                             "%s: columns %zu and %zu are both called %s; say the number", file, first + 1,
                             i + 1, quoted);
    }
    if (found > 0) {
        *index = first;
        return LOCI_OK;
    }
    if (number_of_column(index, wanted, count)) return LOCI_OK;
    if (!names)
        return loci_fail(error, LOCI_E_ARGUMENT,
                         "%s: has no column %s; its columns have no names, only numbers, 1 to %zu", file,
                         quoted, count);
    list_names(list, sizeof list, names, count);
    return loci_fail(error, LOCI_E_ARGUMENT, "%s: has no column %s; there %s %s", file, quoted,
                     count == 1 ? "is" : "are", list);
}

static bool is_name(const char *const *names, size_t count, const char *wanted)
{
    for (size_t i = 0; names && i < count; i++)
        if (strcmp(names[i], wanted) == 0) return true;
    return false;
}

/* Adds what the list holds, "a,b", to chosen [*found]. text has room for the list, a newline and a NUL. */
static loci_status select_list(size_t *chosen, size_t *found, char *text, const char *file,
                               const char *const *names, size_t count, const char *list, loci_error *error)
{
    const size_t length = strlen(list);
    char *copy = text + length + 2;
    memcpy(text, list, length);
    text[length] = '\n';
    text[length + 1] = 0;
    for (const char *p = text;;) {
        const loci_field part = loci_field_cut(p, text + length + 1, ',');
        if (!part.closed) break;
        const size_t size = (size_t)(part.end - part.begin);
        memcpy(copy, part.begin, size);
        copy[size] = 0;
        if (part.quoted) loci_field_unquote(copy);
        const loci_status status = loci_columns_find(&chosen[*found], file, names, count, copy, error);
        if (status != LOCI_OK) return status;
        ++*found;
        if (*part.next == '\n') return LOCI_OK;
        p = part.next + 1;
    }
    return loci_columns_find(&chosen[*found], file, names, count, list, error);
}

loci_status loci_columns_select(size_t **chosen, size_t *found, const char *file, const char *const *names,
                                size_t count, const char *const *wanted, size_t wanted_count,
                                loci_error *error)
{
    *chosen = NULL;
    *found = 0;
    if (wanted_count == 0) return loci_fail(error, LOCI_E_ARGUMENT, "%s: no column is asked for", file);
    size_t most = wanted_count, longest = 0;
    for (size_t c = 0; c < wanted_count; c++) {
        const size_t length = strlen(wanted[c]);
        if (length > longest) longest = length;
        for (size_t i = 0; i < length; i++) most += wanted[c][i] == ',';
    }
    char *text = loci_allocate(2 * longest + 4, 1);
    *chosen = loci_allocate(most, sizeof **chosen);
    loci_status status = LOCI_OK;
    if (!text || !*chosen) status = loci_fail(error, LOCI_E_MEMORY, "%s: out of memory", file);
    for (size_t c = 0; c < wanted_count && status == LOCI_OK; c++) {
        if (!strchr(wanted[c], ',') || strchr(wanted[c], '\n') || is_name(names, count, wanted[c]))
            status = loci_columns_find(&(*chosen)[(*found)++], file, names, count, wanted[c], error);
        else
            status = select_list(*chosen, found, text, file, names, count, wanted[c], error);
    }
    loci_free(text);
    if (status == LOCI_OK) return LOCI_OK;
    loci_free(*chosen);
    *chosen = NULL;
    return status;
}

bool loci_columns_place(size_t *place, const char *const *names, size_t count, const char *const *wanted,
                        size_t wanted_count)
{
    for (size_t c = 0; c < wanted_count; c++) {
        size_t found = 0;
        for (size_t i = 0; i < count; i++)
            if (strcmp(names[i], wanted[c]) == 0) place[c] = i, found++;
        if (found != 1) return false;
    }
    return true;
}

bool loci_columns_keep(const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (names[i][strspn(names[i], "0123456789")] == 0) return false;
    return count <= LOCI_COLUMNS_KEPT;
}
