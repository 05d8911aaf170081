/* SPDX-License-Identifier: MIT
 * fuzz_dataset.h - the bytes of one run as two files of a data set, which is read to its end if it opens. The first two
 * bytes say how long the first of them is. */
#ifndef LOCI_FUZZ_DATASET_H
#define LOCI_FUZZ_DATASET_H

#include <fcntl.h>
#include <math.h>
#include <stdio.h>

#include <loci/dataset.h>

#include "fuzz_file.h"

static inline void write_file(const char *folder, const char *name, const uint8_t *bytes, size_t size)
{
    char path[128];
    snprintf(path, sizeof path, "%.40s/%.60s", folder, name);
    const int file = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    if (file < 0 || write(file, bytes, size) != (ssize_t)size || close(file) != 0) abort();
}

static inline void read_dataset(const uint8_t *bytes, size_t size, const char *first, const char *second,
                                const loci_dataset_options *options)
{
    static char folder[40];
    if (!folder[0]) {
        strcpy(folder, access("/dev/shm", W_OK) == 0 ? "/dev/shm/loci-fuzz-XXXXXX" : "/tmp/loci-fuzz-XXXXXX");
        if (!mkdtemp(folder)) abort();
    }
    if (size < 2) return;
    const size_t rest = size - 2, wanted = (size_t)bytes[0] << 8 | bytes[1],
                 length = wanted < rest ? wanted : rest;
    write_file(folder, first, bytes + 2, length);
    write_file(folder, second, bytes + 2 + length, rest - length);
    loci_dataset *set;
    loci_error error = {0};
    if (loci_dataset_open(&set, folder, options, &error) != LOCI_OK) {
        if (set || strlen(error.text) < 5 || strchr(error.text, '\n')) abort();
        return;
    }
    const loci_dataset_info info = loci_dataset_inspect(set);
    if (info.sequences == 0 || info.inputs == 0 || info.classes == 0) abort();
    float *u = malloc(info.longest * info.inputs * sizeof *u);
    double mean[3], deviation[3], sum = 0;
    char name[64];
    if (!u || info.inputs > 3) abort();
    for (size_t i = 0; i < info.sequences; i++) {
        if (loci_dataset_label(set, i) >= info.classes) abort();
        loci_dataset_read(set, i, u);
        for (size_t k = 0; k < loci_dataset_length(set, i) * info.inputs; k++) sum += u[k];
    }
    loci_dataset_name(set, info.sequences - 1, name, sizeof name);
    if (loci_dataset_moments(set, mean, deviation, &error) != LOCI_OK) abort();
    double total = 0;
    for (size_t c = 0; c < info.inputs; c++) total += mean[c] * (double)info.samples;
    if (!(fabs(total - sum) <= 1e-6 * sum)) abort();
    free(u);
    loci_dataset_close(set);
}

#endif
