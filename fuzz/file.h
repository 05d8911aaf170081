/* SPDX-License-Identifier: MIT
 * fuzz/file.h - the bytes of one run as a file, for parsers that read files. */
#ifndef LOCI_FUZZ_FILE_H
#define LOCI_FUZZ_FILE_H

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

/* The path of a file that holds just these bytes until the next call. */
static inline const char *file_of(const uint8_t *bytes, size_t size)
{
    static char path[] = "/tmp/loci-fuzz-XXXXXX";
    static int descriptor = -1;
    if (descriptor < 0) descriptor = mkstemp(path);
    if (descriptor < 0 || ftruncate(descriptor, 0) != 0 ||
        pwrite(descriptor, bytes, size, 0) != (ssize_t)size)
        abort();
    return path;
}

#endif
