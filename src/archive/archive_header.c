/* SPDX-License-Identifier: MIT
 * archive_header.c - the first bytes of an archive. */
#include "archive/archive_header.h"

#include <math.h>
#include <string.h>

#include "archive/bytes.h"
#include "base/allocate.h"
#include "base/checksum.h"
#include "base/status.h"

enum { VERSION = 2, FIXED = 12 };
static const unsigned char magic[8] = {'L', 'O', 'C', 'I', 'A', 'R', 'C', '\n'};

int loci_archive_is(const void *bytes, size_t size)
{
    return size >= sizeof magic && memcmp(bytes, magic, sizeof magic) == 0;
}

size_t loci_archive_capacity(const archive_header *h)
{
    enum { JOINED = 4, JOINED_ALONE = 2, JOINED_SHORT = 64, SHORT = 32768 };
    if (h->rule != LOCI_KEEP_BUDGET) return h->page;
    const size_t alone = h->page * JOINED_ALONE, shorter = h->page * JOINED_SHORT;
    const size_t most = h->channels > 1 ? h->page * JOINED
                        : alone > SHORT ? alone
                                        : (shorter < SHORT ? shorter : SHORT);
    return most < LOCI_ARCHIVE_PAGE_MAX ? most : LOCI_ARCHIVE_PAGE_MAX;
}

size_t loci_archive_header_room(const archive_header *h)
{
    return 128 + 16 * h->channels + h->note_length;
}

size_t loci_archive_header_write(const archive_header *h, unsigned char *bytes, size_t room)
{
    byte_writer w = {.at = bytes + FIXED, .end = bytes + room};
    memcpy(bytes, magic, sizeof magic);
    bytes_put(&w, VERSION, 1);
    bytes_put(&w, h->rule, 1);
    bytes_put_count(&w, h->page);
    bytes_put_count(&w, h->channels);
    bytes_put_pair(&w, h->dt, h->start);
    if (h->rule == LOCI_KEEP_BUDGET) {
        bytes_put_count(&w, h->budget);
        bytes_put_pair(&w, h->fading, 0.0);
    }
    for (size_t c = 0; c < h->channels; c++) bytes_put_pair(&w, h->bound[c], 0.0);
    bytes_put_count(&w, h->note_length);
    for (size_t i = 0; i < h->note_length; i++) bytes_put(&w, (unsigned char)h->note[i], 1);
    const size_t size = (size_t)(w.at - bytes) + 4;
    byte_writer fixed = {.at = bytes + sizeof magic, .end = bytes + FIXED};
    bytes_put(&fixed, size, 4);
    bytes_put(&w, loci_checksum(bytes, size - 4), 4);
    return size;
}

static loci_status damaged(loci_error *error)
{
    return loci_fail(error, LOCI_E_FORMAT, "its header is damaged; an archive was expected");
}

static bool sound(const archive_header *h)
{
    bool good = h->dt > 0.0 && isfinite(h->dt) && isfinite(h->start) && h->rule <= LOCI_KEEP_BUDGET &&
                h->page >= 1 && h->page <= LOCI_ARCHIVE_PAGE_MAX && h->channels >= 1 &&
                h->channels <= LOCI_ARCHIVE_CHANNELS_MAX;
    if (good && h->rule == LOCI_KEEP_BUDGET)
        good =
            h->budget <= LOCI_ARCHIVE_BUDGET_MAX && h->fading >= 0.0 && h->fading <= LOCI_ARCHIVE_FADING_MAX;
    for (size_t c = 0; good && h->bound && c < h->channels; c++)
        good = h->bound[c] > 0.0 && isfinite(h->bound[c]);
    return good;
}

loci_status loci_archive_header_read(archive_header *h, const loci_allocator *by, const unsigned char *bytes,
                                     size_t given, size_t *size, loci_error *error)
{
    *h = (archive_header){0};
    if (!loci_archive_is(bytes, given))
        return loci_fail(error, LOCI_E_FORMAT,
                         "it does not begin as an archive does; an archive was expected");
    if (given < FIXED) return damaged(error);
    byte_reader r = {.at = bytes + sizeof magic, .end = bytes + FIXED};
    *size = (size_t)bytes_get(&r, 4);
    if (*size < FIXED + 4 || *size > given) return damaged(error);
    byte_reader sum = {.at = bytes + *size - 4, .end = bytes + *size};
    if (bytes_get(&sum, 4) != (loci_checksum(bytes, *size - 4) & 0xFFFFFFFFu)) return damaged(error);
    r.end = bytes + *size - 4;
    const unsigned version = (unsigned)bytes_get(&r, 1);
    if (version != VERSION)
        return loci_fail(error, LOCI_E_UNSUPPORTED, "it is an archive of version %u; version %d was expected",
                         version, VERSION);
    h->rule = (loci_archive_rule)bytes_get(&r, 1);
    h->page = (size_t)bytes_get_count(&r);
    h->channels = (size_t)bytes_get_count(&r);
    double none;
    bytes_get_pair(&r, &h->dt, &h->start);
    if (h->rule == LOCI_KEEP_BUDGET) {
        h->budget = (size_t)bytes_get_count(&r);
        bytes_get_pair(&r, &h->fading, &none);
    }
    if (r.short_of || !sound(h)) return damaged(error);
    h->bound = loci_allocate_by(by, h->channels, sizeof *h->bound);
    if (!h->bound) return loci_fail(error, LOCI_E_MEMORY, "out of memory for %zu channels", h->channels);
    for (size_t c = 0; c < h->channels; c++) bytes_get_pair(&r, &h->bound[c], &none);
    h->note_length = (size_t)bytes_get_count(&r);
    h->note = (const char *)r.at;
    if (r.short_of || h->note_length != (size_t)(r.end - r.at) || !sound(h)) {
        loci_free(h->bound);
        h->bound = NULL;
        return damaged(error);
    }
    return LOCI_OK;
}
