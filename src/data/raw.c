/* SPDX-License-Identifier: MIT
 * raw.c - bytes that are nothing but samples, interleaved, little-endian. */
#include "data/signal.h"

#include <string.h>

#include "base/status.h"

typedef struct {
    size_t size; /* bytes of one number */
    void (*convert)(double *out, const unsigned char *bytes, size_t count);
} raw_kind;

static void convert_f32le(double *out, const unsigned char *bytes, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const unsigned char *b = bytes + 4 * i;
        const uint32_t word =
            (uint32_t)b[0] | (uint32_t)b[1] << 8 | (uint32_t)b[2] << 16 | (uint32_t)b[3] << 24;
        float value;
        memcpy(&value, &word, sizeof value);
        out[i] = (double)value;
    }
}

static void convert_s16le(double *out, const unsigned char *bytes, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const uint16_t word = (uint16_t)(bytes[2 * i] | bytes[2 * i + 1] << 8);
        int16_t value;
        memcpy(&value, &word, sizeof value);
        out[i] = value * (1.0 / 32768);
    }
}

static void convert_u8(double *out, const unsigned char *bytes, size_t count)
{
    for (size_t i = 0; i < count; i++) out[i] = (bytes[i] - 128) * (1.0 / 128);
}

static const raw_kind kinds[] = {
    [LOCI_RAW_F32LE] = {4, convert_f32le},
    [LOCI_RAW_S16LE] = {2, convert_s16le},
    [LOCI_RAW_U8] = {1, convert_u8},
};

static loci_status raw_open(loci_signal *signal, const loci_signal_options *options, loci_error *error)
{
    const loci_input *input = &signal->input;
    if ((size_t)options->raw >= sizeof kinds / sizeof kinds[0])
        return loci_fail(error, LOCI_E_ARGUMENT, "%s: there is no kind %d of raw samples", input->name,
                         (int)options->raw);
    signal->channels = options->channels == 0 ? 1 : options->channels;
    if (signal->channels > LOCI_SIGNAL_CHANNELS)
        return loci_fail(error, LOCI_E_ARGUMENT, "%s: %zu channels were asked for; 1 to %d were expected",
                         input->name, signal->channels, LOCI_SIGNAL_CHANNELS);
    signal->raw = options->raw;
    const size_t frame = kinds[options->raw].size * signal->channels;
    if (input->length != LOCI_INPUT_LENGTH_UNKNOWN) {
        if (input->length % frame != 0)
            return loci_fail(
                error, LOCI_E_FORMAT,
                "%s: has %llu bytes; a multiple of %zu, the bytes of a sample of all channels, was expected",
                input->name, (unsigned long long)input->length, frame);
        signal->info.samples = input->length / frame;
    }
    return LOCI_OK;
}

static loci_status raw_read(loci_signal *signal, double *u, double *t, size_t capacity, size_t *count,
                            loci_error *error)
{
    (void)t;
    loci_input *input = &signal->input;
    const raw_kind *kind = &kinds[signal->raw];
    const size_t frame = kind->size * signal->channels;
    const loci_status status = loci_input_fill(input, frame, error);
    if (status != LOCI_OK) return status;
    size_t n = loci_input_held(input) / frame;
    if (n == 0 && loci_input_held(input) > 0)
        return loci_fail(error, LOCI_E_FORMAT, "%s: ends within a sample: of its %zu bytes only %zu are left",
                         input->name, frame, loci_input_held(input));
    if (n > capacity) n = capacity;
    kind->convert(u, input->buffer + input->start, n * signal->channels);
    input->start += n * frame;
    *count = n;
    return LOCI_OK;
}

const loci_signal_format loci_signal_raw = {.open = raw_open, .read = raw_read};
