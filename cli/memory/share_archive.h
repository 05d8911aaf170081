/* SPDX-License-Identifier: MIT
 * share_archive.h - an archive that the ranks of a job write together: the bytes of one process. */
#ifndef LOCI_CLI_SHARE_ARCHIVE_H
#define LOCI_CLI_SHARE_ARCHIVE_H

#include <loci/archive.h>

#include "shared/output.h"
#include "shared/source.h"

/* The whole signal, by the spec, whose channels, step and start are the signal's and whose rule is not a budget. refuses: missing values are an
 * error. On rank 0 out becomes the archive, on others it is left alone. A status of the program, after saying what went wrong. */
int share_archive(output *out, const loci_archive_spec *spec, const output *note, source *from, bool refuses);

#endif
