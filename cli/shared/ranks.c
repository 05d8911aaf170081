/* SPDX-License-Identifier: MIT
 * ranks.c - who prints, who ends whom, and a program without MPI among several of its kind. */
#include "shared/ranks.h"

#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "shared/interrupt.h"
#include "shared/message.h"
#include "shared/transport.h"

static const double patience = 2; /* seconds until the others have failed too, or have not */
static const double grace =
    0.4; /* of a rank that was told to stop, for the others; mpirun waits 1 s before it kills */

static loci_team team = {.size = sizeof team, .ranks = 1};
static bool begun;            /* the transport */
static int voice = -1;        /* of another rank than 0: standard error */
static char kept[2048];       /* its first error */
static char told[RANKS_TOLD]; /* all its messages since they were asked for */
static const char *last_words;

size_t ranks_count(void)
{
    return team.ranks;
}

bool ranks_first(void)
{
    return team.rank == 0;
}

const loci_team *ranks_team(void)
{
    return team.ranks > 1 ? &team : NULL;
}

size_t ranks_threads(size_t asked)
{
    return asked == 0 && team.ranks > 1 ? transport_threads() : asked;
}

bool ranks_keep(const char *lead, const char *line)
{
    if (ranks_first()) return false;
    if (!kept[0] && !lead[0]) snprintf(kept, sizeof kept, "%s", line);
    const size_t used = strlen(told), wanted = strlen(lead) + strlen(line) + sizeof "loci: \n";
    if (used + wanted <= sizeof told) snprintf(told + used, sizeof told - used, "loci: %s%s\n", lead, line);
    return true;
}

void ranks_told(char lines[RANKS_TOLD])
{
    memset(lines, 0, RANKS_TOLD);
    memcpy(lines, told, strlen(told));
    told[0] = 0;
}

void ranks_last_words(const char *words)
{
    last_words = words;
}

/* ---- who started this ---- */

/* As how many processes of its kind the environment says that this one was started; 0: it does not. SLURM_NTASKS is no sign: a batch
 * script has it, too. */
static size_t started(bool *first)
{
    static const char *const names[][2] = {{"OMPI_COMM_WORLD_SIZE", "OMPI_COMM_WORLD_RANK"},
                                           {"PMI_SIZE", "PMI_RANK"},
                                           {"SLURM_STEP_NUM_TASKS", "SLURM_PROCID"}};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const char *size = getenv(names[i][0]), *rank = getenv(names[i][1]);
        const long count = size ? strtol(size, NULL, 10) : 0;
        *first = !rank || strcmp(rank, "0") == 0;
        if (count > 0) return (size_t)count;
    }
    return 0;
}

/* loci becomes the loci-mpi beside it, if there is one. */
static void become(char **argv)
{
    static const char name[] = "loci-mpi";
    char path[4096];
    const ssize_t length = readlink("/proc/self/exe", path, sizeof path - sizeof name);
    if (length <= 0) return;
    path[length] = 0;
    char *slash = strrchr(path, '/');
    if (!slash) return;
    memcpy(slash + 1, name, sizeof name);
    execv(path, argv);
}

static int alone_among(size_t count, bool together, const char *command)
{
    bool first = true;
    started(&first);
    if (together)
        return first
                   ? message_usage(
                         "%s: this is one of %zu processes that were started together, and without MPI each would do the same "
                         "work and write the same file; loci-mpi, which -DLOCI_MPI=ON builds, was expected",
                         command, count)
                   : STATUS_USAGE;
    if (first)
        message_warn("%s is the work of one process; all of the %zu that were started together do it",
                     command, count);
    return STATUS_DONE;
}

/* ---- at the beginning ---- */

/* Told to stop, and in vain: another rank is at work, or will never answer. mpirun kills this one soon. */
static void waiting(double seconds)
{
    static double seen_at;
    static bool said;
    if (!interrupt_seen() || said || !last_words || !ranks_first()) return;
    if (seen_at <= 0) seen_at = seconds;
    if (seconds < seen_at) seen_at = seconds; /* another wait */
    if (seconds - seen_at < grace) return;
    said = true;
    message_fail("%s", last_words);
}

static void hush(void)
{
    fflush(NULL);
    voice = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);
    const int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
    if (nowhere < 0) return;
    dup2(nowhere, STDOUT_FILENO);
    dup2(nowhere, STDERR_FILENO);
    close(nowhere);
}

static uint64_t hash_of(char **words)
{
    uint64_t hash = 0xcbf29ce484222325u;
    for (; *words; words++) /* with the 0 behind each word */
        for (const char *c = *words;; c++) {
            hash = (hash ^ (unsigned char)*c) * 0x100000001b3u;
            if (*c == 0) break;
        }
    return hash;
}

