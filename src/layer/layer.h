/* SPDX-License-Identifier: MIT
 * layer/layer.h - what a layer is: parameters with names, forward, backward, step, for float and double from
 * one text.
 *
 * A layer is a description that never changes after its creation, so threads share it. What it works on
 * belongs to the caller, in five kinds of memory:
 *
 *   parameters  p, dp   the layer's slice of the model's one buffer; `parameter` tells what lies where in it
 *   derived             all that is computed from the parameters once a step: kernels, spectra, packed
 *                       weights. Opened for one length of sequences, prepared after every change of the
 *                       parameters, read by any number of threads.
 *   gradient            reals by which derived quantities change the loss (weights transposed,
 *                       spectra, whatever is quick to add to). backward adds to it; two of them are summed
 *                       number by number, in an order of the caller's choice, and gathered into dp once a
 *                       step.
 *   saved, scratch      of one micro-batch from forward to backward; of one call
 *   state               `state` reals a sequence: what step and forward carry on. Reals only, no pointers:
 *                       copied is forked. All zeros is the beginning.
 *
 * A micro-batch is B sequences of L samples; a thread takes it through all layers, forward and back.
 * Activations are [B][blocks][L][16], blocks = loci_lane_blocks(channels), 64-byte aligned; lanes of channels
 * that do not exist are 0 on entry, and every layer leaves them 0 on return, in gradients too.
 *
 * Lengths. Where pass->length is given, sequence b ends after length[b] of its L samples. Inputs behind the
 * end are finite (the model makes them 0) and gradients of outputs there are 0; a layer looks ahead to the end
 * of its sequence at most, so they reach neither outputs before the end, nor the state, which is that after
 * length[b] samples, nor a gradient.
 *
 * Nothing here allocates but create and open. */
#ifndef LOCI_LAYER_LAYER_H
#define LOCI_LAYER_LAYER_H

#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <loci/system.h>

#include "base/real.h"
#include <loci/model.h>
#include <loci/network.h>

#define loci_layer LOCI_NAME(loci_layer)
#define loci_layer_class LOCI_NAME(loci_layer_class)
#define loci_layer_allocate LOCI_NAME(loci_layer_allocate)
#define loci_layer_check_modes LOCI_NAME(loci_layer_check_modes)
#define loci_layer_add LOCI_NAME(loci_layer_add)
#define loci_layer_adopt LOCI_NAME(loci_layer_adopt)
#define loci_layer_free LOCI_NAME(loci_layer_free)
#define loci_layer_open LOCI_NAME(loci_layer_open)
#define loci_layer_close LOCI_NAME(loci_layer_close)
#define loci_layer_prepare LOCI_NAME(loci_layer_prepare)
#define loci_layer_gather LOCI_NAME(loci_layer_gather)
#define loci_layer_lend LOCI_NAME(loci_layer_lend)
#define loci_layer_round_products LOCI_NAME(loci_layer_round_products)
#define loci_linear_create LOCI_NAME(loci_linear_create)
#define loci_head_create LOCI_NAME(loci_head_create)
#define loci_embedding_create LOCI_NAME(loci_embedding_create)
#define loci_norm_create LOCI_NAME(loci_norm_create)
#define loci_activation_create LOCI_NAME(loci_activation_create)
#define loci_glu_create LOCI_NAME(loci_glu_create)
#define loci_geglu_create LOCI_NAME(loci_geglu_create)
#define loci_dropout_create LOCI_NAME(loci_dropout_create)
#define loci_pool_create LOCI_NAME(loci_pool_create)
#define loci_residual_create LOCI_NAME(loci_residual_create)
#define loci_chain_create LOCI_NAME(loci_chain_create)
#define loci_gate_create LOCI_NAME(loci_gate_create)
#define loci_both_create LOCI_NAME(loci_both_create)
#define loci_gated_create LOCI_NAME(loci_gated_create)
#define loci_gated_create_wide LOCI_NAME(loci_gated_create_wide)
#define loci_repeat_create LOCI_NAME(loci_repeat_create)
#define loci_s4_create LOCI_NAME(loci_s4_create)
#define loci_s4d_create LOCI_NAME(loci_s4d_create)
#define loci_s5_create LOCI_NAME(loci_s5_create)
#define loci_half_gated_create LOCI_NAME(loci_half_gated_create)
#define loci_lstm_create LOCI_NAME(loci_lstm_create)
#define loci_gru_create LOCI_NAME(loci_gru_create)
#define loci_mingru_create LOCI_NAME(loci_mingru_create)
#define loci_conv_create LOCI_NAME(loci_conv_create)
#define loci_mlp_create LOCI_NAME(loci_mlp_create)
#define loci_bank_create LOCI_NAME(loci_bank_create)
#define loci_bank_features LOCI_NAME(loci_bank_features)
#define loci_mamba_create LOCI_NAME(loci_mamba_create)
#define loci_mamba2_create LOCI_NAME(loci_mamba2_create)
#define loci_attention_create LOCI_NAME(loci_attention_create)

