/* SPDX-License-Identifier: MIT
 * model_file.c - a model as a safetensors file, and back.
 *
 * The tensors are the parameters under their names, in F32. The metadata are texts:
 *
 *     format       loci
 *     version      1
 *     config       JSON: {"layer": "s4d", "inputs": 3, ...}, the fields of loci_model_config
 *     description  JSON: {"rate": 8000.0, "shift": [...], ...}, the fields of loci_model_about but for the note; what of its
 *                  reading is not 0 is an object of its own, but for gray, permutation and label; those about the task are
 *                  there where it is another one than class
 *     note         the note, where there is one
 *     checksum     of config, description, note and data, 16 hexadecimal digits; a file that another program has
 *                  changed is read without it
 *
 * Reading trusts nothing: everything is checked against the table of the configuration before there is room for a
 * single number. */
#include "model/model_file.h"

#include <assert.h>
#include <inttypes.h>
#include <jansson.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/allocate.h"
#include "base/endian.h"
#include "base/checksum.h"
#include "base/random.h"
#include "base/status.h"
#include "model/config_json.h"
#include "model/json.h"
#include "model/model.h"
#include "model/model_reading.h"

#define FORMAT "loci"
#define VERSION "1"

/* texts: config, description, note. */
static uint64_t checksum(const char *const texts[3], const void *data, size_t size)
{
    uint64_t h = loci_checksum(data, size);
    for (int i = 0; i < 3; i++)
        h = loci_random_stir(h, texts[i] ? loci_checksum(texts[i], strlen(texts[i])) : UINT64_MAX);
    return h;
}

/* ---- writing ---- */

/* An array of numbers, or of texts; null where there are none. */
static json_t *array_json(const double *numbers, const char *const *texts, size_t count)
{
    if (!numbers && !texts) return json_null();
    json_t *array = json_array();
    for (size_t i = 0; array && i < count; i++)
        if (json_array_append_new(array, numbers ? json_real(numbers[i]) : json_string(texts[i])) != 0) {
            json_decref(array);
            array = NULL;
        }
    return array;
}

/* What only models of other tasks than class have. */
static bool add_task(json_t *object, const loci_model *model)
{
    const loci_model_about *a = &model->about;
    const size_t outputs = model->config.outputs;
    json_t *shift = array_json(a->target_shift, NULL, outputs),
           *scale = array_json(a->target_scale, NULL, outputs);
    const bool good =
        shift && scale &&
        json_object_set_new(object, "task", json_string(loci_task_inspect(a->task)->name)) == 0 &&
        json_object_set(object, "target_shift", shift) == 0 &&
        json_object_set(object, "target_scale", scale) == 0;
    json_decref(shift);
    json_decref(scale);
    return good;
}

static json_t *description_json(const loci_model *model)
{
    const loci_model_about *a = &model->about;
    const loci_reading *r = &a->reading;
    char permutation[24]; /* as a text: JSON's integers end at 2^63 */
    snprintf(permutation, sizeof permutation, "%" PRIu64, r->permutation);
    json_t *shift = array_json(a->shift, NULL, model->config.inputs),
           *scale = array_json(a->scale, NULL, model->config.inputs),
           *classes = array_json(NULL, a->classes, model->config.outputs),
           *reading = loci_model_reading_write(r), *object = NULL;
    if (shift && scale && classes && reading)
        object = json_pack("{s:f, s:O, s:O, s:O, s:b, s:s?, s:s?, s:O*}", "rate", a->rate, "shift", shift,
                           "scale", scale, "classes", classes, "gray", r->gray != 0, "permutation",
                           r->permuted ? permutation : NULL, "label", r->label, "reading",
                           json_object_size(reading) ? reading : NULL);
    json_decref(shift);
    json_decref(scale);
    json_decref(classes);
    json_decref(reading);
    if (!object || a->task == LOCI_TASK_CLASS || add_task(object, model)) return object;
    json_decref(object);
    return NULL;
}

/* Released by loci_free; NULL: out of memory. */
static char *text_of(json_t *object, const loci_allocator *by)
{
    char *text = object ? loci_json_write(object, by, JSON_COMPACT | JSON_REAL_PRECISION(17)) : NULL;
    json_decref(object);
    return text;
}

