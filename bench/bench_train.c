/* SPDX-License-Identifier: MIT
 * bench_train.c - what a step of training costs, and which part of it: sequences of LENGTH (1024) samples of 3 numbers, in
 * batches of 64, dropout on.
 *
 *     bench_train [--json] [MODEL [LENGTH [THREADS [SEQUENCES]]]]
 *     bench_train --pair MODEL MODEL [LENGTH [THREADS]]
 *
 * A MODEL is a preset and fields that differ: s4-example,layer=s4,rank=1, and precision=bf16 for its steps. --pair steps two in turn, and prints the processor time
 * of the second as a share of the first's.
 *
 * Steps of MODEL (s4-example) are timed by the clock on the wall, on THREADS threads (2). The parts are timed on one
 * thread, with micro-batches of SEQUENCES (as many as in training), and are given for a batch, in core milliseconds. */
#include <math.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <loci/data.h>
#include <loci/train.h>

#include "base/allocate.h"
#include "base/random.h"
#include "bench.h"
#include "train/micro_batch.h"
#include "train/optimizer.h"

enum { BATCH = 64, INPUTS = 3, CLASSES = 10, SEQUENCES = 128 };

static int json;

static void stop(const char *what)
{
    fprintf(stderr, "bench_train: %s\n", what);
    exit(1);
}

