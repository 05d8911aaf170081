/* SPDX-License-Identifier: MIT
 *
 * loci/network.h - a model made ready to run batches of sequences of one length, forward, backward and step.
 *
 * It holds kernels, spectra, packed weights, in single precision. Its answers are as losses take them: loci_model_answer
 * (model.h) makes probabilities of them, or values in the units of the targets.
 *
 * Nothing allocates but create, which takes memory from where the model took its own. Prepared networks are read-only and shared
 * by threads; each thread brings its own workspace.
 */
#ifndef LOCI_NETWORK_H
#define LOCI_NETWORK_H

#include <stddef.h>
#include <stdint.h>

#include <loci/model.h>
#include <loci/status.h>

#ifdef __cplusplus
extern "C" {
#endif

/* One micro-batch: B sequences of L samples. */
typedef struct {
    size_t size; /* sizeof of this struct; 0: the fields of version 0.1 */
    size_t B, L;
    const size_t *length; /* [B], 0 to L: where each sequence ends; NULL: at L */
    /* [B][L], > 0: how many steps each sample lasts; NULL: 1. Layers of s5 have gradients of such passes; those of s4d and s4 are of
     * a pass without, and wrong here: backward is not for them then */
    const double *dt;
    int training;  /* dropout is on */
    uint64_t seed; /* of dropout; another one each step */
    uint64_t
        first; /* number of the micro-batch's first sequence within its batch: masks do not depend on cuts */
} loci_pass;

typedef struct loci_network loci_network;

/* What products with the weight matrices of layers are made of. */
typedef enum {
    LOCI_PRECISION_FLOAT,
    /* Factors are rounded to bfloat16 (8 bits, to the nearest, ties to even; below 2^-126 to 0), sums are of floats: half the time of such a
     * product on Zen 4 (AVX512-BF16; others were not measured). Parameters, all else that is between layers, the encoder and the decoder, and
     * products of more than 32,768 inputs or outputs stay as they are */
    LOCI_PRECISION_BF16,
} loci_precision;
/* Whether this processor has them: else all of that is done in float. */
LOCI_API int loci_precision_available(loci_precision precision);

/* Helpers that an embedder lends, threads of its own: the library has none. */
typedef struct {
    size_t size;   /* sizeof of this struct; 0: these fields */
    size_t count;  /* into so many parts work is divided, 1 to 1024: as many as run at one time */
    void *context; /* the first argument of run */
    /* Calls work(argument, i) for each i below count, at one time or one after the other, and returns when all have. */
    void (*run)(void *context, size_t count, void (*work)(void *argument, size_t i), void *argument);
} loci_crew;

/* A network for sequences of exactly L samples (L = 0: for step alone), not prepared yet. The model must live as
 * long; of it the configuration and the description, as they are now, are used; parameters are given to prepare.
 * Cost: O(L) numbers a channel. */
LOCI_API loci_status loci_network_create(loci_network **network, const loci_model *model, size_t L,
                                         loci_error *error);
/* The same with products of that precision. */
LOCI_API loci_status loci_network_create_in(loci_network **network, const loci_model *model, size_t L,
                                            loci_precision precision, loci_error *error);
LOCI_API void loci_network_free(loci_network *network); /* NULL is allowed */

/* The samples that follow are (x - origin) unit, [inputs] each, where floats of x itself would lose what x is about; NULL: x,
 * as after creation. The shift and scale of the model are brought into that frame in double. */
LOCI_API void loci_network_frame(loci_network *network, const loci_model *model, const double *origin,
                                 const double *unit);

/* Checks nothing. After every change of the parameters, for each part below loci_network_parts, in any order and by
 * any threads. parameters [loci_model_size()]. rate: how many of the steps that the model was trained at one sample
 * lasts: 2 for a signal at half the rate. 1: as trained. */
LOCI_API size_t loci_network_parts(const loci_network *network);
LOCI_API void loci_network_prepare(loci_network *network, const float *parameters, double rate, size_t part);

/* Numbers of a gradient buffer, and bytes of workspace for micro-batches of up to B sequences: with `backward`, or for
 * forward alone. Both 64-byte aligned. 0: it overflows. */
LOCI_API size_t loci_network_gradient_size(const loci_network *network);
LOCI_API size_t loci_network_workspace_size(const loci_network *network, size_t B, int backward);
/* Numbers of one sequence's state. */
LOCI_API size_t loci_network_state_size(const loci_network *network);

/* Checks nothing. y from u [B][L][inputs], samples as they come from the source: the model's shift and scale are
 * applied here. y is [B][outputs], or [B][L][outputs] without a pool. Samples behind a sequence's end are not read.
 * state [B]: the state of each sequence, [loci_network_state_size()], 64-byte aligned, read and replaced; NULL: all begin
 * at 0, and the final ones are not wanted (models that look ahead have none). backward: backward will follow, with the same workspace; without it, and
 * with states, pass->L may be any from 1 to L, and the answers are those of step, to the last bit. */
LOCI_API void loci_network_forward(const loci_network *network, float *y, const float *u,
                                   const loci_pass *pass, float *const *state, int backward, void *workspace);

/* Checks nothing. From dy, shaped like y, 0 behind a sequence's end: adds to gradient [loci_network_gradient_size()]
 * (all 0 at first), and du, shaped like u; NULL: not wanted. dstate [B]: gradient of the final state in, of the
 * initial one out; NULL: 0, not wanted. pass, u and workspace are those of forward. Two gradients are summed number
 * by number. */
LOCI_API void loci_network_backward(const loci_network *network, float *du, float *gradient, const float *dy,
                                    const loci_pass *pass, float *const *dstate, void *workspace);

/* Checks nothing. dparameters [loci_model_size()] = the gradient of the parameters, part by part, as prepare. */
LOCI_API void loci_network_gather(loci_network *network, float *dparameters, const float *gradient,
                                  const float *parameters, size_t part);

/* Checks nothing; not for models that look ahead. One sample of each of `lanes` sequences, without dropout: y [lanes][outputs] from u
 * [lanes][inputs]; with a pool it is the answer so far. dt [lanes] or NULL; state [lanes] as above. */
LOCI_API size_t loci_network_step_workspace_size(const loci_network *network, size_t lanes);
LOCI_API void loci_network_step(const loci_network *network, float *y, const float *u, size_t lanes,
                                const double *dt, float *const *state, void *workspace);

/* Lends a crew to steps of one lane: large products with weights, which are bound by reading these from memory, are divided among
 * it. The same bits as without. crew is copied, what it points to must live as long as it is lent; NULL: none any longer. While it
 * is, the network serves one thread at a time, unless run may be called by several. */
LOCI_API void loci_network_lend(loci_network *network, const loci_crew *crew);

/* ---- one sequence, without a network of one's own ---- */

/* y from u [L][inputs], alone, without dropout, at the rate the model was trained at: makes a network, runs it, frees it.
 * Models with a pool: y [count][outputs], the answers after ends[i] samples, 1 to L, ascending (ends NULL: one, after all
 * of them, and count does not matter). Without one: y [L][outputs], and ends and count do not matter. stepwise: a sample at
 * a time, as a stream does it; 0: all at once, as training does. f64: the same text in double, what single precision is
 * measured against. LOCI_E_ARGUMENT: L is 0, or an end is not in its place. LOCI_E_UNSUPPORTED: stepwise, of a model that
 * looks ahead. LOCI_E_MEMORY. */
LOCI_API loci_status loci_model_run_f32(const loci_model *model, float *y, const float *u, size_t L,
                                        const size_t *ends, size_t count, int stepwise, loci_error *error);
LOCI_API loci_status loci_model_run_f64(const loci_model *model, double *y, const double *u, size_t L,
                                        const size_t *ends, size_t count, int stepwise, loci_error *error);

#ifdef __cplusplus
}
#endif
#endif
