/* SPDX-License-Identifier: MIT
 *
 * test_merge.c - pieces of a signal become one memory: to the bit where they are aligned, within rounding of
 * the direct projection where not; gaps and overlaps; collapse and shift.
 */
#include <stdio.h>

#include "memory_case.h"

static loci_memory_spec spec_of(size_t order, size_t detail, bool stamped, bool joined)
{
    loci_memory_spec spec = loci_memory_defaults();
    spec.order = order;
    spec.detail = detail;
    spec.dt = stamped ? 0 : 0.5;
    spec.join = joined ? LOCI_LINEAR : LOCI_HOLD;
    return spec;
}

/* A memory of the samples from `from` to `to` of u[.][channels]. */
static loci_memory *piece_of(const loci_memory_plan *plan, size_t channels, const double *u, const double *t,
                             size_t from, size_t to)
{
    return memory_with(plan, channels, 0.5 * (double)from, u + from * channels, t ? t + from : NULL,
                       to - from);
}

static loci_memory *merged(const loci_memory_plan *plan, size_t channels, const double *u, const double *t,
                           const size_t *cut, size_t pieces)
{
    loci_memory *all = piece_of(plan, channels, u, t, cut[0], cut[1]);
    for (size_t i = 1; i < pieces; i++) {
        loci_memory *next = piece_of(plan, channels, u, t, cut[i], cut[i + 1]),
                    *before = fork_of(next, plan, channels);
        ok(loci_memory_merge(all, plan, next, &last_error));
        assert_memory_equal(next, before, loci_memory_size(plan, channels));
        free(before);
        free(next);
    }
    return all;
}

static void aligned_pieces_give_the_same_bytes(void **state)
{
    (void)state;
    static const size_t cuts[][6] = {{0, 8192, 12288, 20000, 20000, 20000},
                                     {0, 16, 32, 64, 65, 70},
                                     {0, 4096, 8192, 12288, 16384, 20001},
                                     {0, 16384, 16400, 16416, 16417, 16430},
                                     {0, 48, 64, 80, 96, 97}};
    static const size_t details[] = {0, 1, 4, 256};
    double *u = signal_of(20001, 2, -4, 8), *t = times_of(20001, 9, 0.1, 8);
    for (int stamped = 0; stamped < 2; stamped++)
        for (int joined = 0; joined < 2; joined++)
            for (size_t d = 0; d < 4; d++) {
                loci_memory_plan *plan = plan_of(spec_of(16, details[d], stamped, joined));
                const double *times = stamped ? t : NULL;
                for (size_t i = 0; i < 5; i++) {
                    size_t pieces = 1;
                    while (pieces < 5 && cuts[i][pieces + 1] > cuts[i][pieces]) pieces++;
                    loci_memory *all = merged(plan, 2, u, times, cuts[i], pieces),
                                *whole = piece_of(plan, 2, u, times, 0, cuts[i][pieces]);
                    assert_same_memory(all, whole, plan, 2);
                    /* and from there on */
                    const size_t more = cuts[i][pieces];
                    if (more + 1 <= 20000) {
                        ok(loci_memory_push(all, plan, u + 2 * more, times ? times + more : NULL,
                                            20001 - more, &last_error));
                        ok(loci_memory_push(whole, plan, u + 2 * more, times ? times + more : NULL,
                                            20001 - more, &last_error));
                        assert_same_memory(all, whole, plan, 2);
                    }
                    free(all);
                    free(whole);
                }
                loci_memory_plan_free(plan);
            }
    free(u);
    free(t);
}

