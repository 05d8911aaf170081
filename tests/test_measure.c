/* SPDX-License-Identifier: MIT
 * test_measure.c - the measures: matrices against published code and against the integrals that states are; functions
 * of recall against quadrature and differences; and that a state does recall. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <float.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <loci/data.h>
#include <loci/measure.h>

#include "base/linalg.h"
#include "near.h"

#define FEW (32.0 * DBL_EPSILON)

enum { MEASURES = 5, NODES = 40 };
static const loci_measure measures[MEASURES] = {LOCI_MEASURE_LEGS, LOCI_MEASURE_LEGS_LTI, LOCI_MEASURE_LEGT,
                                                LOCI_MEASURE_LAGT, LOCI_MEASURE_FOUT};

static void matrices(double *a, double *b, loci_measure measure, size_t order)
{
    loci_error error;
    if (loci_measure_matrices(measure, a, b, order, &error) != LOCI_OK) fail_msg("%s", error.text);
}

static void evaluate(double *out, loci_measure measure, loci_ask ask, double age, size_t order)
{
    loci_error error;
    if (loci_measure_evaluate(measure, ask, out, &age, 1, order, &error) != LOCI_OK)
        fail_msg("%s", error.text);
}

/* The kernel by which an input of age s enters state n: weight times e_n; Laguerre's functions are their own. */
static double enters(loci_measure measure, double s)
{
    return measure == LOCI_MEASURE_LAGT ? 1.0 : loci_measure_weight(measure, s);
}

/* Where every kernel of order <= 16 has faded below 1e-17: 16 ln s is far below s/2 there. */
static double horizon(loci_measure measure)
{
    return fmin(loci_measure_support(measure), measure == LOCI_MEASURE_LAGT ? 280.0 : 40.0);
}

static double with_itself(double s, void *unused)
{
    (void)s;
    (void)unused;
    return 1.0;
}

/* out[n] = the integral over all ages of enters e_n(s) f(s), by Gauss quadrature on panels 1/8 of the support or 1 long. */
static void project(double *out, loci_measure measure, size_t order, double (*f)(double s, void *),
                    void *context)
{
    double node[NODES], weight[NODES], *e = malloc(order * sizeof *e);
    assert_non_null(e);
    assert_int_equal(loci_quadrature_gauss(node, weight, NODES, NULL), LOCI_OK);
    const double end = horizon(measure);
    const int panels = end <= 2.0 ? 8 : (int)end;
    for (size_t n = 0; n < order; n++) out[n] = 0.0;
    for (int panel = 0; panel < panels; panel++)
        for (size_t i = 0; i < NODES; i++) {
            const double s = end / panels * (panel + node[i]);
            evaluate(e, measure, LOCI_VALUE, s, order);
            const double factor = end / panels * weight[i] * enters(measure, s) * f(s, context);
            for (size_t n = 0; n < order; n++) out[n] += factor * e[n];
        }
    free(e);
}

static void names(void **state)
{
    (void)state;
    const char *const expected[MEASURES] = {"legs", "legs-lti", "legt", "lagt", "fout"};
    for (size_t m = 0; m < MEASURES; m++) {
        loci_measure parsed = LOCI_MEASURE_LEGS;
        assert_string_equal(loci_measure_name(measures[m]), expected[m]);
        assert_int_equal(loci_measure_parse(&parsed, expected[m], NULL), LOCI_OK);
        assert_int_equal(parsed, measures[m]);
    }
    loci_error error;
    loci_measure untouched = LOCI_MEASURE_LAGT;
    assert_int_equal(loci_measure_parse(&untouched, "leg", &error), LOCI_E_ARGUMENT);
    assert_string_equal(error.text, "measure is \"leg\"; legs, legs-lti, legt, lagt or fout was expected");
    assert_int_equal(untouched, LOCI_MEASURE_LAGT);
    assert_non_null(loci_measure_name((loci_measure)99));
}

