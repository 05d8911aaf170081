/* SPDX-License-Identifier: MIT
 * test_model_file.c - models come back from their files to the bit; what is damaged is refused, whatever the damage. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <loci/model.h>

#include "model/safetensors.h"

static const double shift[2] = {0.1, -1e-300}, scale[2] = {1.0 / 3, -0x1.fffffffffffffp1023};
static const char *const classes[3] = {"na\xc3\xafve \"class\"\n", "", "dog"};
static const char *const columns[2] = {"x,1", "\"x\""}, *const learned[1] = {"na\xc3\xafve y"};
static const loci_model_about everything = {.size = sizeof(loci_model_about),
                                            .rate = 44100.0 / 7,
                                            .shift = shift,
                                            .scale = scale,
                                            .classes = classes,
                                            .reading = {.gray = 1,
                                                        .permuted = 1,
                                                        .permutation = UINT64_MAX,
                                                        .label = "{label}_*",
                                                        .mono = 1,
                                                        .value = "y",
                                                        .group = "na\xc3\xafve",
                                                        .time = "t",
                                                        .columns = columns,
                                                        .column_count = 2,
                                                        .window = 50,
                                                        .stride = 7,
                                                        .horizon = 3,
                                                        .hold = 1,
                                                        .learned = learned,
                                                        .learned_count = 1,
                                                        .match = "a*",
                                                        .except = "*b",
                                                        .resample = 4000.5,
                                                        .test = 0.1},
                                            .note = "{\"loss\": 0.1}"};

static loci_model_config tiny(void)
{
    return (loci_model_config){.layer = LOCI_LAYER_S4D,
                               .inputs = 2,
                               .outputs = 3,
                               .layers = 2,
                               .width = 3,
                               .order = 4,
                               .discretization = LOCI_BILINEAR,
                               .dt_min = 0.001,
                               .dt_max = 0.3,
                               .norm = LOCI_NORM_RMS,
                               .prenorm = 1,
                               .dropout = 0.1,
                               .tied = 1,
                               .pool = LOCI_POOL_NONE};
}

static loci_model *made(const loci_model_config *config, const loci_model_about *about)
{
    loci_model *model;
    loci_error error;
    if (loci_model_create(&model, config, &error)) fail_msg("%s", error.text);
    loci_model_initialize(model, 7);
    if (about && loci_model_describe(model, about, &error)) fail_msg("%s", error.text);
    return model;
}

typedef struct {
    unsigned char *bytes;
    size_t size;
} file;

static file saved(const loci_model *model)
{
    void *bytes;
    file f;
    loci_error error;
    if (loci_model_save(model, &bytes, &f.size, &error)) fail_msg("%s", error.text);
    f.bytes = bytes;
    return f;
}

static loci_model *loaded(file f)
{
    loci_model *model;
    loci_error error;
    if (loci_model_load(&model, f.bytes, f.size, &error)) fail_msg("%s", error.text);
    return model;
}

static void same_text(const char *a, const char *b)
{
    if (!a || !b)
        assert_ptr_equal(a, b);
    else
        assert_string_equal(a, b);
}

static void same_numbers(const double *a, const double *b, size_t count)
{
    if (!a || !b)
        assert_ptr_equal(a, b);
    else
        assert_memory_equal(a, b, count * sizeof *a);
}

static void same_reading(const loci_reading *p, const loci_reading *q)
{
    assert_int_equal(p->gray, q->gray);
    assert_int_equal(p->mono, q->mono);
    assert_int_equal(p->permuted, q->permuted);
    assert_true(p->permutation == q->permutation);
    same_text(p->label, q->label);
    same_text(p->value, q->value);
    same_text(p->group, q->group);
    same_text(p->time, q->time);
    same_text(p->match, q->match);
    same_text(p->except, q->except);
    assert_int_equal(p->column_count, q->column_count);
    for (size_t i = 0; i < p->column_count; i++) assert_string_equal(p->columns[i], q->columns[i]);
    assert_int_equal(p->window, q->window);
    assert_int_equal(p->stride, q->stride);
    assert_int_equal(p->horizon, q->horizon);
    assert_int_equal(p->hold, q->hold);
    assert_int_equal(p->learned_count, q->learned_count);
    for (size_t i = 0; i < p->learned_count; i++) assert_string_equal(p->learned[i], q->learned[i]);
    assert_int_equal(p->input_count, q->input_count);
    for (size_t i = 0; i < p->input_count; i++) assert_string_equal(p->inputs[i], q->inputs[i]);
    assert_true(p->resample == q->resample && p->test == q->test);
}

static void same(const loci_model *a, const loci_model *b)
{
    const loci_model_config *c = loci_model_configuration(a), *d = loci_model_configuration(b);
    const loci_model_about *p = loci_model_description(a), *q = loci_model_description(b);
    assert_int_equal(c->layer, d->layer);
    assert_int_equal(c->inputs, d->inputs);
    assert_int_equal(c->outputs, d->outputs);
    assert_int_equal(c->layers, d->layers);
    assert_int_equal(c->width, d->width);
    if (c->layer == LOCI_LAYER_S4D) {
        assert_int_equal(c->order, d->order);
        assert_int_equal(c->discretization, d->discretization);
        assert_true(c->dt_min == d->dt_min && c->dt_max == d->dt_max);
    }
    assert_int_equal(c->plain, d->plain);
    assert_int_equal(c->norm, d->norm);
    assert_int_equal(c->prenorm, d->prenorm);
    assert_true(c->dropout == d->dropout);
    assert_int_equal(c->tied, d->tied);
    assert_int_equal(c->pool, d->pool);
    assert_int_equal(loci_model_size(a), loci_model_size(b));
    assert_memory_equal(loci_model_values_const(a), loci_model_values_const(b),
                        loci_model_size(a) * sizeof(float));
    assert_true(p->rate == q->rate);
    same_numbers(p->shift, q->shift, c->inputs);
    same_numbers(p->scale, q->scale, c->inputs);
    assert_int_equal(p->classes != NULL, q->classes != NULL);
    for (size_t i = 0; p->classes && i < c->outputs; i++) assert_string_equal(p->classes[i], q->classes[i]);
    same_reading(&p->reading, &q->reading);
    same_text(p->note, q->note);
    assert_true(loci_model_fingerprint(a) == loci_model_fingerprint(b));
}

/* There and back, and there again: the same bytes. */
static void comes_back(const loci_model_config *config, const loci_model_about *about)
{
    loci_model *model = made(config, about);
    float *values = loci_model_values(model);
    values[0] = -0.0f, values[1] = 0x1p-149f, values[2] = -0x1.fffffep127f;
    const file f = saved(model);
    loci_model *again = loaded(f);
    same(model, again);
    const file g = saved(again);
    assert_int_equal(f.size, g.size);
    assert_memory_equal(f.bytes, g.bytes, f.size);
    assert_int_equal((f.bytes[0] + 256 * f.bytes[1]) % 8, 0); /* the data are aligned */
    loci_bytes_free(f.bytes);
    loci_bytes_free(g.bytes);
    loci_model_free(model);
    loci_model_free(again);
}

