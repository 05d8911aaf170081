/* SPDX-License-Identifier: MIT
 * fuzz_readout_load.c - forecasters from hostile bytes. The last eight bytes are replaced by the checksum of the others, and the size that the
 * file states by its own, so that what lies behind these checks is reached; an input of an even first byte goes in as it is, too. What is
 * loaded goes on learning, foretells and watches, and is saved. */
#include "fuzz_saved.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <loci/readout.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void use(const uint8_t *bytes, size_t size)
{
    loci_readout *r = NULL;
    const char *note;
    size_t length, done;
    if (loci_readout_load(&r, &note, &length, bytes, size, NULL, NULL) != LOCI_OK) return;
    const loci_readout_spec *spec = loci_readout_spec_of(r);
    double *u = room_for(spec->channels * sizeof *u), *y = room_for(5 * spec->horizon * sizeof *y);
    loci_readout_answer *a = room_for(spec->channels * sizeof *a);
    loci_readout_watch *w = NULL;
    for (size_t c = 0; c < spec->channels; c++) u[c] = (double)c;
    if (loci_readout_watch_create(&w, r, NULL) == LOCI_OK) {
        for (int k = 0; k < 3; k++) loci_readout_watch_push(w, a, u, 1, &done, NULL);
        loci_readout_watch_free(w);
    }
    loci_readout_forecast(r, 0, y, y + spec->horizon, y + 3 * spec->horizon, NULL);
    loci_readout_push(r, u, 1, NULL);
    if (spec->window + spec->horizon < 100) loci_readout_solve(r, NULL);
    const size_t saved = loci_readout_save_size(r, length);
    void *again = room_for(saved);
    if (loci_readout_save(r, note, length, again, saved, NULL) != LOCI_OK) abort();
    free(again), free(a), free(y), free(u);
    loci_readout_free(r);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    if (size < 136) return 0;
    if (bytes[0] % 2 == 0) use(bytes, size);
    uint8_t *right = room_for(size);
    memcpy(right, bytes, size);
    make_right(right, size, "LOCIRDO\n");
    use(right, size);
    free(right);
    return 0;
}
