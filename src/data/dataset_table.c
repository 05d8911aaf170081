/* SPDX-License-Identifier: MIT
 * dataset_table.c - sequences in the rows of one table: CSV with a column that says what is to be learned.
 *
 * Rows become sequences in two steps: those of a group, in their order, wherever they stand; and windows of these. */
#include "data/dataset_kind.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/allocate.h"
#include "base/status.h"
#include "data/columns.h"
#include "data/dataset_frame.h"
#include "data/dataset_text.h"
#include "data/field.h"
#include "data/labels.h"
#include "data/quote.h"
#include "data/time_like.h"

enum { WINDOW = 336 /* of forecasts, where none is given */ };
#define EVERY SIZE_MAX
#define NO_INPUT (SIZE_MAX - 1)

typedef enum { LEFT_OUT, INPUT, LABEL, VALUE, GROUP } role;

typedef struct {
    char *text;
    const char *end;               /* behind a newline */
    const char *row;               /* the next one */
    size_t line;                   /* its number */
    size_t comments, comment_line; /* lines of # that may be rows, and the first of them */
    char delimiter, point;
    size_t fields;
    const char **names; /* [fields], or NULL */
    role *roles;        /* [fields] */
    size_t *place;      /* [fields] which input, or which value */
    size_t inputs, values, rows;
    size_t ahead;        /* with a horizon: which input is learned, EVERY, or NO_INPUT: the values */
    size_t time;         /* the column of times; `fields` or more: none */
    loci_numbers newest; /* [groups] the row of each that came last */
    /* labels: where the first number is, the first word, and the first that is missing; 0: none */
    size_t number_line, word_line, gap_line;
    /* [rows][inputs], [rows][values] or labels' codes [rows], codes [rows] */
    loci_numbers numbers, targets, groups;
    loci_labels labels, names_of_groups;
} table;

static void release(table *t)
{
    loci_free(t->text);
    loci_free(t->roles);
    loci_free(t->place);
    loci_free(t->numbers.at);
    loci_free(t->targets.at);
    loci_free(t->groups.at);
    loci_free(t->newest.at);
    loci_labels_release(&t->labels);
    loci_labels_release(&t->names_of_groups);
}

/* ---- rows ---- */

/* Field i of the row: *f is moved from the one before it (next NULL: to the first). false: the row has no more. */
static bool next_field(const table *t, loci_field *f)
{
    if (f->next && (!f->closed || *f->next == '\n')) return false;
    *f = loci_field_cut(f->next ? f->next + 1 : t->row, t->end, t->delimiter);
    return true;
}

/* The row begins with #: a comment, unless it is a row: one of as many fields as the table, with numbers where they belong, whose
 * first is a group's name or a label that begins so, or missing. What has as many fields and may be a row is counted. */
static bool is_comment(table *t)
{
    table line = *t; /* by itself: a quote that is open at its end is none */
    line.end = (const char *)memchr(t->row, '\n', (size_t)(t->end - t->row)) + 1;
    loci_field f = loci_field_cut(strchr(t->row, '#') + 1, line.end, t->delimiter);
    double value;
    bool fits = f.begin[-1] == '#', number = false;
    const bool behind = f.begin < f.end && loci_field_classify(&f, t->point, &value) != LOCI_FIELD_TEXT;
    bool data = behind;
    size_t count = 0;
    for (f = (loci_field){0}; count <= t->fields && next_field(&line, &f); count++) {
        const loci_field_kind kind = loci_field_classify(&f, t->point, &value);
        const role what = count < t->fields && t->roles ? t->roles[count] : LEFT_OUT;
        number = number || kind == LOCI_FIELD_NUMBER;
        data = data || kind != LOCI_FIELD_TEXT;
        if (count ==
            0) /* what is read of it is a name, and none that is a number behind # unless of a group */
            fits = fits && (what == GROUP || (what == LABEL && !behind) || kind == LOCI_FIELD_MISSING);
        if (what == INPUT || what == VALUE)
            fits = fits && (kind == LOCI_FIELD_NUMBER || kind == LOCI_FIELD_MISSING);
        if (count == t->time) fits = fits && (kind == LOCI_FIELD_NUMBER || kind == LOCI_FIELD_DATE);
    }
    if (t->fields == 0 || count != t->fields || !f.closed) return true;
    if (fits && number) return false;
    if (data && t->comments++ == 0) t->comment_line = t->line;
    return true;
}

