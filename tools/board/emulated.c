/* SPDX-License-Identifier: MIT
 * emulated.c - place.h on an emulated board: files by semihosting, instructions by SysTick. */
#include "place.h"

#include <string.h>

#include "board.h"
#include "semihost.h"

int place_open(const char *name, int write)
{
    static int counting;
    const struct {
        const char *name;
        uint32_t mode, length;
    } file = {name, write ? 5 /* wb */ : 1 /* rb */, (uint32_t)strlen(name)};
    if (!counting) { /* reload, count from there, at the processor's clock */
        ((volatile uint32_t *)0xe000e010)[1] = 0xffffff;
        ((volatile uint32_t *)0xe000e010)[2] = 0;
        ((volatile uint32_t *)0xe000e010)[0] = 5;
        counting = 1;
    }
    return semihost(SEMIHOST_OPEN, &file);
}

/* How many bytes of `size` are left undone. */
static size_t transfer(int operation, int file, const void *bytes, size_t size)
{
    const struct {
        uint32_t file;
        const void *bytes;
        uint32_t size;
    } block = {(uint32_t)file, bytes, (uint32_t)size};
    return (size_t)semihost(operation, &block);
}

size_t place_read(int file, void *bytes, size_t size)
{
    return size - transfer(SEMIHOST_READ, file, bytes, size);
}

int place_write(int file, const void *bytes, size_t size)
{
    return transfer(SEMIHOST_WRITE, file, bytes, size) != 0;
}

void place_close(int file)
{
    semihost(SEMIHOST_CLOSE, &file);
}

void place_say(const char *text)
{
    semihost(SEMIHOST_WRITE0, text);
}

uint32_t place_clock(void)
{
    return 0xffffff - ((volatile uint32_t *)0xe000e010)[2];
}

void place_stack_paint(void)
{
    board_stack_paint();
}

size_t place_stack_used(void)
{
    return board_stack_used();
}
