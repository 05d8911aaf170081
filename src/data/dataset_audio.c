/* SPDX-License-Identifier: MIT
 * dataset_audio.c - signals in files, labelled by the folder that they are in or by their names. */
#include "data/dataset_kind.h"

#include <dirent.h>
#include <errno.h>
#include <fnmatch.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "base/allocate.h"
#include "base/status.h"
#include "data/dataset_signals.h"
#include "data/labels.h"
#include "data/quote.h"

/* --- names in folders --- */

typedef struct {
    const char **names;
    size_t count, room;
} list;

static bool list_add(list *l, const char *name)
{
    if (l->count == l->room) {
        const size_t room = l->room ? 2 * l->room : 64;
        const char **names = loci_allocate(room, sizeof *names);
        if (!names) return false;
        if (l->count) memcpy(names, l->names, l->count * sizeof *names);
        loci_free(l->names);
        l->names = names;
        l->room = room;
    }
    l->names[l->count++] = name;
    return true;
}

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static bool is_folder(const loci_dataset *set, const char *name)
{
    struct stat there;
    char *path = loci_dataset_path(set, name);
    const bool folder = path && stat(path, &there) == 0 && S_ISDIR(there.st_mode);
    loci_free(path);
    return folder;
}

/* What is in `folder` ("" or "a/b/"), hidden names left out, each with the folder before it, sorted. */
static loci_status list_folder(list *l, loci_dataset *set, const char *folder, loci_error *error)
{
    *l = (list){0};
    char *path = loci_dataset_path(set, folder);
    if (!path) return loci_dataset_no_memory(set, error);
    DIR *directory = opendir(path);
    const int reason = errno;
    loci_free(path);
    if (!directory)
        return loci_fail(error, reason == ENOMEM ? LOCI_E_MEMORY : LOCI_E_IO,
                         "%.120s: %.60s: cannot be read: %s", set->folder, folder, strerror(reason));
    bool good = true;
    for (struct dirent *entry; good && (entry = readdir(directory));) {
        if (entry->d_name[0] == '.') continue;
        const size_t size = strlen(folder) + strlen(entry->d_name);
        char *name = loci_dataset_allocate(set, size + 1, 1);
        if (name) snprintf(name, size + 1, "%s%s", folder, entry->d_name);
        good = name && list_add(l, name);
    }
    closedir(directory);
    if (!good) {
        loci_free(l->names);
        *l = (list){0};
        return loci_dataset_no_memory(set, error);
    }
    if (l->count > 0) qsort(l->names, l->count, sizeof *l->names, compare_names);
    return LOCI_OK;
}

/* --- labels --- */

static const char label_mark[] = "{label}";

/* Matches text against the pattern, {label} and * as short as they can be; *label is what {label} stands for.
 * 1: it matches; 0: it does not; -1: nor would it after a longer * before this one. */
static int match_label(const char *pattern, const char *text, const char **label, size_t *length)
{
    for (; *pattern; pattern++, text++) {
        const bool mark = strncmp(pattern, label_mark, sizeof label_mark - 1) == 0;
        if (mark || *pattern == '*') {
            const char *rest = pattern + (mark ? sizeof label_mark - 1 : 1);
            for (size_t n = mark; n <= strlen(text); n++) {
                if (mark) {
                    *label = text;
                    *length = n;
                }
                const int matches = match_label(rest, text + n, label, length);
                if (matches != 0) return matches;
            }
            return -1;
        }
        if (*text == 0) return -1;
        if (*pattern != *text) return 0;
    }
    return *text == 0;
}

static const char *base_name(const char *file)
{
    const char *slash = strrchr(file, '/');
    return slash ? slash + 1 : file;
}