/* The parameters one after the other, little-endian, with a tensor for each. */
static loci_status lay_out(const loci_model *model, loci_tensor *tensor, unsigned char *data,
                           loci_error *error)
{
    for (size_t k = 0; k < model->parameters; k++) {
        const loci_parameter *p = &model->table[k];
        tensor[k] = (loci_tensor){
            .name = p->name, .type = "F32", .dimensions = p->dimensions, .data = data, .bytes = 4 * p->count};
        memcpy(tensor[k].shape, p->shape, p->dimensions * sizeof *p->shape);
        for (size_t i = 0; i < p->count; i++) {
            const float value = model->values[p->offset + i];
            if (!isfinite(value))
                return loci_fail(error, LOCI_E_VALUE, "%s[%zu] is %g; a finite number was expected", p->name,
                                 i, (double)value);
            loci_endian_put_f32(&data, &value, 1);
        }
    }
    return LOCI_OK;
}

loci_status loci_model_save(const loci_model *model, void **bytes, size_t *size, loci_error *error)
{
    const loci_allocator *by = loci_allocator_of(model);
    char *config = text_of(loci_config_json(&model->config), by),
         *description = text_of(description_json(model), by);
    loci_tensor *tensor = loci_allocate_by(by, model->parameters, sizeof *tensor);
    unsigned char *data = loci_allocate_by(by, model->count, 4);
    loci_status status = LOCI_OK;
    if (!config || !description || !tensor || !data)
        status = loci_fail(error, LOCI_E_MEMORY, "out of memory for the file of a model");
    if (!status) status = lay_out(model, tensor, data, error);
    if (!status) {
        const char *const texts[3] = {config, description, model->about.note};
        char sum[24];
        snprintf(sum, sizeof sum, "%016" PRIx64, checksum(texts, data, 4 * model->count));
        const char *const metadata[][2] = {
            {"format", FORMAT},           {"version", VERSION}, {"config", config},
            {"description", description}, {"checksum", sum},    {"note", texts[2]},
        };
        status = loci_safetensors_write(bytes, size, by, tensor, model->parameters, metadata,
                                        texts[2] ? 6 : 5, error);
    }
    loci_free(config);
    loci_free(description);
    loci_free(tensor);
    loci_free(data);
    return status;
}

/* ---- reading ---- */

enum { FIELDS = 16 }; /* of a description, at most */

/* The fields of an object, taken one by one; the first failure stays. */
typedef struct {
    const char *name;
    const json_t *object;
    const char *known[FIELDS]; /* those that were asked for */
    size_t asked, taken;
    loci_status status;
    loci_error *error;
} fields;

static const json_t *take(fields *f, const char *key)
{
    const json_t *value = json_object_get(f->object, key);
    assert(f->asked < FIELDS);
    f->known[f->asked++] = key;
    f->taken += value != NULL;
    return value;
}

static void wrong(fields *f, const char *key, const char *expected)
{
    if (f->status) return;
    f->status = loci_fail(f->error, LOCI_E_FORMAT, "%s of the %s is missing or wrong; %s was expected", key,
                          f->name, expected);
}

static double take_number(fields *f, const char *key)
{
    const json_t *value = take(f, key);
    if (!json_is_number(value)) wrong(f, key, "a number");
    return json_number_value(value);
}

static int take_flag(fields *f, const char *key)
{
    const json_t *value = take(f, key);
    if (!json_is_boolean(value)) wrong(f, key, "true or false");
    return json_is_true(value);
}

/* NULL where it is null. */
static const char *take_text(fields *f, const char *key)
{
    const json_t *value = take(f, key);
    if (!json_is_string(value) && !json_is_null(value)) wrong(f, key, "a text or null");
    return json_string_value(value);
}

/* NULL where it is null. */
static const json_t *take_array(fields *f, const char *key, size_t count)
{
    const json_t *value = take(f, key);
    if (json_is_null(value)) return NULL;
    if (json_array_size(value) != count) { /* 0 of what is no array */
        char expected[64];
        snprintf(expected, sizeof expected, "an array of %zu or null", count);
        wrong(f, key, expected);
        return NULL;
    }
    return value;
}

