/* SPDX-License-Identifier: MIT
 * figures_layers.c - a picture of layers that learn: what HiPPO's matrices are for. */
#include "figures/figures.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <loci/dataset.h>
#include <loci/forms.h>
#include <loci/train.h>

enum {
    LENGTH = 128,
    SEQUENCES = 512,
    LAGS = 4,
    WIDTH = 16,
    ORDER = 32,
    STEPS = 320,
    SMOOTH = 16,
    TRIALS = 3
};

static const size_t lags[LAGS] = {8, 24, 48, 96};

/* ---- noise, of which the last sample's past is asked for ---- */

/* Sample k of sequence i, uniform in [-1, 1): splitmix64. */
static double sample(size_t i, size_t k)
{
    uint64_t x = (uint64_t)(i * LENGTH + k + 1) * 0x9e3779b97f4a7c15u;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
    return (double)((x ^ (x >> 31)) >> 11) * 0x1p-52 - 1;
}

static size_t length_of(const void *context, size_t i)
{
    (void)context, (void)i;
    return LENGTH;
}

static void read_noise(const void *context, size_t i, float *u)
{
    (void)context;
    for (size_t k = 0; k < LENGTH; k++) u[k] = (float)sample(i, k);
}

static void read_past(const void *context, size_t i, double *target)
{
    (void)context;
    for (size_t k = 0; k < LAGS; k++) target[k] = sample(i, LENGTH - 1 - lags[k]);
}

static loci_status noise_open(loci_dataset **set, loci_error *error)
{
    const loci_dataset_source source = {.size = sizeof source,
                                        .name = "noise",
                                        .count = SEQUENCES,
                                        .inputs = 1,
                                        .target = {.values = 1},
                                        .outputs = LAGS,
                                        .length = length_of,
                                        .read = read_noise,
                                        .read_target = read_past};
    return loci_dataset_from(set, &source, error);
}

/* ---- what a layer remembers ---- */

/* (G + noise I)^-1 b in place of b; g [WIDTH][WIDTH] becomes its Cholesky factor where `factor` is set. */
static void solve(double *g, double *b, bool factor)
{
    for (size_t i = 0; i < WIDTH && factor; i++)
        for (size_t j = 0; j <= i; j++) {
            double sum = g[i * WIDTH + j];
            for (size_t k = 0; k < j; k++) sum -= g[i * WIDTH + k] * g[j * WIDTH + k];
            g[i * WIDTH + j] = i == j ? sqrt(sum) : sum / g[j * WIDTH + j];
        }
    for (size_t i = 0; i < WIDTH; i++) {
        for (size_t k = 0; k < i; k++) b[i] -= g[i * WIDTH + k] * b[k];
        b[i] /= g[i * WIDTH + i];
    }
    for (size_t i = WIDTH; i-- > 0;) {
        for (size_t k = i + 1; k < WIDTH; k++) b[i] -= g[k * WIDTH + i] * b[k];
        b[i] /= g[i * WIDTH + i];
    }
}

static const float *values(const loci_model *model, const char *name)
{
    size_t count;
    const loci_parameter *table = loci_model_parameters(model, &count);
    for (size_t i = 0; i < count; i++)
        if (strcmp(table[i].name, name) == 0) return loci_model_values_const(model) + table[i].offset;
    return NULL;
}

