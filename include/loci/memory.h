/* SPDX-License-Identifier: MIT
 *
 * loci/memory.h - remember an endless signal in a bounded number of coefficients, recall any part of it.
 *
 * Time. Sample k is held over [t_k, t_{k+1}); with LOCI_LINEAR the samples are joined by lines instead. The memory's
 * history runs from `start` to `end`. A memory is either regular (one step dt; sample k lies at start + k dt) or stamped
 * (each sample comes with its time). The interval of the last sample is still open in a stamped memory, and in a joined
 * one: it closes when the next sample comes, when another memory is merged behind, or by loci_memory_close.
 *
 * Measures. `legs` is the palace: exact projections of stretches of the past on Legendre polynomials, held as a dyadic
 * tree of blocks, at most `detail` blocks a level, newest sharp and oldest blurred; the error of every stretch is known.
 * The time-invariant measures (legs-lti, legt, lagt, fout; `window` gives their time scale) keep one state of `order`
 * numbers a channel, and cannot tell what they forgot. The published LegS recurrences are there for comparison.
 *
 * A plan holds read-only tables and may be shared by threads. A memory is a flat run of bytes without pointers: memcpy
 * is a fork. One thread at a time may change a memory. Nothing here allocates but plan_create and compare_create. All numbers
 * are double.
 *
 * Sources: Gu et al., "HiPPO: Recurrent Memory with Optimal Polynomial Projections" (2020), for the measures; docs/memory.md
 * derives the merging of projections and of their errors.
 */
#ifndef LOCI_MEMORY_H
#define LOCI_MEMORY_H

#include <stddef.h>
#include <stdint.h>

#include <loci/allocator.h>
#include <loci/basis.h>
#include <loci/measure.h>
#include <loci/status.h>
#include <loci/system.h>

