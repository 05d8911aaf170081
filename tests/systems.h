/* SPDX-License-Identifier: MIT
 * systems.h - systems for tests: from files of tests/golden/, and random ones. */
#ifndef LOCI_TESTS_SYSTEMS_H
#define LOCI_TESTS_SYSTEMS_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <loci/data.h>
#include <loci/forms.h>
#include <loci/init.h>
#include <loci/system.h>

/* Member `name` of a file of tests/golden/. */
static inline loci_array golden(const char *file, const char *name)
{
    char path[512];
    loci_array array;
    loci_error error;
    snprintf(path, sizeof path, "%s/%s", LOCI_GOLDEN, file);
    if (loci_npz_read(&array, path, name, &error)) fail_msg("%s", error.text);
    return array;
}

/* Numbers in [-1, 1), the same on every machine: splitmix64. */
static inline double noise(uint64_t *seed)
{
    uint64_t x = *seed += 0x9e3779b97f4a7c15u;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
    return (double)((x ^ (x >> 31)) >> 11) * 0x1p-52 - 1;
}

/* A stable system with modes slow and fast, all numbers random; dplr ones have P of about 1. */
static inline loci_system *random_system(loci_structure structure, size_t copies, size_t order, size_t rank,
                                         uint64_t seed)
{
    loci_system *s;
    loci_error error;
    if (loci_system_create(&s, structure, copies, order, rank, &error)) fail_msg("%s", error.text);
    for (size_t h = 0; h < copies; h++) {
        for (size_t n = 0; n < s->width; n++) {
            const size_t at = h * s->width + n;
            if (structure == LOCI_DENSE) {
                for (size_t k = 0; k < order; k++) {
                    const double skew = noise(&seed);
                    if (k < n) s->a_re[at * order + k] = skew, s->a_re[(h * order + k) * order + n] = -skew;
                }
                s->a_re[at * order + n] = -0.3 - 0.2 * noise(&seed);
            } else {
                s->a_re[at] = -0.5 - 0.4 * noise(&seed);
                s->a_im[at] = 3.0 * (double)n + noise(&seed);
                s->b_im[at] = noise(&seed);
                s->c_im[at] = noise(&seed);
            }
            s->b_re[at] = 1 + noise(&seed);
            s->c_re[at] = noise(&seed);
            for (size_t r = 0; r < rank; r++) {
                s->p_re[r * copies * s->width + at] = noise(&seed);
                s->p_im[r * copies * s->width + at] = noise(&seed);
            }
        }
        s->d[h] = noise(&seed);
        s->dt[h] = exp(-3 + 1.5 * noise(&seed));
    }
    return s;
}

/* The numbers of a system, or of a gradient, one after the other: those of a_re first, of dt last. */
static inline size_t system_numbers(const loci_system *s)
{
    return (size_t)(s->dt + s->copies - s->a_re);
}

#endif
