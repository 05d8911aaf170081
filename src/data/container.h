/* SPDX-License-Identifier: MIT
 * data/container.h - headers of audio files: where their samples lie, how many there are, and whether they are plain. */
#ifndef LOCI_DATA_CONTAINER_H
#define LOCI_DATA_CONTAINER_H

#include "data/signal.h"

#define LOCI_CONTAINER_OPEN UINT64_MAX /* the samples end where the file does */

typedef struct {
    bool known; /* it is one of WAV (RIFF, RIFX, RF64, BW64), W64, AU, AIFF, CAF, NIST, with samples in it */
    loci_raw kind; /* of the samples; LOCI_RAW_NONE: they are packed, or something about them is unusual */
    size_t channels;
    double rate;    /* Hz */
    uint64_t at;    /* position of the first sample */
    uint64_t bytes; /* of samples, by the header, or LOCI_CONTAINER_OPEN */
} loci_container;

/* The bytes begin such a file; 16 of them tell. */
bool loci_container_begins(const unsigned char *bytes, size_t size);

/* Reads the header. Where `known` and a kind are set, the input stands at the first sample; else it may stand anywhere. A
 * length that programs write who do not know it (0, or one near 2^31 or 2^32) is LOCI_CONTAINER_OPEN, unless as many bytes
 * are there. A header that breaks off is LOCI_OK without `known`. */
loci_status loci_container_read(loci_container *c, loci_input *input, loci_error *error);

#endif
