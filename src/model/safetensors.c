/* SPDX-License-Identifier: MIT
 * safetensors.c - reading and writing the safetensors format. */
#include "model/safetensors.h"

#include <jansson.h>
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/allocate.h"
#include "base/endian.h"
#include "base/status.h"
#include "model/json.h"

enum { HEADER_MOST = 100000000 }; /* the format's own bound */

struct loci_safetensors {
    json_t *header;
    loci_tensor *tensor;   /* [count], by place */
    loci_tensor **by_name; /* [count] */
    size_t count;
};

static const struct {
    const char *name;
    size_t size;
} types[] = {{"F64", 8}, {"F32", 4}, {"F16", 2}, {"BF16", 2}, {"I64", 8},  {"I32", 4}, {"I16", 2},  {"I8", 1},
             {"U64", 8}, {"U32", 4}, {"U16", 2}, {"U8", 1},   {"BOOL", 1}, {"C64", 8}, {"C128", 16}};

static size_t type_size(const char *name)
{
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (strcmp(types[i].name, name) == 0) return types[i].size;
    return 0;
}

/* A whole number >= 0 that fits a size_t. */
static bool get_size(size_t *size, const json_t *value)
{
    if (!json_is_integer(value) || json_integer_value(value) < 0) return false;
    const uint64_t number = (uint64_t)json_integer_value(value);
    *size = (size_t)number;
    return *size == number;
}

static loci_status read_tensor(loci_tensor *tensor, const char *name, const json_t *entry,
                               const unsigned char *data, size_t room, loci_error *error)
{
    const json_t *type = json_object_get(entry, "dtype"), *shape = json_object_get(entry, "shape"),
                 *offsets = json_object_get(entry, "data_offsets");
    if (!json_is_string(type) || !json_is_array(shape) || !json_is_array(offsets) ||
        json_object_size(entry) != 3)
        return loci_fail(error, LOCI_E_FORMAT, "tensor %.80s: dtype, shape and data_offsets were expected",
                         name);
    *tensor =
        (loci_tensor){.name = name, .type = json_string_value(type), .dimensions = json_array_size(shape)};
    size_t bytes = type_size(tensor->type), from, to;
    if (bytes == 0)
        return loci_fail(error, LOCI_E_FORMAT, "tensor %.80s: type %.20s is not known", name, tensor->type);
    if (tensor->dimensions > LOCI_TENSOR_DIMENSIONS)
        return loci_fail(error, LOCI_E_FORMAT, "tensor %.80s: has %zu dimensions; at most %d were expected",
                         name, tensor->dimensions, LOCI_TENSOR_DIMENSIONS);
    for (size_t i = 0; i < tensor->dimensions; i++)
        if (!get_size(&tensor->shape[i], json_array_get(shape, i)) ||
            !loci_size_multiply(&bytes, bytes, tensor->shape[i]))
            return loci_fail(error, LOCI_E_FORMAT, "tensor %.80s: its shape cannot be", name);
    if (json_array_size(offsets) != 2 || !get_size(&from, json_array_get(offsets, 0)) ||
        !get_size(&to, json_array_get(offsets, 1)) || from > to || to > room)
        return loci_fail(error, LOCI_E_FORMAT,
                         "tensor %.80s: its offsets do not lie within the %zu bytes of data", name, room);
    if (to - from != bytes)
        return loci_fail(error, LOCI_E_FORMAT, "tensor %.80s: has %zu bytes; its shape and type take %zu",
                         name, to - from, bytes);
    tensor->data = data + from;
    tensor->bytes = bytes;
    return LOCI_OK;
}

static int by_place(const void *a, const void *b)
{
    const loci_tensor *x = a, *y = b;
    if (x->data != y->data) return (const char *)x->data < (const char *)y->data ? -1 : 1;
    if (x->bytes != y->bytes) return x->bytes < y->bytes ? -1 : 1; /* empty ones first */
    return strcmp(x->name, y->name);
}

static int by_name(const void *a, const void *b)
{
    const loci_tensor *const *x = a, *const *y = b;
    return strcmp((*x)->name, (*y)->name);
}

