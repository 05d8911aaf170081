/* SPDX-License-Identifier: MIT
 * remember_archive.c - a signal into an archive: a new file, or the end of one that grows. */
#include "memory/remember_archive.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <loci/archive.h>

#include "memory/archive_place.h"
#include "memory/forgotten.h"
#include "memory/grid.h"
#include "memory/memory_file.h"
#include "memory/share_archive.h"
#include "shared/interrupt.h"
#include "shared/message.h"
#include "shared/output.h"
#include "shared/output_kind.h"
#include "shared/progress.h"
#include "shared/ranks.h"
#include "shared/words.h"

#define NOT_GIVEN SIZE_MAX

/* What comes live is saved so often, in seconds. */
enum { EVERY = 60, CHANNEL_BYTES = 65536 };

/* What was asked for, and where the bytes go. */
typedef struct {
    const archive_settings *asked;
    loci_archive_spec spec;
    archive_place place;
    loci_archive_writer *writer;
    double every, next;  /* seconds between savings, INFINITY: in the end; the clock at the next one */
    uint64_t samples;    /* of the archive */
    memory_file noted;   /* what its note says */
    forgotten came;      /* what is put into a budget; none of it: channels is 0 */
    bool anew;           /* the file has a header, which promises, and no whole page */
    bool refuses, holds; /* missing values; else they are kept as missing */
    double unit; /* whose multiples are kept without loss; 0: none, or it was said that there are others */
} job;

static bool promises(const archive_settings *s)
{
    return s->error || s->max || s->lossless || s->budget;
}

static bool missing_is(const archive_settings *s, const char *word)
{
    return s->missing && strcmp(s->missing, word) == 0;
}

/* "0.05", or, where a share is allowed, "1%". */
static int bound_parse(loci_archive_spec *spec, const char *name, const char *text, bool share)
{
    char number[64];
    const size_t length = strlen(text);
    const bool percent = share && length > 1 && length < sizeof number && text[length - 1] == '%';
    snprintf(number, sizeof number, "%.*s", (int)(percent ? length - 1 : length), text);
    spec->relative = percent;
    if (length >= sizeof number || !options_number(&spec->bound, number) || !(spec->bound > 0) ||
        !(spec->bound < INFINITY))
        return message_usage("remember: --%s is \"%s\"; a number above 0%s was expected", name, text,
                             share ? ", in the signal's unit or in %" : "");
    if (percent) spec->bound /= 100;
    return STATUS_DONE;
}

/* Bytes: "65536", "64K", "1M", "2G", in units of 1024. */
static int budget_parse(loci_archive_spec *spec, const char *text)
{
    static const char units[] = "KMG";
    char number[64];
    const size_t length = strlen(text);
    const char *unit = length > 1 ? strchr(units, text[length - 1]) : NULL;
    double bytes = 0;
    snprintf(number, sizeof number, "%.*s", (int)(unit ? length - 1 : length), text);
    spec->rule = LOCI_KEEP_BUDGET;
    const bool is = length < sizeof number && options_number(&bytes, number);
    if (unit) bytes = ldexp(bytes, 10 * (int)(unit - units + 1));
    if (!is || !(bytes >= 1) || !(bytes < (double)SIZE_MAX))
        return message_usage(
            "remember: --budget is \"%s\"; a number of bytes, as 65536, 64K or 1M, was expected", text);
    spec->budget = (size_t)bytes;
    return STATUS_DONE;
}

