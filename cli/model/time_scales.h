/* SPDX-License-Identifier: MIT
 * time_scales.h - the parts of a model, and how fast and how slow those are that have a memory of their own. */
#ifndef LOCI_CLI_TIME_SCALES_H
#define LOCI_CLI_TIME_SCALES_H

#include <stddef.h>

#include <loci/model.h>
#include <loci/forms.h>

typedef struct {
    double least, median, most;
} spread;

typedef struct {
    char name[LOCI_PARAMETER_NAME]; /* what the names of its parameters begin with: "s4_layers.0" */
    size_t parameters;              /* how many trainable numbers */
    loci_system *system;            /* of an s4d layer, time in samples; NULL: another part */
    spread dt;                      /* over the channels */
    spread constant;                /* over all modes: samples in which one fades to 1/e */
    spread frequency;               /* likewise: turns a sample */
} model_part;

typedef struct {
    model_part *items;
    size_t count;
} model_parts;

/* 0, or a status after saying what went wrong; released in either case. */
int model_parts_measure(model_parts *parts, const loci_model *model);
void model_parts_release(model_parts *parts);

/* Kernels of some channels of each s4d layer, against age; path as chart_write takes it. rate: Hz, 0: unknown. */
int model_parts_draw(const model_parts *parts, loci_discretization discretization, double rate,
                     const char *title, const char *path);

#endif