static void unaligned_pieces_are_the_direct_projection(void **state)
{
    (void)state;
    enum { N = 3001, ORDER = 24 };
    uint64_t seed = 77;
    for (int stamped = 0; stamped < 2; stamped++)
        for (int joined = 0; joined < 2; joined++) {
            double *u = signal_of(N + 1, 1, 1e6, 5), *t = times_of(N + 1, 1, stamped ? 1e-6 : 1, 4);
            cell *cells = cells_of(u, 1, stamped ? t : NULL, N - (stamped || joined), joined);
            const truth expected = truth_of(ORDER, cells, N - (stamped || joined));
            for (int trial = 0; trial < 20; trial++) {
                loci_memory_plan *plan = plan_of(spec_of(ORDER,
                                                         trial % 3 == 0   ? 1
                                                         : trial % 3 == 1 ? 3
                                                                          : 40,
                                                         stamped, joined));
                size_t cut[9] = {0}, pieces = 2 + (size_t)(random_unit(&seed) * 6);
                for (size_t i = 1; i < pieces; i++) {
                    const size_t left = N - cut[i - 1] - (pieces - i);
                    cut[i] = cut[i - 1] + 1 +
                             (size_t)(random_unit(&seed) * random_unit(&seed) * (double)(left - 1));
                }
                cut[pieces] = N;
                loci_memory *all = merged(plan, 1, u, stamped ? t : NULL, cut, pieces);
                const loci_memory_info info = loci_memory_inspect(all, plan);
                assert_int_equal(info.samples, N);
                double c[ORDER];
                coefficients_of(all, plan, 1, 0, c);
                assert_projection(c, &expected, ORDER, 1e-12, "pieces");
                loci_memory *whole = memory_room(plan, 1);
                ok(loci_memory_collapse(whole, all, plan, &last_error));
                loci_memory_summary summary;
                ok(loci_memory_summarize(whole, plan, 0, &summary, &last_error));
                assert_near(summary.forgotten, expected.error / expected.variance, 1e-10, "forgotten");
                /* the palace's own stretches: their errors add up to what the whole states */
                ok(loci_memory_summarize(all, plan, 0, &summary, &last_error));
                assert_near(summary.variance, expected.variance, 1e-12, "variance");
                double error_sum = 0;
                for (size_t i = 0; i < info.stretches; i++) {
                    loci_memory_stretch_info stretch;
                    double square, variance;
                    ok(loci_memory_stretch(all, plan, i, &stretch, &last_error));
                    ok(loci_memory_stretch_error(all, plan, i, 0, &square, &variance, &last_error));
                    assert_true(square >= 0 && square <= variance * (1 + 1e-12) + 1e-25);
                    error_sum += square * (stretch.end - stretch.start);
                }
                assert_near(error_sum / (info.end - info.start), summary.error, 1e-12, "errors of stretches");
                free(whole);
                free(all);
                loci_memory_plan_free(plan);
            }
            free(cells);
            free(u);
            free(t);
        }
}

/* (a b) c and a (b c), and a memory that was merged, pushed to, and merged again. */
static void merging_is_associative(void **state)
{
    (void)state;
    enum { N = 2500, ORDER = 20 };
    for (int joined = 0; joined < 2; joined++) {
        double *u = signal_of(N + 1, 1, 0, 5);
        loci_memory_plan *plan = plan_of(spec_of(ORDER, 2, false, joined));
        loci_memory *a = piece_of(plan, 1, u, NULL, 0, 700), *b = piece_of(plan, 1, u, NULL, 700, 701),
                    *c = piece_of(plan, 1, u, NULL, 701, 1900), *left = fork_of(a, plan, 1),
                    *right = fork_of(b, plan, 1);
        ok(loci_memory_merge(left, plan, b, &last_error));
        ok(loci_memory_merge(left, plan, c, &last_error));
        ok(loci_memory_push(left, plan, u + 1900, NULL, N - 1900, &last_error));
        ok(loci_memory_merge(right, plan, c, &last_error));
        ok(loci_memory_push(right, plan, u + 1900, NULL, N - 1900, &last_error));
        ok(loci_memory_merge(a, plan, right, &last_error));
        double one[ORDER], two[ORDER];
        coefficients_of(left, plan, 1, 0, one);
        coefficients_of(a, plan, 1, 0, two);
        cell *cells = cells_of(u, 1, NULL, N - (size_t)joined, joined);
        const truth expected = truth_of(ORDER, cells, N - (size_t)joined);
        assert_projection(one, &expected, ORDER, 1e-12, "(a b) c");
        assert_projection(two, &expected, ORDER, 1e-12, "a (b c)");
        free(cells);
        free(a);
        free(b);
        free(c);
        free(left);
        free(right);
        free(u);
        loci_memory_plan_free(plan);
    }
}

/* --- the rules --- */

