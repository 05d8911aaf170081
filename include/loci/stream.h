/* SPDX-License-Identifier: MIT
 *
 * loci/stream.h - a model at work on signals that never end: one sample in, one answer out, in fixed memory.
 *
 * A stream is the running state of one read-only model on one signal, or on many side by side, in lanes that
 * start and end independently. It takes no lock, makes no system call and allocates nothing after init; one
 * thread at a time uses it, any number of streams share a model.
 *
 * One sample goes through step. A push of at least LOCI_STREAM_CHUNK samples a lane goes through the chunked
 * form, LOCI_STREAM_CHUNK at a time, what remains through step: a fixed rule, so that equal cuts give equal bits.
 * Other cuts agree to the rounding of single precision (`loci check` measures it).
 */
#ifndef LOCI_STREAM_H
#define LOCI_STREAM_H

#include <stddef.h>
#include <stdint.h>

#include <loci/model.h>
#include <loci/status.h>

#ifdef __cplusplus
extern "C" {
#endif

#define LOCI_STREAM_CHUNK 64

/* A model made ready to run at one sampling rate: read-only, shared by any number of streams and threads. */
typedef struct loci_stream_tables loci_stream_tables;

/* rate: Hz of the signals to come, 0: the rate that the model was trained at. chunks: long pushes are expected, keep the
 * chunked form ready (more memory); 0: step only. The model must live as long. LOCI_E_ARGUMENT: a rate for a model that
 * knows none of its own, or out of range; LOCI_E_MEMORY. */
LOCI_API loci_status loci_stream_tables_create(loci_stream_tables **tables, const loci_model *model,
                                               double rate, int chunks, loci_error *error);
LOCI_API void loci_stream_tables_free(loci_stream_tables *tables); /* NULL is allowed */

/* Running state of `lanes` signals side by side. */
typedef struct loci_stream loci_stream;

/* Bytes of a stream; 0 where that overflows. */
LOCI_API size_t loci_stream_size(const loci_stream_tables *tables, size_t lanes);
/* Makes a stream in memory [size], 64-byte aligned, all lanes at the beginning; memory NULL: memory of the stream's own.
 * The tables must live as long. LOCI_E_ARGUMENT: a size too small, no lanes. */
LOCI_API loci_status loci_stream_init(loci_stream **stream, void *memory, size_t size,
                                      const loci_stream_tables *tables, size_t lanes, loci_error *error);
LOCI_API void
loci_stream_free(loci_stream *stream); /* gives back what the stream itself allocated; NULL is allowed */

/* n samples of each of the lanes lane [lanes], all different (NULL: lanes 0, 1, ...): in [lanes][n][inputs]; dt
 * [lanes][n] or NULL: how many steps of the stream's rate each sample lasts. out: the answers at every `every`-th sample
 * of this push (the last of each group; n / every of them), [lanes][n / every][outputs]; every 0: none, out may be NULL.
 * With a pool an answer is the one so far. LOCI_E_VALUE where an input is not finite, or a dt not above 0: the sentence
 * names lane and sample, that lane is as before the push, and all others have done theirs; the bad lane's answers are
 * NAN. */
LOCI_API loci_status loci_stream_push(loci_stream *stream, const uint32_t *lane, size_t lanes,
                                      const float *in, const double *dt, size_t n, size_t every, float *out,
                                      loci_error *error);

/* To the beginning. */
LOCI_API void loci_stream_reset(loci_stream *stream, uint32_t lane);
/* Fork, rewind: to and from are streams of the same model, or one stream. */
LOCI_API loci_status loci_stream_copy(loci_stream *to, uint32_t lane, const loci_stream *from,
                                      uint32_t from_lane, loci_error *error);
/* Samples that a lane has seen since its reset. */
LOCI_API uint64_t loci_stream_samples(const loci_stream *stream, uint32_t lane);

/* A lane as bytes: little-endian, versioned, bound to the model by its fingerprint, with a checksum. A state of another
 * model is LOCI_E_MISMATCH, damage LOCI_E_FORMAT; the lane is then as before. */
LOCI_API size_t loci_stream_state_size(const loci_stream *stream);
LOCI_API loci_status loci_stream_save(const loci_stream *stream, uint32_t lane, void *bytes, size_t size,
                                      loci_error *error);
LOCI_API loci_status loci_stream_restore(loci_stream *stream, uint32_t lane, const void *bytes, size_t size,
                                         loci_error *error);

#ifdef __cplusplus
}
#endif
#endif
