/* SPDX-License-Identifier: MIT
 * memory_file.c - a memory, its plan and its note, from and to a file. */
#include "memory/memory_file.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <loci/data.h>

#include "shared/file_kind.h"
#include "shared/message.h"
#include "shared/output.h"
#include "shared/whole_file.h"
#include "shared/words.h"

loci_memory *memory_file_room(const memory_file *k)
{
    const size_t size = loci_memory_size(k->plan, k->channels);
    if (size == 0 || size > SIZE_MAX - 63) return NULL;
    return aligned_alloc(64, (size + 63) / 64 * 64);
}

static int fail(const memory_file *k, const loci_error *error)
{
    return message_error(k->path, error);
}

/* The plan, and room for the memory and the names. */
static int prepare(memory_file *k, const loci_memory_spec *spec, size_t channels)
{
    loci_error error;
    k->channels = channels;
    if (loci_memory_plan_create(&k->plan, spec, &error) != LOCI_OK) return fail(k, &error);
    if (channels == 0 || channels > LOCI_CHANNELS_MAX)
        return message_fail("%s: it has %zu channels; 1 to %d were expected",
                            k->path ? k->path : "the signal", channels, LOCI_CHANNELS_MAX);
    k->memory = memory_file_room(k);
    k->names = calloc(channels, sizeof *k->names);
    return k->memory && k->names ? STATUS_DONE : message_memory();
}

int memory_file_create(memory_file *k, const loci_memory_spec *spec, size_t channels, double start)
{
    *k = (memory_file){0};
    const int status = prepare(k, spec, channels);
    if (status) return status;
    loci_error error;
    return loci_memory_init(k->memory, k->plan, channels, start, &error) == LOCI_OK ? STATUS_DONE
                                                                                    : fail(k, &error);
}

static bool put(char **place, const char *text)
{
    free(*place);
    *place = strdup(text);
    return *place != NULL;
}

bool memory_file_name(memory_file *k, size_t channel, const char *name)
{
    return put(&k->names[channel], name);
}

static bool column_add(memory_file *k, const char *name)
{
    const char **larger = realloc(k->columns.items, (k->columns.count + 1) * sizeof *larger);
    if (!larger) return false;
    k->columns.items = larger;
    char *copy = NULL;
    if (!put(&copy, name)) return false;
    larger[k->columns.count++] = copy;
    return true;
}

bool memory_file_sources(memory_file *k, const source_options *o)
{
    char skip[32];
    snprintf(skip, sizeof skip, "%zu", o->skip);
    k->mono = o->mono;
    if (o->skip != SIZE_MAX && !put(&k->skip, skip)) return false;
    if (o->decimal && !put(&k->decimal, o->decimal)) return false;
    if (o->header && !put(&k->header, o->header)) return false;
    if (o->time && !put(&k->time_column, o->time)) return false;
    for (size_t i = 0; i < o->columns.count; i++)
        if (!column_add(k, o->columns.items[i])) return false;
    return true;
}

source_options memory_file_source(const memory_file *k, const source_options *options)
{
    source_options o = *options;
    if (o.columns.count == 0) o.mono = o.mono || k->mono;
    if (o.raw) return o; /* the rest is about text */
    if (o.columns.count == 0) o.columns = k->columns;
    if (!o.time && isnan(o.rate)) o.time = k->time_column;
    if (!o.decimal) o.decimal = k->decimal;
    if (!o.header) o.header = k->header;
    if (o.skip == SIZE_MAX && k->skip) o.skip = (size_t)strtoul(k->skip, NULL, 10);
    return o;
}

static void escape(output *note, const char *key, const char *value)
{
    output_format(note, "%s=", key);
    for (const char *c = value; *c; c++) {
        const bool plain = *c >= 0x20 && *c < 0x7f && *c != '%';
        output_format(note, plain ? "%c" : "%%%02X", (unsigned char)*c);
    }
    output_text(note, "\n");
}

