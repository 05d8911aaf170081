/* SPDX-License-Identifier: MIT
 * forecaster.h - a readout with the names of its columns and the time of its rows: the file that forecast and watch work with. */
#ifndef LOCI_CLI_FORECASTER_H
#define LOCI_CLI_FORECASTER_H

#include <stdbool.h>
#include <stddef.h>

#include <loci/readout.h>

typedef struct {
    const char *path;
    loci_readout *readout;
    char **names; /* [channels] */
    size_t channels;
    bool stamped, iso;
    bool timed; /* rows have times: those read with them, or seconds by a rate; else they are counted */
    double last, step; /* of the rows learned */
    bool uneven;       /* many of those steps had another length */
    double pauses[2];  /* the two longest of those steps; 0: not known */
    size_t season;     /* rows; 0: none */
} forecaster;

/* A forecaster of {0} or of a call, even in vain, is for forecaster_close. */
int forecaster_read(forecaster *f, const char *path);
int forecaster_write(const forecaster *f, const char *path);
void forecaster_close(forecaster *f);

/* Whether the file at path begins as a forecaster's does. */
bool forecaster_is(const char *path);

#endif
