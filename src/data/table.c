/* SPDX-License-Identifier: MIT
 * table.c - the structure of a table: whether it has a header, and how its columns are called; table_columns.c has which are read.
 *
 * A first row is held against what stands below it: text above numbers is a name, numbers above numbers are data, and what
 * may be either is asked for, never guessed. */
#include "data/table.h"

#include <stdio.h>
#include <string.h>

#include "base/allocate.h"
#include "base/status.h"
#include "data/quote.h"
#include "data/table_layout.h"

static const char *row_at(const loci_layout *l, size_t row)
{
    return loci_lines_begin(&l->signal->input) + l->survey.rows[row].begin;
}

static const char *limit_of(const loci_layout *l)
{
    return loci_lines_limit(&l->own->lines, &l->signal->input);
}

loci_status loci_layout_no_memory(const loci_layout *l, loci_error *error)
{
    return loci_fail(error, LOCI_E_MEMORY, "%s: out of memory", l->signal->input.name);
}

loci_status loci_layout_report(const loci_layout *l, size_t row, const loci_table_fault *wrong,
                               loci_error *error)
{
    return loci_table_report(l->own, l->signal, l->survey.rows[row].line, wrong, error);
}

loci_field loci_layout_field(const loci_layout *l, size_t row, size_t i)
{
    const char *p = row_at(l, row);
    loci_field f = loci_field_cut(p, limit_of(l), l->own->delimiter);
    while (i-- > 0) f = loci_field_cut(f.next + 1, limit_of(l), l->own->delimiter);
    return f;
}

size_t loci_layout_count(const loci_layout *l, size_t row)
{
    return loci_field_count(row_at(l, row), limit_of(l), l->own->delimiter);
}

/* --- evidence --- */

static loci_status cut_first(loci_layout *l, loci_error *error)
{
    const loci_table *own = l->own;
    l->first = loci_allocate(own->fields, sizeof *l->first);
    l->columns = loci_allocate(own->fields, sizeof *l->columns);
    if (!l->first || !l->columns) return loci_layout_no_memory(l, error);
    const char *p = row_at(l, 0);
    for (size_t i = 0; i < own->fields; i++) {
        const loci_field f = loci_field_cut(p, limit_of(l), own->delimiter);
        if (!f.quoted && memchr(f.begin, '\r', (size_t)(f.end - f.begin)))
            return loci_fail(
                error, LOCI_E_FORMAT,
                "%s: line %llu: holds a carriage return; lines that end in LF or CR LF were expected",
                l->signal->input.name, (unsigned long long)l->survey.rows[0].line);
        l->first[i] = f;
        p = f.next + 1;
    }
    return LOCI_OK;
}

static bool same_text(const loci_field *a, const loci_field *b)
{
    return a->end - a->begin == b->end - b->begin &&
           memcmp(a->begin, b->begin, (size_t)(a->end - a->begin)) == 0;
}

/* Adds a row to the evidence, if it has as many fields as most. */
static void weigh_row(loci_layout *l, size_t row)
{
    if (loci_layout_count(l, row) != l->own->fields) return;
    const char *p = row_at(l, row);
    double value;
    for (size_t i = 0; i < l->own->fields; i++) {
        const loci_field f = loci_field_cut(p, limit_of(l), l->own->delimiter);
        loci_evidence *c = &l->columns[i];
        c->filled = c->filled || f.begin != f.end || f.quoted;
        switch (loci_field_classify(&f, l->own->point, &value)) {
        case LOCI_FIELD_NUMBER:
            c->numbers++;
            break;
        case LOCI_FIELD_DATE:
            c->dates++;
            break;
        case LOCI_FIELD_TEXT:
            c->texts++;
            c->recurs = c->recurs || (row > 0 && same_text(&f, &l->first[i]));
            c->comma = c->comma || loci_field_has_decimal_comma(&f);
            break;
        case LOCI_FIELD_MISSING:
            break;
        }
        p = f.next + 1;
    }
}

