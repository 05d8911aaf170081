/* SPDX-License-Identifier: MIT
 * test_kernel.c - kernels against published ones, against each other, and their gradients against finite differences. */
#include "base/each_precision.h"

#include "systems.h"

#include <complex.h>

#include "base/allocate.h"
#include "ssm/discretize_dplr.h"
#include "ssm/kernel.h"
#include "ssm/vandermonde.h"

/* Published numbers were made in double from the same parameters; single: what rounding powers and sums costs. */
#define TOLERANCE(in_double) (LOCI_REAL_IS_DOUBLE ? (in_double) : 1e-4)

static loci_system *new_system(loci_structure structure, size_t copies, size_t order, size_t rank)
{
    loci_system *s;
    loci_error error;
    if (loci_system_create(&s, structure, copies, order, rank, &error)) fail_msg("%s", error.text);
    return s;
}

/* Pairs (re, im) of one array into two. */
static void split(double *re, double *im, const double *pairs, size_t count)
{
    for (size_t i = 0; i < count; i++) re[i] = pairs[2 * i], im[i] = pairs[2 * i + 1];
}

static real *kernel_of(const loci_system *s, loci_discretization discretization, size_t length)
{
    loci_error error;
    real *k = malloc((s->copies * length + 1) * sizeof *k);
    assert_non_null(k);
    if (loci_kernel(k, s, discretization, length, &error)) fail_msg("%s", error.text);
    return k;
}

static double largest(const double *x, size_t count)
{
    double most = 0;
    for (size_t i = 0; i < count; i++) most = fmax(most, fabs(x[i]));
    return most;
}

static void check(const char *what, const double *found, const double *expected, size_t count,
                  double tolerance)
{
    for (size_t i = 0; i < count; i++)
        if (!(fabs(found[i] - expected[i]) <= tolerance))
            fail_msg("%s[%zu] is %.17g, expected %.17g within %g", what, i, found[i], expected[i], tolerance);
}

/* ---- published kernels ---- */

static void s4d(void **state)
{
    (void)state;
    const char *files[] = {"ssm_s4d_kernel_0.npz", "ssm_s4d_kernel_1.npz"};
    for (size_t f = 0; f < 2; f++) {
        loci_array rate = golden(files[f], "log_A_real"), im = golden(files[f], "A_imag"),
                   c = golden(files[f], "C"), log_dt = golden(files[f], "log_dt"), k = golden(files[f], "K"),
                   g = golden(files[f], "G");
        const size_t H = k.shape[0], L = k.shape[1], M = rate.shape[1];
        loci_system *s = new_system(LOCI_DIAGONAL, H, 2 * M, 0), *d = new_system(LOCI_DIAGONAL, H, 2 * M, 0);
        for (size_t i = 0; i < H * M; i++)
            s->a_re[i] = -exp(rate.data[i]), s->a_im[i] = im.data[i], s->b_re[i] = 1;
        split(s->c_re, s->c_im, c.data, H * M);
        for (size_t h = 0; h < H; h++) s->dt[h] = exp(log_dt.data[h]);
        real *found = kernel_of(s, LOCI_ZOH, L), *dk = malloc(H * L * sizeof *dk);
        for (size_t i = 0; i < H * L; i++) {
            assert_true(fabs((double)found[i] - k.data[i]) <=
                        TOLERANCE(1e-12) * fmax(1, largest(k.data, H * L)));
            dk[i] = (real)g.data[i];
        }
        assert_int_equal(loci_kernel_backward(d, dk, s, LOCI_ZOH, L, NULL), LOCI_OK);
        for (size_t h = 0; h < H; h++) d->dt[h] *= s->dt[h];
        for (size_t i = 0; i < H * M; i++) d->a_re[i] *= s->a_re[i];
        const struct {
            const char *name;
            const double *found;
            size_t count;
        } gradients[] = {{"grad_log_dt", d->dt, H},
                         {"grad_log_A_real", d->a_re, H * M},
                         {"grad_A_imag", d->a_im, H * M},
                         {"grad_C_re", d->c_re, H * M},
                         {"grad_C_im", d->c_im, H * M}};
        for (size_t i = 0; i < 5; i++) {
            loci_array expected = golden(files[f], gradients[i].name);
            check(gradients[i].name, gradients[i].found, expected.data, gradients[i].count,
                  TOLERANCE(1e-10) * largest(expected.data, gradients[i].count));
            loci_array_free(&expected);
        }
        free(found), free(dk), loci_system_free(s), loci_system_free(d);
        loci_array_free(&rate), loci_array_free(&im), loci_array_free(&c), loci_array_free(&log_dt);
        loci_array_free(&k), loci_array_free(&g);
    }
}

