/* SPDX-License-Identifier: MIT
 *
 * memory/layout.h - how a plan and a memory lie in storage; internal to src/memory.
 *
 * A memory is one header and, behind it, arrays whose places follow from the plan and the number of channels
 * (loci_memory_view). Three kinds share it:
 *   tree             legs, exact: a list of blocks, oldest first, levels falling; pending samples behind the last block
 *   legs recurrence  legs by one of the published recurrences: one state of N numbers a channel
 *   lti              a time-invariant measure: one state of N numbers a channel, pending samples behind it
 *
 * A block is raw (the samples of its intervals and one closing value; stamped: their times, from the block's
 * start) or projected: mean in two doubles, mean square error (memory_error_keep), then coefficients 1..N-1. */
#ifndef LOCI_MEMORY_LAYOUT_H
#define LOCI_MEMORY_LAYOUT_H

#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <loci/memory.h>

#include "base/allocate.h"
#include "base/real.h"
#include "base/status.h"
#include "base/vector.h"

enum { MEMORY_LEVELS = 48 }; /* level l holds blocks of 2^l leaves; the last one all that is longer */
/* A memory's samples are counted in doubles too, exactly: places in time are counted in samples. */
#define MEMORY_SAMPLES (UINT64_C(1) << 53)
enum { MEMORY_RESTS = 6 };    /* 256^(6+1) leaves are more than 2^53 samples */
#define MEMORY_NOTHING 1e-290 /* a state below this is zero: no denormal numbers */
enum { MEMORY_POINTS = 256 }; /* points that the moments are taken over at once */

typedef enum { MEMORY_TREE, MEMORY_LEGS_RECURRENCE, MEMORY_LTI } memory_kind;

enum { MEMORY_RULES = 4 };
/* A Gauss rule that suffices for P_n, n < N, over a cell through which theta, cos(theta) = 1 - 2x, turns by less than
 * `turn`. */
typedef struct {
    size_t count;
    double turn;
    double *node, *weight; /* [count] on [0, 1] */
} memory_rule;

struct loci_memory_plan {
    loci_memory_spec spec;
    memory_kind kind;
    uint64_t fingerprint;
    size_t order;          /* N */
    size_t leaf;           /* S: samples of a leaf */
    size_t keep;           /* K, at least 1 */
    size_t half_stride;    /* coefficients of one parity, rounded up to 8 */
    size_t capacity;       /* slots */
    size_t channel_stride; /* doubles of a channel in a slot */

    /* tree, legs recurrence */
    double *root;        /* [N + 1]: sqrt(2n+1) */
    double *node;        /* [N]: Gauss-Legendre on [0, 1] */
    double *weight;      /* [N] */
    double *node_basis;  /* [(N + 1) / 2][2][half_stride]: g_2k(node_j) and g_2k+1(node_j), j < (N + 1) / 2 */
    double *step, *size; /* [N + 1]: P_n = size_n q_n, and q_n+1(z) = step_n z q_n(z) - q_n-1(z) */
    const struct loci_memory_projection *projection; /* for this processor */
    double *halves;    /* [N][2][half_stride]: the left half's matrix by column, even rows and odd rows */
    double *leaf_pair; /* regular: [(R + 1) / 2][2][half_stride]: moments of 2 S held (joined) samples, folded
                          about their middle */
    memory_rule rule[MEMORY_RULES]; /* linear: Gauss rules for one cell, the last one exact */

    /* lti */
    double scale;        /* seconds of the measure's unit of time */
    double *a, *b;       /* [N][N], [N] */
    double *abar, *bbar; /* regular: one step */
    double *abar_leaf;   /* regular: S steps */
    double *input_leaf;  /* regular: [S][N]: what each of S inputs adds to the state after the last */
    /* regular: 256^(j+1) leaves of S steps, [N][N]; beyond `rests` of them nothing is left of a state */
    double *rest[MEMORY_RESTS];
    size_t rests;
    size_t powers;     /* stamped zoh: how many doublings are tabulated */
    double power_step; /* stamped zoh: the shortest, in the measure's time */
    double
        *power; /* stamped zoh: [powers][N + 1][N]: exp(A h 2^j), and behind it the integral of the input */
};

typedef struct {
    uint64_t first;  /* index of the first sample */
    uint64_t count;  /* intervals, one a sample */
    double start;    /* time, stamped memories only */
    double duration; /* seconds, stamped memories only */
    uint32_t slot;
    uint16_t level; /* floor(log2(count / S)), 0 to MEMORY_LEVELS - 1 */
    uint16_t raw;
} memory_block;

