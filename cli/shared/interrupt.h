/* SPDX-License-Identifier: MIT
 * interrupt.h - SIGINT, SIGTERM and SIGHUP for work that saves its state before it leaves. */
#ifndef LOCI_CLI_INTERRUPT_H
#define LOCI_CLI_INTERRUPT_H

#include <stdbool.h>

/* From now on the first of these signals is only noted, and a system call that waits comes back with EINTR; the second
 * one ends the program at once, with status 130. A signal that was ignored stays so. */
void interrupt_catch(void);

/* And then standard input ends, also for a read that is waiting for it: what was read of a line may be cut. */
void interrupt_ends_input(void);

/* Whether one has come, and whether it has ended the input. */
bool interrupt_seen(void);
bool interrupt_ended_input(void);

#endif
