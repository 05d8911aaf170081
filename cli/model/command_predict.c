/* SPDX-License-Identifier: MIT
 * command_predict.c - what a model answers to sequences in files: options. */
#include "shared/command.h"

#include <math.h>
#include <string.h>

#include "model/predict_run.h"
#include "shared/message.h"
#include "shared/options.h"
#include "shared/output_kind.h"
#include "shared/overwrite.h"

static int usage_check(predict_settings *s, const char *const *named, size_t count)
{
    size_t standard = 0;
    for (size_t i = 0; i < count; i++) standard += strcmp(named[i], "-") == 0;
    if (standard > 1)
        return message_usage("predict: standard input is named %zu times; once was expected", standard);
    if (!isnan(s->resample) && !(s->resample > 0))
        return message_usage("predict: --resample is %g; more than 0 Hz was expected", s->resample);
    if (source_missing_check(s->missing, "predict")) return STATUS_USAGE;
    if (s->top == 0) return message_usage("predict: --top is 0; at least 1 was expected");
    const int clash =
        overwrite_check(&(overwrite_files){named, &s->output, count, 1, NULL, false}, "predict");
    if (clash) return clash;
    output_kind kind;
    const int unknown =
        output_kind_or_csv(&kind, s->output, OUTPUT_CSV | OUTPUT_NPY | OUTPUT_JSON, "predict");
    if (unknown) return unknown;
    if (kind == OUTPUT_NPY && (s->json || s->top != SIZE_MAX))
        return message_usage(
            "predict: an array holds all answers as numbers; no --json and --top were expected");
    s->json = s->json || kind == OUTPUT_JSON;
    return source_check(&s->source, "predict");
}

int command_predict(int argc, char **argv)
{
    predict_settings s = {.source = SOURCE_DEFAULTS, .resample = NAN, .top = SIZE_MAX};
    s.source.timeless = true;
    const option table[] = {
        {"output", 'o', OPTION_OUTPUT, &s.output, "FILE",
         "where to: CSV, JSON where it ends in .json, or a NumPy array where it ends in .npy (standard output)"},
        {"top", 0, OPTION_COUNT, &s.top, "K", "the K likeliest classes instead of the probability of each"},
        {"json", 0, OPTION_FLAG, &s.json, NULL, "JSON instead of CSV"},
        {NULL, 0, OPTION_HEADING, NULL, NULL, "The files:"},
        {"sequences", 0, OPTION_FLAG, &s.sequences, NULL,
         "arrays of two dimensions are sequences of one input"},
        {"rate", 0, OPTION_NUMBER, &s.source.rate, "HZ",
         "samples a second, where a file does not tell (as the model was trained); the model's time is scaled to it"},
        {"resample", 0, OPTION_NUMBER, &s.resample, "HZ", "first bring the signals to this rate"},
        SOURCE_CONTENT_OPTIONS(s.source, "those of the training, or all that hold numbers"),
        {"missing", 0, OPTION_TEXT, &s.missing, "refuse|hold",
         "what to do with missing values: an error, or hold the channel's last value and count (as in the training)"},
    };
    const options_page page = {
        .command = "predict",
        .synopsis = "MODEL FILE... [OPTION]...",
        .purpose =
            "Say what a trained model answers to each sequence: the likeliest class and the probability of each, or values "
            "in the units of the targets; at every sample where it was trained so. A FILE is one sequence, of any length: "
            "a table as text, a NumPy array, audio, or '-' for standard input, with a channel for each input of the "
            "model (of one that learned from windows of a table the newest window is taken); or an array [sequences][samples][inputs]; or a folder of such files, or of folders of these. A file that cannot be read is "
            "told, and the others are gone on with.",
        .options = table,
        .count = sizeof table / sizeof table[0],
        .closing = "Examples:\n"
                   "  loci predict digits.safetensors seven.wav eight.wav\n"
                   "  loci predict digits.safetensors recordings/*.wav --top 1\n"
                   "  loci predict digits.safetensors narrow.wav --resample 4000",
        .operand = "MODEL FILE",
        .least = 2,
        .most = SIZE_MAX,
    };
    int status = options_parse(&page, &argc, argv);
    if (status == OPTIONS_GO) {
        status = usage_check(&s, (const char *const *)argv + 1, (size_t)argc - 1);
        if (!status) status = predict_run(argv[1], argv + 2, (size_t)argc - 2, &s);
    }
    options_release(&s.source.columns);
    return status;
}
