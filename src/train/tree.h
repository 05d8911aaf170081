/* SPDX-License-Identifier: MIT
 * train/tree.h - the one tree in which gradients of shards are added.
 *
 * Leaves 0, 1, ... are added in pairs, their sums in pairs, and so on, the left one taking the sum: after all of it leaf 0 has that of
 * all. A node is called by its first leaf. Whoever has leaves `first` to `end` - 1 adds what lies within these, and is left with few
 * nodes, the largest that fit: 2 log2 at most, one where a subtree is had whole. The rest is added where nodes of all
 * come together. Sums are of the same pairs, and so of the same bits, however leaves were shared out. */
#ifndef LOCI_TRAIN_TREE_H
#define LOCI_TRAIN_TREE_H

#include <stddef.h>

/* One addition: sum [count] takes x. */
void loci_tree_add(float *restrict sum, const float *restrict x, size_t count);

/* Numbers `from` to from + count - 1 of leaf[i], i from first to end - 1, of `leaves` in all: what lies within. */
void loci_tree_add_within(float *const *leaf, size_t leaves, size_t first, size_t end, size_t from,
                          size_t count);

/* Where the node ends that whoever has leaves up to `end` is left with from leaf `at` on. */
size_t loci_tree_node_end(size_t leaves, size_t at, size_t end);

/* cut [owners + 1]: the leaves of each of the owners, from 0 to `leaves`. Adds what lies within none of them. */
void loci_tree_add_across(float *const *leaf, size_t leaves, const size_t *cut, size_t owners, size_t from,
                          size_t count);

#endif
