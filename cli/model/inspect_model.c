/* SPDX-License-Identifier: MIT
 * inspect_model.c - what loci inspect says of a model: configuration, description, parameters, time scales. */
#include "model/inspect_model.h"

#include <inttypes.h>
#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <loci/token.h>

#include "shared/message.h"
#include "model/config_words.h"
#include "model/model_open.h"
#include "model/token_words.h"
#include "shared/output.h"
#include "model/time_scales.h"
#include "model/trained_columns.h"
#include "shared/words.h"

enum { NAME_WIDTH = 15 };

/* ---- JSON ---- */

/* Fields of other kinds of layers are null. */
static json_t *config_json(const loci_model_config *c)
{
    json_t *object = json_object();
    const loci_field *field;
    for (size_t i = 0; (field = loci_config_field(i)) != NULL; i++) {
        char text[64] = "";
        json_t *value;
        loci_config_get(c, field->name, text, sizeof text, NULL);
        if (!loci_config_has(c, field))
            value = json_null();
        else if (field->kind == LOCI_FIELD_WORD)
            value = json_string(text);
        else if (field->kind == LOCI_FIELD_FLAG)
            value = json_boolean(loci_config_bits(c, field));
        else if (field->kind == LOCI_FIELD_COUNT)
            value = json_integer((json_int_t)loci_config_bits(c, field));
        else
            value = json_real(strtod(text, NULL));
        json_object_set_new(object, field->name, value);
    }
    return object;
}

static json_t *numbers_json(const double *numbers, size_t count)
{
    if (!numbers) return json_null();
    json_t *array = json_array();
    for (size_t i = 0; i < count; i++) json_array_append_new(array, output_json_number(numbers[i]));
    return array;
}

static json_t *texts_json(const char *const *texts, size_t count)
{
    if (!texts) return json_null();
    json_t *array = json_array();
    for (size_t i = 0; i < count; i++) json_array_append_new(array, output_json_text(texts[i]));
    return array;
}

/* Seeds beyond the integers of JSON are texts. */
static json_t *seed_json(uint64_t seed)
{
    char text[24];
    snprintf(text, sizeof text, "%" PRIu64, seed);
    return seed <= INT64_MAX ? json_integer((json_int_t)seed) : json_string(text);
}

static json_t *spread_json(const spread *s, double unit)
{
    return json_pack("{so so so}", "min", output_json_number(s->least * unit), "median",
                     output_json_number(s->median * unit), "max", output_json_number(s->most * unit));
}

static json_t *parts_json(const model_parts *parts, double rate)
{
    json_t *array = json_array();
    for (size_t i = 0; i < parts->count; i++) {
        const model_part *part = &parts->items[i];
        json_t *object = json_object();
        json_object_set_new(object, "name", output_json_text(part->name));
        json_object_set_new(object, "parameters", json_integer((json_int_t)part->parameters));
        if (part->system) {
            json_object_set_new(object, "dt", spread_json(&part->dt, 1));
            json_object_set_new(object, "time_constant", spread_json(&part->constant, 1));
            json_object_set_new(object, "frequency", spread_json(&part->frequency, 1));
            json_object_set_new(object, "modes", json_integer((json_int_t)part->modes));
            json_object_set_new(object, "modes_above_nyquist", json_integer((json_int_t)part->fast));
            if (rate > 0) {
                json_object_set_new(object, "time_constant_s", spread_json(&part->constant, 1 / rate));
                json_object_set_new(object, "frequency_hz", spread_json(&part->frequency, rate));
            }
        }
        json_array_append_new(array, object);
    }
    return array;
}

/* Samples of the windows that were learned from: of tables, and of texts where it was said. */
static size_t reading_window(const loci_model_about *a)
{
    const size_t window = trained_window(a);
    return window ? window : a->reading.window;
}

static json_t *count_json(size_t count)
{
    return count ? json_integer((json_int_t)count) : json_null();
}

