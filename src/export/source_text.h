/* SPDX-License-Identifier: MIT
 * export/source_text.h - a text that grows, and what the files of an export have in common. */
#ifndef LOCI_EXPORT_SOURCE_TEXT_H
#define LOCI_EXPORT_SOURCE_TEXT_H

#include "base/status.h"
#include "export/program.h"

typedef struct {
    const loci_export *p;
    char *at;
    size_t length, room;
    int failed; /* out of memory: what follows does nothing */
} loci_source_text;

void loci_source_put(loci_source_text *t, const char *format, ...) LOCI_PRINTF(2, 3);
/* A float as C reads it: with a point or an exponent, and f; nine digits, which read back as the same. */
void loci_source_float(loci_source_text *t, float x);
/* A number of so many digits, as %g has it; what loci_source_put writes of reals has the locale's point. */
void loci_source_real(loci_source_text *t, double x, int digits);
/* Numbers of an initialiser, eight a line, of whole numbers of 8 bits 20. */
void loci_source_numbers(loci_source_text *t, loci_word word, const void *data, size_t count);
/* A text as a literal of C, with its quotes. */
void loci_source_quoted(loci_source_text *t, const char *text);
/* The prefix in capitals. */
void loci_source_capitals(const loci_export *p, char capitals[LOCI_EXPORT_PREFIX]);

/* The files. */
void loci_source_header(loci_source_text *t);
void loci_source_source(loci_source_text *t);
void loci_source_test(loci_source_text *t, const loci_export_samples *samples);
void loci_source_cmake(loci_source_text *t);
void loci_source_readme(loci_source_text *t);

#endif
