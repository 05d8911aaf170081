/* SPDX-License-Identifier: MIT
 * source_text.c - texts that grow; an export's files by number. */
#include "export/source_text.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/allocate.h"
#include "base/number.h"
#include "base/sized.h"

static int reserve(loci_source_text *t, size_t more)
{
    if (t->failed || more > SIZE_MAX / 4 || t->length > SIZE_MAX / 4) t->failed = 1;
    if (t->failed || t->length + more < t->room) return !t->failed;
    const size_t room = 2 * (t->length + more) + 4096;
    char *at = loci_allocate_by(loci_allocator_of(t->p), room, 1);
    if (!at) {
        t->failed = 1;
        return 0;
    }
    if (t->length) memcpy(at, t->at, t->length);
    loci_free(t->at);
    t->at = at, t->room = room;
    return 1;
}

void loci_source_put(loci_source_text *t, const char *format, ...)
{
    for (int again = 0; again < 2; again++) {
        va_list arguments;
        va_start(arguments, format);
        const size_t left = t->room - t->length;
        const int length =
            t->failed ? 0 : vsnprintf(t->at ? t->at + t->length : NULL, left, format, arguments);
        va_end(arguments);
        if (t->failed) return;
        if (length < 0) t->failed = 1;
        if (length >= 0 && (size_t)length < left) {
            t->length += (size_t)length;
            return;
        }
        if (!reserve(t, (size_t)length + 1)) return;
    }
}

void loci_source_float(loci_source_text *t, float x)
{
    char digits[32];
    loci_number_write(digits, sizeof digits, (double)x, 9);
    loci_source_put(t, "%s%sf", digits, strpbrk(digits, ".e") ? "" : ".0");
}

void loci_source_real(loci_source_text *t, double x, int digits)
{
    char text[32];
    loci_number_write(text, sizeof text, x, digits);
    loci_source_put(t, "%s", text);
}

void loci_source_numbers(loci_source_text *t, loci_word word, const void *data, size_t count)
{
    const size_t line = word == LOCI_WORD_I8 ? 20 : 8;
    for (size_t i = 0; i < count; i++) {
        loci_source_put(t, i % line ? " " : "\n    ");
        switch (word) {
        case LOCI_WORD_FLOAT:
            loci_source_float(t, ((const float *)data)[i]);
            break;
        case LOCI_WORD_U32:
            loci_source_put(t, "%luu", (unsigned long)((const uint32_t *)data)[i]);
            break;
        case LOCI_WORD_U64:
            loci_source_put(t, "UINT64_C(%llu)", (unsigned long long)((const uint64_t *)data)[i]);
            break;
        case LOCI_WORD_I8:
            loci_source_put(t, "%d", ((const int8_t *)data)[i]);
            break;
        }
        loci_source_put(t, ",");
    }
}

void loci_source_quoted(loci_source_text *t, const char *text)
{
    loci_source_put(t, "\"");
    for (const unsigned char *c = (const unsigned char *)text; *c; c++)
        if (*c < ' ' || *c > '~' || *c == '"' || *c == '\\' ||
            *c == '?') /* three digits, so that none that follows is one of them */
            loci_source_put(t, "\\%03o", *c);
        else
            loci_source_put(t, "%c", *c);
    loci_source_put(t, "\"");
}

void loci_source_capitals(const loci_export *p, char capitals[LOCI_EXPORT_PREFIX])
{
    size_t i = 0;
    for (; p->prefix[i]; i++)
        capitals[i] =
            (char)(p->prefix[i] >= 'a' && p->prefix[i] <= 'z' ? p->prefix[i] - 'a' + 'A' : p->prefix[i]);
    capitals[i] = 0;
}

/* ---- the files ---- */

void loci_export_name(const loci_export *p, loci_export_file file, char *name)
{
    static const char *const ends[] = {".h", ".c", "_test.c"};
    const size_t size = LOCI_EXPORT_PREFIX + 16;
    if (file <= LOCI_EXPORT_TEST)
        snprintf(name, size, "%s%s", p->prefix, ends[file]);
    else
        snprintf(name, size, "%s", file == LOCI_EXPORT_CMAKE ? "CMakeLists.txt" : "README.md");
}

/* A test has samples, and what C can write as numbers. */
static loci_status check_samples(const loci_export *p, const loci_export_samples *s, loci_error *error)
{
    if (s->count == 0)
        return loci_fail(error, LOCI_E_ARGUMENT,
                         "samples are none; one at least, for the test, was expected");
    for (size_t i = 0; i < s->count * p->inputs; i++)
        if (!isfinite(s->in[i]))
            return loci_fail(error, LOCI_E_VALUE, "sample %zu is %g; a finite number was expected",
                             i / p->inputs, (double)s->in[i]);
    for (size_t i = 0; i < s->count * p->outputs; i++)
        if (!isfinite((float)s->out[i]))
            return loci_fail(error, LOCI_E_VALUE,
                             "the answer to sample %zu is %g; a finite number was expected", i / p->outputs,
                             s->out[i]);
    return LOCI_OK;
}

loci_status loci_export_write(const loci_export *p, loci_export_file file, const loci_export_samples *given,
                              void **text, size_t *length, loci_error *error)
{
    loci_export_samples samples = {0};
    loci_source_text t = {.p = p};
    loci_status status = given ? LOCI_SIZED_TAKE(&samples, given, "loci_export_samples", error) : LOCI_OK;
    if (!status && file == LOCI_EXPORT_TEST) status = check_samples(p, &samples, error);
    *text = NULL;
    if (status) return status;
    reserve(&t, 1);
    switch (file) {
    case LOCI_EXPORT_HEADER:
        loci_source_header(&t);
        break;
    case LOCI_EXPORT_SOURCE:
        loci_source_source(&t);
        break;
    case LOCI_EXPORT_TEST:
        loci_source_test(&t, &samples);
        break;
    case LOCI_EXPORT_CMAKE:
        loci_source_cmake(&t);
        break;
    case LOCI_EXPORT_README:
        loci_source_readme(&t);
        break;
    default:
        loci_free(t.at);
        return loci_fail(error, LOCI_E_ARGUMENT, "file is %d; one of the %d that there are was expected",
                         (int)file, (int)LOCI_EXPORT_FILES);
    }
    if (t.failed) {
        loci_free(t.at);
        return loci_fail(error, LOCI_E_MEMORY, "out of memory for the source of %s", p->prefix);
    }
    *text = t.at, *length = t.length;
    return LOCI_OK;
}
