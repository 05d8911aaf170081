/* SPDX-License-Identifier: MIT
 * export_folder.h - the folder of an exported model. */
#ifndef LOCI_CLI_EXPORT_FOLDER_H
#define LOCI_CLI_EXPORT_FOLDER_H

#include <loci/export.h>

/* Whether the files can go there: a folder that is not there yet, is empty, or has an export of this prefix. A status after saying
 * what is wrong, or 0. */
int export_folder_check(const char *path, const char *prefix);

/* The files, made whole beside their places and then renamed, so that none is changed unless all could be written: a status after saying
 * what went wrong, or 0. Others in the folder stay. */
int export_folder_write(const char *path, const loci_export *program, const loci_export_samples *samples);

#endif
