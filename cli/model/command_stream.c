/* SPDX-License-Identifier: MIT
 * command_stream.c - run a model on a signal as it arrives, sample by sample: options. */
#include "shared/command.h"

#include <math.h>
#include <string.h>

#include "draw/chart.h"
#include "model/stream_run.h"
#include "shared/ending.h"
#include "shared/message.h"
#include "shared/options.h"
#include "shared/output.h"
#include "shared/output_kind.h"

static int files_check(const stream_settings *s, const char *model, const char *signal)
{
    const char *const sources[] = {model, signal, s->state.in}, *const names[] = {"model", "signal",
                                                                                  "state to begin with"};
    const char *const targets[] = {s->output, s->plot, s->state.out};
    for (size_t t = 0; t < 3; t++)
        for (size_t i = 0; i < (t == 2 ? 2 : 3); i++) /* a state may take the place of the one before */
            if (targets[t] && sources[i] && output_same_file(sources[i], targets[t]))
                return message_usage("stream: %s is the %s itself; another file was expected", targets[t],
                                     names[i]);
    for (size_t t = 0; t < 3; t++)
        for (size_t i = 0; i < t; i++)
            if (targets[t] && targets[i] && output_same_place(targets[i], targets[t]))
                return message_usage("stream: %s is named for two things that are written", targets[t]);
    return STATUS_DONE;
}

static int usage_check(stream_settings *s, const char *model, const char *signal)
{
    const bool elsewhere = s->output && strcmp(s->output, "-") != 0,
               drawn = s->plot && strcmp(s->plot, "-") == 0;
    if (strcmp(model, "-") == 0)
        return message_usage("stream: the model cannot come from standard input; a file was expected");
    if (source_missing_check(s->missing, "stream")) return STATUS_USAGE;
    if (s->chunk != STREAM_NOT_GIVEN && (s->chunk < 1 || s->chunk > STREAM_CHUNK_MOST))
        return message_usage("stream: --chunk is %zu; 1 to %d was expected", s->chunk, STREAM_CHUNK_MOST);
    if (s->window == 0) return message_usage("stream: --window is 0; 1 sample or more was expected");
    if (s->window != STREAM_NOT_GIVEN && (s->state.in || s->state.out))
        return message_usage(
            "stream: with --window nothing older counts, so there is no state to be kept; no "
            "--state-in and --state-out were expected");
    if (s->source.time && (s->window != STREAM_NOT_GIVEN || !isnan(s->resample)))
        return message_usage("stream: with --time each sample lasts as long as it does; no --%s was expected",
                             s->window != STREAM_NOT_GIVEN ? "window" : "resample");
    if (!isnan(s->resample) && !(s->resample > 0))
        return message_usage("stream: --resample is %g; more than 0 Hz was expected", s->resample);
    if (drawn && s->output && !elsewhere)
        return message_usage(
            "stream: the chart and the numbers both go to standard output; -o with a file was expected");
    if (drawn && s->json && !elsewhere)
        return message_usage(
            "stream: --json and --plot - both go to standard output; -o with a file was expected");
    if (s->output && (ending_is(s->output, ".svg") || ending_is(s->output, ".png")))
        return message_usage("stream: -o is for numbers; --plot %s draws", s->output);
    int status = state_file_check(&s->state, "stream");
    if (status) return status;
    output_kind kind = OUTPUT_CSV;
    const bool taken = s->output && output_same_file(model, s->output); /* which is said later */
    const int unknown =
        taken ? STATUS_DONE : output_kind_of(&kind, s->output, OUTPUT_CSV | OUTPUT_JSON, "stream");
    if (unknown) return unknown;
    s->json = s->json || kind == OUTPUT_JSON;
    loci_error error;
    if (s->plot && chart_check(s->plot, &error) != LOCI_OK)
        return error.status == LOCI_E_ARGUMENT ? message_usage("stream: --plot: %s", error.text)
                                               : message_fail("--plot: %s", error.text);
    status = files_check(s, model, signal);
    return status ? status : source_check(&s->source, "stream");
}

