/* SPDX-License-Identifier: MIT
 * dataset_ucr.c - the text files of the UCR and UEA archives: NAME_TRAIN.ts with NAME_TEST.ts beside it, or .tsv, or .txt.
 *
 * A line is a sequence. In .ts, below lines of @, it is "1,2,3:4,5,6:class": the samples of each input, and the class (or, with
 * @targetLabel, a value). In .tsv and .txt it is the class and the samples of one input, with a tab, a comma or any number of
 * blanks between, and NaN or nothing behind the end of a sequence that is shorter than others. */
#include "data/dataset_kind.h"

#include <dirent.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "base/allocate.h"
#include "base/status.h"
#include "data/dataset_frame.h"
#include "data/dataset_gaps.h"
#include "data/dataset_text.h"
#include "data/field.h"
#include "data/input.h"
#include "data/labels.h"
#include "data/quote.h"

/* ---- names ---- */

static bool ends_in(const char *text, const char *end)
{
    const size_t a = strlen(text), b = strlen(end);
    return a >= b && strcasecmp(text + a - b, end) == 0;
}

static bool is_name(const char *file, const char *split)
{
    static const char *const ends[] = {".ts", ".tsv", ".txt"};
    char end[16];
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        snprintf(end, sizeof end, "%s%s", split, ends[i]);
        if (ends_in(file, end)) return true;
    }
    return false;
}

/* Whether the paths of two training files differ in nothing but their endings. */
static bool same_set(const char *a, const char *b)
{
    const size_t n = (size_t)(strrchr(a, '.') - a);
    return n == (size_t)(strrchr(b, '.') - b) && strncmp(a, b, n) == 0;
}

/* The path of the training file, which the path of the set is, or which is in it; NULL: there is none, or memory is short.
 * *several: there are such of several sets. */
static char *training_path(const loci_dataset *set, bool *several)
{
    char *found = NULL;
    if (set->is_file) {
        const size_t size = strlen(set->path) + 1;
        found = loci_allocate(size, 1);
        if (found) memcpy(found, set->path, size);
        return found;
    }
    char *folder = loci_dataset_path(set, "");
    DIR *directory = folder ? opendir(folder) : NULL;
    loci_free(folder);
    for (struct dirent *entry; directory && (entry = readdir(directory));) {
        if (!is_name(entry->d_name, "_TRAIN")) continue;
        char *path = loci_dataset_path(set, entry->d_name);
        if (several && found && path && !same_set(found, path)) *several = true;
        if (!found || (path && strcmp(path, found) < 0)) {
            loci_free(found);
            found = path;
        } else {
            loci_free(path);
        }
    }
    if (directory) closedir(directory);
    return found;
}

/* "NAME_TRAIN.ts" becomes "NAME_TEST.ts" in place, "train" "test", which is one letter shorter; false: it is no such name. */
static bool to_test(char *path)
{
    char *dot = strrchr(path, '.');
    if (!dot || !is_name(path, "_TRAIN")) return false;
    char *train = dot - 5;
    for (size_t i = 0; i < 4; i++) train[i] = (char)("TEST"[i] | (train[i] & 0x20));
    memmove(dot - 1, dot, strlen(dot) + 1);
    return true;
}

static bool is_there(const char *path)
{
    struct stat about;
    return stat(path, &about) == 0 && S_ISREG(about.st_mode);
}

static bool ucr_fits(const loci_dataset *set, const loci_dataset_options *options)
{
    const loci_reading *r = &options->reading;
    if (r->label || r->value || r->group || r->window) return false;
    if (set->is_file && (r->horizon || r->time || r->columns)) return false;
    if (set->is_file)
        return ends_in(set->path, ".ts") || ends_in(set->path, ".tsv") || is_name(set->path, "_TRAIN") ||
               is_name(set->path, "_TEST");
    char *path = training_path(set, NULL);
    loci_free(path);
    return path != NULL;
}

/* ---- one file ---- */

typedef struct {
    const char *at, *end; /* the text that is left; it ends in a newline */
    size_t line;
    char name[64];        /* of the file, for messages */
    bool headed;          /* .ts */
    bool values;          /* the target is a number */
    bool unlabelled;      /* there is none */
    loci_numbers numbers; /* of the sequence at hand, [inputs][length] */
    loci_labels *labels;
    const loci_reading *reading;
} reader;

static loci_status wrong(const reader *r, loci_status status, const char *what, loci_error *error)
{
    return loci_fail(error, status, "%s: line %zu: %s", r->name, r->line, what);
}

