/* SPDX-License-Identifier: MIT
 * semihost.h - calls that an emulator or a debugger answers in the place of an operating system: BKPT 0xAB, by the semihosting of Arm. A
 * board alone would stop at them. */
#ifndef FIRMWARE_SEMIHOST_H
#define FIRMWARE_SEMIHOST_H

#include <stdint.h>

enum {
    SEMIHOST_OPEN = 1,
    SEMIHOST_CLOSE,
    SEMIHOST_WRITE0 = 4,
    SEMIHOST_WRITE,
    SEMIHOST_READ,
    SEMIHOST_EXIT = 0x20
};

static inline int semihost(int operation, const void *argument)
{
    register int r0 __asm__("r0") = operation;
    register const void *r1 __asm__("r1") = argument;
    __asm__ volatile("bkpt 0xab" : "+r"(r0) : "r"(r1) : "memory");
    return r0;
}

#endif
