/* SPDX-License-Identifier: MIT
 * series.h - a table of numbers, whole: what forecast learns from. */
#ifndef LOCI_CLI_SERIES_H
#define LOCI_CLI_SERIES_H

#include <stdbool.h>
#include <stddef.h>

#include "shared/source.h"

typedef struct {
    const char *path;
    size_t n, channels;
    double **x;   /* [channels], each [n] */
    char **names; /* [channels] */
    bool stamped, iso;
    bool timed; /* rows have times: those of the file, or seconds by a rate */
    /* seconds: of the first and the last row, and between rows; where there are no times, rows */
    double first, last, step;
    size_t known;     /* rows that are not after `until` */
    size_t irregular; /* steps that are another length */
    double pauses[2]; /* the two longest steps to rows that were not known */
    size_t missing;   /* values that were held */
} series;

/* Reads path; where no time column is named, a column of dates is one. refuse: a missing value is an error; else the last one
 * stands for it. until: a time, or NAN. A series of {0} or of a call, even in vain, is for series_close. */
int series_read(series *s, const char *path, const source_options *options, bool refuse, double until);
void series_close(series *s);

/* The column of dates where none is named and the file can be opened twice, a copy to be freed; NULL: there is none. */
char *series_dates(const char *path, const source_options *options);

/* The deviation of each column, 1 of a constant: for free; NULL: short of memory. */
double *series_scales(const series *s);
/* Rows without times begin at `first`, `step` apart. */
void series_count_on(series *s, double first, double step);
/* The time of the row so many rows behind the last one: negative before it. */
double series_time(const series *s, double rows);

#endif