typedef struct loci_layer loci_layer;

/* What a layer opened for L needs. Bytes are multiples of 64. */
typedef struct {
    size_t gradient; /* reals, a multiple of 16 */
    size_t saved;    /* bytes, for B sequences of L samples */
    size_t scratch;  /* bytes: forward and backward of B sequences, or a step of B lanes */
} loci_layer_memory;

/* Functions may be NULL only where it says so; call those by loci_layer_open and its like. */
typedef struct {
    const char *name;

    /* *derived = memory, tables and plans for passes of exactly L samples, and for step; L = 0: for step
     * alone. NULL in the class: the layer has no derived quantities, and gets NULL. LOCI_E_MEMORY. */
    loci_status (*open)(const loci_layer *, void **derived, size_t L, loci_error *);
    void (*close)(const loci_layer *, void *derived);

    /* From the parameters. `rate` is how many steps of a sample the layer was trained at make one of now:
     * state space layers multiply their dt by it. NULL: nothing to prepare. */
    void (*prepare)(const loci_layer *, void *derived, const real *p, double rate);

    /* For passes of up to B sequences of the L that derived was opened for. */
    loci_layer_memory (*memory)(const loci_layer *, const void *derived, size_t B, size_t L);

    /* y from x, which may not overlap. state [B]: where the state of each sequence lies, read and replaced;
     * NULL: it begins at 0 and is not wanted. saved NULL: no backward will follow; with states, pass->L may then be less
     * than the L that derived was opened for, and the answers are those of step, to the last bit. */
    void (*forward)(const loci_layer *, const void *derived, const loci_pass *, real *y, const real *x,
                    real *const *state, void *saved, void *scratch);

    /* dx, and added to it `gradient`, from dy, which may be overwritten, and the x and y of forward, with its
     * pass, its saved memory and its parameters; dx may not overlap dy. dx NULL: not wanted. dstate [B]: on
     * entry the gradient of the final state, on return that of the initial one; NULL: 0, and not wanted. */
    void (*backward)(const loci_layer *, const void *derived, const loci_pass *, real *dx, real *gradient,
                     real *const *dstate, real *dy, const real *x, const real *y, void *saved, void *scratch);

    /* dp = (not added to) the gradient of the parameters. NULL where there are none. */
    void (*gather)(const loci_layer *, void *derived, real *dp, const real *gradient, const real *p);

    /* One sample of each of `lanes` sequences, without dropout: y [blocks][lanes][16] from x
     * [blocks][lanes][16], which may not overlap; state [lanes] as in forward. dt [lanes] multiplies the step
     * of each (NULL: 1), where the flag allows. The same sums as forward with L = 1, in the same order, where
     * the layer is not a convolution. NULL where the layer looks ahead. */
    void (*step)(const loci_layer *, const void *derived, real *y, const real *x, size_t lanes,
                 const double *dt, real *const *state, void *scratch);

    /* Others' help with large products of step, as long as it is not taken back: crew NULL. NULL: there are none. */
    void (*lend)(const loci_layer *, void *derived, const loci_crew *);

    /* What loci_layer_round_products does to those inside it. NULL: there are none. */
    void (*round_products)(loci_layer *);

    void (*free)(loci_layer *); /* children and memory of its own; NULL: there is none */
} loci_layer_class;

enum loci_layer_flags {
    /* y has one sample, whatever L was (pooling): the layers that follow get a pass of L = 1 without lengths; step gives the
     * answer so far */
    LOCI_LAYER_SHRINKS = 1,
    /* a time step per sample (pass->dt, step's dt) has a meaning; others ignore it. backward knows it of s5 alone */
    LOCI_LAYER_TAKES_STEPS = 2,
    /* y of a sample depends on samples that follow: there is no step, and a state cannot carry it on */
    LOCI_LAYER_LOOKS_AHEAD = 4,
    /* y of a sample depends on all samples before it, each for itself: no state of a fixed size carries it on, and there is no
     * step */
    LOCI_LAYER_LOOKS_BACK = 8,
    /* samples that all last longer, or shorter, than those of the training (the rate of prepare) have a meaning; every layer that
     * takes steps takes a rate, too */
    LOCI_LAYER_TAKES_RATE = 16,
};

