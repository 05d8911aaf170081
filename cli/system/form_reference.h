/* SPDX-License-Identifier: MIT
 * form_reference.h - a system's answer by means that share nothing with the library's forms, to check those. */
#ifndef LOCI_CLI_FORM_REFERENCE_H
#define LOCI_CLI_FORM_REFERENCE_H

#include <loci/system.h>

/* For how many of a system's copies the reference takes a second or so; 0 where one takes much longer. */
size_t form_reference_copies(const loci_system *system);

/* The first `copies` of a system, under zoh or foh: y [count][copies] and state [copies][numbers], in and out, for
 * u [count][of all copies], the state's numbers being order, and one more for foh. By the exponential of the
 * differential equation as a Taylor series of the whole equation, divided until it is small, in long double. */
loci_status form_reference_run(double *y, double *state, const loci_system *system,
                               loci_discretization discretization, const double *u, size_t count,
                               size_t copies, loci_error *error);

#endif
