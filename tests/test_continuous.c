/* SPDX-License-Identifier: MIT
 * test_continuous.c - the continuous form against the recurrences, at the samples, between them, and by quadrature-free cases;
 * modes in discrete time against numbers of 60 digits. */
#include "systems.h"

#include <complex.h>

#include "ssm/discretize_diagonal.h"

static void run(const loci_system *s, loci_discretization input, double *y, double *state,
                const double *times, size_t count, const double *u, const double *t, size_t length,
                double start)
{
    loci_error error;
    if (loci_continuous_run(s, input, y, state, times, count, u, t, length, start, &error))
        fail_msg("%s", error.text);
}

static loci_system *example(size_t which)
{
    return which == 0   ? random_system(LOCI_DIAGONAL, 2, 6, 0, 1)
           : which == 1 ? random_system(LOCI_DENSE, 2, 5, 0, 2)
                        : random_system(LOCI_DPLR, 2, 6, which - 1, 3);
}

static void compare(const char *what, const double *x, const double *expected, size_t count)
{
    double most = 0;
    for (size_t i = 0; i < count; i++) most = fmax(most, fabs(expected[i]));
    for (size_t i = 0; i < count; i++)
        if (!(fabs(x[i] - expected[i]) <= 1e-11 * most))
            fail_msg("%s: %zu is %.17g, expected %.17g", what, i, x[i], expected[i]);
}

/* On regular samples the exact answers are the zoh and foh recurrences, with states going in and out. */
static void recurrences(void **state)
{
    (void)state;
    enum { L = 60 };
    for (size_t which = 0; which < 4; which++)
        for (int joined = 0; joined < 2; joined++) {
            const loci_discretization rule = joined ? LOCI_FOH : LOCI_ZOH;
            loci_system *s = example(which), *dense;
            for (size_t h = 0; h < 2; h++) s->dt[h] = 0.07;
            const size_t numbers = s->order + (size_t)joined;
            double u[2 * L], t[L], times[L], y[2 * L], expected[2 * L], x[16], final[16];
            uint64_t seed = 9;
            for (size_t i = 0; i < 2 * L; i++) u[i] = noise(&seed);
            for (size_t i = 0; i < 2 * numbers; i++) x[i] = final[i] = noise(&seed);
            for (size_t k = 0; k < L; k++) {
                t[k] = 3 +
                       0.07 *
                           (double)
                               k; /* a sample is at its interval's beginning (held), or at its end (joined) */
                times[k] = joined ? t[k] : 3 + 0.07 * (double)(k + 1);
            }
            assert_int_equal(loci_system_to_dense(&dense, s, NULL), LOCI_OK);
            loci_ssm *ssm;
            const loci_ssm_options options = {.form = LOCI_RECURRENT, .discretization = rule};
            assert_int_equal(loci_ssm_create(&ssm, dense, &options, NULL), LOCI_OK);
            assert_int_equal(loci_ssm_run_f64(ssm, expected, final, u, NULL, 1, L, NULL, NULL), LOCI_OK);
            run(s, rule, y, x, times, L, u, t, L, joined ? 3 - 0.07 : 3);
            compare("answers", y, expected, 2 * L);
            compare("state", x, final, 2 * numbers);
            loci_ssm_free(ssm), loci_system_free(s), loci_system_free(dense);
        }
}

