/* SPDX-License-Identifier: MIT
 * readout_watch.c - samples beside what was foretold of them. */
#include "readout/readout.h"

#include <math.h>
#include <string.h>

#include "base/allocate.h"
#include "base/checksum.h"
#include "base/endian.h"
#include "base/status.h"
#include "base/vector.h"

enum { AHEADS = 7, VERSION = 2, FIXED = 64, FIXED_1 = 56 /* of version 1, which has no time */ };
static const char magic[8] = {'L', 'O', 'C', 'I', 'W', 'A', 'T', '\n'};
#define SHARE 0.05
#define SPEED 0.01

/* Followed by arrays: see view_of. */
struct loci_readout_watch {
    size_t channels, window, own, aheads, state, tables; /* doubles that are saved, and of the model */
    size_t ahead[AHEADS];                                /* 1, 4, 16, ... */
    size_t rows;                                         /* of foretold: the farthest ahead */
    uint64_t samples, fingerprint;                       /* samples of the history that goes on */
    uint64_t before; /* those of histories that were ended, less those that the model had seen: mod 2^64 */
    double time;     /* the caller's */
    double grow, shrink;
};

typedef struct {
    double *recent;   /* [channels][window], sample t at t % window: what the state is */
    double *foretold; /* [channels][rows][aheads] of time t, at t % rows */
    double *width;    /* [channels][aheads] */
    double *
        line; /* [channels][2 window]: recent, less the origin, twice in a row, so that any window lies in one piece */
    double *filter;   /* [sets][aheads][window], oldest first */
    double *constant; /* [channels][aheads] */
    double *
        origin; /* [channels]: filters sum to 1, and what is far from 0 has its digits in what it is less this */
} watch_view;

static watch_view view_of(const loci_readout_watch *w)
{
    watch_view v;
    double *at = (double *)(uintptr_t)(w + 1);
    v.recent = at, at += w->channels * w->window;
    v.foretold = at, at += w->channels * w->rows * w->aheads;
    v.width = at, at += w->channels * w->aheads;
    v.line = at, at += w->channels * 2 * w->window;
    v.filter = at, at += (w->own ? w->channels : 1) * w->aheads * w->window;
    v.constant = at, at += w->channels * w->aheads;
    v.origin = at;
    return v;
}

/* As the model has learned them. */
static void widths_of(const loci_readout_watch *w, const watch_view *v, const loci_readout *r)
{
    const readout_view from = loci_readout_view(r);
    const size_t h = r->spec.horizon;
    for (size_t c = 0; c < w->channels; c++)
        for (size_t k = 0; k < w->aheads; k++)
            v->width[c * w->aheads + k] = from.widths[(c * 2 + 1) * h + w->ahead[k] - 1];
}

loci_status loci_readout_watch_create(loci_readout_watch **watch, const loci_readout *r, loci_error *error)
{
    if (!r->solved)
        return loci_fail(error, LOCI_E_VALUE, "the readout has no weights yet; it must be solved first");
    const loci_readout_spec *s = &r->spec;
    loci_readout_watch w = {.channels = s->channels, .window = s->window, .own = s->own != 0};
    for (size_t ahead = 1; ahead <= s->horizon && w.aheads < AHEADS; ahead *= 4) w.ahead[w.aheads++] = ahead;
    w.rows = w.ahead[w.aheads - 1] + 1;
    w.state = w.channels * (w.window + w.rows * w.aheads + w.aheads);
    w.tables = w.channels * 2 * w.window + (w.own ? w.channels : 1) * w.aheads * w.window +
               w.channels * (w.aheads + 1);
    w.fingerprint = loci_readout_inspect(r).fingerprint;
    w.time = NAN;
    w.grow = exp(SPEED * (1.0 - SHARE));
    w.shrink = exp(-SPEED * SHARE);
    loci_readout_watch *made =
        loci_allocate_by(loci_allocator_of(r), 1, sizeof w + (w.state + w.tables) * sizeof(double));
    if (!made) return loci_fail(error, LOCI_E_MEMORY, "out of memory to watch %zu channels", w.channels);
    *made = w;
    const watch_view v = view_of(made);
    const readout_view from = loci_readout_view(r);
    const size_t h = s->horizon;
    for (size_t set = 0; set < readout_sets(s); set++)
        for (size_t k = 0; k < w.aheads; k++)
            for (size_t i = 0; i < w.window; i++)
                v.filter[(set * w.aheads + k) * w.window + i] =
                    from.filter[(set * w.window + i) * h + w.ahead[k] - 1];
    for (size_t c = 0; c < w.channels; c++)
        for (size_t k = 0; k < w.aheads; k++)
            v.constant[c * w.aheads + k] =
                from.constant[(w.own ? c : 0) * h + w.ahead[k] - 1] * from.scale[c] * from.unit[c];
    memcpy(v.origin, from.origin, w.channels * sizeof *v.origin);
    widths_of(made, &v, r);
    loci_readout_watch_part(made);
    *watch = made;
    return LOCI_OK;
}