/* --- the header --- */

typedef struct {
    size_t names, values, unreadable, texts; /* what the first row has: texts stand above texts */
    bool recurs;
    size_t example;    /* a column of names or of what is unreadable */
    bool plain_number; /* what is unreadable can only be a number */
} first_row;

static first_row judge_first_row(const loci_layout *l)
{
    first_row found = {.plain_number = true};
    double value;
    for (size_t i = l->own->fields; i-- > 0;) {
        const loci_evidence *c = &l->columns[i];
        const loci_field *f = &l->first[i];
        const loci_field_kind kind = loci_field_classify(f, l->own->point, &value);
        if (kind == LOCI_FIELD_MISSING) continue;
        if (kind == LOCI_FIELD_NUMBER || (kind == LOCI_FIELD_DATE && (c->dates > 0 || c->numbers == 0))) {
            found.values++;
            continue;
        }
        const loci_field_guess guess = kind == LOCI_FIELD_DATE ? LOCI_FIELD_WORD : loci_field_guess_text(f);
        if (guess != LOCI_FIELD_VALUE && kind == LOCI_FIELD_TEXT && c->texts > 0 &&
            c->numbers + c->dates == 0) {
            found.texts++;
            found.recurs = found.recurs || c->recurs;
            continue;
        }
        found.example = i;
        found.names += guess == LOCI_FIELD_NAME;
        found.unreadable += guess != LOCI_FIELD_NAME;
        found.plain_number = found.plain_number && guess == LOCI_FIELD_VALUE;
    }
    return found;
}

/* Whether the first row gives the names. */
static loci_status find_header(loci_layout *l, bool *header, loci_error *error)
{
    const loci_header asked = l->options->header;
    const unsigned long long line = l->survey.rows[0].line;
    *header = asked == LOCI_HEADER_YES;
    if (asked != LOCI_HEADER_FOUND) return LOCI_OK;
    const first_row found = judge_first_row(l);
    if (found.names + found.unreadable == 0) {
        /* Nothing but text above text is a header where there are no numbers at all, which is refused later. */
        *header = found.values == 0 && found.texts > 0 && !found.recurs;
        if (found.values > 0 && found.texts > 0 && !found.recurs)
            loci_signal_say(l->signal,
                            "line %llu is taken for data, not for a header (--header yes, if it is one)",
                            line);
        return LOCI_OK;
    }
    *header = found.names > 0 && found.values == 0;
    if (*header || (found.names == 0 && found.plain_number) || found.recurs) return LOCI_OK;
    if (found.values == 0 && l->survey.count == 1) {
        *header = true;
        return LOCI_OK;
    }
    char quoted[40];
    const loci_field *f = &l->first[found.example];
    loci_quote(quoted, sizeof quoted, f->begin, (size_t)(f->end - f->begin));
    return loci_fail(
        error, LOCI_E_VALUE,
        "%s: line %llu: \"%s\" in column %zu may be a name or a value that cannot be read; a row of names or of "
        "numbers was expected (--header yes or no tells which, --skip leaves lines out)",
        l->signal->input.name, line, quoted, found.example + 1);
}

/* Below the header, names (or nothing) above each column of numbers, and no number: units. */
static bool is_units(const loci_layout *l, size_t row)
{
    if (row + 1 >= l->survey.count || loci_layout_count(l, row) != l->own->fields) return false;
    const char *p = row_at(l, row);
    bool unit = false;
    double value;
    for (size_t i = 0; i < l->own->fields; i++) {
        const loci_field f = loci_field_cut(p, limit_of(l), l->own->delimiter);
        const loci_field_kind kind = loci_field_classify(&f, l->own->point, &value);
        const bool none = f.begin == f.end || (f.end - f.begin == 1 && *f.begin == '-');
        const bool numeric = l->columns[i].numbers + l->columns[i].dates > 0;
        if (kind != LOCI_FIELD_TEXT && !none) return false;
        if (kind == LOCI_FIELD_TEXT && numeric) {
            const bool inverse = f.end - f.begin > 2 && f.begin[0] == '1' && f.begin[1] == '/';
            if (loci_field_guess_text(&f) != LOCI_FIELD_NAME && !inverse) return false;
            unit = true;
        }
        p = f.next + 1;
    }
    return unit;
}

