/* SPDX-License-Identifier: MIT
 * test_archive.c - archives: stated errors against measured ones, grouping, missing samples, recall against the samples,
 * change, damage. */
#include "archive_case.h"

#include <stdbool.h>
#include <stdio.h>

#include "base/random.h"

/* A slow wave, a fast one, steps and noise: every level has something. */
static double sample(size_t channel, size_t i)
{
    const double k = (double)i, shift = (double)channel;
    return 1000.0 * shift + 3.0 * sin(k / 500.0 + shift) + 0.3 * sin(k / 7.0) + (i / 1000 % 2 ? 1.0 : 0.0) +
           0.05 * loci_random_normal(11 + channel, i);
}

static double *signal_make(size_t n, size_t channels)
{
    double *u = malloc(n * channels * sizeof *u);
    assert_non_null(u);
    for (size_t i = 0; i < n; i++)
        for (size_t c = 0; c < channels; c++) u[i * channels + c] = sample(c, i);
    return u;
}

/* Every page's stated error against that of its samples. Sums of squares are rounded to 2^-37 of themselves, and a sample to some
 * ulp of it. */
static void errors_check(const file *f, const double *u, double rms_limit, double largest_limit)
{
    loci_archive *a = archive_open(f);
    const loci_archive_info info = loci_archive_inspect(a);
    loci_error error;
    for (size_t i = 0; i < info.pages; i++)
        for (size_t c = 0; c < info.channels; c++) {
            loci_archive_page_info page;
            good(loci_archive_page(a, i, c, &page, &error), &error);
            const size_t n = (size_t)page.known.samples;
            double *y = malloc(n * sizeof *y), square = 0.0, largest = 0.0, least = NAN, most = NAN,
                   variance = 0.0;
            assert_non_null(y);
            good(loci_archive_samples(a, c, page.first, n, y, &error), &error);
            size_t missing = 0;
            for (size_t k = 0; k < n; k++) {
                const double truth = u[((size_t)page.first + k) * info.channels + c];
                if (isnan(truth)) {
                    assert_true(isnan(y[k]));
                    missing++;
                    continue;
                }
                square += (y[k] - truth) * (y[k] - truth);
                largest = fmax(largest, fabs(y[k] - truth));
                least = fmin(least, truth);
                most = fmax(most, truth);
                variance += truth * truth;
            }
            assert_int_equal(missing, page.known.missing);
            if (missing < n) {
                const double mean = square / (double)(n - missing);
                assert_true(fabs(page.known.mean_square - mean) <=
                            1e-9 * mean + 1e-12 * variance / (double)(n - missing));
                assert_true(mean <= rms_limit * rms_limit);
                assert_true(largest <= page.known.largest);
                assert_true(largest <= largest_limit);
                assert_true(least == page.known.least && most == page.known.most);
            }
            free(y);
        }
    loci_archive_close(a);
}

static void errors_are_as_stated(void **state)
{
    (void)state;
    const size_t n = 3000;
    double *u = signal_make(n, 2);
    static const size_t orders[] = {0, 1, 3, 4, 8, 16, 32};
    for (size_t o = 0; o < 7; o++)
        for (double bound = 1e-6; bound < 100.0; bound *= 100.0) {
            loci_archive_spec spec = loci_archive_defaults();
            spec.channels = 2;
            spec.order = orders[o];
            spec.page = orders[o] == 3 ? 768 : 1024;
            spec.bound = bound;
            spec.relative = 0;
            file f = archive_make(&spec, u, n, n);
            errors_check(&f, u, bound, INFINITY);
            free(f.bytes);
            spec.rule = LOCI_KEEP_LARGEST;
            f = archive_make(&spec, u, n, n);
            errors_check(&f, u, INFINITY, bound);
            free(f.bytes);
        }
    free(u);
}

static void bytes_do_not_depend_on_grouping(void **state)
{
    (void)state;
    const size_t n = 2500;
    double *u = signal_make(n, 3);
    loci_archive_spec spec = loci_archive_defaults();
    spec.channels = 3;
    spec.page = 512;
    const file whole = archive_make(&spec, u, n, n);
    static const size_t groups[] = {1, 7, 511, 512, 513};
    for (size_t g = 0; g < 5; g++) {
        const file parts = archive_make(&spec, u, n, groups[g]);
        assert_int_equal(parts.size, whole.size);
        assert_memory_equal(parts.bytes, whole.bytes, whole.size);
        free(parts.bytes);
    }
    errors_check(&whole, u, INFINITY, INFINITY);
    free(whole.bytes);
    free(u);
}