/* Samples and outputs anywhere: the recurrence with a step per sample, cut at every sample and every output. */
static void anywhere(void **state)
{
    (void)state;
    enum { L = 12, M = 30 };
    for (size_t which = 0; which < 2; which++)
        for (int joined = 0; joined < 2; joined++) {
            const loci_discretization rule = joined ? LOCI_FOH : LOCI_ZOH;
            loci_system *s = example(which);
            s->dt[0] = s->dt[1] = 1;
            double u[2 * L], t[L], times[M], y[2 * M], expected[2 * M], now = -1, at[L + M],
                                                                        value[2 * (L + M)];
            double steps[L + M], all[2 * (L + M)];
            uint64_t seed = 4;
            for (size_t i = 0; i < 2 * L; i++) u[i] = noise(&seed);
            for (size_t k = 0; k < L; k++) t[k] = (k ? t[k - 1] : -0.5) + 0.3 * (noise(&seed) + 1.01);
            for (size_t i = 0; i < M; i++) times[i] = (i ? times[i - 1] : -0.9) + 0.1 * (noise(&seed) + 1.02);
            for (size_t i = 0; i < M && joined; i++) times[i] = fmin(times[i], t[L - 1]);
            times[7] = t[3]; /* on a sample */
            for (size_t i = 1; i < M; i++)
                for (size_t j = i; j && times[j] < times[j - 1]; j--) {
                    const double swap = times[j];
                    times[j] = times[j - 1], times[j - 1] = swap;
                }
            /* all events in order, the input that each interval ends with, and the steps between */
            size_t count = 0, place[M];
            for (size_t k = 0, i = 0; k < L || i < M;) {
                const int sample = k < L && (i == M || t[k] < times[i]);
                const double event = sample ? t[k] : times[i];
                for (size_t h = 0; h < 2; h++) {
                    double in = k ? u[2 * (k - 1) + h] : 0;
                    if (joined && k < L) {
                        const double from = k ? t[k - 1] : -1;
                        in += (event - from) / (t[k] - from) * (u[2 * k + h] - in);
                    } else if (joined) {
                        in = u[2 * (L - 1) + h];
                    }
                    value[2 * count + h] = in;
                }
                if (!sample)
                    place[i++] = count;
                else
                    k++;
                at[count] = event;
                steps[count] = event - now;
                now = event;
                if (steps[count] > 0)
                    count++;
                else if (!sample)
                    place[i - 1] = count - 1;
            }
            loci_ssm *ssm;
            const loci_ssm_options options = {.form = LOCI_RECURRENT, .discretization = rule};
            assert_int_equal(loci_ssm_create(&ssm, s, &options, NULL), LOCI_OK);
            assert_int_equal(loci_ssm_run_f64(ssm, all, NULL, value, steps, 1, count, NULL, NULL), LOCI_OK);
            for (size_t i = 0; i < M; i++)
                expected[2 * i] = all[2 * place[i]], expected[2 * i + 1] = all[2 * place[i] + 1];
            run(s, rule, y, NULL, times, M, u, t, L, -1);
            compare(joined ? "joined" : "held", y, expected, 2 * M);
            assert_true(at[0] >= -1);
            loci_ssm_free(ssm), loci_system_free(s);
        }
}

/* Without input the state decays by exp; nothing asked, nothing done. */
static void corners(void **state)
{
    (void)state;
    loci_system *s = random_system(LOCI_DIAGONAL, 1, 2, 0, 1);
    double y[2], x[3] = {1, 0, 0}, times[] = {0, 2};
    s->c_re[0] = 0.5, s->c_im[0] = 0, s->d[0] = 0;
    run(s, LOCI_ZOH, y, x, times, 2, NULL, NULL, 0, 0);
    assert_true(y[0] == 1);
    assert_true(fabs(y[1] - exp(2 * s->a_re[0]) * cos(2 * s->a_im[0])) < 1e-14);
    run(s, LOCI_ZOH, NULL, NULL, NULL, 0, NULL, NULL, 0, 0);
    loci_error error;
    const double u[] = {1, 2}, back[] = {1, 1};
    assert_int_equal(loci_continuous_run(s, LOCI_BILINEAR, y, NULL, times, 2, u, times, 2, 0, &error),
                     LOCI_E_ARGUMENT);
    assert_int_equal(loci_continuous_run(s, LOCI_ZOH, y, NULL, times, 2, u, back, 2, 0, &error),
                     LOCI_E_VALUE);
    assert_non_null(strstr(error.text, "time 1 of the input"));
    assert_int_equal(loci_continuous_run(s, LOCI_ZOH, y, NULL, times, 2, u, times, 2, 1, &error),
                     LOCI_E_VALUE);
    assert_int_equal(loci_continuous_run(s, LOCI_FOH, y, NULL, times, 2, u, times, 1, 0, &error),
                     LOCI_E_RANGE);
    loci_system_free(s);
}

/* ---- modes in discrete time ---- */

static double complex number(const loci_array *a, size_t i)
{
    return a->data[2 * i] + I * a->data[2 * i + 1];
}