/* Whether the line says `key`, in any case of letters; *rest is what follows. */
static bool says(const char *p, const char *end, const char *key, const char **rest)
{
    const size_t length = strlen(key);
    if ((size_t)(end - p) < length || strncasecmp(p, key, length) != 0 || !loci_is_blank(p[length]))
        return false;
    for (p += length; p < end && loci_is_blank(*p);) p++;
    *rest = p;
    return true;
}

/* The lines of @ up to @data, which say what stands below. */
static loci_status read_head(reader *r, loci_error *error)
{
    for (; r->at < r->end; r->line++) {
        const char *p = r->at, *newline = memchr(p, '\n', (size_t)(r->end - p)), *rest;
        while (p < newline && loci_is_blank(*p)) p++;
        if (p < newline && *p != '#' && *p != '%' && *p != '@')
            return wrong(r, LOCI_E_FORMAT, "stands above @data", error);
        r->at = newline + 1;
        const bool yes = (says(p, newline, "@timestamps", &rest) || says(p, newline, "@targetlabel", &rest) ||
                          says(p, newline, "@classlabel", &rest)) &&
                         strncasecmp(rest, "true", 4) == 0;
        if (says(p, newline, "@timestamps", &rest) && yes)
            return wrong(r, LOCI_E_UNSUPPORTED, "samples have times, which are not read", error);
        if (says(p, newline, "@targetlabel", &rest) && yes) r->values = true;
        if (says(p, newline, "@classlabel", &rest) && !yes) r->unlabelled = true;
        if (newline - p >= 5 && strncasecmp(p, "@data", 5) == 0) {
            r->line++;
            if (!r->unlabelled || r->values) return LOCI_OK;
            return wrong(r, LOCI_E_FORMAT, "sequences have no class (@classLabel false)", error);
        }
    }
    return wrong(r, LOCI_E_FORMAT, "there is no @data", error);
}

/* Moves to the next line that is not blank. A tab in front of it stays: the field before the tab is empty. */
static bool next_line(reader *r, const char **newline)
{
    for (; r->at < r->end; r->line++) {
        const char *p = r->at;
        while (loci_is_blank(*p)) p++;
        *newline = memchr(p, '\n', (size_t)(r->end - p));
        if (*p != '\n' && !(r->headed && (*p == '#' || *p == '%'))) return true;
        r->at = *newline + 1;
    }
    return false;
}

static loci_status take_number(reader *r, const loci_field *f, loci_error *error)
{
    double value;
    char quoted[40], what[96];
    const loci_field_kind kind = loci_field_classify(f, '.', &value);
    const bool missing = kind == LOCI_FIELD_MISSING || (f->end - f->begin == 1 && *f->begin == '?');
    if (kind != LOCI_FIELD_NUMBER && !missing) {
        loci_quote(quoted, sizeof quoted, f->begin, (size_t)(f->end - f->begin));
        snprintf(what, sizeof what, "\"%s\" stands where a number was expected", quoted);
        return wrong(r, LOCI_E_FORMAT, what, error);
    }
    if (loci_numbers_add(&r->numbers, missing ? NAN : value)) return LOCI_OK;
    return loci_fail(error, LOCI_E_MEMORY, "%s: out of memory", r->name);
}

/* The label or the value of the sequence at hand. */
static loci_status take_target(reader *r, loci_dataset *set, loci_dataset_item *item, const char *begin,
                               const char *end, loci_error *error)
{
    while (begin < end && loci_is_blank(*begin)) begin++;
    while (end > begin && loci_is_blank(end[-1])) end--;
    if (begin == end) return wrong(r, LOCI_E_FORMAT, "the class is missing", error);
    const char *expected = r->values ? NULL : loci_labels_expected(begin, (size_t)(end - begin));
    if (expected) {
        char quoted[40], what[128];
        loci_quote(quoted, sizeof quoted, begin, (size_t)(end - begin));
        snprintf(what, sizeof what, "the class is \"%s\"; %s", quoted, expected);
        return wrong(r, LOCI_E_FORMAT, what, error);
    }
    if (!r->values) return loci_labels_add(r->labels, &item->label, set, begin, (size_t)(end - begin), error);
    const loci_field f = {.begin = begin, .end = end};
    double *target = loci_dataset_allocate(set, 1, sizeof *target);
    if (!target) return loci_dataset_no_memory(set, error);
    item->target = target;
    if (loci_field_classify(&f, '.', target) == LOCI_FIELD_NUMBER && isfinite(*target)) return LOCI_OK;
    return wrong(r, LOCI_E_FORMAT, "the value to be learned is no finite number", error);
}