static loci_status read_tensors(loci_safetensors *file, const unsigned char *data, size_t room,
                                loci_error *error)
{
    const char *name;
    json_t *entry;
    file->tensor =
        loci_allocate_by(loci_allocator_of(file), json_object_size(file->header), sizeof *file->tensor);
    file->by_name =
        loci_allocate_by(loci_allocator_of(file), json_object_size(file->header), sizeof *file->by_name);
    if (!file->tensor || !file->by_name)
        return loci_fail(error, LOCI_E_MEMORY, "out of memory for a file of tensors");
    json_object_foreach(file->header, name, entry)
    {
        if (strcmp(name, "__metadata__") == 0) {
            const char *key;
            json_t *value;
            if (!json_is_object(entry)) return loci_fail(error, LOCI_E_FORMAT, "__metadata__ is no object");
            json_object_foreach(entry, key, value) if (!json_is_string(value)) return loci_fail(
                error, LOCI_E_FORMAT, "__metadata__: %.80s is no string", key);
            continue;
        }
        const loci_status status = read_tensor(&file->tensor[file->count], name, entry, data, room, error);
        if (status != LOCI_OK) return status;
        file->count++;
    }
    qsort(file->tensor, file->count, sizeof *file->tensor, by_place);
    const unsigned char *place = data;
    for (size_t i = 0; i < file->count; i++) {
        if (file->tensor[i].data != place)
            return loci_fail(error, LOCI_E_FORMAT, "tensor %.80s: %s the one before it", file->tensor[i].name,
                             (const unsigned char *)file->tensor[i].data < place ? "overlaps"
                                                                                 : "leaves a hole behind");
        place += file->tensor[i].bytes;
    }
    if (place != data + room)
        return loci_fail(error, LOCI_E_FORMAT, "%zu bytes follow the last tensor",
                         (size_t)(data + room - place));
    for (size_t i = 0; i < file->count; i++) file->by_name[i] = &file->tensor[i];
    qsort(file->by_name, file->count, sizeof *file->by_name, by_name);
    return LOCI_OK;
}

loci_status loci_safetensors_read(loci_safetensors **file, const loci_allocator *by, const void *bytes,
                                  size_t size, loci_error *error)
{
    const unsigned char *b = bytes, *at = bytes;
    if (size < 8) return loci_fail(error, LOCI_E_FORMAT, "is no safetensors file: it has %zu bytes", size);
    const uint64_t length = loci_endian_get(&at, 8);
    if (length > HEADER_MOST || length > size - 8)
        return loci_fail(error, LOCI_E_FORMAT,
                         "is no safetensors file, or a damaged one: a header of %llu bytes in %zu",
                         (unsigned long long)length, size);
    if (length < 2 || b[8] != '{')
        return loci_fail(error, LOCI_E_FORMAT, "is no safetensors file: its header is no object");
    loci_safetensors *f = loci_allocate_by(by, 1, sizeof *f);
    if (!f) return loci_fail(error, LOCI_E_MEMORY, "out of memory for a file of tensors");
    loci_status status =
        loci_json_read(&f->header, by, (const char *)b + 8, (size_t)length, "the header", error);
    if (status == LOCI_OK) status = read_tensors(f, b + 8 + length, size - 8 - (size_t)length, error);
    if (status != LOCI_OK) {
        loci_safetensors_free(f);
        return status;
    }
    *file = f;
    return LOCI_OK;
}

void loci_safetensors_free(loci_safetensors *file)
{
    if (!file) return;
    json_decref(file->header);
    loci_free(file->tensor);
    loci_free(file->by_name);
    loci_free(file);
}

size_t loci_safetensors_count(const loci_safetensors *file)
{
    return file->count;
}

const loci_tensor *loci_safetensors_tensor(const loci_safetensors *file, size_t i)
{
    return &file->tensor[i];
}

const loci_tensor *loci_safetensors_find(const loci_safetensors *file, const char *name)
{
    const loci_tensor key = {.name = name}, *const at = &key;
    loci_tensor *const *found = bsearch(&at, file->by_name, file->count, sizeof *file->by_name, by_name);
    return found ? *found : NULL;
}

const char *loci_safetensors_metadata(const loci_safetensors *file, const char *key)
{
    return json_string_value(json_object_get(json_object_get(file->header, "__metadata__"), key));
}