typedef struct {
    const char *file;
    loci_discretization discretization;
    int softplus; /* how dt and the real part of A were parametrised: by exp, or by softplus */
} published;

/* Copies share A and B cyclically; their gradients are sums over those copies. */
static void check_tied(const char *file, const char *name, const double *re, const double *im, size_t rows,
                       size_t H, size_t M, double tolerance)
{
    loci_array expected = golden(file, name);
    double *sum = calloc(rows * M * 2, sizeof *sum);
    for (size_t h = 0; h < H; h++)
        for (size_t n = 0; n < M; n++) {
            if (im) {
                sum[(h % rows * M + n) * 2] += re[h * M + n];
                sum[(h % rows * M + n) * 2 + 1] += im[h * M + n];
            } else {
                sum[h % rows * M + n] += re[h * M + n];
            }
        }
    const size_t count = rows * M * (im ? 2 : 1);
    check(name, sum, expected.data, count, tolerance * largest(expected.data, count));
    free(sum);
    loci_array_free(&expected);
}

static void diagonal(void **state)
{
    (void)state;
    const published cases[] = {{"ssm_diag_zoh_lin.npz", LOCI_ZOH, 0},
                               {"ssm_diag_zoh_legs_tied.npz", LOCI_ZOH, 0},
                               {"ssm_diag_zoh_real.npz", LOCI_ZOH, 0},
                               {"ssm_diag_zoh_quad_bandlimit.npz", LOCI_ZOH, 0},
                               {"ssm_diag_bilinear_inv.npz", LOCI_BILINEAR, 0},
                               {"ssm_diag_bilinear_mix.npz", LOCI_BILINEAR, 0},
                               {"ssm_diag_zoh_softplus_untied.npz", LOCI_ZOH, 1}};
    for (size_t f = 0; f < sizeof cases / sizeof *cases; f++) {
        const char *file = cases[f].file;
        loci_array a = golden(file, "A"), b = golden(file, "Bfull"), c = golden(file, "Ceff"),
                   dt = golden(file, "dt"), k = golden(file, "K"), g = golden(file, "G"),
                   raw = golden(file, "A_real");
        const size_t channels = k.shape[0], H = k.shape[1], L = k.shape[2], M = a.shape[1],
                     tied = raw.shape[0];
        const int untied = dt.shape[1] > 1; /* a step for each mode: A dt and B dt with a step of 1 */
        loci_system *s = new_system(LOCI_DIAGONAL, H, 2 * M, 0), *d = new_system(LOCI_DIAGONAL, H, 2 * M, 0);
        double *dc = calloc(channels * H * M * 2, sizeof *dc), *ddt = calloc(H * M, sizeof *ddt);
        split(s->a_re, s->a_im, a.data, H * M);
        split(s->b_re, s->b_im, b.data, H * M);
        for (size_t h = 0; h < H; h++) s->dt[h] = untied ? 1 : dt.data[h];
        for (size_t i = 0; untied && i < H * M; i++) {
            s->a_re[i] *= dt.data[i], s->a_im[i] *= dt.data[i];
            s->b_re[i] *= dt.data[i], s->b_im[i] *= dt.data[i];
        }
        real *dk = malloc(H * L * sizeof *dk);
        for (size_t v = 0; v < channels; v++) {
            split(s->c_re, s->c_im, c.data + v * H * M * 2, H * M);
            memset(d->c_re, 0, H * M * sizeof *d->c_re), memset(d->c_im, 0, H * M * sizeof *d->c_im);
            real *found = kernel_of(s, cases[f].discretization, L);
            for (size_t i = 0; i < H * L; i++) {
                const double expected = k.data[v * H * L + i];
                if (!(fabs((double)found[i] - expected) <=
                      TOLERANCE(1e-11) * fmax(1, largest(k.data, H * L))))
                    fail_msg("%s: K[%zu] is %.17g, expected %.17g", file, i, (double)found[i], expected);
                dk[i] = (real)g.data[v * H * L + i];
            }
            assert_int_equal(loci_kernel_backward(d, dk, s, cases[f].discretization, L, NULL), LOCI_OK);
            for (size_t i = 0; i < H * M; i++) { /* a masked C has no gradient */
                const int masked = s->c_re[i] == 0 && s->c_im[i] == 0;
                dc[2 * (v * H * M + i)] = masked ? 0 : d->c_re[i];
                dc[2 * (v * H * M + i) + 1] = masked ? 0 : d->c_im[i];
            }
            free(found);
        }
        for (size_t i = 0; i < H * M; i++) {
            const double step = dt.data[untied ? i : i / M];
            if (untied) { /* the step of each mode; then A and B themselves */
                ddt[i] = (s->a_re[i] * d->a_re[i] + s->a_im[i] * d->a_im[i] + s->b_re[i] * d->b_re[i] +
                          s->b_im[i] * d->b_im[i]) /
                         step * (cases[f].softplus ? -expm1(-step) : step);
                d->a_re[i] *= step, d->a_im[i] *= step, d->b_re[i] *= step, d->b_im[i] *= step;
            }
            const double rate = a.data[2 * i];
            d->a_re[i] *= cases[f].softplus ? expm1(rate) : rate;
            d->a_im[i] = -d->a_im[i];
        }
        for (size_t h = 0; !untied && h < H; h++) ddt[h] = d->dt[h] * s->dt[h];
        loci_array expected = golden(file, "grad_C"), steps = golden(file, "grad_inv_dt");
        check("grad_C", dc, expected.data, channels * H * M * 2,
              TOLERANCE(1e-10) * largest(expected.data, channels * H * M * 2));
        check("grad_inv_dt", ddt, steps.data, untied ? H * M : H,
              TOLERANCE(1e-10) * largest(steps.data, untied ? H * M : H));
        check_tied(file, "grad_A_real", d->a_re, NULL, tied, H, M, TOLERANCE(1e-10));
        check_tied(file, "grad_A_imag", d->a_im, NULL, tied, H, M, TOLERANCE(1e-10));
        loci_array db = golden(file, "grad_B");
        check_tied(file, "grad_B", d->b_re, d->b_im, db.shape[1], H, M, TOLERANCE(1e-10));
        loci_array_free(&db), loci_array_free(&expected), loci_array_free(&steps);
        free(dk), free(dc), free(ddt), loci_system_free(s), loci_system_free(d);
        loci_array_free(&a), loci_array_free(&b), loci_array_free(&c), loci_array_free(&dt);
        loci_array_free(&k), loci_array_free(&g), loci_array_free(&raw);
    }
}