/* The parts behind the header, by number. */
enum {
    AT_BLOCK,
    AT_FREE,
    AT_FIRST,
    AT_LAST,
    AT_PENDING,
    AT_TIME,
    AT_STATE,
    AT_SLOT,
    AT_SCRATCH,
    MEMORY_PARTS
};

struct loci_memory {
    uint64_t fingerprint;      /* of the plan that made it */
    uint64_t at[MEMORY_PARTS]; /* byte offsets: what follows from plan and channels, kept because a push is
                                  short */
    uint32_t channels;
    uint32_t blocks;
    uint32_t pending; /* samples behind the last block: 0..S */
    uint32_t closed;  /* an explicit end was given, `end`; then nothing is pending */
    uint64_t samples, missing;
    double start;         /* of the history */
    double end;           /* closed only */
    double pending_start; /* stamped: time of the first pending sample */
    double last_time;     /* stamped: of the last sample; of the end, where closed, but for a tree */
};

typedef struct {
    memory_block *block; /* [capacity] */
    uint32_t *free_slot; /* [capacity]: those not in use, the first capacity - blocks */
    double *first;       /* [C]: the first sample */
    double *last;        /* [C]: the last sample */
    double *pending;     /* [C][S + 1] */
    double *time;        /* [S + 1]: of the pending samples, from pending_start; stamped */
    double *state;       /* [C][N]; legs recurrence, lti */
    double *slot;        /* [capacity][slot_stride] */
    double *scratch;     /* [scratch_size] */
    size_t capacity, channel_stride, slot_stride;
} memory_view;

/* Fills fingerprint, capacity and strides of a plan whose sizes stand. */
void loci_memory_lay_out(loci_memory_plan *plan);
/* LOCI_E_MISMATCH unless memory was made with this plan. */
loci_status loci_memory_known(const loci_memory *memory, const loci_memory_plan *plan, loci_error *error);

static inline bool memory_stamped(const loci_memory_plan *plan)
{
    return plan->spec.dt == 0;
}

/* doubles of a slot: all channels, and a leaf's time stamps */
static inline size_t memory_slot_stride(const loci_memory_plan *plan, size_t channels)
{
    return channels * plan->channel_stride + (memory_stamped(plan) ? (plan->leaf + 8) / 8 * 8 : 0);
}

/* LOCI_E_ARGUMENT where a history cannot begin at `start`: not finite, or so far from 0 that a regular memory's samples could
 * not be told apart by their times. */
loci_status loci_memory_check_start(const loci_memory_plan *plan, double start, loci_error *error);
/* LOCI_E_RANGE where a regular memory of so many samples would end at such a time. */
loci_status loci_memory_check_end(const loci_memory *memory, const loci_memory_plan *plan, uint64_t samples,
                                  loci_error *error);

/* Where everything lies. The view is for readers and writers alike: who holds a const memory must not write. */
static inline memory_view loci_memory_view(const loci_memory *memory, const loci_memory_plan *plan,
                                           size_t channels)
{
    char *base = (char *)(uintptr_t)memory;
    return (memory_view){.block = (memory_block *)(void *)(base + memory->at[AT_BLOCK]),
                         .free_slot = (uint32_t *)(void *)(base + memory->at[AT_FREE]),
                         .first = (double *)(void *)(base + memory->at[AT_FIRST]),
                         .last = (double *)(void *)(base + memory->at[AT_LAST]),
                         .pending = (double *)(void *)(base + memory->at[AT_PENDING]),
                         .time = (double *)(void *)(base + memory->at[AT_TIME]),
                         .state = (double *)(void *)(base + memory->at[AT_STATE]),
                         .slot = (double *)(void *)(base + memory->at[AT_SLOT]),
                         .scratch = (double *)(void *)(base + memory->at[AT_SCRATCH]),
                         .capacity = plan->capacity,
                         .channel_stride = plan->channel_stride,
                         .slot_stride = memory_slot_stride(plan, channels)};
}

/* The last sample's interval is open until something follows: its end is not known, or its line has no other end. */
static inline bool memory_open(const loci_memory_plan *plan)
{
    return plan->spec.dt == 0 || plan->spec.join == LOCI_LINEAR ||
           plan->spec.method == LOCI_METHOD_BILINEAR || plan->spec.method == LOCI_METHOD_BACKWARD;
}

