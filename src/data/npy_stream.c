/* SPDX-License-Identifier: MIT
 * npy_stream.c - an NPY array [L] or [L][C] as a signal of L samples, read as it comes. */
#include "data/signal.h"

#include "base/allocate.h"
#include "base/status.h"
#include "data/npy.h"

typedef struct {
    loci_npy_header header;
    size_t left; /* samples */
} npy_stream;

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
    if (header->fortran && signal->channels > 1 && own->left > 1)
        return loci_fail(
            error, LOCI_E_FORMAT,
            "%s: holds one channel after another (Fortran order); all channels of a sample together (C order)"
            " were expected",
            input->name);
    return LOCI_OK;
}

static loci_status npy_read(loci_signal *signal, double *u, double *t, size_t capacity, size_t *count,
                            loci_error *error)
{
    (void)t;
    loci_input *input = &signal->input;
    npy_stream *own = signal->own;
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

const loci_signal_format loci_signal_npy = {.open = npy_open, .read = npy_read, .close = npy_close};
