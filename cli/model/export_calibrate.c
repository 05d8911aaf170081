/* SPDX-License-Identifier: MIT
 * export_calibrate.c - sequences of a data set through exported steps. */
#include "model/export_calibrate.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "model/dataset_tell.h"
#include "shared/message.h"
#include "shared/progress.h"

enum { SEQUENCES = 256 };

static size_t sequence(const export_calibration *c, size_t i)
{
    return i * c->info.sequences / c->count;
}

int export_calibrate_open(export_calibration *c, const loci_model *model, const char *model_path,
                          const char *path)
{
    const loci_model_about *about = loci_model_description(model);
    const loci_task_info *task = loci_task_inspect(about->task);
    const loci_dataset_options options = {
        .size = sizeof options,
        .target_given = 1,
        .target = {.values = task->values, .each = task->next ? LOCI_TARGET_NEXT : task->each},
        .reading = about->reading,
        .classes = about->classes,
        .class_count = about->classes ? loci_model_configuration(model)->outputs : 0,
    };
    loci_error error;
    *c = (export_calibration){.model = model, .path = path};
    if (loci_dataset_open(&c->set, path, &options, &error) != LOCI_OK) return message_error(path, &error);
    dataset_tell(path, c->set);
    c->info = loci_dataset_inspect(c->set);
    const loci_model_config *config = loci_model_configuration(model);
    if (c->info.inputs != config->inputs || c->info.outputs != config->outputs)
        return message_fail("%s: it has %zu inputs and %zu outputs; %zu and %zu, as %s has, were expected",
                            path, c->info.inputs, c->info.outputs, config->inputs, config->outputs,
                            model_path);
    if (c->info.rate > 0 && about->rate > 0 && fabs(c->info.rate - about->rate) > 1e-9 * about->rate)
        return message_fail("%s: its rate is %g Hz; %g, as of the training of %s, was expected", path,
                            c->info.rate, about->rate, model_path);
    c->count = c->info.sequences < SEQUENCES ? c->info.sequences : SEQUENCES;
    for (size_t i = 0; i < c->count; i++) c->answers += loci_dataset_targets(c->set, sequence(c, i));
    c->u = calloc(c->info.longest * c->info.inputs, sizeof *c->u);
    c->target = calloc(c->info.longest * (c->info.classes ? 1 : c->info.outputs), sizeof *c->target);
    c->floats = calloc(c->answers * c->info.outputs, sizeof *c->floats);
    return c->u && c->target && c->floats ? STATUS_DONE : message_memory();
}

void export_calibrate_close(export_calibration *c)
{
    loci_dataset_close(c->set);
    free(c->u);
    free(c->target);
    free(c->floats);
    free(c->ranges);
    *c = (export_calibration){0};
}

/* Sums for a score, answer by answer; of values those of each output together. */
typedef struct {
    double right, count, error, sum, squares;
} tally;

static void tally_add(tally *t, const export_calibration *c, const float *out, const double *target)
{
    const size_t outputs = c->info.outputs;
    size_t best = 0;
    t->count++;
    if (!c->info.classes) {
        for (size_t i = 0; i < outputs; i++) {
            t->error += ((double)out[i] - target[i]) * ((double)out[i] - target[i]);
            t->sum += target[i];
            t->squares += target[i] * target[i];
        }
        return;
    }
    for (size_t i = 1; i < outputs; i++)
        if (out[i] > out[best]) best = i;
    t->right += (double)best == *target;
}

static double tally_score(const tally *t, const export_calibration *c)
{
    const double numbers = t->count * (double)c->info.outputs,
                 variance = t->squares - t->sum * t->sum / numbers;
    return c->info.classes ? t->right / t->count : variance > 0 ? 1 - t->error / variance : NAN;
}

static void read_sequence(const export_calibration *c, size_t i)
{
    const size_t inputs = c->info.inputs, numbers = loci_dataset_length(c->set, i) * inputs;
    loci_dataset_read(c->set, i, c->u);
    loci_dataset_read_target(c->set, i, c->target);
    if (!c->info.unit) return;
    for (size_t k = 0; k < numbers; k++)
        c->u[k] = (float)((double)c->u[k] / c->info.unit[k % inputs] + c->info.origin[k % inputs]);
}

/* All sequences through a step; whole: their answers are compared with those that are there, else they become these. */
static int run(export_calibration *c, const loci_export *program, int whole)
{
    const size_t outputs = c->info.outputs, inputs = c->info.inputs;
    void *state = malloc(loci_export_state_size(program)), *work = malloc(loci_export_work_size(program));
    float *out = calloc(outputs, sizeof *out), *answer = c->floats;
    tally t = {0};
    progress bar;
    int status = state && work && out ? STATUS_DONE : message_memory();
    progress_start(&bar, whole ? "comparing" : "calibrating", "sequences", c->count);
    for (size_t i = 0; i < c->count && !status; i++) {
        const size_t n = sequence(c, i), length = loci_dataset_length(c->set, n),
                     first = loci_dataset_targets(c->set, n) == length ? 0 : length - 1;
        const double *target = c->target;
        read_sequence(c, n);
        loci_export_init(program, state);
        for (size_t k = 0; k < length; k++) {
            float *to = k < first ? NULL : whole ? out : answer;
            if (whole)
                loci_export_step(program, state, to, c->u + k * inputs, work);
            else
                loci_export_watch(program, state, to, c->u + k * inputs, work, c->ranges);
            if (!to) continue;
            tally_add(&t, c, to, target);
            for (size_t o = 0; o < outputs; o++) {
                const double apart = fabs((double)to[o] - (double)answer[o]);
                c->most = fmax(c->most, apart);
                c->mean += apart / (double)(c->answers * outputs);
            }
            target += c->info.classes ? 1 : outputs;
            answer += outputs;
        }
        progress_step(&bar, i + 1);
    }
    progress_wipe();
    if (!status) c->score[whole] = tally_score(&t, c);
    free(state);
    free(work);
    free(out);
    return status;
}

int export_calibrate_floats(export_calibration *c, const loci_export *program)
{
    c->ranges = calloc(loci_export_products(program) + 1, 2 * sizeof *c->ranges);
    return c->ranges ? run(c, program, 0) : message_memory();
}

int export_calibrate_whole(export_calibration *c, const loci_export *program)
{
    return run(c, program, 1);
}
