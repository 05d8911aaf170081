/* SPDX-License-Identifier: MIT
 * folder.h - what of a folder's entries is read. */
#ifndef LOCI_CLI_FOLDER_H
#define LOCI_CLI_FOLDER_H

#include <stdbool.h>

bool is_folder(const char *path);
/* By its name: a text that accompanies data. */
bool is_no_data(const char *path);

#endif
