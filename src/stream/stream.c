/* SPDX-License-Identifier: MIT
 * stream.c - a model made ready for one rate, and the lanes that run on it. */
#include <loci/stream.h>

#include <math.h>
#include <string.h>

#include <loci/token.h>

#include "base/allocate.h"
#include "base/status.h"
#include "model/model_fingerprint.h"
#include "stream/lanes.h"

/* ---- tables ---- */

double loci_stream_hertz(const loci_stream_tables *tables, double steps)
{
    return loci_model_description(tables->model)->rate / steps;
}

static loci_status network_make(loci_network **network, const loci_model *model, size_t L, double steps,
                                loci_error *error)
{
    const loci_status status = loci_network_create(network, model, L, error);
    if (status) return status;
    for (size_t part = 0; part < loci_network_parts(*network); part++)
        loci_network_prepare(*network, loci_model_values_const(model), steps, part);
    return LOCI_OK;
}

loci_status loci_stream_tables_create(loci_stream_tables **out, const loci_model *model, double rate,
                                      int chunks, loci_error *error)
{
    double steps;
    loci_status status = loci_model_steps(&steps, model, rate, error);
    if (!status && loci_model_looks_ahead(model))
        status = loci_fail(
            error, LOCI_E_UNSUPPORTED,
            "the model looks ahead (bidirectional layers): its answers need the whole sequence, which a "
            "stream does not have");
    else if (!status && !loci_model_streams(model))
        status = loci_fail(
            error, LOCI_E_UNSUPPORTED,
            "the model's attention has no window: it looks back at every sample since the beginning, for which "
            "the fixed memory of a stream has no room; layers with an attention window were expected");
    if (status) return status;
    loci_stream_tables *tables = loci_allocate_by(loci_allocator_of(model), 1, sizeof *tables);
    if (!tables) return loci_fail(error, LOCI_E_MEMORY, "out of memory for a stream's tables");
    const loci_model_config *config = loci_model_configuration(model);
    tables->model = model;
    tables->steps = steps;
    tables->fingerprint = loci_model_fingerprint(model);
    tables->fingerprint_1 = loci_model_fingerprint_1(model);
    tables->inputs = config->inputs;
    tables->outputs = config->outputs;
    tables->tokens = loci_token_count(model);
    tables->pooled = config->pool != LOCI_POOL_NONE;
    tables->takes_steps = loci_model_takes_steps(model);
    status = network_make(&tables->step, model, 0, steps, error);
    /* what goes sample by sample anyway is quicker with those of other lanes */
    if (!status && chunks && loci_layer_traits_of(config->layer)->chunks)
        status = network_make(&tables->chunk, model, STREAM_CHUNK, steps, error);
    if (status) {
        loci_stream_tables_free(tables);
        return status;
    }
    tables->state = loci_network_state_size(tables->step);
    *out = tables;
    return LOCI_OK;
}

void loci_stream_tables_free(loci_stream_tables *tables)
{
    if (!tables) return;
    loci_network_free(tables->step);
    loci_network_free(tables->chunk);
    loci_free(tables);
}

void loci_stream_tables_frame(loci_stream_tables *tables, const double *origin, const double *unit)
{
    loci_network_frame(tables->step, tables->model, origin, unit);
    if (tables->chunk) loci_network_frame(tables->chunk, tables->model, origin, unit);
}

void loci_stream_tables_lend(loci_stream_tables *tables, const loci_crew *crew)
{
    loci_network_lend(tables->step, crew);
}

/* ---- streams ---- */

/* The next array of count numbers of `size` bytes; false where that overflows. */
static bool place(size_t *offset, size_t *at, size_t count, size_t size)
{
    size_t bytes;
    if (!loci_size_multiply(&bytes, count, size) || !loci_size_add(&bytes, bytes, 63)) return false;
    *at = *offset;
    return loci_size_add(offset, *offset, bytes / 64 * 64);
}

enum { AT_STREAM, AT_SAMPLES, AT_NAMED, AT_IN, AT_OUT, AT_WORKSPACE, AT_LANES, STREAM_PARTS };

static size_t lane_size(const loci_stream_tables *tables)
{
    return (tables->state + 15) / 16 * 16 + (tables->outputs + 15) / 16 * 16;
}

