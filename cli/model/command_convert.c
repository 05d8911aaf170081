/* SPDX-License-Identifier: MIT
 * command_convert.c - a model that another program trained, as a model of loci. */
#include "shared/command.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <loci/data.h>

#include "model/checkpoint.h"
#include "model/model_open.h"
#include "shared/message.h"
#include "shared/options.h"
#include "shared/output.h"
#include "shared/output_kind.h"
#include "shared/overwrite.h"
#include "shared/whole_file.h"

typedef struct {
    const char *output, *classes, *shift, *scale;
    double rate; /* NAN: not given */
    bool prenorm, bilinear, gray, liquid, whole;
    size_t heads; /* SIZE_MAX: not given */
    size_t taps;
    size_t vocabulary; /* SIZE_MAX: not given */
} settings;

/* Whether a model of loci is at path, as of a convert before: nothing of a checkpoint. */
static bool is_harmless(const char *path)
{
    static const size_t most = SIZE_MAX / 4;
    void *bytes;
    size_t size;
    if (loci_file_read(path, &bytes, &size, most, NULL) != LOCI_OK) return false;
    loci_model *model = NULL;
    const bool is = loci_model_load(&model, bytes, size, NULL) == LOCI_OK;
    loci_model_free(model);
    loci_bytes_free(bytes);
    return is;
}

static int usage_check(const settings *s, const char *state)
{
    if (!s->output) return message_usage("convert: -o is missing; the model's file was expected");
    if (output_same_file(state, s->output))
        return message_usage("convert: %s is the state itself; another file was expected for the model",
                             state);
    const int clash = overwrite_check(&(overwrite_files){&state, &s->output, 1, 1, is_harmless, false},
                                      "convert"); /* of a folder */
    if (clash) return clash;
    if (checkpoint_is_folder(state) && checkpoint_has_place(state, s->output))
        return message_usage("convert: %s would be a part of the checkpoint that is read; another name was "
                             "expected",
                             s->output);
    const int unknown = output_kind_none(s->output, "-o", "the model", "convert");
    if (unknown) return unknown;
    if (!isnan(s->rate) && !(s->rate > 0))
        return message_usage("convert: --rate is %g; more than 0 Hz was expected", s->rate);
    if (s->whole && s->heads == SIZE_MAX)
        return message_usage("convert: --whole is of attention; --heads was expected");
    if (s->vocabulary == 0) return message_usage("convert: --vocabulary is 0; 1 or more was expected");
    return STATUS_DONE;
}

/* The parts of a text between commas, in a copy of it that is released with them. */
typedef struct {
    char *text;
    const char **items;
    size_t count;
} parts;

static int parts_cut(parts *p, const char *text)
{
    size_t count = 1;
    for (const char *c = text; *c; c++) count += *c == ',';
    *p = (parts){.text = strdup(text), .items = calloc(count, sizeof *p->items), .count = count};
    if (!p->text || !p->items) return message_memory();
    char *at = p->text;
    for (size_t i = 0; i < count; i++) {
        p->items[i] = at;
        at += strcspn(at, ",");
        *at++ = 0;
    }
    return STATUS_DONE;
}

static void parts_release(parts *p)
{
    free(p->text);
    free(p->items);
    *p = (parts){0};
}

/* [count] numbers of an option; *numbers stays NULL where it was not given. */
static int numbers_read(double **numbers, const char *option_name, const char *text, size_t count)
{
    if (!text) return STATUS_DONE;
    parts p;
    int status = parts_cut(&p, text);
    if (!status && p.count != count)
        status = message_usage("convert: --%s has %zu number%s; the model has %zu input%s", option_name,
                               p.count, p.count == 1 ? "" : "s", count, count == 1 ? "" : "s");
    if (!status && !(*numbers = calloc(count, sizeof **numbers))) status = message_memory();
    for (size_t i = 0; i < count && !status; i++)
        if (!options_number(&(*numbers)[i], p.items[i]))
            status = message_usage("convert: --%s: \"%s\" is no number", option_name, p.items[i]);
    parts_release(&p);
    return status;
}