void memory_file_note(output *note, const memory_file *k)
{
    if (k->iso) escape(note, "time", "iso");
    if (k->time_column) escape(note, "time-column", k->time_column);
    for (size_t i = 0; i < k->columns.count; i++) escape(note, "column", k->columns.items[i]);
    if (k->mono) escape(note, "mono", "yes");
    if (k->skip) escape(note, "skip", k->skip);
    if (k->decimal) escape(note, "decimal", k->decimal);
    if (k->header) escape(note, "header", k->header);
    if (k->holds) output_format(note, "held=%020" PRIu64 "\n", k->held); /* as long for any number */
    for (size_t c = 0; c < k->channels; c++) escape(note, "channel", k->names[c]);
}

/* The value of a line, up to `end`: decoded in place of a fresh copy; NULL without memory. */
static char *unescape(const char *value, const char *end)
{
    char *text = malloc((size_t)(end - value) + 1), *to = text;
    if (!text) return NULL;
    while (value < end) {
        unsigned byte;
        char digits[3] = {0};
        if (*value == '%' && end - value >= 3) memcpy(digits, value + 1, 2);
        if (digits[0] && strspn(digits, "0123456789ABCDEF") == 2 && sscanf(digits, "%x", &byte) == 1 &&
            byte) {
            *to++ = (char)byte;
            value += 3;
        } else {
            *to++ = *value++;
        }
    }
    *to = 0;
    return text;
}

static bool key_is(const char *line, size_t length, const char *key)
{
    return length == strlen(key) && memcmp(line, key, length) == 0;
}

static bool note_line(memory_file *k, size_t *channel, const char *line, const char *end)
{
    const char *equals = memchr(line, '=', (size_t)(end - line));
    if (!equals) return true;
    const size_t length = (size_t)(equals - line);
    char *value = unescape(equals + 1, end);
    if (!value) return false;
    bool good = true;
    if (key_is(line, length, "time"))
        k->iso = strcmp(value, "iso") == 0;
    else if (key_is(line, length, "channel") && *channel < k->channels)
        good = memory_file_name(k, (*channel)++, value);
    else if (key_is(line, length, "column"))
        good = column_add(k, value);
    else if (key_is(line, length, "time-column"))
        good = put(&k->time_column, value);
    else if (key_is(line, length, "mono"))
        k->mono = strcmp(value, "yes") == 0;
    else if (key_is(line, length, "skip"))
        good = put(&k->skip, value);
    else if (key_is(line, length, "decimal") && (strcmp(value, ",") == 0 || strcmp(value, ".") == 0))
        good = put(&k->decimal, value);
    else if (key_is(line, length, "header") && (strcmp(value, "yes") == 0 || strcmp(value, "no") == 0))
        good = put(&k->header, value);
    else if (key_is(line, length, "held")) {
        k->holds = true;
        k->held = strtoull(value, NULL, 10);
    }
    free(value);
    return good;
}

static bool note_read(memory_file *k, const char *note, size_t length)
{
    size_t channel = 0;
    for (const char *line = note, *end = note + length; line < end;) {
        const char *newline = memchr(line, '\n', (size_t)(end - line));
        if (!newline) newline = end;
        if (!note_line(k, &channel, line, newline)) return false;
        line = newline < end ? newline + 1 : end;
    }
    for (; channel < k->channels; channel++) { /* a memory that another program made */
        char name[32];
        snprintf(name, sizeof name, k->channels == 1 ? "u" : "u%zu", channel);
        if (!memory_file_name(k, channel, name)) return false;
    }
    return true;
}

enum { PLACES = 4 }; /* that are named */

