/* SPDX-License-Identifier: MIT
 * test_export.c - exported steps, as the library runs them, against streams of the same models: every kind of layer with random
 * parameters, alone and in stacks, all tasks; their texts; what cannot be exported. */
#include <loci/export.h>

#include <ctype.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <loci/stream.h>
#include <loci/token.h>

#include "base/allocate.h"
#include "base/random.h"
#include "comma.h"
#include "export/program.h"
#include "near.h"

enum { LENGTH = 400, OUTPUTS = 5, NAME = LOCI_EXPORT_PREFIX + 16 };

/* As a share of the range of the answers, as in test_stream.c. */
static const double tolerance = 1e-5;

static void *some(size_t count, size_t size)
{
    void *memory = loci_allocate(count + 1, size);
    assert_non_null(memory);
    return memory;
}

/* A preset, small; what tests vary is set in it. */
static loci_model_config small(const char *preset, int plain)
{
    loci_model_config c;
    assert_int_equal(loci_model_preset(&c, preset, 3, OUTPUTS, NULL), LOCI_OK);
    c.size = sizeof c;
    c.width = 18, c.layers = plain ? 1 : 3, c.plain = plain, c.pool = LOCI_POOL_NONE;
    if (c.order) c.order = c.layer == LOCI_LAYER_S5 ? 12 : 6;
    if (plain && loci_layer_traits_of(c.layer)->square) c.width = c.inputs;
    if (c.layer == LOCI_LAYER_ATTENTION) c.heads = 3, c.attention_window = 37;
    if (c.layer == LOCI_LAYER_ATTENTION && plain) c.width = 18;
    return c;
}

/* A model of it whose parameters are nothing that training begins with: biases and norms, too, are anything. */
static loci_model *model_of(const loci_model_config *config, const loci_model_about *about)
{
    loci_model *model;
    loci_error error;
    size_t count;
    if (loci_model_create(&model, config, &error)) fail_msg("%s", error.text);
    if (loci_model_describe(model, about, &error)) fail_msg("%s", error.text);
    loci_model_initialize(model, 5);
    const loci_parameter *table = loci_model_parameters(model, &count);
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < table[i].count; k++)
            loci_model_values(model)[table[i].offset + k] +=
                (float)(0.15 * loci_random_normal(17 + i, 2 * k));
    return model;
}

/* Samples: noise, or tokens. */
static float *samples_of(const loci_model *model)
{
    const size_t inputs = loci_model_configuration(model)->inputs, tokens = loci_token_count(model);
    float *u = some(LENGTH * inputs, sizeof *u);
    for (size_t i = 0; i < LENGTH * inputs; i++)
        u[i] = tokens ? (float)floor(loci_random_uniform(3, 2 * i) * (double)tokens)
                      : (float)loci_random_normal(11, 2 * i);
    return u;
}

static loci_export *export_of(const loci_model *model)
{
    loci_export *program;
    loci_error error;
    if (loci_export_create(&program, model, NULL, &error)) fail_msg("%s", error.text);
    return program;
}

/* What an answer of the network means: probabilities where classes have names, values in the target's units, else itself. */
static void mean(const loci_model *model, double *answer, const float *y)
{
    const loci_model_about *about = loci_model_description(model);
    if (about->classes || loci_task_inspect(about->task)->values) {
        loci_model_answer(model, answer, y);
        return;
    }
    for (size_t i = 0; i < loci_model_configuration(model)->outputs; i++) answer[i] = (double)y[i];
}

/* What a stream answers: [LENGTH][outputs]. */
static double *streamed(const loci_model *model, const float *u)
{
    const size_t outputs = loci_model_configuration(model)->outputs;
    loci_stream_tables *tables;
    loci_stream *stream;
    loci_error error;
    float *y = some(LENGTH * outputs, sizeof *y);
    double *answers = some(LENGTH * outputs, sizeof *answers);
    if (loci_stream_tables_create(&tables, model, 0, 0, &error)) fail_msg("%s", error.text);
    if (loci_stream_init(&stream, NULL, 0, tables, 1, &error)) fail_msg("%s", error.text);
    if (loci_stream_push(stream, NULL, 1, u, NULL, LENGTH, 1, y, &error)) fail_msg("%s", error.text);
    for (size_t k = 0; k < LENGTH; k++) mean(model, answers + k * outputs, y + k * outputs);
    loci_stream_free(stream);
    loci_stream_tables_free(tables);
    loci_free(y);
    return answers;
}

