/* SPDX-License-Identifier: MIT
 * archive/page_parts.h - what the files that write, read and change pages share. */
#ifndef LOCI_ARCHIVE_PAGE_PARTS_H
#define LOCI_ARCHIVE_PAGE_PARTS_H

#include "archive/bytes.h"
#include "archive/page.h"

#define ROUNDING 0x1p-50 /* of a sample, on one processor and another */

enum {
    COARSE_NODES = 16, /* details, about, that the head holds */
    CANDIDATES = 3,
    FINER = 2,       /* bits that pages of a budget have dropped from the start */
    HEAD_ROOM = 512, /* a channel's head without its runs and its coarse rows */
    RUN_ROOM = 2     /* bytes of runs, a sample: two counts a run, and 127 samples for each byte more */
};

/* Partial results of a loop, for vectors, and the largest of them. */
enum { PAGE_LANES = 8 };
static inline double page_most(const double *lane)
{
    double most = lane[0];
    for (size_t j = 1; j < PAGE_LANES; j++) most = lane[j] > most ? lane[j] : most;
    return most;
}

struct page_coder {
    size_t order, page;
    pyramid *transform;
    coefficient_coder *coefficients;
    double *u, *x;                   /* [page]: samples that are there, and counted from the least */
    double *c, *expected, *recalled; /* [page], [page], [2 page] */
    int32_t *q, *corrections;        /* [page] */
    unsigned char *bytes[2];         /* a candidate's, and the best one's */
    size_t room;
};

/* One way of coding a channel, and what it takes. */
typedef struct {
    page_part part;
    unsigned char *bytes; /* coarse, fine, corrections */
    size_t size;
    double root[GRAM_ORDER_MAX]; /* where it is kept apart */
    size_t roots;
} candidate;

/* Where the head of a page, and its body until it is moved behind the head, are written. */
typedef struct {
    unsigned char *bytes, *body_begin;
    byte_writer head, body;
} page_frame;

/* The magic bytes of a page. */
enum { PAGE_MAGIC_0 = 0xA7, PAGE_MAGIC_1 = 'P' };

page_frame loci_page_frame_begin(const page_coder *p, unsigned char *bytes, uint64_t first, uint64_t samples,
                                 size_t channels);
/* The page's size. */
size_t loci_page_frame_end(page_frame *f);

/* Rows up to the last that holds a number; q holds those before `rows`. */
size_t loci_page_rows_used(const int32_t *q, const pyramid_layout *l, size_t rows);
/* The root of a part where it is kept apart, root [order]. */
void loci_page_root(double *root, const page_part *part, size_t order);
/* How many coefficients the first `rows` rows have. */
uint64_t loci_page_known(const pyramid_layout *l, size_t rows);
/* The shortest of a few ways to code p->x, n samples that are p->u less `least`. false: none is shorter than n doubles. */
bool loci_page_part_code(page_coder *p, candidate *best, const pyramid_layout *l, const keep *rule,
                         double least, unsigned flags);
void loci_page_part_write(byte_writer *head, byte_writer *body, const candidate *a, const double *raw);
/* Codes p->q, whose rows are counted: bytes and sizes of the candidate. false: no room. */
bool loci_page_part_bytes(page_coder *p, candidate *a, const pyramid_layout *l);
/* The largest difference between n samples p->u and p->recalled + least. */
double loci_page_largest_difference(const page_coder *p, size_t n, double least);
/* What the samples of a polynomial basis move by, at most, where its coefficients do by `moved`: rows before `rows`. */
double loci_page_largest_of(const double *moved, const pyramid_layout *l, size_t rows);

#endif
