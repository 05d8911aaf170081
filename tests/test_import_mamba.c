/* SPDX-License-Identifier: MIT
 * test_import_mamba.c - published language models of Mamba imported, in every spelling, type and number of files: their logits,
 * gradients and continuations are the published ones; what is no such model is refused. */
#include <inttypes.h>

#include "systems.h"

#include <loci/model.h>
#include <loci/token.h>

#include "base/allocate.h"
#include "model/network.h"
#include "model/safetensors.h"
#include "near.h"

enum { B = 2, L = 19, V = 64, GREEDY = 8, MOST = 24, LAYERS = 2 };

static const char *const first_kind[] = {"A_log",          "D",
                                         "conv1d.bias",    "conv1d.weight",
                                         "dt_proj.bias",   "dt_proj.weight",
                                         "in_proj.weight", "out_proj.weight",
                                         "x_proj.weight",  NULL},
                         *const second_kind[] = {"A_log",       "D",
                                                 "conv1d.bias", "conv1d.weight",
                                                 "dt_bias",     "in_proj.weight",
                                                 "norm.weight", "out_proj.weight",
                                                 NULL};

static const struct {
    const char *file, *config, *other_config;
    const char *const *parts;
} kinds[] = {
    {"lm_mamba.npz",
     "{\"d_model\": 32, \"n_layer\": 2, \"vocab_size\": 61, \"ssm_cfg\": {}, \"rms_norm\": true, \"tie_embeddings\": true}",
     "{\"model_type\": \"mamba\", \"hidden_size\": 32, \"num_hidden_layers\": 2, \"state_size\": 16, \"vocab_size\": 64, "
     "\"hidden_act\": \"silu\", \"layer_norm_epsilon\": 1e-05, \"time_step_rank\": 2}",
     first_kind},
    {"lm_mamba2.npz",
     "{\"d_model\": 32, \"n_layer\": 2, \"vocab_size\": 61, \"ssm_cfg\": {\"layer\": \"Mamba2\", \"d_state\": 16}}",
     "{\"model_type\": \"mamba2\", \"num_hidden_layers\": 2, \"n_groups\": 1, \"time_step_limit\": [0.0, Infinity], "
     "\"note\": \"-Infinity \\\" Infinity\", \"vocab_size\": 64}",
     second_kind},
};

/* Of sizes that are rare: one state a channel, and seven; a head beside the embedding; convolutions of three and of two samples. */
static const struct {
    const char *file, *config;
    const char *const *parts;
    size_t order;
} odd_kinds[] = {
    {"lm_mamba_odd.npz", "{\"d_model\": 5, \"n_layer\": 2, \"vocab_size\": 7, \"tie_embeddings\": false}",
     first_kind, 1},
    {"lm_mamba2_odd.npz",
     "{\"n_layer\": 2, \"vocab_size\": 7, \"ssm_cfg\": {\"layer\": \"Mamba2\", \"d_state\": 7, \"ngroups\": 3, \"headdim\": 5}}",
     second_kind, 7},
};

/* Tensors of a checkpoint, each in memory of its own, and their names. */
typedef struct {
    loci_tensor tensor[MOST];
    char name[MOST][192];
    size_t count;
} dict;

static void add(dict *d, const char *file, const char *name)
{
    loci_array a = golden(file, name);
    loci_tensor *t = &d->tensor[d->count];
    size_t count = 1;
    for (size_t i = 0; i < a.dimensions; i++) count *= a.shape[i];
    float *numbers = malloc(count * sizeof *numbers);
    assert_non_null(numbers);
    for (size_t i = 0; i < count; i++) numbers[i] = (float)a.data[i];
    snprintf(d->name[d->count], sizeof d->name[0], "%s", name);
    *t = (loci_tensor){.type = "F32", .dimensions = a.dimensions, .data = numbers, .bytes = 4 * count};
    memcpy(t->shape, a.shape, a.dimensions * sizeof *a.shape);
    d->count++;
    loci_array_free(&a);
}

