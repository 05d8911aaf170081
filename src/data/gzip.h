/* SPDX-License-Identifier: MIT
 * data/gzip.h - the bytes of a file that may be compressed by gzip; its content says whether it is. */
#ifndef LOCI_DATA_GZIP_H
#define LOCI_DATA_GZIP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <zlib.h>

#include "data/input.h"

typedef struct {
    loci_input input;
    z_stream stream;
    bool packed, ended;
} loci_gzip;

/* After a failure there is nothing to close. */
loci_status loci_gzip_open(loci_gzip *gzip, const char *path, loci_error *error);
/* Begins with an input that stands at its first byte, which gzip->input is; on failure the gzip is still to be closed. */
loci_status loci_gzip_start(loci_gzip *gzip, loci_error *error);
/* At least one byte, at most `wanted`, as they come; none at the end. */
loci_status loci_gzip_some(loci_gzip *gzip, void *bytes, size_t wanted, size_t *count, loci_error *error);
/* *count < wanted only at the end. A packed file that is cut, damaged (it has a checksum), or followed by
 * other bytes is LOCI_E_FORMAT. */
loci_status loci_gzip_read(loci_gzip *gzip, void *bytes, size_t wanted, size_t *count, loci_error *error);
void loci_gzip_close(loci_gzip *gzip);

/* The most bytes that the file can hold: unpacked, deflate's are at most 1032 times as many. */
uint64_t loci_gzip_bound(const loci_gzip *gzip);

#endif