static bool next_row(table *t)
{
    for (; t->row < t->end; t->line++) {
        const char *p = t->row;
        while (loci_is_blank(*p) && (*p != t->delimiter || t->delimiter == LOCI_FIELD_BLANKS)) p++;
        if (*p != '\n' && (*p != '#' || !is_comment(t))) return true;
        t->row = (const char *)memchr(p, '\n', (size_t)(t->end - p)) + 1;
    }
    return false;
}

/* Of tab, semicolon, and comma where that is no decimal one, the first that stands outside of quotes in the first row; blanks
 * where none does and they part fields. */
static char find_delimiter(const char *row, const char *end, char point)
{
    bool quoted = false, semicolon = false, comma = false;
    for (const char *p = row; *p != '\n'; p++) {
        if (*p == '"') quoted = !quoted;
        if (*p == '\t' && !quoted) return '\t';
        semicolon = semicolon || (*p == ';' && !quoted);
        comma = comma || (*p == ',' && point != ',' && !quoted);
    }
    if (semicolon || (!comma && point == ',' && loci_field_count(row, end, LOCI_FIELD_BLANKS) < 2))
        return ';';
    return comma || loci_field_count(row, end, LOCI_FIELD_BLANKS) < 2 ? ',' : LOCI_FIELD_BLANKS;
}

/* Leaves out lines at the beginning. */
static loci_status skip_lines(table *t, const loci_dataset *set, size_t lines, loci_error *error)
{
    for (t->line = 1; t->line <= lines; t->line++) {
        if (t->row == t->end)
            return loci_fail(error, LOCI_E_FORMAT, "%s: has %zu line%s; %zu are to be left out (--skip)",
                             set->folder, t->line - 1, t->line == 2 ? "" : "s", lines);
        t->row = (const char *)memchr(t->row, '\n', (size_t)(t->end - t->row)) + 1;
    }
    return LOCI_OK;
}

/* Whether a name that was asked for stands in the field. */
static bool is_asked_for(const loci_field *f, const loci_reading *r)
{
    const char *const names[] = {r->label, r->value, r->group, r->time};
    enum { NAMES = sizeof names / sizeof *names };
    for (size_t i = 0; i < NAMES + r->column_count; i++) {
        const char *name = i < NAMES ? names[i] : r->columns[i - NAMES];
        if (name && loci_field_is(f, name)) return true;
    }
    return false;
}

/* Counts the fields of the first row, and says whether they are names: there is a text, and no number beside it, or a number below
 * it, or it was asked for, or no other row. Otherwise it may well be the label of a row of data. */
static bool find_header(table *t, const loci_reading *r)
{
    table next = *t;
    double value;
    bool text = false, number = false, name = false;
    loci_field f = {0}, below = {0};
    while (next_field(t, &f)) t->fields++;
    next.row = f.closed ? f.next + 1 : t->end;
    const bool alone = !f.closed || !next_row(&next);
    bool more = !alone;
    for (f = (loci_field){0}; next_field(t, &f);) {
        more = more && next_field(&next, &below);
        const loci_field_kind kind = loci_field_classify(&f, t->point, &value);
        number = number || kind == LOCI_FIELD_NUMBER || kind == LOCI_FIELD_DATE;
        if (kind != LOCI_FIELD_TEXT) continue;
        text = true;
        name = name || is_asked_for(&f, r) ||
               (more && loci_field_classify(&below, t->point, &value) == LOCI_FIELD_NUMBER &&
                loci_field_guess_text(&f) == LOCI_FIELD_NAME);
    }
    return text && (!number || name || alone);
}

enum { NUMERIC = 1, RECURS = 2 }; /* marks of a column, below the row of units */
#define LOOKED_AT 1000            /* rows, from which it is told what columns are */

/* What stands below the row, against it: marks [fields]. */
static bool mark_columns(const table *below, const table *units, unsigned char *marks)
{
    table t = *below;
    bool any = false;
    double value;
    for (size_t row = 0; row < LOOKED_AT && next_row(&t); row++, any = true) {
        loci_field f = {0}, unit = {0};
        for (size_t i = 0; next_field(&t, &f); i++) {
            if (i >= t.fields || !next_field(units, &unit)) continue;
            const loci_field_kind kind = loci_field_classify(&f, t.point, &value);
            const size_t length = (size_t)(f.end - f.begin);
            if (kind == LOCI_FIELD_NUMBER || kind == LOCI_FIELD_DATE) marks[i] |= NUMERIC;
            if ((size_t)(unit.end - unit.begin) == length && memcmp(f.begin, unit.begin, length) == 0)
                marks[i] |= RECURS;
        }
        if (!f.closed) return any;
        t.row = f.next + 1;
    }
    return any;
}

/* The row below the header holds names (or nothing) above each column of numbers, no number, and no text that comes again: units, as the
 * reader of signals knows them. It is left out. */
