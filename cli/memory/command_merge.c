/* SPDX-License-Identifier: MIT
 * command_merge.c - memories of stretches that follow one another become the memory of all. */
#include "shared/command.h"

#include <math.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include "memory/memory_file.h"
#include "shared/message.h"
#include "shared/output.h"
#include "shared/words.h"

/* The first thing in which two memories differ that must not, told in one line; or 0. */
static int agree(const memory_file *a, const memory_file *b)
{
    const loci_memory_spec *s = loci_memory_plan_spec(a->plan), *t = loci_memory_plan_spec(b->plan);
    char one[WORDS_SIZE], other[WORDS_SIZE];
    if (s->measure != t->measure)
        return message_fail("%s: its measure is %s; that of %s is %s", b->path, loci_measure_name(t->measure),
                            a->path, loci_measure_name(s->measure));
    if (s->order != t->order)
        return message_fail("%s: its order is %zu; that of %s is %zu", b->path, t->order, a->path, s->order);
    if (s->method != t->method || s->discretization != t->discretization)
        return message_fail("%s: it was remembered by another method than %s", b->path, a->path);
    if (s->detail != t->detail)
        return message_fail("%s: its detail is %zu; that of %s is %zu", b->path, t->detail, a->path,
                            s->detail);
    if ((s->dt > 0) != (t->dt > 0))
        return message_fail("%s: its samples %s; those of %s %s", b->path,
                            t->dt > 0 ? "have a rate" : "have times", a->path,
                            s->dt > 0 ? "have a rate" : "have times");
    if (s->dt > 0 && (s->dt < t->dt || s->dt > t->dt))
        return message_fail("%s: its rate is %s Hz; that of %s is %s", b->path, words_rate(one, t->dt),
                            a->path, words_rate(other, s->dt));
    if (s->window < t->window || s->window > t->window)
        return message_fail("%s: its window is %s s; that of %s is %s", b->path, words_number(one, t->window),
                            a->path, words_number(other, s->window));
    if (s->join != t->join)
        return message_fail("%s: its samples are %s; those of %s are not", b->path,
                            t->join == LOCI_LINEAR ? "joined by lines" : "held", a->path);
    if (s->missing != t->missing)
        return message_fail("%s: its missing values are %s; those of %s are not", b->path,
                            t->missing == LOCI_MISSING_HOLD ? "held over" : "refused", a->path);
    if (a->channels != b->channels)
        return message_fail("%s: it has %zu channel%s; %s has %zu", b->path, b->channels,
                            b->channels == 1 ? "" : "s", a->path, a->channels);
    for (size_t c = 0; c < a->channels; c++)
        if (strcmp(a->names[c], b->names[c]) != 0)
            return message_fail("%s: its channel %zu is \"%s\"; that of %s is \"%s\"", b->path, c + 1,
                                b->names[c], a->path, a->names[c]);
    if (a->iso != b->iso)
        return message_fail("%s: its times are %s; those of %s are not", b->path,
                            b->iso ? "dates" : "plain seconds", a->path);
    return STATUS_DONE;
}

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
    if (!status) status = agree(all, &next);
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
        {"output", 'o', OPTION_TEXT, &path, "C.loci", "the file of the joined memory ('-': standard output)"},
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
            "The memories must agree in measure, order, detail, rate and names.",
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
            status = memory_file_load(&all, argv[1]);
        for (int i = 2; i < argc && !status; i++) status = join(&all, argv[i], append);
        if (!status) status = memory_file_save(&all, path);
    }
    memory_file_release(&all);
    return status;
}
