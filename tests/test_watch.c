/* SPDX-License-Identifier: MIT
 * test_watch.c - what was expected of samples, against forecasts; any cut, states, holes, faults, long signals. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <loci/readout.h>

#include "near.h"

enum { N = 3000, C = 2, W = 30, H = 20 };

static double signal_at(size_t t, size_t c)
{
    uint64_t bits = (uint64_t)(t * C + c + 1) * 0x9E3779B97F4A7C15u;
    bits = (bits ^ bits >> 31) * 0xD6E8FEB86659FD93u;
    const double noise = (double)(int64_t)(bits ^ bits >> 32) * 0x1p-63;
    return c == 0 ? sin(0.3 * (double)t) + 0.1 * noise : 50.0 + 10.0 * cos(0.05 * (double)t) + noise;
}

static double u[N * C];

static loci_readout *learned(int own)
{
    loci_readout *r = NULL;
    const loci_readout_spec spec = {.size = sizeof spec,
                                    .channels = C,
                                    .window = W,
                                    .order = 12,
                                    .horizon = H,
                                    .ridge = 0.001,
                                    .own = own};
    assert_int_equal(loci_readout_create(&r, &spec, NULL, NULL), LOCI_OK);
    for (size_t t = 0; t < N; t++)
        for (size_t c = 0; c < C; c++) u[t * C + c] = signal_at(t, c);
    assert_int_equal(loci_readout_push(r, u, N, NULL), LOCI_OK);
    assert_int_equal(loci_readout_solve(r, NULL), LOCI_OK);
    double widths[2 * H];
    for (size_t c = 0; c < C; c++) {
        for (size_t k = 0; k < 2 * H; k++) widths[k] = (c == 0 ? 0.2 : 2.0);
        assert_int_equal(loci_readout_set_widths(r, c, widths, NULL), LOCI_OK);
    }
    return r;
}

static void expected(void **state)
{
    (void)state;
    for (int own = 0; own < 2; own++) {
        loci_readout *r = learned(own);
        loci_readout_watch *w = NULL;
        static loci_readout_answer a[N * C];
        static double x[N], y[N * H];
        size_t done;
        assert_int_equal(loci_readout_watch_create(&w, r, NULL), LOCI_OK);
        assert_int_equal(loci_readout_watch_push(w, a, u, N, &done, NULL), LOCI_OK);
        assert_int_equal(done, N);
        for (size_t c = 0; c < C; c++) {
            for (size_t t = 0; t < N; t++) x[t] = u[t * C + c];
            assert_int_equal(loci_readout_predict(r, c, y, x, N - W + 1, NULL), LOCI_OK);
            double width[3] = {c == 0 ? 0.2 : 2.0, c == 0 ? 0.2 : 2.0, c == 0 ? 0.2 : 2.0};
            const size_t ahead[3] = {1, 4, 16};
            for (size_t t = 0; t < N; t++) {
                const loci_readout_answer *got = &a[t * C + c];
                double score = NAN;
                if (t < W) assert_true(isnan(got->expected) && isnan(got->score));
                if (t >= W) assert_near(got->expected, y[(t - W) * H], 1e-11, "sample %zu", t);
                if (t >= W) assert_near(got->upper - got->expected, width[0], 1e-11, "width at %zu", t);
                for (size_t k = 0; k < 3 && t + 1 >= W + ahead[k]; k++) {
                    const double e = fabs(x[t] - y[(t + 1 - W - ahead[k]) * H + ahead[k] - 1]);
                    if (!(e / width[k] <= score)) score = e / width[k];
                    width[k] *= exp(0.01 * ((e > width[k] ? 1.0 : 0.0) - 0.05));
                }
                if (t >= W) assert_near(got->score, score, 1e-9, "score of sample %zu", t);
            }
        }
        loci_readout_watch_free(w);
        loci_readout_free(r);
    }
}

static void cuts(void **state)
{
    (void)state;
    loci_readout *r = learned(1);
    loci_readout_watch *w = NULL;
    static loci_readout_answer whole[N * C], part[N * C];
    size_t done;
    loci_readout_watch_create(&w, r, NULL);
    u[700 * C] = NAN, u[701 * C] = NAN, u[2 * C + 1] = NAN; /* holes */
    loci_readout_watch_push(w, whole, u, N, &done, NULL);
    assert_true(isnan(whole[700 * C].score) && whole[700 * C].expected == whole[700 * C].expected);
    assert_true(whole[702 * C].score < 3.0);
    const size_t size = loci_readout_watch_state_size(w);
    unsigned char *bytes = malloc(size), *end = malloc(size);
    loci_readout_watch_save(w, end, size, NULL);
    loci_readout_watch_free(w);
    loci_readout_watch_create(&w, r, NULL);
    for (size_t at = 0, step = 1; at < N; at += step, step = step * 3 % 101) {
        if (step > N - at) step = N - at;
        loci_readout_watch_push(w, part + at * C, u + at * C, step, &done, NULL);
        assert_int_equal(loci_readout_watch_save(w, bytes, size, NULL), LOCI_OK);
        loci_readout_watch_free(w);
        loci_readout_watch_create(&w, r, NULL);
        assert_int_equal(loci_readout_watch_restore(w, bytes, size, NULL), LOCI_OK);
        assert_int_equal(loci_readout_watch_samples(w), at + step);
    }
    assert_memory_equal(bytes, end, size);
    for (size_t i = 0; i < N * C; i++) {
        assert_true(part[i].expected == whole[i].expected ||
                    (isnan(part[i].expected) && isnan(whole[i].expected)));
        assert_true(part[i].score == whole[i].score || (isnan(part[i].score) && isnan(whole[i].score)));
    }
    for (size_t i = 0; i < size; i++) { /* every byte counts */
        bytes[i] ^= 1;
        assert_int_equal(loci_readout_watch_restore(w, bytes, size, NULL), LOCI_E_FORMAT);
        bytes[i] ^= 1;
    }
    loci_error error;
    loci_readout *other = learned(0);
    loci_readout_watch *v = NULL;
    loci_readout_watch_create(&v, other, NULL);
    assert_int_equal(loci_readout_watch_restore(v, bytes, size, &error), LOCI_E_MISMATCH);
    u[100 * C + 1] = INFINITY;
    assert_int_equal(loci_readout_watch_push(v, part, u, N, &done, &error), LOCI_E_VALUE);
    assert_int_equal(done, 100);
    loci_readout_watch_free(v), loci_readout_watch_free(w), loci_readout_free(r), loci_readout_free(other);
    free(bytes), free(end);
}