/* Samples begin to end, as the next place of a list. */
static size_t place_add(char *text, size_t size, size_t count, uint64_t begin, uint64_t end)
{
    const size_t used = strlen(text);
    if (count < PLACES)
        snprintf(text + used, size - used, "%s%llu to %llu", count > 0 ? ", " : "", (unsigned long long)begin,
                 (unsigned long long)(end - 1));
    else if (count == PLACES)
        snprintf(text + used, size - used, " and others");
    return count + 1;
}

/* What was left out: samples between pages tell how many others stood there, where all have the same size. */
static void salvage_tell(const memory_file *k, const loci_archive_info *info)
{
    char places[PLACES * 48] = "", words[WORDS_SIZE];
    const bool even = info->rule != LOCI_KEEP_BUDGET;
    uint64_t pages = 0, between = 0, next = info->first;
    size_t count = 0;
    for (size_t i = 0; i < info->pages && info->damaged > 0; i++) {
        loci_archive_page_info page;
        if (loci_archive_page(k->archive, i, 0, &page, NULL) != LOCI_OK) return;
        between += page.first - next;
        next = page.first + page.known.samples;
    }
    if (info->damaged > between) {
        pages += (info->first - 1) / info->page + 1;
        count = place_add(places, sizeof places, count, 0, info->first);
    }
    next = info->first;
    for (size_t i = 0; i < info->pages && between > 0; i++) {
        loci_archive_page_info page;
        if (loci_archive_page(k->archive, i, 0, &page, NULL) != LOCI_OK) return;
        if (page.first > next) {
            pages += (page.first - next - 1) / info->page + 1;
            count = place_add(places, sizeof places, count, next, page.first);
        }
        next = page.first + page.known.samples;
    }
    if (count > 0 && even)
        message_note("%s: %s, samples %s, left out", k->path, words_plural(words, pages, "damaged page"),
                     places);
    else if (count > 0)
        message_note("%s: damaged pages, samples %s, left out", k->path, places);
    if (info->unfinished > 0)
        message_note("%s: %s behind its last whole page, of what is damaged or was not finished, left out",
                     k->path, words_bytes(words, (double)info->unfinished));
}

/* An archive that lies in bytes, which stay. */
static int archive_from(memory_file *k, const void *bytes, size_t size, loci_archive_care care)
{
    loci_error error;
    if (loci_archive_open(&k->archive, bytes, size, care, &error) != LOCI_OK) return fail(k, &error);
    const loci_archive_info info = loci_archive_inspect(k->archive);
    k->channels = info.channels;
    k->names = calloc(info.channels, sizeof *k->names);
    if (!k->names || !note_read(k, info.note, info.note_length)) return message_memory();
    if (care == LOCI_ARCHIVE_SALVAGE) salvage_tell(k, &info);
    return STATUS_DONE;
}

int memory_file_archive(memory_file *k, const void *bytes, size_t size, const char *path, bool salvage)
{
    *k = (memory_file){.path = path};
    return archive_from(k, bytes, size, salvage ? LOCI_ARCHIVE_SALVAGE : LOCI_ARCHIVE_WHOLE);
}

/* A file that begins as an archive does is mapped: a question looks at few of its pages. false: it is none. */
static bool archive_map(memory_file *k, const char *path)
{
    char begin[8];
    struct stat file;
    const int descriptor = strcmp(path, "-") == 0 ? -1 : open(path, O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) return false;
    if (fstat(descriptor, &file) == 0 && S_ISREG(file.st_mode) && (uint64_t)file.st_size < SIZE_MAX / 4 &&
        pread(descriptor, begin, sizeof begin, 0) == (ssize_t)sizeof begin &&
        loci_archive_is(begin, sizeof begin)) {
        const size_t size = (size_t)file.st_size;
        void *bytes = mmap(NULL, size, PROT_READ, MAP_PRIVATE, descriptor, 0);
        if (bytes != MAP_FAILED)
            *k = (memory_file){.path = path, .bytes = bytes, .size = size, .mapped = true};
    }
    close(descriptor);
    return k->mapped;
}

