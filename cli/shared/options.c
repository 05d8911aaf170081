/* SPDX-License-Identifier: MIT
 * options.c - parses a command's options from its table, and prints its --help from the same table. */
#include "shared/options.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <loci/data.h>

#include "shared/message.h"
#include "shared/output.h"

enum { PAGE_WIDTH = 80, COLUMN_LEAST = 16, COLUMN_MOST = 30 };

/* Letters to insert, drop or exchange to get from a to b, neighbours that swapped places counting as one. */
static size_t distance(const char *a, const char *b)
{
    enum { LONGEST = 32 };
    size_t row[3][LONGEST + 1];
    const size_t m = strlen(a), n = strlen(b);
    if (m > LONGEST || n > LONGEST) return SIZE_MAX;
    for (size_t j = 0; j <= n; j++) row[0][j] = j;
    for (size_t i = 1; i <= m; i++) {
        size_t *now = row[i % 3];
        const size_t *last = row[(i + 2) % 3], *before = row[(i + 1) % 3];
        now[0] = i;
        for (size_t j = 1; j <= n; j++) {
            const size_t change = last[j - 1] + (a[i - 1] != b[j - 1]);
            const size_t shift = 1 + (last[j] < now[j - 1] ? last[j] : now[j - 1]);
            now[j] = change < shift ? change : shift;
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] && before[j - 2] + 1 < now[j])
                now[j] = before[j - 2] + 1;
        }
    }
    return row[m % 3][n];
}

const char *options_nearest(const char *word, const void *candidates, size_t count, size_t stride)
{
    const char *nearest = NULL;
    const size_t length = strlen(word);
    size_t least = length / 3 + 2; /* more slips than that are another word */
    for (size_t i = 0; i < count; i++) {
        const char *candidate;
        memcpy(&candidate, (const char *)candidates + i * stride, sizeof candidate);
        if (!candidate) continue;
        /* The beginning of a word stands for it, at the price of one slip. */
        const size_t far =
            length >= 2 && strncmp(word, candidate, length) == 0 ? 1 : distance(word, candidate);
        if (far < least && far < strlen(candidate)) {
            least = far;
            nearest = candidate;
        }
    }
    return nearest;
}

bool options_number(double *value, const char *text)
{
    char *end;
    if (*text == 0 || strchr(" \t\n\r\f\v", *text)) return false;
    const double number = strtod(text, &end);
    if (*end || !isfinite(number)) return false;
    *value = number;
    return true;
}

static bool count_parse(size_t *value, const char *text)
{
    if (*text < '0' || *text > '9') return false;
    char *end;
    errno = 0;
    const unsigned long long number = strtoull(text, &end, 10);
    if (*end || errno || number >= SIZE_MAX) return false;
    *value = (size_t)number;
    return true;
}

static bool list_add(option_list *list, const char *item)
{
    if ((list->count & (list->count + 1)) == 0) { /* the room is always one less than a power of two */
        const char **larger = realloc(list->items, (2 * list->count + 1) * sizeof *larger);
        if (!larger) return false;
        list->items = larger;
    }
    list->items[list->count++] = item;
    return true;
}

void options_release(option_list *list)
{
    free(list->items);
    *list = (option_list){0};
}

static bool is_time(const char *text)
{
    double seconds;
    return options_number(&seconds, text) || loci_time_parse(&seconds, text, NULL) == LOCI_OK;
}

/* Whether every part of "a,b,c" is a time; the parts are then cut apart and added to the list (if there is one). */
static bool times_parse(char *text, option_list *list, bool *full)
{
    for (int cut = 0; cut <= (list != NULL); cut++) {
        for (char *part = text; part;) {
            char *comma = strchr(part, ',');
            if (comma) *comma = 0;
            const bool good = is_time(part);
            if (cut && !list_add(list, part)) *full = true;
            if (comma && !cut) *comma = ',';
            if (!good) return false;
            part = comma ? comma + 1 : NULL;
        }
    }
    return true;
}

/* Where the words of `text` break into lines of at most `width`; the rest of the text, past the blank. */
static const char *line_cut(const char *text, size_t width, size_t *length)
{
    const char *newline = strchr(text, '\n');
    const size_t all = newline ? (size_t)(newline - text) : strlen(text);
    *length = all;
    if (all > width) {
        *length = width;
        while (*length > 0 && text[*length] != ' ') --*length;
        if (*length == 0) *length = strcspn(text, " \n");
    }
    const char *rest = text + *length;
    return *rest ? rest + 1 : rest;
}