static void joints_of_regular_memories(void **state)
{
    (void)state;
    double u[300];
    for (int k = 0; k < 300; k++) u[k] = k % 7;
    loci_memory_spec spec = spec_of(8, 4, false, false);
    spec.dt = 1.0 / 3; /* samples are counted: the times need not be exact */
    loci_memory_plan *plan = plan_of(spec);
    loci_memory *a = memory_with(plan, 1, 1e9, u, NULL, 100);
    static const struct {
        double samples;
        const char *words;
    } wrong[] = {{101, "gap of 1 samples"},
                 {99, "overlap of 1 samples"},
                 {0, "overlap"},
                 {200, "gap"},
                 {100.4, "gap"}};
    for (size_t i = 0; i < 5; i++) {
        loci_memory *b = memory_with(plan, 1, 1e9 + wrong[i].samples / 3, u, NULL, 100),
                    *before = fork_of(a, plan, 1);
        refused(loci_memory_merge(a, plan, b, &last_error), LOCI_E_MISMATCH, wrong[i].words);
        assert_memory_equal(a, before, loci_memory_size(plan, 1));
        free(before);
        free(b);
    }
    loci_memory *b = memory_with(plan, 1, 1e9 + 100 * (1.0 / 3), u, NULL, 100);
    ok(loci_memory_merge(a, plan, b, &last_error));
    assert_int_equal(loci_memory_inspect(a, plan).samples, 200);
    refused(loci_memory_merge(a, plan, a, &last_error), LOCI_E_ARGUMENT, "itself");

    /* what has no samples changes nothing; to append to nothing is to copy */
    loci_memory *empty = memory_of(plan, 1, 5), *before = fork_of(a, plan, 1);
    ok(loci_memory_merge(a, plan, empty, &last_error));
    assert_memory_equal(a, before, loci_memory_size(plan, 1));
    ok(loci_memory_merge(empty, plan, a, &last_error));
    assert_same_memory(empty, a, plan, 1);

    loci_memory *two = memory_of(plan, 2, 1e9 + 200 * (1.0 / 3));
    refused(loci_memory_merge(a, plan, two, &last_error), LOCI_E_MISMATCH,
            "the first has 1 channels, the next 2");
    spec.order = 9;
    loci_memory_plan *other = plan_of(spec);
    loci_memory *foreign = memory_of(other, 1, 0);
    refused(loci_memory_merge(a, plan, foreign, &last_error), LOCI_E_MISMATCH, "another plan");
    loci_memory *whole = memory_room(plan, 1);
    double c[9];
    refused(loci_memory_push(a, other, u, NULL, 1, &last_error), LOCI_E_MISMATCH, "another plan");
    refused(loci_memory_close(a, other, 1, &last_error), LOCI_E_MISMATCH, "another plan");
    refused(loci_memory_shift(a, other, 1, &last_error), LOCI_E_MISMATCH, "another plan");
    refused(loci_memory_collapse(whole, a, other, &last_error), LOCI_E_MISMATCH, "another plan");
    refused(loci_memory_recall(a, other, LOCI_VALUE, 0, u, 1, c, &last_error), LOCI_E_MISMATCH,
            "another plan");
    refused(loci_memory_coefficients(a, other, 0, c, whole, &last_error), LOCI_E_MISMATCH, "another plan");
    refused(loci_memory_save(a, other, "", 0, u, 0, &last_error), LOCI_E_MISMATCH, "another plan");
    free(whole);
    free(foreign);
    loci_memory_plan_free(other);
    free(two);
    free(empty);
    free(before);
    free(a);
    free(b);
    loci_memory_plan_free(plan);
}

