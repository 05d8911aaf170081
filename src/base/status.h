/* SPDX-License-Identifier: MIT
 * base/status.h - internal side of loci/status.h. */
#ifndef LOCI_BASE_STATUS_H
#define LOCI_BASE_STATUS_H

#include <loci/status.h>

#include "base/private.h"

#if defined(__GNUC__)
#define LOCI_PRINTF(at, first) __attribute__((format(printf, at, first)))
#else
#define LOCI_PRINTF(at, first)
#endif

/* Fills *error (which may be NULL) with the sentence and returns status, so that a failing path reads
 * `return loci_fail(error, LOCI_E_ARGUMENT, "order is %zu; 1 to 1024 was expected", order);` */
LOCI_PRIVATE loci_status loci_fail(loci_error *error, loci_status status, const char *format, ...)
    LOCI_PRINTF(3, 4);

#endif
