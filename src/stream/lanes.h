/* SPDX-License-Identifier: MIT
 * stream/lanes.h - how a stream lies in memory; internal to src/stream.
 *
 *     loci_stream | samples [lanes] | named [lanes] | workspace | lanes: state, answer
 *
 * each on a 64-byte boundary. The workspace serves GROUP lanes at a time: those go through a whole push before the next
 * ones begin, so that it does not grow with the lanes, and what they need stays in cache. */
#ifndef LOCI_STREAM_LANES_H
#define LOCI_STREAM_LANES_H

#include <stdint.h>

#include <loci/network.h>
#include <loci/stream.h>

enum { STREAM_GROUP = 16, STREAM_CHUNK = LOCI_STREAM_CHUNK };

struct loci_stream_tables {
    const loci_model *model;
    loci_network *step, *chunk;          /* chunk NULL: there is no chunked form */
    double steps;                        /* how many of the model's steps a sample lasts */
    uint64_t fingerprint, fingerprint_1; /* of the model; as states of version 1 have it */
    size_t inputs, outputs, state;       /* numbers */
    size_t tokens;                       /* loci_token_count */
    int pooled, takes_steps;
};

struct loci_stream {
    const loci_stream_tables *tables;
    size_t lanes;
    uint64_t *samples;    /* [lanes] since the reset */
    unsigned char *named; /* [lanes] 1 while a push that names the lane checks its arguments; else 0 */
    float *in, *out;      /* samples of a step of a group; answers of that or of a chunk of one lane */
    void *workspace;
    float *lane; /* [lanes][lane_size]: state, then answer */
    size_t lane_size;
    int owned;
};

static inline float *stream_state(const loci_stream *stream, uint32_t lane)
{
    return stream->lane + lane * stream->lane_size;
}

/* Behind the state, which ends on a 64-byte boundary. */
static inline float *stream_answer(const loci_stream *stream, uint32_t lane)
{
    return stream_state(stream, lane) + (stream->tables->state + 15) / 16 * 16;
}

/* Whether n samples are tokens, where the model takes such: whole numbers below their count. */
static inline int stream_known(const loci_stream_tables *t, const float *x, size_t n)
{
    int good = 1;
    for (size_t i = 0; t->tokens && i < n; i++)
        good = good && x[i] >= 0 && x[i] < (float)t->tokens && x[i] == (float)(uint32_t)x[i];
    return good;
}

/* Hz for messages; 0: the model knows none. */
double loci_stream_hertz(const loci_stream_tables *tables, double steps);

#endif
