/* SPDX-License-Identifier: MIT
 * command_remember.c - squeeze a signal into a memory, and keep that in a file. */
#include "shared/command.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "memory/memory_file.h"
#include "memory/remember_archive.h"
#include "memory/share.h"
#include "shared/interrupt.h"
#include "shared/message.h"
#include "shared/output.h"
#include "shared/output_kind.h"
#include "shared/progress.h"
#include "shared/ranks.h"
#include "shared/source.h"
#include "shared/words.h"

#define NOT_GIVEN SIZE_MAX
enum { EVERY = 60 }; /* seconds */

typedef struct {
    archive_settings file; /* what both kinds have, and what archives alone have */
    const char *measure, *method, *discretization, *end;
    size_t detail;
    double window;
    bool linear;
} settings;

static bool one_of(size_t *choice, const char *word, const char *const *words, size_t count)
{
    for (*choice = 0; *choice < count; ++*choice)
        if (strcmp(words[*choice], word) == 0) return true;
    return false;
}

/* From the options to the spec; what does not fit the measure is wrong usage. */
static int spec_settle(loci_memory_spec *spec, const settings *s)
{
    static const char *const missing[] = {"refuse", "hold"},
                             *const methods[] = {"exact", "bilinear", "backward", "zoh"},
                             *const discretizations[] = {"zoh", "bilinear"};
    static const loci_discretization discretization[] = {LOCI_ZOH, LOCI_BILINEAR};
    loci_error error;
    size_t choice;
    *spec = loci_memory_defaults();
    if (s->measure && loci_measure_parse(&spec->measure, s->measure, &error) != LOCI_OK)
        return message_usage("remember: --%s", error.text);
    const char *measure = loci_measure_name(spec->measure);
    const bool legs = spec->measure == LOCI_MEASURE_LEGS;
    if (s->file.missing) {
        if (!one_of(&choice, s->file.missing, missing, 2))
            return message_usage("remember: --missing is \"%s\"; %s was expected", s->file.missing,
                                 strcmp(s->file.missing, "keep") == 0 ? "of a memory refuse or hold"
                                                                      : "refuse or hold");
        spec->missing = choice ? LOCI_MISSING_HOLD : LOCI_MISSING_REFUSE;
    }
    if (s->method) {
        if (!one_of(&choice, s->method, methods, 4))
            return message_usage(
                "remember: --method is \"%s\"; exact, bilinear, backward or zoh was expected", s->method);
        if (!legs) return message_usage("remember: --method is for legs; %s has --discretization", measure);
        spec->method = (loci_method)choice;
    }
    const bool exact = legs && spec->method == LOCI_METHOD_EXACT;
    if (s->discretization) {
        if (!one_of(&choice, s->discretization, discretizations, 2))
            return message_usage("remember: --discretization is \"%s\"; zoh or bilinear was expected",
                                 s->discretization);
        if (legs)
            return message_usage(
                "remember: --discretization is for legs-lti, legt, lagt and fout; legs has --method");
        spec->discretization = discretization[choice];
    }
    if (s->file.order != NOT_GIVEN) spec->order = s->file.order;
    if (s->detail != NOT_GIVEN) {
        if (!exact)
            return message_usage("remember: --detail is for legs by --method exact; others keep one state");
        spec->detail = s->detail;
    } else if (!exact) {
        spec->detail = 0;
    }
    if (s->linear) {
        if (!exact)
            return message_usage("remember: --linear is for legs by --method exact; others hold each sample");
        spec->join = LOCI_LINEAR;
    }
    const bool windowed = spec->measure == LOCI_MEASURE_LEGT || spec->measure == LOCI_MEASURE_FOUT;
    if (!isnan(s->window)) {
        if (legs)
            return message_usage(
                "remember: --window is for legt, fout, legs-lti and lagt; legs remembers the whole "
                "history");
        spec->window = s->window;
    } else if (!legs) {
        return message_usage("remember: %s needs --window: %s, in seconds", measure,
                             windowed ? "how far back it looks" : "its time constant");
    }
    if (s->file.source.time) spec->dt = 0;
    if (loci_memory_check(spec, &error) != LOCI_OK) return message_usage("remember: --%s", error.text);
    if (s->file.start && s->file.source.time && spec->method == LOCI_METHOD_EXACT)
        return message_usage(
            "remember: --start is for signals without times of their own; with --time it is the first");
    if (s->end && !s->file.source.time && !s->linear)
        return message_usage("remember: --end is for --time and --linear, whose last sample has no end; "
                             "at a rate it lasts as long as the others");
    return STATUS_DONE;
}

