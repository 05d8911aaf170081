/* SPDX-License-Identifier: MIT
 * sequences.c - arrays of sequences, folders of files. */
#include "model/sequences.h"

#include <dirent.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "shared/folder.h"
#include "shared/message.h"
#include "shared/whole_file.h"

bool sequences_are_in(const char *path, bool flat)
{
    char head[512] = "";
    const size_t size = whole_file_begin(path, head, sizeof head - 1);
    if (size < 12 || memcmp(head, "\x93NUMPY", 6) != 0) return false;
    for (size_t i = 0; i < size; i++)
        if (!head[i]) head[i] = ' ';
    const char *shape = strstr(head, "'shape'"), *at = shape ? strchr(shape, '(') : NULL;
    size_t dimensions = 0;
    for (; at && *at && *at != ')'; at++)
        dimensions += at[0] >= '0' && at[0] <= '9' && !(at[1] >= '0' && at[1] <= '9');
    return dimensions == 3 || (flat && dimensions == 2);
}

/* NAME_length.npy beside NAME_x.npy, if it is there. */
static int lengths_read(sequences *s, const char *path)
{
    const size_t size = strlen(path);
    char name[4096];
    loci_error error;
    if (size < 6 || strcmp(path + size - 6, "_x.npy") != 0 || size + 8 > sizeof name) return STATUS_DONE;
    snprintf(name, sizeof name, "%.*s_length.npy", (int)(size - 6), path);
    if (access(name, F_OK) != 0) return STATUS_DONE;
    if (loci_npy_read(&s->lengths, name, &error) != LOCI_OK) return message_error(name, &error);
    if (s->lengths.dimensions != 1 || s->lengths.shape[0] != s->count || s->lengths.complex_pairs)
        return message_fail("%s: does not fit %s; %zu lengths were expected", name, path, s->count);
    for (size_t i = 0; i < s->count; i++) {
        const double length = s->lengths.data[i];
        if (!(length >= 1 && length <= (double)s->longest && length == floor(length)))
            return message_fail("%s: length %zu is %g; a whole number of 1 to %zu was expected", name, i,
                                length, s->longest);
    }
    return STATUS_DONE;
}

int sequences_read(sequences *s, const char *path)
{
    loci_error error;
    *s = (sequences){0};
    if (loci_npy_read(&s->x, path, &error) != LOCI_OK) return message_error(path, &error);
    if (s->x.complex_pairs) return message_fail("%s: holds complex numbers; real ones were expected", path);
    s->count = s->x.shape[0];
    s->longest = s->x.shape[1];
    s->inputs = s->x.dimensions == 3 ? s->x.shape[2] : 1;
    if (s->count == 0 || s->longest == 0 || s->inputs == 0)
        return message_fail("%s: is empty; sequences were expected", path);
    return lengths_read(s, path);
}

void sequences_release(sequences *s)
{
    loci_array_free(&s->x);
    loci_array_free(&s->lengths);
}

size_t sequences_length(const sequences *s, size_t i)
{
    return s->lengths.data ? (size_t)s->lengths.data[i] : s->longest;
}

/* --- folders --- */

static int by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

typedef struct {
    char **names;
    size_t count;
} list;

/* Takes the name over, unless memory is out. */
static bool append(list *to, char *name)
{
    char **more = name ? realloc(to->names, (to->count + 1) * sizeof *more) : NULL;
    if (!more) return false;
    to->names = more;
    more[to->count++] = name;
    return true;
}

static bool add(list *to, const char *folder, const char *name)
{
    const size_t size = strlen(folder) + strlen(name) + 2;
    char *path = malloc(size);
    if (path) snprintf(path, size, "%s%s%s", folder, folder[strlen(folder) - 1] == '/' ? "" : "/", name);
    if (append(to, path)) return true;
    free(path);
    return false;
}

/* What is in a folder, but for what is hidden, sorted. */
static int folder_read(list *in, const char *path)
{
    DIR *folder = opendir(path);
    if (!folder) return message_fail("%s: cannot be opened: %s", path, strerror(errno));
    bool good = true;
    for (struct dirent *entry; good && (entry = readdir(folder));)
        if (entry->d_name[0] != '.') good = add(in, path, entry->d_name);
    closedir(folder);
    if (!good) return message_memory();
    if (in->count) qsort(in->names, in->count, sizeof *in->names, by_name);
    return STATUS_DONE;
}

/* A folder on the way down to another one, into which no link may lead again. */
typedef struct way {
    struct stat about;
    const struct way *above;
} way;

static bool goes_round(const way *at)
{
    for (const way *up = at->above; up; up = up->above)
        if (up->about.st_dev == at->about.st_dev && up->about.st_ino == at->about.st_ino) return true;
    return false;
}

/* The files of a folder or, where it has none that are data, those of the folders in it. */
static int folder_gather(list *all, const char *path, const way *above)
{
    list in = {0};
    way here = {.above = above};
    bool data = false, folders = false;
    if (stat(path, &here.about) == 0 && goes_round(&here)) return STATUS_DONE;
    int status = folder_read(&in, path);
    for (size_t i = 0; i < in.count; i++) {
        const bool is = is_folder(in.names[i]);
        folders = folders || is;
        data = data || (!is && !is_no_data(in.names[i]));
    }
    for (size_t i = 0; i < in.count && !status; i++) {
        const bool is = is_folder(in.names[i]);
        if (is && !data) status = folder_gather(all, in.names[i], &here);
        if (is || (folders && !data)) continue;
        if (append(all, in.names[i]))
            in.names[i] = NULL;
        else
            status = message_memory();
    }
    folder_release(in.names, in.count);
    return status;
}

int folder_list(char ***names, size_t *count, const char *path)
{
    list all = {0};
    int status = folder_gather(&all, path, NULL);
    if (!status && all.count == 0) status = message_fail("%s: holds no files; sequences were expected", path);
    *names = all.names, *count = all.count;
    return status;
}

void folder_release(char **names, size_t count)
{
    for (size_t i = 0; i < count; i++) free(names[i]);
    free(names);
}