static loci_status pass_units(table *t, loci_dataset *set, loci_error *error)
{
    table units = *t, below;
    if (!next_row(&units)) return LOCI_OK;
    unsigned char *marks = loci_allocate(t->fields, 1);
    if (!marks) return loci_dataset_no_memory(set, error);
    size_t count = 0;
    double value;
    loci_field f = {0};
    bool unit = false, none_else = true;
    while (next_field(&units, &f)) count++, none_else = none_else && f.newlines == 0;
    none_else = none_else && f.closed && count == t->fields;
    below = units;
    below.row = none_else ? f.next + 1 : t->end;
    below.line++;
    none_else = none_else && mark_columns(&below, &units, marks);
    f = (loci_field){0};
    for (size_t i = 0; none_else && next_field(&units, &f); i++) {
        const bool empty = f.begin == f.end || (f.end - f.begin == 1 && *f.begin == '-');
        const bool inverse = f.end - f.begin > 2 && f.begin[0] == '1' && f.begin[1] == '/';
        if (empty) continue;
        none_else = loci_field_classify(&f, t->point, &value) == LOCI_FIELD_TEXT && !(marks[i] & RECURS);
        if (!(marks[i] & NUMERIC)) continue;
        none_else = none_else && (inverse || loci_field_guess_text(&f) == LOCI_FIELD_NAME);
        unit = true;
    }
    loci_free(marks);
    if (!none_else || !unit) return LOCI_OK;
    set->units_line = units.line;
    *t = below;
    return LOCI_OK;
}

static loci_status open_header(table *t, loci_dataset *set, const loci_reading *r, loci_error *error)
{
    t->point = r->decimal ? r->decimal : '.';
    t->delimiter = ',';
    const loci_status status = skip_lines(t, set, r->skip, error);
    if (status != LOCI_OK) return status;
    const char *first = t->row;
    const size_t first_line = t->line;
    if (!next_row(t)) return loci_fail(error, LOCI_E_FORMAT, "%s: is empty", set->folder);
    if (loci_field_begins_json(t->row))
        return loci_fail(
            error, LOCI_E_FORMAT,
            "%s: line %zu: is JSON, which is not read; a table as text (CSV) was expected, a line a row",
            set->folder, t->line);
    t->delimiter = find_delimiter(t->row, t->end, t->point);
    const bool header = find_header(t, r);
    t->roles = loci_allocate(t->fields, sizeof *t->roles);
    t->place = loci_allocate(t->fields, sizeof *t->place);
    if (!t->roles || !t->place) return loci_dataset_no_memory(set, error);
    if (!header) { /* lines of # above the first row may be rows, now that their fields are known */
        t->row = first, t->line = first_line;
        return LOCI_OK;
    }
    t->names = loci_dataset_allocate(set, t->fields, sizeof *t->names);
    if (!t->names) return loci_dataset_no_memory(set, error);
    loci_field f = {0};
    for (size_t i = 0; i < t->fields && next_field(t, &f); i++) {
        char *name = loci_dataset_text_quoted(set, f.begin, (size_t)(f.end - f.begin));
        if (!name) return loci_dataset_no_memory(set, error);
        if (f.quoted) loci_field_unquote(name);
        t->names[i] = name;
        t->line += f.newlines;
    }
    if (!f.closed)
        return loci_fail(error, LOCI_E_FORMAT, "%s: line %zu: a quote is not closed", set->folder, t->line);
    t->row = f.next + 1;
    t->line++;
    return pass_units(t, set, error);
}

/* ---- which column is what ---- */

static loci_status give_role_at(table *t, const loci_dataset *set, size_t i, role what, loci_error *error)
{
    char number[24];
    snprintf(number, sizeof number, "%zu", i + 1);
    if (t->roles[i] != LEFT_OUT)
        return loci_fail(error, LOCI_E_ARGUMENT, "%s: column %.60s is asked for twice", set->folder,
                         t->names ? t->names[i] : number);
    t->roles[i] = what;
    if (what == INPUT) t->place[i] = t->inputs++;
    if (what == VALUE) t->place[i] = t->values++;
    return LOCI_OK;
}

static loci_status give_role(table *t, const loci_dataset *set, const char *name, role what,
                             loci_error *error)
{
    size_t i;
    if (!name) return LOCI_OK;
    const loci_status status = loci_columns_find(&i, set->folder, t->names, t->fields, name, error);
    return status == LOCI_OK ? give_role_at(t, set, i, what, error) : status;
}

