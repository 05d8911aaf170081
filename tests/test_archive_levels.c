/* SPDX-License-Identifier: MIT
 * test_archive_levels.c - budgets of signals whose level changes: what the first page tells of a signal is not what follows. At any factor, at any
 * moment the budget is used, and what is forgotten is about what one error for all pages forgets in as many bytes. */
#include "archive_case.h"

#include <stdbool.h>

#include "base/random.h"

static double square(double x)
{
    return x * x;
}

/* The mean square error of a channel, over its variance; NaN counts where it is missing alone. */
static double share_of(const file *f, const double *u, size_t n, size_t channels, size_t channel)
{
    loci_archive *a = archive_open(f);
    loci_error error;
    const loci_archive_info info = loci_archive_inspect(a);
    assert_int_equal(info.first + info.samples, n);
    double *y = malloc(n * sizeof *y), off = 0.0, mean = 0.0, variance = 0.0, count = 0.0;
    assert_non_null(y);
    good(loci_archive_samples(a, channel, info.first, (size_t)info.samples, y, &error), &error);
    for (size_t i = (size_t)info.first; i < n; i++) {
        const double x = u[i * channels + channel], recalled = y[i - info.first];
        assert_int_equal(isnan(x), isnan(recalled));
        if (isnan(x)) continue;
        off += square(x - recalled);
        count += 1.0;
        mean += (x - mean) / count;
    }
    for (size_t i = (size_t)info.first; i < n; i++)
        if (!isnan(u[i * channels + channel])) variance += square(u[i * channels + channel] - mean);
    free(y);
    loci_archive_close(a);
    return off / variance;
}

/* What one error for all pages forgets in at most so many bytes. */
static double even_share(const double *u, size_t n, size_t page, size_t bytes)
{
    loci_archive_spec spec = loci_archive_defaults();
    double low = 1e-300, high = 1e-300, share = INFINITY;
    for (size_t i = 0; i < n; i++) high = fmax(high, fabs(u[i]));
    low = high * 1e-12;
    spec.page = page;
    spec.relative = 0;
    for (int k = 0; k < 9; k++) {
        spec.bound = sqrt(low * high);
        file f = archive_make(&spec, u, n, n);
        if (f.size <= bytes) {
            share = share_of(&f, u, n, 1, 0);
            high = spec.bound;
        } else {
            low = spec.bound;
        }
        free(f.bytes);
    }
    return share;
}

enum { N = 30000, PAGE = 4096 };

static double *base_make(bool noise)
{
    double *u = malloc(N * sizeof *u);
    assert_non_null(u);
    for (size_t i = 0; i < N; i++) {
        const double x = loci_random_normal(noise, i), t = (double)i;
        u[i] = noise ? x : sin(t / 100.0) + 0.2 * sin(t / 3.0) + 0.02 * x;
    }
    return u;
}

static void any_change_of_level_is_followed(void **state)
{
    (void)state;
    static const double factors[] = {1e-30, 1e-9, 1e-3, 0.05, 20.0, 250.0, 1e9, 1e30};
    static const size_t moments[] = {2000, 6000, 20000};
    double *v = malloc(N * sizeof *v);
    assert_non_null(v);
    for (int noise = 0; noise < 2; noise++) {
        double *u = base_make(noise);
        for (size_t k = 0; k < sizeof factors / sizeof *factors; k++)
            for (size_t m = 0; m < sizeof moments / sizeof *moments; m++) {
                const bool odd = (k + m) % 2;
                for (size_t i = 0; i < N; i++) v[i] = i < moments[m] ? u[i] : u[i] * factors[k];
                loci_archive_spec spec = loci_archive_defaults();
                spec.rule = LOCI_KEEP_BUDGET;
                spec.page = PAGE;
                spec.budget = odd ? 16384 : 6000;
                spec.fading = odd ? 0.0 : 1.0;
                file f = archive_make(&spec, v, N, N);
                const double share = share_of(&f, v, N, 1, 0), even = even_share(v, N, PAGE, f.size);
                assert_true(f.most <= spec.budget);
                /* steps are octaves, of which errors have two bits; below 2^-30 a page is as sharp as any becomes */
                if (f.size < spec.budget / 2 || share > 4.0 * even + 0x1p-30)
                    fail_msg("%s, %g times from %zu on: %zu of %zu bytes, %g forgotten, evenly %g",
                             noise ? "noise" : "sines", factors[k], moments[m], f.size, spec.budget, share,
                             even);
                free(f.bytes);
            }
        free(u);
    }
    free(v);
}

