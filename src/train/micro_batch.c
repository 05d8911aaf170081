/* SPDX-License-Identifier: MIT
 * micro_batch.c - micro-batches: read, forward, loss, backward. */
#include "train/micro_batch.h"

#include <assert.h>
#include <stdbool.h>
#include <string.h>

#include <loci/train.h>

#include "base/allocate.h"
#include "base/random.h"
#include "data/dataset_augment.h"

size_t loci_micro_batch_most(const loci_model_config *config, size_t L)
{
    enum { NUMBERS = 1024 * 128, MOST = 16 };
    const size_t lanes = (config->width + 15) / 16 * 16, fit = L > 0 ? NUMBERS / lanes / L : MOST,
                 least = loci_layer_traits_of(config->layer)->rows;
    return fit < least ? least : fit > MOST ? MOST : fit;
}

/* What a micro-batch needs beside the network: samples, answers and their gradient, lengths, a target. */
typedef struct {
    size_t samples, answers, lengths, target, all; /* bytes; 0 in all: it overflows */
} shares;

/* Whole lines of 64 bytes that hold a x b x c. */
static bool room(size_t *bytes, size_t a, size_t b, size_t c)
{
    if (!loci_size_multiply(bytes, a, b) || !loci_size_multiply(bytes, *bytes, c) ||
        !loci_size_add(bytes, *bytes, 63))
        return false;
    *bytes = *bytes / 64 * 64;
    return true;
}

static shares share(const loci_micro_batch *m)
{
    shares s = {0};
    const loci_model_config *config = loci_model_configuration(m->model);
    const loci_task_info *task = &m->task->is;
    const size_t rows = task->each ? m->L : 1;
    size_t all;
    if (room(&s.samples, m->L, config->inputs, m->most * sizeof(float)) &&
        room(&s.answers, rows, config->outputs, m->most * sizeof(float)) &&
        room(&s.target, rows, task->values ? config->outputs : 1, sizeof(double)) &&
        room(&s.lengths, m->most, sizeof(size_t), 1) && loci_size_add(&all, s.samples, s.answers) &&
        loci_size_add(&all, all, s.answers) && loci_size_add(&all, all, s.target) &&
        loci_size_add(&all, all, s.lengths))
        s.all = all;
    return s;
}

size_t loci_micro_batch_workspace(const loci_micro_batch *micro, int backward)
{
    const size_t own = share(micro).all;
    const size_t network = loci_network_workspace_size(micro->network, micro->most, backward);
    size_t bytes;
    return own && network && loci_size_add(&bytes, own, network) ? bytes : 0;
}

/* Targets of values as the network is to give them. */
static void normalise(double *target, const loci_model_about *about, size_t rows, size_t outputs)
{
    if (!about->target_shift && !about->target_scale) return;
    for (size_t k = 0; k < rows; k++)
        for (size_t i = 0; i < outputs; i++) {
            const double shift = about->target_shift ? about->target_shift[i] : 0;
            target[k * outputs + i] =
                (target[k * outputs + i] - shift) * (about->target_scale ? about->target_scale[i] : 1);
        }
}

size_t loci_micro_batch_target(double *target, const loci_model *model, const loci_task_row *task,
                               const loci_dataset *set, size_t sequence)
{
    const size_t rows = loci_dataset_targets(set, sequence);
    loci_dataset_read_target(set, sequence, target);
    if (task->is.values)
        normalise(target, loci_model_description(model), rows, loci_model_configuration(model)->outputs);
    return rows;
}

/* The tally of sequence b of those from `first` on; dy NULL: no gradient is wanted. Behind its end the gradient is 0. */
static void judge(const loci_micro_batch *m, float *dy, const float *y, double *target, size_t first,
                  size_t b)
{
    const size_t i = first + b, outputs = loci_model_configuration(m->model)->outputs,
                 most = m->task->is.each ? m->L : 1,
                 rows = loci_micro_batch_target(target, m->model, m->task, m->set, m->sequences[i]);
    float *own = dy ? dy + b * most * outputs : NULL;
    m->task->lose(&m->tally[i], m->answer ? m->answer + m->place[i] : NULL, own, y + b * most * outputs,
                  target, rows, outputs, m->scale);
    if (own) memset(own + rows * outputs, 0, (most - rows) * outputs * sizeof *own);
}

/* A sequence as it is learned from: what is drawn depends on the step and on the sequence, on nothing else. */
static void read_augmented(const loci_micro_batch *m, size_t sequence, float *u)
{
    const uint64_t step = loci_random_key(m->seed, loci_random_stream("augment"));
    const loci_dataset_change change =
        loci_dataset_draw(m->set, m->augment & LOCI_AUGMENT_FLIP, m->augment & LOCI_AUGMENT_SHIFT,
                          loci_random_key(step, sequence));
    loci_dataset_read_changed(m->set, sequence, change, u);
}

static void run(const loci_micro_batch *m, float *gradient, size_t first, size_t B, void *workspace)
{
    const shares s = share(m);
    char *at = workspace;
    float *u = (float *)(void *)at, *y = (float *)(void *)(at + s.samples);
    float *dy = (float *)(void *)(at + s.samples + s.answers);
    double *target = (double *)(void *)(at + s.samples + 2 * s.answers);
    size_t *length = (size_t *)(void *)(at + s.samples + 2 * s.answers + s.target);
    const size_t inputs = loci_model_configuration(m->model)->inputs;
    loci_pass pass = {.B = B, .L = m->L, .training = gradient != NULL, .seed = m->seed, .first = first};
    for (size_t b = 0; b < B; b++) {
        const size_t i = m->sequences[first + b];
        length[b] = loci_dataset_length(m->set, i);
        assert(length[b] <= m->L);
        if (length[b] < m->L) pass.length = length;
        if (gradient && m->augment)
            read_augmented(m, i, u + b * m->L * inputs);
        else
            loci_dataset_read(m->set, i, u + b * m->L * inputs);
    }
    loci_network_forward(m->network, y, u, &pass, NULL, gradient != NULL, at + s.all);
    for (size_t b = 0; b < B; b++) judge(m, gradient ? dy : NULL, y, target, first, b);
    if (gradient) loci_network_backward(m->network, NULL, gradient, dy, &pass, NULL, at + s.all);
}

void loci_micro_batch_run(const loci_micro_batch *micro, float *gradient, size_t first, size_t count,
                          void *workspace)
{
    for (size_t i = 0; i < count; i += micro->most)
        run(micro, gradient, first + i, count - i < micro->most ? count - i : micro->most, workspace);
}
