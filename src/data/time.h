/* SPDX-License-Identifier: MIT
 * data/time.h - dates within a longer text. */
#ifndef LOCI_DATA_TIME_H
#define LOCI_DATA_TIME_H

#include <stddef.h>

/* Seconds of the date and time in text [length], which need not be NUL-terminated. Returns NULL, or a phrase
 * that says what is wrong with it. */
const char *loci_time_scan(double *seconds, const char *text, size_t length);

#endif