enum {
    LOCI_LAYER_PARAMETERS = 32,
    LOCI_LAYER_PART =
        32 /* bytes of the last part of a parameter's name, "output_linear.0.weight", with its NUL */
};

struct loci_layer {
    const loci_layer_class *class;
    unsigned flags;         /* of loci_layer_flags: its own, and what those inside it have */
    size_t inputs, outputs; /* channels */
    size_t size, state;     /* reals of parameters and of a sequence's state: multiples of 16 */
    uint64_t stream;        /* of random numbers: from the name */
    int bf16;               /* products with weight matrices are of numbers rounded to bfloat16 */
    size_t parameters;
    loci_parameter parameter[LOCI_LAYER_PARAMETERS];  /* offsets count from the layer's own first real */
    char name[LOCI_PARAMETER_NAME - LOCI_LAYER_PART]; /* what the names of its parameters begin with */
};

/* For the create functions of layers: *layer = `size` bytes, zeroed, that begin with a loci_layer of this class,
 * name (the empty one is allowed), stream and channels. LOCI_E_ARGUMENT: no channels, more than LOCI_LAYER_CHANNELS_MAX,
 * or a name too long; LOCI_E_MEMORY. */
loci_status loci_layer_allocate(void **layer, const loci_allocator *by, size_t size,
                                const loci_layer_class *class, const char *name, size_t inputs,
                                size_t outputs, loci_error *error);
/* Whether state space layers can begin so: an even order, 2 to LOCI_STATE_MAX, and steps above 0, in order. LOCI_E_ARGUMENT. */
loci_status loci_layer_check_modes(size_t order, double dt_min, double dt_max, loci_error *error);
/* Adds parameter `name`.`part`, of the shape of `like` and its group and initial values, behind those that
 * are there; layer->size grows by its count, rounded up to 16. Returns its offset. */
size_t loci_layer_add(loci_layer *layer, const char *part, loci_parameter like);
/* One of so many dimensions, drawn evenly from within one over the root of the inputs that it weighs. */
static inline loci_parameter loci_parameter_uniform(size_t inputs, size_t dimensions, size_t rows,
                                                    size_t columns)
{
    const double bound = 1 / sqrt((double)inputs);
    return (loci_parameter){.dimensions = dimensions,
                            .shape = {rows, columns},
                            .initial = LOCI_INITIAL_UNIFORM,
                            .a = -bound,
                            .b = bound};
}
/* Adds all parameters of a child, under their own names; returns the offset of its slice. */
size_t loci_layer_adopt(loci_layer *layer, const loci_layer *child);

/* How many samples of sequence b there are. */
static inline size_t loci_pass_length(const loci_pass *pass, size_t b)
{
    return pass->length ? pass->length[b] : pass->L;
}

/* Zeros behind the samples that a sequence x [blocks][L][16] has. */
static inline void loci_clear_rest(real *x, size_t blocks, size_t L, size_t length)
{
    for (size_t k = 0; k < blocks && length < L; k++)
        memset(x + (k * L + length) * LOCI_LANES, 0, (L - length) * LOCI_LANES * sizeof(real));
}

/* pointers [B] to the slices, from the real `first` on, of states [B]; states NULL: NULL. */
static inline real *const *loci_layer_slices(real **pointers, real *const *states, size_t first, size_t B)
{
    for (size_t b = 0; states && b < B; b++) pointers[b] = states[b] + first;
    return states ? pointers : NULL;
}

/* The next `bytes` of memory, 64-byte aligned; *at moves on. */
static inline void *loci_carve(void **at, size_t bytes)
{
    char *const here = *at;
    *at = here + (bytes + 63) / 64 * 64;
    return here;
}

/* NULL is allowed; children are freed too. */
void loci_layer_free(loci_layer *layer);

