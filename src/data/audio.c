/* SPDX-License-Identifier: MIT
 * audio.c - audio, scaled to [-1, 1): plain samples in the usual containers, from anywhere, and what libsndfile reads, from
 * files. A cut file is an error, not a short signal. */
#include "data/signal.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sndfile.h>

#include "base/allocate.h"
#include "base/status.h"
#include "data/container.h"
#include "data/flac.h"
#include "data/mpeg.h"
#include "data/ogg.h"
#include "data/raw.h"

typedef struct {
    loci_container container;
    SNDFILE *file;         /* or NULL: the samples come from the input */
    uint64_t frames, left; /* frames: 0 where the header does not know, or only guesses */
} audio;

/* --- plain samples --- */

static loci_status check_length(const loci_signal *signal, const loci_container *c, loci_error *error)
{
    const loci_input *input = &signal->input;
    if (!c->known || c->bytes == LOCI_CONTAINER_OPEN || input->length == LOCI_INPUT_LENGTH_UNKNOWN)
        return LOCI_OK;
    const uint64_t there = input->length > c->at ? input->length - c->at : 0;
    if (c->bytes <= there) return LOCI_OK;
    return loci_fail(error, LOCI_E_FORMAT,
                     "%s: is cut short: its header speaks of %llu bytes of samples, and %llu are there",
                     input->name, (unsigned long long)c->bytes, (unsigned long long)there);
}

static void open_plain(loci_signal *signal, audio *own)
{
    const loci_container *c = &own->container;
    const loci_input *input = &signal->input;
    const uint64_t frame = c->channels * loci_raw_size(c->kind);
    signal->raw = c->kind;
    signal->channels = c->channels;
    signal->info.rate = c->rate;
    own->left = UINT64_MAX;
    if (c->bytes == LOCI_CONTAINER_OPEN)
        loci_signal_say(signal,
                        "its header does not tell how many samples there are; they are read to the end");
    if (c->bytes != LOCI_CONTAINER_OPEN)
        own->frames = own->left = c->bytes / frame;
    else if (input->length != LOCI_INPUT_LENGTH_UNKNOWN)
        own->frames = own->left = (input->length - c->at) / frame;
    signal->info.samples = own->frames;
}

static loci_status read_plain(loci_signal *signal, double *u, size_t capacity, size_t *count,
                              loci_error *error)
{
    audio *own = signal->own;
    loci_input *input = &signal->input;
    const size_t frame = signal->channels * loci_raw_size(signal->raw);
    *count = 0;
    if (own->left == 0) return LOCI_OK;
    const loci_status status = loci_input_fill(input, frame, error);
    if (status != LOCI_OK) return status;
    size_t n = loci_input_held(input) / frame;
    if (n == 0 && own->left != UINT64_MAX)
        return loci_fail(error, LOCI_E_FORMAT,
                         "%s: ends after %llu samples; %llu were expected from its header", input->name,
                         (unsigned long long)(own->frames - own->left), (unsigned long long)own->frames);
    if (n > capacity) n = capacity;
    if (n > own->left) n = (size_t)own->left;
    loci_raw_convert(u, input->buffer + input->start, n * signal->channels, signal->raw);
    input->start += n * frame;
    if (own->left != UINT64_MAX) own->left -= n;
    *count = n;
    return LOCI_OK;
}

/* --- what libsndfile reads --- */

/* The last number that libsndfile's log has behind `name` and a colon; -1: none. */
static sf_count_t logged(const char *log, const char *name)
{
    sf_count_t value = -1;
    for (const char *at = log; (at = strstr(at, name)) != NULL;) {
        at += strlen(name);
        const char *number = at + strspn(at, " ");
        if (*number == ':') value = (sf_count_t)strtoll(number + 1, NULL, 10);
    }
    return value;
}

