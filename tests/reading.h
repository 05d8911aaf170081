/* SPDX-License-Identifier: MIT
 * reading.h - whole signals, for tests: read in groups of any size, or expected to fail with a sentence. */
#ifndef READING_H
#define READING_H

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include <loci/data.h>

#include "temporary.h"

typedef struct {
    loci_signal_info info;
    double *u, *t; /* [count][channels], [count] */
    size_t count;
    loci_status status; /* of the read that ended it; LOCI_OK: the end */
    loci_error error;
} reading;

/* Reads the signal in calls of at most `group` samples, then closes it. */
static inline reading read_all(loci_signal *signal, size_t group)
{
    reading r = {.info = loci_signal_inspect(signal)};
    const size_t channels = r.info.channels;
    size_t room = 0, count;
    do {
        if (r.count + group > room) {
            room = 2 * room + group;
            r.u = realloc(r.u, room * channels * sizeof(double));
            r.t = realloc(r.t, room * sizeof(double));
        }
        r.status = loci_signal_read(signal, r.u + r.count * channels, r.info.stamped ? r.t + r.count : NULL,
                                    group, &count, &r.error);
        assert_true(count <= group);
        r.count += count;
    } while (r.status == LOCI_OK && count > 0);
    loci_signal_close(signal);
    return r;
}

static inline void reading_free(reading *r)
{
    free(r->u);
    free(r->t);
}

static inline reading read_path(const char *path, const loci_signal_options *options, size_t group)
{
    loci_signal *signal;
    loci_error error = {0};
    if (loci_signal_open(&signal, path, options, &error) != LOCI_OK) fail_msg("%s", error.text);
    return read_all(signal, group);
}

/* `part` must stand in the sentence with which opening or reading fails. */
static inline void expect_failure(const char *path, const loci_signal_options *options, loci_status status,
                                  const char *part)
{
    loci_signal *signal;
    loci_error error = {0};
    loci_status got = loci_signal_open(&signal, path, options, &error);
    if (got == LOCI_OK) {
        reading r = read_all(signal, 1000);
        got = r.status;
        error = r.error;
        reading_free(&r);
    } else if (signal) {
        fail_msg("a signal was left behind");
    }
    if (got == LOCI_OK) fail_msg("no failure; expected \"%s\"", part);
    if (!strstr(error.text, part)) fail_msg("\"%s\" lacks \"%s\"", error.text, part);
    if (got != status || error.status != status)
        fail_msg("\"%s\" has status %d, not %d", error.text, got, status);
}

/* Puts a file, or the reading end of a pipe that holds `bytes` (at most 64 KiB), in standard input's place. Returns what
 * standard_input_back needs. */
static inline int standard_input_from(const char *path, const void *bytes, size_t size)
{
    const int before = dup(STDIN_FILENO);
    int ends[2];
    if (path) {
        ends[0] = open(path, O_RDONLY);
    } else {
        if (pipe(ends) != 0 || write(ends[1], bytes, size) != (ssize_t)size) abort();
        close(ends[1]);
    }
    dup2(ends[0], STDIN_FILENO);
    close(ends[0]);
    return before;
}

static inline void standard_input_back(int before)
{
    dup2(before, STDIN_FILENO);
    close(before);
}

#endif
