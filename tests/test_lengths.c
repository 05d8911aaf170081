/* SPDX-License-Identifier: MIT
 * test_lengths.c - ladders of lengths, and the rungs that batches run at. */
#include "trainer_case.h"

#include "train/lengths.h"

static void ladders(void **state)
{
    (void)state;
    loci_ladder l;
    loci_ladder_make(&l, 784, 784);
    assert_int_equal(l.count, 1);
    assert_int_equal(l.length[0], 784);
    loci_ladder_make(&l, 1100, 18262);
    const size_t expected[] = {1536, 2048, 3072, 4096, 6144, 8192, 12288, 16384, 18262};
    assert_int_equal(l.count, 9);
    assert_memory_equal(l.length, expected, sizeof expected);
    loci_ladder_make(&l, 990, 1000);
    assert_int_equal(l.count, 1);
    loci_ladder_make(&l, 1, 1);
    assert_int_equal(l.count, 1);
    assert_int_equal(l.length[0], 1);
    loci_ladder_make(&l, 1, 1024);
    assert_int_equal(l.length[0], 16);
    assert_int_equal(l.length[l.count - 1], 1024);
    assert_int_equal(l.length[l.count - 2], 768);
    loci_ladder_make(&l, 1, SIZE_MAX);
    assert_true(l.count <= LOCI_RUNGS_MAX);
    for (size_t i = 1; i < l.count; i++) assert_true(l.length[i] > l.length[i - 1]);
    assert_int_equal(loci_ladder_find(&l, 1), 0);
    assert_int_equal(loci_ladder_find(&l, 16), 0);
    assert_int_equal(loci_ladder_find(&l, 17), 1);
    assert_int_equal(loci_ladder_find(&l, SIZE_MAX), l.count - 1);
}

/* What a choice costs, in samples. */
static double cost(const loci_ladder *l, const size_t *count, const size_t *rung)
{
    double sum = 0;
    size_t used[16] = {0};
    for (size_t i = 0; i < l->count; i++) {
        assert_true(rung[i] >= i && rung[i] < l->count);
        sum += (double)count[i] * (double)l->length[rung[i]];
        used[rung[i]] += count[i];
    }
    for (size_t i = 0; i < l->count; i++) sum += used[i] > 0 ? (double)l->length[i] : 0;
    return sum;
}

/* Against all 2^6 sets of rungs. */
static void chooses_the_cheapest(void **state)
{
    (void)state;
    enum { RUNGS = 6 };
    loci_ladder l;
    loci_ladder_make(&l, 16, 96);
    assert_int_equal(l.count, RUNGS);
    for (uint64_t k = 0; k < 300; k++) {
        size_t count[RUNGS], rung[RUNGS], other[RUNGS], all = 0;
        for (size_t i = 0; i < RUNGS; i++) {
            const double u = loci_random_uniform(k, i);
            all += count[i] = u < 0.4 ? 0 : (size_t)(20 * (u - 0.4) * (u - 0.4) / 0.36);
        }
        loci_ladder_choose(rung, &l, count);
        double best = INFINITY;
        for (unsigned set = 1; set < 1u << RUNGS; set++) {
            int possible = 1;
            for (size_t i = 0; i < RUNGS; i++) {
                size_t j = i;
                while (j < RUNGS && !(set >> j & 1)) j++;
                if (j == RUNGS) possible &= count[i] == 0;
                other[i] = j == RUNGS ? i : j;
            }
            if (possible) best = fmin(best, cost(&l, count, other));
        }
        if (all > 0) assert_near(cost(&l, count, rung), best, 0, "counts %d", (int)k);
    }
}

static void groups_keep_the_order(void **state)
{
    (void)state;
    enum { COUNT = 60 };
    const char *folder = training_sounds("lengths", COUNT, 40, 900, 3);
    loci_dataset *set = training_open(folder, 0, "{label}_*");
    loci_ladder l;
    loci_length_group groups[LOCI_RUNGS_MAX];
    size_t order[COUNT], sorted[COUNT], seen[COUNT] = {0}, next = 0;
    loci_ladder_make(&l, 40, 900);
    loci_random_permutation(order, COUNT, 4);
    const size_t used = loci_lengths_group(groups, sorted, &l, set, order, COUNT);
    assert_true(used > 1);
    for (size_t g = 0; g < used; g++) {
        assert_int_equal(groups[g].first, next);
        assert_true(groups[g].count > 0);
        if (g > 0) assert_true(groups[g].rung < groups[g - 1].rung);
        size_t before = 0;
        for (size_t i = 0; i < groups[g].count; i++) {
            const size_t sequence = sorted[next + i];
            size_t place = 0;
            while (order[place] != sequence) place++;
            assert_true(i == 0 || place > before);
            before = place;
            assert_true(loci_dataset_length(set, sequence) <= l.length[groups[g].rung]);
            seen[sequence]++;
        }
        next += groups[g].count;
    }
    assert_int_equal(next, COUNT);
    for (size_t i = 0; i < COUNT; i++) assert_int_equal(seen[i], 1);
    loci_dataset_close(set);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(ladders), cmocka_unit_test(chooses_the_cheapest),
                                       cmocka_unit_test(groups_keep_the_order)};
    return cmocka_run_group_tests(tests, temporary_setup, training_teardown);
}
