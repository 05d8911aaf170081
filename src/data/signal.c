/* SPDX-License-Identifier: MIT
 * signal.c - a signal from a file of any kind: which kind it is, the channels that are wanted, names and positions. */
#include "data/signal.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/allocate.h"
#include "base/sized.h"
#include "base/status.h"
#include "data/columns.h"
#include "data/container.h"

enum { PIECE = 32768 }; /* numbers that are read at once where not all are handed on */

/* --- which kind of file --- */

/* Text holds none of the control characters but tab, line feed, form feed and carriage return. */
static bool is_text(const unsigned char *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++)
        if (bytes[i] < 0x20 && bytes[i] != '\t' && bytes[i] != '\n' && bytes[i] != '\f' && bytes[i] != '\r')
            return false;
    return true;
}

/* Text of two bytes a character, of which one is 0: without the mark that should tell. */
static bool is_wide_text(const unsigned char *bytes, size_t size)
{
    if (size < 4) return false;
    size_t zeros[2] = {0, 0};
    for (size_t i = 0; i < 4; i++) zeros[i % 2] += bytes[i] == 0;
    const size_t other = zeros[0] == 2 ? 1 : 0;
    if (zeros[0] + zeros[1] != 2 || zeros[other] != 0) return false;
    for (size_t i = other; i < size; i += 2)
        if (bytes[i] < 0x20 && bytes[i] != '\t' && bytes[i] != '\n' && bytes[i] != '\r') return false;
    return size >= 8;
}

/* What people hand in by mistake, or before unpacking it. */
static const char *known_stranger(const unsigned char *bytes, size_t size)
{
    static const struct {
        const char *magic;
        size_t size;
        const char *what;
    } strangers[] = {
        {"\xFF\xFE", 2, "UTF-16 text; UTF-8"},
        {"\xFE\xFF", 2, "UTF-16 text; UTF-8"},
        {"\xFD"
         "7zXZ",
         5, "compressed by xz; an uncompressed file"},
        {"\x28\xB5\x2F\xFD", 4, "compressed by zstd; an uncompressed file"},
        {"BZh", 3, "compressed by bzip2; an uncompressed file"},
        {"PK\x03\x04", 4, "a zip archive; one of the files in it"},
        {"\x89HDF\r\n\x1A\n", 8, "an HDF5 file; CSV, NPY or audio"},
        {"%PDF-", 5, "a PDF document; CSV, NPY or audio"},
    };
    for (size_t i = 0; i < sizeof strangers / sizeof strangers[0]; i++)
        if (size >= strangers[i].size && memcmp(bytes, strangers[i].magic, strangers[i].size) == 0)
            return strangers[i].what;
    return NULL;
}

static loci_status recognise(loci_signal *signal, const loci_signal_options *options, loci_error *error)
{
    loci_input *input = &signal->input;
    if (options->raw != LOCI_RAW_NONE) {
        signal->format = &loci_signal_raw;
        return LOCI_OK;
    }
    /* Numbers begin no other file: they need not be waited for. */
    const unsigned char *bytes = input->buffer + input->start;
    const bool number = (*bytes >= '0' && *bytes <= '9') || *bytes == '-' || *bytes == '+';
    const loci_status status = loci_input_fill(input, number ? 1 : 16, error);
    if (status != LOCI_OK) return status;
    bytes = input->buffer + input->start;
    const size_t size = loci_input_held(input) < 4096 ? loci_input_held(input) : 4096;
    const char *stranger = known_stranger(bytes, size);
    if (!stranger && is_wide_text(bytes, size)) stranger = "UTF-16 text; UTF-8";
    if (stranger) return loci_fail(error, LOCI_E_FORMAT, "%s: is %s was expected", input->name, stranger);
    if (size >= 6 && memcmp(bytes, "\x93NUMPY", 6) == 0)
        signal->format = &loci_signal_npy;
    else if (loci_container_begins(bytes, size))
        signal->format = &loci_signal_audio;
    else if (is_text(bytes, size))
        signal->format = &loci_signal_csv;
    else if (input->length != LOCI_INPUT_LENGTH_UNKNOWN)
        signal->format = &loci_signal_audio;
    else
        return loci_fail(
            error, LOCI_E_FORMAT,
            "%s: is neither text, nor an NPY array, nor audio of plain samples (WAV, AU, AIFF, CAF); only these and raw samples "
            "can be read from a pipe",
            input->name);
    return LOCI_OK;
}

/* --- remarks --- */

void loci_signal_say(loci_signal *signal, const char *format, ...)
{
    if (signal->remark_count == LOCI_SIGNAL_REMARKS) return;
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(signal->remarks[signal->remark_count++], LOCI_SIGNAL_REMARK, format, arguments);
    va_end(arguments);
}