/* Names of what is learned are kept where nothing else tells them: values and columns by numbers, in lists, or not named. */
static void names_of_what_is_learned(void **state)
{
    (void)state;
    static const char *const x[] = {"x"}, *const xy[] = {"x", "y"}, *const list[] = {"x,y"},
                             *const two[] = {"2"};
    const struct {
        loci_reading r;
        size_t kept;
    } cases[] = {
        {{.value = "x", .learned = x, .learned_count = 1}, 0},
        {{.value = "2", .learned = x, .learned_count = 1}, 1},
        {{.value = "2", .learned = two, .learned_count = 1}, 1},
        {{.value = "x", .columns = xy, .column_count = 2, .horizon = 2, .learned = x, .learned_count = 1}, 0},
        {{.columns = xy, .column_count = 2, .horizon = 2, .learned = xy, .learned_count = 2}, 0},
        {{.columns = list, .column_count = 1, .horizon = 2, .learned = xy, .learned_count = 2}, 2},
        {{.horizon = 2, .learned = xy, .learned_count = 2}, 2},
        {{.horizon = 2}, 0},
    };
    const loci_model_config config = tiny();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        loci_model *model =
            made(&config, &(loci_model_about){.size = sizeof(loci_model_about), .reading = cases[i].r});
        const loci_reading *r = &loci_model_description(model)->reading;
        assert_int_equal(r->learned_count, cases[i].kept);
        assert_int_equal(r->learned != NULL, cases[i].kept > 0);
        for (size_t k = 0; k < r->learned_count; k++)
            assert_string_equal(r->learned[k], cases[i].r.learned[k]);
        loci_model_free(model);
    }
    static const char *const wrong[] = {"\xff"};
    loci_model *model = made(&config, NULL);
    loci_error error;
    assert_int_equal(
        loci_model_describe(model,
                            &(loci_model_about){.size = sizeof(loci_model_about),
                                                .reading = {.learned = wrong, .learned_count = 1}},
                            &error),
        LOCI_E_ARGUMENT);
    loci_model_free(model);
}

