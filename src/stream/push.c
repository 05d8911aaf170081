/* SPDX-License-Identifier: MIT
 * push.c - samples into lanes: how many go at once, and which answers are wanted. */
#include <loci/stream.h>

#include <math.h>
#include <string.h>

#include "base/status.h"
#include "stream/lanes.h"

/* A lane on its way through a push. */
typedef struct {
    uint32_t lane;
    const float *in;  /* what is left of its samples [left][inputs] */
    const double *dt; /* [left], or NULL */
    float *out;       /* where its next answer goes */
    size_t left, due; /* samples to go; to the next answer that is wanted: `never` where none is */
} runner;

static const size_t never = SIZE_MAX;

/* ---- arguments ---- */

/* All lanes exist and are different. */
static loci_status check_lanes(loci_stream *stream, const uint32_t *lane, size_t lanes, loci_error *error)
{
    if (lanes > stream->lanes)
        return loci_fail(error, LOCI_E_ARGUMENT, "samples for %zu lanes; the stream has %zu", lanes,
                         stream->lanes);
    if (!lane) return LOCI_OK;
    size_t good = 0;
    while (good < lanes && lane[good] < stream->lanes && !stream->named[lane[good]])
        stream->named[lane[good++]] = 1;
    for (size_t i = 0; i < good; i++) stream->named[lane[i]] = 0;
    if (good == lanes) return LOCI_OK;
    return lane[good] < stream->lanes
               ? loci_fail(error, LOCI_E_ARGUMENT, "lane %lu is named twice; once was expected",
                           (unsigned long)lane[good])
               : loci_fail(error, LOCI_E_ARGUMENT,
                           "lane is %lu; below %zu, the lanes of the stream, was expected",
                           (unsigned long)lane[good], stream->lanes);
}

static int finite(const float *x, size_t count)
{
    unsigned strange = 0;
    for (size_t i = 0; i < count; i++) {
        uint32_t bits;
        memcpy(&bits, &x[i], sizeof bits);
        strange |= (bits & 0x7f800000u) == 0x7f800000u;
    }
    return !strange;
}

static int lasting(const double *dt, size_t n)
{
    int good = 1;
    for (size_t i = 0; dt && i < n; i++) good = good && dt[i] > 0 && dt[i] < (double)INFINITY;
    return good;
}

/* Names the first sample of a lane that cannot be taken. */
static loci_status refuse(const loci_stream_tables *t, uint32_t lane, const float *in, const double *dt,
                          size_t n, loci_error *error)
{
    const size_t inputs = t->inputs;
    for (size_t k = 0; k < n; k++) {
        for (size_t i = 0; i < inputs; i++)
            if (!finite(in + k * inputs + i, 1))
                return loci_fail(
                    error, LOCI_E_VALUE,
                    "lane %lu: input %zu of sample %zu of the push is %g; a finite number was expected",
                    (unsigned long)lane, i, k, (double)in[k * inputs + i]);
        if (!stream_known(t, in + k, 1))
            return loci_fail(
                error, LOCI_E_VALUE,
                "lane %lu: sample %zu of the push is %g; a token, a whole number of 0 to %zu, was "
                "expected",
                (unsigned long)lane, k, (double)in[k], t->tokens - 1);
        if (!lasting(dt ? dt + k : NULL, 1))
            return loci_fail(error, LOCI_E_VALUE,
                             "lane %lu: sample %zu of the push lasts %g steps; a number above 0 was expected",
                             (unsigned long)lane, k, dt[k]);
    }
    return LOCI_E_VALUE;
}

/* ---- runs ---- */

/* `count` samples on, with their answers [count], or, of a pool, that of the last one alone. */
static void advance(loci_stream *stream, runner *r, size_t count, size_t every, const float *answers,
                    int last)
{
    const size_t outputs = stream->tables->outputs, size = outputs * sizeof(float);
    for (size_t at = r->due; at <= count; at += every) {
        memcpy(r->out, answers + (last ? 0 : at - 1) * outputs, size);
        r->out += outputs;
        if (every > count - at) break;
    }
    if (r->due != never) r->due = r->due > count ? r->due - count : every - (count - r->due) % every;
    r->in += count * stream->tables->inputs;
    if (r->dt) r->dt += count;
    r->left -= count;
    stream->samples[r->lane] += count;
    if (r->left == 0)
        memcpy(stream_answer(stream, r->lane), answers + (last ? 0 : count - 1) * outputs, size);
}

