/* SPDX-License-Identifier: MIT
 * system_save.c - a system as the bytes of an .npz archive: a zip file of NPY members, stored. */
#include <loci/init.h>

#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "base/allocate.h"
#include "base/status.h"

enum { MEMBERS = 6, HEADER = 128, LOCAL = 30, CENTRAL = 46, END = 22, NAME = 8 };

typedef struct {
    const char *name;
    const double *re, *im; /* im NULL: real */
    size_t count;
    char shape[64];
} member;

static unsigned char *put(unsigned char *at, uint64_t value, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++) at[i] = (unsigned char)(value >> (8 * i));
    return at + bytes;
}

static size_t member_size(const member *m)
{
    return HEADER + m->count * (m->im ? 16 : 8);
}

/* An NPY file of version 1. */
static void member_write(unsigned char *at, const member *m)
{
    char text[HEADER];
    const int length =
        snprintf(text, sizeof text, "{'descr': '<%s', 'fortran_order': False, 'shape': (%s), }",
                 m->im ? "c16" : "f8", m->shape);
    memcpy(at, "\x93NUMPY\x01\x00", 8);
    put(at + 8, HEADER - 10, 2);
    memset(at + 10, ' ', HEADER - 11);
    memcpy(at + 10, text, (size_t)length);
    at[HEADER - 1] = '\n';
    unsigned char *to = at + HEADER;
    for (size_t i = 0; i < m->count; i++) {
        uint64_t bits;
        memcpy(&bits, &m->re[i], sizeof bits);
        to = put(to, bits, 8);
        if (!m->im) continue;
        memcpy(&bits, &m->im[i], sizeof bits);
        to = put(to, bits, 8);
    }
}

/* What the header of a member and its entry in the directory have in common: version to checksum, sizes, name's length. */
static unsigned char *common_write(unsigned char *at, uint64_t checksum, size_t size, size_t name)
{
    at = put(at, 20, 2);         /* version 2.0 reads it */
    at = put(at, 0, 4);          /* no flags; stored */
    at = put(at, 0x00210000, 4); /* midnight, 1 January 1980: the same bytes whenever */
    at = put(at, checksum, 4);
    at = put(put(at, size, 4), size, 4);
    return put(put(at, name, 2), 0, 2); /* nothing extra */
}

static size_t members_of(member *m, const loci_system *s)
{
    const bool dense = s->structure == LOCI_DENSE;
    const size_t all = s->copies * s->width;
    size_t count = 0;
    m[count++] = (member){"A.npy", s->a_re, s->a_im, dense ? s->order * s->order : all, ""};
    m[count++] = (member){"B.npy", s->b_re, s->b_im, all, ""};
    m[count++] = (member){"C.npy", s->c_re, s->c_im, all, ""};
    m[count++] = (member){"D.npy", s->d, NULL, s->copies, ""};
    m[count++] = (member){"dt.npy", s->dt, NULL, s->copies, ""};
    if (s->rank) m[count++] = (member){"P.npy", s->p_re, s->p_im, s->rank * all, ""};
    for (size_t i = 0; i < count; i++) {
        char *shape = m[i].shape;
        if (i >= 3 && i < 5)
            snprintf(shape, sizeof m->shape, "%zu,", s->copies);
        else if (i == 5)
            snprintf(shape, sizeof m->shape, "%zu, %zu, %zu", s->rank, s->copies, s->width);
        else if (dense && i > 0)
            snprintf(shape, sizeof m->shape, "%zu,", s->width);
        else
            snprintf(shape, sizeof m->shape, "%zu, %zu", dense ? s->order : s->copies, s->width);
    }
    return count;
}

loci_status loci_system_save(const loci_system *system, void **bytes, size_t *size, loci_error *error)
{
    *bytes = NULL;
    *size = 0;
    loci_status status = loci_system_check(system, error);
    if (status) return status;
    if (system->structure == LOCI_DENSE && system->copies != 1)
        return loci_fail(error, LOCI_E_UNSUPPORTED, "a dense system of %zu copies; a file holds one",
                         system->copies);
    member m[MEMBERS];
    const size_t count = members_of(m, system);
    size_t total = END;
    for (size_t i = 0; i < count; i++) total += member_size(&m[i]) + LOCAL + CENTRAL + 2 * strlen(m[i].name);
    if (total > INT32_MAX)
        return loci_fail(error, LOCI_E_UNSUPPORTED, "the system's file would be larger than 2 GiB");
    unsigned char *all = malloc(total), *at = all;
    if (!all) return loci_fail(error, LOCI_E_MEMORY, "out of memory for a file of %zu bytes", total);
    unsigned char directory[MEMBERS * (CENTRAL + NAME)], *entry = directory;
    for (size_t i = 0; i < count; i++) {
        const size_t name = strlen(m[i].name), content = member_size(&m[i]), begin = (size_t)(at - all);
        unsigned char *const data = at + LOCAL + name;
        member_write(data, &m[i]);
        const uint64_t checksum = crc32(0, data, (uInt)content);
        common_write(put(at, 0x04034b50, 4), checksum, content, name);
        memcpy(at + LOCAL, m[i].name, name);
        at = data + content;
        entry = common_write(put(put(entry, 0x02014b50, 4), 20, 2), checksum, content, name);
        entry = put(put(put(entry, 0, 8), 0, 2), begin, 4); /* no comment, the first disk, no attributes */
        memcpy(entry, m[i].name, name);
        entry += name;
    }
    const size_t begin = (size_t)(at - all), length = (size_t)(entry - directory);
    memcpy(at, directory, length);
    at = put(put(at + length, 0x06054b50, 4), 0, 4);
    at = put(put(at, count, 2), count, 2);
    at = put(put(put(at, length, 4), begin, 4), 0, 2);
    *bytes = all;
    *size = (size_t)(at - all);
    return LOCI_OK;
}