/* --start: seconds, or a date, which makes the times of a signal without dates into dates. */
static int start_settle(double *start, bool *iso, const settings *s, const source *from)
{
    *iso = from->info.iso_times;
    *start = from->info.stamped ? from->t[0] : 0;
    if (!s->file.start || options_number(start, s->file.start)) return STATUS_DONE;
    loci_error error;
    if (loci_time_parse(start, s->file.start, &error) != LOCI_OK)
        return message_usage("remember: --start: %s", error.text);
    if (from->info.stamped && !*iso)
        return message_usage("remember: --start is the date %s, but the times of %s are plain seconds",
                             s->file.start, from->path);
    *iso = true;
    return STATUS_DONE;
}

/* A memory on its way into its file: what is there when the program is killed is what was saved last. */
typedef struct {
    memory_file *k;
    const char *path;
    double every, next; /* seconds; INFINITY: saved in the end only */
    uint64_t saved;     /* samples in the file */
} keeper;

static loci_status push(void *target, const double *u, const double *t, size_t n, loci_error *error)
{
    const keeper *all = target;
    return loci_memory_push(all->k->memory, all->k->plan, u, t, n, error);
}

/* What cannot be saved now (a disk is full) may be saved later: it is said, and goes on. */
static int watch(void *target)
{
    keeper *all = target;
    if (interrupt_seen()) return STATUS_INTERRUPTED;
    if (progress_clock() < all->next) return STATUS_DONE;
    all->next = progress_clock() + all->every;
    const uint64_t samples = loci_memory_inspect(all->k->memory, all->k->plan).samples;
    if (samples > all->saved && memory_file_save(all->k, all->path) == STATUS_DONE) all->saved = samples;
    return STATUS_DONE;
}

static int interrupted(const keeper *all)
{
    const int status = memory_file_save(all->k, all->path);
    if (status) return status;
    char samples[WORDS_SIZE];
    words_plural(samples, loci_memory_inspect(all->k->memory, all->k->plan).samples, "sample");
    message_fail("remember: interrupted after %s; %s holds them, and the same command with --resume goes on",
                 samples, strcmp(all->path, "-") == 0 ? "standard output" : all->path);
    return STATUS_INTERRUPTED;
}

/* The memory that the file holds takes the place of k, if there is a file and both are of one kind. A file that is read
 * again is read on behind what was remembered of it; what comes through a pipe follows. */
static int resume(memory_file *k, source *from, const settings *s)
{
    if (access(s->file.output, F_OK) != 0) return STATUS_DONE;
    memory_file old;
    int status = memory_file_load(&old, s->file.output);
    if (!status && old.archive)
        status = message_fail("%s: it is an archive; a memory was expected", s->file.output);
    if (!status && !s->file.start && !from->info.stamped) k->iso = old.iso;
    k->path = "this command";
    if (!status) status = memory_file_agree(&old, k);
    k->path = NULL;
    if (!status && s->file.start) {
        const double begun = loci_memory_inspect(old.memory, old.plan).start,
                     asked = loci_memory_inspect(k->memory, k->plan).start;
        char one[WORDS_SIZE], other[WORDS_SIZE];
        if (begun < asked || begun > asked)
            status = message_fail("%s: it begins at %s, and --start is %s; the same, or none, was expected",
                                  s->file.output, words_time(one, begun, k->iso),
                                  words_time(other, asked, k->iso));
    }
    if (!status && !source_live(from))
        status = source_skip(from, loci_memory_inspect(old.memory, old.plan).samples);
    if (status) {
        memory_file_release(&old);
        return status;
    }
    memory_file_release(k);
    *k = old;
    return STATUS_DONE;
}