/* All ranks must have been asked the same. */
static int same_command(char **argv)
{
    const uint64_t hash = hash_of(argv);
    bool alike = true;
    const int status = ranks_compare(&hash, 1, &alike);
    if (status || alike) return status;
    return message_usage("the ranks have different command lines; the same one for all was expected");
}

int ranks_begin(int *argc, char ***argv, bool together)
{
    bool first;
    const size_t count = started(&first);
    if (!together || !transport_there()) {
        if (count < 2) return STATUS_DONE;
        if (together) become(*argv);
        return alone_among(count, together, (*argv)[1]);
    }
    transport_begin(&team, argc, argv, waiting);
    begun = true;
    if (team.ranks == 1 && count > 1) {
        const int status =
            first
                ? message_usage(
                      "%s: this is one of %zu processes that were started together, and MPI knows of none but "
                      "itself; the mpirun of the MPI that loci-mpi was built with, or srun with a --mpi for it, "
                      "was expected",
                      (*argv)[1], count)
                : STATUS_USAGE;
        transport_end();
        exit(status);
    }
    if (team.ranks == 1) return STATUS_DONE;
    if (!ranks_first()) hush();
    return same_command(*argv);
}

/* ---- in between ---- */

static int failed(const loci_error *error)
{
    return message_error(NULL, error);
}

int ranks_share(void *bytes, size_t size)
{
    loci_error error;
    if (team.ranks == 1) return STATUS_DONE;
    return loci_team_broadcast(&team, bytes, size, 0, &error) == LOCI_OK ? STATUS_DONE : failed(&error);
}

int ranks_status(int status)
{
    const int shared = ranks_share(&status, sizeof status);
    return shared ? shared : status;
}

void ranks_own(size_t count, size_t *first, size_t *end)
{
    const size_t each = count / team.ranks, more = count % team.ranks;
    *first = each * team.rank + more * team.rank / team.ranks;
    *end = each * (team.rank + 1) + more * (team.rank + 1) / team.ranks;
}

int ranks_collect(void *items, size_t size, size_t count)
{
    if (team.ranks == 1) return STATUS_DONE;
    loci_error error;
    size_t *first = malloc((team.ranks + 1) * sizeof *first);
    if (!first) return message_memory();
    for (size_t r = 0; r <= team.ranks; r++)
        first[r] = (count / team.ranks * r + count % team.ranks * r / team.ranks) * size;
    const int status =
        loci_team_gather(&team, items, first, &error) == LOCI_OK ? STATUS_DONE : failed(&error);
    free(first);
    return status;
}

int ranks_most(int *number)
{
    if (team.ranks == 1) return STATUS_DONE;
    int *all = malloc(team.ranks * sizeof *all), status = all ? STATUS_DONE : message_memory();
    if (!status) all[team.rank] = *number;
    if (!status) status = ranks_collect(all, sizeof *all, team.ranks);
    for (size_t r = 0; !status && r < team.ranks; r++)
        if (all[r] > *number) *number = all[r];
    free(all);
    return status;
}

int ranks_compare(const uint64_t *numbers, size_t count, bool *alike)
{
    *alike = true;
    if (team.ranks == 1) return STATUS_DONE;
    uint64_t *first = malloc(count * sizeof *first);
    int status = first ? STATUS_DONE : message_memory();
    if (!status) memcpy(first, numbers, count * sizeof *first);
    if (!status) status = ranks_share(first, count * sizeof *first);
    int differs = !status && memcmp(first, numbers, count * sizeof *first) != 0;
    if (!status) status = ranks_most(&differs);
    *alike = !differs;
    free(first);
    return status;
}

/* ---- at the end ---- */

static void speak(void)
{
    char line[sizeof kept + 64];
    const int length = snprintf(line, sizeof line, "loci: rank %zu: %s\n", team.rank,
                                kept[0] ? kept : "ended without a word");
    if (voice >= 0 && length > 0 && write(voice, line, (size_t)length) < 0) voice = -1;
}

/* The lowest rank that failed tells why. */
int ranks_end(int status)
{
    if (!begun) return status;
    if (team.ranks == 1) {
        transport_end();
        return status;
    }
    fflush(NULL);
    if (!transport_all_end(status == STATUS_DONE ? 1e9 : patience)) {
        if (!ranks_first()) speak();
        transport_abort(status);
    }
    int place = status ? -(int)team.rank : INT32_MIN, worst = status;
    const int own = place;
    if (ranks_most(&place) == STATUS_DONE && ranks_most(&worst) == STATUS_DONE) {
        if (status && own == place && !ranks_first()) speak();
        status = worst;
    }
    transport_end();
    return status;
}
