/* SPDX-License-Identifier: MIT
 * table_columns.c - which columns of a table are read, as what, and how they are called. */
#include "data/table_layout.h"

#include <stdio.h>
#include <string.h>

#include "base/allocate.h"
#include "base/status.h"
#include "data/columns.h"
#include "data/quote.h"
#include "data/time_like.h"

/* The first number or date in a column's data, or else what stands in its first row. */
static loci_field first_value(const loci_layout *l, size_t i, loci_field_kind *kind, size_t *row)
{
    double value;
    for (size_t k = l->data; k < l->survey.count; k++) {
        if (loci_layout_count(l, k) != l->own->fields) continue;
        const loci_field f = loci_layout_field(l, k, i);
        *kind = loci_field_classify(&f, l->own->point, &value);
        *row = k;
        if (*kind == LOCI_FIELD_NUMBER || *kind == LOCI_FIELD_DATE) return f;
    }
    const loci_field f = loci_layout_field(l, *row = l->data, i);
    *kind = loci_field_classify(&f, l->own->point, &value);
    return f;
}

/* Numbers so large are no seconds, but finer parts of them since 1970: of dates from 1973 to 2100. */
static double ticks_per_second(double time)
{
    static const double ticks[] = {1e3, 1e6, 1e9};
    for (size_t i = 0; i < 3; i++)
        if (time >= 1e8 * ticks[i] && time < 4.11e9 * ticks[i]) return ticks[i];
    return 1;
}

static loci_status choose_time(loci_layout *l, loci_error *error)
{
    loci_table *own = l->own;
    loci_signal *signal = l->signal;
    size_t i, row;
    loci_status status = loci_columns_find(&i, signal->input.name, (const char *const *)own->names,
                                           own->fields, l->options->time_column, error);
    if (status != LOCI_OK) return status;
    loci_field_kind kind;
    double value;
    const loci_field f = first_value(l, i, &kind, &row);
    if (kind != LOCI_FIELD_NUMBER && kind != LOCI_FIELD_DATE)
        return loci_layout_report(
            l, row, &(loci_table_fault){.what = LOCI_TABLE_NO_TIME, .column = i, .at = f}, error);
    signal->info.stamped = 1;
    signal->info.iso_times = kind == LOCI_FIELD_DATE;
    own->target[i] = LOCI_TABLE_TIME;
    loci_field_classify(&f, own->point, &value);
    own->ticks = kind == LOCI_FIELD_NUMBER ? ticks_per_second(value) : 1;
    if (own->ticks > 1) {
        char name[40];
        loci_table_name_column(own, i, name, sizeof name);
        loci_signal_say(signal, "the times in column %s are read as %s since 1970", name,
                        own->ticks < 1e4   ? "milliseconds"
                        : own->ticks < 1e7 ? "microseconds"
                                           : "nanoseconds");
    }
    return LOCI_OK;
}

/* Whether the known columns are those to read: each is there, once, and none is that of times. */
static loci_status is_known(bool *known, const loci_layout *l, loci_error *error)
{
    const loci_table *own = l->own;
    size_t *chosen, count;
    *known = false;
    if (l->options->columns || !l->options->known || l->options->known_count > own->fields) return LOCI_OK;
    const loci_status status =
        loci_columns_select(&chosen, &count, l->signal->input.name, (const char *const *)own->names,
                            own->fields, l->options->known, l->options->known_count, NULL);
    if (status == LOCI_E_MEMORY) return loci_layout_no_memory(l, error);
    if (status != LOCI_OK) return LOCI_OK;
    size_t marked = 0; /* what is read once only is marked as many times as there are columns */
    for (; marked < count && own->target[chosen[marked]] == LOCI_TABLE_SKIP; marked++)
        own->target[chosen[marked]] = 0;
    *known = count > 0 && marked == count;
    for (size_t c = 0; c < marked; c++) own->target[chosen[c]] = LOCI_TABLE_SKIP;
    loci_free(chosen);
    return LOCI_OK;
}

static loci_status choose_named(loci_layout *l, const char *const *columns, size_t column_count,
                                size_t *channels, loci_error *error)
{
    loci_table *own = l->own;
    size_t *chosen, count;
    loci_status status =
        loci_columns_select(&chosen, &count, l->signal->input.name, (const char *const *)own->names,
                            own->fields, columns, column_count, error);
    if (status != LOCI_OK) return status;
    for (size_t c = 0; c < count && status == LOCI_OK; c++) {
        if (own->target[chosen[c]] != LOCI_TABLE_SKIP) {
            char name[40];
            loci_table_name_column(own, chosen[c], name, sizeof name);
            status = loci_fail(error, LOCI_E_ARGUMENT, "%s: column %s is asked for twice",
                               l->signal->input.name, name);
        }
        own->target[chosen[c]] = (uint32_t)(*channels)++;
    }
    loci_free(chosen);
    return status;
}

/* Says which columns hold text and are therefore left out. */
static void tell_texts(const loci_layout *l)
{
    const loci_table *own = l->own;
    size_t count = 0, first = 0;
    for (size_t i = own->fields; i-- > 0;) {
        if (own->target[i] != LOCI_TABLE_SKIP || l->columns[i].texts == 0) continue;
        first = i;
        count++;
    }
    if (count == 0) return;
    char name[40], quoted[32];
    loci_table_name_column(own, first, name, sizeof name);
    if (count > 1) {
        loci_signal_say(l->signal, "column %s and %zu more hold text and are left out", name, count - 1);
        return;
    }
    loci_field f = loci_layout_field(l, l->data, first);
    double value;
    for (size_t row = l->data + 1; row < l->survey.count; row++) { /* the first that is a text */
        if (loci_field_classify(&f, own->point, &value) == LOCI_FIELD_TEXT) break;
        if (loci_layout_count(l, row) == own->fields) f = loci_layout_field(l, row, first);
    }
    loci_quote(quoted, sizeof quoted, f.begin, (size_t)(f.end - f.begin));
    loci_signal_say(l->signal, "column %s holds text (\"%s\") and is left out", name, quoted);
}

