/* SPDX-License-Identifier: MIT
 * near.h - comparison of reals that says, when it fails, what was compared. */
#ifndef NEAR_H
#define NEAR_H

#include <math.h>

/* |actual - expected| <= tolerance; the rest is a printf format and its arguments that name the case. */
#define assert_near(actual, expected, tolerance, ...)                                                        \
    do {                                                                                                     \
        const double near_a = (double)(actual), near_e = (double)(expected), near_t = (double)(tolerance);   \
        if (!(fabs(near_a - near_e) <= near_t)) {                                                            \
            print_error(__VA_ARGS__);                                                                        \
            print_error(": %.17g, expected %.17g, off by %.3g, tolerance %.3g\n", near_a, near_e,            \
                        fabs(near_a - near_e), near_t);                                                      \
            fail();                                                                                          \
        }                                                                                                    \
    } while (0)

#endif
