/* SPDX-License-Identifier: MIT
 *
 * test_save.c - memories as bytes: the same after a round trip, and from there on; every damage is refused,
 * and what is refused or taken does no harm even where the checksum is right.
 */
#include <stdio.h>

#include "memory_case.h"

/* One of every kind of memory, and within each, states that a file can be in. */
static loci_memory_spec spec_of(int kind)
{
    loci_memory_spec spec = loci_memory_defaults();
    spec.order = 6;
    spec.detail = (size_t)(kind % 3);
    spec.dt = kind & 1 ? 0 : 0.5;
    if (kind >= 2 && kind < 4) spec.join = LOCI_LINEAR;
    if (kind >= 4 && kind < 8) {
        spec.measure = kind < 6 ? LOCI_MEASURE_LEGT : LOCI_MEASURE_LAGT;
        spec.window = 20;
        spec.discretization = kind < 6 ? LOCI_ZOH : LOCI_BILINEAR;
    }
    if (kind >= 8) spec.method = kind < 10 ? LOCI_METHOD_BILINEAR : LOCI_METHOD_ZOH;
    return spec;
}
enum { KINDS = 12, C = 2 };

static loci_memory *filled(const loci_memory_plan *plan, size_t n, bool close)
{
    const bool stamped = loci_memory_plan_spec(plan)->dt == 0;
    double *u = signal_of(n, C, 3, n), *t = times_of(n, 5, 0.1, n);
    loci_memory *memory = memory_with(plan, C, 5, u, stamped ? t : NULL, n);
    if (close && loci_memory_close(memory, plan, stamped ? t[n] : 5 + 0.5 * (double)n, NULL) != LOCI_OK)
        ok(loci_memory_close(memory, plan, loci_memory_inspect(memory, plan).end, &last_error));
    free(u);
    free(t);
    return memory;
}

static const size_t lengths[] = {0, 1, 2, 8, 9, 17, 100, 3333};

static void a_round_trip_gives_the_same_bytes(void **state)
{
    (void)state;
    for (int kind = 0; kind < KINDS; kind++) {
        loci_memory_plan *plan = plan_of(spec_of(kind));
        const loci_memory_spec *spec = loci_memory_plan_spec(plan);
        for (size_t i = 0; i < 8; i++)
            for (int close = 0; close < 2; close++) {
                if (close && lengths[i] == 0) continue;
                loci_memory *memory = lengths[i] ? filled(plan, lengths[i], close) : memory_of(plan, C, 5),
                            *again = memory_room(plan, C);
                static const char *const notes[] = {"", "a", "seconds,volt\n", "16 bytes of text"};
                const char *note = notes[i % 4];
                size_t size, size_again;
                unsigned char *bytes = bytes_of(memory, plan, C, note, &size);
                loci_memory_header header;
                ok(loci_memory_load_header(&header, bytes, size, &last_error));
                assert_int_equal(header.channels, C);
                assert_int_equal(header.note_length, strlen(note));
                assert_memory_equal(header.note, note, strlen(note));
                const loci_memory_spec *s = &header.spec;
                assert_true(s->measure == spec->measure && s->order == spec->order &&
                            s->detail == spec->detail && s->dt == spec->dt && s->window == spec->window &&
                            s->join == spec->join && s->missing == spec->missing &&
                            s->method == spec->method && s->discretization == spec->discretization);
                ok(loci_memory_load(again, plan, bytes, size, &last_error));
                unsigned char *bytes_again = bytes_of(again, plan, C, note, &size_again);
                assert_int_equal(size, size_again);
                assert_memory_equal(bytes, bytes_again, size);
                const loci_memory_info a = loci_memory_inspect(memory, plan),
                                       b = loci_memory_inspect(again, plan);
                assert_true(a.samples == b.samples && a.start == b.start && a.end == b.end &&
                            a.missing == b.missing);
                free(bytes);
                free(bytes_again);

                /* with detail 0 the file is the collapsed memory: that is what goes on */
                if (spec->detail == 0) {
                    loci_memory *whole = memory_room(plan, C);
                    ok(loci_memory_collapse(whole, memory, plan, &last_error));
                    free(memory);
                    memory = whole;
                }
                /* the published recurrences end at their last sample, open or not */
                const bool at_end = (close && kind != 9) || lengths[i] == 0;
                double *u = signal_of(500, C, 3, 77), *t = times_of(500, a.end + (at_end ? 0 : 1), 0.1, 7);
                ok(loci_memory_push(memory, plan, u, spec->dt == 0 ? t : NULL, 500, &last_error));
                ok(loci_memory_push(again, plan, u, spec->dt == 0 ? t : NULL, 500, &last_error));
                assert_same_memory(memory, again, plan, C);
                free(u);
                free(t);
                free(memory);
                free(again);
            }
        loci_memory_plan_free(plan);
    }
}

