/* SPDX-License-Identifier: MIT
 * trainer_case.h - small labelled sets and models to train with: arrays of one length, sounds of many lengths, in folders of a
 * temporary folder that teardown removes. */
#ifndef LOCI_TESTS_TRAINER_CASE_H
#define LOCI_TESTS_TRAINER_CASE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <loci/data.h>
#include <loci/train.h>

#include "base/random.h"
#include "near.h"
#include "temporary.h"

static char training_folders[8][64];
static size_t training_folder_count;

static inline int training_teardown(void **state)
{
    char top[64];
    int failed = 0;
    strcpy(top, temporary_folder);
    for (size_t i = 0; i < training_folder_count; i++) {
        strcpy(temporary_folder, training_folders[i]);
        failed |= temporary_teardown(state);
    }
    strcpy(temporary_folder, top);
    return failed | temporary_teardown(state);
}

/* A new folder within the temporary one. */
static inline const char *training_folder(const char *name)
{
    assert_true(training_folder_count < 8);
    char *path = training_folders[training_folder_count++];
    snprintf(path, sizeof training_folders[0], "%.40s/%.20s", temporary_folder, name);
    assert_int_equal(mkdir(path, 0700), 0);
    return path;
}

static inline void training_array(const char *folder, const char *name, const double *x, const size_t *shape,
                                  size_t dimensions)
{
    char path[256];
    loci_error error;
    snprintf(path, sizeof path, "%.100s/%.30s", folder, name);
    if (loci_npy_write(path, x, shape, dimensions, 1, &error)) fail_msg("%s", error.text);
}

/* Sample l of sequence i of the class: noise, and a wave whose frequency is the class's. */
static inline double training_sample(size_t class, size_t i, size_t l, uint64_t seed)
{
    const uint64_t key = loci_random_key(seed, i);
    const double phase = 6.28 * loci_random_uniform(key, 0);
    return 0.5 * sin(0.15 * (double)(class + 1) * (double)l + phase) +
           0.2 * (loci_random_uniform(key, l + 1) - 0.5);
}

/* A folder of arrays: `sequences` for training and half as many for tests, `inputs` alike but for a factor. */
static inline const char *training_arrays(const char *name, size_t sequences, size_t L, size_t inputs,
                                          size_t classes)
{
    const char *folder = training_folder(name);
    for (int test = 0; test < 2; test++) {
        const size_t count = test ? (sequences + 1) / 2 : sequences, shape[] = {count, L, inputs};
        double *x = calloc(count * L * inputs, sizeof *x), *y = calloc(count, sizeof *y);
        assert_true(x && y);
        for (size_t i = 0; i < count; i++) {
            y[i] = (double)(i % classes);
            for (size_t l = 0; l < L; l++)
                for (size_t c = 0; c < inputs; c++)
                    x[(i * L + l) * inputs + c] =
                        (double)(c + 1) * training_sample(i % classes, i, l, test ? 2 : 1);
        }
        training_array(folder, test ? "test_x.npy" : "train_x.npy", x, shape, 3);
        training_array(folder, test ? "test_y.npy" : "train_y.npy", y, shape, 1);
        free(x), free(y);
    }
    return folder;
}

static inline void training_put(FILE *file, uint32_t value, int bytes)
{
    for (int i = 0; i < bytes; i++) fputc((int)(value >> (8 * i) & 255), file);
}

/* A folder of sounds "CLASS_NUMBER.wav" of 8000 Hz, with `shortest` to `longest` samples. */
static inline const char *training_sounds(const char *name, size_t sequences, size_t shortest, size_t longest,
                                          size_t classes)
{
    const char *folder = training_folder(name);
    for (size_t i = 0; i < sequences; i++) {
        char path[256];
        const size_t L = i == 0 ? shortest
                         : i == 1
                             ? longest
                             : shortest + (size_t)(loci_random_uniform(77, i) * loci_random_uniform(78, i) *
                                                   (double)(longest - shortest));
        snprintf(path, sizeof path, "%.100s/%zu_%03zu.wav", folder, i % classes, i);
        FILE *file = fopen(path, "wb");
        assert_non_null(file);
        const uint32_t bytes = (uint32_t)(2 * L);
        fputs("RIFF", file), training_put(file, 36 + bytes, 4), fputs("WAVEfmt ", file);
        training_put(file, 16, 4), training_put(file, 1, 2), training_put(file, 1, 2);
        training_put(file, 8000, 4), training_put(file, 16000, 4), training_put(file, 2, 2);
        training_put(file, 16, 2), fputs("data", file), training_put(file, bytes, 4);
        for (size_t l = 0; l < L; l++)
            training_put(file, (uint32_t)(int32_t)(32000 * training_sample(i % classes, i, l, 3)), 2);
        assert_int_equal(fclose(file), 0);
    }
    return folder;
}

static inline loci_dataset *training_open(const char *folder, int test, const char *label)
{
    loci_dataset *set;
    loci_error error;
    const loci_dataset_options options = {.test = test, .reading.label = label};
    if (loci_dataset_open(&set, folder, &options, &error)) fail_msg("%s", error.text);
    return set;
}

/* Two S4D layers, initialised; pre-norm, with dropout. */
static inline loci_model *training_model(size_t inputs, size_t classes, size_t width)
{
    loci_model *model;
    loci_error error;
    loci_model_config config;
    assert_int_equal(loci_model_preset(&config, "audio", inputs, classes, NULL), LOCI_OK);
    config.layers = 2, config.width = width, config.order = 8;
    config.dt_min = 0.01, config.dt_max = 0.3;
    if (loci_model_create(&model, &config, &error)) fail_msg("%s", error.text);
    loci_model_initialize(model, 5);
    return model;
}

static inline loci_trainer *training_trainer(loci_model *model, const loci_dataset *set,
                                             const loci_dataset *valid, const loci_train_options *options)
{
    loci_trainer *trainer;
    loci_error error;
    if (loci_trainer_create(&trainer, model, set, valid, options, &error)) fail_msg("%s", error.text);
    return trainer;
}

/* The report of the last of `count` steps. */
static inline loci_train_report training_steps(loci_trainer *trainer, size_t count)
{
    loci_train_report report = {0};
    loci_error error;
    for (size_t i = 0; i < count; i++)
        if (loci_trainer_step(trainer, &report, &error)) fail_msg("%s", error.text);
    return report;
}

#endif
