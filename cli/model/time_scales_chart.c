/* SPDX-License-Identifier: MIT
 * time_scales_chart.c - kernels of a model: what its channels make of the past. */
#include "model/time_scales.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "draw/chart.h"
#include "shared/message.h"

enum { PANELS_MOST = 8, CURVES = 3, LENGTH_LEAST = 16, LENGTH_MOST = 65536 };

/* Some channels of a layer, from the largest step to the smallest; *count of them. */
static loci_system *some_channels(const loci_system *all, size_t *count, size_t channel[CURVES],
                                  loci_error *error)
{
    const double *dt = all->dt;
    loci_system *s;
    *count = all->copies < CURVES ? all->copies : CURVES;
    if (loci_system_create(&s, all->structure, *count, all->order, all->rank, error) != LOCI_OK) return NULL;
    for (size_t k = 0; k < *count; k++) {
        const size_t rank = *count > 1 ? k * (all->copies - 1) / (*count - 1) : 0;
        size_t h = 0;
        for (; h < all->copies; h++) { /* the channel with just so many before it */
            size_t before = 0;
            for (size_t i = 0; i < all->copies; i++) before += dt[i] > dt[h] || (dt[i] == dt[h] && i < h);
            if (before == rank) break;
        }
        const size_t from = h * s->width, to = k * s->width, bytes = s->width * sizeof(double);
        memcpy(s->a_re + to, all->a_re + from, bytes);
        memcpy(s->a_im + to, all->a_im + from, bytes);
        memcpy(s->b_re + to, all->b_re + from, bytes);
        memcpy(s->b_im + to, all->b_im + from, bytes);
        memcpy(s->c_re + to, all->c_re + from, bytes);
        memcpy(s->c_im + to, all->c_im + from, bytes);
        for (size_t r = 0; r < all->rank; r++) {
            memcpy(s->p_re + (r * *count + k) * s->width, all->p_re + (r * all->copies + h) * s->width,
                   bytes);
            memcpy(s->p_im + (r * *count + k) * s->width, all->p_im + (r * all->copies + h) * s->width,
                   bytes);
        }
        s->dt[k] = all->dt[h];
        channel[k] = h;
    }
    return s;
}

/* One panel: each kernel as a share of its largest number. */
static loci_status panel(chart *drawing, const model_part *part, loci_discretization discretization,
                         const chart_axes *axes, const double *age, double *k, size_t length,
                         loci_error *error)
{
    size_t count, channel[CURVES];
    loci_system *s = some_channels(part->system, &count, channel, error);
    if (!s) return error->status;
    const loci_status status = loci_kernel_f64(k, s, discretization, length, error);
    chart_panel(drawing, axes);
    for (size_t h = 0; h < count && status == LOCI_OK; h++) {
        double largest = 0, *kernel = k + h * length;
        for (size_t l = 0; l < length; l++) largest = fmax(largest, fabs(kernel[l]));
        for (size_t l = 0; l < length && largest > 0; l++) kernel[l] /= largest;
        char label[32];
        if (part->shared)
            snprintf(label, sizeof label, "channel %zu", channel[h] + 1);
        else
            snprintf(label, sizeof label, "dt %.2g", s->dt[h]);
        chart_add(drawing, &(chart_series){.name = label,
                                           .x = age,
                                           .y = kernel,
                                           .count = length,
                                           .colour = CHART_SHADE,
                                           .shade = (double)h / CURVES});
    }
    loci_system_free(s);
    return status;
}

static size_t length_for(const model_parts *parts)
{
    double slowest = 0;
    for (size_t i = 0; i < parts->count; i++)
        if (parts->items[i].system) slowest = fmax(slowest, parts->items[i].constant.most);
    const double length = 3 * slowest;
    return length > LENGTH_MOST ? LENGTH_MOST : length > LENGTH_LEAST ? (size_t)length : LENGTH_LEAST;
}

int model_parts_draw(const model_parts *parts, loci_discretization discretization, double rate,
                     const char *title, const char *path)
{
    const size_t length = length_for(parts);
    size_t layers = 0, seen = 0, panels = 0;
    for (size_t i = 0; i < parts->count; i++) layers += parts->items[i].system != NULL;
    const size_t wanted = layers < PANELS_MOST ? layers : PANELS_MOST;
    double *age = malloc(length * sizeof *age), *k = malloc(CURVES * length * sizeof *k);
    if (!age || !k) {
        free(age);
        free(k);
        return message_memory();
    }
    for (size_t l = 0; l < length; l++) age[l] = (double)(l + 1) / (rate > 0 ? rate : 1);
    char subtitle[128];
    int shared = 0;
    for (size_t i = 0; i < parts->count; i++) shared |= parts->items[i].shared;
    snprintf(subtitle, sizeof subtitle, "%s, each as a share of its largest number; %s",
             shared ? "the first, the middle and the last channel, of its own past"
                    : "channels of the largest, the middle and the smallest step",
             loci_discretization_name(discretization));
    chart *drawing = chart_create(&(chart_layout){.title = title, .subtitle = subtitle});
    loci_error error;
    loci_status status = LOCI_OK;
    for (size_t i = 0; i < parts->count && status == LOCI_OK; i++) {
        const model_part *part = &parts->items[i];
        if (!part->system) continue;
        if (seen++ * wanted / layers < panels) continue; /* of very many layers, some */
        panels++;
        status =
            panel(drawing, part, discretization,
                  &(chart_axes){.x_label = rate > 0 ? "age of the input (s)" : "age of the input (samples)",
                                .y_label = part->name,
                                .log_x = true,
                                .x_from = age[0],
                                .x_to = age[length - 1],
                                .bare_x = panels < wanted},
                  age, k, length, &error);
    }
    free(age);
    free(k);
    if (status == LOCI_OK) status = chart_write(drawing, path, &error);
    chart_destroy(drawing);
    return status == LOCI_OK ? STATUS_DONE : message_error(NULL, &error);
}
