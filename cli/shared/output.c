/* SPDX-License-Identifier: MIT
 * output.c - text, CSV, JSON and NPY; a failure to write is never lost. */
#define _XOPEN_SOURCE 700 /* realpath */
#include "shared/output.h"

#include <errno.h>
#include <math.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <loci/data.h>

#include "shared/ranks.h"
#include "shared/words.h"

enum { PIECE = 1 << 16, IN_MEMORY = 1 << 24 };

static bool json_cut; /* memory was too short for some part of a JSON value */

static void *json_allocate(size_t size)
{
    void *memory = malloc(size);
    json_cut = json_cut || !memory;
    return memory;
}

void output_prepare(void)
{
    json_set_alloc_funcs(json_allocate, free);
}

void output_open(output *out, const char *path)
{
    *out = (output){.path = path && strcmp(path, "-") != 0 && ranks_first() ? path : NULL};
}

/* Holds an interrupt off while a file is written beside its place and renamed, so that nothing is left behind. */
static sigset_t interrupt_hold(void)
{
    sigset_t interrupt, old;
    sigemptyset(&interrupt);
    sigaddset(&interrupt, SIGINT);
    sigaddset(&interrupt, SIGTERM);
    sigaddset(&interrupt, SIGHUP);
    sigprocmask(SIG_BLOCK, &interrupt, &old);
    return old;
}

/* A file without a name, in the folder of the one that is written: that has the room, or none has. */
static int spill_open(const char *path)
{
    static const char name[] = ".loci-XXXXXX";
    const char *slash = strrchr(path, '/');
    const size_t folder = slash ? (size_t)(slash + 1 - path) : 0;
    char *beside = malloc(folder + sizeof name);
    if (!beside) return -1;
    memcpy(beside, path, folder);
    memcpy(beside + folder, name, sizeof name);
    const sigset_t old = interrupt_hold();
    const int descriptor = mkstemp(beside);
    if (descriptor >= 0) unlink(beside);
    sigprocmask(SIG_SETMASK, &old, NULL);
    free(beside);
    return descriptor;
}

static void drain(output *out)
{
    if (out->path && !out->spill) {
        const int opened = spill_open(out->path);
        out->spill = opened < 0 ? -1 : opened + 1;
    }
    if (out->spill < 0) return; /* memory must do: a pipe, or an error to tell when the file is written */
    const int descriptor = out->path ? out->spill - 1 : STDOUT_FILENO;
    for (size_t done = 0; done < out->size && !out->reason;) {
        const ssize_t count = write(descriptor, out->bytes + done, out->size - done);
        if (count > 0)
            done += (size_t)count;
        else if (errno != EINTR)
            out->reason = errno;
    }
    out->size = 0;
}

static void append(output *out, const char *text, size_t length)
{
    if (out->reason || length == 0) return;
    if (out->size >= (out->path ? IN_MEMORY : PIECE)) drain(out);
    if (out->reason) return;
    if (length > out->capacity - out->size) {
        size_t wanted = out->capacity ? out->capacity : 2 * PIECE;
        while (wanted - out->size < length && wanted <= SIZE_MAX / 2) wanted *= 2;
        char *larger = realloc(out->bytes, wanted);
        if (!larger) {
            out->reason = ENOMEM;
            return;
        }
        out->bytes = larger;
        out->capacity = wanted;
    }
    memcpy(out->bytes + out->size, text, length);
    out->size += length;
}

void output_text(output *out, const char *text)
{
    append(out, text, strlen(text));
}

void output_bytes(output *out, const void *bytes, size_t size)
{
    append(out, bytes, size);
}

void output_begin(output *out, const void *bytes, size_t size)
{
    if (out->reason) return;
    if (out->spill <= 0)
        memcpy(out->bytes, bytes, size);
    else if (pwrite(out->spill - 1, bytes, size, 0) != (ssize_t)size)
        out->reason = errno;
}

void output_format(output *out, const char *format, ...)
{
    char text[1024];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    output_text(out, text);
}

void output_number(output *out, double number)
{
    char text[WORDS_SIZE];
    output_text(out, words_number(text, number));
}

void output_time(output *out, double seconds, bool iso)
{
    char text[WORDS_SIZE];
    output_text(out, words_time(text, seconds, iso));
}

void output_field(output *out, const char *name)
{
    const size_t length = strlen(name);
    if (length == strcspn(name, ",\"\r\n;\t") && name[0] != ' ' && (length == 0 || name[length - 1] != ' ')) {
        output_text(out, name);
        return;
    }
    output_text(out, "\"");
    for (const char *rest = name; *rest;) {
        const size_t plain = strcspn(rest, "\"");
        append(out, rest, plain);
        rest += plain;
        if (*rest == '"') {
            output_text(out, "\"\"");
            rest++;
        }
    }
    output_text(out, "\"");
}

