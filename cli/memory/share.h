/* SPDX-License-Identifier: MIT
 * share.h - a signal that the ranks of a job remember together: which samples are whose, so that what they make is, merged, what one
 * process makes, to the bit. */
#ifndef LOCI_CLI_SHARE_H
#define LOCI_CLI_SHARE_H

#include <stdint.h>

#include "memory/memory_file.h"
#include "shared/source.h"

/* Whether a signal can be shared: a file whose samples are counted and equally spaced, the same for all. A status, after saying what is wrong. */
int share_check(const source *from);

/* Where the share of rank `rank` begins: a multiple of `unit` samples, such that shares of `samples` are about the same. */
uint64_t share_begin(uint64_t samples, uint64_t unit, size_t rank);

/* The memory in k, empty, becomes that of the whole signal, on rank 0; on others it is not to be used. Of legs by the exact method. */
int share_memory(memory_file *k, source *from);

/* On rank 0 *all [*size] = the bytes of all ranks, one behind the other, to be released by free(), and part [ranks + 1] where those of each
 * begin; others hand over bytes [size]. */
int share_collect(char **all, size_t *part, const void *bytes, size_t size);

#endif