#ifdef __cplusplus
extern "C" {
#endif

#define LOCI_DETAIL_MAX 256
#define LOCI_CHANNELS_MAX 65535
#define LOCI_VALUE_LIMIT                                                                                     \
    0x1p499 /* 1.6e150: samples are smaller in size, so that sums of their squares are finite */

typedef struct loci_memory_plan loci_memory_plan; /* immutable tables for one spec */
typedef struct loci_memory loci_memory;           /* the running state: flat bytes, 64-byte aligned */

typedef enum { LOCI_HOLD, LOCI_LINEAR } loci_join;
typedef enum { LOCI_MISSING_REFUSE, LOCI_MISSING_HOLD } loci_missing;
typedef enum {
    LOCI_METHOD_EXACT, /* legs: exact projection by merging; the others: the recurrence of `discretization` */
    LOCI_METHOD_BILINEAR, /* the published LegS recurrences: c_0 = f_0 e_0, h = (t_k - t_{k-1})/(t_k - start) */
    LOCI_METHOD_BACKWARD,
    LOCI_METHOD_ZOH /* exact for a held regular signal, one sample at a time, O(N^2) a sample */
} loci_method;

typedef struct {
    size_t size;          /* sizeof of this struct; 0: the fields of version 0.1 */
    loci_measure measure; /* LOCI_MEASURE_LEGS */
    size_t order;         /* N, 1 to LOCI_ORDER_MAX (fout: even); 64 */
    size_t detail;        /* K, 0 to LOCI_DETAIL_MAX, legs by LOCI_METHOD_EXACT only; 4. 0: N whole-history
                                           coefficients are all that is saved and recalled */
    double dt;            /* seconds a sample, > 0; 0: every sample has its time stamp; 1 */
    double
        window; /* legt, fout: the whole window; legs-lti, lagt: the time constant; seconds, > 0; legs: 0 */
    loci_join join;       /* LOCI_HOLD; LOCI_LINEAR is for legs by LOCI_METHOD_EXACT */
    loci_missing missing; /* a NaN is refused, or the channel's last value is held over it and counted */
    loci_method method;   /* LOCI_METHOD_EXACT */
    loci_discretization discretization; /* LOCI_ZOH or LOCI_BILINEAR, time-invariant measures only */
    const loci_allocator *allocator;    /* of the plan and of comparisons with memories of it; NULL: malloc */
} loci_memory_spec;

/* The defaults named above: legs, order 64, detail 4, dt 1, held, missing refused, exact, zoh. */
static inline loci_memory_spec loci_memory_defaults(void)
{
    loci_memory_spec spec = {sizeof(loci_memory_spec), LOCI_MEASURE_LEGS, 64,       4,   1.0, 0.0, LOCI_HOLD,
                             LOCI_MISSING_REFUSE,      LOCI_METHOD_EXACT, LOCI_ZOH, NULL};
    return spec;
}

/* LOCI_OK, or LOCI_E_ARGUMENT and which field is wrong or does not fit another. */
LOCI_API loci_status loci_memory_check(const loci_memory_spec *spec, loci_error *error);

/* Allocates O(N^2) numbers; O(N^3) work at most. On failure *plan is NULL. */
LOCI_API loci_status loci_memory_plan_create(loci_memory_plan **plan, const loci_memory_spec *spec,
                                             loci_error *error);
LOCI_API void loci_memory_plan_free(loci_memory_plan *plan); /* NULL is allowed */
LOCI_API const loci_memory_spec *loci_memory_plan_spec(const loci_memory_plan *plan);

/* The bytes that a memory of `channels` channels needs, on a 64-byte boundary; 0 where channels is 0, above
 * LOCI_CHANNELS_MAX, or the size overflows. */
LOCI_API size_t loci_memory_size(const loci_memory_plan *plan, size_t channels);

/* Makes an empty memory in the caller's bytes. start: the time of the first sample (regular), or, by the published
 * recurrences on stamped signals, the origin of time; a stamped memory starts at its first stamp. Finite. */
LOCI_API loci_status loci_memory_init(loci_memory *memory, const loci_memory_plan *plan, size_t channels,
                                      double start, loci_error *error);

/* Takes n samples of all channels: u is [n][channels]; t is [n], increasing, for stamped memories and NULL for regular
 * ones. All or nothing: where a value is not below LOCI_VALUE_LIMIT in size (and not a NaN to be held over), or time does
 * not increase, the error names the sample (counted from 0 within this call) and the memory is as before. The state
 * depends on the samples only, to the bit, not on how they were grouped into calls. About 0.75 N multiply-adds a
 * channel-sample for regular legs. At most 2^53 samples in all: LOCI_E_RANGE. */
LOCI_API loci_status loci_memory_push(loci_memory *memory, const loci_memory_plan *plan, const double *u,
                                      const double *t, size_t n, loci_error *error);

/* Closes the last interval of a stamped (or joined) memory at `end`, holding the last value. After it only samples and
 * memories that start at `end` can follow; a regular held memory is always closed. */
LOCI_API loci_status loci_memory_close(loci_memory *memory, const loci_memory_plan *plan, double end,
                                       loci_error *error);

/* Appends b, which follows a, to a; both have the same plan and channels. Regular: b's first sample must be the one after
 * a's last, counted in samples (a gap or an overlap is LOCI_E_MISMATCH, a unchanged). Stamped: the joint closes by the
 * hold or line rule, only an overlap is an error, and a gap after an explicit end. Stamped bilinear time-invariant
 * memories do not merge (LOCI_E_UNSUPPORTED): the transition over b depends on its steps, which are gone. */
LOCI_API loci_status loci_memory_merge(loci_memory *a, const loci_memory_plan *plan, const loci_memory *b,
                                       loci_error *error);

/* Moves the whole history in time, so that it starts at `start`. */
LOCI_API loci_status loci_memory_shift(loci_memory *memory, const loci_memory_plan *plan, double start,
                                       loci_error *error);

/* What is known of a memory as a whole. */
typedef struct {
    size_t channels;
    uint64_t samples; /* a channel */
    double start, end;
    uint64_t missing; /* values held over, all channels together */
    size_t numbers;   /* doubles kept a channel */
    size_t stretches; /* how many stretches loci_memory_stretch knows */
} loci_memory_info;
LOCI_API void loci_memory_inspect_sized(const loci_memory *memory, const loci_memory_plan *plan,
                                        loci_memory_info *info, size_t size);
static inline loci_memory_info loci_memory_inspect(const loci_memory *memory, const loci_memory_plan *plan)
{
    loci_memory_info info;
    loci_memory_inspect_sized(memory, plan, &info, sizeof info);
    return info;
}

/* Per channel; NAN where the measure or the method does not give it. A closed history of positive length is needed for
 * all four: NAN otherwise. */
typedef struct {
    double mean, variance; /* of the held (or joined) signal over its whole history */
    double error;          /* mean square error of recall, over the whole history */
    double forgotten;      /* error / variance; 0 for a constant signal */
} loci_memory_summary;
LOCI_API loci_status loci_memory_summarize_sized(const loci_memory *memory, const loci_memory_plan *plan,
                                                 size_t channel, loci_memory_summary *summary, size_t size,
                                                 loci_error *error);
static inline loci_status loci_memory_summarize(const loci_memory *memory, const loci_memory_plan *plan,
                                                size_t channel, loci_memory_summary *summary,
                                                loci_error *error)
{
    return loci_memory_summarize_sized(memory, plan, channel, summary, sizeof *summary, error);
}

/* Stretch i, oldest first, i < info.stretches: what covers which part of the past. */
typedef struct {
    double start, end;
    uint64_t samples;
    int exact;      /* the samples themselves are kept: no error */
    size_t numbers; /* doubles kept a channel */
} loci_memory_stretch_info;
LOCI_API loci_status loci_memory_stretch_sized(const loci_memory *memory, const loci_memory_plan *plan,
                                               size_t i, loci_memory_stretch_info *stretch, size_t size,
                                               loci_error *error);
static inline loci_status loci_memory_stretch(const loci_memory *memory, const loci_memory_plan *plan,
                                              size_t i, loci_memory_stretch_info *stretch, loci_error *error)
{
    return loci_memory_stretch_sized(memory, plan, i, stretch, sizeof *stretch, error);
}
/* The mean square error of recall over stretch i, and the variance of the signal there; NAN where not known. */
LOCI_API loci_status loci_memory_stretch_error(const loci_memory *memory, const loci_memory_plan *plan,
                                               size_t i, size_t channel, double *mean_square,
                                               double *variance, loci_error *error);

/* Recall from the memory alone, one channel. LOCI_VALUE, LOCI_DERIVATIVE: t and out are [n]; LOCI_MEAN, LOCI_INTEGRAL:
 * t is [n][2], pairs a <= b, out is [n], and the mean over an empty interval is the value there. Times lie in [start, end],
 * and within the window of legt and fout; otherwise LOCI_E_RANGE, which names the time, and out is undefined.
 * At a joint of two stretches the newer answers. Where the samples themselves are kept, the value is the held (or joined)
 * signal, and the derivative is the slope of the line to the next sample. A time within a few ulp of a sample of a regular
 * memory counts as that sample's time. O(N) a question. */
LOCI_API loci_status loci_memory_recall(const loci_memory *memory, const loci_memory_plan *plan, loci_ask ask,
                                        size_t channel, const double *t, size_t n, double *out,
                                        loci_error *error);

/* The N coefficients of one channel, c[order]: for legs those of the whole history (Parseval: mean square = sum of c^2 +
 * what was forgotten), folded from the standing blocks in `scratch`, a memory of the same plan and channels that is
 * overwritten with the collapsed copy (see loci_memory_collapse); for the others the state at the last sample's end. */
LOCI_API loci_status loci_memory_coefficients(const loci_memory *memory, const loci_memory_plan *plan,
                                              size_t channel, double *c, loci_memory *scratch,
                                              loci_error *error);

/* Makes *whole (bytes of loci_memory_size) the collapsed copy of memory: one stretch of N coefficients over the whole
 * history, from which recall, summarize and save work as from any other. legs only; other memories are copied. */
LOCI_API loci_status loci_memory_collapse(loci_memory *whole, const loci_memory *memory,
                                          const loci_memory_plan *plan, loci_error *error);

/* Files. The bytes are little-endian, versioned and end in a 64-bit checksum; note is UTF-8 text of the caller's own
 * (names of columns, say), kept with the memory. Two memories that were pushed the same samples give the same bytes.
 * With detail 0 the collapsed memory is saved: collapse first, save needs no room of its own. */
LOCI_API size_t loci_memory_save_size(const loci_memory *memory, const loci_memory_plan *plan,
                                      size_t note_length);
LOCI_API loci_status loci_memory_save(const loci_memory *memory, const loci_memory_plan *plan,
                                      const char *note, size_t note_length, void *bytes, size_t size,
                                      loci_error *error);
/* What a file holds, checked whole: the spec to make the plan from, the channels, and where the note lies in bytes. */
typedef struct {
    size_t channels;
    const char *note; /* not NUL-terminated */
    size_t note_length;
    loci_memory_spec spec; /* the last, since it may grow */
} loci_memory_header;
LOCI_API loci_status loci_memory_load_header_sized(loci_memory_header *header, size_t size_of_header,
                                                   const void *bytes, size_t size, loci_error *error);
static inline loci_status loci_memory_load_header(loci_memory_header *header, const void *bytes, size_t size,
                                                  loci_error *error)
{
    return loci_memory_load_header_sized(header, sizeof *header, bytes, size, error);
}
/* Fills memory (bytes of loci_memory_size) from a file of the same spec. On failure memory is undefined. */
LOCI_API loci_status loci_memory_load(loci_memory *memory, const loci_memory_plan *plan, const void *bytes,
                                      size_t size, loci_error *error);

/* Comparison with the signal itself: the integral of the squared difference between recall and the held (or joined)
 * signal, over consecutive parts of the history. Push the samples that the memory has seen, in order and in any grouping;
 * then each part's integral is exact for legs (closed form), and by 8-point Gauss quadrature a sample for the others. A
 * joined memory that was closed in the middle and merged on is compared with the line across its jump.
 * edges is [parts + 1], ascending times; what lies outside of them, or outside of a window, is left out.
 * The object allocates when created and needs memory and plan to stay as they are. */
typedef struct loci_memory_comparison loci_memory_comparison;
LOCI_API loci_status loci_memory_compare_create(loci_memory_comparison **comparison,
                                                const loci_memory *memory, const loci_memory_plan *plan,
                                                const double *edges, size_t parts, loci_error *error);
LOCI_API loci_status loci_memory_compare_push(loci_memory_comparison *comparison, const double *u,
                                              const double *t, size_t n, loci_error *error);
/* After the last sample: squared [parts][channels] integrals, covered [parts] seconds that count, variance [channels] of
 * the whole signal. LOCI_E_MISMATCH where fewer or more samples came than the memory has seen. */
LOCI_API loci_status loci_memory_compare_finish(loci_memory_comparison *comparison, double *squared,
                                                double *covered, double *variance, loci_error *error);
LOCI_API void loci_memory_compare_free(loci_memory_comparison *comparison); /* NULL is allowed */

#ifdef __cplusplus
}
#endif
#endif
