/* SPDX-License-Identifier: MIT
 * loci.h - everything libloci offers; loci/data.h (readers, libloci-train) is included by those who want it. */
#ifndef LOCI_H
#define LOCI_H

#include <loci/basis.h>
#include <loci/memory.h>
#include <loci/model.h>
#include <loci/ssm.h>
#include <loci/status.h>
#include <loci/stream.h>

#endif
