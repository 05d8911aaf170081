/* SPDX-License-Identifier: MIT
 * linalg.c - small dense real matrices: product, LU, exponential.
 *
 * One kernel, c += sign a b, carries everything: LU and the triangular solves are recursive halvings down to
 * a few rows, so that nearly all their work is products. The kernel keeps 6 rows by one vector of 8 columns
 * in registers (6 of AVX-512, 12 of AVX2) and reads b from a packed copy, since rows a power of two apart
 * would share the same few lines of the cache. */
#include "base/linalg.h"

#include <float.h>
#include <math.h>
#include <stdalign.h>
#include <stdint.h>
#include <string.h>

#include "base/allocate.h"
#include "base/status.h"
#include "base/vector.h"

enum {
    ROWS = 6,    /* of a kernel tile */
    LANES = 8,   /* its columns */
    PANELS = 4,  /* packed at once: PANELS * INNER * LANES doubles, 32 KiB */
    INNER = 128, /* products summed before c is touched */
    SMALL = 16   /* where the recursions end */
};

/* panel is [inner][LANES], zero where b has no column. */
LOCI_HOT static void update_panel(double *c, size_t ldc, const double *a, size_t lda, const loci_f64x8 *panel,
                                  size_t rows, size_t inner, size_t columns, double sign)
{
    for (size_t i = 0; i < rows; i += ROWS) {
        const size_t last = rows - i < ROWS ? rows - i - 1 : ROWS - 1; /* short tiles repeat their last row */
        const double *row[ROWS];
        loci_f64x8 sum[ROWS] = {{0}};
        for (size_t r = 0; r < ROWS; r++) row[r] = a + (i + (r < last ? r : last)) * lda;
        for (size_t k = 0; k < inner; k++) {
            const loci_f64x8 b = panel[k];
            for (size_t r = 0; r < ROWS; r++) sum[r] += row[r][k] * b;
        }
        for (size_t r = 0; r <= last; r++) {
            double *out = c + (i + r) * ldc;
            if (columns == LANES) {
                *(loci_f64x8u *)out += sign * sum[r];
            } else {
                alignas(64) double lanes[LANES];
                memcpy(lanes, &sum[r], sizeof lanes);
                for (size_t j = 0; j < columns; j++) out[j] += sign * lanes[j];
            }
        }
    }
}

/* c += sign a b; a row of c, a, b is ldc, lda, ldb numbers long. */
static void update(double *c, size_t ldc, const double *a, size_t lda, const double *b, size_t ldb,
                   size_t rows, size_t inner, size_t columns, double sign)
{
    alignas(64) double packed[PANELS][INNER][LANES];
    for (size_t k0 = 0; k0 < inner; k0 += INNER) {
        const size_t depth = inner - k0 < INNER ? inner - k0 : INNER;
        for (size_t j0 = 0; j0 < columns; j0 += PANELS * LANES) {
            const size_t width = columns - j0 < PANELS * LANES ? columns - j0 : PANELS * LANES;
            for (size_t k = 0; k < depth; k++) {
                const double *from = b + (k0 + k) * ldb + j0;
                for (size_t j = 0; j < (width + LANES - 1) / LANES * LANES; j++)
                    packed[j / LANES][k][j % LANES] = j < width ? from[j] : 0.0;
            }
            for (size_t i = 0; i < rows; i += 16 * ROWS) { /* rows of a that stay in cache for all panels */
                const size_t some = rows - i < 16 * ROWS ? rows - i : 16 * ROWS;
                for (size_t j = 0; j < width; j += LANES)
                    update_panel(c + i * ldc + j0 + j, ldc, a + i * lda + k0, lda,
                                 (const loci_f64x8 *)(const void *)packed[j / LANES], some, depth,
                                 width - j < LANES ? width - j : LANES, sign);
            }
        }
    }
}

void loci_linalg_multiply(double *c, const double *a, const double *b, size_t rows, size_t inner,
                          size_t columns)
{
    memset(c, 0, rows * columns * sizeof *c);
    update(c, columns, a, inner, b, columns, rows, inner, columns, 1.0);
}

double loci_linalg_norm(const double *a, size_t n)
{
    double largest = 0.0;
    for (size_t j = 0; j < n; j++) {
        double sum = 0.0;
        for (size_t i = 0; i < n; i++) sum += fabs(a[i * n + j]);
        if (!(sum <= largest)) largest = sum;
        if (isnan(sum)) return sum;
    }
    return largest;
}

/* ---- triangular solves and LU
 * -------------------------------------------------------------------------------------- */

