/* SPDX-License-Identifier: MIT
 * folder.c - what of a folder's entries is read. */
#include "shared/folder.h"

#include <string.h>
#include <strings.h>
#include <sys/stat.h>

bool is_folder(const char *path)
{
    struct stat about;
    return strcmp(path, "-") != 0 && stat(path, &about) == 0 && S_ISDIR(about.st_mode);
}

bool is_no_data(const char *path)
{
    static const char *const words[] = {"README", "LICENSE", "LICENCE", "desktop.ini", "Thumbs.db"};
    const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strncasecmp(name, words[i], strlen(words[i])) == 0) return true;
    return false;
}
