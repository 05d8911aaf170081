/* SPDX-License-Identifier: MIT
 * dataset_hold.c - a share of the sequences is held out as the test split.
 *
 * Which ones, only the content of the sequences says, or the name of their group: whoever reads the same data holds out the
 * same, in whatever order files are listed, and most of it when some are added. */
#include "data/dataset_kind.h"

#include <math.h>
#include <stdlib.h>

#include "base/allocate.h"
#include "base/status.h"

/* Sequences that stay together. */
typedef struct {
    uint64_t key;
    size_t class, first; /* of its first sequence, by number */
    size_t count;
    bool out;
} unit;

static int compare_groups(const void *a, const void *b)
{
    const unit *x = a, *y = b;
    if (x->key != y->key) return x->key < y->key ? -1 : 1;
    return x->first < y->first ? -1 : x->first > y->first;
}

static int compare_classes(const void *a, const void *b)
{
    const unit *x = a, *y = b;
    if (x->class != y->class) return x->class < y->class ? -1 : 1;
    return compare_groups(a, b);
}

/* units [set->count] = the groups of the items, each once, or every item; returns how many. */
static size_t find_units(unit *units, const loci_dataset *set)
{
    for (size_t i = 0; i < set->count; i++) {
        const loci_dataset_item *item = &set->items[i];
        units[i] =
            (unit){.key = item->group ? item->group
                                      : loci_dataset_hash(item->data, loci_dataset_item_size(set, item)),
                   .class = item->target ? 0 : item->label,
                   .first = i,
                   .count = 1};
    }
    if (!set->grouped) return set->count;
    qsort(units, set->count, sizeof *units, compare_groups);
    size_t count = 0;
    for (size_t i = 0; i < set->count; i++)
        if (count > 0 && units[count - 1].key == units[i].key)
            units[count - 1].count++;
        else
            units[count++] = units[i];
    return count;
}

/* Of each class its share: units in the order of their keys until it is reached, one at least and never all. */
static size_t choose(unit *units, size_t count, double share)
{
    size_t out = 0;
    qsort(units, count, sizeof *units, compare_classes);
    for (size_t first = 0, end; first < count; first = end) {
        size_t all = 0, taken = 0;
        for (end = first; end < count && units[end].class == units[first].class; end++)
            all += units[end].count;
        const double wanted = fmax(1, floor(share * (double)all + 0.5));
        for (size_t i = first; i + 1 < end && (double)taken < wanted; i++) {
            units[i].out = true;
            taken += units[i].count;
        }
        out += taken;
    }
    return out;
}

static bool is_out(const unit *units, size_t count, uint64_t key)
{
    size_t low = 0, high = count;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (units[middle].key < key)
            low = middle + 1;
        else
            high = middle;
    }
    return low < count && units[low].key == key && units[low].out;
}

/* Keeps the items of which `out` is `test`. */
static void take(loci_dataset *set, const unit *units, size_t count, bool *out, bool test)
{
    size_t kept = 0;
    for (size_t i = 0; i < count; i++)
        if (!set->grouped) out[units[i].first] = units[i].out;
    for (size_t i = 0; i < set->count; i++) {
        const bool held = set->grouped ? is_out(units, count, set->items[i].group) : out[i];
        if (held == test) set->items[kept++] = set->items[i];
    }
    set->held = set->count - kept;
    set->count = kept;
}

loci_status loci_dataset_hold(loci_dataset *set, double share, bool test, loci_error *error)
{
    unit *units = loci_allocate(set->count, sizeof *units);
    bool *out = loci_allocate(set->count, sizeof *out);
    loci_status status = LOCI_OK;
    if (units && out) {
        const size_t count = find_units(units, set), held = choose(units, count, share);
        if (set->grouped) qsort(units, count, sizeof *units, compare_groups);
        if (held == 0)
            status = loci_fail(error, LOCI_E_ARGUMENT,
                               "%s: nothing can be held out to test with: no class has two %s", set->folder,
                               set->grouped ? "groups" : "sequences");
        else
            take(set, units, count, out, test);
    } else {
        status = loci_dataset_no_memory(set, error);
    }
    loci_free(units);
    loci_free(out);
    return status;
}

/* ---- windows of one long table ---- */

/* out [count] = the last share of the windows of each class, or of all where the target is no label. */
static size_t choose_last(bool *out, const loci_dataset *set, double share)
{
    const bool labels = set->items[0].target == NULL && !set->coded;
    size_t held = 0;
    for (size_t c = 0; c < (labels ? set->classes : 1); c++) {
        size_t all = 0;
        for (size_t i = 0; i < set->count; i++) all += !labels || set->items[i].label == c;
        size_t wanted = (size_t)fmax(1, floor(share * (double)all + 0.5));
        if (wanted >= all) wanted = all > 0 ? all - 1 : 0;
        held += wanted;
        for (size_t i = set->count; i-- > 0 && wanted > 0;)
            if (!labels || set->items[i].label == c) out[i] = true, wanted--;
    }
    return held;
}

static size_t place_of(const loci_dataset *set, size_t i)
{
    return set->items[set->pick ? set->pick[i] : i].number;
}

void loci_dataset_touch(bool *touched, const bool *out, const loci_dataset *set)
{
    const size_t count = set->pick ? set->picks : set->count;
    size_t reach = 0, next = SIZE_MAX; /* up to where the one before reaches; where the one behind stands */
    for (size_t i = 0; i < count; i++) {
        if (out[i]) reach = place_of(set, i) + set->near;
        touched[i] = place_of(set, i) < reach;
    }
    for (size_t i = count; i-- > 0;) {
        if (out[i]) next = place_of(set, i);
        touched[i] = touched[i] || next - place_of(set, i) < set->near;
    }
}

loci_status loci_dataset_hold_last(loci_dataset *set, double share, bool test, loci_error *error)
{
    const size_t count = set->count;
    bool *out = loci_allocate(count, 2 * sizeof *out);
    if (!out) return loci_dataset_no_memory(set, error);
    const size_t held = choose_last(out, set, share);
    bool *const touched = out + count;
    loci_dataset_touch(touched, out, set);
    size_t kept = 0;
    for (size_t i = 0; i < count; i++)
        if (test ? out[i] : !touched[i]) set->items[kept++] = set->items[i];
    loci_free(out);
    if (held == 0)
        return loci_fail(error, LOCI_E_ARGUMENT,
                         "%s: nothing can be held out to test with: no class has two windows", set->folder);
    set->held = test ? count - held : held;
    set->count = kept;
    set->split = true;
    if (kept > 0) return LOCI_OK;
    return loci_fail(error, LOCI_E_ARGUMENT,
                     "%s: no window is left to train with that shares no row with those held out; a larger "
                     "stride or a smaller share may leave some",
                     set->folder);
}
