/* SPDX-License-Identifier: MIT
 * csv.c - lines of numbers, or CSV with all that comes with it, as a signal.
 *
 * Text is read in large pieces, of which all but the last, incomplete line is parsed at once: since a newline
 * ends what is parsed, no loop below has to look for the end of the buffer. A field that is a plain number
 * between two delimiters, as nearly all are, takes one pass; only what is not goes through
 * field.h.
 *
 * A row that is at fault ends the read before it, so that all rows before it are given; the next read begins
 * with it and reports it. */
#include "data/signal.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/allocate.h"
#include "base/status.h"
#include "data/columns.h"
#include "data/field.h"
#include "data/number.h"
#include "data/quote.h"

#define LINE_MOST ((size_t)16 << 20) /* bytes */
#define ROWS 4096                    /* of one read: a line number is kept for each */
#define SKIP UINT32_MAX              /* targets that are no channel */
#define TIME (UINT32_MAX - 1)

typedef struct {
    char delimiter;
    size_t fields;        /* of every row */
    uint32_t *target;     /* [fields] channel, SKIP or TIME */
    char **names;         /* [fields] of the header, or NULL */
    uint64_t line;        /* number of the line that the input stands at, from 1 */
    uint64_t complete;    /* position in the input where the complete lines that are held end */
    uint64_t scanned;     /* up to here newlines were looked for */
    uint64_t nul;         /* where the first line with a NUL byte begins */
    uint64_t lines[ROWS]; /* of the rows of the last read */
} csv;

/* --- lines --- */

/* Reads until more than `beyond` bytes of complete lines are held, or the input has ended. A last line
 * without a newline gets one. */
static loci_status complete_lines(csv *own, loci_input *input, size_t beyond, loci_error *error)
{
    const uint64_t start = loci_input_position(input);
    for (;;) {
        if (own->scanned < input->taken + input->end) {
            const unsigned char *buffer = input->buffer, *done = buffer + (own->scanned - input->taken);
            const unsigned char *last = buffer + input->end;
            own->scanned = input->taken + input->end;
            while (last > done && last[-1] != '\n') last--;
            if (last > done) {
                done = buffer + (own->complete - input->taken);
                const unsigned char *nul = memchr(done, 0, (size_t)(last - done));
                if (nul) {
                    while (nul > done && nul[-1] != '\n') nul--;
                    own->nul = input->taken + (uint64_t)(nul - buffer);
                    last = nul;
                }
                own->complete = input->taken + (uint64_t)(last - buffer);
                continue;
            }
        }
        if (own->complete > start + beyond) return LOCI_OK;
        if (own->complete == own->nul)
            return loci_fail(error, LOCI_E_FORMAT, "%s: line %llu: holds a NUL byte; text was expected",
                             input->name, (unsigned long long)own->line);
        loci_status status = LOCI_OK;
        if (!input->ended) {
            if (loci_input_held(input) > LINE_MOST)
                return loci_fail(error, LOCI_E_FORMAT, "%s: line %llu: %s 16 MiB", input->name,
                                 (unsigned long long)own->line,
                                 beyond > 0 ? "a quote is not closed within" : "has more than");
            status = loci_input_fill(input, loci_input_held(input) + 1, error);
        } else if (own->complete < own->scanned) {
            status = loci_input_reserve(input, loci_input_held(input) + 1, error);
            if (status == LOCI_OK) input->buffer[input->end++] = '\n';
        } else {
            return LOCI_OK;
        }
        if (status != LOCI_OK) return status;
    }
}

/* All that the input has is held, and in complete lines. */
static bool ended(const csv *own, const loci_input *input)
{
    return input->ended && own->complete == input->taken + input->end;
}

static bool is_comment_or_empty(const char *p, char delimiter)
{
    if (*p == '#') return true;
    while (loci_is_blank(*p) && *p != delimiter) p++;
    return *p == '\n';
}

/* Moves the input to the next row, which begins at *row; complete lines end at *limit. The two are equal
 * where no row follows, or none is held and it is not to be waited for. */
