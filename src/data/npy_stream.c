/* SPDX-License-Identifier: MIT
 * npy_stream.c - an NPY array [L] or [L][C] as a signal of L samples, read as it comes, in whichever order it lies. */
#include "data/signal.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/allocate.h"
#include "base/status.h"
#include "data/npy.h"

#define PIECE 4096 /* samples of a channel that are read at once where channels lie one after another */

typedef struct {
    loci_npy_header header;
    size_t left;                    /* samples */
    uint64_t at;                    /* where the elements begin */
    double column[PIECE];           /* of one channel */
    unsigned char bytes[8 * PIECE]; /* before they are converted */
} npy_stream;

/* One channel lies after another. */
static bool is_turned(const npy_stream *own)
{
    return own->header.fortran && own->header.dimensions == 2 && own->header.shape[0] > 1 &&
           own->header.shape[1] > 1;
}

/* n samples of all channels, each from its own part of the file. */
static loci_status read_turned(loci_signal *signal, double *u, size_t n, loci_error *error)
{
    npy_stream *own = signal->own;
    const loci_input *input = &signal->input;
    const size_t size = own->header.size, samples = own->header.shape[0], done = samples - own->left;
    for (size_t c = 0; c < signal->channels; c++) {
        const uint64_t from = own->at + ((uint64_t)c * samples + done) * size;
        for (size_t got = 0; got < n * size;) {
            const ssize_t more =
                pread(input->descriptor, own->bytes + got, n * size - got, (off_t)(from + got));
            if (more < 0 && errno == EINTR) continue;
            if (more < 0)
                return loci_fail(error, LOCI_E_IO, "%s: reading failed: %s", input->name, strerror(errno));
            if (more == 0)
                return loci_fail(error, LOCI_E_FORMAT,
                                 "%s: ends after %zu sample%s; %zu were expected from its header",
                                 input->name, done, done == 1 ? "" : "s", samples);
            got += (size_t)more;
        }
        loci_npy_convert(own->column, own->bytes, n, &own->header);
        for (size_t k = 0; k < n; k++) u[k * signal->channels + c] = own->column[k];
    }
    return LOCI_OK;
}

/* Some libraries have channels first. What has so many more channels than samples was likely meant so. */
static void tell_orientation(loci_signal *signal, const loci_npy_header *header)
{
    enum { CHANNELS = 100, TIMES = 10 };
    const size_t samples = header->shape[0];
    if (signal->channels >= CHANNELS && signal->channels / TIMES >= samples)
        loci_signal_say(signal, "is read as %zu sample%s of %zu channels, [samples][channels]", samples,
                        samples == 1 ? "" : "s", signal->channels);
}

static loci_status npy_open(loci_signal *signal, const loci_signal_options *options, loci_error *error)
{
    (void)options;
    loci_input *input = &signal->input;
    npy_stream *own = signal->own = loci_allocate(1, sizeof *own);
    if (!own) return loci_fail(error, LOCI_E_MEMORY, "%s: out of memory", input->name);
    loci_npy_header *header = &own->header;
    const loci_status status = loci_npy_header_read(header, input, error);
    if (status != LOCI_OK) return status;
    if (header->dimensions != 1 && header->dimensions != 2)
        return loci_fail(error, LOCI_E_FORMAT,
                         "%s: is an array of %zu dimensions; [samples] or [samples][channels] was expected",
                         input->name, header->dimensions);
    if (header->kind == 'c')
        return loci_fail(error, LOCI_E_FORMAT, "%s: holds complex numbers; real ones were expected",
                         input->name);
    own->left = header->shape[0];
    signal->channels = header->dimensions == 1 ? 1 : header->shape[1];
    signal->info.samples = own->left;
    if (own->left == 0) return loci_fail(error, LOCI_E_FORMAT, "%s: holds no samples", input->name);
    if (signal->channels == 0 || signal->channels > LOCI_SIGNAL_CHANNELS)
        return loci_fail(error, LOCI_E_FORMAT, "%s: is an array of %zu channels; 1 to %d were expected",
                         input->name, signal->channels, LOCI_SIGNAL_CHANNELS);
    own->at = loci_input_position(input);
    tell_orientation(signal, header);
    if (is_turned(own) && input->length == LOCI_INPUT_LENGTH_UNKNOWN)
        return loci_fail(
            error, LOCI_E_FORMAT,
            "%s: holds one channel after another (Fortran order), which is read from a plain file only; all "
            "channels of a sample together (C order) were expected",
            input->name);
    return LOCI_OK;
}

static loci_status npy_read(loci_signal *signal, double *u, double *t, size_t capacity, size_t *count,
                            loci_error *error)
{
    (void)t;
    loci_input *input = &signal->input;
    npy_stream *own = signal->own;
    if (is_turned(own)) {
        const size_t most = capacity < PIECE ? capacity : PIECE, n = most < own->left ? most : own->left;
        const loci_status status = read_turned(signal, u, n, error);
        if (status != LOCI_OK) return status;
        own->left -= n;
        *count = n;
        return LOCI_OK;
    }
    const size_t frame = own->header.size * signal->channels;
    const loci_status status = loci_input_fill(input, own->left > 0 ? frame : 1, error);
    if (status != LOCI_OK) return status;
    size_t n = loci_input_held(input) / frame;
    if (own->left == 0 && loci_input_held(input) > 0)
        return loci_fail(error, LOCI_E_FORMAT, "%s: goes on after the %zu samples that its header speaks of",
                         input->name, own->header.shape[0]);
    if (n == 0 && own->left > 0)
        return loci_fail(error, LOCI_E_FORMAT,
                         "%s: ends after %zu samples; %zu were expected from its header", input->name,
                         own->header.shape[0] - own->left, own->header.shape[0]);
    if (n > capacity) n = capacity;
    if (n > own->left) n = own->left;
    loci_npy_convert(u, input->buffer + input->start, n * signal->channels, &own->header);
    input->start += n * frame;
    own->left -= n;
    *count = n;
    return LOCI_OK;
}

static void npy_close(loci_signal *signal)
{
    loci_free(signal->own);
}

static loci_status npy_pass(loci_signal *signal, uint64_t n, loci_error *error)
{
    npy_stream *own = signal->own;
    own->left -= (size_t)n;
    if (is_turned(own)) return LOCI_OK;
    return loci_input_pass(&signal->input, n * own->header.size * signal->channels, error);
}

const loci_signal_format loci_signal_npy = {
    .open = npy_open, .read = npy_read, .pass = npy_pass, .close = npy_close};
