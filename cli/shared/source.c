/* SPDX-License-Identifier: MIT
 * source.c - a signal on its way through the program, piece by piece. */
#include "shared/source.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "shared/file_kind.h"
#include "shared/interrupt.h"
#include "shared/message.h"
#include "shared/progress.h"
#include "shared/words.h"

enum { WAIT = 500 }; /* milliseconds between looks at what is watched */
enum { PIECE_NUMBERS = 1 << 18, PIECE_MOST = 4096, PIECE_LEAST = 16 };

bool source_asked(const source_options *o)
{
    return o->raw || o->time || o->header || o->decimal || o->columns.count || o->mono ||
           o->channels != SIZE_MAX || o->skip != SIZE_MAX || !isnan(o->rate);
}

/* The options about text. */
static int text_check(const source_options *o, const char *command)
{
    const char *given = o->time               ? "time"
                        : o->columns.count    ? "column"
                        : o->header           ? "header"
                        : o->decimal          ? "decimal"
                        : o->skip != SIZE_MAX ? "skip"
                                              : NULL;
    if (o->raw && given)
        return message_usage("%s: --%s is for text, and --raw says that there is none", command, given);
    if (o->header && strcmp(o->header, "yes") != 0 && strcmp(o->header, "no") != 0)
        return message_usage("%s: --header is \"%s\"; yes or no was expected", command, o->header);
    if (o->decimal && strcmp(o->decimal, ",") != 0 && strcmp(o->decimal, ".") != 0)
        return message_usage("%s: --decimal is \"%s\"; a point or a comma was expected", command, o->decimal);
    return STATUS_DONE;
}

int source_check(const source_options *o, const char *command)
{
    loci_raw raw;
    loci_error error;
    if (o->raw && loci_raw_parse(&raw, o->raw, &error) != LOCI_OK)
        return message_usage("%s: --raw: %s", command, error.text);
    const bool many = o->channels != SIZE_MAX, rated = !isnan(o->rate);
    if (many && !o->raw)
        return message_usage("%s: --channels is for --raw; other signals tell their channels themselves",
                             command);
    if (many && (o->channels < 1 || o->channels > LOCI_CHANNELS_MAX))
        return message_usage("%s: --channels is %zu; 1 to %d was expected", command, o->channels,
                             LOCI_CHANNELS_MAX);
    const int status = text_check(o, command);
    if (status) return status;
    if (o->time && rated)
        return message_usage("%s: --rate and --time exclude each other; one of them was expected", command);
    if (rated && !(o->rate > 0))
        return message_usage("%s: --rate is %g; more than 0 Hz was expected", command, o->rate);
    if (rated && isinf(1 / o->rate))
        return message_usage("%s: --rate is %g; a rate whose samples last finite seconds was expected",
                             command, o->rate);
    return STATUS_DONE;
}

int source_missing_check(const char *word, const char *command)
{
    if (!word || strcmp(word, "refuse") == 0 || strcmp(word, "hold") == 0) return STATUS_DONE;
    return message_usage("%s: --missing is \"%s\"; refuse or hold was expected", command, word);
}

bool source_missing_holds(const char *word, bool usual)
{
    return word ? *word == 'h' : usual;
}

void source_missing_tell(const char *path, uint64_t count)
{
    char values[WORDS_SIZE];
    if (count > 0)
        message_note("%s%s%s; of each the value before stands there", path ? path : "", path ? ": " : "",
                     words_plural(values, count, "missing value"));
}

/* Passes on what the signal has to say about what it left out, once. */
static void hear(source *from)
{
    for (const char *text; (text = loci_signal_remark(from->signal, from->heard)); from->heard++)
        message_remark(from->path, text);
}

int source_next(source *from)
{
    loci_error error;
    if (from->count) from->last = from->t[from->count - 1];
    from->samples += from->count;
    from->skipped = from->joined = 0;
    double *t = from->info.stamped ? from->t : NULL;
    const loci_status status =
        loci_signal_read(from->signal, from->u, t, from->capacity, &from->count, &error);
    if (interrupt_ended_input()) {
        from->count -= from->count > 0;
        return STATUS_DONE;
    }
    hear(from);
    if (status == LOCI_OK) return STATUS_DONE;
    from->count = 0;
    return message_error(from->path, &error);
}

int source_pair(source *from)
{
    loci_error error;
    size_t more = 1;
    while (from->count < 2 && more > 0 && !interrupt_ended_input()) {
        double *t = from->info.stamped ? from->t + from->count : NULL;
        from->joined = from->count;
        if (loci_signal_read(from->signal, from->u + from->count * from->info.channels, t,
                             from->capacity - from->count, &more, &error) != LOCI_OK)
            return message_error(from->path, &error);
        if (interrupt_ended_input()) more = 0;
        from->count += more;
        hear(from);
    }
    return STATUS_DONE;
}