static loci_status next_row(csv *own, loci_input *input, bool wait, const char **row, const char **limit,
                            loci_error *error)
{
    for (;;) {
        if (wait && own->complete == loci_input_position(input)) {
            const loci_status status = complete_lines(own, input, 0, error);
            if (status != LOCI_OK) return status;
        }
        *row = (const char *)input->buffer + input->start;
        *limit = (const char *)input->buffer + (own->complete - input->taken);
        if (*row == *limit || !is_comment_or_empty(*row, own->delimiter)) return LOCI_OK;
        const char *newline = memchr(*row, '\n', (size_t)(*limit - *row));
        input->start += (size_t)(newline + 1 - *row);
        own->line++;
    }
}

/* --- rows --- */

typedef struct {
    enum { FINE, OPEN_QUOTE, RAGGED, NO_NUMBER, NO_TIME } what;
    size_t fields; /* RAGGED: how many there are */
    size_t column; /* of NO_NUMBER */
    loci_field at; /* what stands there */
} fault;

static size_t count_fields(const char *p, const char *limit, char delimiter)
{
    for (size_t count = 1;; count++) {
        const loci_field f = loci_field_cut(p, limit, delimiter);
        if (!f.closed || *f.next == '\n') return count;
        p = f.next + 1;
    }
}

/* The number or time of field i where it is no plain number, and where it ends. */
static const char *parse_rest(const csv *own, const char *p, const char *limit, const loci_signal *signal,
                              size_t i, double *value, size_t *newlines, fault *wrong)
{
    *value = NAN;
    const uint32_t target = own->target[i];
    const loci_field f = loci_field_cut(p, limit, own->delimiter);
    *newlines += f.newlines;
    if (!f.closed) {
        wrong->what = OPEN_QUOTE;
        return NULL;
    }
    if (target == SKIP) return f.next;
    const loci_field_kind found = loci_field_classify(&f, value);
    bool good;
    if (target == TIME)
        good = found == (signal->info.iso_times ? LOCI_FIELD_DATE : LOCI_FIELD_NUMBER) && isfinite(*value);
    else
        good = found == LOCI_FIELD_NUMBER || found == LOCI_FIELD_MISSING;
    if (good) return f.next;
    wrong->what = target == TIME ? NO_TIME : NO_NUMBER;
    wrong->column = i;
    wrong->at = f;
    return NULL;
}

/* One row into u [channels] and *t (if not NULL). Returns the row's end, or NULL and what is wrong. */
static const char *parse_row(const csv *own, const loci_signal *signal, const char *row, const char *limit,
                             double *u, double *t, size_t *newlines, fault *wrong)
{
    const char delimiter = own->delimiter;
    const size_t fields = own->fields;
    const char *p = row;
    double value = NAN;
    for (size_t i = 0; i < fields; i++) {
        const uint32_t target = own->target[i];
        while (*p == ' ') p++;
        const char *next = NULL;
        if (target < TIME) {
            next = loci_number_scan(&value, p);
        } else if (target == SKIP && *p != '"') {
            while (*p != delimiter && *p != '\n') p++;
            next = p;
        }
        if (next && *next == '\r' && next[1] == '\n') next++;
        if (!next || (*next != delimiter && *next != '\n')) {
            next = parse_rest(own, p, limit, signal, i, &value, newlines, wrong);
            if (!next) return NULL;
        }
        if (target < TIME)
            u[target] = value;
        else if (target == TIME && t)
            *t = value;
        p = next + 1;
        if (*next == '\n') {
            if (i + 1 == fields) return p;
            break;
        }
    }
    wrong->what = RAGGED;
    wrong->fields = count_fields(row, limit, delimiter);
    return NULL;
}

static void name_column(const csv *own, size_t column, char *text, size_t size)
{
    if (own->names)
        loci_quote(text, size, own->names[column], strlen(own->names[column]));
    else
        snprintf(text, size, "%zu", column + 1);
}

