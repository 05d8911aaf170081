/* SPDX-License-Identifier: MIT
 * attention.c - multi-head attention (Vaswani et al. 2017), causal or whole, with a window or without.
 *
 *     q, k, v = W x + b, o = softmax(q k / sqrt(D)) v for each head of D channels, y = U o + c
 *
 * Each head begins at a block of channels of its own. Positions are turns of q and k (Su et al. 2021) or sinusoids added to x; of
 * a stream they count from its first sample. What a pass does tile by tile (attention_core.h) a stream does sample by
 * sample, from a ring of the last `window` keys and values: its state. That is the position, in two numbers, alone in a
 * block, and for each head keys [blocks(window)][D][16], one a lane, and values [window][blocks(D)][16]. */
#include "base/each_precision.h"

#include "layer/layer.h"

#include <math.h>
#include <string.h>

#include "base/allocate.h"
#include "base/status.h"
#include "layer/attention_core.h"
#include "layer/attention_tiles.h"
#include "layer/dense.h"
#include "layer/loops.h"

enum { V = LOCI_LANES, BAND = LOCI_BAND };

typedef struct {
    loci_layer layer;
    loci_attention_options options;
    size_t D, part;                    /* channels of a head; reals of one row of it, padded */
    size_t in, in_bias, out, out_bias; /* offsets of parameters */
} attention;

typedef struct {
    loci_dense in, out;
    real *wide;        /* [outputs][heads][part]: weights of `out`, or their gradient */
    real *table;       /* of positions 0 to L - 1 */
    double *frequency; /* by which positions turn, radians a sample */
    size_t L;
    real *memory;
} derived_parts;

static inline const attention *of(const loci_layer *layer)
{
    return (const attention *)layer;
}

static inline size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

static size_t padded(size_t reals)
{
    return loci_lane_blocks(reals) * V;
}

/* Reals of a row of all heads. */
static inline size_t row_of(const attention *self)
{
    return self->options.heads * self->part;
}

/* ---- positions ---- */

/* Numbers of a sample's table: cosines and sines of half a head, or sinusoids of all inputs. */
static size_t table_row(const attention *self)
{
    if (self->options.positions == LOCI_POSITIONS_ROTARY) return 2 * padded(self->D / 2);
    return self->options.positions == LOCI_POSITIONS_SINUSOIDAL ? padded(self->layer.inputs) : 0;
}

static size_t frequencies(const attention *self)
{
    if (self->options.positions == LOCI_POSITIONS_ROTARY) return self->D / 2;
    return self->options.positions == LOCI_POSITIONS_SINUSOIDAL ? (self->layer.inputs + 1) / 2 : 0;
}

/* The table of `rows` samples from `position` on, `stride` rows a block: a function of each position alone. */
static void table_fill(const attention *self, const derived_parts *d, real *table, size_t stride,
                       double position, size_t rows)
{
    const int rotary = self->options.positions == LOCI_POSITIONS_ROTARY;
    for (size_t k = 0; k < table_row(self); k += V) memset(table + k * stride, 0, rows * V * sizeof(real));
    for (size_t i = 0; i < frequencies(self); i++)
        for (size_t r = 0; r < rows; r++) {
            const double angle = (position + (double)r) * d->frequency[i];
            const size_t cosine = rotary ? i : 2 * i + 1, sine = rotary ? padded(self->D / 2) + i : 2 * i;
            if (rotary || cosine < self->layer.inputs)
                table[(cosine / V * stride + r) * V + cosine % V] = (real)cos(angle);
            table[(sine / V * stride + r) * V + sine % V] = (real)sin(angle);
        }
}

/* ---- weights ---- */