/* Of samples that stand behind `header` bytes to the end: the last one is there to its last byte. */
static bool ends_with_a_frame(const SF_INFO *info, uint64_t length, uint64_t header)
{
    static const unsigned char bytes[] = {
        [SF_FORMAT_PCM_S8] = 1, [SF_FORMAT_PCM_16] = 2, [SF_FORMAT_PCM_32] = 4,
        [SF_FORMAT_FLOAT] = 4,  [SF_FORMAT_ULAW] = 1,   [SF_FORMAT_ALAW] = 1};
    const unsigned kind = (unsigned)(info->format & SF_FORMAT_SUBMASK);
    const uint64_t size = kind < sizeof bytes ? bytes[kind] * (uint64_t)info->channels : 0;
    return size == 0 || (length >= header && (length - header) % size == 0);
}

/* What can be told of formats that are no container of container.h: their own marks, or what libsndfile noticed, which it
 * keeps to its log, and goes on with fewer samples. */
static bool is_whole(SNDFILE *file, const SF_INFO *info, const loci_input *input)
{
    enum { IRCAM = 1024, PAF = 2048 };
    char log[4096] = "";
    sf_command(file, SFC_GET_LOG_INFO, log, sizeof log);
    switch (info->format & SF_FORMAT_TYPEMASK) {
    case SF_FORMAT_MPEG:
        return loci_mpeg_is_whole(input->descriptor, input->length);
    case SF_FORMAT_FLAC:
        return loci_flac_is_whole(input->descriptor, input->length);
    case SF_FORMAT_VOC:
    case SF_FORMAT_SVX:
    case SF_FORMAT_MAT4:
    case SF_FORMAT_WVE:
        return !strstr(log, "truncated") && !strstr(log, "should be");
    case SF_FORMAT_AVR:
    case SF_FORMAT_MPC2K:
        return logged(log, "Frames") <= info->frames;
    case SF_FORMAT_MAT5:
        return logged(log, "Cols") <= info->frames;
    case SF_FORMAT_IRCAM: /* of these three no header tells how long they are */
        return ends_with_a_frame(info, input->length, IRCAM);
    case SF_FORMAT_PAF:
        return ends_with_a_frame(info, input->length, PAF);
    case SF_FORMAT_PVF:
        return ends_with_a_frame(info, input->length, (uint64_t)logged(log, "Data Offset"));
    default:
        return true;
    }
}

/* Looked at before the decoder is, which gives up on a cut file, and leaks what it had begun. */
static bool is_cut_ogg(const loci_input *input)
{
    char mark[4];
    return pread(input->descriptor, mark, sizeof mark, 0) == (ssize_t)sizeof mark &&
           memcmp(mark, "OggS", 4) == 0 && !loci_ogg_is_whole(input->descriptor, input->length);
}

static loci_status say_cut(const loci_input *input, loci_error *error)
{
    return loci_fail(error, LOCI_E_FORMAT, "%s: is cut short: it ends before its audio does", input->name);
}

static loci_status open_packed(loci_signal *signal, audio *own, loci_error *error)
{
    const loci_input *input = &signal->input;
    if (input->source || input->descriptor == STDIN_FILENO || lseek(input->descriptor, 0, SEEK_SET) != 0)
        return loci_fail(
            error, LOCI_E_FORMAT,
            "%s: holds audio that is packed, which is read from a plain file only; WAV, AU, AIFF or CAF with plain "
            "samples was expected",
            input->name);
    SF_INFO info = {0};
    if (is_cut_ogg(input)) return say_cut(input, error);
    own->file = sf_open_fd(input->descriptor, SFM_READ, &info, 0);
    if (!own->file) {
        const char *reason = sf_strerror(NULL);
        return loci_fail(error, LOCI_E_FORMAT,
                         "%s: is neither text nor an NPY array, nor audio that can be read: %.*s",
                         input->name, (int)strcspn(reason, ".\n"), reason);
    }
    if (info.frames == 0) return loci_fail(error, LOCI_E_FORMAT, "%s: holds no samples", input->name);
    if (!is_whole(own->file, &info, input)) return say_cut(input, error);
    const bool guessed = (info.format & SF_FORMAT_TYPEMASK) == SF_FORMAT_MPEG;
    if (info.frames > 0 && info.frames < (sf_count_t)1 << 60 && !guessed) own->frames = (uint64_t)info.frames;
    own->left = own->frames;
    signal->channels = (size_t)info.channels;
    signal->info.rate = info.samplerate;
    signal->info.samples = own->frames;
    return LOCI_OK;
}