/* Each once, and none of no letters. */
static int names_check(const parts *names)
{
    for (size_t i = 0; i < names->count; i++) {
        if (!*names->items[i])
            return message_usage("convert: --classes: name %zu is empty; a name for each was expected",
                                 i + 1);
        for (size_t k = 0; k < i; k++)
            if (strcmp(names->items[i], names->items[k]) == 0)
                return message_usage("convert: --classes has \"%s\" twice; a name for each was expected",
                                     names->items[i]);
    }
    return STATUS_DONE;
}

/* Models of tokens know all that there is to tell. */
static int describe_tokens(const settings *s)
{
    const char *given = s->classes        ? "classes"
                        : s->shift        ? "shift"
                        : s->scale        ? "scale"
                        : !isnan(s->rate) ? "rate"
                        : s->gray         ? "gray"
                                          : NULL;
    return given ? message_usage("convert: --%s is not for models of tokens", given) : STATUS_DONE;
}

/* State dicts tell no task: what has names has classes, a single output is a number, and answers at every sample without names are, too. */
static loci_task task_of(const loci_model_config *config, const settings *s)
{
    if (s->classes) return LOCI_TASK_CLASS;
    if (config->pool == LOCI_POOL_NONE) return LOCI_TASK_VALUE_EACH;
    return config->outputs == 1 ? LOCI_TASK_VALUE : LOCI_TASK_CLASS;
}

static int describe(loci_model *model, const settings *s)
{
    const loci_model_config *config = loci_model_configuration(model);
    if (config->vocabulary) return describe_tokens(s);
    if (s->gray && config->inputs != 1)
        return message_usage("convert: --gray is of one channel; the model has %zu inputs", config->inputs);
    loci_model_about about = {
        .rate = isnan(s->rate) ? 0 : s->rate, .task = task_of(config, s), .reading.gray = s->gray};
    double *shift = NULL, *scale = NULL;
    parts names = {0};
    loci_error error;
    int status = numbers_read(&shift, "shift", s->shift, config->inputs);
    if (!status) status = numbers_read(&scale, "scale", s->scale, config->inputs);
    if (!status && s->classes) status = parts_cut(&names, s->classes);
    if (!status && s->classes && names.count != config->outputs)
        status = message_usage("convert: --classes has %zu names; the model has %zu outputs", names.count,
                               config->outputs);
    if (!status) status = names_check(&names);
    if (!status) {
        about.shift = shift;
        about.scale = scale;
        about.classes = names.items;
        if (loci_model_describe(model, &about, &error) != LOCI_OK)
            status = message_usage("convert: %s", error.text);
    }
    free(shift);
    free(scale);
    parts_release(&names);
    return status;
}

/* The same model with kernels that end, of which its tensors say nothing. */
static int end_kernels(loci_model **model, const char *path, size_t taps)
{
    loci_error error;
    loci_model *ended;
    loci_model_config config = *loci_model_configuration(*model);
    config.size = sizeof config;
    config.taps = taps;
    if (loci_model_create(&ended, &config, &error) != LOCI_OK) return message_error(path, &error);
    memcpy(loci_model_values(ended), loci_model_values(*model), loci_model_size(*model) * sizeof(float));
    loci_model_free(*model);
    *model = ended;
    return STATUS_DONE;
}

static bool given(const settings *s)
{
    return s->vocabulary != SIZE_MAX;
}

/* Whether a file's bytes could be tensors of another program's. */
static int state_check(const void *bytes, size_t size, const char *path)
{
    loci_model *model;
    if (size >= 4 && memcmp(bytes, "PK\003\004", 4) == 0)
        return message_fail(
            "%s: is what torch.save writes; what safetensors.torch.save_file writes of its state_dict "
            "was expected",
            path);
    const int other = model_kind_check("a state_dict in safetensors", bytes, size, path);
    if (other) return other;
    if (loci_model_load(&model, bytes, size, NULL) != LOCI_OK) return STATUS_DONE;
    loci_model_free(model);
    return message_fail("%s: is a model of loci already; a state_dict was expected", path);
}