static loci_status open_layer(const loci_layer *layer, void **derived, size_t L, loci_error *error)
{
    const attention *self = of(layer);
    const loci_allocator *by = loci_allocator_of(layer);
    loci_dense in = loci_dense_of(layer, layer->inputs, self->D, 3 * self->options.heads),
               out = loci_dense_of(layer, row_of(self), layer->outputs, 1);
    const size_t wide = layer->outputs * row_of(self);
    const size_t weights = loci_dense_size(&in, 1) + loci_dense_size(&out, 1);
    derived_parts *d = loci_allocate_by(by, 1, sizeof *d);
    real *memory = loci_allocate_by(by, weights + wide + L * table_row(self), sizeof(real));
    double *frequency = loci_allocate_by(by, frequencies(self) + 1, sizeof(double));
    if (!d || !memory || !frequency) {
        loci_free(d), loci_free(memory), loci_free(frequency);
        return loci_fail(error, LOCI_E_MEMORY, "out of memory for layer %s", layer->name);
    }
    loci_dense_place(&in, memory, 1);
    loci_dense_place(&out, memory + loci_dense_size(&in, 1), 1);
    *d = (derived_parts){in, out, memory + weights, memory + weights + wide, frequency, L, memory};
    const double pairs =
        self->options.positions == LOCI_POSITIONS_ROTARY ? (double)(self->D / 2) : (double)layer->inputs / 2;
    for (size_t i = 0; i < frequencies(self); i++) frequency[i] = pow(10000, -(double)i / pairs);
    if (table_row(self) > 0) table_fill(self, d, d->table, L, 0, L);
    *derived = d;
    return LOCI_OK;
}

static void close_layer(const loci_layer *layer, void *derived)
{
    (void)layer;
    loci_free(((derived_parts *)derived)->memory);
    loci_free(((derived_parts *)derived)->frequency);
    loci_free(derived);
}

/* The place in `wide` of weight i of [outputs][outputs]. */
static size_t wide_place(const attention *self, size_t i)
{
    const size_t H = self->layer.outputs, e = i / H, h = i % H;
    return e * row_of(self) + h / self->D * self->part + h % self->D;
}

static void prepare(const loci_layer *layer, void *derived, const real *p, double rate)
{
    (void)rate;
    const attention *self = of(layer);
    const derived_parts *d = derived;
    loci_dense_pack(&d->in, p + self->in, p + self->in_bias, NULL);
    memset(d->wide, 0, layer->outputs * row_of(self) * sizeof(real)); /* of gradients */
    for (size_t i = 0; i < layer->outputs * layer->outputs; i++)
        d->wide[wide_place(self, i)] = p[self->out + i];
    loci_dense_pack(&d->out, d->wide, p + self->out_bias, NULL);
}

static void gather(const loci_layer *layer, void *derived, real *dp, const real *gradient, const real *p)
{
    (void)p;
    const attention *self = of(layer);
    const derived_parts *d = derived;
    loci_dense_unpack(&d->in, dp + self->in, dp + self->in_bias, gradient);
    loci_dense_unpack(&d->out, d->wide, dp + self->out_bias, gradient + loci_dense_gradient_size(&d->in));
    for (size_t i = 0; i < layer->outputs * layer->outputs; i++)
        dp[self->out + i] = d->wide[wide_place(self, i)];
}

/* ---- memory ---- */

/* Samples of a state that new ones may see. */
static inline size_t past_of(const attention *self)
{
    return self->layer.state > 0 ? self->options.window - 1 : 0;
}

/* Of a sequence: the position, whether there is a past, and planes [heads][blocks(D)][rows][16] of L rows, k and v with the past in
 * front; the levels of scores [heads][L]. */
typedef struct {
    real *head, *q, *k, *v, *o, *level;
} planes;

/* at NULL: only counts. Returns the reals of all. */
static size_t planes_lay_out(const attention *self, planes *s, real *at, size_t L, size_t past)
{
    const size_t own = row_of(self) * L, all = row_of(self) * (L + past);
    if (at)
        *s = (planes){
            at, at + V, at + V + own, at + V + own + all, at + V + own + 2 * all, at + V + 2 * own + 2 * all};
    return V + 2 * own + 2 * all + self->options.heads * padded(L);
}

static size_t planes_size(const attention *self, size_t L, size_t past)
{
    return planes_lay_out(self, NULL, NULL, L, past);
}

/* Scratch of all functions: x with its sinusoids, q, k and v of a band before their turn and after it, the band's outputs and its
 * table; room for tiles or for a ring's scores; in backward gradients of o (then q), k and v of a sequence. */