/* The inputs that were named. */
static loci_status take_inputs(table *t, const loci_dataset *set, const loci_reading *r, loci_error *error)
{
    size_t *chosen, count;
    loci_status status = loci_columns_select(&chosen, &count, set->folder, t->names, t->fields, r->columns,
                                             r->column_count, error);
    for (size_t c = 0; status == LOCI_OK && c < count; c++)
        status = give_role_at(t, set, chosen[c], INPUT, error);
    loci_free(chosen);
    return status;
}

/* The columns there are, in text [size]. */
static void list_columns(const table *t, char *text, size_t size)
{
    size_t used = 0;
    text[0] = 0;
    for (size_t i = 0; t->names && i < t->fields && used + 32 < size; i++)
        used += (size_t)snprintf(text + used, size - used, "%s%.20s", i ? ", " : "", t->names[i]);
    if (!t->names) snprintf(text, size, "1 to %zu", t->fields);
}

/* Whether column i has no name, or is the last of a table without names: where it is empty, a separator at the end of each line makes it. */
static bool is_nameless(const table *t, size_t i)
{
    return t->names ? t->names[i][0] == 0 : i > 0 && i + 1 == t->fields;
}

/* In how many of the next rows each column holds a number, be it with a decimal comma, and in how many something else;
 * numbers, texts, filled [fields]. What is missing is neither, and filled where something says so. */
static void survey_columns(const table *here, size_t *numbers, size_t *texts, size_t *filled)
{
    table t = *here;
    double value;
    for (size_t row = 0; row < LOOKED_AT && next_row(&t); row++) {
        loci_field f = {0};
        for (size_t i = 0; next_field(&t, &f); i++) {
            if (i >= t.fields) continue;
            const loci_field_kind kind = loci_field_classify(&f, t.point, &value);
            const bool number = kind == LOCI_FIELD_NUMBER || loci_field_has_decimal_comma(&f);
            if (kind != LOCI_FIELD_MISSING) (number ? numbers : texts)[i]++;
            filled[i] += f.begin != f.end || f.quoted;
        }
        if (!f.closed) return;
        t.row = f.next + 1;
    }
}

/* All columns of which most fields are numbers, so that a first one that cannot be read is an error, not the end of its
 * column. */
static loci_status choose_inputs(table *t, loci_dataset *set, loci_error *error)
{
    size_t *numbers = loci_allocate(3 * t->fields, sizeof *numbers);
    if (!numbers) return loci_dataset_no_memory(set, error);
    size_t *texts = numbers + t->fields, *filled = texts + t->fields;
    survey_columns(t, numbers, texts, filled);
    for (size_t i = 0; i < t->fields; i++) {
        if (t->roles[i] != LEFT_OUT || i == t->time || (texts[i] > 0 && numbers[i] <= texts[i])) continue;
        if (filled[i] == 0 && is_nameless(t, i)) {
            if (set->empty_column == 0) set->empty_column = i + 1;
            continue;
        }
        t->roles[i] = INPUT;
        t->place[i] = t->inputs++;
        if (t->time == t->fields && t->names && loci_time_like_name(t->names[i]))
            set->time_like = t->names[i];
    }
    loci_free(numbers);
    if (t->inputs > 0) return LOCI_OK;
    return loci_fail(error, LOCI_E_FORMAT, "%s: line %zu: has no numbers but what is to be learned",
                     set->folder, t->line);
}

/* The inputs of the training, in their order, if the table has them. */
static loci_status take_known(table *t, loci_dataset *set, const loci_reading *r, loci_error *error)
{
    if (!t->names || !r->inputs || r->input_count == 0 || r->input_count > t->fields) return LOCI_OK;
    size_t *place = loci_allocate(r->input_count, sizeof *place);
    if (!place) return loci_dataset_no_memory(set, error);
    bool known = loci_columns_place(place, t->names, t->fields, r->inputs, r->input_count);
    size_t given = 0;
    for (; known && given < r->input_count; given++) {
        known = t->roles[place[given]] == LEFT_OUT && place[given] != t->time; /* nor asked for before */
        if (!known) break;
        t->roles[place[given]] = INPUT;
        t->place[place[given]] = given;
    }
    t->inputs = known ? given : 0;
    while (!known && given > 0) t->roles[place[--given]] = LEFT_OUT;
    loci_free(place);
    return LOCI_OK;
}

/* What a horizon is of: a column that is an input as well, another one, or all inputs. */
static loci_status choose_ahead(table *t, const loci_dataset *set, const loci_reading *r, loci_error *error)
{
    size_t i;
    t->ahead = EVERY;
    if (!r->value) return LOCI_OK;
    const loci_status status = loci_columns_find(&i, set->folder, t->names, t->fields, r->value, error);
    if (status != LOCI_OK) return status;
    t->ahead = t->roles[i] == INPUT ? t->place[i] : NO_INPUT;
    return t->ahead == NO_INPUT ? give_role(t, set, r->value, VALUE, error) : LOCI_OK;
}

