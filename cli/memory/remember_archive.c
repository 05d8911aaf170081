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

#include "memory/grid.h"
#include "memory/memory_file.h"
#include "shared/interrupt.h"
#include "shared/message.h"
#include "shared/output.h"
#include "shared/words.h"

#define NOT_GIVEN SIZE_MAX

/* Where the bytes go: a file that is written whole at the end, or one that grows. */
typedef struct {
    output out;
    int descriptor; /* -1: out */
    const char *path;
    char *whole; /* of a budget, in place of out: the bytes so far */
    size_t size;
    bool budgeted;
} place;

bool remember_archive_asked(const archive_settings *s)
{
    return s->error || s->max || s->lossless || s->budget || s->append;
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
    if (length >= sizeof number || !options_number(&bytes, number) || !(bytes >= 1) || !(bytes < 0x1p40))
        return message_usage(
            "remember: --budget is \"%s\"; a number of bytes, as 65536, 64K or 1M, was expected", text);
    spec->budget = (size_t)ldexp(bytes, unit ? 10 * (int)(unit - units + 1) : 0);
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
    if (s->missing && strcmp(s->missing, "refuse") != 0)
        return message_usage(
            "remember: --missing is \"%s\"; an archive keeps missing values as missing, or refuses them",
            s->missing);
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

static loci_status told(loci_error *error)
{
    error->status = LOCI_E_IO;
    error->text[0] = 0;
    return LOCI_E_IO;
}

/* Two programs that append would write into each other. A lock goes when any descriptor of the file is closed, so nothing opens
 * it after this. size: what it held when it was looked at. */
static int lock(const place *p, size_t size)
{
    struct flock whole = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    struct stat file;
    const bool busy = fcntl(p->descriptor, F_SETLK, &whole) != 0 && (errno == EACCES || errno == EAGAIN);
    if (!busy && fstat(p->descriptor, &file) == 0 && (size_t)file.st_size == size) return STATUS_DONE;
    return message_fail("%s: another program is appending to it; one at a time was expected", p->path);
}

/* Bytes of a budget gather until the end. */
static loci_status gather(place *p, size_t at, const void *bytes, size_t size, loci_error *error)
{
    char *larger = realloc(p->whole, at + size);
    if (!larger) {
        message_memory();
        return told(error);
    }
    p->whole = larger;
    memcpy(larger + at, bytes, size);
    p->size = at + size;
    return LOCI_OK;
}

/* All of a file that grows, anew: it is there whole, as it was or as it is now, at every moment. */
static loci_status replace(place *p, const void *bytes, size_t size, loci_error *error)
{
    if (output_file(p->path, bytes, size) != STATUS_DONE) return told(error);
    close(p->descriptor);
    p->descriptor = open(p->path, O_RDWR | O_CLOEXEC);
    if (p->descriptor < 0) {
        message_fail("%s: it cannot be opened: %s", p->path, strerror(errno));
        return told(error);
    }
    return lock(p, size) == STATUS_DONE ? LOCI_OK : told(error);
}

static loci_status sink(void *target, uint64_t at, const void *bytes, size_t size, loci_error *error)
{
    place *p = target;
    if (p->descriptor < 0 && p->budgeted) return gather(p, (size_t)at, bytes, size, error);
    if (p->descriptor < 0) {
        output_bytes(&p->out, bytes, size);
        return LOCI_OK;
    }
    if (at == 0 && p->size > 0) return replace(p, bytes, size, error);
    p->size = (size_t)at + size;
    const char *from = bytes;
    for (size_t done = 0; done < size;) {
        const ssize_t written = pwrite(p->descriptor, from + done, size - done, (off_t)(at + done));
        if (written > 0) {
            done += (size_t)written;
        } else if (written == 0 || errno != EINTR) {
            message_fail("%s: writing failed: %s", p->path, written == 0 ? "no room" : strerror(errno));
            if (ftruncate(p->descriptor, (off_t)at) != 0)
                return told(error); /* the rest of the page is passed over */
            return told(error);
        }
    }
    return LOCI_OK;
}

static loci_status take(void *target, const double *u, size_t n, loci_error *error)
{
    return loci_archive_writer_push(target, u, n, error);
}

/* What the note says, as that of a memory does. */
static int note_make(output *note, memory_file *k, const archive_settings *s, const source *from, bool iso)
{
    k->iso = iso;
    k->channels = from->info.channels;
    k->names = calloc(k->channels, sizeof *k->names);
    if (!k->names || !memory_file_sources(k, s->source->time, &s->source->columns)) return message_memory();
    for (size_t c = 0; c < k->channels; c++)
        if (!memory_file_name(k, c, loci_signal_channel(from->signal, c))) return message_memory();
    memory_file_note(note, k);
    return note->reason ? message_memory() : STATUS_DONE;
}

static int watch(void *target)
{
    (void)target;
    return interrupt_seen() ? STATUS_INTERRUPTED : STATUS_DONE;
}

/* Feeds the signal; what was read before something went wrong, or a signal ended it, is kept where the file grows. */
static int feed(loci_archive_writer *w, source *from, grid *g, const place *p)
{
    loci_error error;
    g->from = from;
    g->take = take;
    g->target = w;
    from->missing = LOCI_MISSING_HOLD;
    if (p->descriptor >= 0) interrupt_catch();
    if (p->descriptor >= 0 && source_live(from)) interrupt_ends_input();
    int status = source_feed_watched(from, grid_push, watch, g, "remembering");
    grid_release(g);
    if (status && p->descriptor < 0) return status;
    if (loci_archive_writer_finish(w, &error) != LOCI_OK && !status)
        status = error.text[0] ? message_error(from->path, &error) : STATUS_FAILED;
    return status;
}

static int create(const archive_settings *s, loci_archive_spec *spec, source *from, place *p)
{
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
    output note = {.path = p->path};
    memory_file k = {0};
    loci_archive_writer *w = NULL;
    loci_error error;
    status = note_make(&note, &k, s, from, iso);
    if (!status && loci_archive_writer_create(&w, spec, note.bytes, note.size, sink, p, &error) != LOCI_OK)
        status = message_error(from->path, &error);
    if (!status) status = feed(w, from, &g, p);
    loci_archive_writer_free(w);
    free(note.bytes);
    memory_file_release(&k);
    return status;
}

/* Whether the signal can go on where the archive ends. */
static int follows(const memory_file *k, const source *from, const loci_archive_info *info, double dt)
{
    char one[WORDS_SIZE], other[WORDS_SIZE];
    if (from->info.channels != k->channels)
        return message_fail("%s: it has %zu channel%s; %s has %zu", from->path, from->info.channels,
                            from->info.channels == 1 ? "" : "s", k->path, k->channels);
    for (size_t c = 0; c < k->channels; c++)
        if (strcmp(k->names[c], loci_signal_channel(from->signal, c)) != 0)
            return message_fail("%s: its channel %zu is \"%s\"; that of %s is \"%s\"", from->path, c + 1,
                                loci_signal_channel(from->signal, c), k->path, k->names[c]);
    if (fabs(dt - info->dt) > 1e-9 * info->dt)
        return message_fail("%s: its rate is %s Hz; that of %s is %s", from->path, words_rate(one, dt),
                            k->path, words_rate(other, info->dt));
    if (from->info.stamped && from->t[0] < info->end - 0.5 * info->dt)
        return message_fail("%s: it begins at %s, before %s ends; %s or later was expected", from->path,
                            words_time(one, from->t[0], k->iso), k->path,
                            words_time(other, info->end, k->iso));
    return STATUS_DONE;
}

static int create_there(const archive_settings *s, loci_archive_spec *spec, source *from, place *p)
{
    const int status = lock(p, 0);
    return status ? status : create(s, spec, from, p);
}

static int resume(const archive_settings *s, source *from, place *p)
{
    memory_file k;
    loci_error error;
    loci_archive_writer *w = NULL;
    double dt;
    if (s->error || s->max || s->lossless || s->budget || s->start || s->order != NOT_GIVEN ||
        s->page != NOT_GIVEN)
        return message_usage(
            "remember: %s is there and keeps what it promised; --error, --max, --lossless, --budget, --start, --order "
            "and --page are for a new one",
            p->path);
    int status = memory_file_load(&k, p->path);
    if (!status && !k.archive)
        status =
            message_fail("%s: it is a memory; an archive was expected, to which can be appended", p->path);
    if (!status) status = lock(p, k.size);
    if (!status) status = grid_step(&dt, from);
    if (!status) {
        const loci_archive_info info = loci_archive_inspect(k.archive);
        status = follows(&k, from, &info, dt);
        grid g = {.start = info.end, .dt = info.dt};
        if (!status && loci_archive_writer_resume(&w, k.bytes, k.size, sink, p, &error) != LOCI_OK)
            status = message_error(p->path, &error);
        if (!status && info.unfinished > 0 && ftruncate(p->descriptor, (off_t)info.bytes) != 0)
            status = message_fail("%s: writing failed: %s", p->path, strerror(errno));
        p->size = (size_t)info.bytes;
        if (!status) status = feed(w, from, &g, p);
    }
    loci_archive_writer_free(w);
    memory_file_release(&k);
    return status;
}

/* A file that was made and holds nothing is taken away again. */
static int append(const archive_settings *s, loci_archive_spec *spec, source *from)
{
    struct stat before;
    const bool there = stat(s->append, &before) == 0 && before.st_size > 0;
    if (!there && !s->error && !s->max && !s->lossless && !s->budget)
        return message_usage(
            "remember: %s is not there yet; --error, --max, --lossless or --budget was expected", s->append);
    place p = {.path = s->append, .descriptor = open(s->append, O_RDWR | O_CREAT | O_CLOEXEC, 0666)};
    if (p.descriptor < 0) return message_fail("%s: it cannot be opened: %s", s->append, strerror(errno));
    int status = there ? resume(s, from, &p) : create_there(s, spec, from, &p);
    struct stat after;
    if (!there && p.descriptor >= 0 && fstat(p.descriptor, &after) == 0 && after.st_size == 0)
        unlink(s->append);
    if (p.descriptor >= 0 && close(p.descriptor) != 0 && !status)
        status = message_fail("%s: writing failed: %s", s->append, strerror(errno));
    return status;
}

/* The file of -o, whole, where all went well. */
static int finish(place *p, int status)
{
    if (!status && p->budgeted) status = output_file(p->path, p->whole, p->size);
    free(p->whole);
    if (status || p->budgeted) {
        output_abandon(&p->out);
        return status;
    }
    return output_close(&p->out);
}

/* An archive made coarser: to another error or into a budget. */
static int coarser(const archive_settings *s, const loci_archive_spec *spec, const memory_file *old, place *p)
{
    loci_error error;
    if (!s->output || s->start || s->order != NOT_GIVEN || s->page != NOT_GIVEN ||
        (spec->rule == LOCI_KEEP_RMS && spec->relative) ||
        (spec->rule != LOCI_KEEP_RMS && spec->rule != LOCI_KEEP_BUDGET))
        return message_usage(
            "remember: %s is an archive already; -o with --error, in the signal's unit, or --budget was "
            "expected, to make it coarser",
            old->path);
    double *rms = calloc(old->channels, sizeof *rms);
    if (!rms) return message_memory();
    for (size_t c = 0; c < old->channels; c++) rms[c] = spec->bound;
    output_open(&p->out, s->output);
    const loci_status made =
        p->budgeted ? loci_archive_shrink(old->archive, spec->budget, spec->fading, sink, p, &error)
                    : loci_archive_recode(old->archive, rms, sink, p, &error);
    free(rms);
    return finish(p, made == LOCI_OK ? STATUS_DONE
                     : error.text[0] ? message_error(old->path, &error)
                                     : STATUS_FAILED);
}

int remember_archive(const archive_settings *s, const char *path)
{
    loci_archive_spec spec;
    int status = spec_settle(&spec, s);
    if (status) return status;
    if (s->output && strcmp(s->output, "-") == 0 && isatty(STDOUT_FILENO))
        return message_usage("remember: standard output is a terminal; -o with a file was expected");
    const char *to = s->output ? s->output : s->append;
    if (output_same_file(path, to))
        return message_usage("remember: %s is the signal itself; another file was expected for the archive",
                             to);
    place p = {.path = s->output, .descriptor = -1, .budgeted = spec.rule == LOCI_KEEP_BUDGET};
    memory_file old;
    if (memory_file_is_archive(path)) {
        status = memory_file_load(&old, path);
        if (!status) status = coarser(s, &spec, &old, &p);
        memory_file_release(&old);
        return status;
    }
    source from = {0};
    status = source_open(&from, path, s->source, 0);
    if (!status && s->append) {
        status = append(s, &spec, &from);
    } else if (!status) {
        output_open(&p.out, s->output);
        status = finish(&p, create(s, &spec, &from, &p));
    }
    source_close(&from);
    return status;
}
