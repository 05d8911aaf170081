/* SPDX-License-Identifier: MIT
 *
 * archive/archive_budget.h - pages that together take a bounded number of bytes, for ever.
 *
 * Each page has a level: the binary logarithm of its step in units of the channel's deviation in the first page. When pages
 * take more bytes than they may, the one whose level is lowest for its age drops a bit, and so on: levels come to rise with age as
 * age^(fading / 2), so that squares of errors rise as age^fading. When none has a bit left, the oldest page goes.
 */
#ifndef LOCI_ARCHIVE_BUDGET_H
#define LOCI_ARCHIVE_BUDGET_H

#include "archive/archive_header.h"
#include "archive/page.h"

/* The rms error of a step, as a level: 1/sqrt(12). */
#define LOCI_BUDGET_RMS_OF_STEP (-1.8)

typedef struct {
    unsigned char *bytes;
    size_t size;
    uint64_t first, samples;
    double level; /* -INFINITY: samples as they are; INFINITY: nothing left to drop */
} budget_page;

typedef struct {
    const archive_header *header; /* bound: the deviations; budget, fading */
    budget_page *page;            /* oldest first */
    size_t pages, room;
    size_t total; /* bytes of pages */
    size_t header_size;
    page_part *part;      /* [channels] */
    int *drop;            /* [channels] */
    double *rms;          /* [channels] */
    unsigned char *bytes; /* of a page */
    unsigned char *whole; /* of all of them */
    size_t whole_room;
    page_coder *coder[GRAM_ORDER_MAX + 1];
} page_store;

/* The header must stay. On failure nothing is left to release. */
loci_status loci_budget_create(page_store *store, const archive_header *header, loci_error *error);
void loci_budget_destroy(page_store *store);

/* Adds a copy of a page behind the others. */
loci_status loci_budget_add(page_store *store, const unsigned char *bytes, size_t size, loci_error *error);
/* Makes pages coarser until all fit; *changed where one was. LOCI_E_ARGUMENT where not even one page fits. */
loci_status loci_budget_fit(page_store *store, bool *changed, loci_error *error);
/* The level that the next page would have by its age; a low one where there is none yet. */
double loci_budget_next(const page_store *store);
/* Header and pages, one after another: *bytes stays the store's, until it is used again. 0 where memory is short. */
size_t loci_budget_whole(page_store *store, const unsigned char **bytes);

#endif
