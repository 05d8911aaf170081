/* SPDX-License-Identifier: MIT
 * allocate.c - sizes that cannot overflow, and memory on 64-byte boundaries. */
#include "base/allocate.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

bool loci_size_multiply(size_t *size, size_t a, size_t b)
{
    if (b != 0 && a > SIZE_MAX / b) return false;
    *size = a * b;
    return true;
}

bool loci_size_add(size_t *size, size_t a, size_t b)
{
    if (a > SIZE_MAX - b) return false;
    *size = a + b;
    return true;
}

void *loci_allocate(size_t count, size_t size)
{
    size_t bytes;
    if (!loci_size_multiply(&bytes, count, size) || bytes > SIZE_MAX - 63) return NULL;
    bytes = bytes == 0 ? 64 : (bytes + 63) / 64 * 64;
    void *memory = aligned_alloc(64, bytes);
    if (memory) memset(memory, 0, bytes);
    return memory;
}

void loci_free(void *memory)
{
    free(memory);
}
