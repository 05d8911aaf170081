/* SPDX-License-Identifier: MIT
 * fuzz_file.h - the bytes of one run as a file, for parsers that read files. */
#ifndef LOCI_FUZZ_FILE_H
#define LOCI_FUZZ_FILE_H

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

/* A new empty file, in memory where that can be; open. */
static inline int new_file(char path[32])
{
    strcpy(path, access("/dev/shm", W_OK) == 0 ? "/dev/shm/loci-fuzz-XXXXXX" : "/tmp/loci-fuzz-XXXXXX");
    const int descriptor = mkstemp(path);
    if (descriptor < 0) abort();
    return descriptor;
}

/* The path of a file that holds just these bytes until the next call. */
static inline const char *file_of(const uint8_t *bytes, size_t size)
{
    static char path[32];
    static int descriptor = -1;
    if (descriptor < 0) descriptor = new_file(path);
    if (ftruncate(descriptor, 0) != 0 || pwrite(descriptor, bytes, size, 0) != (ssize_t)size) abort();
    return path;
}

#endif
