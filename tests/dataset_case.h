/* SPDX-License-Identifier: MIT
 * dataset_case.h - data sets of files in the temporary folder, for tests: opened, or expected to fail with a sentence. */
#ifndef DATASET_CASE_H
#define DATASET_CASE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <loci/dataset.h>

#include "temporary.h"

static inline loci_dataset *dataset_of(const char *name, loci_reading reading)
{
    const loci_dataset_options options = {.size = sizeof options, .reading = reading};
    loci_dataset *set;
    loci_error error;
    if (loci_dataset_open(&set, temporary_path(name), &options, &error) != LOCI_OK)
        fail_msg("%s", error.text);
    return set;
}

static inline void dataset_refused(const char *name, loci_reading reading, const char *says)
{
    const loci_dataset_options options = {.size = sizeof options, .reading = reading};
    loci_dataset *set;
    loci_error error;
    if (loci_dataset_open(&set, temporary_path(name), &options, &error) == LOCI_OK)
        fail_msg("no failure; expected \"%s\"", says);
    if (!strstr(error.text, says)) fail_msg("\"%s\" lacks \"%s\"", error.text, says);
}

#endif