bool memory_file_is_archive(const char *path)
{
    memory_file k = {0};
    const bool is = archive_map(&k, path);
    memory_file_release(&k);
    return is;
}

bool memory_file_is_empty(const char *path)
{
    memory_file k = {0};
    const bool is = archive_map(&k, path) && loci_archive_is_empty(k.bytes, k.size);
    memory_file_release(&k);
    return is;
}

static int load(memory_file *k, const char *path, loci_archive_care care)
{
    void *bytes;
    size_t size;
    *k = (memory_file){0};
    if (archive_map(k, path)) return archive_from(k, k->bytes, k->size, care);
    int status = whole_file_read(path, &bytes, &size);
    if (status) return status;
    if (loci_archive_is(bytes, size)) {
        *k = (memory_file){.path = message_name(path), .bytes = bytes, .size = size};
        return archive_from(k, bytes, size, care);
    }
    status = file_kind_check(FILE_MEMORY, "a memory, or an archive,", bytes, size, message_name(path));
    if (!status) status = memory_file_from(k, bytes, size, path);
    loci_bytes_free(bytes);
    return status;
}

int memory_file_load(memory_file *k, const char *path)
{
    return load(k, path, LOCI_ARCHIVE_WHOLE);
}

int memory_file_salvage(memory_file *k, const char *path)
{
    return load(k, path, LOCI_ARCHIVE_SALVAGE);
}

int memory_file_from(memory_file *k, const void *bytes, size_t size, const char *path)
{
    *k = (memory_file){.path = message_name(path)};
    loci_memory_header header;
    loci_error error;
    if (loci_memory_load_header(&header, bytes, size, &error) != LOCI_OK) return fail(k, &error);
    int status = prepare(k, &header.spec, header.channels);
    if (!status && !note_read(k, header.note, header.note_length)) status = message_memory();
    if (!status && loci_memory_load(k->memory, k->plan, bytes, size, &error) != LOCI_OK)
        status = fail(k, &error);
    return status;
}

/* Legs by the exact method without detail: N coefficients of the whole history are all that a file keeps. */
static bool keeps_whole(const memory_file *k)
{
    const loci_memory_spec *spec = loci_memory_plan_spec(k->plan);
    return spec->measure == LOCI_MEASURE_LEGS && spec->method == LOCI_METHOD_EXACT && spec->detail == 0;
}

typedef struct {
    const loci_memory *memory;
    const loci_memory_plan *plan;
    const output *note;
} parts;

static loci_status saver(const void *from, void *bytes, size_t size, loci_error *error)
{
    const parts *p = from;
    return loci_memory_save(p->memory, p->plan, p->note->bytes, p->note->size, bytes, size, error);
}

int memory_file_save(const memory_file *k, const char *path)
{
    loci_error error;
    loci_memory *whole = NULL;
    if (keeps_whole(k)) {
        whole = memory_file_room(k);
        if (!whole) return message_memory();
        if (loci_memory_collapse(whole, k->memory, k->plan, &error) != LOCI_OK) {
            free(whole);
            return message_error(path, &error);
        }
    }
    const loci_memory *kept = whole ? whole : k->memory;
    output note = {.path = path}; /* gathers text only, and is never closed */
    memory_file_note(&note, k);
    const size_t size = note.reason ? 0 : loci_memory_save_size(kept, k->plan, note.size);
    const int status = whole_file_save(path, saver, &(parts){kept, k->plan, &note}, size);
    free(note.bytes);
    free(whole);
    return status;
}

int memory_file_collapse(memory_file *k)
{
    loci_memory *whole = memory_file_room(k);
    if (!whole) return message_memory();
    loci_error error;
    if (loci_memory_collapse(whole, k->memory, k->plan, &error) != LOCI_OK) {
        free(whole);
        return fail(k, &error);
    }
    free(k->memory);
    k->memory = whole;
    return STATUS_DONE;
}

