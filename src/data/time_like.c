/* SPDX-License-Identifier: MIT
 * time_like.c - whether a column that nobody called the time looks like one: it holds dates, or it grows and its name says
 * so, or it holds seconds since 1970 or a count of even steps in front of all others. */
#include "data/time_like.h"

#include <math.h>
#include <string.h>

#include "base/allocate.h"
#include "data/field.h"

#define LEAST 2   /* rows that a name is believed with */
#define MOST 32   /* rows that are looked at */
#define COUNTED 8 /* rows that even steps are believed with */

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool same_word(const char *p, size_t length, const char *word)
{
    if (strlen(word) != length) return false;
    for (size_t i = 0; i < length; i++)
        if ((p[i] | 0x20) != word[i]) return false;
    return true;
}

/* "time", "Time [s]", "start_time", "ts". */
bool loci_time_like_name(const char *name)
{
    static const char *const words[] = {"t",        "time",    "times",    "timestamp", "timestamps", "ts",
                                        "date",     "dates",   "datetime", "when",      "epoch",      "unix",
                                        "unixtime", "seconds", "secs",     "sec",       "ms",         "zeit",
                                        "datum",    "temps",   "fecha",    "tiempo",    "tempo",      "hora"};
    const size_t length = strlen(name);
    size_t first = 0, last = 0;
    while (first < length && is_letter(name[first])) first++;
    while (last < length && is_letter(name[length - 1 - last])) last++;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (same_word(name, first, words[i]) || (last > 2 && same_word(name + length - last, last, words[i])))
            return true;
    return false;
}

bool loci_time_like_values(const loci_table *own, const loci_input *input, size_t column)
{
    const char *row = loci_lines_begin(input), *limit = loci_lines_limit(&own->lines, input);
    const bool named = own->names && loci_time_like_name(own->names[column]);
    double value, first = NAN, before = NAN, step = NAN;
    size_t count = 0;
    bool even = true;
    for (; row < limit && count < MOST; row = (const char *)memchr(row, '\n', (size_t)(limit - row)) + 1) {
        if (*row == '#' || loci_field_count(row, limit, own->delimiter) != own->fields) continue;
        loci_field f = loci_field_cut(row, limit, own->delimiter);
        for (size_t i = 0; i < column; i++) f = loci_field_cut(f.next + 1, limit, own->delimiter);
        row = f.next; /* a field may hold newlines */
        const loci_field_kind kind = loci_field_classify(&f, own->point, &value);
        if (kind == LOCI_FIELD_MISSING) continue;
        if (kind != LOCI_FIELD_NUMBER || (count > 0 && !(value > before))) return false;
        if (count == 0) first = value;
        if (count == 1) step = value - before;
        even = even && (count < 2 || fabs(value - before - step) <= 1e-6 * step);
        before = value;
        count++;
    }
    if (named) return count >= LEAST;
    if (column > 0 || own->fields == 1 || count <= LEAST) return false;
    for (double ticks = 1; ticks < 1e10; ticks *= 1000) /* of a second, since 1970: from 1998 to 2100 */
        if (first >= 9e8 * ticks && before < 4.11e9 * ticks) return true;
    return !own->names && even && count >= COUNTED;
}
