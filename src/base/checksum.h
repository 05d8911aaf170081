/* SPDX-License-Identifier: MIT
 * base/checksum.h - whether bytes are still what was written. */
#ifndef LOCI_BASE_CHECKSUM_H
#define LOCI_BASE_CHECKSUM_H

#include <stddef.h>
#include <stdint.h>

#include "base/private.h"

/* CRC-64/XZ: finds every change within 64 bits in a row, and all others but one in 2^64. */
LOCI_PRIVATE uint64_t loci_checksum(const void *bytes, size_t size);

#endif
