/* SPDX-License-Identifier: MIT
 * dataset_divide.c - a set in two, by chance. */
#include "data/dataset_kind.h"

#include <math.h>

#include "base/allocate.h"
#include "base/random.h"
#include "base/status.h"

/* chosen [set->picks] = which sequences go: of each class a random subset, of all where there is not a class for each. */
static bool choose(bool *chosen, const loci_dataset *set, double share, uint64_t seed)
{
    const bool labelled = !set->source.target.values && !set->source.target.each;
    size_t *of_class = loci_allocate(set->picks, sizeof *of_class);
    size_t *order = loci_allocate(set->picks, sizeof *order);
    const uint64_t key = loci_random_key(seed, loci_random_stream("divide"));
    for (size_t c = 0; of_class && order && c < (labelled ? set->classes : 1); c++) {
        size_t count = 0;
        for (size_t i = 0; i < set->picks; i++)
            if (!labelled || set->mark[set->pick[i]] == c) of_class[count++] = i;
        size_t wanted = (size_t)floor(share * (double)count + 0.5);
        if (wanted == 0 && count > 1) wanted = 1;
        if (wanted >= count) wanted = count > 0 ? count - 1 : 0;
        if (set->coded) { /* the end of a text */
            for (size_t k = 0; k < wanted; k++) chosen[of_class[count - 1 - k]] = true;
            continue;
        }
        loci_random_permutation(order, count, loci_random_key(key, c));
        for (size_t k = 0; k < wanted; k++) chosen[of_class[order[k]]] = true;
    }
    const bool good = of_class && order;
    loci_free(of_class);
    loci_free(order);
    return good;
}

/* part, which has room for them, gets those that were chosen. */
static void divide(loci_dataset *part, loci_dataset *set, const bool *chosen)
{
    size_t stays = 0, goes = 0;
    for (size_t i = 0; i < set->picks; i++)
        if (chosen[i])
            part->pick[goes++] = set->pick[i];
        else
            set->pick[stays++] = set->pick[i];
    set->picks = stays;
    loci_dataset_take_stock(set);
    loci_dataset_take_stock(part);
}

loci_status loci_dataset_divide(loci_dataset **result, loci_dataset *set, double share, uint64_t seed,
                                loci_error *error)
{
    *result = NULL;
    if (!(share > 0 && share < 1))
        return loci_fail(error, LOCI_E_ARGUMENT,
                         "%s: the share to divide off is %g; between 0 and 1 was expected", set->folder,
                         share);
    bool *chosen = loci_allocate(set->picks, sizeof *chosen);
    loci_dataset *part = loci_allocate(1, sizeof *part);
    if (!chosen || !part || !choose(chosen, set, share, seed)) {
        loci_free(chosen);
        loci_free(part);
        return loci_dataset_no_memory(set, error);
    }
    *part = *set;
    part->part = true;
    part->picks = 0;
    for (size_t i = 0; i < set->picks; i++) part->picks += chosen[i];
    part->pick = loci_allocate(part->picks, sizeof *part->pick);
    loci_status status = part->pick ? LOCI_OK : loci_dataset_no_memory(set, error);
    if (status == LOCI_OK && part->picks == 0)
        status = loci_fail(error, LOCI_E_ARGUMENT, "%s: cannot be divided: no class has two sequences",
                           set->folder);
    if (status == LOCI_OK) {
        divide(part, set, chosen);
        *result = part;
    } else {
        loci_dataset_close(part);
    }
    loci_free(chosen);
    return status;
}
