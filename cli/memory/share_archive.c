/* SPDX-License-Identifier: MIT
 * share_archive.c - runs of pages, one behind the other.
 *
 * Pages are coded each for itself, but for what the first one settles: the order, where it was left open, and what a share of the
 * deviation comes to. So each rank begins with the first page, goes on with its own, and drops the first one again. */
#include "memory/share_archive.h"

#include <stdlib.h>
#include <string.h>

#include "memory/share.h"
#include "shared/message.h"
#include "shared/ranks.h"

typedef struct {
    char *bytes;
    size_t size;
} gathered;

static loci_status gather(void *target, uint64_t at, const void *bytes, size_t size, loci_error *error)
{
    gathered *all = target;
    char *larger = realloc(all->bytes, (size_t)at + size);
    if (!larger) {
        error->status = LOCI_E_MEMORY;
        strcpy(error->text, "out of memory");
        return LOCI_E_MEMORY;
    }
    memcpy(larger + at, bytes, size);
    *all = (gathered){larger, (size_t)at + size};
    return LOCI_OK;
}

static loci_status give(void *target, uint64_t at, const void *bytes, size_t size, loci_error *error)
{
    (void)at, (void)error;
    output_bytes(target, bytes, size);
    return LOCI_OK;
}

typedef struct {
    loci_archive_writer *writer;
    size_t channels;
    bool refuses;
} taker;

static loci_status take(void *target, const double *u, const double *t, size_t n, loci_error *error)
{
    const taker *to = target;
    (void)t;
    for (size_t i = 0; to->refuses && i < n * to->channels; i++)
        if (isnan(u[i])) {
            error->status = LOCI_E_VALUE;
            strcpy(error->text, "a value is missing");
            return LOCI_E_VALUE;
        }
    return loci_archive_writer_push(to->writer, u, n, error);
}

static int watch(void *target)
{
    (void)target;
    return STATUS_DONE;
}

/* Samples of a page of such an archive: those of one that has a single sample. */
static loci_status page_of(uint64_t *page, const loci_archive_spec *spec, const source *from,
                           loci_error *error)
{
    loci_archive_writer *writer = NULL;
    loci_archive *archive = NULL;
    gathered one = {0};
    loci_status status = loci_archive_writer_create(&writer, spec, NULL, 0, gather, &one, error);
    if (!status) status = loci_archive_writer_push(writer, from->u, 1, error);
    if (!status) status = loci_archive_writer_finish(writer, error);
    if (!status) status = loci_archive_open(&archive, one.bytes, one.size, LOCI_ARCHIVE_WHOLE, error);
    if (!status) *page = loci_archive_inspect(archive).page;
    loci_archive_close(archive);
    loci_archive_writer_free(writer);
    free(one.bytes);
    return status;
}

/* This rank's run of the signal as an archive. */
static int remember(gathered *own, const loci_archive_spec *spec, const output *note, source *from,
                    uint64_t page, bool refuses)
{
    const uint64_t samples = from->info.samples, begin = share_begin(samples, page, ranks_team()->rank),
                   end = share_begin(samples, page, ranks_team()->rank + 1);
    taker to = {.channels = spec->channels, .refuses = refuses};
    gathered all = {0};
    loci_archive *archive = NULL;
    loci_error error;
    if (begin == end) return STATUS_DONE;
    if (loci_archive_writer_create(&to.writer, spec, note->bytes, note->size, gather, &all, &error) !=
        LOCI_OK)
        return message_error(from->path, &error);
    int status = STATUS_DONE;
    if (begin > 0) {
        status = source_feed_until(from, page, take, watch, &to, "remembering");
        if (!status) status = source_skip(from, begin);
    }
    if (!status)
        status = source_feed_until(from, end == samples ? UINT64_MAX : end, take, watch, &to, "remembering");
    if (!status && loci_archive_writer_finish(to.writer, &error) != LOCI_OK)
        status = message_error(from->path, &error);
    loci_archive_writer_free(to.writer);
    if (begin == 0) {
        *own = all;
        return status;
    }
    if (!status && (loci_archive_open(&archive, all.bytes, all.size, LOCI_ARCHIVE_WHOLE, &error) != LOCI_OK ||
                    loci_archive_forget(archive, spec->start + ((double)page + 0.5) * spec->dt, gather, own,
                                        &error) != LOCI_OK))
        status = message_error(from->path, &error);
    loci_archive_close(archive);
    free(all.bytes);
    return status;
}

static int join(output *out, const source *from, const char *all, const size_t *part)
{
    const size_t ranks = ranks_count();
    loci_archive **archives = calloc(ranks, sizeof *archives);
    size_t count = 0;
    loci_error error;
    int status = archives ? STATUS_DONE : message_memory();
    for (size_t r = 0; r < ranks && !status; r++) {
        if (part[r + 1] == part[r]) continue;
        if (loci_archive_open(&archives[count], all + part[r], part[r + 1] - part[r], LOCI_ARCHIVE_WHOLE,
                              &error) != LOCI_OK)
            status = message_error(from->path, &error);
        else
            count++;
    }
    if (!status && loci_archive_merge(archives, count, give, out, &error) != LOCI_OK)
        status = message_error(from->path, &error);
    for (size_t i = 0; i < count; i++) loci_archive_close(archives[i]);
    free(archives);
    return status;
}

int share_archive(output *out, const loci_archive_spec *spec, const output *note, source *from, bool refuses)
{
    uint64_t page = 0;
    char *all = NULL;
    gathered own = {0};
    loci_error error;
    size_t *part = calloc(ranks_count() + 1, sizeof *part);
    int status = part ? share_check(from) : message_memory();
    from->missing = refuses ? LOCI_MISSING_REFUSE : LOCI_MISSING_HOLD;
    if (!status && page_of(&page, spec, from, &error) != LOCI_OK) status = message_error(from->path, &error);
    if (!status) status = remember(&own, spec, note, from, page, refuses);
    if (!status) status = share_collect(&all, part, own.bytes, own.size);
    if (!status && ranks_first()) status = join(out, from, all, part);
    free(own.bytes);
    free(all);
    free(part);
    return status;
}
