/* SPDX-License-Identifier: MIT
 * serve.c - run a model on a signal sample by sample, put its state away in the middle, and go on from it elsewhere.
 *
 *     serve MODEL.safetensors <SAMPLES       one number a line, class and probability at every hundredth
 *     serve                                  shows the same on a small model with initial values */
#include <loci.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int failed(const char *what, loci_error error)
{
    fprintf(stderr, "%s: %s\n", what, error.text);
    return 1;
}

static loci_status load(loci_model **model, const char *path, loci_error *error)
{
    FILE *file = fopen(path, "rb");
    void *bytes = NULL;
    size_t size = 0;
    if (file && fseek(file, 0, SEEK_END) == 0 && (size = (size_t)ftell(file)) > 0 && (bytes = malloc(size))) {
        rewind(file);
        size = fread(bytes, 1, size, file);
    }
    if (file) fclose(file);
    if (!bytes) {
        error->status = LOCI_E_IO;
        snprintf(error->text, sizeof error->text, "cannot be read");
        return LOCI_E_IO;
    }
    const loci_status status = loci_model_load(model, bytes, size, error);
    free(bytes);
    return status;
}

static loci_status small(loci_model **model, loci_error *error)
{
    loci_model_config config;
    loci_status status = loci_model_preset(&config, "small", 1, 2, error);
    config.layers = 2, config.width = 16, config.order = 8;
    if (!status) status = loci_model_create(model, &config, error);
    if (!status) loci_model_initialize(*model, 1);
    return status;
}

/* The class that is most likely so far, from the outputs of the network before the softmax. */
static void print_answer(unsigned long long samples, const float *y, size_t classes)
{
    size_t best = 0;
    double sum = 0;
    for (size_t i = 1; i < classes; i++)
        if (y[i] > y[best]) best = i;
    for (size_t i = 0; i < classes; i++) sum += exp((double)y[i] - (double)y[best]);
    printf("%6llu samples: class %zu, probability %.3f\n", samples, best, 1 / sum);
}

static int serve(const loci_model *model, const loci_stream_tables *tables)
{
    const size_t classes = loci_model_configuration(model)->outputs;
    loci_stream *stream;
    loci_error error;
    float u, *y = malloc(classes * sizeof *y);
    if (!y || loci_model_configuration(model)->inputs != 1)
        return fprintf(stderr, "one input was expected\n"), 1;
    if (loci_stream_init(&stream, NULL, 0, tables, 1, &error)) return failed("stream", error);
    while (scanf("%f", &u) == 1) {
        if (loci_stream_push(stream, NULL, 1, &u, NULL, 1, 1, y, &error)) return failed("sample", error);
        if (loci_stream_samples(stream, 0) % 100 == 0)
            print_answer((unsigned long long)loci_stream_samples(stream, 0), y, classes);
    }
    loci_stream_free(stream);
    free(y);
    return 0;
}

/* Half of a signal here, its state in a few bytes, the other half there: as if nothing had happened. */
static int show(const loci_stream_tables *tables)
{
    enum { SAMPLES = 1000 };
    static float u[SAMPLES];
    float whole[2], parts[2];
    loci_stream *here, *there;
    loci_error error;
    for (int k = 0; k < SAMPLES; k++) u[k] = (float)sin(0.02 * k) + (float)sin(0.0001 * k * k);
    if (loci_stream_init(&here, NULL, 0, tables, 1, &error)) return failed("stream", error);
    if (loci_stream_init(&there, NULL, 0, tables, 1, &error)) return failed("stream", error);

    if (loci_stream_push(here, NULL, 1, u, NULL, 500, 0, NULL, &error)) return failed("push", error);
    const size_t size = loci_stream_state_size(here);
    void *bytes = malloc(size);
    if (!bytes || loci_stream_save(here, 0, bytes, size, &error)) return failed("save", error);
    if (loci_stream_restore(there, 0, bytes, size, &error)) return failed("restore", error);
    printf("state after 500 samples: %zu bytes\n", size);

    if (loci_stream_push(here, NULL, 1, u + 500, NULL, 500, 500, whole, &error)) return failed("push", error);
    for (int k = 500; k < SAMPLES; k++) /* one by one this time */
        if (loci_stream_push(there, NULL, 1, u + k, NULL, 1, 1, parts, &error)) return failed("push", error);
    print_answer(SAMPLES, whole, 2);
    print_answer(SAMPLES, parts, 2);
    free(bytes);
    loci_stream_free(here);
    loci_stream_free(there);
    return memcmp(whole, parts, sizeof whole) != 0; /* to the bit */
}

int main(int argc, char **argv)
{
    loci_model *model;
    loci_stream_tables *tables;
    loci_error error;
    const int given = argc > 1;
    if (given ? load(&model, argv[1], &error) : small(&model, &error))
        return failed(given ? argv[1] : "model", error);
    if (loci_stream_tables_create(&tables, model, 0, 0, &error)) return failed("tables", error);
    const int status = given ? serve(model, tables) : show(tables);
    loci_stream_tables_free(tables);
    loci_model_free(model);
    return status;
}
