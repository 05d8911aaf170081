/* SPDX-License-Identifier: MIT
 * dataset_divide.c - a set in two, by chance, or by time where sequences are cut from one that is longer. */
#include "data/dataset_kind.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/allocate.h"
#include "base/random.h"
#include "base/status.h"

/* ---- groups: their sequences stay together ---- */

typedef struct {
    uint64_t group, place; /* the place is random, one a group */
    uint64_t class;        /* of the group's first sequence */
    size_t pick;
} member;

static int compare_groups(const void *a, const void *b)
{
    const member *x = a, *y = b;
    if (x->group != y->group) return x->group < y->group ? -1 : 1;
    return x->pick < y->pick ? -1 : 1;
}

static int compare_places(const void *a, const void *b)
{
    const member *x = a, *y = b;
    if (x->class != y->class) return x->class < y->class ? -1 : 1;
    if (x->place != y->place) return x->place < y->place ? -1 : 1;
    return compare_groups(a, b);
}

/* Of the groups of each class, in a random order, as many as the share needs, one at least and never all. */
static bool choose_groups(bool *chosen, const loci_dataset *set, double share, uint64_t key)
{
    const size_t count = set->picks;
    const bool labelled = !set->source.target.values && !set->source.target.each;
    member *m = loci_allocate(count, sizeof *m);
    if (!m) return false;
    for (size_t i = 0; i < count; i++) {
        const uint64_t group = set->items[set->pick[i]].group;
        m[i] = (member){.group = group, .place = loci_random_key(key, group), .pick = i};
    }
    qsort(m, count, sizeof *m, compare_groups);
    for (size_t i = 0; i < count; i++)
        m[i].class = !labelled                               ? 0
                     : i > 0 && m[i].group == m[i - 1].group ? m[i - 1].class
                                                             : set->mark[set->pick[m[i].pick]];
    qsort(m, count, sizeof *m, compare_places);
    for (size_t first = 0, end; first < count; first = end) {
        size_t last = first; /* where the class's last group begins, which always stays */
        for (end = first; end < count && m[end].class == m[first].class; end++)
            if (m[end].group != m[last].group) last = end;
        const size_t wanted = (size_t)fmax(1, floor(share * (double)(end - first) + 0.5));
        for (size_t i = first; i < last; i++) {
            if (i - first >= wanted && m[i].group != m[i - 1].group) break;
            chosen[m[i].pick] = true;
        }
    }
    loci_free(m);
    return true;
}

/* ---- sequences, each for itself ---- */

/* chosen [set->picks] = which sequences go: of each class a random subset, of all where there is not a class for each. */
static bool choose_each(bool *chosen, const loci_dataset *set, double share, uint64_t key)
{
    const bool labelled = !set->source.target.values && !set->source.target.each;
    size_t *of_class = loci_allocate(set->picks, sizeof *of_class);
    size_t *order = loci_allocate(set->picks, sizeof *order);
    for (size_t c = 0; of_class && order && c < (labelled ? set->classes : 1); c++) {
        size_t count = 0;
        for (size_t i = 0; i < set->picks; i++)
            if (!labelled || set->mark[set->pick[i]] == c) of_class[count++] = i;
        size_t wanted = (size_t)floor(share * (double)count + 0.5);
        if (wanted == 0 && count > 1) wanted = 1;
        if (wanted >= count) wanted = count > 0 ? count - 1 : 0;
        if (set->coded || set->ordered || set->near > 1) { /* the end of a text, or of a table */
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

static bool choose(bool *chosen, const loci_dataset *set, double share, uint64_t seed)
{
    const uint64_t key = loci_random_key(seed, loci_random_stream("divide"));
    return (set->grouped ? choose_groups : choose_each)(chosen, set, share, key);
}

/* part, which has room for them, gets those that were chosen; what else is touched is in neither. */
static void divide(loci_dataset *part, loci_dataset *set, const bool *chosen, const bool *touched)
{
    size_t stays = 0, goes = 0;
    for (size_t i = 0; i < set->picks; i++)
        if (chosen[i])
            part->pick[goes++] = set->pick[i];
        else if (!touched[i])
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
    bool *chosen = loci_allocate(set->picks, 2 * sizeof *chosen);
    loci_dataset *part = loci_allocate(1, sizeof *part);
    if (!chosen || !part || !choose(chosen, set, share, seed)) {
        loci_free(chosen);
        loci_free(part);
        return loci_dataset_no_memory(set, error);
    }
    bool *const touched = chosen + set->picks;
    if (set->near > 1 && !set->grouped)
        loci_dataset_touch(touched, chosen, set);
    else
        memcpy(touched, chosen, set->picks * sizeof *touched);
    *part = *set;
    part->part = true;
    part->picks = 0;
    size_t stays = 0;
    for (size_t i = 0; i < set->picks; i++) part->picks += chosen[i], stays += !touched[i];
    part->pick = loci_allocate(part->picks, sizeof *part->pick);
    loci_status status = part->pick ? LOCI_OK : loci_dataset_no_memory(set, error);
    if (status == LOCI_OK && part->picks == 0)
        status = loci_fail(error, LOCI_E_ARGUMENT, "%s: cannot be divided: no class has two %s", set->folder,
                           set->grouped ? "groups" : "sequences");
    if (status == LOCI_OK && stays == 0)
        status =
            loci_fail(error, LOCI_E_ARGUMENT,
                      "%s: no window is left to train with that shares no row with those to validate with; a "
                      "larger stride, a smaller share or none may leave some",
                      set->folder);
    if (status == LOCI_OK) {
        divide(part, set, chosen, touched);
        *result = part;
    } else {
        loci_dataset_close(part);
    }
    loci_free(chosen);
    return status;
}