static size_t signature(char *text, size_t size, const option *row)
{
    int n = row->letter ? snprintf(text, size, "  -%c, --%s", row->letter, row->name)
                        : snprintf(text, size, "      --%s", row->name);
    if (row->argument) n += snprintf(text + n, size - (size_t)n, " %s", row->argument);
    return (size_t)n;
}

static void row_print(const option *row, size_t column)
{
    char text[128];
    size_t used = signature(text, sizeof text, row);
    fputs(text, stdout);
    if (used + 2 > column) {
        putchar('\n');
        used = 0;
    }
    for (const char *rest = row->help; *rest;) {
        size_t length;
        const char *line = rest;
        rest = line_cut(line, PAGE_WIDTH - column, &length);
        printf("%*s%.*s\n", (int)(column - used), "", (int)length, line);
        used = 0;
    }
}

static int help_print(const options_page *page)
{
    const char *lead = "Usage:";
    for (const char *rest = page->synopsis; *rest;) {
        size_t length;
        const char *line = rest;
        rest = line_cut(line, SIZE_MAX, &length);
        printf("%s loci %s %.*s\n", lead, page->command, (int)length, line);
        lead = "      ";
    }
    putchar('\n');
    for (const char *rest = page->purpose; *rest;) {
        size_t length;
        const char *line = rest;
        rest = line_cut(line, PAGE_WIDTH, &length);
        printf("%.*s\n", (int)length, line);
    }
    const option help = {"help", 0, OPTION_FLAG, NULL, NULL, "print this page"};
    size_t column = COLUMN_LEAST;
    for (size_t i = 0; i < page->count; i++) {
        char text[128];
        if (page->options[i].kind == OPTION_HEADING) continue;
        const size_t width = signature(text, sizeof text, &page->options[i]) + 2;
        if (width > column && width <= COLUMN_MOST) column = width;
    }
    if (page->count == 0 || page->options[0].kind != OPTION_HEADING) puts("\nOptions:");
    for (size_t i = 0; i < page->count; i++) {
        if (page->options[i].kind == OPTION_HEADING)
            printf("\n%s\n", page->options[i].help);
        else
            row_print(&page->options[i], column);
    }
    row_print(&help, column);
    if (page->closing) printf("\n%s\n", page->closing);
    return message_finish();
}

/* Puts the argument of an option where the table says; a status, or OPTIONS_GO. */
static int value_set(const options_page *page, const option *row, char *text)
{
    switch (row->kind) {
    case OPTION_HEADING:
    case OPTION_FLAG:
        break;
    case OPTION_TEXT:
    case OPTION_OUTPUT:
        *(const char **)row->target = text;
        break;
    case OPTION_NUMBER:
        if (!options_number(row->target, text))
            return message_usage("%s: --%s is \"%s\"; a number was expected", page->command, row->name, text);
        break;
    case OPTION_COUNT:
        if (!count_parse(row->target, text))
            return message_usage("%s: --%s is \"%s\"; a whole number%s was expected", page->command,
                                 row->name, text, text[0] == '-' ? " of 0 or more" : "");
        break;
    case OPTION_LIST:
        if (!list_add(row->target, text)) return message_memory();
        break;
    case OPTION_TIMES: {
        bool full = false;
        if (!times_parse(text, NULL, &full))
            return message_usage("%s: --%s is \"%s\"; a time in seconds or an ISO 8601 date was expected",
                                 page->command, row->name, text);
        times_parse(text, row->target, &full);
        if (full) return message_memory();
        break;
    }
    }
    return OPTIONS_GO;
}

static const option *option_find(const options_page *page, const char *name, size_t length)
{
    for (size_t i = 0; i < page->count; i++) {
        const option *row = &page->options[i];
        if (row->kind != OPTION_HEADING && strncmp(row->name, name, length) == 0 && row->name[length] == 0)
            return row;
    }
    return NULL;
}

static const option *letter_find(const options_page *page, char letter)
{
    for (size_t i = 0; i < page->count; i++) {
        const option *row = &page->options[i];
        if (row->kind != OPTION_HEADING && row->letter == letter) return row;
    }
    return NULL;
}

/* What others call it. */
static const char *synonym(const options_page *page, const char *word)
{
    static const char *const words[][2] = {
        {"learning-rate", "lr"},  {"batch-size", "batch"},    {"batchsize", "batch"},
        {"num-epochs", "epochs"}, {"hidden-size", "width"},   {"hidden", "width"},
        {"d-model", "width"},     {"d-state", "state"},       {"state-size", "state"},
        {"num-layers", "layers"}, {"n-layers", "layers"},     {"weight-decay", "decay"},
        {"wd", "decay"},          {"num-threads", "threads"}, {"jobs", "threads"},
        {"sample-rate", "rate"},  {"sampling-rate", "rate"},  {"samplerate", "rate"},
        {"out", "output"},        {"outfile", "output"},      {"image", "plot"},
        {"columns", "column"},    {"random-seed", "seed"},    {"validation", "valid"},
    };
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (strcmp(word, words[i][0]) == 0 && option_find(page, words[i][1], strlen(words[i][1])))
            return words[i][1];
    return NULL;
}

