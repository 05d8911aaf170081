/* SPDX-License-Identifier: MIT
 * nplr.c - the matrices of memories as diagonal plus low rank.
 *
 * A + p p^T = r I + K with K skew. Reflections make K = Q T Q^T with T skew and tridiagonal; with D = diag((-i)^k) the matrix
 * D^* (-i T) D is real, symmetric, tridiagonal, with zeros on its diagonal, and rotations make it Z diag(lambda) Z^T. So
 * K = V diag(i lambda) V^* with V = Q D Z: all work is real, and eigenvalues are exact to rounding times the norm of K. */
#include "hippo/nplr.h"

#include <complex.h>
#include <math.h>

#include "base/allocate.h"
#include "base/status.h"

size_t loci_nplr_correction(loci_measure measure, double *p, size_t order)
{
    for (size_t n = 0; n < order; n++) {
        const double odd = (double)(2 * n + 1);
        p[n] = p[order + n] = 0;
        switch (measure) {
        case LOCI_MEASURE_LEGS:
        case LOCI_MEASURE_LEGS_LTI:
            p[n] = sqrt(odd / 2);
            break;
        case LOCI_MEASURE_LEGT:
            p[(n + 1) % 2 * order + n] = sqrt(odd / 2);
            break;
        case LOCI_MEASURE_LAGT:
            p[n] = sqrt(0.5);
            break;
        case LOCI_MEASURE_FOUT:
            p[n] = n % 2 ? 0 : n ? sqrt(2.0) : 1;
            break;
        }
    }
    return measure == LOCI_MEASURE_LEGT ? 2 : 1;
}

/* k [n][n], skew, becomes tridiagonal: below [n] is what stands under its diagonal; q [n][n] the product of the reflections. */
static void reduce(double *k, double *q, double *below, double *v, double *w, size_t n)
{
    for (size_t i = 0; i < n * n; i++) q[i] = i % (n + 1) == 0;
    for (size_t c = 0; c + 1 < n; c++) {
        double size = 0;
        for (size_t i = c + 1; i < n; i++) size += k[i * n + c] * k[i * n + c];
        const double first = k[(c + 1) * n + c], rest = size - first * first;
        below[c] = first;
        if (!(rest > 0)) continue;
        below[c] = first > 0 ? -sqrt(size) : sqrt(size);
        for (size_t i = 0; i < n; i++) v[i] = i > c ? k[i * n + c] : 0;
        v[c + 1] -= below[c];
        const double beta = 2 / (rest + v[c + 1] * v[c + 1]);
        for (size_t i = c; i < n; i++) { /* w = beta K v; v^T K v is 0 */
            double sum = 0;
            for (size_t j = c + 1; j < n; j++) sum += k[i * n + j] * v[j];
            w[i] = beta * sum;
        }
        for (size_t i = c; i < n; i++)
            for (size_t j = c; j < n; j++) k[i * n + j] += v[i] * w[j] - w[i] * v[j];
        for (size_t i = 0; i < n; i++) {
            double sum = 0;
            for (size_t j = c + 1; j < n; j++) sum += q[i * n + j] * v[j];
            for (size_t j = c + 1; j < n; j++) q[i * n + j] -= beta * sum * v[j];
        }
    }
    below[n - 1] = 0;
}

/* d [n] and e [n], the diagonal and what stands beside it, of a symmetric matrix: its eigenvalues in d, its eigenvectors in the
 * rows of z, which is the identity at first. Implicit shifts (Wilkinson's); false: it did not converge. */
static int rotate(double *d, double *e, double *z, size_t n)
{
    for (size_t l = 0; l < n; l++)
        for (int turn = 0;; turn++) {
            size_t m = l;
            while (m + 1 < n && fabs(e[m]) > 0x1p-53 * (fabs(d[m]) + fabs(d[m + 1])) &&
                   fabs(e[m]) > 0x1p-1000)
                m++;
            if (m == l) break;
            if (turn == 60) return 0;
            double g = (d[l + 1] - d[l]) / (2 * e[l]), r = hypot(g, 1), s = 1, c = 1, p = 0;
            g = d[m] - d[l] + e[l] / (g + copysign(r, g));
            size_t i = m;
            while (i-- > l) {
                const double f = s * e[i], b = c * e[i];
                r = hypot(f, g);
                e[i + 1] = r;
                if (!(r > 0)) {
                    d[i + 1] -= p;
                    e[m] = 0;
                    break;
                }
                s = f / r, c = g / r;
                g = d[i + 1] - p;
                r = (d[i] - g) * s + 2 * c * b;
                p = s * r;
                d[i + 1] = g + p;
                g = c * r - b;
                double *one = z + i * n, *two = one + n;
                for (size_t k = 0; k < n; k++) {
                    const double was = two[k];
                    two[k] = s * one[k] + c * was;
                    one[k] = c * one[k] - s * was;
                }
            }
            if (!(r > 0) && i + 1 > l) continue;
            d[l] -= p;
            e[l] = g;
            e[m] = 0;
        }
    return 1;
}

