/* SPDX-License-Identifier: MIT
 * config_json.c - the table of fields as JSON. */
#include "model/config_json.h"

#include <stdint.h>

#include "base/status.h"
#include "model/config.h"

static json_t *value_json(const loci_model_config *config, const loci_config_row *row)
{
    switch (row->field.kind) {
    case LOCI_FIELD_COUNT:
        return json_integer((json_int_t)loci_config_whole(config, row));
    case LOCI_FIELD_NUMBER:
        return json_real(loci_config_real(config, row));
    case LOCI_FIELD_FLAG:
        return json_boolean(loci_config_whole(config, row));
    case LOCI_FIELD_WORD:
        break;
    }
    return json_string(loci_config_word(config, row));
}

json_t *loci_config_json(const loci_model_config *config)
{
    json_t *object = json_object();
    size_t count;
    const loci_config_row *rows = loci_config_rows(&count);
    for (int special = 0; special < 2; special++)
        for (size_t i = 0; object && i < count; i++) {
            const loci_field *field = &rows[i].field;
            if ((field->layers != 0) != special || !loci_config_has(config, field)) continue;
            if (field->younger && loci_config_bits(config, field) == 0) continue;
            if (json_object_set_new(object, field->name, value_json(config, &rows[i])) != 0) {
                json_decref(object);
                object = NULL;
            }
        }
    return object;
}

/* false: it is not of the field's type. */
static int take(loci_model_config *config, const loci_config_row *row, const json_t *value)
{
    const json_int_t number = json_is_integer(value) ? json_integer_value(value) : -1;
    int choice;
    switch (row->field.kind) {
    case LOCI_FIELD_COUNT:
        if (number < 0 || (uint64_t)number > SIZE_MAX) return 0;
        loci_config_put(config, row, (size_t)number, 0);
        return 1;
    case LOCI_FIELD_NUMBER:
        if (!json_is_number(value)) return 0;
        loci_config_put(config, row, 0, json_number_value(value));
        return 1;
    case LOCI_FIELD_FLAG:
        if (!json_is_boolean(value)) return 0;
        loci_config_put(config, row, json_is_true(value), 0);
        return 1;
    case LOCI_FIELD_WORD:
        choice = loci_config_choice(row, json_string_value(value));
        if (choice < 0) return 0;
        loci_config_put(config, row, (size_t)choice, 0);
        return 1;
    }
    return 0;
}

static loci_status wrong(const loci_field *field, loci_error *error)
{
    char expected[96];
    loci_config_expected(expected, sizeof expected, field);
    return loci_fail(error, LOCI_E_FORMAT, "%s of the config is missing or wrong; %s was expected",
                     field->name, expected);
}

/* The object has a key that is no field, or none for this kind of layer: the first is named. */
static loci_status blame_key(const loci_model_config *config, const json_t *object, loci_error *error)
{
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)(uintptr_t)object, key, value)
    {
        const loci_field *field = loci_config_find(key);
        if (!field || !loci_config_has(config, field))
            return loci_fail(error, LOCI_E_FORMAT,
                             "%.60s of the config is no field of a model with layers of %s", key,
                             loci_layer_name(config->layer));
    }
    return LOCI_OK;
}

loci_status loci_config_read(loci_model_config *config, const json_t *object, loci_error *error)
{
    size_t count, taken = 0;
    const loci_config_row *rows = loci_config_rows(&count);
    *config = (loci_model_config){.size = sizeof *config};
    for (size_t i = 0; i < count; i++) { /* the kind of layer is the first */
        const loci_field *field = &rows[i].field;
        if (!loci_config_has(config, field)) continue;
        const json_t *value = json_object_get(object, field->name);
        if (field->younger && !value) continue;
        if (!take(config, &rows[i], value)) return wrong(field, error);
        taken++;
    }
    return taken == json_object_size(object) ? LOCI_OK : blame_key(config, object, error);
}