/* Every answer of the step against those of a stream; a copy of the state goes on to the same bits. */
static void same(const loci_model *model, const char *what)
{
    const size_t inputs = loci_model_configuration(model)->inputs,
                 outputs = loci_model_configuration(model)->outputs;
    loci_export *program = export_of(model);
    float *u = samples_of(model), *out = some(outputs, sizeof *out), *other = some(outputs, sizeof *other);
    double *answers = streamed(model, u), low = INFINITY, high = -INFINITY;
    void *state = some(loci_export_state_size(program), 1), *copy = some(loci_export_state_size(program), 1),
         *work = some(loci_export_work_size(program), 1);
    for (size_t i = 0; i < LENGTH * outputs; i++) low = fmin(low, answers[i]), high = fmax(high, answers[i]);
    assert_true(high > low);
    memset(state, 0xff, loci_export_state_size(program));
    memset(work, 0xff, loci_export_work_size(program)); /* NaN: nothing is read before it is written */
    loci_export_init(program, state);
    for (size_t k = 0; k < LENGTH; k++) {
        if (k == LENGTH / 3) memcpy(copy, state, loci_export_state_size(program));
        loci_export_step(program, state, out, u + k * inputs, work);
        for (size_t i = 0; i < outputs; i++)
            assert_near(out[i], answers[k * outputs + i], tolerance * (high - low),
                        "%s: sample %zu, answer %zu", what, k, i);
    }
    for (size_t k = LENGTH / 3; k < LENGTH; k++) loci_export_step(program, copy, other, u + k * inputs, work);
    assert_memory_equal(out, other, outputs * sizeof *out);
    loci_export_free(program);
    loci_free(u), loci_free(out), loci_free(other), loci_free(answers);
    loci_free(state), loci_free(copy), loci_free(work);
}

static const double shift[3] = {0.5, -1, 0}, scale[3] = {2, 1, 0.5},
                    target_shift[OUTPUTS] = {100, 0, -3, 1, 7}, target_scale[OUTPUTS] = {0.01, 1, 4, 2, 1};

/* Numbers at every sample, in units of their own. */
static void same_values(const loci_model_config *config, const char *what)
{
    const loci_model_about about = {.size = sizeof about,
                                    .task = LOCI_TASK_VALUE_EACH,
                                    .shift = config->vocabulary ? NULL : shift,
                                    .scale = config->vocabulary ? NULL : scale};
    loci_model *model = model_of(config, &about);
    same(model, what);
    loci_model_free(model);
}

/* ---- layers ---- */

static void test_alone(void **unused)
{
    (void)unused;
    static const char *const presets[] = {"s4",     "small", "s5",    "lstm",   "gru",
                                          "mingru", "conv",  "mamba", "mamba2", "attention"};
    for (size_t i = 0; i < sizeof presets / sizeof *presets; i++) {
        loci_model_config c = small(presets[i], 1);
        c.mixer = LOCI_MIXER_NONE;
        same_values(&c, presets[i]);
    }
}

static void test_stacks(void **unused)
{
    (void)unused;
    static const char *const presets[] = {"s4",     "small", "s5",    "lstm",   "gru",
                                          "mingru", "conv",  "mamba", "mamba2", "attention"};
    for (size_t i = 0; i < sizeof presets / sizeof *presets; i++)
        for (int norm = 0; norm < 3; norm++) {
            loci_model_config c = small(presets[i], 0);
            c.norm = (loci_norm)norm;
            c.prenorm = norm == 1 ? !c.prenorm : c.prenorm;
            c.final_norm = norm == 1;
            if (c.norm == LOCI_NORM_NONE) c.layers = 1; /* nothing else bounds what layers add up */
            same_values(&c, presets[i]);
        }
}

