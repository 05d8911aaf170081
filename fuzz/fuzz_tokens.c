/* SPDX-License-Identifier: MIT
 * fuzz_tokens.c - a text, as characters or as bytes, of which a share may be held out, with an alphabet found or given: the first
 * byte says which. What opens is read to its end: each target is the sample that follows. */
#include "fuzz_dataset.h"

static void read_all(const loci_dataset *set)
{
    const loci_dataset_info info = loci_dataset_inspect(set);
    float *u = malloc(info.longest * sizeof *u), next = -1;
    double *target = malloc(info.longest * sizeof *target);
    if (!u || !target || info.sequences == 0 || info.inputs != 1 || info.classes < 2) abort();
    for (size_t i = 0; i < info.sequences; i++) {
        const size_t length = loci_dataset_length(set, i);
        loci_dataset_read(set, i, u);
        loci_dataset_read_target(set, i, target);
        for (size_t k = 0; k < length; k++) {
            if (!(u[k] >= 0 && u[k] < (float)info.classes) || (next >= 0 && u[k] != next)) abort();
            next = (float)target[k];
        }
        if (!(next >= 0 && next < (float)info.classes)) abort();
    }
    free(u);
    free(target);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static const char *const alphabet[] = {"\n", " ", "a", "b", "\xc3\xa9"};
    static char folder[40];
    if (!folder[0]) {
        strcpy(folder, access("/dev/shm", W_OK) == 0 ? "/dev/shm/loci-fuzz-XXXXXX" : "/tmp/loci-fuzz-XXXXXX");
        if (!mkdtemp(folder)) abort();
    }
    if (size < 1) return 0;
    char path[128];
    loci_dataset_options options = {
        .size = sizeof options,
        .test = bytes[0] >> 1 & 1,
        .target_given = bytes[0] >> 2 & 1,
        .target.each = LOCI_TARGET_NEXT,
        .reading = {.bytes = bytes[0] & 1, .window = bytes[0] >> 3 & 7, .test = bytes[0] >> 6 & 1 ? 0.3 : 0},
    };
    if (bytes[0] >> 7) options.classes = alphabet, options.class_count = 5;
    write_file(folder, "a.txt", bytes + 1, size - 1);
    snprintf(path, sizeof path, "%.40s/a.txt", folder);
    loci_dataset *set;
    loci_error error = {0};
    if (loci_dataset_open(&set, path, &options, &error) != LOCI_OK) {
        if (set || strlen(error.text) < 5 || strchr(error.text, '\n')) abort();
        return 0;
    }
    if (loci_dataset_inspect(set).target.each == LOCI_TARGET_NEXT) read_all(set);
    loci_dataset_close(set);
    return 0;
}
