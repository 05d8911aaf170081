/* SPDX-License-Identifier: MIT
 * prediction.c - answers to sequences as CSV, JSON and NPY. */
#include "model/prediction.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <loci/data.h>
#include <loci/token.h>

#include "model/answer.h"
#include "shared/ending.h"
#include "shared/message.h"

static const char *class_name(const prediction *p, size_t c, char *text)
{
    if (p->classes) return p->classes[c];
    snprintf(text, ANSWER_SIZE, "%zu", c);
    return text;
}

/* --- life --- */

static void header_write(prediction *p)
{
    char text[ANSWER_SIZE], name[ANSWER_SIZE + 2];
    output_text(&p->out, p->each ? "file,sample" : "file");
    if (!p->values) output_text(&p->out, ",class");
    if (p->top != SIZE_MAX) {
        output_text(&p->out, ",probability");
        for (size_t k = 2; k <= p->top; k++) output_format(&p->out, ",class_%zu,probability_%zu", k, k);
    }
    for (size_t c = 0; p->top == SIZE_MAX && c < p->outputs; c++) {
        if (p->values)
            answer_name(name, p->model, c);
        else
            snprintf(name, sizeof name, "p_%.250s", class_name(p, c, text));
        output_text(&p->out, ",");
        output_field(&p->out, name);
    }
    output_text(&p->out, "\n");
}

size_t prediction_outputs(const loci_model *model)
{
    const loci_task_info *task = loci_task_inspect(loci_model_description(model)->task);
    return task->next ? loci_token_count(model) : loci_model_configuration(model)->outputs;
}

int prediction_open(prediction *p, const loci_model *model, const char *path, size_t top, bool json)
{
    const loci_model_about *about = loci_model_description(model);
    const loci_task_info *task = loci_task_inspect(about->task);
    *p = (prediction){.model = model,
                      .classes = about->classes,
                      .outputs = prediction_outputs(model),
                      .top = top,
                      .values = task->values,
                      .each = task->each,
                      .json = json,
                      .array = path && ending_is(path, ".npy") ? path : NULL};
    p->value = calloc(loci_model_configuration(model)->outputs, sizeof *p->value);
    p->order = calloc(p->outputs, sizeof *p->order);
    p->list = json ? json_array() : NULL;
    if (!p->value || !p->order || (json && !p->list)) return message_memory();
    if (p->array) return STATUS_DONE;
    output_open(&p->out, path);
    return STATUS_DONE;
}

void prediction_release(prediction *p)
{
    if (!p->array) output_abandon(&p->out);
    json_decref(p->list);
    json_decref(p->rows);
    json_decref(p->ranks);
    free(p->value);
    free(p->order);
    free(p->all);
    free(p->end);
    *p = (prediction){0};
}

/* --- rows --- */

static void row_write(prediction *p, const char *name, size_t sample)
{
    char text[ANSWER_SIZE];
    if (!p->headed) header_write(p);
    p->headed = true;
    output_field(&p->out, name);
    if (p->each) output_format(&p->out, ",%zu", sample);
    if (p->top == SIZE_MAX) {
        if (!p->values) {
            output_text(&p->out, ",");
            output_field(&p->out, class_name(p, p->order[0], text));
        }
        for (size_t c = 0; c < p->outputs; c++) {
            output_text(&p->out, ",");
            if (p->values)
                output_text(&p->out, answer_number(text, p->model, c, p->value[c]));
            else
                output_format(&p->out, "%.6g", p->value[c]);
        }
    }
    for (size_t k = 0; p->top != SIZE_MAX && k < p->top; k++) {
        output_text(&p->out, ",");
        output_field(&p->out, class_name(p, p->order[k], text));
        output_format(&p->out, ",%.6g", p->value[p->order[k]]);
    }
    output_text(&p->out, "\n");
}

static json_t *number_json(const prediction *p, size_t c)
{
    char text[ANSWER_SIZE];
    if (p->values) return output_json_number(strtod(answer_number(text, p->model, c, p->value[c]), NULL));
    snprintf(text, sizeof text, "%.6g", p->value[c]);
    return output_json_number(strtod(text, NULL));
}

/* Into the object: the class of that rank. */
static void rank_add(const prediction *p, json_t *object, size_t k)
{
    char text[ANSWER_SIZE];
    json_object_set_new(object, "class", output_json_text(class_name(p, p->order[k], text)));
    json_object_set_new(object, "probability", number_json(p, p->order[k]));
}

/* All outputs, or the ranks that were asked for. */
static json_t *row_json(const prediction *p)
{
    json_t *all = json_array();
    for (size_t c = 0; p->top == SIZE_MAX && c < p->outputs; c++)
        json_array_append_new(all, number_json(p, c));
    for (size_t k = 0; p->top != SIZE_MAX && k < p->top; k++) {
        json_t *rank = json_object();
        rank_add(p, rank, k);
        json_array_append_new(all, rank);
    }
    return all;
}

static const char *row_key(const prediction *p)
{
    return p->values ? "values" : p->top != SIZE_MAX ? "top" : "probabilities";
}

