/* SPDX-License-Identifier: MIT
 * fuzz_signal.h - a signal read to its end twice, in groups of different sizes: both must give the same samples and the
 * same sentence. */
#ifndef LOCI_FUZZ_SIGNAL_H
#define LOCI_FUZZ_SIGNAL_H

#include <string.h>

#include <loci/data.h>

#include "fuzz_file.h"

typedef struct {
    uint64_t samples, u, t; /* how many, and what (FNV) */
    loci_error error;
    loci_status status;
} outcome;

static inline void add(uint64_t *hash, double value)
{
    uint64_t word;
    if (value != value) value = 0; /* a NaN may have any sign */
    memcpy(&word, &value, sizeof word);
    *hash = (*hash ^ word) * 1099511628211u;
}

static inline outcome read_in_groups(const char *path, const loci_signal_options *options, size_t group)
{
    outcome o = {0};
    loci_signal *signal;
    o.status = loci_signal_open(&signal, path, options, &o.error);
    if (o.status != LOCI_OK) return o;
    const loci_signal_info info = loci_signal_inspect(signal);
    double *u = malloc(group * info.channels * sizeof *u), *t = malloc(group * sizeof *t);
    if (!u || !t) abort();
    size_t count;
    char text[64];
    for (;;) {
        o.status = loci_signal_read(signal, u, info.stamped ? t : NULL, group, &count, &o.error);
        if (o.status != LOCI_OK || count == 0) break;
        if (count > group) abort();
        for (size_t i = 0; i < count * info.channels; i++) add(&o.u, u[i]);
        for (size_t i = 0; info.stamped && i < count; i++) add(&o.t, t[i]);
        loci_signal_position(signal, count - 1, text, sizeof text);
        if (strlen(text) < 6) abort();
        o.samples += count;
    }
    for (size_t c = 0; c < info.channels; c++)
        if (!loci_signal_channel(signal, c)) abort();
    free(u);
    free(t);
    loci_signal_close(signal);
    return o;
}

static inline void read_signal(const char *path, const loci_signal_options *options)
{
    const outcome a = read_in_groups(path, options, 7), b = read_in_groups(path, options, 1000);
    if (a.samples != b.samples || a.u != b.u || a.t != b.t || a.status != b.status) abort();
    if (a.status == LOCI_OK) return;
    if (strcmp(a.error.text, b.error.text) != 0 || strlen(a.error.text) < 5 || strchr(a.error.text, '\n'))
        abort();
}

#endif
