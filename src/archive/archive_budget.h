/* SPDX-License-Identifier: MIT
 *
 * archive/archive_budget.h - pages that together take a bounded number of bytes, for ever.
 *
 * All pages of a channel count in steps that are whole octaves apart, the finest a small share of its deviation in the page; later they drop
 * bits. The level of a page is the binary logarithm of what it counts in, in deviations: those of the signal so far, to a power of two, so that
 * channels whose first page tells little of what follows are weighed as others are. When pages take more bytes than they may, neighbours of equal
 * length are joined, where there are several of that length, and the page whose level is lowest for its age drops a bit, and so on:
 * levels come to rise with age as age^(fading / 2), so that squares of errors rise as age^fading, and pages become longer with
 * age. When none has a bit left and none can be joined, the oldest page goes.
 */
#ifndef LOCI_ARCHIVE_BUDGET_H
#define LOCI_ARCHIVE_BUDGET_H

#include <limits.h>

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
    const archive_header *header; /* bound: the deviations, times any powers of two; budget, fading */
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
/* The deviations in the header have changed: what is noted of pages follows. */
loci_status loci_budget_measure(page_store *store, loci_error *error);

/* Octaves are those of the step above 2^-16 of the channel's deviation. */
enum {
    LOCI_BUDGET_SHARPEST = 16,
    LOCI_BUDGET_EXACT = INT_MIN,  /* samples as they are */
    LOCI_BUDGET_ANY = INT_MIN / 2 /* nothing asks for a coarser step */
};

/* The octave that its age asks of the next page; LOCI_BUDGET_ANY where there is no page to compare it with. */
int loci_budget_next(const page_store *store);
/* The finest octave of a channel whose deviation in the page is `own`: 2^-16 of that, where it is another one by a factor of 2 or more. */
int loci_budget_finest(const archive_header *header, size_t channel, double own);
/* How a channel is coded in an octave, or in the finest one where that is coarser. */
keep loci_budget_rule(const archive_header *header, size_t channel, int octave, double own);
/* Header and pages, one after another: *bytes stays the store's, until it is used again. 0 where memory is short. */
size_t loci_budget_whole(page_store *store, const unsigned char **bytes);

#endif
