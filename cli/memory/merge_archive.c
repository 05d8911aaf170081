/* SPDX-License-Identifier: MIT
 * merge_archive.c - archives of stretches that follow one another become one. */
#include "memory/merge_archive.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <loci/archive.h>

#include "memory/memory_file.h"
#include "shared/message.h"
#include "shared/output.h"
#include "shared/words.h"

/* The first thing in which two archives differ that must not. What the library looks at itself is left to it. */
static int agree(const memory_file *a, const memory_file *b)
{
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

static int follows(const memory_file *a, const memory_file *b)
{
    const loci_archive_info before = loci_archive_inspect(a->archive),
                            after = loci_archive_inspect(b->archive);
    char start[WORDS_SIZE], end[WORDS_SIZE];
    if (fabs(after.start - before.end) <= 0.5 * before.dt) return STATUS_DONE;
    return message_fail("%s: it begins at %s; %s, where the one before it ends, was expected, or --append",
                        b->path, words_time(start, after.start, b->iso), words_time(end, before.end, a->iso));
}

static loci_status sink(void *target, uint64_t at, const void *bytes, size_t size, loci_error *error)
{
    (void)at;
    (void)error;
    output_bytes(target, bytes, size);
    return LOCI_OK;
}

/* The library does not know names: of what is damaged the first one is named, of the rest what was to be made. */
static int failed(const memory_file *all, size_t count, const char *to, const loci_error *error)
{
    loci_error own;
    for (size_t i = 0; i < count && error->status == LOCI_E_FORMAT; i++)
        if (loci_archive_verify(all[i].archive, &own) != LOCI_OK) return message_error(all[i].path, &own);
    return message_error(to, error);
}

/* The note of the whole, that of the first, counts what all hold over. */
static int held_join(memory_file *all, size_t count, output *note)
{
    uint64_t later = 0;
    for (size_t i = 1; i < count; i++) later += all[i].held;
    if (later == 0) return STATUS_DONE;
    all[0].holds = true;
    all[0].held += later;
    memory_file_note(note, &all[0]);
    if (note->reason) return message_memory();
    loci_archive_note(all[0].archive, note->bytes, note->size);
    return STATUS_DONE;
}

int merge_archive(char *const *paths, size_t count, const char *to, bool append)
{
    memory_file *all = calloc(count, sizeof *all);
    loci_archive **archives = calloc(count, sizeof *archives);
    int status = all && archives ? STATUS_DONE : message_memory();
    size_t loaded = 0;
    for (; loaded < count && !status; loaded++) {
        status = memory_file_load(&all[loaded], paths[loaded]);
        if (!status && !all[loaded].archive)
            status = message_fail("%s: it is a memory, and %s is an archive; files of one kind were expected",
                                  paths[loaded], paths[0]);
        if (!status) archives[loaded] = all[loaded].archive;
        if (!status && loaded > 0) status = agree(&all[0], &all[loaded]);
        if (!status && loaded > 0 && !append) status = follows(&all[loaded - 1], &all[loaded]);
    }
    output note = {.path = to}; /* gathers text only, and is never closed */
    if (!status) status = held_join(all, count, &note);
    if (!status) {
        output out;
        loci_error error;
        output_open(&out, to);
        if (loci_archive_merge(archives, count, sink, &out, &error) != LOCI_OK) {
            status = failed(all, count, to, &error);
            output_abandon(&out);
        } else {
            status = output_close(&out);
        }
    }
    free(note.bytes);
    for (size_t i = 0; all && i < loaded; i++) memory_file_release(&all[i]);
    free(archives);
    free(all);
    return status;
}