const char *loci_signal_remark(const loci_signal *signal, size_t k)
{
    return k < signal->remark_count ? signal->remarks[k] : NULL;
}

const char *loci_signal_time_like(const loci_signal *signal)
{
    return signal->time_like;
}

/* --- opening --- */

loci_status loci_signal_set_names(loci_signal *signal, const char *const *names, loci_error *error)
{
    const size_t count = signal->info.channels;
    size_t total = count * sizeof(char *);
    for (size_t c = 0; c < count; c++) total += names ? strlen(names[c]) + 1 : 24;
    char **copies = loci_allocate(total, 1);
    if (!copies) return loci_fail(error, LOCI_E_MEMORY, "%s: out of memory", signal->input.name);
    char *text = (char *)(copies + count), *end = (char *)copies + total;
    for (size_t c = 0; c < count; c++) {
        copies[c] = text;
        if (names)
            memcpy(text, names[c], strlen(names[c]) + 1);
        else
            snprintf(text, (size_t)(end - text), count == 1 ? "u" : "u%zu", c);
        text += strlen(text) + 1;
    }
    loci_free(signal->names);
    signal->names = copies;
    signal->named = false;
    return LOCI_OK;
}

/* Room for what is selected from, or mixed. */
static bool frames_make(loci_signal *signal)
{
    signal->frame_count = signal->channels < PIECE ? PIECE / signal->channels : 1;
    signal->frames = loci_allocate(signal->frame_count * signal->channels, sizeof *signal->frames);
    return signal->frames != NULL;
}

/* options->columns of a file whose format does not know of columns: channels by name or number. */
static loci_status select_channels(loci_signal *signal, const loci_signal_options *options, loci_error *error)
{
    const char *file = signal->input.name;
    if (options->time_column)
        return loci_fail(error, LOCI_E_ARGUMENT, "%s: is no CSV file, so that it has no column of times",
                         file);
    signal->info.channels = signal->channels;
    loci_status status = loci_signal_set_names(signal, NULL, error);
    if (status != LOCI_OK || !options->columns) return status;

    size_t count;
    status = loci_columns_select(&signal->selected, &count, file, (const char *const *)signal->names,
                                 signal->channels, options->columns, options->column_count, error);
    if (status != LOCI_OK) return status;
    const char **names = loci_allocate(count, sizeof *names);
    if (!names || !frames_make(signal)) status = loci_fail(error, LOCI_E_MEMORY, "%s: out of memory", file);
    for (size_t c = 0; c < count && status == LOCI_OK; c++) names[c] = signal->names[signal->selected[c]];
    if (status == LOCI_OK) {
        signal->info.channels = count;
        status = loci_signal_set_names(signal, names, error);
    }
    loci_free(names);
    return status;
}

static bool ends_in_gz(const char *path)
{
    const size_t length = strlen(path);
    return length > 3 && strcmp(path + length - 3, ".gz") == 0;
}

/* All channels that are read become one. */
static loci_status mix_channels(loci_signal *signal, loci_error *error)
{
    const char *file = signal->input.name;
    if (signal->info.channels < 2) return LOCI_OK;
    signal->mixed = signal->info.channels;
    signal->info.channels = 1;
    if (!signal->frames && !frames_make(signal))
        return loci_fail(error, LOCI_E_MEMORY, "%s: out of memory", file);
    return loci_signal_set_names(signal, NULL, error);
}

loci_status loci_signal_open(loci_signal **result, const char *path, const loci_signal_options *given,
                             loci_error *error)
{
    loci_signal_options whole = {0};
    const loci_signal_options *options = &whole;
    *result = NULL;
    if (given) {
        const loci_status status = LOCI_SIZED_TAKE(&whole, given, "loci_signal_options", error);
        if (status) return status;
    }
    loci_signal *signal = loci_allocate(1, sizeof *signal);
    if (!signal) return loci_fail(error, LOCI_E_MEMORY, "%.100s: out of memory", path);
    loci_status status = loci_input_open(&signal->input, path, error);
    if (status != LOCI_OK) {
        loci_free(signal);
        return status;
    }
    /* raw samples may begin as gzip does: there the name tells */
    if (options->raw == LOCI_RAW_NONE || ends_in_gz(path)) status = loci_input_unpack(&signal->input, error);
    if (status == LOCI_OK) status = loci_input_fill(&signal->input, 1, error);
    if (status == LOCI_OK && loci_input_held(&signal->input) == 0)
        status = loci_fail(error, LOCI_E_FORMAT, "%s: is empty", signal->input.name);
    if (status == LOCI_OK) status = recognise(signal, options, error);
    if (status == LOCI_OK) status = signal->format->open(signal, options, error);
    if (status == LOCI_OK && !signal->format->has_columns) status = select_channels(signal, options, error);
    if (status == LOCI_OK && options->mono) status = mix_channels(signal, error);
    if (status != LOCI_OK) {
        loci_signal_close(signal);
        return status;
    }
    *result = signal;
    return LOCI_OK;
}

