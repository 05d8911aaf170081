/* SPDX-License-Identifier: MIT
 * fuzz_csv.c - text as a signal; the first byte chooses the options. */
#include "fuzz_signal.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    if (size < 1) return 0;
    static const char *const columns[] = {"2", "a,1"};
    const unsigned header = bytes[0] >> 3 & 3;
    const loci_signal_options options = {.time_column = bytes[0] & 1 ? "1" : NULL,
                                         .columns = bytes[0] & 2 ? columns : NULL,
                                         .column_count = bytes[0] & 4 ? 1 : 2,
                                         .header = header < 3 ? (loci_header)header : LOCI_HEADER_FOUND,
                                         .skip = bytes[0] >> 5 & 1,
                                         .decimal = bytes[0] & 64 ? ',' : 0};
    read_signal(file_of(bytes + 1, size - 1), &options);
    return 0;
}
