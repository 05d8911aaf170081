/* SPDX-License-Identifier: MIT
 * raw.c - bytes that are nothing but samples, interleaved, of any of the kinds that recorders write. */
#include "data/raw.h"

#include <string.h>
#include <strings.h>

#include "base/status.h"
#include "data/quote.h"

/* --- the kinds --- */

/* The bits of `size` bytes, the most significant first, or last. */
static inline uint64_t bits_of(const unsigned char *b, size_t size, bool big)
{
    uint64_t bits = 0;
    for (size_t i = 0; i < size; i++) bits |= (uint64_t)b[i] << 8 * (big ? size - 1 - i : i);
    return bits;
}

/* Whole numbers with a sign, of `size` bytes: scaled to [-1, 1). */
static inline void convert_whole(double *out, const unsigned char *bytes, size_t count, size_t size, bool big)
{
    for (size_t i = 0; i < count; i++) {
        const uint32_t word = (uint32_t)(bits_of(bytes + size * i, size, big) << (32 - 8 * size));
        int32_t value;
        memcpy(&value, &word, sizeof value);
        out[i] = value * (1.0 / 2147483648.0);
    }
}

static inline void convert_single(double *out, const unsigned char *bytes, size_t count, bool big)
{
    for (size_t i = 0; i < count; i++) {
        const uint32_t word = (uint32_t)bits_of(bytes + 4 * i, 4, big);
        float value;
        memcpy(&value, &word, sizeof value);
        out[i] = (double)value;
    }
}

static inline void convert_double(double *out, const unsigned char *bytes, size_t count, bool big)
{
    for (size_t i = 0; i < count; i++) {
        const uint64_t word = bits_of(bytes + 8 * i, 8, big);
        memcpy(&out[i], &word, sizeof word);
    }
}

#define CONVERT(name, ...)                                                                                   \
    static void convert_##name(double *out, const unsigned char *bytes, size_t count)                        \
    {                                                                                                        \
        __VA_ARGS__;                                                                                         \
    }
CONVERT(s8, convert_whole(out, bytes, count, 1, false))
CONVERT(s16le, convert_whole(out, bytes, count, 2, false))
CONVERT(s16be, convert_whole(out, bytes, count, 2, true))
CONVERT(s24le, convert_whole(out, bytes, count, 3, false))
CONVERT(s24be, convert_whole(out, bytes, count, 3, true))
CONVERT(s32le, convert_whole(out, bytes, count, 4, false))
CONVERT(s32be, convert_whole(out, bytes, count, 4, true))
CONVERT(f32le, convert_single(out, bytes, count, false))
CONVERT(f32be, convert_single(out, bytes, count, true))
CONVERT(f64le, convert_double(out, bytes, count, false))
CONVERT(f64be, convert_double(out, bytes, count, true))

static void convert_u8(double *out, const unsigned char *bytes, size_t count)
{
    for (size_t i = 0; i < count; i++) out[i] = (bytes[i] - 128) * (1.0 / 128);
}

/* 24 bits in the lower three of four bytes. */
static void convert_s24in32le(double *out, const unsigned char *bytes, size_t count)
{
    for (size_t i = 0; i < count; i++) convert_whole(out + i, bytes + 4 * i, 1, 3, false);
}

static void convert_s24in32be(double *out, const unsigned char *bytes, size_t count)
{
    for (size_t i = 0; i < count; i++) convert_whole(out + i, bytes + 4 * i + 1, 1, 3, true);
}

/* ITU-T G.711: a sign, three bits of an exponent, four of a mantissa whose first bit is implied; all bits are inverted, and
 * magnitudes lie 33 quarters of the smallest step too high. */
static void convert_mulaw(double *out, const unsigned char *bytes, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const int code = 255 - bytes[i];
        const int magnitude = (((code & 15) * 8 + 132) << (code >> 4 & 7)) - 132;
        out[i] = (code & 128 ? -magnitude : magnitude) * (1.0 / 32768);
    }
}

/* The same without an offset, even bits inverted, the sign set for positive numbers, and no implied bit at exponent 0. */
static void convert_alaw(double *out, const unsigned char *bytes, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const int code = bytes[i] ^ 0x55, exponent = code >> 4 & 7, mantissa = (code & 15) * 16 + 8;
        const int magnitude = exponent == 0 ? mantissa : (mantissa + 256) << (exponent - 1);
        out[i] = (code & 128 ? magnitude : -magnitude) * (1.0 / 32768);
    }
}