static void test_mixers(void **unused)
{
    (void)unused;
    static const char *const presets[] = {"small", "s4", "s5", "conv", "attention"};
    for (size_t i = 0; i < sizeof presets / sizeof *presets; i++)
        for (int mixer = 0; mixer < 4; mixer++) {
            loci_model_config c = small(presets[i], 0);
            c.mixer = (loci_mixer)mixer, c.mixer_expand = mixer == LOCI_MIXER_MLP ? 0 : 3;
            same_values(&c, presets[i]);
        }
}

static void test_state_spaces(void **unused)
{
    (void)unused;
    for (int kind = 0; kind < 2; kind++)
        for (size_t kernels = 1; kernels <= 3; kernels += 2)
            for (size_t taps = 0; taps <= 17; taps += taps ? 16 : 1) {
                loci_model_config c = small(kind ? "s4" : "small", 0);
                c.kernels = kernels, c.taps = taps;
                c.discretization = kind || taps ? LOCI_BILINEAR : LOCI_ZOH;
                same_values(&c, kind ? "s4, kernels" : "s4d, kernels");
            }
    loci_model_config c = small("s4", 0);
    c.init = LOCI_SSM_INIT_LEGT;
    same_values(&c, "s4 of rank 2");
    c.taps = 9;
    same_values(&c, "s4 of rank 2 whose kernels end");
    c = small("s5", 0);
    c.discretization = LOCI_BILINEAR;
    same_values(&c, "s5, bilinear");
    c.liquid = 1;
    same_values(&c, "s5, liquid");
}

static void test_convolutions(void **unused)
{
    (void)unused;
    for (size_t taps = 1; taps <= 5; taps++) {
        loci_model_config c = small("conv", 0);
        c.kernel_width = taps, c.dilations = taps;
        same_values(&c, "conv");
    }
}

static void test_mambas(void **unused)
{
    (void)unused;
    loci_model_config c = small("mamba", 0);
    c.expand = 3, c.dt_rank = 7, c.biased = 1, c.kernel_unbiased = 1;
    for (size_t taps = 1; taps <= 3; taps++) {
        c.kernel_width = taps;
        same_values(&c, "mamba");
    }
    for (int norm = 0; norm < 3; norm++) {
        c = small("mamba2", 0);
        c.gate_norm = (loci_gate_norm)norm, c.kernel_width = 1 + (size_t)norm;
        same_values(&c, "mamba2");
        c.expand = 2, c.groups = 3, c.head_width = 4, c.scanned = 24;
        same_values(&c, "mamba2, partly scanned");
        c.biased = 1, c.kernel_unbiased = 1, c.channel_skips = 1, c.dt_least = 0.1, c.dt_most = 0.4;
        same_values(&c, "mamba2, with limits");
    }
}

static void test_attention(void **unused)
{
    (void)unused;
    for (int positions = 0; positions < 3; positions++)
        for (size_t window = 1; window <= 81; window += 20) {
            loci_model_config c = small("attention", 0);
            c.positions = (loci_positions)positions, c.attention_window = window;
            c.heads = window == 21 ? 2 : 3; /* heads of 9 channels, and of 6 */
            same_values(&c, "attention");
        }
}

/* After 2^33 samples, where a float's angle would have lost everything: positions are set by hand. */
static void test_position(void **unused)
{
    (void)unused;
    loci_model_config c = small("attention", 1);
    c.mixer = LOCI_MIXER_NONE, c.positions = LOCI_POSITIONS_SINUSOIDAL, c.attention_window = 1;
    const loci_model_about about = {.size = sizeof about, .task = LOCI_TASK_VALUE_EACH};
    loci_model *model = model_of(&c, &about);
    loci_export *program = export_of(model);
    const loci_call *calls = loci_program_calls(program);
    size_t at = 0;
    while (at < program->calls.count && strcmp(calls[at].step->name, "sinusoids") != 0) at++;
    assert_true(at < program->calls.count);
    const uint64_t *pace = loci_program_constants(program)[calls[at].operand[3].which].data,
                   position = (uint64_t)1 << 33;
    float x[4] = {0}, y[4];
    calls[at].step->run(
        (loci_value[]){{.to = y}, {.from = x}, {.longs_from = &position}, {.longs_from = pace}, {.n = 3}});
    for (int i = 0; i < 3; i++) {
        const double angle = 8589934592.0 * pow(10000, -(double)(i / 2) / 1.5); /* 3 inputs */
        assert_near(y[i], i % 2 ? cos(angle) : sin(angle), 3e-6, "channel %d", i);
    }
    loci_export_free(program);
    loci_model_free(model);
}