/* Column i is what a separator at the end of each line makes: without a name, and empty. Of a table without names that is the last. */
static bool is_nothing(const loci_layout *l, size_t i)
{
    if (l->columns[i].filled) return false;
    return l->own->names ? l->first[i].begin == l->first[i].end : i > 0 && i + 1 == l->own->fields;
}

/* All columns that hold a number in any of the rows that were looked at, or nothing at all under a name. */
static loci_status choose_numbers(loci_layout *l, size_t *channels, loci_error *error)
{
    loci_table *own = l->own;
    for (size_t i = 0; i < own->fields; i++) {
        const loci_evidence *c = &l->columns[i];
        if (own->target[i] != LOCI_TABLE_SKIP) continue;
        if (is_nothing(l, i)) {
            loci_signal_say(l->signal,
                            "column %zu has no name, and is empty as far as was looked, and is left out",
                            i + 1);
        } else if (c->numbers > 0 || c->texts + c->dates == 0) {
            own->target[i] = (uint32_t)(*channels)++;
        } else if (c->comma) {
            size_t row = l->data;
            loci_field f = loci_layout_field(l, row, i);
            while (!loci_field_has_decimal_comma(&f) && row + 1 < l->survey.count)
                if (loci_layout_count(l, ++row) == own->fields) f = loci_layout_field(l, row, i);
            return loci_layout_report(
                l, row, &(loci_table_fault){.what = LOCI_TABLE_NO_NUMBER, .column = i, .at = f}, error);
        }
    }
    if (*channels == 0)
        return loci_fail(error, LOCI_E_FORMAT, "%s: line %llu: holds no number%s", l->signal->input.name,
                         (unsigned long long)l->survey.rows[l->data].line,
                         l->signal->info.stamped ? " but the time"
                         : own->fields == 1
                             ? "; fields separated by comma, semicolon, tab or blanks were expected"
                             : "");
    tell_texts(l);
    return LOCI_OK;
}

static loci_status name_channels(const loci_layout *l, loci_error *error)
{
    const loci_table *own = l->own;
    if (!own->names) return loci_signal_set_names(l->signal, NULL, error);
    const char **chosen = loci_allocate(l->signal->info.channels, sizeof *chosen);
    if (!chosen) return loci_layout_no_memory(l, error);
    for (size_t i = 0; i < own->fields; i++)
        if (own->target[i] < LOCI_TABLE_TIME) chosen[own->target[i]] = own->names[i];
    const loci_status status = loci_signal_set_names(l->signal, chosen, error);
    l->signal->named = status == LOCI_OK;
    loci_free(chosen);
    return status;
}

loci_status loci_layout_choose(loci_layout *l, loci_error *error)
{
    loci_table *own = l->own;
    size_t channels = 0;
    own->target = loci_allocate(own->fields, sizeof *own->target);
    if (!own->target) return loci_layout_no_memory(l, error);
    for (size_t i = 0; i < own->fields; i++) own->target[i] = LOCI_TABLE_SKIP;
    loci_status status = LOCI_OK;
    if (l->options->time_column) status = choose_time(l, error);
    if (status == LOCI_OK) status = is_known(&l->known, l, error);
    const loci_signal_options *o = l->options;
    if (status == LOCI_OK && l->known)
        status = choose_named(l, o->known, o->known_count, &channels, error);
    else if (status == LOCI_OK)
        status = o->columns ? choose_named(l, o->columns, o->column_count, &channels, error)
                            : choose_numbers(l, &channels, error);
    if (status != LOCI_OK) return status;
    l->signal->info.channels = l->signal->channels = channels;
    return name_channels(l, error);
}

/* Columns in front that may be times without being called so, and those that are called so: each takes cutting rows */
#define LOOKED_AT 8
#define NAMED 64

loci_status loci_layout_find_times(const loci_layout *l, loci_error *error)
{
    const loci_table *own = l->own;
    loci_signal *signal = l->signal;
    if (signal->info.stamped || l->known) return LOCI_OK;
    size_t called = 0;
    for (size_t i = 0; i < own->fields && called < NAMED; i++) {
        const loci_evidence *c = &l->columns[i];
        const bool named = own->names && loci_time_like_name(own->names[i]);
        called += named;
        if ((l->options->columns && own->target[i] != LOCI_TABLE_SKIP) || (i >= LOOKED_AT && !named))
            continue;
        const bool dates = c->dates > 0 && c->numbers == 0;
        if (!dates && (c->texts > 0 || !loci_time_like_values(own, &signal->input, i))) continue;
        char number[24];
        snprintf(number, sizeof number, "%zu", i + 1);
        const char *name = own->names ? own->names[i] : number;
        signal->time_like = loci_allocate(strlen(name) + 1, 1);
        if (!signal->time_like) return loci_layout_no_memory(l, error);
        memcpy(signal->time_like, name, strlen(name) + 1);
        return LOCI_OK;
    }
    return LOCI_OK;
}
