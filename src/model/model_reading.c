/* SPDX-License-Identifier: MIT
 * model_reading.c - how training data were read, as a model keeps it. */
#include "model/model_reading.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "base/status.h"
#include "base/utf8.h"

enum { TEXTS = 6 };

/* The texts of a reading, one after the other, and what they are called. */
static const char **text_at(loci_reading *r, size_t i)
{
    const char **const texts[TEXTS] = {&r->label, &r->value, &r->group, &r->time, &r->match, &r->except};
    return texts[i];
}
static const char *const text_names[TEXTS] = {"label", "value", "group", "time", "match", "except"};

/* Its lists of names of columns, and what they are called. */
enum { LISTS = 3 };
static const char *const list_names[LISTS] = {"columns", "learned", "inputs"};

typedef struct {
    const char *const **names;
    size_t *count;
} list;

static list list_at(loci_reading *r, size_t i)
{
    const list lists[LISTS] = {
        {&r->columns, &r->column_count}, {&r->learned, &r->learned_count}, {&r->inputs, &r->input_count}};
    return lists[i];
}

/* Which stand behind the texts. */
static size_t texts_of(const loci_reading *r)
{
    return TEXTS + r->column_count + r->learned_count + r->input_count;
}

static const char *text_of(const loci_reading *reading, size_t i)
{
    loci_reading r = *reading;
    if (i < TEXTS) return *text_at(&r, i);
    size_t k = 0;
    for (i -= TEXTS; i >= *list_at(&r, k).count; k++) i -= *list_at(&r, k).count;
    return (*list_at(&r, k).names)[i];
}

/* Whether `value` or `columns` are the names of what is learned, and not numbers of columns or lists of them. */
static bool tells_learned(const loci_reading *r)
{
    const char *const *names = r->value ? &r->value : r->columns;
    if ((r->value ? 1 : r->column_count) != r->learned_count) return false;
    for (size_t i = 0; i < r->learned_count; i++)
        if (strcmp(names[i], r->learned[i]) != 0 || names[i][strspn(names[i], "0123456789")] == 0)
            return false;
    return true;
}

static loci_status check_inputs(const loci_reading *r, size_t inputs, loci_error *error)
{
    enum { MOST = 4096 };
    if (r->input_count != inputs || !r->inputs)
        return loci_fail(error, LOCI_E_ARGUMENT, "%zu of %zu inputs have names; all or none was expected",
                         r->inputs ? r->input_count : 0, inputs);
    if (inputs > MOST)
        return loci_fail(error, LOCI_E_ARGUMENT, "%zu inputs have names; %d at most was expected", inputs,
                         MOST);
    for (size_t i = 0; i < inputs; i++) {
        const char *name = r->inputs[i];
        bool other = name[strspn(name, "0123456789")] != 0;
        for (size_t k = 0; other && k < i; k++) other = strcmp(name, r->inputs[k]) != 0;
        if (!other)
            return loci_fail(
                error, LOCI_E_ARGUMENT,
                "input %zu is called \"%.60s\", as another one or by a number; a name was expected", i, name);
    }
    return LOCI_OK;
}

loci_status loci_model_reading_check(const loci_reading *reading, size_t inputs, loci_error *error)
{
    const loci_reading r = *reading;
    const loci_status status = r.input_count > 0 ? check_inputs(reading, inputs, error) : LOCI_OK;
    if (status) return status;
    for (size_t i = 0; i < texts_of(&r); i++) {
        const char *text = text_of(&r, i);
        if (text && !loci_utf8_valid(text))
            return loci_fail(error, LOCI_E_ARGUMENT, "%s is not UTF-8, which is what a model's texts must be",
                             i < TEXTS ? text_names[i] : "the name of a column");
    }
    if (!(r.resample >= 0 && isfinite(r.resample)))
        return loci_fail(error, LOCI_E_ARGUMENT, "the rate to resample to is %g Hz; 0 or more was expected",
                         r.resample);
    if (!(r.test >= 0 && r.test < 1))
        return loci_fail(error, LOCI_E_ARGUMENT, "the share to test with is %g; 0 to below 1 was expected",
                         r.test);
    if (r.window > INT64_MAX || r.stride > INT64_MAX || r.skip > INT64_MAX || r.horizon > INT64_MAX)
        return loci_fail(error, LOCI_E_ARGUMENT,
                         "window %zu, stride %zu or skip %zu is more than can be written", r.window, r.stride,
                         r.skip);
    if (r.decimal != 0 && r.decimal != '.' && r.decimal != ',')
        return loci_fail(error, LOCI_E_ARGUMENT,
                         "what stands before decimals is no point and no comma, which were expected");
    return LOCI_OK;
}

size_t loci_model_reading_size(const loci_reading *reading)
{
    size_t size = (texts_of(reading) - TEXTS) * sizeof *reading->columns;
    for (size_t i = 0; i < texts_of(reading); i++) {
        const char *text = text_of(reading, i);
        size += text ? strlen(text) + 1 : 0;
    }
    return size;
}

/* A copy of text at *at, which moves on. */
static const char *keep(char **at, const char *text)
{
    if (!text) return NULL;
    const size_t size = strlen(text) + 1;
    char *copy = memcpy(*at, text, size);
    *at += size;
    return copy;
}