static void dplr(void **state)
{
    (void)state;
    const char *files[] = {
        "ssm_dplr_legs_L64.npz",          "ssm_dplr_legs_L256.npz", "ssm_dplr_legs_L1000.npz",
        "ssm_dplr_legt_rank2.npz",        "ssm_dplr_fout.npz",      "ssm_dplr_odd_length.npz",
        "ssm_dplr_hippo_mix_channels.npz"};
    for (size_t f = 0; f < sizeof files / sizeof *files; f++) {
        const char *file = files[f];
        loci_array a = golden(file, "A"), b = golden(file, "Bfull"), c = golden(file, "C"),
                   dt = golden(file, "dt"), p = golden(file, "Pfull"), k = golden(file, "K_dense_own"),
                   g = golden(file, "G"), raw = golden(file, "A_real");
        const size_t channels = k.shape[0], H = k.shape[1], L = k.shape[2], M = a.shape[1], rank = p.shape[0];
        loci_system *s = new_system(LOCI_DPLR, H, 2 * M, rank), *d = new_system(LOCI_DPLR, H, 2 * M, rank);
        double *dc = calloc(channels * H * M * 2, sizeof *dc);
        split(s->a_re, s->a_im, a.data, H * M);
        split(s->b_re, s->b_im, b.data, H * M);
        split(s->p_re, s->p_im, p.data, rank * H * M);
        for (size_t h = 0; h < H; h++) s->dt[h] = dt.data[h];
        real *dk = malloc(H * L * sizeof *dk);
        for (size_t v = 0; v < channels; v++) {
            split(s->c_re, s->c_im, c.data + v * H * M * 2, H * M);
            memset(d->c_re, 0, H * M * sizeof *d->c_re), memset(d->c_im, 0, H * M * sizeof *d->c_im);
            real *found = kernel_of(s, LOCI_BILINEAR, L);
            for (size_t i = 0; i < H * L; i++) {
                const double expected = k.data[v * H * L + i];
                if (!(fabs((double)found[i] - expected) <= (LOCI_REAL_IS_DOUBLE ? 1e-11 : 1e-7)))
                    fail_msg("%s: K[%zu] is %.17g, expected %.17g", file, i, (double)found[i], expected);
                dk[i] = (real)g.data[v * H * L + i];
            }
            free(found);
            assert_int_equal(loci_kernel_backward(d, dk, s, LOCI_BILINEAR, L, NULL), LOCI_OK);
            for (size_t i = 0; i < H * M; i++) {
                dc[2 * (v * H * M + i)] = d->c_re[i];
                dc[2 * (v * H * M + i) + 1] = d->c_im[i];
            }
        }
        for (size_t i = 0; i < H * M; i++) d->a_re[i] *= s->a_re[i], d->a_im[i] *= -1;
        for (size_t h = 0; h < H; h++) d->dt[h] *= s->dt[h];
        loci_array expected = golden(file, "gradCparam_C"), steps = golden(file, "gradCparam_inv_dt");
        check("gradCparam_C", dc, expected.data, channels * H * M * 2,
              1e-8 * largest(expected.data, channels * H * M * 2));
        check("gradCparam_inv_dt", d->dt, steps.data, H, 1e-8 * largest(steps.data, H));
        check_tied(file, "gradCparam_A_real", d->a_re, NULL, raw.shape[0], H, M, 1e-8);
        check_tied(file, "gradCparam_A_imag", d->a_im, NULL, raw.shape[0], H, M, 1e-8);
        loci_array db = golden(file, "gradCparam_B"), dp = golden(file, "gradCparam_P");
        check_tied(file, "gradCparam_B", d->b_re, d->b_im, db.shape[1], H, M, 1e-8);
        if (rank == 1) {
            check_tied(file, "gradCparam_P", d->p_re, d->p_im, dp.shape[1], H, M, 1e-8);
        } else {
            double *pairs = calloc(rank * H * M * 2, sizeof *pairs);
            assert_int_equal(dp.shape[1], H);
            for (size_t i = 0; i < rank * H * M; i++)
                pairs[2 * i] = d->p_re[i], pairs[2 * i + 1] = d->p_im[i];
            check("gradCparam_P", pairs, dp.data, rank * H * M * 2,
                  1e-8 * largest(dp.data, rank * H * M * 2));
            free(pairs);
        }
        loci_array_free(&db), loci_array_free(&dp), loci_array_free(&expected), loci_array_free(&steps);
        free(dk), free(dc), loci_system_free(s), loci_system_free(d);
        loci_array_free(&a), loci_array_free(&b), loci_array_free(&c), loci_array_free(&dt);
        loci_array_free(&k), loci_array_free(&g), loci_array_free(&raw), loci_array_free(&p);
    }
}