/* Elements are a product and a square root: 4 ulp of each. */
static void matrices_as_published(void **state)
{
    (void)state;
    for (size_t m = 0; m < MEASURES; m++) {
        const char *name = measures[m] == LOCI_MEASURE_LEGS_LTI ? "legs" : loci_measure_name(measures[m]);
        double a[64], b[8];
        char member[16];
        loci_array array;
        matrices(a, b, measures[m], 8);
        snprintf(member, sizeof member, "A_%s", name);
        assert_int_equal(loci_npz_read(&array, LOCI_GOLDEN "/hippo_matrices.npz", member, NULL), LOCI_OK);
        assert_int_equal(array.dimensions, 2);
        for (size_t k = 0; k < 64; k++)
            assert_near(a[k], array.data[k], 4 * DBL_EPSILON * fabs(array.data[k]), "%s, element %zu", member,
                        k);
        loci_array_free(&array);
        member[0] = 'B';
        assert_int_equal(loci_npz_read(&array, LOCI_GOLDEN "/hippo_matrices.npz", member, NULL), LOCI_OK);
        for (size_t k = 0; k < 8; k++)
            assert_near(b[k], array.data[k], DBL_EPSILON * b[k], "%s, element %zu", member, k);
        loci_array_free(&array);
    }
}

static void weights_and_orthogonality(void **state)
{
    (void)state;
    enum { ORDER = 16 };
    double node[NODES], weight[NODES], gram[ORDER * ORDER], e[ORDER];
    assert_int_equal(loci_quadrature_gauss(node, weight, NODES, NULL), LOCI_OK);
    for (size_t m = 0; m < MEASURES; m++) {
        const double end = horizon(measures[m]), support = loci_measure_support(measures[m]);
        const int panels = end <= 2.0 ? 8 : (int)end;
        double mass = 0.0;
        memset(gram, 0, sizeof gram);
        for (int panel = 0; panel < panels; panel++)
            for (size_t i = 0; i < NODES; i++) {
                const double s = end / panels * (panel + node[i]), w = end / panels * weight[i];
                mass += w * loci_measure_weight(measures[m], s);
                evaluate(e, measures[m], LOCI_VALUE, s, ORDER);
                for (size_t k = 0; k < ORDER * ORDER; k++)
                    gram[k] += w * enters(measures[m], s) * e[k / ORDER] * e[k % ORDER];
            }
        const char *name = loci_measure_name(measures[m]);
        assert_near(mass, 1.0, FEW, "mass of %s", name);
        for (size_t k = 0; k < ORDER * ORDER; k++) {
            const int zero_sine = measures[m] == LOCI_MEASURE_FOUT && k == ORDER + 1;
            assert_near(gram[k], k / ORDER == k % ORDER && !zero_sine, 4 * FEW, "%s, functions %zu and %zu",
                        name, k / ORDER, k % ORDER);
        }
        assert_near(loci_measure_weight(measures[m], -1e-9), 0.0, 0.0, "weight before now");
        if (isfinite(support))
            assert_near(loci_measure_weight(measures[m], support * 1.01), 0.0, 0.0, "weight outside");
    }
    assert_true(loci_measure_support(LOCI_MEASURE_LEGT) == 2.0 &&
                loci_measure_support(LOCI_MEASURE_FOUT) == 2.0);
    assert_true(loci_measure_support(LOCI_MEASURE_LEGS) == 1.0 &&
                isinf(loci_measure_support(LOCI_MEASURE_LAGT)));
}

/* A constant input of 1 has been 1 for ever: A x + B = 0 with x its projection, which is e_0's coefficient alone (but for
 * Laguerre, whose x_n = 2 (-1)^n). */
static void constants_stand_still(void **state)
{
    (void)state;
    enum { ORDER = 16 };
    double a[ORDER * ORDER], b[ORDER], x[ORDER];
    for (size_t m = 0; m < MEASURES; m++) {
        const char *name = loci_measure_name(measures[m]);
        matrices(a, b, measures[m], ORDER);
        project(x, measures[m], ORDER, with_itself, NULL);
        for (size_t n = 0; n < ORDER; n++) {
            double change = b[n], size = b[n];
            for (size_t k = 0; k < ORDER; k++) {
                change += a[n * ORDER + k] * x[k];
                size += fabs(a[n * ORDER + k]);
            }
            assert_near(change, 0.0, FEW * size, "%s, row %zu", name, n);
            const double expected = measures[m] == LOCI_MEASURE_LAGT ? (n % 2 ? -2.0 : 2.0) : n == 0;
            assert_near(x[n], expected, 2 * FEW, "%s, state %zu", name, n);
        }
    }
}

