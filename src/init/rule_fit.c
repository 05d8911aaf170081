/* SPDX-License-Identifier: MIT
 * rule_fit.c - a recurrence of given order for a sequence with noise: from the Hankel matrix, then by least squares. */
#include "init/rule.h"

#include <math.h>
#include <string.h>

#include "base/allocate.h"
#include "base/status.h"

enum { STEPS = 30, LWORK = 64 };

/* LAPACK: singular values and vectors; least squares; eigenvalues. */
void dgesvd_(const char *jobu, const char *jobvt, const int *m, const int *n, double *a, const int *lda,
             double *s, double *u, const int *ldu, double *vt, const int *ldvt, double *work,
             const int *lwork, int *info);
void dgels_(const char *trans, const int *m, const int *n, const int *nrhs, double *a, const int *lda,
            double *b, const int *ldb, double *work, const int *lwork, int *info);
void dgeev_(const char *jobvl, const char *jobvr, const int *n, double *a, const int *lda, double *wr,
            double *wi, double *vl, const int *ldvl, double *vr, const int *ldvr, double *work,
            const int *lwork, int *info);

/* OpenBLAS, where the LAPACK at hand is its: on one thread results do not depend on how many processors there are. */
int openblas_get_num_threads(void) __attribute__((weak));
void openblas_set_num_threads(int threads) __attribute__((weak));

static int threads_one(void)
{
    const int threads = openblas_get_num_threads ? openblas_get_num_threads() : 1;
    if (openblas_set_num_threads) openblas_set_num_threads(1);
    return threads;
}

static void threads_back(int threads)
{
    if (openblas_set_num_threads) openblas_set_num_threads(threads);
}

/* The columns are brought to one length first: growing sequences have some that are 10^10 times the others. */
loci_status loci_rule_least(const loci_allocator *by, double *a, double *b, size_t rows, size_t columns)
{
    const int m = (int)rows, n = (int)columns, one = 1, lwork = (int)columns * (LWORK + 1) + LWORK;
    double *work = loci_allocate_by(by, (size_t)lwork + columns, sizeof *work);
    if (!work) return LOCI_E_MEMORY;
    double *const length = work + lwork;
    for (size_t j = 0; j < columns; j++) {
        double largest = 0;
        for (size_t i = 0; i < rows; i++) largest = fmax(largest, fabs(a[j * rows + i]));
        length[j] = largest > 0 ? largest : 1;
        for (size_t i = 0; i < rows; i++) a[j * rows + i] /= length[j];
    }
    int info;
    const int threads = threads_one();
    dgels_("N", &m, &n, &one, a, &m, b, &m, work, &lwork, &info);
    threads_back(threads);
    for (size_t j = 0; j < columns; j++) b[j] /= length[j];
    loci_free(work);
    return info ? LOCI_E_VALUE : LOCI_OK;
}

loci_status loci_rule_hankel(const loci_allocator *by, double *s, double *v, size_t *count, const double *y,
                             size_t n, size_t columns, loci_error *error)
{
    const size_t rows = n - columns + 1;
    const int m = (int)rows, k = (int)columns, one = 1, lwork = (int)columns * (LWORK + 8) + (int)rows;
    double *h = loci_allocate_by(by, rows * columns + (size_t)lwork, sizeof *h);
    if (!h)
        return loci_fail(error, LOCI_E_MEMORY, "out of memory for a Hankel matrix of %zu x %zu numbers", rows,
                         columns);
    for (size_t j = 0; j < columns; j++) memcpy(h + j * rows, y + j, rows * sizeof *y);
    double none;
    int info;
    const int threads = threads_one();
    dgesvd_("N", "A", &m, &k, h, &m, s, &none, &one, v, &k, h + rows * columns, &lwork, &info);
    threads_back(threads);
    loci_free(h);
    if (info) return loci_fail(error, LOCI_E_VALUE, "the singular values of the sequence could not be found");
    *count = columns;
    /* column-major V^T: as rows, V: vector i is column i; turned, so that it is row i */
    for (size_t i = 0; i < columns; i++)
        for (size_t j = 0; j < i; j++) {
            const double held = v[i * columns + j];
            v[i * columns + j] = v[j * columns + i];
            v[j * columns + i] = held;
        }
    return LOCI_OK;
}

/* Eigenvalues of a [n][n]; a is overwritten. */
static loci_status eigenvalues(const loci_allocator *by, double *re, double *im, double *a, size_t n)
{
    const int order = (int)n, one = 1, lwork = (int)n * (LWORK + 4);
    double *work = loci_allocate_by(by, (size_t)lwork, sizeof *work);
    if (!work) return LOCI_E_MEMORY;
    double none;
    int info;
    const int threads = threads_one();
    dgeev_("N", "N", &order, a, &order, re, im, &none, &one, &none, &one, work, &lwork, &info);
    threads_back(threads);
    loci_free(work);
    return info ? LOCI_E_VALUE : LOCI_OK;
}