/* A sum of a tenth, two million times over, in floats alone would be off by percents. */
static void test_mean(void **unused)
{
    (void)unused;
    const loci_step *step = loci_step_find("mean_so_far");
    float x = 0.1f, y = 0, total = 0, lost = 0;
    uint32_t samples[2] = {0};
    const loci_value values[] = {{.to = &y},          {.to = &total}, {.to = &lost},
                                 {.counts = samples}, {.from = &x},   {.n = 1}};
    for (int k = 0; k < 2100000; k++) step->run(values);
    assert_int_equal(samples[1], 2);
    assert_near(y, x, 1e-8, "the mean of two million");
}

/* ---- tasks ---- */

static void test_tasks(void **unused)
{
    (void)unused;
    static const char *const names[OUTPUTS] = {"a", "b", "c", "d", "e"};
    for (int task = 0; task < LOCI_TASK_NEXT; task++)
        for (int pool = 0; pool < 2; pool++) {
            const loci_task_info *is = loci_task_inspect((loci_task)task);
            loci_model_config c = small("gru", 0);
            c.pool = is->each ? LOCI_POOL_NONE : pool ? LOCI_POOL_LAST : LOCI_POOL_MEAN;
            const loci_model_about about = {.size = sizeof about,
                                            .task = (loci_task)task,
                                            .shift = pool ? shift : NULL,
                                            .scale = scale,
                                            .classes = !is->values && pool ? names : NULL,
                                            .target_shift = is->values && pool ? target_shift : NULL,
                                            .target_scale = is->values ? target_scale : NULL};
            loci_model *model = model_of(&c, &about);
            same(model, is->name);
            loci_model_free(model);
        }
}

/* The answer of a step to its first sample, out [29]. */
static void first(const loci_export *program, float in, float *out)
{
    void *state = some(loci_export_state_size(program), 1), *work = some(loci_export_work_size(program), 1);
    loci_export_init(program, state);
    loci_export_step(program, state, out, &in, work);
    loci_free(state), loci_free(work);
}

/* What is no token's number counts as 0: between two, behind the last one, where rows fill the table up, and none at all. */
static void no_tokens(const loci_model *model)
{
    const float none[] = {2.5f, 27, 28, 29, 1e9f, -1, NAN};
    loci_export *program = export_of(model);
    float zero[29], two[29], out[29];
    first(program, 0, zero);
    first(program, 2, two);
    assert_memory_not_equal(zero, two, sizeof zero);
    for (size_t i = 0; i < sizeof none / sizeof *none; i++) {
        first(program, none[i], out);
        assert_memory_equal(out, zero, sizeof zero);
    }
    loci_export_free(program);
}

static void test_tokens(void **unused)
{
    (void)unused;
    for (int head = 0; head < 3; head++) {
        loci_model_config c = small("mamba", 0);
        c.inputs = 1, c.outputs = c.vocabulary = 29, c.head = (loci_head)head;
        if (head != LOCI_HEAD_TIED) c.tokens = 27;
        const loci_model_about about = {.size = sizeof about, .task = LOCI_TASK_NEXT};
        loci_model *model = model_of(&c, &about);
        same(model, "tokens");
        if (c.tokens) no_tokens(model);
        loci_model_free(model);
        /* with names, shares: of tokens that mean something alone */
        static const char names[] =
            "a\0b\0c\0d\0e\0f\0g\0h\0i\0j\0k\0l\0m\0n\0o\0p\0q\0r\0s\0t\0u\0v\0w\0x\0y\0z\0A\0B\0C";
        const char *classes[29];
        for (size_t i = 0; i < 29; i++) classes[i] = names + 2 * i;
        const loci_model_about named = {.size = sizeof named, .task = LOCI_TASK_NEXT, .classes = classes};
        model = model_of(&c, &named);
        same(model, "tokens with names");
        loci_model_free(model);
    }
    loci_model_config c = small("lstm", 1);
    c.inputs = 1, c.vocabulary = 29;
    same_values(&c, "tokens, plain");
}

