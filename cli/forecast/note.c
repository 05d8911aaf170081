/* SPDX-License-Identifier: MIT
 * note.c - notes of forecasts, written and read. */
#include "forecast/note.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "shared/output.h"

void note_put(note *n, const char *key, json_t *value)
{
    if (!n->root) n->root = json_object();
    if (json_object_set_new(n->root, key, value) != 0) n->cut = true;
}

void note_put_time(note *n, const forecaster *f)
{
    note_put(n, "stamped", json_boolean(f->stamped));
    if (f->timed && !f->stamped) note_put(n, "timed", json_true());
    note_put(n, "dates", json_boolean(f->iso));
    note_put(n, "last", json_real(f->last));
    note_put(n, "step", json_real(f->step));
    note_put(n, "season", json_integer((json_int_t)f->season));
    if (f->uneven) note_put(n, "uneven", json_true());
    if (f->pauses[0] > f->step) note_put(n, "pauses", note_numbers(f->pauses, 2));
}

/* Adds a value, which it takes over; where it cannot, nothing is left of the array. */
static json_t *with(json_t *array, json_t *value)
{
    if (json_array_append_new(array, value) == 0) return array;
    json_decref(array);
    return NULL;
}

json_t *note_names(char *const *names, size_t count)
{
    json_t *array = json_array();
    for (size_t i = 0; i < count && array; i++) array = with(array, output_json_text(names[i]));
    return array;
}

json_t *note_numbers(const double *x, size_t count)
{
    json_t *array = json_array();
    for (size_t i = 0; i < count && array; i++) array = with(array, json_real(x[i]));
    return array;
}

char *note_text(note *n)
{
    char *text = n->cut ? NULL : json_dumps(n->root, JSON_COMPACT | JSON_REAL_PRECISION(17));
    /* short of memory, a text may come out cut: what does not read back as all of it is none */
    json_t *back = text ? json_loads(text, 0, NULL) : NULL;
    if (!back || !json_equal(n->root, back)) {
        free(text);
        text = NULL;
    }
    json_decref(back);
    json_decref(n->root);
    *n = (note){0};
    return text;
}

loci_status note_read_time(forecaster *f, const json_t *root)
{
    const json_int_t season = json_integer_value(json_object_get(root, "season"));
    f->stamped = json_is_true(json_object_get(root, "stamped"));
    f->iso = json_is_true(json_object_get(root, "dates"));
    f->last = json_number_value(json_object_get(root, "last"));
    f->step = json_number_value(json_object_get(root, "step"));
    /* files of before do not tell of a rate: it is seen by the step, where that is not 1 */
    f->timed = f->stamped || f->step != 1 || json_is_true(json_object_get(root, "timed"));
    f->season = season > 0 ? (size_t)season : 0;
    f->uneven = json_is_true(json_object_get(root, "uneven"));
    const json_t *pauses = json_object_get(root, "pauses");
    for (size_t i = 0; i < 2; i++) f->pauses[i] = json_number_value(json_array_get(pauses, i));
    return f->step > 0 ? LOCI_OK : LOCI_E_FORMAT;
}

loci_status note_read_names(char ***names, size_t *count, const json_t *array)
{
    const size_t n = json_array_size(array);
    *count = 0;
    *names = calloc(n + 1, sizeof **names);
    if (!*names) return LOCI_E_MEMORY;
    for (; *count < n; ++*count) {
        const char *name = json_string_value(json_array_get(array, *count));
        if (!name) return LOCI_E_FORMAT;
        if (!((*names)[*count] = strdup(name))) return LOCI_E_MEMORY;
    }
    return LOCI_OK;
}

loci_status note_read_numbers(double **x, const json_t *array)
{
    const size_t n = json_array_size(array);
    *x = calloc(n + 1, sizeof **x);
    if (!*x) return LOCI_E_MEMORY;
    for (size_t i = 0; i < n; i++) {
        const json_t *one = json_array_get(array, i);
        (*x)[i] = json_number_value(one);
        if (!json_is_number(one) || !(fabs((*x)[i]) <= 1e150)) return LOCI_E_FORMAT;
    }
    return LOCI_OK;
}