static void a_copy_is_a_fork(void **state)
{
    (void)state;
    for (int kind = 0; kind < KINDS; kind++) {
        loci_memory_plan *plan = plan_of(spec_of(kind));
        const bool stamped = loci_memory_plan_spec(plan)->dt == 0;
        loci_memory *memory = filled(plan, 333, false), *fork = fork_of(memory, plan, C),
                    *before = fork_of(memory, plan, C);
        double *u = signal_of(300, C, 3, 1),
               *t = times_of(300, loci_memory_inspect(memory, plan).end + 1, 0.1, 1);
        ok(loci_memory_push(fork, plan, u, stamped ? t : NULL, 300, &last_error));
        assert_memory_equal(memory, before, loci_memory_size(plan, C));
        ok(loci_memory_push(memory, plan, u, stamped ? t : NULL, 300, &last_error));
        assert_same_memory(memory, fork, plan, C);
        free(memory);
        free(fork);
        free(before);
        free(u);
        free(t);
        loci_memory_plan_free(plan);
    }
}

static void every_flipped_byte_is_refused(void **state)
{
    (void)state;
    for (int kind = 0; kind < KINDS; kind++) {
        loci_memory_plan *plan = plan_of(spec_of(kind));
        loci_memory *memory = filled(plan, 50, false), *other = memory_room(plan, C);
        size_t size;
        unsigned char *bytes = bytes_of(memory, plan, C, "note", &size);
        loci_memory_header header;
        for (size_t i = 0; i < size; i++)
            for (int flip = 1; flip < 256; flip = flip * 7 + 2) {
                bytes[i] ^= (unsigned char)flip;
                assert_int_equal(loci_memory_load_header(&header, bytes, size, &last_error), LOCI_E_FORMAT);
                assert_int_equal(loci_memory_load(other, plan, bytes, size, &last_error), LOCI_E_FORMAT);
                bytes[i] ^= (unsigned char)flip;
            }
        for (size_t cut = 0; cut < size;
             cut++) { /* in room of its own, so that sanitizers see what is read */
            unsigned char *part = malloc(cut + 1);
            assert_non_null(part);
            memcpy(part, bytes, cut);
            assert_int_equal(loci_memory_load_header(&header, part, cut, &last_error), LOCI_E_FORMAT);
            assert_int_equal(loci_memory_load(other, plan, part, cut, &last_error), LOCI_E_FORMAT);
            if (cut >= 8 && cut < size) assert_non_null(strstr(last_error.text, "cut short"));
            free(part);
        }
        unsigned char *longer = calloc(size + 8, 1);
        assert_non_null(longer);
        memcpy(longer, bytes, size);
        assert_int_equal(loci_memory_load(other, plan, longer, size + 8, &last_error), LOCI_E_FORMAT);
        ok(loci_memory_load(other, plan, longer, size, &last_error));
        free(longer);
        free(bytes);
        free(memory);
        free(other);
        loci_memory_plan_free(plan);
    }
}

