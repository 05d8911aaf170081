/* SPDX-License-Identifier: MIT
 * train/lengths.h - sequences of like length together.
 *
 * A network is made for one length; what is shorter is padded to it. A set's lengths are covered by a ladder, 2^k and 3 *
 * 2^k, where convolutions are at their best, and above all the longest length itself. Which rungs a batch uses is
 * chosen for it: a rung of its own saves padding, and costs about as much as one of its sequences, for kernels and
 * their gradients. */
#ifndef LOCI_TRAIN_LENGTHS_H
#define LOCI_TRAIN_LENGTHS_H

#include <stddef.h>

#include <loci/dataset.h>

enum { LOCI_RUNGS_MAX = 128 };

typedef struct {
    size_t count, length[LOCI_RUNGS_MAX]; /* rising; the last is the longest of the set */
} loci_ladder;

/* For the lengths from shortest to longest. */
void loci_ladder_make(loci_ladder *ladder, size_t shortest, size_t longest);
/* The lowest rung that holds the length. */
size_t loci_ladder_find(const loci_ladder *ladder, size_t length);
/* rung [ladder->count] = where the sequences of each rung, `count` of them, run: there or higher, at the least cost. */
void loci_ladder_choose(size_t *rung, const loci_ladder *ladder, const size_t *count);

/* Sequences of one rung. */
typedef struct {
    size_t rung, first, count;
} loci_length_group;

/* sorted [count] = sequences [count] by rung, the longest first, in their order otherwise. groups [ladder->count] are what
 * became of the rungs; returns how many. */
size_t loci_lengths_group(loci_length_group *groups, size_t *sorted, const loci_ladder *ladder,
                          const loci_dataset *set, const size_t *sequences, size_t count);

#endif
