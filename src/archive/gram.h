/* SPDX-License-Identifier: MIT
 *
 * archive/gram.h - the orthonormal polynomials of the samples themselves (Gram, also called discrete Chebyshev), and the
 * orthogonal matrices by which neighbours become a parent and a detail.
 *
 * A stretch of S samples has the inner product of its samples, sum over i < S of f(i) g(i). Its orthonormal polynomials
 * p_0, p_1, ... obey, in the centred coordinate x = i - (S - 1)/2,
 *
 *     x p_k = b_{k+1} p_{k+1} + b_k p_{k-1},      b_k = k/2 sqrt((S^2 - k^2) / (4 k^2 - 1))
 *
 * (Szego, Orthogonal Polynomials, 2.8). The symmetric matrix of the b is the Jacobi matrix: its eigenvalues are the
 * nodes of a Gauss rule for sums over samples, and the first components of its eigenvectors give the weights (Golub and
 * Welsch 1969). Cut at S itself, the rule's nodes are the samples.
 */
#ifndef LOCI_ARCHIVE_GRAM_H
#define LOCI_ARCHIVE_GRAM_H

#include <stddef.h>
#include <stdint.h>

#include <loci/status.h>

enum { GRAM_ORDER_MAX = 32 };

/* Numbers of scratch that the two below need. */
size_t loci_gram_scratch(size_t order);

/* value[i * n + k] = p_k at sample i, for a stretch of n samples, n from 1 to GRAM_ORDER_MAX: an orthogonal matrix. */
void loci_gram_leaf(double *value, size_t n, double *scratch);

/* value[k] = p_k at `at` samples from the first, k < count <= length. O(count); digits are lost where count^2 is above
 * length and `at` near an end. */
void loci_gram_evaluate(double *value, uint64_t length, size_t count, double at);

/* Two stretches that follow one another, of first and second samples, are given by their projections on polynomials of
 * degree below `order`: m = min(order, first) + min(order, second) numbers. matrix is [m][m], orthogonal to rounding:
 * numbers times matrix = the projection of both together, min(order, first + second) numbers, then the rest, the detail.
 * Of equal parts, detail k is what a polynomial of degree order + k leaves, orthogonal to those before. order at most
 * GRAM_ORDER_MAX; O(order^3) work, whatever the lengths. */
void loci_gram_merge(double *matrix, uint64_t first, uint64_t second, size_t order, double *scratch);

#endif