static loci_status report(const csv *own, const loci_signal *signal, const fault *wrong, loci_error *error)
{
    const char *file = signal->input.name;
    const unsigned long long line = own->line;
    char column[40], quoted[40];
    switch (wrong->what) {
    case FINE:
    case OPEN_QUOTE:
        return loci_fail(error, LOCI_E_FORMAT, "%s: line %llu: a quote is not closed", file, line);
    case RAGGED:
        return loci_fail(error, LOCI_E_FORMAT, "%s: line %llu: has %zu field%s; %zu %s expected", file, line,
                         wrong->fields, wrong->fields == 1 ? "" : "s", own->fields,
                         own->fields == 1 ? "was" : "were");
    case NO_NUMBER:
    case NO_TIME:
        break;
    }
    name_column(own, wrong->column, column, sizeof column);
    const size_t length = (size_t)(wrong->at.end - wrong->at.begin);
    loci_quote(quoted, sizeof quoted, wrong->at.begin, length);
    if (wrong->what == NO_TIME && length == 0)
        return loci_fail(error, LOCI_E_VALUE, "%s: line %llu: the time in column %s is missing", file, line,
                         column);
    double value;
    const bool number = loci_field_classify(&wrong->at, &value) == LOCI_FIELD_NUMBER,
               date = loci_field_classify(&wrong->at, &value) == LOCI_FIELD_DATE;
    const char *expected = loci_field_has_decimal_comma(&wrong->at) ? "a number with a decimal point"
                           : wrong->what == NO_NUMBER               ? "a number"
                           : number && signal->info.iso_times       ? "a date, as in the rows before,"
                           : date ? "a time in seconds, as in the rows before,"
                                  : "a time, in seconds or as a date (ISO 8601),";
    return loci_fail(error, LOCI_E_VALUE, "%s: line %llu: \"%s\" stands in column %s; %s was expected", file,
                     line, quoted, column, expected);
}

static loci_status csv_read(loci_signal *signal, double *u, double *t, size_t capacity, size_t *count,
                            loci_error *error)
{
    csv *own = signal->own;
    loci_input *input = &signal->input;
    const size_t channels = signal->info.channels;
    size_t rows = 0;
    if (capacity > ROWS) capacity = ROWS;
    while (rows < capacity) {
        /* A pipe's rows are given as they come: only the first one is waited for. */
        const char *row, *limit;
        loci_status status = next_row(own, input, rows == 0, &row, &limit, error);
        if (status != LOCI_OK) return status;
        if (row == limit) break;
        fault wrong = {.what = FINE};
        size_t newlines = 0;
        const char *end =
            parse_row(own, signal, row, limit, u + rows * channels, t ? t + rows : NULL, &newlines, &wrong);
        if (!end) {
            if (rows > 0) break;
            if (wrong.what == OPEN_QUOTE && !ended(own, input)) {
                status = complete_lines(own, input, (size_t)(limit - row), error);
                if (status != LOCI_OK) return status;
                continue;
            }
            return report(own, signal, &wrong, error);
        }
        own->lines[rows++] = own->line;
        own->line += 1 + newlines;
        input->start += (size_t)(end - row);
    }
    *count = rows;
    return LOCI_OK;
}

static void csv_position(const loci_signal *signal, size_t k, char *text, size_t size)
{
    const csv *own = signal->own;
    snprintf(text, size, "line %llu", (unsigned long long)(k < signal->last ? own->lines[k] : own->line));
}

/* --- opening: delimiter, header, columns --- */

static char find_delimiter(const char *row)
{
    bool quoted = false, semicolon = false;
    for (; *row != '\n'; row++) {
        if (*row == '"') quoted = !quoted;
        if (*row == '\t' && !quoted) return '\t';
        semicolon = semicolon || (*row == ';' && !quoted);
    }
    return semicolon ? ';' : ',';
}

/* Cuts the next row into its fields, *result, which is released by loci_free and good until the input moves.
 * There are none at the end of the input. */
