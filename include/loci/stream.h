/* SPDX-License-Identifier: MIT
 *
 * loci/stream.h - a model at work on signals that never end: one sample in, one answer out, in fixed memory.
 *
 * A stream is the running state of one read-only model on one signal, or on many side by side, in lanes that
 * start and end independently. It takes no lock, makes no system call and allocates nothing after init; one
 * thread at a time uses it, any number of streams share a model. Tables, streams and windows take their memory from where the
 * model took its own (loci/allocator.h).
 *
 * However a signal is cut into pushes, whatever lanes are pushed together, and with chunks or without, the answers are the
 * same to the last bit (of one build on one processor; others agree to the rounding of single precision). What differs is
 * the time: a sample of the S4 repository's example, four layers of width 128, takes 7 us alone, 4 us with those of
 * other lanes, 3 us in a push of 8 samples or more.
 *
 * Answers are the network's: loci_model_answer (model.h) makes probabilities of them, or values in the units of the targets.
 * For answers about the newest samples alone there is loci_window.
 *
 *     loci_stream_tables *tables;
 *     loci_stream *stream;
 *     if (loci_stream_tables_create(&tables, model, 0, 0, &error) ||
 *         loci_stream_init(&stream, NULL, 0, tables, 1, &error)) ...
 *     while (next(sample))
 *         if (loci_stream_push(stream, NULL, 1, sample, NULL, 1, 1, answer, &error)) ...
 */
#ifndef LOCI_STREAM_H
#define LOCI_STREAM_H

#include <stddef.h>
#include <stdint.h>

#include <loci/model.h>
#include <loci/network.h>
#include <loci/status.h>

