/* SPDX-License-Identifier: MIT
 * base/number.h - decimal numbers to doubles: exactly rounded, whatever the locale, fast; and back.
 *
 * Three ways, of which the first that applies is taken; all give the double nearest to the decimal, ties to
 * even:
 * 1. At most 15 digits or so and a power of ten within 10^22: both are doubles, and one product or quotient
 * rounds once.
 * 2. At most 19 digits and a power of ten within 10^81: products and quotients of integers of a few limbs.
 * 3. Anything: digits in an array, shifted by powers of two until the binary digits stand before the point.
 */
#ifndef LOCI_BASE_NUMBER_H
#define LOCI_BASE_NUMBER_H

#include <float.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/private.h"
#include "base/vector.h"

/* The double nearest to w * 10^exponent. */
LOCI_PRIVATE double loci_number_assemble(uint64_t w, int64_t exponent);
/* The same as loci_number_scan, for any number of digits, and for infinity. */
LOCI_PRIVATE const char *loci_number_scan_slow(double *value, const char *text, char point);

/* The number to so many digits, as printf's %g writes it where the point is a point: for what is read again. */
LOCI_PRIVATE void loci_number_write(char *text, size_t size, double value, int digits);

/* Reads the number at text: sign or none, digits with or without a point (which may be another character), exponent or
 * none; or "inf", "infinity". Returns what follows it, or NULL where there is no number. A byte that belongs to no number (a
 * newline, say) must follow. */
static inline LOCI_INLINE const char *loci_number_scan_point(double *value, const char *text, char point)
{
    static const double powers[23] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                                      1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
    const char *p = text;
    const bool negative = *p == '-';
    p += negative || *p == '+';
    const char *first = p;
    uint64_t w = 0;
    unsigned digit;
    while ((digit = (unsigned)(unsigned char)*p - '0') < 10) {
        w = 10 * w + digit;
        p++;
    }
    ptrdiff_t digits = p - first;
    int64_t exponent = 0;
    if (*p == point) {
        const char *fraction = ++p;
        while ((digit = (unsigned)(unsigned char)*p - '0') < 10) {
            w = 10 * w + digit;
            p++;
        }
        exponent = fraction - p;
        digits += p - fraction;
    }
    if (digits == 0 || digits > 19) return loci_number_scan_slow(value, text, point);
    if ((*p | 0x20) == 'e') {
        const char *sign = ++p;
        p += *sign == '-' || *sign == '+';
        const char *start = p;
        int64_t e = 0;
        while ((digit = (unsigned)(unsigned char)*p - '0') < 10) {
            if (e < 100000) e = 10 * e + digit;
            p++;
        }
        if (p == start) return NULL;
        exponent += *sign == '-' ? -e : e;
    }
    double magnitude;
    if (FLT_EVAL_METHOD == 0 && w <= (uint64_t)1 << 53 && exponent >= -22 && exponent <= 22)
        magnitude = exponent < 0 ? (double)w / powers[-exponent] : (double)w * powers[exponent];
    else
        magnitude = loci_number_assemble(w, exponent);
    *value = negative ? -magnitude : magnitude;
    return p;
}

static inline LOCI_INLINE const char *loci_number_scan(double *value, const char *text)
{
    return loci_number_scan_point(value, text, '.');
}

#endif
