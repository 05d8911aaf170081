/* SPDX-License-Identifier: MIT
 * seal.c - saved bytes: begun, ended, checked. */
#include "base/seal.h"

#include <stdbool.h>
#include <string.h>

#include "base/allocate.h"
#include "base/checksum.h"
#include "base/endian.h"
#include "base/status.h"

enum { CHECKSUM = 8 };

size_t loci_seal_size(const loci_seal *seal, size_t numbers, size_t note_length)
{
    size_t bytes, note;
    if (!loci_size_multiply(&bytes, numbers, 8) || !loci_size_add(&note, note_length, 7) ||
        !loci_size_add(&bytes, bytes, note / 8 * 8) || !loci_size_add(&bytes, bytes, seal->fixed + CHECKSUM))
        return 0;
    return bytes;
}

loci_status loci_seal_room(size_t size, size_t wanted, loci_error *error)
{
    if (wanted > 0 && size == wanted) return LOCI_OK;
    return loci_fail(error, LOCI_E_ARGUMENT, "%zu bytes were given to save in; %zu were expected", size,
                     wanted);
}

void loci_seal_begin(unsigned char **at, const loci_seal *seal, size_t size)
{
    memcpy(*at, seal->magic, sizeof seal->magic);
    *at += sizeof seal->magic;
    loci_endian_put(at, seal->version, 8);
    loci_endian_put(at, size, 8);
}

void loci_seal_note(unsigned char **at, const char *note, size_t length)
{
    const size_t room = (length + 7) / 8 * 8;
    if (length > 0) memcpy(*at, note, length);
    memset(*at + length, 0, room - length);
    *at += room;
}

void loci_seal_end(unsigned char **at, const void *bytes)
{
    loci_endian_put(at, loci_checksum(bytes, (size_t)(*at - (const unsigned char *)bytes)), CHECKSUM);
}

loci_status loci_seal_check(const loci_seal *seal, const void *bytes, size_t size, loci_error *error)
{
    const size_t begin = sizeof seal->magic;
    if (size < begin || memcmp(bytes, seal->magic, begin) != 0)
        return loci_fail(error, LOCI_E_FORMAT, "is %s: it does not begin like one", seal->none);
    if (size < seal->fixed + CHECKSUM)
        return loci_fail(error, LOCI_E_FORMAT, "is a %s cut short", seal->name);
    const unsigned char *at = (const unsigned char *)bytes + begin,
                        *tail = (const unsigned char *)bytes + size - CHECKSUM;
    const uint64_t version = loci_endian_get(&at, 8), whole = loci_endian_get(&at, 8);
    const bool sound = loci_endian_get(&tail, CHECKSUM) == loci_checksum(bytes, size - CHECKSUM);
    if (!sound && whole > size)
        return loci_fail(error, LOCI_E_FORMAT, "is a %s cut short: %zu bytes of %llu", seal->name, size,
                         (unsigned long long)whole);
    if (!sound || whole != size)
        return loci_fail(error, LOCI_E_FORMAT, "is a damaged %s: its checksum does not fit its bytes",
                         seal->name);
    if (version != seal->version)
        return loci_fail(error, LOCI_E_FORMAT, "is a %s of version %llu; version %llu was expected",
                         seal->name, (unsigned long long)version, (unsigned long long)seal->version);
    return LOCI_OK;
}
