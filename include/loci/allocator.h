/* SPDX-License-Identifier: MIT
 *
 * loci/allocator.h - memory from an embedder: a database's, an arena, a host that must not call malloc.
 *
 *     static void *take(void *context, size_t bytes) { return MemoryContextAlloc(context, bytes); }
 *     static void give(void *context, void *memory) { (void)context; pfree(memory); }
 *
 *     const loci_allocator mine = {sizeof mine, take, give, context};
 *     loci_memory_spec spec = loci_memory_defaults();
 *     spec.allocator = &mine;
 *
 * Plans of memories and comparisons, systems and their forms, models with their networks, streams and windows, and archives
 * take one: in the spec or the configuration that they are created from, or as an argument of the function whose name ends in
 * _by. What is made of an object follows it. Data sets, training (but for the networks of its model), systems from files and
 * texts, and jansson, while the file of a model is read or written, take malloc.
 */
#ifndef LOCI_ALLOCATOR_H
#define LOCI_ALLOCATOR_H

#include <stddef.h>

#include <loci/status.h>

#ifdef __cplusplus
extern "C" {
#endif

/* An object that is created with it takes all its memory from it, for itself and for what works on it later, on the thread that
 * calls, and gives all back when it is freed; the functions are copied into each piece, so that the struct need not live on.
 * NULL in the options of an object: malloc and free. */
typedef struct {
    size_t size; /* sizeof of this struct; 0: the fields of version 0.1 */
    /* bytes > 0, aligned as malloc's; NULL: there is none, and the call fails with LOCI_E_MEMORY, everything given back */
    void *(*allocate)(void *context, size_t bytes);
    void (*release)(void *context, void *memory); /* never NULL */
    void *context;
} loci_allocator;

/* Gives back what functions handed out as bytes: loci_model_save, loci_trainer_save, loci_file_read. NULL is allowed. */
LOCI_API void loci_bytes_free(void *bytes);

#ifdef __cplusplus
}
#endif
#endif