/* The header's fields become names: "" is ", what cannot be printed is ?, and an empty name is the column's number. */
static bool take_names(loci_table *own, const loci_field *fields)
{
    size_t total = own->fields * sizeof(char *);
    for (size_t i = 0; i < own->fields; i++) total += (size_t)(fields[i].end - fields[i].begin) + 24;
    own->names = loci_allocate(total, 1);
    if (!own->names) return false;
    char *text = (char *)(own->names + own->fields);
    for (size_t i = 0; i < own->fields; i++) {
        const size_t length = (size_t)(fields[i].end - fields[i].begin);
        own->names[i] = text;
        if (length == 0)
            snprintf(text, 24, "%zu", i + 1);
        else
            loci_quote(text, length + 8, fields[i].begin, length);
        if (fields[i].quoted) loci_field_unquote(text);
        text += strlen(text) + 1;
    }
    return true;
}

/* Without a header, a comment right above the first row that has a name for each of several columns: "# time,load". */
static loci_status take_comment(loci_layout *l, loci_error *error)
{
    loci_table *own = l->own;
    if (l->survey.comment == SIZE_MAX || own->fields < 2 || l->options->header == LOCI_HEADER_NO)
        return LOCI_OK;
    const char *p = loci_lines_begin(&l->signal->input) + l->survey.comment + 1;
    if (loci_field_count(p, limit_of(l), own->delimiter) != own->fields) return LOCI_OK;
    double value;
    for (size_t i = 0; i < own->fields; i++) {
        l->first[i] = loci_field_cut(p, limit_of(l), own->delimiter);
        const loci_field_kind kind = loci_field_classify(&l->first[i], own->point, &value);
        if (kind != LOCI_FIELD_TEXT || loci_field_guess_text(&l->first[i]) != LOCI_FIELD_NAME) return LOCI_OK;
        p = l->first[i].next + 1;
    }
    if (!take_names(own, l->first)) return loci_layout_no_memory(l, error);
    loci_signal_say(l->signal,
                    "line %llu begins with # and is taken for the header (--header no, if it is none)",
                    (unsigned long long)l->survey.comment_line);
    return LOCI_OK;
}

static loci_status take_header(loci_layout *l, loci_error *error)
{
    const loci_survey *survey = &l->survey;
    const char *file = l->signal->input.name;
    bool header;
    loci_status status = find_header(l, &header, error);
    if (status != LOCI_OK) return status;
    if (!header) return take_comment(l, error);
    if (!take_names(l->own, l->first)) return loci_layout_no_memory(l, error);
    l->data = 1;
    if (is_units(l, 1)) {
        l->data = 2;
        loci_signal_say(l->signal, "line %llu is left out: it holds units, no numbers",
                        (unsigned long long)survey->rows[1].line);
    }
    if (l->data >= survey->count)
        return loci_fail(error, LOCI_E_FORMAT, "%s: holds no samples, only a header", file);
    return LOCI_OK;
}

/* --- opening --- */

static loci_status skip_lines(loci_table *own, loci_input *input, size_t count, loci_error *error)
{
    for (size_t i = 0; i < count; i++) {
        const loci_status status = loci_lines_fill(&own->lines, input, 0, error);
        if (status != LOCI_OK) return status;
        const char *line = loci_lines_begin(input), *limit = loci_lines_limit(&own->lines, input);
        if (line == limit)
            return loci_fail(error, LOCI_E_FORMAT, "%s: has only %zu lines, of which %zu are left out",
                             input->name, i, count);
        input->start += (size_t)((const char *)memchr(line, '\n', (size_t)(limit - line)) + 1 - line);
        own->lines.number++;
    }
    return LOCI_OK;
}

