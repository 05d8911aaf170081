/* SPDX-License-Identifier: MIT
 * data/lines.h - the lines of a text, many held at once: all but the last, incomplete one can be parsed without looking
 * for the end of the buffer, since a newline ends them. */
#ifndef LOCI_DATA_LINES_H
#define LOCI_DATA_LINES_H

#include "data/input.h"

#define LOCI_LINE_MOST ((size_t)16 << 20) /* bytes */

typedef struct {
    uint64_t number;   /* of the line that the input stands at, from 1 */
    uint64_t complete; /* position in the input where the complete lines that are held end */
    uint64_t scanned;  /* up to here newlines were looked for */
    uint64_t nul;      /* where the first line with a NUL byte begins */
} loci_lines;

/* The input stands at the first byte of line 1. */
void loci_lines_start(loci_lines *lines, const loci_input *input);

/* Reads until more than `beyond` bytes of complete lines are held, or the input has ended. A last line without a newline
 * gets one. A line of more than 16 MiB, or one that holds a NUL byte, is LOCI_E_FORMAT. */
loci_status loci_lines_fill(loci_lines *lines, loci_input *input, size_t beyond, loci_error *error);

/* All that the input has is held, and in complete lines. */
bool loci_lines_ended(const loci_lines *lines, const loci_input *input);

/* The complete lines that are held: from here to the limit, whose last byte is a newline. */
static inline const char *loci_lines_begin(const loci_input *input)
{
    return (const char *)input->buffer + input->start;
}
static inline const char *loci_lines_limit(const loci_lines *lines, const loci_input *input)
{
    return (const char *)input->buffer + (lines->complete - input->taken);
}

#endif
