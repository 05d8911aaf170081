/* SPDX-License-Identifier: MIT
 * command_export.c - a model as C source for a microcontroller. */
#include "shared/command.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <loci/export.h>

#include "model/export_calibrate.h"
#include "model/export_check.h"
#include "model/export_folder.h"
#include "model/export_signal.h"
#include "model/model_noise.h"
#include "model/model_open.h"
#include "shared/message.h"
#include "shared/options.h"
#include "shared/output.h"
#include "shared/source.h"
#include "shared/words.h"

enum { NOISE = 256 };

/* How far the step may be from the stream, of the largest answer. What reads a bank adds up large numbers that nearly cancel. */
static double within_of(const loci_model *model)
{
    return loci_model_configuration(model)->layer == LOCI_LAYER_BANK ? 1e-3 : 1e-5;
}

typedef struct {
    const char *output, *prefix, *check, *weights, *calibrate;
    source_options source;
} settings;

static int usage_check(const settings *s)
{
    if (!s->output) return message_usage("export: -o is missing; a folder for the source was expected");
    if (strcmp(s->weights, "float") != 0 && strcmp(s->weights, "int8") != 0)
        return message_usage("export: --weights is \"%.40s\"; float or int8 was expected", s->weights);
    if (s->calibrate && strcmp(s->weights, "int8") != 0)
        return message_usage("export: --calibrate is about whole numbers; --weights int8 was expected, too");
    if (!s->check && source_asked(&s->source))
        return message_usage("export: how a signal is read was said, but --check is missing");
    return source_check(&s->source, "export");
}

/* What names begin with where it is not said: the model's file, without folder and ending, if names may begin so. */
static const char *prefix_of(char prefix[LOCI_EXPORT_PREFIX], const char *model)
{
    const char *name = strrchr(model, '/') ? strrchr(model, '/') + 1 : model;
    const size_t length = strcspn(name, ".");
    if (length >= LOCI_EXPORT_PREFIX) return "model";
    memcpy(prefix, name, length);
    prefix[length] = 0;
    return loci_export_check_prefix(prefix, NULL) == LOCI_OK ? prefix : "model";
}

/* ---- the samples that it is compared on ---- */

static int run_noise(export_check *check, const char *path)
{
    double *u = calloc(check->inputs, sizeof *u);
    uint64_t key = 1;
    int status = u ? STATUS_DONE : message_memory();
    for (int k = 0; k < NOISE && !status; k++) {
        for (size_t c = 0; c < check->inputs; c++) u[c] = model_noise_next(&key, c, check->model, &check->in);
        status = export_check_push(check, u, 1, path);
    }
    free(u);
    return status;
}

/* ---- all of it ---- */

static void tell_calibration(output *out, const export_calibration *c)
{
    const loci_calibration_result *r = &c->result;
    char sequences[WORDS_SIZE], floats[WORDS_SIZE], whole[WORDS_SIZE];
    output_format(
        out,
        "int8: of %s of %.200s %s %s, with floats %s; answers differ by %.2g at most, %.2g on the average\n",
        words_plural(sequences, r->sequences, "sequence"), c->path, words_share(whole, r->whole),
        loci_dataset_inspect(c->set).classes ? "are right" : "of the variance is explained",
        words_share(floats, r->floats), r->most, r->mean);
}

static int tell(const loci_export *program, const export_check *check, const export_calibration *calibration,
                const settings *s)
{
    loci_export_facts f = {.size = sizeof f};
    char constants[WORDS_SIZE], state[WORDS_SIZE], work[WORDS_SIZE], multiplies[WORDS_SIZE],
        functions[WORDS_SIZE], samples[WORDS_SIZE], name[LOCI_EXPORT_PREFIX + 16];
    loci_export_inspect(program, &f);
    loci_export_name(program, LOCI_EXPORT_SOURCE, name);
    output out;
    output_open(&out, NULL);
    output_format(&out, "%.200s: %s and its header, test, CMakeLists.txt, README.md\n", s->output, name);
    output_format(&out, "flash: %s of constants, and the code; RAM: %s of state, %s of stack\n",
                  words_bytes(constants, (double)f.constants), words_bytes(state, (double)f.state),
                  words_bytes(work, (double)f.work));
    output_format(&out, "a sample: %s multiply-adds, %s exponentials and the like\n",
                  words_count(multiplies, (uint64_t)f.multiplies),
                  words_count(functions, (uint64_t)f.functions));
    output_format(&out, "%s of %.200s: at most %.1e from loci stream, whose answers are %.3g to %.3g\n",
                  words_plural(samples, check->samples, "sample"), s->check ? s->check : "noise", check->gap,
                  check->least, check->most);
    if (s->calibrate) tell_calibration(&out, calibration);
    return output_close(&out);
}

static int create_message(const char *path, const loci_error *error)
{
    return error->status == LOCI_E_ARGUMENT ? message_usage("export: --%s", error->text)
                                            : message_error(path, error);
}