/* The last interval, where it is still open, and whether there is any history at all. */
static int end_settle(memory_file *k, const settings *s, const char *path)
{
    loci_error error;
    if (s->end) {
        double end;
        const int status = memory_file_time(k, &end, "remember: --end", s->end);
        if (status) return status;
        const double last = loci_memory_inspect(k->memory, k->plan).end;
        if (end < last) {
            char asked[WORDS_SIZE], least[WORDS_SIZE];
            return message_fail("%s: --end is %s; the last sample lies at %s, and a later time was expected",
                                path, words_time(asked, end, k->iso), words_time(least, last, k->iso));
        }
        if (loci_memory_close(k->memory, k->plan, end, &error) != LOCI_OK)
            return message_fail("%s: --end: %s", path, error.text);
    }
    const loci_memory_info info = loci_memory_inspect(k->memory, k->plan);
    if (info.end > info.start) return STATUS_DONE;
    return message_fail("%s: holds one sample, and nothing says how long it lasts; --end was expected", path);
}

/* A last word, for people only. */
static void tell(const memory_file *k, const char *path)
{
    if (!isatty(STDERR_FILENO)) return;
    const loci_memory_info info = loci_memory_inspect(k->memory, k->plan);
    char samples[WORDS_SIZE], numbers[WORDS_SIZE];
    words_plural(samples, info.samples, "sample");
    words_plural(numbers, info.numbers, "number");
    fprintf(stderr, "%s: %s of %zu channel%s in %s each\n", path, samples, info.channels,
            info.channels == 1 ? "" : "s", numbers);
}

/* Seconds between two savings. */
static double every_settle(const settings *s, const source *from)
{
    if (output_is_stream(s->file.output)) return INFINITY;
    if (!isnan(s->file.every)) return s->file.every;
    return source_live(from) ? EVERY : INFINITY;
}

/* What several processes can do together. */
static int sharing_check(const loci_memory_spec *spec, const source *from, const settings *s)
{
    const char *alone = s->file.resume                       ? "--resume"
                        : !isnan(s->file.every)              ? "--every"
                        : spec->missing                      ? "--missing hold"
                        : spec->measure != LOCI_MEASURE_LEGS ? "--measure"
                        : spec->method != LOCI_METHOD_EXACT  ? "--method"
                                                             : NULL;
    if (alone)
        return message_usage(
            "remember: %s is for one process; legs by the exact method were expected, from the "
            "beginning and without missing values",
            alone);
    return share_check(from);
}

static int remember(source *from, memory_file *k, const settings *s, loci_memory_spec *spec)
{
    double start;
    bool iso;
    int status = start_settle(&start, &iso, s, from);
    if (status) return status;
    spec->dt = from->dt;
    from->missing = spec->missing;
    if (ranks_team()) status = sharing_check(spec, from, s);
    if (!status) status = memory_file_create(k, spec, from->info.channels, start);
    if (status) return status;
    k->iso = iso;
    if (!memory_file_sources(k, &s->file.source)) return message_memory();
    for (size_t c = 0; c < k->channels; c++)
        if (!memory_file_name(k, c, loci_signal_channel(from->signal, c))) return message_memory();
    if (s->file.resume) status = resume(k, from, s);
    keeper all = {.k = k, .path = s->file.output, .every = every_settle(s, from)};
    all.next = progress_clock() + all.every;
    if (!status && ranks_team()) {
        status = share_memory(k, from);
        if (!ranks_first()) return status;
    } else if (!status) {
        interrupt_catch();
        if (source_live(from)) interrupt_ends_input();
        status = source_feed_watched(from, push, watch, &all, "remembering");
    }
    if (status == STATUS_INTERRUPTED) return interrupted(&all);
    if (!status) status = end_settle(k, s, from->path);
    if (!status) status = memory_file_save(k, s->file.output);
    if (!status) tell(k, s->file.output);
    return status;
}

