/* SPDX-License-Identifier: MIT
 * fuzz_signal.c - bytes of any kind as a signal: what they are is told by the library. */
#include "fuzz_signal.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    read_signal(file_of(bytes, size), NULL);
    return 0;
}
