/* SPDX-License-Identifier: MIT
 * archive/archive_view.h - an archive that is open: its pages in the caller's bytes, and what was decoded last. */
#ifndef LOCI_ARCHIVE_VIEW_H
#define LOCI_ARCHIVE_VIEW_H

#include <loci/archive.h>

#include "archive/archive_header.h"
#include "archive/page.h"

typedef struct {
    size_t at, size;         /* its bytes */
    uint64_t first, samples; /* what it covers */
    size_t order;
} archive_page;

struct loci_archive {
    const unsigned char *bytes;
    archive_header header;
    size_t begin, end; /* of the pages' bytes */
    size_t given;
    archive_page *page;
    size_t pages;
    uint64_t damaged;                      /* samples */
    size_t lost;                           /* bytes of damaged pages among others */
    size_t capacity;                       /* numbers of a page at most */
    page_coder *coder[GRAM_ORDER_MAX + 1]; /* by order; made when a page needs it */
    page_part *part;                       /* [channels], of the page that was parsed last */
    /* decoded last: samples of a page and channel, and coefficients of its first rows */
    double *held, *coefficients, *present; /* [capacity]; present: room */
    size_t held_page, held_channel, known_page, known_channel, known_rows;
    uint64_t held_begin, held_end; /* which samples of the page */
    size_t known_used;             /* rows that coefficients holds */
};

/* The coder of a page; NULL where memory is short. */
page_coder *loci_archive_coder(loci_archive *a, size_t page);
/* That there is such a channel. */
loci_status loci_archive_channel(const loci_archive *a, size_t channel, loci_error *error);
/* Parses a page into a->part; false where it is damaged. */
bool loci_archive_parse(loci_archive *a, size_t page, bool whole);
/* The page of a sample; a->pages where it lies in none. */
size_t loci_archive_find(const loci_archive *a, uint64_t sample);
/* Of [channels]: samples that are there, and whether some differ within a page, so that the channel's bound was measured. */
typedef struct {
    uint64_t present;
    bool varied;
} archive_variation;
void loci_archive_vary(loci_archive *a, archive_variation *of);
/* The error that names a damaged page. */
loci_status loci_archive_damaged(const loci_archive *a, size_t page, loci_error *error);
/* a->held: samples held_begin to held_end - 1 of a page and channel, `at` among them, NaN where missing; all of a page that is no longer than
 * the capacity. */
loci_status loci_archive_hold(loci_archive *a, size_t page, size_t channel, uint64_t at, loci_error *error);
/* The sample that is held at a time, from 0 to samples - 1; times within a few ulp of a sample count as its. false: the time
 * lies outside, and the error says so. */
loci_status loci_archive_index(const loci_archive *a, double t, uint64_t *sample, loci_error *error);

#endif