static loci_status choose_columns(table *t, loci_dataset *set, const loci_reading *r, loci_error *error)
{
    char columns[160];
    list_columns(t, columns, sizeof columns);
    if (r->horizon && r->label)
        return loci_fail(
            error, LOCI_E_ARGUMENT,
            "%.100s: a horizon is of values that follow, and has no label; a value, or none, was expected",
            set->folder);
    if (!r->label == !r->value && !r->horizon)
        return loci_fail(error, LOCI_E_ARGUMENT,
                         "%.100s: is a table of columns %s; the one to be learned was expected, of classes "
                         "(--label NAME) or of values (--value NAME)",
                         set->folder, columns);
    loci_status status = LOCI_OK;
    t->time = t->fields;
    if (!r->horizon)
        status = give_role(t, set, r->label ? r->label : r->value, r->label ? LABEL : VALUE, error);
    if (status == LOCI_OK && !r->group && r->window == 0 && !r->horizon)
        return loci_fail(error, LOCI_E_ARGUMENT,
                         "%.100s: is a table of columns %s; the one that names the sequence of a row "
                         "(--group NAME), or how many rows are one (--window n), was expected",
                         set->folder, columns);
    if (status == LOCI_OK) status = give_role(t, set, r->group, GROUP, error);
    if (status == LOCI_OK && r->time)
        status = loci_columns_find(&t->time, set->folder, t->names, t->fields, r->time, error);
    if (status == LOCI_OK && r->column_count > 0) status = take_inputs(t, set, r, error);
    if (status == LOCI_OK && r->column_count == 0) {
        if (!next_row(t)) return loci_fail(error, LOCI_E_FORMAT, "%s: has no rows", set->folder);
        status = take_known(t, set, r, error);
        if (status == LOCI_OK && t->inputs == 0) status = choose_inputs(t, set, error);
    }
    return status == LOCI_OK && r->horizon ? choose_ahead(t, set, r, error) : status;
}

/* ---- reading ---- */

/* The name of column i, or its number. */
static const char *name_column(char name[48], const table *t, size_t i)
{
    snprintf(name, 48, "%zu", i + 1);
    if (t->names) loci_quote(name, 48, t->names[i], strlen(t->names[i]));
    return name;
}

static loci_status wrong_field(const table *t, const loci_dataset *set, loci_status status, size_t i,
                               const loci_field *f, const char *expected, loci_error *error)
{
    char quoted[40], column[48];
    loci_quote(quoted, sizeof quoted, f->begin, (size_t)(f->end - f->begin));
    return loci_fail(error, status, "%.100s: line %zu: \"%s\" stands in column %s; %s", set->folder, t->line,
                     quoted, name_column(column, t, i), expected);
}

/* Column i of the row has no number, and the rows before it in its group, if there are any, have none that could be held. */
static loci_status nothing_held(const table *t, const loci_dataset *set, size_t i, loci_error *error)
{
    char column[48], group[96] = "", name[64];
    const size_t code = (size_t)t->groups.at[t->rows];
    const char *of = t->names_of_groups.count > 0 ? t->names_of_groups.names[code] : NULL;
    if (of) {
        loci_quote(name, sizeof name, of, strlen(of));
        snprintf(group, sizeof group, " of sequence %s", name);
    }
    return loci_fail(
        error, LOCI_E_VALUE,
        "%.100s: line %zu: column %s%s has no value yet that could be held; a number was expected "
        "first (--column chooses other inputs)",
        set->folder, t->line, name_column(column, t, i), group);
}

/* A number, or NAN where one is missing that may be held. */
static loci_status take_number(const table *t, const loci_dataset *set, const loci_reading *r, size_t i,
                               const loci_field *f, double *value, loci_error *error)
{
    const loci_field_kind kind = loci_field_classify(f, t->point, value);
    const bool holds = t->roles[i] == INPUT || r->horizon;
    if (kind == LOCI_FIELD_NUMBER && isfinite(*value)) return LOCI_OK;
    if (kind == LOCI_FIELD_MISSING && holds && r->hold) return LOCI_OK;
    return wrong_field(t, set, LOCI_E_VALUE, i, f,
                       kind == LOCI_FIELD_MISSING
                           ? (holds ? "a number was expected, or --missing hold"
                                    : "a number was expected, as what is learned is never held")
                       : t->point == '.' && loci_field_has_decimal_comma(f)
                           ? "a number with a decimal point (or --decimal ,) was expected"
                           : "a finite number was expected",
                       error);
}

