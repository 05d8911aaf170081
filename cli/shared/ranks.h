/* SPDX-License-Identifier: MIT
 *
 * ranks.h - the processes that mpirun started together, where there are several.
 *
 * All run the same command line. Rank 0 alone prints and writes: the others' standard output and error lead nowhere, and the functions of
 * output.h write nothing there. A message of another rank (message_fail and so on) is kept, and told where rank 0 had none. What one
 * rank alone can know, as which files there are and whether they could be written, it tells the others. Alone everything here is
 * as if it were not there. */
#ifndef LOCI_CLI_RANKS_H
#define LOCI_CLI_RANKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <loci/team.h>

/* For a command: together says whether ranks share its work. Where processes were started together that cannot, loci becomes loci-mpi, if
 * that lies beside it, or it is said. A status: 0 goes on. */
int ranks_begin(int *argc, char ***argv, bool together);
/* Waits for the others, and ends them where they cannot end by themselves; the status to leave with. */
int ranks_end(int status);

size_t ranks_count(void);
bool ranks_first(void);            /* this is rank 0 */
const loci_team *ranks_team(void); /* NULL: alone */
/* Threads to work on where so many were asked for, 0 being as many as there are processors: its part of those that ranks share. */
size_t ranks_threads(size_t asked);

/* Rank 0's status to all, and its bytes [size]. A status. */
int ranks_status(int status);
int ranks_share(void *bytes, size_t size);
/* The largest number of all ranks, into all of them. A status. */
int ranks_most(int *number);
/* Whether all ranks have the same numbers [count]: into *alike of all of them. A status. */
int ranks_compare(const uint64_t *numbers, size_t count, bool *alike);

/* Items [count] are shared out, from *first up to *end to this rank. ranks_collect: every rank has filled in its own, of `size` bytes
 * each; then all have all. A status. */
void ranks_own(size_t count, size_t *first, size_t *end);
int ranks_collect(void *items, size_t size, size_t count);

/* What rank 0 says where it was told to stop and cannot, since it waits for another one; NULL: nothing. It must stay. */
void ranks_last_words(const char *words);

/* The line of a message, by message.c: whether it was kept, and is not to be printed. A lead of "" is that of an error. */
bool ranks_keep(const char *lead, const char *line);

enum { RANKS_TOLD = 4096 };
/* The lines that were kept since the last call, as they would have been printed; for message_passed_on of rank 0. */
void ranks_told(char lines[RANKS_TOLD]);

#endif