/* x = L^-1 x, unit diagonal; L is [rows][rows], x [rows][columns]. */
static void solve_lower(double *x, size_t ldx, const double *l, size_t ldl, size_t rows, size_t columns)
{
    if (rows <= SMALL) {
        for (size_t i = 1; i < rows; i++)
            for (size_t k = 0; k < i; k++)
                for (size_t j = 0; j < columns; j++) x[i * ldx + j] -= l[i * ldl + k] * x[k * ldx + j];
        return;
    }
    const size_t half = rows / 2;
    solve_lower(x, ldx, l, ldl, half, columns);
    update(x + half * ldx, ldx, l + half * ldl, ldl, x, ldx, rows - half, half, columns, -1.0);
    solve_lower(x + half * ldx, ldx, l + half * ldl + half, ldl, rows - half, columns);
}

/* x = U^-1 x */
static void solve_upper(double *x, size_t ldx, const double *u, size_t ldu, size_t rows, size_t columns)
{
    if (rows <= SMALL) {
        for (size_t i = rows; i-- > 0;) {
            for (size_t k = i + 1; k < rows; k++)
                for (size_t j = 0; j < columns; j++) x[i * ldx + j] -= u[i * ldu + k] * x[k * ldx + j];
            for (size_t j = 0; j < columns; j++) x[i * ldx + j] /= u[i * ldu + i];
        }
        return;
    }
    const size_t half = rows / 2;
    solve_upper(x + half * ldx, ldx, u + half * ldu + half, ldu, rows - half, columns);
    update(x, ldx, u + half, ldu, x + half * ldx, ldx, half, rows - half, columns, -1.0);
    solve_upper(x, ldx, u, ldu, half, columns);
}

static void exchange_rows(double *x, size_t i, size_t k, size_t columns)
{
    for (size_t j = 0; i != k && j < columns; j++) {
        const double held = x[i * columns + j];
        x[i * columns + j] = x[k * columns + j];
        x[k * columns + j] = held;
    }
}

/* Factors columns from..to-1, whose rows from.. are up to date; n where all is well, else the column without
 * a pivot. The diagonal is the pivot unless the largest below is more than 1 / keep times as large. */
static size_t factor_columns(double *a, size_t *pivot, const double *limit, size_t n, size_t from, size_t to,
                             double keep)
{
    if (to - from > SMALL) {
        const size_t middle = from + (to - from) / 2;
        const size_t failed = factor_columns(a, pivot, limit, n, from, middle, keep);
        if (failed < n) return failed;
        solve_lower(a + from * n + middle, n, a + from * n + from, n, middle - from, to - middle);
        update(a + middle * n + middle, n, a + middle * n + from, n, a + from * n + middle, n, n - middle,
               middle - from, to - middle, -1.0);
        return factor_columns(a, pivot, limit, n, middle, to, keep);
    }
    for (size_t j = from; j < to; j++) {
        size_t best = j;
        for (size_t i = j + 1; i < n; i++)
            if (fabs(a[i * n + j]) > fabs(a[best * n + j])) best = i;
        if (fabs(a[j * n + j]) >= keep * fabs(a[best * n + j])) best = j;
        if (!(fabs(a[best * n + j]) > limit[j] && isfinite(a[best * n + j]))) return j;
        pivot[j] = best;
        exchange_rows(a, j, best, n);
        const double *top = a + j * n;
        for (size_t i = j + 1; i < n; i++) {
            double *row = a + i * n;
            row[j] /= top[j];
            for (size_t k = j + 1; k < to; k++) row[k] -= row[j] * top[k];
        }
    }
    return n;
}

static loci_status factor(const loci_allocator *by, double *a, size_t *pivot, size_t n, double keep,
                          loci_error *error)
{
    double *limit = loci_allocate_by(by, n, sizeof *limit);
    if (!limit)
        return loci_fail(error, LOCI_E_MEMORY, "out of memory for the factors of a %zu x %zu matrix", n, n);
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++)
            limit[j] = fmax(limit[j], fabs(a[i * n + j]) * (double)n * DBL_EPSILON);
    const size_t failed = factor_columns(a, pivot, limit, n, 0, n, keep);
    loci_free(limit);
    if (failed == n) return LOCI_OK;
    return loci_fail(error, LOCI_E_VALUE, "matrix is singular or not finite: column %zu has no pivot",
                     failed);
}

loci_status loci_linalg_factor(const loci_allocator *by, double *a, size_t *pivot, size_t n,
                               loci_error *error)
{
    return factor(by, a, pivot, n, 1, error);
}

void loci_linalg_solve(double *x, const double *lu, const size_t *pivot, size_t n, size_t columns)
{
    for (size_t i = 0; i < n; i++) exchange_rows(x, i, pivot[i], columns);
    solve_lower(x, columns, lu, n, n, columns);
    solve_upper(x, columns, lu, n, n, columns);
}

/* ---- exponential
 * ---------------------------------------------------------------------------------------------------- */

enum { LARGEST_DEGREE = 13 };

