/* SPDX-License-Identifier: MIT
 * version.c - which version runs. */
#include <loci/status.h>

const char *loci_version(void)
{
    return LOCI_VERSION;
}
