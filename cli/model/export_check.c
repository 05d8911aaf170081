/* SPDX-License-Identifier: MIT
 * export_check.c - the same samples through a stream and through the exported step. */
#include "model/export_check.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "model/answer.h"
#include "shared/message.h"

enum { KEPT = 64, NUMBERS = 8192 };

int export_check_open(export_check *c, const loci_model *model, const loci_export *program, const char *path)
{
    const loci_model_config *config = loci_model_configuration(model);
    loci_error error;
    *c = (export_check){.model = model,
                        .program = program,
                        .inputs = config->inputs,
                        .outputs = config->outputs,
                        .least = INFINITY,
                        .most = -INFINITY};
    const int status = model_inputs_find(&c->in, model);
    if (status) return status;
    if (loci_stream_tables_create(&c->tables, model, 0, 0, &error) != LOCI_OK ||
        loci_stream_init(&c->stream, NULL, 0, c->tables, 1, &error) != LOCI_OK)
        return message_error(path, &error);
    if (c->in.shift) {
        loci_stream_tables_frame(c->tables, c->in.shift, c->in.scale);
        if (loci_stream_tables_create(&c->plain, model, 0, 0, &error) != LOCI_OK ||
            loci_stream_init(&c->rounded, NULL, 0, c->plain, 1, &error) != LOCI_OK)
            return message_error(path, &error);
    }
    const size_t fit = NUMBERS / (c->inputs + c->outputs);
    c->room = fit < 1 ? 1 : fit < KEPT ? fit : KEPT;
    c->state = malloc(loci_export_state_size(program));
    c->work = malloc(loci_export_work_size(program));
    c->x = calloc(c->inputs, sizeof *c->x);
    c->single = calloc(c->inputs, sizeof *c->single);
    c->y = calloc(c->outputs, sizeof *c->y);
    c->out = calloc(c->outputs, sizeof *c->out);
    c->answer = calloc(c->outputs, sizeof *c->answer);
    c->kept_in = calloc(c->room * c->inputs, sizeof *c->kept_in);
    c->kept_out = calloc(c->room * c->outputs, sizeof *c->kept_out);
    if (!c->state || !c->work || !c->x || !c->single || !c->y || !c->out || !c->answer || !c->kept_in ||
        !c->kept_out)
        return message_memory();
    loci_export_init(program, c->state);
    return STATUS_DONE;
}

void export_check_close(export_check *c)
{
    loci_stream_free(c->stream);
    loci_stream_free(c->rounded);
    loci_stream_tables_free(c->tables);
    loci_stream_tables_free(c->plain);
    model_inputs_close(&c->in);
    free(c->state);
    free(c->work);
    free(c->x);
    free(c->single);
    free(c->y);
    free(c->out);
    free(c->answer);
    free(c->kept_in);
    free(c->kept_out);
    *c = (export_check){0};
}

int export_check_push(export_check *c, const double *in, size_t count, const char *path)
{
    loci_error error;
    for (size_t k = 0; k < count; k++, in += c->inputs) {
        for (size_t i = 0; i < c->inputs; i++) {
            c->x[i] = model_input(&c->in, i, in[i]);
            c->single[i] = (float)in[i];
        }
        if (loci_stream_push(c->stream, NULL, 1, c->x, NULL, 1, 1, c->y, &error) != LOCI_OK)
            return message_error(path, &error);
        answer_mean(c->answer, c->model, c->y);
        loci_export_step(c->program, c->state, c->out, c->single, c->work);
        for (size_t i = 0; i < c->outputs; i++) {
            if (!isfinite(c->answer[i]))
                return message_fail(
                    "%s: at sample %zu an answer of loci stream is no finite number; samples as "
                    "in the model's training were expected",
                    path, c->samples);
            const double gap = fabs((double)c->out[i] - c->answer[i]);
            if (!isnan(c->gap) && !(gap <= c->gap)) c->gap = gap; /* what is no number stays */
            c->least = fmin(c->least, c->answer[i]);
            c->most = fmax(c->most, c->answer[i]);
        }
        c->samples++;
        if (c->kept == c->room) continue;
        if (c->rounded) { /* what the step must give for these floats */
            if (loci_stream_push(c->rounded, NULL, 1, c->single, NULL, 1, 1, c->y, &error) != LOCI_OK)
                return message_error(path, &error);
            answer_mean(c->answer, c->model, c->y);
        }
        memcpy(c->kept_in + c->kept * c->inputs, c->single, c->inputs * sizeof *c->single);
        double *kept = c->kept_out + c->kept++ * c->outputs;
        for (size_t i = 0; i < c->outputs; i++) kept[i] = c->own ? (double)c->out[i] : c->answer[i];
    }
    return STATUS_DONE;
}
