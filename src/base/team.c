/* SPDX-License-Identifier: MIT
 * team.c - broadcast, gathering and comparing, of exchanges. */
#include "base/team.h"

#include <string.h>

#include "base/allocate.h"
#include "base/sized.h"
#include "base/status.h"

loci_status loci_team_take(loci_team *team, const loci_team *given, loci_error *error)
{
    const loci_team alone = {.size = sizeof alone, .ranks = 1};
    *team = alone;
    if (!given) return LOCI_OK;
    const loci_status status = LOCI_SIZED_TAKE(team, given, "loci_team", error);
    if (status) return status;
    if (team->ranks < 1 || team->ranks > LOCI_RANKS_MAX)
        return loci_fail(error, LOCI_E_ARGUMENT, "team has %zu ranks; 1 to %d were expected", team->ranks,
                         LOCI_RANKS_MAX);
    if (team->rank >= team->ranks)
        return loci_fail(error, LOCI_E_ARGUMENT, "team has rank %zu of %zu; a rank below was expected",
                         team->rank, team->ranks);
    if (team->ranks > 1 && !team->exchange)
        return loci_fail(error, LOCI_E_ARGUMENT, "team of %zu ranks has no exchange; a function was expected",
                         team->ranks);
    return LOCI_OK;
}

static loci_status swap(const loci_team *team, const void *out, size_t out_size, size_t to, void *in,
                        size_t in_size, size_t from, loci_error *error)
{
    if (out_size == 0 && in_size == 0) return LOCI_OK;
    if (team->exchange(team->context, out, out_size, to, in, in_size, from) == 0) return LOCI_OK;
    return loci_fail(error, LOCI_E_IO, "rank %zu could not exchange %zu bytes with rank %zu", team->rank,
                     out_size ? out_size : in_size, out_size ? to : from);
}

/* Ranks counted from the one that has the bytes: in round `step` those below it pass them on to those `step` above. */
loci_status loci_team_broadcast(const loci_team *given, void *bytes, size_t size, size_t from,
                                loci_error *error)
{
    loci_team team;
    loci_status status = loci_team_take(&team, given, error);
    if (!status && from >= team.ranks)
        return loci_fail(error, LOCI_E_ARGUMENT,
                         "rank to broadcast from is %zu of %zu; one below was expected", from, team.ranks);
    if (status) return status;
    const size_t ranks = team.ranks, own = (team.rank + ranks - from) % ranks;
    for (size_t step = 1; step < ranks && !status; step *= 2) {
        if (own < step && own + step < ranks)
            status = swap(&team, bytes, size, (team.rank + step) % ranks, NULL, 0, 0, error);
        else if (own >= step && own < 2 * step)
            status = swap(&team, NULL, 0, 0, bytes, size, (team.rank + ranks - step) % ranks, error);
    }
    return status;
}

/* The bytes of the parts of `count` ranks from `rank` on, of which those behind the last rank begin again at 0: `piece` 0 up to
 * there, 1 from 0 on. */
static size_t stretch(size_t *at, const size_t *first, size_t ranks, size_t rank, size_t count, int piece)
{
    const size_t end = rank + count < ranks ? rank + count : ranks;
    *at = piece ? 0 : first[rank];
    return piece ? first[rank + count - end] : first[end] - first[rank];
}

/* Before a round a rank has the parts of the `step` ranks from itself on; it gets those of the next ones. */
loci_status loci_team_gather(const loci_team *given, void *bytes, const size_t *first, loci_error *error)
{
    loci_team team;
    loci_status status = loci_team_take(&team, given, error);
    if (status) return status;
    const size_t ranks = team.ranks;
    char *all = bytes;
    for (size_t step = 1; step < ranks; step *= 2) {
        const size_t count = step < ranks - step ? step : ranks - step,
                     to = (team.rank + ranks - step) % ranks, from = (team.rank + step) % ranks;
        for (int piece = 0; piece < 2 && !status; piece++) {
            size_t out, in;
            const size_t out_size = stretch(&out, first, ranks, team.rank, count, piece),
                         in_size = stretch(&in, first, ranks, from, count, piece);
            status = swap(&team, all + out, out_size, to, all + in, in_size, from, error);
        }
    }
    return status;
}

loci_status loci_team_shares(const loci_team *team, void *items, size_t size, size_t count,
                             const loci_allocator *by, loci_error *error)
{
    if (team->ranks == 1) return LOCI_OK;
    size_t *first = loci_allocate_by(by, team->ranks + 1, sizeof *first);
    if (!first)
        return loci_fail(error, LOCI_E_MEMORY, "out of memory for the shares of %zu ranks", team->ranks);
    for (size_t r = 0; r <= team->ranks; r++) first[r] = loci_team_share(team, count, r) * size;
    const loci_status status = loci_team_gather(team, items, first, error);
    loci_free(first);
    return status;
}

/* numbers [ranks][count] of all ranks; NULL: it could not be. Released by loci_free. */
static uint64_t *collect(const loci_team *team, const uint64_t *numbers, size_t count, loci_status *status,
                         loci_error *error)
{
    const size_t ranks = team->ranks;
    size_t *first = loci_allocate(ranks + 1, sizeof *first), bytes;
    uint64_t *all = loci_size_multiply(&bytes, ranks, count) ? loci_allocate(bytes, sizeof *all) : NULL;
    *status = LOCI_OK;
    if (first && all) {
        for (size_t r = 0; r <= ranks; r++) first[r] = r * count * sizeof *all;
        memcpy(all + team->rank * count, numbers, count * sizeof *all);
        *status = loci_team_gather(team, all, first, error);
    } else {
        *status = loci_fail(error, LOCI_E_MEMORY, "out of memory for the numbers of %zu ranks", ranks);
    }
    loci_free(first);
    if (!*status) return all;
    loci_free(all);
    return NULL;
}

loci_status loci_team_compare(const loci_team *team, const uint64_t *numbers, size_t count, size_t *rank,
                              size_t *which, loci_error *error)
{
    loci_status status;
    *rank = *which = 0;
    if (team->ranks == 1) return LOCI_OK;
    uint64_t *all = collect(team, numbers, count, &status, error);
    if (!all) return status;
    for (size_t r = 1; r < team->ranks && *rank == 0; r++)
        for (size_t i = 0; i < count && *rank == 0; i++)
            if (all[r * count + i] != all[i]) *rank = r, *which = i;
    loci_free(all);
    return LOCI_OK;
}

loci_status loci_team_add(const loci_team *team, uint64_t *number, loci_error *error)
{
    loci_status status;
    if (team->ranks == 1) return LOCI_OK;
    uint64_t *all = collect(team, number, 1, &status, error);
    if (!all) return status;
    *number = 0;
    for (size_t r = 0; r < team->ranks; r++) *number += all[r];
    loci_free(all);
    return LOCI_OK;
}
