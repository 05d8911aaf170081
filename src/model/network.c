/* SPDX-License-Identifier: MIT
 * network.c - a model made ready: micro-batches forward and backward, samples step by step. */
#include "base/each_precision.h"

#include "model/network.h"

#include <stdint.h>
#include <string.h>

#include "base/allocate.h"
#include "base/status.h"
#include "model/model.h"
#include "model/stack.h"

enum { V = LOCI_LANES };

struct loci_network {
    loci_stack stack;
    size_t inputs, outputs, L;
    size_t shrinks;      /* layers from this one on see one sample; more than count: none does */
    void **derived;      /* [stack.count] */
    size_t *gradient;    /* [stack.count] where each layer's begins */
    size_t gradients;    /* reals of all */
    real *shift, *scale; /* [inputs] */
    loci_crew crew;      /* that layers were lent */
};

static size_t round_up(size_t bytes)
{
    return (bytes + 63) / 64 * 64;
}

static size_t most(size_t a, size_t b)
{
    return a > b ? a : b;
}

/* ---- life ---- */

void loci_network_free(loci_network *n)
{
    if (!n) return;
    for (size_t i = 0; n->derived && i < n->stack.count; i++)
        loci_layer_close(n->stack.at[i].layer, n->derived[i]);
    loci_stack_free(&n->stack);
    loci_free(n->derived);
    loci_free(n->gradient);
    loci_free(n->shift);
    loci_free(n);
}

static loci_status open_layers(loci_network *n, loci_error *error)
{
    const loci_allocator *by = loci_allocator_of(n);
    const size_t count = n->stack.count;
    n->derived = loci_allocate_by(by, count, sizeof *n->derived);
    n->gradient = loci_allocate_by(by, count, sizeof *n->gradient);
    n->shift = loci_allocate_by(by, 2 * n->inputs, sizeof(real));
    if (!n->derived || !n->gradient || !n->shift)
        return loci_fail(error, LOCI_E_MEMORY, "out of memory for a network of %zu layers", count);
    n->scale = n->shift + n->inputs;
    size_t L = n->L;
    n->shrinks = count + 1;
    for (size_t i = 0; i < count; i++) {
        const loci_layer *layer = n->stack.at[i].layer;
        const loci_status status = loci_layer_open(layer, &n->derived[i], L, error);
        if (status) return status;
        n->gradient[i] = n->gradients;
        n->gradients += layer->class->memory(layer, n->derived[i], 1, L).gradient;
        if (layer->flags & LOCI_LAYER_SHRINKS) n->shrinks = i + 1, L = L ? 1 : 0;
    }
    return LOCI_OK;
}

loci_status loci_network_create(loci_network **out, const loci_model *model, size_t L, loci_error *error)
{
    return loci_network_create_in(out, model, L, LOCI_PRECISION_FLOAT, error);
}

loci_status loci_network_create_in(loci_network **out, const loci_model *model, size_t L,
                                   loci_precision precision, loci_error *error)
{
    loci_network *n = loci_allocate_by(loci_allocator_of(model), 1, sizeof *n);
    if (!n) return loci_fail(error, LOCI_E_MEMORY, "out of memory for a network");
    n->inputs = model->config.inputs, n->outputs = model->config.outputs, n->L = L;
    loci_model_config config = model->config;
    config.allocator = loci_allocator_of(n);
    loci_status status = loci_stack_create(&n->stack, &config, error);
    const size_t encoders = config.plain && !config.vocabulary ? 0 : 1;
    for (size_t i = encoders; precision == LOCI_PRECISION_BF16 && i + 1 < n->stack.count; i++)
        loci_layer_round_products(n->stack.at[i].layer);
    if (!status) status = open_layers(n, error);
    if (status) {
        loci_network_free(n);
        return status;
    }
    loci_network_frame(n, model, NULL, NULL);
    *out = n;
    return LOCI_OK;
}

