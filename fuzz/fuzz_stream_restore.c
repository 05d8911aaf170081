/* SPDX-License-Identifier: MIT
 * fuzz_stream_restore.c - states of streams from hostile bytes: as they are; and behind the header of a state that fits, with
 * the checksum made right, so that any numbers come into the layers. What is restored goes on, and comes back from what
 * is saved; what is refused has changed nothing. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <loci/stream.h>

#include "base/checksum.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

enum { HEADER = 64, SAMPLES = 70, KINDS = 4 };

/* Each kind of layer and of pool that carries a state. */
static loci_stream *made(int kind)
{
    static loci_stream *streams[KINDS];
    if (streams[kind]) return streams[kind];
    loci_model_config config;
    loci_model *model;
    loci_stream_tables *tables;
    if (loci_model_preset(&config, kind == 3 ? "bank" : kind == 2 ? "lstm" : "small", 1, 2, NULL) != LOCI_OK)
        abort();
    config.width = 3, config.layers = 1, config.order = 2;
    config.pool = kind == 1 ? LOCI_POOL_LAST : LOCI_POOL_MEAN;
    if (loci_model_create(&model, &config, NULL) != LOCI_OK) abort();
    loci_model_initialize(model, 1);
    if (loci_stream_tables_create(&tables, model, 0, 1, NULL) != LOCI_OK ||
        loci_stream_init(&streams[kind], NULL, 0, tables, 2, NULL) != LOCI_OK)
        abort();
    return streams[kind];
}

static void restore(loci_stream *stream, const uint8_t *bytes, size_t size)
{
    float in[SAMPLES], out[SAMPLES * 2];
    const size_t length = loci_stream_state_size(stream);
    uint8_t *before = malloc(length), *after = malloc(length);
    if (!before || !after || loci_stream_save(stream, 0, before, length, NULL) != LOCI_OK) abort();
    if (loci_stream_restore(stream, 0, bytes, size, NULL) != LOCI_OK) {
        if (loci_stream_save(stream, 0, after, length, NULL) != LOCI_OK || memcmp(before, after, length) != 0)
            abort();
    } else {
        if (loci_stream_save(stream, 0, after, length, NULL) != LOCI_OK || size != length) abort();
        const int old = bytes[8] == 1; /* version 1 had another fingerprint, and so another checksum */
        if (memcmp(bytes + (old ? HEADER : 0), after + (old ? HEADER : 0), length - (old ? HEADER + 8 : 0)) !=
            0)
            abort();
        for (int i = 0; i < SAMPLES; i++) in[i] = (float)(i % 5);
        if (loci_stream_push(stream, NULL, 1, in, NULL, SAMPLES, 3, out, NULL) != LOCI_OK) abort();
    }
    free(before), free(after);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    loci_stream *stream = made(size ? bytes[size - 1] % KINDS : 0);
    restore(stream, bytes, size);
    const size_t length = loci_stream_state_size(stream), payload = length - HEADER - 8;
    uint8_t *copy = malloc(length);
    if (!copy) abort();
    loci_stream_reset(stream, 1);
    if (loci_stream_save(stream, 1, copy, length, NULL) != LOCI_OK) abort();
    const size_t some =
        size < payload - 8 ? size : payload - 8; /* what rounds the payload up to 8 bytes stays 0 */
    if (some) memcpy(copy + HEADER, bytes, some);
    const uint64_t sum = loci_checksum(copy, length - 8);
    for (int i = 0; i < 8; i++) copy[length - 8 + (size_t)i] = (uint8_t)(sum >> (8 * i));
    restore(stream, copy, length);
    free(copy);
    return 0;
}
