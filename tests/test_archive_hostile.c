/* SPDX-License-Identifier: MIT
 * test_archive_hostile.c - archives that no writer makes, with right checksums: each is refused, and nothing is read or written beside its
 * place, which sanitizers see. */
#include "archive_case.h"

#include "archive/bytes.h"
#include "base/checksum.h"

enum { PAGE = 1024 };

/* An archive's header, of one channel and leaves of one sample, with room for a page of so many bytes. */
static file header_of(size_t room)
{
    static const double sample = 1.0;
    loci_archive_spec spec = loci_archive_defaults();
    spec.page = PAGE;
    spec.order = 1;
    file f = archive_make(&spec, &sample, 1, 1);
    byte_reader r = {.at = f.bytes + 8, .end = f.bytes + 12};
    f.size = (size_t)bytes_get(&r, 4);
    f.bytes = realloc(f.bytes, f.size + room);
    assert_non_null(f.bytes);
    return f;
}

/* ... and a page whose one part claims so many bytes, which are there. */
static void page_put(file *f, uint64_t samples, size_t fine)
{
    unsigned char *const page = f->bytes + f->size;
    byte_writer fixed = {.at = page, .end = page + 12}, head = {.at = page + 12, .end = page + 100};
    bytes_put_count(&head, 0); /* the first sample */
    bytes_put_count(&head, samples);
    bytes_put(&head, 1, 1);          /* order */
    bytes_put(&head, 1, 1);          /* coded */
    bytes_put_pair(&head, 0.0, 0.0); /* least, most */
    bytes_put(&head, 0, 4);          /* step, plane, planes */
    bytes_put_short_real(&head, 0.0);
    bytes_put(&head, 0, 4); /* the largest error */
    bytes_put(&head, 0, 1); /* rows */
    bytes_put_count(&head, 0);
    bytes_put_count(&head, fine);
    const size_t size = (size_t)(head.at - page) + 4, body = fine + 4;
    bytes_put(&fixed, 0xA7, 1);
    bytes_put(&fixed, 'P', 1);
    bytes_put(&fixed, size, 4);
    bytes_put(&fixed, fine, 4);
    bytes_put(&fixed, loci_checksum(page, 10), 2);
    bytes_put(&head, loci_checksum(page, size - 4), 4);
    memset(head.at, 0, fine);
    byte_writer end = {.at = head.at + fine, .end = head.at + body};
    bytes_put(&end, loci_checksum(head.at, fine), 4);
    f->size += size + body;
}

static loci_status opened(uint64_t samples, size_t fine)
{
    file f = header_of(fine + 200);
    page_put(&f, samples, fine);
    loci_archive *a;
    loci_error error;
    const loci_status status = loci_archive_open(&a, f.bytes, f.size, LOCI_ARCHIVE_WHOLE, &error);
    if (status == LOCI_OK) loci_archive_close(a);
    free(f.bytes);
    return status;
}

/* That what is built here is right but for what is wrong with it. */
static void a_plain_page_is_taken(void **state)
{
    (void)state;
    file f = header_of(200);
    page_put(&f, 1, 0);
    loci_archive_close(archive_open(&f));
    free(f.bytes);
    assert_int_equal(opened(PAGE, 100), LOCI_OK);
}

/* 2^53 - 1 samples in leaves of one have 53 levels and as many unequal merges. */
static void pages_of_all_lengths_are_looked_at(void **state)
{
    (void)state;
    for (int k = 11; k <= 53; k++) assert_int_equal(opened(((uint64_t)1 << k) - 1, 0), LOCI_E_FORMAT);
    assert_int_equal(opened((uint64_t)1 << 53, 0), LOCI_E_FORMAT);
    assert_int_equal(opened(((uint64_t)1 << 53) + 1, 0), LOCI_E_FORMAT);
}

/* What moves a page copies such a part whole. */
static void parts_are_no_larger_than_their_room(void **state)
{
    (void)state;
    assert_int_equal(opened(1, 8 * PAGE + 1024), LOCI_OK);
    assert_int_equal(opened(1, 8 * PAGE + 1025), LOCI_E_FORMAT);
    assert_int_equal(opened(1, 100000), LOCI_E_FORMAT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_plain_page_is_taken),
        cmocka_unit_test(pages_of_all_lengths_are_looked_at),
        cmocka_unit_test(parts_are_no_larger_than_their_room),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
