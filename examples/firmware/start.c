/* SPDX-License-Identifier: MIT
 * start.c - what happens on a Cortex-M4F or M7 before main: vectors, floating point, initial data; and the stack, painted. */
#include "board.h"

#include <stdint.h>

/* From the linker script. */
extern uint32_t board_data_from[], board_data[], board_data_end[], board_bss[], board_bss_end[],
    board_stack[], board_stack_end[];

int main(void);

enum { PAINT = 0x5a5a5a5a, SPARED = 16 /* words below the caller's frame, which are ours */ };
#define CPACR (*(volatile uint32_t *)0xe000ed88)

static uint32_t *painted; /* where the painting began */

void board_stack_paint(void)
{
    painted = (uint32_t *)__builtin_frame_address(0) - SPARED;
    for (volatile uint32_t *word = board_stack; word < painted; word++) *word = PAINT;
}

size_t board_stack_used(void)
{
    const uint32_t *word = board_stack;
    while (word < painted && *word == PAINT) word++;
    return (size_t)(painted + SPARED - word) * sizeof *word;
}

_Noreturn static void fault(void)
{
    board_write("the processor met with a fault\n");
    board_off(70);
}

_Noreturn static void start(void)
{
    CPACR |= 0xfu << 20; /* full access to the floating point unit */
    __asm__ volatile("dsb\n\tisb" ::: "memory");
    for (uint32_t *to = board_data, *from = board_data_from; to < board_data_end;) *to++ = *from++;
    for (uint32_t *to = board_bss; to < board_bss_end;) *to++ = 0;
    board_open();
    board_off(main());
}

/* The initial stack, reset, and all else that there is without interrupts. */
__attribute__((section(".vectors"), used)) const struct {
    uint32_t *stack;
    void (*handlers[15])(void);
} vectors = {board_stack_end,
             {start, fault, fault, fault, fault, fault, 0, 0, 0, 0, fault, fault, 0, fault, fault}};
