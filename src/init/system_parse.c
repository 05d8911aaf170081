/* SPDX-License-Identifier: MIT
 * system_parse.c - systems from text: KIND:N,option=value,... or the name of a file. */
#include <loci/init.h>
#include <loci/system.h>

#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "base/number.h"
#include "base/status.h"

static const struct {
    const char *name;
    loci_system_kind kind;
    loci_structure structure;
} kinds[] = {
    {"legs", LOCI_SYSTEM_LEGS, LOCI_DENSE},
    {"legt", LOCI_SYSTEM_LEGT, LOCI_DENSE},
    {"fout", LOCI_SYSTEM_FOUT, LOCI_DENSE},
    {"lagt", LOCI_SYSTEM_LAGT, LOCI_DENSE},
    {"s4-legs", LOCI_SYSTEM_LEGS, LOCI_DPLR},
    {"s4-legt", LOCI_SYSTEM_LEGT, LOCI_DPLR},
    {"s4-fout", LOCI_SYSTEM_FOUT, LOCI_DPLR},
    {"s4d-lin", LOCI_SYSTEM_S4D_LIN, LOCI_DIAGONAL},
    {"s4d-inv", LOCI_SYSTEM_S4D_INV, LOCI_DIAGONAL},
    {"s4d-legs", LOCI_SYSTEM_S4D_LEGS, LOCI_DIAGONAL},
    {"s4d-real", LOCI_SYSTEM_S4D_REAL, LOCI_DIAGONAL},
    {"s5", LOCI_SYSTEM_S5, LOCI_DIAGONAL},
};
enum { KINDS = sizeof kinds / sizeof *kinds };

/* Whether text, up to `length`, is word. */
static bool is(const char *text, size_t length, const char *word)
{
    return strlen(word) == length && !strncmp(text, word, length);
}

/* The whole number at text; NULL where there is none, or it leaves 64 bits. */
static const char *scan_whole(uint64_t *value, const char *text)
{
    const char *p = text;
    for (*value = 0; *p >= '0' && *p <= '9'; p++) {
        const uint64_t digit = (uint64_t)(*p - '0');
        if (*value > (UINT64_MAX - digit) / 10) return NULL;
        *value = *value * 10 + digit;
    }
    return p == text ? NULL : p;
}

static loci_status wrong(const char *option, const char *text, const char *expected, loci_error *error)
{
    return loci_fail(error, LOCI_E_ARGUMENT, "%s is \"%.*s\"; %s was expected", option,
                     (int)strcspn(text, ","), text, expected);
}

/* FIRST or FIRST..LAST; the two points are no part of a number. */
static loci_status parse_steps(loci_system_spec *spec, const char *text, loci_error *error)
{
    char first[64];
    const size_t length = strcspn(text, ",");
    const char *dots = strstr(text, ".."), *end;
    const char *what = "seconds above 0, or FIRST..LAST";
    if (dots && dots >= text + length) dots = NULL;
    const size_t count = dots ? (size_t)(dots - text) : length;
    if (count >= sizeof first) return wrong("dt", text, what, error);
    memcpy(first, text, count);
    first[count] = 0;
    end = loci_number_scan(&spec->dt, first);
    if (!end || *end || !(spec->dt > 0) || isinf(spec->dt)) return wrong("dt", text, what, error);
    spec->dt_last = spec->dt;
    if (!dots) return LOCI_OK;
    end = loci_number_scan(&spec->dt_last, dots + 2);
    if (!end || end != text + length || !(spec->dt_last > 0) || isinf(spec->dt_last))
        return wrong("dt", text, what, error);
    return LOCI_OK;
}

/* name=value of `length` bytes, followed by a comma or the end. */
static loci_status parse_option(loci_system_spec *spec, const char *text, size_t length, loci_error *error)
{
    const size_t name = strcspn(text, "=,");
    const char *value = text + name + 1, *end = text + length, *after;
    uint64_t whole;
    if (name >= length)
        return loci_fail(
            error, LOCI_E_ARGUMENT,
            "option is \"%.*s\"; NAME=VALUE was expected, with dt, copies, seed, lag or structure",
            (int)length, text);
    if (is(text, name, "dt")) return parse_steps(spec, value, error);
    if (is(text, name, "copies")) {
        after = scan_whole(&whole, value);
        if (!after || after != end || whole < 1 || whole > LOCI_COPIES_MAX)
            return wrong("copies", value, "1 to 65535", error);
        spec->copies = (size_t)whole;
    } else if (is(text, name, "seed")) {
        after = scan_whole(&spec->seed, value);
        if (!after || after != end) return wrong("seed", value, "a whole number from 0 to 2^64 - 1", error);
    } else if (is(text, name, "lag")) {
        after = loci_number_scan(&spec->lag, value);
        if (!after || after != end || !(spec->lag >= 0))
            return wrong("lag", value, "seconds, 0 or more", error);
    } else if (is(text, name, "structure")) {
        if (is(value, (size_t)(end - value), "dense"))
            spec->structure = LOCI_DENSE;
        else if (is(value, (size_t)(end - value), "dplr"))
            spec->structure = LOCI_DPLR;
        else if (is(value, (size_t)(end - value), "diagonal"))
            spec->structure = LOCI_DIAGONAL;
        else
            return wrong("structure", value, "dense, diagonal or dplr", error);
    } else {
        return loci_fail(error, LOCI_E_ARGUMENT,
                         "option is \"%.*s\"; dt, copies, seed, lag or structure was expected", (int)name,
                         text);
    }
    return LOCI_OK;
}

loci_status loci_system_parse(loci_system **system, const char *text, loci_error *error)
{
    *system = NULL;
    const size_t all = strlen(text), name = strcspn(text, ":,");
    if (all > 4 && !strcmp(text + all - 4, ".npz")) return loci_system_read(system, text, error);
    loci_system_spec spec = {.copies = 1, .lag = NAN};
    size_t i = 0;
    while (i < KINDS && !is(text, name, kinds[i].name)) i++;
    if (i == KINDS)
        return loci_fail(
            error, LOCI_E_ARGUMENT,
            "system is \"%.60s\"; KIND:N was expected, with KIND legs, legt, fout, lagt, s4-legs, s4-legt, "
            "s4-fout, s4d-lin, s4d-inv, s4d-legs, s4d-real or s5, or FILE.npz",
            text);
    spec.kind = kinds[i].kind;
    spec.structure = kinds[i].structure;
    uint64_t order;
    const char *p = text[name] == ':' ? scan_whole(&order, text + name + 1) : NULL;
    if (!p || (*p && *p != ',') || order < 1 || order > LOCI_ORDER_MAX)
        return loci_fail(error, LOCI_E_ARGUMENT,
                         "order of \"%.60s\" is missing or wrong; %s:N was expected, N from 1 to %d", text,
                         kinds[i].name, LOCI_ORDER_MAX);
    spec.order = (size_t)order;
    while (*p) {
        p++; /* the comma */
        const size_t length = strcspn(p, ",");
        loci_status status = parse_option(&spec, p, length, error);
        if (status) return status;
        p += length;
    }
    return loci_system_make(system, &spec, error);
}
