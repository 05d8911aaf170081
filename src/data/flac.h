/* SPDX-License-Identifier: MIT
 * data/flac.h - whether a FLAC file is whole. */
#ifndef LOCI_DATA_FLAC_H
#define LOCI_DATA_FLAC_H

#include <stdbool.h>
#include <stdint.h>

/* A frame of the file [length] ends where the file does, by its checksums; or the header tells how many samples there are, which shows
 * when they are read. A file that was cut right between two frames, of a header that does not tell, is none that can be known. */
bool loci_flac_is_whole(int descriptor, uint64_t length);

#endif