typedef struct {
    real *x, *band, *turned, *o, *table, *scores, *q, *answer, *plane[3];
    void *tiles;
} room;

static size_t room_lay_out(const attention *self, room *s, real *at, size_t rows, size_t L, size_t past)
{
    const size_t row = row_of(self), all = row * (L + past);
    const size_t sizes[] = {padded(self->layer.inputs) * rows,
                            3 * row * rows,
                            3 * row * rows,
                            row * rows,
                            table_row(self) * rows,
                            padded(self->options.window),
                            self->part,
                            self->part,
                            row * L,
                            all,
                            all};
    real **const parts[] = {&s->x, &s->band,   &s->turned,   &s->o,        &s->table,   &s->scores,
                            &s->q, &s->answer, &s->plane[0], &s->plane[1], &s->plane[2]};
    size_t used = 0;
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        if (at) *parts[i] = at + used;
        used += sizes[i];
    }
    if (at) s->tiles = at + used;
    return used + padded(loci_attention_room(self->D) / sizeof(real));
}

static loci_layer_memory memory(const loci_layer *layer, const void *derived, size_t B, size_t L)
{
    const attention *self = of(layer);
    const derived_parts *d = derived;
    room s;
    const size_t rows = B > BAND ? B : BAND, scratch = room_lay_out(self, &s, NULL, rows, L, past_of(self));
    return (loci_layer_memory){.gradient =
                                   loci_dense_gradient_size(&d->in) + loci_dense_gradient_size(&d->out),
                               .saved = B * planes_size(self, L, past_of(self)) * sizeof(real),
                               .scratch = (scratch + planes_size(self, L, 0)) * sizeof(real)};
}

/* ---- states ---- */

static const double low = 1 << 20; /* of a position's two numbers, each of which is whole in float */

/* A whole number of at least 0, whatever a caller has made of it. */
static double position_of(const real *state)
{
    const double position = floor((double)state[1] + 0.5) * low + floor((double)state[0] + 0.5);
    return position >= 0 && position < 0x1p52 ? position : 0;
}

static void position_put(real *state, double position)
{
    const double high = floor(position / low);
    state[0] = (real)(position - high * low);
    state[1] = (real)high;
}

static size_t slot_of(const attention *self, double position)
{
    return (size_t)fmod(position, (double)self->options.window);
}

static size_t ring_size(const attention *self)
{
    return padded(self->options.window) * self->D + self->options.window * self->part;
}

/* Row r of k and v, of a head's blocks `stride` rows apart, into a slot of the head's ring, or from it: `out`. */
static void slot_copy(const attention *self, real *ring, size_t slot, real *k, real *v, size_t stride,
                      size_t r, int out)
{
    real *keys = ring + slot / V * self->D * V + slot % V;
    real *values = ring + padded(self->options.window) * self->D + slot * self->part;
    for (size_t d = 0; d < self->D; d++) {
        real *row = k + (d / V * stride + r) * V + d % V;
        if (out)
            *row = keys[d * V];
        else
            keys[d * V] = *row;
    }
    for (size_t e = 0; e < self->part; e += V) {
        real *row = v + (e / V * stride + r) * V;
        memcpy(out ? row : values + e, out ? values + e : row, V * sizeof(real));
    }
}

/* Rows of k and v, whose blocks are `stride` rows apart, for times from, ..., to - 1 (0 is at row `zero`) into the rings of a
 * state, or from it. */
static void ring_copy(const attention *self, real *state, double position, real *k, real *v, size_t stride,
                      size_t zero, ptrdiff_t from, ptrdiff_t to, int out)
{
    for (size_t h = 0; h < self->options.heads; h++)
        for (ptrdiff_t t = from; t < to; t++)
            slot_copy(self, state + V + h * ring_size(self), slot_of(self, position + (double)t),
                      k + h * self->part * stride, v + h * self->part * stride, stride,
                      (size_t)((ptrdiff_t)zero + t), out);
}

/* ---- projections ---- */