/* Names: ours, and those of arecord where they differ in more than "_" and letters. */
static const struct {
    const char *name, *other;
    size_t size;
    void (*convert)(double *out, const unsigned char *bytes, size_t count);
} kinds[] = {
    [LOCI_RAW_F32LE] = {"f32le", "floatle", 4, convert_f32le},
    [LOCI_RAW_S16LE] = {"s16le", "s16le", 2, convert_s16le},
    [LOCI_RAW_U8] = {"u8", "u8", 1, convert_u8},
    [LOCI_RAW_S8] = {"s8", "s8", 1, convert_s8},
    [LOCI_RAW_S16BE] = {"s16be", "s16be", 2, convert_s16be},
    [LOCI_RAW_S24LE] = {"s24le", "s243le", 3, convert_s24le},
    [LOCI_RAW_S24BE] = {"s24be", "s243be", 3, convert_s24be},
    [LOCI_RAW_S24IN32LE] = {"s24in32le", "S24_LE", 4, convert_s24in32le},
    [LOCI_RAW_S24IN32BE] = {"s24in32be", "S24_BE", 4, convert_s24in32be},
    [LOCI_RAW_S32LE] = {"s32le", "s32le", 4, convert_s32le},
    [LOCI_RAW_S32BE] = {"s32be", "s32be", 4, convert_s32be},
    [LOCI_RAW_F32BE] = {"f32be", "floatbe", 4, convert_f32be},
    [LOCI_RAW_F64LE] = {"f64le", "float64le", 8, convert_f64le},
    [LOCI_RAW_F64BE] = {"f64be", "float64be", 8, convert_f64be},
    [LOCI_RAW_MULAW] = {"mulaw", "ulaw", 1, convert_mulaw},
    [LOCI_RAW_ALAW] = {"alaw", "alaw", 1, convert_alaw},
};

#define KINDS (sizeof kinds / sizeof *kinds)

size_t loci_raw_size(loci_raw kind)
{
    return (size_t)kind < KINDS ? kinds[kind].size : 0;
}

loci_raw loci_raw_whole(size_t size, bool big)
{
    static const loci_raw by_size[4][2] = {{LOCI_RAW_S8, LOCI_RAW_S8},
                                           {LOCI_RAW_S16LE, LOCI_RAW_S16BE},
                                           {LOCI_RAW_S24LE, LOCI_RAW_S24BE},
                                           {LOCI_RAW_S32LE, LOCI_RAW_S32BE}};
    return size >= 1 && size <= 4 ? by_size[size - 1][big] : LOCI_RAW_NONE;
}

loci_raw loci_raw_real(size_t size, bool big)
{
    return size == 4   ? (big ? LOCI_RAW_F32BE : LOCI_RAW_F32LE)
           : size == 8 ? (big ? LOCI_RAW_F64BE : LOCI_RAW_F64LE)
                       : LOCI_RAW_NONE;
}

void loci_raw_convert(double *out, const unsigned char *bytes, size_t count, loci_raw kind)
{
    kinds[kind].convert(out, bytes, count);
}

/* The name without "_" and in small letters. */
static bool same_name(const char *given, const char *name)
{
    for (;; given++) {
        if (*given == '_') continue;
        const char c = *given >= 'A' && *given <= 'Z' ? (char)(*given | 0x20) : *given;
        if (c != *name) return false;
        if (*name++ == 0) return true;
    }
}

loci_status loci_raw_parse(loci_raw *raw, const char *name, loci_error *error)
{
    /* arecord's name for 24 bits in four bytes is ours for three, but for the letters. */
    for (size_t i = 1; i < KINDS; i++)
        if (strcasecmp(name, kinds[i].other) == 0) {
            *raw = (loci_raw)i;
            return LOCI_OK;
        }
    for (size_t i = 1; i < KINDS; i++)
        if (same_name(name, kinds[i].name) || same_name(name, kinds[i].other)) {
            *raw = (loci_raw)i;
            return LOCI_OK;
        }
    char quoted[40];
    loci_quote(quoted, sizeof quoted, name, strlen(name));
    return loci_fail(
        error, LOCI_E_VALUE,
        "\"%s\" is no kind of raw samples; u8, s8, s16le, s24le, s32le, f32le, f64le, mulaw, alaw or arecord's "
        "name (S16_LE), or be for le, was expected",
        quoted);
}

/* --- a file of them --- */

static loci_status raw_open(loci_signal *signal, const loci_signal_options *options, loci_error *error)
{
    const loci_input *input = &signal->input;
    if (loci_raw_size(options->raw) == 0)
        return loci_fail(error, LOCI_E_ARGUMENT, "%s: there is no kind %d of raw samples", input->name,
                         (int)options->raw);
    signal->channels = options->channels == 0 ? 1 : options->channels;
    if (signal->channels > LOCI_SIGNAL_CHANNELS)
        return loci_fail(error, LOCI_E_ARGUMENT, "%s: %zu channels were asked for; 1 to %d were expected",
                         input->name, signal->channels, LOCI_SIGNAL_CHANNELS);
    signal->raw = options->raw;
    const size_t frame = loci_raw_size(options->raw) * signal->channels;
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
    const size_t frame = loci_raw_size(signal->raw) * signal->channels;
    const loci_status status = loci_input_fill(input, frame, error);
    if (status != LOCI_OK) return status;
    size_t n = loci_input_held(input) / frame;
    if (n == 0 && loci_input_held(input) > 0)
        return loci_fail(error, LOCI_E_FORMAT, "%s: ends within a sample: of its %zu bytes only %zu are left",
                         input->name, frame, loci_input_held(input));
    if (n > capacity) n = capacity;
    loci_raw_convert(u, input->buffer + input->start, n * signal->channels, signal->raw);
    input->start += n * frame;
    *count = n;
    return LOCI_OK;
}

static loci_status raw_pass(loci_signal *signal, uint64_t n, loci_error *error)
{
    return loci_input_pass(&signal->input, n * loci_raw_size(signal->raw) * signal->channels, error);
}

const loci_signal_format loci_signal_raw = {.open = raw_open, .read = raw_read, .pass = raw_pass};