static void open_file(dict *d, const char *file, const char *const *parts)
{
    char name[96];
    d->count = 0;
    add(d, file, "backbone.embedding.weight");
    add(d, file, "backbone.norm_f.weight");
    add(d, file, "lm_head.weight");
    for (int i = 0; i < LAYERS; i++) {
        snprintf(name, sizeof name, "backbone.layers.%d.norm.weight", i);
        add(d, file, name);
        for (size_t k = 0; parts[k]; k++) {
            snprintf(name, sizeof name, "backbone.layers.%d.mixer.%s", i, parts[k]);
            add(d, file, name);
        }
    }
}

static void open_dict(dict *d, int kind)
{
    open_file(d, kinds[kind].file, kinds[kind].parts);
}

static void close_dict(dict *d)
{
    for (size_t i = 0; i < d->count; i++) free((void *)(uintptr_t)d->tensor[i].data);
}

/* A tensor by the end of its name. */
static size_t where(const dict *d, const char *end)
{
    for (size_t i = 0; i < d->count; i++) {
        const size_t a = strlen(d->name[i]), b = strlen(end);
        if (a >= b && strcmp(d->name[i] + a - b, end) == 0) return i;
    }
    fail_msg("no tensor ends in %s", end);
    return 0;
}

static void drop(dict *d, size_t i)
{
    free((void *)(uintptr_t)d->tensor[i].data);
    d->count--;
    d->tensor[i] = d->tensor[d->count];
    memcpy(d->name[i], d->name[d->count], sizeof d->name[i]);
}

/* "backbone." to something else, and embedding to embeddings, whose head is left out. */
static void rename_all(dict *d, const char *prefix, int plural)
{
    for (size_t i = 0; i < d->count; i++) {
        char rest[64];
        if (strncmp(d->name[i], "backbone.", 9) != 0) continue;
        snprintf(rest, sizeof rest, "%s", d->name[i] + 9);
        if (plural && strcmp(rest, "embedding.weight") == 0) snprintf(rest, sizeof rest, "embeddings.weight");
        snprintf(d->name[i], sizeof d->name[i], "%.120s%.40s", prefix, rest);
    }
    if (plural) drop(d, where(d, "lm_head.weight"));
}

/* To 16 bits, rounded to nearest: halves, or the upper halves of floats. Weights of about 1 have no halves that are denormal here
 * but near 0, where they are cut to 0. */
static void narrow(dict *d, int half)
{
    for (size_t i = 0; i < d->count; i++) {
        loci_tensor *t = &d->tensor[i];
        const size_t count = t->bytes / 4;
        uint16_t *out = malloc(count * sizeof *out);
        assert_non_null(out);
        for (size_t k = 0; k < count; k++) {
            uint32_t bits;
            memcpy(&bits, (const char *)t->data + 4 * k, 4);
            if (!half) {
                out[k] = (uint16_t)((bits + 0x8000) >> 16);
                continue;
            }
            const uint32_t sign = bits >> 16 & 0x8000, rounded = (bits & 0x7fffffff) + 0x1000;
            out[k] = (uint16_t)(rounded >> 23 <= 112 ? sign : sign | ((rounded >> 13) - (112 << 10)));
        }
        free((void *)(uintptr_t)t->data);
        t->data = out, t->bytes = 2 * count, t->type = half ? "F16" : "BF16";
    }
}

static loci_status import(loci_model **model, const dict *d, size_t files, const char *config, size_t tokens,
                          loci_error *error)
{
    void *bytes[3] = {NULL};
    size_t sizes[3] = {0};
    for (size_t f = 0; f < files; f++) {
        loci_tensor part[MOST];
        size_t count = 0;
        for (size_t i = f; i < d->count; i += files)
            part[count] = d->tensor[i], part[count++].name = d->name[i];
        if (loci_safetensors_write(&bytes[f], &sizes[f], NULL, part, count, NULL, 0, error))
            fail_msg("%s", error->text);
    }
    *model = NULL;
    const loci_status status =
        loci_model_import_mamba(model, (const void *const *)bytes, sizes, files, config, tokens, NULL, error);
    for (size_t f = 0; f < files; f++) loci_free(bytes[f]);
    return status;
}