static loci_status take_no_more(fields *f)
{
    const char *key;
    json_t *value;
    if (f->status || f->taken == json_object_size(f->object)) return f->status;
    json_object_foreach((json_t *)(uintptr_t)f->object, key, value)
    {
        int known = 0;
        for (size_t i = 0; i < f->asked; i++) known |= strcmp(key, f->known[i]) == 0;
        if (!known)
            return f->status = loci_fail(f->error, LOCI_E_FORMAT, "%.60s of the %s is no field that is known",
                                         key, f->name);
    }
    return f->status;
}

/* *object = what a text of the metadata holds. */
static loci_status parse(json_t **object, const loci_allocator *by, const char *name, const char *text,
                         loci_error *error)
{
    json_t *value;
    char what[32];
    snprintf(what, sizeof what, "the %s", name);
    if (!text) return loci_fail(error, LOCI_E_FORMAT, "has no %s in its metadata", name);
    const loci_status status = loci_json_read(&value, by, text, strlen(text), what, error);
    if (status) return status;
    if (!json_is_object(value)) {
        json_decref(value);
        return loci_fail(error, LOCI_E_FORMAT, "the %s is no JSON object", name);
    }
    *object = value;
    return LOCI_OK;
}

loci_status loci_model_blame_file(loci_status status, loci_error *error)
{
    if (status != LOCI_E_ARGUMENT) return status;
    if (error) error->status = LOCI_E_FORMAT;
    return LOCI_E_FORMAT;
}

static loci_status read_config(loci_model_config *c, const loci_allocator *by, const char *text,
                               loci_error *error)
{
    json_t *object;
    loci_status status = parse(&object, by, "config", text, error);
    if (status) return status;
    status = loci_config_read(c, object, error);
    json_decref(object);
    return status;
}

static const double *doubles_of(fields *f, const char *key, double *out, size_t count)
{
    const json_t *array = take_array(f, key, count);
    for (size_t i = 0; array && i < count; i++) {
        const json_t *value = json_array_get(array, i);
        if (!json_is_number(value)) wrong(f, key, "an array of numbers");
        out[i] = json_number_value(value);
    }
    return array ? out : NULL;
}

static const char *const *texts_of(fields *f, const char *key, const char **out, size_t count)
{
    const json_t *array = take_array(f, key, count);
    for (size_t i = 0; array && i < count; i++) {
        out[i] = json_string_value(json_array_get(array, i));
        if (!out[i]) wrong(f, key, "an array of texts");
    }
    return array ? out : NULL;
}

static loci_status describe(loci_model *model, fields *f, const char *note)
{
    const size_t inputs = model->config.inputs, outputs = model->config.outputs;
    double *numbers = loci_allocate_by(loci_allocator_of(model), 2 * (inputs + outputs), sizeof *numbers);
    const json_t *reading = take(f, "reading");
    const size_t columns = loci_model_reading_names(reading);
    const char **names = loci_allocate_by(loci_allocator_of(model), outputs + columns, sizeof *names);
    if (numbers && names) {
        loci_model_about about = {
            .size = sizeof about,
            .rate = take_number(f, "rate"),
            .shift = doubles_of(f, "shift", numbers, inputs),
            .scale = doubles_of(f, "scale", numbers + inputs, inputs),
            .classes = texts_of(f, "classes", names, outputs),
            .reading = {.gray = take_flag(f, "gray"), .label = take_text(f, "label")},
            .note = note,
        };
        if (json_object_get(f->object, "task")) {
            const char *word = take_text(f, "task");
            if (!word || loci_task_find(&about.task, word, NULL)) wrong(f, "task", "the name of a task");
            about.target_shift = doubles_of(f, "target_shift", numbers + 2 * inputs, outputs);
            about.target_scale = doubles_of(f, "target_scale", numbers + 2 * inputs + outputs, outputs);
        }
        const char *seed = take_text(f, "permutation");
        if (seed) {
            char *end = NULL, again[24];
            about.reading.permuted = 1;
            about.reading.permutation = strtoull(seed, &end, 10);
            snprintf(again, sizeof again, "%" PRIu64, about.reading.permutation);
            if (strcmp(again, seed) != 0) wrong(f, "permutation", "a whole number of 64 bits, as a text");
        }
        take_no_more(f);
        if (reading && !f->status)
            f->status = loci_model_reading_read(&about.reading, reading, names + outputs, columns, f->error);
        if (!f->status)
            f->status = loci_model_blame_file(loci_model_describe(model, &about, f->error), f->error);
    } else {
        f->status = loci_fail(f->error, LOCI_E_MEMORY, "out of memory for the description of a model");
    }
    loci_free(numbers);
    loci_free(names);
    return f->status;
}