/* --- files that lie, with a right checksum --- */

static void seal(unsigned char *bytes, size_t size)
{
    uint64_t sum = ~UINT64_C(0); /* CRC-64/XZ, bit by bit */
    for (size_t i = 0; i < size - 8; i++) {
        sum ^= bytes[i];
        for (int bit = 0; bit < 8; bit++) sum = sum & 1 ? (sum >> 1) ^ 0xC96C5795D7870F42u : sum >> 1;
    }
    for (int i = 0; i < 8; i++) bytes[size - 8 + (size_t)i] = (unsigned char)(~sum >> (8 * i));
}

static uint64_t get(const unsigned char *at)
{
    uint64_t value = 0;
    for (int i = 0; i < 8; i++) value |= (uint64_t)at[i] << (8 * i);
    return value;
}

static void put(unsigned char *at, uint64_t value)
{
    for (int i = 0; i < 8; i++) at[i] = (unsigned char)(value >> (8 * i));
}

static uint64_t bits(double x)
{
    uint64_t value;
    memcpy(&value, &x, sizeof value);
    return value;
}

/* Uses a memory in every way; nothing but the sanitizers and the end of time watches. */
static void use(loci_memory *memory, const loci_memory_plan *plan, size_t channels)
{
    const loci_memory_info info = loci_memory_inspect(memory, plan);
    loci_memory_summary summary;
    loci_memory_summarize(memory, plan, 0, &summary, NULL);
    for (size_t i = 0; i < info.stretches; i++) {
        loci_memory_stretch_info stretch;
        double square, variance;
        ok(loci_memory_stretch(memory, plan, i, &stretch, &last_error));
        ok(loci_memory_stretch_error(memory, plan, i, 0, &square, &variance, &last_error));
        const double t[4] = {stretch.start, stretch.end, stretch.start + 0.3 * (stretch.end - stretch.start),
                             stretch.end};
        double out[4];
        for (int what = LOCI_VALUE; what <= LOCI_INTEGRAL; what++)
            loci_memory_recall(memory, plan, (loci_ask)what, channels - 1, t, 2, out, NULL);
    }
    const double ends[2] = {info.start, info.end};
    double out;
    loci_memory_recall(memory, plan, LOCI_INTEGRAL, 0, ends, 1, &out, NULL);
    loci_memory_comparison *comparison;
    if (loci_memory_compare_create(&comparison, memory, plan, ends, 1, NULL) == LOCI_OK) {
        double u[40] = {0}, t[20], squared[8], covered[2], variance[8];
        for (int k = 0; k < 20; k++) t[k] = info.start + k;
        for (int k = 0; k < 5 && channels == C; k++)
            loci_memory_compare_push(comparison, u, loci_memory_plan_spec(plan)->dt == 0 ? t : NULL, 20,
                                     NULL);
        if (channels == C) loci_memory_compare_finish(comparison, squared, covered, variance, NULL);
        loci_memory_compare_free(comparison);
    }
    loci_memory *room = memory_room(plan, channels);
    loci_memory_collapse(room, memory, plan, NULL);
    const size_t size = loci_memory_save_size(room, plan, 3);
    unsigned char *bytes = room_for(size + 1);
    if (loci_memory_save(room, plan, "abc", 3, bytes, size, NULL) == LOCI_OK)
        loci_memory_load(room, plan, bytes, size, NULL);
    free(bytes);
    memcpy(room, memory, loci_memory_size(plan, channels));
    loci_memory_shift(room, plan, info.end, NULL);
    loci_memory_merge(memory, plan, room, NULL);
    loci_memory_shift(room, plan, loci_memory_inspect(memory, plan).end + 1, NULL);
    loci_memory_merge(memory, plan, room, NULL);
    double *u = calloc(100 * channels, sizeof *u), t[100];
    assert_non_null(u);
    const double end = loci_memory_inspect(memory, plan).end;
    for (int k = 0; k < 100; k++) t[k] = end + k;
    loci_memory_push(memory, plan, u, loci_memory_plan_spec(plan)->dt == 0 ? t : NULL, 100, NULL);
    loci_memory_close(memory, plan, end + 101, NULL);
    loci_memory_summarize(memory, plan, 0, &summary, NULL);
    free(u);
    free(room);
}

