/* SPDX-License-Identifier: MIT
 * data/ogg.h - whether an Ogg file is whole. */
#ifndef LOCI_DATA_OGG_H
#define LOCI_DATA_OGG_H

#include <stdbool.h>
#include <stdint.h>

/* The pages of the file [length] are all there, and the last one ends its stream. What follows the pages and is none does not
 * count. */
bool loci_ogg_is_whole(int descriptor, uint64_t length);

#endif
