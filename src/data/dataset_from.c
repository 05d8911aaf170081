/* SPDX-License-Identifier: MIT
 * dataset_from.c - data sets whose sequences the caller's functions read. */
#include "data/dataset_kind.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/allocate.h"
#include "base/sized.h"
#include "base/status.h"
#include "data/input.h"

enum { WIDTH_MAX = 65535 }; /* numbers of a sample and of an answer, as of models */

static const loci_dataset_kind kind = {.name = "source"};

static loci_status check(const loci_dataset *set, const loci_dataset_source *source, loci_error *error)
{
    if (source->count == 0)
        return loci_fail(error, LOCI_E_ARGUMENT, "%s: has no sequences; one at least was expected",
                         set->folder);
    if (source->inputs < 1 || source->inputs > WIDTH_MAX)
        return loci_fail(error, LOCI_E_ARGUMENT, "%s: has samples of %zu numbers; 1 to %d were expected",
                         set->folder, source->inputs, WIDTH_MAX);
    const size_t least = source->target.values ? 1 : 2;
    if (source->outputs < least || source->outputs > WIDTH_MAX)
        return loci_fail(error, LOCI_E_ARGUMENT, "%s: has %zu %s; %zu to %d were expected", set->folder,
                         source->outputs, source->target.values ? "values a target" : "classes", least,
                         WIDTH_MAX);
    if (source->target.each == LOCI_TARGET_NEXT && (source->target.values || source->inputs != 1))
        return loci_fail(
            error, LOCI_E_ARGUMENT,
            "%s: its targets are the next samples, and samples have %zu numbers; 1, a token, was "
            "expected",
            set->folder, source->inputs);
    if (!(source->rate >= 0 && isfinite(source->rate)))
        return loci_fail(error, LOCI_E_ARGUMENT, "%s: has a rate of %g Hz; 0 or more was expected",
                         set->folder, source->rate);
    if (!source->length || !source->read || !source->read_target)
        return loci_fail(error, LOCI_E_ARGUMENT, "%s: has no %s; a function was expected", set->folder,
                         !source->length ? "length"
                         : !source->read ? "read"
                                         : "read_target");
    return LOCI_OK;
}

static loci_status take_classes(loci_dataset *set, loci_error *error)
{
    const loci_dataset_source *source = &set->source;
    if (source->target.values) return LOCI_OK;
    if (!source->classes)
        return loci_dataset_number_classes(set, source->outputs) ? LOCI_OK
                                                                 : loci_dataset_no_memory(set, error);
    set->names = loci_dataset_allocate(set, source->outputs, sizeof *set->names);
    for (size_t c = 0; set->names && c < source->outputs; c++) {
        set->names[c] = loci_dataset_text(set, source->classes[c], strlen(source->classes[c]));
        if (!set->names[c]) return loci_dataset_no_memory(set, error);
    }
    set->classes = source->outputs;
    return set->names ? LOCI_OK : loci_dataset_no_memory(set, error);
}

static loci_status take_frame(loci_dataset *set, loci_error *error)
{
    const loci_dataset_source *source = &set->source;
    if (!source->origin && !source->unit) return LOCI_OK;
    for (size_t c = 0; c < source->inputs; c++)
        if (!source->origin || !source->unit || !isfinite(source->origin[c]) ||
            !(source->unit[c] > 0 && isfinite(source->unit[c])))
            return loci_fail(
                error, LOCI_E_ARGUMENT,
                "%s: the origin or the unit of input %zu is missing or not finite; both were expected, "
                "the unit above 0",
                set->folder, c);
    double *origin = loci_dataset_allocate(set, 2 * source->inputs, sizeof *origin);
    if (!origin) return loci_dataset_no_memory(set, error);
    memcpy(origin, source->origin, source->inputs * sizeof *origin);
    memcpy(origin + source->inputs, source->unit, source->inputs * sizeof *origin);
    set->origin = origin;
    set->unit = origin + source->inputs;
    return LOCI_OK;
}

/* Room for the longest sequence and its target; no sequence is empty. */
static loci_status make_room(float **u, double **target, const loci_dataset *set, loci_error *error)
{
    const loci_dataset_source *source = &set->source;
    size_t longest = 0, samples, targets;
    for (size_t i = 0; i < source->count; i++) {
        const size_t length = source->length(source->context, i);
        if (length == 0)
            return loci_fail(error, LOCI_E_VALUE,
                             "%s: sequence %zu has no samples; one at least was expected", set->folder, i);
        if (length > longest) longest = length;
    }
    if (loci_size_multiply(&samples, longest, source->inputs)) *u = loci_allocate(samples, sizeof **u);
    if (loci_size_multiply(&targets, longest, source->outputs))
        *target = loci_allocate(targets, sizeof **target);
    return *u && *target ? LOCI_OK : loci_dataset_no_memory(set, error);
}