static int spec_settle(loci_archive_spec *spec, const archive_settings *s)
{
    *spec = loci_archive_defaults();
    if ((s->error != NULL) + (s->max != NULL) + (s->lossless != NULL) + (s->budget != NULL) > 1)
        return message_usage(
            "remember: --error, --max, --lossless and --budget are different promises; one was expected");
    if (s->output && s->append)
        return message_usage(
            "remember: -o makes a new file and --append continues one; one of both was expected");
    if (!s->output && !s->append)
        return message_usage("remember: -o M.loci is missing; a file for the archive was expected");
    if (s->missing && strcmp(s->missing, "refuse") != 0 && !missing_is(s, "hold") && !missing_is(s, "keep"))
        return message_usage("remember: --missing is \"%s\"; refuse, hold or keep was expected", s->missing);
    if (s->order != NOT_GIVEN) {
        spec->order = s->order;
        if (s->order == 0)
            return message_usage("remember: --order is 0; 1 to %d was expected", LOCI_ARCHIVE_ORDER_MAX);
    }
    if (s->page != NOT_GIVEN) {
        spec->page = s->page;
        if (s->page == 0) return message_usage("remember: --page is 0; at least 1 was expected");
    }
    int status = STATUS_DONE;
    if (s->error) status = bound_parse(spec, "error", s->error, true);
    if (s->max) {
        spec->rule = LOCI_KEEP_LARGEST;
        status = bound_parse(spec, "max", s->max, true);
    }
    if (s->lossless) {
        spec->rule = LOCI_KEEP_UNITS;
        status = bound_parse(spec, "lossless", s->lossless, false);
    }
    if (s->budget) status = budget_parse(spec, s->budget);
    if (!isnan(s->fading)) {
        if (!s->budget) return message_usage("remember: --fading is for --budget");
        spec->fading = s->fading;
    }
    loci_error error;
    if (!status && loci_archive_check(spec, &error) != LOCI_OK)
        return message_usage("remember: --%s", error.text);
    return status;
}

/* Where nothing is promised, so many bytes a channel. */
static void budget_usual(loci_archive_spec *spec, const archive_settings *s, size_t channels)
{
    if (promises(s)) return;
    spec->rule = LOCI_KEEP_BUDGET;
    spec->budget = CHANNEL_BYTES * channels;
}

static loci_status take(void *target, const double *u, size_t n, loci_error *error)
{
    job *j = target;
    for (size_t c = 0; c < j->came.channels; c++) forgotten_take(&j->came, c, u + c, n, j->came.channels);
    return loci_archive_writer_push(j->writer, u, n, error);
}

/* What the note says, as that of a memory does. */
static int note_make(output *note, memory_file *k, const archive_settings *s, const source *from, bool iso)
{
    k->iso = iso;
    k->holds = missing_is(s, "hold");
    k->channels = from->info.channels;
    k->names = calloc(k->channels, sizeof *k->names);
    if (!k->names || !memory_file_sources(k, &s->source)) return message_memory();
    for (size_t c = 0; c < k->channels; c++)
        if (!memory_file_name(k, c, loci_signal_channel(from->signal, c))) return message_memory();
    memory_file_note(note, k);
    return note->reason ? message_memory() : STATUS_DONE;
}

/* Samples before they go to their grid. */
typedef struct {
    grid g;
    job *of;
    double *held; /* [channels], the last values, where missing ones become these; else NULL */
} gate;

/* How many values were held, into the note, as far as it is not written yet. */
static int held_note(job *j)
{
    if (!j->noted.holds) return STATUS_DONE;
    loci_error error;
    output note = {.path = j->place.path};
    memory_file_note(&note, &j->noted);
    const loci_status status =
        note.reason ? LOCI_E_MEMORY : loci_archive_writer_note(j->writer, note.bytes, note.size, &error);
    free(note.bytes);
    return status == LOCI_E_MEMORY ? message_memory() : STATUS_DONE;
}

/* What cannot be saved now (a disk is full) may be saved later: it is said, and goes on. */
static int watch(void *target)
{
    job *j = ((gate *)target)->of;
    if (interrupt_seen()) return STATUS_INTERRUPTED;
    if (progress_clock() < j->next) return STATUS_DONE;
    j->next = progress_clock() + j->every;
    if (held_note(j) == STATUS_DONE) archive_place_save(&j->place, j->writer);
    return STATUS_DONE;
}

