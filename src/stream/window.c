/* SPDX-License-Identifier: MIT
 * window.c - answers about the newest samples alone, from two lanes that take turns.
 *
 * Lane 0 begins with the signal, lane 1 half a window later, and each begins anew when it has seen a whole window; the one that
 * has seen more answers. A lane that is full begins anew with the sample after, so that until then it can be asked. */
#include <loci/stream.h>

#include <math.h>

#include "base/allocate.h"
#include "base/status.h"
#include "stream/lanes.h"

struct loci_window {
    loci_stream *stream;
    uint64_t length, samples;
};

loci_status loci_window_create(loci_window **window, const loci_stream_tables *tables, uint64_t length,
                               loci_error *error)
{
    *window = NULL;
    if (length == 0)
        return loci_fail(error, LOCI_E_ARGUMENT, "a window of 0 samples; 1 or more was expected");
    loci_window *w = loci_allocate_by(loci_allocator_of(tables), 1, sizeof *w);
    if (!w) return loci_fail(error, LOCI_E_MEMORY, "out of memory for a window");
    w->length = length;
    const loci_status status = loci_stream_init(&w->stream, NULL, 0, tables, 2, error);
    if (status)
        loci_window_free(w);
    else
        *window = w;
    return status;
}

void loci_window_free(loci_window *window)
{
    if (!window) return;
    loci_stream_free(window->stream);
    loci_free(window);
}

uint64_t loci_window_samples(const loci_window *window)
{
    return window->samples;
}

size_t loci_window_due(const loci_window *window, size_t n, size_t every)
{
    return every ? n / every + (window->samples % every + n % every >= every) : 0;
}

void loci_window_answer(const loci_window *window, float *out)
{
    const loci_stream *s = window->stream;
    loci_stream_answer(s, loci_stream_samples(s, 1) > loci_stream_samples(s, 0), out);
}

static loci_status check(const loci_window *w, const float *in, size_t n, loci_error *error)
{
    const size_t inputs = w->stream->tables->inputs;
    for (size_t i = 0; i < n * inputs; i++)
        if (!isfinite(in[i]))
            return loci_fail(error, LOCI_E_VALUE, "sample %zu, input %zu is %g; a finite number was expected",
                             i / inputs, i % inputs, (double)in[i]);
    for (size_t i = 0; i < n; i++)
        if (!stream_known(w->stream->tables, in + i * inputs, 1))
            return loci_fail(error, LOCI_E_VALUE,
                             "sample %zu is %g; a token, a whole number of 0 to %zu, was expected", i,
                             (double)in[i], w->stream->tables->tokens - 1);
    return LOCI_OK;
}

/* The next samples of n, as many as come before a lane begins anew or an answer is due. */
static loci_status push_some(loci_window *w, const float *in, size_t n, size_t every, size_t *count,
                             loci_error *error)
{
    const uint64_t half = w->length / 2;
    const uint32_t lanes = w->samples >= half ? 2 : 1;
    uint64_t until = lanes == 1 ? half - w->samples : n;
    if (every && every - w->samples % every < until) until = every - w->samples % every;
    for (uint32_t i = 0; i < lanes; i++) {
        if (loci_stream_samples(w->stream, i) == w->length) loci_stream_reset(w->stream, i);
        const uint64_t room = w->length - loci_stream_samples(w->stream, i);
        if (room < until) until = room;
    }
    *count = until < n ? (size_t)until : n;
    w->samples += *count;
    loci_status status = LOCI_OK;
    for (uint32_t i = 0; i < lanes && !status; i++)
        status = loci_stream_push(w->stream, &i, 1, in, NULL, *count, 0, NULL, error);
    return status;
}

loci_status loci_window_push(loci_window *window, const float *in, size_t n, size_t every, float *out,
                             loci_error *error)
{
    const size_t inputs = window->stream->tables->inputs, outputs = window->stream->tables->outputs;
    loci_status status = check(window, in, n, error);
    for (size_t at = 0, count, answered = 0; at < n && !status; at += count) {
        status = push_some(window, in + at * inputs, n - at, every, &count, error);
        if (!status && every && window->samples % every == 0)
            loci_window_answer(window, out + answered++ * outputs);
    }
    return status;
}