static loci_status cut_row(csv *own, loci_signal *signal, loci_field **result, size_t *count,
                           loci_error *error)
{
    loci_input *input = &signal->input;
    const char *row, *limit;
    *result = NULL;
    for (;;) {
        loci_status status = next_row(own, input, true, &row, &limit, error);
        if (status != LOCI_OK) return status;
        *count = 0;
        if (row == limit) return LOCI_OK;
        loci_field f = {.next = row - 1};
        do {
            f = loci_field_cut(f.next + 1, limit, own->delimiter);
            ++*count;
        } while (f.closed && *f.next != '\n');
        if (f.closed) break;
        if (ended(own, input)) return report(own, signal, &(fault){.what = OPEN_QUOTE}, error);
        status = complete_lines(own, input, (size_t)(limit - row), error);
        if (status != LOCI_OK) return status;
    }
    *result = loci_allocate(*count, sizeof **result);
    if (!*result) return loci_fail(error, LOCI_E_MEMORY, "%s: out of memory", input->name);
    for (size_t i = 0; i < *count; i++)
        (*result)[i] = loci_field_cut(i == 0 ? row : (*result)[i - 1].next + 1, limit, own->delimiter);
    return LOCI_OK;
}

/* The header's fields become names: "" is ", what cannot be printed is ?, and an empty name is the column's
 * number. */
static bool take_names(csv *own, const loci_field *fields)
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
        char *to = text;
        if (fields[i].quoted) {
            for (const char *from = text; *from; from++) {
                *to++ = *from;
                from += *from == '"' && from[1] == '"';
            }
            *to = 0;
        }
        text += strlen(text) + 1;
    }
    return true;
}

/* Fills target [fields] from the columns that are named, or else from the first row of data. */
static loci_status choose_columns(csv *own, loci_signal *signal, const loci_signal_options *options,
                                  const loci_field *first, loci_error *error)
{
    const char *file = signal->input.name;
    const char *const *names = (const char *const *)own->names;
    char name[40];
    double value;
    size_t channels = 0;
    for (size_t i = 0; i < own->fields; i++) own->target[i] = SKIP;
    if (options->time_column) {
        size_t i;
        const loci_status status =
            loci_columns_find(&i, file, names, own->fields, options->time_column, error);
        if (status != LOCI_OK) return status;
        const loci_field_kind found = loci_field_classify(&first[i], &value);
        if (found != LOCI_FIELD_NUMBER && found != LOCI_FIELD_DATE)
            return report(own, signal, &(fault){.what = NO_TIME, .column = i, .at = first[i]}, error);
        signal->info.stamped = 1;
        signal->info.iso_times = found == LOCI_FIELD_DATE;
        own->target[i] = TIME;
    }
    if (options->columns) {
        if (options->column_count == 0)
            return loci_fail(error, LOCI_E_ARGUMENT, "%s: no column is asked for", file);
        for (size_t c = 0; c < options->column_count; c++) {
            size_t i;
            const loci_status status =
                loci_columns_find(&i, file, names, own->fields, options->columns[c], error);
            if (status != LOCI_OK) return status;
            if (own->target[i] != SKIP) {
                name_column(own, i, name, sizeof name);
                return loci_fail(error, LOCI_E_ARGUMENT, "%s: column %s is asked for twice", file, name);
            }
            own->target[i] = (uint32_t)channels++;
        }
    } else {
        for (size_t i = 0; i < own->fields; i++) {
            const loci_field_kind found = loci_field_classify(&first[i], &value);
            if (loci_field_has_decimal_comma(&first[i]))
                return report(own, signal, &(fault){.what = NO_NUMBER, .column = i, .at = first[i]}, error);
            if (own->target[i] == SKIP && (found == LOCI_FIELD_NUMBER || found == LOCI_FIELD_MISSING))
                own->target[i] = (uint32_t)channels++;
        }
        if (channels == 0)
            return loci_fail(
                error, LOCI_E_FORMAT, "%s: line %llu: holds no number%s", file, (unsigned long long)own->line,
                signal->info.stamped ? " but the time"
                : own->fields == 1   ? "; fields separated by comma, semicolon or tab were expected"
                                     : "");
    }
    signal->info.channels = signal->channels = channels;
    return LOCI_OK;
}

