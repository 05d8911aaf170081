/* SPDX-License-Identifier: MIT
 * s4.c - the mixer over time of S4 (Gu et al. 2022): a diagonal plus low rank system for each channel.
 *
 *     y = K * u + D u,  K_l = C abar^l bbar,  A = diag(a) - sum over r of P_r P_r^*
 *
 * under the bilinear transform; rank 0 is a diagonal system, under zoh or bilinear. What the published layer can do besides:
 * several kernels a channel, which share all but C and D; kernels that end; kernels that look ahead, from the next sample on
 * and with the same A, B, P and dt, which cost a convolution no more. */
#include "base/each_precision.h"

#include "layer/s4.h"

#include <math.h>

#include "base/status.h"

enum { V = LOCI_LANES };

static const loci_layer_class class = {.name = "s4",
                                       .open = loci_s4_open,
                                       .close = loci_s4_close,
                                       .prepare = loci_s4_prepare,
                                       .memory = loci_s4_memory,
                                       .forward = loci_s4_forward,
                                       .backward = loci_s4_backward,
                                       .gather = loci_s4_gather,
                                       .step = loci_s4_step};

static loci_status check(const loci_s4_options *o, loci_error *error)
{
    if (o->rank > 2) return loci_fail(error, LOCI_E_ARGUMENT, "rank is %zu; 0 to 2 was expected", o->rank);
    if (o->rank ? o->discretization != LOCI_BILINEAR
                : o->discretization != LOCI_ZOH && o->discretization != LOCI_BILINEAR)
        return loci_fail(error, LOCI_E_UNSUPPORTED, "discretization is %s; %s was expected",
                         loci_discretization_name(o->discretization),
                         o->rank ? "bilinear, under which low rank stays low," : "zoh or bilinear");
    return loci_layer_check_modes(o->order, o->dt_min, o->dt_max, error);
}

/* The parameters of A, log -Re and Im, as `initial` says. */
void loci_ssm_modes_initial(loci_parameter *log_a, loci_parameter *im_a, loci_ssm_init init)
{
    log_a->initial = LOCI_INITIAL_CONSTANT;
    log_a->a = -0.69314718055994530942; /* Re A = -1/2 */
    switch (init) {
    case LOCI_SSM_INIT_DEFAULT:
    case LOCI_SSM_INIT_LIN:
        im_a->initial = LOCI_INITIAL_LADDER, im_a->a = 0, im_a->b = 3.14159265358979323846;
        return;
    case LOCI_SSM_INIT_RANDOM:
        im_a->initial = LOCI_INITIAL_LOG_NORMAL, im_a->a = 0, im_a->b = 1;
        return;
    default:
        log_a->initial = im_a->initial = LOCI_INITIAL_MODES;
        log_a->a = 0, im_a->a = 1;
    }
}

