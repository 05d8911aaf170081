/* SPDX-License-Identifier: MIT
 * glu.c - gated linear units: the first half of the channels, each times the sigmoid, or GELU, of its fellow in the second. */
#include "base/each_precision.h"

#include "layer/layer.h"

#include "base/allocate.h"
#include "base/status.h"
#include "layer/loops.h"

enum { V = LOCI_LANES, BAND = LOCI_BAND };

typedef struct {
    loci_layer layer;
    int gelu;
} unit;

static inline int by_gelu(const loci_layer *layer)
{
    return ((const unit *)layer)->gelu;
}

/* The second half begins where the first ends, which need not be at a block: bands of it are shifted into place. */
static void second_half(real *to, const real *x, size_t stride, size_t half, size_t block, size_t rows)
{
    for (size_t i = 0; i < V; i++) {
        const size_t e = half + block * V + i;
        const real *from = block * V + i < half ? x + e / V * stride * V + e % V : NULL;
        for (size_t r = 0; r < rows; r++) to[r * V + i] = from ? from[r * V] : 0;
    }
}

/* ... and the gradient back, added, since the block it falls into may hold some of the first half. */
static void second_half_back(real *dx, const real *from, size_t stride, size_t half, size_t block,
                             size_t rows)
{
    for (size_t i = 0; i < V && block * V + i < half; i++) {
        const size_t e = half + block * V + i;
        real *to = dx + e / V * stride * V + e % V;
        for (size_t r = 0; r < rows; r++) to[r * V] += from[r * V + i];
    }
}

/* The first half's last block without what is not its own. */
static void first_half(real *to, const real *x, size_t stride, size_t half, size_t block, size_t rows)
{
    for (size_t r = 0; r < rows; r++)
        for (size_t i = 0; i < V; i++)
            to[r * V + i] = block * V + i < half ? x[(block * stride + r) * V + i] : 0;
}

static loci_layer_memory memory(const loci_layer *layer, const void *derived, size_t B, size_t L)
{
    (void)derived, (void)layer, (void)B, (void)L;
    return (loci_layer_memory){.scratch = (size_t)5 * BAND * V * sizeof(real)};
}

static void apply(const loci_layer *layer, real *y, const real *x, size_t rows, real *scratch)
{
    real *a = scratch, *b = a + BAND * V;
    for (size_t block = 0; block < loci_lane_blocks(layer->outputs); block++)
        for (size_t r = 0; r < rows; r += BAND) {
            const size_t count = rows - r < BAND ? rows - r : BAND;
            first_half(a, x + r * V, rows, layer->outputs, block, count);
            second_half(b, x + r * V, rows, layer->outputs, block, count);
            if (by_gelu(layer)) {
                loci_loops_get()->gelu(b, b, NULL, 0, count);
                loci_loops_get()->add(y + (block * rows + r) * V, NULL, a, b, V, count); /* their product */
            } else {
                loci_loops_get()->glu(y + (block * rows + r) * V, NULL, a, b, count);
            }
        }
}

/* da and db of a band; b becomes scratch. */
static void apart(int gelu, real *da, real *db, const real *dy, const real *a, real *b, real *gate,
                  size_t count)
{
    const loci_loops *rows = loci_loops_get();
    if (!gelu) {
        rows->glu(da, gate, a, b, count);
        rows->glu_backward(da, db, dy, da, gate, count);
        return;
    }
    rows->gelu_backward(gate, db, NULL, b, NULL, 0, count); /* slope and value */
    rows->add(da, NULL, dy, db, V, count);
    rows->add(db, NULL, dy, a, V, count);
    rows->add(db, NULL, db, gate, V, count);
}

static void forward(const loci_layer *layer, const void *derived, const loci_pass *pass, real *y,
                    const real *x, real *const *state, void *saved, void *scratch)
{
    (void)derived, (void)state, (void)saved;
    const size_t in = loci_lane_blocks(layer->inputs) * pass->L * V,
                 out = loci_lane_blocks(layer->outputs) * pass->L * V;
    for (size_t b = 0; b < pass->B; b++) apply(layer, y + b * out, x + b * in, pass->L, scratch);
}

static void backward(const loci_layer *layer, const void *derived, const loci_pass *pass, real *dx,
                     real *gradient, real *const *dstate, real *dy, const real *x, const real *y, void *saved,
                     void *scratch)
{
    (void)derived, (void)gradient, (void)dstate, (void)y, (void)saved;
    if (!dx) return;
    const loci_loops *rows = loci_loops_get();
    const size_t L = pass->L, half = layer->outputs, blocks = loci_lane_blocks(half);
    const size_t in = loci_lane_blocks(layer->inputs) * L * V;
    real *a = scratch, *b = a + BAND * V, *gate = b + BAND * V, *da = gate + BAND * V, *db = da + BAND * V;
    for (size_t i = 0; i < pass->B * in; i++) dx[i] = 0;
    for (size_t plane = 0; plane < pass->B * blocks; plane++) {
        const size_t at = plane / blocks * in, block = plane % blocks;
        for (size_t r = 0; r < L; r += BAND) {
            const size_t count = L - r < BAND ? L - r : BAND;
            first_half(a, x + at + r * V, L, half, block, count);
            second_half(b, x + at + r * V, L, half, block, count);
            apart(by_gelu(layer), da, db, dy + (plane * L + r) * V, a, b, gate, count);
            real *to = dx + at + (block * L + r) * V;
            rows->add(to, to, da, NULL, 0, count);
            second_half_back(dx + at + r * V, db, L, half, block, count);
        }
    }
}

static void step(const loci_layer *layer, const void *derived, real *y, const real *x, size_t lanes,
                 const double *dt, real *const *state, void *scratch)
{
    (void)derived, (void)dt, (void)state;
    apply(layer, y, x, lanes, scratch);
}

static const loci_layer_class class = {
    .name = "glu", .memory = memory, .forward = forward, .backward = backward, .step = step};

static loci_status create(loci_layer **out, const loci_allocator *by, size_t outputs, int gelu,
                          loci_error *error)
{
    unit *self;
    const loci_status status =
        loci_layer_allocate((void **)&self, by, sizeof *self, &class, "", 2 * outputs, outputs, error);
    if (status) return status;
    self->gelu = gelu;
    *out = &self->layer;
    return LOCI_OK;
}

loci_status loci_glu_create(loci_layer **out, const loci_allocator *by, size_t outputs, loci_error *error)
{
    return create(out, by, outputs, 0, error);
}

loci_status loci_geglu_create(loci_layer **out, const loci_allocator *by, size_t outputs, loci_error *error)
{
    return create(out, by, outputs, 1, error);
}