/* A spike, and a beat that is left out, stand out; nothing else does. And after many samples the answers are those of a watch that has
 * just begun: nothing drifts. */
static void faults(void **state)
{
    (void)state;
    loci_readout *r = learned(0);
    loci_readout_watch *w = NULL, *young = NULL;
    size_t done;
    loci_readout_answer a[C], b[C];
    loci_readout_watch_create(&w, r, NULL);
    for (size_t t = 0; t < 300000; t++) {
        double x[C] = {signal_at(t % 20000, 0), signal_at(t % 20000, 1)};
        if (t == 1000) x[0] += 1.0;
        if (t == 1500) x[1] += 15.0;
        loci_readout_watch_push(w, a, x, 1, &done, NULL);
        if (t == 1000) assert_true(a[0].score > 3.0 && a[1].score < 2.0);
        if (t == 1500) assert_true(a[1].score > 3.0);
        if (t > 100 && t < 1000) assert_true(a[0].score < 2.5 && a[1].score < 2.5);
    }
    loci_readout_watch_create(&young, r, NULL);
    for (size_t t = 300000; t < 300100; t++) {
        const double x[C] = {signal_at(t, 0), signal_at(t, 1)};
        loci_readout_watch_push(w, a, x, 1, &done, NULL);
        loci_readout_watch_push(young, b, x, 1, &done, NULL);
        if (t >= 300000 + W) assert_true(a[0].expected == b[0].expected && a[1].expected == b[1].expected);
    }
    loci_readout_watch_free(w), loci_readout_watch_free(young), loci_readout_free(r);
}

/* Behind what the readout has learned a watch is as one that saw it all, but for the widths, which are the readout's; and another history begins
 * as a watch does. */
static void follows(void **state)
{
    (void)state;
    loci_readout *r = learned(1), *other = learned(0);
    loci_readout_watch *w = NULL, *all = NULL, *young = NULL;
    static loci_readout_answer a[N * C], b[N * C];
    static double next[100 * C];
    size_t done;
    for (size_t t = 0; t < 100; t++)
        for (size_t c = 0; c < C; c++) next[t * C + c] = signal_at(N + t, c);
    loci_readout_watch_create(&w, r, NULL);
    loci_readout_watch_create(&all, r, NULL);
    loci_readout_watch_create(&young, r, NULL);
    loci_readout_watch_push(all, a, u, N, &done, NULL);
    loci_readout_watch_push(all, a, next, 100, &done, NULL);
    assert_int_equal(loci_readout_watch_follow(w, other, NULL), LOCI_E_MISMATCH);
    assert_int_equal(loci_readout_watch_follow(w, r, NULL), LOCI_OK);
    assert_int_equal(loci_readout_watch_samples(w), 0);
    loci_readout_watch_push(w, b, next, 100, &done, NULL);
    assert_int_equal(loci_readout_watch_samples(w), 100);
    for (size_t i = 0; i < 100 * C; i++) {
        assert_near(b[i].expected, a[i].expected, 1e-10, "sample %zu", i / C);
        assert_true(b[i].score >= 0.0 && b[i].score < 3.0);
    }
    assert_near(b[0].upper - b[0].expected, 0.2, 1e-12, "width %d", 0);

    const size_t size = loci_readout_watch_state_size(w);
    unsigned char *bytes = malloc(size);
    loci_readout_watch_save(w, bytes, size, NULL);
    assert_int_equal(loci_readout_watch_restore(young, bytes, size, NULL), LOCI_OK);
    assert_int_equal(loci_readout_watch_samples(young), 100);
    assert_true(isnan(loci_readout_watch_time(young)));
    loci_readout_watch_set_time(young, 12.5);
    loci_readout_watch_save(young, bytes, size, NULL);
    assert_int_equal(loci_readout_watch_restore(w, bytes, size, NULL), LOCI_OK);
    assert_true(loci_readout_watch_time(w) == 12.5);
    loci_readout_watch_part(w);
    loci_readout_watch_push(w, a, next, 100, &done, NULL);
    assert_int_equal(loci_readout_watch_samples(w), 200);
    loci_readout_watch_free(young);
    loci_readout_watch_create(&young, r, NULL);
    loci_readout_watch_push(young, b, next, 100, &done, NULL);
    for (size_t i = 0; i < 100 * C; i++)
        assert_true(a[i].expected == b[i].expected || (i < W * C && isnan(a[i].expected)));
    free(bytes);
    loci_readout_watch_free(w), loci_readout_watch_free(all), loci_readout_watch_free(young);
    loci_readout_free(r), loci_readout_free(other);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(expected), cmocka_unit_test(cuts),
                                       cmocka_unit_test(faults), cmocka_unit_test(follows)};
    return cmocka_run_group_tests_name("watch", tests, NULL, NULL);
}
