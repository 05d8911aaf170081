/* SPDX-License-Identifier: MIT
 * fuzz_learner_load.c - what learners know, from hostile bytes: as they are; and behind the header of a file that fits, with the checksum made right, so that
 * any numbers come into the regression. What is loaded comes back from what is saved, and is solved or refused. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <loci/learner.h>

#include "base/checksum.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

enum { HEADER = 64, SEQUENCES = 5, LENGTH = 9 };

static size_t length_of(const void *context, size_t i)
{
    (void)context;
    return LENGTH + i;
}

static void read_sequence(const void *context, size_t i, float *u)
{
    for (size_t l = 0; l < length_of(context, i); l++) u[l] = (float)(l * (i + 1) % 5);
}

static void read_target(const void *context, size_t i, double *target)
{
    (void)context;
    target[0] = (double)(i % 2);
}

/* Learners of two oscillators and of one, of whose statistics there are more than sequences, and fewer. */
static loci_learner *made(int kind)
{
    static loci_learner *learners[2];
    if (learners[kind]) return learners[kind];
    const loci_dataset_source source = {.size = sizeof source,
                                        .count = SEQUENCES,
                                        .inputs = 1,
                                        .outputs = 2,
                                        .length = length_of,
                                        .read = read_sequence,
                                        .read_target = read_target};
    const loci_learner_options options = {.size = sizeof options, .modes = kind ? 1 : 2, .threads = 1};
    loci_dataset *set;
    if (loci_dataset_from(&set, &source, NULL) != LOCI_OK ||
        loci_learner_create(&learners[kind], set, &options, NULL) != LOCI_OK ||
        loci_learner_push(learners[kind], set, &options, NULL) != LOCI_OK)
        abort();
    loci_dataset_close(set);
    return learners[kind];
}

static void load(const loci_learner *of, const void *bytes, size_t size)
{
    loci_learner *learner;
    loci_learner_report report;
    void *again;
    size_t length;
    if (loci_learner_load(&learner, loci_learner_model(of), bytes, size, NULL) != LOCI_OK) {
        if (learner) abort();
        return;
    }
    if (loci_learner_save(learner, &again, &length, NULL) != LOCI_OK || length != size ||
        memcmp(again, bytes, size) != 0)
        abort();
    free(again);
    (void)loci_learner_solve(learner, &report, NULL);
    loci_learner_free(learner);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    const loci_learner *learner = made(size ? bytes[size - 1] % 2 : 0);
    void *file;
    size_t length;
    load(learner, bytes, size);
    if (loci_learner_save(learner, &file, &length, NULL) != LOCI_OK) abort();
    const size_t some = size < length - HEADER - 8 ? size : length - HEADER - 8;
    if (some) memcpy((uint8_t *)file + HEADER, bytes, some);
    const uint64_t checksum = loci_checksum(file, length - 8);
    for (size_t i = 0; i < 8; i++) ((uint8_t *)file)[length - 8 + i] = (uint8_t)(checksum >> (8 * i));
    load(learner, file, length);
    free(file);
    return 0;
}