typedef struct {
    loci_measure measure;
    double t;
    int derivative; /* of x with respect to t */
} history;

static double tone(double t)
{
    return sin(0.9 * t) + 0.3 * cos(2.1 * t);
}

static double tone_slope(double t)
{
    return 0.9 * cos(0.9 * t) - 0.63 * sin(2.1 * t);
}

static double tone_at_age(double s, void *context)
{
    const history *h = context;
    if (h->measure == LOCI_MEASURE_LEGS) /* ages are shares of the history */
        return h->derivative ? (1.0 - s) * tone_slope(h->t * (1.0 - s)) : tone(h->t * (1.0 - s));
    return h->derivative ? tone_slope(h->t - s) : tone(h->t - s);
}

/* The projection of a signal, differentiated in t under the integral, obeys t x' = A x + B u (legs) and x' = A x + B u. */
static void projections_obey_their_equation(void **state)
{
    (void)state;
    enum { ORDER = 12 };
    const loci_measure exact[] = {LOCI_MEASURE_LEGS, LOCI_MEASURE_LEGS_LTI, LOCI_MEASURE_LAGT};
    double a[ORDER * ORDER], b[ORDER], x[ORDER], slope[ORDER];
    for (size_t m = 0; m < 3; m++) {
        matrices(a, b, exact[m], ORDER);
        history now = {.measure = exact[m], .t = 3.7, .derivative = 0}, change = {exact[m], 3.7, 1};
        project(x, exact[m], ORDER, tone_at_age, &now);
        project(slope, exact[m], ORDER, tone_at_age, &change);
        for (size_t n = 0; n < ORDER; n++) {
            double right = b[n] * tone(3.7), size = b[n];
            for (size_t k = 0; k < ORDER; k++) {
                right += a[n * ORDER + k] * x[k];
                size += fabs(a[n * ORDER + k]);
            }
            assert_near(slope[n] * (exact[m] == LOCI_MEASURE_LEGS ? 3.7 : 1.0), right, FEW * size,
                        "%s, row %zu", loci_measure_name(exact[m]), n);
        }
    }
}

/* The largest error of recalling exp(i omega (t - s)), over ages first to last, from the steady state that it has driven:
 * X = (i omega - A)^-1 B, whose recall should be exp(-i omega s). As a real system of twice the size. */
static double recall_error(loci_measure measure, size_t order, double omega, double first, double last)
{
    const size_t n2 = 2 * order;
    double *a = malloc(order * order * sizeof *a), *b = malloc(order * sizeof *b),
           *e = malloc(order * sizeof *e);
    double *m = calloc(n2 * n2, sizeof *m), *x = calloc(n2, sizeof *x), worst = 0.0;
    size_t *pivot = malloc(n2 * sizeof *pivot);
    assert_true(a && b && e && m && x && pivot);
    matrices(a, b, measure, order);
    for (size_t n = 0; n < order; n++) {
        for (size_t k = 0; k < order; k++)
            m[n * n2 + k] = m[(order + n) * n2 + order + k] = -a[n * order + k];
        m[n * n2 + order + n] = -omega;
        m[(order + n) * n2 + n] = omega;
        x[n] = b[n];
    }
    assert_int_equal(loci_linalg_factor(NULL, m, pivot, n2, NULL), LOCI_OK);
    loci_linalg_solve(x, m, pivot, n2, 1);
    for (int i = 0; i <= 50; i++) {
        const double s = first + (last - first) * i / 50.0;
        double re = 0.0, im = 0.0;
        evaluate(e, measure, LOCI_VALUE, s, order);
        for (size_t n = 0; n < order; n++) {
            re += x[n] * e[n];
            im += x[order + n] * e[n];
        }
        worst = fmax(worst, hypot(re - cos(omega * s), im + sin(omega * s)));
    }
    free(a);
    free(b);
    free(e);
    free(m);
    free(x);
    free(pivot);
    return worst;
}

