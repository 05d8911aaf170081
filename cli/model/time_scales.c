/* SPDX-License-Identifier: MIT
 * time_scales.c - the parts of a model, and how fast and how slow they are. */
#include "model/time_scales.h"

#include <ctype.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "shared/message.h"

static const double pi = 3.14159265358979323846;

/* "encoder" of encoder.weight, "s4_layers.0" of s4_layers.0.kernel.C: up to the number, where there is one. */
static size_t part_length(const char *name)
{
    const size_t first = strcspn(name, "."), digits = strspn(name + first + (name[first] != 0), "0123456789");
    return digits > 0 && name[first + 1 + digits] == '.' ? first + 1 + digits : first;
}

static bool part_has(const model_part *part, const char *name)
{
    const size_t length = part_length(name);
    return strlen(part->name) == length && memcmp(part->name, name, length) == 0;
}

static int compare(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Puts the values in order. */
static spread spread_of(double *values, size_t count)
{
    qsort(values, count, sizeof *values, compare);
    return (spread){values[0], (values[(count - 1) / 2] + values[count / 2]) / 2, values[count - 1]};
}

static const float *values_of(const loci_model *model, const char *part, const char *name)
{
    size_t count;
    const loci_parameter *table = loci_model_parameters(model, &count);
    char wanted[2 * LOCI_PARAMETER_NAME];
    snprintf(wanted, sizeof wanted, "%s.%s", part, name);
    for (size_t k = 0; k < count; k++)
        if (strcmp(table[k].name, wanted) == 0) return loci_model_values_const(model) + table[k].offset;
    return NULL;
}

/* The state space of an s4d layer: A = -exp(log_A_real) + i A_imag, B = 1; dt counts samples. */
static int system_of(model_part *part, const loci_model *model)
{
    const loci_model_config *config = loci_model_configuration(model);
    const float *log_dt = values_of(model, part->name, "kernel.log_dt"),
                *log_a = values_of(model, part->name, "kernel.log_A_real"),
                *a_im = values_of(model, part->name, "kernel.A_imag"),
                *c = values_of(model, part->name, "kernel.C"), *d = values_of(model, part->name, "D");
    if (!log_dt || !log_a || !a_im || !c || !d) return STATUS_DONE;
    loci_error error;
    if (loci_system_create(&part->system, LOCI_DIAGONAL, config->width, config->order, 0, &error) != LOCI_OK)
        return message_error(part->name, &error);
    loci_system *s = part->system;
    for (size_t i = 0; i < s->copies * s->width; i++) {
        s->a_re[i] = -exp((double)log_a[i]);
        s->a_im[i] = (double)a_im[i];
        s->b_re[i] = 1;
        s->c_re[i] = (double)c[2 * i];
        s->c_im[i] = (double)c[2 * i + 1];
    }
    for (size_t h = 0; h < s->copies; h++) {
        s->d[h] = (double)d[h];
        s->dt[h] = exp((double)log_dt[h]);
    }
    return STATUS_DONE;
}

/* That of an s4 layer: A = diag(-exp(A_real) - i A_imag) - sum over r of P_r P_r^*. */
static int low_rank_system_of(model_part *part, const loci_model *model)
{
    const loci_model_config *config = loci_model_configuration(model);
    const float *log_dt = values_of(model, part->name, "layer.kernel.inv_dt"),
                *log_a = values_of(model, part->name, "layer.kernel.A_real"),
                *a_im = values_of(model, part->name, "layer.kernel.A_imag"),
                *b = values_of(model, part->name, "layer.kernel.B"),
                *c = values_of(model, part->name, "layer.kernel.C"),
                *p = values_of(model, part->name, "layer.kernel.P"),
                *d = values_of(model, part->name, "layer.D");
    if (!log_dt || !log_a || !a_im || !b || !c || !p || !d) return STATUS_DONE;
    loci_error error;
    const size_t rank = config->rank ? config->rank : config->init == LOCI_SSM_INIT_LEGT ? 2 : 1;
    if (loci_system_create(&part->system, LOCI_DPLR, config->width, config->order, rank, &error) != LOCI_OK)
        return message_error(part->name, &error);
    loci_system *s = part->system;
    for (size_t i = 0; i < s->copies * s->width; i++) {
        s->a_re[i] = -exp((double)log_a[i]);
        s->a_im[i] = -(double)a_im[i];
        s->b_re[i] = (double)b[2 * i], s->b_im[i] = (double)b[2 * i + 1];
        s->c_re[i] = (double)c[2 * i], s->c_im[i] = (double)c[2 * i + 1];
    }
    for (size_t i = 0; i < rank * s->copies * s->width; i++)
        s->p_re[i] = (double)p[2 * i], s->p_im[i] = (double)p[2 * i + 1];
    for (size_t h = 0; h < s->copies; h++) {
        s->d[h] = (double)d[h];
        s->dt[h] = exp((double)log_dt[h]);
    }
    return STATUS_DONE;
}

/* That of an s5 layer, from each channel to itself: A = -exp(log_Lambda_re) + i Lambda_im, of each mode its own dt. */
static int shared_system_of(model_part *part, const loci_model *model)
{
    const loci_model_config *config = loci_model_configuration(model);
    const float *log_step = values_of(model, part->name, "log_step"),
                *log_re = values_of(model, part->name, "log_Lambda_re"),
                *im = values_of(model, part->name, "Lambda_im"), *b = values_of(model, part->name, "B"),
                *c = values_of(model, part->name, "C"), *d = values_of(model, part->name, "D");
    if (!log_step || !log_re || !im || !b || !c || !d) return STATUS_DONE;
    loci_error error;
    if (loci_system_create(&part->system, LOCI_DIAGONAL, config->width, config->order, 0, &error) != LOCI_OK)
        return message_error(part->name, &error);
    loci_system *s = part->system;
    part->shared = 1;
    for (size_t h = 0; h < s->copies; h++) {
        for (size_t n = 0; n < s->width; n++) {
            const double dt = exp((double)log_step[n]);
            const size_t at = h * s->width + n, of_b = 2 * (n * s->copies + h);
            s->a_re[at] = -dt * exp((double)log_re[n]);
            s->a_im[at] = dt * (double)im[n];
            s->b_re[at] = dt * (double)b[of_b];
            s->b_im[at] = dt * (double)b[of_b + 1];
            s->c_re[at] = (double)c[2 * at];
            s->c_im[at] = (double)c[2 * at + 1];
        }
        s->d[h] = (double)d[h];
        s->dt[h] = 1;
    }
    return STATUS_DONE;
}

static int measure(model_part *part, const loci_model *model)
{
    const loci_system *s = part->system;
    /* modes that all channels share are those of the first one */
    const size_t copies = part->shared ? 1 : s->copies, modes = copies * s->width,
                 steps = part->shared ? s->width : s->copies;
    double *values = malloc(modes * sizeof *values);
    if (!values) return message_memory();
    for (size_t i = 0; i < modes; i++) values[i] = 1 / (-s->a_re[i] * s->dt[i / s->width]);
    part->constant = spread_of(values, modes);
    part->modes = modes;
    for (size_t i = 0; i < modes; i++) {
        values[i] = fabs(s->a_im[i]) * s->dt[i / s->width] / (2 * pi);
        part->fast += values[i] > 0.5;
    }
    part->frequency = spread_of(values, modes);
    const float *log_step = part->shared ? values_of(model, part->name, "log_step") : NULL;
    for (size_t i = 0; i < steps; i++) values[i] = log_step ? exp((double)log_step[i]) : s->dt[i];
    part->dt = spread_of(values, steps);
    free(values);
    return STATUS_DONE;
}

int model_parts_measure(model_parts *parts, const loci_model *model)
{
    size_t count;
    const loci_parameter *table = loci_model_parameters(model, &count);
    *parts = (model_parts){.items = calloc(count, sizeof *parts->items)};
    if (!parts->items) return message_memory();
    for (size_t k = 0; k < count; k++) {
        if (parts->count == 0 || !part_has(&parts->items[parts->count - 1], table[k].name))
            memcpy(parts->items[parts->count++].name, table[k].name, part_length(table[k].name));
        parts->items[parts->count - 1].parameters += table[k].count;
    }
    int status = STATUS_DONE;
    for (size_t i = 0; i < parts->count && !status; i++) {
        status = system_of(&parts->items[i], model);
        if (!status && !parts->items[i].system) status = low_rank_system_of(&parts->items[i], model);
        if (!status && !parts->items[i].system) status = shared_system_of(&parts->items[i], model);
        if (!status && parts->items[i].system) status = measure(&parts->items[i], model);
    }
    return status;
}

void model_parts_release(model_parts *parts)
{
    for (size_t i = 0; i < parts->count; i++) loci_system_free(parts->items[i].system);
    free(parts->items);
    *parts = (model_parts){0};
}
