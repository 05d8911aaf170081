/* SPDX-License-Identifier: MIT
 * learn.c - train a model on sequences that are in no file.
 *
 *     learn     two kinds of noise are told apart: one that rises and falls slowly, and one that does not */
#include <loci/train.h>

#include <stdint.h>
#include <stdio.h>

enum { SEQUENCES = 200, LENGTH = 64 };

static int failed(const char *what, loci_error error)
{
    fprintf(stderr, "%s: %s\n", what, error.text);
    return 1;
}

/* A number of [-1, 1) that i decides. */
static float noise(uint64_t i)
{
    i = (i + 1) * 0x9e3779b97f4a7c15u;
    i = (i ^ (i >> 32)) * 0xd6e8feb86659fd93u;
    return (float)(int32_t)(i >> 32) * 0x1p-31f;
}

/* ---- a source: it answers for each of its sequences ---- */

static size_t length(const void *context, size_t i)
{
    (void)context, (void)i;
    return LENGTH;
}

/* Odd sequences follow the noise slowly, even ones are the noise itself. */
static void read(const void *context, size_t i, float *u)
{
    const uint64_t *seed = context;
    float slow = 0;
    for (size_t k = 0; k < LENGTH; k++) {
        const float x = noise(*seed + i * LENGTH + k);
        slow += 0.2f * (x - slow);
        u[k] = i % 2 ? 3 * slow : x;
    }
}

static void label(const void *context, size_t i, double *target)
{
    (void)context;
    *target = (double)(i % 2);
}

static loci_status make_set(loci_dataset **set, uint64_t *seed, loci_error *error)
{
    static const char *const classes[] = {"white", "slow"};
    const loci_dataset_source source = {.size = sizeof source,
                                        .context = seed,
                                        .name = "noise",
                                        .count = SEQUENCES,
                                        .inputs = 1,
                                        .outputs = 2,
                                        .classes = classes,
                                        .length = length,
                                        .read = read,
                                        .read_target = label};
    return loci_dataset_from(set, &source, error);
}

/* ---- training ---- */

static loci_status make_model(loci_model **model, loci_error *error)
{
    loci_model_config config;
    loci_status status = loci_model_preset(&config, "small", 1, 2, error);
    config.layers = 1, config.width = 16, config.order = 8;
    if (!status) status = loci_model_create(model, &config, error);
    if (!status) loci_model_initialize(*model, 1);
    return status;
}

static loci_status train(loci_model *model, const loci_dataset *set, loci_error *error)
{
    loci_train_options options = loci_train_options_default();
    options.batch = 16, options.epochs = 20;
    loci_trainer *trainer;
    loci_train_report report = {0};
    loci_status status = loci_trainer_create(&trainer, model, set, NULL, &options, error);
    if (status) return status;
    while (!status && !report.finished) status = loci_trainer_step(trainer, &report, error);
    loci_trainer_free(trainer);
    return status;
}

int main(void)
{
    uint64_t seen = 1, unseen = 1000000;
    loci_dataset *learned = NULL, *other = NULL;
    loci_model *model = NULL;
    loci_evaluation result = {0};
    loci_error error;
    loci_status status = make_set(&learned, &seen, &error);
    if (!status) status = make_set(&other, &unseen, &error);
    if (!status) status = make_model(&model, &error);
    if (!status) status = train(model, learned, &error);
    if (!status) status = loci_evaluate(&result, model, other, NULL, &error);
    if (!status)
        printf("%.0f %% of %zu new sequences are recognised\n", 100 * result.score, result.sequences);
    loci_model_free(model);
    loci_dataset_close(other);
    loci_dataset_close(learned);
    if (status) return failed("learn", error);
    return result.score > 0.9 ? 0
                              : failed("learn", (loci_error){.text = "less than nine of ten were expected"});
}
