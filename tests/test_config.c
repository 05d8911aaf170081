/* SPDX-License-Identifier: MIT
 * test_config.c - the table of a configuration's fields: every member has a row, texts and 64 bits say what is there, ranges
 * are those that the table tells. */
#include "systems.h"

#include <stddef.h>

#include <loci/model.h>

#include "comma.h"

static loci_model_config preset(const char *name)
{
    loci_model_config config;
    loci_error error;
    if (loci_model_preset(&config, name, 3, 10, &error)) fail_msg("%s", error.text);
    return config;
}

static void set(loci_model_config *config, const char *name, const char *text)
{
    loci_error error;
    if (loci_config_set(config, name, text, &error)) fail_msg("%s: %s", name, error.text);
}

static void gives(const loci_model_config *config, const char *name, const char *expected)
{
    char text[32];
    assert_int_equal(loci_config_get(config, name, text, sizeof text, NULL), LOCI_OK);
    assert_string_equal(text, expected);
}

static void refuses(const char *name, const char *text, const char *expected)
{
    loci_model_config config = preset("small");
    const loci_model_config before = config;
    loci_error error;
    assert_int_equal(loci_config_set(&config, name, text, &error), LOCI_E_ARGUMENT);
    assert_string_equal(error.text, expected);
    assert_memory_equal(&config, &before, sizeof config);
}

static void texts(void **state)
{
    (void)state;
    loci_model_config c = preset("small");
    gives(&c, "layer", "s4d"), gives(&c, "width", "64"), gives(&c, "discretization", "zoh");
    gives(&c, "dt_max", "0.1"), gives(&c, "tied", "true"), gives(&c, "norm", "layer");
    set(&c, "layer", "lstm"), assert_int_equal(c.layer, LOCI_LAYER_LSTM);
    set(&c, "order", "6"), assert_int_equal(c.order, 6);
    set(&c, "discretization", "bilinear"), assert_int_equal(c.discretization, LOCI_BILINEAR);
    set(&c, "dropout", ".25"), assert_true(c.dropout == 0.25);
    set(&c, "dt_min", "0.1234567890123456789"), gives(&c, "dt_min", "0.12345678901234568");
    set(&c, "prenorm", "true"), assert_int_equal(c.prenorm, 1);
    set(&c, "pool", "none"), assert_int_equal(c.pool, LOCI_POOL_NONE);
    refuses("width", "0", "width is 0; 1 to 65535 was expected");
    refuses("width", "1e3", "width is 1e3; 1 to 65535 was expected");
    refuses("width", "", "width is ; 1 to 65535 was expected");
    refuses("order", "7",
            "order is 7; an even number of 2 to 1024, or of mamba and mamba2 any from 1, was expected");
    set(&c, "layer", "mamba2"), set(&c, "order", "7"), assert_int_equal(c.order, 7);
    refuses("dropout", "nan", "dropout is nan; 0 to below 1 was expected");
    refuses("dropout", "0.1x", "dropout is 0.1x; 0 to below 1 was expected");
    gives(&c, "attention_window", "none"), set(&c, "attention_window", "5");
    gives(&c, "attention_window", "5"), set(&c, "attention_window", "none");
    assert_int_equal(c.attention_window, 0);
    refuses("attention_window", "0", "attention_window is 0; 1 to 65536 was expected");
    refuses("heads", "none", "heads is none; 1 to 65535 was expected");
    refuses("norm", "batch", "norm is \"batch\"; layer, rms or none was expected");
    refuses("plain", "yes", "plain is yes; true or false was expected");
    refuses("height", "1", "a model has no field height");
}

/* What a field is set to comes back, and changes its bits and no other's; the ends of its range are in it. */
static void every_field(void **state)
{
    (void)state;
    const loci_field *field;
    size_t count = 0;
    for (; (field = loci_config_field(count)) != NULL; count++) {
        loci_model_config c = preset("small"), other;
        char text[32], again[32];
        assert_ptr_equal(loci_config_find(field->name), field);
        assert_non_null(field->help);
        assert_int_equal(loci_config_get(&c, field->name, text, sizeof text, NULL), LOCI_OK);
        other = c;
        set(&other, field->name, text);
        assert_true(loci_config_bits(&other, field) == loci_config_bits(&c, field));
        if (field->kind == LOCI_FIELD_WORD)
            snprintf(again, sizeof again, "%s", field->words[strcmp(field->words[0], text) == 0]);
        else if (field->kind == LOCI_FIELD_FLAG)
            snprintf(again, sizeof again, "%s", strcmp(text, "true") ? "true" : "false");
        else
            snprintf(again, sizeof again, "%.17g", field->most);
        set(&other, field->name, again);
        assert_true(loci_config_bits(&other, field) != loci_config_bits(&c, field));
        const loci_field *rest;
        for (size_t i = 0; (rest = loci_config_field(i)) != NULL; i++)
            if (rest != field) assert_true(loci_config_bits(&other, rest) == loci_config_bits(&c, rest));
        if (field->kind == LOCI_FIELD_WORD || field->kind == LOCI_FIELD_FLAG) continue;
        snprintf(again, sizeof again, "%.17g", field->least);
        set(&other, field->name, again);
        snprintf(again, sizeof again, "%.17g", field->most + 1);
        assert_int_equal(loci_config_set(&other, field->name, again, NULL), LOCI_E_ARGUMENT);
    }
    assert_int_equal(count, 47);
    assert_null(loci_config_find("size"));
    /* the last member of the struct has a row, so that a member without one is noticed */
    assert_string_equal(loci_config_field(count - 1)->name, "bank_seed");
    assert_true(offsetof(loci_model_config, bank_seed) + sizeof(size_t) + sizeof(size_t) >
                sizeof(loci_model_config));
}