/* ---- against each other ---- */

static const loci_discretization every[] = {LOCI_ZOH, LOCI_FOH, LOCI_BILINEAR, LOCI_BACKWARD, LOCI_EULER};

/* The dense form of a system has the same kernel, by another road. */
static void dense_agrees(void **state)
{
    (void)state;
    for (size_t i = 0; i < 5; i++)
        for (size_t rank = 0; rank < 3; rank++) {
            if (rank && (every[i] == LOCI_ZOH || every[i] == LOCI_FOH)) continue;
            for (size_t L = 1; L <= 2100; L = L * 3 + 1) {
                loci_system *s = random_system(rank ? LOCI_DPLR : LOCI_DIAGONAL, 17, 6, rank, 7 * i + rank),
                            *dense;
                if (every[i] == LOCI_EULER)
                    for (size_t h = 0; h < s->copies; h++) s->dt[h] *= 0.05; /* stable */
                assert_int_equal(loci_system_to_dense(&dense, s, NULL), LOCI_OK);
                real *one = kernel_of(s, every[i], L), *other = kernel_of(dense, every[i], L);
                for (size_t h = 0; h < s->copies; h++) {
                    double sum = 0; /* K is a sum of modes this large */
                    for (size_t n = 0; n < s->width; n++)
                        sum += s->dt[h] * 4 * hypot(s->b_re[h * s->width + n], s->b_im[h * s->width + n]) *
                               hypot(s->c_re[h * s->width + n], s->c_im[h * s->width + n]);
                    for (size_t l = 0; l < L; l++)
                        if (!(fabs((double)(one[h * L + l] - other[h * L + l])) <=
                              (LOCI_REAL_IS_DOUBLE ? 1e-11 : 2e-6) * sum))
                            fail_msg("%s rank %zu, length %zu: K[%zu][%zu] is %g or %g",
                                     loci_discretization_name(every[i]), rank, L, h, l,
                                     (double)one[h * L + l], (double)other[h * L + l]);
                }
                free(one), free(other), loci_system_free(s), loci_system_free(dense);
            }
        }
}

