/* SPDX-License-Identifier: MIT
 * fuzz_npy.c - whole NPY arrays. What is read must be as long as its shape says, and must come back from what is written. */
#include <string.h>

#include <loci/data.h>

#include "fuzz_file.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    loci_array array, again;
    if (loci_npy_read(&array, file_of(bytes, size), NULL) != LOCI_OK) return 0;
    size_t count = 1;
    for (size_t d = 0; d < array.dimensions; d++) count *= array.shape[d];
    double sum = 0;
    for (size_t i = 0; i < count * (array.complex_pairs ? 2 : 1); i++) sum += array.data[i];
    static char path[32];
    if (!path[0]) close(new_file(path));
    if (!array.complex_pairs) {
        if (loci_npy_write(path, array.data, array.shape, array.dimensions, 0, NULL) != LOCI_OK) abort();
        if (loci_npy_read(&again, path, NULL) != LOCI_OK) abort();
        if (again.dimensions != array.dimensions ||
            memcmp(again.shape, array.shape, sizeof array.shape) != 0 ||
            memcmp(again.data, array.data, count * sizeof(double)) != 0)
            abort();
        loci_array_free(&again);
    }
    loci_array_free(&array);
    return sum == 12345;
}