loci_reading loci_model_reading_keep(const loci_reading *reading, char *memory)
{
    loci_reading copy = *reading;
    if (tells_learned(reading)) copy.learned_count = 0;
    if (copy.column_count) copy.input_count = 0;
    const char **names = (const char **)(void *)memory;
    char *at = (char *)(names + (texts_of(&copy) - TEXTS));
    for (size_t i = 0; i < TEXTS; i++) *text_at(&copy, i) = keep(&at, *text_at(&copy, i));
    for (size_t k = 0; k < LISTS; k++) {
        const list l = list_at(&copy, k);
        for (size_t i = 0; i < *l.count; i++) names[i] = keep(&at, (*l.names)[i]);
        *l.names = *l.count ? names : NULL;
        names += *l.count;
    }
    return copy;
}

/* ---- JSON ---- */

static bool add(json_t *object, const char *key, bool wanted, json_t *value)
{
    if (wanted) return json_object_set_new(object, key, value) == 0;
    json_decref(value);
    return true;
}

static bool add_names(json_t *object, const char *key, const char *const *names, size_t count)
{
    json_t *array = json_array();
    bool good = array != NULL;
    for (size_t i = 0; good && i < count; i++)
        good = json_array_append_new(array, json_string(names[i])) == 0;
    good = good && (count == 0 || json_object_set(object, key, array) == 0);
    json_decref(array);
    return good;
}

json_t *loci_model_reading_write(const loci_reading *reading)
{
    loci_reading r = *reading;
    json_t *object = json_object();
    bool good = object != NULL;
    for (size_t i = 1; good && i < TEXTS; i++) {
        const char *text = *text_at(&r, i);
        good = add(object, text_names[i], text != NULL, text ? json_string(text) : NULL);
    }
    good = good && add(object, "mono", r.mono != 0, json_true()) &&
           add(object, "window", r.window > 0, json_integer((json_int_t)r.window)) &&
           add(object, "stride", r.stride > 0, json_integer((json_int_t)r.stride)) &&
           add(object, "resample", r.resample > 0, json_real(r.resample)) &&
           add(object, "test", r.test > 0, json_real(r.test)) &&
           add(object, "skip", r.skip > 0, json_integer((json_int_t)r.skip)) &&
           add(object, "decimal", r.decimal == ',', json_string(",")) &&
           add(object, "bytes", r.bytes != 0, json_true()) &&
           add(object, "horizon", r.horizon > 0, json_integer((json_int_t)r.horizon)) &&
           add(object, "missing", r.hold != 0, json_string("hold"));
    for (size_t k = 0; good && k < LISTS; k++) {
        const list l = list_at(&r, k);
        good = add_names(object, list_names[k], *l.names, *l.count);
    }
    if (good) return object;
    json_decref(object);
    return NULL;
}

size_t loci_model_reading_names(const json_t *object)
{
    size_t count = 0;
    for (size_t k = 0; k < LISTS; k++) count += json_array_size(json_object_get(object, list_names[k]));
    return count;
}

/* The list that stands under a key, if it is there, its names in room for so many. */
static loci_status read_names(list l, const json_t *array, const char *key, const char **names, size_t room,
                              loci_error *error)
{
    const size_t count = json_array_size(array);
    if ((array && !json_is_array(array)) || count > room)
        return loci_fail(error, LOCI_E_FORMAT, "reading of the description: %s is no list", key);
    for (size_t i = 0; i < count; i++) {
        names[i] = json_string_value(json_array_get(array, i));
        if (!names[i])
            return loci_fail(error, LOCI_E_FORMAT, "reading of the description: name %zu of %s is no text", i,
                             key);
    }
    *l.names = count ? names : NULL;
    *l.count = count;
    return LOCI_OK;
}

loci_status loci_model_reading_read(loci_reading *r, const json_t *object, const char **names, size_t room,
                                    loci_error *error)
{
    json_error_t wrong;
    json_t *lists[LISTS] = {NULL};
    json_int_t window = 0, stride = 0, skip = 0, horizon = 0;
    const char *decimal = ".", *missing = "refuse";
    json_t *json = (json_t *)(uintptr_t)object; /* unpacking changes nothing */
    if (json_unpack_ex(
            json, &wrong, 0,
            "{s?s, s?s, s?s, s?s, s?s, s?b, s?I, s?I, s?F, s?F, s?I, s?s, s?b, s?I, s?s, s?o, s?o, s?o !}",
            "value", &r->value, "group", &r->group, "time", &r->time, "match", &r->match, "except",
            &r->except, "mono", &r->mono, "window", &window, "stride", &stride, "resample", &r->resample,
            "test", &r->test, "skip", &skip, "decimal", &decimal, "bytes", &r->bytes, "horizon", &horizon,
            "missing", &missing, list_names[0], &lists[0], list_names[1], &lists[1], list_names[2],
            &lists[2]) != 0)
        return loci_fail(error, LOCI_E_FORMAT, "reading of the description: %.80s", wrong.text);
    if (window < 0 || stride < 0 || skip < 0 || horizon < 0 ||
        (strcmp(decimal, ".") != 0 && strcmp(decimal, ",") != 0) ||
        (strcmp(missing, "refuse") != 0 && strcmp(missing, "hold") != 0))
        return loci_fail(
            error, LOCI_E_FORMAT,
            "reading of the description: window, stride, skip, horizon, decimal or missing is none");
    for (size_t k = 0; k < LISTS; k++) {
        const list l = list_at(r, k);
        const loci_status status = read_names(l, lists[k], list_names[k], names, room, error);
        if (status) return status;
        names += *l.count, room -= *l.count;
    }
    r->hold = *missing == 'h';
    r->window = (size_t)window;
    r->stride = (size_t)stride;
    r->skip = (size_t)skip;
    r->horizon = (size_t)horizon;
    r->decimal = *decimal == ',' ? ',' : 0;
    return LOCI_OK;
}
