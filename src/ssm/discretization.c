/* SPDX-License-Identifier: MIT
 * discretization.c - the rules by their names. */
#include <loci/system.h>

#include <string.h>

#include "base/status.h"

static const struct {
    loci_discretization discretization;
    const char *name;
} names[] = {
    {LOCI_ZOH, "zoh"},     {LOCI_BILINEAR, "bilinear"}, {LOCI_BACKWARD, "backward"},
    {LOCI_EULER, "euler"}, {LOCI_FOH, "foh"},
};
enum { NAMES = sizeof names / sizeof *names };

const char *loci_discretization_name(loci_discretization discretization)
{
    for (size_t i = 0; i < NAMES; i++)
        if (names[i].discretization == discretization) return names[i].name;
    return "unknown discretization";
}

loci_status loci_discretization_parse(loci_discretization *discretization, const char *name,
                                      loci_error *error)
{
    for (size_t i = 0; i < NAMES; i++) {
        if (strcmp(name, names[i].name) == 0) {
            *discretization = names[i].discretization;
            return LOCI_OK;
        }
    }
    return loci_fail(error, LOCI_E_ARGUMENT,
                     "discretization is \"%.40s\"; zoh, foh, bilinear, backward or euler was expected", name);
}