static loci_model *imported(const dict *d, size_t files, const char *config, size_t tokens)
{
    loci_model *model;
    loci_error error;
    if (import(&model, d, files, config, tokens, &error)) fail_msg("%s", error.text);
    return model;
}

/* Of both sequences, against the published logits; and the eight tokens that follow the first. */
static void answers(const loci_model *model, const char *file, double fine, double coarse)
{
    loci_array ids = golden(file, "ids"), logits = golden(file, "logits"), greedy = golden(file, "greedy");
    static double y[(L + GREEDY) * V];
    static float single[(L + GREEDY) * V];
    loci_error error;
    for (size_t b = 0; b < B; b++) {
        float u[L];
        double wide[L];
        for (size_t l = 0; l < L; l++) wide[l] = ids.data[b * L + l], u[l] = (float)wide[l];
        for (int stepwise = 0; stepwise < 2; stepwise++) {
            if (loci_model_run_f64(model, y, wide, L, NULL, 0, stepwise, &error)) fail_msg("%s", error.text);
            if (loci_model_run_f32(model, single, u, L, NULL, 0, stepwise, &error))
                fail_msg("%s", error.text);
            for (size_t i = 0; i < (size_t)L * V; i++) {
                assert_near(y[i], logits.data[b * L * V + i], fine, "logit %zu of sequence %zu", i, b);
                assert_near(single[i], logits.data[b * L * V + i], coarse, "logit %zu in float", i);
            }
        }
    }
    if (fine < 1e-9) {
        float u[L + GREEDY];
        loci_token_weight room[V];
        const loci_token_choice likeliest = {.size = sizeof likeliest};
        for (size_t l = 0; l < L; l++) u[l] = (float)ids.data[l];
        for (size_t i = 0; i < GREEDY; i++) {
            if (loci_model_run_f32(model, single, u, L + i, NULL, 0, 0, &error)) fail_msg("%s", error.text);
            const size_t token = loci_token_draw(model, single + (L + i - 1) * V, &likeliest, 0, i, room);
            assert_int_equal(token, (size_t)greedy.data[i]);
            u[L + i] = (float)token;
        }
    }
    loci_array_free(&ids), loci_array_free(&logits), loci_array_free(&greedy);
}

static void published(void **state)
{
    (void)state;
    for (int k = 0; k < 2; k++) {
        dict d;
        open_dict(&d, k);
        loci_model *model = imported(&d, 1, kinds[k].config, 0);
        const loci_model_config *c = loci_model_configuration(model);
        assert_int_equal(c->vocabulary, V);
        assert_int_equal(c->tokens, 61);
        assert_int_equal(c->head, LOCI_HEAD_TIED);
        assert_int_equal(loci_model_description(model)->task, LOCI_TASK_NEXT);
        answers(model, kinds[k].file, 1e-10, 1e-4);
        loci_model_free(model);
        close_dict(&d);
    }
}

/* As published for few, large and even sizes. */
static void of_odd_sizes(void **state)
{
    (void)state;
    enum { LENGTH = 11, ROWS = 9 };
    for (int k = 0; k < 2; k++) {
        dict d;
        double y[LENGTH * ROWS];
        loci_error error;
        open_file(&d, odd_kinds[k].file, odd_kinds[k].parts);
        loci_model *model = imported(&d, 1, odd_kinds[k].config, 0);
        const loci_model_config *c = loci_model_configuration(model);
        assert_int_equal(c->order, odd_kinds[k].order);
        assert_int_equal(c->head, LOCI_HEAD_UNBIASED);
        loci_array ids = golden(odd_kinds[k].file, "ids"), logits = golden(odd_kinds[k].file, "logits");
        for (int stepwise = 0; stepwise < 2; stepwise++) {
            if (loci_model_run_f64(model, y, ids.data, LENGTH, NULL, 0, stepwise, &error))
                fail_msg("%s", error.text);
            for (size_t i = 0; i < (size_t)LENGTH * ROWS; i++)
                assert_near(y[i], logits.data[i], 1e-12, "logit %zu of %s", i, odd_kinds[k].file);
        }
        loci_array_free(&ids), loci_array_free(&logits);
        loci_model_free(model);
        close_dict(&d);
    }
}

