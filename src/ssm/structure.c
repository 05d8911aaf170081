/* SPDX-License-Identifier: MIT
 * structure.c - the structures by their names. */
#include <loci/system.h>

const char *loci_structure_name(loci_structure structure)
{
    static const char *const names[] = {"dense", "diagonal", "dplr"};
    return (size_t)structure < 3 ? names[structure] : "unknown structure";
}
