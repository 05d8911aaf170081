/* SPDX-License-Identifier: MIT
 * ending.c - the endings of names. */
#include "shared/ending.h"

#include <string.h>
#include <strings.h>

bool ending_is(const char *path, const char *ending)
{
    const size_t length = strlen(path), tail = strlen(ending);
    return length > tail && strcasecmp(path + length - tail, ending) == 0;
}

bool ending_among(const char *path, const char *const *endings, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (ending_is(path, endings[i])) return true;
    return false;
}