/* Marks where labels are numbers, and what programs write for one that is missing (NaN, NA, null, #N/A); none, nil and dashes may
 * well be classes. */
static void look_at_label(table *t, const loci_field *f)
{
    double value;
    const loci_field_kind kind = loci_field_classify(f, t->point, &value);
    bool gap = false;
    for (const char *p = f->begin; p < f->end && kind == LOCI_FIELD_MISSING; p++)
        gap = gap || strchr("aAuU#", *p);
    size_t *line = kind == LOCI_FIELD_NUMBER ? &t->number_line : gap ? &t->gap_line : &t->word_line;
    if (*line == 0) *line = t->line;
}

/* One field into its place of the row that was begun. */
static loci_status take_field(table *t, loci_dataset *set, const loci_reading *r, size_t i,
                              const loci_field *f, loci_error *error)
{
    const size_t length = (size_t)(f->end - f->begin), row = t->rows;
    const role what = t->roles[i];
    size_t code;
    double value;
    char column[48];
    if (i == t->time && loci_field_classify(f, t->point, &value) == LOCI_FIELD_MISSING)
        return loci_fail(error, LOCI_E_VALUE, "%.100s: line %zu: the time in column %s is missing",
                         set->folder, t->line, name_column(column, t, i));
    if (what == LEFT_OUT) return LOCI_OK;
    if (what == INPUT || what == VALUE)
        return take_number(t, set, r, i, f,
                           what == INPUT ? &t->numbers.at[row * t->inputs + t->place[i]]
                                         : &t->targets.at[row * t->values + t->place[i]],
                           error);
    if (length == 0)
        return wrong_field(t, set, LOCI_E_VALUE, i, f,
                           what == LABEL ? "a class was expected" : "the name of a sequence was expected",
                           error);
    const char *expected = loci_labels_expected(f->begin, length);
    if (expected) return wrong_field(t, set, LOCI_E_FORMAT, i, f, expected, error);
    if (what == LABEL) look_at_label(t, f);
    const loci_status status = loci_labels_add(what == LABEL ? &t->labels : &t->names_of_groups, &code, set,
                                               f->begin, length, error);
    if (status == LOCI_OK) (what == LABEL ? &t->targets : &t->groups)->at[row] = (double)code;
    return status;
}

/* The numbers that are missing in the row that was read are those of the row before it in its group. */
static loci_status hold(table *t, loci_dataset *set, loci_error *error)
{
    const size_t group = (size_t)t->groups.at[t->rows];
    const bool first = group == t->newest.count; /* codes are given in the order of their coming */
    const size_t before = first ? t->rows : (size_t)t->newest.at[group];
    for (size_t i = 0; i < t->fields; i++) {
        if (t->roles[i] != INPUT && t->roles[i] != VALUE) continue;
        const bool input = t->roles[i] == INPUT;
        const size_t width = input ? t->inputs : t->values;
        double *at = (input ? t->numbers.at : t->targets.at) + t->place[i];
        if (!isnan(at[t->rows * width])) continue;
        if (first) return nothing_held(t, set, i, error);
        at[t->rows * width] = at[before * width];
        set->missing++;
    }
    if (first && !loci_numbers_add(&t->newest, 0)) return loci_dataset_no_memory(set, error);
    t->newest.at[group] = (double)t->rows;
    return LOCI_OK;
}

static bool begin_row(table *t)
{
    bool good = loci_numbers_add(&t->groups, 0);
    for (size_t i = 0; i < t->inputs && good; i++) good = loci_numbers_add(&t->numbers, 0);
    for (size_t i = 0; i < (t->values ? t->values : 1) && good; i++) good = loci_numbers_add(&t->targets, 0);
    return good;
}

static loci_status read_rows(table *t, loci_dataset *set, const loci_reading *r, loci_error *error)
{
    while (next_row(t)) {
        loci_field f = {0};
        size_t i = 0, newlines = 0;
        if (!begin_row(t)) return loci_dataset_no_memory(set, error);
        for (; next_field(t, &f); i++) {
            newlines += f.newlines;
            if (!f.closed)
                return loci_fail(error, LOCI_E_FORMAT, "%s: line %zu: a quote is not closed", set->folder,
                                 t->line);
            if (i >= t->fields) continue;
            const loci_status status = take_field(t, set, r, i, &f, error);
            if (status != LOCI_OK) return status;
        }
        if (i != t->fields)
            return loci_fail(error, LOCI_E_FORMAT, "%s: line %zu: has %zu fields; %zu were expected",
                             set->folder, t->line, i, t->fields);
        const loci_status status = r->hold ? hold(t, set, error) : LOCI_OK;
        if (status != LOCI_OK) return status;
        t->rows++;
        t->row = f.next + 1;
        t->line += 1 + newlines;
    }
    if (t->rows == 0) return loci_fail(error, LOCI_E_FORMAT, "%s: has no rows", set->folder);
    if (t->gap_line && t->number_line && !t->word_line)
        return loci_fail(
            error, LOCI_E_VALUE,
            "%.100s: line %zu: the class is missing; a number was expected, as classes are elsewhere",
            set->folder, t->gap_line);
    return LOCI_OK;
}