/* What whole numbers are to reach, from a step of floats. */
static int calibrate(export_calibration *calibration, const loci_model *model, const char *path,
                     const loci_export_options *options, const settings *s)
{
    loci_export *program;
    loci_error error;
    if (loci_export_create(&program, model, options, &error) != LOCI_OK) return create_message(path, &error);
    int status = export_calibrate_open(calibration, model, s->calibrate);
    if (!status) status = export_calibrate_floats(calibration, model, program);
    loci_export_free(program);
    return status;
}

static int export_model(const loci_model *model, const char *path, const settings *s)
{
    const char *const name = strrchr(path, '/') ? strrchr(path, '/') + 1 : path, *const origin =
                                                                                     strcmp(path, "-") == 0
                                                                                         ? NULL
                                                                                         : name;
    loci_export_options options = {.size = sizeof options, .prefix = s->prefix, .origin = origin};
    const double within = within_of(model);
    loci_export *program = NULL;
    export_check check = {0};
    export_calibration calibration = {0};
    loci_error error;
    int status = s->calibrate ? calibrate(&calibration, model, path, &options, s) : STATUS_DONE;
    if (strcmp(s->weights, "int8") == 0) options.weights = LOCI_EXPORT_INT8;
    options.ranges = s->calibrate && !status ? loci_calibration_ranges(calibration.calibration) : NULL;
    if (!status && loci_export_create(&program, model, &options, &error) != LOCI_OK)
        status = create_message(path, &error);
    if (!status && s->calibrate) status = export_calibrate_whole(&calibration, program);
    if (!status) status = export_check_open(&check, model, program, path);
    check.own = options.weights == LOCI_EXPORT_INT8;
    if (!status)
        status = s->check ? export_signal_run(&check, s->check, &s->source) : run_noise(&check, path);
    const loci_export_samples samples = {sizeof samples, check.kept, check.kept_in, check.kept_out, within};
    if (!status) status = export_folder_write(s->output, program, &samples);
    if (!status) status = tell(program, &check, &calibration, s);
    if (!status && !check.own && !(check.gap <= within * fmax(fabs(check.least), fabs(check.most))))
        message_warn("%s: the step is %.1e from loci stream; less than %g of the answers' range was expected",
                     path, check.gap, within);
    export_check_close(&check);
    export_calibrate_close(&calibration);
    loci_export_free(program);
    return status;
}

int command_export(int argc, char **argv)
{
    settings s = {.source = SOURCE_DEFAULTS, .weights = "float"};
    const option table[] = {
        {"output", 'o', OPTION_TEXT, &s.output, "DIR", "the folder that the source goes into"},
        {"prefix", 0, OPTION_TEXT, &s.prefix, "NAME",
         "what names of files, functions and types begin with (as the model's file, or \"model\")"},
        {"weights", 0, OPTION_TEXT, &s.weights, "float|int8",
         "of matrices: float, or whole numbers of 8 bits, a quarter of the flash"},
        {"calibrate", 0, OPTION_TEXT, &s.calibrate, "DATA",
         "int8: what is multiplied with them is of 8 bits, too, by what these sequences make of it; told is what that costs"},
        {"check", 0, OPTION_TEXT, &s.check, "SIGNAL",
         "compare on this signal, and put its first samples into the test (noise)"},
        {NULL, 0, OPTION_HEADING, NULL, NULL, "The signal:"},
        SOURCE_CONTENT_OPTIONS(s.source, "those of the training, or all that hold numbers"),
    };
    const options_page page = {
        .command = "export",
        .synopsis = "MODEL -o DIR [OPTION]...",
        .purpose =
            "Write a trained model as C99 for a microcontroller: one header and one source file with a state, a function that "
            "begins it and a function that takes a sample and gives the answer so far. No allocation, no library but for square roots, "
            "single precision alone. A test, CMakeLists.txt and a README that tells flash, RAM and operations stand beside "
            "them.\n"
            "\n"
            "The steps' text is what the library itself runs: before anything is written, samples go through it and through "
            "'loci stream', and the largest difference is told.",
        .options = table,
        .count = sizeof table / sizeof table[0],
        .closing = "Examples:\n"
                   "  loci export digits.safetensors -o firmware/digits\n"
                   "  loci export digits.safetensors -o digits --check seven.wav",
        .operand = "MODEL",
        .least = 1,
        .most = 1,
    };
    int status = options_parse(&page, &argc, argv);
    if (status == OPTIONS_GO) {
        loci_model *model = NULL;
        char prefix[LOCI_EXPORT_PREFIX];
        status = usage_check(&s);
        if (!s.prefix) s.prefix = prefix_of(prefix, argv[1]);
        if (!status) status = export_folder_check(s.output, s.prefix);
        if (!status) status = model_read(&model, argv[1]);
        if (!status) status = export_model(model, argv[1], &s);
        loci_model_free(model);
    }
    options_release(&s.source.columns);
    return status;
}
