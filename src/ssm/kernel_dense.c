/* SPDX-License-Identifier: MIT
 * kernel_dense.c - dense systems in discrete time, and their kernels by baby and giant steps. */
#include "ssm/kernel_dense.h"

#include <string.h>

#include "base/allocate.h"
#include "base/linalg.h"
#include "base/status.h"
#include "ssm/discretize.h"

loci_status loci_dense_discretize(const loci_allocator *by, double *abar, double *b1, double *b0,
                                  const double *a, const double *b, size_t n, double dt,
                                  loci_discretization discretization, loci_error *error)
{
    if (discretization == LOCI_FOH) return loci_discretize_dense_foh_by(by, abar, b0, b1, a, b, n, dt, error);
    memset(b0, 0, n * sizeof *b0);
    return loci_discretize_dense_by(by, discretization, abar, b1, a, b, n, dt, error);
}

loci_status loci_kernel_dense(const loci_allocator *by, double *k, const double *abar, const double *b1,
                              const double *b0, const double *c, size_t n, size_t length, loci_error *error)
{
    if (length == 0) return LOCI_OK;
    k[0] = 0;
    for (size_t i = 0; i < n; i++) k[0] += c[i] * b1[i];
    k++, length--;
    size_t baby = 1; /* a power of two near sqrt(length) */
    while (baby * baby < length) baby *= 2;
    double *memory = loci_allocate_by(by, baby * n + 2 * n * n + 2 * n, sizeof *memory);
    if (!memory)
        return loci_fail(error, LOCI_E_MEMORY, "out of memory for a kernel of a system of order %zu", n);
    double *rows = memory, *power = rows + baby * n, *square = power + n * n, *v = square + n * n,
           *next = v + n;
    memcpy(rows, c, n * sizeof *rows);
    for (size_t i = 1; i < baby; i++) loci_linalg_multiply(rows + i * n, rows + (i - 1) * n, abar, 1, n, n);
    memcpy(power, abar, n * n * sizeof *power);
    for (size_t i = 1; i < baby; i *= 2) {
        loci_linalg_multiply(square, power, power, n, n, n);
        double *swap = power;
        power = square;
        square = swap;
    }
    loci_linalg_multiply(v, abar, b1, n, n, 1);
    for (size_t i = 0; i < n; i++) v[i] += b0[i];
    for (size_t l = 0; l < length; l += baby) {
        loci_linalg_multiply(k + l, rows, v, length - l < baby ? length - l : baby, n, 1);
        loci_linalg_multiply(next, power, v, n, n, 1);
        memcpy(v, next, n * sizeof *v);
    }
    loci_free(memory);
    return LOCI_OK;
}