static void windows_recall_delays(void **state)
{
    (void)state;
    /* LegT's system is a Pade approximant of the delay: at omega times window 4, order 16 is at rounding, order 8 is not. */
    assert_near(recall_error(LOCI_MEASURE_LEGT, 16, 2.0, 0.0, 2.0), 0.0, 1e-12, "legt of order 16");
    assert_true(recall_error(LOCI_MEASURE_LEGT, 8, 2.0, 0.0, 2.0) > 1e-9);
    assert_near(recall_error(LOCI_MEASURE_LEGT, 8, 2.0, 0.0, 2.0), 0.0, 1e-3, "legt of order 8");
    /* A Fourier series of what is not periodic in the window converges like 1/N away from its ends; a harmonic is recalled. */
    const double coarse = recall_error(LOCI_MEASURE_FOUT, 64, 2.0, 0.4, 1.6),
                 fine = recall_error(LOCI_MEASURE_FOUT, 256, 2.0, 0.4, 1.6);
    assert_true(fine < 0.35 * coarse);
    assert_near(fine, 0.0, 0.02, "fout of order 256");
    assert_near(recall_error(LOCI_MEASURE_FOUT, 8, 3.14159265358979323846, 0.0, 2.0), 0.0, 1e-13,
                "a harmonic by fout");
}

/* Values against the plain formulas, integrals by quadrature, derivatives forward in time by differences. */
static void functions_of_recall(void **state)
{
    (void)state;
    enum { ORDER = 10 };
    double node[NODES], weight[NODES], value[ORDER], slope[ORDER], integral[ORDER], e[ORDER], up[ORDER],
        down[ORDER];
    assert_int_equal(loci_quadrature_gauss(node, weight, NODES, NULL), LOCI_OK);
    const double ages[] = {1e-9, 0.01, 0.3, 0.49, 0.51, 0.8, 1.0, 1.9, 5.0};
    for (size_t m = 0; m < MEASURES; m++)
        for (size_t i = 0; i < sizeof ages / sizeof *ages; i++) {
            const double s = ages[i], x = measures[m] == LOCI_MEASURE_LEGS       ? 1.0 - s
                                          : measures[m] == LOCI_MEASURE_LEGS_LTI ? exp(-s)
                                          : measures[m] == LOCI_MEASURE_LEGT     ? 1.0 - 0.5 * s
                                          : measures[m] == LOCI_MEASURE_FOUT     ? 0.5 * s
                                                                                 : s;
            const char *name = loci_measure_name(measures[m]);
            if (s > loci_measure_support(measures[m])) continue;
            evaluate(value, measures[m], LOCI_VALUE, s, ORDER);
            evaluate(slope, measures[m], LOCI_DERIVATIVE, s, ORDER);
            evaluate(integral, measures[m], LOCI_INTEGRAL, s, ORDER);
            const loci_basis basis = measures[m] == LOCI_MEASURE_LAGT   ? LOCI_LAGUERRE
                                     : measures[m] == LOCI_MEASURE_FOUT ? LOCI_FOURIER
                                                                        : LOCI_LEGENDRE;
            assert_int_equal(loci_basis_evaluate(basis, LOCI_VALUE, e, &x, 1, ORDER, NULL), LOCI_OK);
            /* 1 - s rounds by half an ulp, and no function here is steeper than 2 n^2 sqrt(2n+1) < 900 */
            for (size_t n = 0; n < ORDER; n++)
                assert_near(value[n], e[n], 900 * DBL_EPSILON, "%s %zu at %g", name, n, s);

            double sum[ORDER] = {0};
            for (size_t k = 0; k < NODES; k++) {
                evaluate(e, measures[m], LOCI_VALUE, s * node[k], ORDER);
                for (size_t n = 0; n < ORDER; n++) sum[n] += s * weight[k] * e[n];
            }
            for (size_t n = 0; n < ORDER; n++)
                assert_near(integral[n], sum[n], 4 * FEW * s, "integral of %s %zu to %g", name, n, s);

            const double h =
                s < 1e-4 ? 0.5 * s : 1e-5; /* the third derivative is below 8 n^6/15 sqrt(2n+1) < 1.3e6 */
            evaluate(up, measures[m], LOCI_VALUE, s - h, ORDER);
            evaluate(down, measures[m], LOCI_VALUE, s + h, ORDER);
            for (size_t n = 0; n < ORDER; n++)
                assert_near(slope[n], (up[n] - down[n]) / (2 * h), h * h / 6 * 1.3e6 + FEW / h,
                            "slope of %s %zu at %g", name, n, s);
        }
}