/* ---- what it says and writes ---- */

static void test_facts(void **unused)
{
    (void)unused;
    loci_model_config c = small("lstm", 1);
    const loci_model_about about = {.size = sizeof about, .task = LOCI_TASK_VALUE_EACH};
    loci_model *model = model_of(&c, &about);
    loci_export *program = export_of(model);
    loci_export_facts f = {.size = sizeof f};
    loci_export_inspect(program, &f);
    enum { H = 18, NUMBERS = 4 * H * (3 + H) + 8 * H + OUTPUTS * H + OUTPUTS };
    assert_int_equal(f.constant, NUMBERS);
    assert_int_equal(f.constants, 4 * NUMBERS);
    assert_int_equal(f.state, 2 * H * 4);
    assert_int_equal(f.work, (4 * H + 4 * H + H) * 4);
    assert_true(f.multiplies == 4.0 * H * (3 + H) + 8.0 * H + (double)OUTPUTS * H);
    assert_true(f.functions == 5.0 * H);
    assert_int_equal(f.inputs, 3);
    assert_int_equal(f.outputs, OUTPUTS);
    loci_export_free(program);
    loci_model_free(model);
}

static char *written(const loci_export *program, loci_export_file file, const loci_export_samples *samples)
{
    void *text;
    size_t length;
    loci_error error;
    if (loci_export_write(program, file, samples, &text, &length, &error)) fail_msg("%s", error.text);
    assert_int_equal(strlen(text), length);
    return text;
}

/* How often a source calls or defines a function; comments do not count. */
static int mentions(const char *text, const char *name)
{
    int count = 0;
    const size_t length = strlen(name);
    for (const char *line = text; *line; line += strcspn(line, "\n"), line += *line == '\n') {
        const size_t end = strcspn(line, "\n");
        if (strncmp(line, "/*", 2) == 0 || strncmp(line, " *", 2) == 0) continue;
        for (size_t i = 1; i < end; i++)
            count += strncmp(line + i, name, length) == 0 && line[i + length] == '(' &&
                     !isalnum((unsigned char)line[i - 1]) && line[i - 1] != '_';
    }
    return count;
}

/* Functions that nobody calls are warned of by compilers: there are none, whatever a model is made of. */
static void test_nothing_idle(void **unused)
{
    (void)unused;
    static const char *const presets[] = {"small",  "s4",   "s5",    "lstm",   "gru",
                                          "mingru", "conv", "mamba", "mamba2", "attention"};
    static const char begins[] = "static void ";
    for (size_t i = 0; i < sizeof presets / sizeof *presets; i++)
        for (int mixer = 0; mixer < 4; mixer++) {
            loci_model_config c = small(presets[i], 0);
            c.mixer = (loci_mixer)mixer;
            const loci_model_about about = {.size = sizeof about, .task = LOCI_TASK_VALUE_EACH};
            loci_model *model = model_of(&c, &about);
            loci_export *program = export_of(model);
            char *text = written(program, LOCI_EXPORT_SOURCE, NULL);
            for (const char *at = text; (at = strstr(at, begins)) != NULL; at++) {
                char name[48];
                snprintf(name, sizeof name, "%.*s", (int)strcspn(at + strlen(begins), "("),
                         at + strlen(begins));
                if (mentions(text, name) < 2) fail_msg("%s: %s is called by nothing", presets[i], name);
            }
            loci_bytes_free(text);
            loci_export_free(program), loci_model_free(model);
        }
}

