/* SPDX-License-Identifier: MIT
 *
 * archive/archive_budget.h - pages that together take a bounded number of bytes, for ever.
 *
 * All pages of a channel count in steps that are whole octaves apart, the finest a small share of its deviation in the first page; later they drop
 * bits. The level of a page is the binary logarithm of what it counts in, in deviations. When pages take more bytes than they may, neighbours of equal
 * length are joined, where there are several of that length, and the page whose level is lowest for its age drops a bit, and so on:
 * levels come to rise with age as age^(fading / 2), so that squares of errors rise as age^fading, and pages become longer with
 * age. When none has a bit left and none can be joined, the oldest page goes.
 */
#ifndef LOCI_ARCHIVE_BUDGET_H
#define LOCI_ARCHIVE_BUDGET_H

#include "archive/archive_header.h"
#include "archive/page.h"

typedef struct {
    unsigned char *bytes;
    size_t size;
    uint64_t first, samples;
    double level;  /* -INFINITY: samples as they are; INFINITY: nothing left to drop */
    bool joinable; /* it can become half of a longer page, when that is of use */
    int step;      /* of the first channel that has one */
} budget_page;

typedef struct {
    const archive_header *header; /* bound: the deviations; budget, fading */
    budget_page *page;            /* oldest first */
    size_t pages, room;
    size_t total; /* bytes of pages */
    size_t header_size;
    page_part *part, *other; /* [channels], of two pages */
    int *drop;               /* [channels] */
    keep *rules;             /* [channels] */
    unsigned char *bytes;    /* of a page */
    unsigned char *whole;    /* of all of them */
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
enum { LOCI_BUDGET_OCTAVES = 30 };

/* How many octaves the next page's step is above the finest one, by its age: 0 where there is no page yet. */
int loci_budget_next(const page_store *store);
/* How a channel is coded then; -1: as it is. */
keep loci_budget_rule(const archive_header *header, size_t channel, int octave);
/* Header and pages, one after another: *bytes stays the store's, until it is used again. 0 where memory is short. */
size_t loci_budget_whole(page_store *store, const unsigned char **bytes);

#endif
