/* SPDX-License-Identifier: MIT
 * export_signal.h - a signal for an export to be compared on, read as loci stream reads one. */
#ifndef LOCI_CLI_EXPORT_SIGNAL_H
#define LOCI_CLI_EXPORT_SIGNAL_H

#include "model/export_check.h"
#include "shared/source.h"

/* The whole signal through both: a status after saying what went wrong, or 0. */
int export_signal_run(export_check *check, const char *path, const source_options *asked);

#endif