/* "1,2,3:4,5,6:class". */
static loci_status read_headed(reader *r, loci_dataset *set, loci_dataset_item *item, size_t *inputs,
                               const char *newline, loci_error *error)
{
    const char *last = newline;
    while (last > r->at && *last != ':') last--;
    if (*last != ':')
        return wrong(r, LOCI_E_FORMAT, "holds no \":\"; samples, \":\" and the class were expected", error);
    *inputs = 0;
    for (const char *p = r->at; p <= last; ++*inputs) {
        const char *end = memchr(p, ':', (size_t)(last + 1 - p));
        const size_t before = r->numbers.count;
        while (p < end) {
            loci_field f = {.begin = p};
            while (p < end && *p != ',') p++;
            f.end = p++;
            while (f.begin < f.end && loci_is_blank(*f.begin)) f.begin++;
            while (f.end > f.begin && loci_is_blank(f.end[-1])) f.end--;
            const loci_status status = take_number(r, &f, error);
            if (status != LOCI_OK) return status;
        }
        const size_t length = r->numbers.count - before;
        if (length == 0) return wrong(r, LOCI_E_FORMAT, "an input has no samples", error);
        if (*inputs > 0 && length != item->length)
            return wrong(r, LOCI_E_FORMAT, "the inputs have different numbers of samples", error);
        item->length = length;
        p = end + 1;
    }
    return take_target(r, set, item, last + 1, newline, error);
}

static bool is_separator(char c)
{
    return c == ',' || c == '\n' || loci_is_blank(c);
}

static const char *skip_blanks(const char *p)
{
    while (loci_is_blank(*p) && *p != '\t') p++;
    return p;
}

/* Where the field behind the one that ends at p begins: blanks with a comma, or with at most one tab, among them stand between two. */
static const char *next_field(const char *p)
{
    const char *comma = p;
    while (loci_is_blank(*comma)) comma++;
    if (*comma == ',') {
        do comma++;
        while (loci_is_blank(*comma));
        return comma;
    }
    p = skip_blanks(p);
    return *p == '\t' ? skip_blanks(p + 1) : p;
}

/* "class 1 2 3", of one input. */
static loci_status read_plain(reader *r, loci_dataset *set, loci_dataset_item *item, const char *newline,
                              loci_error *error)
{
    loci_field f = {.begin = skip_blanks(r->at)};
    for (f.end = f.begin; !is_separator(*f.end);) f.end++;
    loci_status status = take_target(r, set, item, f.begin, f.end, error);
    while (status == LOCI_OK) {
        if (skip_blanks(f.end) == newline) break;
        f.begin = next_field(f.end);
        for (f.end = f.begin; !is_separator(*f.end);) f.end++;
        status = take_number(r, &f, error);
    }
    if (status != LOCI_OK) return status;
    loci_numbers *n = &r->numbers;
    while (n->count > 0 && isnan(n->at[n->count - 1])) n->count--;
    if (n->count == 0) return wrong(r, LOCI_E_FORMAT, "has no samples", error);
    item->length = n->count;
    return LOCI_OK;
}

static loci_status keep(reader *r, loci_dataset *set, loci_dataset_item *item, size_t inputs,
                        loci_error *error)
{
    char what[128];
    if (set->count == 0) set->inputs = inputs;
    if (inputs != set->inputs) {
        snprintf(what, sizeof what, "has %zu inputs, and the sequences before it have %zu", inputs,
                 set->inputs);
        return wrong(r, LOCI_E_MISMATCH, what, error);
    }
    double *x = r->numbers.at; /* [inputs][length] */
    for (size_t c = 0; c < inputs; c++) {
        size_t gap = item->length;
        for (size_t k = 0; !r->reading->hold && k < gap; k++)
            if (isnan(x[c * item->length + k])) gap = k;
        if (r->reading->hold) gap = loci_dataset_fill(set, x + c * item->length, 0, item->length, 1);
        if (gap == item->length) continue;
        snprintf(what, sizeof what, "sample %zu %s", gap, loci_dataset_gap(r->reading));
        return wrong(r, LOCI_E_VALUE, what, error);
    }
    double *u = loci_allocate(r->numbers.count, sizeof *u); /* [length][inputs] */
    if (!u) return loci_dataset_no_memory(set, error);
    for (size_t k = 0; k < item->length; k++)
        for (size_t c = 0; c < inputs; c++) {
            u[k * inputs + c] = x[c * item->length + k];
            if (isfinite(u[k * inputs + c])) continue;
            snprintf(what, sizeof what, "sample %zu is %g; a finite number was expected", k,
                     u[k * inputs + c]);
            loci_free(u);
            return wrong(r, LOCI_E_VALUE, what, error);
        }
    item->data = u;
    return loci_dataset_add_wide(set, item, error);
}

