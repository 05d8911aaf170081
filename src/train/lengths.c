/* SPDX-License-Identifier: MIT
 * lengths.c - the ladder of lengths, and which of its rungs a batch runs at. */
#include "train/lengths.h"

#include <stdint.h>

enum { LEAST = 16 }; /* below it padding costs nothing worth a rung */

void loci_ladder_make(loci_ladder *ladder, size_t shortest, size_t longest)
{
    ladder->count = 0;
    for (size_t power = LEAST; power < longest; power *= 2) {
        if (power >= shortest) ladder->length[ladder->count++] = power;
        const size_t between = power + power / 2;
        if (between >= shortest && between < longest) ladder->length[ladder->count++] = between;
        if (power > SIZE_MAX / 2) break;
    }
    ladder->length[ladder->count++] = longest;
}

size_t loci_ladder_find(const loci_ladder *ladder, size_t length)
{
    size_t rung = 0;
    while (rung + 1 < ladder->count && ladder->length[rung] < length) rung++;
    return rung;
}

void loci_ladder_choose(size_t *rung, const loci_ladder *ladder, const size_t *count)
{
    /* least[j]: cost, in samples, of all up to rung j where j is used; below[j]: the next used one */
    double least[LOCI_RUNGS_MAX];
    size_t below[LOCI_RUNGS_MAX], top = 0;
    for (size_t j = 0; j < ladder->count; j++) {
        double sequences = 0;
        below[j] = j;
        for (size_t i = j + 1;
             i-- > 0;) { /* rungs i to j run at j; below[j] = i: rung i - 1 is the next one */
            sequences += (double)count[i];
            const double cost = (sequences + 1) * (double)ladder->length[j] + (i > 0 ? least[i - 1] : 0);
            if (i == j || cost < least[j]) least[j] = cost, below[j] = i;
        }
        if (count[j] > 0) top = j;
    }
    for (size_t j = ladder->count; j-- > top + 1;) rung[j] = j; /* empty */
    for (size_t j = top;;) {
        for (size_t i = below[j]; i <= j; i++) rung[i] = j;
        if (below[j] == 0) return;
        j = below[j] - 1;
    }
}

size_t loci_lengths_group(loci_length_group *groups, size_t *sorted, const loci_ladder *ladder,
                          const loci_dataset *set, const size_t *sequences, size_t count)
{
    size_t held[LOCI_RUNGS_MAX] = {0}, rung[LOCI_RUNGS_MAX], at[LOCI_RUNGS_MAX] = {0}, used = 0, first = 0;
    for (size_t i = 0; i < count; i++)
        held[loci_ladder_find(ladder, loci_dataset_length(set, sequences[i]))]++;
    loci_ladder_choose(rung, ladder, held);
    for (size_t i = 0; i < ladder->count; i++) at[rung[i]] += held[i];
    for (size_t j = ladder->count; j-- > 0;) {
        if (at[j] == 0) continue;
        groups[used++] = (loci_length_group){j, first, at[j]};
        first += at[j];
        at[j] = groups[used - 1].first;
    }
    for (size_t i = 0; i < count; i++)
        sorted[at[rung[loci_ladder_find(ladder, loci_dataset_length(set, sequences[i]))]]++] = sequences[i];
    return used;
}