/* The label of a file in text [256]; the set's own memory is not touched. */
static loci_status label_of(char *text, const loci_dataset *set, const char *file,
                            const loci_dataset_options *options, loci_error *error)
{
    const char *name = base_name(file), *label = NULL;
    size_t length = 0;
    if (options->reading.label) {
        if (match_label(options->reading.label, name, &label, &length) != 1) {
            char quoted[64], pattern[48];
            loci_quote(quoted, sizeof quoted, name, strlen(name));
            loci_quote(pattern, sizeof pattern, options->reading.label, strlen(options->reading.label));
            return loci_fail(error, LOCI_E_FORMAT, "%.80s: the name %s does not fit %s", set->folder, quoted,
                             pattern);
        }
    } else {
        const char *end = name - 1;
        for (label = end; label > file && label[-1] != '/';) label--;
        length = (size_t)(end - label);
    }
    const char *expected = loci_labels_expected(label, length);
    loci_quote(text, 256, label, length);
    if (!expected) return LOCI_OK;
    char at[96], quoted[48];
    loci_quote(at, sizeof at, file, strlen(file));
    loci_quote(quoted, sizeof quoted, label, length);
    return loci_fail(error, LOCI_E_FORMAT, "%.80s: %s: its label is \"%s\"; %s", set->folder, at, quoted,
                     expected);
}

static bool all_digits(const char *text)
{
    return *text && strlen(text) < 19 && strspn(text, "0123456789") == strlen(text);
}

static int compare_numbers(const void *a, const void *b)
{
    const long long x = atoll(*(const char *const *)a), y = atoll(*(const char *const *)b);
    return x < y ? -1 : x > y ? 1 : compare_names(a, b);
}

/* Classes of the labels of files, each once, by number where all are numbers, else by name. */
static loci_status find_classes(loci_dataset *set, const list *files, const loci_dataset_options *options,
                                loci_error *error)
{
    list labels = {0};
    bool numbers = true;
    loci_status status = LOCI_OK;
    for (size_t i = 0; i < files->count && status == LOCI_OK; i++) {
        char text[256];
        status = label_of(text, set, files->names[i], options, error);
        if (status != LOCI_OK) break;
        /* files are sorted, so that most labels are like the one before */
        if (labels.count > 0 && strcmp(labels.names[labels.count - 1], text) == 0) continue;
        const char *copy = loci_dataset_text(set, text, strlen(text));
        if (!copy || !list_add(&labels, copy)) status = loci_dataset_no_memory(set, error);
        numbers = numbers && all_digits(text);
    }
    if (status == LOCI_OK && labels.count > 0) {
        qsort(labels.names, labels.count, sizeof *labels.names, numbers ? compare_numbers : compare_names);
        size_t count = 1;
        for (size_t i = 1; i < labels.count; i++)
            if (strcmp(labels.names[i], labels.names[count - 1]) != 0)
                labels.names[count++] = labels.names[i];
        set->names = loci_dataset_allocate(set, count, sizeof *set->names);
        if (set->names) {
            memcpy(set->names, labels.names, count * sizeof *set->names);
            set->classes = count;
        } else {
            status = loci_dataset_no_memory(set, error);
        }
    }
    loci_free(labels.names);
    return status;
}

/* --- which files --- */

static bool is_wanted(const char *file, const char *beyond, const loci_dataset_options *options)
{
    const char *name = base_name(file), *whole = file + strlen(beyond); /* "class/name" */
    if (options->reading.match && fnmatch(options->reading.match, name, 0) != 0 &&
        fnmatch(options->reading.match, whole, 0) != 0)
        return false;
    return !options->reading.except || (fnmatch(options->reading.except, name, 0) != 0 &&
                                        fnmatch(options->reading.except, whole, 0) != 0);
}

