/* SPDX-License-Identifier: MIT
 * transport_none.c - the program that works alone. */
#include "shared/transport.h"

#include <stdlib.h>

bool transport_there(void)
{
    return false;
}

void transport_begin(loci_team *team, int *argc, char ***argv, void (*waiting)(double seconds))
{
    (void)argc, (void)argv, (void)waiting;
    *team = (loci_team){.size = sizeof *team, .ranks = 1};
}

size_t transport_threads(void)
{
    return 0;
}

bool transport_all_end(double seconds)
{
    (void)seconds;
    return true;
}

void transport_end(void) {}

void transport_abort(int status)
{
    exit(status);
}
