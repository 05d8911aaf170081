/* SPDX-License-Identifier: MIT
 * test_tree.c - the sum over leaves: the bits of the sum written out as pairs of pairs, whoever has which leaves. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/random.h"
#include "train/tree.h"

enum { MOST = 40, WIDTH = 5 };

static void fill(float *x, size_t leaves)
{
    for (size_t i = 0; i < leaves * WIDTH; i++) x[i] = (float)loci_random_uniform(3, i) - 0.3f;
}

/* The sum of leaves [at, at + span): its halves, where the right one has leaves. */
static float by_halves(const float *x, size_t leaves, size_t at, size_t span, size_t k)
{
    if (span == 1) return x[at * WIDTH + k];
    const float left = by_halves(x, leaves, at, span / 2, k);
    return at + span / 2 < leaves ? left + by_halves(x, leaves, at + span / 2, span / 2, k) : left;
}

static void expect_sum(const float *sum, size_t leaves)
{
    float x[MOST * WIDTH];
    size_t span = 1;
    while (span < leaves) span *= 2;
    fill(x, leaves);
    for (size_t k = 0; k < WIDTH; k++) {
        const float wanted = by_halves(x, leaves, 0, span, k);
        assert_memory_equal(&sum[k], &wanted, sizeof wanted);
    }
}

static void one_owner(void **state)
{
    (void)state;
    for (size_t leaves = 1; leaves <= MOST; leaves++) {
        float x[MOST * WIDTH], *leaf[MOST];
        fill(x, leaves);
        for (size_t i = 0; i < leaves; i++) leaf[i] = x + i * WIDTH;
        loci_tree_add_within(leaf, leaves, 0, leaves, 0, 2);
        loci_tree_add_within(leaf, leaves, 0, leaves, 2, WIDTH - 2);
        expect_sum(x, leaves);
        assert_int_equal(loci_tree_node_end(leaves, 0, leaves), leaves);
    }
}

/* Leaves that are no node of their owner's are spoilt between the two additions: nothing may need them. */
static void many_owners(void **state)
{
    (void)state;
    for (size_t run = 0; run < 4000; run++) {
        const size_t leaves = 1 + loci_random_bits(1, run) % MOST, owners = 1 + loci_random_bits(2, run) % 6;
        size_t cut[8] = {0}, nodes = 0;
        float x[MOST * WIDTH], *leaf[MOST];
        for (size_t r = 1; r < owners; r++) cut[r] = loci_random_bits(7 + r, run) % (leaves + 1);
        for (size_t r = 1; r < owners; r++) /* rising */
            for (size_t q = r; q > 1 && cut[q] < cut[q - 1]; q--) {
                const size_t kept = cut[q];
                cut[q] = cut[q - 1], cut[q - 1] = kept;
            }
        cut[owners] = leaves;
        fill(x, leaves);
        for (size_t i = 0; i < leaves; i++) leaf[i] = x + i * WIDTH;
        for (size_t r = 0; r < owners; r++) loci_tree_add_within(leaf, leaves, cut[r], cut[r + 1], 0, WIDTH);
        for (size_t r = 0; r < owners; r++)
            for (size_t at = cut[r], end; at < cut[r + 1]; at = end, nodes++) {
                end = loci_tree_node_end(leaves, at, cut[r + 1]);
                assert_true(end > at && end <= cut[r + 1]);
                for (size_t i = at + 1; i < end; i++) memset(leaf[i], 0xff, WIDTH * sizeof(float));
            }
        assert_true(nodes <= 12 * owners);
        loci_tree_add_across(leaf, leaves, cut, owners, 0, WIDTH);
        expect_sum(x, leaves);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(one_owner), cmocka_unit_test(many_owners)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