#ifdef __cplusplus
extern "C" {
#endif

#define LOCI_STREAM_CHUNK 64 /* so many samples of a long push go through a layer at once */

/* A model made ready to run at one sampling rate: read-only, shared by any number of streams and threads. */
typedef struct loci_stream_tables loci_stream_tables;

/* rate: Hz of the signals to come, within a factor of 1000 of that which the model was trained at; 0: the same. State space
 * layers take another rate by scaling their steps; layers that know no time, as an LSTM, cannot: LOCI_E_UNSUPPORTED, as is a
 * model that looks ahead.
 * chunks: pushes of several samples are expected, make them ready to go at once (more memory); 0: one by one. The model must
 * live as long, and its parameters are used as they are now. LOCI_E_ARGUMENT: a rate for a model that knows none of its own, or out of
 * range; LOCI_E_MEMORY. */
LOCI_API loci_status loci_stream_tables_create(loci_stream_tables **tables, const loci_model *model,
                                               double rate, int chunks, loci_error *error);
LOCI_API void loci_stream_tables_free(loci_stream_tables *tables); /* NULL is allowed */
/* Before their streams take samples: these come as (x - origin) unit, as loci_network_frame has it. States belong to the model all the same. */
LOCI_API void loci_stream_tables_frame(loci_stream_tables *tables, const double *origin, const double *unit);
/* As loci_network_lend: for pushes of one sample of one lane. */
LOCI_API void loci_stream_tables_lend(loci_stream_tables *tables, const loci_crew *crew);

/* Running state of `lanes` signals side by side. */
typedef struct loci_stream loci_stream;

/* Bytes of a stream; 0 where that overflows, or there are no lanes or more than 2^32. */
LOCI_API size_t loci_stream_size(const loci_stream_tables *tables, size_t lanes);
/* Makes a stream in memory [size], 64-byte aligned, all lanes at the beginning; memory NULL: memory of the stream's own,
 * size does not count. The tables must live as long. LOCI_E_ARGUMENT: a size too small, memory not aligned, lanes that
 * loci_stream_size gives 0 for; LOCI_E_MEMORY. */
LOCI_API loci_status loci_stream_init(loci_stream **stream, void *memory, size_t size,
                                      const loci_stream_tables *tables, size_t lanes, loci_error *error);
/* Gives back what the stream itself allocated; NULL is allowed. */
LOCI_API void loci_stream_free(loci_stream *stream);

/* n samples of each of the lanes lane [lanes], all different (NULL: lanes 0, 1, ...): in [lanes][n][inputs]; dt
 * [lanes][n] or NULL: how many steps of the stream's rate each sample lasts (slow: the layers are discretized anew).
 * out: the answers at every `every`-th sample of each lane since its reset, [lanes][ceil(n/every)][outputs]: a lane's
 * loci_stream_due of them in order, and NAN in the row that is left where one fewer is due. every 0: none, out may be NULL.
 * With a pool an answer is the one so far.
 *
 * LOCI_E_VALUE where an input is not finite, or a dt not a number above 0: the sentence names the first such lane and
 * sample; each such lane is as before the push and its answers are NAN, and all others have done theirs. LOCI_E_ARGUMENT:
 * a lane that does not exist or is named twice; LOCI_E_UNSUPPORTED: a dt for layers that know no time; then nothing was
 * done. Finite inputs so large that single precision overflows leave the lane with answers that are not finite until it is
 * reset or restored. */
LOCI_API loci_status loci_stream_push(loci_stream *stream, const uint32_t *lane, size_t lanes,
                                      const float *in, const double *dt, size_t n, size_t every, float *out,
                                      loci_error *error);

/* How many answers a push of n more samples would give for the lane: n / every, or one more. 0 for every 0. */
LOCI_API size_t loci_stream_due(const loci_stream *stream, uint32_t lane, size_t n, size_t every);
/* The answer [outputs] at the lane's last sample, whether it was due or not; NAN before the first. */
LOCI_API void loci_stream_answer(const loci_stream *stream, uint32_t lane, float *out);
/* Samples that a lane has seen since its reset. */
LOCI_API uint64_t loci_stream_samples(const loci_stream *stream, uint32_t lane);

/* To the beginning. */
LOCI_API void loci_stream_reset(loci_stream *stream, uint32_t lane);
/* Fork, rewind: lane of `to` becomes what from_lane of `from` is. Both are streams of the same tables, or of the same model
 * at the same rate, else LOCI_E_MISMATCH; they may be one stream. LOCI_E_ARGUMENT: no such lane. */
LOCI_API loci_status loci_stream_copy(loci_stream *to, uint32_t lane, const loci_stream *from,
                                      uint32_t from_lane, loci_error *error);

/* A lane as bytes [loci_stream_state_size()]: little-endian, versioned, with a checksum, bound to the model by its
 * fingerprint and to the rate, which the numbers of a state are scaled by. Restored, a lane goes on with the same bits. A
 * state of another model or rate is LOCI_E_MISMATCH, damage LOCI_E_FORMAT; the lane is then as before. LOCI_E_ARGUMENT: no
 * such lane, or save was given another size. */
LOCI_API size_t loci_stream_state_size(const loci_stream *stream);
LOCI_API loci_status loci_stream_save(const loci_stream *stream, uint32_t lane, void *bytes, size_t size,
                                      loci_error *error);
LOCI_API loci_status loci_stream_restore(loci_stream *stream, uint32_t lane, const void *bytes, size_t size,
                                         loci_error *error);

/* ---- a window ---- */

/* Answers about the newest samples alone, between length/2 and length of them (fewer at the signal's beginning), as if the
 * signal had begun there: two lanes that begin anew in turns. Costs as much as two streams. */
typedef struct loci_window loci_window;

/* length 1 or more; the tables must live as long. LOCI_E_ARGUMENT, LOCI_E_MEMORY. */
LOCI_API loci_status loci_window_create(loci_window **window, const loci_stream_tables *tables,
                                        uint64_t length, loci_error *error);
LOCI_API void loci_window_free(loci_window *window); /* NULL is allowed */

/* n samples, in [n][inputs]; out [loci_window_due()][outputs]: the answers at every `every`-th sample since the beginning;
 * every 0: none, out may be NULL. How a signal is cut into pushes does not matter, bit by bit. LOCI_E_VALUE: an input is
 * not finite; nothing was done. */
LOCI_API loci_status loci_window_push(loci_window *window, const float *in, size_t n, size_t every,
                                      float *out, loci_error *error);
/* How many answers a push of n more samples would give. */
LOCI_API size_t loci_window_due(const loci_window *window, size_t n, size_t every);
/* The answer [outputs] at the last sample, whether it was due or not; NAN before the first. */
LOCI_API void loci_window_answer(const loci_window *window, float *out);
/* Samples since the beginning. */
LOCI_API uint64_t loci_window_samples(const loci_window *window);

#ifdef __cplusplus
}
#endif
#endif