/* Names of the inputs are kept where no columns tell them, and come back. */
static void names_of_inputs(void **state)
{
    (void)state;
    static const char *const xy[] = {"x, \"1\"", "na\xc3\xafve"}, *const wrong[] = {"x", "\xff"};
    const loci_model_config config = tiny();
    loci_reading reading = {.inputs = xy, .input_count = 2, .learned = xy, .learned_count = 1, .horizon = 1};
    comes_back(&config, &(loci_model_about){.size = sizeof(loci_model_about), .reading = reading});
    loci_model *model =
        made(&config, &(loci_model_about){.size = sizeof(loci_model_about), .reading = reading});
    const loci_reading *kept = &loci_model_description(model)->reading;
    assert_int_equal(kept->input_count, 2);
    assert_string_equal(kept->inputs[1], xy[1]);
    assert_ptr_not_equal(kept->inputs[1], xy[1]);
    reading.columns = xy, reading.column_count = 1;
    loci_model_about about = {.size = sizeof about, .reading = reading};
    assert_int_equal(loci_model_describe(model, &about, NULL), LOCI_OK);
    assert_int_equal(kept->column_count, 1);
    assert_true(kept->input_count == 0 && !kept->inputs);
    static const char *const twice[] = {"x", "x"}, *const number[] = {"x", "12"}, *const none[] = {"x", ""};
    const char *const *const bad[] = {wrong, twice, number, none, NULL};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        about.reading = (loci_reading){.inputs = bad[i], .input_count = 2};
        assert_int_equal(loci_model_describe(model, &about, NULL), LOCI_E_ARGUMENT);
    }
    about.reading = (loci_reading){.inputs = xy, .input_count = 1};
    assert_int_equal(loci_model_describe(model, &about, NULL), LOCI_E_ARGUMENT);
    loci_model_free(model);
}

static void round_trip(void **state)
{
    (void)state;
    loci_model_config config = tiny();
    comes_back(&config, &everything);
    comes_back(&config, NULL);
    comes_back(&config, &(loci_model_about){.scale = scale, .reading.permutation = 0});
    config.norm = LOCI_NORM_LAYER, config.pool = LOCI_POOL_LAST, config.prenorm = config.tied = 0;
    comes_back(&config, NULL);
    loci_error error;
    if (loci_model_preset(&config, "lstm", 2, 3, &error)) fail_msg("%s", error.text);
    config.width = 5;
    config.dt_min = (double)NAN; /* not used, so not kept */
    comes_back(&config, &everything);
    const char *const presets[] = {"s4-example", "gru",   "mingru", "conv",
                                   "s5",         "mamba", "mamba2", "attention"};
    for (size_t i = 0; i < sizeof presets / sizeof *presets; i++) {
        if (loci_model_preset(&config, presets[i], 3, 10, &error)) fail_msg("%s", error.text);
        comes_back(&config, NULL);
    }
}