/* Channels are weighed by the whole signal: one that begins quietly, or with one value, takes nothing from the others. */
static void channels_follow_each_for_itself(void **state)
{
    (void)state;
    double *v = malloc(2 * N * sizeof *v), *noise = base_make(true), *sines = base_make(false);
    assert_non_null(v);
    for (int kind = 0; kind < 5; kind++) {
        for (size_t i = 0; i < N; i++) {
            const bool begun = i >= 9000;
            v[2 * i] = begun ? sines[i] : kind == 0 ? 1e-4 * sines[i] : kind == 1 ? 1e6 : sines[i] * 1e5;
            v[2 * i + 1] = kind == 3 ? noise[i] * (i < 20000 ? 1e-7 : 1.0) : noise[i];
            if (kind == 4 && (!begun || i % 1000 < 20)) v[2 * i] = NAN;
            if (kind == 4 && i % 700 < 3) v[2 * i + 1] = NAN;
        }
        loci_archive_spec spec = loci_archive_defaults();
        spec.channels = 2;
        spec.rule = LOCI_KEEP_BUDGET;
        spec.page = PAGE;
        spec.budget = 40000;
        file f = archive_make(&spec, v, N, N);
        assert_true(f.most <= spec.budget && f.size > spec.budget / 2);
        for (size_t c = 0; c < 2; c++) {
            const double share = share_of(&f, v, N, 2, c);
            if (!(share < 3e-3)) fail_msg("kind %d, channel %zu: %g forgotten", kind, c, share);
        }
        free(f.bytes);
    }
    free(v);
    free(noise);
    free(sines);
}

/* Page by page by writers of their own, and peeked at in between. */
static void what_is_resumed_follows(void **state)
{
    (void)state;
    double *u = base_make(false);
    loci_error error;
    for (int loud = 0; loud < 2; loud++) {
        for (size_t i = 9000; i < N; i++) u[i] *= loud ? 1e6 : 1e3;
        loci_archive_spec spec = loci_archive_defaults();
        spec.rule = LOCI_KEEP_BUDGET;
        spec.page = PAGE;
        spec.budget = 12000;
        file f = archive_make(&spec, u, 5000, 5000);
        for (size_t at = 5000; at < N; at += 5000) {
            loci_archive_writer *w;
            file old = f, seen = {0};
            f = (file){.bytes = malloc(old.size), .size = old.size};
            assert_non_null(f.bytes);
            memcpy(f.bytes, old.bytes, old.size);
            good(loci_archive_writer_resume(&w, old.bytes, old.size, take, &f, &error), &error);
            good(loci_archive_writer_push(w, u + at, 5000, &error), &error);
            good(loci_archive_writer_peek(w, take, &seen, &error), &error);
            assert_true(seen.size <= spec.budget);
            good(loci_archive_writer_finish(w, &error), &error);
            assert_true(f.most <= spec.budget);
            loci_archive_writer_free(w);
            free(seen.bytes);
            free(old.bytes);
        }
        assert_true(f.size > spec.budget / 2);
        assert_true(share_of(&f, u, N, 1, 0) < 4.0 * even_share(u, N, PAGE, f.size));
        free(f.bytes);
    }
    free(u);
}

/* Appends to an archive; what it is made of is released. */
static file appended(file old, const double *u, size_t n)
{
    loci_archive_writer *w;
    loci_error error;
    file f = {.bytes = malloc(old.size), .size = old.size};
    assert_non_null(f.bytes);
    memcpy(f.bytes, old.bytes, old.size);
    good(loci_archive_writer_resume(&w, old.bytes, old.size, take, &f, &error), &error);
    good(loci_archive_writer_push(w, u, n, &error), &error);
    good(loci_archive_writer_finish(w, &error), &error);
    loci_archive_writer_free(w);
    free(old.bytes);
    return f;
}

/* A channel varies, becomes constant, and its past is forgotten: what is appended then is weighed as it is where that past never was. */
static void a_forgotten_past_weighs_nothing(void **state)
{
    (void)state;
    enum { PAST = 50 * PAGE, STILL = 2 * PAGE, NEW = 4 * PAGE, ALL = PAST + STILL + NEW };
    double *u = malloc(2 * (size_t)ALL * sizeof *u), share[2][2];
    assert_non_null(u);
    for (size_t i = 0; i < ALL; i++) {
        u[2 * i] = i >= PAST && i < PAST + STILL ? 3.0 : loci_random_normal(0, i);
        u[2 * i + 1] = loci_random_normal(1, i);
    }
    for (int forgets = 0; forgets < 2; forgets++) {
        loci_error error;
        loci_archive_spec spec = loci_archive_defaults();
        spec.channels = 2;
        spec.rule = LOCI_KEEP_BUDGET;
        spec.page = PAGE;
        spec.budget = 20000;
        const double *from = forgets ? u : u + 2 * PAST;
        const size_t n = forgets ? PAST + STILL : STILL;
        file f = archive_make(&spec, from, n, n);
        if (forgets) {
            file later = {0};
            loci_archive *a = archive_open(&f);
            good(loci_archive_forget(a, (double)PAST, take, &later, &error), &error);
            loci_archive_close(a);
            free(f.bytes);
            f = later;
        }
        f = appended(f, u + 2 * (PAST + STILL), NEW);
        assert_true(f.size <= spec.budget && f.size > spec.budget / 2);
        for (size_t c = 0; c < 2; c++) share[forgets][c] = share_of(&f, from, n + NEW, 2, c);
        free(f.bytes);
    }
    for (size_t c = 0; c < 2; c++)
        if (!(share[1][c] < 2.0 * share[0][c] && share[0][c] < 2.0 * share[1][c]))
            fail_msg("channel %zu: %g forgotten, %g without a past", c, share[1][c], share[0][c]);
    free(u);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_change_of_level_is_followed), cmocka_unit_test(channels_follow_each_for_itself),
        cmocka_unit_test(what_is_resumed_follows), cmocka_unit_test(a_forgotten_past_weighs_nothing)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