static loci_status read_sequences(reader *r, loci_dataset *set, loci_error *error)
{
    const char *file = loci_dataset_text(set, r->name, strlen(r->name)), *newline;
    if (!file) return loci_dataset_no_memory(set, error);
    for (size_t number = 0; next_line(r, &newline); number++, r->line++) {
        loci_dataset_item item = {.file = file, .number = number};
        size_t inputs = 1;
        r->numbers.count = 0;
        loci_status status = r->headed ? read_headed(r, set, &item, &inputs, newline, error)
                                       : read_plain(r, set, &item, newline, error);
        if (status == LOCI_OK) status = keep(r, set, &item, inputs, error);
        if (status != LOCI_OK) return status;
        r->at = newline + 1;
    }
    return LOCI_OK;
}

static loci_status read_file(loci_dataset *set, loci_labels *labels, const char *path,
                             const loci_reading *reading, loci_error *error)
{
    char *text;
    size_t size;
    reader r = {.line = 1, .labels = labels, .reading = reading};
    const char *slash = strrchr(path, '/');
    loci_input_name(r.name, sizeof r.name, slash ? slash + 1 : path);
    loci_status status = loci_dataset_text_read(&text, &size, set, path, error);
    if (status != LOCI_OK) return status;
    r.at = text;
    r.end = text + size;
    r.headed = ends_in(path, ".ts");
    if (r.headed) status = read_head(&r, error);
    if (status == LOCI_OK) status = read_sequences(&r, set, error);
    if (status == LOCI_OK) set->target.values = r.values;
    loci_free(text);
    loci_free(r.numbers.at);
    return status;
}

/* ---- a set ---- */

/* Labels are codes until all of them are known. */
static loci_status name_classes(loci_dataset *set, const loci_labels *labels, loci_error *error)
{
    if (set->target.values) {
        set->outputs = 1;
        return LOCI_OK;
    }
    size_t *class = loci_allocate(labels->count, sizeof *class);
    loci_status status =
        class ? loci_labels_classes(class, labels, set, error) : loci_dataset_no_memory(set, error);
    for (size_t i = 0; i < set->count && status == LOCI_OK; i++)
        set->items[i].label = class[set->items[i].label];
    loci_free(class);
    return status;
}

static loci_status read_split(loci_dataset *set, loci_labels *labels, const char *train, const char *test,
                              const loci_dataset_options *options, loci_error *error)
{
    const loci_reading *reading = &options->reading;
    if (set->found) return read_file(set, labels, train, reading, error);
    /* the classes of the test split are those of the training split, where no others are given */
    loci_status status = options->classes ? LOCI_OK : read_file(set, labels, train, reading, error);
    const size_t known = labels->count;
    loci_dataset_drop_items(set);
    set->missing = 0;
    if (status == LOCI_OK) status = read_file(set, labels, test, reading, error);
    for (size_t i = 0; i < set->count && status == LOCI_OK && !options->classes && !set->target.values; i++)
        if (set->items[i].label >= known)
            status = loci_fail(
                error, LOCI_E_FORMAT,
                "%s: sequence %zu of the test split is of class %.60s, which the training split lacks",
                set->folder, i, labels->names[set->items[i].label]);
    return status;
}

static loci_status ucr_read(loci_dataset *set, const loci_dataset_options *options, loci_error *error)
{
    bool several = false;
    char *train = training_path(set, &several), *test = training_path(set, NULL);
    loci_labels labels = {0};
    loci_status status = train && test ? LOCI_OK : loci_dataset_no_memory(set, error);
    if (status == LOCI_OK && several)
        status = loci_fail(
            error, LOCI_E_FORMAT,
            "%.100s: holds several data sets of the UCR archive; the file of one was expected, as %.100s",
            set->folder, train);
    if (status == LOCI_OK) {
        const bool whole = is_name(train, "_TEST"); /* that is asked for: a test split by itself */
        set->split = whole || (to_test(test) && is_there(test));
        set->found = whole || !options->test || !set->split;
        status = read_split(set, &labels, train, test, options, error);
    }
    if (status == LOCI_OK) status = loci_dataset_narrow_items(set, error);
    if (status == LOCI_OK && set->count > 0) status = name_classes(set, &labels, error);
    loci_labels_release(&labels);
    loci_free(train);
    loci_free(test);
    return status;
}

const loci_dataset_kind loci_dataset_ucr = {
    .name = "ucr", .item = "sequence", .fits = ucr_fits, .read = ucr_read};
