/* SPDX-License-Identifier: MIT
 * columns.c - which columns of a file a user means. */
#include "data/columns.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/status.h"
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
    return loci_fail(error, LOCI_E_ARGUMENT, "%s: has no column %s; there are %s", file, quoted, list);
}
