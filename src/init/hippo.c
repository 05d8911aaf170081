/* SPDX-License-Identifier: MIT
 * hippo.c - the matrices of memories as diagonal plus low rank.
 *
 * A = N - P P^T with N normal: a multiple r of I plus a skew matrix K, so that -i K is Hermitian and has a unitary V of
 * eigenvectors; in x = V^* c the matrix is diag(r + i lambda) - (V^* P)(V^* P)^*. The eigenvalues come in pairs +-lambda, whose
 * eigenvectors are conjugate: those with lambda <= 0 are kept, ascending. A itself must never be diagonalised: its
 * eigenvectors are exponentially ill conditioned in N. */
#include "init/hippo.h"

#include <loci/measure.h>

#include <complex.h>
#include <math.h>
#include <stdbool.h>

#include "base/allocate.h"
#include "base/status.h"
#include "hippo/nplr.h"

/* LAPACK: eigenvalues w and eigenvectors, in a's columns, of a Hermitian matrix in double precision. */
void zheev_(const char *job, const char *triangle, const int *n, double complex *a, const int *lda, double *w,
            double complex *work, const int *lwork, double *rwork, int *info);

/* OpenBLAS, where the LAPACK at hand is its: how many threads it uses. */
int openblas_get_num_threads(void) __attribute__((weak));
void openblas_set_num_threads(int threads) __attribute__((weak));

/* On one thread: the same result whatever the number of processors, and no spinning for a problem of milliseconds. */
static int eigenvectors(double complex *h, double *lambda, double complex *work, int n)
{
    const int lwork = 64 * n;
    int info;
    const bool threaded = openblas_get_num_threads && openblas_set_num_threads;
    const int threads = threaded ? openblas_get_num_threads() : 1;
    if (threaded) openblas_set_num_threads(1);
    zheev_("V", "L", &n, h, &n, lambda, work, &lwork, lambda + n, &info);
    if (threaded) openblas_set_num_threads(threads);
    return info;
}

static double complex along(const double complex *v, const double *x, size_t order) /* v^* x */
{
    double complex sum = 0;
    for (size_t n = 0; n < order; n++) sum += conj(v[n]) * x[n];
    return sum;
}

/* Turns v until v^* b is real and not negative; where B does not reach v, until its largest component is. */
static void turn(double complex *v, const double *b, size_t order)
{
    double complex phase = along(v, b, order);
    double size = 0, most = 0;
    for (size_t n = 0; n < order; n++) size += b[n] * b[n];
    if (cabs(phase) < 1e-10 * sqrt(size))
        for (size_t n = 0; n < order; n++)
            if (cabs(v[n]) > most * (1 + 1e-9)) most = cabs(v[n]), phase = conj(v[n]);
    phase /= cabs(phase);
    for (size_t n = 0; n < order; n++) v[n] *= phase;
}

/* fout's functions 0 and 1 do not turn: 1 and the zero sine, a pair with eigenvalue 0, of which LAPACK gives any two. */
static void zero_pair(double complex *v, size_t order)
{
    for (size_t n = 0; n < order; n++) v[n] = 0;
    v[0] = sqrt(0.5);
    v[1] = I * sqrt(0.5);
}

static loci_status decompose(const loci_allocator *by, loci_measure measure, double *w_re, double *w_im,
                             double *p_re, double *p_im, double *b_re, double *b_im, double *v_re,
                             double *v_im, size_t rank, size_t order, double *a, double *b, const double *p,
                             loci_error *error)
{
    const size_t half = order / 2;
    double complex *h = loci_allocate_by(by, order * order + 64 * order, sizeof *h),
                   *work = h ? h + order * order : NULL;
    double *lambda = loci_allocate_by(by, 4 * order, sizeof *lambda);
    if (!h || !lambda) {
        loci_free(h);
        loci_free(lambda);
        return loci_fail(error, LOCI_E_MEMORY, "out of memory for a memory of order %zu", order);
    }
    double trace = 0;
    for (size_t i = 0; i < order; i++)
        for (size_t r = 0; r < rank; r++)
            for (size_t k = 0; k < order; k++) a[i * order + k] += p[r * order + i] * p[r * order + k];
    for (size_t i = 0; i < order; i++) trace += a[i * order + i];
    for (size_t i = 0; i < order;
         i++) /* column-major, as LAPACK has it; exactly skew, with a diagonal of exact zeros */
        for (size_t k = 0; k < order; k++)
            h[k * order + i] = -I * ((a[i * order + k] - a[k * order + i]) / 2);
    const int info = eigenvectors(h, lambda, work, (int)order);
    loci_status status = LOCI_OK;
    if (info)
        status = loci_fail(error, LOCI_E_VALUE,
                           "the eigenproblem of order %zu did not converge (LAPACK says %d)", order, info);
    for (size_t i = 0; !status && i < half; i++) {
        double complex *v = h + i * order;
        const int still = measure == LOCI_MEASURE_FOUT && i + 1 == half;
        if (still) zero_pair(v, order);
        turn(v, b, order);
        const double complex in = along(v, b, order);
        w_re[i] = trace / (double)order;
        w_im[i] = still ? 0 : lambda[i];
        b_re[i] = creal(in);
        b_im[i] = cimag(in);
        for (size_t r = 0; r < rank; r++) {
            const double complex low = along(v, p + r * order, order);
            p_re[r * half + i] = creal(low);
            p_im[r * half + i] = cimag(low);
        }
        for (size_t k = 0; v_re && k < order; k++) {
            v_re[k * half + i] = creal(v[k]);
            v_im[k * half + i] = cimag(v[k]);
        }
    }
    loci_free(h);
    loci_free(lambda);
    return status;
}

loci_status loci_hippo_dplr_by(const loci_allocator *by, loci_measure measure, double *w_re, double *w_im,
                               double *p_re, double *p_im, double *b_re, double *b_im, double *v_re,
                               double *v_im, size_t *rank, size_t order, loci_error *error)
{
    if (order < 2 || order > LOCI_ORDER_MAX || order % 2)
        return loci_fail(error, LOCI_E_ARGUMENT,
                         "order is %zu; an even one from 2 to %d was expected, since modes come in pairs",
                         order, LOCI_ORDER_MAX);
    double *a = loci_allocate_by(by, order * order + 3 * order, sizeof *a);
    if (!a) return loci_fail(error, LOCI_E_MEMORY, "out of memory for a memory of order %zu", order);
    double *b = a + order * order, *p = b + order;
    loci_status status = loci_measure_matrices(measure, a, b, order, error);
    if (!status) {
        *rank = loci_nplr_correction(measure, p, order);
        status = decompose(by, measure, w_re, w_im, p_re, p_im, b_re, b_im, v_re, v_im, *rank, order, a, b, p,
                           error);
    }
    loci_free(a);
    return status;
}

loci_status loci_hippo_dplr(loci_measure measure, double *w_re, double *w_im, double *p_re, double *p_im,
                            double *b_re, double *b_im, double *v_re, double *v_im, size_t *rank,
                            size_t order, loci_error *error)
{
    return loci_hippo_dplr_by(NULL, measure, w_re, w_im, p_re, p_im, b_re, b_im, v_re, v_im, rank, order,
                              error);
}
