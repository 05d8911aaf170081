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

/* Behind them the names of its columns, and of those that are learned. */
static size_t texts_of(const loci_reading *r)
{
    return TEXTS + r->column_count + r->learned_count;
}

static const char *text_of(const loci_reading *reading, size_t i)
{
    loci_reading r = *reading;
    if (i < TEXTS) return *text_at(&r, i);
    i -= TEXTS;
    return i < r.column_count ? r.columns[i] : r.learned[i - r.column_count];
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

loci_status loci_model_reading_check(const loci_reading *reading, loci_error *error)
{
    const loci_reading r = *reading;
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
    size_t size = (reading->column_count + reading->learned_count) * sizeof *reading->columns;
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
    const char **columns = (const char **)(void *)memory, **learned = columns + copy.column_count;
    char *at = (char *)(learned + copy.learned_count);
    for (size_t i = 0; i < TEXTS; i++) *text_at(&copy, i) = keep(&at, *text_at(&copy, i));
    for (size_t i = 0; i < copy.column_count; i++) columns[i] = keep(&at, reading->columns[i]);
    for (size_t i = 0; i < copy.learned_count; i++) learned[i] = keep(&at, reading->learned[i]);
    copy.columns = copy.column_count ? columns : NULL;
    copy.learned = copy.learned_count ? learned : NULL;
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
           add(object, "missing", r.hold != 0, json_string("hold")) &&
           add_names(object, "columns", r.columns, r.column_count) &&
           add_names(object, "learned", r.learned, r.learned_count);
    if (good) return object;
    json_decref(object);
    return NULL;
}

loci_status loci_model_reading_read(loci_reading *r, const json_t *object, const char **names, size_t room,
                                    loci_error *error)
{
    json_error_t wrong;
    json_t *columns = NULL, *learned = NULL;
    json_int_t window = 0, stride = 0, skip = 0, horizon = 0;
    const char *decimal = ".", *missing = "refuse";
    json_t *json = (json_t *)(uintptr_t)object; /* unpacking changes nothing */
    if (json_unpack_ex(
            json, &wrong, 0,
            "{s?s, s?s, s?s, s?s, s?s, s?b, s?I, s?I, s?F, s?F, s?I, s?s, s?b, s?o, s?I, s?s, s?o !}",
            "value", &r->value, "group", &r->group, "time", &r->time, "match", &r->match, "except",
            &r->except, "mono", &r->mono, "window", &window, "stride", &stride, "resample", &r->resample,
            "test", &r->test, "skip", &skip, "decimal", &decimal, "bytes", &r->bytes, "columns", &columns,
            "horizon", &horizon, "missing", &missing, "learned", &learned) != 0)
        return loci_fail(error, LOCI_E_FORMAT, "reading of the description: %.80s", wrong.text);
    const size_t count = json_array_size(columns), more = json_array_size(learned);
    if ((columns && !json_is_array(columns)) || (learned && !json_is_array(learned)) || count > room ||
        more > room - count || window < 0 || stride < 0 || skip < 0 || horizon < 0 ||
        (strcmp(decimal, ".") != 0 && strcmp(decimal, ",") != 0) ||
        (strcmp(missing, "refuse") != 0 && strcmp(missing, "hold") != 0))
        return loci_fail(
            error, LOCI_E_FORMAT,
            "reading of the description: columns, learned, window, stride, skip, horizon, decimal or missing is none");
    for (size_t i = 0; i < count + more; i++) {
        names[i] =
            json_string_value(i < count ? json_array_get(columns, i) : json_array_get(learned, i - count));
        if (!names[i])
            return loci_fail(error, LOCI_E_FORMAT, "reading of the description: column %zu is no text",
                             i < count ? i : i - count);
    }
    r->columns = count ? names : NULL;
    r->column_count = count;
    r->learned = more ? names + count : NULL;
    r->learned_count = more;
    r->hold = *missing == 'h';
    r->window = (size_t)window;
    r->stride = (size_t)stride;
    r->skip = (size_t)skip;
    r->horizon = (size_t)horizon;
    r->decimal = *decimal == ',' ? ',' : 0;
    return LOCI_OK;
}