static loci_status name_channels(const csv *own, loci_signal *signal, loci_error *error)
{
    if (!own->names) return loci_signal_set_names(signal, NULL, error);
    const char **chosen = loci_allocate(signal->info.channels, sizeof *chosen);
    if (!chosen) return loci_fail(error, LOCI_E_MEMORY, "%s: out of memory", signal->input.name);
    for (size_t i = 0; i < own->fields; i++)
        if (own->target[i] < TIME) chosen[own->target[i]] = own->names[i];
    const loci_status status = loci_signal_set_names(signal, chosen, error);
    loci_free(chosen);
    return status;
}

/* The first row is a header if any of its fields is neither number, nor date, nor missing. */
static loci_status take_header(csv *own, loci_signal *signal, const loci_field *fields, loci_error *error)
{
    const char *file = signal->input.name;
    const unsigned long long line = own->line;
    bool header = false;
    double value;
    for (size_t i = 0; i < own->fields; i++) {
        const size_t length = (size_t)(fields[i].end - fields[i].begin);
        if (loci_field_has_decimal_comma(&fields[i]))
            return report(own, signal, &(fault){.what = NO_NUMBER, .column = i, .at = fields[i]}, error);
        if (!fields[i].quoted && memchr(fields[i].begin, '\r', length))
            return loci_fail(error, LOCI_E_FORMAT,
                             "%s: line %llu: holds a carriage return; lines that end in LF or CR LF"
                             " were expected",
                             file, line);
        header = header || loci_field_classify(&fields[i], &value) == LOCI_FIELD_TEXT;
    }
    if (!header) return LOCI_OK;
    if (!take_names(own, fields)) return loci_fail(error, LOCI_E_MEMORY, "%s: out of memory", file);
    const char *row = (const char *)signal->input.buffer + signal->input.start;
    signal->input.start += (size_t)(fields[own->fields - 1].next + 1 - row);
    for (size_t i = 0; i < own->fields; i++) own->line += fields[i].newlines;
    own->line++;
    return LOCI_OK;
}

static loci_status csv_open(loci_signal *signal, const loci_signal_options *options, loci_error *error)
{
    loci_input *input = &signal->input;
    csv *own = signal->own = loci_allocate(1, sizeof *own);
    if (!own) return loci_fail(error, LOCI_E_MEMORY, "%s: out of memory", input->name);
    if (loci_input_held(input) >= 3 && memcmp(input->buffer + input->start, "\xEF\xBB\xBF", 3) == 0)
        input->start += 3;
    own->line = 1;
    own->complete = own->scanned = loci_input_position(input);
    own->nul = UINT64_MAX;
    own->delimiter = ',';
    const char *row, *limit;
    loci_status status = next_row(own, input, true, &row, &limit, error);
    if (status != LOCI_OK) return status;
    if (row == limit) return loci_fail(error, LOCI_E_FORMAT, "%s: holds no samples", input->name);
    own->delimiter = find_delimiter(row);

    loci_field *fields = NULL;
    status = cut_row(own, signal, &fields, &own->fields, error);
    if (status == LOCI_OK) {
        own->target = loci_allocate(own->fields, sizeof *own->target);
        if (!own->target) status = loci_fail(error, LOCI_E_MEMORY, "%s: out of memory", input->name);
    }
    if (status == LOCI_OK) status = take_header(own, signal, fields, error);
    if (status == LOCI_OK && own->names) {
        size_t count;
        loci_free(fields);
        status = cut_row(own, signal, &fields, &count, error);
        if (status == LOCI_OK && count == 0)
            status = loci_fail(error, LOCI_E_FORMAT, "%s: holds no samples, only a header", input->name);
        else if (status == LOCI_OK && count != own->fields)
            status = report(own, signal, &(fault){.what = RAGGED, .fields = count}, error);
    }
    if (status == LOCI_OK) status = choose_columns(own, signal, options, fields, error);
    if (status == LOCI_OK) status = name_channels(own, signal, error);
    loci_free(fields);
    return status;
}

static void csv_close(loci_signal *signal)
{
    csv *own = signal->own;
    if (!own) return;
    loci_free(own->target);
    loci_free(own->names);
    loci_free(own);
}

const loci_signal_format loci_signal_csv = {
    .has_columns = true, .open = csv_open, .read = csv_read, .position = csv_position, .close = csv_close};
