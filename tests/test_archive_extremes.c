/* SPDX-License-Identifier: MIT
 * test_archive_extremes.c - archives of signals that span more octaves than numbers have bits, that are smaller than their squares can be, whose
 * first page tells nothing of what follows, or that jump: they open, and state their errors as exactly as others do. */
#include "archive_case.h"

#include "base/random.h"

/* Stated against measured: sums of squares to 2^-37 of themselves, and what recall rounds, some ulp of a sample. */
static void errors_check(const file *f, const double *u, double largest_limit)
{
    loci_archive *a = archive_open(f);
    loci_error error;
    const loci_archive_info info = loci_archive_inspect(a);
    double *y = malloc((size_t)info.samples * sizeof *y);
    assert_non_null(y);
    good(loci_archive_samples(a, 0, info.first, (size_t)info.samples, y, &error), &error);
    for (size_t i = 0; i < info.pages; i++) {
        loci_archive_page_info page;
        good(loci_archive_page(a, i, 0, &page, &error), &error);
        double square = 0.0, largest = 0.0, size = 0.0;
        for (uint64_t k = page.first; k < page.first + page.known.samples; k++) {
            const double off = fabs(y[k - info.first] - u[k]);
            square += off * off / (double)page.known.samples;
            largest = fmax(largest, off);
            size = fmax(size, fabs(u[k]));
        }
        const double rounding = 0x1p-49 * size;
        if (!(fabs(page.known.mean_square - square) <=
              1e-9 * square + 2.0 * sqrt(square) * rounding + rounding * rounding))
            fail_msg("page %zu: %.17g is stated, %.17g measured", i, page.known.mean_square, square);
        assert_true(largest <= page.known.largest + rounding);
        assert_true(largest <= largest_limit);
    }
    free(y);
    loci_archive_close(a);
}

/* Noise that grows by 13 digits: of the steps that the small ones ask for, the large ones have up to 2^30. */
static void wide_ranges_are_written_as_they_are_read(void **state)
{
    (void)state;
    enum { N = 512 };
    double u[N];
    for (uint64_t seed = 0; seed < 24; seed++) {
        for (size_t i = 0; i < N; i++)
            u[i] = loci_random_normal(seed, i) * exp((22.0 + 0.5 * (double)seed) * (double)i / N);
        loci_archive_spec spec = loci_archive_defaults();
        spec.order = seed % 2 ? 4 : 2;
        spec.page = seed % 2 ? N : N / 4;
        spec.bound = 1e-4 / (double)(1 + seed);
        file f = archive_make(&spec, u, N, N);
        errors_check(&f, u, INFINITY);
        free(f.bytes);
        spec.rule = LOCI_KEEP_BUDGET;
        spec.budget = 1500;
        f = archive_make(&spec, u, N, N);
        assert_true(f.size <= spec.budget);
        errors_check(&f, u, INFINITY);
        free(f.bytes);
    }
}

/* Samples whose squares are zero in double: bounds that are a share of their deviation are made, and kept. */
static void tiny_samples_keep_their_promise(void **state)
{
    (void)state;
    enum { N = 300 };
    double u[N];
    loci_archive_spec spec = loci_archive_defaults();
    spec.page = 64;
    for (int exponent = -170; exponent >= -310; exponent -= 70) {
        double mean = 0.0, square = 0.0;
        for (size_t i = 0; i < N; i++) u[i] = loci_random_normal(5, i);
        for (size_t i = 0; i < 64; i++) mean += u[i] / 64.0;
        for (size_t i = 0; i < 64; i++) square += (u[i] - mean) * (u[i] - mean) / 64.0;
        for (size_t i = 0; i < N; i++) u[i] *= pow(10.0, exponent);
        for (int rule = LOCI_KEEP_RMS; rule <= LOCI_KEEP_LARGEST; rule++) {
            spec.rule = (loci_archive_rule)rule;
            file f = archive_make(&spec, u, N, N);
            loci_archive *a = archive_open(&f);
            /* numbers that small have some bits only */
            const double bound = loci_archive_bound(a, 0), wanted = 0.05 * sqrt(square) * pow(10.0, exponent);
            assert_true(fabs(bound - wanted) <= 1e-9 * wanted + 0x1p-1072);
            loci_archive_close(a);
            errors_check(&f, u, rule == LOCI_KEEP_LARGEST ? bound : INFINITY);
            free(f.bytes);
        }
    }
}

/* Of a budget a first page of zeros tells no deviation: steps are then of ones, and what follows may be any number of octaves above. */
static void budgets_hold_what_the_first_page_does_not_tell(void **state)
{
    (void)state;
    enum { N = 4096 };
    double *u = malloc(N * sizeof *u);
    assert_non_null(u);
    for (int exponent = 6; exponent <= 90; exponent += 28) {
        for (size_t i = 0; i < N; i++) u[i] = i < 256 ? 0.0 : loci_random_normal(3, i) * pow(10.0, exponent);
        loci_archive_spec spec = loci_archive_defaults();
        spec.page = 256;
        spec.rule = LOCI_KEEP_BUDGET;
        spec.budget = 1800;
        file f = archive_make(&spec, u, N, N);
        assert_true(f.size <= spec.budget);
        errors_check(&f, u, INFINITY);
        free(f.bytes);
    }
    free(u);
}

static size_t bytes_at(const double *u, size_t n, size_t order, size_t *chosen)
{
    loci_archive_spec spec = loci_archive_defaults();
    spec.order = order;
    file f = archive_make(&spec, u, n, n);
    loci_archive *a = archive_open(&f);
    *chosen = loci_archive_inspect(a).order;
    errors_check(&f, u, INFINITY);
    loci_archive_close(a);
    free(f.bytes);
    return f.size;
}

/* Of a signal that jumps low orders take fewer bytes, of a smooth one high ones do; where little is gained the low ones, which take longer, are
 * left. */
static void low_orders_are_for_jumps(void **state)
{
    (void)state;
    enum { N = 20000 };
    double *u = malloc(N * sizeof *u);
    assert_non_null(u);
    for (int smooth = 0; smooth < 2; smooth++) {
        size_t size[17] = {0}, found, chosen, least = SIZE_MAX;
        for (size_t i = 0; i < N; i++) /* now and then a sample, and nothing between */
            u[i] = smooth ? sin((double)i / 50.0) + 0.01 * loci_random_normal(1, i)
                          : fmax(loci_random_normal(2, i) - 1.7, 0.0);
        for (size_t order = 1; order <= 16; order *= 2) {
            size[order] = bytes_at(u, N, order, &found);
            assert_int_equal(found, order);
            least = size[order] < least ? size[order] : least;
        }
        const size_t taken = bytes_at(u, N, 0, &chosen);
        assert_int_equal(taken, size[chosen]);
        assert_true(size[chosen] == least);
        assert_true(smooth ? chosen > 2 : chosen == 1 && 4 * size[1] < 3 * size[4]);
    }
    free(u);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(wide_ranges_are_written_as_they_are_read),
                                       cmocka_unit_test(tiny_samples_keep_their_promise),
                                       cmocka_unit_test(budgets_hold_what_the_first_page_does_not_tell),
                                       cmocka_unit_test(low_orders_are_for_jumps)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