static void joints_of_stamped_memories(void **state)
{
    (void)state;
    enum { N = 60, CUT = 25 };
    for (int joined = 0; joined < 2; joined++) {
        double *u = signal_of(N + 1, 1, 0, 1), *t = times_of(N + 1, 0, 0.5, 2);
        loci_memory_plan *plan = plan_of(spec_of(8, 4, true, joined));
        loci_memory *a = piece_of(plan, 1, u, t, 0, CUT), *b = piece_of(plan, 1, u, t, CUT, N),
                    *late = piece_of(plan, 1, u, t, CUT + 1, N), *same = piece_of(plan, 1, u, t, CUT - 1, N);
        refused(loci_memory_merge(a, plan, same, &last_error), LOCI_E_MISMATCH, "overlap");
        loci_memory *open = fork_of(a, plan, 1);
        ok(loci_memory_merge(open, plan, late,
                             &last_error)); /* the last value holds, or its line reaches, until then */
        assert_int_equal(loci_memory_inspect(open, plan).samples, N - 1);

        loci_memory *closed = fork_of(a, plan, 1);
        ok(loci_memory_close(closed, plan, t[CUT], &last_error));
        refused(loci_memory_merge(closed, plan, late, &last_error), LOCI_E_MISMATCH, "gap");
        refused(loci_memory_merge(closed, plan, same, &last_error), LOCI_E_MISMATCH, "overlap");
        ok(loci_memory_merge(closed, plan, b, &last_error));
        ok(loci_memory_close(closed, plan, t[N], &last_error));

        cell *cells = cells_of(u, 1, t, N, joined);
        cells[CUT - 1].b = cells[CUT - 1].a; /* it was closed with its last value */
        cells[N - 1].b = cells[N - 1].a;
        const truth expected = truth_of(8, cells, N);
        double c[8];
        coefficients_of(closed, plan, 1, 0, c);
        assert_projection(c, &expected, 8, 1e-12, "closed pieces");

        /* a piece that was closed before it is appended keeps its end */
        loci_memory *tail = piece_of(plan, 1, u, t, CUT, N);
        ok(loci_memory_close(tail, plan, t[N], &last_error));
        ok(loci_memory_close(a, plan, t[CUT], &last_error));
        ok(loci_memory_merge(a, plan, tail, &last_error));
        assert_true(loci_memory_inspect(a, plan).end == t[N]);
        coefficients_of(a, plan, 1, 0, c);
        assert_projection(c, &expected, 8, 1e-12, "closed tail");
        refused(loci_memory_push(a, plan, u, t, 1, &last_error), LOCI_E_MISMATCH, "closed");
        free(tail);
        free(cells);
        free(a);
        free(b);
        free(late);
        free(same);
        free(open);
        free(closed);
        free(u);
        free(t);
        loci_memory_plan_free(plan);
    }
}

/* Regular joined pieces: open, the line runs on to the next piece; closed one step later, it jumps there. */
static void joints_of_joined_memories(void **state)
{
    (void)state;
    enum { N = 500 };
    static const size_t cuts[] = {1, 7, 8, 100, 256, 300};
    double *u = signal_of(N + 1, 1, 0, 31);
    loci_memory_plan *plan = plan_of(spec_of(8, 2, false, true));
    for (size_t i = 0; i < 6; i++)
        for (int close = 0; close < 2; close++) {
            const size_t cut = cuts[i];
            loci_memory *a = piece_of(plan, 1, u, NULL, 0, cut), *b = piece_of(plan, 1, u, NULL, cut, N);
            if (close) ok(loci_memory_close(a, plan, 0.5 * (double)cut, &last_error));
            ok(loci_memory_close(b, plan, 0.5 * N, &last_error));
            ok(loci_memory_merge(a, plan, b, &last_error));
            assert_true(loci_memory_inspect(a, plan).end == 0.5 * N);
            cell *cells = cells_of(u, 1, NULL, N, true);
            if (close) cells[cut - 1].b = cells[cut - 1].a;
            cells[N - 1].b = cells[N - 1].a;
            const truth expected = truth_of(8, cells, N);
            double c[8];
            coefficients_of(a, plan, 1, 0, c);
            assert_projection(c, &expected, 8, 1e-12, close ? "closed" : "open");
            free(cells);
            free(a);
            free(b);
        }
    free(u);
    loci_memory_plan_free(plan);
}