/* An archive that is continued has the bytes of one that never stopped, where it stopped between pages. */
static void resuming_continues(void **state)
{
    (void)state;
    const size_t n = 2048, cut = 1024;
    double *u = signal_make(n, 1);
    loci_archive_spec spec = loci_archive_defaults();
    spec.page = 512;
    const file whole = archive_make(&spec, u, n, n);
    file f = archive_make(&spec, u, cut, 100);
    /* half of a page that a kill left */
    f.bytes = realloc(f.bytes, f.size + 40);
    assert_non_null(f.bytes);
    memcpy(f.bytes + f.size, whole.bytes + f.size, 40);
    loci_archive_writer *w;
    loci_error error;
    good(loci_archive_writer_resume(&w, f.bytes, f.size + 40, take, &f, &error), &error);
    good(loci_archive_writer_push(w, u + cut, n - cut, &error), &error);
    good(loci_archive_writer_finish(w, &error), &error);
    loci_archive_writer_free(w);
    assert_int_equal(f.size, whole.size);
    assert_memory_equal(f.bytes, whole.bytes, whole.size);
    free(f.bytes);
    free(whole.bytes);
    free(u);
}

static void missing_samples_stay_missing(void **state)
{
    (void)state;
    const size_t n = 3000;
    double *u = signal_make(n, 2);
    for (size_t i = 0; i < n; i++) {
        if (i % 100 < 3 || (i > 900 && i < 2000)) u[2 * i] = NAN;
        if (i < 700 || i % 2) u[2 * i + 1] = NAN;
    }
    loci_archive_spec spec = loci_archive_defaults();
    spec.channels = 2;
    spec.page = 512;
    spec.relative = 0;
    spec.bound = 0.01;
    const file f = archive_make(&spec, u, n, 77);
    errors_check(&f, u, 0.01, INFINITY);
    loci_archive *a = archive_open(&f);
    loci_error error;
    loci_archive_known known;
    good(loci_archive_stretch(a, 0, 0, (double)n, &known, &error), &error);
    size_t missing = 0;
    for (size_t i = 0; i < n; i++) missing += isnan(u[2 * i]) ? 1 : 0;
    assert_int_equal(known.missing, missing);
    assert_true(known.exact);
    loci_archive_close(a);
    free(f.bytes);
    free(u);
}

/* Integers, decimal fractions and a page of other numbers come back to the bit. */
static void units_come_back(void **state)
{
    (void)state;
    const size_t n = 4000;
    double *u = malloc(n * sizeof *u), *y = malloc(n * sizeof *y);
    assert_true(u && y);
    static const double units[] = {1.0, 0.001, 0.005, 256.0, 0.25};
    for (size_t k = 0; k < 5; k++) {
        for (size_t i = 0; i < n; i++) {
            const double whole = rint(500.0 * sin((double)i / 40.0) + 3.0 * loci_random_normal(5, i));
            u[i] = units[k] < 1.0 ? whole / rint(1.0 / units[k]) : whole * units[k];
        }
        if (k == 1) u[1100] = 0.1234567;
        loci_archive_spec spec = loci_archive_defaults();
        spec.page = 1024;
        spec.rule = LOCI_KEEP_UNITS;
        spec.relative = 0;
        spec.bound = units[k];
        const file f = archive_make(&spec, u, n, n);
        loci_archive *a = archive_open(&f);
        loci_error error;
        good(loci_archive_samples(a, 0, 0, n, y, &error), &error);
        for (size_t i = 0; i < n; i++) assert_true(y[i] == u[i]);
        loci_archive_known known;
        good(loci_archive_stretch(a, 0, 0, (double)n, &known, &error), &error);
        assert_true(known.mean_square == 0.0 && known.largest == 0.0);
        assert_true(f.size < 2 * n + (k == 1 ? 8 * 1024 : 0));
        loci_archive_close(a);
        free(f.bytes);
    }
    free(u);
    free(y);
}

/* Recall against sums over what loci_archive_samples gives. */
static void recall_is_of_the_samples(void **state)
{
    (void)state;
    const size_t n = 3000;
    double *u = signal_make(n, 1), *y = malloc(n * sizeof *y);
    assert_non_null(y);
    u[1500] = NAN;
    loci_archive_spec spec = loci_archive_defaults();
    spec.page = 512;
    spec.dt = 0.25;
    spec.start = 10.0;
    const file f = archive_make(&spec, u, n, n);
    loci_archive *a = archive_open(&f);
    loci_error error;
    good(loci_archive_samples(a, 0, 0, n, y, &error), &error);
    double out[4];
    const double at[] = {10.0, 10.3, 10.0 + 0.25 * 700, 10.0 + 0.25 * (double)n};
    good(loci_archive_recall(a, LOCI_VALUE, 0, at, 4, out, &error), &error);
    assert_true(out[0] == y[0] && out[1] == y[1] && out[2] == y[700] && out[3] == y[n - 1]);
    good(loci_archive_recall(a, LOCI_DERIVATIVE, 0, at, 4, out, &error), &error);
    assert_true(fabs(out[2] - (y[701] - y[700]) / 0.25) < 1e-12);
    const double pairs[] = {10.1, 10.6, 10.0, 10.0 + 0.25 * (double)n, 100.0, 500.0, 12.0, 12.0};
    good(loci_archive_recall(a, LOCI_INTEGRAL, 0, pairs, 3, out, &error), &error);
    assert_true(fabs(out[0] - (0.15 * y[0] + 0.25 * y[1] + 0.1 * y[2])) < 1e-12);
    double sum = 0.0, part = 0.0;
    for (size_t i = 0; i < n; i++) {
        if (isnan(y[i])) continue;
        sum += y[i];
        if (i >= 360 && i < 1960) part += y[i];
    }
    assert_true(fabs(out[1] - 0.25 * sum) < 1e-9 && fabs(out[2] - 0.25 * part) < 1e-9);
    good(loci_archive_recall(a, LOCI_MEAN, 0, pairs, 4, out, &error), &error);
    assert_true(fabs(out[1] - sum / (double)(n - 1)) < 1e-12 && fabs(out[2] - part / 1599.0) < 1e-12);
    assert_true(out[3] == y[8]);
    const double outside[] = {9.0, 1e9};
    assert_int_equal(loci_archive_recall(a, LOCI_VALUE, 0, outside, 1, out, &error), LOCI_E_RANGE);
    assert_int_equal(loci_archive_recall(a, LOCI_VALUE, 1, at, 1, out, &error), LOCI_E_RANGE);
    loci_archive_close(a);
    free(f.bytes);
    free(u);
    free(y);
}