/* The first sample that is no multiple of the unit is told. */
static void units_look(job *j, const source *from, const double *u, size_t n)
{
    const size_t channels = from->info.channels, i = loci_archive_multiples(u, n * channels, j->unit);
    if (i == n * channels) return;
    char place[64], value[WORDS_SIZE], unit[WORDS_SIZE];
    source_place(from, i / channels, place, sizeof place);
    message_note("%s: %s: %s is no multiple of %s; pages that hold such samples are kept as doubles",
                 from->path, place, words_number(value, u[i]), words_number(unit, j->unit));
    j->unit = 0;
}

static loci_status gate_push(void *target, const double *u, const double *t, size_t n, loci_error *error)
{
    gate *to = target;
    const source *from = to->g.from;
    const size_t channels = from->info.channels;
    double *own = from->u + (u - from->u); /* the source's buffer, which is read over next */
    for (size_t i = 0; (to->of->refuses || to->held) && i < n * channels; i++) {
        double *held = to->held ? &to->held[i % channels] : NULL;
        if (!isnan(u[i])) {
            if (held) *held = u[i];
        } else if (held && !isnan(*held)) {
            own[i] = *held;
            to->of->noted.held++;
        } else {
            error->status = LOCI_E_VALUE;
            snprintf(error->text, sizeof error->text, "a value is missing");
            return LOCI_E_VALUE;
        }
    }
    if (to->of->unit > 0) units_look(to->of, from, u, n);
    return grid_push(&to->g, u, t, n, error);
}

static int interrupted(const job *j)
{
    char samples[WORDS_SIZE];
    message_fail("remember: interrupted after %s; %s holds them, and the same command%s goes on",
                 words_plural(samples, j->samples, "sample"),
                 strcmp(j->place.path, "-") == 0 ? "standard output" : j->place.path,
                 j->place.gathers ? " with --resume" : "");
    return STATUS_INTERRUPTED;
}

/* What times left out, and the archive has as missing. */
static void gaps_say(const grid *g)
{
    char filled[WORDS_SIZE], gaps[WORDS_SIZE], step[WORDS_SIZE];
    if (g->filled == 0) return;
    message_note("%s: the times leave out %s of %s, in %s; %s missing in the archive", g->from->path,
                 words_plural(filled, g->filled, "sample"), words_duration(step, g->dt),
                 words_plural(gaps, g->gaps, "gap"), g->filled == 1 ? "it is" : "they are");
}

/* Feeds the signal; what was read before something went wrong, or a signal ended it, is kept where the file grows. */
static int feed(job *j, source *from, grid g)
{
    const bool grows = j->place.descriptor >= 0, goes_on = grows || j->place.gathers;
    loci_error error;
    gate to = {.g = g, .of = j};
    if (j->holds) {
        to.held = malloc(from->info.channels * sizeof *to.held);
        if (!to.held) return message_memory();
        for (size_t c = 0; c < from->info.channels; c++) to.held[c] = NAN;
    }
    to.g.from = from;
    to.g.take = take;
    to.g.target = j;
    from->missing = j->refuses ? LOCI_MISSING_REFUSE : LOCI_MISSING_HOLD;
    const uint64_t held = j->noted.held, first = j->samples;
    j->unit = j->noted.archive ? loci_archive_inspect(j->noted.archive).rule == LOCI_KEEP_UNITS
                                     ? loci_archive_bound(j->noted.archive, 0)
                                     : 0
              : j->spec.rule == LOCI_KEEP_UNITS ? j->spec.bound
                                                : 0;
    j->next = progress_clock() + j->every;
    if (goes_on) interrupt_catch();
    if (goes_on && source_live(from)) interrupt_ends_input();
    int status = source_feed_watched(from, gate_push, watch, &to, "remembering");
    j->samples += to.g.next - g.next;
    if (!status) gaps_say(&to.g);
    if (!status && j->noted.held > held) {
        char values[WORDS_SIZE];
        message_note("%s: %s; of each the value before stands there", from->path,
                     words_plural(values, j->noted.held - held, "missing value"));
    }
    grid_release(&to.g);
    free(to.held);
    if (status && !grows && status != STATUS_INTERRUPTED) return status;
    const int told = held_note(j);
    if (told) return told;
    if (loci_archive_writer_finish(j->writer, &error) != LOCI_OK && (!status || status == STATUS_INTERRUPTED))
        return error.text[0] ? message_error(from->path, &error) : STATUS_FAILED;
    if (!status && j->came.channels > 0)
        forgotten_say_written(&j->came, j->writer, first, from->path, j->noted.names);
    if (j->noted.held == held || !j->place.gathers) return status;
    if (loci_archive_writer_peek(j->writer, archive_place_sink, &j->place, &error) != LOCI_OK && !status)
        return error.text[0] ? message_error(from->path, &error) : STATUS_FAILED;
    return status;
}

