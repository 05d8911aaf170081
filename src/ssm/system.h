/* SPDX-License-Identifier: MIT
 * ssm/system.h - what the forms share: the internal side of systems. */
#ifndef LOCI_SSM_SYSTEM_H
#define LOCI_SSM_SYSTEM_H

#include <stdbool.h>

#include <loci/system.h>

/* Whether two systems have the same structure and sizes. */
bool loci_system_alike(const loci_system *one, const loci_system *other);

/* The largest magnitude of an eigenvalue of abar over all copies. */
loci_status loci_system_radius(double *radius, const loci_system *system, loci_discretization discretization,
                               loci_error *error);

#endif