/* The class's functions of these names, which may be NULL there. */
loci_status loci_layer_open(const loci_layer *layer, void **derived, size_t L, loci_error *error);
void loci_layer_close(const loci_layer *layer, void *derived);
void loci_layer_prepare(const loci_layer *layer, void *derived, const real *p, double rate);
void loci_layer_gather(const loci_layer *layer, void *derived, real *dp, const real *gradient, const real *p);
void loci_layer_lend(const loci_layer *layer, void *derived, const loci_crew *crew);
/* From now on, in what is opened later: products in bfloat16, where the processor has them. */
void loci_layer_round_products(loci_layer *layer);

/* The layers. `name` is what the names of parameters begin with, "encoder" for encoder.weight. All give
 * LOCI_E_ARGUMENT for numbers of channels of 0 or above LOCI_LAYER_CHANNELS_MAX, and LOCI_E_MEMORY. */

/* y = W x + b: weight [outputs][inputs], bias [outputs], both uniform in +-1/sqrt(inputs). */
loci_status loci_linear_create(loci_layer **layer, const loci_allocator *by, const char *name, size_t inputs,
                               size_t outputs, loci_error *error);

/* The same as the last layer of a model: with the bias, without it, or without parameters of its own: those it is prepared
 * with are the weights of an embedding [outputs][inputs], uniform in +-1/sqrt(inputs) where they are its own. */
loci_status loci_head_create(loci_layer **layer, const loci_allocator *by, const char *name, loci_head head,
                             size_t inputs, size_t outputs, loci_error *error);

/* y = row x of a table: weight [rows][outputs], normal of mean 0 and the given deviation at first; of what is no number of a
 * row comes NaN, and it changes no gradient. shared: gather adds to the gradient that is there, that of a head. */
loci_status loci_embedding_create(loci_layer **layer, const loci_allocator *by, const char *name, size_t rows,
                                  size_t outputs, double deviation, int shared, loci_error *error);

/* LOCI_NORM_LAYER: (x - mean)/sqrt(variance + 1e-5) weight + bias over the channels of each sample, the variance
 * divided by their number (Ba et al. 2016); LOCI_NORM_RMS: x/sqrt(mean of squares + 1e-5) weight (Zhang and Sennrich
 * 2019). weight, bias [channels], 1 and 0 at first. LOCI_NORM_NONE is not a layer. */
loci_status loci_norm_create(loci_layer **layer, const loci_allocator *by, const char *name, loci_norm norm,
                             size_t channels, loci_error *error);

/* x Phi(x), Phi the normal distribution (Hendrycks and Gimpel 2016, by erf); x sigmoid(x). */
typedef enum { LOCI_GELU, LOCI_SILU } loci_activation;
loci_status loci_activation_create(loci_layer **layer, const loci_allocator *by, loci_activation activation,
                                   size_t channels, loci_error *error);

/* Gated linear unit (Dauphin et al. 2016): outputs channels from twice as many, y_h = x_h sigmoid(x_(h + outputs)). */
loci_status loci_glu_create(loci_layer **layer, const loci_allocator *by, size_t outputs, loci_error *error);

/* The same with GELU in place of the sigmoid (Shazeer 2020). */
loci_status loci_geglu_create(loci_layer **layer, const loci_allocator *by, size_t outputs,
                              loci_error *error);

/* In training each number is 0 with probability `rate`, else divided by 1 - rate; tied: one draw a channel and
 * sequence, for all its samples. The draw is a function of (pass->seed, the name, the sequence's number, channel
 * and, untied, sample), not of how a batch was cut. 0 <= rate < 1. */
loci_status loci_dropout_create(loci_layer **layer, const loci_allocator *by, const char *name,
                                size_t channels, double rate, int tied, loci_error *error);

/* The mean over the samples of a sequence so far, or the last of them; LOCI_POOL_NONE is not a layer. A
 * sequence of length 0 gives 0. The mean is kept in twice the precision and is
 * right to a few ulp after 2^40 samples. */
loci_status loci_pool_create(loci_layer **layer, const loci_allocator *by, loci_pool pool, size_t channels,
                             loci_error *error);

/* Post-norm: y = norm(x + dropout(inner(x))); pre-norm: y = x + dropout(inner(norm(x))). norm NULL: none. Takes
 * inner and norm over, on failure too; they, and the residual, have the same channels in and out. */
typedef struct {
    const char *name; /* for dropout's random numbers */
    int prenorm;
    double dropout;
    int tied;
} loci_residual_options;
loci_status loci_residual_create(loci_layer **layer, loci_layer *inner, loci_layer *norm,
                                 const loci_residual_options *options, loci_error *error);

