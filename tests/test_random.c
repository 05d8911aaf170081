/* SPDX-License-Identifier: MIT
 * test_random.c - random numbers: known ones, moments, independence of neighbours, permutations. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/random.h"
#include "near.h"

/* splitmix64 seeded with 1234567: the numbers that its authors' program prints. */
static void is_splitmix(void **state)
{
    (void)state;
    const uint64_t known[] = {6457827717110365317u, 3203168211198807973u, 9817491932198370423u};
    for (uint64_t i = 0; i < 3; i++) assert_true(loci_random_bits(1234567, i) == known[i]);
}

static void has_the_moments(void **state)
{
    (void)state;
    enum { COUNT = 100000 };
    double sum = 0, squares = 0, neighbours = 0, streams = 0, normal = 0, normal2 = 0, normal4 = 0;
    const uint64_t key = loci_random_key(0, 0), other = loci_random_key(0, 1);
    for (uint64_t i = 0; i < COUNT; i++) {
        const double u = loci_random_uniform(key, i) - 0.5, n = loci_random_normal(key, i);
        assert_true(u >= -0.5 && u < 0.5);
        sum += u, squares += u * u;
        neighbours += u * (loci_random_uniform(key, i + 1) - 0.5);
        streams += u * (loci_random_uniform(other, i) - 0.5);
        normal += n, normal2 += n * n, normal4 += n * n * n * n;
    }
    /* five standard deviations of each mean */
    const double five = 5 / sqrt(COUNT);
    assert_near(sum / COUNT, 0, five * sqrt(1.0 / 12), "mean");
    assert_near(squares / COUNT, 1.0 / 12, five * sqrt(1.0 / 180), "variance");
    assert_near(neighbours / COUNT, 0, five / 12, "neighbours");
    assert_near(streams / COUNT, 0, five / 12, "streams");
    assert_near(normal / COUNT, 0, five, "normal mean");
    assert_near(normal2 / COUNT, 1, five * sqrt(2), "normal variance");
    assert_near(normal4 / COUNT, 3, five * sqrt(96), "normal kurtosis");
}

static void permutes(void **state)
{
    (void)state;
    size_t p[100], where0[10] = {0};
    unsigned char seen[100];
    for (uint64_t k = 0; k < 10000; k++) {
        loci_random_permutation(p, 10, loci_random_key(3, k));
        for (size_t i = 0; i < 10; i++) where0[i] += p[i] == 0;
    }
    for (size_t i = 0; i < 10; i++) assert_near(where0[i], 1000, 5 * sqrt(900), "place %zu", i);
    memset(seen, 0, sizeof seen);
    loci_random_permutation(p, 100, 9);
    for (size_t i = 0; i < 100; i++) seen[p[i]]++;
    for (size_t i = 0; i < 100; i++) assert_int_equal(seen[i], 1);
    loci_random_permutation(p, 0, 9);
}

static void names_are_streams(void **state)
{
    (void)state;
    assert_true(loci_random_stream("") == 0xcbf29ce484222325u);
    assert_true(loci_random_stream("a") == 0xaf63dc4c8601ec8cu);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(is_splitmix),
        cmocka_unit_test(has_the_moments),
        cmocka_unit_test(permutes),
        cmocka_unit_test(names_are_streams),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