int memory_file_time(const memory_file *k, double *seconds, const char *option_name, const char *text)
{
    if (options_number(seconds, text)) return STATUS_DONE;
    loci_error error;
    if (loci_time_parse(seconds, text, &error) != LOCI_OK)
        return message_usage("%s: %s", option_name, error.text);
    if (k->iso) return STATUS_DONE;
    return message_usage("%s is the date %s, but the times of %s are plain seconds; a number was expected",
                         option_name, text, k->path ? k->path : "the signal");
}

int memory_file_agree(const memory_file *a, const memory_file *b)
{
    const loci_memory_spec *s = loci_memory_plan_spec(a->plan), *t = loci_memory_plan_spec(b->plan);
    char one[WORDS_SIZE], other[WORDS_SIZE];
    if (s->measure != t->measure)
        return message_fail("%s: its measure is %s; that of %s is %s", b->path, loci_measure_name(t->measure),
                            a->path, loci_measure_name(s->measure));
    if (s->order != t->order)
        return message_fail("%s: its order is %zu; that of %s is %zu", b->path, t->order, a->path, s->order);
    if (s->method != t->method || s->discretization != t->discretization)
        return message_fail("%s: it was remembered by another method than %s", b->path, a->path);
    if (s->detail != t->detail)
        return message_fail("%s: its detail is %zu; that of %s is %zu", b->path, t->detail, a->path,
                            s->detail);
    if ((s->dt > 0) != (t->dt > 0))
        return message_fail("%s: its samples %s; those of %s %s", b->path,
                            t->dt > 0 ? "have a rate" : "have times", a->path,
                            s->dt > 0 ? "have a rate" : "have times");
    if (s->dt > 0 && (s->dt < t->dt || s->dt > t->dt))
        return message_fail("%s: its rate is %s Hz; that of %s is %s", b->path, words_rate(one, t->dt),
                            a->path, words_rate(other, s->dt));
    if (s->window < t->window || s->window > t->window)
        return message_fail("%s: its window is %s s; that of %s is %s", b->path, words_number(one, t->window),
                            a->path, words_number(other, s->window));
    if (s->join != t->join)
        return message_fail("%s: its samples are %s; those of %s are not", b->path,
                            t->join == LOCI_LINEAR ? "joined by lines" : "held", a->path);
    if (s->missing != t->missing)
        return message_fail("%s: its missing values are %s; those of %s are not", b->path,
                            t->missing == LOCI_MISSING_HOLD ? "held over" : "refused", a->path);
    if (a->channels != b->channels)
        return message_fail("%s: it has %zu channel%s; %s has %zu", b->path, b->channels,
                            b->channels == 1 ? "" : "s", a->path, a->channels);
    for (size_t c = 0; c < a->channels; c++)
        if (strcmp(a->names[c], b->names[c]) != 0)
            return message_fail("%s: its channel %zu is \"%s\"; that of %s is \"%s\"", b->path, c + 1,
                                b->names[c], a->path, a->names[c]);
    if (a->iso != b->iso)
        return message_fail("%s: its times are %s; those of %s are not", b->path,
                            b->iso ? "dates" : "plain seconds", a->path);
    return STATUS_DONE;
}

void memory_file_release(memory_file *k)
{
    for (size_t c = 0; k->names && c < k->channels; c++) free(k->names[c]);
    for (size_t i = 0; i < k->columns.count; i++) free((void *)(uintptr_t)k->columns.items[i]);
    free(k->columns.items);
    free(k->names);
    free(k->time_column);
    free(k->skip);
    free(k->decimal);
    free(k->header);
    free(k->memory);
    loci_memory_plan_free(k->plan);
    loci_archive_close(k->archive);
    if (k->mapped)
        munmap((void *)(uintptr_t)k->bytes, k->size);
    else
        free((void *)(uintptr_t)k->bytes);
    *k = (memory_file){0};
}
