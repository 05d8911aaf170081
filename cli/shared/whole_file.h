/* SPDX-License-Identifier: MIT
 * whole_file.h - files that are read and written whole, by functions of the library that know bytes alone. */
#ifndef LOCI_CLI_WHOLE_FILE_H
#define LOCI_CLI_WHOLE_FILE_H

#include <stddef.h>

#include <loci/status.h>

/* The first bytes of a file, `size` at most; how many. 0 of a file that is not there, and of what is read only once (standard
 * input, a pipe). */
size_t whole_file_begin(const char *path, void *bytes, size_t size);

/* All of a file, or of standard input for "-"; *bytes is released by loci_bytes_free. 0, or a status after saying what went
 * wrong. */
int whole_file_read(const char *path, void **bytes, size_t *size);

/* Writes the `size` bytes that `save` makes of `from`. A size of 0 is one that no memory holds. As output_file. */
typedef loci_status whole_file_saver(const void *from, void *bytes, size_t size, loci_error *error);
int whole_file_save(const char *path, whole_file_saver *save, const void *from, size_t size);

#endif