/* The same model, however it is spelled and divided. */
static void in_every_spelling(void **state)
{
    (void)state;
    for (int k = 0; k < 2; k++) {
        dict d;
        open_dict(&d, k);
        loci_model *first = imported(&d, 1, kinds[k].config, 64), *other = imported(&d, 3, NULL, 0);
        const uint64_t print = loci_model_fingerprint(first);
        assert_int_equal(loci_model_configuration(first)->tokens, 64);
        assert_int_equal(loci_model_configuration(other)->tokens, 0);
        const size_t size = loci_model_size(first);
        assert_int_equal(loci_model_size(other), size);
        assert_memory_equal(loci_model_values(other), loci_model_values(first), size * sizeof(float));
        loci_model_free(other);
        rename_all(&d, "a_model.of_which_this.is_a_part.in_a_part.of_another_one.that_is_deep.backbone.", 0);
        other = imported(&d, 1, kinds[k].config, 64);
        assert_true(loci_model_fingerprint(other) == print);
        loci_model_free(other);
        close_dict(&d);
        open_dict(&d, k);
        rename_all(&d, "backbone.", 1);
        other = imported(&d, 2, kinds[k].other_config, 64);
        assert_true(loci_model_fingerprint(other) == print);
        loci_model_free(other);
        close_dict(&d);
        open_dict(&d, k);
        rename_all(&d, "", 1);
        other = imported(&d, 1, kinds[k].other_config, 64);
        assert_true(loci_model_fingerprint(other) == print);
        loci_model_free(other), loci_model_free(first);
        close_dict(&d);
    }
}

/* Halves are 2^-11 off, BF16 2^-8; logits are of about 1 and some hundred products deep. */
static void in_sixteen_bits(void **state)
{
    (void)state;
    for (int k = 0; k < 2; k++)
        for (int half = 0; half < 2; half++) {
            dict d;
            open_dict(&d, k);
            narrow(&d, half);
            loci_model *model = imported(&d, 1, kinds[k].config, 0);
            answers(model, kinds[k].file, half ? 0.02 : 0.15, half ? 0.02 : 0.15);
            loci_model_free(model);
            close_dict(&d);
        }
}

