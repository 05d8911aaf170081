/* SPDX-License-Identifier: MIT
 * micro_batch.c - micro-batches: read, forward, loss, backward. */
#include "train/micro_batch.h"

#include <assert.h>

#include "base/allocate.h"
#include "train/loss.h"

size_t loci_micro_batch_most(const loci_model_config *config, size_t L)
{
    enum { NUMBERS = 1024 * 128, MOST = 16 };
    const size_t lanes = (config->width + 15) / 16 * 16, fit = L > 0 ? NUMBERS / lanes / L : MOST,
                 least = config->layer == LOCI_LAYER_LSTM ? 4 : 1;
    return fit < least ? least : fit > MOST ? MOST : fit;
}

/* What a micro-batch needs beside the network: samples, answers and their gradient, lengths. */
typedef struct {
    size_t samples, answers, lengths, all; /* bytes; 0 in all: it overflows */
} shares;

static shares share(const loci_micro_batch *m)
{
    shares s = {0};
    size_t samples, answers;
    if (!loci_size_multiply(&samples, m->L, m->most * m->config->inputs * sizeof(float)) ||
        !loci_size_add(&samples, samples, 63))
        return s;
    answers = m->most * m->config->outputs * sizeof(float) + 63;
    s.samples = samples / 64 * 64;
    s.answers = answers / 64 * 64;
    s.lengths = (m->most * sizeof(size_t) + 63) / 64 * 64;
    if (!loci_size_add(&s.all, s.samples, 2 * s.answers + s.lengths)) s.all = 0;
    return s;
}

size_t loci_micro_batch_workspace(const loci_micro_batch *micro, int backward)
{
    const size_t own = share(micro).all;
    const size_t network = loci_network_workspace(micro->network, micro->most, backward);
    size_t bytes;
    return own && network && loci_size_add(&bytes, own, network) ? bytes : 0;
}

static void run(const loci_micro_batch *m, float *gradient, size_t first, size_t B, void *workspace)
{
    const shares s = share(m);
    char *at = workspace;
    float *u = (float *)(void *)at, *y = (float *)(void *)(at + s.samples);
    float *dy = (float *)(void *)(at + s.samples + s.answers);
    size_t *length = (size_t *)(void *)(at + s.samples + 2 * s.answers);
    const size_t classes = m->config->outputs;
    loci_pass pass = {.B = B, .L = m->L, .training = gradient != NULL, .seed = m->seed, .first = first};
    for (size_t b = 0; b < B; b++) {
        const size_t i = m->sequences[first + b];
        length[b] = loci_dataset_length(m->set, i);
        assert(length[b] <= m->L);
        if (length[b] < m->L) pass.length = length;
        loci_dataset_read(m->set, i, u + b * m->L * m->config->inputs);
    }
    loci_network_forward(m->network, y, u, &pass, NULL, gradient != NULL, at + s.all);
    for (size_t b = 0; b < B; b++)
        m->loss[first + b] = loci_loss_cross_entropy_f32(
            &m->answer[first + b], gradient ? dy + b * classes : NULL, y + b * classes, classes,
            loci_dataset_label(m->set, m->sequences[first + b]), m->scale);
    if (gradient) loci_network_backward(m->network, NULL, gradient, dy, &pass, NULL, at + s.all);
}

void loci_micro_batch_run(const loci_micro_batch *micro, float *gradient, size_t first, size_t count,
                          void *workspace)
{
    for (size_t i = 0; i < count; i += micro->most)
        run(micro, gradient, first + i, count - i < micro->most ? count - i : micro->most, workspace);
}