/* Every number of the file, set to extremes. */
static void lying_files_do_no_harm(void **state)
{
    (void)state;
    const uint64_t extremes[] = {0,
                                 1,
                                 2,
                                 7,
                                 8,
                                 9,
                                 255,
                                 65535,
                                 65536,
                                 UINT64_C(1) << 31,
                                 UINT64_C(1) << 32,
                                 (UINT64_C(1) << 53) - 1,
                                 UINT64_C(1) << 53,
                                 UINT64_C(1) << 62,
                                 UINT64_MAX - 1,
                                 UINT64_MAX,
                                 bits(-0.0),
                                 bits(-1),
                                 bits(1),
                                 bits(1e-300),
                                 bits(5e-324),
                                 bits(1e300),
                                 bits(1.7e308),
                                 bits(-1e300),
                                 bits(INFINITY),
                                 bits(NAN)};
    size_t taken = 0, total = 0;
    for (int kind = 0; kind < KINDS; kind++) {
        loci_memory_plan *plan = plan_of(spec_of(kind));
        for (int close = 0; close < 2; close++) {
            loci_memory *memory = filled(plan, 57, close);
            size_t size;
            unsigned char *bytes = bytes_of(memory, plan, C, "", &size);
            for (size_t at = 8; at + 8 < size; at += 8)
                for (size_t e = 0; e < sizeof extremes / sizeof *extremes + 2; e++) {
                    const uint64_t before = get(bytes + at);
                    const uint64_t value = e == 0 ? before + 1 : e == 1 ? before - 1 : extremes[e - 2];
                    if (at > 176 + 16 * C + 60 * 8 && e % 5 != 0)
                        continue; /* later blocks are like the first */
                    put(bytes + at, value);
                    seal(bytes, size);
                    total++;
                    loci_memory_header header;
                    if (loci_memory_load_header(&header, bytes, size, &last_error) == LOCI_OK &&
                        header.channels <= 16) {
                        loci_memory_plan *own = header.spec.order > 64 ? NULL : plan_of(header.spec);
                        if (own) {
                            loci_memory *loaded = memory_room(own, header.channels);
                            if (loci_memory_load(loaded, own, bytes, size, &last_error) == LOCI_OK) {
                                taken++;
                                use(loaded, own, header.channels);
                            }
                            free(loaded);
                        }
                        loci_memory_plan_free(own);
                    }
                    put(bytes + at, before);
                }
            free(bytes);
            free(memory);
        }
        loci_memory_plan_free(plan);
    }
    assert_true(taken > 0 && taken < total); /* coefficients may be any numbers; most else may not */
}

/* More blocks of a level than the detail allows would not find room when memories merge. */
static void too_many_stretches_are_refused(void **state)
{
    (void)state;
    loci_memory_spec spec = loci_memory_defaults();
    spec.order = 3;
    spec.detail = 256;
    loci_memory_plan *many = plan_of(spec);
    spec.detail = 9;
    loci_memory_plan *few = plan_of(spec);
    double *u = signal_of(8 * 40, 1, 0, 1);
    for (size_t n = 8 * 9 + 1; n <= 8 * 40; n += 8) {
        loci_memory *memory = memory_with(many, 1, 0, u, NULL, n), *loaded = memory_room(few, 1);
        size_t size;
        unsigned char *bytes = bytes_of(memory, many, 1, "", &size);
        put(bytes + 40, 9); /* detail */
        seal(bytes, size);
        if (n <= 8 * 10)
            ok(loci_memory_load(loaded, few, bytes, size, &last_error));
        else
            refused(loci_memory_load(loaded, few, bytes, size, &last_error), LOCI_E_FORMAT,
                    "than its detail allows");
        free(bytes);
        free(memory);
        free(loaded);
    }
    free(u);
    loci_memory_plan_free(many);
    loci_memory_plan_free(few);
}