/* Of the mean cross entropy of all tokens but the first, by all parameters. */
static void gradients_are_published(void **state)
{
    (void)state;
    for (int k = 0; k < 2; k++) {
        dict d;
        open_dict(&d, k);
        loci_model *model = imported(&d, 1, kinds[k].config, 0);
        loci_array ids = golden(kinds[k].file, "ids"), loss = golden(kinds[k].file, "loss");
        loci_network_f64 *n;
        loci_error error;
        if (loci_network_create_f64(&n, model, L, &error)) fail_msg("%s", error.text);
        const size_t size = loci_model_size(model), parts = loci_network_parts_f64(n);
        double *p = loci_allocate(3 * size, sizeof *p), *dp = p + size;
        for (size_t i = 0; i < size; i++) p[i] = (double)loci_model_values(model)[i];
        for (size_t i = 0; i < parts; i++) loci_network_prepare_f64(n, p, 1, i);
        void *workspace = loci_allocate(loci_network_workspace_f64(n, B, 1), 1);
        double *gradient = loci_allocate(loci_network_gradient_size_f64(n), sizeof *gradient);
        static double y[B * L * V];
        const loci_pass pass = {.size = sizeof pass, .B = B, .L = L};
        loci_network_forward_f64(n, y, ids.data, &pass, NULL, 1, workspace);
        double sum = 0;
        for (size_t b = 0; b < B; b++)
            for (size_t l = 0; l < L; l++) {
                double *at = y + (b * L + l) * V, all = 0;
                const size_t next = l + 1 < L ? (size_t)ids.data[b * L + l + 1] : 0;
                for (size_t v = 0; v < V; v++) all += exp(at[v]);
                if (l + 1 < L) sum -= at[next] - log(all);
                for (size_t v = 0; v < V; v++)
                    at[v] = l + 1 < L ? (exp(at[v]) / all - (v == next ? 1 : 0)) / (B * (L - 1)) : 0;
            }
        assert_near(sum / (B * (L - 1)), loss.data[0], 1e-12, "the loss");
        loci_network_backward_f64(n, NULL, gradient, y, &pass, NULL, workspace);
        for (size_t i = parts; i-- > 0;) loci_network_gather_f64(n, dp, gradient, p, i);
        size_t parameters;
        const loci_parameter *table = loci_model_parameters(model, &parameters);
        for (size_t i = 0; i < parameters; i++) {
            char name[160];
            const char *own = table[i].name;
            if (strncmp(own, "mamba_layers.", 13) == 0)
                snprintf(name, sizeof name, "g.backbone.layers.%c.mixer.%s", own[13], own + 15);
            else if (strncmp(own, "norms.", 6) == 0)
                snprintf(name, sizeof name, "g.backbone.layers.%c.norm.%s", own[6], own + 8);
            else
                snprintf(name, sizeof name, "g.backbone.%s", own);
            loci_array a = golden(kinds[k].file, name);
            double most = 0;
            for (size_t j = 0; j < table[i].count; j++) most = fmax(most, fabs(a.data[j]));
            for (size_t j = 0; j < table[i].count; j++)
                assert_near(dp[table[i].offset + j], a.data[j], 1e-9 * most, "%s[%zu]", name, j);
            loci_array_free(&a);
        }
        loci_free(p), loci_free(workspace), loci_free(gradient);
        loci_network_free_f64(n);
        loci_array_free(&ids), loci_array_free(&loss);
        loci_model_free(model);
        close_dict(&d);
    }
}

static void refuse(const dict *d, const char *config, size_t tokens, loci_status status, const char *what)
{
    loci_model *model;
    loci_error error = {0};
    const loci_status is = import(&model, d, 1, config, tokens, &error);
    if (is != status || !strstr(error.text, what))
        fail_msg("status %d, \"%s\"; %d, %s was expected", (int)is, error.text, (int)status, what);
    assert_null(model);
}

