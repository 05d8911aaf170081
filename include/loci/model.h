/* SPDX-License-Identifier: MIT
 *
 * loci/model.h - networks of layers with memory: what they are, their parameters, files.
 *
 *     encoder (linear) or embedding (a table) -> layers x residual(norm, layer) -> norm -> pool -> decoder (linear)
 *
 * A loci_model is a configuration, one buffer of parameters with a table of their names, and what is needed to
 * feed it (normalisation, sampling rate, names of classes). It is one safetensors file.
 *
 * To run it: loci/network.h takes batches of whole sequences, forward and backward; loci/stream.h a sample at a time.
 *
 * Nothing allocates but create, load and copy functions. Models are read-only and shared by threads but where a function
 * changes one.
 */
#ifndef LOCI_MODEL_H
#define LOCI_MODEL_H

#include <stddef.h>
#include <stdint.h>

#include <loci/reading.h>
#include <loci/allocator.h>
#include <loci/status.h>
#include <loci/system.h>
#include <loci/task.h>

#ifdef __cplusplus
extern "C" {
#endif

#define LOCI_LAYER_CHANNELS_MAX 65535
#define LOCI_LAYERS_MAX 1024
#define LOCI_STATE_MAX 1024
#define LOCI_PARAMETER_NAME 96 /* bytes of a parameter's name with its NUL */
#define LOCI_PARAMETER_DIMENSIONS 4

/* ---- configuration ---- */

/* "s4d", "lstm", "gru", "mingru", "conv", "s5", "mamba", "mamba2", "s4", "attention", "bank" */
typedef enum {
    LOCI_LAYER_S4D,
    LOCI_LAYER_LSTM,
    LOCI_LAYER_GRU,
    LOCI_LAYER_MINGRU,
    LOCI_LAYER_CONV,
    LOCI_LAYER_S5,
    LOCI_LAYER_MAMBA,
    LOCI_LAYER_MAMBA2,
    LOCI_LAYER_S4,
    LOCI_LAYER_ATTENTION,
    LOCI_LAYER_BANK
} loci_layer_kind;
/* How the modes of s4d and s4 begin (Gu et al. 2022): Re A = -1/2 and Im A = pi n ("lin"), N/pi (N/(2n + 1) - 1) ("inv"),
 * (2n + 1)^2/pi ("quad"), the normal part of HiPPO's legs ("legs"), exp of a normal number ("random"); A = -(n + 1) ("real").
 * s4 has legs, legt, fout (loci/measure.h), whole with their low rank, and random, with a random one. 0 is lin for s4d, legs
 * for s4. */
typedef enum {
    LOCI_SSM_INIT_DEFAULT, /* "default" */
    LOCI_SSM_INIT_LIN,
    LOCI_SSM_INIT_INV,
    LOCI_SSM_INIT_QUAD,
    LOCI_SSM_INIT_LEGS,
    LOCI_SSM_INIT_REAL,
    LOCI_SSM_INIT_RANDOM,
    LOCI_SSM_INIT_LEGT,
    LOCI_SSM_INIT_FOUT
} loci_ssm_init;
typedef enum { LOCI_NORM_LAYER, LOCI_NORM_RMS, LOCI_NORM_NONE } loci_norm; /* "layer", "rms", "none" */
typedef enum { LOCI_POOL_MEAN, LOCI_POOL_LAST, LOCI_POOL_NONE } loci_pool; /* "mean", "last", "none" */
/* "linear", "unbiased", "tied": weights and a bias, weights alone, those of the embedding */
typedef enum { LOCI_HEAD_LINEAR, LOCI_HEAD_UNBIASED, LOCI_HEAD_TIED } loci_head;
/* Of mamba2: RMS(y silu(z)), RMS(y) silu(z), y silu(z); "after", "before", "none" */
typedef enum { LOCI_GATE_NORM_AFTER, LOCI_GATE_NORM_BEFORE, LOCI_GATE_NORM_NONE } loci_gate_norm;
/* What mixes channels behind a layer that mixes samples: "gated": GELU, linear, gated linear unit, in the same residual; "mlp":
 * linear, GELU, linear, in a residual with a norm of its own, as in a transformer; "none"; "geglu": GELU in the same residual, then
 * linear, one half times GELU of the other, linear, in one of its own, and both are n + f(n), n = norm(x), whatever prenorm says. */
typedef enum { LOCI_MIXER_GATED, LOCI_MIXER_MLP, LOCI_MIXER_NONE, LOCI_MIXER_GEGLU } loci_mixer;
/* How attention knows where samples are: "rotary": queries and keys turn with time; "sinusoidal": sinusoids are added to
 * what it sees; "none": not at all, but for what it is not allowed to see. */
typedef enum { LOCI_POSITIONS_ROTARY, LOCI_POSITIONS_SINUSOIDAL, LOCI_POSITIONS_NONE } loci_positions;

/* What a bank tells of each of its oscillators: "all", "shares", "power": the shares of samples above two thresholds and the logarithm
 * of the mean power; the former alone; the latter alone. */
typedef enum { LOCI_STATISTICS_ALL, LOCI_STATISTICS_SHARES, LOCI_STATISTICS_POWER } loci_statistics;

/* The words above; "unknown layer" and so on for what is none. */
LOCI_API const char *loci_layer_name(loci_layer_kind layer);
LOCI_API const char *loci_norm_name(loci_norm norm);
LOCI_API const char *loci_pool_name(loci_pool pool);

typedef struct {
    size_t size; /* sizeof of this struct; 0: the fields of version 0.1 */
    /* of the model, its copies, and all networks, tables and streams that are made of it; NULL: malloc. The configuration that a
     * model tells has NULL here. */
    const loci_allocator *allocator;
    loci_layer_kind layer;
    size_t inputs, outputs; /* numbers of a sample and of an answer, 1 to LOCI_LAYER_CHANNELS_MAX */
    size_t layers;          /* 1 to LOCI_LAYERS_MAX */
    size_t width;           /* channels between layers, H */
    size_t
        order; /* s4d, s4: states a channel, N, even; mamba, mamba2: likewise, any number; s5: states in all, even; else unused */
    loci_discretization discretization; /* s4d, s5: LOCI_ZOH or LOCI_BILINEAR; s4 is bilinear */
    double dt_min, dt_max;              /* of these: initial steps are log-uniform between */
    int plain;      /* layers follow each other, the first one takes the inputs: no encoder, residual, norm */
    loci_norm norm; /* of the residuals */
    int prenorm;    /* 0: norm(x + f(x)); 1: x + f(norm(x)) */
    double dropout; /* 0 to below 1 */
    int tied;       /* one mask for all samples of a sequence */
    loci_pool pool; /* none: an answer at every sample */
    /* Of models whose samples are tokens (loci/token.h): rows of the table that stands in place of the encoder, also of plain
     * ones; the one input is a token's number. 0: samples are numbers */
    size_t vocabulary;
    size_t tokens;  /* so many of them mean something, the first ones; 0: all. The others are never drawn */
    loci_head head; /* what makes answers of the last layer */
    int final_norm; /* a norm, as those of the residuals, in front of pool and head */
    int bidirectional;   /* each layer looks at what follows a sample, too: no steps, no streams */
    loci_mixer mixer;    /* s4d, s4, conv, s5, attention: what mixes channels */
    size_t mixer_expand; /* mlp, geglu: times as many channels inside, 1 to 64; 0: 4 */
    size_t kernel_width; /* conv, mamba, mamba2: samples that a convolution takes, 1 to 64 */
    size_t dilations;    /* conv: layer i takes every 2^(i mod dilations)th, 1 to 12 */
    size_t blocks;       /* s5: its states begin as so many systems, a divisor of order / 2; 0: 1 */
    int liquid;          /* s5: the input acts on the transition, too; nothing bounds it then */
    /* mamba, mamba2; 0 is what is usual */
    size_t expand;  /* times as many channels inside, 1 to 64; 0: 2 */
    size_t dt_rank; /* mamba: numbers by way of which steps are made; 0: a sixteenth of the width */
    size_t
        head_width; /* mamba2: channels with one rate; 0: 64, or a smaller power of 2, so that it divides a group */
    size_t groups;  /* mamba2: so many have a B and C of their own; 0: 1 */
    size_t scanned; /* mamba2: channels of those inside that have states, the others are gated; 0: all */
    loci_gate_norm gate_norm;
    double dt_least, dt_most; /* mamba2: limits of steps; 0: none */
    int channel_skips;        /* mamba2: D of each channel, not each head */
    int biased;               /* products in and out have biases */
    int kernel_unbiased;      /* the short convolution has none */
    loci_ssm_init init;       /* s4d, s4: how A, and of s4 B and P, begin */
    size_t rank;    /* s4: of what is not diagonal, 1 or 2; 0: as few as init needs, 2 for legt and else 1 */
    size_t kernels; /* s4d, s4: so many a channel, which differ in C and D; 0: 1 */
    size_t taps;    /* s4d, s4: samples until kernels end; 0: they do not */
    size_t heads;   /* attention: a divisor of the width */
    loci_positions positions; /* attention */
    size_t
        attention_window; /* attention: a sample sees those less than this away, 1 to 65536; 0: all of them, and there are no
                               * steps and no streams */
    loci_statistics statistics; /* bank */
    double span;                /* bank: samples that the slowest oscillators look back, 2 to 10^9 */
    size_t bank_seed;           /* bank: what the oscillators are drawn by, up to 2^52 */
} loci_model_config;

/* ---- its fields, as a table ---- */

typedef enum { LOCI_FIELD_COUNT, LOCI_FIELD_NUMBER, LOCI_FIELD_FLAG, LOCI_FIELD_WORD } loci_field_kind;

typedef enum {
    LOCI_FIELD_REBUILDS,    /* the network is another one, and so are its answers */
    LOCI_FIELD_INITIALIZES, /* the values that training begins with are */
    LOCI_FIELD_TRAINS       /* training goes another way */
} loci_field_role;

/* One member of loci_model_config. Texts are for good. */
typedef struct {
    const char *name; /* as in the struct and in files: "dt_min" */
    loci_field_kind kind;
    loci_field_role role;
    /* of counts and numbers; of order 1 is in it as well where layers are of mamba or mamba2 */
    double least, most;
    const char *range; /* the same in words: "an even number of 2 to 1024"; NULL: a flag or a word */
    const char *const
        *words; /* then NULL: of a word all that there are; of a flag what 0 and 1 are called; or NULL */
    const char *const *meanings; /* of the words, likewise; or NULL */
    const char *option;   /* what programs call the option that sets it: "dt-min"; NULL: data or presets do */
    const char *argument; /* what stands for its value there: "STEP"; NULL: its words */
    unsigned layers;      /* bits 1 << loci_layer_kind: for which it is; 0: for all */
    int younger;          /* than version 0.1: 0 is what was before, and files leave it out then */
    const char *help;     /* half a sentence */
} loci_field;

/* The field at i, from 0, in the order of the struct; NULL: i is behind the last. And the field of a name; NULL: none. */
LOCI_API const loci_field *loci_config_field(size_t i);
LOCI_API const loci_field *loci_config_find(const char *name);
/* Whether layers of the configuration's kind have the field. */
LOCI_API int loci_config_has(const loci_model_config *config, const loci_field *field);
/* Sets a field from a text: digits, a number as strtod reads it, true or false, a word. LOCI_E_ARGUMENT: there is no such
 * field, or the value is outside its range; then the sentence begins with the name. Of other fields
 * the layer alone is looked at, since the range of order depends on it. */
LOCI_API loci_status loci_config_set(loci_model_config *config, const char *name, const char *text,
                                     loci_error *error);
/* The text that sets it so, cut to `size` bytes with the NUL; 32 are enough. LOCI_E_ARGUMENT: there is no such field. */
LOCI_API loci_status loci_config_get(const loci_model_config *config, const char *name, char *text,
                                     size_t size, loci_error *error);
/* The value as 64 bits, other ones for other values: a count, a flag (0 or 1), the enumerator of a word, the bits of a
 * number. */
LOCI_API uint64_t loci_config_bits(const loci_model_config *config, const loci_field *field);
/* That all fields are in their ranges and fit each other, as loci_model_create does. LOCI_E_ARGUMENT. */
LOCI_API loci_status loci_config_check(const loci_model_config *config, loci_error *error);

/* What is known of a kind of layer, for programs that train and run it. */
typedef struct {
    const char *title;  /* for people: "LSTM" */
    const char *preset; /* one that has it, for loci_model_preset */
    double lr;          /* the learning rate it usually trains at */
    size_t rows;        /* so many sequences at a time, at least, are worth their memory */
    int chunks;         /* many samples of a stream at once are quicker than one after the other */
    int square;         /* it gives as many channels as it takes */
} loci_layer_traits;
LOCI_API const loci_layer_traits *
loci_layer_traits_of(loci_layer_kind kind); /* NULL: there is no such kind */

/* ---- presets ---- */

/* A configuration by name, for `inputs` numbers a sample and `outputs` an answer:
 * "s4-example"  the S4 repository's example: s4d, 4 layers of width 128 and order 64, zoh, steps 0.001 to 0.1, post-norm
 *               with layer norms, dropout 0.1 tied, mean pool: 201,482 parameters for 3 inputs and 10 outputs
 * "small"       the same with 4 layers of width 64 and order 32, a third of the time a step
 * "audio"       like small, pre-norm, order 64, steps 0.0001 to 0.1: for sounds of 1,000 to 100,000 samples
 * "lstm"        plain: one LSTM of width 128, mean pool: 68,362 parameters for 1 input and 10 outputs
 * "gru"         the same of one GRU: 51,594
 * "s4"          small with layers of s4, from legs
 * "mingru"      4 minimal GRUs of width 64, pre-norm with layer norms, dropout 0.1 tied, mean pool
 * "conv"        a temporal convolutional network: 8 convolutions over 3 samples, 1 to 128 apart, of width 64, pre-norm with layer
 *               norms, gated, dropout 0.1 tied, mean pool: 167,178 parameters for 1 input and 10 outputs
 * "s5"          4 layers of s5 of width 128 and order 64 in one block, zoh, steps 0.001 to 0.1, pre-norm with layer norms,
 *               dropout 0.1 tied, mean pool: 135,306 parameters for 3 inputs and 10 outputs
 * "mamba"       4 layers of Mamba of width 128, as many channels inside, 16 states each, pre-norm with RMS norms, dropout 0.1
 *               tied, mean pool: 235,274 parameters for 3 inputs and 10 outputs
 * "mamba2"      the same of Mamba 2 with 32 states: 237,090
 * "attention"   a transformer: 4 layers of attention of width 64 with 4 heads, rotary, each with an mlp, pre-norm with layer norms,
 *               dropout 0.1 tied, mean pool: 200,714 parameters for 1 input and 10 outputs
 * "bank"        plain: 256 random oscillators, their statistics, and a linear layer, which alone learns (loci/learner.h)
 * LOCI_E_ARGUMENT: no such name. */
LOCI_API loci_status loci_model_preset_sized(loci_model_config *config, size_t size, const char *name,
                                             size_t inputs, size_t outputs, loci_error *error);
static inline loci_status loci_model_preset(loci_model_config *config, const char *name, size_t inputs,
                                            size_t outputs, loci_error *error)
{
    return loci_model_preset_sized(config, sizeof *config, name, inputs, outputs, error);
}

/* ---- parameters ---- */

/* Which rates an optimiser uses: a group of its own for what needs care (state space A, dt: lr <= 1e-3, no decay). */
typedef enum { LOCI_GROUP_MAIN, LOCI_GROUP_UNDECAYED, LOCI_GROUP_SSM } loci_group;

typedef enum {
    LOCI_INITIAL_CONSTANT, /* a */
    LOCI_INITIAL_UNIFORM,  /* in [a, b) */
    LOCI_INITIAL_NORMAL,   /* mean a, standard deviation b */
    LOCI_INITIAL_LADDER,   /* a + b times the last index */
    LOCI_INITIAL_GATES, /* in [a, b), and 1 more in the second quarter: an LSTM that begins by keeping what it has
                              (Jozefowicz et al. 2015) */
    LOCI_INITIAL_NORMAL_PART, /* the imaginary parts of the eigenvalues of HiPPO-N of order a, ascending, over and over along
                              the last index (Smith et al. 2023) */
    LOCI_INITIAL_LOG_LADDER,  /* the logarithm of a + b times the last index */
    LOCI_INITIAL_LOG_UNIFORM, /* the logarithm of a number in [a, b) */
    LOCI_INITIAL_STEPS,       /* x of which log(1 + e^x) is log-uniform in [a, b) */
    LOCI_INITIAL_LOG_NORMAL,  /* exp of one of mean a and standard deviation b */
    LOCI_INITIAL_MODES /* of the configuration's `init`, one after the other: log -Re A, Im A, B or P, for a = 0 to 3 */
} loci_initial;

typedef struct {
    char name[LOCI_PARAMETER_NAME]; /* as in the peers' checkpoints: "s4_layers.0.kernel.C" */
    size_t dimensions, shape[LOCI_PARAMETER_DIMENSIONS]; /* row-major; complex numbers are pairs at the end */
    size_t count;                                        /* the product of the shape */
    size_t offset; /* numbers from the buffer's beginning; 64-byte aligned in float */
    loci_group group;
    loci_initial initial;
    double a, b; /* of `initial` */
} loci_parameter;

/* ---- models ---- */

typedef struct loci_model loci_model;

/* A model of the configuration with all parameters 0. LOCI_E_ARGUMENT: the sentence says which number is outside its
 * range. */
LOCI_API loci_status loci_model_create(loci_model **model, const loci_model_config *config,
                                       loci_error *error);
LOCI_API loci_status loci_model_copy(loci_model **model, const loci_model *from, loci_error *error);
LOCI_API void loci_model_free(loci_model *model); /* NULL is allowed */
/* Initial values as the parameter table says, from a seed: the same on every machine. Of a model that was created all that they take
 * is there; one that was loaded, imported or copied allocates the first time how modes begin where `init` says by which memory, O(N^3)
 * of its order, and where there is no memory for that these values stay as they were. */
LOCI_API void loci_model_initialize(loci_model *model, uint64_t seed);

LOCI_API const loci_model_config *loci_model_configuration(const loci_model *model);
/* The table, [*count]; it lives as long as the model. */
LOCI_API const loci_parameter *loci_model_parameters(const loci_model *model, size_t *count);
/* How many trainable numbers; and how many the buffer has, gaps of alignment, which stay 0, included. */
LOCI_API size_t loci_model_count(const loci_model *model);
LOCI_API size_t loci_model_size(const loci_model *model);
/* The buffer itself, [loci_model_size()], 64-byte aligned, the caller's to change while no one reads it. */
LOCI_API float *loci_model_values(loci_model *model);
LOCI_API const float *loci_model_values_const(const loci_model *model);

/* Whether a time step per sample (pass.dt, dt of step) has a meaning for a layer, 1, or none of them looks at it, 0. */
LOCI_API int loci_model_takes_steps(const loci_model *model);
/* Whether what follows a sample changes its answer, 1: such a model needs whole sequences, and no stream can be made of it. */
LOCI_API int loci_model_looks_ahead(const loci_model *model);
/* Whether a state of fixed size carries a sequence on, 1: steps and streams are there. Not of a model that looks ahead, and not of
 * attention without a window, which remembers every sample by itself. */
LOCI_API int loci_model_streams(const loci_model *model);
/* *steps: how many steps of the model's training one sample at `rate` Hz lasts, for loci_network_prepare; rate 0: 1.
 * LOCI_E_ARGUMENT: a rate out of range (a factor of 1000), or for a model that knows none of its own; LOCI_E_UNSUPPORTED:
 * another rate for layers that know no time. */
LOCI_API loci_status loci_model_steps(double *steps, const loci_model *model, double rate, loci_error *error);

/* ---- what a model is about, and files ---- */

/* All copied; pointers live as long as the model, or until it is described anew. */
typedef struct {
    size_t size; /* sizeof of this struct; 0: the fields of version 0.1 */
    double rate; /* Hz that one sample a step stands for; 0: unknown */
    /* [inputs]: the network sees (sample - shift) scale; NULL: as is. Kept in double */
    const double *shift, *scale;
    const char *const *classes; /* [outputs] names; NULL: none */
    const char *note;           /* one JSON object: the summary of the training, or NULL */
    loci_task task;             /* what the answers are */
    /* [outputs] of values: the network answers (target - target_shift) target_scale; NULL: the target as is */
    const double *target_shift, *target_scale;
    /* How the training data were read, for the next data set to be read likewise; the last, since it may grow. */
    loci_reading reading;
} loci_model_about;

/* Copies all of it into the model; shift, scale finite, scale not 0, likewise of the targets, texts UTF-8. A task with an
 * answer at every sample is that of a model without a pool. Classes are of labels, target_shift and target_scale of values. */
LOCI_API loci_status loci_model_describe(loci_model *model, const loci_model_about *about, loci_error *error);
LOCI_API const loci_model_about *loci_model_description(const loci_model *model);

/* A model that is described, and is to be trained, begins as another (fine-tuning). All parameters are taken over, and *whole is
 * 1, where the task is the same, and so are the classes, in whatever order, or the number of values; classes without names in one of
 * the models are the same by number. Else those of the decoder stay as they are, and *whole is 0. The description takes over shift
 * and scale of the inputs, and the rate if there is one, so that parameters mean what they meant. Shift and scale of targets stay, and
 * the decoder is brought to them: answers are the same in the targets' own units (where it has no bias and the shifts differ,
 * *whole is 0). A tied head has no decoder of its own: the embedding is taken over, and *whole is 0 where it would have to be another
 * one, for classes in another order, say. Fields that rebuild the network (loci_field_role) must be the same, but for outputs, and of the task next the
 * tokens. whole may be NULL. LOCI_E_MISMATCH, LOCI_E_MEMORY: the model is as before. */
LOCI_API loci_status loci_model_begin(loci_model *model, const loci_model *from, int *whole,
                                      loci_error *error);

/* answer [outputs] = what an answer y [outputs] of the network means: of labels the probability of each class, of tokens that
 * of each that means something (`tokens` of the configuration) and 0 of the others, of values the target's own units. Not finite where
 * y is not. */
LOCI_API void loci_model_answer(const loci_model *model, double *answer, const float *y);

/* A model as a safetensors file in memory: *bytes is released by loci_bytes_free. Tensors are the parameters by name, in
 * F32; metadata are format "loci", version "1", config and description (JSON: the fields of the structs above), note and a
 * checksum, without which a file is read as well. LOCI_E_VALUE: a parameter is not finite.
 * Reading: every size is checked, a missing, surplus or misshapen tensor, or one with a number that is not finite, is
 * LOCI_E_FORMAT and named; another version is LOCI_E_UNSUPPORTED. A failed load leaves nothing behind. */
LOCI_API loci_status loci_model_save(const loci_model *model, void **bytes, size_t *size, loci_error *error);
LOCI_API loci_status loci_model_load(loci_model **model, const void *bytes, size_t size, loci_error *error);
/* The same in memory of an allocator, as that of a configuration; NULL: malloc. While it reads or saves, the JSON of the file
 * is in malloc's memory all the same (jansson's). */
LOCI_API loci_status loci_model_load_by(loci_model **model, const void *bytes, size_t size,
                                        const loci_allocator *allocator, loci_error *error);

/* A model from the PyTorch state_dict of the S4 repository's example, S4D layers between encoder and decoder, as a
 * safetensors file in memory: tensors encoder.weight, s4_layers.0.kernel.C, norms.0.weight and so on, F32, F64 (rounded),
 * F16 or BF16. Its shapes give the configuration; what they do not tell is given: prenorm, and the discretization, zoh in
 * the example or bilinear. The rest is as in the preset "s4-example", the description empty. A missing, surplus or
 * misshapen tensor is LOCI_E_FORMAT and named. */
LOCI_API loci_status loci_model_import(loci_model **model, const void *bytes, size_t size, int prenorm,
                                       loci_discretization discretization, loci_error *error);
/* The same in memory of an allocator, as loci_model_load_by. */
LOCI_API loci_status loci_model_import_by(loci_model **model, const void *bytes, size_t size, int prenorm,
                                          loci_discretization discretization, const loci_allocator *allocator,
                                          loci_error *error);

/* A model from the state_dict of an S5 layer, as a safetensors file in memory: tensors Lambda [P], B [P][H], C [H][P], all
 * complex, of type C64 or C128 or pairs in a last dimension, D [H] and log_step [P], whose names may all begin with the same
 * ("seq."); C [H][2 P] is of a layer that looks both ways. All P states are kept, y = Re(C x) + D u. The layer stands alone, without
 * encoder and norms, between H inputs and H outputs at every sample; the order is 2 P. liquid: the input acts on the transition
 * too. loci_model_import takes such files as well. LOCI_E_FORMAT: a tensor is missing, surplus, misshapen or not finite, or a
 * state does not fade; it is named. */
LOCI_API loci_status loci_model_import_s5(loci_model **model, const void *bytes, size_t size,
                                          loci_discretization discretization, int liquid,
                                          const loci_allocator *allocator, loci_error *error);

/* A model from the state_dict of PyTorch's MultiheadAttention, as a safetensors file in memory: tensors in_proj_weight [3 H][H], for
 * queries, keys and values, and out_proj.weight [H][H], in_proj_bias [3 H] and out_proj.bias [H] or neither, whose names may all
 * begin with the same ("self_attn."). `heads` divides H; whole: a sample sees those that follow it, too, else it is causal. The
 * layer stands alone, without positions, encoder and norms, between H inputs and H outputs at every sample. LOCI_E_FORMAT: a tensor
 * is missing, surplus, misshapen or not finite, and named; LOCI_E_ARGUMENT: heads does not divide H. */
LOCI_API loci_status loci_model_import_attention(loci_model **model, const void *bytes, size_t size,
                                                 size_t heads, int whole, const loci_allocator *allocator,
                                                 loci_error *error);

/* A language model of Mamba or Mamba 2, as state-spaces/mamba and transformers keep them: safetensors files in memory, several
 * where the checkpoint is in shards, F32, F64, F16 or BF16, and the text of its config.json (NULL: there is none; the shapes of
 * tensors say nearly all, what they leave open is as usual). Tensors are backbone.embedding.weight (or embeddings),
 * backbone.layers.0.mixer.in_proj.weight and so on, backbone.norm_f.weight, and lm_head.weight where the head is not the embedding;
 * instead of backbone there may be another word or none. tokens: rows of the embedding that mean something, the others are never
 * drawn; 0: as vocab_size of the configuration says, or all. The model has the task next and knows its tokens by their numbers.
 * loci_model_import takes such a file as well, without a configuration. LOCI_E_FORMAT: a tensor is missing, surplus, misshapen or
 * not finite, or the configuration says otherwise; LOCI_E_UNSUPPORTED: layers or options that we have not; LOCI_E_ARGUMENT: tokens is more than the rows. */
LOCI_API loci_status loci_model_import_mamba(loci_model **model, const void *const *files,
                                             const size_t *sizes, size_t count, const char *config,
                                             size_t tokens, const loci_allocator *allocator,
                                             loci_error *error);

/* 64 bits for what the model computes: of the fields that its network is built from, shift, scale and parameters. States
 * are bound to it. */
LOCI_API uint64_t loci_model_fingerprint(const loci_model *model);

#ifdef __cplusplus
}
#endif
#endif