/* Seconds by the clock on the wall, or of all threads on processors. */
static double seconds_of(clockid_t clock)
{
    struct timespec t;
    clock_gettime(clock, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* The most mebibytes that have been resident so far. */
static double resident(void)
{
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return (double)usage.ru_maxrss / 1024;
}

/* ---- a set of noise ---- */

static void write_array(const char *folder, const char *name, const double *x, const size_t *shape, size_t d)
{
    char path[128];
    loci_error error;
    snprintf(path, sizeof path, "%s/%s", folder, name);
    if (loci_npy_write(path, x, shape, d, 1, &error)) stop(error.text);
}

static loci_dataset *noise(size_t L)
{
    static const char *const names[] = {"train_x.npy", "train_y.npy", "test_x.npy", "test_y.npy"};
    char folder[] = "/tmp/loci-bench-XXXXXX", path[128];
    const size_t shape[] = {SEQUENCES, L, INPUTS}, count = SEQUENCES * L * INPUTS;
    double *x = malloc(count * sizeof *x), y[SEQUENCES];
    loci_dataset *set;
    loci_error error;
    if (!x || !mkdtemp(folder)) stop("no memory or no temporary folder");
    for (size_t i = 0; i < count; i++) x[i] = loci_random_uniform(1, i) - 0.5;
    for (size_t i = 0; i < SEQUENCES; i++) y[i] = (double)(i % CLASSES);
    for (size_t i = 0; i < 4; i += 2)
        write_array(folder, names[i], x, shape, 3), write_array(folder, names[i + 1], y, shape, 1);
    free(x);
    const loci_status status = loci_dataset_open(&set, folder, NULL, &error);
    for (size_t i = 0; i < 4; i++) {
        snprintf(path, sizeof path, "%s/%s", folder, names[i]);
        remove(path);
    }
    rmdir(folder);
    if (status) stop(error.text);
    return set;
}

/* ---- whole steps ---- */

static void time_steps(loci_model *model, uint64_t precision, const loci_dataset *set, size_t threads)
{
    loci_trainer *trainer;
    loci_error error;
    loci_train_report report;
    loci_evaluation result = {0};
    loci_train_options options = loci_train_options_default();
    options.epochs = 1000, options.threads = threads, options.precision = precision;
    bench_case step = {0}, busy = {0}, evaluation = {0};
    const double before = resident();
    if (loci_trainer_create(&trainer, model, set, NULL, &options, &error)) stop(error.text);
    for (int r = -1; r < BENCH_ROUNDS; r++) {
        const double start = seconds_of(CLOCK_MONOTONIC), worked = seconds_of(CLOCK_PROCESS_CPUTIME_ID);
        if (loci_trainer_step(trainer, &report, &error)) stop(error.text);
        if (r < 0) continue;
        step.seconds[r] = seconds_of(CLOCK_MONOTONIC) - start;
        busy.seconds[r] = seconds_of(CLOCK_PROCESS_CPUTIME_ID) - worked;
    }
    const double held = resident() - before;
    loci_trainer_free(trainer);
    const loci_evaluate_options how = {.threads = threads};
    for (int r = 0; r < BENCH_ROUNDS; r++) {
        if (loci_evaluate(&result, model, set, &how, &error)) stop(error.text);
        evaluation.seconds[r] = result.seconds * BATCH / SEQUENCES;
    }
    if (json) {
        bench_figure(1e3 * bench_median(&step), "ms", "step, %zu threads", threads);
        bench_figure(1e3 * bench_median(&busy), "core-ms", "step, %zu threads", threads);
        bench_figure(1e3 * bench_median(&evaluation), "ms", "evaluation, %zu threads", threads);
        bench_figure(held, "MiB", "memory beside the data");
        return;
    }
    printf("on %zu threads, batches of %d\n", threads, BATCH);
    printf("  step        %8.1f ms, best %.1f\n", 1e3 * bench_median(&step), 1e3 * bench_best(&step));
    printf("  of cores    %8.1f ms\n", 1e3 * bench_median(&busy));
    printf("  evaluation  %8.1f ms, best %.1f\n", 1e3 * bench_median(&evaluation),
           1e3 * bench_best(&evaluation));
    printf("  memory      %8.1f MiB beside the data\n", held);
}

/* ---- two in turn ---- */

enum { PAIRS = 15 };

static void time_pair(loci_model *const model[2], const uint64_t precision[2], const loci_dataset *set,
                      size_t threads)
{
    loci_trainer *trainer[2];
    loci_error error;
    loci_train_report report;
    loci_train_options options = loci_train_options_default();
    options.epochs = 1000, options.threads = threads;
    double busy[2][PAIRS], ratio[PAIRS];
    for (size_t k = 0; k < 2; k++) {
        options.precision = precision[k];
        if (loci_trainer_create(&trainer[k], model[k], set, NULL, &options, &error)) stop(error.text);
    }
    for (int r = -1; r < PAIRS; r++)
        for (size_t k = 0; k < 2; k++) {
            const double worked = seconds_of(CLOCK_PROCESS_CPUTIME_ID);
            if (loci_trainer_step(trainer[k], &report, &error)) stop(error.text);
            if (r >= 0) busy[k][r] = seconds_of(CLOCK_PROCESS_CPUTIME_ID) - worked;
        }
    for (int r = 0; r < PAIRS; r++) { /* in order */
        const double now = busy[1][r] / busy[0][r];
        int i = r;
        for (; i > 0 && ratio[i - 1] > now; i--) ratio[i] = ratio[i - 1];
        ratio[i] = now;
    }
    double sum[2] = {0};
    for (int r = 0; r < PAIRS; r++) sum[0] += busy[0][r] / PAIRS, sum[1] += busy[1][r] / PAIRS;
    printf("core-ms of a step %.1f and %.1f; ratio %.3f in the middle, quarters %.3f to %.3f\n", 1e3 * sum[0],
           1e3 * sum[1], ratio[PAIRS / 2], ratio[PAIRS / 4], ratio[PAIRS - 1 - PAIRS / 4]);
    for (size_t k = 0; k < 2; k++) loci_trainer_free(trainer[k]);
}

/* ---- parts ---- */

typedef struct {
    loci_model *model;
    loci_network *network;
    loci_pass pass;
    float *u, *y, *dy, *gradient, *dparameters, *m, *v;
    void *workspace;
    size_t parts, size;
} bench;

static void run_prepare(void *argument)
{
    bench *b = argument;
    for (size_t i = 0; i < b->parts; i++) loci_network_prepare(b->network, loci_model_values(b->model), 1, i);
}

static void run_forward(void *argument)
{
    bench *b = argument;
    b->pass.training = 1;
    loci_network_forward(b->network, b->y, b->u, &b->pass, NULL, 1, b->workspace);
}

static void run_both(void *argument)
{
    bench *b = argument;
    run_forward(b);
    loci_network_backward(b->network, NULL, b->gradient, b->dy, &b->pass, NULL, b->workspace);
}

static void run_answer(void *argument)
{
    bench *b = argument;
    b->pass.training = 0;
    loci_network_forward(b->network, b->y, b->u, &b->pass, NULL, 0, b->workspace);
}

static void run_gather(void *argument)
{
    bench *b = argument;
    for (size_t i = 0; i < b->parts; i++)
        loci_network_gather(b->network, b->dparameters, b->gradient, loci_model_values(b->model), i);
}

static void run_optimizer(void *argument)
{
    bench *b = argument;
    const double norm = loci_optimizer_squares_f32(b->dparameters, b->size);
    loci_optimizer_adamw_f32(loci_model_values(b->model), b->m, b->v, b->dparameters, b->size, 1e-9, 0,
                             1 / (1 + norm), 1000);
}

/* Multiplications of weights with a sample, once forward and twice in backward: of gates with the input and with the state; of
 * what mixes channels behind a layer that mixes samples. */
static double weights_of(const loci_model_config *c)
{
    const double H = (double)c->width, layers = (double)c->layers,
                 mixed = c->mixer == LOCI_MIXER_GATED ? 2 * H * H
                         : c->mixer == LOCI_MIXER_MLP
                             ? 2 * (double)(c->mixer_expand ? c->mixer_expand : 4) * H * H
                             : 0;
    const double inputs = c->plain ? (double)c->inputs + H * (layers - 1) : H * layers; /* of all layers */
    switch (c->layer) {
    case LOCI_LAYER_LSTM:
        return 4 * H * (inputs + H * layers);
    case LOCI_LAYER_GRU:
        return 3 * H * (inputs + H * layers);
    case LOCI_LAYER_MINGRU:
        return 2 * H * inputs;
    case LOCI_LAYER_CONV:
        return layers * ((double)c->kernel_width * H * H + mixed);
    case LOCI_LAYER_ATTENTION: /* without what is done with scores */
        return layers * (4 * H * H + mixed);
    case LOCI_LAYER_S5:
        return layers * (2 * (double)c->order * H + mixed / 2);
    case LOCI_LAYER_MAMBA: {
        const double E = (double)(c->expand ? c->expand : 2) * H, R = ceil(H / 16);
        return layers * E * (3 * H + 2 * R + 2 * (double)c->order);
    }
    case LOCI_LAYER_MAMBA2: {
        const double E = (double)(c->expand ? c->expand : 2) * H;
        return layers * H * (3 * E + 2 * (double)c->order);
    }
    default:
        return layers * mixed;
    }
}

static void time_parts(loci_model *model, uint64_t precision, size_t L, size_t B)
{
    const loci_model_config *c = loci_model_configuration(model);
    loci_error error;
    bench b = {.model = model, .pass = {.B = B, .L = L, .seed = 1}};
    if (loci_network_create_in(&b.network, model, L, (loci_precision)precision, &error)) stop(error.text);
    b.parts = loci_network_parts(b.network), b.size = loci_model_size(model);
    const size_t gradient = loci_network_gradient_size(b.network);
    b.u = loci_allocate(B * L * INPUTS, sizeof(float)), b.y = loci_allocate(B * CLASSES, sizeof(float));
    b.dy = loci_allocate(B * CLASSES, sizeof(float)), b.gradient = loci_allocate(gradient, sizeof(float));
    b.dparameters = loci_allocate(b.size, sizeof(float)), b.m = loci_allocate(b.size, sizeof(float));
    b.v = loci_allocate(b.size, sizeof(float));
    b.workspace = loci_allocate(loci_network_workspace_size(b.network, B, 1), 1);
    if (!b.u || !b.y || !b.dy || !b.gradient || !b.dparameters || !b.m || !b.v || !b.workspace)
        stop("no memory");
    for (size_t i = 0; i < B * L * INPUTS; i++) b.u[i] = (float)(loci_random_uniform(2, i) - 0.5);
    for (size_t i = 0; i < B * CLASSES; i++) b.dy[i] = (float)(loci_random_uniform(3, i) - 0.5);
    run_prepare(&b);

    bench_case cases[] = {{"prepare", run_prepare, &b, {0}},     {"forward", run_forward, &b, {0}},
                          {"and backward", run_both, &b, {0}},   {"gather", run_gather, &b, {0}},
                          {"optimizer", run_optimizer, &b, {0}}, {"evaluation", run_answer, &b, {0}},
                          {"peak", bench_peak_run, NULL, {0}}};
    enum { CASES = sizeof cases / sizeof *cases };
    bench_rounds(cases, CASES, 0.05);
    const double products = 2 * weights_of(c) * (double)L * BATCH;
    const double peak = bench_peak_operations() / bench_best(&cases[CASES - 1]),
                 times = (double)BATCH / (double)B;
    if (!json) printf("on one thread, core ms for a batch, in micro-batches of %zu\n", B);
    for (int i = 0; i < CASES - 1; i++) {
        const int whole = i == 0 || i == 3 || i == 4;
        const double seconds = bench_median(&cases[i]) * (whole ? 1 : times);
        const double operations = products * (i == 2 ? 3 : 1), rate = operations / seconds;
        const double share = bench_share(&cases[i], &cases[CASES - 1], operations / (whole ? 1 : times));
        if (json) {
            bench_figure(1e3 * seconds, "core-ms", "%s", cases[i].name);
            if (!whole) bench_figure(share, "of the peak", "products of %s", cases[i].name);
            continue;
        }
        printf("  %-12s%8.1f ms", cases[i].name, 1e3 * seconds);
        if (!whole) printf("   %6.1f GFLOP/s of products, %2.0f %% of the peak", 1e-9 * rate, 100 * share);
        printf("\n");
    }
    if (json)
        bench_figure(1e-9 * peak, "GFLOP/s", "peak of a core"), bench_figures_end();
    else
        printf("  gradient of a shard %.1f MiB, workspace of a thread %.1f MiB, peak %.0f GFLOP/s\n",
               (double)gradient * 4 / 1048576, (double)loci_network_workspace_size(b.network, B, 1) / 1048576,
               1e-9 * peak);
    void *const all[] = {b.u, b.y, b.dy, b.gradient, b.dparameters, b.m, b.v, b.workspace};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) loci_free(all[i]);
    loci_network_free(b.network);
}

static size_t number(char **argv, int argc, int at, size_t usual)
{
    const long value = at < argc ? strtol(argv[at], NULL, 10) : (long)usual;
    if (value < 1 || value > 65536)
        stop(
            "usage: bench_train [--json] [MODEL [LENGTH [THREADS [SEQUENCES]]]], or --pair MODEL MODEL [LENGTH [THREADS]]");
    return (size_t)value;
}

/* "s4-example,layer=s4,rank=1"; and precision=bf16 for its training. */
static loci_model *model_of(const char *text, uint64_t *precision)
{
    char words[256];
    loci_model *model = NULL;
    loci_model_config config;
    loci_error error;
    snprintf(words, sizeof words, "%s", text);
    char *field = strchr(words, ',');
    if (field) *field++ = 0;
    if (loci_model_preset(&config, words, INPUTS, CLASSES, &error)) stop(error.text);
    while (field) {
        char *const next = strchr(field, ','), *const value = strchr(field, '=');
        if (next) *next = 0;
        if (!value) stop("a field is without its value; NAME=VALUE was expected");
        *value = 0;
        if (!strcmp(field, "precision") && !strcmp(value + 1, "bf16"))
            *precision = LOCI_PRECISION_BF16;
        else if (loci_config_set(&config, field, value + 1, &error))
            stop(error.text);
        field = next ? next + 1 : NULL;
    }
    if (loci_model_create(&model, &config, &error)) stop(error.text);
    loci_model_initialize(model, 0);
    return model;
}

int main(int argc, char **argv)
{
    if (argc > 1 && !strcmp(argv[1], "--pair")) {
        if (argc < 4) stop("--pair is without its two models");
        uint64_t precision[2] = {0};
        loci_model *const pair[2] = {model_of(argv[2], &precision[0]), model_of(argv[3], &precision[1])};
        loci_dataset *const set = noise(number(argv, argc, 4, 1024));
        time_pair(pair, precision, set, number(argv, argc, 5, 1));
        loci_dataset_close(set);
        loci_model_free(pair[0]), loci_model_free(pair[1]);
        return 0;
    }
    if (argc > 1 && !strcmp(argv[1], "--json")) json = 1, argc--, argv++;
    uint64_t precision = LOCI_PRECISION_FLOAT;
    loci_model *const model = model_of(argc > 1 ? argv[1] : "s4-example", &precision);
    const size_t L = number(argv, argc, 2, 1024), threads = number(argv, argc, 3, 2),
                 B = number(argv, argc, 4, loci_micro_batch_most(loci_model_configuration(model), L));
    loci_dataset *set = noise(L);
    time_steps(model, precision, set, threads);
    time_parts(model, precision, L, B);
    loci_dataset_close(set);
    loci_model_free(model);
    return 0;
}
