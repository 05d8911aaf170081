/* SPDX-License-Identifier: MIT
 * base/private.h - LOCI_PRIVATE, before what libloci exports for libloci-train alone: no part of the public interface.
 *
 * In the shared library such names have a symbol version of their own, LOCI_PRIVATE_<version> (CMakeLists.txt reads them off
 * the headers): a libloci-train of another version does not start with this libloci. */
#ifndef LOCI_BASE_PRIVATE_H
#define LOCI_BASE_PRIVATE_H

#include <loci/status.h>

#define LOCI_PRIVATE LOCI_API

#endif