void loci_network_frame(loci_network *n, const loci_model *model, const double *origin, const double *unit)
{
    for (size_t i = 0; i < n->inputs; i++) {
        const double shift = model->about.shift ? model->about.shift[i] : 0,
                     scale = model->about.scale ? model->about.scale[i] : 1;
        n->shift[i] = (real)((shift - (origin ? origin[i] : 0)) * (unit ? unit[i] : 1));
        n->scale[i] = (real)(scale / (unit ? unit[i] : 1));
    }
}

void loci_network_lend(loci_network *n, const loci_crew *crew)
{
    n->crew = (loci_crew){0};
    if (crew) memcpy(&n->crew, crew, crew->size && crew->size < sizeof n->crew ? crew->size : sizeof n->crew);
    for (size_t i = 0; i < n->stack.count; i++)
        loci_layer_lend(n->stack.at[i].layer, n->derived[i], n->crew.count > 1 ? &n->crew : NULL);
}

size_t loci_network_parts(const loci_network *n)
{
    return n->stack.count;
}

void loci_network_prepare(loci_network *n, const real *parameters, double rate, size_t part)
{
    const loci_stack_layer *at = &n->stack.at[part];
    loci_layer_prepare(at->layer, n->derived[part], parameters + at->parameters, rate);
}

void loci_network_gather(loci_network *n, real *dparameters, const real *gradient, const real *parameters,
                         size_t part)
{
    const loci_stack_layer *at = &n->stack.at[part];
    const size_t last = n->stack.count - 1;
    if (n->stack.tied && part == last) return;
    if (n->stack.tied && part == 0) /* to which the embedding adds its own */
        loci_layer_gather(n->stack.at[last].layer, n->derived[last], dparameters,
                          gradient + n->gradient[last], parameters);
    loci_layer_gather(at->layer, n->derived[part], dparameters + at->parameters, gradient + n->gradient[part],
                      parameters + at->parameters);
}

size_t loci_network_gradient_size(const loci_network *n)
{
    return n->gradients;
}

size_t loci_network_state_size(const loci_network *n)
{
    return n->stack.state;
}

/* ---- workspace ----
 *
 * pointers [B] to the slices of states; activations; what layers save; scratch. With backward, each layer has an
 * activation of its own, as its input is read again, and saved memory; forward alone has two activations, used in
 * turns. Two more of the widest carry gradients back. */

static size_t samples(const loci_network *n, size_t layer, size_t L)
{
    return layer >= n->shrinks ? 1 : L;
}

/* Bytes of an activation of B sequences, in front of the layer (or behind the last one). */
static size_t plane(const loci_network *n, size_t layer, size_t B, size_t L)
{
    const size_t channels = layer < n->stack.count ? n->stack.at[layer].layer->inputs : n->outputs;
    return B * loci_lane_blocks(channels) * samples(n, layer, L) * V * sizeof(real);
}

static size_t widest_plane(const loci_network *n, size_t B, size_t L)
{
    return B * loci_lane_blocks(n->stack.widest) * L * V * sizeof(real);
}

static loci_layer_memory memory_of(const loci_network *n, size_t i, size_t B, size_t L)
{
    const loci_layer *layer = n->stack.at[i].layer;
    return layer->class->memory(layer, n->derived[i], B, samples(n, i, L));
}

/* Whether sizes are far from overflowing: a layer keeps fewer than 64 planes of twice the width. */
static int fits(const loci_network *n, size_t B, size_t L)
{
    const double all = (double)B * (double)(L + 64) * (double)(n->stack.widest + 2 * V) * sizeof(real) * 128 *
                       (double)(n->stack.count + 1);
    return all + (double)n->stack.state * sizeof(real) < (double)(SIZE_MAX / 4);
}

size_t loci_network_workspace_size(const loci_network *n, size_t B, int backward)
{
    const size_t L = n->L;
    if (!fits(n, B, L)) return 0;
    size_t bytes = round_up(B * sizeof(real *)) + 2 * widest_plane(n, B, L), scratch = 0;
    for (size_t i = 0; i < n->stack.count; i++) {
        const loci_layer_memory m = memory_of(n, i, B, L);
        scratch = most(scratch, m.scratch);
        if (backward) bytes += plane(n, i, B, L) + m.saved;
    }
    return bytes + scratch + (backward ? plane(n, n->stack.count, B, L) : 0);
}

