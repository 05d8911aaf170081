/* SPDX-License-Identifier: MIT
 * base/sized.h - structs of a caller who may know fewer fields, or more, than this version does (loci/status.h). */
#ifndef LOCI_BASE_SIZED_H
#define LOCI_BASE_SIZED_H

#include <stddef.h>

#include "base/private.h"

/* The caller's struct `from`, which begins with its size, into `to` [whole], which holds what fields are that the caller does
 * not know; `first` is the size of the struct in version 0.1, what a size of 0 stands for. LOCI_E_ARGUMENT: a size
 * that no version had; LOCI_E_UNSUPPORTED: fields that this version does not know are not 0. `name` is the struct's. */
LOCI_PRIVATE loci_status loci_sized_take(void *to, size_t whole, const void *from, size_t first,
                                         const char *name, loci_error *error);

/* For one struct, as it is in 0.1 until a field is added: then `first` is offsetof of that field. */
#define LOCI_SIZED_TAKE(to, from, name, error)                                                               \
    loci_sized_take(to, sizeof *(to), from, sizeof *(to), name, error)

/* For one that has grown: `member` is the first that version 0.1 had not. */
#define LOCI_SIZED_TAKE_SINCE(to, from, type, member, error)                                                 \
    loci_sized_take(to, sizeof *(to), from, offsetof(type, member), #type, error)

/* A report of `whole` bytes into the caller's [size]: what does not fit is left out, what is left is 0. */
LOCI_PRIVATE void loci_sized_give(void *to, size_t size, const void *from, size_t whole);

#endif
