/* SPDX-License-Identifier: MIT
 * comma.h - locales in which printf and strtod know another decimal point, as far as the machine has them. */
#ifndef COMMA_H
#define COMMA_H

#include <locale.h>
#include <stddef.h>
#include <string.h>

static const char *const comma_names[] = {"de_DE.UTF-8", "fr_FR.UTF-8", "ps_AF.UTF-8" /* of two bytes */};
enum { COMMAS = sizeof comma_names / sizeof *comma_names };

/* Sets one of them; 0: the machine does not have it. setlocale(LC_ALL, "C") ends it. */
static int comma_set(size_t which)
{
    if (setlocale(LC_ALL, comma_names[which]) && strcmp(localeconv()->decimal_point, ".") != 0) return 1;
    setlocale(LC_ALL, "C");
    return 0;
}

#endif