void output_cell(output *out, const char *name, int width)
{
    int used = 0;
    for (const char *c = name; *c; c++)
        used += ((unsigned char)*c & 0xc0) != 0x80; /* not a byte inside a character */
    for (int i = used; i < -width; i++) output_text(out, " ");
    for (const char *c = name; *c; c++) append(out, (unsigned char)*c < 0x20 || *c == 0x7f ? "?" : c, 1);
    for (int i = used; i < width; i++) output_text(out, " ");
}

/* The length of the UTF-8 character at text, or 0 where there is none (overlong forms and surrogates are none). */
static size_t character_length(const unsigned char *text)
{
    if (text[0] < 0x80) return 1;
    const size_t length = text[0] >= 0xf0 ? 4 : text[0] >= 0xe0 ? 3 : 2;
    if (text[0] < 0xc2 || text[0] > 0xf4) return 0;
    for (size_t i = 1; i < length; i++)
        if ((text[i] & 0xc0) != 0x80) return 0;
    if ((text[0] == 0xe0 && text[1] < 0xa0) || (text[0] == 0xed && text[1] > 0x9f) ||
        (text[0] == 0xf0 && text[1] < 0x90) || (text[0] == 0xf4 && text[1] > 0x8f))
        return 0;
    return length;
}

json_t *output_json_text(const char *text)
{
    char *copy = strdup(text);
    json_cut = json_cut || !copy;
    if (!copy) return NULL;
    for (unsigned char *c = (unsigned char *)copy; *c;) {
        const size_t length = character_length(c);
        if (length == 0) *c = '?';
        c += length ? length : 1;
    }
    json_t *value = json_string(copy);
    free(copy);
    return value;
}

json_t *output_json_number(double number)
{
    return isfinite(number) ? json_real(number) : json_null();
}

json_t *output_json_time(double seconds, bool iso)
{
    if (!iso) return output_json_number(seconds);
    char text[WORDS_SIZE];
    loci_time_format(text, sizeof text, seconds);
    return json_string(text);
}

/* jansson prints 0.1 as 0.10000000000000001, and puts every element on a line of its own or none: so its
 * values are walked here, and only texts are left to it. */
static void json_print(output *out, const json_t *value, bool outermost)
{
    switch (json_typeof(value)) {
    case JSON_OBJECT: {
        const char *key;
        json_t *member,
            *object = (json_t *)(uintptr_t)value; /* iterators ask for it writable, and do not write */
        const char *between = outermost ? "\n  " : "";
        output_text(out, "{");
        json_object_foreach(object, key, member)
        {
            output_text(out, between);
            json_t *name = json_string(key);
            if (name) json_print(out, name, false);
            json_decref(name);
            output_text(out, ": ");
            json_print(out, member, false);
            between = outermost ? ",\n  " : ", ";
        }
        output_text(out, outermost ? "\n}" : "}");
        break;
    }
    case JSON_ARRAY: {
        output_text(out, "[");
        for (size_t i = 0; i < json_array_size(value); i++) {
            if (i) output_text(out, ", ");
            json_print(out, json_array_get(value, i), false);
        }
        output_text(out, "]");
        break;
    }
    case JSON_REAL:
        output_number(out, json_real_value(value));
        break;
    default: {
        char *text = json_dumps(value, JSON_ENCODE_ANY);
        if (text)
            output_text(out, text);
        else
            out->reason = ENOMEM;
        free(text);
    }
    }
}

static void json_put(output *out, json_t *value, bool lines)
{
    if (value && !json_cut) {
        json_print(out, value, lines);
        output_text(out, "\n");
    }
    if ((!value || json_cut) && !out->reason) out->reason = ENOMEM;
    json_decref(value);
}

void output_json(output *out, json_t *value)
{
    json_put(out, value, true);
}

void output_json_line(output *out, json_t *value)
{
    json_put(out, value, false);
}

void output_flush(output *out)
{
    if (!out->path && !out->reason) drain(out);
}

bool output_is_stream(const char *path)
{
    struct stat file;
    return strcmp(path, "-") == 0 ||
           (stat(path, &file) == 0 && !S_ISREG(file.st_mode) && !S_ISDIR(file.st_mode));
}

int output_check(const char *path)
{
    struct stat file;
    if (!ranks_first() || output_is_stream(path)) return STATUS_DONE;
    const bool there = stat(path, &file) == 0;
    if (there && S_ISDIR(file.st_mode))
        return message_fail("%s: is a folder; the name of a file was expected", path);
    /* files are replaced: it is their folder that is written to */
    char *real = there ? realpath(path, NULL) : strdup(path);
    if (!real) return message_memory();
    char *slash = strrchr(real, '/');
    const char *folder = !slash ? "." : slash == real ? "/" : real;
    if (slash) *slash = 0;
    const int reason = *path == 0 ? ENOENT : access(folder[0] ? folder : "/", W_OK | X_OK) == 0 ? 0 : errno;
    free(real);
    if (reason == 0) return STATUS_DONE;
    return message_fail("%s: cannot be created: %s", *path ? path : "(a file without a name)",
                        strerror(reason));
}