/* a [n] such that z^n - a_1 z^(n-1) - ... has these roots, which are real or come in pairs; p [2][n + 1] is scratch. */
static void expand(double *a, double *p, const double *re, const double *im, size_t n)
{
    double *p_im = p + n + 1;
    memset(p, 0, 2 * (n + 1) * sizeof *p);
    p[0] = 1;
    for (size_t r = 0; r < n; r++)
        for (size_t i = r + 1; i > 0; i--) {
            p[i] -= re[r] * p[i - 1] - im[r] * p_im[i - 1];
            p_im[i] -= re[r] * p_im[i - 1] + im[r] * p[i - 1];
        }
    for (size_t i = 0; i < n; i++) a[i] = -p[i + 1];
}

static loci_status out_of_memory(size_t order, loci_error *error)
{
    return loci_fail(error, LOCI_E_MEMORY, "out of memory for a rule of order %zu", order);
}

/* How the state moves: shifting the first `order` vectors by one sample is a matrix, whose eigenvalues are the poles. */
static loci_status shift(const loci_allocator *by, double *a, const double *v, size_t columns, size_t order,
                         loci_error *error)
{
    const size_t rows = columns - 1;
    double *left =
        loci_allocate_by(by, rows * order + rows + order * order + 2 * order + 2 * (order + 1), sizeof *left);
    if (!left) return out_of_memory(order, error);
    double *const right = left + rows * order, *const m = right + rows, *const re = m + order * order,
                  *const im = re + order, *const p = im + order;
    loci_status well = LOCI_OK;
    for (size_t j = 0; j < order && !well; j++) {
        for (size_t i = 0; i < order; i++) memcpy(left + i * rows, v + i * columns, rows * sizeof *v);
        memcpy(right, v + j * columns + 1, rows * sizeof *v);
        well = loci_rule_least(by, left, right, rows, order);
        memcpy(m + j * order, right, order * sizeof *m);
    }
    if (!well) well = eigenvalues(by, re, im, m, order);
    if (!well)
        expand(a, p, re, im, order);
    else
        memset(a, 0, order * sizeof *a);
    loci_free(left);
    return well == LOCI_E_MEMORY ? out_of_memory(order, error) : LOCI_OK;
}

/* x and, unless j is NULL, its derivatives j [2 order][n] by the coefficients and by the first terms: recurrences as well. */
static void derive(double *x, double *j, size_t n, const double *a, const double *state, size_t order)
{
    loci_rule_run(x, n, a, state, order);
    for (size_t p = 0; j && p < 2 * order; p++) {
        double *d = j + p * n;
        for (size_t k = 0; k < order; k++) d[k] = p >= order && k == p - order;
        for (size_t k = order; k < n; k++) {
            double sum = p < order ? x[k - 1 - p] : 0;
            for (size_t i = 0; i < order; i++) sum += a[i] * d[k - 1 - i];
            d[k] = sum;
        }
    }
}

static double rest(double *r, const double *x, const double *y, size_t n)
{
    double sum = 0;
    for (size_t k = 0; k < n; k++) {
        r[k] = y[k] - x[k];
        sum += r[k] * r[k];
    }
    return sum;
}

static bool finite(const double *x, size_t n)
{
    double sum = 0;
    for (size_t k = 0; k < n; k++) sum += x[k] * 0;
    return sum == 0;
}

typedef struct {
    double *x, *r, *j, *b; /* [n], [n], [2 order][n], [n] */
    double *try_a;         /* [2 order]: coefficients, first terms */
} scratch;

/* Steps as long as they help, each halved until it does. */
static loci_status descend(const loci_allocator *by, const scratch *w, double *a, double *state, double *rss,
                           const double *y, size_t n, size_t order)
{
    for (int step = 0; step < STEPS; step++) {
        derive(w->x, w->j, n, a, state, order);
        const double before = rest(w->b, w->x, y, n);
        if (!finite(w->j, 2 * order * n) || !isfinite(before)) return LOCI_OK;
        const loci_status status = loci_rule_least(by, w->j, w->b, n, 2 * order);
        if (status) return status;
        if (!finite(w->b, 2 * order)) return LOCI_OK;
        double now = INFINITY;
        for (double part = 1; part > 1e-3; part /= 2) {
            for (size_t i = 0; i < order; i++) {
                w->try_a[i] = a[i] + part * w->b[i];
                w->try_a[order + i] = state[i] + part * w->b[order + i];
            }
            loci_rule_run(w->x, n, w->try_a, w->try_a + order, order);
            now = rest(w->r, w->x, y, n);
            if (now < before) break;
        }
        if (!(now < before)) return LOCI_OK;
        memcpy(a, w->try_a, order * sizeof *a);
        memcpy(state, w->try_a + order, order * sizeof *state);
        *rss = now;
        if (before - now <= 1e-12 * before) return LOCI_OK;
    }
    return LOCI_OK;
}

