/* SPDX-License-Identifier: MIT
 * test_allocator_archive.c - archives in an embedder's memory: all of it comes from there and goes back, and where it ends
 * nothing is lost. */
#include "bank.h"

#include <math.h>

#include <loci/archive.h>

enum { CHANNELS = 2, LENGTH = 300, KINDS = 5, ROOM = 1 << 15 };

/* What a writer gave. */
typedef struct {
    unsigned char bytes[ROOM];
    size_t size;
} file;

static loci_status put(void *target, uint64_t at, const void *bytes, size_t size, loci_error *error)
{
    file *f = target;
    (void)error;
    assert_true(at <= f->size && size <= ROOM - at);
    memcpy(f->bytes + at, bytes, size);
    f->size = (size_t)at + size;
    return LOCI_OK;
}

static loci_archive_spec spec_of(size_t kind, const loci_allocator *by)
{
    static const loci_archive_rule rule[KINDS] = {LOCI_KEEP_RMS, LOCI_KEEP_LARGEST, LOCI_KEEP_UNITS,
                                                  LOCI_KEEP_BUDGET, LOCI_KEEP_RMS};
    loci_archive_spec spec = loci_archive_defaults();
    spec.channels = CHANNELS;
    spec.rule = rule[kind];
    spec.page = 64;
    spec.order = kind == 4 ? 0 : 4; /* 0: chosen, by trying */
    if (spec.rule == LOCI_KEEP_UNITS) spec.relative = 0, spec.bound = 0.125;
    if (spec.rule == LOCI_KEEP_BUDGET)
        spec.budget = 700; /* less than comes: pages are made coarser, and go */
    spec.allocator = by;
    return spec;
}

/* A signal into a file in two writings, the second of which goes on behind the first. */
static loci_status write(file *f, size_t kind, const loci_allocator *by)
{
    const loci_archive_spec spec = spec_of(kind, by);
    loci_archive_writer *writer;
    double u[LENGTH * CHANNELS];
    for (size_t i = 0; i < LENGTH * CHANNELS; i++) u[i] = rint(80 * sin((double)i / 9)) / 8;
    u[7] = NAN;
    loci_status status = loci_archive_writer_create(&writer, &spec, "note", 4, put, f, NULL);
    if (!status) status = loci_archive_writer_push(writer, u, 200, NULL);
    if (!status) status = loci_archive_writer_finish(writer, NULL);
    loci_archive_writer_free(writer);
    if (status) return status;
    static file before;
    before = *f;
    status = loci_archive_writer_resume_by(&writer, before.bytes, before.size, put, f, by, NULL);
    if (!status) status = loci_archive_writer_push(writer, u + CHANNELS * 200, LENGTH - 200, NULL);
    if (!status) status = loci_archive_writer_finish(writer, NULL);
    loci_archive_writer_free(writer);
    return status;
}

static loci_status read(loci_archive *a)
{
    double out[40], t[40];
    loci_archive_known known;
    const loci_archive_info info = loci_archive_inspect(a);
    loci_status status = loci_archive_verify(a, NULL);
    for (size_t i = 0; i < 40; i++) t[i] = info.end - 20 + (double)i / 3;
    if (!status) status = loci_archive_samples(a, 1, info.first, 40, out, NULL);
    if (!status) status = loci_archive_recall(a, LOCI_VALUE, 0, t, 40, out, NULL);
    if (!status) status = loci_archive_recall(a, LOCI_MEAN, 0, t, 20, out, NULL);
    if (!status) status = loci_archive_zoom(a, 1, info.start, info.end, 3, out, NULL);
    if (!status) status = loci_archive_stretch(a, 0, info.start, info.end, &known, NULL);
    return status;
}

static loci_status change(loci_archive *a)
{
    static file to;
    const double rms[CHANNELS] = {5, 6};
    const loci_archive_info info = loci_archive_inspect(a);
    loci_archive *const twice[2] = {a, a};
    loci_status status = (to.size = 0, loci_archive_merge(twice, 2, put, &to, NULL));
    if (!status && info.rule != LOCI_KEEP_BUDGET)
        status = (to.size = 0, loci_archive_recode(a, rms, put, &to, NULL));
    if (!status) status = (to.size = 0, loci_archive_shrink(a, 600, 1, put, &to, NULL));
    if (!status) status = (to.size = 0, loci_archive_forget(a, info.end - 1, put, &to, NULL));
    return status;
}

static loci_status live(size_t kind, const loci_allocator *by)
{
    static file f;
    loci_archive *a = NULL;
    f.size = 0;
    loci_status status = write(&f, kind, by);
    if (status) return status;
    status = loci_archive_open_by(&a, f.bytes, f.size, LOCI_ARCHIVE_WHOLE, by, NULL);
    if (!status) status = read(a);
    if (!status) status = change(a);
    loci_archive_close(a);
    return status;
}

static void all_comes_from_it_and_goes_back(void **state)
{
    (void)state;
    for (size_t kind = 0; kind < KINDS; kind++) assert_true(check_allocations(kind, live) > 40);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_comes_from_it_and_goes_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
