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
    /* Of a state space layer, time in samples; NULL: another part. Of s5, whose modes are those of all channels, it is what each
     * channel makes of its own past, with dt = 1: the modes' own steps are in A and B. */
    loci_system *system;
    int shared;         /* s5 */
    spread dt;          /* over the channels, of s5 over the modes */
    spread constant;    /* over all modes: samples in which one fades to 1/e */
    spread frequency;   /* likewise: turns a sample */
    size_t modes, fast; /* how many; so many turn faster than half a turn a sample, above Nyquist */
} model_part;

typedef struct {
    model_part *items;
    size_t count;
} model_parts;

/* 0, or a status after saying what went wrong; released in either case. */
int model_parts_measure(model_parts *parts, const loci_model *model);
void model_parts_release(model_parts *parts);

/* Kernels of some channels of each state space layer, against age; path as chart_write takes it. rate: Hz, 0: unknown. */
int model_parts_draw(const model_parts *parts, loci_discretization discretization, double rate,
                     const char *title, const char *path);

#endif
