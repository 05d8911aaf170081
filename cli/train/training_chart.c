/* SPDX-License-Identifier: MIT
 * training_chart.c - loss and score of a training, by steps and, where it was validated, by epochs. */
#include "train/training.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "draw/chart.h"
#include "shared/message.h"
#include "shared/words.h"

enum { SMOOTHED = 50 }; /* a mean is taken over this part of all steps */

typedef struct {
    double *step, *value, *mean; /* [steps] */
    double *end, *valid;         /* [epochs] */
} columns;

static double *take(double **memory, size_t count)
{
    double *first = *memory;
    *memory += count;
    return first;
}

/* One panel: each batch in grey, the mean of the batches before, and the validations. */
static void panel(chart *drawing, const columns *c, const training_record *r, const chart_axes *axes)
{
    const size_t window = r->step_count / SMOOTHED > 1 ? r->step_count / SMOOTHED : 1;
    double sum = 0;
    for (size_t i = 0; i < r->step_count; i++) {
        sum += c->value[i];
        if (i >= window) sum -= c->value[i - window];
        c->mean[i] = sum / (double)(i < window ? i + 1 : window);
    }
    char name[64];
    snprintf(name, sizeof name, "training, mean of %zu", window);
    chart_panel(drawing, axes);
    if (window > 1)
        chart_add(drawing, &(chart_series){.name = "a step's batch",
                                           .x = c->step,
                                           .y = c->value,
                                           .count = r->step_count,
                                           .colour = CHART_GREY,
                                           .width = 0.8,
                                           .pale = true});
    chart_series series = {.name = window > 1 ? name : "training",
                           .x = c->step,
                           .y = c->mean,
                           .count = r->step_count,
                           .colour = CHART_BLUE,
                           .width = 2};
    chart_add(drawing, &series);
    if (!r->epoch_count || isnan(c->valid[0])) return;
    series = (chart_series){.name = "validation",
                            .x = c->end,
                            .y = c->valid,
                            .count = r->epoch_count,
                            .colour = CHART_VERMILION,
                            .width = 2};
    chart_add(drawing, &series);
    series.kind = CHART_POINTS;
    series.name = NULL;
    series.width = 3.5;
    chart_add(drawing, &series);
}

static void draw(chart *drawing, const columns *c, const training_record *r)
{
    const double last = (double)r->step_count;
    char loss[64], score[64];
    snprintf(loss, sizeof loss, "loss (%s)", r->task->unit);
    snprintf(score, sizeof score, "%s (%%)", r->task->score);
    for (size_t i = 0; i < r->step_count; i++) {
        c->step[i] = (double)i + 1;
        c->value[i] = r->steps[i].loss;
    }
    for (size_t i = 0; i < r->epoch_count; i++) {
        c->end[i] = (double)r->epochs[i].step;
        c->valid[i] = r->epochs[i].valid_loss;
    }
    panel(drawing, c, r, &(chart_axes){.y_label = loss, .x_from = 0, .x_to = last, .bare_x = true});
    for (size_t i = 0; i < r->step_count; i++) c->value[i] = 100 * r->steps[i].score;
    for (size_t i = 0; i < r->epoch_count; i++) c->valid[i] = 100 * r->epochs[i].valid_score;
    panel(drawing, c, r, &(chart_axes){.x_label = "step", .y_label = score, .x_from = 0, .x_to = last});
}

int training_draw(const training_result *result, const char *model, const char *path)
{
    const training_record *r = &result->record;
    double *memory = calloc(3 * r->step_count + 2 * r->epoch_count + 1, sizeof *memory), *rest = memory;
    if (!memory) return message_memory();
    const columns c = {
        .step = take(&rest, r->step_count),
        .value = take(&rest, r->step_count),
        .mean = take(&rest, r->step_count),
        .end = take(&rest, r->epoch_count),
        .valid = take(&rest, r->epoch_count),
    };
    char title[320], subtitle[160], best[128] = "", count[WORDS_SIZE], time[WORDS_SIZE], share[WORDS_SIZE];
    const record_epoch *e = r->best ? &r->epochs[r->best - 1] : NULL;
    if (e && isfinite(e->valid_loss))
        snprintf(best, sizeof best, "; kept: epoch %llu, validation %s %s", (unsigned long long)r->best,
                 r->task->score, words_share(share, e->valid_score));
    snprintf(title, sizeof title, "Training of %.300s", model);
    snprintf(subtitle, sizeof subtitle, "%s, %s%s", words_plural(count, r->step_count, "step"),
             words_duration(time, result->seconds), best);
    chart *drawing = chart_create(&(chart_layout){.title = title, .subtitle = subtitle});
    draw(drawing, &c, r);
    loci_error error;
    const loci_status failed = chart_write(drawing, path, &error);
    chart_destroy(drawing);
    free(memory);
    return failed ? message_error(NULL, &error) : STATUS_DONE;
}
