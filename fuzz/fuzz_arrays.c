/* SPDX-License-Identifier: MIT
 * fuzz_arrays.c - arrays whose labels are words or whole numbers; the first two bytes say how long x is. */
#include "fuzz_dataset.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static char folder[40];
    if (!folder[0]) {
        strcpy(folder, access("/dev/shm", W_OK) == 0 ? "/dev/shm/loci-fuzz-XXXXXX" : "/tmp/loci-fuzz-XXXXXX");
        if (!mkdtemp(folder)) abort();
    }
    if (size < 2) return 0;
    const size_t wanted = (size_t)bytes[0] << 8 | bytes[1], length = wanted < size - 2 ? wanted : size - 2;
    write_file(folder, "train_x.npy", bytes + 2, length);
    write_file(folder, "train_y.npy", bytes + 2 + length, size - 2 - length);
    loci_dataset *set;
    loci_error error = {0};
    if (loci_dataset_open(&set, folder, NULL, &error) != LOCI_OK) {
        if (set || strlen(error.text) < 5 || strchr(error.text, '\n')) abort();
        return 0;
    }
    const loci_dataset_info info = loci_dataset_inspect(set);
    double *target = malloc(info.longest * (info.outputs + 1) * sizeof *target);
    if (!target || info.sequences == 0) abort();
    for (size_t i = 0; i < info.sequences; i++) {
        loci_dataset_read_target(set, i, target);
        for (size_t k = 0; k < loci_dataset_targets(set, i) && !info.target.values; k++)
            if (!(target[k] >= 0 && target[k] < (double)info.classes)) abort();
    }
    for (size_t c = 1; c < info.classes; c++)
        if (strcmp(info.names[c - 1], info.names[c]) == 0) abort();
    free(target);
    loci_dataset_close(set);
    return 0;
}
