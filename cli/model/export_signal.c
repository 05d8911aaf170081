/* SPDX-License-Identifier: MIT
 * export_signal.c - a signal through an exported step and a stream. */
#include "model/export_signal.h"

#include <stdlib.h>

#include "model/trained_columns.h"
#include "shared/message.h"

typedef struct {
    export_check *check;
    source from;
    bool gray;
    double *u;        /* [channels]: the sample; before, the one before */
    uint64_t missing; /* values that others stood for */
} job;

static int refuse(const job *j, size_t k, size_t c, double value)
{
    char place[64], expected[80];
    const char *path = j->from.path, *name = loci_signal_channel(j->from.signal, c);
    loci_signal_position(j->from.signal, k, place, sizeof place);
    if (isnan(value))
        return message_fail("%s: %s: \"%s\" is missing or not finite; a number was expected", path, place,
                            name);
    return message_fail("%s: %s: \"%s\" is %g; %s was expected", path, place, name, value,
                        model_input_expected(expected, sizeof expected, &j->check->in));
}

/* Sample k of the piece. */
static int put(job *j, size_t k)
{
    const size_t channels = j->from.info.channels;
    for (size_t c = 0; c < channels; c++) {
        const double value = j->from.u[k * channels + c];
        if (isnan(value) && j->from.missing == LOCI_MISSING_HOLD && j->from.samples + k > 0) {
            j->missing++;
            continue;
        }
        if (!isfinite((float)value) || !model_input_good(&j->check->in, j->gray ? 0 : c, value))
            return refuse(j, k, c, value);
        j->u[c] = value;
    }
    const double gray = j->gray ? 0.299 * j->u[0] + 0.587 * j->u[1] + 0.114 * j->u[2] : 0;
    return export_check_push(j->check, j->gray ? &gray : j->u, 1, j->from.path);
}

/* As in the training, where nothing else was asked for. */
static int signal_open(job *j, const char *path, const source_options *asked)
{
    const loci_model_about *about = loci_model_description(j->check->model);
    const size_t inputs = j->check->inputs;
    trained_columns columns;
    int status = trained_columns_open(&columns, path, asked, &about->reading, inputs);
    if (!status) status = source_open(&j->from, path, &columns.options, about->rate);
    trained_columns_close(&columns);
    if (status) return status;
    const size_t channels = j->from.info.channels;
    j->gray = about->reading.gray && inputs == 1 && channels == 3;
    if (!j->gray && channels != inputs)
        return message_fail("%s: it has %zu channel%s; %zu, as many as the model has inputs, %s expected "
                            "(--column chooses)",
                            path, channels, channels == 1 ? "" : "s", inputs, inputs == 1 ? "was" : "were");
    j->from.missing = about->reading.hold ? LOCI_MISSING_HOLD : LOCI_MISSING_REFUSE;
    trained_columns_tell(path, asked, &about->reading, j->from.signal);
    j->u = calloc(channels, sizeof *j->u);
    return j->u ? STATUS_DONE : message_memory();
}

int export_signal_run(export_check *check, const char *path, const source_options *asked)
{
    job j = {.check = check};
    int status = signal_open(&j, path, asked);
    while (!status && j.from.count > 0) {
        for (size_t k = 0; k < j.from.count && !status; k++) status = put(&j, k);
        if (!status) status = source_next(&j.from);
    }
    source_missing_tell(path, j.missing);
    source_close(&j.from);
    free(j.u);
    return status;
}