static void whose_fields_are(void **state)
{
    (void)state;
    const loci_model_config s4d = preset("small"), lstm = preset("lstm");
    assert_true(loci_config_has(&s4d, loci_config_find("order")));
    assert_false(loci_config_has(&lstm, loci_config_find("order")));
    assert_true(loci_config_has(&lstm, loci_config_find("width")));
    loci_model_config odd = lstm; /* what is not for its layers is not looked at */
    odd.order = 7;
    assert_int_equal(loci_config_check(&odd, NULL), LOCI_OK);
    odd = s4d, odd.order = 7;
    assert_int_equal(loci_config_check(&odd, NULL), LOCI_E_ARGUMENT);
    odd = preset("s5"), odd.blocks = 8; /* of 32 pairs */
    assert_int_equal(loci_config_check(&odd, NULL), LOCI_OK);
    loci_error error;
    odd.blocks = 5;
    assert_int_equal(loci_config_check(&odd, &error), LOCI_E_ARGUMENT);
    assert_string_equal(error.text, "blocks is 5; a number that divides 32, half of the order, was expected");
    odd = s4d, odd.blocks = 5;
    assert_int_equal(loci_config_check(&odd, NULL), LOCI_OK);
    odd = s4d, odd.layer = (loci_layer_kind)99;
    assert_int_equal(loci_config_check(&odd, NULL), LOCI_E_ARGUMENT);
}

static void what_tokens_ask_for(void **state)
{
    (void)state;
    loci_model_config c = preset("small");
    loci_error error;
    c.vocabulary = 10;
    assert_int_equal(loci_config_check(&c, &error), LOCI_E_ARGUMENT);
    assert_string_equal(error.text,
                        "a model with a vocabulary has 3 inputs; 1, the number of a token, was expected");
    c.inputs = 1, c.tokens = 11;
    assert_int_equal(loci_config_check(&c, &error), LOCI_E_ARGUMENT);
    assert_string_equal(error.text, "tokens is 11; 0 to 10, the vocabulary, was expected");
    c.tokens = 9, c.head = LOCI_HEAD_TIED, c.final_norm = 1;
    assert_int_equal(loci_config_check(&c, &error), LOCI_OK);
    c.vocabulary = 12;
    assert_int_equal(loci_config_check(&c, &error), LOCI_E_ARGUMENT);
    assert_string_equal(error.text,
                        "a head tied to an embedding of 12 rows has 10 outputs; as many were expected");
    c.head = LOCI_HEAD_UNBIASED, c.norm = LOCI_NORM_NONE;
    assert_int_equal(loci_config_check(&c, &error), LOCI_E_ARGUMENT);
    assert_string_equal(error.text, "final_norm is true and norm is none; layer or rms was expected");
}

static void kinds_of_layers(void **state)
{
    (void)state;
    const loci_field *layer = loci_config_find("layer");
    size_t count = 0;
    for (; layer->words[count]; count++) {
        const loci_layer_traits *traits = loci_layer_traits_of((loci_layer_kind)count);
        loci_model_config config;
        assert_non_null(traits);
        assert_string_equal(loci_layer_name((loci_layer_kind)count), layer->words[count]);
        assert_true(traits->lr > 0 && traits->rows > 0);
        assert_int_equal(loci_model_preset(&config, traits->preset, 1, 2, NULL), LOCI_OK);
        assert_int_equal(config.layer, count);
    }
    assert_null(loci_layer_traits_of((loci_layer_kind)count));
    assert_string_equal(loci_layer_name((loci_layer_kind)count), "unknown layer");
}

/* A program's setlocale(LC_ALL, "") changes nothing. */
static void whatever_the_locale(void **state)
{
    (void)state;
    size_t tried = 0;
    for (size_t which = 0; which < COMMAS; which++) {
        if (!comma_set(which)) continue;
        tried++;
        loci_model_config c = preset("small");
        set(&c, "dropout", "0.25");
        assert_true(c.dropout == 0.25f);
        gives(&c, "dropout", "0.25");
        assert_int_equal(loci_config_set(&c, "dropout", "0,5", NULL), LOCI_E_ARGUMENT);
        setlocale(LC_ALL, "C");
    }
    if (!tried) skip();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts),
        cmocka_unit_test(every_field),
        cmocka_unit_test(whose_fields_are),
        cmocka_unit_test(what_tokens_ask_for),
        cmocka_unit_test(kinds_of_layers),
        cmocka_unit_test(whatever_the_locale),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
