/* SPDX-License-Identifier: MIT
 * pace.h - rows that come one by one with their times: how many of an even series are missing between them. */
#ifndef LOCI_CLI_PACE_H
#define LOCI_CLI_PACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct {
    double step; /* of the series, in seconds */
    bool even;   /* rows that are not there are missing; else rows follow one another, whatever their times */
    size_t longest; /* rows that may be missing; where more are, something new begins */
    double
        pause; /* seconds: of series with such pauses rows follow one another across them, where they are longer than the longest */
    double
        last; /* the latest time; where more rows than the longest came behind it, that of the last of these */
    size_t behind;              /* rows since then that are not after it */
    uint64_t rows, steps, back; /* back: rows that are not after the latest before them */
    uint64_t missing, gaps;     /* rows, and places where some are */
    uint64_t breaks, pauses;    /* places where more than the longest are; of these, such pauses */
    uint64_t
        irregular; /* steps that are no whole number of steps of the series; of a series that is not even, another length */
} pace;

/* Takes a step into account among the two longest, longest first: a pause is what happened twice. */
void pace_pause(double pauses[2], double step);
/* Whether a row so many seconds behind another belongs to the same series, though rows may be missing, or a pause may lie, between them. */
bool pace_goes_on(const pace *p, double apart);
/* Rows that are missing before the one at time t, which comes next; SIZE_MAX: something new begins with it. */
size_t pace_next(pace *p, double t);
/* The row before the first one was at this time. */
void pace_begin(pace *p, double last);
/* What was irregular and what was missing, in lines about path. */
void pace_tell(const pace *p, const char *path);

#endif