/* x of rows r, ... or, with sinusoids, s->x; *stride: rows from one block to the next. */
static const real *input_rows(const attention *self, const room *s, const real *table, size_t table_stride,
                              const real *x, size_t *stride, size_t rows)
{
    if (self->options.positions != LOCI_POSITIONS_SINUSOIDAL) return x;
    for (size_t k = 0; k < loci_lane_blocks(self->layer.inputs); k++)
        loci_loops_get()->add(s->x + k * rows * V, x + k * *stride * V, table + k * table_stride * V, NULL, 0,
                              rows);
    *stride = rows;
    return s->x;
}

/* q, k and v of `rows` rows of a band to the rows of planes, or, `back`, gradients of planes to a band. q is scaled. */
static void turn_rows(const attention *self, real *band, real *const plane[3], const size_t stride[3],
                      const real *table, size_t table_stride, size_t rows, int back)
{
    const size_t heads = self->options.heads;
    const real scale = (real)(1 / sqrt((double)self->D));
    for (size_t i = 0; i < 3 * heads; i++) {
        const size_t part = i / heads;
        real *in = band + i * self->part * rows, *out = plane[part] + i % heads * self->part * stride[part];
        const real *angles = part < 2 && self->options.positions == LOCI_POSITIONS_ROTARY ? table : NULL;
        loci_attention_tiles_get()->turn(back ? in : out, back ? rows : stride[part], back ? out : in,
                                         back ? stride[part] : rows, angles, table_stride, back,
                                         part == 0 ? scale : 1, self->D, rows);
    }
}

/* The table of rows r, ... of a sequence that begins at `position`; *stride as in input_rows. */
static const real *table_rows(const attention *self, const derived_parts *d, const room *s, double position,
                              size_t r, size_t rows, size_t *stride)
{
    if (table_row(self) == 0) return NULL;
    *stride = d->L;
    if (position == 0) return d->table + r * V;
    *stride = rows;
    table_fill(self, d, s->table, rows, position + (double)r, rows);
    return s->table;
}

/* ---- whole sequences ---- */

static loci_attention_head head_of(const attention *self, const planes *s, size_t h, size_t length, size_t L,
                                   size_t past, size_t seen)
{
    const size_t stride = L + past;
    return (loci_attention_head){.D = self->D,
                                 .queries = length,
                                 .offset = past,
                                 .first = past - seen,
                                 .window = self->options.window,
                                 .whole = self->options.whole,
                                 .q_stride = L,
                                 .k_stride = stride,
                                 .q = s->q + h * self->part * L,
                                 .k = s->k + h * self->part * stride,
                                 .v = s->v + h * self->part * stride};
}

/* One sequence in tiles, from the state (NULL: its beginning) to the next one. */
static void forward_one(const attention *self, const derived_parts *d, const planes *s, const room *w,
                        real *y, const real *x, size_t L, size_t length, real *state)
{
    const double position = state ? position_of(state) : 0;
    const size_t past = state ? past_of(self) : 0, seen = position < (double)past ? (size_t)position : past;
    const size_t strides[3] = {L, L + past, L + past};
    memset(s->head, 0, V * sizeof(real));
    position_put(s->head, position);
    s->head[2] = state != NULL;
    memset(s->k, 0, row_of(self) * (L + past) * sizeof(real));
    memset(s->v, 0, row_of(self) * (L + past) * sizeof(real));
    if (state) ring_copy(self, state, position, s->k, s->v, L + past, past, -(ptrdiff_t)seen, 0, 1);
    for (size_t r = 0, rows; r < L; r += rows) {
        rows = smaller(BAND, L - r);
        size_t table_stride = 0, x_stride = L;
        const real *table = table_rows(self, d, w, position, r, rows, &table_stride);
        const real *from = input_rows(self, w, table, table_stride, x + r * V, &x_stride, rows);
        loci_dense_multiply(&d->in, w->band, rows, from, x_stride, rows);
        real *const to[3] = {s->q + r * V, s->k + (past + r) * V, s->v + (past + r) * V};
        turn_rows(self, w->band, to, strides, table, table_stride, rows, 0);
    }
    for (size_t h = 0; h < self->options.heads; h++) {
        const loci_attention_head head = head_of(self, s, h, length, L, past, seen);
        real *o = s->o + h * self->part * L;
        loci_attention_forward(&head, o, s->level + h * padded(L), w->tiles);
        for (size_t e = 0; e < self->part; e += V)
            memset(o + (e / V * L + length) * V, 0, (L - length) * V * sizeof(real));
    }
    loci_dense_multiply(&d->out, y, L, s->o, L, L);
    if (!state) return;
    ring_copy(self, state, position, s->k, s->v, L + past, past,
              (ptrdiff_t)(length > self->options.window ? length - self->options.window : 0),
              (ptrdiff_t)length, 0);
    position_put(state, position + (double)length);
}