static void test_files(void **unused)
{
    (void)unused;
    static const char *const names[] = {"x1_y.h", "x1_y.c", "x1_y_test.c", "CMakeLists.txt", "README.md"};
    static const char *const classes[] = {"a", "\"quoted\"", "back\\slash?\?/", "t\xc3\xa9", ""};
    loci_model_config c = small("gru", 0);
    c.pool = LOCI_POOL_MEAN;
    const loci_model_about about = {.size = sizeof about, .rate = 8000, .classes = classes};
    loci_model *model = model_of(&c, &about);
    loci_export *program;
    assert_int_equal(loci_export_create(&program, model,
                                        &(loci_export_options){.size = sizeof(loci_export_options),
                                                               .prefix = "x1_y",
                                                               .origin = "a */ b\nc"},
                                        NULL),
                     LOCI_OK);
    loci_model_free(model); /* it is not needed any more */
    const float in[2][3] = {{1, 0.1f, -3}, {1e-30f, 1e30f, 0}};
    const double out[2][OUTPUTS] = {{0.2, 0.2, 0.2, 0.2, 0.2}, {1}};
    const loci_export_samples samples = {sizeof samples, 2, in[0], out[0], 1e-5};
    for (int file = 0; file < LOCI_EXPORT_FILES; file++) {
        char name[NAME];
        loci_export_name(program, (loci_export_file)file, name);
        assert_string_equal(name, names[file]);
        char *text = written(program, (loci_export_file)file, &samples);
        assert_null(strstr(text, "*/ b"));
        if (file == LOCI_EXPORT_HEADER) {
            assert_non_null(strstr(text, "#define X1_Y_INPUTS 3\n"));
            assert_non_null(strstr(text, "#define X1_Y_RATE 8000 "));
        }
        if (file == LOCI_EXPORT_SOURCE) {
            assert_non_null(strstr(text, "    \"\\042quoted\\042\",\n    \"back\\134slash\\077\\077/\",\n"
                                         "    \"t\\303\\251\",\n    \"\",\n"));
            assert_null(strstr(text, "inline void"));
            assert_null(strstr(text, "double"));
        }
        if (file == LOCI_EXPORT_TEST) assert_non_null(strstr(text, "    {1.0f, 0.100000001f, -3.0f},\n"));
        loci_bytes_free(text);
    }
    static const struct { /* the largest answer, and what is within, as C reads it */
        double most;
        const char *wanted;
    } tests[] = {
        {2e13, "within = 200000000.0f;"}, {5e4, "within = 0.5f;"}, {1e38, "within = 9.99999994e+32f;"}};
    for (size_t k = 0; k < sizeof tests / sizeof *tests; k++) {
        const double large[2][OUTPUTS] = {{0}, {tests[k].most}};
        char *text = written(program, LOCI_EXPORT_TEST,
                             &(loci_export_samples){sizeof samples, 2, in[0], large[0], 1e-5});
        if (!strstr(text, tests[k].wanted)) fail_msg("no %s", tests[k].wanted);
        loci_bytes_free(text);
    }
    loci_error error;
    void *text;
    size_t length;
    assert_int_equal(loci_export_write(program, LOCI_EXPORT_FILES, NULL, &text, &length, &error),
                     LOCI_E_ARGUMENT);
    assert_int_equal(loci_export_write(program, LOCI_EXPORT_TEST, NULL, &text, &length, &error),
                     LOCI_E_ARGUMENT);
    const float wild[2][3] = {{1, 2, 3}, {4, INFINITY, 6}};
    const double none[2][OUTPUTS] = {{0}, {0, 1e300}};
    const loci_export_samples bad[2] = {{sizeof samples, 2, wild[0], out[0], 1e-5},
                                        {sizeof samples, 2, in[0], none[0], 1e-5}};
    for (int k = 0; k < 2; k++) {
        assert_int_equal(loci_export_write(program, LOCI_EXPORT_TEST, &bad[k], &text, &length, &error),
                         LOCI_E_VALUE);
        assert_non_null(strstr(error.text, "sample 1 is "));
        assert_null(text);
    }
    loci_export_free(program);
    loci_export_free(NULL);
}

/* Byte for byte, whatever the locale. */
static void test_locales(void **unused)
{
    (void)unused;
    loci_model_config c = small("small", 0);
    c.norm = LOCI_NORM_RMS, c.prenorm = 1, c.pool = LOCI_POOL_MEAN;
    const loci_model_about about = {.size = sizeof about, .rate = 0.5};
    loci_model *model = model_of(&c, &about);
    loci_export *program = export_of(model);
    const float in[3] = {1, 0.1f, -3};
    const double out[OUTPUTS] = {0.25, 0.5};
    const loci_export_samples samples = {sizeof samples, 1, in, out, 1e-5};
    size_t tried = 0;
    for (size_t which = 0; which < COMMAS; which++)
        for (int file = 0; file < LOCI_EXPORT_FILES && comma_set(which); file++) {
            char *text = written(program, (loci_export_file)file, &samples);
            setlocale(LC_ALL, "C");
            char *plain = written(program, (loci_export_file)file, &samples);
            assert_string_equal(text, plain);
            loci_bytes_free(text), loci_bytes_free(plain);
            tried++;
        }
    loci_export_free(program), loci_model_free(model);
    if (!tried) skip();
}