void source_place(const source *from, size_t k, char *place, size_t size)
{
    const size_t at = from->skipped + k;
    loci_signal_position(from->signal, at > from->joined ? at - from->joined : 0, place, size);
}

bool source_live(const source *from)
{
    struct stat about;
    return (from->standard ? fstat(STDIN_FILENO, &about) : stat(from->path, &about)) == 0 &&
           !S_ISREG(about.st_mode);
}

bool source_ready(const source *from, int milliseconds)
{
    if (!from->standard || from->count == from->capacity) return true; /* more may have been read already */
    struct pollfd input = {.fd = STDIN_FILENO, .events = POLLIN};
    const int ready = poll(&input, 1, milliseconds);
    return ready != 0 && !(ready < 0 && errno == EINTR);
}

/* A pipe or a device that has a name becomes standard input, which can be waited for. */
static const char *named_pipe(const char *path)
{
    struct stat about;
    if (strcmp(path, "-") == 0 || stat(path, &about) != 0 || S_ISREG(about.st_mode) || S_ISDIR(about.st_mode))
        return path;
    const int descriptor = open(path, O_RDONLY | O_CLOEXEC);
    if (descriptor < 0 || dup2(descriptor, STDIN_FILENO) < 0) return path; /* whoever opens it will say why */
    if (descriptor != STDIN_FILENO) close(descriptor);
    return "-";
}

int source_open(source *from, const char *path, const source_options *o, double rate)
{
    const char *name = path;
    path = named_pipe(path);
    *from = (source){.path = message_name(name), .standard = strcmp(path, "-") == 0};
    loci_signal_options options = {
        .columns = o->columns.count ? o->columns.items : NULL,
        .column_count = o->columns.count,
        .known = o->known.items,
        .known_count = o->known.count,
        .time_column = o->time,
        .channels = o->channels == SIZE_MAX ? 1 : o->channels,
        .header = !o->header          ? LOCI_HEADER_FOUND
                  : *o->header == 'y' ? LOCI_HEADER_YES
                                      : LOCI_HEADER_NO,
        .skip = o->skip == SIZE_MAX ? 0 : o->skip,
        .decimal = o->decimal ? *o->decimal : 0,
        .mono = o->mono,
    };
    loci_error error;
    if (o->raw) loci_raw_parse(&options.raw, o->raw, NULL);
    if (loci_signal_open(&from->signal, path, &options, &error) != LOCI_OK) {
        const file_kind kind = o->raw ? FILE_UNKNOWN : file_kind_at(path);
        if (file_kind_is_own(kind))
            return message_fail("%s: is %s; a signal was expected", from->path, file_kind_words(kind));
        return message_error(from->path, &error);
    }
    from->info = loci_signal_inspect(from->signal);
    hear(from);
    const char *times = loci_signal_time_like(from->signal);
    if (times && isnan(o->rate) && !o->timeless && options_offer("time", 4)) {
        const char *quote = strpbrk(times, " \t[](){}$&;\"*?<>|\\`!#~") ? "'" : "";
        message_note("%s: column %s looks like times; --time %s%s%s reads it so", from->path, times, quote,
                     times, quote);
    }
    const double own = from->info.rate;
    if (own > 0 && o->rate > 0 && fabs(own - o->rate) > 1e-9 * own) {
        char is[WORDS_SIZE], asked[WORDS_SIZE];
        return message_fail("%s: its rate is %s Hz, and --rate is %s; leave --rate out, or give the file's",
                            from->path, words_number(is, own), words_number(asked, o->rate));
    }
    from->dt = from->info.stamped ? 0 : 1 / (own > 0 ? own : !isnan(o->rate) ? o->rate : rate > 0 ? rate : 1);
    const size_t channels = from->info.channels ? from->info.channels : 1;
    from->capacity = PIECE_NUMBERS / channels;
    if (from->capacity > PIECE_MOST) from->capacity = PIECE_MOST;
    if (from->capacity < PIECE_LEAST) from->capacity = PIECE_LEAST;
    from->u = calloc(from->capacity * channels, sizeof *from->u);
    from->t = calloc(from->capacity, sizeof *from->t);
    if (!from->u || !from->t) return message_memory();
    const int status = source_next(from);
    if (status || from->count > 0) return status;
    return message_fail("%s: it holds no sample; at least one was expected", from->path);
}

void source_close(source *from)
{
    loci_signal_close(from->signal);
    free(from->u);
    free(from->t);
    *from = (source){0};
}

/* A piece was refused as a whole: finds the first sample that is no number or does not come after the one
 * before it, and says so in words of the file. Otherwise the library's own words must do. */