/* ---- sequences ---- */

/* The rows in the order of their groups, as the set's memory; first [groups + 1] is where each begins. */
typedef struct {
    float *u;       /* [rows][inputs] */
    double *target; /* [rows][width] */
    size_t *first, groups, width;
} sorted_rows;

static loci_status sort_rows(sorted_rows *s, const table *t, loci_dataset *set, bool ahead, loci_error *error)
{
    const bool inputs = ahead && t->ahead != NO_INPUT; /* are what is learned */
    s->groups = t->names_of_groups.count > 0 ? t->names_of_groups.count : 1;
    s->width = inputs && t->ahead == EVERY ? t->inputs : t->values ? t->values : 1;
    s->u = loci_dataset_allocate(set, t->rows * t->inputs, sizeof *s->u);
    s->target = loci_dataset_allocate(set, t->rows * s->width, sizeof *s->target);
    s->first = loci_allocate(s->groups + 2, sizeof *s->first);
    if (!s->u || !s->target || !s->first) return loci_dataset_no_memory(set, error);
    const loci_status status = loci_dataset_frame(set, t->numbers.at, t->rows, t->inputs, error);
    if (status != LOCI_OK) return status;
    for (size_t r = 0; r < t->rows; r++) s->first[(size_t)t->groups.at[r] + 2]++;
    for (size_t g = 2; g < s->groups + 2; g++) s->first[g] += s->first[g - 1];
    for (size_t r = 0; r < t->rows; r++) {
        const size_t to = s->first[(size_t)t->groups.at[r] + 1]++;
        for (size_t c = 0; c < t->inputs; c++)
            s->u[to * t->inputs + c] = loci_dataset_narrow(set, c, t->numbers.at[r * t->inputs + c]);
        const double *from = inputs ? t->numbers.at + r * t->inputs + (t->ahead == EVERY ? 0 : t->ahead)
                                    : t->targets.at + r * s->width;
        memcpy(s->target + to * s->width, from, s->width * sizeof *s->target);
    }
    return LOCI_OK;
}

/* Whether the target changes within a group. */
static bool varies(const sorted_rows *s)
{
    for (size_t g = 0; g < s->groups; g++)
        for (size_t r = s->first[g] + 1; r < s->first[g + 1]; r++)
            if (memcmp(s->target + r * s->width, s->target + (r - 1) * s->width,
                       s->width * sizeof *s->target) != 0)
                return true;
    return false;
}

static size_t window_of(const loci_reading *r)
{
    return r->window || !r->horizon ? r->window : WINDOW;
}

static size_t stride_of(const loci_reading *r)
{
    return r->stride ? r->stride : r->horizon ? 1 : r->window;
}

static loci_status cut(loci_dataset *set, const sorted_rows *s, const table *t, const loci_reading *r,
                       loci_error *error)
{
    const size_t window = window_of(r), stride = stride_of(r), all = window + r->horizon;
    if (window) set->near = all / stride + (all % stride != 0);
    for (size_t g = 0; g < s->groups; g++) {
        const char *name = r->group ? t->names_of_groups.names[g] : "window";
        const size_t rows = s->first[g + 1] - s->first[g], length = window ? window : rows;
        size_t number = 0;
        for (size_t at = 0; length <= rows - at && r->horizon <= rows - at - length;
             at += window ? stride : rows) {
            const size_t row = s->first[g] + at, last = row + length - 1;
            loci_dataset_item item = {.data = s->u + row * t->inputs,
                                      .length = length,
                                      .file = name,
                                      .number = number++,
                                      .group = r->group ? loci_dataset_hash(name, strlen(name)) : 0};
            if (r->horizon)
                item.target = s->target + (last + 1) * s->width;
            else if (set->target.values || set->target.each)
                item.target = s->target + (set->target.each ? row : last) * s->width;
            else
                item.label = (size_t)s->target[last];
            if (!loci_dataset_add(set, &item)) return loci_dataset_no_memory(set, error);
            if (rows - at < stride) break; /* so that nothing overflows */
        }
    }
    if (set->count > 0) return LOCI_OK;
    return loci_fail(error, LOCI_E_ARGUMENT, "%s: no sequence has %zu rows, which a window%s needs",
                     set->folder, window + r->horizon, r->horizon ? " with its horizon" : "");
}