/* The first option given that asks for a memory instead of an archive; NULL: none. */
static const char *of_memories(const settings *s)
{
    return s->measure               ? "measure"
           : s->detail != NOT_GIVEN ? "detail"
           : !isnan(s->window)      ? "window"
           : s->linear              ? "linear"
           : s->method              ? "method"
           : s->discretization      ? "discretization"
           : s->end                 ? "end"
                                    : NULL;
}

/* And the first one that only an archive has. */
static const char *of_archives(const settings *s)
{
    return s->file.error               ? "error"
           : s->file.max               ? "max"
           : s->file.lossless          ? "lossless"
           : s->file.budget            ? "budget"
           : !isnan(s->file.fading)    ? "fading"
           : s->file.append            ? "append"
           : s->file.page != NOT_GIVEN ? "page"
                                       : NULL;
}

/* What is wrong with how and where the file is to be saved. */
static int saving_check(const settings *s)
{
    const bool bounded = s->file.error || s->file.max || s->file.lossless || s->file.append;
    if (s->file.every < 0)
        return message_usage("remember: --every is %g; 0 seconds or more were expected", s->file.every);
    if (bounded && (s->file.resume || !isnan(s->file.every)))
        return message_usage(
            "remember: --%s is for a memory or a budget; --append continues any archive, and it is "
            "whole at every moment",
            s->file.resume ? "resume" : "every");
    if (s->file.output && output_is_stream(s->file.output) && (s->file.resume || !isnan(s->file.every)))
        return message_usage("remember: --%s is for a file that can be replaced; %s is none",
                             s->file.resume ? "resume" : "every", s->file.output);
    return STATUS_DONE;
}

static int run_memory(const settings *s, const char *path)
{
    if (!s->file.output)
        return message_usage("remember: -o M.loci is missing; a file for the memory was expected");
    if (strcmp(s->file.output, "-") == 0 && isatty(STDOUT_FILENO))
        return message_usage("remember: standard output is a terminal; -o with a file was expected");
    if (output_same_file(path, s->file.output))
        return message_usage("remember: %s is the signal itself; another file was expected for the memory",
                             s->file.output);
    const int unknown = output_kind_none(s->file.output, "-o", "the memory", "remember");
    if (unknown) return unknown;
    loci_memory_spec spec;
    source from = {0};
    memory_file k = {0};
    int status = spec_settle(&spec, s);
    if (!status) status = source_open(&from, path, &s->file.source, 0);
    if (!status) status = remember(&from, &k, s, &spec);
    memory_file_release(&k);
    source_close(&from);
    return status;
}

static int run(const settings *s, const char *path)
{
    const char *memory = of_memories(s), *promise = of_archives(s);
    int status = source_check(&s->file.source, "remember");
    if (!status && memory && promise)
        status =
            message_usage("remember: --%s is for a memory, and --%s for an archive; one of both was expected",
                          memory, promise);
    if (!status) status = saving_check(s);
    if (status) return status;
    return memory ? run_memory(s, path) : remember_archive(&s->file, path);
}

static const char purpose[] =
    "Squeeze a signal of any length into few bytes, from which 'loci recall' gets any part of it back: new things sharp, "
    "old things blurred, and by how much is known exactly. The file is an archive of the whole signal within a number of "
    "bytes, or within an error; or, with --detail, --measure or --method, a memory of some coefficients.\n"
    "\n"
    "SIGNAL is a table as text (.csv: commas, semicolons, tabs or blanks, with or without a header), a NumPy "
    "array (.npy), audio, or '-': standard input, lines of numbers or raw samples.";