static int import(loci_model **model, const void *bytes, size_t size, const char *path, const settings *s)
{
    loci_error error;
    const int other = state_check(bytes, size, path);
    if (other) return other;
    const loci_discretization discretization = s->bilinear ? LOCI_BILINEAR : LOCI_ZOH;
    if ((given(s) ? loci_model_import_mamba(model, &bytes, &size, 1, NULL, s->vocabulary, NULL, &error)
         : s->heads != SIZE_MAX
             ? loci_model_import_attention(model, bytes, size, s->heads, s->whole, NULL, &error)
         : s->liquid ? loci_model_import_s5(model, bytes, size, discretization, 1, NULL, &error)
                     : loci_model_import(model, bytes, size, s->prenorm, discretization, &error)) != LOCI_OK)
        return error.status == LOCI_E_ARGUMENT && s->heads != SIZE_MAX
                   ? message_usage("convert: --%s", error.text)
                   : message_error(path, &error);
    return s->taps ? end_kernels(model, path, s->taps) : STATUS_DONE;
}

/* The file that an error is about: one that cannot be read alone is told of in the same words; else the folder. */
static const char *blamed(const checkpoint *c, const char *folder, const char *text)
{
    for (size_t i = 0; i < c->count; i++) {
        loci_model *model;
        loci_error error;
        if (loci_model_load(&model, c->bytes[i], c->sizes[i], &error) == LOCI_OK)
            loci_model_free(model);
        else if (strcmp(error.text, text) == 0)
            return c->paths[i];
    }
    return folder;
}

static int import_folder(loci_model **model, const char *folder, const settings *s)
{
    checkpoint c;
    loci_error error;
    int status = checkpoint_read(&c, folder);
    for (size_t i = 0; i < c.count && !status; i++) status = state_check(c.bytes[i], c.sizes[i], c.paths[i]);
    if (!status && loci_model_import_mamba(model, c.bytes, c.sizes, c.count, c.config,
                                           given(s) ? s->vocabulary : 0, NULL, &error) != LOCI_OK)
        status = message_error(blamed(&c, folder, error.text), &error);
    checkpoint_release(&c);
    return status;
}

static int import_file(loci_model **model, const char *path, const settings *s)
{
    void *bytes;
    size_t size;
    int status = whole_file_read(path, &bytes, &size);
    if (status) return status;
    status = import(model, bytes, size, message_name(path), s);
    loci_bytes_free(bytes);
    return status;
}

/* Options that say nothing about layers of this kind are refused: the model would not be what was asked for. */
static int check_options(const loci_model *model, const settings *s)
{
    const loci_model_config *config = loci_model_configuration(model);
    const unsigned s4 = 1u << LOCI_LAYER_S4D | 1u << LOCI_LAYER_S4, s5 = 1u << LOCI_LAYER_S5,
                   attention = 1u << LOCI_LAYER_ATTENTION;
    const struct {
        bool given;
        unsigned layers;
        const char *name;
    } options[] = {
        {s->prenorm, s4, "prenorm"}, {s->bilinear, s4 | s5, "bilinear"},         {s->taps > 0, s4, "taps"},
        {s->liquid, s5, "liquid"},   {s->heads != SIZE_MAX, attention, "heads"},
    };
    for (size_t i = 0; i < sizeof options / sizeof *options; i++)
        if (options[i].given && !(options[i].layers >> (unsigned)config->layer & 1))
            return message_usage("convert: --%s is not for layers of %s", options[i].name,
                                 loci_layer_name(config->layer));
    return STATUS_DONE;
}

