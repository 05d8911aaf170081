/* SPDX-License-Identifier: MIT
 * system_option.h - the SYSTEM of a command line: legs:64,dt=0.01, or FILE.npz. */
#ifndef LOCI_CLI_SYSTEM_OPTION_H
#define LOCI_CLI_SYSTEM_OPTION_H

#include <stdbool.h>

#include <loci/forms.h>
#include <loci/init.h>
#include <loci/system.h>

enum { SYSTEM_OPTION_NAME_SIZE = 192 };

/* What --help says of it. */
#define SYSTEM_OPTION_HELP                                                                                   \
    "SYSTEM is KIND:N[,OPTION=VALUE]... with N states, or a file FILE.npz with A, B, C, dt (and D, P). "     \
    "KIND is legs, legt, fout or lagt (memories, dense), s4-legs, s4-legt or s4-fout (the same as diagonal " \
    "plus low rank), s4d-lin, s4d-inv, s4d-legs, s4d-real or s5 (diagonal). Options: dt=SECONDS or "         \
    "dt=FIRST..LAST, copies=H, lag=TIME (memories: recall of that long ago), seed=S (of C where it is "      \
    "random)."

typedef struct {
    const char *text; /* as the user wrote it */
    const char *command;
    loci_system *system;
    bool from_file;
    bool stepped; /* dt came with it: dt=..., or a file */
    loci_discretization discretization;
} system_option;

/* Functions that return an int return a status of the program after saying what went wrong, or 0. A given that was {0} or
 * filled by system_option_open, even in vain, is released by system_option_release. */

/* discretization: the name; NULL: zoh, and bilinear for dplr, which has no zoh of its own structure. */
int system_option_open(system_option *g, const char *text, const char *discretization, const char *command);
void system_option_release(system_option *g);

/* One step for all copies, in seconds; above 0. */
void system_option_step(system_option *g, double dt);
/* Whether all copies have the same step. */
bool system_option_even(const system_option *g);

/* Warns where the system, or its recurrence under forward Euler, grows without bound. continuous: as a differential
 * equation, whatever the discretization is. */
int system_option_warn(const system_option *g, bool continuous);

/* "legs, order 64, dense, 8 copies, dt 0.001 to 0.1": for titles; writes at most SYSTEM_OPTION_NAME_SIZE bytes. */
const char *system_option_name(const system_option *g, char *text);

/* Fails where arrays of so many doubles are more than the machine has memory for, before it is asked for: subject is the option that asked for it, thing
 * "a kernel of 10 samples". A system that promises more than it has would otherwise end the program later. */
int system_option_room(double doubles, const char *subject, const char *thing);

#endif
