/* SPDX-License-Identifier: MIT
 *
 * loci/readout.h - learn without training: the next values of a signal by a regression on its memory, in one pass.
 *
 * Of the newest `window` samples, each less the newest of all, a readout takes `order` coefficients of orthonormal polynomials and a
 * constant; of the next `horizon` samples, likewise, it learns what follows from them by ridge regression. All that this needs of the
 * past are sums of products, which are gathered as samples come, in memory that does not grow, and which add: two readouts become one that
 * has learned from both. A signal that is moved or stretched gets forecasts that are moved and stretched alike.
 *
 * Channels learn each for itself; weights are shared by all of them (of sums in units of each channel's deviation), or each
 * channel's own. Beside each forecast stand widths: an interval of a forecast is the value +- its width. They follow the hits: after each
 * sample a width that was too narrow grows a little, one that was wide enough shrinks, so that in the long run four of five
 * samples lie in the one, 19 of 20 in the other (adaptive conformal inference, Gibbs and Candes 2021, on the width itself, less what is
 * on its way already); and how much the signal moved lately.
 *
 *     loci_readout *readout;
 *     loci_readout_spec spec = {sizeof spec, .channels = 1, .window = 336, .order = 64, .horizon = 96, .ridge = 0.01};
 *     if (loci_readout_create(&readout, &spec, NULL, &error) || loci_readout_push(readout, u, n, &error) ||
 *         loci_readout_solve(readout, &error)) ...
 *     loci_readout_forecast(readout, 0, y, NULL, NULL);
 *
 * A readout is one flat piece of memory. One thread at a time may change it; the functions that take it const may run in several.
 * How samples are cut into pushes does not matter, to the bit. Source: docs/forecast.md.
 */
#ifndef LOCI_READOUT_H
#define LOCI_READOUT_H

#include <stddef.h>
#include <stdint.h>

#include <loci/allocator.h>
#include <loci/status.h>
#include <loci/team.h>