/* What forward depends on has a say: most fields, each parameter, shift and scale; what only training, initial values and
 * people look at has none. */
static void fingerprints(void **state)
{
    (void)state;
    loci_model_config config = tiny();
    loci_model *model = made(&config, NULL);
    uint64_t seen[16];
    size_t count = 0;
    seen[count++] = loci_model_fingerprint(model);
    loci_model_about about = everything;
    about.shift = about.scale = NULL;
    assert_int_equal(loci_model_describe(model, &about, NULL), LOCI_OK);
    assert_true(loci_model_fingerprint(model) == seen[0]);
    about.shift = everything.shift;
    assert_int_equal(loci_model_describe(model, &about, NULL), LOCI_OK);
    seen[count++] = loci_model_fingerprint(model);
    about.scale = everything.scale;
    assert_int_equal(loci_model_describe(model, &about, NULL), LOCI_OK);
    seen[count++] = loci_model_fingerprint(model);
    loci_model_values(model)[1] = nextafterf(loci_model_values(model)[1], 2);
    seen[count++] = loci_model_fingerprint(model);
    loci_model_free(model);
    for (int i = 0; i < 10; i++) {
        loci_model_config other = config;
        if (i == 0) other.discretization = LOCI_ZOH;
        if (i == 1) other.prenorm = 0;
        if (i == 2) other.pool = LOCI_POOL_LAST;
        if (i == 3) other.pool = LOCI_POOL_MEAN;
        if (i == 4) other.dt_max = 0.2, other.dt_min = 0.01;
        if (i == 5) other.dropout = 0.2, other.tied = !config.tied;
        if (i == 6) other.outputs = 4;
        if (i == 7) other.layers = 3;
        if (i == 8) other.order = 6;
        if (i == 9) other.norm = LOCI_NORM_LAYER;
        model = made(&other, NULL);
        if (i == 4 || i == 5) { /* with the same values, which initial steps would not give */
            loci_model *same = made(&config, NULL);
            memcpy(loci_model_values(model), loci_model_values(same), loci_model_size(model) * sizeof(float));
            assert_true(loci_model_fingerprint(model) == seen[0]);
            loci_model_free(same);
        } else {
            seen[count++] = loci_model_fingerprint(model);
        }
        loci_model_free(model);
    }
    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; j < i; j++) assert_true(seen[i] != seen[j]);
}

static void refuse(const void *bytes, size_t size, loci_status expected, const char *what)
{
    loci_model *model = NULL;
    loci_error error = {0};
    const loci_status status = loci_model_load(&model, bytes, size, &error);
    if (status != expected || !strstr(error.text, what))
        fail_msg("status %d, \"%s\"; %d and %s was expected", (int)status, error.text, (int)expected, what);
    assert_int_equal(error.status, expected);
    assert_null(model);
}

static void every_cut(void **state)
{
    (void)state;
    const loci_model_config config = tiny();
    loci_model *model = made(&config, &everything);
    const file f = saved(model);
    for (size_t cut = 0; cut < f.size; cut++) {
        unsigned char *part = malloc(cut + 1); /* just so long: a read beyond is seen by the sanitizer */
        assert_non_null(part);
        memcpy(part, f.bytes, cut);
        loci_model *none = NULL;
        assert_int_equal(loci_model_load(&none, part, cut, NULL), LOCI_E_FORMAT);
        assert_null(none);
        free(part);
    }
    loci_bytes_free(f.bytes);
    loci_model_free(model);
}

/* Whatever byte is another one, the file is refused, or (in the blanks of the header, in the word "checksum") nothing
 * was lost. */