/* sum over all modes, kept and conjugate, of x_n d_n y_n: d is D at a node, other that of the conjugate modes. */
static double complex through(const double complex *x, const double complex *d, const double complex *other,
                              const double complex *y, size_t count)
{
    double complex sum = 0;
    for (size_t n = 0; n < count; n++) sum += x[n] * d[n] * y[n] + conj(x[n]) * other[n] * conj(y[n]);
    return sum;
}

/* The transform of a dplr kernel at the roots of unity w, by Cauchy sums: C (I - abar^L) (I - w abar)^-1 b1, where with
 * g = (1 + w) dt/2 and D = 1/(1 - w - g a) the resolvent is dt (D - g D P (I + g P^* D P)^-1 P^* D) B. Nothing is infinite
 * at w = -1, the Nyquist node of an even length. */
static void cauchy(void **state)
{
    (void)state;
    enum { M = 8 };
    const double pi = 3.141592653589793238;
    for (size_t rank = 1; rank <= 2; rank++)
        for (size_t L = 1; L <= 512; L = L % 2 ? 2 * L : 2 * L + 1) {
            loci_system *s = random_system(LOCI_DPLR, 1, 2 * M, rank, L);
            double k[1024], size = 0;
            assert_int_equal(loci_kernel_f64(k, s, LOCI_BILINEAR, L, NULL), LOCI_OK);
            for (size_t l = 0; l < L; l++) size += fabs(k[l]);
            double complex memory[6 * M], a[M], b[M], c[M], last[M], p[2][M], p_star[2][M], d[M], other[M];
            loci_dplr one = {memory, memory + M, memory + 2 * M, memory + 4 * M};
            assert_int_equal(loci_dplr_discretize(&one, s, 0, LOCI_BILINEAR, s->dt[0], NULL), LOCI_OK);
            for (size_t n = 0; n < M; n++) {
                a[n] = s->a_re[n] + I * s->a_im[n];
                b[n] = s->b_re[n] + I * s->b_im[n];
                last[n] = c[n] = s->c_re[n] + I * s->c_im[n];
                for (size_t r = 0; r < rank; r++) p[r][n] = s->p_re[r * M + n] + I * s->p_im[r * M + n];
                for (size_t r = 0; r < rank; r++) p_star[r][n] = conj(p[r][n]);
            }
            for (size_t l = 0; l < L; l++) { /* C abar */
                double low[2] = {0};
                for (size_t r = 0; r < rank; r++)
                    for (size_t n = 0; n < M; n++) low[r] += 2 * creal(last[n] * one.q[r * M + n]);
                for (size_t n = 0; n < M; n++) {
                    last[n] *= one.z[n];
                    for (size_t r = 0; r < rank; r++) last[n] -= low[r] * one.g[r * M + n];
                }
            }
            for (size_t n = 0; n < M; n++) c[n] -= last[n];
            for (size_t node = 0; node < L; node++) {
                const double complex w = 2 * node == L ? -1 : cexp(-2 * pi * I * (double)node / (double)L);
                const double complex g = (1 + w) * s->dt[0] / 2;
                double complex left[2], right[2], m[2][2] = {{1, 0}, {0, 1}}, sum = 0;
                for (size_t n = 0; n < M; n++)
                    d[n] = 1 / (1 - w - g * a[n]), other[n] = 1 / (1 - w - g * conj(a[n]));
                for (size_t r = 0; r < rank; r++) {
                    left[r] = through(c, d, other, p[r], M);
                    right[r] = through(p_star[r], d, other, b, M);
                    for (size_t q = 0; q < rank; q++) m[r][q] += g * through(p_star[r], d, other, p[q], M);
                }
                const double complex determinant = m[0][0] * m[1][1] - m[0][1] * m[1][0];
                sum = through(c, d, other, b, M);
                sum -= g * (left[0] * m[1][1] * right[0]) / determinant;
                if (rank == 2)
                    sum -= g *
                           (left[1] * m[0][0] * right[1] - left[0] * m[0][1] * right[1] -
                            left[1] * m[1][0] * right[0]) /
                           determinant;
                double complex expected = 0;
                for (size_t l = 0; l < L; l++)
                    expected += k[l] * cexp(-2 * pi * I * (double)(node * l % L) / (double)L);
                if (!(cabs(s->dt[0] * sum - expected) <= 1e-12 * fmax(size, 1)))
                    fail_msg("rank %zu length %zu node %zu: %g%+gi by Cauchy sums, %g%+gi by recurrence",
                             rank, L, node, creal(s->dt[0] * sum), cimag(s->dt[0] * sum), creal(expected),
                             cimag(expected));
            }
            loci_system_free(s);
        }
}

