/* SPDX-License-Identifier: MIT
 * transport.h - what moves bytes between the processes of a job: MPI in loci-mpi (mpi/transport_mpi.c), nothing in loci
 * (mpi/transport_none.c). */
#ifndef LOCI_CLI_TRANSPORT_H
#define LOCI_CLI_TRANSPORT_H

#include <stdbool.h>

#include <loci/team.h>

/* Whether the program has one. */
bool transport_there(void);

/* Finds the other processes: their team, whose exchange calls `waiting` now and then while it waits. */
void transport_begin(loci_team *team, int *argc, char ***argv, void (*waiting)(double seconds));

/* The threads that suit this rank: its processors, or, where ranks of this machine share them, its part; 0: not known. */
size_t transport_threads(void);

/* Whether all ranks have come to their end, waited for as long as it may take them to fail like this one. */
bool transport_all_end(double seconds);
/* After that: all leave. */
void transport_end(void);
/* Ends all ranks, and this process. */
void transport_abort(int status);

#endif