static const char closing[] =
    "Examples:\n"
    "  loci remember weather.csv --time date --column temperature -o weather.loci\n"
    "  loci remember - --raw s16le --rate 16000 --budget 1M -o room.loci < room.raw\n"
    "  loci remember weather.csv --time date --error 1% -o weather.loci\n"
    "  loci remember heart.csv --rate 360 --order 64 --detail 4 -o heart.loci\n"
    "  loci remember speech.wav --measure legt --window 0.5 --order 128 -o last.loci";

int command_remember(int argc, char **argv)
{
    settings s = {.file = {.source = SOURCE_DEFAULTS,
                           .order = NOT_GIVEN,
                           .page = NOT_GIVEN,
                           .every = NAN,
                           .fading = NAN},
                  .detail = NOT_GIVEN,
                  .window = NAN};
    const option table[] = {
        {"output", 'o', OPTION_OUTPUT, &s.file.output, "M.loci", "the file ('-': standard output)"},
        {"every", 0, OPTION_NUMBER, &s.file.every, "SECONDS",
         "save the file so often while the signal goes on (60 for a pipe or a device; a file: in the end)"},
        {"resume", 0, OPTION_FLAG, &s.file.resume, NULL,
         "go on with what M.loci holds, if it is there: a file behind the samples remembered of it, a pipe as it comes"},
        {NULL, 0, OPTION_HEADING, NULL, NULL, "The signal:"},
        SOURCE_OPTIONS(s.file.source, "1", "all that hold numbers"),
        {"start", 0, OPTION_TEXT, &s.file.start, "T",
         "the time of the first sample, in seconds or as a date (0); for the published methods on a signal with "
         "--time the origin of time"},
        {"missing", 0, OPTION_TEXT, &s.file.missing, "refuse|hold|keep",
         "missing values: end with an error, hold and count the channel's last value, or keep them as missing in an archive "
         "(refuse; keep where --error, --max, --lossless, --budget or --append asks for an archive)"},
        {NULL, 0, OPTION_HEADING, NULL, NULL, "The whole signal, in an archive:"},
        ARCHIVE_OPTIONS(s.file),
        {"order", 0, OPTION_COUNT, &s.file.order, "N",
         "samples of a leaf, 1 to 32 (the best of 4, 8 and 16, or 1 or 2 where they save an eighth); of a memory the coefficients of a stretch, 1 to 1024 (64)"},
        {NULL, 0, OPTION_HEADING, NULL, NULL, "Or a memory of some coefficients, with any of these:"},
        {"detail", 0, OPTION_COUNT, &s.detail, "K",
         "legs: stretches kept of each length, 0 to 256; more is sharper; 0 keeps N coefficients in all (4)"},
        {"measure", 0, OPTION_TEXT, &s.measure, "NAME",
         "which part of the past counts: legs, legs-lti, legt, lagt or fout (legs)"},
        {"window", 0, OPTION_NUMBER, &s.window, "SECONDS",
         "legt, fout: how far back they look; legs-lti, lagt: their time constant"},
        {"linear", 0, OPTION_FLAG, &s.linear, NULL,
         "legs: join the samples by lines instead of holding each"},
        {"method", 0, OPTION_TEXT, &s.method, "NAME",
         "legs: exact, or a published recurrence for comparison: bilinear, backward or zoh (exact)"},
        {"discretization", 0, OPTION_TEXT, &s.discretization, "NAME",
         "legs-lti, legt, lagt, fout: zoh or bilinear (zoh)"},
        {"end", 0, OPTION_TEXT, &s.end, "T",
         "with --time or --linear: when the last sample ends (without it, the memory ends where that "
         "begins)"},
    };
    const options_page page = {
        .command = "remember",
        .synopsis = "SIGNAL -o M.loci [OPTION]...\nSIGNAL --append A.loci [OPTION]...",
        .purpose = purpose,
        .options = table,
        .count = sizeof table / sizeof table[0],
        .closing = closing,
        .operand = "SIGNAL",
        .least = 1,
        .most = 1,
    };
    int status = options_parse(&page, &argc, argv);
    if (status == OPTIONS_GO) status = run(&s, argv[1]);
    options_release(&s.file.source.columns);
    return status;
}
