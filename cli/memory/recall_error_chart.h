/* SPDX-License-Identifier: MIT
 * recall_error_chart.h - recall beside the signal itself, as a chart: the whole history, four looks at growing age, and what
 * was forgotten of which age. The first channel is drawn. */
#ifndef LOCI_CLI_RECALL_ERROR_CHART_H
#define LOCI_CLI_RECALL_ERROR_CHART_H

#include "memory/memory_file.h"

typedef struct recall_error_chart recall_error_chart;

/* NULL where memory is short. The memory (or archive), and another one of the same signal that is drawn beside it (NULL: none), must stay
 * as they are. */
recall_error_chart *recall_error_chart_create(const memory_file *k, const memory_file *beside);
void recall_error_chart_destroy(recall_error_chart *drawing); /* NULL is allowed */

/* The signal, piece by piece, as the memory has seen it: only what a picture can show of it is kept. u is [n][channels],
 * t is [n] or NULL. */
void recall_error_chart_push(recall_error_chart *drawing, const double *u, const double *t, size_t n);

/* Draws, after the last sample, to a file that chart_check allows; signal is the signal's name and variance that of its first
 * channel. Returns a status of the program, after saying what went wrong. */
int recall_error_chart_write(const recall_error_chart *drawing, const char *signal, double variance,
                             const char *path);

#endif
