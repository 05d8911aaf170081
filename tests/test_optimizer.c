/* SPDX-License-Identifier: MIT
 * test_optimizer.c - AdamW against published trajectories; sums of squares. */
#include "base/real.h"

#include "systems.h"

#include "near.h"
#include "train/optimizer.h"

enum { COUNT = 7, STEPS = 6 };

static void follow(const char *name, double rate, double decay, double scale)
{
    loci_array p0 = golden("optimizer.npz", "p0"), grads = golden("optimizer.npz", "grads"),
               expected = golden("optimizer.npz", name);
    real p[COUNT], m[COUNT] = {0}, v[COUNT] = {0}, g[COUNT];
    for (size_t i = 0; i < COUNT; i++) p[i] = (real)p0.data[i];
    for (uint64_t t = 1; t <= STEPS; t++) {
        for (size_t i = 0; i < COUNT; i++) g[i] = (real)(grads.data[(t - 1) * COUNT + i] / scale);
        loci_optimizer_adamw(p, m, v, g, COUNT, rate, decay, scale, t);
        /* in float: some roundings a step, of numbers to about 2 */
        for (size_t i = 0; i < COUNT; i++)
            assert_near(p[i], expected.data[(t - 1) * COUNT + i],
                        LOCI_REAL_IS_DOUBLE ? 1e-14 : 4e-7 * (double)t, "%s, step %d, number %zu", name,
                        (int)t, i);
    }
    loci_array_free(&p0), loci_array_free(&grads), loci_array_free(&expected);
}

static void is_the_published_one(void **state)
{
    (void)state;
    follow("adamw", 0.01, 0.01, 1);
    follow("adamw_nowd", 0.001, 0, 1);
    follow("adamw", 0.01, 0.01, 0.25); /* clipping multiplies the gradient */
}

/* A gradient of 0 leaves what decay does alone; the first step is the rate, whatever the gradient's size; every number is
 * treated alike, wherever it stands. */
static void limits(void **state)
{
    (void)state;
    enum { MANY = 37 };
    real p[MANY], m[MANY] = {0}, v[MANY] = {0}, g[MANY];
    for (size_t i = 0; i < MANY; i++) p[i] = 1, g[i] = 0;
    loci_optimizer_adamw(p, m, v, g, MANY, 0.5, 0.5, 1, 1);
    for (size_t i = 0; i < MANY; i++) assert_near(p[i], 0.75, 0, "decay, %zu", i);
    for (size_t i = 0; i < MANY; i++) p[i] = 1, m[i] = v[i] = 0, g[i] = LOCI_REAL(1e6);
    loci_optimizer_adamw(p, m, v, g, MANY, 0.5, 0, 1, 1);
    for (size_t i = 0; i < MANY; i++)
        assert_near(p[i], 0.5, 1e-14 + 4 * LOCI_REAL_EPSILON, "first step, %zu", i); /* 1e-8 of 1e6 */
}

static void squares(void **state)
{
    (void)state;
    real g[40];
    uint64_t seed = 3;
    for (size_t count = 0; count <= 40; count++) {
        double sum = 0;
        for (size_t i = 0; i < count; i++) g[i] = (real)noise(&seed), sum += (double)g[i] * (double)g[i];
        assert_near(loci_optimizer_squares(g, count), sum, 40 * DBL_EPSILON * sum, "%zu numbers", count);
    }
    g[39] = (real)NAN;
    assert_true(isnan(loci_optimizer_squares(g, 40)));
    g[39] = (real)3e38, g[38] = (real)3e38; /* squares that a float could not hold */
    assert_true(isfinite(loci_optimizer_squares(g, 40)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(is_the_published_one), cmocka_unit_test(limits),
                                       cmocka_unit_test(squares)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