static loci_status read_packed(loci_signal *signal, double *u, size_t capacity, size_t *count,
                               loci_error *error)
{
    audio *own = signal->own;
    const sf_count_t wanted = capacity < INT_MAX ? (sf_count_t)capacity : INT_MAX;
    const sf_count_t got = sf_readf_double(own->file, u, wanted);
    if (got < 0 || (got == 0 && sf_error(own->file) != SF_ERR_NO_ERROR)) {
        const char *reason = sf_strerror(own->file);
        return loci_fail(error, LOCI_E_FORMAT, "%s: is damaged after %llu samples: %.*s", signal->input.name,
                         (unsigned long long)signal->given, (int)strcspn(reason, ".\n"), reason);
    }
    if (got == 0 && own->left > 0)
        return loci_fail(error, LOCI_E_FORMAT,
                         "%s: ends after %llu samples; %llu were expected from its header",
                         signal->input.name, (unsigned long long)(own->frames - own->left),
                         (unsigned long long)own->frames);
    own->left -= own->left < (uint64_t)got ? own->left : (uint64_t)got;
    *count = (size_t)got;
    return LOCI_OK;
}

/* --- both --- */

static loci_status audio_open(loci_signal *signal, const loci_signal_options *options, loci_error *error)
{
    (void)options;
    loci_input *input = &signal->input;
    audio *own = signal->own = loci_allocate(1, sizeof *own);
    if (!own) return loci_fail(error, LOCI_E_MEMORY, "%s: out of memory", input->name);
    loci_container *c = &own->container;
    loci_status status = loci_container_read(c, input, error);
    if (status == LOCI_OK) status = check_length(signal, c, error);
    if (status != LOCI_OK) return status;
    if (!c->known || c->kind == LOCI_RAW_NONE) return open_packed(signal, own, error);
    const size_t frame = c->channels * loci_raw_size(c->kind);
    status = loci_input_fill(input, frame, error);
    if (status != LOCI_OK) return status;
    const size_t held = loci_input_held(input);
    if (c->bytes < frame || held == 0 || (c->bytes == LOCI_CONTAINER_OPEN && held < frame))
        return loci_fail(error, LOCI_E_FORMAT, "%s: holds no samples", input->name);
    open_plain(signal, own);
    return LOCI_OK;
}

static loci_status audio_read(loci_signal *signal, double *u, double *t, size_t capacity, size_t *count,
                              loci_error *error)
{
    (void)t;
    const audio *own = signal->own;
    return own->file ? read_packed(signal, u, capacity, count, error)
                     : read_plain(signal, u, capacity, count, error);
}

static void audio_close(loci_signal *signal)
{
    audio *own = signal->own;
    if (own && own->file) sf_close(own->file);
    loci_free(own);
}

/* What is packed is decoded: not every decoder finds a sample's place exactly. */
static loci_status audio_pass(loci_signal *signal, uint64_t n, loci_error *error)
{
    audio *own = signal->own;
    if (own->file || own->left == UINT64_MAX) return LOCI_E_UNSUPPORTED;
    own->left -= n;
    return loci_input_pass(&signal->input, n * loci_raw_size(signal->raw) * signal->channels, error);
}

const loci_signal_format loci_signal_audio = {
    .open = audio_open, .read = audio_read, .pass = audio_pass, .close = audio_close};