/* Intervals of the history that are closed, one a sample: all, or all but the open one. */
static inline uint64_t memory_intervals(const loci_memory *memory, const loci_memory_plan *plan)
{
    return memory->samples - (memory->samples > 0 && memory_open(plan) && !memory->closed ? 1 : 0);
}

static inline double memory_end(const loci_memory *memory, const loci_memory_plan *plan)
{
    if (memory->closed) return memory->end;
    if (memory->samples == 0) return memory->start;
    if (memory_stamped(plan)) return memory->last_time;
    return memory->start + (double)memory_intervals(memory, plan) * plan->spec.dt;
}

static inline unsigned memory_level(const loci_memory_plan *plan, uint64_t count)
{
    unsigned level = 0;
    while (level + 1 < MEMORY_LEVELS && count >> (level + 1) >= plan->leaf) level++;
    return level;
}

/* The coefficients of channel c of a projected block; [0], [1] mean, [2] mean square error, [2 + n]
 * coefficient n >= 1 */
static inline double *memory_channel(const memory_view *view, uint32_t slot, size_t c)
{
    return view->slot + slot * view->slot_stride + c * view->channel_stride;
}
/* The times of a raw stamped block: [count + 1], from its start. */
static inline double *memory_times(const memory_view *view, uint32_t slot, size_t channels)
{
    return view->slot + slot * view->slot_stride + channels * view->channel_stride;
}

/* A mean in two doubles, as far as the first carries, and the rest. */
typedef struct {
    double high, low;
} memory_mean;

static inline memory_mean memory_mean_add(memory_mean mean, double step)
{
    const double sum = mean.high + step;
    const double part = sum - mean.high;
    const double rest = (mean.high - (sum - part)) + (step - part);
    const double low = mean.low + rest;
    const double high = sum + low;
    return (memory_mean){high, low - (high - sum)};
}

/* Squares of numbers below 1e-136 lose digits, and below 1e-162 there is nothing left of them. Where a mean square would
 * be less than this, what is kept in its place is its root, with a minus sign; the squares themselves are taken of the
 * signal times a power of two (memory_scale), which changes no digit of it. */
#define MEMORY_SQUARE_LEAST 0x1p-900

/* Whether squares that add up to this have kept their digits. */
static inline bool memory_square_holds(double square)
{
    return square >= MEMORY_SQUARE_LEAST && square <= 0x1p1020;
}

/* The power of two that brings a number of this size, above 0, to 1/4 or more, and below 1/2. */
static inline double memory_scale(double size)
{
    int exponent;
    frexp(size, &exponent);
    return ldexp(1, exponent < -1000 ? 1000 : -1 - exponent);
}

/* Of what is kept in place of a mean square: the mean square, of `scale` times the signal, and its root. */
static inline double memory_error_scaled(double kept, double scale)
{
    const double root = scale * kept;
    return kept < 0 ? root * root : root * scale;
}

static inline double memory_error_root(double kept)
{
    return kept < 0 ? -kept : sqrt(kept);
}

/* What is kept for the mean square of `scale` times the signal. */
static inline double memory_error_keep(double square, double scale)
{
    const double plain = square / scale / scale;
    return plain >= MEMORY_SQUARE_LEAST || square <= 0 ? plain : -(sqrt(square) / scale);
}

static inline double memory_mean_difference(memory_mean a, memory_mean b)
{
    return (a.high - b.high) + (a.low - b.low);
}

/* projection.c: the mathematics of one channel of one block. `out`, `one`, `two` are [2 + N], as in a projected
 * block. */

struct loci_memory_projection {
    /* sum[n] += sum over j < count of a[j] P_n(z[j]), n < order <= N + 1; a, which is lost, z and `before` are
     * [count rounded up to 32]. */
    void (*moments)(const loci_memory_plan *plan, double *sum, size_t order, double *a, double *z,
                    size_t count, double *before);
    void (*project)(const loci_memory_plan *plan, double *out, const double *u, const double *times,
                    size_t count, double *scratch);
    void (*project_pair)(const loci_memory_plan *plan, double *out, const double *one, const double *two,
                         double *scratch);
    void (*join)(const loci_memory_plan *plan, double *out, const double *one, const double *two, double r,
                 double s, double *scratch);
};
LOCI_LEVELS(const struct loci_memory_projection, loci_memory_projection);