static void every_flip(void **state)
{
    (void)state;
    const loci_model_config config = tiny();
    loci_model *model = made(&config, &everything);
    const file f = saved(model);
    size_t passed = 0;
    for (size_t i = 0; i < f.size; i++)
        for (int flip = 0; flip < 9; flip++) {
            const unsigned char byte = f.bytes[i];
            f.bytes[i] = flip < 8 ? byte ^ (unsigned char)(1 << flip) : (unsigned char)~byte;
            loci_model *other;
            if (loci_model_load(&other, f.bytes, f.size, NULL) == LOCI_OK) {
                same(model, other);
                loci_model_free(other);
                passed++;
            }
            f.bytes[i] = byte;
        }
    assert_true(passed < 9 * 16);
    loci_bytes_free(f.bytes);
    loci_model_free(model);
}

/* A copy of f in whose header `from` has become `to`, of any length, without the checksum. */
static file edited(file f, const char *from, const char *to)
{
    uint64_t length = 0;
    for (int i = 0; i < 8; i++) length |= (uint64_t)f.bytes[i] << (8 * i);
    char *header = calloc(2 * length + strlen(to) + 9, 1);
    assert_non_null(header);
    memcpy(header, f.bytes + 8, length);
    char *sum = strstr(header, "checksum");
    if (sum) memcpy(sum, "checksun", 8);
    char *at = strstr(header, from);
    if (!at) fail_msg("%s is not in %s", from, header);
    char *rest = strdup(at + strlen(from));
    strcpy(at, to);
    strcat(at, rest);
    free(rest);
    const size_t data = f.size - 8 - length, changed = strlen(header);
    file g = {malloc(8 + changed + data), 8 + changed + data};
    assert_non_null(g.bytes);
    for (int i = 0; i < 8; i++) g.bytes[i] = (unsigned char)((uint64_t)changed >> (8 * i));
    memcpy(g.bytes + 8, header, changed);
    memcpy(g.bytes + 8 + changed, f.bytes + 8 + length, data);
    free(header);
    return g;
}