/* ---- sample by sample ---- */

/* One sample, row r of `stride`: its key and value into the ring, the answer of its query to all there to o. */
static void forward_sample(const attention *self, const room *w, real *state, const real *q, real *k, real *v,
                           real *o, size_t stride, size_t r)
{
    const double position = position_of(state);
    const size_t window = self->options.window,
                 count = position + 1 < (double)window ? (size_t)position + 1 : window;
    for (size_t h = 0; h < self->options.heads; h++) {
        real *ring = state + V + h * ring_size(self), *ks = k + h * self->part * stride,
             *vs = v + h * self->part * stride;
        slot_copy(self, ring, slot_of(self, position), ks, vs, stride, r, 0);
        for (size_t e = 0; e < self->part; e += V)
            memcpy(w->q + e, q + ((h * self->part + e) / V * stride + r) * V, V * sizeof(real));
        loci_attention_tiles_get()->attend(w->answer, w->q, ring, ring + padded(window) * self->D, count,
                                           self->D, w->scores);
        for (size_t e = 0; e < self->part; e += V)
            memcpy(o + ((h * self->part + e) / V * stride + r) * V, w->answer + e, V * sizeof(real));
    }
    position_put(state, position + 1);
}

/* Sequence b in bands, to the bits of steps. */
static void forward_sampled(const attention *self, const derived_parts *d, const room *w, real *y,
                            const real *x, size_t L, size_t length, real *state)
{
    const double position = position_of(state);
    for (size_t r = 0, rows; r < L; r += rows) {
        rows = smaller(BAND, L - r);
        size_t table_stride = 0, x_stride = L;
        const size_t strides[3] = {rows, rows, rows};
        const real *table = table_rows(self, d, w, position, r, rows, &table_stride);
        const real *from = input_rows(self, w, table, table_stride, x + r * V, &x_stride, rows);
        loci_dense_multiply(&d->in, w->band, rows, from, x_stride, rows);
        real *const to[3] = {w->turned, w->turned + row_of(self) * rows, w->turned + 2 * row_of(self) * rows};
        turn_rows(self, w->band, to, strides, table, table_stride, rows, 0);
        memset(w->o, 0, row_of(self) * rows * sizeof(real));
        for (size_t i = 0; i < rows && r + i < length; i++)
            forward_sample(self, w, state, to[0], to[1], to[2], w->o, rows, i);
        loci_dense_multiply(&d->out, y + r * V, L, w->o, rows, rows);
    }
}

static void step(const loci_layer *layer, const void *derived, real *y, const real *x, size_t lanes,
                 const double *dt, real *const *state, void *scratch)
{
    (void)dt;
    const attention *self = of(layer);
    const derived_parts *d = derived;
    room w;
    room_lay_out(self, &w, scratch, lanes, 0, 0);
    for (size_t b = 0; table_row(self) > 0 && b < lanes; b++)
        table_fill(self, d, w.table + b * V, lanes, position_of(state[b]), 1);
    size_t x_stride = lanes;
    const size_t strides[3] = {lanes, lanes, lanes};
    const real *from = input_rows(self, &w, w.table, lanes, x, &x_stride, lanes);
    loci_dense_multiply(&d->in, w.band, lanes, from, x_stride, lanes);
    real *const to[3] = {w.turned, w.turned + row_of(self) * lanes, w.turned + 2 * row_of(self) * lanes};
    turn_rows(self, w.band, to, strides, w.table, lanes, lanes, 0);
    for (size_t b = 0; b < lanes; b++) forward_sample(self, &w, state[b], to[0], to[1], to[2], w.o, lanes, b);
    loci_dense_multiply(&d->out, y, lanes, w.o, lanes, lanes);
}

