/* SPDX-License-Identifier: MIT
 * version.c - which version runs. */
#include <loci/status.h>

#define TEXT(x) TEXT_OF(x)
#define TEXT_OF(x) #x

const char *loci_version(void)
{
    return TEXT(LOCI_VERSION_MAJOR) "." TEXT(LOCI_VERSION_MINOR) "." TEXT(LOCI_VERSION_PATCH);
}