static void hostile_metadata(void **state)
{
    (void)state;
    static const struct {
        const char *from, *to, *what;
    } cases[] = {
        {"\"format\":\"loci\"", "\"format\":\"pt\"", "no model of loci"},
        {"\"version\":\"1\"", "\"version\":\"2\"", "version 2"},
        {"\"config\"", "\"confiq\"", "no config"},
        {"\"description\"", "\"descriptiom\"", "no description"},
        {"\\\"layers\\\":2", "\\\"layers\\\":0", "layers is 0; 1 to 1024 was expected"},
        {"\\\"layers\\\":2", "\\\"layers\\\":-2", "layers of the config"},
        {"\\\"layers\\\":2", "\\\"layers\\\":2.0", "layers of the config"},
        {"\\\"layers\\\":2", "\\\"layers\\\":9223372036854775807", "layers is 9223372036854775807"},
        {"\\\"layers\\\":2", "\\\"layers\\\":9223372036854775808", "no JSON"},
        {"\\\"layers\\\":2", "\\\"layers\\\":1024", "tensor s4_layers.2.D is missing"},
        {"\\\"layers\\\":2", "\\\"layers\\\":1", "s4_layers.1.D is none of this model"},
        {"\\\"layers\\\":2", "\\\"layers\\\":2,\\\"layers\\\":2", "no JSON"},
        {"\\\"layers\\\":2", "\\\"layers\\\":2,\\\"more\\\":2",
         "more of the config is no field of a model with layers of s4d"},
        {"\\\"layers\\\":2", "\\\"layers\\\":2,\\\"heads\\\":2",
         "heads of the config is no field of a model with layers of s4d"},
        {"\\\"width\\\":3", "\\\"width\\\":65535",
         "encoder.weight has the shape [3, 2]; [65535, 2] was expected"},
        {"\\\"width\\\":3", "\\\"width\\\":65536", "width is 65536"},
        {"\\\"order\\\":4", "\\\"order\\\":5", "order is 5"},
        {"\\\"order\\\":4", "\\\"order\\\":null", "order of the config"},
        {"\\\"layer\\\":\\\"s4d\\\"", "\\\"layer\\\":\\\"rnn\\\"", "s4d, lstm, gru, mingru"},
        {"\\\"norm\\\":\\\"rms\\\"", "\\\"norm\\\":\\\"batch\\\"", "layer, rms or none was expected"},
        {"\\\"bilinear\\\"", "\\\"euler\\\"", "zoh or bilinear was expected"},
        {"\\\"dt_min\\\":0.001", "\\\"dt_min\\\":0.5", "dt_min is 0.5 and dt_max 0.3"},
        {"\\\"dt_min\\\":0.001", "\\\"dt_min\\\":1e999", "no JSON"},
        {"\\\"tied\\\":true", "\\\"tied\\\":1", "tied of the config"},
        {"\\\"gray\\\":true,", "", "gray of the description"},
        {"\\\"gray\\\":true,", "\\\"gray\\\":true,\\\"grey\\\":true,",
         "grey of the description is no field that is known"},
        {"18446744073709551615", "18446744073709551616", "permutation of the description"},
        {"18446744073709551615", " 1", "permutation of the description"},
        {"\\\"\\\",\\\"dog\\\"", "\\\"\\\"", "an array of 3 or null was expected"},
        {"\\\"\\\",\\\"dog\\\"", "1,2", "an array of texts"},
        {"\\\"shift\\\":[", "\\\"shift\\\":[1,", "shift of the description"},
        {"\\\"shift\\\":[0.10000000000000001", "\\\"shift\\\":[true", "an array of numbers"},
        {"\\\"scale\\\":[0.33333333333333331", "\\\"scale\\\":[0", "scale of input 0 is 0"},
        {"\\\"rate\\\":6300", "\\\"rate\\\":-6300", "rate is -6300"},
        {"\\\"mono\\\":true", "\\\"mona\\\":true", "reading of the description: "},
        {"\\\"window\\\":50", "\\\"window\\\":-50", "reading of the description: "},
        {"\\\"window\\\":50", "\\\"window\\\":\\\"50\\\"", "reading of the description: "},
        {"\\\"columns\\\":[", "\\\"columns\\\":[7,", "name 0 of columns is no text"},
        {"\\\"columns\\\":[", "\\\"columns\\\":{},\\\"columms\\\":[", "reading of the description: "},
        {"\\\"missing\\\":\\\"hold\\\"", "\\\"missing\\\":\\\"keep\\\"", "reading of the description: "},
        {"\\\"missing\\\":\\\"hold\\\"", "\\\"missing\\\":true", "reading of the description: "},
        {"\\\"learned\\\":[", "\\\"learned\\\":[7,", "name 0 of learned is no text"},
        {"\\\"learned\\\":[", "\\\"learned\\\":7,\\\"lerned\\\":[", "reading of the description: "},
        {"\\\"learned\\\":[", "\\\"inputs\\\":[7],\\\"learned\\\":[", "name 0 of inputs is no text"},
        {"\\\"learned\\\":[", "\\\"inputs\\\":{},\\\"learned\\\":[", "inputs is no list"},
        {"\\\"learned\\\":[", "\\\"inputs\\\":[\\\"x\\\"],\\\"learned\\\":[", "1 of 2 inputs have names"},
        {"\\\"learned\\\":[", "\\\"inputs\\\":[\\\"x\\\",\\\"x\\\"],\\\"learned\\\":[",
         "as another one or by a number"},
        {"\\\"test\\\":0.1", "\\\"test\\\":1.5", "the share to test with is 1.5"},
        {"\"decoder.bias\":{\"dtype\":\"F32\"", "\"decoder.bias\":{\"dtype\":\"I32\"", "holds I32; F32"},
        {"\"decoder.bias\"", "\"decoder.base\"", "tensor decoder.bias is missing"},
        {"\"shape\":[3,3]", "\"shape\":[9]", "tensor decoder.weight has the shape [9]; [3, 3] was expected"},
        {"\"data_offsets\":[24,36]", "\"data_offsets\":[20,32]", "overlaps"},
    };
    const loci_model_config config = tiny();
    loci_model *model = made(&config, &everything);
    const file f = saved(model);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const file g = edited(f, cases[i].from, cases[i].to);
        refuse(g.bytes, g.size, i == 1 ? LOCI_E_UNSUPPORTED : LOCI_E_FORMAT, cases[i].what);
        free(g.bytes);
    }
    const file g = edited(f, "{", "{"); /* nothing changed, no checksum: as another program would write it */
    loci_model *again = loaded(g);
    same(model, again);
    loci_model_free(again);
    free(g.bytes);
    f.bytes[f.size - 1] ^= 1;
    refuse(f.bytes, f.size, LOCI_E_FORMAT, "damaged");
    loci_bytes_free(f.bytes);
    loci_model_free(model);
}