/* ---- a pass ---- */

static void forward(const loci_layer *layer, const void *derived, const loci_pass *pass, real *y,
                    const real *x, real *const *state, void *saved, void *scratch)
{
    const attention *self = of(layer);
    const derived_parts *d = derived;
    const size_t L = pass->L, in = padded(layer->inputs) * L, out = padded(layer->outputs) * L;
    const size_t past = past_of(self), kept = planes_size(self, L, past);
    room w;
    real *const own =
        (real *)scratch + room_lay_out(self, &w, scratch, BAND, saved ? L : 0, saved ? past : 0);
    for (size_t b = 0; b < pass->B; b++) {
        const size_t length = loci_pass_length(pass, b);
        real *before = state && layer->state > 0 ? state[b] : NULL;
        if (before && !saved) {
            forward_sampled(self, d, &w, y + b * out, x + b * in, L, length, before);
            continue;
        }
        planes s = {0};
        planes_lay_out(self, &s, saved ? (real *)saved + b * kept : own, L, before ? past : 0);
        forward_one(self, d, &s, &w, y + b * out, x + b * in, L, length, before);
    }
}

/* The gradient of a final state to those of k and v of the times in it; what is left becomes that of the initial one. */
static void dstate_take(const attention *self, const planes *s, const room *w, real *dstate, size_t L,
                        size_t length)
{
    const double position = position_of(s->head);
    const size_t past = past_of(self), seen = position < (double)past ? (size_t)position : past;
    const ptrdiff_t end = (ptrdiff_t)length, window = (ptrdiff_t)self->options.window;
    const ptrdiff_t from = end - window > -(ptrdiff_t)seen ? end - window : -(ptrdiff_t)seen;
    ring_copy(self, dstate, position, w->plane[1], w->plane[2], L + past, past, from, end, 1);
    memset(dstate, 0, self->layer.state * sizeof(real));
}

static void dstate_put(const attention *self, const planes *s, const room *w, real *dstate, size_t L)
{
    const double position = position_of(s->head);
    const size_t past = past_of(self), seen = position < (double)past ? (size_t)position : past;
    ring_copy(self, dstate, position, w->plane[1], w->plane[2], L + past, past, -(ptrdiff_t)seen, 0, 0);
}

static void backward_one(const attention *self, const derived_parts *d, const planes *s, const room *w,
                         real *dx, real *gradient, real *dstate, const real *dy, const real *x, size_t L,
                         size_t length)
{
    const double position = position_of(s->head);
    const size_t past = s->head[2] > 0 ? past_of(self) : 0,
                 seen = position < (double)past ? (size_t)position : past;
    const size_t strides[3] = {L, L + past, L + past};
    real *dout = gradient + loci_dense_gradient_size(&d->in);
    memset(w->plane[1], 0, row_of(self) * (L + past) * sizeof(real));
    memset(w->plane[2], 0, row_of(self) * (L + past) * sizeof(real));
    if (dstate) dstate[0] = dstate[1] = 0;
    if (length == 0) dstate = NULL; /* the state stayed as it was */
    if (dstate) dstate_take(self, s, w, dstate, L, length);
    loci_dense_gradient(&d->out, dout, s->o, L, dy, L, L);
    loci_dense_transposed(&d->out, w->plane[0], L, dy, L, L);
    for (size_t h = 0; h < self->options.heads; h++) {
        const loci_attention_head head = head_of(self, s, h, length, L, past, seen);
        const size_t own = h * self->part * L, all = h * self->part * (L + past);
        loci_attention_backward(&head, w->plane[0] + own, w->plane[1] + all, w->plane[2] + all, s->o + own,
                                s->level + h * padded(L), w->tiles);
    }
    if (dstate) dstate_put(self, s, w, dstate, L);
    for (size_t r = 0, rows; r < L; r += rows) {
        rows = smaller(BAND, L - r);
        size_t table_stride = 0, x_stride = L;
        const real *table = table_rows(self, d, w, position, r, rows, &table_stride);
        const real *from = input_rows(self, w, table, table_stride, x + r * V, &x_stride, rows);
        real *const to[3] = {w->plane[0] + r * V, w->plane[1] + (past + r) * V, w->plane[2] + (past + r) * V};
        turn_rows(self, w->band, to, strides, table, table_stride, rows, 1);
        loci_dense_gradient(&d->in, gradient, from, x_stride, w->band, rows, rows);
        if (dx) loci_dense_transposed(&d->in, dx + r * V, L, w->band, rows, rows);
    }
}

