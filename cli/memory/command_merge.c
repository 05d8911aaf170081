/* SPDX-License-Identifier: MIT
 * command_merge.c - memories of stretches that follow one another become the memory of all. */
#include "shared/command.h"

#include <math.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include "memory/memory_file.h"
#include "memory/merge_archive.h"
#include "shared/message.h"
#include "shared/output.h"
#include "shared/output_kind.h"
#include "shared/words.h"

/* Why `next` does not follow `all`, in the times that the user knows. */
static int apart(const memory_file *all, const memory_file *next, const loci_error *error)
{
    if (error->status != LOCI_E_MISMATCH) return message_error(next->path, error);
    const loci_memory_info a = loci_memory_inspect(all->memory, all->plan),
                           b = loci_memory_inspect(next->memory, all->plan);
    const bool overlap = loci_memory_plan_spec(all->plan)->dt <= 0 && b.start <= a.end;
    char start[WORDS_SIZE], end[WORDS_SIZE];
    words_time(start, b.start, all->iso);
    words_time(end, a.end, all->iso);
    if (overlap)
        return message_fail(
            "%s: it begins at %s, but the one before it ends at %s; a later beginning was expected",
            next->path, start, end);
    return message_fail("%s: it begins at %s; %s, where the one before it ends, was expected, or --append",
                        next->path, start, end);
}

static int join(memory_file *all, const char *path, bool append)
{
    memory_file next;
    int status = memory_file_load(&next, path);
    if (!status && next.archive)
        status = message_fail("%s: it is an archive, and %s is a memory; files of one kind were expected",
                              path, all->path);
    if (!status) status = memory_file_agree(all, &next);
    if (!status) {
        loci_error error;
        const loci_memory_info info = loci_memory_inspect(all->memory, all->plan);
        const double dt = loci_memory_plan_spec(all->plan)->dt;
        /* Joined samples end at the last one until another follows: a step later. */
        const double end = fmax(info.end, info.start + dt * (double)info.samples);
        if (append && loci_memory_shift(next.memory, all->plan, end, &error) != LOCI_OK)
            status = message_error(path, &error);
        else if (loci_memory_merge(all->memory, all->plan, next.memory, &error) != LOCI_OK)
            status = append && dt <= 0
                         ? message_fail("%s: nothing can be appended, since it is not known when the last "
                                        "sample before it ends; remember --end was expected",
                                        path)
                         : apart(all, &next, &error);
    }
    memory_file_release(&next);
    return status;
}

int command_merge(int argc, char **argv)
{
    const char *path = NULL;
    bool append = false;
    const option table[] = {
        {"output", 'o', OPTION_OUTPUT, &path, "C.loci",
         "the file of the joined memory, which may be one of those that are joined ('-': standard output)"},
        {"append", 0, OPTION_FLAG, &append, NULL,
         "let each memory begin where the one before it ends, whatever times it was remembered with"},
    };
    const options_page page = {
        .command = "merge",
        .synopsis = "A.loci B.loci... [--append] -o C.loci",
        .purpose =
            "Join memories of stretches that follow one another, in the order given, into the memory of the "
            "whole. Where the samples have a rate, no sample may be missing or overlap between them; where they have "
            "times, each memory must begin after the one before it.\n"
            "\n"
            "Memories must agree in measure, order, detail, rate and names; archives in what they promise, rate and names.",
        .options = table,
        .count = sizeof table / sizeof table[0],
        .closing = "Example:\n  loci merge monday.loci tuesday.loci --append -o both.loci",
        .operand = "memories",
        .least = 2,
        .most = SIZE_MAX,
    };
    memory_file all = {0};
    int status = options_parse(&page, &argc, argv);
    if (status == OPTIONS_GO) {
        if (!path)
            status = message_usage("merge: -o C.loci is missing; a file for the joined memory was expected");
        else if (strcmp(path, "-") == 0 && isatty(STDOUT_FILENO))
            status = message_usage("merge: standard output is a terminal; -o with a file was expected");
        else
            status = output_kind_none(path, "-o", "the memory", "merge");
        if (!status) status = memory_file_load(&all, argv[1]);
        if (!status && all.archive) {
            memory_file_release(&all);
            return merge_archive(argv + 1, (size_t)argc - 1, path, append);
        }
        for (int i = 2; i < argc && !status; i++) status = join(&all, argv[i], append);
        if (!status) status = memory_file_save(&all, path);
    }
    memory_file_release(&all);
    return status;
}