static void json_write(output *out, const loci_model *model, const model_parts *parts, json_t *note)
{
    const loci_model_config *c = loci_model_configuration(model);
    const loci_model_about *a = loci_model_description(model);
    char fingerprint[24];
    snprintf(fingerprint, sizeof fingerprint, "%016" PRIx64, loci_model_fingerprint(model));
    json_t *object = json_object();
    json_object_set_new(object, "config", config_json(c));
    json_object_set_new(object, "rate", a->rate > 0 ? json_real(a->rate) : json_null());
    json_object_set_new(object, "shift", numbers_json(a->shift, c->inputs));
    json_object_set_new(object, "scale", numbers_json(a->scale, c->inputs));
    json_object_set_new(object, "task", json_string(loci_task_inspect(a->task)->name));
    json_object_set_new(object, "target_shift", numbers_json(a->target_shift, c->outputs));
    json_object_set_new(object, "target_scale", numbers_json(a->target_scale, c->outputs));
    json_object_set_new(object, "classes", texts_json(a->classes, c->outputs));
    json_object_set_new(object, "gray", json_boolean(a->reading.gray));
    json_object_set_new(object, "permutation",
                        a->reading.permuted ? seed_json(a->reading.permutation) : json_null());
    json_object_set_new(object, "label", a->reading.label ? output_json_text(a->reading.label) : json_null());
    const char *const *columns = a->reading.columns ? a->reading.columns : a->reading.inputs;
    json_object_set_new(
        object, "columns",
        texts_json(columns, a->reading.columns ? a->reading.column_count : a->reading.input_count));
    json_object_set_new(object, "missing", json_string(a->reading.hold ? "hold" : "refuse"));
    json_object_set_new(object, "window", count_json(reading_window(a)));
    json_object_set_new(object, "horizon", count_json(a->reading.horizon));
    json_object_set_new(object, "test", a->reading.test > 0 ? json_real(a->reading.test) : json_null());
    json_object_set(object, "training", note ? note : json_null());
    json_object_set_new(object, "parameters", json_integer((json_int_t)loci_model_count(model)));
    json_object_set_new(object, "fingerprint", json_string(fingerprint));
    json_object_set_new(object, "parts", parts_json(parts, a->rate));
    output_json(out, object);
}

/* ---- text ---- */

/* s4 is bilinear and has no field that says so. */
static loci_discretization discretization_of(const loci_model_config *c)
{
    return c->layer == LOCI_LAYER_S4 ? LOCI_BILINEAR : c->discretization;
}

static void config_write(output *out, const loci_model_config *c)
{
    output_format(out, "layers      %zu x %s of width %zu", c->layers, loci_layer_name(c->layer), c->width);
    if (loci_config_has(c, loci_config_find("order"))) output_format(out, " and order %zu", c->order);
    if (c->layer == LOCI_LAYER_S4 || loci_config_has(c, loci_config_find("discretization")))
        output_format(out, ", %s", loci_discretization_name(discretization_of(c)));
    if (c->layer == LOCI_LAYER_S4)
        output_format(out, ", rank %d",
                      c->rank == 2 || (c->rank == 0 && c->init == LOCI_SSM_INIT_LEGT) ? 2 : 1);
    if (loci_config_has(c, loci_config_find("kernels"))) {
        if (c->kernels > 1) output_format(out, ", %zu kernels a channel", c->kernels);
        if (c->taps) output_format(out, ", kernels of %zu samples", c->taps);
    }
    config_words(out, c);
    if (c->bidirectional) output_text(out, ", bidirectional");
    if (c->plain)
        output_text(out, ", one after the other");
    else if (c->norm == LOCI_NORM_NONE)
        output_text(out, ", no norms");
    else if (loci_config_has(c, loci_config_find("mixer")) && c->mixer == LOCI_MIXER_GEGLU)
        output_format(out, ", %s norms before them, whose answers residuals add", loci_norm_name(c->norm));
    else
        output_format(out, ", %s norms %s them", loci_norm_name(c->norm), c->prenorm ? "before" : "behind");
    if (c->dropout > 0) output_format(out, "; dropout %g%s", c->dropout, c->tied ? ", tied" : "");
}

/* "(sample - 0.5) 2", the i-th of a list. */
static void normal_write(output *out, const char *word, double shift, double scale, size_t i)
{
    output_text(out, i ? ", " : "");
    output_format(out, shift != 0 && scale != 1 ? "(%s" : "%s", word);
    if (shift != 0) output_format(out, " %c %.5g", shift < 0 ? '+' : '-', fabs(shift));
    if (scale != 1) output_format(out, shift != 0 ? ") %.5g" : " %.5g", scale);
}

/* What becomes of `count` numbers, three of which are enough. */
static void normals_write(output *out, const char *word, const double *shift, const double *scale,
                          size_t count)
{
    const size_t shown = count < 4 ? count : 3;
    for (size_t i = 0; i < shown; i++) normal_write(out, word, shift ? shift[i] : 0, scale ? scale[i] : 1, i);
    if (shown < count) output_text(out, ", ...");
}