size_t loci_safetensors_numbers(const loci_tensor *tensor)
{
    return tensor->bytes / type_size(tensor->type);
}

static json_t *describe(const loci_tensor *tensor, size_t from)
{
    json_t *shape = json_array(), *entry = NULL;
    bool good = shape != NULL;
    for (size_t i = 0; i < tensor->dimensions && good; i++)
        good = json_array_append_new(shape, json_integer((json_int_t)tensor->shape[i])) == 0;
    if (good)
        entry = json_pack("{s:s, s:O, s:[I, I]}", "dtype", tensor->type, "shape", shape, "data_offsets",
                          (json_int_t)from, (json_int_t)(from + tensor->bytes));
    json_decref(shape);
    return entry;
}

loci_status loci_safetensors_write(void **bytes, size_t *size, const loci_allocator *by,
                                   const loci_tensor *tensors, size_t count, const char *const (*metadata)[2],
                                   size_t pairs, loci_error *error)
{
    json_t *header = json_object(), *about = json_object();
    bool good = header && about;
    size_t data = 0;
    for (size_t i = 0; i < pairs && good; i++)
        good = json_object_set_new(about, metadata[i][0], json_string(metadata[i][1])) == 0;
    if (good && pairs > 0) good = json_object_set(header, "__metadata__", about) == 0;
    for (size_t i = 0; i < count && good; i++) {
        good = json_object_set_new(header, tensors[i].name, describe(&tensors[i], data)) == 0 &&
               loci_size_add(&data, data, tensors[i].bytes);
    }
    char *text = good ? loci_json_write(header, by, JSON_COMPACT) : NULL;
    json_decref(header);
    json_decref(about);
    /* padded with spaces, so that the data begin on a multiple of 8 */
    const size_t written = text ? strlen(text) : 0, padded = (written + 7) / 8 * 8;
    unsigned char *b = text ? loci_allocate_by(by, 8 + padded + data, 1) : NULL;
    if (!b) {
        loci_free(text);
        return loci_fail(error, LOCI_E_MEMORY, "out of memory for a file of %zu tensors", count);
    }
    unsigned char *to = b;
    loci_endian_put(&to, padded, 8);
    memset(to, ' ', padded);
    memcpy(to, text, written);
    loci_free(text);
    to += padded;
    for (size_t i = 0; i < count; i++) {
        if (tensors[i].bytes > 0) memcpy(to, tensors[i].data, tensors[i].bytes);
        to += tensors[i].bytes;
    }
    *bytes = b;
    *size = 8 + padded + data;
    return LOCI_OK;
}

static double from_half(uint64_t bits)
{
    const int exponent = (int)(bits >> 10 & 31);
    const double fraction = (double)(bits & 1023);
    const double size = exponent == 0    ? ldexp(fraction, -24)
                        : exponent == 31 ? (fraction != 0 ? (double)NAN : (double)INFINITY)
                                         : ldexp(1024 + fraction, exponent - 25);
    return bits >> 15 ? -size : size;
}

loci_status loci_safetensors_doubles(double *out, const loci_tensor *tensor, loci_error *error)
{
    const size_t size = type_size(tensor->type), count = loci_safetensors_numbers(tensor);
    const unsigned char *at = tensor->data;
    const bool f64 = strcmp(tensor->type, "F64") == 0, f32 = strcmp(tensor->type, "F32") == 0,
               f16 = strcmp(tensor->type, "F16") == 0, bf16 = strcmp(tensor->type, "BF16") == 0;
    if (!f64 && !f32 && !f16 && !bf16)
        return loci_fail(error, LOCI_E_UNSUPPORTED,
                         "tensor %.80s holds %s; floating-point numbers were expected", tensor->name,
                         tensor->type);
    for (size_t i = 0; i < count; i++) {
        const uint64_t bits = loci_endian_get(&at, size);
        if (f64) {
            memcpy(&out[i], &bits, sizeof *out);
        } else if (f16) {
            out[i] = from_half(bits);
        } else {
            const uint32_t single = bf16 ? (uint32_t)bits << 16 : (uint32_t)bits;
            float value;
            memcpy(&value, &single, sizeof value);
            out[i] = (double)value;
        }
    }
    return LOCI_OK;
}
