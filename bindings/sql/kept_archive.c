/* SPDX-License-Identifier: MIT
 * kept_archive.c - what an archive keeps, from a text; archives of samples with times. */
#include "kept.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
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

/* How far a time may lie from its step, in steps, as in the program: clocks are rounded, and so are steps. */
#define OFF_THE_STEP 0.05

/* The sample of time start + k step is number k; the places between are missing. */
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
        if (fabs(place - whole) > OFF_THE_STEP || !(whole < 0x1p53)) {
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
        if (whole - next > 1e9) {
            snprintf(
                sentence, sizeof sentence,
                "before the time %.17g %.3g steps of %g s are missing; a gap of at most 1e9 steps was expected",
                samples[i].time, whole - next, spec->dt);
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

/* No longer pages than `samples` need: what is made of many short archives has all of them open. */
static void page_settle(loci_archive_spec *spec, double samples)
{
    const size_t usual = spec->rule == LOCI_KEEP_BUDGET ? 16384 : 65536;
    spec->page = 64;
    while (spec->page < usual && (double)spec->page < samples) spec->page *= 2;
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
    if (!strstr(what, "step=") && !(gather > 0) && count > 1)
        spec.dt = loci_archive_step(&samples[0].time, count, sizeof *samples / sizeof(double));
    if (!(samples[0].time >= spec.start)) {
        char sentence[160];
        snprintf(sentence, sizeof sentence, "the time %.17g lies before the start, %.17g", samples[0].time,
                 spec.start);
        return fail(error, LOCI_E_VALUE, sentence);
    }
    if (!strstr(what, "page=")) page_settle(&spec, (samples[count - 1].time - spec.start) / spec.dt + 1);
    spec.allocator = result->allocator;
    status = loci_archive_writer_create(&writer, &spec, note, strlen(note), kept_sink, result, error);
    if (status != LOCI_OK) return status;
    status = push(writer, samples, count, &spec, pause, error);
    if (status == LOCI_OK) status = loci_archive_writer_finish(writer, error);
    loci_archive_writer_free(writer);
    return status;
}

/* ---- many to one ---- */

/* What was not there between two archives: an archive of its own, of missing samples. */
typedef struct {
    kept_bytes bytes;
    loci_archive *archive;
} gap;

static loci_status gap_make(gap *g, const loci_archive *before, double steps, void (*pause)(void),
                            loci_error *error)
{
    enum { PIECE = 4096 };
    double none[PIECE];
    const loci_archive_info info = loci_archive_inspect(before);
    loci_archive_spec spec = loci_archive_defaults();
    loci_archive_writer *writer;
    spec.dt = info.dt;
    spec.start = info.end;
    page_settle(&spec, steps);
    spec.rule = info.rule;
    spec.relative = 0;
    spec.bound = loci_archive_bound(before, 0);
    if (!(spec.bound > 0)) spec.bound = 1; /* of a budget it is not looked at */
    if (info.budget > 0) spec.budget = info.budget, spec.fading = info.fading;
    spec.allocator = g->bytes.allocator;
    loci_status status =
        loci_archive_writer_create(&writer, &spec, info.note, info.note_length, kept_sink, &g->bytes, error);
    if (status != LOCI_OK) return status;
    for (size_t i = 0; i < PIECE; i++) none[i] = NAN;
    for (double left = steps; left > 0 && status == LOCI_OK; left -= PIECE) {
        if (pause) pause();
        status = loci_archive_writer_push(writer, none, left < PIECE ? (size_t)left : PIECE, error);
    }
    if (status == LOCI_OK) status = loci_archive_writer_finish(writer, error);
    loci_archive_writer_free(writer);
    if (status != LOCI_OK) return status;
    return loci_archive_open_by(&g->archive, g->bytes.at, g->bytes.size, LOCI_ARCHIVE_WHOLE,
                                g->bytes.allocator, error);
}

/* Steps from an end to where the next one begins; < 0, said, where they do not follow one another. */
static double steps_between(double end, const kept *next, loci_error *error)
{
    const double dt = loci_archive_inspect(next->archive).dt, most = 1e9,
                 steps = (kept_start(next) - end) / dt, whole = floor(steps + 0.5);
    char sentence[sizeof error->text];
    if (whole >= 0 && whole <= most && fabs(steps - whole) <= 1e-3) return whole;
    snprintf(sentence, sizeof sentence,
             "an archive ends at %.15g and the next begins at %.15g; %s was expected", end, kept_start(next),
             whole < 0      ? "one that does not overlap"
             : whole > most ? "a gap of at most 1e9 steps"
                            : "whole steps, or nothing, between them");
    fail(error, LOCI_E_MISMATCH, sentence);
    return -1;
}

enum { SOME = 128 }; /* archives that are merged at once: each takes some 100 KB while it is */

/* k [count] behind what is in `result`, if anything is there; they are closed. */
static loci_status merge_some(kept_bytes *result, void (*pause)(void), kept *k, size_t count,
                              loci_error *error)
{
    loci_archive *all[2 * SOME + 1], *before = NULL;
    gap gaps[SOME];
    kept_bytes merged = {.allocator = result->allocator};
    size_t made = 0, gaps_made = 0;
    loci_status status = LOCI_OK;
    if (result->size > 0) {
        status = loci_archive_open_by(&before, result->at, result->size, LOCI_ARCHIVE_WHOLE,
                                      result->allocator, error);
        all[made++] = before;
    }
    for (size_t i = 0; i < count && status == LOCI_OK; i++) {
        const loci_archive *last = made > 0 ? all[made - 1] : NULL;
        const double steps = last ? steps_between(loci_archive_inspect(last).end, &k[i], error) : 0;
        if (steps < 0) status = LOCI_E_MISMATCH;
        if (steps > 0) {
            gap *g = &gaps[gaps_made++];
            *g = (gap){.bytes.allocator = result->allocator};
            status = gap_make(g, last, steps, pause, error);
            all[made++] = g->archive;
        }
        all[made++] = k[i].archive;
    }
    if (status == LOCI_OK) status = loci_archive_merge(all, made, kept_sink, &merged, error);
    loci_archive_close(before);
    for (size_t i = 0; i < gaps_made; i++) {
        loci_archive_close(gaps[i].archive);
        kept_bytes_release(&gaps[i].bytes);
    }
    for (size_t i = 0; i < count; i++) kept_close(&k[i]);
    kept_bytes_release(result);
    *result = merged;
    return status;
}

loci_status kept_archive_merge(kept_bytes *result, kept_plans *plans, kept *k, size_t count,
                               loci_error *error)
{
    loci_status status = LOCI_OK;
    result->size = 0;
    for (size_t i = 0, n; i < count && status == LOCI_OK; i += n) {
        n = count - i < SOME ? count - i : SOME;
        if (plans->pause) plans->pause();
        status = merge_some(result, plans->pause, k + i, n, error);
    }
    return status;
}