/* ---- what is refused ---- */

static void refused(const loci_model *model, const char *prefix, loci_status status, const char *words)
{
    loci_export *program = (loci_export *)&status;
    loci_error error;
    const loci_export_options options = {.size = sizeof options, .prefix = prefix};
    assert_int_equal(loci_export_create(&program, model, &options, &error), status);
    if (!strstr(error.text, words)) fail_msg("\"%s\"; %s was expected", error.text, words);
    assert_null(program);
}

static void test_refused(void **unused)
{
    (void)unused;
    static const char *const prefixes[] = {
        "", "1x", "_x", "a-b", "a b", "t\xc3\xa9", "a2345678901234567890123456789012"};
    const loci_model_about about = {.size = sizeof about, .task = LOCI_TASK_VALUE_EACH};
    loci_model_config c = small("small", 0);
    loci_model *model = model_of(&c, &about);
    for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++)
        refused(model, prefixes[i], LOCI_E_ARGUMENT, "a letter, then letters");
    static const char *const taken[] = {"math",   "Stdint", "test",    "ALL",      "m",
                                        "alloca", "endian", "Strings", "features", "newlib"};
    for (size_t i = 0; i < sizeof taken / sizeof *taken; i++)
        refused(model, taken[i], LOCI_E_ARGUMENT, "another one was expected");
    assert_int_equal(loci_export_check_prefix("maths", NULL), LOCI_OK);
    loci_export *program;
    const loci_export_options longest = {.size = sizeof longest, .prefix = "a234567890123456789012345678901"};
    assert_int_equal(loci_export_create(&program, model, &longest, NULL), LOCI_OK);
    loci_export_free(program);
    size_t count;
    const loci_parameter *table = loci_model_parameters(model, &count);
    loci_model_values(model)[table[4].offset + 2] = NAN;
    refused(model, "x", LOCI_E_VALUE, table[4].name);
    loci_model_free(model);
    const double huge[3] = {1, 1e300, 1}; /* doubles that no float holds: given, and worked out */
    const loci_model_about scaled = {.size = sizeof scaled, .task = LOCI_TASK_VALUE_EACH, .scale = huge};
    model = model_of(&c, &scaled);
    refused(model, "x", LOCI_E_VALUE, "input_scale");
    loci_model_free(model);
    loci_model_config selective = small("mamba", 0);
    model = model_of(&selective, &about);
    table = loci_model_parameters(model, &count);
    for (size_t i = 0; i < count; i++)
        if (strstr(table[i].name, ".A_log")) loci_model_values(model)[table[i].offset] = 100;
    refused(model, "x", LOCI_E_VALUE, "-inf at 0");
    loci_model_free(model);
    c.bidirectional = 1;
    model = model_of(&c, &about);
    refused(model, "x", LOCI_E_UNSUPPORTED, "looks ahead");
    loci_model_free(model);
    c = small("attention", 0);
    c.attention_window = 0;
    model = model_of(&c, &about);
    refused(model, "x", LOCI_E_UNSUPPORTED, "no window");
    loci_model_free(model);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_alone),        cmocka_unit_test(test_stacks),
        cmocka_unit_test(test_mixers),       cmocka_unit_test(test_state_spaces),
        cmocka_unit_test(test_convolutions), cmocka_unit_test(test_mambas),
        cmocka_unit_test(test_attention),    cmocka_unit_test(test_position),
        cmocka_unit_test(test_mean),         cmocka_unit_test(test_tasks),
        cmocka_unit_test(test_tokens),       cmocka_unit_test(test_facts),
        cmocka_unit_test(test_nothing_idle), cmocka_unit_test(test_files),
        cmocka_unit_test(test_refused),      cmocka_unit_test(test_locales),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