/* y = second(first(x)), under the first's name, with the parameters and the states of both in this order. Takes both over,
 * on failure too. */
loci_status loci_chain_create(loci_layer **layer, loci_layer *first, loci_layer *second, loci_error *error);

/* y = a(x) b(x), as a block of Mamba is gated (Gu and Dao 2023), b being a linear layer and SiLU. Takes both over, on failure
 * too; they have the same inputs and outputs. */
loci_status loci_gate_create(loci_layer **layer, loci_layer *a, loci_layer *b, loci_error *error);

/* y = ahead(x), plus what `back` says of x read from the end of each sequence to its beginning: LOCI_LAYER_LOOKS_AHEAD. Takes
 * both over, on failure too; they have the same inputs and outputs. */
loci_status loci_both_create(loci_layer **layer, loci_layer *ahead, loci_layer *back, loci_error *error);

/* What follows the mixer in a block of S4: GELU, dropout, linear to twice the channels, GLU. Parameters
 * output_linear.0.weight [2H][H][1], output_linear.0.bias [2H]. */
loci_status loci_gated_create(loci_layer **layer, const loci_allocator *by, const char *name, size_t channels,
                              double dropout, int tied, loci_error *error);
/* The same from `inputs` channels to `outputs`, with output_linear.0.weight [2 outputs][inputs]. */
loci_status loci_gated_create_wide(loci_layer **layer, const loci_allocator *by, const char *name,
                                   size_t inputs, size_t outputs, double dropout, int tied,
                                   loci_error *error);

/* y = x, `times` times side by side: channel k inputs + h is channel h. */
loci_status loci_repeat_create(loci_layer **layer, const loci_allocator *by, const char *name, size_t inputs,
                               size_t times, loci_error *error);

/* The mixer over time of S4D (Gu et al. 2022): a diagonal state space system for each channel with skip D. Parameters D
 * [H], kernel.log_dt [H], kernel.C [H][N/2][2], kernel.log_A_real, kernel.A_imag [H][N/2]: A = -exp(log_A_real) + i A_imag,
 * B = 1, initially A = -1/2 + i pi n. N even, to LOCI_STATE_MAX; zoh or bilinear. */
typedef struct {
    size_t order; /* N */
    loci_discretization discretization;
    double dt_min, dt_max; /* initial steps are log-uniform between */
    loci_ssm_init init;    /* of A */
} loci_s4d_options;
loci_status loci_s4d_create(loci_layer **layer, const loci_allocator *by, const char *name, size_t channels,
                            const loci_s4d_options *options, loci_error *error);

/* The same with half the product, as blocks of S5 have it: y = g sigmoid(W g + b), g = dropout(GELU(x)). Parameters out2.weight
 * [H][H], out2.bias [H]. */
loci_status loci_half_gated_create(loci_layer **layer, const loci_allocator *by, const char *name,
                                   size_t channels, double dropout, int tied, loci_error *error);

/* The mixer over time of S5 (Smith et al. 2023): one diagonal state space system with all channels as its input and output,
 * with skip D. Parameters D [H], log_step [N/2], C [H][N/2][2], B [N/2][H][2], log_Lambda_re, Lambda_im [N/2]: of each pair of
 * conjugate states one, A = -exp(log_Lambda_re) + i Lambda_im, y = 2 Re(C x) + D u. Initially A has the eigenvalues of HiPPO-N
 * of order N / blocks, `blocks` times over. N even, to LOCI_STATE_MAX, blocks a divisor of N/2; zoh or bilinear. State: x,
 * [2][blocks of modes][16]. */
typedef struct {
    size_t order; /* N */
    size_t blocks;
    loci_discretization discretization;
    double dt_min, dt_max; /* initial steps are log-uniform between */
    int liquid; /* the input acts on the transition too: x_l = (z + Bbar u_l) x_(l-1) + Bbar u_l; nothing bounds it */
} loci_s5_options;
loci_status loci_s5_create(loci_layer **layer, const loci_allocator *by, const char *name, size_t channels,
                           const loci_s5_options *options, loci_error *error);
