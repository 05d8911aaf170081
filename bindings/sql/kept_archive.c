/* SPDX-License-Identifier: MIT
 * kept_archive.c - what an archive keeps, from a text; archives of samples with times. */
#include "kept.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static loci_status fail(loci_error *error, loci_status status, const char *text)
{
    if (!error) return status;
    error->status = status;
    snprintf(error->text, sizeof error->text, "%s", text);
    return status;
}

/* Mantissa and power of ten are exact doubles, so that the quotient is rounded once. */
double kept_number(const char **text)
{
    const char *p = *text;
    double mantissa = 0, power = 1;
    int digits = 0, point = 0;
    for (; (*p >= '0' && *p <= '9') || (*p == '.' && !point); p++) {
        if (*p == '.') {
            point = 1;
            continue;
        }
        mantissa = 10 * mantissa + (*p - '0');
        if (point) power *= 10;
        if (++digits > 15) return NAN;
    }
    if (digits == 0) return NAN;
    *text = p;
    return mantissa / power;
}

static loci_status wrong(loci_error *error, const char *text)
{
    char sentence[sizeof error->text];
    snprintf(
        sentence, sizeof sentence,
        "\"%.60s\" does not say what an archive keeps; error=X, error=P%%, max=X, lossless=UNIT or budget=BYTES "
        "(K, M), and fading=F, step=S or gather=S, start=T, page=N behind commas were expected",
        text);
    return fail(error, LOCI_E_ARGUMENT, sentence);
}

loci_status kept_archive_spec(loci_archive_spec *spec, double *gather, const char *text, loci_error *error)
{
    static const char *const keys[] = {
        "error=", "max=", "lossless=", "budget=", "fading=", "step=", "start=", "page=", "gather="};
    enum { KEYS = sizeof keys / sizeof *keys, RULES = 4 };
    int rule = -1;
    *spec = loci_archive_defaults();
    *gather = 0;
    for (const char *p = text; *p;) {
        size_t k = 0;
        while (k < KEYS && strncmp(p, keys[k], strlen(keys[k])) != 0) k++;
        if (k == KEYS || (k < RULES && rule >= 0)) return wrong(error, text);
        p += strlen(keys[k]);
        const int negative = k == 6 && *p == '-';
        p += negative;
        double value = kept_number(&p);
        if (isnan(value)) return wrong(error, text);
        if (k == 3 && (*p == 'K' || *p == 'M')) value *= *p++ == 'K' ? 1024 : 1048576;
        if (k < 2) spec->relative = *p == '%';
        if (k < 2 && *p == '%') value /= 100, p++;
        if (k < RULES) {
            static const loci_archive_rule rules[RULES] = {LOCI_KEEP_RMS, LOCI_KEEP_LARGEST, LOCI_KEEP_UNITS,
                                                           LOCI_KEEP_BUDGET};
            rule = (int)k;
            spec->rule = rules[k];
        }
        if (k < 3) spec->bound = value;
        if (k == 2) spec->relative = 0;
        if (k == 3 || k == 7) {
            if (!(value < 0x1p53) || value != floor(value)) return wrong(error, text);
            *(k == 3 ? &spec->budget : &spec->page) = (size_t)value;
        }
        if (k == 4) spec->fading = value;
        if (k == 5 || k == 8) spec->dt = value;
        if (k == 8) *gather = value;
        if (k == 6) spec->start = negative ? -value : value;
        if (*p == ',' && p[1])
            p++;
        else if (*p)
            return wrong(error, text);
    }
    return rule < 0 ? wrong(error, text) : loci_archive_check(spec, error);
}

/* ---- samples with times ---- */

/* The sample of time start + k step is number k, to a thousandth of a step; the places between are missing. */
static loci_status push(loci_archive_writer *writer, const kept_sample *samples, size_t count,
                        const loci_archive_spec *spec, void (*pause)(void), loci_error *error)
{
    enum { PIECE = 4096 };
    double u[PIECE];
    size_t n = 0;
    double next = 0;
    for (size_t i = 0; i < count; i++) {
        const double place = (samples[i].time - spec->start) / spec->dt, whole = floor(place + 0.5);
        char sentence[sizeof error->text];
        if (fabs(place - whole) > 1e-3 || !(whole < 0x1p53)) {
            snprintf(
                sentence, sizeof sentence,
                "the time %.17g is no whole number of steps of %g s from %.17g; step=S says another step, "
                "gather=S gathers rows in steps",
                samples[i].time, spec->dt, spec->start);
            return fail(error, LOCI_E_VALUE, sentence);
        }
        if (whole < next) {
            snprintf(sentence, sizeof sentence,
                     "the time %.17g is the second within a step of %g s; one was expected", samples[i].time,
                     spec->dt);
            return fail(error, LOCI_E_VALUE, sentence);
        }
        for (; next <= whole; next++) {
            u[n++] = next < whole ? NAN : samples[i].value;
            if (n < PIECE) continue;
            if (pause) pause();
            const loci_status status = loci_archive_writer_push(writer, u, n, error);
            if (status != LOCI_OK) return status;
            n = 0;
        }
    }
    return n > 0 ? loci_archive_writer_push(writer, u, n, error) : LOCI_OK;
}

loci_status kept_archive_make(kept_bytes *result, const char *what, kept_sample *samples, size_t count,
                              int dates, void (*pause)(void), loci_error *error)
{
    const char *note = kept_note(dates);
    loci_archive_writer *writer;
    loci_archive_spec spec;
    double gather;
    loci_status status = kept_archive_spec(&spec, &gather, what, error);
    if (status == LOCI_OK) status = kept_sort(samples, count, result->allocator, pause, error);
    if (status == LOCI_OK && gather > 0) count = kept_gather(samples, count, gather);
    if (status == LOCI_OK) status = kept_distinct(samples, count, error);
    if (status != LOCI_OK) return status;
    if (!strstr(what, "start=")) spec.start = samples[0].time;
    if (!strstr(what, "step=") && !(gather > 0) && count > 1) {
        spec.dt = samples[1].time - samples[0].time;
        for (size_t i = 2; i < count; i++) spec.dt = fmin(spec.dt, samples[i].time - samples[i - 1].time);
    }
    if (!(samples[0].time >= spec.start)) {
        char sentence[160];
        snprintf(sentence, sizeof sentence, "the time %.17g lies before the start, %.17g", samples[0].time,
                 spec.start);
        return fail(error, LOCI_E_VALUE, sentence);
    }
    spec.allocator = result->allocator;
    status = loci_archive_writer_create(&writer, &spec, note, strlen(note), kept_sink, result, error);
    if (status != LOCI_OK) return status;
    status = push(writer, samples, count, &spec, pause, error);
    if (status == LOCI_OK) status = loci_archive_writer_finish(writer, error);
    loci_archive_writer_free(writer);
    return status;
}
