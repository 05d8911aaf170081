/* SPDX-License-Identifier: MIT
 * answer_writer.c - classes and probabilities as CSV, JSON and a chart. */
#include "model/answer_writer.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "draw/chart.h"
#include "model/answer.h"
#include "shared/words.h"

enum { ROOM = 1024, DRAWN = 6 };

/* --- out --- */

static void header(answer_writer *a)
{
    output_text(&a->out, a->rate > 0 ? "time" : "sample");
    if (a->classes) output_text(&a->out, ",class");
    for (size_t i = 0; i < a->outputs; i++) {
        char text[ANSWER_SIZE];
        output_text(&a->out, ",");
        output_field(&a->out, answer_name(text, a->model, i));
    }
    output_text(&a->out, "\n");
}

int answer_writer_open(answer_writer *a, const char *path, const loci_model *model, double rate, bool json,
                       bool silent, bool kept, bool goes_on)
{
    *a = (answer_writer){.model = model,
                         .classes = loci_model_description(model)->classes,
                         .outputs = loci_model_configuration(model)->outputs,
                         .rate = rate,
                         .when = NAN,
                         .json = json,
                         .silent = silent,
                         .kept = kept};
    output_open(&a->out, path);
    a->values = calloc(a->outputs, sizeof *a->values);
    if (!a->values) return message_memory();
    if (!json && !silent && !(goes_on && !a->out.path)) header(a);
    return STATUS_DONE;
}

/* [outputs] where the answer is no finite number. */
static size_t likeliest(const answer_writer *a)
{
    size_t best = 0;
    for (size_t i = 1; i < a->outputs; i++)
        if (a->values[i] > a->values[best]) best = i;
    return isfinite(a->values[best]) ? best : a->outputs;
}

static double time_of(const answer_writer *a, uint64_t samples)
{
    return isnan(a->when) ? (double)samples / a->rate : a->when;
}

static void put_csv(answer_writer *a, uint64_t samples)
{
    char text[ANSWER_SIZE];
    if (a->rate > 0)
        output_number(&a->out, time_of(a, samples));
    else
        output_format(&a->out, "%llu", (unsigned long long)samples);
    if (a->classes) {
        output_text(&a->out, ",");
        const size_t best = likeliest(a);
        output_field(&a->out, best < a->outputs ? a->classes[best] : "");
    }
    for (size_t i = 0; i < a->outputs; i++) {
        output_text(&a->out, ",");
        output_text(&a->out, answer_number(text, a->model, i, a->values[i]));
    }
    output_text(&a->out, "\n");
}

static void put_json(answer_writer *a, uint64_t samples)
{
    char text[ANSWER_SIZE];
    json_t *object = json_object(), *values = json_array();
    json_object_set_new(object, "sample", json_integer((json_int_t)samples));
    if (a->rate > 0) json_object_set_new(object, "time", json_real(time_of(a, samples)));
    const size_t best = likeliest(a);
    if (a->classes)
        json_object_set_new(object, "class",
                            best < a->outputs ? output_json_text(a->classes[best]) : json_null());
    for (size_t i = 0; i < a->outputs; i++)
        json_array_append_new(
            values, output_json_number(strtod(answer_number(text, a->model, i, a->values[i]), NULL)));
    json_object_set_new(object, a->classes ? "probabilities" : "outputs", values);
    output_json_line(&a->out, object);
}

static int keep(answer_writer *a, uint64_t samples)
{
    if (a->count == a->room) {
        const size_t room = a->room ? 2 * a->room : ROOM;
        double *x = realloc(a->x, room * sizeof *x);
        if (x) a->x = x;
        double *y = x && room <= SIZE_MAX / sizeof *y / a->outputs
                        ? realloc(a->y, room * a->outputs * sizeof *y)
                        : NULL;
        if (!y) return message_memory();
        a->y = y;
        a->room = room;
    }
    a->x[a->count] = a->rate > 0 ? time_of(a, samples) : (double)samples;
    memcpy(a->y + a->count++ * a->outputs, a->values, a->outputs * sizeof *a->y);
    return STATUS_DONE;
}

int answer_writer_put(answer_writer *a, uint64_t samples, const float *y)
{
    answer_mean(a->values, a->model, y);
    for (size_t i = 0; i < a->outputs; i++)
        if (!isfinite((double)y[i]) && !a->strange) a->strange = true, a->strange_at = samples;
    if (!a->silent) (a->json ? put_json : put_csv)(a, samples);
    return a->kept ? keep(a, samples) : STATUS_DONE;
}

void answer_writer_flush(answer_writer *a)
{
    output_flush(&a->out);
}

bool answer_writer_failed(const answer_writer *a)
{
    return a->out.reason != 0;
}

int answer_writer_close(answer_writer *a)
{
    const int status = output_close(&a->out);
    answer_writer_abandon(a);
    return status;
}

void answer_writer_abandon(answer_writer *a)
{
    output_abandon(&a->out);
    free(a->values);
    free(a->x);
    free(a->y);
    *a = (answer_writer){0};
}

/* --- drawn --- */

/* The outputs that have a curve of their own colour: those that are greatest on average. */
static void choose(const answer_writer *a, bool *chosen, double *mean)
{
    for (size_t i = 0; i < a->outputs; i++) {
        chosen[i] = a->outputs <= DRAWN;
        mean[i] = 0;
        for (size_t k = 0; k < a->count; k++) mean[i] += a->y[k * a->outputs + i];
    }
    for (int n = 0; n < DRAWN && a->outputs > DRAWN; n++) {
        size_t best = SIZE_MAX;
        for (size_t i = 0; i < a->outputs; i++)
            if (!chosen[i] && (best == SIZE_MAX || mean[i] > mean[best])) best = i;
        chosen[best] = true;
    }
}

int answer_writer_draw(const answer_writer *a, const char *path, const char *title, const char *subtitle)
{
    double *column = malloc((a->count + 1) * sizeof *column), *mean = malloc(a->outputs * sizeof *mean);
    bool *chosen = malloc(a->outputs * sizeof *chosen);
    if (!column || !mean || !chosen) {
        free(column), free(mean), free(chosen);
        return message_memory();
    }
    choose(a, chosen, mean);
    chart *drawing = chart_create(&(chart_layout){.title = title, .subtitle = subtitle});
    chart_panel(drawing, &(chart_axes){.x_label = a->rate > 0 ? "time (s)" : "sample",
                                       .y_label = a->classes ? "probability" : "output",
                                       .y_from = 0,
                                       .y_to = a->classes ? 1 : 0});
    for (int own = 0; own < 2; own++) /* grey ones below */
        for (size_t i = 0; i < a->outputs; i++) {
            char name[ANSWER_SIZE];
            if (chosen[i] != own) continue;
            for (size_t k = 0; k < a->count; k++) column[k] = a->y[k * a->outputs + i];
            if (a->classes)
                snprintf(name, sizeof name, "%.63s", a->classes[i]);
            else
                answer_name(name, a->model, i);
            chart_add(drawing, &(chart_series){.name = own ? name : NULL,
                                               .x = a->x,
                                               .y = column,
                                               .count = a->count,
                                               .colour = own ? CHART_NEXT : CHART_GREY});
        }
    free(column), free(mean), free(chosen);
    loci_error error;
    const loci_status status = chart_write(drawing, path, &error);
    chart_destroy(drawing);
    return status == LOCI_OK ? STATUS_DONE : message_error(NULL, &error);
}