/* ---- samples in and out ---- */

/* x [B][blocks][L][16] = (u [B][L][inputs] - shift) scale, 0 behind the ends. */
static void pack(const loci_network *n, real *x, const real *u, const loci_pass *pass)
{
    const size_t L = pass->L, C = n->inputs, blocks = loci_lane_blocks(C);
    memset(x, 0, pass->B * blocks * L * V * sizeof(real));
    for (size_t b = 0; b < pass->B; b++) {
        const size_t length = pass->length ? pass->length[b] : L;
        for (size_t c = 0; c < C; c++) {
            real *to = x + ((b * blocks + c / V) * L) * V + c % V;
            const real *from = u + b * L * C + c, shift = n->shift[c], scale = n->scale[c];
            for (size_t l = 0; l < length; l++) to[l * V] = (from[l * C] - shift) * scale;
        }
    }
}

/* y [B][L][C] from x [B][blocks][L][16]. */
static void unpack(real *y, const real *x, size_t B, size_t L, size_t C)
{
    const size_t blocks = loci_lane_blocks(C);
    for (size_t b = 0; b < B; b++)
        for (size_t l = 0; l < L; l++)
            for (size_t c = 0; c < C; c++)
                y[(b * L + l) * C + c] = x[((b * blocks + c / V) * L + l) * V + c % V];
}

/* The inverse of unpack. */
static void spread(real *x, const real *y, size_t B, size_t L, size_t C)
{
    const size_t blocks = loci_lane_blocks(C);
    memset(x, 0, B * blocks * L * V * sizeof(real));
    for (size_t b = 0; b < B; b++)
        for (size_t l = 0; l < L; l++)
            for (size_t c = 0; c < C; c++)
                x[((b * blocks + c / V) * L + l) * V + c % V] = y[(b * L + l) * C + c];
}

/* pointers [B] to layer i's slices; NULL: there are no states. */
static real *const *slices(const loci_network *n, real **pointers, real *const *state, size_t i, size_t B)
{
    return loci_layer_slices(pointers, state, n->stack.at[i].state, B);
}

/* The caller's micro-batch whole, as this version knows it. */
static loci_pass whole_pass(const loci_pass *given)
{
    loci_pass pass = {0};
    memcpy(&pass, given, given->size && given->size < sizeof pass ? given->size : sizeof pass);
    return pass;
}

/* What a layer behind the pool is told of a micro-batch. */
static loci_pass short_pass(const loci_pass *pass)
{
    return (loci_pass){
        .B = pass->B, .L = 1, .training = pass->training, .seed = pass->seed, .first = pass->first};
}

/* ---- forward and backward ---- */

void loci_network_forward(const loci_network *n, real *y, const real *u, const loci_pass *given,
                          real *const *state, int backward, void *workspace)
{
    const loci_pass whole = whole_pass(given), *const pass = &whole;
    const size_t B = pass->B, L = pass->L, count = n->stack.count;
    const loci_pass after = short_pass(pass);
    void *at = workspace;
    real **pointers = loci_carve(&at, B * sizeof(real *));
    real *one = loci_carve(&at, widest_plane(n, B, L)), *two = loci_carve(&at, widest_plane(n, B, L));
    real *x = backward ? loci_carve(&at, plane(n, 0, B, L)) : one;
    void *scratch = at; /* forward alone; with backward it lies behind all that is kept */
    if (backward)
        for (size_t i = 0; i < count; i++)
            scratch = (char *)scratch + plane(n, i + 1, B, L) + memory_of(n, i, B, L).saved;
    pack(n, x, u, pass);
    for (size_t i = 0; i < count; i++) {
        const loci_layer *layer = n->stack.at[i].layer;
        real *out = backward ? loci_carve(&at, plane(n, i + 1, B, L)) : x == one ? two : one;
        void *saved = backward ? loci_carve(&at, memory_of(n, i, B, L).saved) : NULL;
        layer->class->forward(layer, n->derived[i], i < n->shrinks ? pass : &after, out, x,
                              slices(n, pointers, state, i, B), saved, scratch);
        x = out;
    }
    unpack(y, x, B, samples(n, count, L), n->outputs);
}