void loci_readout_watch_free(loci_readout_watch *watch)
{
    loci_free(watch);
}

uint64_t loci_readout_watch_samples(const loci_readout_watch *watch)
{
    return watch->samples + watch->before;
}

double loci_readout_watch_time(const loci_readout_watch *watch)
{
    return watch->time;
}

void loci_readout_watch_set_time(loci_readout_watch *watch, double time)
{
    watch->time = time;
}

void loci_readout_watch_part(loci_readout_watch *w)
{
    const watch_view v = view_of(w);
    w->before += w->samples;
    w->samples = 0;
    for (size_t i = 0; i < w->channels * w->rows * w->aheads; i++) v.foretold[i] = NAN;
}

/* What the filters [count][n] make of x [n], added to y [count]. */
LOCI_HOT static void foretell(double *y, const double *filter, const double *x, size_t n, size_t count)
{
    for (size_t k = 0; k < count; k++, filter += n) {
        loci_f64x8 sum = {0}, other = {0};
        size_t i = 0;
        for (; i + 16 <= n; i += 16) {
            sum += *(const loci_f64x8u *)(filter + i) * *(const loci_f64x8u *)(x + i);
            other += *(const loci_f64x8u *)(filter + i + 8) * *(const loci_f64x8u *)(x + i + 8);
        }
        sum += other;
        for (size_t e = 0; e < 8; e++) y[k] += sum[e];
        for (; i < n; i++) y[k] += filter[i] * x[i];
    }
}

static void take(loci_readout_watch *w, const watch_view *v, size_t c, double u, loci_readout_answer *a)
{
    const size_t aheads = w->aheads, window = w->window, place = (size_t)(w->samples % window);
    double *const told = v->foretold + (c * w->rows + (size_t)(w->samples % w->rows)) * aheads;
    double *const width = v->width + c * aheads, *const line = v->line + c * 2 * window;
    *a = (loci_readout_answer){told[0], told[0] - width[0], told[0] + width[0], NAN};
    double x = u;
    if (isnan(u))
        x = !isnan(told[0])  ? told[0]
            : w->samples > 0 ? v->recent[c * window + (place + window - 1) % window]
                             : 0.0;
    for (size_t k = 0; k < aheads && !isnan(u); k++) {
        if (isnan(told[k])) continue;
        const double size = fabs(u - told[k]);
        const double score = size > 0.0 ? size / width[k] : 0.0;
        if (!(score <= a->score)) a->score = score;
        width[k] = width[k] > 0.0 ? width[k] * (size > width[k] ? w->grow : w->shrink) : size;
    }
    v->recent[c * window + place] = x;
    line[place] = line[place + window] = x - v->origin[c];
    if (w->samples + 1 < window) return;
    double y[AHEADS];
    for (size_t k = 0; k < aheads; k++) y[k] = v->constant[c * aheads + k];
    foretell(y, v->filter + (w->own ? c : 0) * aheads * window, line + place + 1, window, aheads);
    for (size_t k = 0; k < aheads; k++)
        v->foretold[(c * w->rows + (size_t)((w->samples + w->ahead[k]) % w->rows)) * aheads + k] =
            y[k] + v->origin[c];
}

loci_status loci_readout_watch_push(loci_readout_watch *w, loci_readout_answer *answers, const double *u,
                                    size_t n, size_t *done, loci_error *error)
{
    const watch_view v = view_of(w);
    const size_t channels = w->channels;
    for (*done = 0; *done < n; ++*done, w->samples++) {
        for (size_t c = 0; c < channels; c++)
            if (!isnan(u[*done * channels + c]) && !(fabs(u[*done * channels + c]) <= 1e150))
                return loci_fail(error, LOCI_E_VALUE,
                                 "sample %zu of channel %zu is %g; a number within 1e150 was expected", *done,
                                 c, u[*done * channels + c]);
        for (size_t c = 0; c < channels; c++)
            take(w, &v, c, u[*done * channels + c], &answers[*done * channels + c]);
    }
    return LOCI_OK;
}

