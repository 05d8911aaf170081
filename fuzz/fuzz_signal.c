/* SPDX-License-Identifier: MIT
 * fuzz_signal.c - bytes of any kind as a signal: what they are is told by the library; mixed down where the first byte is odd. */
#include "fuzz_signal.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    const loci_signal_options options = {.mono = size > 0 && bytes[0] & 1};
    read_signal(file_of(bytes, size), &options);
    return 0;
}