static void backward(const loci_layer *layer, const void *derived, const loci_pass *pass, real *dx,
                     real *gradient, real *const *dstate, real *dy, const real *x, const real *y, void *saved,
                     void *scratch)
{
    (void)y;
    const attention *self = of(layer);
    const size_t L = pass->L, in = padded(layer->inputs) * L, out = padded(layer->outputs) * L;
    const size_t past = past_of(self), kept = planes_size(self, L, past);
    room w;
    room_lay_out(self, &w, scratch, BAND, L, past);
    for (size_t b = 0; b < pass->B; b++) {
        planes s = {0};
        real *const at = (real *)saved + b * kept;
        planes_lay_out(self, &s, at, L, at[2] > 0 ? past : 0);
        backward_one(self, derived, &s, &w, dx ? dx + b * in : NULL, gradient,
                     dstate && at[2] > 0 ? dstate[b] : NULL, dy + b * out, x + b * in, L,
                     loci_pass_length(pass, b));
    }
}

static const loci_layer_class class = {.name = "attention",
                                       .open = open_layer,
                                       .close = close_layer,
                                       .prepare = prepare,
                                       .memory = memory,
                                       .forward = forward,
                                       .backward = backward,
                                       .gather = gather,
                                       .step = step};

static void add_parameters(attention *self)
{
    const size_t H = self->layer.outputs, inputs = self->layer.inputs;
    const double bound = sqrt(6 / ((double)inputs + 3 * (double)H)), out = 1 / sqrt((double)H);
    loci_parameter like = {
        .dimensions = 2, .shape = {3 * H, inputs}, .initial = LOCI_INITIAL_UNIFORM, .a = -bound, .b = bound};
    self->in = loci_layer_add(&self->layer, "in_proj_weight", like);
    self->in_bias =
        loci_layer_add(&self->layer, "in_proj_bias", (loci_parameter){.dimensions = 1, .shape = {3 * H}});
    like.shape[0] = like.shape[1] = H, like.a = -out, like.b = out;
    self->out = loci_layer_add(&self->layer, "out_proj.weight", like);
    self->out_bias =
        loci_layer_add(&self->layer, "out_proj.bias", (loci_parameter){.dimensions = 1, .shape = {H}});
}

loci_status loci_attention_create(loci_layer **out, const loci_allocator *by, const char *name, size_t inputs,
                                  size_t outputs, const loci_attention_options *options, loci_error *error)
{
    if (options->heads < 1 || outputs % options->heads != 0)
        return loci_fail(error, LOCI_E_ARGUMENT,
                         "heads is %zu; a number that divides %zu, the width, was expected", options->heads,
                         outputs);
    if (options->window > LOCI_ATTENTION_WINDOW_MAX)
        return loci_fail(error, LOCI_E_ARGUMENT,
                         "layer %s has a window of %zu samples; at most %d were expected", name,
                         options->window, LOCI_ATTENTION_WINDOW_MAX);
    attention *self;
    const loci_status status =
        loci_layer_allocate((void **)&self, by, sizeof *self, &class, name, inputs, outputs, error);
    if (status) return status;
    self->options = *options;
    self->D = outputs / options->heads;
    self->part = padded(self->D);
    add_parameters(self);
    if (options->whole)
        self->layer.flags = LOCI_LAYER_LOOKS_AHEAD;
    else if (options->window)
        self->layer.state = V + options->heads * ring_size(self);
    else
        self->layer.flags = LOCI_LAYER_LOOKS_BACK;
    *out = &self->layer;
    return LOCI_OK;
}
