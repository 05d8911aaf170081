/* SPDX-License-Identifier: MIT
 * lower_mixers.c - convolutions, attention, Mamba and Mamba 2. */
#include "export/lower.h"

#include <float.h>
#include <math.h>

#include "base/allocate.h"

/* ---- convolutions ---- */

loci_place loci_lower_conv(const loci_lowering *l, loci_place x, const char *name, size_t inputs)
{
    const size_t taps = l->c->kernel_width, apart = (size_t)1 << l->at % l->c->dilations;
    loci_place patch = x;
    loci_program_note(l->p, "%s: a convolution over %zu samples, %zu apart", name, taps, apart);
    if (taps > 1) {
        patch = loci_program_take(l->p, inputs * taps);
        LOCI_DO(l->p, gather_taps, patch,
                loci_lower_field(l, name, "past", LOCI_WORD_FLOAT, (taps - 1) * apart * inputs),
                loci_lower_field(l, name, "next", LOCI_WORD_U32, 1), x, loci_number(inputs),
                loci_number(taps), loci_number(apart));
    }
    const loci_place y = loci_lower_dense(l, patch, name, "weight", "bias", inputs * taps, l->c->width);
    if (taps > 1) loci_program_give(l->p, patch);
    return y;
}

/* ---- attention ---- */

/* By how many 2^-64th turns a sample `count` positions turn that take 10000^(-i / pairs) radians. */
static loci_place paces(const loci_lowering *l, const char *name, size_t count, double pairs)
{
    char whole[LOCI_PARAMETER_NAME];
    uint64_t *pace = loci_allocate_by(loci_allocator_of(l->p), count, sizeof *pace);
    if (!pace) {
        loci_program_fail(l->p, LOCI_E_MEMORY, "out of memory for layer %s", name);
        return loci_none();
    }
    for (size_t i = 0; i < count; i++)
        pace[i] = (uint64_t)ldexp(pow(10000, -(double)i / pairs) / 6.28318530717958647693, 64);
    loci_name_join(whole, name, "pace");
    const loci_place place = loci_program_constant(l->p, whole, LOCI_WORD_U64, pace, count);
    loci_free(pace);
    return place;
}

loci_place loci_lower_attention(const loci_lowering *l, loci_place x, const char *name, size_t inputs)
{
    const loci_model_config *c = l->c;
    const size_t H = c->width, D = H / c->heads, window = c->attention_window;
    const int rotary = c->positions == LOCI_POSITIONS_ROTARY && D > 1,
              added = c->positions == LOCI_POSITIONS_SINUSOIDAL;
    loci_place position = loci_none(), from = x;
    loci_program_note(l->p, "%s: attention in %zu heads over the newest %zu samples", name, c->heads, window);
    if (rotary || added) position = loci_lower_field(l, name, "position", LOCI_WORD_U64, 1);
    if (added) {
        from = loci_program_take(l->p, inputs);
        LOCI_DO(l->p, sinusoids, from, x, position, paces(l, name, (inputs + 1) / 2, (double)inputs / 2),
                loci_number(inputs));
    }
    const loci_place qkv = loci_lower_dense(l, from, name, "in_proj_weight", "in_proj_bias", inputs, 3 * H);
    if (added) loci_program_give(l->p, from);
    if (rotary)
        LOCI_DO(l->p, turn, qkv, position, paces(l, name, D / 2, (double)(D / 2)), loci_number(2 * c->heads),
                loci_number(D));
    const loci_place o = loci_program_take(l->p, H);
    LOCI_DO(l->p, attend, o, loci_lower_field(l, name, "keys", LOCI_WORD_FLOAT, window * H),
            loci_lower_field(l, name, "values", LOCI_WORD_FLOAT, window * H),
            loci_lower_field(l, name, "ring", LOCI_WORD_U32, 2), qkv, loci_real_number(1 / sqrt((double)D)),
            loci_number(c->heads), loci_number(D), loci_number(window));
    if (rotary || added) LOCI_DO(l->p, go_on, position);
    loci_program_give(l->p, qkv);
    const loci_place y = loci_lower_dense(l, o, name, "out_proj.weight", "out_proj.bias", H, H);
    loci_program_give(l->p, o);
    return y;
}

/* ---- Mamba ---- */

/* -e^log of `count` numbers. */
static loci_place rates(const loci_lowering *l, const char *name, size_t count)
{
    const float *log_a = loci_lower_parameter(l, "%s.A_log", name);
    float *a = loci_lower_room(l, name, count);
    for (size_t i = 0; a && i < count; i++) a[i] = (float)-exp((double)log_a[i]);
    const loci_place place = loci_lower_floats(l, name, "a", a, count);
    loci_free(a);
    return place;
}

/* The short convolution of `channels` in their place. */
static void convolve(const loci_lowering *l, loci_place x, const char *name, size_t channels)
{
    const size_t taps = l->c->kernel_width;
    const loci_place past = taps > 1
                                ? loci_lower_field(l, name, "past", LOCI_WORD_FLOAT, (taps - 1) * channels)
                                : loci_none(),
                     bias = l->c->kernel_unbiased ? loci_none()
                                                  : loci_lower_constant(l, name, "conv1d.bias", channels);
    LOCI_DO(l->p, short_convolution, x, past, x,
            loci_lower_constant(l, name, "conv1d.weight", channels * taps), bias, loci_number(channels),
            loci_number(taps));
}