/* How many of the lane's next samples go through forward at once: up to where an answer is due, which a pool gives at the
 * end alone. 1: through step, with those of the other lanes, which is faster than two of each lane. */
static size_t piece(const loci_stream_tables *t, const runner *r, size_t lanes)
{
    const size_t until = t->pooled && r->due < r->left ? r->due : r->left;
    if (!t->chunk || (until == 2 && lanes > 1)) return 1;
    return until < STREAM_CHUNK ? until : STREAM_CHUNK;
}

static void run_piece(loci_stream *stream, runner *r, size_t count, size_t every)
{
    const loci_stream_tables *t = stream->tables;
    float *const state = stream_state(stream, r->lane);
    const loci_pass pass = {.B = 1, .L = count, .dt = r->dt};
    loci_network_forward(t->chunk, stream->out, r->in, &pass, &state, 0, stream->workspace);
    advance(stream, r, count, every, stream->out, t->pooled);
}

/* One sample of each. */
static void run_step(loci_stream *stream, runner *const *some, size_t lanes, size_t every)
{
    const loci_stream_tables *t = stream->tables;
    float *state[STREAM_GROUP];
    double dt[STREAM_GROUP];
    for (size_t i = 0; i < lanes; i++) {
        state[i] = stream_state(stream, some[i]->lane);
        memcpy(stream->in + i * t->inputs, some[i]->in, t->inputs * sizeof(float));
        dt[i] = some[i]->dt ? *some[i]->dt : 1;
    }
    loci_network_step(t->step, stream->out, stream->in, lanes, some[0]->dt ? dt : NULL, state,
                      stream->workspace);
    for (size_t i = 0; i < lanes; i++) advance(stream, some[i], 1, every, stream->out + i * t->outputs, 1);
}

/* A group through the whole push. What goes through which form is a matter of speed: all give the same bits. */
static void run(loci_stream *stream, runner *group, size_t lanes, size_t every)
{
    for (;;) {
        runner *steps[STREAM_GROUP];
        size_t count = 0;
        for (size_t i = 0; i < lanes; i++) {
            runner *const r = &group[i];
            for (size_t next; r->left > 0; run_piece(stream, r, next, every)) {
                next = piece(stream->tables, r, lanes);
                if (next > 1) continue;
                steps[count++] = r;
                break;
            }
        }
        if (count == 0) return;
        run_step(stream, steps, count, every);
    }
}

loci_status loci_stream_push(loci_stream *stream, const uint32_t *lane, size_t lanes, const float *in,
                             const double *dt, size_t n, size_t every, float *out, loci_error *error)
{
    const loci_stream_tables *t = stream->tables;
    loci_status status = check_lanes(stream, lane, lanes, error);
    if (status) return status;
    if (dt && !t->takes_steps)
        return loci_fail(error, LOCI_E_UNSUPPORTED,
                         "samples have lengths of their own, and the model's layers know no time; none were "
                         "expected");
    const size_t rows = every ? n / every + (n % every != 0) : 0;
    runner group[STREAM_GROUP];
    size_t waiting = 0;
    for (size_t i = 0; i < lanes; i++) {
        const runner r = {
            .lane = lane ? lane[i] : (uint32_t)i,
            .in = in + i * n * t->inputs,
            .dt = dt ? dt + i * n : NULL,
            .out = every ? out + i * rows * t->outputs : NULL,
            .left = n,
            .due = every ? every - (size_t)(stream->samples[lane ? lane[i] : i] % every) : never,
        };
        const int good = finite(r.in, n * t->inputs) && stream_known(t, r.in, n) && lasting(r.dt, n);
        const size_t due = good ? loci_stream_due(stream, r.lane, n, every) : 0;
        for (size_t k = due * t->outputs; k < rows * t->outputs; k++) r.out[k] = NAN;
        if (good)
            group[waiting++] = r;
        else if (!status)
            status = refuse(t, r.lane, r.in, r.dt, n, error);
        if (waiting == STREAM_GROUP || i + 1 == lanes) {
            run(stream, group, waiting, every);
            waiting = 0;
        }
    }
    return status;
}

size_t loci_stream_due(const loci_stream *stream, uint32_t lane, size_t n, size_t every)
{
    if (every == 0 || lane >= stream->lanes) return 0;
    return n / every + (stream->samples[lane] % every + n % every >= every);
}