/* The mixer over time of S4 (Gu et al. 2022; layer/s4.h), published as S4Block. With a rank parameters are layer.D [kernels]
 * [H], layer.kernel.C [directions kernels][H][N/2][2], those that look ahead behind the others, layer.kernel.inv_dt [H][1],
 * layer.kernel.B [1][H][N/2][2], layer.kernel.A_real, layer.kernel.A_imag [H][N/2], layer.kernel.P [rank][H][N/2][2]: A =
 * diag(-exp(A_real) - i A_imag) - sum of P P^*. Rank 0 is S4D with what else there is: names and parameters are those of
 * loci_s4d_create, but for C and D of several kernels or both directions, which are as above. outputs are kernels H: kernel k of channel h is
 * channel k H + h. */
typedef struct {
    size_t order, rank;                 /* N, even, to LOCI_STATE_MAX; 0, 1, 2 */
    loci_discretization discretization; /* zoh or bilinear; with a rank bilinear */
    double dt_min, dt_max;
    loci_ssm_init init;
    size_t kernels;    /* 0: 1 */
    size_t taps;       /* samples until kernels end; 0: they do not. Such layers know no time */
    int bidirectional; /* kernels that look ahead, from the next sample on, too */
} loci_s4_options;
loci_status loci_s4_create(loci_layer **layer, const loci_allocator *by, const char *name, size_t channels,
                           const loci_s4_options *options, loci_error *error);

/* How A = diag(-exp(log_a) +- i im_a) begins. */
#define loci_ssm_modes_initial LOCI_NAME(loci_ssm_modes_initial)
void loci_ssm_modes_initial(loci_parameter *log_a, loci_parameter *im_a, loci_ssm_init init);

/* Long short-term memory as in PyTorch: gates i, f, g, o; weight_ih_l0 [4 outputs][inputs], weight_hh_l0 [4
 * outputs][outputs], bias_ih_l0, bias_hh_l0 [4 outputs], all uniform in +-1/sqrt(outputs) at first, with 1
 * added to bias_hh_l0 of the gate f. State: h, then c. */
loci_status loci_lstm_create(loci_layer **layer, const loci_allocator *by, const char *name, size_t inputs,
                             size_t outputs, loci_error *error);

/* Gated recurrent unit as in PyTorch: gates r, z, n, the reset gate behind the recurrent product; weight_ih_l0 [3 outputs]
 * [inputs], weight_hh_l0 [3 outputs][outputs], bias_ih_l0, bias_hh_l0 [3 outputs], all uniform in +-1/sqrt(outputs) at first.
 * State: h. */
loci_status loci_gru_create(loci_layer **layer, const loci_allocator *by, const char *name, size_t inputs,
                            size_t outputs, loci_error *error);

/* The minimal GRU (Feng et al. 2024): gate z and candidate n of x alone, h = (1 - z) h + z n; the candidate is linear. weight
 * [2 outputs][inputs] and bias [2 outputs], first those of z, uniform in +-1/sqrt(inputs) at first. State: h. */
loci_status loci_mingru_create(loci_layer **layer, const loci_allocator *by, const char *name, size_t inputs,
                               size_t outputs, loci_error *error);

/* A causal convolution over `taps` samples that lie `dilation` apart, over all channels (Bai et al. 2018): weight [outputs]
 * [inputs][taps], the last tap that of the sample itself, as PyTorch's Conv1d with zeros before the beginning, and bias
 * [outputs], both uniform in +-1/sqrt(inputs taps) at first. State: the last (taps - 1) dilation samples. */
enum { LOCI_CONV_TAPS_MAX = 64, LOCI_CONV_DILATION_MAX = 2048 };
loci_status loci_conv_create(loci_layer **layer, const loci_allocator *by, const char *name, size_t inputs,
                             size_t outputs, size_t taps, size_t dilation, loci_error *error);

/* Multi-head attention (Vaswani et al. 2017) as in PyTorch: heads of outputs / heads channels each, scores of queries and keys
 * divided by the root of that, softmax over the samples up to a query's own, or, `whole`, over all of the sequence; with a
 * window over those that lie less than `window` from it. in_proj_weight [3 outputs][inputs], for queries, keys and values,
 * uniform in +-sqrt(6/(inputs + 3 outputs)) at first, in_proj_bias [3 outputs], 0, out_proj.weight [outputs][outputs],
 * uniform in +-1/sqrt(outputs), out_proj.bias [outputs], 0. Memory is of the size of the sequence; time of its square, or times
 * the window. State of a causal window: its keys and values, and the position; without a window LOCI_LAYER_LOOKS_BACK. */
