/* SPDX-License-Identifier: MIT
 * archive/archive_header.h - what an archive's bytes begin with. */
#ifndef LOCI_ARCHIVE_HEADER_H
#define LOCI_ARCHIVE_HEADER_H

#include <stdbool.h>
#include <stddef.h>

#include <loci/archive.h>

typedef struct {
    size_t channels, page;
    loci_archive_rule rule;
    double dt, start;
    /* [channels]; of a budget: the deviations in the first page. A piece of its own: what is made for the header comes from where
     * this one came from. */
    double *bound;
    size_t budget; /* LOCI_KEEP_BUDGET */
    double fading;
    const char *note;
    size_t note_length;
} archive_header;

/* How many numbers a page holds at most: of a budget several pages' worth, when they are joined. */
size_t loci_archive_capacity(const archive_header *h);
size_t loci_archive_header_room(const archive_header *h);
/* Returns the size. */
size_t loci_archive_header_write(const archive_header *h, unsigned char *bytes, size_t room);
/* Allocates h->bound, to be released by loci_free; h->note lies in bytes. *size is where pages begin. */
loci_status loci_archive_header_read(archive_header *h, const loci_allocator *by, const unsigned char *bytes,
                                     size_t given, size_t *size, loci_error *error);

#endif