int output_file(const char *path, const void *bytes, size_t size)
{
    if (!ranks_first()) return STATUS_DONE;
    if (strcmp(path, "-") == 0) {
        output out;
        output_open(&out, NULL);
        append(&out, bytes, size);
        return output_close(&out);
    }
    loci_error error;
    const bool held =
        !output_is_stream(path); /* writing to a pipe may take for ever: that can be interrupted */
    sigset_t old;
    if (held) old = interrupt_hold();
    const loci_status status = loci_file_write(path, bytes, size, &error);
    if (held) sigprocmask(SIG_SETMASK, &old, NULL);
    return status == LOCI_OK ? STATUS_DONE : message_error(NULL, &error);
}

int output_array(const char *path, const double *array, size_t rows, size_t columns)
{
    const size_t shape[2] = {rows, columns};
    loci_error error;
    if (!ranks_first()) return STATUS_DONE;
    const sigset_t old = interrupt_hold();
    const loci_status status = loci_npy_write(path, array, shape, 2, 0, &error);
    sigprocmask(SIG_SETMASK, &old, NULL);
    return status == LOCI_OK ? STATUS_DONE : message_error(NULL, &error);
}

int output_npy(const char *path, const double *columns, size_t rows, size_t column_count)
{
    double *turned = malloc((rows * column_count + !rows) * sizeof *turned);
    if (!turned) return message_memory();
    for (size_t c = 0; c < column_count; c++)
        for (size_t r = 0; r < rows; r++) turned[r * column_count + c] = columns[c * rows + r];
    const int status = output_array(path, turned, rows, column_count);
    free(turned);
    return status;
}

/* What was spilled and the rest, as one file. */
static int spill_close(output *out)
{
    drain(out);
    const int descriptor = out->spill - 1;
    const off_t size = out->reason ? 0 : lseek(descriptor, 0, SEEK_END);
    void *bytes = size > 0 ? mmap(NULL, (size_t)size, PROT_READ, MAP_PRIVATE, descriptor, 0) : MAP_FAILED;
    if (bytes == MAP_FAILED && !out->reason) out->reason = errno;
    int status;
    if (out->reason) {
        status = message_fail("%s: writing failed: %s", out->path, strerror(out->reason));
    } else {
        status = output_file(out->path, bytes, (size_t)size);
        munmap(bytes, (size_t)size);
    }
    close(descriptor);
    return status;
}

int output_close(output *out)
{
    int status = STATUS_DONE;
    if (!out->path) drain(out);
    if (out->spill > 0)
        status = spill_close(out);
    else if (out->reason == EPIPE)
        status = STATUS_FAILED;
    else if (out->reason == ENOMEM)
        status = message_memory();
    else if (out->reason)
        status = message_fail("%s: writing failed: %s", out->path ? out->path : "standard output",
                              strerror(out->reason));
    else if (out->path)
        status = output_file(out->path, out->bytes, out->size);
    free(out->bytes);
    *out = (output){0};
    return status;
}

void output_abandon(output *out)
{
    if (out->spill > 0) close(out->spill - 1);
    free(out->bytes);
    *out = (output){0};
}

bool output_same_file(const char *a, const char *b)
{
    struct stat first, second;
    if (strcmp(a, "-") == 0 || strcmp(b, "-") == 0 || stat(a, &first) != 0 || stat(b, &second) != 0)
        return false;
    return S_ISREG(first.st_mode) && first.st_dev == second.st_dev && first.st_ino == second.st_ino;
}

/* The folder of a file, and its name there. */
static bool place_of(const char *path, struct stat *folder, const char **name)
{
    const char *slash = strrchr(path, '/');
    *name = slash ? slash + 1 : path;
    char *parent = slash ? strdup(path) : strdup(".");
    if (!parent) return false;
    if (slash) parent[slash + 1 - path] = 0;
    const bool there = stat(parent, folder) == 0;
    free(parent);
    return there;
}

bool output_same_place(const char *a, const char *b)
{
    struct stat first, second;
    const char *name, *other;
    if (output_is_stream(a) || output_is_stream(b)) return false;
    if (strcmp(a, b) == 0 || output_same_file(a, b)) return true;
    return place_of(a, &first, &name) && place_of(b, &second, &other) && strcmp(name, other) == 0 &&
           first.st_dev == second.st_dev && first.st_ino == second.st_ino;
}