static void inputs_write(output *out, const loci_model *model, const loci_model_about *a)
{
    const loci_model_config *c = loci_model_configuration(model);
    const size_t inputs = c->inputs;
    char text[WORDS_SIZE], other[WORDS_SIZE];
    if (c->vocabulary) {
        output_format(out, "\ninputs      a %s, one of %s, by an embedding of %s rows", token_noun(model),
                      words_count(text, loci_token_count(model)), words_count(other, c->vocabulary));
        return;
    }
    output_format(out, "\ninputs      %s", words_plural(text, inputs, "number"));
    output_text(out, " a sample");
    if (a->rate > 0) output_format(out, ", at %s Hz", words_number(text, a->rate));
    if (a->shift || a->scale) {
        output_text(out, "; the network sees ");
        normals_write(out, "sample", a->shift, a->scale, inputs);
    }
}

static void outputs_write(output *out, const loci_model_config *c, const loci_model_about *a)
{
    static const char *const when[] = {[LOCI_POOL_MEAN] = "from the mean over all samples",
                                       [LOCI_POOL_LAST] = "from the last sample",
                                       [LOCI_POOL_NONE] = "at every sample"};
    char text[WORDS_SIZE];
    output_format(out, "\noutputs     %s", words_plural(text, c->outputs, "number"));
    output_format(out, " %s", when[c->pool]);
    for (size_t i = 0; a->classes && i < c->outputs; i++) {
        output_text(out, i ? ", " : ": ");
        output_cell(out, a->classes[i], 0);
    }
    if (a->target_shift || a->target_scale) {
        output_text(out, "; the network answers ");
        normals_write(out, "target", a->target_shift, a->target_scale, c->outputs);
    }
}

/* What its inputs are called in tables, the first of many. */
static const char *columns_write(output *out, const loci_reading *r, const char *between)
{
    enum { SHOWN = 8 };
    const char *const *names = r->columns ? r->columns : r->inputs;
    const size_t count = r->columns ? r->column_count : r->input_count;
    if (count == 0) return between;
    output_format(out, "%scolumn%s ", between, count == 1 ? "" : "s");
    for (size_t i = 0; i < count && i < SHOWN; i++) {
        if (i > 0) output_text(out, ", ");
        output_cell(out, names[i], 0);
    }
    if (count > SHOWN) output_format(out, " and %zu more", count - SHOWN);
    return "; ";
}

static void data_write(output *out, const loci_model_about *a)
{
    const char *between = columns_write(out, &a->reading, "\ndata        ");
    if (a->reading.gray) output_format(out, "%scolours were made grey", between), between = "; ";
    if (a->reading.permuted) {
        output_format(out, "%sthe samples of each sequence were permuted by seed %" PRIu64, between,
                      a->reading.permutation);
        between = "; ";
    }
    if (a->reading.hold)
        output_format(out, "%sover missing values the last ones were held", between), between = "; ";
    if (reading_window(a))
        output_format(out, "%swindows of %zu samples", between, reading_window(a)), between = "; ";
    if (a->reading.horizon)
        output_format(out, "%swhat is learned are the %zu behind each", between, a->reading.horizon),
            between = "; ";
    char text[WORDS_SIZE];
    if (a->reading.test > 0)
        output_format(out, "%s%s kept to test with", between, words_share(text, a->reading.test)),
            between = "; ";
    if (a->reading.label) {
        output_format(
            out, strstr(a->reading.label, "{label}") ? "%slabels in file names: " : "%slabels in column ",
            between);
        output_cell(out, a->reading.label, 0);
    }
}

/* The numbers and texts of the note, a line each. */
static void note_write(output *out, json_t *note)
{
    json_t *value;
    const char *key, *between = "\ntraining    ";
    json_object_foreach(note, key, value)
    {
        const bool stopped = strcmp(key, "finished") == 0 && json_is_false(value);
        if (!json_is_number(value) && !json_is_string(value) && !stopped) continue;
        output_text(out, between);
        between = "\n            ";
        if (stopped) {
            output_text(out, "not to its end");
            continue;
        }
        output_cell(out, key, 0);
        output_text(out, " ");
        if (json_is_string(value))
            output_cell(out, json_string_value(value), 0);
        else
            output_format(out, "%.6g", json_number_value(value));
    }
}

static void spread_write(output *out, const spread *s, double unit)
{
    const double values[] = {s->least * unit, s->median * unit, s->most * unit};
    for (size_t i = 0; i < 3; i++) {
        char text[WORDS_SIZE];
        if (values[i] >= 1e3 && values[i] < 1e8)
            words_count(text, (uint64_t)(values[i] + 0.5));
        else
            snprintf(text, sizeof text, "%.4g", values[i]);
        output_format(out, " %10s", text);
    }
}

