/* SPDX-License-Identifier: MIT
 * archive_case.h - what the tests of archives share: an archive in memory, written and opened by calls that fail loudly. */
#ifndef ARCHIVE_CASE_H
#define ARCHIVE_CASE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <loci/archive.h>

/* What a sink has taken. */
typedef struct {
    unsigned char *bytes;
    size_t size, calls, fail_at, most; /* fail_at: the call that fails, from 1; 0: none */
} file;

static loci_status take(void *target, uint64_t at, const void *bytes, size_t size, loci_error *error)
{
    file *f = target;
    f->most = at + size > f->most ? at + size : f->most;
    if (++f->calls == f->fail_at) {
        error->status = LOCI_E_IO;
        strcpy(error->text, "the disk is full");
        return LOCI_E_IO;
    }
    assert_true(at <= f->size);
    f->bytes = realloc(f->bytes, (size_t)at + size);
    assert_non_null(f->bytes);
    memcpy(f->bytes + at, bytes, size);
    f->size = (size_t)at + size;
    return LOCI_OK;
}

static void good(loci_status status, const loci_error *error)
{
    if (status != LOCI_OK) fail_msg("%s", error->text);
}

/* n samples, pushed `group` at a time. */
static file archive_make(const loci_archive_spec *spec, const double *u, size_t n, size_t group)
{
    loci_archive_writer *w;
    loci_error error;
    file f = {0};
    good(loci_archive_writer_create(&w, spec, "a note", 6, take, &f, &error), &error);
    for (size_t i = 0; i < n; i += group) {
        const size_t some = n - i < group ? n - i : group;
        good(loci_archive_writer_push(w, u + i * spec->channels, some, &error), &error);
    }
    good(loci_archive_writer_finish(w, &error), &error);
    loci_archive_writer_free(w);
    return f;
}

static loci_archive *archive_open(const file *f)
{
    loci_archive *a;
    loci_error error;
    good(loci_archive_open(&a, f->bytes, f->size, LOCI_ARCHIVE_WHOLE, &error), &error);
    good(loci_archive_verify(a, &error), &error);
    return a;
}

#endif