static loci_status check_target(const loci_dataset *set, size_t i, const double *target, size_t count,
                                loci_error *error)
{
    char name[80];
    for (size_t k = 0; k < count; k++) {
        const bool label = !set->source.target.values;
        if (label ? target[k] >= 0 && target[k] < (double)set->classes && target[k] == floor(target[k])
                  : isfinite(target[k]))
            continue;
        loci_dataset_name(set, i, name, sizeof name);
        if (label)
            return loci_fail(error, LOCI_E_VALUE,
                             "%s: %s has the label %g; a whole number of 0 to %zu was expected", set->folder,
                             name, target[k], set->classes - 1);
        return loci_fail(error, LOCI_E_VALUE, "%s: %s has the target %g; a finite number was expected",
                         set->folder, name, target[k]);
    }
    return LOCI_OK;
}

/* Every sequence once: what it is known by, and whether it is one. */
static loci_status go_through(loci_dataset *set, float *u, double *target, loci_error *error)
{
    const loci_dataset_source *source = &set->source;
    for (size_t i = 0; i < source->count; i++) {
        const size_t length = source->length(source->context, i), count = length * source->inputs,
                     targets = loci_dataset_target_size(set, length);
        source->read(source->context, i, u);
        source->read_target(source->context, i, target);
        for (size_t k = 0; k < count; k++)
            if (!isfinite(u[k])) {
                char name[80];
                loci_dataset_name(set, i, name, sizeof name);
                return loci_fail(error, LOCI_E_VALUE,
                                 "%s: %s, sample %zu, input %zu is %g; a finite number was expected",
                                 set->folder, name, k / source->inputs, k % source->inputs, (double)u[k]);
            }
        for (size_t k = 0; source->target.each == LOCI_TARGET_NEXT && k < count; k++)
            if (!(u[k] >= 0 && u[k] < (float)set->classes && u[k] == floorf(u[k]))) {
                char name[80];
                loci_dataset_name(set, i, name, sizeof name);
                return loci_fail(
                    error, LOCI_E_VALUE,
                    "%s: %s, sample %zu is %g; a token, a whole number of 0 to %zu, was expected",
                    set->folder, name, k, (double)u[k], set->classes - 1);
            }
        const loci_status status = check_target(set, i, target, targets, error);
        if (status) return status;
        set->hash[i] = loci_dataset_hash(u, count * sizeof *u);
        set->mark[i] = source->target.values || source->target.each
                           ? loci_dataset_hash(target, targets * sizeof *target)
                           : (uint64_t)target[0];
    }
    loci_dataset_take_stock(set);
    return LOCI_OK;
}

loci_status loci_dataset_from(loci_dataset **result, const loci_dataset_source *given, loci_error *error)
{
    *result = NULL;
    loci_dataset_source whole = {0};
    const loci_status known = LOCI_SIZED_TAKE_SINCE(&whole, given, loci_dataset_source, origin, error);
    if (known) return known;
    const loci_dataset_source *source = &whole;
    const char *name = source->name ? source->name : "data";
    loci_dataset *set = loci_allocate(1, sizeof *set);
    if (!set) return loci_fail(error, LOCI_E_MEMORY, "%.100s: out of memory", name);
    loci_input_name(set->folder, sizeof set->folder, name);
    set->kind = &kind;
    float *u = NULL;
    double *target = NULL;
    loci_status status = check(set, source, error);
    if (!status) {
        set->source = *source;
        set->source.name = NULL, set->source.close = NULL;
        status = take_classes(set, error);
    }
    if (!status) status = take_frame(set, error);
    if (!status) status = loci_dataset_pick_all(set, error);
    if (!status) status = make_room(&u, &target, set, error);
    if (!status) status = go_through(set, u, target, error);
    loci_free(u);
    loci_free(target);
    if (status) {
        loci_dataset_close(set);
        return status;
    }
    set->source.classes = NULL; /* the set has its own names, and frame */
    set->source.origin = set->source.unit = NULL;
    set->source.close = source->close;
    *result = set;
    return LOCI_OK;
}
