/* SPDX-License-Identifier: MIT
 * data/mpeg.h - whether an MPEG audio file is whole, as far as it tells. */
#ifndef LOCI_DATA_MPEG_H
#define LOCI_DATA_MPEG_H

#include <stdbool.h>
#include <stdint.h>

/* The file [length] has as many bytes as the first frame says (but for the last frame). True where that says nothing. */
bool loci_mpeg_is_whole(int descriptor, uint64_t length);

#endif