/* A memory that is doubled until it holds as many samples as it may; every level of the tree fills up. */
static void doubling_reaches_every_level(void **state)
{
    (void)state;
    static const size_t details[] = {1, 3, 17};
    for (size_t d = 0; d < 3; d++)
        for (size_t odd = 0; odd < 2; odd++) {
            const size_t period = 8 + odd * 3;
            const int doublings = odd ? 49 : 50;
            double u[11];
            for (size_t k = 0; k < period; k++)
                u[k] = 1e3 + sin(6.283185307179586 * (double)k / (double)period);
            loci_memory_spec spec = spec_of(8, details[d], false, false);
            spec.dt = 1;
            loci_memory_plan *plan = plan_of(spec);
            loci_memory *all = memory_with(plan, 1, 0, u, NULL, period);
            for (int i = 0; i <= doublings; i++) {
                loci_memory *next = fork_of(all, plan, 1);
                const double end = loci_memory_inspect(all, plan).end;
                if (end < 0x1p53)
                    ok(loci_memory_shift(next, plan, end, &last_error));
                else /* doubles stand two samples apart from there on */
                    refused(loci_memory_shift(next, plan, end, &last_error), LOCI_E_ARGUMENT, "tell apart");
                if (i == doublings)
                    refused(loci_memory_merge(all, plan, next, &last_error), LOCI_E_RANGE, "2^53");
                else
                    ok(loci_memory_merge(all, plan, next, &last_error));
                free(next);
            }
            const loci_memory_info info = loci_memory_inspect(all, plan);
            assert_true(info.samples == (uint64_t)period << doublings);
            assert_true(info.stretches <= 48 * details[d] + 1);
            loci_memory_summary summary;
            ok(loci_memory_summarize(all, plan, 0, &summary, &last_error));
            assert_near(summary.mean, 1e3, 1e-11, "mean of the doubled");
            assert_near(summary.variance, 0.5, 1e-11, "variance of the doubled");
            uint64_t samples = 0;
            for (size_t i = 0; i < info.stretches; i++) {
                loci_memory_stretch_info stretch;
                ok(loci_memory_stretch(all, plan, i, &stretch, &last_error));
                samples += stretch.samples;
            }
            assert_true(samples == info.samples);
            size_t size;
            unsigned char *bytes = bytes_of(all, plan, 1, "", &size);
            loci_memory *again = memory_room(plan, 1);
            ok(loci_memory_load(again, plan, bytes, size, &last_error));
            assert_same_memory(all, again, plan, 1);
            if (!odd) refused(loci_memory_push(all, plan, u, NULL, 1, &last_error), LOCI_E_RANGE, "2^53");
            free(again);
            free(bytes);
            free(all);
            loci_memory_plan_free(plan);
        }
}

/* Random merges of memories of random sizes and histories, all details: no slot is ever short. */
static void many_random_merges(void **state)
{
    (void)state;
    uint64_t seed = 4242;
    static const size_t details[] = {1, 2, 5};
    double u[64];
    for (int k = 0; k < 64; k++) u[k] = random_unit(&seed);
    for (size_t d = 0; d < 3; d++) {
        loci_memory_spec spec = spec_of(4, details[d], false, false);
        spec.dt = 1;
        loci_memory_plan *plan = plan_of(spec);
        enum { POOL = 6 };
        loci_memory *pool[POOL];
        for (size_t i = 0; i < POOL; i++) pool[i] = memory_with(plan, 1, 0, u, NULL, 1 + i * 7);
        for (int step = 0; step < 3000; step++) {
            const size_t i = (size_t)(random_unit(&seed) * POOL), j = (size_t)(random_unit(&seed) * POOL);
            if (random_unit(&seed) < 0.3) {
                ok(loci_memory_push(pool[i], plan, u, NULL, (size_t)(random_unit(&seed) * 64), &last_error));
                continue;
            }
            if (i == j) continue;
            const uint64_t before = loci_memory_inspect(pool[i], plan).samples,
                           more = loci_memory_inspect(pool[j], plan).samples;
            if (before > (uint64_t)1 << 51 || more > (uint64_t)1 << 51) { /* start anew */
                free(pool[i]);
                pool[i] = memory_with(plan, 1, 0, u, NULL, 1 + (size_t)(random_unit(&seed) * 60));
                continue;
            }
            ok(loci_memory_shift(pool[i], plan, -(double)before, &last_error));
            ok(loci_memory_shift(pool[j], plan, 0, &last_error));
            ok(loci_memory_merge(pool[i], plan, pool[j], &last_error));
            const loci_memory_info info = loci_memory_inspect(pool[i], plan);
            assert_true(info.samples == before + more);
            assert_true(info.stretches <= 48 * details[d] + 1);
            loci_memory_summary summary;
            ok(loci_memory_summarize(pool[i], plan, 0, &summary, &last_error));
            assert_true(summary.mean > 0 && summary.mean < 1 && summary.variance < 0.26 &&
                        summary.forgotten <= 1 + 1e-9);
        }
        for (size_t i = 0; i < POOL; i++) free(pool[i]);
        loci_memory_plan_free(plan);
    }
}

/* --- collapse and shift --- */

