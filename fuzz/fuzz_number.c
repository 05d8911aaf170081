/* SPDX-License-Identifier: MIT
 * fuzz_number.c - decimal numbers, bit by bit against strtod. */
#include <stdlib.h>
#include <string.h>

#include "base/number.h"

#include "fuzz_file.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    char text[2048], *end;
    if (size + 2 > sizeof text) return 0;
    memcpy(text, bytes, size);
    text[size] = '\n';
    text[size + 1] = 0;
    double fast = 0, slow = 0;
    const char *after = loci_number_scan(&fast, text);
    if (after != loci_number_scan_slow(&slow, text, '.')) abort();
    if (!after) return 0;
    if (memcmp(&fast, &slow, sizeof fast) != 0) abort();
    const double expected = strtod(text, &end);
    if (strspn(text, "+-0.") < strlen(text) && strpbrk(text, "xXpP"))
        return 0; /* strtod knows hexadecimal numbers */
    if (end != after || memcmp(&fast, &expected, sizeof fast) != 0) abort();
    return 0;
}