/* Parameters in the order of the published layer, or, `plain`, of S4D. */
static void add_parameters(loci_s4 *self, const loci_s4_options *o)
{
    loci_layer *layer = &self->layer;
    const size_t H = self->H, modes = self->modes, G = layer->outputs;
    loci_parameter d = {.dimensions = 2, .shape = {self->kernels, H}, .initial = LOCI_INITIAL_NORMAL, .b = 1};
    loci_parameter dt = {.dimensions = 2,
                         .shape = {H, 1},
                         .group = LOCI_GROUP_SSM,
                         .initial = LOCI_INITIAL_UNIFORM,
                         .a = log(o->dt_min),
                         .b = log(o->dt_max)};
    loci_parameter c = {.dimensions = 4,
                        .shape = {G / H * (self->both ? 2 : 1), H, modes, 2},
                        .initial = LOCI_INITIAL_NORMAL,
                        .b = 0.70710678118654752440};
    loci_parameter log_a = {.dimensions = 2, .shape = {H, modes}, .group = LOCI_GROUP_SSM}, im_a = log_a;
    loci_ssm_modes_initial(&log_a, &im_a, o->init);
    if (!self->has_b) {
        if (self->kernels == 1) d.dimensions = 1, d.shape[0] = H;
        if (c.shape[0] == 1) c.dimensions = 3, c.shape[0] = H, c.shape[1] = modes, c.shape[2] = 2;
        dt.dimensions = 1;
        self->d = loci_layer_add(layer, "D", d);
        self->log_dt = loci_layer_add(layer, "kernel.log_dt", dt);
        self->c = loci_layer_add(layer, "kernel.C", c);
        self->log_a = loci_layer_add(layer, "kernel.log_A_real", log_a);
        self->im_a = loci_layer_add(layer, "kernel.A_imag", im_a);
        return;
    }
    const loci_parameter b = {.dimensions = 4,
                              .shape = {1, H, modes, 2},
                              .group = LOCI_GROUP_SSM,
                              .initial = LOCI_INITIAL_MODES,
                              .a = 2};
    loci_parameter p = {.dimensions = 4,
                        .shape = {self->rank, H, modes, 2},
                        .group = LOCI_GROUP_SSM,
                        .initial = LOCI_INITIAL_MODES,
                        .a = 3};
    if (o->init == LOCI_SSM_INIT_RANDOM) p.initial = LOCI_INITIAL_NORMAL, p.a = 0, p.b = c.b;
    self->d = loci_layer_add(layer, "layer.D", d);
    self->c = loci_layer_add(layer, "layer.kernel.C", c);
    self->log_dt = loci_layer_add(layer, "layer.kernel.inv_dt", dt);
    self->b = loci_layer_add(layer, "layer.kernel.B", b);
    self->log_a = loci_layer_add(layer, "layer.kernel.A_real", log_a);
    self->im_a = loci_layer_add(layer, "layer.kernel.A_imag", im_a);
    if (self->rank) self->p = loci_layer_add(layer, "layer.kernel.P", p);
}

/* The mixer alone, of as many channels as there are kernels. */
static loci_status create_mixer(loci_layer **out, const loci_allocator *by, const char *name, size_t channels,
                                const loci_s4_options *o, loci_error *error)
{
    loci_s4 *self;
    const size_t kernels = o->kernels ? o->kernels : 1;
    const size_t lanes = kernels <= LOCI_LAYER_CHANNELS_MAX ? channels * kernels : 0;
    const loci_status status =
        loci_layer_allocate((void **)&self, by, sizeof *self, &class, name, lanes, lanes, error);
    if (status) return status;
    self->H = channels;
    self->kernels = kernels;
    self->modes = o->order / 2;
    self->rank = o->rank;
    self->taps = o->taps;
    self->both = o->bidirectional != 0;
    self->has_b = o->rank > 0;
    self->sign = self->has_b ? -1 : 1;
    self->discretization = o->discretization;
    /* kernels that end count samples, so that they know no time; what looks ahead has no state */
    self->layer.flags = (o->taps ? 0u : LOCI_LAYER_TAKES_STEPS | LOCI_LAYER_TAKES_RATE) |
                        (self->both ? LOCI_LAYER_LOOKS_AHEAD : 0u);
    self->layer.state =
        self->both ? 0 : loci_s4_blocks(&self->layer) * (o->taps ? (o->taps - 1) * V : loci_s4_part(self));
    add_parameters(self, o);
    *out = &self->layer;
    return LOCI_OK;
}

loci_status loci_s4_create(loci_layer **layer, const loci_allocator *by, const char *name, size_t channels,
                           const loci_s4_options *options, loci_error *error)
{
    loci_layer *mixer, *repeat;
    loci_status status = check(options, error);
    if (!status) status = create_mixer(&mixer, by, name, channels, options, error);
    if (status) return status;
    if (options->kernels < 2) {
        *layer = mixer;
        return LOCI_OK;
    }
    status = loci_repeat_create(&repeat, by, name, channels, options->kernels, error);
    if (!status) return loci_chain_create(layer, repeat, mixer, error);
    loci_layer_free(mixer);
    return status;
}
