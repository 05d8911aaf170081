/* SPDX-License-Identifier: MIT
 * fuzz_probe_load.c - probes from hostile bytes. The last eight bytes are replaced by the checksum of the others, and the size that the
 * file states by its own, so that what lies behind these checks is reached; an input of an even first byte goes in as it is, too. What is
 * loaded answers, goes on learning, and is saved. */
#include "fuzz_saved.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <loci/probe.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void use(const uint8_t *bytes, size_t size)
{
    loci_probe *p = NULL;
    const char *note;
    size_t length;
    if (loci_probe_load(&p, &note, &length, bytes, size, NULL, NULL) != LOCI_OK) return;
    const loci_probe_info info = loci_probe_inspect(p);
    double *u = room_for(info.spec.inputs * sizeof *u), *y = room_for(info.spec.targets * sizeof *y);
    for (size_t c = 0; c < info.spec.inputs; c++) u[c] = (double)c;
    for (size_t j = 0; j < info.spec.targets; j++) y[j] = (double)j;
    loci_probe_read(p, y, NULL);
    for (size_t j = 0; j < info.spec.targets; j++) y[j] = (double)j;
    for (int k = 0; k < 3; k++) loci_probe_push(p, u, y, 1, NULL);
    if (info.features < 100) loci_probe_solve(p, NULL);
    const size_t saved = loci_probe_save_size(p, length);
    void *again = room_for(saved);
    if (loci_probe_save(p, note, length, again, saved, NULL) != LOCI_OK) abort();
    free(again), free(y), free(u);
    loci_probe_free(p);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    if (size < 224) return 0;
    if (bytes[0] % 2 == 0) use(bytes, size);
    uint8_t *right = room_for(size);
    memcpy(right, bytes, size);
    make_right(right, size, "LOCIPRB\n");
    use(right, size);
    free(right);
    return 0;
}
