/* SPDX-License-Identifier: MIT
 * fuzz_cifar.c - names of classes and images of CIFAR-10. */
#include "fuzz_dataset.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    const loci_dataset_options options = {
        .reading.gray = size % 2 == 0, .reading.permuted = size % 3 == 0, .reading.permutation = size};
    read_dataset(bytes, size, "batches.meta.txt", "data_batch_1.bin", &options);
    return 0;
}
