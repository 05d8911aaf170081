/* SPDX-License-Identifier: MIT
 * archive/units.h - numbers that are whole multiples of a unit. */
#ifndef LOCI_ARCHIVE_UNITS_H
#define LOCI_ARCHIVE_UNITS_H

#include <math.h>

/* n units. Where a whole number of them makes 1, as of 0.001, they are divided: what is found is the double nearest to the
 * decimal number, as any reader of text finds it. */
static inline double loci_units_value(double n, double unit)
{
    const double whole = rint(1.0 / unit);
    return unit < 1.0 && fabs(whole * unit - 1.0) < 1e-12 ? n / whole : n * unit;
}

#endif
