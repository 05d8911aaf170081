/* SPDX-License-Identifier: MIT
 * data/quote.h - a user's bytes as they may stand in a message or a name. */
#ifndef LOCI_DATA_QUOTE_H
#define LOCI_DATA_QUOTE_H

#include <stddef.h>

/* Copies text [length], NUL-terminated, into out [size], size >= 8: control characters and what is no UTF-8
 * become "?", and what does not fit is cut between characters and ends in "...". */
void loci_quote(char *out, size_t size, const char *text, size_t length);

#endif
