/* SPDX-License-Identifier: MIT
 * data/signal.h - what the kinds of file have in common behind loci_signal. */
#ifndef LOCI_DATA_SIGNAL_H
#define LOCI_DATA_SIGNAL_H

#include <loci/data.h>

#include "base/status.h"
#include "data/input.h"

#define LOCI_SIGNAL_CHANNELS 65535 /* at most, of a file without names */
#define LOCI_SIGNAL_REMARKS 8
#define LOCI_SIGNAL_REMARK 256 /* bytes */

/* One kind of file. open finds the input at its first byte, with some of it held, and fills channels, info
 * and own; when it fails, close is called. read gives at least one sample unless the signal has ended, and at
 * most capacity. position may be NULL: samples are counted. close may be NULL. A format that has columns of
 * its own heeds options->columns and time_column itself, and fills info.channels and, through
 * loci_signal_set_names, names; for the others signal.c does. */
typedef struct {
    bool has_columns;
    loci_status (*open)(loci_signal *signal, const loci_signal_options *options, loci_error *error);
    loci_status (*read)(loci_signal *signal, double *u, double *t, size_t capacity, size_t *count,
                        loci_error *error);
    void (*position)(const loci_signal *signal, size_t k, char *text, size_t size);
    /* passes over n samples, which are there by info.samples, without reading them; NULL, or LOCI_E_UNSUPPORTED: they are read */
    loci_status (*pass)(loci_signal *signal, uint64_t n, loci_error *error);
    void (*close)(loci_signal *signal);
} loci_signal_format;

extern const loci_signal_format loci_signal_raw, loci_signal_npy, loci_signal_audio, loci_signal_csv;

struct loci_signal {
    const loci_signal_format *format;
    loci_input input;
    loci_raw raw;
    size_t channels;       /* that read gives */
    void *own;             /* of the format, released by its close */
    loci_signal_info info; /* what the caller is told; channels: those that are wanted */
    char **names;          /* [info.channels] */
    bool named;            /* they are the file's own */
    uint64_t given;        /* samples before the last read */
    size_t last;           /* samples of the last read */
    size_t *selected;      /* [info.channels] of the channels, where not all of them are wanted; else NULL */
    size_t mixed;          /* so many channels are mixed down to one; 0: none are */
    double *frames; /* [frame_count][channels] room for what is selected from, or mixed; NULL: neither */
    size_t frame_count;
    char remarks[LOCI_SIGNAL_REMARKS][LOCI_SIGNAL_REMARK];
    size_t remark_count;
    char *time_like; /* the name or number of a column that looks like times and is not used, or NULL */
};

/* Adds to what loci_signal_remark tells. */
void loci_signal_say(loci_signal *signal, const char *format, ...) LOCI_PRINTF(2, 3);

/* Gives the signal its names, copies of names [info.channels]; NULL: "u", or "u0", "u1", ... */
loci_status loci_signal_set_names(loci_signal *signal, const char *const *names, loci_error *error);

#endif
