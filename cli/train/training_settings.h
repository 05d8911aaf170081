/* SPDX-License-Identifier: MIT
 * training_settings.h - what the options of `loci train` say, and what the library needs of it. */
#ifndef LOCI_CLI_TRAINING_SETTINGS_H
#define LOCI_CLI_TRAINING_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <loci/dataset.h>
#include <loci/model.h>
#include <loci/train.h>

#include "shared/options.h"

#define NOT_GIVEN SIZE_MAX

/* What was given of a field of the model's configuration, the i-th of loci_config_field, and how its option looks in
 * --help. */
typedef struct {
    const char *text;
    size_t count;
    double number;
    bool on, off; /* a flag's two options */
    char argument[64], help[128];
} training_field;

enum { TRAINING_FIELDS_MAX = 64 };

/* Without an option a text is NULL, a count NOT_GIVEN, a number NAN. */
typedef struct {
    const char *output, *log, *plot, *note;
    bool resume, restart, show;
    const char *preset, *from; /* the model */
    training_field field[TRAINING_FIELDS_MAX];
    const char *task, *label, *value, *group, *time, *decimal, *match, *except, *missing; /* the data */
    option_list columns;
    size_t permute, window, stride, skip, horizon;
    double valid, resample, test;
    bool gray, mono, bytes;
    size_t epochs, steps, batch, patience, seed, threads, shards; /* the training */
    double lr, lr_ssm, decay, warmup, clip;
    const char *augment, *precision;
} training_settings;

training_settings training_settings_none(void);

/* Rows of an option table: how data are read that are tables or files of sequences; texts: what is said of windows of them. */
/* clang-format off */
#define TRAINING_DATA_OPTIONS(s, texts)                                                                      \
    {"label", 0, OPTION_TEXT, &(s).label, "NAME",                                                            \
     "tables: the column of the class; files: where their names have it, '{label}_*' (the sub-folder)"},     \
    {"value", 0, OPTION_TEXT, &(s).value, "NAME", "tables: the column of a value to be learned instead"},    \
    {"group", 0, OPTION_TEXT, &(s).group, "NAME",                                                            \
     "tables: the column that names the sequence of a row; its rows, and windows of them, stay together"},   \
    {"window", 0, OPTION_COUNT, &(s).window, "n",                                                            \
     "tables: sequences are windows of n rows; the class or value is that of the last row" texts},           \
    {"stride", 0, OPTION_COUNT, &(s).stride, "n", "tables: a window every n rows (as long as they are)"},    \
    {"horizon", 0, OPTION_COUNT, &(s).horizon, "H",                                                          \
     "tables: what is learned of a window are the values of the H rows behind it, of --value or of all inputs"}, \
    {"column", 0, OPTION_LIST, &(s).columns, "NAME",                                                         \
     "tables: an input, several as a,b or by repeating it (all other columns of numbers)"},                  \
    {"time", 0, OPTION_TEXT, &(s).time, "NAME", "tables: the column of times, which is no input"},           \
    {"skip", 0, OPTION_COUNT, &(s).skip, "N", "text: lines to leave out at the beginning (0)"},              \
    {"decimal", 0, OPTION_TEXT, &(s).decimal, "CHARACTER", "text: what stands before decimals, . or , (.)"}, \
    {"missing", 0, OPTION_TEXT, &(s).missing, "refuse|hold",                                                 \
     "what to do with missing values of inputs: an error, or hold the last one of the sequence and count (refuse)"}, \
    {"match", 0, OPTION_TEXT, &(s).match, "GLOB", "files: only those whose names are like this"},            \
    {"except", 0, OPTION_TEXT, &(s).except, "GLOB", "files: not those whose names are like this"},           \
    {"resample", 0, OPTION_NUMBER, &(s).resample, "HZ", "sounds: to another rate"},                          \
    {"mono", 0, OPTION_FLAG, &(s).mono, NULL, "files: channels mixed to one"}
/* clang-format on */

/* Rows for the options that set the fields of a configuration, [*count], which point into the settings. Returns how many. */
size_t training_settings_fields(option *rows, training_settings *settings);

/* What can be wrong whatever the data are. A status, after saying what it is. */
int training_settings_check(const training_settings *settings);

/* The name of the preset that counts, for data of this kind. */
const char *training_settings_preset(const training_settings *settings, const char *kind);
/* The configuration of the model; what does not fit is said. */
int training_settings_model(loci_model_config *config, const training_settings *settings,
                            const loci_dataset_info *data);
/* The same of a model that begins as that of --from. */
int training_settings_from(loci_model_config *config, const training_settings *settings,
                           const loci_model_config *from, const loci_dataset_info *data);
/* The task that was asked for, else that of the targets. */
loci_task training_settings_task(const training_settings *settings, const loci_dataset_info *data);
uint64_t training_settings_seed(const training_settings *settings);
/* How the model is trained on data of this kind. */
loci_train_options training_settings_options(const training_settings *settings, const loci_model *model,
                                             const loci_dataset_info *data);
loci_dataset_options training_settings_data(const training_settings *settings);

/* The command that makes the same model, wherever that lies, as a line for a shell: data and the given options of the
 * page but for those about files, threads and ways of running. Released by free(); NULL: out of memory. */
char *training_settings_command(const options_page *page, size_t count, const char *const *data);

#endif