/* From far away a slow wave is seen, and what is faster is not. */
static void zoom_is_the_slow_part(void **state)
{
    (void)state;
    enum { POINTS = 50 };
    const size_t n = 100000;
    double *u = malloc(n * sizeof *u), out[POINTS];
    assert_non_null(u);
    for (size_t i = 0; i < n; i++) u[i] = sin((double)i / 20000.0) + (i % 2 ? 0.2 : -0.2);
    loci_archive_spec spec = loci_archive_defaults();
    spec.page = 16384;
    spec.bound = 0.01;
    const file f = archive_make(&spec, u, n, n);
    loci_archive *a = archive_open(&f);
    loci_error error;
    good(loci_archive_zoom(a, 0, 0, (double)n, POINTS, out, &error), &error);
    for (size_t i = 0; i < POINTS; i++) {
        const double at = (double)n * (double)i / (POINTS - 1.0);
        assert_true(fabs(out[i] - sin(at / 20000.0)) <
                    0.03); /* a page's rms error is 0.01 of 0.7, noise included */
    }
    good(loci_archive_zoom(a, 0, 100, 149, POINTS, out, &error), &error);
    for (size_t i = 0; i < POINTS; i++) {
        double value, at = 100.0 + (double)i;
        good(loci_archive_recall(a, LOCI_VALUE, 0, &at, 1, &value, &error), &error);
        assert_true(out[i] == value);
    }
    loci_archive_close(a);
    free(f.bytes);
    free(u);
}

/* Coarser three times, cut and joined: errors stay as stated, and bytes become fewer. */
static void change_keeps_errors_exact(void **state)
{
    (void)state;
    const size_t n = 5000;
    double *u = signal_make(n, 2);
    for (size_t i = 2000; i < 2100; i++) u[2 * i] = NAN;
    for (loci_archive_rule rule = LOCI_KEEP_RMS; rule <= LOCI_KEEP_UNITS; rule++) {
        loci_archive_spec spec = loci_archive_defaults();
        spec.channels = 2;
        spec.page = 1024;
        spec.rule = rule;
        spec.relative = 0;
        spec.bound = 0.001;
        file f = archive_make(&spec, u, n, n);
        loci_error error;
        for (double rms = 0.01; rms < 10.0; rms *= 7.0) {
            loci_archive *a = archive_open(&f);
            file coarser = {0};
            const double both[2] = {rms, 0.5 * rms};
            good(loci_archive_recode(a, both, take, &coarser, &error), &error);
            loci_archive_close(a);
            errors_check(&coarser, u, rms, INFINITY);
            assert_true(coarser.size < f.size);
            free(f.bytes);
            f = coarser;
        }
        /* forget the first two pages, and put the rest behind the whole */
        loci_archive *a = archive_open(&f);
        file later = {0}, joined = {0};
        good(loci_archive_forget(a, 2048.0, take, &later, &error), &error);
        errors_check(&later, u, INFINITY, INFINITY);
        loci_archive *b = archive_open(&later), *const both[] = {a, b};
        assert_int_equal(loci_archive_inspect(b).first, 2048);
        loci_archive_note(a, "both", 4);
        assert_memory_equal(loci_archive_inspect(a).note, "both", 4);
        good(loci_archive_merge(both, 2, take, &joined, &error), &error);
        loci_archive *all = archive_open(&joined);
        assert_int_equal(loci_archive_inspect(all).note_length, 4);
        assert_memory_equal(loci_archive_inspect(all).note, "both", 4);
        loci_archive_close(all);
        assert_int_equal(loci_archive_forget(a, 1e9, take, &later, &error), LOCI_E_RANGE);
        loci_archive_close(a);
        loci_archive_close(b);
        double *twice = malloc(2 * (2 * n - 2048) * sizeof *twice);
        assert_non_null(twice);
        memcpy(twice, u, 2 * n * sizeof *u);
        memcpy(twice + 2 * n, u + 2 * 2048, 2 * (n - 2048) * sizeof *u);
        errors_check(&joined, twice, INFINITY, INFINITY);
        free(twice);
        free(later.bytes);
        free(joined.bytes);
        free(f.bytes);
    }
    free(u);
}