static int create(job *j, source *from)
{
    const archive_settings *s = j->asked;
    loci_archive_spec *spec = &j->spec;
    grid g = {0};
    bool iso = from->info.iso_times;
    spec->start = from->info.stamped ? from->t[0] : 0;
    int status = grid_step(&spec->dt, from);
    if (!status && s->start) {
        memory_file times = {.iso = true, .path = from->path};
        if (from->info.stamped)
            return message_usage(
                "remember: --start is for signals without times of their own; with --time it is the first");
        double number;
        iso = !options_number(&number, s->start);
        status = memory_file_time(&times, &spec->start, "remember: --start", s->start);
    }
    if (status) return status;
    g.start = spec->start;
    g.dt = spec->dt;
    spec->channels = from->info.channels;
    j->place.heads = spec->rule != LOCI_KEEP_BUDGET;
    output note = {.path = j->place.path};
    loci_error error;
    status = note_make(&note, &j->noted, s, from, iso);
    if (!status && ranks_team())
        status = share_archive(&j->place.out, spec, &note, from, j->refuses);
    else if (!status && loci_archive_writer_create(&j->writer, spec, note.bytes, note.size,
                                                   archive_place_sink, &j->place, &error) != LOCI_OK)
        status = message_error(from->path, &error);
    if (!status && spec->rule == LOCI_KEEP_BUDGET && !forgotten_create(&j->came, spec->channels))
        status = message_memory();
    if (!status && j->anew && !promises(s))
        message_note(
            "%s: it holds no whole page, and is begun anew, in %d bytes a channel, whatever it promised; "
            "--error, --max, --lossless or --budget would promise again",
            s->append, CHANNEL_BYTES);
    if (!status && !ranks_team()) status = feed(j, from, g);
    free(note.bytes);
    return status;
}

/* Whether the signal can go on where the archive ends; again: it may begin before, and is passed over up to there. */
static int follows(const memory_file *k, const source *from, const loci_archive_info *info, double dt,
                   bool again)
{
    char one[WORDS_SIZE], other[WORDS_SIZE];
    if (from->info.channels != k->channels)
        return message_fail("%s: it has %zu channel%s; %s has %zu", from->path, from->info.channels,
                            from->info.channels == 1 ? "" : "s", k->path, k->channels);
    for (size_t c = 0; c < k->channels; c++)
        if (strcmp(k->names[c], loci_signal_channel(from->signal, c)) != 0)
            return message_fail("%s: its channel %zu is \"%s\"; that of %s is \"%s\"", from->path, c + 1,
                                loci_signal_channel(from->signal, c), k->path, k->names[c]);
    if (fabs(dt - info->dt) > grid_tolerance(from) * info->dt)
        return message_fail("%s: its rate is %s Hz; that of %s is %s", from->path, words_rate(one, dt),
                            k->path, words_rate(other, info->dt));
    if (!again && from->info.stamped && from->t[0] < info->end - 0.5 * info->dt)
        return message_fail("%s: it begins at %s, before %s ends; %s or later was expected", from->path,
                            words_time(one, from->t[0], k->iso), k->path,
                            words_time(other, info->end, k->iso));
    return STATUS_DONE;
}