/* Where forward left the input of layer i and what the layer saved. */
typedef struct {
    real *x, *y;
    void *saved;
} saved_planes;

static saved_planes lay_out(const loci_network *n, char *first, size_t layer, size_t B, size_t L)
{
    char *at = first;
    real *x = (real *)(void *)at;
    at += plane(n, 0, B, L);
    for (size_t i = 0;; i++) {
        real *y = (real *)(void *)at;
        at += plane(n, i + 1, B, L);
        if (i == layer) return (saved_planes){x, y, at};
        at += memory_of(n, i, B, L).saved;
        x = y;
    }
}

void loci_network_backward(const loci_network *n, real *du, real *gradient, const real *dy,
                           const loci_pass *given, real *const *dstate, void *workspace)
{
    const loci_pass whole = whole_pass(given), *const pass = &whole;
    const size_t B = pass->B, L = pass->L, count = n->stack.count;
    const loci_pass after = short_pass(pass);
    void *at = workspace;
    real **pointers = loci_carve(&at, B * sizeof(real *));
    real *dout = loci_carve(&at, widest_plane(n, B, L)), *din = loci_carve(&at, widest_plane(n, B, L));
    char *scratch = (char *)lay_out(n, at, count - 1, B, L).saved + memory_of(n, count - 1, B, L).saved;
    spread(dout, dy, B, samples(n, count, L), n->outputs);
    for (size_t i = count; i-- > 0;) {
        const loci_layer *layer = n->stack.at[i].layer;
        const saved_planes k = lay_out(n, at, i, B, L);
        layer->class->backward(layer, n->derived[i], i < n->shrinks ? pass : &after, i > 0 || du ? din : NULL,
                               gradient + n->gradient[i], slices(n, pointers, dstate, i, B), dout, k.x, k.y,
                               k.saved, scratch);
        real *const free_now = dout;
        dout = din, din = free_now;
    }
    if (!du) return;
    unpack(du, dout, B, L, n->inputs);
    for (size_t b = 0; b < B; b++) {
        const size_t length = pass->length ? pass->length[b] : L;
        for (size_t l = 0; l < L; l++)
            for (size_t c = 0; c < n->inputs; c++)
                du[(b * L + l) * n->inputs + c] *= l < length ? n->scale[c] : 0;
    }
}

/* ---- step ---- */

size_t loci_network_step_workspace_size(const loci_network *n, size_t lanes)
{
    if (!fits(n, lanes, 1)) return 0;
    size_t scratch = 0;
    for (size_t i = 0; i < n->stack.count; i++) {
        const loci_layer *layer = n->stack.at[i].layer;
        scratch = most(scratch, layer->class->memory(layer, n->derived[i], lanes, 1).scratch);
    }
    return round_up(lanes * sizeof(real *)) + 2 * widest_plane(n, lanes, 1) + scratch;
}

/* Rows of a step are lanes, where those of a pass are samples. */
void loci_network_step(const loci_network *n, real *y, const real *u, size_t lanes, const double *dt,
                       real *const *state, void *workspace)
{
    const loci_pass pass = {.B = 1, .L = lanes};
    void *at = workspace;
    real **pointers = loci_carve(&at, lanes * sizeof(real *));
    real *x = loci_carve(&at, widest_plane(n, lanes, 1)), *out = loci_carve(&at, widest_plane(n, lanes, 1));
    pack(n, x, u, &pass);
    for (size_t i = 0; i < n->stack.count; i++) {
        const loci_layer *layer = n->stack.at[i].layer;
        layer->class->step(layer, n->derived[i], out, x, lanes, dt, slices(n, pointers, state, i, lanes), at);
        real *const free_now = x;
        x = out, out = free_now;
    }
    unpack(y, x, 1, lanes, n->outputs);
}