int command_stream(int argc, char **argv)
{
    stream_settings s = {.source = SOURCE_DEFAULTS,
                         .every = STREAM_NOT_GIVEN,
                         .chunk = STREAM_NOT_GIVEN,
                         .window = STREAM_NOT_GIVEN,
                         .resample = NAN};
    const option table[] = {
        {"every", 0, OPTION_COUNT, &s.every, "K",
         "an answer after every K samples since the signal's begin; 0: only at its end (ten a second, or, where no rate is "
         "known, after each sample; and at the end)"},
        {"window", 0, OPTION_COUNT, &s.window, "K",
         "answers are about the newest samples alone, K/2 to K of them, as if the signal had begun there (all)"},
        STATE_FILE_OPTIONS(s.state),
        {"chunk", 0, OPTION_COUNT, &s.chunk, "N",
         "wait for N samples before they go through the model at once, which is faster (as many as have come)"},
        {"latency", 0, OPTION_FLAG, &s.latency, NULL,
         "say on standard error how long the model worked on a sample: median, 99 %, longest"},
        {NULL, 0, OPTION_HEADING, NULL, NULL, "The signal:"},
        {"rate", 0, OPTION_NUMBER, &s.source.rate, "HZ",
         "samples a second, where the file does not tell (as the model was trained); the model's time is scaled to it"},
        {"time", 0, OPTION_TEXT, &s.source.time, "COLUMN",
         "each sample has a time, in this column, and lasts, for the model, as long as since the one before"},
        {"resample", 0, OPTION_NUMBER, &s.resample, "HZ", "first bring the signal to this rate"},
        SOURCE_CONTENT_OPTIONS(s.source, "those of the training, or all that hold numbers"),
        {"missing", 0, OPTION_TEXT, &s.missing, "refuse|hold",
         "what to do with missing values: end with an error, or hold the channel's last value (as in the training)"},
        {NULL, 0, OPTION_HEADING, NULL, NULL, "Where the answers go:"},
        {"output", 'o', OPTION_OUTPUT, &s.output, "FILE", "into a file (standard output)"},
        {"json", 0, OPTION_FLAG, &s.json, NULL, "a line of JSON for each instead of CSV"},
        {"plot", 0, OPTION_OUTPUT, &s.plot, "FILE",
         "draw a chart instead of the numbers, which -o or --json asks for as well: .svg, .png, or '-': in the terminal"},
    };
    const options_page page = {
        .command = "stream",
        .synopsis = "MODEL [SIGNAL|-] [OPTION]...",
        .purpose =
            "Run a trained model on a signal as it arrives, in fixed memory, for ever. Of a model with classes each answer is "
            "the class it finds most likely so far and the probability of each, of another one its outputs. From a pipe, "
            "answers are written as soon as they are known. However the signal is cut, the answers are the same.\n"
            "\n"
            "SIGNAL is what 'loci remember' takes: a table as text, a NumPy array, audio, or '-' (without it standard "
            "input), with a channel for each input of the model.",
        .options = table,
        .count = sizeof table / sizeof table[0],
        .closing = "Examples:\n"
                   "  arecord -f S16_LE -r 8000 -c 1 -t raw | \\\n"
                   "    loci stream digits.safetensors - --raw s16le --window 4000\n"
                   "  loci stream digits.safetensors seven.wav --every 0\n"
                   "  loci stream digits.safetensors part1.wav --state-out s && \\\n"
                   "    loci stream digits.safetensors part2.wav --state-in s",
        .operand = "MODEL SIGNAL",
        .least = 1,
        .most = 2,
    };
    int status = options_parse(&page, &argc, argv);
    if (status == OPTIONS_GO) {
        const char *signal = argc > 2 ? argv[2] : "-";
        status = usage_check(&s, argv[1], signal);
        if (!status) status = stream_run(argv[1], signal, &s);
    }
    options_release(&s.source.columns);
    return status;
}
