/* SPDX-License-Identifier: MIT
 * base/team.h - what trainings, evaluations and readouts need of a team. */
#ifndef LOCI_BASE_TEAM_H
#define LOCI_BASE_TEAM_H

#include <stdint.h>

#include <loci/allocator.h>
#include <loci/team.h>

#include "base/private.h"

/* A whole team of the caller's, or of NULL the one of a single rank; LOCI_E_ARGUMENT: ranks or function are wrong. */
LOCI_PRIVATE loci_status loci_team_take(loci_team *team, const loci_team *given, loci_error *error);

/* Where the share of `rank` of `count` things begins: shares differ by one at most. */
static inline size_t loci_team_share(const loci_team *team, size_t count, size_t rank)
{
    return count / team->ranks * rank + count % team->ranks * rank / team->ranks;
}

/* Whether all ranks have the same numbers [count]: *rank is the first one that has others than rank 0, and *which the first of
 * them; on all ranks the same. *rank = 0: they are all the same. LOCI_E_IO, LOCI_E_MEMORY. */
LOCI_PRIVATE loci_status loci_team_compare(const loci_team *team, const uint64_t *numbers, size_t count,
                                           size_t *rank, size_t *which, loci_error *error);

/* The number of each rank becomes their sum. LOCI_E_IO, LOCI_E_MEMORY. */
LOCI_PRIVATE loci_status loci_team_add(const loci_team *team, uint64_t *number, loci_error *error);

/* Every rank has filled in its share of items [count], of `size` bytes each; then all ranks have all of them. Takes memory for the
 * places of the shares from `by` (NULL: malloc), LOCI_E_MEMORY; LOCI_E_IO. */
loci_status loci_team_shares(const loci_team *team, void *items, size_t size, size_t count,
                             const loci_allocator *by, loci_error *error);

#endif
