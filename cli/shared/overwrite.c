/* SPDX-License-Identifier: MIT
 * overwrite.c - what is read and what is written, held against each other by what the names lead to. */
#define _XOPEN_SOURCE 700 /* realpath */
#include "shared/overwrite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "shared/message.h"
#include "shared/output.h"

/* Whether a file that is there is somewhere in a folder. */
static bool is_within(const char *file, const char *folder)
{
    struct stat about;
    if (strcmp(folder, "-") == 0 || stat(folder, &about) != 0 || !S_ISDIR(about.st_mode)) return false;
    if (stat(file, &about) != 0 || !S_ISREG(about.st_mode)) return false;
    char *inner = realpath(file, NULL), *outer = realpath(folder, NULL);
    const size_t length = outer ? strlen(outer) : 0;
    const bool is = inner && outer && strncmp(inner, outer, length) == 0 &&
                    (inner[length] == '/' || outer[length - 1] == '/');
    free(inner);
    free(outer);
    return is;
}

/* Whether `written` is read beside `read`, as its name says: NAME_TRAIN with NAME_TEST, NAME_x with NAME_length. */
static bool is_beside(const char *written, const char *read)
{
    static const char *const pairs[][2] = {{"_TRAIN.", "_TEST."}, {"_x.npy", "_length.npy"}};
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        const char *at = strstr(read, pairs[i][0]);
        if (!at) continue;
        const char *rest = at + strlen(pairs[i][0]);
        const size_t size = strlen(read) + strlen(pairs[i][1]) + 1;
        char *other = malloc(size);
        if (!other) return false;
        snprintf(other, size, "%.*s%s%s", (int)(at - read), read, pairs[i][1], rest);
        const bool is = output_same_file(other, written);
        free(other);
        if (is) return true;
    }
    return false;
}

int overwrite_check(const overwrite_files *f, const char *command)
{
    for (size_t k = 0; k < f->writes; k++) {
        const char *to = f->written[k];
        if (!to || strcmp(to, "-") == 0) continue;
        for (size_t i = 0; i < f->reads; i++) {
            const char *from = f->read[i];
            if (from && (output_same_file(from, to) || is_beside(to, from)))
                return message_usage("%s: %s is read and written; another file was expected", command, to);
            if (from && is_within(to, from) && !(f->harmless && f->harmless(to)))
                return message_usage("%s: %s lies in the folder that is read; a file outside was expected",
                                     command, to);
        }
        for (size_t i = 0; i < k; i++)
            if (f->written[i] && output_same_place(f->written[i], to))
                return message_usage("%s: %s is named for two things that are written", command, to);
    }
    return STATUS_DONE;
}
