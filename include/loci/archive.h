/* SPDX-License-Identifier: MIT
 *
 * loci/archive.h - keep a whole signal in few bytes, with an error that is known exactly.
 *
 * An archive is a file of pages, each a stretch of all channels coded for itself: an orthogonal transform on polynomials of the
 * samples (docs/archive.md), whole numbers of steps, arithmetic coding. Since the transform is orthogonal, the squared
 * errors of what is kept sum to those of the samples: every page states its mean square error, the largest error of a
 * sample, and the signal's least and largest value, without the signal, and a page that is made coarser later states them as
 * exactly.
 *
 * The file grows page by page. It is whole after each one; what a kill leaves of an unfinished page is passed over. Pages have
 * checksums: damage is confined to the page that it hit.
 *
 * Time. Sample k of a channel is held over [start + k dt, start + (k + 1) dt). A NaN is a missing sample: it is kept as
 * missing, and costs a few bytes a run.
 *
 * A writer or a reader is for one thread at a time. The library reads and writes no files: bytes come and go through the
 * caller. Numbers are double; the bytes are little-endian, and the same on every machine but for the last digit of
 * transforms.
 *
 * Sources: Alpert, "A class of bases in L2 for the sparse representation of integral operators" (1993), for details of
 * polynomials; docs/archive.md for the rest.
 */
#ifndef LOCI_ARCHIVE_H
#define LOCI_ARCHIVE_H

#include <stddef.h>
#include <stdint.h>

#include <loci/allocator.h>
#include <loci/basis.h>
#include <loci/status.h>

