/* SPDX-License-Identifier: MIT
 * board.c - the MPS2 of Arm, with the processors of AN386 (Cortex-M4F) and AN500 (Cortex-M7), as qemu-system-arm emulates it. Another
 * board is another file like this one, and another linker script. */
#include "board.h"

#include <stdint.h>

#include "semihost.h"

/* The UART of the Cortex-M System Design Kit. */
typedef struct {
    volatile uint32_t data, state, control, interrupts, divider;
} uart;
#define LINE ((uart *)0x40004000)
enum { SENDER_FULL = 1, RECEIVED = 2, SEND = 1, RECEIVE = 2, CLOCK = 25000000, BAUD = 230400 };

void board_open(void)
{
    LINE->divider = CLOCK / BAUD;
    LINE->control = SEND | RECEIVE;
}

int board_read(void)
{
    while (!(LINE->state & RECEIVED)) continue;
    return (int)(LINE->data & 255);
}

void board_write(const char *text)
{
    for (; *text; text++) {
        while (LINE->state & SENDER_FULL) continue;
        LINE->data = (unsigned char)*text;
    }
}

void board_off(int status)
{
    const uint32_t reason[2] = {0x20026 /* the program ends by itself */, (uint32_t)status};
    semihost(SEMIHOST_EXIT, reason);
    for (;;) continue;
}