void loci_signal_close(loci_signal *signal)
{
    if (!signal) return;
    if (signal->format && signal->format->close) signal->format->close(signal);
    loci_input_close(&signal->input);
    loci_free(signal->names);
    loci_free(signal->time_like);
    loci_free(signal->selected);
    loci_free(signal->frames);
    loci_free(signal);
}

/* --- reading --- */

void loci_signal_inspect_sized(const loci_signal *signal, loci_signal_info *info, size_t size)
{
    loci_sized_give(info, size, &signal->info, sizeof signal->info);
}

const char *loci_signal_channel(const loci_signal *signal, size_t c)
{
    return c < signal->info.channels ? signal->names[c] : NULL;
}

/* y [n]: the mean of `count` channels of u [n][channels], those of the numbers chosen [count] or, if NULL, the first ones. */
static void mix(double *y, const double *u, size_t n, size_t channels, const size_t *chosen, size_t count)
{
    for (size_t k = 0; k < n; k++) {
        double sum = 0;
        for (size_t c = 0; c < count; c++) sum += u[k * channels + (chosen ? chosen[c] : c)];
        y[k] = sum / (double)count;
    }
}

/* The channels that are wanted, of n frames. */
static void pick(double *u, const loci_signal *signal, size_t n)
{
    const size_t wanted = signal->info.channels;
    for (size_t k = 0; k < n; k++)
        for (size_t c = 0; c < wanted; c++)
            u[k * wanted + c] = signal->frames[k * signal->channels + signal->selected[c]];
}

loci_status loci_signal_read(loci_signal *signal, double *u, double *t, size_t capacity, size_t *count,
                             loci_error *error)
{
    *count = 0;
    signal->given += signal->last;
    signal->last = 0;
    if (capacity == 0) return LOCI_OK;
    loci_status status;
    if (!signal->frames) {
        status = signal->format->read(signal, u, t, capacity, count, error);
    } else {
        const size_t room = capacity < signal->frame_count ? capacity : signal->frame_count;
        status = signal->format->read(signal, signal->frames, t, room, count, error);
        if (signal->mixed)
            mix(u, signal->frames, *count, signal->channels, signal->selected, signal->mixed);
        else
            pick(u, signal, *count);
    }
    if (status != LOCI_OK) *count = 0;
    signal->last = *count;
    return status;
}

/* By reading what cannot be passed over. */
static loci_status read_over(loci_signal *signal, uint64_t n, loci_error *error)
{
    const size_t channels = signal->info.channels, most = channels < PIECE ? PIECE / channels : 1;
    double *u = loci_allocate(most * channels, sizeof *u), *t = loci_allocate(most, sizeof *t);
    loci_status status =
        u && t ? LOCI_OK : loci_fail(error, LOCI_E_MEMORY, "%s: out of memory", signal->input.name);
    while (n > 0 && status == LOCI_OK) {
        size_t count;
        status = loci_signal_read(signal, u, signal->info.stamped ? t : NULL, n < most ? (size_t)n : most,
                                  &count, error);
        if (status == LOCI_OK && count == 0)
            status = loci_fail(error, LOCI_E_RANGE, "%s: ends after %llu samples; %llu more were expected",
                               signal->input.name, (unsigned long long)signal->given, (unsigned long long)n);
        n -= count;
    }
    loci_free(u);
    loci_free(t);
    return status;
}

loci_status loci_signal_skip(loci_signal *signal, uint64_t n, loci_error *error)
{
    const uint64_t all = signal->info.samples, done = signal->given + signal->last;
    loci_status status = LOCI_E_UNSUPPORTED;
    if (n == 0) return LOCI_OK;
    if (all > 0 && (done > all || n > all - done))
        return loci_fail(error, LOCI_E_RANGE, "%s: has %llu samples; %llu were to be passed over",
                         signal->input.name, (unsigned long long)all, (unsigned long long)(done + n));
    if (all > 0 && signal->format->pass) status = signal->format->pass(signal, n, error);
    if (status == LOCI_E_UNSUPPORTED) return read_over(signal, n, error);
    signal->given = done + n;
    signal->last = 0;
    return status;
}

void loci_signal_position(const loci_signal *signal, size_t k, char *text, size_t size)
{
    if (signal->format->position)
        signal->format->position(signal, k, text, size);
    else
        snprintf(text, size, "sample %llu", (unsigned long long)(signal->given + k));
}
