/* SPDX-License-Identifier: MIT
 * whole_file.c - files read and written whole. */
#include "shared/whole_file.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <loci/data.h>

#include "shared/message.h"
#include "shared/output.h"

size_t whole_file_begin(const char *path, void *bytes, size_t size)
{
    struct stat about;
    if (strcmp(path, "-") == 0 || stat(path, &about) != 0 || !S_ISREG(about.st_mode)) return 0;
    FILE *file = fopen(path, "rb");
    if (!file) return 0;
    const size_t got = fread(bytes, 1, size, file);
    fclose(file);
    return got;
}

int whole_file_read(const char *path, void **bytes, size_t *size)
{
    static const size_t most = SIZE_MAX / 4;
    loci_error error;
    return loci_file_read(path, bytes, size, most, &error) == LOCI_OK ? STATUS_DONE
                                                                      : message_error(NULL, &error);
}

int whole_file_save(const char *path, whole_file_saver *save, const void *from, size_t size)
{
    void *bytes = size > 0 ? malloc(size) : NULL;
    if (!bytes) return message_memory();
    loci_error error;
    const int status = save(from, bytes, size, &error) == LOCI_OK ? output_file(path, bytes, size)
                                                                  : message_error(path, &error);
    free(bytes);
    return status;
}
