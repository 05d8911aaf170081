/* SPDX-License-Identifier: MIT
 * fuzz_cifar.c - names of classes and images of CIFAR-10. */
#include "fuzz_dataset.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    const loci_dataset_options options = {
        .gray = size % 2 == 0, .permuted = size % 3 == 0, .permutation = size};
    read_dataset(bytes, size, "batches.meta.txt", "data_batch_1.bin", &options);
    return 0;
}