loci_status loci_rule_fit(const loci_allocator *by, double *a, double *state, double *rss, const double *v,
                          size_t columns, const double *y, size_t n, size_t order, loci_error *error)
{
    *rss = INFINITY;
    double *all = loci_allocate_by(by, (2 * order + 3) * n + 2 * order, sizeof *all);
    if (!all) return out_of_memory(order, error);
    const scratch w = {all, all + n, all + 3 * n, all + 2 * n, all + (2 * order + 3) * n};
    loci_status status = shift(by, a, v, columns, order, error), least = LOCI_OK;
    if (!status) {
        memset(state, 0, order * sizeof *state);
        derive(w.x, w.j, n, a, state, order);
        memcpy(w.b, y, n * sizeof *y);
        const bool begun = finite(w.j, 2 * order * n);
        if (begun) least = loci_rule_least(by, w.j + order * n, w.b, n, order);
        if (begun && !least && finite(w.b, order)) {
            memcpy(state, w.b, order * sizeof *state);
            loci_rule_run(w.x, n, a, state, order);
            *rss = rest(w.r, w.x, y, n);
            if (isfinite(*rss)) least = descend(by, &w, a, state, rss, y, n, order);
        }
        if (least == LOCI_E_MEMORY) status = out_of_memory(order, error);
    }
    loci_free(all);
    return status;
}

static void exchange(double *x, size_t i, size_t j)
{
    const double held = x[i];
    x[i] = x[j];
    x[j] = held;
}

/* Whether root i comes before root j. */
static bool before(const double *re, const double *im, size_t i, size_t j)
{
    const double near = hypot(re[i], im[i]), far = hypot(re[j], im[j]);
    if (fabs(near - far) > 1e-12 * (near + far)) return near > far;
    if (fabs(fabs(im[i]) - fabs(im[j])) > 1e-12 * far) return fabs(im[i]) < fabs(im[j]);
    if (im[i] != im[j]) return im[i] > im[j];
    return re[i] > re[j];
}

/* Roots nearer than this to one another become their mean, from which a root that is there m times is off by rounding alone,
 * though each of them is off by its m-th root. */
static void gather(double *re, double *im, const double *re0, const double *im0, bool *seen, size_t n,
                   double near)
{
    memset(seen, 0, n * sizeof *seen);
    for (size_t i = 0; i < n; i++) {
        if (seen[i]) continue;
        double sum_re = 0, sum_im = 0;
        size_t count = 0;
        for (size_t j = i; j < n; j++)
            if (!seen[j] && hypot(re0[j] - re0[i], im0[j] - im0[i]) <= near * (1 + hypot(re0[i], im0[i]))) {
                sum_re += re0[j];
                sum_im += im0[j];
                count++;
            }
        for (size_t j = n; j-- > i;)
            if (!seen[j] && hypot(re0[j] - re0[i], im0[j] - im0[i]) <= near * (1 + hypot(re0[i], im0[i]))) {
                seen[j] = true;
                re[j] = sum_re / (double)count;
                im[j] = sum_im / (double)count;
                if (count > 1 && fabs(im[j]) <= near) im[j] = 0;
            }
    }
}

loci_status loci_rule_roots(const loci_allocator *by, double *re, double *im, const double *a, size_t order,
                            loci_error *error)
{
    static const double nearness[] = {3e-2, 3e-3, 1e-4, 1e-6};
    double *all = loci_allocate_by(by, order * order + 4 * order + 2 * (order + 1), sizeof *all);
    bool *seen = loci_allocate_by(by, order, sizeof *seen);
    loci_status status = all && seen ? LOCI_OK : LOCI_E_MEMORY;
    if (!status) {
        double *const m = all, *const re0 = m + order * order, *const im0 = re0 + order,
                      *const b = im0 + order, *const p = b + order;
        double largest = 1;
        for (size_t i = 0; i < order; i++) largest = fmax(largest, fabs(a[i]));
        for (size_t i = 0; i < order; i++) {
            m[i * order] = a[i]; /* column-major: the first row */
            if (i + 1 < order) m[i * order + i + 1] = 1;
        }
        status = eigenvalues(by, re0, im0, m, order);
        bool gathered = false;
        for (size_t t = 0; !status && !gathered && t < sizeof nearness / sizeof *nearness; t++) {
            gather(re, im, re0, im0, seen, order, nearness[t]);
            expand(b, p, re, im, order);
            gathered = true;
            for (size_t i = 0; i < order; i++) gathered = gathered && fabs(b[i] - a[i]) <= 1e-11 * largest;
        }
        if (!gathered) {
            memcpy(re, re0, order * sizeof *re);
            memcpy(im, im0, order * sizeof *im);
        }
        for (size_t i = 0; i < order; i++)
            for (size_t j = i + 1; j < order; j++)
                if (before(re, im, j, i)) {
                    exchange(re, i, j);
                    exchange(im, i, j);
                }
    }
    loci_free(seen);
    loci_free(all);
    if (status == LOCI_E_MEMORY) return out_of_memory(order, error);
    return status ? loci_fail(error, status, "the poles of a rule of order %zu could not be found", order)
                  : LOCI_OK;
}
