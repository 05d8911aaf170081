/* SPDX-License-Identifier: MIT
 * test_allocator_model.c - models, networks, streams and windows in an embedder's memory: all of it comes from there and goes
 * back, and where it ends nothing is lost. */
#include "bank.h"

#include <math.h>

#include <loci/network.h>
#include <loci/stream.h>

enum { INPUTS = 2, OUTPUTS = 3, LENGTH = 70, KINDS = 11 };

static const char *const presets[KINDS] = {"small", "lstm", "gru",   "mingru", "audio",    "s4-example",
                                           "conv",  "s5",   "mamba", "mamba2", "attention"};

/* A model that is small, but has all that its preset has. */
static loci_model_config config_of(size_t kind, const loci_allocator *by)
{
    loci_model_config config;
    assert_int_equal(loci_model_preset(&config, presets[kind], INPUTS, OUTPUTS, NULL), LOCI_OK);
    config.allocator = by;
    config.width = 5, config.heads = 5, config.attention_window = 9, config.order = 4;
    if (config.layers > 2) config.layers = 2;
    if (kind == 1) config.dropout = 0.1; /* a layer of its own where there is no residual */
    if (kind == 3) config.pool = LOCI_POOL_NONE;
    if (kind == 4) config.norm = LOCI_NORM_RMS;
    if (kind == 6) config.mixer = LOCI_MIXER_MLP;
    if (config.layer == LOCI_LAYER_S5) config.mixer = LOCI_MIXER_GEGLU;
    return config;
}

static void fill(float *u, size_t count)
{
    for (size_t i = 0; i < count; i++) u[i] = sinf((float)i / 7);
}

static loci_status described(loci_model **model, size_t kind, const loci_allocator *by)
{
    static const double shift[INPUTS] = {0.25, -1}, scale[INPUTS] = {2, 0.5};
    static const char *const classes[OUTPUTS] = {"a", "bc", "def"};
    const loci_model_config config = config_of(kind, by);
    const loci_model_about about = {
        .rate = 100, .shift = shift, .scale = scale, .classes = classes, .note = "{}"};
    const loci_status status = loci_model_create(model, &config, NULL);
    if (status) return status;
    loci_model_initialize(*model, 3);
    return loci_model_describe(*model, &about, NULL);
}

/* A model, a copy, a file, the model that it gives; for the S4 example the one that is imported too. */
static loci_status write_and_read(size_t kind, const loci_allocator *by)
{
    loci_model *model = NULL, *copy = NULL, *again = NULL, *imported = NULL;
    void *bytes = NULL;
    size_t size;
    loci_status status = described(&model, kind, by);
    if (!status) status = loci_model_copy(&copy, model, NULL);
    if (!status) status = loci_model_save(copy, &bytes, &size, NULL);
    if (!status) status = loci_model_load_by(&again, bytes, size, by, NULL);
    if (!status) assert_true(loci_model_fingerprint(again) == loci_model_fingerprint(model));
    if (!status && strcmp(presets[kind], "s4-example") == 0)
        status = loci_model_import_by(&imported, bytes, size, 0, LOCI_ZOH, by, NULL);
    loci_bytes_free(bytes);
    loci_model_free(imported);
    loci_model_free(again);
    loci_model_free(copy);
    loci_model_free(model);
    return status;
}

/* The network of a model, which hears nothing of allocators; and runs of one sequence, in both precisions. */
static loci_status run(size_t kind, const loci_allocator *by)
{
    float u[LENGTH * INPUTS], y[LENGTH * OUTPUTS];
    double u64[LENGTH * INPUTS], y64[LENGTH * OUTPUTS];
    loci_model *model = NULL;
    loci_network *network = NULL;
    fill(u, LENGTH * INPUTS);
    for (size_t i = 0; i < LENGTH * INPUTS; i++) u64[i] = (double)u[i];
    loci_status status = described(&model, kind, by);
    if (!status) status = loci_network_create(&network, model, LENGTH, NULL);
    for (int stepwise = 0; stepwise < 2; stepwise++) {
        if (!status) status = loci_model_run_f32(model, y, u, LENGTH, NULL, 0, stepwise, NULL);
        if (!status) status = loci_model_run_f64(model, y64, u64, LENGTH, NULL, 0, stepwise, NULL);
        for (size_t i = 0; i < OUTPUTS && !status; i++) assert_true(fabs((double)y[i] - y64[i]) < 1e-3);
    }
    loci_network_free(network);
    loci_model_free(model);
    return status;
}