/* The files of one folder, which holds nothing else. */
static loci_status take_files(list *files, loci_dataset *set, const char *folder, const char *beyond,
                              const loci_dataset_options *options, loci_error *error)
{
    list l;
    loci_status status = list_folder(&l, set, folder, error);
    size_t found = 0;
    for (size_t i = 0; i < l.count && status == LOCI_OK; i++) {
        if (is_folder(set, l.names[i])) {
            if (options->reading.label) continue;
            status =
                loci_fail(error, LOCI_E_FORMAT,
                          "%.100s: %.80s is a folder within the folder of a class; sound files were expected",
                          set->folder, l.names[i]);
            break;
        }
        found++;
        if (is_wanted(l.names[i], beyond, options) && !list_add(files, l.names[i]))
            status = loci_dataset_no_memory(set, error);
    }
    if (status == LOCI_OK && found == 0 && !options->reading.label)
        status = loci_fail(error, LOCI_E_FORMAT, "%.120s: class %.60s has no files", set->folder, folder);
    loci_free(l.names);
    return status;
}

/* The files of a split, whose folder is `split`, "" or "train/" or "test/". */
static loci_status take_split(list *files, loci_dataset *set, const char *split,
                              const loci_dataset_options *options, loci_error *error)
{
    *files = (list){0};
    if (options->reading.label) return take_files(files, set, split, split, options, error);
    list l;
    loci_status status = list_folder(&l, set, split, error);
    for (size_t i = 0; i < l.count && status == LOCI_OK; i++) {
        if (!is_folder(set, l.names[i])) continue;
        const size_t size = strlen(l.names[i]) + 2;
        char *folder = loci_allocate(size, 1);
        if (folder) snprintf(folder, size, "%s/", l.names[i]);
        status = folder ? take_files(files, set, folder, split, options, error)
                        : loci_dataset_no_memory(set, error);
        loci_free(folder);
    }
    loci_free(l.names);
    return status;
}

static bool audio_fits(const loci_dataset *set, const loci_dataset_options *options)
{
    if (options->reading.label) return true;
    char *path = loci_dataset_path(set, "");
    DIR *directory = path ? opendir(path) : NULL;
    loci_free(path);
    bool fits = false;
    for (struct dirent *entry; directory && !fits && (entry = readdir(directory));)
        fits = entry->d_name[0] != '.' && is_folder(set, entry->d_name);
    if (directory) closedir(directory);
    return fits;
}

/* --- which of them are data --- */

static const char *extension(const char *file)
{
    const char *name = base_name(file), *dot = strrchr(name, '.');
    return dot && dot != name ? dot : "";
}

/* The extension that most files have. */
static const char *usual_extension(const list *files)
{
    enum { KINDS = 16 };
    const char *kind[KINDS];
    size_t count[KINDS] = {0}, kinds = 0, most = 0;
    for (size_t i = 0; i < files->count; i++) {
        const char *own = extension(files->names[i]);
        size_t k = 0;
        while (k < kinds && strcmp(kind[k], own) != 0) k++;
        if (k == KINDS) continue;
        if (k == kinds) kind[kinds++] = own;
        if (++count[k] > count[most]) most = k;
    }
    return kinds ? kind[most] : "";
}

static bool is_doubtful(const char *file, const char *usual)
{
    static const char *const words[] = {"README", "LICENSE", "LICENCE", "desktop.ini", "Thumbs.db"};
    const char *name = base_name(file);
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strncasecmp(name, words[i], strlen(words[i])) == 0) return true;
    return strcmp(extension(file), usual) != 0;
}

/* Of files whose names need not fit the pattern of labels, those that do not are no data. */
static loci_status leave_out(list *files, loci_dataset *set, const loci_dataset_options *options,
                             loci_error *error)
{
    if (!options->reading.label) return LOCI_OK;
    const char *usual = usual_extension(files);
    size_t kept = 0;
    for (size_t i = 0; i < files->count; i++) {
        char label[256];
        const loci_status status = label_of(label, set, files->names[i], options, error);
        if (status != LOCI_OK && !is_doubtful(files->names[i], usual)) return status;
        if (status == LOCI_OK)
            files->names[kept++] = files->names[i];
        else if (set->passed_over++ == 0)
            set->first_passed = files->names[i];
    }
    files->count = kept;
    return LOCI_OK;
}

/* *class of a file by its label; the classes may be those of the training split. Files are sorted, so that the search begins with
 * the class of the one before, *class. */
