/* SPDX-License-Identifier: MIT
 * interrupt.h - SIGINT and SIGTERM for work that saves its state before it leaves. */
#ifndef LOCI_CLI_INTERRUPT_H
#define LOCI_CLI_INTERRUPT_H

#include <stdbool.h>

/* From now on the first of these signals is only noted, and a system call that waits comes back with EINTR; the second
 * one ends the program at once, with status 130. A signal that was ignored stays so. */
void interrupt_catch(void);

/* Whether one has come. */
bool interrupt_seen(void);

#endif
