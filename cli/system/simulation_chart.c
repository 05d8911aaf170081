/* SPDX-License-Identifier: MIT
 * simulation_chart.c - input and answer of a system, one above the other. */
#include "system/simulation.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "draw/chart.h"

enum { ROOM = 4096, PANELS_MOST = 8 };

static bool grow(double **array, size_t room, size_t width)
{
    double *larger =
        room > SIZE_MAX / sizeof(double) / width ? NULL : realloc(*array, room * width * sizeof *larger);
    if (larger) *array = larger;
    return larger != NULL;
}

bool simulation_record_add(simulation_record *r, double x, const double *u, const double *y)
{
    if (r->count == r->room) {
        const size_t room = r->room ? 2 * r->room : ROOM;
        if (!grow(&r->x, room, 1) || !grow(&r->u, room, r->channels) || !grow(&r->y, room, r->copies))
            return false;
        r->room = room;
    }
    r->x[r->count] = x;
    memcpy(r->u + r->count * r->channels, u, r->channels * sizeof *u);
    memcpy(r->y + r->count * r->copies, y, r->copies * sizeof *y);
    r->count++;
    return true;
}

void simulation_record_release(simulation_record *r)
{
    free(r->x);
    free(r->u);
    free(r->y);
    *r = (simulation_record){0};
}

/* The channels of the input (grey) or of the answer: a panel each, or all in one where they are many. */
static void part(chart *drawing, const simulation_record *r, const simulation_picture *picture, bool answer,
                 double *column)
{
    const size_t width = answer ? r->copies : r->channels;
    const double *values = answer ? r->y : r->u;
    const bool apart = width <= PANELS_MOST;
    for (size_t c = 0; c < width; c++) {
        char label[64];
        if (answer)
            snprintf(label, sizeof label, width == 1 ? "y" : "y%zu", c);
        else
            snprintf(label, sizeof label, "%.63s", picture->channel(picture->context, c));
        if (apart || c == 0)
            chart_panel(drawing, &(chart_axes){.x_label = picture->x_label,
                                               .y_label = apart    ? label
                                                          : answer ? "y"
                                                                   : "u",
                                               .time_x = picture->dates,
                                               .bare_x = !answer || (apart && c + 1 < width),
                                               .no_legend = true});
        for (size_t k = 0; k < r->count; k++) column[k] = values[k * width + c];
        chart_add(drawing, &(chart_series){.x = r->x,
                                           .y = column,
                                           .count = r->count,
                                           .colour = !apart   ? CHART_SHADE
                                                     : answer ? CHART_BLUE
                                                              : CHART_GREY,
                                           .shade = (double)c / (double)width});
        if (picture->switch_at < r->count && (apart || c + 1 == width))
            chart_add(drawing, &(chart_series){.kind = CHART_MARKS,
                                               .x = r->x + picture->switch_at,
                                               .count = 1,
                                               .colour = CHART_VERMILION,
                                               .dashed = true,
                                               .width = 1.2});
    }
}

loci_status simulation_record_draw(const simulation_record *r, const simulation_picture *picture,
                                   loci_error *error)
{
    double *column = malloc((r->count + !r->count) * sizeof *column);
    if (!column) {
        *error = (loci_error){LOCI_E_MEMORY, "out of memory"};
        return LOCI_E_MEMORY;
    }
    chart *drawing = chart_create(&(chart_layout){.title = picture->title, .subtitle = picture->subtitle});
    part(drawing, r, picture, false, column);
    part(drawing, r, picture, true, column);
    free(column);
    const loci_status status = chart_write(drawing, picture->path, error);
    chart_destroy(drawing);
    return status;
}