static double complex along(const double complex *v, const double *x, size_t order) /* v^* x */
{
    double complex sum = 0;
    for (size_t n = 0; n < order; n++) sum += conj(v[n]) * x[n];
    return sum;
}

/* The mode of row z of the rotations: x = Q D z. */
static void vector(double complex *x, const double *q, const double *z, size_t n)
{
    static const double complex powers[4] = {1, -I, -1, I};
    for (size_t i = 0; i < n; i++) {
        x[i] = 0;
        for (size_t k = 0; k < n; k++) x[i] += q[i * n + k] * z[k] * powers[k % 4];
    }
}

/* Of fout's functions 0 and 1, which do not turn, any two vectors of their plane are eigenvectors: these are taken. */
static void still(double complex *v, size_t order)
{
    for (size_t n = 0; n < order; n++) v[n] = 0;
    v[0] = sqrt(0.5);
    v[1] = I * sqrt(0.5);
}

typedef struct {
    double *a, *b, *p, *q, *z, *d, *e, *v, *w; /* [order][order], [order], [2][order], ..., [order] */
    double complex *x;
} work;

static void modes_take(const work *t, loci_measure measure, double real_part, double *w, double *b, double *p,
                       size_t rank, size_t order)
{
    const size_t half = order / 2;
    size_t *at = (size_t *)(void *)t->v; /* the eigenvalues in order: those below 0 come first */
    for (size_t i = 0; i < order; i++) {
        size_t k = i;
        for (; k > 0 && t->d[at[k - 1]] > t->d[i]; k--) at[k] = at[k - 1];
        at[k] = i;
    }
    for (size_t i = 0; i < half; i++) {
        const int stays = measure == LOCI_MEASURE_FOUT && i + 1 == half;
        if (stays)
            still(t->x, order);
        else
            vector(t->x, t->q, t->z + at[i] * order, order);
        double complex phase = along(t->x, t->b, order);
        double size = 0;
        for (size_t n = 0; n < order; n++) size += t->b[n] * t->b[n];
        phase = cabs(phase) < 1e-10 * sqrt(size) ? 1 : phase / cabs(phase);
        for (size_t n = 0; n < order; n++) t->x[n] *= phase;
        const double complex in = along(t->x, t->b, order);
        w[2 * i] = real_part, w[2 * i + 1] = stays ? 0 : t->d[at[i]];
        b[2 * i] = creal(in), b[2 * i + 1] = cimag(in);
        for (size_t r = 0; r < 2; r++) {
            const double complex low = r < rank ? along(t->x, t->p + r * order, order) : 0;
            p[(r * half + i) * 2] = creal(low), p[(r * half + i) * 2 + 1] = cimag(low);
        }
    }
}

loci_status loci_nplr(const loci_allocator *by, loci_measure measure, double *w, double *b, double *p,
                      size_t order, loci_error *error)
{
    _Static_assert(sizeof(size_t) <= sizeof(double), "places are kept where numbers were");
    const size_t square = order * order;
    if (order < 2 || order > LOCI_ORDER_MAX || order % 2)
        return loci_fail(error, LOCI_E_ARGUMENT, "order is %zu; an even one from 2 to %d was expected", order,
                         LOCI_ORDER_MAX);
    double *memory = loci_allocate_by(by, 3 * square + 9 * order, sizeof *memory);
    if (!memory) return loci_fail(error, LOCI_E_MEMORY, "out of memory for a memory of order %zu", order);
    work t = {.a = memory};
    t.q = t.a + square, t.z = t.q + square, t.x = (double complex *)(void *)(t.z + square);
    t.b = t.z + square + 2 * order, t.p = t.b + order, t.d = t.p + 2 * order, t.e = t.d + order;
    t.v = t.e + order, t.w = t.v + order;
    loci_status status = loci_measure_matrices(measure, t.a, t.b, order, error);
    if (!status) {
        const size_t rank = loci_nplr_correction(measure, t.p, order);
        double trace = 0;
        for (size_t r = 0; r < rank; r++)
            for (size_t i = 0; i < square; i++)
                t.a[i] += t.p[r * order + i / order] * t.p[r * order + i % order];
        for (size_t i = 0; i < order; i++) trace += t.a[i * order + i];
        for (size_t i = 0; i < order; i++) /* exactly skew */
            for (size_t k = 0; k <= i; k++) {
                const double half = (t.a[i * order + k] - t.a[k * order + i]) / 2;
                t.a[i * order + k] = half, t.a[k * order + i] = -half;
            }
        reduce(t.a, t.q, t.e, t.v, t.w, order);
        for (size_t i = 0; i < square; i++) t.z[i] = i % (order + 1) == 0;
        for (size_t i = 0; i < order; i++) t.d[i] = 0;
        if (rotate(t.d, t.e, t.z, order))
            modes_take(&t, measure, trace / (double)order, w, b, p, rank, order);
        else
            status = loci_fail(error, LOCI_E_VALUE, "the eigenproblem of order %zu did not converge", order);
    }
    loci_free(memory);
    return status;
}
