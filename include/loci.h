/* SPDX-License-Identifier: MIT
 * loci.h - everything that libloci offers, and nothing else; loci-train.h: what libloci-train offers. */
#ifndef LOCI_H
#define LOCI_H

#include <loci/allocator.h>
#include <loci/archive.h>
#include <loci/basis.h>
#include <loci/export.h>
#include <loci/forms.h>
#include <loci/measure.h>
#include <loci/memory.h>
#include <loci/model.h>
#include <loci/network.h>
#include <loci/probe.h>
#include <loci/reading.h>
#include <loci/readout.h>
#include <loci/status.h>
#include <loci/stream.h>
#include <loci/system.h>
#include <loci/task.h>
#include <loci/team.h>
#include <loci/token.h>

#endif