/* k [WIDTH][LENGTH]: the kernels of the model's one layer, s4 of rank 1. */
static loci_status kernels_of(double *k, const loci_model *model, loci_error *error)
{
    const float *dt = values(model, "s4_layers.0.layer.kernel.inv_dt"),
                *a_real = values(model, "s4_layers.0.layer.kernel.A_real"),
                *a_imag = values(model, "s4_layers.0.layer.kernel.A_imag"),
                *b = values(model, "s4_layers.0.layer.kernel.B"),
                *c = values(model, "s4_layers.0.layer.kernel.C"),
                *p = values(model, "s4_layers.0.layer.kernel.P");
    loci_system *s;
    loci_status status = loci_system_create(&s, LOCI_DPLR, WIDTH, ORDER, 1, error);
    if (status) return status;
    for (size_t i = 0; i < WIDTH * s->width; i++) {
        s->a_re[i] = -exp((double)a_real[i]), s->a_im[i] = -(double)a_imag[i];
        s->b_re[i] = (double)b[2 * i], s->b_im[i] = (double)b[2 * i + 1];
        s->c_re[i] = (double)c[2 * i], s->c_im[i] = (double)c[2 * i + 1];
        s->p_re[i] = (double)p[2 * i], s->p_im[i] = (double)p[2 * i + 1];
    }
    for (size_t h = 0; h < WIDTH; h++) s->dt[h] = exp((double)dt[h]);
    status = loci_kernel_f64(k, s, LOCI_BILINEAR, LENGTH, error);
    loci_system_free(s);
    return status;
}

/* share [LENGTH]: how much of the variance of a white input so many samples ago the layer's WIDTH channels tell together, by
 * the best linear sum, beside noise of a hundredth of their size. Over all ages the shares sum to WIDTH at most. */
static loci_status remembered(double *share, const loci_model *model, loci_error *error)
{
    static const double noise = 1e-4;
    double k[WIDTH * LENGTH], g[WIDTH * WIDTH] = {0}, trace = 0;
    const loci_status status = kernels_of(k, model, error);
    for (size_t i = 0; i < WIDTH; i++) { /* channels count alike */
        double size = 0;
        for (size_t a = 0; a < LENGTH; a++) size += k[i * LENGTH + a] * k[i * LENGTH + a];
        for (size_t a = 0; a < LENGTH; a++) k[i * LENGTH + a] /= size > 0 ? sqrt(size) : 1;
    }
    for (size_t i = 0; i < WIDTH; i++)
        for (size_t j = 0; j < WIDTH; j++)
            for (size_t a = 0; a < LENGTH; a++) g[i * WIDTH + j] += k[i * LENGTH + a] * k[j * LENGTH + a];
    for (size_t i = 0; i < WIDTH; i++) trace += g[i * WIDTH + i];
    for (size_t i = 0; i < WIDTH; i++) g[i * WIDTH + i] += noise * trace / WIDTH;
    for (size_t a = 0; a < LENGTH && !status; a++) {
        double b[WIDTH];
        for (size_t i = 0; i < WIDTH; i++) b[i] = k[i * LENGTH + a];
        solve(g, b, a == 0);
        share[a] = 0;
        for (size_t i = 0; i < WIDTH; i++) share[a] += b[i] * k[i * LENGTH + a];
    }
    return status;
}

/* ---- learning ---- */

static const struct {
    loci_ssm_init init;
    const char *name;
    chart_colour colour;
} trials[TRIALS] = {{LOCI_SSM_INIT_LEGS, "HiPPO-LegS", CHART_BLUE},
                    {LOCI_SSM_INIT_FOUT, "HiPPO-FouT", CHART_GREEN},
                    {LOCI_SSM_INIT_RANDOM, "random and stable", CHART_VERMILION}};

typedef struct {
    double loss[STEPS], before[LENGTH], after[LENGTH];
} course;

/* One layer of S4, whose steps reach over the sequence, and the answer from its last sample. */
static loci_status model_make(loci_model **model, loci_ssm_init init, loci_error *error)
{
    loci_model_config config;
    loci_status status = loci_model_preset(&config, "s4", 1, LAGS, error);
    if (status) return status;
    config.layers = 1, config.width = WIDTH, config.order = ORDER, config.rank = 1, config.init = init;
    config.dt_min = 0.01, config.dt_max = 0.1, config.dropout = 0, config.norm = LOCI_NORM_NONE;
    config.pool = LOCI_POOL_LAST;
    status = loci_model_create(model, &config, error);
    if (status) return status;
    loci_model_initialize(*model, 1);
    return loci_model_describe(
        *model, &(loci_model_about){.size = sizeof(loci_model_about), .task = LOCI_TASK_VALUE}, error);
}