static double weighted(const loci_system *s, loci_discretization discretization, const real *dk, size_t L)
{
    double *k = malloc(s->copies * L * sizeof *k), sum = 0;
    assert_int_equal(loci_kernel_f64(k, s, discretization, L, NULL), LOCI_OK);
    for (size_t i = 0; i < s->copies * L; i++) sum += k[i] * (double)dk[i];
    free(k);
    return sum;
}

static void gradients(void **state)
{
    (void)state;
    const size_t lengths[] = {1, 2, 33, 200};
    for (size_t i = 0; i < 5; i++)
        for (size_t rank = 0; rank < 3; rank++)
            for (size_t j = 0; j < 4; j++) {
                if (rank && (every[i] == LOCI_ZOH || every[i] == LOCI_FOH)) continue;
                const size_t L = lengths[j];
                uint64_t seed = 3;
                loci_system *s = random_system(rank ? LOCI_DPLR : LOCI_DIAGONAL, 2, 6, rank, i), *d;
                for (size_t h = 0; h < 2; h++)
                    if (every[i] == LOCI_EULER) s->dt[h] *= 0.05;
                s->a_re[1] = s->a_im[1] = 0; /* an integrator: phi functions at 0 */
                real *dk = malloc(2 * L * sizeof *dk);
                for (size_t l = 0; l < 2 * L; l++) dk[l] = (real)noise(&seed);
                loci_system_copy(&d, s, NULL);
                const size_t count = system_numbers(d);
                memset(d->a_re, 0, count * sizeof(double));
                assert_int_equal(loci_kernel_backward(d, dk, s, every[i], L, NULL), LOCI_OK);
                double most = 0;
                for (size_t n = 0; n < count; n++) most = fmax(most, fabs(d->a_re[n]));
                for (size_t n = 0; n < count; n++) {
                    const double at = s->a_re[n], h = 1e-5 * fmax(0.01, fabs(at));
                    s->a_re[n] = at + h;
                    const double up = weighted(s, every[i], dk, L);
                    s->a_re[n] = at - h;
                    const double down = weighted(s, every[i], dk, L), slope = (up - down) / (2 * h);
                    s->a_re[n] = at;
                    /* h^2 of the third derivative, and rounding of the sums over h */
                    if (!(fabs(slope - d->a_re[n]) <=
                          (LOCI_REAL_IS_DOUBLE ? 1e-6 : 1e-4) * fmax(fabs(slope), 0.01 * most)))
                        fail_msg("%s rank %zu length %zu: gradient %zu is %.10g, differences give %.10g",
                                 loci_discretization_name(every[i]), rank, L, n, d->a_re[n], slope);
                }
                free(dk), loci_system_free(s), loci_system_free(d);
            }
}