/* The same command must have made it. */
static int same_promise(const job *j, const memory_file *k, const loci_archive_info *info)
{
    const loci_archive_spec *spec = &j->spec;
    if (j->asked->start) {
        char one[WORDS_SIZE], two[WORDS_SIZE];
        double asked, begun = info->start - (double)info->first * info->dt;
        const int status = memory_file_time(k, &asked, "remember: --start", j->asked->start);
        if (status) return status;
        if (fabs(asked - begun) > 0.5 * info->dt)
            return message_fail("%s: it begins at %s, and --start is %s; the same, or none, was expected",
                                k->path, words_time(one, begun, k->iso), words_time(two, asked, k->iso));
    }
    if ((spec->order > 0 && spec->order != info->order) || (spec->page > 0 && spec->page != info->page))
        return message_fail("%s: its order is %zu and its page %zu; this command has others", k->path,
                            info->order, info->page);
    const bool bounded = spec->rule != LOCI_KEEP_BUDGET && !spec->relative;
    const double other = loci_archive_bound(k->archive, 0);
    if (spec->rule != info->rule)
        return message_fail("%s: it makes another promise than this command; the same one was expected",
                            k->path);
    if (spec->rule == LOCI_KEEP_BUDGET &&
        (spec->budget != info->budget || spec->fading < info->fading || spec->fading > info->fading))
        return message_fail("%s: its budget is %zu bytes, fading %g; this command has %zu, fading %g",
                            k->path, info->budget, info->fading, spec->budget, spec->fading);
    if (bounded && (spec->bound < other || spec->bound > other))
        return message_fail("%s: it keeps within %g; this command within %g", k->path, other, spec->bound);
    return STATUS_DONE;
}

/* A single sample with a time is on the archive's own steps. */
static int step_next(double *dt, source *from, const memory_file *k)
{
    int status = from->info.stamped ? source_pair(from) : STATUS_DONE;
    *dt = loci_archive_inspect(k->archive).dt;
    return status || from->count == 1 ? status : grid_step(dt, from);
}

/* Goes on behind an archive that is there: where the file grows, or, from a copy of it, where a budget's is saved as a whole. */
static int resume(job *j, source *from)
{
    memory_file *k = &j->noted;
    loci_error error;
    double dt;
    archive_place *p = &j->place;
    int status = memory_file_load(k, p->path);
    if (!status && !k->archive)
        status = message_fail(
            "%s: it is a memory; an archive was expected, to which can be appended, or the options that made the "
            "memory",
            p->path);
    if (!status && p->descriptor >= 0) status = archive_place_lock(p, k->size);
    if (!status) status = step_next(&dt, from, k);
    if (!status) {
        const loci_archive_info info = loci_archive_inspect(k->archive);
        const uint64_t samples = info.first + info.samples;
        j->samples = samples;
        status = follows(k, from, &info, dt, j->asked->resume);
        if (!status && j->asked->resume) status = same_promise(j, k, &info);
        grid g = {.start = info.end, .dt = info.dt};
        if (!status && j->asked->resume && from->info.stamped)
            g = (grid){.start = info.start - (double)info.first * info.dt,
                       .dt = info.dt,
                       .next = samples,
                       .known = samples};
        else if (!status && j->asked->resume && !source_live(from))
            status = source_skip(from, samples);
        if (!status && loci_archive_writer_resume(&j->writer, k->bytes, k->size, archive_place_sink, p,
                                                  &error) != LOCI_OK)
            status = message_error(p->path, &error);
        if (!status && p->gathers &&
            archive_place_sink(p, 0, k->bytes, (size_t)info.bytes, &error) != LOCI_OK)
            status = STATUS_FAILED;
        if (!status && p->descriptor >= 0 && info.unfinished > 0 &&
            ftruncate(p->descriptor, (off_t)info.bytes) != 0)
            status = message_fail("%s: writing failed: %s", p->path, strerror(errno));
        p->size = (size_t)info.bytes;
        if (!status && info.rule == LOCI_KEEP_BUDGET && !forgotten_create(&j->came, k->channels))
            status = message_memory();
        if (!status) status = feed(j, from, g);
    }
    return status;
}

