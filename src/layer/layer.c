/* SPDX-License-Identifier: MIT
 * layer.c - what all layers have in common: names, parameters, children. */
#include "base/each_precision.h"

#include "layer/layer.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/allocate.h"
#include "base/random.h"
#include "base/status.h"

loci_status loci_layer_allocate(void **out, const loci_allocator *by, size_t size,
                                const loci_layer_class *class, const char *name, size_t inputs,
                                size_t outputs, loci_error *error)
{
    loci_layer *layer;
    if (inputs == 0 || outputs == 0 || inputs > LOCI_LAYER_CHANNELS_MAX || outputs > LOCI_LAYER_CHANNELS_MAX)
        return loci_fail(error, LOCI_E_ARGUMENT,
                         "layer %s has %zu inputs and %zu outputs; 1 to %d were expected", name, inputs,
                         outputs, LOCI_LAYER_CHANNELS_MAX);
    if (strlen(name) >= sizeof layer->name)
        return loci_fail(error, LOCI_E_ARGUMENT,
                         "name %.40s... of a layer is too long; %d bytes were expected", name,
                         (int)sizeof layer->name - 1);
    layer = loci_allocate_by(by, 1, size);
    if (!layer) return loci_fail(error, LOCI_E_MEMORY, "out of memory for layer %s", name);
    layer->class = class;
    layer->inputs = inputs;
    layer->outputs = outputs;
    snprintf(layer->name, sizeof layer->name, "%s", name);
    layer->stream = loci_random_stream(name);
    *out = layer;
    return LOCI_OK;
}

static size_t append(loci_layer *layer, const loci_parameter *parameter)
{
    assert(layer->parameters < LOCI_LAYER_PARAMETERS);
    layer->parameter[layer->parameters++] = *parameter;
    return parameter->offset;
}

size_t loci_layer_add(loci_layer *layer, const char *part, loci_parameter like)
{
    assert(strlen(part) < LOCI_LAYER_PART);
    snprintf(like.name, sizeof like.name, "%s%s%.*s", layer->name, *layer->name ? "." : "",
             LOCI_LAYER_PART - 1, part);
    like.count = 1;
    for (size_t i = 0; i < like.dimensions; i++) like.count *= like.shape[i];
    like.offset = layer->size;
    layer->size += loci_lane_blocks(like.count) * LOCI_LANES;
    return append(layer, &like);
}

size_t loci_layer_adopt(loci_layer *layer, const loci_layer *child)
{
    const size_t slice = layer->size;
    for (size_t i = 0; i < child->parameters; i++) {
        loci_parameter parameter = child->parameter[i];
        parameter.offset += slice;
        append(layer, &parameter);
    }
    layer->size += child->size;
    return slice;
}

void loci_layer_free(loci_layer *layer)
{
    if (layer && layer->class->free) layer->class->free(layer);
    loci_free(layer);
}

loci_status loci_layer_open(const loci_layer *layer, void **derived, size_t L, loci_error *error)
{
    *derived = NULL;
    return layer->class->open ? layer->class->open(layer, derived, L, error) : LOCI_OK;
}

void loci_layer_close(const loci_layer *layer, void *derived)
{
    if (derived && layer->class->close) layer->class->close(layer, derived);
}

void loci_layer_prepare(const loci_layer *layer, void *derived, const real *p, double rate)
{
    if (layer->class->prepare) layer->class->prepare(layer, derived, p, rate);
}

void loci_layer_gather(const loci_layer *layer, void *derived, real *dp, const real *gradient, const real *p)
{
    if (layer->class->gather) layer->class->gather(layer, derived, dp, gradient, p);
}

void loci_layer_lend(const loci_layer *layer, void *derived, const loci_crew *crew)
{
    if (layer->class->lend) layer->class->lend(layer, derived, crew);
}

void loci_layer_round_products(loci_layer *layer)
{
    layer->bf16 = 1;
    if (layer->class->round_products) layer->class->round_products(layer);
}

loci_status loci_layer_check_modes(size_t order, double dt_min, double dt_max, loci_error *error)
{
    if (order < 2 || order % 2 || order > LOCI_STATE_MAX)
        return loci_fail(error, LOCI_E_ARGUMENT, "order is %zu; an even number, 2 to %d, was expected", order,
                         LOCI_STATE_MAX);
    if (!(dt_min > 0 && dt_min <= dt_max && dt_max < INFINITY))
        return loci_fail(error, LOCI_E_ARGUMENT,
                         "initial steps are %g to %g; numbers above 0, in order, were expected", dt_min,
                         dt_max);
    return LOCI_OK;
}