static loci_status read_description(loci_model *model, const char *text, const char *note, loci_error *error)
{
    json_t *object;
    const loci_status status = parse(&object, loci_allocator_of(model), "description", text, error);
    if (status) return status;
    fields f = {.name = "description", .object = object, .error = error};
    describe(model, &f, note);
    json_decref(object);
    return f.status;
}

static void shape_text(char *text, size_t size, const size_t *shape, size_t dimensions)
{
    size_t used = 0;
    text[0] = 0;
    for (size_t i = 0; i < dimensions && used < size; i++) {
        const int length = snprintf(text + used, size - used, i ? ", %zu" : "%zu", shape[i]);
        used += length > 0 ? (size_t)length : 0;
    }
}

loci_status loci_model_match(const loci_parameter *p, const loci_tensor *tensor, loci_error *error)
{
    if (tensor->dimensions == p->dimensions &&
        memcmp(tensor->shape, p->shape, p->dimensions * sizeof *p->shape) == 0)
        return LOCI_OK;
    char is[80], expected[80];
    shape_text(is, sizeof is, tensor->shape, tensor->dimensions);
    shape_text(expected, sizeof expected, p->shape, p->dimensions);
    return loci_fail(error, LOCI_E_FORMAT, "tensor %.100s has the shape [%s]; [%s] was expected",
                     tensor->name, is, expected);
}

static bool has(const loci_model *model, const char *name)
{
    for (size_t k = 0; k < model->parameters; k++)
        if (strcmp(model->table[k].name, name) == 0) return true;
    return false;
}

/* Every parameter has its tensor, and every tensor is one's. */
static loci_status match_all(const loci_model *model, const loci_safetensors *file, loci_error *error)
{
    for (size_t k = 0; k < model->parameters; k++) {
        const loci_parameter *p = &model->table[k];
        const loci_tensor *tensor = loci_safetensors_find(file, p->name);
        if (!tensor) return loci_fail(error, LOCI_E_FORMAT, "tensor %s is missing", p->name);
        const loci_status status = loci_model_match(p, tensor, error);
        if (status) return status;
    }
    const size_t count = loci_safetensors_count(file);
    for (size_t i = 0; count > model->parameters; i++) { /* the first that is too many is soon found */
        const char *name = loci_safetensors_tensor(file, i)->name;
        if (!has(model, name))
            return loci_fail(error, LOCI_E_FORMAT,
                             "tensor %.80s is none of this model: %zu were expected, %zu are there", name,
                             model->parameters, count);
    }
    return LOCI_OK;
}

loci_status loci_model_check_number(const char *tensor, size_t i, double number, loci_error *error)
{
    return isfinite((float)number)
               ? LOCI_OK
               : loci_fail(error, LOCI_E_FORMAT, "%.100s[%zu] is %g; a finite number%s was expected", tensor,
                           i, number, isfinite(number) ? " in single precision" : "");
}