/* Old age under an exponential weight: e_n tends to (-1)^n sqrt(2n+1), its integral grows with the age. */
static void old_age(void **state)
{
    (void)state;
    double value[6], integral[6], later[6];
    evaluate(value, LOCI_MEASURE_LEGS_LTI, LOCI_VALUE, 1e4, 6);
    evaluate(integral, LOCI_MEASURE_LEGS_LTI, LOCI_INTEGRAL, 1e4, 6);
    evaluate(later, LOCI_MEASURE_LEGS_LTI, LOCI_INTEGRAL, 1e4 + 8.0, 6);
    for (size_t n = 0; n < 6; n++) {
        const double end = (n % 2 ? -1.0 : 1.0) * sqrt((double)(2 * n + 1));
        assert_near(value[n], end, FEW, "e_%zu", n);
        assert_near(later[n] - integral[n], 8.0 * end, 1e4 * FEW, "integral of e_%zu", n);
    }
    evaluate(value, LOCI_MEASURE_LAGT, LOCI_VALUE, 1e6, 6);
    for (size_t n = 0; n < 6; n++) assert_near(value[n], 0.0, 0.0, "l_%zu", n);
}

/* Points are evaluated in blocks; each as if alone. */
static void many_ages(void **state)
{
    (void)state;
    double ages[77], *out = malloc(77 * 6 * sizeof *out), alone[6];
    assert_non_null(out);
    for (size_t i = 0; i < 77; i++) ages[i] = (double)i / 77.0;
    for (size_t m = 0; m < MEASURES; m++)
        for (loci_ask ask = LOCI_VALUE; ask <= LOCI_INTEGRAL; ask++) {
            if (ask == LOCI_MEAN) continue;
            assert_int_equal(loci_measure_evaluate(measures[m], ask, out, ages, 77, 6, NULL), LOCI_OK);
            for (size_t i = 0; i < 77; i++) {
                evaluate(alone, measures[m], ask, ages[i], 6);
                assert_memory_equal(alone, out + 6 * i, sizeof alone);
            }
        }
    free(out);
}

static void refusals(void **state)
{
    (void)state;
    double a[9], b[3], age = -0.5;
    loci_error error;
    assert_int_equal(loci_measure_matrices(LOCI_MEASURE_LEGS, a, b, 0, &error), LOCI_E_ARGUMENT);
    assert_string_equal(error.text, "order is 0; 1 to 1024 was expected");
    assert_int_equal(loci_measure_matrices(LOCI_MEASURE_LEGS, a, b, 5000, NULL), LOCI_E_ARGUMENT);
    assert_int_equal(loci_measure_matrices(LOCI_MEASURE_FOUT, a, b, 3, &error), LOCI_E_ARGUMENT);
    assert_string_equal(error.text, "order is 3; an even one was expected for fout");
    assert_int_equal(loci_measure_matrices((loci_measure)7, a, b, 3, &error), LOCI_E_ARGUMENT);
    assert_string_equal(error.text, "measure is 7; 0 to 4 was expected");
    assert_int_equal(loci_measure_evaluate(LOCI_MEASURE_LEGS, LOCI_MEAN, a, &age, 1, 3, NULL),
                     LOCI_E_ARGUMENT);
    assert_int_equal(loci_measure_evaluate(LOCI_MEASURE_LEGS, LOCI_VALUE, a, &age, 1, 3, &error),
                     LOCI_E_RANGE);
    assert_string_equal(error.text, "age is -0.5; 0 or more was expected");
    age = NAN;
    assert_int_equal(loci_measure_evaluate(LOCI_MEASURE_LAGT, LOCI_VALUE, a, &age, 1, 3, NULL), LOCI_E_RANGE);
    for (size_t m = 0; m + 1 < MEASURES; m++)
        assert_int_equal(loci_measure_matrices(measures[m], a, b, 1, NULL), LOCI_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names),
        cmocka_unit_test(matrices_as_published),
        cmocka_unit_test(weights_and_orthogonality),
        cmocka_unit_test(constants_stand_still),
        cmocka_unit_test(projections_obey_their_equation),
        cmocka_unit_test(windows_recall_delays),
        cmocka_unit_test(functions_of_recall),
        cmocka_unit_test(old_age),
        cmocka_unit_test(many_ages),
        cmocka_unit_test(refusals),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
