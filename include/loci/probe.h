/* SPDX-License-Identifier: MIT
 *
 * loci/probe.h - learn without training, of anything: a regression of numbers or classes on the memories of signals, in one pass.
 *
 * Where a readout (loci/readout.h) foretells each channel from its own past, a probe learns what it is given for a sample: the future of another
 * channel, a number or a class that someone wrote beside the signal, at every sample or once a sequence. What it learns from are the
 * memories of all inputs: of each the coefficients of orthonormal polynomials on the newest samples, of one window or of several, long
 * ones blurred and short ones sharp, less the newest sample; and the newest samples themselves, where their level tells something.
 *
 * All that a ridge regression needs of the past are sums of products of these, which add: two probes become one that has learned from both.
 *
 *     loci_probe *probe;
 *     loci_probe_spec spec = {sizeof spec, .inputs = 3, .targets = 1, .memories = 2, .windows = {512, 32}, .orders = {16, 8},
 *                             .level = 1, .ridge = -1};
 *     if (loci_probe_create(&probe, &spec, NULL, NULL, &error) || loci_probe_push(probe, u, y, n, &error) ||
 *         loci_probe_solve(probe, &error)) ...
 *     loci_probe_push(probe, u + 3 * n, NULL, 1, &error);
 *     loci_probe_read(probe, answer, &error);
 *
 * Classes: a target for each, 1 where it is the one and 0 elsewhere; the largest answer is the class. One target a sequence: NAN at all its
 * samples but the last, and loci_probe_part behind it. What comes h samples later: y of the sample h behind.
 *
 * A probe is one flat piece of memory. One thread at a time may change it; the functions that take it const may run in several. How samples are
 * cut into pushes does not matter, to the bit. Source: docs/forecast.md.
 */
#ifndef LOCI_PROBE_H
#define LOCI_PROBE_H

#include <stddef.h>
#include <stdint.h>

#include <loci/allocator.h>
#include <loci/status.h>