/* Some numbers at a time: they may be many, and doubles are twice their size. */
loci_status loci_model_take(loci_model *model, const loci_parameter *p, const loci_tensor *tensor,
                            loci_error *error)
{
    enum { PIECE = 1024 };
    float *const values = model->values + p->offset;
    double numbers[PIECE];
    const size_t size = p->count > 0 ? tensor->bytes / p->count : 0;
    for (size_t first = 0; first < p->count; first += PIECE) {
        loci_tensor piece = *tensor;
        piece.dimensions = 1;
        piece.shape[0] = p->count - first < PIECE ? p->count - first : PIECE;
        piece.data = (const char *)tensor->data + first * size;
        piece.bytes = piece.shape[0] * size;
        loci_status status = loci_safetensors_doubles(numbers, &piece, error);
        for (size_t i = 0; i < piece.shape[0] && !status; i++) {
            values[first + i] = (float)numbers[i];
            status = loci_model_check_number(tensor->name, first + i, numbers[i], error);
        }
        if (status) return status;
    }
    return LOCI_OK;
}

loci_status loci_model_fill(loci_model *model, const loci_safetensors *file, loci_error *error)
{
    loci_status status = match_all(model, file, error);
    if (!status) status = loci_model_room(model, error);
    for (size_t k = 0; k < model->parameters && !status; k++) {
        const loci_parameter *p = &model->table[k];
        status = loci_model_take(model, p, loci_safetensors_find(file, p->name), error);
    }
    return status;
}

static loci_status check_sum(const loci_safetensors *file, const char *const texts[3], loci_error *error)
{
    const char *sum = loci_safetensors_metadata(file, "checksum");
    const size_t count = loci_safetensors_count(file);
    if (!sum || count == 0) return LOCI_OK;
    const void *data = loci_safetensors_tensor(file, 0)->data;
    size_t size = 0;
    for (size_t i = 0; i < count; i++) size += loci_safetensors_tensor(file, i)->bytes;
    char expected[24];
    snprintf(expected, sizeof expected, "%016" PRIx64, checksum(texts, data, size));
    return strcmp(sum, expected) == 0
               ? LOCI_OK
               : loci_fail(error, LOCI_E_FORMAT,
                           "is damaged, or was changed by a program that kept its checksum");
}

static loci_status load(loci_model **out, const loci_allocator *by, const loci_safetensors *file,
                        loci_error *error)
{
    const char *format = loci_safetensors_metadata(file, "format"),
               *version = loci_safetensors_metadata(file, "version");
    if (!format || strcmp(format, FORMAT) != 0)
        return loci_fail(error, LOCI_E_FORMAT,
                         "holds tensors, but no model of loci ('loci convert' makes one of a PyTorch state)");
    if (!version || strcmp(version, VERSION) != 0)
        return loci_fail(error, LOCI_E_UNSUPPORTED, "is a model of version %.20s; " VERSION " was expected",
                         version ? version : "none");
    const char *const texts[3] = {loci_safetensors_metadata(file, "config"),
                                  loci_safetensors_metadata(file, "description"),
                                  loci_safetensors_metadata(file, "note")};
    loci_status status = check_sum(file, texts, error);
    loci_model_config config;
    if (!status) status = read_config(&config, by, texts[0], error);
    if (!status) config.allocator = by;
    loci_model *model = NULL;
    config.size = sizeof config; /* all its fields, not those of version 0.1 alone */
    if (!status) status = loci_model_blame_file(loci_model_outline(&model, &config, error), error);
    for (size_t k = 0; !status && k < model->parameters; k++) {
        const loci_tensor *tensor = loci_safetensors_find(file, model->table[k].name);
        if (tensor && strcmp(tensor->type, "F32") != 0)
            status = loci_fail(error, LOCI_E_FORMAT, "tensor %s holds %s; F32 was expected", tensor->name,
                               tensor->type);
    }
    if (!status) status = loci_model_fill(model, file, error);
    if (!status) status = read_description(model, texts[1], texts[2], error);
    if (status)
        loci_model_free(model);
    else
        *out = model;
    return status;
}

loci_status loci_model_load_by(loci_model **model, const void *bytes, size_t size,
                               const loci_allocator *allocator, loci_error *error)
{
    loci_safetensors *file;
    loci_status status = loci_safetensors_read(&file, allocator, bytes, size, error);
    if (status) return status;
    status = load(model, allocator, file, error);
    loci_safetensors_free(file);
    return status;
}

loci_status loci_model_load(loci_model **model, const void *bytes, size_t size, loci_error *error)
{
    return loci_model_load_by(model, bytes, size, NULL, error);
}