static void row_add(prediction *p, const char *name)
{
    char text[ANSWER_SIZE];
    if (p->each) {
        json_array_append_new(p->rows, row_json(p));
        if (!p->values) json_array_append_new(p->ranks, output_json_text(class_name(p, p->order[0], text)));
        return;
    }
    json_t *object = json_object();
    json_object_set_new(object, "file", output_json_text(name));
    if (!p->values) rank_add(p, object, 0);
    json_object_set_new(object, row_key(p), row_json(p));
    json_array_append_new(p->list, object);
}

static int row_keep(prediction *p)
{
    if (p->count == p->room) {
        const size_t room = p->room ? 2 * p->room : 1024;
        double *all = room <= SIZE_MAX / sizeof *all / p->outputs
                          ? realloc(p->all, room * p->outputs * sizeof *all)
                          : NULL;
        if (!all) return message_memory();
        p->all = all, p->room = room;
    }
    memcpy(p->all + p->count++ * p->outputs, p->value, p->outputs * sizeof *p->all);
    return STATUS_DONE;
}

/* Classes in their order, the first of equals first; only the places that are asked for are kept in order. */
static void rank(prediction *p)
{
    const size_t places = p->top == SIZE_MAX ? 1 : p->top;
    for (size_t c = 0; c < p->outputs; c++) {
        size_t at = c < places ? c : places;
        while (at > 0 && p->value[c] > p->value[p->order[at - 1]]) {
            if (at < places) p->order[at] = p->order[at - 1];
            at--;
        }
        if (at < places) p->order[at] = c;
    }
}

int prediction_put(prediction *p, const char *name, size_t sample, const float *y)
{
    loci_model_answer(p->model, p->value, y);
    if (!p->values) rank(p);
    if (p->array) return row_keep(p);
    if (p->json)
        row_add(p, name);
    else
        row_write(p, name, sample);
    return STATUS_DONE;
}

/* --- sequences --- */

int prediction_begin(prediction *p)
{
    if (p->json && p->each) p->rows = json_array(), p->ranks = json_array();
    if (!p->array || p->sequences < p->sequences_room) return STATUS_DONE;
    const size_t room = p->sequences_room ? 2 * p->sequences_room : 256;
    size_t *end = realloc(p->end, room * sizeof *end);
    if (!end) return message_memory();
    p->end = end, p->sequences_room = room;
    return STATUS_DONE;
}

void prediction_end(prediction *p, const char *name, bool answered)
{
    /* rows of an array stand as the sequences do: one without an answer has a row as well, of length 0 */
    if (p->array && !answered) p->count = p->sequences ? p->end[p->sequences - 1] : 0;
    if (p->array) p->end[p->sequences++] = p->count;
    if (!p->rows) return;
    json_t *object = json_object();
    json_object_set_new(object, "file", output_json_text(name));
    if (!p->values) json_object_set(object, "class", p->ranks);
    json_object_set(object, row_key(p), p->rows);
    if (answered)
        json_array_append_new(p->list, object);
    else
        json_decref(object);
    json_decref(p->rows);
    json_decref(p->ranks);
    p->rows = p->ranks = NULL;
}

/* --- in the end --- */

static int array_write(prediction *p)
{
    size_t longest = 0, before = 0;
    for (size_t i = 0; i < p->sequences; before = p->end[i++])
        if (p->end[i] - before > longest) longest = p->end[i] - before;
    if (longest == 0) return STATUS_DONE; /* what was wrong has been said */
    const size_t row = longest * p->outputs;
    if (p->sequences > SIZE_MAX / sizeof(double) / row) return message_memory();
    double *data = malloc(p->sequences * row * sizeof *data);
    if (!data) return message_memory();
    before = 0;
    for (size_t i = 0; i < p->sequences; before = p->end[i++]) {
        const size_t own = (p->end[i] - before) * p->outputs;
        memcpy(data + i * row, p->all + before * p->outputs, own * sizeof *data);
        for (size_t k = own; k < row; k++) data[i * row + k] = NAN;
    }
    const size_t each[3] = {p->sequences, longest, p->outputs}, one[2] = {p->sequences, p->outputs};
    loci_error error;
    const loci_status failed =
        loci_npy_write(p->array, data, p->each ? each : one, p->each ? 3 : 2, 0, &error);
    free(data);
    return failed ? message_error(p->array, &error) : STATUS_DONE;
}

int prediction_close(prediction *p)
{
    if (p->array) return array_write(p);
    if (p->json) {
        char text[ANSWER_SIZE];
        json_t *object = json_object(), *names = json_array();
        for (size_t c = 0; !p->values && c < p->outputs; c++)
            json_array_append_new(names, output_json_text(class_name(p, c, text)));
        if (p->values)
            json_decref(names);
        else
            json_object_set_new(object, "classes", names);
        const bool none = json_array_size(p->list) == 0;
        json_object_set_new(object, "files", p->list);
        p->list = NULL;
        output_json(&p->out, object);
        if (none && p->out.path && !p->out.reason) {
            output_abandon(&p->out); /* as below */
            return STATUS_DONE;
        }
    }
    if (p->json || p->headed || p->out.reason) return output_close(&p->out);
    output_abandon(&p->out); /* what was wrong has been said; a file stays as it was */
    return STATUS_DONE;
}
