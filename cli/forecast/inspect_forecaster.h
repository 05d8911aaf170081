/* SPDX-License-Identifier: MIT
 * inspect_forecaster.h - what a forecaster has learned from, and how. */
#ifndef LOCI_CLI_INSPECT_FORECASTER_H
#define LOCI_CLI_INSPECT_FORECASTER_H

#include <stdbool.h>

/* The forecaster at `path` on standard output, as text or JSON. Returns a status of the program. */
int inspect_forecaster(const char *path, bool json);
/* The same of one that foretells from several columns. */
int inspect_joint(const char *path, bool json);

#endif