static loci_status understand(loci_layout *l, loci_error *error)
{
    loci_table *own = l->own;
    loci_input *input = &l->signal->input;
    loci_status status =
        loci_survey_take(&l->survey, own, input, l->options->header == LOCI_HEADER_YES ? 2 : 1, error);
    if (status != LOCI_OK) return status;
    if (l->survey.count == 0) return loci_fail(error, LOCI_E_FORMAT, "%s: holds no samples", input->name);
    if (loci_field_begins_json(row_at(l, 0)))
        return loci_fail(
            error, LOCI_E_FORMAT,
            "%s: line %llu: is JSON, which is not read; a table as text (CSV) was expected, a line a sample",
            input->name, (unsigned long long)l->survey.rows[0].line);
    const size_t fields = loci_layout_count(l, 0);
    if (fields == 0 || own->fields == 0)
        return loci_layout_report(l, 0, &(loci_table_fault){.what = LOCI_TABLE_OPEN_QUOTE}, error);
    if (fields != own->fields)
        return loci_fail(
            error, LOCI_E_FORMAT,
            "%s: line %llu: has %zu field%s; %zu %s expected, as in most rows (--skip leaves lines out)",
            input->name, (unsigned long long)l->survey.rows[0].line, fields, fields == 1 ? "" : "s",
            own->fields, own->fields == 1 ? "was" : "were");
    status = cut_first(l, error);
    if (status != LOCI_OK) return status;
    for (size_t row = 1; row < l->survey.count; row++) weigh_row(l, row);
    status = take_header(l, error);
    if (status != LOCI_OK) return status;
    if (l->data != 1) { /* the first row is one of data, or there is one of units */
        memset(l->columns, 0, own->fields * sizeof *l->columns);
        for (size_t row = l->data; row < l->survey.count; row++) weigh_row(l, row);
    }
    const size_t found = loci_layout_count(l, l->data);
    if (found != own->fields)
        return loci_layout_report(
            l, l->data,
            &(loci_table_fault){.what = found ? LOCI_TABLE_RAGGED : LOCI_TABLE_OPEN_QUOTE, .fields = found},
            error);
    status = loci_layout_choose(l, error);
    if (status == LOCI_OK && l->data > 0) {
        const loci_survey_row *last = &l->survey.rows[l->data - 1];
        input->start += last->end;
        own->lines.number = last->end_line;
    }
    if (status == LOCI_OK) status = loci_layout_find_times(l, error);
    return status;
}

loci_status loci_table_open(loci_table *own, loci_signal *signal, const loci_signal_options *options,
                            loci_error *error)
{
    loci_input *input = &signal->input;
    if (loci_input_held(input) >= 3 && memcmp(input->buffer + input->start, "\xEF\xBB\xBF", 3) == 0)
        input->start += 3;
    loci_lines_start(&own->lines, input);
    own->point = options->decimal ? options->decimal : '.';
    own->ticks = 1;
    if (own->point != '.' && own->point != ',')
        return loci_fail(error, LOCI_E_ARGUMENT,
                         "%s: '%c' was asked for before the decimals; '.' or ',' was expected", input->name,
                         own->point > 0x20 && own->point < 0x7F ? own->point : '?');
    loci_status status = skip_lines(own, input, options->skip, error);
    if (status != LOCI_OK) return status;
    loci_layout *l = loci_allocate(1, sizeof *l);
    if (!l) return loci_fail(error, LOCI_E_MEMORY, "%s: out of memory", input->name);
    l->own = own;
    l->signal = signal;
    l->options = options;
    status = understand(l, error);
    loci_free(l->first);
    loci_free(l->columns);
    loci_free(l);
    return status;
}
