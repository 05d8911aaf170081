/* SPDX-License-Identifier: MIT
 * input_name.c - a path as it may stand in a message. */
#include "data/input.h"

#include <stdio.h>
#include <string.h>

#include "data/quote.h"

void loci_input_name(char *text, size_t size, const char *path)
{
    const size_t length = strlen(path);
    if (strcmp(path, "-") == 0) {
        snprintf(text, size, "standard input");
    } else if (length == 0) {
        snprintf(text, size, "(a file without a name)");
    } else if (length < size) {
        loci_quote(text, size, path, length);
    } else {
        const char *tail = path + length - (size - 4);
        while (((unsigned char)*tail & 0xC0) == 0x80) tail++; /* not from within a UTF-8 character */
        memcpy(text, "...", 3);
        loci_quote(text + 3, size - 3, tail, strlen(tail));
    }
}