static int option_unknown(const options_page *page, const char *name, size_t length)
{
    char word[64];
    if (length < sizeof word) {
        memcpy(word, name, length);
        word[length] = 0;
        static const char *const help = "help";
        const char *nearest = synonym(page, word);
        if (!nearest) nearest = options_nearest(word, &help, 1, sizeof help);
        if (!nearest)
            nearest = options_nearest(word, &page->options[0].name, page->count, sizeof page->options[0]);
        if (nearest)
            return message_usage("%s: --%s is no option; did you mean --%s?", page->command, word, nearest);
    }
    return message_usage("%s: --%.*s is no option; 'loci help %s' lists them", page->command, (int)length,
                         name, page->command);
}

static int operands_check(const options_page *page, size_t count)
{
    if (count < page->least && strchr(page->operand, ' ')) { /* each has a name of its own */
        const char *missing = page->operand;
        for (size_t i = 0; i < count; i++) missing += strcspn(missing, " ") + 1;
        return message_usage("%s: %.*s is missing; 'loci help %s' shows how to use it", page->command,
                             (int)strcspn(missing, " "), missing, page->command);
    }
    if (count < page->least && count == 0)
        return message_usage("%s: %s is missing; 'loci help %s' shows how to use it", page->command,
                             page->operand, page->command);
    if (count < page->least)
        return message_usage("%s: there are too few %s: %zu; at least %zu were expected", page->command,
                             page->operand, count, page->least);
    return OPTIONS_GO;
}

static int outputs_check(const options_page *page)
{
    for (size_t i = 0; i < page->count; i++) {
        if (page->options[i].kind != OPTION_OUTPUT) continue;
        const char *path = *(const char *const *)page->options[i].target;
        const int status = path ? output_check(path) : STATUS_DONE;
        if (status) return status;
    }
    return OPTIONS_GO;
}

static const options_page *at_work; /* what was parsed last: it lives as long as its command */

bool options_offer(const char *name, size_t length)
{
    return !at_work || option_find(at_work, name, length) != NULL;
}

int options_parse(const options_page *page, int *argc, char **argv)
{
    at_work = page;
    int operands = 1;
    bool ended = false;
    for (int i = 1; i < *argc; i++) {
        char *word = argv[i];
        if (ended || word[0] != '-' || word[1] == 0) {
            if ((size_t)operands > page->most)
                return message_usage(
                    "%s: \"%s\" is one argument too many; 'loci help %s' shows how to use it", page->command,
                    word, page->command);
            argv[operands++] = word;
            continue;
        }
        if (strcmp(word, "--") == 0) {
            ended = true;
            continue;
        }
        const option *row;
        char *value = NULL;
        if (word[1] == '-') {
            const size_t length = strcspn(word + 2, "=");
            if (word[2 + length]) value = word + 3 + length;
            if (length == 4 && strncmp(word + 2, "help", 4) == 0) return help_print(page);
            row = option_find(page, word + 2, length);
            if (!row) return option_unknown(page, word + 2, length);
        } else {
            row = letter_find(page, word[1]);
            if (!row && strcmp(word, "-h") == 0) return help_print(page);
            if (!row && isdigit((unsigned char)word[1]))
                return message_usage("%s: %s is no option; numbers below 0 are expected behind --",
                                     page->command, word);
            if (!row)
                return message_usage("%s: -%c is no option; 'loci help %s' lists them", page->command,
                                     word[1], page->command);
            if (word[2]) value = word + 2;
        }
        if (row->kind == OPTION_FLAG) {
            if (value) return message_usage("%s: --%s takes no argument", page->command, row->name);
            *(bool *)row->target = true;
            continue;
        }
        if (!value && i + 1 < *argc) value = argv[++i];
        if (!value)
            return message_usage("%s: --%s needs an argument: %s", page->command, row->name, row->argument);
        int status = value_set(page, row, value);
        while (status == OPTIONS_GO && row->kind == OPTION_TIMES && i + 1 < *argc) {
            bool full = false;
            if (!times_parse(argv[i + 1], NULL, &full)) break;
            status = value_set(page, row, argv[++i]);
        }
        if (status != OPTIONS_GO) return status;
    }
    *argc = operands;
    const int status = operands_check(page, (size_t)operands - 1);
    return status == OPTIONS_GO ? outputs_check(page) : status;
}