static int refused(const source *from, const loci_error *error)
{
    if (!error->text[0]) return STATUS_FAILED;
    for (size_t k = 0; k < from->count; k++) {
        char place[64];
        source_place(from, k, place, sizeof place);
        for (size_t c = 0; c < from->info.channels; c++) {
            const double u = from->u[k * from->info.channels + c];
            const char *name = loci_signal_channel(from->signal, c);
            if (isinf(u))
                return message_fail("%s: %s: \"%s\" is infinite; a finite number was expected", from->path,
                                    place, name);
            if (fabs(u) >= LOCI_VALUE_LIMIT)
                return message_fail(
                    "%s: %s: \"%s\" is %g; a number below 1.6e150 was expected, whose square can "
                    "be summed",
                    from->path, place, name, u);
            if (isnan(u) && from->missing == LOCI_MISSING_HOLD && from->samples + k == 0)
                return message_fail(
                    "%s: %s: \"%s\" has no value yet that could be held; a number was expected first",
                    from->path, place, name);
            if (isnan(u) && from->missing == LOCI_MISSING_REFUSE)
                return message_fail("%s: %s: \"%s\" is missing or not a number; a number was expected, "
                                    "or --missing hold",
                                    from->path, place, name);
        }
        if (!from->info.stamped) continue;
        char now[WORDS_SIZE], before[WORDS_SIZE];
        words_time(now, from->t[k], from->info.iso_times);
        if (!isfinite(from->t[k]))
            return message_fail("%s: %s: the time is missing or not finite; a time was expected", from->path,
                                place);
        if (from->samples + k == 0) continue;
        const double last = k ? from->t[k - 1] : from->last;
        words_time(before, last, from->info.iso_times);
        const double apart = nextafter(last, INFINITY) - last;
        if (from->t[k] == last && apart > 1e-7) /* as of seconds since 1970 */
            return message_fail(
                "%s: %s: time stands still at %s, where double precision tells times apart that differ by %.1g s or "
                "more; a later time was expected",
                from->path, place, now, apart);
        if (from->t[k] == last)
            return message_fail("%s: %s: time stands still at %s; a later time was expected", from->path,
                                place, now);
        if (from->t[k] < last)
            return message_fail("%s: %s: time goes back from %s to %s; a later time was expected", from->path,
                                place, before, now);
    }
    return message_error(from->path, error);
}

static int watch_nothing(void *target)
{
    (void)target;
    return STATUS_DONE;
}

int source_feed_until(source *from, uint64_t end, source_taker *take, source_watcher *watch, void *target,
                      const char *doing)
{
    progress bar;
    progress_start(&bar, doing, "samples", from->info.samples);
    int status = STATUS_DONE;
    while (!status && from->count > 0 && from->samples < end) {
        loci_error error;
        const size_t n = from->count < end - from->samples ? from->count : (size_t)(end - from->samples);
        if (take(target, from->u, from->info.stamped ? from->t : NULL, n, &error) != LOCI_OK) {
            status = refused(from, &error);
            break;
        }
        progress_step(&bar, from->samples + n);
        status = watch(target);
        while (!status && watch != watch_nothing && !source_ready(from, WAIT)) status = watch(target);
        if (!status) status = n < from->count ? source_skip(from, end) : source_next(from);
    }
    if (!status) status = watch(target);
    progress_wipe();
    return status;
}

int source_feed_watched(source *from, source_taker *take, source_watcher *watch, void *target,
                        const char *doing)
{
    return source_feed_until(from, UINT64_MAX, take, watch, target, doing);
}

int source_feed(source *from, source_taker *take, void *target, const char *doing)
{
    return source_feed_watched(from, take, watch_nothing, target, doing);
}

int source_skip(source *from, uint64_t samples)
{
    /* over what need not be looked at, where nothing has to be known of it */
    const uint64_t read = from->samples + from->count;
    if (!from->info.stamped && samples > read && samples < from->info.samples) {
        loci_error error;
        if (loci_signal_skip(from->signal, samples - read, &error) != LOCI_OK)
            return message_error(from->path, &error);
        from->samples += samples - read;
        const int status = source_next(from);
        if (status) return status;
    }
    while (from->count > 0 && from->samples + from->count <= samples) {
        const int status = source_next(from);
        if (status) return status;
    }
    if (from->samples + from->count < samples)
        return message_fail(
            "%s: it holds %llu samples; at least the %llu that were remembered before were expected",
            from->path, (unsigned long long)(from->samples + from->count), (unsigned long long)samples);
    const size_t gone = (size_t)(samples - from->samples), left = from->count - gone;
    if (gone == 0 || from->count == 0) return STATUS_DONE;
    from->last = from->t[gone - 1];
    from->skipped += gone;
    memmove(from->u, from->u + gone * from->info.channels, left * from->info.channels * sizeof *from->u);
    memmove(from->t, from->t + gone, left * sizeof *from->t);
    from->count = left;
    from->samples = samples;
    return STATUS_DONE;
}
