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

/* A piece from malloc begins at a multiple of 128, one from an embedder 64 bytes behind such a multiple, with its origin in front
 * of it. */
typedef struct {
    loci_allocator by;
    void *taken; /* what the allocator gave */
} origin;
enum { FRONT = 64, EACH = 2 * FRONT };
_Static_assert(sizeof(origin) <= FRONT, "the origin of a piece fits in front of it");

static origin *origin_of(const void *memory)
{
    return (uintptr_t)memory % EACH == 0 ? NULL : (origin *)(void *)((char *)(uintptr_t)memory - FRONT);
}

static void *from_embedder(const loci_allocator *by, size_t bytes)
{
    char *const taken = by->allocate(by->context, bytes + FRONT + EACH - 1);
    if (!taken) return NULL;
    char *const memory = taken + FRONT + (FRONT + EACH - ((uintptr_t)taken + FRONT) % EACH) % EACH;
    *origin_of(memory) = (origin){.by = *by, .taken = taken};
    return memory;
}

static void *allocate(const loci_allocator *by, size_t count, size_t size, bool zeroed)
{
    size_t bytes;
    if (!loci_size_multiply(&bytes, count, size) || bytes > SIZE_MAX - 3 * EACH) return NULL;
    bytes = bytes == 0 ? EACH : (bytes + EACH - 1) / EACH * EACH;
    void *const memory = by ? from_embedder(by, bytes) : aligned_alloc(EACH, bytes);
    if (memory && zeroed) memset(memory, 0, bytes);
    return memory;
}

void *loci_allocate_by(const loci_allocator *by, size_t count, size_t size)
{
    return allocate(by, count, size, true);
}

void *loci_allocate_room_by(const loci_allocator *by, size_t count, size_t size)
{
    return allocate(by, count, size, false);
}

void *loci_allocate(size_t count, size_t size)
{
    return loci_allocate_by(NULL, count, size);
}

const loci_allocator *loci_allocator_of(const void *memory)
{
    const origin *from = memory ? origin_of(memory) : NULL;
    return from ? &from->by : NULL;
}

void loci_free(void *memory)
{
    const origin *from = memory ? origin_of(memory) : NULL;
    if (from)
        from->by.release(from->by.context, from->taken);
    else
        free(memory);
}