/* At most so many bytes at every moment; old pages are coarser than new ones, or all alike; errors stay as stated. */
static void budgets_hold(void **state)
{
    (void)state;
    const size_t n = 40000;
    double *u = signal_make(n, 2);
    static const size_t budgets[] = {3000, 8000, 30000, 200000};
    for (size_t b = 0; b < 4; b++)
        for (int fading = 0; fading <= 2; fading++) {
            loci_archive_spec spec = loci_archive_defaults();
            spec.channels = 2;
            spec.page = 2048;
            spec.rule = LOCI_KEEP_BUDGET;
            spec.budget = budgets[b];
            spec.fading = fading;
            file f = archive_make(&spec, u, n, 999);
            assert_true(f.most <= budgets[b]);
            errors_check(&f, u, INFINITY, INFINITY);
            loci_archive *a = archive_open(&f);
            loci_error error;
            const loci_archive_info info = loci_archive_inspect(a);
            loci_archive_page_info old, young;
            assert_int_equal(info.budget, budgets[b]);
            good(loci_archive_page(a, 0, 0, &old, &error), &error);
            good(loci_archive_page(a, info.pages - 2, 0, &young, &error), &error);
            assert_int_equal(info.samples, n); /* nothing had to go */
            if (fading == 2 && b < 3) assert_true(old.known.mean_square > 4.0 * young.known.mean_square);
            if (fading == 0 && b > 1) /* steps within two octaves of one another */
                assert_true(old.known.mean_square < 20.0 * young.known.mean_square);
            /* continued, joined and shrunk */
            file more = {0}, joined = {0}, less = {0};
            loci_archive *const both[] = {a, a};
            good(loci_archive_merge(both, 2, take, &joined, &error), &error);
            assert_true(joined.size <= budgets[b]);
            double *twice = malloc(4 * n * sizeof *twice);
            assert_non_null(twice);
            memcpy(twice, u, 2 * n * sizeof *u);
            memcpy(twice + 2 * n, u, 2 * n * sizeof *u);
            errors_check(&joined, twice, INFINITY, INFINITY);
            good(loci_archive_shrink(a, budgets[b] / 2, 1.0, take, &less, &error), &error);
            assert_true(less.size <= budgets[b] / 2);
            errors_check(&less, u, INFINITY, INFINITY);
            loci_archive_writer *w;
            more.bytes = malloc(f.size);
            assert_non_null(more.bytes);
            memcpy(more.bytes, f.bytes, f.size);
            more.size = f.size;
            good(loci_archive_writer_resume(&w, f.bytes, f.size, take, &more, &error), &error);
            good(loci_archive_writer_push(w, u, n, &error), &error);
            good(loci_archive_writer_finish(w, &error), &error);
            loci_archive_writer_free(w);
            assert_true(more.most <= budgets[b]);
            errors_check(&more, twice, INFINITY, INFINITY);
            loci_archive_close(a);
            free(twice);
            free(more.bytes);
            free(joined.bytes);
            free(less.bytes);
            free(f.bytes);
        }
    free(u);
}

/* Pages join as they age, beyond what is decoded at once: nothing goes, errors are as stated, and every question is answered as by the
 * samples. */
