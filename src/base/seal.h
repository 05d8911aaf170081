/* SPDX-License-Identifier: MIT
 * base/seal.h - what everything that is saved as bytes has around it: a magic of 8 bytes, a version and the number of all bytes in
 * front, a checksum of all before it at the end, and a note of the caller's that is filled up to a multiple of 8. Numbers take 8 bytes. */
#ifndef LOCI_BASE_SEAL_H
#define LOCI_BASE_SEAL_H

#include <stddef.h>
#include <stdint.h>

#include <loci/status.h>

typedef struct {
    char magic[8];
    const char *none, *name; /* "no probe", "probe", in messages */
    size_t fixed;            /* bytes besides the note, the numbers and the checksum */
    uint64_t version;
} loci_seal;

/* The bytes with so many numbers and such a note; 0 where that overflows. */
size_t loci_seal_size(const loci_seal *seal, size_t numbers, size_t note_length);

/* LOCI_E_ARGUMENT unless the size that was given is the one that is wanted, and not 0. */
loci_status loci_seal_room(size_t size, size_t wanted, loci_error *error);

/* The magic, the version and the size; a note; the checksum of all from `bytes` on. Each moves *at on. */
void loci_seal_begin(unsigned char **at, const loci_seal *seal, size_t size);
void loci_seal_note(unsigned char **at, const char *note, size_t length);
void loci_seal_end(unsigned char **at, const void *bytes);

/* Whether bytes are whole and of this kind and version: else LOCI_E_FORMAT, with a sentence that says why. Trusts nothing. */
loci_status loci_seal_check(const loci_seal *seal, const void *bytes, size_t size, loci_error *error);

#endif