/* A table: a row a layer, in samples, and where the rate is known in units of time. */
static void scale_write(output *out, const model_parts *parts, const char *title, size_t offset,
                        const char *unit, const char *other, double factor)
{
    output_text(out, "\n");
    output_cell(out, title, unit ? NAME_WIDTH : 0);
    if (unit) output_cell(out, unit, -33);
    if (other) output_cell(out, other, -33);
    output_text(out, "\n");
    output_cell(out, "", NAME_WIDTH);
    for (int i = 0; i < (other ? 2 : 1); i++) output_format(out, " %10s %10s %10s", "min", "median", "max");
    output_text(out, "\n");
    for (size_t i = 0; i < parts->count; i++) {
        if (!parts->items[i].system) continue;
        spread s;
        memcpy(&s, (const char *)&parts->items[i] + offset, sizeof s);
        output_cell(out, parts->items[i].name, NAME_WIDTH);
        spread_write(out, &s, 1);
        if (other) spread_write(out, &s, factor);
        if (offset == offsetof(model_part, frequency) && parts->items[i].fast)
            output_format(out, "  *%zu of %zu", parts->items[i].fast, parts->items[i].modes);
        output_text(out, "\n");
    }
}

static void text_write(output *out, const loci_model *model, const model_parts *parts, json_t *note)
{
    const loci_model_config *c = loci_model_configuration(model);
    const loci_model_about *a = loci_model_description(model);
    char text[WORDS_SIZE];
    config_write(out, c);
    inputs_write(out, model, a);
    outputs_write(out, c, a);
    data_write(out, a);
    note_write(out, note);
    output_format(out, "\nparameters  %s, ", words_count(text, loci_model_count(model)));
    output_format(out, "%s in single precision; fingerprint %016" PRIx64 "\n\n",
                  words_bytes(text, 4. * (double)loci_model_count(model)), loci_model_fingerprint(model));
    output_cell(out, "part", NAME_WIDTH);
    output_format(out, " %10s\n", "parameters");
    bool modes = false;
    for (size_t i = 0; i < parts->count; i++) {
        output_cell(out, parts->items[i].name, NAME_WIDTH);
        output_format(out, " %10s\n", words_count(text, parts->items[i].parameters));
        modes = modes || parts->items[i].system;
    }
    if (!modes) return;
    const bool known = a->rate > 0;
    scale_write(out, parts, "step dt", offsetof(model_part, dt), NULL, NULL, 1);
    scale_write(out, parts, "time constant", offsetof(model_part, constant), "samples",
                known ? "seconds" : NULL, 1 / a->rate);
    scale_write(out, parts, "frequency", offsetof(model_part, frequency), "turns a sample",
                known ? "Hz" : NULL, a->rate);
    output_text(out,
                "\nOf the modes: the time in which one fades to 1/e, 1/(|Re A| dt), and how fast it turns, "
                "Im A dt / 2 pi.\n");
    if (c->layer == LOCI_LAYER_S4)
        output_text(out, "They are those of the diagonal part of A; what its low rank joins fades sooner.\n");
    size_t fast = 0;
    for (size_t i = 0; i < parts->count; i++) fast += parts->items[i].fast;
    if (fast)
        output_text(out,
                    "* so many turn more than half a turn a sample, above Nyquist: they are heard as slower "
                    "ones.\n");
}

int inspect_model(const loci_model *model, const char *name, bool json, const char *plot)
{
    const loci_model_config *c = loci_model_configuration(model);
    if (plot && c->layer != LOCI_LAYER_S4D && c->layer != LOCI_LAYER_S4 && c->layer != LOCI_LAYER_S5)
        return message_fail("%s: has layers of kind %s, which have no kernels to draw", name,
                            loci_layer_name(c->layer));
    model_parts parts;
    json_t *note = NULL;
    int status = model_parts_measure(&parts, model);
    if (!status) status = model_note(&note, model);
    if (!status && !(plot && strcmp(plot, "-") == 0)) {
        output out;
        output_open(&out, NULL);
        if (json)
            json_write(&out, model, &parts, note);
        else
            text_write(&out, model, &parts, note);
        status = output_close(&out);
    }
    if (!status && plot) {
        char title[320];
        snprintf(title, sizeof title, "Kernels of %.256s", name);
        status =
            model_parts_draw(&parts, discretization_of(c), loci_model_description(model)->rate, title, plot);
    }
    json_decref(note);
    model_parts_release(&parts);
    return status;
}