static void old_pages_join(void **state)
{
    (void)state;
    const size_t n = 120000;
    double *u = signal_make(n, 1), *y = malloc(n * sizeof *y);
    assert_non_null(y);
    static const size_t budgets[] = {4000, 16000};
    for (size_t b = 0; b < 2; b++) {
        loci_archive_spec spec = loci_archive_defaults();
        spec.page = 256;
        spec.rule = LOCI_KEEP_BUDGET;
        spec.budget = budgets[b];
        file f = archive_make(&spec, u, n, 10007);
        assert_true(f.most <= budgets[b]);
        errors_check(&f, u, INFINITY, INFINITY);
        loci_archive *a = archive_open(&f);
        loci_error error;
        const loci_archive_info info = loci_archive_inspect(a);
        assert_int_equal(info.samples, n);
        assert_true(info.pages < 40); /* of 469 */
        loci_archive_page_info old;
        good(loci_archive_page(a, 0, 0, &old, &error), &error);
        assert_true(old.known.samples >= (b == 0 ? 32768u : 2048u));
        good(loci_archive_samples(a, 0, 0, n, y, &error), &error);
        for (size_t k = 0; k < 100; k++) { /* means of stretches within, across and of whole pages */
            const size_t from = (size_t)(loci_random_uniform(5, 2 * k) * (double)(n - 1)),
                         to = from + 1 + (size_t)(loci_random_uniform(5, 2 * k + 1) * (double)(n - 1 - from));
            const double t[2] = {(double)from + 0.25, (double)to - 0.25};
            double sum = 0.0, integral, value;
            for (size_t i = from; i < to; i++) sum += y[i];
            sum -= 0.25 * y[from] + 0.25 * y[to - 1];
            good(loci_archive_recall(a, LOCI_INTEGRAL, 0, t, 1, &integral, &error), &error);
            assert_true(fabs(integral - sum) <= 1e-10 * (double)n);
            good(loci_archive_recall(a, LOCI_VALUE, 0, t, 1, &value, &error), &error);
            assert_true(fabs(value - y[from]) <= 1e-12);
        }
        /* coarser by another rule, and with more behind it */
        const double rms[1] = {1.0};
        file coarse = {0}, more = {.size = f.size};
        good(loci_archive_recode(a, rms, take, &coarse, &error), &error);
        errors_check(&coarse, u, INFINITY, INFINITY);
        more.bytes = malloc(f.size);
        assert_non_null(more.bytes);
        memcpy(more.bytes, f.bytes, f.size);
        loci_archive_writer *w;
        good(loci_archive_writer_resume(&w, f.bytes, f.size, take, &more, &error), &error);
        good(loci_archive_writer_push(w, u, n, &error), &error);
        good(loci_archive_writer_finish(w, &error), &error);
        loci_archive_writer_free(w);
        assert_true(more.most <= budgets[b]);
        double *twice = malloc(2 * n * sizeof *twice);
        assert_non_null(twice);
        memcpy(twice, u, n * sizeof *u);
        memcpy(twice + n, u, n * sizeof *u);
        errors_check(&more, twice, INFINITY, INFINITY);
        loci_archive_close(a);
        free(twice);
        free(more.bytes);
        free(coarse.bytes);
        free(f.bytes);
    }
    free(u);
    free(y);
}

/* What a look at a writer shows is an archive of the samples so far, and nothing of it stays. */
static void peeking_changes_nothing(void **state)
{
    (void)state;
    enum { N = 5000, CHANNELS = 2 };
    double *u = signal_make(N, CHANNELS);
    static const loci_archive_rule rules[] = {LOCI_KEEP_RMS, LOCI_KEEP_LARGEST, LOCI_KEEP_BUDGET};
    for (size_t r = 0; r < 3; r++) {
        loci_archive_spec spec = loci_archive_defaults();
        spec.channels = CHANNELS;
        spec.page = 1024;
        spec.rule = rules[r];
        spec.budget = 6000;
        file whole = archive_make(&spec, u, N, N), f = {0};
        loci_archive_writer *w;
        loci_error error;
        good(loci_archive_writer_create(&w, &spec, "a note", 6, take, &f, &error), &error);
        assert_int_equal(loci_archive_writer_peek(w, take, &f, &error), LOCI_E_VALUE);
        for (size_t i = 0; i < N; i += 500) {
            good(loci_archive_writer_push(w, u + i * CHANNELS, 500, &error), &error);
            file seen = {.size = f.size}; /* what was given already, then the rest */
            seen.bytes = malloc(f.size + 1);
            assert_non_null(seen.bytes);
            if (f.size > 0) memcpy(seen.bytes, f.bytes, f.size);
            good(loci_archive_writer_peek(w, take, &seen, &error), &error);
            errors_check(&seen, u, INFINITY, INFINITY);
            loci_archive *a = archive_open(&seen);
            assert_int_equal(loci_archive_inspect(a).samples, i + 500);
            if (rules[r] == LOCI_KEEP_BUDGET) assert_true(seen.size <= spec.budget);
            loci_archive_close(a);
            free(seen.bytes);
        }
        good(loci_archive_writer_finish(w, &error), &error);
        loci_archive_writer_free(w);
        assert_int_equal(f.size, whole.size);
        assert_memory_equal(f.bytes, whole.bytes, f.size);
        free(f.bytes);
        free(whole.bytes);
    }
    free(u);
}

