/* SPDX-License-Identifier: MIT
 * forgotten.c - a note where most of a signal is forgotten. */
#include "memory/forgotten.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "shared/message.h"
#include "shared/words.h"

bool forgotten_create(forgotten *f, size_t channels)
{
    *f = (forgotten){.channels = channels, .of = calloc(channels, sizeof *f->of)};
    return f->of;
}

void forgotten_take(forgotten *f, size_t channel, const double *u, size_t n, size_t stride)
{
    forgotten_moments *m = &f->of[channel];
    double count = 0.0, sum = 0.0, square = 0.0;
    for (size_t i = 0; i < n; i++) {
        const double x = u[i * stride];
        count += isnan(x) ? 0.0 : 1.0;
        sum += isnan(x) ? 0.0 : x;
    }
    if (!(count > 0.0)) return;
    const double mean = sum / count, off = mean - m->mean, all = m->count + count;
    for (size_t i = 0; i < n; i++) {
        const double d = u[i * stride] - mean;
        square += isnan(d) ? 0.0 : d * d;
    }
    m->square += square + off * off * m->count * (count / all); /* both about the mean of all */
    m->mean += off * (count / all);
    m->count = all;
}

/* The share of a channel's variance; 0 where it has none, or where that is not known. */
static double share_of(const forgotten *f, size_t channel, loci_archive *a, uint64_t first)
{
    const loci_archive_info info = loci_archive_inspect(a);
    const double variance = f->of[channel].square / f->of[channel].count;
    const uint64_t from = first > info.first ? first - info.first : 0;
    loci_archive_known known;
    loci_error error;
    if (!(variance > 0.0) || !isfinite(variance) || from >= info.samples) return 0.0;
    if (loci_archive_stretch(a, channel, info.start + (double)from * info.dt, info.end, &known, &error) !=
        LOCI_OK)
        return 0.0;
    return known.mean_square > 0.0 ? fmin(known.mean_square / variance, 1.0) : 0.0;
}

void forgotten_say(const forgotten *f, const void *bytes, size_t size, uint64_t first, const char *path,
                   char *const *names)
{
    loci_archive *a;
    loci_error error;
    double most = 0.5;
    size_t of = 0, some = 0;
    if (loci_archive_open(&a, bytes, size, LOCI_ARCHIVE_WHOLE, &error) != LOCI_OK) return;
    for (size_t c = 0; c < f->channels && loci_archive_inspect(a).rule == LOCI_KEEP_BUDGET; c++) {
        const double share = share_of(f, c, a, first);
        if (!(share > 0.5)) continue;
        if (share > most) of = c;
        most = fmax(most, share);
        some++;
    }
    loci_archive_close(a);
    char share[WORDS_SIZE];
    if (some == 0) return;
    words_share(share, most);
    if (f->channels == 1)
        message_note("%s: %s of its variance is forgotten; a larger --budget keeps more", message_name(path),
                     share);
    else
        message_note(
            "%s: of %zu of %zu channels more than half of the variance is forgotten, of \"%s\" %s; a larger "
            "--budget keeps more",
            message_name(path), some, f->channels, names[of], share);
}

typedef struct {
    char *bytes;
    size_t size;
} gathered;

/* A sink of archives that says nothing where it fails. */
static loci_status gather(void *target, uint64_t at, const void *bytes, size_t size, loci_error *error)
{
    gathered *to = target;
    char *larger = realloc(to->bytes, (size_t)at + size);
    error->status = LOCI_E_MEMORY;
    if (!larger) return LOCI_E_MEMORY;
    memcpy(larger + at, bytes, size);
    *to = (gathered){.bytes = larger, .size = (size_t)at + size};
    return LOCI_OK;
}

void forgotten_say_written(const forgotten *f, loci_archive_writer *writer, uint64_t first, const char *path,
                           char *const *names)
{
    gathered now = {0};
    loci_error error;
    if (loci_archive_writer_peek(writer, gather, &now, &error) == LOCI_OK)
        forgotten_say(f, now.bytes, now.size, first, path, names);
    free(now.bytes);
}
