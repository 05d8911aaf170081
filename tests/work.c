/* SPDX-License-Identifier: MIT
 * work.c - small fixed pieces of work on the hot paths, whose instructions tests/check_instructions counts.
 *
 *     work NAME    prepares, then does the work within measured(), which valgrind is told to count
 *     work         prints the names
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <loci/memory.h>
#include <loci/model.h>
#include <loci/network.h>
#include <loci/stream.h>

#include "base/allocate.h"
#include "base/random.h"

enum { BATCH = 2, LENGTH = 256, SAMPLES = 1 << 15, TIMES = 1000, STEPS = 64 };

static void check(loci_status status)
{
    if (!status) return;
    fprintf(stderr, "work: %s\n", loci_status_text(status));
    exit(2);
}

static void *some(size_t count, size_t size)
{
    void *memory = loci_allocate(count, size);
    if (!memory) check(LOCI_E_MEMORY);
    return memory;
}

/* ---- the memory ---- */

typedef struct {
    loci_memory_plan *plan;
    loci_memory *memory;
    double *u, *y;
} remembering;

static void *memory_made(void)
{
    remembering *r = some(1, sizeof *r);
    loci_memory_spec spec = loci_memory_defaults();
    check(loci_memory_plan_create(&r->plan, &spec, NULL));
    r->memory = some(loci_memory_size(r->plan, 1), 1);
    check(loci_memory_init(r->memory, r->plan, 1, 0, NULL));
    r->u = some(SAMPLES, sizeof *r->u), r->y = some(TIMES, sizeof *r->y);
    for (size_t i = 0; i < SAMPLES; i++) r->u[i] = loci_random_uniform(1, i);
    return r;
}

static void remember(void *argument)
{
    remembering *r = argument;
    check(loci_memory_push(r->memory, r->plan, r->u, NULL, SAMPLES, NULL));
}

static void remember_singly(void *argument)
{
    remembering *r = argument;
    for (size_t i = 0; i < SAMPLES / 4; i++)
        check(loci_memory_push(r->memory, r->plan, r->u + i, NULL, 1, NULL));
}

/* ---- networks ---- */

typedef struct {
    loci_model *model;
    loci_network *network;
    float *parameters, *dparameters, *gradient, *u, *y, *dy, *state[BATCH];
    void *workspace;
    loci_pass pass;
} learning;

static void forward(void *argument)
{
    learning *w = argument;
    loci_network_forward(w->network, w->y, w->u, &w->pass, NULL, 1, w->workspace);
}

static void backward(void *argument)
{
    learning *w = argument;
    loci_network_backward(w->network, NULL, w->gradient, w->dy, &w->pass, NULL, w->workspace);
}

static void prepare(void *argument)
{
    learning *w = argument;
    for (size_t i = 0; i < loci_network_parts(w->network); i++)
        loci_network_prepare(w->network, w->parameters, 1, i);
}

static void gather(void *argument)
{
    learning *w = argument;
    for (size_t i = 0; i < loci_network_parts(w->network); i++)
        loci_network_gather(w->network, w->dparameters, w->gradient, w->parameters, i);
}

static void step(void *argument)
{
    learning *w = argument;
    for (size_t l = 0; l < STEPS; l++)
        loci_network_step(w->network, w->y, w->u + l * 3, 1, NULL, w->state, w->workspace);
}

/* One layer of the preset, after one pass forward. */
static void *network_made(const char *preset)
{
    learning *w = some(1, sizeof *w);
    loci_model_config config;
    check(loci_model_preset(&config, preset, 3, 10, NULL));
    config.layers = 1;
    check(loci_model_create(&w->model, &config, NULL));
    loci_model_initialize(w->model, 1);
    check(loci_network_create(&w->network, w->model, LENGTH, NULL));
    w->parameters = loci_model_values(w->model);
    w->dparameters = some(loci_model_size(w->model), sizeof(float));
    w->gradient = some(loci_network_gradient_size(w->network), sizeof(float));
    w->u = some(BATCH * LENGTH * 3, sizeof(float));
    for (size_t i = 0; i < BATCH * LENGTH * 3; i++) w->u[i] = (float)loci_random_normal(2, i);
    w->y = some(BATCH * 10, sizeof(float)), w->dy = some(BATCH * 10, sizeof(float));
    for (size_t i = 0; i < BATCH * 10; i++) w->dy[i] = 0.1f;
    for (size_t b = 0; b < BATCH; b++) w->state[b] = some(loci_network_state_size(w->network), sizeof(float));
    size_t bytes = loci_network_workspace_size(w->network, BATCH, 1);
    const size_t one = loci_network_step_workspace_size(w->network, 1);
    if (one > bytes) bytes = one;
    w->workspace = some(bytes, 1);
    w->pass = (loci_pass){.B = BATCH, .L = LENGTH, .training = 1, .seed = 3};
    prepare(w);
    forward(w);
    return w;
}

static void *s4d_made(void)
{
    return network_made("s4-example");
}

static void *lstm_made(void)
{
    return network_made("lstm");
}

/* ---- streams ---- */

static void *stream_made(void)
{
    const learning *w = s4d_made();
    loci_stream_tables *tables;
    loci_stream *stream;
    check(loci_stream_tables_create(&tables, w->model, 0, 1, NULL));
    check(loci_stream_init(&stream, NULL, 0, tables, 1, NULL));
    return stream;
}

static void push(void *stream)
{
    static float u[BATCH * LENGTH * 3];
    for (size_t i = 0; i < BATCH * LENGTH * 3; i++) u[i] = (float)(i % 7);
    check(loci_stream_push(stream, NULL, 1, u, NULL, BATCH * LENGTH, 0, NULL, NULL));
}

static const struct {
    const char *name;
    void *(*make)(void);
    void (*run)(void *);
} works[] = {{"remember", memory_made, remember},    {"remember-singly", memory_made, remember_singly},
             {"s4d-prepare", s4d_made, prepare},     {"s4d-forward", s4d_made, forward},
             {"s4d-backward", s4d_made, backward},   {"s4d-gather", s4d_made, gather},
             {"s4d-step", s4d_made, step},           {"lstm-forward", lstm_made, forward},
             {"lstm-backward", lstm_made, backward}, {"lstm-step", lstm_made, step},
             {"s4d-stream", stream_made, push}};

/* A name that the linker keeps, called from elsewhere for all that the compiler knows. */
void measured(void (*run)(void *), void *argument);
__attribute__((noinline, visibility("default"))) void measured(void (*run)(void *), void *argument)
{
    run(argument);
    __asm__ volatile("" ::: "memory"); /* no tail call: the count ends here */
}

int main(int argc, char **argv)
{
    for (size_t i = 0; i < sizeof works / sizeof *works; i++) {
        if (argc < 2) puts(works[i].name);
        if (argc < 2 || strcmp(argv[1], works[i].name) != 0) continue;
        measured(works[i].run, works[i].make());
        return 0;
    }
    if (argc < 2) return 0;
    fprintf(stderr, "work: there is no work %s\n", argv[1]);
    return 2;
}