loci_status loci_readout_watch_follow(loci_readout_watch *w, const loci_readout *r, loci_error *error)
{
    if (w->fingerprint != loci_readout_inspect(r).fingerprint)
        return loci_fail(error, LOCI_E_MISMATCH, "the watch is by another readout");
    const watch_view v = view_of(w);
    const readout_view from = loci_readout_view(r);
    const size_t past = readout_lags(r) - 1, n = loci_readout_newest(r, 0, NULL);
    loci_readout_watch_part(w);
    for (size_t k = past - n; k < past; k++, w->samples++)
        for (size_t c = 0; c < w->channels; c++) {
            loci_readout_answer known;
            take(w, &v, c, from.recent[c * past + k] * from.scale[c] + from.origin[c], &known);
        }
    w->before -= n;
    widths_of(w, &v, r); /* they have followed these samples already */
    return LOCI_OK;
}

/* ---- bytes ---- */

size_t loci_readout_watch_state_size(const loci_readout_watch *w)
{
    return FIXED + 8 * w->state + 8;
}

loci_status loci_readout_watch_save(const loci_readout_watch *w, void *bytes, size_t size, loci_error *error)
{
    if (size != loci_readout_watch_state_size(w))
        return loci_fail(error, LOCI_E_ARGUMENT, "%zu bytes were given to save in; %zu were expected", size,
                         loci_readout_watch_state_size(w));
    unsigned char *at = bytes;
    memcpy(at, magic, sizeof magic);
    at += sizeof magic;
    const uint64_t head[] = {VERSION, size, w->fingerprint, w->samples, w->state, w->before};
    const double time = isfinite(w->time) ? w->time : (double)INFINITY;
    for (size_t i = 0; i < sizeof head / sizeof *head; i++) loci_endian_put(&at, head[i], 8);
    loci_endian_put_f64(&at, &time, 1);
    const double *numbers = view_of(w).recent;
    for (size_t i = 0; i < w->state; i++) { /* one bit pattern for what was not foretold */
        const double x = isnan(numbers[i]) ? (double)INFINITY : numbers[i];
        loci_endian_put_f64(&at, &x, 1);
    }
    loci_endian_put(&at, loci_checksum(bytes, size - 8), 8);
    return LOCI_OK;
}

loci_status loci_readout_watch_restore(loci_readout_watch *w, const void *bytes, size_t size,
                                       loci_error *error)
{
    const unsigned char *at = bytes, *tail = (const unsigned char *)bytes + size - 8;
    if (size < sizeof magic || memcmp(at, magic, sizeof magic) != 0)
        return loci_fail(error, LOCI_E_FORMAT, "is no state of a watch: it does not begin like one");
    if (size < FIXED_1 + 8 || loci_endian_get(&tail, 8) != loci_checksum(bytes, size - 8))
        return loci_fail(error, LOCI_E_FORMAT,
                         "is a damaged state of a watch: its checksum does not fit its bytes");
    at += sizeof magic;
    uint64_t head[6];
    for (size_t i = 0; i < sizeof head / sizeof *head; i++) head[i] = loci_endian_get(&at, 8);
    if (head[0] < 1 || head[0] > VERSION)
        return loci_fail(error, LOCI_E_FORMAT, "is a state of version %llu; version 1 to %d was expected",
                         (unsigned long long)head[0], VERSION);
    const size_t older = head[0] == 1 ? FIXED - FIXED_1 : 0;
    if (head[2] != w->fingerprint)
        return loci_fail(error, LOCI_E_MISMATCH, "is the state of a watch by another model");
    if (head[1] != size || size != loci_readout_watch_state_size(w) - older || head[4] != w->state)
        return loci_fail(error, LOCI_E_FORMAT, "is a state with sizes that cannot be");
    double time = INFINITY;
    if (!older) loci_endian_get_f64(&time, &at, 1);
    const watch_view v = view_of(w);
    const size_t told = w->channels * w->window, widths = told + w->channels * w->rows * w->aheads;
    const unsigned char *numbers = at;
    for (size_t i = 0; i < w->state; i++) { /* trust nothing, change nothing before all is looked at */
        double x;
        loci_endian_get_f64(&x, &numbers, 1);
        if (isnan(x) || (isinf(x) && !(i >= told && i < widths && x > 0.0)) || (i >= widths && x < 0.0))
            return loci_fail(error, LOCI_E_FORMAT, "is a state with a number that cannot be");
    }
    loci_endian_get_f64(v.recent, &at, w->state);
    for (size_t i = told; i < widths; i++)
        if (isinf(v.recent[i])) v.recent[i] = NAN;
    for (size_t c = 0; c < w->channels; c++)
        for (size_t i = 0; i < 2 * w->window; i++)
            v.line[2 * c * w->window + i] = v.recent[c * w->window + i % w->window] - v.origin[c];
    w->samples = head[3];
    w->before = head[5];
    w->time = isfinite(time) ? time : NAN;
    return LOCI_OK;
}
