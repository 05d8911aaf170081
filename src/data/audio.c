/* SPDX-License-Identifier: MIT
 * audio.c - audio of any kind that libsndfile reads, scaled to [-1, 1); a cut file is an error, not a short
 * signal. */
#include "data/signal.h"

#include <limits.h>
#include <string.h>
#include <unistd.h>

#include <sndfile.h>

#include "base/allocate.h"
#include "base/status.h"

typedef struct {
    SNDFILE *file;
    uint64_t frames, left; /* frames: 0 where the header does not know, or only guesses */
} audio;

static uint32_t number4(const unsigned char *b, bool big)
{
    return big ? (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3]
               : (uint32_t)b[3] << 24 | (uint32_t)b[2] << 16 | (uint32_t)b[1] << 8 | b[0];
}

/* WAV and AIFF: libsndfile takes a file that was cut for a shorter one, so the chunk of the samples is looked
 * at here. Programs that record into a pipe leave a length there that they could not know, near 2^31 or 2^32.
 */
static loci_status check_length(const loci_input *input, loci_error *error)
{
    unsigned char head[12];
    if (pread(input->descriptor, head, 12, 0) != 12) return LOCI_OK;
    const bool wave = memcmp(head + 8, "WAVE", 4) == 0, aiff = memcmp(head + 8, "AIF", 3) == 0;
    const bool big = (memcmp(head, "RIFX", 4) == 0 && wave) || (memcmp(head, "FORM", 4) == 0 && aiff);
    if (!big && !(memcmp(head, "RIFF", 4) == 0 && wave)) return LOCI_OK;
    uint64_t at = 12;
    for (int chunk = 0; chunk < 10000 && at + 8 <= input->length; chunk++) {
        if (pread(input->descriptor, head, 8, (off_t)at) != 8) return LOCI_OK;
        const uint32_t size = number4(head + 4, big);
        at += 8;
        if (memcmp(head, "data", 4) == 0 || memcmp(head, "SSND", 4) == 0) {
            if (size >= 0x7FFF0000 || size <= input->length - at) return LOCI_OK;
            return loci_fail(
                error, LOCI_E_FORMAT,
                "%s: is cut short: its header speaks of %lu bytes of samples, and %llu are there",
                input->name, (unsigned long)size, (unsigned long long)(input->length - at));
        }
        at += size + size % 2;
    }
    return LOCI_OK;
}

static loci_status audio_open(loci_signal *signal, const loci_signal_options *options, loci_error *error)
{
    (void)options;
    const loci_input *input = &signal->input;
    audio *own = signal->own = loci_allocate(1, sizeof *own);
    if (!own) return loci_fail(error, LOCI_E_MEMORY, "%s: out of memory", input->name);
    if (lseek(input->descriptor, 0, SEEK_SET) != 0)
        return loci_fail(error, LOCI_E_IO, "%s: audio cannot be read from a pipe", input->name);
    SF_INFO info = {0};
    own->file = sf_open_fd(input->descriptor, SFM_READ, &info, 0);
    if (!own->file) {
        const char *reason = sf_strerror(NULL);
        return loci_fail(error, LOCI_E_FORMAT, "%s: is %s audio that can be read: %.*s", input->name,
                         signal->only_audio ? "no" : "neither text nor an NPY array, nor",
                         (int)strcspn(reason, ".\n"), reason);
    }
    const loci_status status = check_length(input, error);
    if (status != LOCI_OK) return status;
    if (info.frames == 0) return loci_fail(error, LOCI_E_FORMAT, "%s: holds no samples", input->name);
    const bool guessed = (info.format & SF_FORMAT_TYPEMASK) == SF_FORMAT_MPEG;
    if (info.frames > 0 && info.frames < (sf_count_t)1 << 60 && !guessed) own->frames = (uint64_t)info.frames;
    own->left = own->frames;
    signal->channels = (size_t)info.channels;
    signal->info.rate = info.samplerate;
    signal->info.samples = own->frames;
    return LOCI_OK;
}

static loci_status audio_read(loci_signal *signal, double *u, double *t, size_t capacity, size_t *count,
                              loci_error *error)
{
    (void)t;
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

static void audio_close(loci_signal *signal)
{
    audio *own = signal->own;
    if (own && own->file) sf_close(own->file);
    loci_free(own);
}

const loci_signal_format loci_signal_audio = {.open = audio_open, .read = audio_read, .close = audio_close};