/* Every length of a header that is a power of two, 2^63 among them. */
static void hostile_lengths(void **state)
{
    (void)state;
    const loci_model_config config = tiny();
    loci_model *model = made(&config, NULL);
    const file f = saved(model);
    for (int bit = 0; bit < 64; bit++) {
        memset(f.bytes, 0, 8);
        f.bytes[bit / 8] = (unsigned char)(1 << bit % 8);
        refuse(f.bytes, f.size, LOCI_E_FORMAT, "");
    }
    loci_bytes_free(f.bytes);
    loci_model_free(model);
}

/* What could not be loaded is not saved, and where in a file it stands is told. */
static void not_finite(void **state)
{
    (void)state;
    const loci_model_config config = tiny();
    loci_model *model = made(&config, NULL);
    size_t count;
    const loci_parameter *p = &loci_model_parameters(model, &count)[1];
    const file f = saved(model), g = edited(f, "{", "{");
    void *bytes = NULL;
    size_t size = 0;
    loci_error error;
    loci_model_values(model)[p->offset + 2] = (float)INFINITY;
    assert_int_equal(loci_model_save(model, &bytes, &size, &error), LOCI_E_VALUE);
    assert_null(bytes);
    assert_non_null(strstr(error.text, "encoder.bias[2] is inf"));
    const uint32_t nan_bits = 0x7fc00000;
    for (int b = 0; b < 4; b++) g.bytes[g.size - 4 + (size_t)b] = (unsigned char)(nan_bits >> (8 * b));
    refuse(g.bytes, g.size, LOCI_E_FORMAT, "decoder.bias[2] is nan");
    free(g.bytes);
    loci_bytes_free(f.bytes);
    loci_model_free(model);
}

static void texts_are_utf8(void **state)
{
    (void)state;
    const loci_model_config config = tiny();
    loci_model *model = made(&config, NULL);
    const char *const names[3] = {"a", "b\xe9", "c"};
    loci_error error;
    assert_int_equal(loci_model_describe(model, &(loci_model_about){.classes = names}, &error),
                     LOCI_E_ARGUMENT);
    assert_non_null(strstr(error.text, "name of class 1 is not UTF-8"));
    assert_int_equal(loci_model_describe(model, &(loci_model_about){.note = "\xed\xa0\x80"}, &error),
                     LOCI_E_ARGUMENT);
    loci_model_free(model);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(round_trip),       cmocka_unit_test(names_of_what_is_learned),
        cmocka_unit_test(names_of_inputs),  cmocka_unit_test(fingerprints),
        cmocka_unit_test(every_cut),        cmocka_unit_test(every_flip),
        cmocka_unit_test(hostile_metadata), cmocka_unit_test(hostile_lengths),
        cmocka_unit_test(not_finite),       cmocka_unit_test(texts_are_utf8),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