loci_place loci_lower_mamba(const loci_lowering *l, loci_place u, const char *name, size_t inputs)
{
    const loci_model_config *c = l->c;
    const size_t E = (c->expand ? c->expand : 2) * c->width, N = c->order,
                 R = c->dt_rank ? c->dt_rank : (c->width + 15) / 16;
    loci_program_note(l->p, "%s: a selective state space system of %zu channels, %zu states each", name, E,
                      N);
    const loci_place x =
        loci_lower_dense(l, u, name, "in_proj.weight", c->biased ? "in_proj.bias" : NULL, inputs, 2 * E);
    convolve(l, x, name, E);
    const loci_place numbers = loci_lower_dense(l, x, name, "x_proj.weight", NULL, E, R + 2 * N),
                     dt = loci_lower_dense(l, numbers, name, "dt_proj.weight", "dt_proj.bias", R, E),
                     y = loci_program_take(l->p, E);
    LOCI_DO(l->p, selective, y, loci_lower_field(l, name, "h", LOCI_WORD_FLOAT, E * N), x, dt,
            loci_behind(numbers, R), loci_behind(numbers, R + N), rates(l, name, E * N),
            loci_lower_constant(l, name, "D", E), loci_number(E), loci_number(N));
    LOCI_DO(l->p, gate_silu, y, y, loci_behind(x, E), loci_number(E));
    loci_program_give(l->p, x), loci_program_give(l->p, numbers), loci_program_give(l->p, dt);
    const loci_place out =
        loci_lower_dense(l, y, name, "out_proj.weight", c->biased ? "out_proj.bias" : NULL, E, c->width);
    loci_program_give(l->p, y);
    return out;
}

/* ---- Mamba 2 ---- */

/* The largest power of 2, of 64 at most, that divides a group's channels. */
static size_t usual_head(size_t channels)
{
    size_t head = 64;
    while (channels % head != 0) head /= 2;
    return head;
}

/* D of each channel. */
static loci_place skips(const loci_lowering *l, const char *name, size_t channels, size_t head)
{
    const float *d = loci_lower_parameter(l, "%s.D", name);
    float *each = loci_lower_room(l, name, channels);
    for (size_t e = 0; each && e < channels; e++) each[e] = d[l->c->channel_skips ? e : e / head];
    const loci_place place = loci_lower_floats(l, name, "d", each, channels);
    loci_free(each);
    return place;
}

/* RMS norms of y, group by group. */
static void norms(const loci_lowering *l, loci_place y, const char *name, size_t channels, size_t groups)
{
    const loci_place weight = loci_lower_constant(l, name, "norm.weight", channels);
    const size_t each = channels / groups;
    for (size_t g = 0; g < groups; g++)
        LOCI_DO(l->p, rms_norm, loci_behind(y, g * each), loci_behind(y, g * each),
                loci_behind(weight, g * each), loci_number(each));
}

loci_place loci_lower_mamba2(const loci_lowering *l, loci_place u, const char *name, size_t inputs)
{
    const loci_model_config *c = l->c;
    const size_t E = (c->expand ? c->expand : 2) * c->width, S = c->scanned ? c->scanned : E, M = E - S,
                 G = c->groups ? c->groups : 1, N = c->order,
                 P = c->head_width ? c->head_width : usual_head(S / G), heads = S / P;
    loci_program_note(l->p, "%s: a selective state space system of %zu heads, %zu states a channel", name,
                      heads, N);
    /* z0, x0, z, x, b, c, r */
    const loci_place in = loci_lower_dense(l, u, name, "in_proj.weight", c->biased ? "in_proj.bias" : NULL,
                                           inputs, 2 * E + 2 * G * N + heads),
                     z = loci_behind(in, 2 * M), x = loci_behind(z, S), b = loci_behind(x, S),
                     r = loci_behind(b, 2 * G * N), all = loci_program_take(l->p, E), y = loci_behind(all, M);
    convolve(l, x, name, S + 2 * G * N);
    LOCI_DO(l->p, selective_heads, y, loci_lower_field(l, name, "h", LOCI_WORD_FLOAT, S * N), x, r,
            loci_lower_constant(l, name, "dt_bias", heads), b, loci_behind(b, G * N), rates(l, name, heads),
            skips(l, name, S, P), loci_real_number(c->dt_least),
            loci_real_number(c->dt_most > 0 ? c->dt_most : (double)FLT_MAX), loci_number(heads),
            loci_number(G), loci_number(P), loci_number(N));
    if (c->gate_norm == LOCI_GATE_NORM_BEFORE) norms(l, y, name, S, G);
    LOCI_DO(l->p, gate_silu, y, y, z, loci_number(S));
    if (c->gate_norm == LOCI_GATE_NORM_AFTER) norms(l, y, name, S, G);
    if (M > 0) LOCI_DO(l->p, gate_silu, all, loci_behind(in, M), in, loci_number(M));
    loci_program_give(l->p, in);
    const loci_place out =
        loci_lower_dense(l, all, name, "out_proj.weight", c->biased ? "out_proj.bias" : NULL, E, c->width);
    loci_program_give(l->p, all);
    return out;
}