/* The names of the columns that are learned. */
static loci_status name_values(loci_dataset *set, const table *t, loci_error *error)
{
    const role learned = t->values ? VALUE : INPUT;
    if (!t->names || !set->target.values) return LOCI_OK;
    set->value_names = loci_dataset_allocate(set, t->fields, sizeof *set->value_names);
    if (!set->value_names) return loci_dataset_no_memory(set, error);
    for (size_t i = 0; i < t->fields; i++)
        if (t->roles[i] == learned && (learned == VALUE || t->ahead == EVERY || t->ahead == t->place[i]))
            set->value_names[t->ahead == EVERY ? t->place[i] : 0] = t->names[i], set->value_count++;
    return LOCI_OK;
}

/* The names of the inputs, if each has one for itself. */
static loci_status name_inputs(loci_dataset *set, const table *t, loci_error *error)
{
    if (!t->names) return LOCI_OK;
    const char **names = loci_dataset_allocate(set, t->inputs, sizeof *names);
    size_t *place = loci_allocate(t->inputs, sizeof *place);
    if (!names || !place) {
        loci_free(place);
        return loci_dataset_no_memory(set, error);
    }
    for (size_t i = 0; i < t->fields; i++)
        if (t->roles[i] == INPUT) names[t->place[i]] = t->names[i];
    if (loci_columns_keep(names, t->inputs) &&
        loci_columns_place(place, t->names, t->fields, names, t->inputs))
        set->input_names = names;
    loci_free(place);
    return LOCI_OK;
}

static loci_status make_sequences(loci_dataset *set, table *t, const loci_reading *r, loci_error *error)
{
    sorted_rows s = {0};
    loci_status status = LOCI_OK;
    set->inputs = t->inputs;
    set->grouped = r->group != NULL;
    set->target.values = t->values > 0 || r->horizon > 0;
    set->outputs = t->values;
    set->ordered = r->horizon > 0 && !r->group;
    if (r->horizon > INT32_MAX / t->inputs)
        return loci_fail(error, LOCI_E_ARGUMENT, "%s: a horizon of %zu rows has too many values", set->folder,
                         r->horizon);
    if (!set->target.values) {
        size_t *class = loci_allocate(t->labels.count, sizeof *class);
        status =
            class ? loci_labels_classes(class, &t->labels, set, error) : loci_dataset_no_memory(set, error);
        for (size_t i = 0; i < t->rows && status == LOCI_OK; i++)
            t->targets.at[i] = (double)class[(size_t)t->targets.at[i]];
        loci_free(class);
    }
    if (status == LOCI_OK) status = sort_rows(&s, t, set, r->horizon > 0, error);
    if (status == LOCI_OK) {
        if (r->horizon) set->outputs = r->horizon * s.width;
        set->target.each = r->window == 0 && !r->horizon && varies(&s);
        status = cut(set, &s, t, r, error);
    }
    loci_free(s.first);
    return status;
}

static bool table_fits(const loci_dataset *set, const loci_dataset_options *options)
{
    (void)options;
    return set->is_file;
}

static loci_status table_read(loci_dataset *set, const loci_dataset_options *options, loci_error *error)
{
    const loci_reading *r = &options->reading;
    table t = {.time = SIZE_MAX, .names_of_groups.exact = true};
    size_t size;
    loci_status status = loci_dataset_text_read(&t.text, &size, set, set->path, error);
    if (status == LOCI_OK) {
        t.row = t.text;
        t.end = t.text + size;
        status = open_header(&t, set, r, error);
    }
    if (status == LOCI_OK) status = choose_columns(&t, set, r, error);
    if (status == LOCI_OK) status = read_rows(&t, set, r, error);
    set->comments = t.comments, set->comment_line = t.comment_line;
    set->found = !options->classes;
    if (status == LOCI_OK) status = make_sequences(set, &t, r, error);
    if (status == LOCI_OK) status = name_values(set, &t, error);
    if (status == LOCI_OK) status = name_inputs(set, &t, error);
    if (status == LOCI_OK && r->test > 0 && window_of(r) > 0 && !r->group)
        status = loci_dataset_hold_last(set, r->test, options->test != 0, error);
    release(&t);
    return status;
}

const loci_dataset_kind loci_dataset_table = {
    .name = "table", .item = "sequence", .tables = true, .fits = table_fits, .read = table_read};