/* Every byte, turned: refused, or named; salvaged, the other pages are as they were. */
/* The note of what is given from then on; times end at the largest double. */
static void notes_can_change(void **state)
{
    (void)state;
    enum { COUNT = 5000 };
    double *u = signal_make(COUNT, 1);
    loci_error error;
    for (int budgeted = 0; budgeted < 2; budgeted++) {
        loci_archive_spec spec = loci_archive_defaults();
        spec.page = 1024;
        spec.rule = budgeted ? LOCI_KEEP_BUDGET : LOCI_KEEP_RMS;
        spec.bound = 0.1;
        spec.budget = budgeted ? 65536 : 0;
        file first = {0}, then = {0};
        loci_archive_writer *w;
        good(loci_archive_writer_create(&w, &spec, "ab", 2, take, &first, &error), &error);
        assert_int_equal(loci_archive_writer_note(w, "abc", 3, &error), LOCI_E_ARGUMENT);
        good(loci_archive_writer_note(w, "cd", 2, &error), &error);
        good(loci_archive_writer_push(w, u, COUNT, &error), &error);
        good(loci_archive_writer_finish(w, &error), &error);
        loci_archive *archive;
        good(loci_archive_open(&archive, first.bytes, first.size, LOCI_ARCHIVE_WHOLE, &error), &error);
        assert_memory_equal(loci_archive_inspect(archive).note, "cd", 2);
        loci_archive_close(archive);
        assert_int_equal(loci_archive_writer_note(w, "ef", 2, &error),
                         budgeted ? LOCI_OK : LOCI_E_UNSUPPORTED);
        good(loci_archive_writer_peek(w, take, &then, &error), &error);
        if (budgeted) {
            good(loci_archive_open(&archive, then.bytes, then.size, LOCI_ARCHIVE_WHOLE, &error), &error);
            assert_memory_equal(loci_archive_inspect(archive).note, "ef", 2);
            assert_int_equal(loci_archive_inspect(archive).samples, COUNT);
            loci_archive_close(archive);
        }
        loci_archive_writer_free(w);
        spec.dt = 1e307;
        good(loci_archive_writer_create(&w, &spec, NULL, 0, take, &first, &error), &error);
        assert_int_equal(loci_archive_writer_push(w, u, 18, &error), LOCI_E_RANGE);
        good(loci_archive_writer_push(w, u, 17, &error), &error);
        assert_int_equal(loci_archive_writer_push(w, u, 1, &error), LOCI_E_RANGE);
        loci_archive_writer_free(w);
        free(first.bytes);
        free(then.bytes);
    }
    free(u);
}

static void damage_is_found(void **state)
{
    (void)state;
    const size_t n = 700;
    double *u = signal_make(n, 2), *y = malloc(n * sizeof *y), *z = malloc(n * sizeof *z);
    assert_true(y && z);
    loci_archive_spec spec = loci_archive_defaults();
    spec.channels = 2;
    spec.order = 8;
    spec.page = 256;
    spec.bound = 0.3;
    const file f = archive_make(&spec, u, n, n);
    loci_error error;
    loci_archive *a = archive_open(&f);
    good(loci_archive_samples(a, 1, 0, n, y, &error), &error);
    loci_archive_close(a);
    size_t salvaged = 0;
    for (size_t i = 0; i < f.size; i++) {
        f.bytes[i] ^= 0x41;
        loci_status status = loci_archive_open(&a, f.bytes, f.size, LOCI_ARCHIVE_WHOLE, &error);
        if (status == LOCI_OK) {
            status = loci_archive_verify(a, &error);
            loci_archive_close(a);
        }
        assert_int_equal(status, LOCI_E_FORMAT);
        assert_false(loci_archive_is_empty(f.bytes, f.size));
        if (loci_archive_open(&a, f.bytes, f.size, LOCI_ARCHIVE_SALVAGE, &error) == LOCI_OK) {
            const loci_archive_info info = loci_archive_inspect(a);
            good(loci_archive_samples(a, 1, info.first, (size_t)info.samples, z, &error), &error);
            size_t gone = 0;
            for (size_t k = 0; k < info.samples; k++) {
                gone += isnan(z[k]) ? 1 : 0;
                assert_true(isnan(z[k]) || z[k] == y[info.first + k]);
            }
            assert_int_equal(gone + info.first,
                             info.damaged); /* and those before the first page that is sound */
            assert_true((info.damaged > 0) == (info.bytes + info.unfinished < f.size));
            assert_true(n - info.samples + gone <= 256);
            salvaged++;
            loci_archive_close(a);
        }
        f.bytes[i] ^= 0x41;
    }
    assert_true(salvaged > f.size / 2);
    /* cut short anywhere: whole up to the last page that is there, or refused where none is, and empty behind the header */
    const size_t header = f.bytes[8] + 256u * f.bytes[9];
    for (size_t size = 0; size < f.size; size++) {
        unsigned char *copy = malloc(size > 0 ? size : 1);
        assert_non_null(copy);
        memcpy(copy, f.bytes, size);
        if (loci_archive_open(&a, copy, size, LOCI_ARCHIVE_WHOLE, &error) == LOCI_OK) {
            good(loci_archive_verify(a, &error), &error);
            const loci_archive_info info = loci_archive_inspect(a);
            assert_true(info.samples % 256 == 0 && info.bytes + info.unfinished == size);
            assert_false(loci_archive_is_empty(copy, size));
            loci_archive_close(a);
        } else {
            assert_int_equal(error.status, LOCI_E_FORMAT);
            assert_true((loci_archive_is_empty(copy, size) != 0) == (size >= header));
        }
        free(copy);
    }
    free(f.bytes);
    free(u);
    free(y);
    free(z);
}