/* The coefficients of the diagonal Pade approximants' numerators, and the bound up to which each needs no
 * scaling. */
static const struct {
    int degree;
    double bound, b[LARGEST_DEGREE + 1];
} pade[] = {
    {3, 1.495585217958292e-2, {120, 60, 12, 1}},
    {5, 2.539398330063230e-1, {30240, 15120, 3360, 420, 30, 1}},
    {7, 9.504178996162932e-1, {17297280, 8648640, 1995840, 277200, 25200, 1512, 56, 1}},
    {9,
     2.097847961257068,
     {17643225600, 8821612800, 2075673600, 302702400, 30270240, 2162160, 110880, 3960, 90, 1}},
    {13,
     4.25,
     {64764752532480000, 32382376266240000, 7771770303897600, 1187353796428800, 129060195264000,
      10559470521600, 670442572800, 33522128640, 1323241920, 40840800, 960960, 16380, 182, 1}},
};
enum { DEGREES = sizeof pade / sizeof *pade };

/* How many more halvings |a| asks for than a's own powers do, so that the truncation error of the approximant
 * of this degree stays below rounding: log2 of the 1-norm of |a|^(2 degree + 1), times the error's leading
 * coefficient (Al-Mohy and Higham 2009, section 4). The powers act on a row of ones, brought back to size
 * each time. */
static int extra_halvings(const double *a, double *scratch /* [2][n] */, size_t n, int degree)
{
    double *v = scratch, *next = scratch + n;
    double log2_norm = 0.0, norm = 0.0;
    for (size_t j = 0; j < n; j++) v[j] = 1.0;
    for (int power = 0; power < 2 * degree + 1; power++) {
        double largest = 0.0;
        memset(next, 0, n * sizeof *next);
        for (size_t i = 0; i < n; i++)
            for (size_t j = 0; j < n; j++) next[j] += v[i] * fabs(a[i * n + j]);
        for (size_t j = 0; j < n; j++) largest = fmax(largest, next[j]);
        if (largest == 0.0) return 0; /* nilpotent: the approximant is exact */
        for (size_t j = 0; j < n; j++) v[j] = next[j] / largest;
        log2_norm += log2(largest);
        if (power == 0) norm = largest;
    }
    const double m = degree,
                 log_coefficient = 2.0 * lgamma(m + 1.0) - lgamma(2.0 * m + 1.0) - lgamma(2.0 * m + 2.0);
    const double excess = log_coefficient / 0x1.62e42fefa39efp-1 + log2_norm - log2(norm) + 53.0;
    return excess > 0.0 ? (int)ceil(excess / (2.0 * m)) : 0;
}

/* out = sum over i < count of b[2 i] power[i] + constant I; power[0] is the square. */
static void combine(double *out, double *const *power, const double *b, size_t count, double constant,
                    size_t n)
{
    for (size_t k = 0; k < n * n; k++) {
        double sum = b[0] * power[0][k];
        for (size_t i = 1; i < count; i++) sum += b[2 * i] * power[i][k];
        out[k] = sum;
    }
    for (size_t i = 0; i < n; i++) out[i * n + i] += constant;
}

/* *odd and *even become the parts of the approximant's numerator; power holds the square, fourth and sixth
 * powers of a, and room. spare is scratch. */
static void numerator(double *odd, double *even, double *spare, const double *a, double *const power[4],
                      size_t n, size_t which)
{
    const double *b = pade[which].b;
    if (pade[which].degree < LARGEST_DEGREE) {
        const size_t count = (size_t)pade[which].degree / 2;
        if (count == 4) loci_linalg_multiply(power[3], power[1], power[1], n, n, n);
        combine(spare, power, b + 3, count, b[1], n);
        loci_linalg_multiply(odd, a, spare, n, n, n);
        combine(even, power, b + 2, count, b[0], n);
        return;
    }
    /* sixth (b9 second + b11 fourth + b13 sixth) + b3 second + b5 fourth + b7 sixth + b1, times a; and the
     * even ones */
    combine(odd, power, b + 9, 3, 0.0, n);
    combine(spare, power, b + 3, 3, b[1], n);
    update(spare, n, power[2], n, odd, n, n, n, n, 1.0);
    loci_linalg_multiply(odd, a, spare, n, n, n);
    combine(spare, power, b + 8, 3, 0.0, n);
    combine(even, power, b + 2, 3, b[0], n);
    update(even, n, power[2], n, spare, n, n, n, n, 1.0);
}

static void halve(double *x, size_t count, int times)
{
    const double factor = ldexp(1.0, -times);
    for (size_t k = 0; k < count && times > 0; k++) x[k] *= factor;
}