/* The mean of the last SMOOTH losses, step by step. */
static loci_status learn(course *c, loci_model *model, const loci_dataset *set, loci_error *error)
{
    loci_train_options options = loci_train_options_default();
    options.batch = 32, options.epochs = 0, options.steps = STEPS, options.threads = 1;
    loci_trainer *trainer;
    loci_train_report report;
    double raw[STEPS];
    loci_status status = loci_trainer_create(&trainer, model, set, NULL, &options, error);
    for (size_t i = 0; i < STEPS && !status; i++) {
        status = loci_trainer_step(trainer, &report, error);
        raw[i] = report.loss;
        const size_t from = i + 1 > SMOOTH ? i + 1 - SMOOTH : 0;
        c->loss[i] = 0;
        for (size_t k = from; k <= i; k++) c->loss[i] += raw[k] / (double)(i + 1 - from);
        c->loss[i] *= 3; /* as a share of the variance of the targets, 1/3 */
    }
    if (!status || trainer) loci_trainer_free(trainer);
    return status;
}

static loci_status run(course *c, loci_ssm_init init, const loci_dataset *set, loci_error *error)
{
    loci_model *model = NULL;
    loci_status status = model_make(&model, init, error);
    if (!status) status = remembered(c->before, model, error);
    if (!status) status = learn(c, model, set, error);
    if (!status) status = remembered(c->after, model, error);
    loci_model_free(model);
    return status;
}

static void draw(chart *drawing, const course *courses)
{
    double step[STEPS], age[LENGTH], asked[LAGS];
    for (size_t i = 0; i < STEPS; i++) step[i] = (double)(i + 1);
    for (size_t a = 0; a < LENGTH; a++) age[a] = (double)a;
    for (size_t k = 0; k < LAGS; k++) asked[k] = (double)lags[k];
    for (int panel = 0; panel < 3; panel++) {
        chart_panel(drawing, &(chart_axes){.x_label = panel == 0   ? "step"
                                                      : panel == 2 ? "age of the input (samples)"
                                                                   : NULL,
                                           .y_label = panel == 0   ? "squared error"
                                                      : panel == 1 ? "known at first"
                                                                   : "known in the end",
                                           .bare_x = panel == 1,
                                           .no_legend = panel > 0,
                                           .y_from = 0,
                                           .y_to = panel ? 1 : 1.1});
        if (panel)
            chart_add(drawing, &(chart_series){.kind = CHART_MARKS,
                                               .x = asked,
                                               .count = LAGS,
                                               .colour = CHART_GREY,
                                               .dashed = true,
                                               .width = 1.2});
        for (size_t t = 0; t < TRIALS; t++)
            chart_add(drawing, &(chart_series){.name = trials[t].name,
                                               .x = panel ? age : step,
                                               .y = panel == 0   ? courses[t].loss
                                                    : panel == 1 ? courses[t].before
                                                                 : courses[t].after,
                                               .count = panel ? LENGTH : STEPS,
                                               .colour = trials[t].colour});
    }
}

chart *figure_learning(loci_error *error)
{
    course *courses = calloc(TRIALS, sizeof *courses);
    loci_dataset *set = NULL;
    loci_status status = courses ? noise_open(&set, error) : LOCI_E_MEMORY;
    if (!courses) *error = (loci_error){LOCI_E_MEMORY, "out of memory"};
    for (size_t t = 0; t < TRIALS && !status; t++) status = run(&courses[t], trials[t].init, set, error);
    chart *drawing = NULL;
    if (!status) {
        drawing = chart_create(&(chart_layout){
            .title = "What HiPPO's matrices are for",
            .subtitle =
                "one layer of S4 learns to tell the samples of white noise 8, 24, 48 and 96 before the last; below, how "
                "much of each its channels know"});
        draw(drawing, courses);
    }
    loci_dataset_close(set);
    free(courses);
    return drawing;
}
