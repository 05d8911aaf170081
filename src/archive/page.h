/* SPDX-License-Identifier: MIT
 *
 * archive/page.h - a page: a stretch of all channels, coded for itself. docs/archive.md has the layout of its bytes.
 *
 * A page has a head, which holds what is known of every channel there and its coarsest rows, and a body with the rest; each has a
 * checksum of its own, so that a question that the head answers looks at nothing else. Samples that are missing are runs in
 * the head, and the others are transformed as if they followed one another.
 */
#ifndef LOCI_ARCHIVE_PAGE_H
#define LOCI_ARCHIVE_PAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <loci/status.h>

#include "archive/coefficients.h"
#include "archive/pyramid.h"
#include "archive/quantise.h"

enum { PAGE_FIXED = 12 }; /* bytes that a page begins with: magic, sizes, and a check of these */

typedef enum {
    PART_EMPTY, /* every sample is missing */
    PART_CODED,
    PART_RAW, /* the samples as they are */
    PART_KINDS
} part_kind;

/* Added to the kind. Rooted: the root's coefficients are kept apart, as they are, so that two such pages can be joined. */
enum { PART_MISSING = 4, PART_CORRECTED = 8, PART_ROUNDED = 16, PART_ROOTED = 32 };

/* What is to be kept. */
typedef enum {
    KEEP_RMS,     /* root mean square error of the page at most `bound` */
    KEEP_LARGEST, /* no sample is off by more than `bound` */
    KEEP_UNITS,   /* samples that are multiples of `bound` come back as they were */
    KEEP_DOUBLES, /* samples as they are */
    KEEP_STEP     /* whole numbers of `step`, as far as they have 30 bits */
} keep_rule;

typedef struct {
    keep_rule rule;
    double bound;
    int step; /* of that rule */
} keep;

/* One channel of a page, as its head tells. */
typedef struct {
    part_kind kind;
    unsigned flags;
    uint64_t present; /* samples that are not missing */
    size_t runs;      /* of missing samples */
    const unsigned char *run_bytes, *run_end;
    double least, most;
    int step, plane, planes;      /* planes: how many errors are known, from `plane` on, less one */
    double error[PLANES_MAX + 1]; /* sums of squares, [plane] to [plane + planes] */
    double largest;               /* no error is larger */
    size_t rows;                  /* that hold something */
    double unit;                  /* of corrections and of rounding */
    const unsigned char *root;    /* bytes of it, where it is kept apart */
    size_t coarse_size, fine_size, correction_size;
    const unsigned char *coarse, *body; /* body: NULL where only the head was read */
} page_part;

typedef struct {
    uint64_t first, samples;
    size_t channels, order;
    page_part *part; /* [channels] */
} page_view;

/* How much of a page is looked at. */
typedef enum {
    PAGE_KNOWN, /* the head, whose checksum was right before */
    PAGE_HEAD,
    PAGE_WHOLE,
    PAGE_OWN /* all of it, whose checksums are right */
} page_look;

typedef struct page_coder page_coder; /* tables and room; one thread at a time */

/* NULL where memory is short; by NULL: malloc. */
page_coder *loci_page_coder_create(const loci_allocator *by, size_t order, size_t page);
/* Room to encode and to change pages; false where memory is short. Without it a coder only reads. */
bool loci_page_coder_write(page_coder *coder);
void loci_page_coder_destroy(page_coder *coder);
pyramid *loci_page_pyramid(page_coder *coder);
size_t loci_page_order(const page_coder *coder);

/* An upper bound of a page's bytes; SIZE_MAX, which no memory holds: more than a size_t. */
size_t loci_page_room(size_t samples, size_t channels);
/* ... and of those of a coded channel, but for its head. */
size_t loci_page_coded_room(size_t samples);

/* Writes samples first to first + samples - 1 of all channels, u [channels][stride], NaN where missing, to bytes
 * (loci_page_room of them) and returns how many. Samples are counted from the least one of their channel. */
size_t loci_page_encode(page_coder *coder, unsigned char *bytes, const double *u, size_t stride,
                        const keep *rules, uint64_t first, size_t samples, size_t channels);

/* Writes a page anew, as one whose first sample is `first`: view is what loci_page_parse found of all of it. rms [channels]: no
 * rms error may be above these, in the signal's unit; as many bits as that allows are dropped from every coefficient (NULL: none).
 * Errors are stated as exactly as before. */
size_t loci_page_change(page_coder *coder, unsigned char *bytes, const page_view *view, const double *rms,
                        uint64_t first);

/* The same with the number of bits given that each channel drops, [channels], where it has so many. rules [channels]: how samples that are
 * kept as they are are coded then. */
size_t loci_page_drop(page_coder *coder, unsigned char *bytes, const page_view *view, const int *drop,
                      const keep *rules);

/* Two pages that follow one another as one, where they are of equal length, both rooted in every channel, with the same bits of the same
 * step, and where the numbers that they hold fit a page: else 0. */
size_t loci_page_join(page_coder *coder, unsigned char *bytes, const page_view *one, const page_view *other);

/* The sizes at the start of a page: false where none starts. size is at least PAGE_FIXED. */
bool loci_page_sizes(const unsigned char *bytes, size_t size, size_t *head, size_t *body);
/* Looks at the head, and where all is wanted at the body; checksums first. view->part has room for `channels`. What it points to lies in
 * bytes. */
bool loci_page_parse(page_view *view, const unsigned char *bytes, size_t size, size_t channels,
                     page_look look);

/* Parts are decoded by a coder of the page's order.
 * Coefficients c of the first `rows` rows of a coded part, at least 1, or of those that hold something, which is how many is returned; c has
 * room for them. rows beyond the coarse ones need the body. */
size_t loci_page_coefficients(page_coder *coder, double *c, const page_part *part,
                              const pyramid_layout *layout, size_t rows);
/* How many numbers those are at most. */
uint64_t loci_page_numbers(const page_part *part, size_t order);
/* How many rows the head holds. */
size_t loci_page_coarse_rows(const pyramid_layout *layout);

/* All present samples of a part, x [part->present] <= page. A longer one is recalled from its coefficients, piece by piece. */
void loci_page_samples(page_coder *coder, double *x, const page_part *part);

/* The runs of missing samples one after another: false after the last. begin counts from the page's first sample. */
typedef struct {
    const unsigned char *at, *end;
    size_t left;
    uint64_t next; /* where the next gap is counted from */
} run_walk;
run_walk loci_page_runs(const page_part *part);
bool loci_page_run(run_walk *walk, uint64_t *begin, uint64_t *length);

#endif
