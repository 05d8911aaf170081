/* SPDX-License-Identifier: MIT
 * test_schedule.c - warm-up and cosine. */
#include "systems.h"

#include "near.h"
#include "train/schedule.h"

/* Errors: a few roundings, of shares up to 1. */
static void cosine_is_the_published_one(void **state)
{
    (void)state;
    loci_array a = golden("optimizer.npz", "cosine_lr_T20");
    for (uint64_t k = 0; k <= 20; k++)
        assert_near(0.01 * loci_schedule_share(k, 20, 0), a.data[k], 1e-16, "step %d", (int)k);
    loci_array_free(&a);
}

static void warms_up(void **state)
{
    (void)state;
    for (uint64_t k = 0; k < 4; k++)
        assert_near(loci_schedule_share(k, 20, 4), 0.2 * (double)(k + 1), 1e-15, "step %d", (int)k);
    for (uint64_t k = 4; k <= 20; k++)
        assert_near(loci_schedule_share(k, 20, 4), 0.5 + 0.5 * cos(acos(-1.0) * (double)(k - 4) / 16), 1e-15,
                    "step %d", (int)k);
    assert_true(loci_schedule_share(0, 1, 0) == 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(cosine_is_the_published_one),
                                       cmocka_unit_test(warms_up)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