#ifdef __cplusplus
extern "C" {
#endif

#define LOCI_PROBE_MEMORIES_MAX 8
#define LOCI_PROBE_WINDOW_MAX 65536
#define LOCI_PROBE_FEATURES_MAX 8192
#define LOCI_PROBE_TARGETS_MAX 65536

typedef struct loci_probe loci_probe;

typedef struct {
    size_t size;                             /* sizeof of this struct */
    size_t inputs;                           /* 1 or more */
    size_t targets;                          /* numbers learned of a sample, 1 to LOCI_PROBE_TARGETS_MAX */
    size_t memories;                         /* of each input, 1 to LOCI_PROBE_MEMORIES_MAX */
    size_t windows[LOCI_PROBE_MEMORIES_MAX]; /* samples of each, 1 to LOCI_PROBE_WINDOW_MAX */
    size_t orders[LOCI_PROBE_MEMORIES_MAX];  /* coefficients of each, 0 to its window */
    int level; /* the newest sample of each input is a feature as well; 0: what is learned does not depend on levels */
    double
        ridge; /* the penalty on squared weights, a row: >= 0; < 0: chosen by generalised cross-validation */
    const loci_allocator *allocator; /* where memory comes from; NULL: malloc */
} loci_probe_spec;

/* Inputs are taken as (u - origin) / scale, each [inputs]; scale > 0, about the size of each input's changes, is what makes a ridge
 * mean the same for all. NULL: 0, 1. The features, inputs (level + all orders) and a constant, are LOCI_PROBE_FEATURES_MAX at most.
 * LOCI_E_ARGUMENT names the field that is out of range; LOCI_E_MEMORY. */
LOCI_API loci_status loci_probe_create(loci_probe **probe, const loci_probe_spec *spec, const double *origin,
                                       const double *scale, loci_error *error);
LOCI_API void loci_probe_free(loci_probe *probe); /* NULL is allowed */
/* A fork: what one of them learns, the other does not. */
LOCI_API loci_status loci_probe_copy(loci_probe **copy, const loci_probe *probe, loci_error *error);

typedef struct {
    uint64_t samples;     /* pushed, and those of probes that were added */
    double rows;          /* that were learned from; less where some were forgotten */
    size_t features;      /* with the constant */
    size_t window;        /* the longest: samples until there are answers */
    double ridge;         /* of the weights; 0 before */
    uint64_t fingerprint; /* of sizes and weights */
    int solved;           /* there are weights */
    loci_probe_spec spec;
} loci_probe_info;
LOCI_API void loci_probe_inspect_sized(const loci_probe *probe, loci_probe_info *info, size_t size);
static inline loci_probe_info loci_probe_inspect(const loci_probe *probe)
{
    loci_probe_info info;
    loci_probe_inspect_sized(probe, &info, sizeof info);
    return info;
}

/* n samples, u is [n][inputs], and what is to be learned of each, y [n][targets]; NULL, or NAN in a row: nothing, the history goes on. Rows of
 * samples before the longest window is full are not learned. LOCI_E_VALUE names the first number that is neither finite nor such a NAN, or is beyond
 * 1e150; what comes before it is learned. A sample costs `window` times `order` multiply-adds for each memory, a row that is learned
 * features (features / 2 + targets) more. */
LOCI_API loci_status loci_probe_push(loci_probe *probe, const double *u, const double *y, size_t n,
                                     loci_error *error);
/* What comes next is another history: no window reaches across. */
LOCI_API void loci_probe_part(loci_probe *probe);
/* All rows so far count keep times as much, 0 <= keep <= 1. */
LOCI_API loci_status loci_probe_forget(loci_probe *probe, double keep, loci_error *error);
/* Learns all that `other` has learned; the history that goes on stays. Both have the same spec, but for ridge and allocator, origin and scale:
 * LOCI_E_MISMATCH names what differs. */
LOCI_API loci_status loci_probe_add(loci_probe *probe, const loci_probe *other, loci_error *error);
/* Weights from all rows so far. LOCI_E_VALUE: there is none yet, or their products are not finite; LOCI_E_MEMORY: takes scratch of the square of the
 * features. */
LOCI_API loci_status loci_probe_solve(loci_probe *probe, loci_error *error);
/* mean_square [targets]: the errors of the weights on the rows so far. The same errors, and LOCI_E_VALUE where it was not solved. */
LOCI_API loci_status loci_probe_fit(const loci_probe *probe, double *mean_square, loci_error *error);

/* y [targets] for the newest sample pushed. LOCI_E_VALUE: no weights yet, or fewer samples than the longest window; LOCI_E_MEMORY: takes scratch of
 * the features. */
LOCI_API loci_status loci_probe_read(const loci_probe *probe, double *y, loci_error *error);
/* For each of n samples: u is [window - 1 + n][inputs], the first of them at u[window - 1]; y is [n][targets]. The same errors. */
LOCI_API loci_status loci_probe_predict(const loci_probe *probe, double *y, const double *u, size_t n,
                                        loci_error *error);

/* The bytes are little-endian, versioned and end in a 64-bit checksum (docs/formats.md); note is UTF-8 text of the caller's own. A probe that is
 * loaded goes on with the same bits. */
LOCI_API size_t loci_probe_save_size(const loci_probe *probe, size_t note_length);
LOCI_API loci_status loci_probe_save(const loci_probe *probe, const char *note, size_t note_length,
                                     void *bytes, size_t size, loci_error *error);
/* *note lies in bytes and is not NUL-terminated; both may be NULL. allocator NULL: malloc. LOCI_E_FORMAT: damaged, or no probe. */
LOCI_API loci_status loci_probe_load(loci_probe **probe, const char **note, size_t *note_length,
                                     const void *bytes, size_t size, const loci_allocator *allocator,
                                     loci_error *error);

#ifdef __cplusplus
}
#endif
#endif