#ifdef __cplusplus
extern "C" {
#endif

#define LOCI_ARCHIVE_CHANNELS_MAX 65535
#define LOCI_ARCHIVE_ORDER_MAX 32
#define LOCI_ARCHIVE_PAGE_MAX ((size_t)1 << 20)
#define LOCI_ARCHIVE_BUDGET_MAX ((size_t)1 << 40)
#define LOCI_ARCHIVE_FADING_MAX 8.0
#define LOCI_ARCHIVE_VALUE_LIMIT 0x1p499 /* samples are smaller in size, so that their squares are finite */

typedef enum {
    LOCI_KEEP_RMS,     /* the root mean square error of every page and channel is at most `bound` */
    LOCI_KEEP_LARGEST, /* no sample is off by more than `bound` */
    LOCI_KEEP_UNITS, /* samples that are multiples of `bound` come back as they were, to the bit; a channel of a page
                        that holds others is kept as doubles, so that nothing is ever lost. A decimal fraction (0.001)
                        stands for the doubles nearest to its multiples */
    LOCI_KEEP_BUDGET /* the archive takes at most `budget` bytes, whatever comes: pages become coarser as they age, and are joined; when
                        none can, the oldest go; `bound` is not looked at */
} loci_archive_rule;

typedef struct {
    size_t size;     /* sizeof of this struct; 0: the fields of version 0.1 */
    size_t channels; /* 1 to LOCI_ARCHIVE_CHANNELS_MAX; 1 */
    double dt;       /* seconds a sample, > 0; 1 */
    double start;    /* the time of the first sample; 0 */
    size_t
        order;   /* samples of a leaf, 1 to LOCI_ARCHIVE_ORDER_MAX; 0: of 1, 2, 4, 8 and 16 one that takes few
                        bytes for the first page, the low ones, which take longer, where they take an eighth less; 0 */
    size_t page; /* samples of a page: order times a power of 2 (order 0: a power of 2, at least 64), at most
                        LOCI_ARCHIVE_PAGE_MAX; 0: 65,536, of a budget 16,384, and fewer where there are many channels */
    loci_archive_rule rule; /* LOCI_KEEP_RMS */
    double bound;           /* > 0, of that rule; 0.05 */
    int relative; /* bound is a share of the standard deviation of each channel in the first page: not for units; 1 */
    size_t budget; /* 256 to LOCI_ARCHIVE_BUDGET_MAX, of that rule; 65,536 */
    double
        fading; /* of that rule: squares of errors rise as this power of age; 0 (evenly) to LOCI_ARCHIVE_FADING_MAX; 1 */
    const loci_allocator *allocator; /* of the writer; NULL: malloc */
} loci_archive_spec;

/* The defaults named above. */
static inline loci_archive_spec loci_archive_defaults(void)
{
    loci_archive_spec spec = {
        sizeof(loci_archive_spec), 1, 1.0, 0.0, 0, 0, LOCI_KEEP_RMS, 0.05, 1, 65536, 1.0, NULL};
    return spec;
}
/* LOCI_OK, or LOCI_E_ARGUMENT and which field is wrong. */
LOCI_API loci_status loci_archive_check(const loci_archive_spec *spec, loci_error *error);

/* Writing. */

typedef struct loci_archive_writer loci_archive_writer;

/* Takes what is to stand behind the first `at` bytes of the archive. `at` is what it was given so far, and the bytes are whole pages; of a
 * budget it may also be 0 again: then the bytes are all of the archive, in place of what was there. A failure is handed on by the function that wrote, and the writer writes no more. */
typedef loci_status loci_archive_sink(void *target, uint64_t at, const void *bytes, size_t size,
                                      loci_error *error);

/* note: UTF-8 text of the caller's own (names of channels, say), kept in the archive. Allocates about 130 bytes a sample of a
 * page and 18 a channel of it. On failure *writer is NULL. */
LOCI_API loci_status loci_archive_writer_create(loci_archive_writer **writer, const loci_archive_spec *spec,
                                                const char *note, size_t note_length, loci_archive_sink *sink,
                                                void *target, loci_error *error);
/* The same for an archive that is there, to be continued behind its last whole page: `at` of the first call of sink is where
 * that ends. bytes are needed during the call only. */
LOCI_API loci_status loci_archive_writer_resume(loci_archive_writer **writer, const void *bytes, size_t size,
                                                loci_archive_sink *sink, void *target, loci_error *error);
/* The same in memory of an allocator; NULL: malloc. */
LOCI_API loci_status loci_archive_writer_resume_by(loci_archive_writer **writer, const void *bytes,
                                                   size_t size, loci_archive_sink *sink, void *target,
                                                   const loci_allocator *allocator, loci_error *error);
/* Takes n samples of all channels, u [n][channels]; NaN is missing. The archive depends on the samples only, not on how they were
 * grouped into calls. All or nothing up to the first value that is not below LOCI_ARCHIVE_VALUE_LIMIT: LOCI_E_VALUE, which
 * names the sample, counted from 0 within this call. At most 2^53 samples: LOCI_E_RANGE. */
LOCI_API loci_status loci_archive_writer_push(loci_archive_writer *writer, const double *u, size_t n,
                                              loci_error *error);
/* Writes the page that is not full yet. More samples may follow, in a page of their own. An archive without a single sample
 * is LOCI_E_VALUE. */
LOCI_API loci_status loci_archive_writer_finish(loci_archive_writer *writer, loci_error *error);
/* Hands what a finished archive would hold by now to another sink, and goes on as if it had not: of a budget all of the archive, in
 * one call or two; else the page that is not full yet, behind what was given already. So a file can be there at any time
 * with all samples so far. An archive without a single sample is LOCI_E_VALUE. Cost: a page. */
LOCI_API loci_status loci_archive_writer_peek(loci_archive_writer *writer, loci_archive_sink *sink,
                                              void *target, loci_error *error);
/* Another note of the same length, for headers that are given from now on: of a budget the next time that all of the archive is, as
 * loci_archive_writer_peek gives it; else before the first page is full, LOCI_E_UNSUPPORTED afterwards. LOCI_E_ARGUMENT: another
 * length. */
LOCI_API loci_status loci_archive_writer_note(loci_archive_writer *writer, const char *note,
                                              size_t note_length, loci_error *error);
LOCI_API void loci_archive_writer_free(loci_archive_writer *writer); /* NULL is allowed */

/* Reading. */

typedef struct loci_archive loci_archive;

typedef enum {
    LOCI_ARCHIVE_WHOLE,  /* damage is an error that names the page */
    LOCI_ARCHIVE_SALVAGE /* damaged pages are left out: their samples are missing */
} loci_archive_care;

/* Whether bytes start as an archive does. */
LOCI_API int loci_archive_is(const void *bytes, size_t size);

/* Whether bytes are those of an archive whose writer ended before its first page was whole: a header, and at most a part of that page. Nothing can be
 * recalled from it, also by LOCI_ARCHIVE_SALVAGE. Allocates as loci_archive_open does; 0 where memory is short. */
LOCI_API int loci_archive_is_empty(const void *bytes, size_t size);

/* How many of n samples, from the first on, are missing or multiples of a unit as LOCI_KEEP_UNITS takes them: n where all are. */
LOCI_API size_t loci_archive_multiples(const double *u, size_t n, double unit);

/* The seconds between samples that came with times t [n][stride] (the first of each `stride` numbers), as far as these rise: for dt. Times may be
 * rounded, and samples missing between them. It is the shortest decimal number of seconds, or of samples a second, that fits times as well as
 * their mean step does; steps in gaps are counted by what the longest run without one tells. Of times that do not lie on steps it is what those before
 * the first that is beside one tell. NAN: fewer than two times, or the second is not later. Cost: some passes. */
LOCI_API double loci_archive_step(const double *t, size_t n, size_t stride);

/* Opens an archive that lies in memory (mapped, perhaps); the bytes must stay as they are. Looks at the heads of pages: bodies are
 * checked when they are needed, or by loci_archive_verify; LOCI_ARCHIVE_SALVAGE checks them all. On failure *archive is NULL. */
LOCI_API loci_status loci_archive_open(loci_archive **archive, const void *bytes, size_t size,
                                       loci_archive_care care, loci_error *error);
/* The same in memory of an allocator, for what is made of the archive later too; NULL: malloc. */
LOCI_API loci_status loci_archive_open_by(loci_archive **archive, const void *bytes, size_t size,
                                          loci_archive_care care, const loci_allocator *allocator,
                                          loci_error *error);
LOCI_API void loci_archive_close(loci_archive *archive); /* NULL is allowed */
/* Every checksum. LOCI_E_FORMAT names the first damaged page. */
LOCI_API loci_status loci_archive_verify(loci_archive *archive, loci_error *error);

typedef struct {
    size_t channels, order, page; /* order: of the last page */
    loci_archive_rule rule;
    double dt;
    double start, end; /* of what is kept */
    /* its first sample, counted from the beginning of the signal, and how many there are a channel */
    uint64_t first, samples;
    size_t pages;
    uint64_t
        bytes; /* of the header and of whole pages; where salvaged, without what was left out among them */
    uint64_t unfinished; /* bytes behind, of a page that was not finished */
    uint64_t
        damaged; /* samples a channel that damage took, where salvaged, also before the first of those that are kept */
    const char *note; /* not NUL-terminated */
    size_t note_length;
    size_t budget; /* 0: none */
    double fading;
} loci_archive_info;
LOCI_API void loci_archive_inspect_sized(const loci_archive *archive, loci_archive_info *info, size_t size);
static inline loci_archive_info loci_archive_inspect(const loci_archive *archive)
{
    loci_archive_info info;
    loci_archive_inspect_sized(archive, &info, sizeof info);
    return info;
}
/* The rms error, largest error or unit that a channel was promised, in the signal's unit; of a budget its standard deviation
 * from the means of pages so far, to a power of two times that in the first page, to which errors of channels are compared. */
LOCI_API double loci_archive_bound(const loci_archive *archive, size_t channel);
/* Another note in place of its own, in what is known and made of the archive from now on. It is not copied, and must stay until the archive is
 * closed. */
LOCI_API void loci_archive_note(loci_archive *archive, const char *note, size_t note_length);

/* What is known of a stretch of a channel. */
typedef struct {
    uint64_t samples, missing;
    double mean_square; /* of recall minus signal, over the samples that are there; NAN where none is */
    double largest;     /* no sample is off by more */
    double least, most; /* of the signal itself; NAN where there is none */
    int exact;          /* least and most are those of the stretch; else they hold for more, and are bounds */
} loci_archive_known;
/* Over [from, to], times; what is not a whole page counts with all of its page. O(pages). */
LOCI_API loci_status loci_archive_stretch_sized(loci_archive *archive, size_t channel, double from, double to,
                                                loci_archive_known *known, size_t size, loci_error *error);
static inline loci_status loci_archive_stretch(loci_archive *archive, size_t channel, double from, double to,
                                               loci_archive_known *known, loci_error *error)
{
    return loci_archive_stretch_sized(archive, channel, from, to, known, sizeof *known, error);
}
/* Page i, oldest first, of a channel. step: what its coefficients are counted in, 0 where the samples are kept as they are. */
typedef struct {
    double start, end;
    uint64_t first;
    uint64_t bytes; /* of the page, all channels */
    double step;
    loci_archive_known known; /* the last, since it may grow */
} loci_archive_page_info;
LOCI_API loci_status loci_archive_page_sized(loci_archive *archive, size_t page, size_t channel,
                                             loci_archive_page_info *info, size_t size, loci_error *error);
static inline loci_status loci_archive_page(loci_archive *archive, size_t page, size_t channel,
                                            loci_archive_page_info *info, loci_error *error)
{
    return loci_archive_page_sized(archive, page, channel, info, sizeof *info, error);
}

/* Samples first to first + n - 1 of a channel, counted as in loci_archive_info, out [n]; NaN where missing. LOCI_E_RANGE. */
LOCI_API loci_status loci_archive_samples(loci_archive *archive, size_t channel, uint64_t first, size_t n,
                                          double *out, loci_error *error);
/* Recall at times within [start, end]. LOCI_VALUE: the sample held there; LOCI_DERIVATIVE: the slope of the line to the next
 * one; t is [n]. LOCI_MEAN, LOCI_INTEGRAL: over pairs t [n][2] of what is held and not missing, the mean over an empty stretch
 * being the value there. NaN where nothing is there. Times in order cost least: each page is decoded once. */
LOCI_API loci_status loci_archive_recall(loci_archive *archive, loci_ask ask, size_t channel, const double *t,
                                         size_t n, double *out, loci_error *error);
/* A range at a glance: n values at times from + i (to - from) / (n - 1), each that of a polynomial of four terms over a stretch not longer than the distance
 * between them: what is faster is left out, as a mean leaves it out. Where they are fewer than 64 samples apart, the
 * samples, as recall gives them. */
LOCI_API loci_status loci_archive_zoom(loci_archive *archive, size_t channel, double from, double to,
                                       size_t n, double *out, loci_error *error);

/* Changing: each makes a new archive, given to sink as by a writer, in memory from where the (first) archive took its own. */

/* Archives that follow one another, in order; the later ones are moved to where the one before ends. They agree in channels, dt,
 * rule and, of units, bound: LOCI_E_MISMATCH. Bounds become the larger ones, and what has a budget is made to fit the first one's; note and start are the first one's. Pages are taken
 * over as they are. */
LOCI_API loci_status loci_archive_merge(loci_archive *const *archives, size_t count, loci_archive_sink *sink,
                                        void *target, loci_error *error);
/* Coarser: every page drops the bits that leave its rms error at most `rms` [channels], in the signal's unit. Errors stay known exactly. A
 * page that is coarser already stays as it is. */
LOCI_API loci_status loci_archive_recode(loci_archive *archive, const double *rms, loci_archive_sink *sink,
                                         void *target, loci_error *error);
/* Within a budget, as if it had been written with it: pages become coarser, the older the more. A page with fewer bytes than that
 * already is not made finer. LOCI_E_ARGUMENT where not one page fits. */
LOCI_API loci_status loci_archive_shrink(loci_archive *archive, size_t budget, double fading,
                                         loci_archive_sink *sink, void *target, loci_error *error);
/* Without the pages that end at or before a time. LOCI_E_RANGE where none would be left. */
LOCI_API loci_status loci_archive_forget(loci_archive *archive, double before, loci_archive_sink *sink,
                                         void *target, loci_error *error);

#ifdef __cplusplus
}
#endif
#endif
