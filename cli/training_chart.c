/* SPDX-License-Identifier: MIT
 * training_chart.c - loss and accuracy of a training, step by step and epoch by epoch. */
#include "training.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "chart.h"
#include "message.h"
#include "words.h"

/* Columns of the record, [COLUMNS][epochs]: where an epoch ends, and what it came to. */
enum { END, TRAIN_LOSS, VALID_LOSS, TRAIN_ACCURACY, VALID_ACCURACY, COLUMNS };

static void curve(chart *drawing, const double *columns, size_t epochs, int column, const char *name,
                  chart_colour colour)
{
    const double *y = columns + (size_t)column * epochs;
    chart_series series = {.name = name, .x = columns, .y = y, .count = epochs, .colour = colour, .width = 2};
    chart_add(drawing, &series);
    series.kind = CHART_POINTS;
    series.name = NULL;
    series.width = 3.5;
    chart_add(drawing, &series);
}

static void draw(chart *drawing, const training_record *r, const double *loss, const double *columns)
{
    const size_t epochs = r->epoch_count;
    const double last = (double)r->step_count;
    const double best = r->best ? (double)r->epochs[r->best - 1].step : 0;
    const bool validated =
        epochs && columns[(size_t)VALID_LOSS * epochs] == columns[(size_t)VALID_LOSS * epochs];
    chart_panel(drawing, &(chart_axes){.x_label = epochs ? NULL : "step",
                                       .y_label = "loss (nats)",
                                       .x_from = 0,
                                       .x_to = last,
                                       .bare_x = epochs > 0,
                                       .weight = 1.4});
    chart_add(drawing, &(chart_series){.name = "batch",
                                       .y = loss,
                                       .x = loss + r->step_count,
                                       .count = r->step_count,
                                       .colour = CHART_GREY,
                                       .width = 1});
    if (!epochs) return;
    curve(drawing, columns, epochs, TRAIN_LOSS, "training", CHART_BLUE);
    if (validated) curve(drawing, columns, epochs, VALID_LOSS, "validation", CHART_VERMILION);
    chart_panel(drawing,
                &(chart_axes){.x_label = "step", .y_label = "accuracy (%)", .x_from = 0, .x_to = last});
    curve(drawing, columns, epochs, TRAIN_ACCURACY, "training", CHART_BLUE);
    if (!validated) return;
    curve(drawing, columns, epochs, VALID_ACCURACY, "validation", CHART_VERMILION);
    chart_add(drawing, &(chart_series){.kind = CHART_MARKS, .x = &best, .count = 1, .colour = CHART_GREY});
}

int training_draw(const training_result *result, const char *model, const char *path)
{
    const training_record *r = &result->record;
    double *loss = calloc(2 * r->step_count + !r->step_count, sizeof *loss);
    double *columns = calloc(COLUMNS * r->epoch_count + !r->epoch_count, sizeof *columns);
    if (!loss || !columns) {
        free(loss);
        free(columns);
        return message_memory();
    }
    for (size_t i = 0; i < r->step_count; i++) {
        loss[i] = r->steps[i].loss;
        loss[r->step_count + i] = (double)i + 1;
    }
    for (size_t i = 0; i < r->epoch_count; i++) {
        const record_epoch *e = &r->epochs[i];
        columns[END * r->epoch_count + i] = (double)e->step;
        columns[TRAIN_LOSS * r->epoch_count + i] = e->train_loss;
        columns[VALID_LOSS * r->epoch_count + i] = e->valid_loss;
        columns[TRAIN_ACCURACY * r->epoch_count + i] = 100 * e->train_accuracy;
        columns[VALID_ACCURACY * r->epoch_count + i] = 100 * e->valid_accuracy;
    }
    char title[320], subtitle[160], best[64] = "", count[WORDS_SIZE], time[WORDS_SIZE], share[WORDS_SIZE];
    const record_epoch *e = r->best ? &r->epochs[r->best - 1] : NULL;
    if (e && isfinite(e->valid_loss))
        snprintf(best, sizeof best, "; kept: epoch %llu, %s (grey line)", (unsigned long long)r->best,
                 words_share(share, e->valid_accuracy));
    snprintf(title, sizeof title, "Training of %.300s", model);
    snprintf(subtitle, sizeof subtitle, "%s, %s%s", words_plural(count, r->step_count, "step"),
             words_duration(time, result->seconds), best);
    chart *drawing = chart_create(&(chart_layout){.title = title, .subtitle = subtitle});
    draw(drawing, r, loss, columns);
    loci_error error;
    const loci_status failed = chart_write(drawing, path, &error);
    chart_destroy(drawing);
    free(loss);
    free(columns);
    return failed ? message_error(NULL, &error) : STATUS_DONE;
}
