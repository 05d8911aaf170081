/* SPDX-License-Identifier: MIT
 * fuzz_npz.c - members of archives. */
#include <loci/data.h>

#include "fuzz_file.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    const char *path = file_of(bytes, size);
    static const char *const members[] = {"f", "a", "lf8"};
    for (size_t k = 0; k < sizeof members / sizeof members[0]; k++) {
        loci_array array;
        if (loci_npz_read(&array, path, members[k], NULL) == LOCI_OK) loci_array_free(&array);
    }
    return 0;
}
