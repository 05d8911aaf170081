/* SPDX-License-Identifier: MIT
 *
 * bank.h - an embedder's memory for tests, and a count of what the library takes from malloc all the same. The linker hands the
 * library's aligned_alloc to __wrap_aligned_alloc below (CMakeLists.txt names the tests).
 */
#ifndef BANK_H
#define BANK_H

#include <loci/allocator.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

void *__real_aligned_alloc(size_t alignment, size_t bytes);
void *__wrap_aligned_alloc(size_t alignment, size_t bytes);

static size_t from_malloc; /* calls of the library */

void *__wrap_aligned_alloc(size_t alignment, size_t bytes)
{
    from_malloc++;
    return __real_aligned_alloc(alignment, bytes);
}

/* Hands out memory at odd multiples of 8, until `left` pieces are gone. */
typedef struct {
    size_t left, standing, taken;
} bank;

static void *take(void *context, size_t bytes)
{
    bank *b = context;
    if (b->left == 0) return NULL;
    unsigned char *memory = malloc(bytes + 8);
    if (!memory) return NULL;
    memset(memory, 0xa5, bytes + 8);
    b->left--, b->standing++, b->taken++;
    return memory + 8;
}

static void give(void *context, void *memory)
{
    bank *b = context;
    assert_non_null(memory);
    b->standing--;
    free((unsigned char *)memory - 8);
}

/* What works on objects made in the memory of `by`, and frees them. */
typedef loci_status (*living)(size_t kind, const loci_allocator *by);

/* With all the memory that is wanted it is well; with k pieces, for every k that is not enough, it is LOCI_E_MEMORY. Either way
 * everything comes from the allocator and goes back to it. Returns how many pieces there were. */
static inline size_t check_allocations(size_t kind, living live)
{
    bank b = {SIZE_MAX, 0, 0};
    const loci_allocator by = {sizeof by, take, give, &b};
    from_malloc = 0;
    const loci_status status = live(kind, &by);
    if (status) fail_msg("kind %zu: status %d", kind, (int)status);
    assert_int_equal(from_malloc, 0);
    assert_int_equal(b.standing, 0);
    const size_t all = b.taken;
    for (size_t k = 0; k < all; k++) { /* the one after k pieces fails */
        b = (bank){k, 0, 0};
        const loci_status without = live(kind, &by);
        if (without != LOCI_E_MEMORY) fail_msg("kind %zu after %zu pieces: status %d", kind, k, (int)without);
        assert_int_equal(b.standing, 0);
        assert_int_equal(from_malloc, 0);
    }
    return all;
}

#endif