static void bad_input_is_refused(void **state)
{
    (void)state;
    loci_archive_spec spec = loci_archive_defaults();
    loci_archive_writer *w;
    loci_error error;
    file f = {0};
    const loci_archive_spec usual = spec;
#define WRONG(field, value)                                                                                  \
    spec = usual;                                                                                            \
    spec.field = value;                                                                                      \
    assert_int_equal(loci_archive_writer_create(&w, &spec, NULL, 0, take, &f, &error), LOCI_E_ARGUMENT);     \
    assert_null(w)
    WRONG(channels, 0);
    WRONG(channels, 65536);
    WRONG(dt, 0.0);
    WRONG(dt, (double)NAN);
    WRONG(start, (double)INFINITY);
    WRONG(order, 33);
    WRONG(page, 48);
    WRONG(page, 32);
    WRONG(bound, 0.0);
    WRONG(bound, -1.0);
    WRONG(bound, (double)NAN);
    WRONG(rule, LOCI_KEEP_UNITS); /* relative */
    spec = usual;
    spec.rule = LOCI_KEEP_BUDGET;
    spec.budget = 100;
    assert_int_equal(loci_archive_check(&spec, &error), LOCI_E_ARGUMENT);
    spec.budget = 1000;
    spec.fading = -1.0;
    assert_int_equal(loci_archive_check(&spec, &error), LOCI_E_ARGUMENT);
    spec = usual;
    good(loci_archive_writer_create(&w, &spec, NULL, 0, take, &f, &error), &error);
    assert_int_equal(loci_archive_writer_finish(w, &error), LOCI_E_VALUE);
    const double bad[] = {1.0, 2.0, (double)INFINITY};
    assert_int_equal(loci_archive_writer_push(w, bad, 3, &error), LOCI_E_VALUE);
    good(loci_archive_writer_push(w, bad, 2, &error), &error);
    f.fail_at = 2;
    assert_int_equal(loci_archive_writer_finish(w, &error), LOCI_E_IO);
    assert_int_equal(loci_archive_writer_push(w, bad, 1, &error), LOCI_E_IO);
    loci_archive_writer_free(w);
    free(f.bytes);
}

/* One sample, constants, zeros, a glitch among small numbers, an offset. */
static void odd_signals(void **state)
{
    (void)state;
    const size_t n = 1500;
    double *u = malloc(n * sizeof *u);
    assert_non_null(u);
    loci_archive_spec spec = loci_archive_defaults();
    spec.page = 512;
    spec.relative = 0;
    spec.bound = 0.01;
    for (int kind = 0; kind < 5; kind++)
        for (size_t count = 1; count <= n; count = 3 * count + 1) {
            for (size_t i = 0; i < count; i++) {
                u[i] = kind == 0 ? 7.25 : kind == 1 ? 0.0 : sample(0, i);
                if (kind == 2 && i % 400 == 399) u[i] = 1e15;
                if (kind == 3) u[i] += 1e9;
                if (kind == 4) u[i] *= 1e140;
            }
            const file f = archive_make(&spec, u, count, count);
            errors_check(&f, u, 0.01, INFINITY);
            free(f.bytes);
        }
    free(u);
}

static void multiples_are_those_of_decimals(void **state)
{
    (void)state;
    const double u[] = {0.1 + 0.2, 14.53, NAN, 3, -0.07, 1e14, 0.005, 0x1p60};
    assert_int_equal(loci_archive_multiples(u, 8, 0.01),
                     0); /* 0.30000000000000004 is not the double of 0.3 */
    assert_int_equal(loci_archive_multiples(u + 1, 7, 0.01), 4); /* 1e16 units are more than are counted */
    assert_int_equal(loci_archive_multiples(u + 1, 7, 1), 0);
    assert_int_equal(loci_archive_multiples(u + 2, 2, 1), 2);
    assert_int_equal(loci_archive_multiples(u + 5, 3, 0.005), 0);
    assert_int_equal(loci_archive_multiples(u + 5, 3, 0.5), 1);
    assert_int_equal(loci_archive_multiples(u + 6, 2, 0.005), 1);
    assert_int_equal(loci_archive_multiples(u, 0, 1), 0);
}

/* Seconds since 1970, or as they come, rounded to `digits` behind the point; of each 97 rows three are missing, the second one as well. */
static double step_of_times(size_t n, double start, double rate, int digits, bool gaps)
{
    double *t = malloc(2 * n * sizeof *t);
    size_t count = 0;
    assert_non_null(t);
    for (size_t k = 0; k < n; k++) {
        if (gaps && (k % 97 == 1 || k % 97 == 50 || k % 97 == 51)) continue;
        char text[40];
        snprintf(text, sizeof text, "%.*f", digits, start + (double)k / rate);
        t[2 * count] = strtod(text, NULL);
        t[2 * count++ + 1] = NAN; /* what stands beside times is not looked at */
    }
    const double step = loci_archive_step(t, count, 2);
    free(t);
    return step;
}