/* A file that was made and holds nothing is taken away again; one without a whole page holds nothing yet. */
static int append(job *j, source *from)
{
    const archive_settings *s = j->asked;
    struct stat before = {0};
    if (stat(s->append, &before) == 0 && !S_ISREG(before.st_mode))
        return message_usage("remember: --append is for a file that can grow; %s is none", s->append);
    const bool there = before.st_size > 0 && !memory_file_is_empty(s->append);
    if (there && (promises(s) || s->start || s->order != NOT_GIVEN || s->page != NOT_GIVEN))
        return message_usage(
            "remember: %s is there and keeps what it promised; --error, --max, --lossless, --budget, --start, --order "
            "and --page are for a new one",
            s->append);
    archive_place *p = &j->place;
    p->descriptor = open(s->append, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    const bool made = p->descriptor >= 0;
    if (!made && errno == EEXIST) p->descriptor = open(s->append, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    if (p->descriptor < 0) return message_fail("%s: it cannot be opened: %s", s->append, strerror(errno));
    int status = there ? resume(j, from) : archive_place_lock(p, (size_t)before.st_size);
    const bool ours = made && !status;
    j->anew = !there && before.st_size > 0;
    if (!there && !status) status = create(j, from);
    struct stat after;
    if (ours && p->descriptor >= 0 && fstat(p->descriptor, &after) == 0 && after.st_size == 0)
        unlink(s->append);
    if (p->descriptor >= 0 && close(p->descriptor) != 0 && !status)
        status = message_fail("%s: writing failed: %s", s->append, strerror(errno));
    return status;
}

/* A file of its own; of a budget it is saved every now and then, and an interrupt ends the signal. */
static int write_whole(job *j, source *from)
{
    const archive_settings *s = j->asked;
    archive_place *p = &j->place;
    p->gathers = j->spec.rule == LOCI_KEEP_BUDGET;
    if (p->gathers && !output_is_stream(s->output))
        j->every = !isnan(s->every) ? s->every : source_live(from) ? EVERY : INFINITY;
    output_open(&p->out, s->output);
    const int status = s->resume && access(s->output, F_OK) == 0 ? resume(j, from) : create(j, from);
    if (status != STATUS_INTERRUPTED) return archive_place_finish(p, status);
    const int saved = archive_place_finish(p, STATUS_DONE);
    return saved ? saved : STATUS_INTERRUPTED;
}

/* Where most of an archive is forgotten in a budget. */
static void shrunk_note(const memory_file *old, const archive_place *p)
{
    enum { SOME = 4096 };
    const loci_archive_info info = loci_archive_inspect(old->archive);
    forgotten came;
    double u[SOME];
    loci_error error;
    if (!forgotten_create(&came, old->channels)) return;
    loci_status status = LOCI_OK;
    for (size_t c = 0; c < old->channels; c++)
        for (uint64_t i = 0; i < info.samples && status == LOCI_OK; i += SOME) {
            const size_t n = info.samples - i < SOME ? (size_t)(info.samples - i) : SOME;
            status = loci_archive_samples(old->archive, c, info.first + i, n, u, &error);
            if (status == LOCI_OK) forgotten_take(&came, c, u, n, 1);
        }
    if (status == LOCI_OK) forgotten_say(&came, p->whole, p->size, info.first, old->path, old->names);
    free(came.of);
}

/* An archive made coarser: to another error or into a budget. */
static int coarser(job *j, const memory_file *old)
{
    const archive_settings *s = j->asked;
    const loci_archive_spec *spec = &j->spec;
    archive_place *p = &j->place;
    loci_error error;
    if (!s->output || s->start || s->order != NOT_GIVEN || s->page != NOT_GIVEN || s->resume ||
        !promises(s) || (spec->rule == LOCI_KEEP_RMS && spec->relative) ||
        (spec->rule != LOCI_KEEP_RMS && spec->rule != LOCI_KEEP_BUDGET))
        return message_usage(
            "remember: %s is an archive already; -o with --error, in the signal's unit, or --budget was "
            "expected, to make it coarser",
            old->path);
    if (source_asked(&s->source) || s->missing || !isnan(s->every))
        return message_usage(
            "remember: %s is an archive already, which is made coarser as it is; --rate, --time, --column and their "
            "like, --missing and --every are for signals",
            old->path);
    double *rms = calloc(old->channels, sizeof *rms);
    if (!rms) return message_memory();
    for (size_t c = 0; c < old->channels; c++) rms[c] = spec->bound;
    p->gathers = spec->rule == LOCI_KEEP_BUDGET;
    output_open(&p->out, s->output);
    const loci_status made =
        p->gathers
            ? loci_archive_shrink(old->archive, spec->budget, spec->fading, archive_place_sink, p, &error)
            : loci_archive_recode(old->archive, rms, archive_place_sink, p, &error);
    free(rms);
    if (made == LOCI_OK && p->gathers) shrunk_note(old, p);
    return archive_place_finish(p, made == LOCI_OK ? STATUS_DONE
                                   : error.text[0] ? message_error(old->path, &error)
                                                   : STATUS_FAILED);
}

/* What several processes can do together. */
static int sharing_check(const archive_settings *s, const loci_archive_spec *spec, const char *path)
{
    const char *alone = s->append               ? "--append"
                        : s->resume             ? "--resume"
                        : !isnan(s->every)      ? "--every"
                        : missing_is(s, "hold") ? "--missing hold"
                                                : NULL;
    if (alone) return message_usage("remember: %s is for one process", alone);
    if (!promises(s) || spec->rule == LOCI_KEEP_BUDGET)
        return message_usage(
            "remember: a budget is kept by one process; --error, --max, --lossless or, of a memory, "
            "--detail was expected");
    if (memory_file_is_archive(path))
        return message_usage("remember: %s is an archive already, which one process makes coarser", path);
    return STATUS_DONE;
}

int remember_archive(const archive_settings *s, const char *path)
{
    job j = {.asked = s,
             .every = INFINITY,
             .place = {.descriptor = -1},
             .refuses = s->missing ? missing_is(s, "refuse") : !promises(s) && !s->append,
             .holds = missing_is(s, "hold")};
    int status = spec_settle(&j.spec, s);
    if (status) return status;
    if (s->output && strcmp(s->output, "-") == 0 && isatty(STDOUT_FILENO))
        return message_usage("remember: standard output is a terminal; -o with a file was expected");
    const char *to = s->output ? s->output : s->append;
    if (output_same_file(path, to))
        return message_usage("remember: %s is the signal itself; another file was expected for the archive",
                             to);
    status = output_kind_none(s->output, "-o", "the archive", "remember");
    if (status) return status;
    j.place.path = to;
    if (ranks_team()) status = sharing_check(s, &j.spec, path);
    if (status) return status;
    if (memory_file_is_archive(path)) {
        memory_file old;
        status = memory_file_load(&old, path);
        if (!status) status = coarser(&j, &old);
        memory_file_release(&old);
        return status;
    }
    source from = {0};
    status = source_open(&from, path, &s->source, 0);
    if (!status) {
        budget_usual(&j.spec, s, from.info.channels);
        status = s->append ? append(&j, &from) : write_whole(&j, &from);
        if (status == STATUS_INTERRUPTED) status = interrupted(&j);
    }
    loci_archive_writer_free(j.writer);
    free(j.came.of);
    memory_file_release(&j.noted);
    source_close(&from);
    return status;
}
