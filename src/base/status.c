/* SPDX-License-Identifier: MIT
 * status.c - texts of the status codes, and the one function that fills a loci_error. */
#include "base/status.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

const char *loci_status_text(loci_status status)
{
    switch (status) {
#define LOCI_STATUS_ENTRY(name, text)                                                                        \
    case name:                                                                                               \
        return text;
        LOCI_STATUS_LIST(LOCI_STATUS_ENTRY)
#undef LOCI_STATUS_ENTRY
    }
    return "unknown status";
}

loci_status loci_fail(loci_error *error, loci_status status, const char *format, ...)
{
    if (error) {
        va_list arguments;
        va_start(arguments, format);
        error->status = status;
        vsnprintf(error->text, sizeof error->text, format, arguments);
        va_end(arguments);
    }
    return status;
}