static void collapse_keeps_the_open_sample(void **state)
{
    (void)state;
    static const size_t lengths[] = {1, 2, 8, 9, 16, 17, 100, 1000};
    for (int stamped = 0; stamped < 2; stamped++)
        for (int joined = 0; joined < 2; joined++)
            for (size_t i = 0; i < 8; i++) {
                const size_t n = lengths[i];
                double *u = signal_of(n + 50, 1, 2, 6), *t = times_of(n + 50, 1, 0.2, 6);
                loci_memory_plan *plan = plan_of(spec_of(8, 3, stamped, joined));
                loci_memory *memory = piece_of(plan, 1, u, stamped ? t : NULL, 0, n),
                            *whole = memory_room(plan, 1), *again = memory_room(plan, 1);
                ok(loci_memory_collapse(whole, memory, plan, &last_error));
                ok(loci_memory_collapse(again, whole, plan, &last_error));
                assert_same_memory(whole, again, plan, 1);
                const loci_memory_info a = loci_memory_inspect(memory, plan),
                                       b = loci_memory_inspect(whole, plan);
                assert_true(a.samples == b.samples && a.start == b.start && a.end == b.end);
                assert_true(b.stretches <= 1);
                double one[8], two[8];
                coefficients_of(memory, plan, 1, 0, one);
                coefficients_of(whole, plan, 1, 0, two);
                assert_memory_equal(one, two, sizeof one);
                /* both go on alike */
                ok(loci_memory_push(memory, plan, u + n, stamped ? t + n : NULL, 50, &last_error));
                ok(loci_memory_push(whole, plan, u + n, stamped ? t + n : NULL, 50, &last_error));
                coefficients_of(memory, plan, 1, 0, one);
                coefficients_of(whole, plan, 1, 0, two);
                for (size_t k = 0; k < 8; k++)
                    assert_near(one[k], two[k], 1e-13, "coefficient %zu after collapse", k);
                free(memory);
                free(whole);
                free(again);
                free(u);
                free(t);
                loci_memory_plan_free(plan);
            }
}

static void shifted_memories_answer_alike(void **state)
{
    (void)state;
    enum { N = 1000 };
    for (int stamped = 0; stamped < 2; stamped++) {
        double *u = signal_of(N, 1, 0, 6), *t = times_of(N, 0, 0.2, 6);
        loci_memory_plan *plan = plan_of(spec_of(8, 3, stamped, true));
        loci_memory *memory = piece_of(plan, 1, u, stamped ? t : NULL, 0, N),
                    *moved = fork_of(memory, plan, 1);
        ok(loci_memory_shift(moved, plan, 1024, &last_error));
        const double end = loci_memory_inspect(memory, plan).end;
        assert_true(loci_memory_inspect(moved, plan).start == 1024);
        assert_near(loci_memory_inspect(moved, plan).end, end + 1024, 1e-12 * end, "end");
        for (int i = 0; i <= 50; i++) {
            const double at = end * i / 50,
                         there = i == 50 ? loci_memory_inspect(moved, plan).end : at + 1024;
            double a, b;
            ok(loci_memory_recall(memory, plan, LOCI_VALUE, 0, &at, 1, &a, &last_error));
            ok(loci_memory_recall(moved, plan, LOCI_VALUE, 0, &there, 1, &b, &last_error));
            assert_near(a, b, 1e-9, "at %g", at); /* the times themselves are rounded, by 1e-13 */
        }
        refused(loci_memory_shift(moved, plan, NAN, &last_error), LOCI_E_ARGUMENT, "finite");
        ok(loci_memory_shift(moved, plan, 0, &last_error));
        free(memory);
        free(moved);
        free(u);
        free(t);
        loci_memory_plan_free(plan);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(aligned_pieces_give_the_same_bytes),
        cmocka_unit_test(unaligned_pieces_are_the_direct_projection),
        cmocka_unit_test(merging_is_associative),
        cmocka_unit_test(joints_of_regular_memories),
        cmocka_unit_test(joints_of_stamped_memories),
        cmocka_unit_test(joints_of_joined_memories),
        cmocka_unit_test(doubling_reaches_every_level),
        cmocka_unit_test(many_random_merges),
        cmocka_unit_test(collapse_keeps_the_open_sample),
        cmocka_unit_test(shifted_memories_answer_alike),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