/* The offsets of all parts, and behind them the bytes of the whole; 0 where that overflows. */
static size_t lay_out(size_t at[STREAM_PARTS], const loci_stream_tables *t, size_t lanes)
{
    if (lanes < 1 || lanes > UINT64_C(1) << 32) return 0;
    const size_t group = lanes < STREAM_GROUP ? lanes : STREAM_GROUP, rows = t->chunk ? STREAM_CHUNK : group;
    size_t workspace = loci_network_step_workspace_size(t->step, group), offset = 0, numbers;
    if (workspace == 0) return 0;
    if (t->chunk) {
        const size_t more = loci_network_workspace_size(t->chunk, 1, 0);
        if (more == 0) return 0;
        workspace = more > workspace ? more : workspace;
    }
    if (!loci_size_multiply(&numbers, lanes, lane_size(t))) return 0;
    const struct {
        size_t count, size;
    } part[STREAM_PARTS] = {
        [AT_STREAM] = {1, sizeof(loci_stream)},
        [AT_SAMPLES] = {lanes, sizeof(uint64_t)},
        [AT_NAMED] = {lanes, 1},
        [AT_IN] = {group * t->inputs, sizeof(float)}, /* small enough for these products */
        [AT_OUT] = {rows * t->outputs, sizeof(float)},
        [AT_WORKSPACE] = {workspace, 1},
        [AT_LANES] = {numbers, sizeof(float)},
    };
    for (size_t i = 0; i < STREAM_PARTS; i++)
        if (!place(&offset, &at[i], part[i].count, part[i].size)) return 0;
    return offset;
}

size_t loci_stream_size(const loci_stream_tables *tables, size_t lanes)
{
    size_t at[STREAM_PARTS];
    return lay_out(at, tables, lanes);
}

loci_status loci_stream_init(loci_stream **out, void *memory, size_t size, const loci_stream_tables *tables,
                             size_t lanes, loci_error *error)
{
    size_t at[STREAM_PARTS];
    const size_t wanted = lay_out(at, tables, lanes);
    if (wanted == 0)
        return loci_fail(error, LOCI_E_ARGUMENT,
                         "lanes is %zu; 1 to 2^32, as many as can be addressed, was expected", lanes);
    if (memory && (uintptr_t)memory % 64 != 0)
        return loci_fail(error, LOCI_E_ARGUMENT,
                         "the memory for a stream is not on a 64-byte boundary, as was expected");
    if (memory && size < wanted)
        return loci_fail(error, LOCI_E_ARGUMENT, "%zu bytes were given for a stream; %zu were expected", size,
                         wanted);
    char *base = memory ? memory : loci_allocate_by(loci_allocator_of(tables), wanted, 1);
    if (!base)
        return loci_fail(error, LOCI_E_MEMORY, "out of memory for a stream of %zu lane%s", lanes,
                         lanes == 1 ? "" : "s");
    loci_stream *stream = (loci_stream *)(void *)base;
    *stream = (loci_stream){
        .tables = tables,
        .lanes = lanes,
        .samples = (void *)(base + at[AT_SAMPLES]),
        .named = (void *)(base + at[AT_NAMED]),
        .in = (void *)(base + at[AT_IN]),
        .out = (void *)(base + at[AT_OUT]),
        .workspace = base + at[AT_WORKSPACE],
        .lane = (void *)(base + at[AT_LANES]),
        .lane_size = lane_size(tables),
        .owned = memory == NULL,
    };
    memset(stream->named, 0, lanes);
    for (size_t i = 0; i < lanes; i++) loci_stream_reset(stream, (uint32_t)i);
    *out = stream;
    return LOCI_OK;
}

void loci_stream_free(loci_stream *stream)
{
    if (stream && stream->owned) loci_free(stream);
}

void loci_stream_reset(loci_stream *stream, uint32_t lane)
{
    if (lane >= stream->lanes) return;
    const loci_stream_tables *t = stream->tables;
    memset(stream_state(stream, lane), 0, stream->lane_size * sizeof(float));
    for (size_t i = 0; i < t->outputs; i++) stream_answer(stream, lane)[i] = NAN;
    stream->samples[lane] = 0;
}

uint64_t loci_stream_samples(const loci_stream *stream, uint32_t lane)
{
    return lane < stream->lanes ? stream->samples[lane] : 0;
}

void loci_stream_answer(const loci_stream *stream, uint32_t lane, float *out)
{
    const size_t outputs = stream->tables->outputs;
    for (size_t i = 0; i < outputs; i++) out[i] = lane < stream->lanes ? stream_answer(stream, lane)[i] : NAN;
}

loci_status loci_stream_copy(loci_stream *to, uint32_t lane, const loci_stream *from, uint32_t from_lane,
                             loci_error *error)
{
    const loci_stream_tables *a = to->tables, *b = from->tables;
    if (lane >= to->lanes || from_lane >= from->lanes)
        return loci_fail(error, LOCI_E_ARGUMENT,
                         "lane %lu is copied to lane %lu, of streams of %zu and %zu; lanes count from 0",
                         (unsigned long)from_lane, (unsigned long)lane, from->lanes, to->lanes);
    if (a != b && a->fingerprint != b->fingerprint)
        return loci_fail(error, LOCI_E_MISMATCH, "the streams are of two models; one was expected");
    if (a != b && a->steps != b->steps)
        return loci_fail(error, LOCI_E_MISMATCH,
                         "a stream at %g times the rate of another was given; the same rate was expected",
                         a->steps / b->steps);
    if (to == from && lane == from_lane) return LOCI_OK;
    memcpy(stream_state(to, lane), stream_state(from, from_lane), to->lane_size * sizeof(float));
    to->samples[lane] = from->samples[from_lane];
    return LOCI_OK;
}
