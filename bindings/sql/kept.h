/* SPDX-License-Identifier: MIT
 *
 * kept.h - what databases have in common: memories, archives and forecasters of one channel as bytes in a column. They are the files of `loci
 * remember -o` and `loci forecast -o`, byte by byte, so that files go into tables and values of columns are files.
 *
 * All of it takes memory from the allocator that it is given, that of the result where there is one, so that a database which ends a query in
 * the middle finds all again; only plans have one of their own, and stay. One thread at a time.
 */
#ifndef LOCI_BINDINGS_KEPT_H
#define LOCI_BINDINGS_KEPT_H

#include <stddef.h>
#include <stdint.h>

#include <loci/allocator.h>
#include <loci/archive.h>
#include <loci/memory.h>
#include <loci/readout.h>

/* Plans by what they are made from, so that a row costs no tables. */
typedef struct kept_plan kept_plan;
typedef struct {
    kept_plan *first;
    loci_allocator allocator;
    void (*pause)(void); /* called between steps of long work, which it may leave for good; NULL: none */
} kept_plans;
void kept_plans_release(kept_plans *plans);

/* A memory, an archive or a forecaster that is read or written. {0}: nothing. */
typedef struct {
    const loci_allocator *allocator;
    const loci_memory_plan *plan; /* one of kept_plans, which must live on; NULL: it is another */
    loci_memory *memory;
    void *room;       /* that memory lies in */
    const char *note; /* of a memory, within its bytes */
    size_t note_length;
    loci_archive *archive;
    /* kept_readout.h; below what its note tells: times are seconds, or dates, or rows are numbered */
    loci_readout *readout;
    int stamped, dates;
    double last, step; /* of its rows */
    double first;      /* where what it learned begins; NAN: its note does not say */
    size_t season;
    uint64_t samples;
} kept;

/* bytes, and the allocator, must stay as they are while it is open. */
loci_status kept_open(kept *k, kept_plans *plans, const loci_allocator *by, const void *bytes, size_t size,
                      loci_error *error);
void kept_close(kept *k);

double kept_start(const kept *k);
double kept_end(const kept *k);
uint64_t kept_samples(const kept *k);

/* Of forecasters, of which these four tell nothing, LOCI_E_UNSUPPORTED.
 * Recall, as loci_memory_recall and loci_archive_recall: t [n], or [n][2] of means and integrals; out [n]. */
loci_status kept_recall(const kept *k, loci_ask ask, const double *t, size_t n, double *out,
                        loci_error *error);
/* The root mean square of recall minus signal over [from, to]; stretches that are touched count whole. NAN: not known. LOCI_E_RANGE: not
 * within the history. */
loci_status kept_rms(const kept *k, double from, double to, double *rms, loci_error *error);
/* The least and the largest sample in [from, to], of archives: LOCI_E_UNSUPPORTED for memories. What is not a whole page counts
 * whole. */
loci_status kept_extremes(const kept *k, double from, double to, double *least, double *most,
                          loci_error *error);
/* n > 0 times from start to end, and what is recalled there: value of memories, archives at a glance (loci_archive_zoom). */
loci_status kept_points(const kept *k, size_t n, double *t, double *out, loci_error *error);

/* Bytes that grow. */
typedef struct {
    const loci_allocator *allocator;
    char *at;
    size_t size, room;
} kept_bytes;
loci_status kept_bytes_room(kept_bytes *bytes, size_t more, loci_error *error);
void kept_bytes_release(kept_bytes *bytes);

/* An empty memory of one channel: stamped, as seconds or as dates, or with a step. */
loci_status kept_memory_begin(kept *k, kept_plans *plans, const loci_allocator *by, size_t order,
                              size_t detail, double step, double start, int dates, loci_error *error);
/* The bytes of a memory. */
loci_status kept_memory_bytes(const kept *k, kept_bytes *bytes, loci_error *error);

/* A decimal number at *text, which moves behind it; NAN: there is none, or none of at most 15 digits. Not strtod, whose point depends on
 * the locale. */
double kept_number(const char **text);
typedef struct {
    double time, value;
} kept_sample;

/* What an archive is asked to keep, from a text: "error=0.1", "error=1%", "max=0.5", "lossless=0.001", "budget=64K", and behind
 * it, with commas, "fading=1", "step=60", "start=0", "page=4096"; or "gather=60", which is *gather, else 0: a step in which samples with times
 * are gathered. */
loci_status kept_archive_spec(loci_archive_spec *spec, double *gather, const char *text, loci_error *error);
/* An archive of count > 0 samples, which are sorted (kept_sort) and may be gathered: where `what` has no step it is that of loci_archive_step, and the
 * first time is the start. LOCI_E_VALUE where a sample lies no whole number of steps behind it, but for a twentieth of one, or more than 1e9 behind the
 * sample before. Places without a sample are missing. dates: times are those of dates. pause as in kept_plans. */
loci_status kept_archive_make(kept_bytes *result, const char *what, kept_sample *samples, size_t count,
                              int dates, void (*pause)(void), loci_error *error);
/* Of kept_rollup: `count` > 0 archives, sorted by their start, which are closed. Between them samples may be missing, whole steps. */
loci_status kept_archive_merge(kept_bytes *result, kept_plans *plans, kept *k, size_t count,
                               loci_error *error);
/* What stands beside values in a file: that times are dates, the name of the channel. */
const char *kept_note(int dates);
/* A sink into kept_bytes. */
loci_status kept_sink(void *target, uint64_t at, const void *bytes, size_t size, loci_error *error);

/* One memory, archive or forecaster of `count` of them that follow one another, in any order: they are sorted by their start. Overlaps are
 * LOCI_E_MISMATCH; gaps too, but for those between stamped memories, over which the last value is held,
 * between archives, where samples are missing, and between forecasters, across which nothing is learned. */
typedef struct {
    const void *bytes;
    size_t size;
} kept_piece;
loci_status kept_rollup(kept_bytes *result, kept_plans *plans, const kept_piece *pieces, size_t count,
                        loci_error *error);

/* Samples that came in any order: sorted by time. pause as in kept_plans. */
loci_status kept_sort(kept_sample *samples, size_t count, const loci_allocator *allocator,
                      void (*pause)(void), loci_error *error);
/* Of sorted samples: two of one time are LOCI_E_VALUE. */
loci_status kept_distinct(const kept_sample *samples, size_t count, loci_error *error);
/* Sorted samples from k step on, before (k + 1) step, become one, at k step: their mean. Returns how many are left. */
size_t kept_gather(kept_sample *samples, size_t count, double step);

#endif
