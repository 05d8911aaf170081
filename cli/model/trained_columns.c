/* SPDX-License-Identifier: MIT
 * trained_columns.c - the columns that a model was trained on. */
#include "model/trained_columns.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <loci/data.h>

#include "shared/message.h"

/* Column c, counted from 0, is the one that `wanted` names, if that is a name or a number. */
static bool is_column(const char *wanted, const char *name, size_t c)
{
    if (!wanted) return false;
    if (strcmp(wanted, name) == 0) return true;
    char *end;
    const unsigned long number = strtoul(wanted, &end, 10);
    return *wanted >= '1' && *wanted <= '9' && *end == '\0' && number == c + 1;
}

static loci_signal_options options_of(const source_options *o)
{
    return (loci_signal_options){.size = sizeof(loci_signal_options),
                                 .known = o->known.items,
                                 .known_count = o->known.count,
                                 .header = !o->header          ? LOCI_HEADER_FOUND
                                           : *o->header == 'y' ? LOCI_HEADER_YES
                                                               : LOCI_HEADER_NO,
                                 .skip = o->skip == SIZE_MAX ? 0 : o->skip,
                                 .decimal = o->decimal ? *o->decimal : 0};
}

/* Whether the file has the columns of the training, which may stand with commas between. */
static bool has_all(const char *path, const source_options *o, const loci_reading *r)
{
    loci_signal_options options = options_of(o);
    loci_signal *signal;
    options.columns = r->columns;
    options.column_count = r->column_count;
    const bool all = loci_signal_open(&signal, path, &options, NULL) == LOCI_OK;
    if (all) loci_signal_close(signal);
    return all;
}

/* The file can be opened twice, and has columns that may be others than those of the training. */
static bool is_to_be_looked_at(const char *path, const source_options *asked, const loci_reading *r)
{
    struct stat about;
    return asked->columns.count == 0 && !asked->raw && strcmp(path, "-") != 0 &&
           (r->columns || r->inputs || r->time || r->label || r->value || r->group) &&
           stat(path, &about) == 0 && S_ISREG(about.st_mode);
}

/* What else looks like times was left out in the training, too. */
static void take(source_options *o, const char **names, size_t count)
{
    o->columns = (option_list){names, count};
    o->timeless = true;
}

/* The first of the names of the training that no channel has; NULL: there is none. */
static const char *first_unknown(const option_list *known, const loci_signal *signal, size_t channels)
{
    for (size_t i = 0; i < known->count; i++) {
        size_t c = 0;
        while (c < channels && strcmp(loci_signal_channel(signal, c), known->items[i]) != 0) c++;
        if (c == channels) return known->items[i];
    }
    return NULL;
}

static int choose(trained_columns *t, const char *path, const loci_reading *r, size_t inputs)
{
    const size_t channels = loci_signal_inspect(t->names).channels;
    if (r->columns) {
        if (has_all(path, &t->options, r) || channels != inputs)
            take(&t->options, (const char **)(uintptr_t)r->columns, r->column_count);
        return STATUS_DONE;
    }
    if (t->options.known.count > 0 && channels == inputs &&
        !first_unknown(&t->options.known, t->names, channels))
        return STATUS_DONE;
    size_t count = 0;
    t->chosen = calloc(channels, sizeof *t->chosen);
    if (!t->chosen) return message_memory();
    for (size_t c = 0; c < channels; c++) {
        const char *name = loci_signal_channel(t->names, c);
        if (!is_column(t->options.time, name, c) && !is_column(r->time, name, c) &&
            !is_column(r->label, name, c) && !is_column(r->group, name, c) &&
            (r->horizon || !is_column(r->value, name, c))) /* what a horizon is of is an input, too */
            t->chosen[count++] = name;
    }
    if (count == inputs && count < channels) take(&t->options, t->chosen, count);
    return STATUS_DONE;
}

int trained_columns_open(trained_columns *t, const char *path, const source_options *asked,
                         const loci_reading *r, size_t inputs)
{
    *t = (trained_columns){.options = *asked};
    source_options *o = &t->options;
    static const char *const points[2] = {".", ","};
    if (!o->raw && o->skip == SIZE_MAX && r->skip > 0) o->skip = r->skip;
    if (!o->raw && !o->decimal && r->decimal) o->decimal = points[r->decimal == ','];
    o->mono = o->mono || r->mono;
    if (r->columns)
        o->known = (option_list){(const char **)(uintptr_t)r->columns, r->column_count};
    else if (!o->mono) /* whose mean is that of all there is */
        o->known = (option_list){(const char **)(uintptr_t)r->inputs, r->input_count};
    if (!is_to_be_looked_at(path, asked, r)) return STATUS_DONE;
    const loci_signal_options options = options_of(o);
    if (loci_signal_open(&t->names, path, &options, NULL) != LOCI_OK)
        return STATUS_DONE; /* source_open says why */
    return choose(t, path, r, inputs);
}

void trained_columns_close(trained_columns *t)
{
    loci_signal_close(t->names);
    free(t->chosen);
    *t = (trained_columns){0};
}

void trained_columns_compare(const char *path, const loci_reading *r, const char *const *names, size_t count)
{
    if (!names || count != r->input_count) return;
    for (size_t i = 0; i < count; i++) {
        size_t c = 0;
        while (c < count && strcmp(names[c], r->inputs[i]) != 0) c++;
        if (c < count) continue;
        message_note(
            "%s: has no column %s, which the model was trained on; its columns are taken in their order",
            path, r->inputs[i]);
        return;
    }
}

void trained_columns_tell(const char *path, const source_options *asked, const loci_reading *r,
                          const loci_signal *signal)
{
    const size_t channels = loci_signal_inspect(signal).channels;
    char usual[32];
    if (asked->columns.count > 0 || channels != r->input_count) return;
    const char **names = calloc(channels, sizeof *names);
    bool named = names != NULL;
    for (size_t c = 0; named && c < channels; c++) {
        names[c] = loci_signal_channel(signal, c);
        snprintf(usual, sizeof usual, channels == 1 ? "u" : "u%zu", c);
        named = strcmp(usual, names[c]) != 0; /* else it has none */
    }
    trained_columns_compare(path, r, named ? names : NULL, channels);
    free(names);
}

size_t trained_window(const loci_model_about *about)
{
    enum { USUAL = 336 }; /* of a horizon: see loci/reading.h */
    if (loci_task_inspect(about->task)->each) return 0;
    return about->reading.window || !about->reading.horizon ? about->reading.window : USUAL;
}