static int convert(const char *path, const settings *s)
{
    loci_model *model = NULL;
    int status = checkpoint_is_folder(path) ? import_folder(&model, path, s) : import_file(&model, path, s);
    if (!status) status = check_options(model, s);
    if (!status) status = describe(model, s);
    if (!status) status = model_write(model, s->output);
    loci_model_free(model);
    return status;
}

int command_convert(int argc, char **argv)
{
    settings s = {.rate = NAN, .vocabulary = SIZE_MAX, .heads = SIZE_MAX};
    const option table[] = {
        {"output", 'o', OPTION_OUTPUT, &s.output, "MODEL", "where the model goes"},
        {"prenorm", 0, OPTION_FLAG, &s.prenorm, NULL,
         "it was trained with norms before the layers (behind them)"},
        {"bilinear", 0, OPTION_FLAG, &s.bilinear, NULL, "its discretization is bilinear (zoh)"},
        {"liquid", 0, OPTION_FLAG, &s.liquid, NULL, "it is an S5 layer whose input acts on its transition"},
        {"heads", 0, OPTION_COUNT, &s.heads, "n", "it is PyTorch's MultiheadAttention with so many heads"},
        {"whole", 0, OPTION_FLAG, &s.whole, NULL, "which sees what follows a sample, too (causal)"},
        {"taps", 0, OPTION_COUNT, &s.taps, "n",
         "its kernels end after so many samples: l_max, of S4Block layers that are diagonal (never)"},
        {"vocabulary", 0, OPTION_COUNT, &s.vocabulary, "n",
         "of a language model: the first n rows of the embedding are tokens, the rest padding (as it says)"},
        {"gray", 0, OPTION_FLAG, &s.gray, NULL, "it was trained on images made grey"},
        {"rate", 0, OPTION_NUMBER, &s.rate, "HZ",
         "samples a second of the signals it was trained on (unknown)"},
        {"classes", 0, OPTION_TEXT, &s.classes, "A,B,...", "the names of its outputs (numbers)"},
        {"shift", 0, OPTION_TEXT, &s.shift, "X,...",
         "it was fed with (sample - shift) scale: a number for each input (0)"},
        {"scale", 0, OPTION_TEXT, &s.scale, "X,...",
         "likewise: one over the standard deviation, usually (1)"},
    };
    const options_page page = {
        .command = "convert",
        .synopsis = "STATE.safetensors|FOLDER -o MODEL.safetensors [OPTION]...",
        .purpose =
            "Make a model of the state_dict of the S4 repository's example (its class S4Model with layers S4D, or S4Block, which "
            "become s4, or s4d where they are diagonal), saved by "
            "safetensors.torch.save_file. The tensors' shapes say how many layers, channels, states, inputs and outputs "
            "there are; what they cannot say is told by options, in words of the example's own. Or of an S5 layer, of which "
            "Lambda, B, C, D and log_step are kept, complex numbers as such or as pairs: a model of that layer alone, with an "
            "answer at every sample. Or of PyTorch's MultiheadAttention, with --heads, likewise. "
            "Or of a language model of Mamba or Mamba 2: the folder with its config.json and safetensors "
            "files, or the one file; loci generate --ids runs it.",
        .options = table,
        .count = sizeof table / sizeof table[0],
        .closing = "Example, for CIFAR-10, whose pixels are 0 to 255 here:\n"
                   "  loci convert state.safetensors -o cifar.safetensors \\\n"
                   "    --classes airplane,automobile,bird,cat,deer,dog,frog,horse,ship,truck \\\n"
                   "    --shift 125.307,122.961,113.858 --scale 0.019385,0.019667,0.019510",
        .operand = "STATE.safetensors",
        .least = 1,
        .most = 1,
    };
    const int status = options_parse(&page, &argc, argv);
    if (status != OPTIONS_GO) return status;
    const int wrong = usage_check(&s, argv[1]);
    return wrong ? wrong : convert(argv[1], &s);
}
