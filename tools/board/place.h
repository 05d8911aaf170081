/* SPDX-License-Identifier: MIT
 * place.h - what tools/board/measure.c needs of where it runs. */
#ifndef BOARD_PLACE_H
#define BOARD_PLACE_H

#include <stddef.h>
#include <stdint.h>

/* Files of the folder that the emulator was started in; negative: there is none. */
int place_open(const char *name, int write);
size_t place_read(int file, void *bytes, size_t size);     /* how many there were */
int place_write(int file, const void *bytes, size_t size); /* 0: all of it is written */
void place_close(int file);
void place_say(const char *text);

/* Instructions so far, modulo 2^24 times 40: the clock of 25 MHz where an instruction takes a nanosecond. */
uint32_t place_clock(void);
void place_stack_paint(void);
size_t place_stack_used(void);

#endif