/* The projection of `count` held or joined samples: u[count + 1] (the last: the closing value, joined only),
 * times[count + 1] from 0, or NULL for equal intervals. */
static inline void loci_memory_project(const loci_memory_plan *plan, double *out, const double *u,
                                       const double *times, size_t count, double *scratch)
{
    plan->projection->project(plan, out, u, times, count, scratch);
}

/* The projection of two leaves of S samples, regular: one[S], two[S + 1]. */
static inline void loci_memory_project_pair(const loci_memory_plan *plan, double *out, const double *one,
                                            const double *two, double *scratch)
{
    plan->projection->project_pair(plan, out, one, two, scratch);
}

/* The projection over both of two adjacent stretches that cover the shares r and s = 1 - r. out may be one of them. */
static inline void loci_memory_join(const loci_memory_plan *plan, double *out, const double *one,
                                    const double *two, double r, double s, double *scratch)
{
    plan->projection->join(plan, out, one, two, r, s, scratch);
}

/* The cheapest rule for the cell from x = `from` to `to` of [0, 1]; in plan.c. */
const memory_rule *loci_memory_rule(const loci_memory_plan *plan, double from, double to);
/* amplitude.c: the same three for numbers of any size, which the squares in them may not have. */
void loci_memory_amplitude_project(const loci_memory_plan *plan, double *out, const double *u,
                                   const double *times, size_t count, double *scratch);
void loci_memory_amplitude_pair(const loci_memory_plan *plan, double *out, const double *one,
                                const double *two, double *scratch);
void loci_memory_amplitude_join(const loci_memory_plan *plan, double *out, const double *one,
                                const double *two, double r, double s, double *scratch);

/* project.c */

/* Samples on their way in: value k of channel c is u[k * stride + c * channel_stride], NaN where it is to be
 * held over; its time is base + t[k], t NULL for regular memories. What is no tree takes [n][C] only, base 0. */
typedef struct {
    const double *u, *t;
    size_t stride, channel_stride, count;
    double base;
    bool whole; /* no value is NaN; where that is not known, false */
} memory_samples;

/* Takes samples that were found good. */
void loci_memory_take(loci_memory *memory, const loci_memory_plan *plan, const memory_view *view,
                      const memory_samples *samples);
/* Turns the pending samples into a raw block that closes at the values close[c * stride] (joined) and time
 * `end` (stamped). */
void loci_memory_seal(loci_memory *memory, const loci_memory_plan *plan, const memory_view *view,
                      const double *close, size_t stride, double end);
/* On every level below `levels`, merges the oldest pairs until no more than `keep` blocks stand. */
void loci_memory_carry(loci_memory *memory, const loci_memory_plan *plan, const memory_view *view,
                       size_t keep, unsigned levels);
/* Ends the history at `end`, stamped or joined: the last interval closes there. */
void loci_memory_finish(loci_memory *memory, const loci_memory_plan *plan, const memory_view *view,
                        double end);
/* Merges blocks i and i + 1. */
void loci_memory_pair(loci_memory *memory, const loci_memory_plan *plan, const memory_view *view, size_t i);

/* lti.c */
loci_status loci_memory_lti_plan(loci_memory_plan *plan, loci_error *error);
/* state[N] of one channel after n pending inputs u[n] of a regular memory; in place. */
void loci_memory_lti_steps(const loci_memory_plan *plan, double *state, const double *u, size_t n,
                           double *scratch);
/* all S pending inputs at once */
void loci_memory_lti_leaf(const loci_memory_plan *plan, double *state, const double *u, double *scratch);
/* one held input over `dt` seconds; stamped */
void loci_memory_lti_stamp(const loci_memory_plan *plan, double *state, double u, double dt, double *scratch);
/* state after `dt` seconds (stamped) or n steps (regular) without input */
void loci_memory_lti_rest(const loci_memory_plan *plan, double *state, uint64_t n, double dt,
                          double *scratch);
/* the state at the end of the history, pending samples included */
void loci_memory_lti_state(const loci_memory *memory, const loci_memory_plan *plan, const memory_view *view,
                           size_t channel, double *state);

/* legs_recurrence.c */
/* c[N] after the next sample u: h = (t_k - t_{k-1}) / t_k; by LOCI_METHOD_ZOH the history grows from the
 * share r = 1 - h. */
void loci_memory_legs_recurrence_step(const loci_memory_plan *plan, double *c, double u, double h,
                                      double *scratch);

#endif