static void what_is_refused(void **state)
{
    (void)state;
    loci_memory_plan *plan = plan_of(spec_of(0)), *other = plan_of(spec_of(1));
    loci_memory *memory = filled(plan, 100, false), *wrong = memory_room(other, C);
    unsigned char bytes[64] = {0};
    /* spec_of(0) has detail 0 */
    refused(loci_memory_save(memory, plan, "", 0, bytes, 64, &last_error), LOCI_E_ARGUMENT,
            "collapsed before it is saved");
    loci_memory *whole = memory_room(plan, C);
    ok(loci_memory_collapse(whole, memory, plan, &last_error));
    refused(loci_memory_save(whole, plan, "", 0, bytes, 64, &last_error), LOCI_E_ARGUMENT,
            "64 bytes were given");
    size_t size;
    unsigned char *file = bytes_of(memory, plan, C, "", &size);
    refused(loci_memory_load(wrong, other, file, size, &last_error), LOCI_E_MISMATCH, "another plan");
    loci_memory_header header;
    refused(loci_memory_load_header(&header, "RIFF....WAVE", 12, &last_error), LOCI_E_FORMAT, "not a memory");
    refused(loci_memory_load_header(&header, "", 0, &last_error), LOCI_E_FORMAT, "not a memory");
    put(file + 8, 2);
    seal(file, size);
    refused(loci_memory_load_header(&header, file, size, &last_error), LOCI_E_FORMAT,
            "version 2; version 1 was expected");
    assert_int_equal(loci_memory_save_size(memory, plan, SIZE_MAX - 100), 0);
    free(file);
    free(memory);
    free(whole);
    free(wrong);
    loci_memory_plan_free(plan);
    loci_memory_plan_free(other);
}

/* The layout is a promise: a file of version 1 as it was once written. One sample of 1.5 held from 2 s on. */
static void the_layout_stands(void **state)
{
    (void)state;
    loci_memory_spec spec = loci_memory_defaults();
    spec.order = 3;
    spec.dt = 0.5;
    loci_memory_plan *plan = plan_of(spec);
    const double u[1] = {1.5};
    loci_memory *memory = memory_with(plan, 1, 2, u, NULL, 1);
    size_t size;
    unsigned char *bytes = bytes_of(memory, plan, 1, "volt", &size);
    const uint64_t expected[] = {1, 216, 0,       3, 4, bits(0.5), 0, 1, 1, 0, 0,
                                 1, 0,   bits(2), 0, 0, 0,         0, 0, 0, 4};
    assert_int_equal(size, 216);
    assert_memory_equal(bytes, "LOCIMEM\n", 8);
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++)
        assert_true(get(bytes + 8 + 8 * i) == expected[i]);
    assert_memory_equal(bytes + 176, "volt\0\0\0\0", 8);
    assert_true(get(bytes + 184) == bits(1.5) && get(bytes + 192) == bits(1.5) &&
                get(bytes + 200) == bits(1.5));
    unsigned char *again = room_for(size);
    memcpy(again, bytes, size);
    seal(again, size);
    assert_memory_equal(bytes, again, size);
    free(again);
    free(bytes);
    free(memory);
    loci_memory_plan_free(plan);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_round_trip_gives_the_same_bytes),
        cmocka_unit_test(a_copy_is_a_fork),
        cmocka_unit_test(every_flipped_byte_is_refused),
        cmocka_unit_test(lying_files_do_no_harm),
        cmocka_unit_test(too_many_stretches_are_refused),
        cmocka_unit_test(what_is_refused),
        cmocka_unit_test(the_layout_stands),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
