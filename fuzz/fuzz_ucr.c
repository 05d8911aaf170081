/* SPDX-License-Identifier: MIT
 * fuzz_ucr.c - a training file of the UCR archive, .ts or .tsv, or a table with windows: the first byte says which. */
#include "fuzz_dataset.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static char folder[40];
    static const char *const names[3] = {"a_TRAIN.ts", "a_TRAIN.tsv", "a.csv"};
    if (!folder[0]) {
        strcpy(folder, access("/dev/shm", W_OK) == 0 ? "/dev/shm/loci-fuzz-XXXXXX" : "/tmp/loci-fuzz-XXXXXX");
        if (!mkdtemp(folder)) abort();
    }
    if (size < 1) return 0;
    const size_t kind = bytes[0] % 3;
    char path[128];
    loci_dataset_options options = {.test = bytes[0] / 3 % 2, .reading.test = bytes[0] / 6 % 2 ? 0.3 : 0};
    if (kind == 2) {
        options.reading.label = "1";
        options.reading.window = 1 + bytes[0] / 12 % 3;
        options.reading.stride = 1 + bytes[0] / 36 % 2;
        options.reading.group = bytes[0] / 72 % 2 ? "2" : NULL;
    }
    write_file(folder, names[kind], bytes + 1, size - 1);
    snprintf(path, sizeof path, "%.40s/%.20s", folder, names[kind]);
    loci_dataset *set;
    loci_error error = {0};
    if (loci_dataset_open(&set, path, &options, &error) != LOCI_OK) {
        if (set || strlen(error.text) < 5 || strchr(error.text, '\n')) abort();
        return 0;
    }
    const loci_dataset_info info = loci_dataset_inspect(set);
    float *u = malloc(info.longest * info.inputs * sizeof *u);
    if (!u || info.sequences == 0) abort();
    for (size_t i = 0; i < info.sequences; i++) {
        if (!info.target.values && !info.target.each && loci_dataset_label(set, i) >= info.classes) abort();
        loci_dataset_read(set, i, u);
        for (size_t k = 0; k < loci_dataset_length(set, i) * info.inputs; k++)
            if (!isfinite(u[k])) abort();
    }
    free(u);
    loci_dataset_close(set);
    return 0;
}