/* Modes that are gone after ten samples or after a thousand: what is left of them is a number or 0, never a denormal one, and a
 * weight 2^40 times as large gives the same bits 40 binades higher. */
static void fading(void **state)
{
    (void)state;
    enum { V = LOCI_LANES, MODES = 3, L = 2100 };
    void *scratch = loci_allocate(loci_vandermonde_scratch(MODES), 1);
    real *k = loci_allocate(2 * L * V, sizeof *k), *large = k + L * V;
    double *z = loci_allocate(6 * MODES * V, sizeof *z), *w = z + 2 * MODES * V, *much = w + 2 * MODES * V;
    for (size_t n = 0; n < MODES; n++)
        for (size_t i = 0; i < V; i++) {
            const double complex one = cexp(-0.02 * pow(1.5, (double)i) * (double)(n + 1) + I * (double)n);
            const size_t at = n * 2 * V + i;
            z[at] = creal(one), z[at + V] = cimag(one);
            w[at] = 1 + 0.1 * (double)i, w[at + V] = (double)n - 0.5;
            much[at] = 0x1p40 * w[at], much[at + V] = 0x1p40 * w[at + V];
        }
    loci_vandermonde_expand(k, z, w, MODES, L, 0, scratch);
    loci_vandermonde_expand(large, z, much, MODES, L, 0, scratch);
    for (size_t l = 0; l < L; l++)
        for (size_t i = 0; i < V; i++) {
            double sum = 0, error = 0;
            for (size_t n = 0; n < MODES; n++) {
                const size_t at = n * 2 * V + i;
                const double complex now = w[at] + I * w[at + V],
                                     here = now * cexp((double)l * clog(z[at] + I * z[at + V]));
                sum += 2 * creal(here);
                error +=
                    (8 + (LOCI_REAL_IS_DOUBLE ? 10 * (double)l : 0)) * (double)LOCI_REAL_EPSILON * cabs(here);
                error += cabs(now) * (LOCI_REAL_IS_DOUBLE ? 0x1p-498 : 0x1p-58); /* what may count as 0 */
            }
            const real found = k[l * V + i];
            assert_true(LOCI_REAL_IS_DOUBLE || fpclassify(found) != FP_SUBNORMAL);
            if (!(fabs((double)found - sum) <= error))
                fail_msg("sample %zu of lane %zu is %g, %g was expected, within %g", l, i, (double)found, sum,
                         error);
            assert_true(large[l * V + i] == (real)0x1p40 * found);
        }
    assert_true(k[(L - 1) * V + V - 1] == 0 && k[400 * V + V - 1] == 0);
    loci_free(scratch), loci_free(k), loci_free(z);
}

static void refusals(void **state)
{
    (void)state;
    real k[8];
    loci_error error;
    loci_system *s = random_system(LOCI_DPLR, 1, 4, 1, 1), *d = random_system(LOCI_DENSE, 1, 4, 0, 1);
    assert_int_equal(loci_kernel(k, s, LOCI_ZOH, 8, &error), LOCI_E_UNSUPPORTED);
    assert_non_null(strstr(error.text, "dense"));
    assert_int_equal(loci_kernel(k, s, LOCI_BILINEAR, 0, &error), LOCI_OK);
    assert_int_equal(loci_kernel(k, s, LOCI_BILINEAR, SIZE_MAX / 8, &error), LOCI_E_MEMORY);
    assert_int_equal(loci_kernel_backward(d, k, d, LOCI_ZOH, 8, &error), LOCI_E_UNSUPPORTED);
    assert_int_equal(loci_kernel_backward(d, k, s, LOCI_BILINEAR, 8, &error), LOCI_E_MISMATCH);
    s->dt[0] = -1;
    assert_int_equal(loci_kernel(k, s, LOCI_BILINEAR, 8, &error), LOCI_E_VALUE);
    assert_non_null(strstr(error.text, "dt of copy 0 is -1"));
    loci_system_free(s), loci_system_free(d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(s4d),          cmocka_unit_test(diagonal), cmocka_unit_test(dplr),
        cmocka_unit_test(dense_agrees), cmocka_unit_test(cauchy),   cmocka_unit_test(gradients),
        cmocka_unit_test(fading),       cmocka_unit_test(refusals),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
