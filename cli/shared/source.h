/* SPDX-License-Identifier: MIT
 * source.h - the signal that remember, simulate and recall --against read: its options, its rate, and its way through
 * the program in pieces, so that memory does not grow with its length. */
#ifndef LOCI_CLI_SOURCE_H
#define LOCI_CLI_SOURCE_H

#include <math.h>
#include <stdbool.h>
#include <stdint.h>

#include <loci/data.h>
#include <loci/memory.h>

#include "shared/options.h"

typedef struct {
    const char *raw, *time, *header, *decimal;
    size_t channels;            /* of raw input; SIZE_MAX: not given */
    size_t skip;                /* lines of text; SIZE_MAX: not given */
    double rate;                /* NAN: not given */
    option_list columns, known; /* known: columns to read where none are given and the file has all of them */
    bool mono;
    bool timeless; /* the command has no --time, which then is not recommended */
} source_options;

#define SOURCE_DEFAULTS                                                                                      \
    {                                                                                                        \
        .channels = SIZE_MAX, .skip = SIZE_MAX, .rate = NAN                                                  \
    }

/* Rows of an option table; what counts without --rate and without --column is said in the words of the command. */
/* clang-format off */
#define SOURCE_OPTIONS(o, usual_rate, usual_columns)                                                         \
    {"rate", 0, OPTION_NUMBER, &(o).rate, "HZ",                                                              \
     "samples a second, where the file does not tell (" usual_rate ")"},                                     \
    {"time", 0, OPTION_TEXT, &(o).time, "COLUMN",                                                            \
     "each sample has a time, in this column: seconds, milliseconds since 1970, or ISO dates"},              \
    SOURCE_CONTENT_OPTIONS(o, usual_columns)
/* Those about what a file holds. */
#define SOURCE_CONTENT_OPTIONS(o, usual_columns)                                                             \
    {"column", 0, OPTION_LIST, &(o).columns, "NAME,...",                                                     \
     "columns to read, by name or number (" usual_columns ")"},                                              \
    {"mono", 0, OPTION_FLAG, &(o).mono, NULL, "mix the channels down to one, their mean"}, \
    {"header", 0, OPTION_TEXT, &(o).header, "yes|no",                                                        \
     "text: whether the first row gives the names (the rows below it tell)"},                                \
    {"skip", 0, OPTION_COUNT, &(o).skip, "N", "text: lines to leave out at the beginning (0)"},              \
    {"decimal", 0, OPTION_TEXT, &(o).decimal, "CHARACTER",                                                   \
     "text: what stands before decimals, a point or a comma (.)"},                                           \
    {"raw", 0, OPTION_TEXT, &(o).raw, "KIND",                                                                \
     "the bytes are samples: u8, s16le, s24le, f32le, ..., or arecord's S16_LE, channels interleaved"},                                     \
    {"channels", 0, OPTION_COUNT, &(o).channels, "C", "channels of raw samples (1)"}
/* clang-format on */

typedef struct {
    const char *path; /* in messages */
    loci_signal *signal;
    loci_signal_info info;
    loci_missing missing; /* what the taker does with missing values; set by the caller */
    bool standard;        /* it is standard input */
    double dt;            /* 0: stamped */
    double *u, *t;
    size_t skipped;         /* of the piece read last: by source_skip */
    size_t joined;          /* samples in front of those that were read last: by source_pair */
    size_t capacity, count; /* samples in the buffers: room, and read last */
    uint64_t samples;       /* all read before those */
    double last;            /* stamped: the time of the last sample before those */
    size_t heard;           /* remarks of the signal that were passed on */
} source;

/* What is wrong with the options, whatever the signal is: a usage error told in the name of the command, or
 * 0. */
int source_check(const source_options *options, const char *command);

/* --missing of a command that refuses or holds, NULL where it was not given: a usage error, or 0; whether it holds, `usual` where
 * nothing was said; and how many values were held, if any, in a line about `path`, or, NULL, about all there was. */
int source_missing_check(const char *word, const char *command);
bool source_missing_holds(const char *word, bool usual);
void source_missing_tell(const char *path, uint64_t count);

/* Any of these options was given. */
bool source_asked(const source_options *options);

/* Opens the signal, settles its rate (the file's own, else --rate, else `rate` where it is not 0, else 1 Hz),
 * and reads the first piece: at least one sample. Returns 0, or a status after saying what went wrong. A
 * source of {0} or of a call, even in vain, is for source_close. */
int source_open(source *from, const char *path, const source_options *options, double rate);
void source_close(source *from);

/* For commands that go through the signal piece by piece, each u [count][channels]. source_next reads the next one; its count
 * is 0 at the end. source_ready: whether it would not wait, or, from a pipe on standard input, not longer than this.
 * source_live: whether samples come as they arise, as from a pipe. */
int source_next(source *from);
/* Reads on behind the piece until it has two samples, or the signal ends: before anything was taken of it. */
int source_pair(source *from);
/* Where sample k of the piece stands in the signal, in words. */
void source_place(const source *from, size_t k, char *place, size_t size);
bool source_ready(const source *from, int milliseconds);
bool source_live(const source *from);

/* Feeds the whole signal to a taker such as loci_memory_push, with progress. A sample that is refused is told
 * by its place in the file. A taker that has had enough, for reasons that it tells itself, leaves the error's text empty: the
 * status is 1. */
typedef loci_status source_taker(void *target, const double *u, const double *t, size_t n, loci_error *error);
int source_feed(source *from, source_taker *take, void *target, const char *doing);

/* The same for input that may never end. `watch` is called after each piece, and while none comes twice a second; what it
 * returns, unless it is 0, ends the feeding. Where a signal ended the input (interrupt_ends_input), a last sample that may be
 * cut is left out. */
typedef int source_watcher(void *target);
int source_feed_watched(source *from, source_taker *take, source_watcher *watch, void *target,
                        const char *doing);

/* The same up to sample `end`, which is left for later; UINT64_MAX: all. */
int source_feed_until(source *from, uint64_t end, source_taker *take, source_watcher *watch, void *target,
                      const char *doing);

/* Skips so many samples of the signal, from its beginning; a status where it has fewer. */
int source_skip(source *from, uint64_t samples);

#endif