enum { LOCI_ATTENTION_WINDOW_MAX = 65536 };
typedef struct {
    size_t heads;  /* divides outputs */
    size_t window; /* 0: none */
    int whole;     /* LOCI_LAYER_LOOKS_AHEAD */
    loci_positions
        positions; /* channels i and i + D/2 of a head of D turn by 10000^(-2i/D) radians a sample; sinusoids: x and
                               * sin and cos of position 10000^(-2i/inputs) in channels 2i and 2i + 1, are what is projected */
} loci_attention_options;
loci_status loci_attention_create(loci_layer **layer, const loci_allocator *by, const char *name,
                                  size_t inputs, size_t outputs, const loci_attention_options *options,
                                  loci_error *error);

/* What mixes the channels in a block of a transformer (Vaswani et al. 2017): linear to `hidden` channels, GELU, dropout, linear
 * back. fc1.weight [hidden][channels], fc1.bias [hidden], fc2.weight [channels][hidden], fc2.bias [channels], as two layers
 * of loci_linear_create at first. */
loci_status loci_mlp_create(loci_layer **layer, const loci_allocator *by, const char *name, size_t channels,
                            size_t hidden, double dropout, int tied, loci_error *error);
/* The mixer of Mamba (Gu and Dao 2023): a short convolution, a state space system whose steps, B and C are made of each sample, and
 * a gate. E inner channels of N states, steps by way of R numbers. Parameters A_log [E][N], D [E], in_proj.weight [2E][inputs]
 * (x, then the gate z), conv1d.weight [E][1][width], conv1d.bias [E], x_proj.weight [R + 2N][E] (steps, B, C), dt_proj.weight
 * [E][R], dt_proj.bias [E], out_proj.weight [outputs][E]; and in_proj.bias, out_proj.bias. Initially A = -1 to -N, D = 1. */
typedef struct {
    size_t inner, order, rank; /* E, to LOCI_LAYER_CHANNELS_MAX / 2, N, to LOCI_STATE_MAX, R, to E */
    size_t convolution;        /* samples that it takes in, 1 to LOCI_CONV_TAPS_MAX */
    int bias, convolution_bias;
    double dt_min, dt_max; /* initial steps are log-uniform between */
} loci_mamba_options;
loci_status loci_mamba_create(loci_layer **layer, const loci_allocator *by, const char *name, size_t inputs,
                              size_t outputs, const loci_mamba_options *options, loci_error *error);

/* The mixer of Mamba 2 (Dao and Gu 2024): S of E inner channels are scanned in H = S / P heads of P channels, with one rate a head
 * and B and C of N numbers for each of G groups of heads. Parameters dt_bias, A_log, D [H] (or D [S]), in_proj.weight [2E +
 * 2 G N + H][inputs] (z0 and x0 of the E - S channels that are not scanned, z, x, B, C, steps), conv1d.weight [S + 2 G N][1]
 * [width], conv1d.bias, norm.weight [S], out_proj.weight [outputs][E]; and in_proj.bias, out_proj.bias. Initially A is -1 to -16,
 * D = 1. */
typedef struct {
    size_t inner, scanned; /* E, to LOCI_LAYER_CHANNELS_MAX / 2, and S, to E */
    size_t order, head, groups,
        convolution; /* N, P, which divides S, G, which divides H; samples of the convolution */
    int bias, convolution_bias;
    loci_gate_norm norm;
    int skip_channels;     /* D of each channel */
    double least, most;    /* of steps; most 0: no limit */
    double dt_min, dt_max; /* initial steps are log-uniform between */
} loci_mamba2_options;
loci_status loci_mamba2_create(loci_layer **layer, const loci_allocator *by, const char *name, size_t inputs,
                               size_t outputs, const loci_mamba2_options *options, loci_error *error);

/* `modes` oscillators that do not learn, drawn by the seed, and as outputs statistics of each for the samples so far, those of a mode side
 * by side: LOCI_LAYER_SHRINKS. span: samples that the slowest of them look back. threshold [2][modes], 0 at first. */
typedef struct {
    loci_statistics statistics;
    double span;
    uint64_t seed;
} loci_bank_options;
loci_status loci_bank_create(loci_layer **layer, const loci_allocator *by, const char *name, size_t inputs,
                             size_t modes, const loci_bank_options *options, loci_error *error);
/* How many statistics there are of a mode. */
size_t loci_bank_features(loci_statistics statistics);

#endif
