/* SPDX-License-Identifier: MIT
 * transport_mpi.c - the processes that mpirun or srun started, by MPI-3.
 *
 * MPI is called by the main thread alone. Waiting gives the processor away, so that several ranks may share one, and after a while
 * sleeps: ranks wait for one another at the beginning of what they exchange, which takes little time itself. */
#ifdef __linux__
#define _GNU_SOURCE /* sched_getaffinity */
#endif
#include "shared/transport.h"

#include <sched.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <time.h>

#include <mpi.h>

#include "shared/progress.h"

static const size_t piece = (size_t)1 << 30; /* bytes of a message: MPI counts in int */
static const double yields = 0.002;          /* seconds; then it sleeps between two looks */

static MPI_Comm work, end; /* messages of the one are never taken for the other's */
static void (*while_waiting)(double seconds);
static size_t threads;

bool transport_there(void)
{
    return true;
}

/* At most two. */
static void wait_for(MPI_Request *requests, int count)
{
    MPI_Status statuses[2]; /* gcc takes MPICH's MPI_STATUSES_IGNORE for an array of none */
    int done = 0;
    MPI_Testall(count, requests, &done, statuses);
    if (done) return;
    const double begun = progress_clock();
    for (;;) {
        MPI_Testall(count, requests, &done, statuses);
        if (done) return;
        const double waited = progress_clock() - begun;
        if (waited < yields) {
            sched_yield();
        } else {
            nanosleep(&(struct timespec){.tv_nsec = 50000}, NULL);
            while_waiting(waited);
        }
    }
}

/* Both ranks cut what they exchange into the same pieces. MPI ends the job where a message cannot be sent. */
static int exchange(void *context, const void *out, size_t out_size, size_t to, void *in, size_t in_size,
                    size_t from)
{
    (void)context;
    const char *out_at = out;
    char *in_at = in;
    while (out_size > 0 || in_size > 0) {
        const size_t sent = out_size < piece ? out_size : piece, got = in_size < piece ? in_size : piece;
        MPI_Request requests[2];
        int count = 0;
        if (got) MPI_Irecv(in_at, (int)got, MPI_BYTE, (int)from, 0, work, &requests[count++]);
        if (sent) MPI_Isend(out_at, (int)sent, MPI_BYTE, (int)to, 0, work, &requests[count++]);
        wait_for(requests, count);
        if (sent) out_at += sent, out_size -= sent;
        if (got) in_at += got, in_size -= got;
    }
    return 0;
}

/* Where mpirun bound no rank, or several to one socket, each may use all of its processors: then they are shared out. */
static size_t count_threads(void)
{
#ifdef __linux__
    cpu_set_t mine, any;
    MPI_Comm machine;
    CPU_ZERO(&mine);
    const int known = sched_getaffinity(0, sizeof mine, &mine) == 0;
    int own = known ? CPU_COUNT(&mine) : 0, all = 0;
    MPI_Comm_split_type(work, MPI_COMM_TYPE_SHARED, 0, MPI_INFO_NULL, &machine);
    MPI_Allreduce(&mine, &any, (int)sizeof mine, MPI_BYTE, MPI_BOR, machine);
    MPI_Allreduce(&own, &all, 1, MPI_INT, MPI_SUM, machine);
    MPI_Comm_free(&machine);
    if (own == 0 || all == 0) return 0;
    const size_t part = (size_t)own * (size_t)CPU_COUNT(&any) / (size_t)all;
    return part > 0 ? part : 1;
#else
    return 0;
#endif
}

size_t transport_threads(void)
{
    return threads;
}

void transport_begin(loci_team *team, int *argc, char ***argv, void (*waiting)(double seconds))
{
    int provided, rank, ranks;
    MPI_Init_thread(argc, argv, MPI_THREAD_FUNNELED, &provided);
    MPI_Comm_dup(MPI_COMM_WORLD, &work);
    MPI_Comm_dup(MPI_COMM_WORLD, &end);
    MPI_Comm_rank(work, &rank);
    MPI_Comm_size(work, &ranks);
    while_waiting = waiting;
    threads = ranks > 1 ? count_threads() : 0;
    *team =
        (loci_team){.size = sizeof *team, .rank = (size_t)rank, .ranks = (size_t)ranks, .exchange = exchange};
}

bool transport_all_end(double seconds)
{
    MPI_Request request;
    const double begun = progress_clock();
    int done = 0;
    MPI_Ibarrier(end, &request);
    while (!done && progress_clock() - begun < seconds) {
        MPI_Test(&request, &done, MPI_STATUS_IGNORE);
        if (!done) nanosleep(&(struct timespec){.tv_nsec = 100000}, NULL);
    }
    return done;
}

void transport_end(void)
{
    MPI_Comm_free(&work);
    MPI_Comm_free(&end);
    MPI_Finalize();
}

void transport_abort(int status)
{
    MPI_Abort(work, status);
    _Exit(status);
}