static void steps_are_those_of_many_times(void **state)
{
    (void)state;
    static const struct {
        double rate;
        int digits;
    } clocks[] = {{10, 1},   {30, 3}, {100, 2}, {29.97, 3},       {8000, 6}, {44100, 9},
                  {7.25, 4}, {60, 5}, {0.1, 0}, {1.0 / 86400, 0}, {64, 9},   {3, 15}};
    for (size_t i = 0; i < sizeof clocks / sizeof *clocks; i++)
        for (int later = 0; later < 2; later++)
            for (int gaps = 0; gaps < 2; gaps++) {
                const double start = later ? 1.7e9 : 0,
                             step = step_of_times(5000, start, clocks[i].rate, clocks[i].digits, gaps);
                const double seconds = 1 / clocks[i].rate;
                /* The decimal that was meant, or, where it has more digits than times tell, to what their rounding comes to at most. */
                const double most = 2 * (pow(10, -clocks[i].digits) + 5e-7 * later) / 4800;
                assert_true(step == seconds || (clocks[i].rate == 44100 && fabs(step - seconds) <= most));
            }
    /* Gaps as long as they come, near the beginning: of the number, the rows before and behind, and the digits of times. */
    static const struct {
        double rate;
        size_t before, gap, behind;
        int digits;
    } gaps[] = {{7, 100, 100000, 4000, 3}, {60, 500, 100000, 40, 3}, {30, 500, 100000, 100, 3},
                {30, 2, 10001, 3, 3},      {3, 2, 3000, 1999, 3},    {8000, 100, 1000000, 5000, 6},
                {1, 2, 1000000, 2, 0}};
    for (size_t i = 0; i < sizeof gaps / sizeof *gaps; i++) {
        const size_t count = gaps[i].before + gaps[i].behind;
        double *t = malloc(count * sizeof *t);
        assert_non_null(t);
        for (size_t k = 0; k < count; k++) {
            char text[40];
            const size_t place = k < gaps[i].before ? k : k + gaps[i].gap - 1;
            snprintf(text, sizeof text, "%.*f", gaps[i].digits, (double)place / gaps[i].rate);
            t[k] = strtod(text, NULL);
        }
        assert_true(loci_archive_step(t, count, 1) == 1 / gaps[i].rate);
        free(t);
    }
    const double second[] = {3, 5, 6, 7, 9, 10, 1.5, 11}, between[] = {0, 1, 2, 3, 4, 4.3, 5, 6},
                 sparse[] = {0, 300, 360, 600, 3600}, still[] = {1, 1, 2}, back[] = {2, 1}, none[] = {NAN, 1},
                 endless[] = {0, INFINITY}, beside[] = {0, 10, 10.001, 20, 30, 40},
                 exact[] = {0, 0.015625, 0.03125, 0.078125};
    assert_true(loci_archive_step(second, 8, 1) == 1);  /* what goes back is looked at by whoever pushes it */
    assert_true(loci_archive_step(between, 8, 1) == 1); /* likewise what is beside the others */
    assert_true(loci_archive_step(beside, 6, 1) == 10);
    assert_true(loci_archive_step(sparse, 5, 1) == 60);
    for (int later = 0; later < 2; later++) { /* tenths of a second, of which most are not there */
        const int there[] = {0, 2, 3, 5, 7, 10, 12, 14, 17, 20, 120, 121};
        double t[12];
        for (size_t k = 0; k < 12; k++) t[k] = 1.7e9 * later + there[k] * 0.1;
        assert_true(loci_archive_step(t, 10, 1) == 0.1 && loci_archive_step(t, 12, 1) == 0.1);
    }
    assert_true(loci_archive_step(exact, 4, 1) == 0.015625);
    assert_true(loci_archive_step(exact, 2, 3) == 0.078125);
    assert_true(isnan(loci_archive_step(second, 1, 1)) && isnan(loci_archive_step(second, 0, 1)));
    assert_true(isnan(loci_archive_step(still, 3, 1)) && isnan(loci_archive_step(back, 2, 1)));
    assert_true(isnan(loci_archive_step(none, 2, 1)) && isnan(loci_archive_step(endless, 2, 1)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(errors_are_as_stated),
        cmocka_unit_test(bytes_do_not_depend_on_grouping),
        cmocka_unit_test(resuming_continues),
        cmocka_unit_test(missing_samples_stay_missing),
        cmocka_unit_test(units_come_back),
        cmocka_unit_test(recall_is_of_the_samples),
        cmocka_unit_test(zoom_is_the_slow_part),
        cmocka_unit_test(change_keeps_errors_exact),
        cmocka_unit_test(budgets_hold),
        cmocka_unit_test(notes_can_change),
        cmocka_unit_test(damage_is_found),
        cmocka_unit_test(multiples_are_those_of_decimals),
        cmocka_unit_test(bad_input_is_refused),
        cmocka_unit_test(peeking_changes_nothing),
        cmocka_unit_test(old_pages_join),
        cmocka_unit_test(odd_signals),
        cmocka_unit_test(steps_are_those_of_many_times),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