static void refusals(void **state)
{
    (void)state;
    for (int k = 0; k < 2; k++) {
        dict d;
        open_dict(&d, k);
        const size_t count = d.count;
        for (size_t i = 0; i < count; i++) { /* each one missing, by its name */
            if (strcmp(d.name[i], "lm_head.weight") == 0) continue;
            char name[64];
            snprintf(name, sizeof name, "%s", d.name[i]);
            snprintf(d.name[i], sizeof d.name[i], "backbone.other");
            if (strstr(name, ".0.mixer.x_proj.weight") || strstr(name, ".0.mixer.dt_bias"))
                refuse(&d, NULL, 0, LOCI_E_UNSUPPORTED, "a layer of Mamba or Mamba 2 was expected");
            else
                refuse(&d, NULL, 0, LOCI_E_FORMAT, name);
            snprintf(d.name[i], sizeof d.name[i], "%s", name);
        }
        for (size_t i = 0; i < count; i++) { /* with a dimension more */
            loci_tensor *t = &d.tensor[i];
            t->shape[t->dimensions++] = 1;
            refuse(&d, kinds[k].config, 0, LOCI_E_FORMAT, d.name[i]);
            t->dimensions--;
        }
        const size_t last = where(&d, "layers.1.mixer.out_proj.weight");
        d.tensor[last].shape[0] = 64, d.tensor[last].shape[1] = 32;
        refuse(&d, NULL, 0, LOCI_E_FORMAT,
               "layers.1.mixer.out_proj.weight has the shape [64, 32]; [32, 64] was expected");
        d.tensor[last].shape[0] = 32, d.tensor[last].shape[1] = 64;
        float *number = (float *)(uintptr_t)d.tensor[last].data, kept = number[5];
        number[5] = (float)NAN;
        refuse(&d, NULL, 0, LOCI_E_FORMAT, "layers.1.mixer.out_proj.weight[5] is");
        number[5] = kept;
        d.tensor[last].type = "I32";
        refuse(&d, NULL, 0, LOCI_E_UNSUPPORTED, "out_proj.weight holds I32");
        d.tensor[last].type = "F32";
        refuse(&d, NULL, 65, LOCI_E_ARGUMENT,
               "vocabulary is 65; 1 to 64, the rows of its embedding, was expected");
        const struct {
            const char *config, *text;
            loci_status status;
        } bad[] = {
            {"{\"n_layer\": 3}", "tensor backbone.layers.2", LOCI_E_FORMAT},
            {"{\"n_layer\": 1}", "tensor backbone.layers.1.", LOCI_E_FORMAT},
            {"{\"n_layer\": 0}", "n_layer", LOCI_E_UNSUPPORTED},
            {"{\"vocab_size\": 65}", "vocab_size of its config.json is 65", LOCI_E_FORMAT},
            {"{\"ssm_cfg\": {\"layer\": \"Mamba3\"}}", "layers of kind Mamba3; Mamba1 or Mamba2",
             LOCI_E_UNSUPPORTED},
            {"{\"model_type\": \"falcon_mamba\"}", "model_type is falcon_mamba", LOCI_E_UNSUPPORTED},
            {"{\"attn_layer_idx\": [1]}", "attn_layer_idx", LOCI_E_UNSUPPORTED},
            {"{\"d_intermediate\": 64}", "d_intermediate", LOCI_E_UNSUPPORTED},
            {"{\"layer_norm_epsilon\": 1e-3}", "layer_norm_epsilon", LOCI_E_UNSUPPORTED},
            {"{\"hidden_act\": \"gelu\"}", "hidden_act", LOCI_E_UNSUPPORTED},
            {"{\"attn_layer_idx\": 1}", "attn_layer_idx", LOCI_E_UNSUPPORTED},
            {"{\"num_hidden_layers\": \"2\"}", "num_hidden_layers of its config.json is none that can be run",
             LOCI_E_UNSUPPORTED},
            {"[]", "its config.json is no object", LOCI_E_FORMAT},
            {"{", "its config.json is no JSON: it ends too early", LOCI_E_FORMAT},
            {"{\"ssm_cfg\": \"Mamba2\"}", "ssm_cfg of its config.json is no object", LOCI_E_FORMAT},
            /* what tensors say, too */
            {"{\"hidden_size\": 64}",
             "hidden_size of its config.json is 64; 32 was expected, as its tensors have it", LOCI_E_FORMAT},
            {"{\"ssm_cfg\": {\"d_state\": 8}}", "d_state of its config.json is 8; 16 was", LOCI_E_FORMAT},
            {"{\"conv_kernel\": 3}", "conv_kernel of its config.json is 3; 4 was", LOCI_E_FORMAT},
            {"{\"expand\": 1.5}", "expand of its config.json is 1.5; 2 was", LOCI_E_FORMAT},
            {"{\"use_bias\": true}", "use_bias of its config.json is true; false was", LOCI_E_FORMAT},
            {"{\"use_conv_bias\": false}", "use_conv_bias of its config.json is false", LOCI_E_FORMAT},
            {"{\"rms_norm\": false}", "rms_norm of its config.json is false", LOCI_E_FORMAT},
            {k ? "{\"model_type\": \"mamba\"}" : "{\"ssm_cfg\": {\"layer\": \"Mamba2\"}}",
             k ? "has tensors of Mamba 2; those of Mamba were expected"
               : "has tensors of Mamba; those of Mamba 2 were expected",
             LOCI_E_FORMAT},
            {"{\"d_model\": 32, \"hidden_size\": 64}", "hidden_size of its config.json is 64; 32",
             LOCI_E_FORMAT},
            {"{\"state_size\": \"4\"}", "state_size of its config.json is none that can be run; a number was",
             LOCI_E_UNSUPPORTED},
            {"{\"use_bias\": \"no\"}",
             "use_bias of its config.json is none that can be run; true or false was", LOCI_E_UNSUPPORTED},
            {"{\"intermediate_size\": 77}", "intermediate_size of its config.json is 77; 64 was",
             LOCI_E_FORMAT},
            {k ? "{\"num_heads\": 77}" : "{\"d_inner\": 77}", "of its config.json is 77", LOCI_E_FORMAT},
            {k ? "{\"ssm_cfg\": {\"D_has_hdim\": true}}" : "{\"d_conv\": []}", "of its config.json is",
             k ? LOCI_E_FORMAT : LOCI_E_UNSUPPORTED},
            {k ? "{\"ssm_cfg\": {\"norm_before_gate\": \"no\"}}" : "{\"dt_rank\": \"none\"}",
             "of its config.json is none that can be run", LOCI_E_UNSUPPORTED},
            {k ? "{\"head_dim\": 8}" : "{\"time_step_rank\": 3}", "of its config.json is", LOCI_E_FORMAT},
            {k ? "{\"ssm_cfg\": {\"rmsnorm\": false}}" : "{\"ssm_cfg\": {\"dt_rank\": 1}}",
             "of its config.json is", LOCI_E_FORMAT},
        };
        for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
            refuse(&d, bad[i].config, 0, bad[i].status, bad[i].text);
        float *head = (float *)(uintptr_t)d.tensor[where(&d, "lm_head.weight")].data;
        head[0] += 1;
        refuse(&d, "{\"tie_embeddings\": true}", 0, LOCI_E_FORMAT,
               "lm_head.weight is another one than the embedding");
        loci_model *model = imported(&d, 1, "{}", 0); /* not tied, then */
        assert_int_equal(loci_model_configuration(model)->head, LOCI_HEAD_UNBIASED);
        loci_model_free(model);
        drop(&d, where(&d, "lm_head.weight"));
        refuse(&d, "{\"tie_word_embeddings\": false}", 0, LOCI_E_FORMAT, "lm_head.weight is missing");
        close_dict(&d);
    }
    dict wide; /* states of more numbers than any model has: the file's fault, not the caller's */
    open_dict(&wide, 0);
    loci_tensor *rates = &wide.tensor[where(&wide, "layers.0.mixer.A_log")];
    free((void *)(uintptr_t)rates->data);
    rates->shape[1] = 2000, rates->bytes = 4 * 2000 * rates->shape[0];
    assert_non_null(rates->data = calloc(2000 * rates->shape[0], 4));
    refuse(&wide, NULL, 0, LOCI_E_FORMAT, "2000");
    close_dict(&wide);
    dict none = {.count = 0};
    refuse(&none, NULL, 0, LOCI_E_FORMAT, "backbone.embedding.weight is missing");
}

/* Where the norm stands is told by the mixer's options alone. */
static void where_the_norm_stands(void **state)
{
    (void)state;
    static const struct {
        const char *config;
        loci_gate_norm norm;
    } cases[] = {
        {"{\"norm_before_gate\": true}", LOCI_GATE_NORM_AFTER},
        {"{\"norm_before_gate\": true, \"ssm_cfg\": {}}", LOCI_GATE_NORM_AFTER},
        {"{\"ssm_cfg\": {\"norm_before_gate\": false}}", LOCI_GATE_NORM_AFTER},
        {"{\"ssm_cfg\": {\"norm_before_gate\": true}}", LOCI_GATE_NORM_BEFORE},
    };
    dict d;
    open_dict(&d, 1);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        loci_model *model = imported(&d, 1, cases[i].config, 0);
        assert_int_equal(loci_model_configuration(model)->gate_norm, cases[i].norm);
        loci_model_free(model);
    }
    close_dict(&d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(published),
        cmocka_unit_test(of_odd_sizes),
        cmocka_unit_test(in_every_spelling),
        cmocka_unit_test(in_sixteen_bits),
        cmocka_unit_test(gradients_are_published),
        cmocka_unit_test(refusals),
        cmocka_unit_test(where_the_norm_stands),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
