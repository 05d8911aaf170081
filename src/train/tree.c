/* SPDX-License-Identifier: MIT
 * tree.c - sums over leaves that several may have. */
#include "train/tree.h"

#include "base/vector.h"

LOCI_HOT
void loci_tree_add(float *restrict sum, const float *restrict x, size_t count)
{
    for (size_t i = 0; i < count; i++) sum[i] += x[i];
}

/* Where the sum ends that leaf `at` has after the additions of `step`. */
static size_t end_of(size_t leaves, size_t at, size_t step)
{
    return leaves - at > 2 * step ? at + 2 * step : leaves;
}

void loci_tree_add_within(float *const *leaf, size_t leaves, size_t first, size_t end, size_t from,
                          size_t count)
{
    for (size_t step = 1; step < leaves; step *= 2)
        for (size_t i = (first + 2 * step - 1) / (2 * step) * (2 * step); i + step < end; i += 2 * step)
            if (end_of(leaves, i, step) <= end) loci_tree_add(leaf[i] + from, leaf[i + step] + from, count);
}

size_t loci_tree_node_end(size_t leaves, size_t at, size_t end)
{
    size_t reached = at + 1;
    for (size_t step = 1; step < leaves && at % (2 * step) == 0; step *= 2) {
        const size_t next = end_of(leaves, at, step);
        if (next > end) break;
        reached = next;
    }
    return reached;
}

void loci_tree_add_across(float *const *leaf, size_t leaves, const size_t *cut, size_t owners, size_t from,
                          size_t count)
{
    for (size_t step = 1; step < leaves; step *= 2)
        for (size_t i = 0, owner = 0; i + step < leaves; i += 2 * step) {
            while (owner + 1 < owners && cut[owner + 1] <= i) owner++;
            if (end_of(leaves, i, step) > cut[owner + 1])
                loci_tree_add(leaf[i] + from, leaf[i + step] + from, count);
        }
}