/* Tables, a stream and a window; pushes, saves and restores take nothing. */
static loci_status stream(size_t kind, const loci_allocator *by)
{
    float u[LENGTH * INPUTS], y[LENGTH * OUTPUTS];
    static unsigned char bytes[1 << 16];
    loci_model *model = NULL;
    loci_stream_tables *tables = NULL;
    loci_stream *lanes = NULL;
    loci_window *window = NULL;
    fill(u, LENGTH * INPUTS);
    loci_status status = described(&model, kind, by);
    if (!status) status = loci_stream_tables_create(&tables, model, 0, kind % 2, NULL);
    if (!status) status = loci_stream_init(&lanes, NULL, 0, tables, 2, NULL);
    if (!status) status = loci_window_create(&window, tables, 40, NULL);
    if (!status) {
        const bank before = *(const bank *)by->context;
        const size_t size = loci_stream_state_size(lanes);
        assert_true(size <= sizeof bytes);
        assert_int_equal(loci_stream_push(lanes, NULL, 1, u, NULL, LENGTH, 1, y, NULL), LOCI_OK);
        assert_int_equal(loci_stream_save(lanes, 0, bytes, size, NULL), LOCI_OK);
        assert_int_equal(loci_stream_restore(lanes, 1, bytes, size, NULL), LOCI_OK);
        assert_int_equal(loci_window_push(window, u, LENGTH, 1, y, NULL), LOCI_OK);
        assert_int_equal(((const bank *)by->context)->taken, before.taken);
    }
    loci_window_free(window);
    loci_stream_free(lanes);
    loci_stream_tables_free(tables);
    loci_model_free(model);
    return status;
}

static void models(void **state)
{
    (void)state;
    for (size_t kind = 0; kind < KINDS; kind++) assert_true(check_allocations(kind, write_and_read) > 20);
}

static void networks(void **state)
{
    (void)state;
    for (size_t kind = 0; kind < KINDS; kind++) assert_true(check_allocations(kind, run) > 20);
}

static void streams(void **state)
{
    (void)state;
    for (size_t kind = 0; kind < KINDS; kind++) assert_true(check_allocations(kind, stream) > 10);
}

/* The struct need not live on, nor does the configuration that a model tells lead back to it. */
static void the_struct_is_copied(void **state)
{
    (void)state;
    bank b = {SIZE_MAX, 0, 0};
    loci_allocator by = {sizeof by, take, give, &b};
    loci_model *model, *copy;
    assert_int_equal(described(&model, 0, &by), LOCI_OK);
    memset(&by, 0, sizeof by);
    const size_t one = b.standing;
    assert_null(loci_model_configuration(model)->allocator);
    assert_int_equal(loci_model_copy(&copy, model, NULL), LOCI_OK);
    assert_int_equal(b.standing, 2 * one);
    loci_model_free(model);
    loci_model_free(copy);
    assert_int_equal(b.standing, 0);
}

/* Nothing over `context` bytes. */
static void *take_little(void *context, size_t bytes)
{
    return bytes > *(size_t *)context ? NULL : malloc(bytes);
}

static void give_little(void *context, void *memory)
{
    (void)context;
    free(memory);
}

/* How modes begin takes matrices, of which a model whose values are there needs none; asked for later, they are the same. */
static void modes_are_made_when_asked_for(void **state)
{
    (void)state;
    size_t most = SIZE_MAX, size;
    const loci_allocator by = {sizeof by, take_little, give_little, &most};
    loci_model_config config;
    loci_model *model, *again, *copy;
    void *bytes;
    assert_int_equal(loci_model_preset(&config, "s4", 1, 2, NULL), LOCI_OK);
    config.layers = 1, config.width = 1, config.order = 256, config.allocator = &by;
    assert_int_equal(loci_model_create(&model, &config, NULL), LOCI_OK);
    assert_int_equal(loci_model_save(model, &bytes, &size, NULL), LOCI_OK);
    loci_model_initialize(model, 7);
    most = 256 * 256 * sizeof(double) - 1;
    assert_int_equal(loci_model_create(&again, &config, NULL), LOCI_E_MEMORY);
    assert_int_equal(loci_model_load_by(&again, bytes, size, &by, NULL), LOCI_OK);
    assert_int_equal(loci_model_copy(&copy, again, NULL), LOCI_OK);
    const size_t numbers = loci_model_size(model) * sizeof(float);
    loci_model_initialize(again, 7); /* but for these */
    assert_true(memcmp(loci_model_values(again), loci_model_values(model), numbers) != 0);
    most = SIZE_MAX;
    loci_model_initialize(again, 7);
    loci_model_initialize(copy, 7);
    assert_memory_equal(loci_model_values(again), loci_model_values(model), numbers);
    assert_memory_equal(loci_model_values(copy), loci_model_values(model), numbers);
    loci_bytes_free(bytes);
    loci_model_free(model), loci_model_free(again), loci_model_free(copy);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(models),
        cmocka_unit_test(modes_are_made_when_asked_for),
        cmocka_unit_test(networks),
        cmocka_unit_test(streams),
        cmocka_unit_test(the_struct_is_copied),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
