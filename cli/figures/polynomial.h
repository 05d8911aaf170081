/* SPDX-License-Identifier: MIT
 * polynomial.h - the functions of a basis, written out. */
#ifndef LOCI_CLI_POLYNOMIAL_H
#define LOCI_CLI_POLYNOMIAL_H

#include <stdint.h>

#include <loci/basis.h>

/* The largest n whose coefficients fit into 64 bits; SIZE_MAX for Fourier. */
size_t polynomial_most(loci_basis basis);

/* Function n of the basis: P_n(x) on [-1, 1], L_n(x), or f_n(x), as a sum of numerator[k] x^k over a common
 * denominator, in lowest terms. Fourier has none: numerator stays as it is, degree 0. */
typedef struct {
    char symbol; /* P, L or f */
    size_t degree;
    int64_t numerator[32], denominator;
} polynomial;
polynomial polynomial_of(loci_basis basis, size_t n);

/* "P_3(x) = (5x^3 - 3x)/2"; at most POLYNOMIAL_SIZE bytes. */
enum { POLYNOMIAL_SIZE = 1024 };
void polynomial_write(char *text, loci_basis basis, size_t n);

#endif