/* e becomes (1 + e)^(2^times); the others are [n][n] of scratch.
 *
 * Of a slow mode beside a fast one the halvings leave so little that 1 and it have few digits in common, and squaring
 * 1 + e doubles the error each time: 2^times ulp of the result. (1 + e)^2 - 1 = 2 e + e^2 keeps those digits, but what decays
 * comes close to -1, and is known to ulp of the largest that the element has been. So both are squared, and each element
 * is taken from the one that knows it better. */
static void square(double *e, double *whole, double *most, double *spare, size_t n, int times)
{
    for (size_t k = 0; k < n * n; k++) {
        whole[k] = e[k] + (k / n == k % n ? 1 : 0);
        most[k] = fabs(e[k]);
    }
    for (int i = 0; i < times; i++) {
        loci_linalg_multiply(spare, e, e, n, n, n);
        for (size_t k = 0; k < n * n; k++) {
            e[k] = 2 * e[k] + spare[k];
            most[k] = fmax(most[k], fabs(e[k]));
        }
        loci_linalg_multiply(spare, whole, whole, n, n, n);
        memcpy(whole, spare, n * n * sizeof *whole);
    }
    for (size_t k = 0; k < n * n; k++) {
        e[k] += k / n == k % n ? 1 : 0;
        if (times == 0 || ldexp(fabs(whole[k]), times) < most[k]) e[k] = whole[k];
    }
}

static loci_status exponential(const loci_allocator *by, double *e, double *scaled, double *const power[4],
                               double *even, double *spare, size_t *pivot, size_t n, loci_error *error)
{
    const size_t numbers = n * n;
    int halvings = 0; /* of norms so large that powers would overflow */
    const double norm = loci_linalg_norm(scaled, n);
    if (!isfinite(norm)) return loci_fail(error, LOCI_E_VALUE, "matrix to exponentiate is not finite");
    if (norm > 0x1p100) halvings = ilogb(norm) - 99;
    halve(scaled, numbers, halvings);
    loci_linalg_multiply(power[0], scaled, scaled, n, n, n);
    loci_linalg_multiply(power[1], power[0], power[0], n, n, n);
    loci_linalg_multiply(power[2], power[0], power[1], n, n, n);

    const double size =
        fmax(pow(loci_linalg_norm(power[1], n), 1.0 / 4.0), pow(loci_linalg_norm(power[2], n), 1.0 / 6.0));
    size_t which = 0;
    while (which < DEGREES - 1 &&
           (size > pade[which].bound || extra_halvings(scaled, spare, n, pade[which].degree) > 0))
        which++;
    if (which == DEGREES - 1) {
        int more = size > pade[which].bound ? (int)ceil(log2(size / pade[which].bound)) : 0;
        halve(scaled, numbers, more);
        const int extra = extra_halvings(scaled, spare, n, LARGEST_DEGREE);
        halve(scaled, numbers, extra);
        more += extra;
        for (int i = 0; i < 3; i++) halve(power[i], numbers, more * 2 * (i + 1));
        halvings += more;
    }
    numerator(e, even, spare, scaled, power, n, which);
    /* The approximant less 1 is (even - odd)^-1 (2 odd). Rows keep their places where they can: an exchange would mix
     * slow modes with the fast ones that they drive. */
    for (size_t k = 0; k < numbers; k++) {
        even[k] -= e[k];
        e[k] *= 2;
    }
    const loci_status status = factor(by, even, pivot, n, 0.1, error);
    if (status) return status;
    loci_linalg_solve(e, even, pivot, n, n);
    square(e, power[0], power[1], spare, n, halvings);
    if (!isfinite(loci_linalg_norm(e, n)))
        return loci_fail(error, LOCI_E_VALUE, "exponential of the matrix is beyond the range of double");
    return LOCI_OK;
}

loci_status loci_linalg_exponential(const loci_allocator *by, double *e, const double *a, size_t n,
                                    loci_error *error)
{
    /* a scaled, three powers and a fourth, the even part, a spare one of at least two rows */
    size_t square, numbers, *pivot = NULL;
    double *scratch = NULL;
    if (loci_size_multiply(&square, n, n + 1) && loci_size_multiply(&numbers, square, 7)) {
        scratch = loci_allocate_by(by, numbers, sizeof *scratch);
        pivot = loci_allocate_by(by, n, sizeof *pivot);
    }
    loci_status status;
    if (pivot && scratch) {
        double *const power[4] = {scratch + square, scratch + 2 * square, scratch + 3 * square,
                                  scratch + 4 * square};
        memcpy(scratch, a, n * n * sizeof *a);
        status =
            exponential(by, e, scratch, power, scratch + 5 * square, scratch + 6 * square, pivot, n, error);
    } else {
        status =
            loci_fail(error, LOCI_E_MEMORY, "out of memory for the exponential of a %zu x %zu matrix", n, n);
    }
    loci_free(scratch);
    loci_free(pivot);
    return status;
}
