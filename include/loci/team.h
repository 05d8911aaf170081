/* SPDX-License-Identifier: MIT
 *
 * loci/team.h - processes that work together, each with a copy of the program: what a training, an evaluation and a readout ask of
 * whatever moves bytes between them.
 *
 * The ranks of a team are numbered from 0. All of them call the same functions in the same order, with the same models, sets
 * and options but for threads; each does its share, and all have the same result, to the bit, that one process alone has. The
 * library moves no bytes itself: the caller lends it one function, `exchange`, made of MPI_Sendrecv, of sockets, or of memory
 * that threads share. What fails on all ranks alike (a loss that is not finite, a set that does not fit) is returned on all of
 * them; what fails on one (memory, a connection) leaves the others waiting in `exchange`, which the caller ends.
 */
#ifndef LOCI_TEAM_H
#define LOCI_TEAM_H

#include <stddef.h>

#include <loci/status.h>

#ifdef __cplusplus
extern "C" {
#endif

#define LOCI_RANKS_MAX 65536

typedef struct {
    size_t size;        /* sizeof of this struct; 0: the fields of version 0.1 */
    size_t rank, ranks; /* rank < ranks, 1 to LOCI_RANKS_MAX */
    void *context;      /* of the function */
    /* Sends out [out_size] to rank `to` while it receives in [in_size] from rank `from`; returns when both are done: 0, or another
     * number where they cannot be. A size of 0: there is nothing to send, or to receive, and its rank means nothing. What one rank
     * sends another arrives in the order in which it was sent. Called by the thread that called the library, never with
     * itself as the other rank. May be NULL where ranks is 1. */
    int (*exchange)(void *context, const void *out, size_t out_size, size_t to, void *in, size_t in_size,
                    size_t from);
} loci_team;

/* bytes [size] of rank `from` to all others, in log2(ranks) rounds. LOCI_E_IO: an exchange failed; LOCI_E_ARGUMENT: the team
 * is none. */
LOCI_API loci_status loci_team_broadcast(const loci_team *team, void *bytes, size_t size, size_t from,
                                         loci_error *error);
/* Every rank has filled its part of bytes [first[ranks]], from first[rank] up to first[rank + 1], where first[0] is 0 and parts may
 * be empty; then all ranks have all parts. In log2(ranks) rounds. Errors as above. */
LOCI_API loci_status loci_team_gather(const loci_team *team, void *bytes, const size_t *first,
                                      loci_error *error);

#ifdef __cplusplus
}
#endif
#endif
