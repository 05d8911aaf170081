/* SPDX-License-Identifier: MIT
 * board.h - what the programs need of a board: a line to speak on, an end, and how deep the stack has been. */
#ifndef FIRMWARE_BOARD_H
#define FIRMWARE_BOARD_H

#include <stddef.h>

void board_open(void);
int board_read(void); /* the next byte of the line, 0 to 255; waits for it */
void board_write(const char *text);
_Noreturn void board_off(int status); /* leaves the emulator with this status */

/* Fills the stack that is not in use with a pattern; and how many bytes of it have been used since, at most. */
void board_stack_paint(void);
size_t board_stack_used(void);

#endif
