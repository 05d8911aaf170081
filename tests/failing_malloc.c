/* SPDX-License-Identifier: MIT
 * failing_malloc.c - to be preloaded (LD_PRELOAD) before a program: one of its allocations fails.
 *
 * Allocations are counted from the first one that the program itself makes, so that what the loader and the libraries set up
 * before main is left out; from there on those made by libraries on the program's behalf count too. LOCI_FAIL_AT=n
 * makes the n-th fail, and, with LOCI_FAIL_ON=1, all after it. When that happens, the file LOCI_FAIL_MARK is created: without
 * it, the program made fewer than n. GNU C library only. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <malloc.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#define WRAPPER __attribute__((visibility("default"), noinline))

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *memory, size_t size);
void *__libc_memalign(size_t alignment, size_t size);

static atomic_long made, fail_at;
static atomic_bool fail_on, ready, counting;
static uintptr_t program_begin, program_end; /* the addresses of the program's own code and data */

/* The first object is the program. */
static int find_program(struct dl_phdr_info *info, size_t size, void *data)
{
    (void)size;
    (void)data;
    program_begin = UINTPTR_MAX;
    for (int i = 0; i < info->dlpi_phnum; i++) {
        if (info->dlpi_phdr[i].p_type != PT_LOAD) continue;
        const uintptr_t begin = info->dlpi_addr + info->dlpi_phdr[i].p_vaddr;
        const uintptr_t end = begin + info->dlpi_phdr[i].p_memsz;
        if (begin < program_begin) program_begin = begin;
        if (end > program_end) program_end = end;
    }
    return 1;
}

__attribute__((constructor)) static void prepare(void)
{
    const char *at = getenv("LOCI_FAIL_AT"), *on = getenv("LOCI_FAIL_ON");
    fail_at = at ? strtol(at, NULL, 10) : 0;
    fail_on = on && *on == '1';
    dl_iterate_phdr(find_program, NULL);
    ready = true;
}

static bool fails(const void *caller)
{
    if (!ready) return false;
    if (!counting) {
        if ((uintptr_t)caller < program_begin || (uintptr_t)caller >= program_end) return false;
        counting = true;
    }
    const long n = ++made;
    if (n < fail_at || fail_at == 0 || (n > fail_at && !fail_on)) return false;
    const char *mark = getenv("LOCI_FAIL_MARK");
    const int file = mark && n == fail_at ? open(mark, O_WRONLY | O_CREAT, 0600) : -1;
    if (file >= 0) close(file);
    errno = ENOMEM;
    return true;
}

WRAPPER void *malloc(size_t size)
{
    return fails(__builtin_return_address(0)) ? NULL : __libc_malloc(size);
}

WRAPPER void *calloc(size_t count, size_t size)
{
    return fails(__builtin_return_address(0)) ? NULL : __libc_calloc(count, size);
}

WRAPPER void *realloc(void *memory, size_t size)
{
    return fails(__builtin_return_address(0)) ? NULL : __libc_realloc(memory, size);
}

WRAPPER void *memalign(size_t alignment, size_t size)
{
    return fails(__builtin_return_address(0)) ? NULL : __libc_memalign(alignment, size);
}

WRAPPER void *aligned_alloc(size_t alignment, size_t size)
{
    return fails(__builtin_return_address(0)) ? NULL : __libc_memalign(alignment, size);
}

WRAPPER int posix_memalign(void **memory, size_t alignment, size_t size)
{
    void *result = fails(__builtin_return_address(0)) ? NULL : __libc_memalign(alignment, size);
    if (!result) return ENOMEM;
    *memory = result;
    return 0;
}
