/* SPDX-License-Identifier: MIT
 * against_chart.h - recall beside the signal itself, as a chart: the whole history, four looks at growing age, and what
 * was forgotten of which age. The first channel is drawn. */
#ifndef LOCI_CLI_AGAINST_CHART_H
#define LOCI_CLI_AGAINST_CHART_H

#include "memory/kept.h"

typedef struct against_chart against_chart;

/* NULL where memory is short. The memory must stay as it is. */
against_chart *against_chart_create(const kept *k);
void against_chart_destroy(against_chart *drawing); /* NULL is allowed */

/* The signal, piece by piece, as the memory has seen it: only what a picture can show of it is kept. u is [n][channels],
 * t is [n] or NULL. */
void against_chart_push(against_chart *drawing, const double *u, const double *t, size_t n);

/* Draws, after the last sample, to a file that chart_check allows; signal is the signal's name. Returns a status of the
 * program, after saying what went wrong. */
int against_chart_write(const against_chart *drawing, const char *signal, const char *path);

#endif