#ifdef __cplusplus
extern "C" {
#endif

#define LOCI_READOUT_WINDOW_MAX 8192
#define LOCI_READOUT_HORIZON_MAX 4096
#define LOCI_READOUT_ORDER_MAX 512
#define LOCI_READOUT_CHANNELS_MAX 65535

typedef struct loci_readout loci_readout;

typedef struct {
    size_t size;     /* sizeof of this struct */
    size_t channels; /* 1 to LOCI_READOUT_CHANNELS_MAX */
    size_t window;   /* samples that a forecast is made of, 1 to LOCI_READOUT_WINDOW_MAX */
    size_t
        order; /* coefficients of them, at most `window` and LOCI_READOUT_ORDER_MAX; 0: none, the newest value is the forecast */
    size_t horizon; /* samples foretold, 1 to LOCI_READOUT_HORIZON_MAX */
    double
        ridge; /* the penalty on squared weights, a window: >= 0; signals in units of their deviation, over all samples so far */
    int own;   /* each channel has its own weights; 0: all share them */
    const loci_allocator *allocator; /* where memory comes from; NULL: malloc */
    const loci_team *team;           /* processes that share the work, see loci_readout_share; NULL: alone */
} loci_readout_spec;

/* scale [channels]: about the size of each channel's changes, > 0; forecasts do not depend on it, but for rounding; NULL: 1. LOCI_E_ARGUMENT names the field that is
 * out of range; LOCI_E_MEMORY. Memory: for each channel order^2 + (order + 6) horizon + 3 (window + horizon) doubles, and window horizon for
 * each set of weights. */
LOCI_API loci_status loci_readout_create(loci_readout **readout, const loci_readout_spec *spec,
                                         const double *scale, loci_error *error);
LOCI_API void loci_readout_free(loci_readout *readout); /* NULL is allowed */
/* A fork: what one of them learns, the other does not. */
LOCI_API loci_status loci_readout_copy(loci_readout **copy, const loci_readout *readout, loci_error *error);

/* From here on the ranks of the team, which stays the caller's and must outlive the readout and its forks, share the work of push and
 * walk, to the bits of one process: of a push each rank sums some of the products of samples with their past, of a walk each
 * foretells some bunches of 16 horizons. All of them have the same readout and are given the same samples; all have the same results. An exchange a push, of
 * 8 (window + horizon) bytes a channel, and one a walk, of 56 horizon: long pushes are worth sharing. What is solved is compared. NULL: alone. Forks
 * have the team of the readout, one that was loaded has none. Errors of sharing are LOCI_E_IO, LOCI_E_MEMORY, and LOCI_E_MISMATCH where a rank
 * has other weights than rank 0, after which the readout is only to be freed. LOCI_E_ARGUMENT: the team is none. */
LOCI_API loci_status loci_readout_share(loci_readout *readout, const loci_team *team, loci_error *error);

/* A fork that has learned the same windows, of the order, ridge and sharing of weights that spec says, to the bits of one that was pushed the
 * same samples; not solved. spec->channels, window and horizon are the readout's: LOCI_E_MISMATCH names what differs, or says that the readout has
 * ended a history, forgotten, or learned from another, whose moments are of its own order. */
LOCI_API loci_status loci_readout_copy_as(loci_readout **copy, const loci_readout *readout,
                                          const loci_readout_spec *spec, loci_error *error);

/* What it was made of, at once: an inspection goes through all weights for their fingerprint. */
LOCI_API const loci_readout_spec *loci_readout_spec_of(const loci_readout *readout);

typedef struct {
    uint64_t samples;     /* pushed, and those of readouts that were added */
    double windows;       /* that were learned from, of all channels; less where some were forgotten */
    uint64_t fingerprint; /* of sizes and weights: equal where forecasts are equal */
    int solved;           /* there are weights */
    loci_readout_spec spec;
} loci_readout_info;
LOCI_API void loci_readout_inspect_sized(const loci_readout *readout, loci_readout_info *info, size_t size);
static inline loci_readout_info loci_readout_inspect(const loci_readout *readout)
{
    loci_readout_info info;
    loci_readout_inspect_sized(readout, &info, sizeof info);
    return info;
}

/* ---- learning ---- */

/* n samples, u is [n][channels]. LOCI_E_VALUE names the first that is not finite or beyond 1e150 in size; those before it are
 * learned. window + horizon multiply-adds a sample and channel. */
LOCI_API loci_status loci_readout_push(loci_readout *readout, const double *u, size_t n, loci_error *error);
/* What comes next is another history: no window reaches across. Takes scratch memory, as do the three below: LOCI_E_MEMORY. */
LOCI_API loci_status loci_readout_part(loci_readout *readout, loci_error *error);
/* All windows so far count keep times as much, 0 <= keep <= 1. Called every k samples with keep = 2^(-k/n), a sample has half of its weight
 * after n more. */
LOCI_API loci_status loci_readout_forget(loci_readout *readout, double keep, loci_error *error);
/* Learns all that `other` has learned. Both have the same spec, but for ridge and allocator; LOCI_E_MISMATCH names what differs. follows:
 * the samples of `other` came right after those of readout, so that the windows across are learned as well, as if all had been pushed to
 * one; it needs that `other` saw one history and forgot nothing (LOCI_E_MISMATCH). The history that goes on is then other's, else readout's;
 * where it is other's, as also where readout has no samples, so are the widths of channels of which other has any. */
LOCI_API loci_status loci_readout_add(loci_readout *readout, const loci_readout *other, int follows,
                                      loci_error *error);
/* Weights from all windows so far. LOCI_E_VALUE: there is none yet; the sentence says how many samples are wanted. order^3 / 6 + order^2
 * horizon multiply-adds for each set of weights, and (window + horizon)^2 + order window^2 for each channel. */
LOCI_API loci_status loci_readout_solve(loci_readout *readout, loci_error *error);
/* How well weights that are made now foretell the windows that they are made from: mean_square [horizon] of the errors of channel c, in its own
 * units squared. Where there are many more windows than coefficients, new ones are foretold about as well; it adds as all else does. LOCI_E_VALUE and
 * cost as loci_readout_solve; LOCI_E_RANGE: no such channel. */
LOCI_API loci_status loci_readout_fit(const loci_readout *readout, size_t c, double *mean_square,
                                      loci_error *error);

/* ---- what to learn with ---- */

#define LOCI_READOUT_CHOOSE                                                                                  \
    SIZE_MAX /* in spec: a window or an order that is to be chosen; -1 for ridge and own */

typedef struct {
    size_t size;
    /* mean square errors on the part to choose by, in units of the scales: of the spec, of the newest value held */
    double valid, last;
} loci_readout_choice;
/* Fills in what spec leaves open: window, order, ridge, own. x[c] is channel c, [n]; of each, what learns from the first `train`
 * samples is tried on forecasts of the `valid` samples behind them, and a window of 336 stands
 * unless another has 2 % less error, and of its orders and ridges the lowest and the largest within 0.3 % of its best; order 0, the newest value held, unless another is better by 2 %, or by half of the horizon's share in valid. Weights of its own for each channel take 1 %. LOCI_E_VALUE: train or
 * valid are too short for the horizon, or spec's window for train; LOCI_E_ARGUMENT, LOCI_E_MEMORY. Some hundred regressions on moments: 0.1 s
 * and the pass over the samples, which the ranks of spec->team share (LOCI_E_IO). */
LOCI_API loci_status loci_readout_choose(loci_readout_spec *spec, loci_readout_choice *choice,
                                         const double *const *x, size_t train, size_t valid,
                                         const double *scale, loci_error *error);
/* The lag, 2 to `most`, at which x [n] repeats itself, as a day's or a year's does; 0 where it does not, or n is less than 3 most. */
LOCI_API loci_status loci_readout_season(size_t *season, const double *x, size_t n, size_t most,
                                         loci_error *error);

/* The newest samples of channel c, oldest first, as far as they were pushed since their history began: x has room for window + horizon - 1 (NULL: it
 * is not wanted). Returns how many there are; of a channel that does not exist, 0. They come back to rounding. */
LOCI_API size_t loci_readout_newest(const loci_readout *readout, size_t c, double *x);

/* ---- forecasts, of a readout that was solved ---- */

/* Of channel c after the newest sample pushed: y, and lower and upper bounds, [horizon] and [2][horizon]: first of 80, then of 95 of a
 * hundred; NULL: not wanted. LOCI_E_RANGE: no such channel; LOCI_E_VALUE: fewer samples than the window, or no weights yet. */
LOCI_API loci_status loci_readout_forecast(const loci_readout *readout, size_t c, double *y, double *lower,
                                           double *upper, loci_error *error);
/* Of channel c, after each of n samples: x is [window - 1 + n], the first of them the one at x[window - 1]; y is [n][horizon]. window horizon
 * multiply-adds a sample, and a window of scratch. The same errors, and LOCI_E_MEMORY. */
LOCI_API loci_status loci_readout_predict(const loci_readout *readout, size_t c, double *y, const double *x,
                                          size_t n, loci_error *error);

/* Sums over forecasts whose outcome is known, by horizon: each is [horizon] of the caller's and is added to. */
typedef struct {
    size_t size;
    double *count, *square, *absolute; /* forecasts, errors squared, errors' sizes */
    /* outcomes within the interval as it was when the forecast was made; both NULL: errors alone are wanted, and widths
     * stay as they are */
    double *in80, *in95;
} loci_readout_score;

/* Goes through a signal of channel c, x [n], with a forecast after each sample from x[from] on, from >= window - 1, and lets the channel's
 * widths follow the hits as outcomes come. Forecasts all of whose outcomes are in x count in score (NULL: it is not wanted). Those of the last
 * horizon samples before x[from] are judged as well, by what comes of them behind it, so that a signal may be walked through a few samples at
 * a time; they do not count. Half of a width follows how much the signal moves: the mean size of its last 256 steps beside that of all steps up to
 * x[from], where there are so many before it. So x is best the whole signal. Where the channel has
 * no widths yet, they begin as the quantiles of the errors of forecasts before x[from] with outcomes up to there, of 1000 at most;
 * of none, as the first errors. Bits depend on x and from alone. Scratch of 2 horizon^2 + 128 horizon numbers and more, and the weights in
 * single precision: LOCI_E_MEMORY. */
LOCI_API loci_status loci_readout_walk(loci_readout *readout, size_t c, const loci_readout_score *score,
                                       const double *x, size_t n, size_t from, loci_error *error);
/* The same for forecasts that were made otherwise, with loci/probe.h say: made [n - first][horizon] is what x is foretold to be after each sample from
 * x[first] on, less that sample; first <= from. widths [2][horizon] go in and come out; all 0: there are none yet. */
LOCI_API loci_status loci_readout_follow(double *widths, size_t horizon, const loci_readout_score *score,
                                         const double *x, size_t n, size_t from, const double *made,
                                         size_t first, loci_error *error);
/* The widths of channel c, [2][horizon]: of 80, of 95; 0 where there are none yet. Set: >= 0. */
LOCI_API loci_status loci_readout_widths(const loci_readout *readout, size_t c, double *widths,
                                         loci_error *error);
LOCI_API loci_status loci_readout_set_widths(loci_readout *readout, size_t c, const double *widths,
                                             loci_error *error);

/* ---- watching: whether samples are what was to be expected ---- */

/* The running state of a readout on a signal, sample by sample; it learns nothing but how wide errors are. It copies what it needs of the
 * readout. Flat, and of fixed size; one thread at a time. */
typedef struct loci_readout_watch loci_readout_watch;

typedef struct {
    double expected; /* of the sample, foretold from the one before it; NAN as long as a window is not full */
    double lower, upper; /* the interval in which 95 of a hundred lie */
    double
        score; /* how far the sample is off in halves of such intervals: the largest of what was foretold of it 1, 4, 16, 64, ...
                            samples ago, as far as the horizon goes; NAN where the sample is missing or nothing was foretold */
} loci_readout_answer;

/* The readout must have been solved: LOCI_E_VALUE; LOCI_E_MEMORY. */
LOCI_API loci_status loci_readout_watch_create(loci_readout_watch **watch, const loci_readout *readout,
                                               loci_error *error);
LOCI_API void loci_readout_watch_free(loci_readout_watch *watch); /* NULL is allowed */
/* n samples, u is [n][channels], answers [n][channels]. A NAN is a sample that is missing: what was expected stands for it, or the value
 * before. How samples are cut into pushes does not matter, to the bit; no number is summed up, so that nothing drifts. LOCI_E_VALUE: a
 * sample is infinite or beyond 1e150; those before it are answered and *done of them. 4 window multiply-adds a sample and channel. */
LOCI_API loci_status loci_readout_watch_push(loci_readout_watch *watch, loci_readout_answer *answers,
                                             const double *u, size_t n, size_t *done, loci_error *error);
/* Those pushed, also before what is below. */
LOCI_API uint64_t loci_readout_watch_samples(const loci_readout_watch *watch);
/* The time of the newest sample, for whoever goes on from a state: it is kept there, and not looked at. NAN: none. */
LOCI_API double loci_readout_watch_time(const loci_readout_watch *watch);
LOCI_API void loci_readout_watch_set_time(loci_readout_watch *watch, double time);
/* What comes next is another history: nothing is foretold before a window of it has come. Widths stay. */
LOCI_API void loci_readout_watch_part(loci_readout_watch *watch);
/* What comes next comes right after the newest sample that the readout was pushed: it is foretold from those that the readout holds, at most
 * window + horizon - 1, as if the watch had been pushed them (to rounding); widths are the readout's. They do not count as samples.
 * LOCI_E_MISMATCH: the watch is of another readout. */
LOCI_API loci_status loci_readout_watch_follow(loci_readout_watch *watch, const loci_readout *readout,
                                               loci_error *error);
/* The state as bytes: little-endian, versioned, with a checksum, and bound to the readout by its fingerprint. Restored, a watch goes on with
 * the same bits. LOCI_E_MISMATCH: of another readout; LOCI_E_FORMAT: damaged; the watch is then as before. */
LOCI_API size_t loci_readout_watch_state_size(const loci_readout_watch *watch);
LOCI_API loci_status loci_readout_watch_save(const loci_readout_watch *watch, void *bytes, size_t size,
                                             loci_error *error);
LOCI_API loci_status loci_readout_watch_restore(loci_readout_watch *watch, const void *bytes, size_t size,
                                                loci_error *error);

/* ---- files ---- */

/* The bytes are little-endian, versioned and end in a 64-bit checksum (docs/formats.md); note is UTF-8 text of the caller's own. A
 * readout that is loaded goes on with the same bits. */
LOCI_API size_t loci_readout_save_size(const loci_readout *readout, size_t note_length);
LOCI_API loci_status loci_readout_save(const loci_readout *readout, const char *note, size_t note_length,
                                       void *bytes, size_t size, loci_error *error);
/* *note lies in bytes and is not NUL-terminated; both may be NULL. allocator NULL: malloc. LOCI_E_FORMAT: damaged, or no readout. */
LOCI_API loci_status loci_readout_load(loci_readout **readout, const char **note, size_t *note_length,
                                       const void *bytes, size_t size, const loci_allocator *allocator,
                                       loci_error *error);
/* Whether bytes begin as a readout's do. */
LOCI_API int loci_readout_begins(const void *bytes, size_t size);

#ifdef __cplusplus
}
#endif
#endif