static void check_mode(const char *name, const char *step, double complex found, size_t i, double tolerance)
{
    char member[64];
    snprintf(member, sizeof member, "%s_dt%s", name, step);
    loci_array expected = golden("ssm_disc_diag.npz", member);
    const double complex wanted = number(&expected, i);
    if (!(cabs(found - wanted) <= tolerance * cabs(wanted)))
        fail_msg("%s of mode %zu is %.17g%+.17gi, expected %.17g%+.17gi", member, i, creal(found),
                 cimag(found), creal(wanted), cimag(wanted));
    loci_array_free(&expected);
}

static void modes(void **state)
{
    (void)state;
    const struct {
        const char *name;
        double dt;
    } steps[] = {{"0p01", 0.01}, {"0p1", 0.1}, {"0p001", 0.001}, {"1p0", 1}};
    loci_array a = golden("ssm_disc_diag.npz", "a"), b = golden("ssm_disc_diag.npz", "b");
    for (size_t j = 0; j < 4; j++)
        for (size_t i = 0; i < a.shape[0]; i++) {
            const double dt = steps[j].dt;
            const double complex w = dt * number(&a, i), in = dt * number(&b, i);
            /* 1e-14 as the source has it; the phase of a fast mode is off by |Im w| ulp more, which at 1283 rad is 1e-13 */
            const double tolerance = 1e-14 + 3e-16 * cabs(w);
            loci_mode m;
            loci_mode_discretize(&m, LOCI_ZOH, w, 0);
            check_mode("exactzoh_Ad", steps[j].name, m.z, i, tolerance);
            check_mode("exactzoh_Bd", steps[j].name, in * m.f1, i, tolerance);
            loci_mode_discretize(&m, LOCI_FOH, w, 0);
            check_mode("exactfoh_G1", steps[j].name, in * m.f1, i, tolerance);
            check_mode("exactfoh_G0", steps[j].name, in * m.f0, i, tolerance);
            loci_mode_discretize(&m, LOCI_BILINEAR, w, 0);
            check_mode("Ad_bilinear", steps[j].name, m.z, i, 1e-14);
            check_mode("Bd_bilinear", steps[j].name, in * m.f1, i, 1e-14);
            loci_mode_discretize(&m, LOCI_BACKWARD, w, 0);
            check_mode("Ad_backward_diff", steps[j].name, m.z, i, 1e-14);
            check_mode("Bd_backward_diff", steps[j].name, in * m.f1, i, 1e-14);
            loci_mode_discretize(&m, LOCI_EULER, w, 0);
            check_mode("Ad_euler", steps[j].name, m.z, i, 1e-14);
            check_mode("Bd_euler", steps[j].name, in * m.f1, i, 1e-14);
        }
    loci_array_free(&a), loci_array_free(&b);
}

/* phi functions and slopes on both sides of where series end, against each other: f(w) = z - 1 = w phi1, and so on. */
static void phis(void **state)
{
    (void)state;
    for (double angle = 0; angle < 6.3; angle += 0.37)
        for (double size = 1e-9; size < 100; size *= 1.7) {
            const double complex w = size * cexp(I * angle);
            loci_mode zoh, foh, near_by;
            loci_mode_discretize(&zoh, LOCI_ZOH, w, 1);
            loci_mode_discretize(&foh, LOCI_FOH, w, 1);
            const double scale = cabs(zoh.f1);
            assert_true(cabs(foh.f0 + foh.f1 - zoh.f1) <= 1e-14 * (scale + cabs(foh.f1)));
            assert_true(cabs(zoh.df1 - foh.f0) <= 1e-14 * (cabs(foh.f0) + scale / size));
            assert_true(cabs(foh.df0 + foh.df1 - zoh.df1) <= 2e-14 * (scale + cabs(zoh.df1)));
            const double h = 1e-6 * size; /* half of it times the second slope, and rounding over it */
            loci_mode_discretize(&near_by, LOCI_FOH, w + h, 0);
            const double bound = (1e-5 + 2e-6 * size) * (cabs(foh.df1) + cabs(foh.df0) + 1e-9 / size);
            assert_true(cabs((near_by.f1 - foh.f1) / h - foh.df1) <= bound + 1e-9 * scale / size);
            assert_true(cabs((near_by.f0 - foh.f0) / h - foh.df0) <= bound + 1e-9 * scale / size);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(recurrences), cmocka_unit_test(anywhere), cmocka_unit_test(corners),
        cmocka_unit_test(modes),       cmocka_unit_test(phis),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