static loci_status class_of(size_t *class, const loci_dataset *set, const char *file,
                            const loci_dataset_options *options, loci_error *error)
{
    char label[256];
    const loci_status status = label_of(label, set, file, options, error);
    if (status != LOCI_OK) return status;
    for (size_t k = 0; k < set->classes; k++) {
        if (strcmp(set->names[*class], label) == 0) return LOCI_OK;
        *class = (*class + 1) % set->classes;
    }
    return loci_fail(error, LOCI_E_FORMAT, "%.100s: %.60s is of class %.40s, which the training split lacks",
                     set->folder, file, label);
}

static loci_status read_files(loci_dataset *set, const list *names, const loci_dataset_options *options,
                              loci_error *error)
{
    const char *usual = usual_extension(names);
    loci_dataset_file *files = loci_allocate(names->count, sizeof *files);
    loci_status status = files ? LOCI_OK : loci_dataset_no_memory(set, error);
    for (size_t i = 0; i < names->count && status == LOCI_OK; i++) {
        files[i] = (loci_dataset_file){.name = names->names[i],
                                       .label = i > 0 ? files[i - 1].label : 0,
                                       .doubtful = is_doubtful(names->names[i], usual)};
        status = class_of(&files[i].label, set, names->names[i], options, error);
    }
    if (status == LOCI_OK)
        status = loci_dataset_read_signals(set, files, names->count, &options->reading, error);
    loci_free(files);
    return status;
}

static loci_status check_pattern(const char *label, loci_error *error)
{
    const char *mark = strstr(label, label_mark);
    if (mark && !strstr(mark + 1, label_mark)) return LOCI_OK;
    char quoted[80];
    loci_quote(quoted, sizeof quoted, label, strlen(label));
    return loci_fail(error, LOCI_E_ARGUMENT, "the pattern of labels is %s; {label} was expected in it, once",
                     quoted);
}

static loci_status audio_read(loci_dataset *set, const loci_dataset_options *options, loci_error *error)
{
    if (options->reading.resample != 0 &&
        !(options->reading.resample > 0 && options->reading.resample < INFINITY))
        return loci_fail(error, LOCI_E_ARGUMENT, "%s: the rate to resample to is %g Hz; above 0 was expected",
                         set->folder, options->reading.resample);
    loci_status status = options->reading.label ? check_pattern(options->reading.label, error) : LOCI_OK;
    if (status != LOCI_OK) return status;
    const bool splits = is_folder(set, "train") && is_folder(set, "test");
    const char *split = !splits ? "" : options->test ? "test/" : "train/";
    list files = {0}, training = {0};
    status = take_split(&files, set, split, options, error);
    if (status == LOCI_OK && files.count == 0)
        status = loci_fail(
            error, LOCI_E_FORMAT, "%.120s: there is no file in %s%s%s", set->folder, splits ? split : "it",
            options->reading.match || options->reading.except ? " with such a name" : "",
            options->reading.label
                ? ", where those that have the label in their names were expected; of files in "
                  "sub-folders these are the labels, without --label"
                : "");
    const bool elsewhere = splits && options->test && !options->classes;
    if (status == LOCI_OK && elsewhere) status = take_split(&training, set, "train/", options, error);
    set->found = !elsewhere;
    set->split = splits;
    if (status == LOCI_OK) status = leave_out(&files, set, options, error);
    if (status == LOCI_OK && elsewhere) status = leave_out(&training, set, options, error);
    if (status == LOCI_OK) status = find_classes(set, elsewhere ? &training : &files, options, error);
    if (status == LOCI_OK) status = read_files(set, &files, options, error);
    loci_free(files.names);
    loci_free(training.names);
    return status;
}

/* Which of the two it is, the first file tells. */
const loci_dataset_kind loci_dataset_files = {
    .name = "files", .sounds = true, .fits = audio_fits, .read = audio_read};
const loci_dataset_kind loci_dataset_audio = {
    .name = "audio", .sounds = true, .fits = audio_fits, .read = audio_read};
