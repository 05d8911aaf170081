/* SPDX-License-Identifier: MIT
 * fuzz_idx.c - labels and images in IDX files, plain or packed. */
#include "fuzz_dataset.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    read_dataset(bytes, size, "train-labels-idx1-ubyte", "train-images-idx3-ubyte", NULL);
    return 0;
}
