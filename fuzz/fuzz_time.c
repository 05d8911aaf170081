/* SPDX-License-Identifier: MIT
 * fuzz_time.c - dates: what is parsed must be parsed again, to the microsecond, from what it is formatted as. */
#include <math.h>
#include <string.h>

#include <loci/data.h>

#include "fuzz_file.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    char text[256], again[40];
    if (size >= sizeof text) return 0;
    memcpy(text, bytes, size);
    text[size] = 0;
    double seconds, back, any;
    if (size >= sizeof any) {
        memcpy(&any, bytes, sizeof any);
        loci_time_format(again, sizeof again, any);
    }
    if (loci_time_parse(&seconds, text, NULL) != LOCI_OK) return 0;
    if (!(fabs(seconds) < 3e11)) abort();
    loci_time_format(again, sizeof again, seconds);
    if (loci_time_parse(&back, again, NULL) == LOCI_OK) {
        if (fabs(back - seconds) > 1e-6 + 1e-15 * fabs(seconds)) abort();
    } else if (seconds >= -62167219200.0 && seconds < 253402300799.0) {
        abort(); /* only an offset leads out of the years that can be written */
    }
    return 0;
}
