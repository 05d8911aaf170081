/* SPDX-License-Identifier: MIT
 * test_ssm.c - the recurrent, convolution and mixed forms: against each other, against published answers, cut anywhere, and
 * backward against finite differences. */
#include "base/each_precision.h"

#include "systems.h"

#define loci_ssm_run LOCI_NAME(loci_ssm_run)
#define loci_ssm_backward LOCI_NAME(loci_ssm_backward)

/* The bounds the forms are held to, as a share of the largest output: rounding of powers, kernels and sums, each near
 * epsilon, times what hundreds of modes and thousands of samples add up to. */
#define TOLERANCE (LOCI_REAL_IS_DOUBLE ? 1e-10 : 1e-4)

static loci_ssm *ready(const loci_system *s, loci_form form, loci_discretization discretization,
                       size_t length)
{
    loci_ssm *ssm;
    loci_error error;
    const loci_ssm_options options = {
        .form = form, .discretization = discretization, .single = !LOCI_REAL_IS_DOUBLE, .length = length};
    if (loci_ssm_create(&ssm, s, &options, &error)) fail_msg("%s", error.text);
    return ssm;
}

static real *noises(size_t count, uint64_t seed)
{
    real *x = malloc((count + 1) * sizeof *x);
    assert_non_null(x);
    for (size_t i = 0; i < count; i++) x[i] = (real)noise(&seed);
    return x;
}

static void run(const loci_ssm *ssm, real *y, real *state, const real *u, size_t batch, size_t length)
{
    loci_error error;
    if (loci_ssm_run(ssm, y, state, u, NULL, batch, length, NULL, &error)) fail_msg("%s", error.text);
}

static void compare(const char *what, const real *x, const double *expected, size_t count, double tolerance)
{
    double most = 0;
    for (size_t i = 0; i < count; i++) most = fmax(most, fabs(expected[i]));
    for (size_t i = 0; i < count; i++)
        if (!(fabs((double)x[i] - expected[i]) <= tolerance * fmax(most, 1e-30)))
            fail_msg("%s: %zu of %zu is %.17g, expected %.17g within %g of %g", what, i, count, (double)x[i],
                     expected[i], tolerance, most);
}

static const loci_discretization every[] = {LOCI_ZOH, LOCI_FOH, LOCI_BILINEAR, LOCI_BACKWARD, LOCI_EULER};
static const loci_form forms[] = {LOCI_RECURRENT, LOCI_CONVOLUTION, LOCI_MIXED};

/* Systems of all structures for which a discretization is there; NULL past the last. */
static loci_system *example(size_t which, loci_discretization discretization, size_t copies, size_t order)
{
    const int exact = discretization == LOCI_ZOH || discretization == LOCI_FOH;
    loci_system *s = NULL;
    if (which == 0) s = random_system(LOCI_DIAGONAL, copies, order, 0, 1);
    if (which == 1) s = random_system(LOCI_DENSE, copies, order, 0, 2);
    if (which == 2 && !exact) s = random_system(LOCI_DPLR, copies, order, 1, 3);
    if (which == 3 && !exact) s = random_system(LOCI_DPLR, copies, order, 2, 4);
    for (size_t h = 0; s && discretization == LOCI_EULER && h < copies; h++) s->dt[h] *= 0.05; /* stable */
    return s;
}

/* The double recurrence of the system with real matrices: the plainest road. */
static void reference(const loci_system *s, loci_discretization discretization, double *y, double *state,
                      const real *u, size_t batch, size_t length)
{
    loci_system *dense;
    loci_ssm *ssm;
    const loci_ssm_options options = {.form = LOCI_RECURRENT, .discretization = discretization};
    assert_int_equal(loci_system_to_dense(&dense, s, NULL), LOCI_OK);
    assert_int_equal(loci_ssm_create(&ssm, dense, &options, NULL), LOCI_OK);
    const size_t count = batch * length * s->copies;
    double *in = malloc((count + 1) * sizeof *in);
    for (size_t i = 0; i < count; i++) in[i] = (double)u[i];
    assert_int_equal(loci_ssm_run_f64(ssm, y, state, in, NULL, batch, length, NULL, NULL), LOCI_OK);
    free(in), loci_ssm_free(ssm), loci_system_free(dense);
}

static void check_forms(const loci_system *s, loci_discretization discretization, size_t batch, size_t length)
{
    const size_t count = batch * length * s->copies, S = s->order + (discretization == LOCI_FOH);
    const size_t numbers = batch * s->copies * S;
    real *u = noises(count, 11), *start = noises(numbers, 12), *y = noises(count, 0),
         *state = noises(numbers, 0);
    double *expected = calloc(count + 1, sizeof *expected), *final = calloc(numbers + 1, sizeof *final);
    for (size_t i = 0; i < numbers; i++) final[i] = (double)start[i];
    reference(s, discretization, expected, final, u, batch, length);
    for (size_t i = 0; i < 3; i++) {
        loci_ssm *ssm = ready(s, forms[i], discretization, length);
        char what[200];
        assert_int_equal(loci_ssm_state_size(ssm), S);
        memcpy(state, start, numbers * sizeof *state);
        run(ssm, y, state, u, batch, length);
        snprintf(what, sizeof what, "%s %s %s N %zu H %zu L %zu", loci_form_name(forms[i]),
                 loci_structure_name(s->structure), loci_discretization_name(discretization), s->order,
                 s->copies, length);
        compare(what, y, expected, count, TOLERANCE);
        compare(what, state, final, numbers, TOLERANCE);
        loci_ssm_free(ssm);
    }
    free(u), free(start), free(y), free(state), free(expected), free(final);
}

static void forms_agree(void **state)
{
    (void)state;
    const size_t lengths[] = {1, 2, 31, 64, 65, 333};
    for (size_t i = 0; i < 5; i++)
        for (size_t which = 0; which < 4; which++)
            for (size_t j = 0; j < 6; j++) {
                loci_system *s = example(which, every[i], j % 2 ? 3 : 17, j % 3 ? 6 : 2);
                if (!s) continue;
                check_forms(s, every[i], 2, lengths[j]);
                loci_system_free(s);
            }
}

static void large_ones_agree(void **state)
{
    (void)state;
    const struct {
        size_t which, order, length;
    } cases[] = {{0, 64, 16384}, {0, 256, 1001}, {0, 4, 16384}, {2, 64, 16384},
                 {2, 256, 257},  {1, 64, 700},   {3, 32, 999}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        for (size_t j = 0; j < 2; j++) {
            loci_system *s = example(cases[i].which, j ? LOCI_BILINEAR : LOCI_ZOH, 2, cases[i].order);
            if (!s) continue;
            check_forms(s, j ? LOCI_BILINEAR : LOCI_ZOH, 1, cases[i].length);
            loci_system_free(s);
        }
}

/* Any cut, and any form behind it, changes nothing but rounding. */
static void cuts(void **state)
{
    (void)state;
    const size_t L = 300;
    uint64_t seed = 5;
    for (size_t i = 0; i < 5; i++)
        for (size_t which = 0; which < 4; which++) {
            loci_system *s = example(which, every[i], 3, 8);
            if (!s) continue;
            const size_t numbers = 3 * (8 + (every[i] == LOCI_FOH));
            real *u = noises(3 * L, 6), *y = noises(3 * L, 0), *x = calloc(numbers, sizeof *x);
            double *expected = calloc(3 * L, sizeof *expected), *final = calloc(numbers, sizeof *final);
            reference(s, every[i], expected, final, u, 1, L);
            loci_ssm *ssm[3];
            for (size_t k = 0; k < 3; k++) ssm[k] = ready(s, forms[k], every[i], L);
            for (size_t trial = 0; trial < 4; trial++) {
                memset(x, 0, numbers * sizeof *x);
                for (size_t l = 0, count; l < L; l += count) {
                    count = (size_t)((noise(&seed) + 1) * 70);
                    if (count > L - l) count = L - l;
                    const size_t k = (size_t)((noise(&seed) + 1) * 1.5);
                    run(ssm[k], y + 3 * l, x, u + 3 * l, 1, count);
                }
                compare("cut", y, expected, 3 * L, TOLERANCE);
                compare("cut state", x, final, numbers, TOLERANCE);
            }
            for (size_t k = 0; k < 3; k++) loci_ssm_free(ssm[k]);
            free(u), free(y), free(x), free(expected), free(final), loci_system_free(s);
        }
}

/* A step per sample: two of half the step are one of zoh with the input held; equal steps are the plain run. */
static void steps(void **state)
{
    (void)state;
    const size_t L = 50;
    for (size_t which = 0; which < 2; which++) {
        loci_system *s = example(which, LOCI_ZOH, 3, 6);
        loci_ssm *ssm = ready(s, LOCI_RECURRENT, LOCI_ZOH, 0);
        real *u = noises(3 * L, 1), *twice = noises(6 * L, 1), *y = noises(3 * L, 2), *z = noises(6 * L, 2);
        double whole[50], halves[100];
        for (size_t l = 0; l < L; l++) {
            const double share = 0.1 + 0.7 * (double)(l % 7) / 7;
            whole[l] = 1.5;
            halves[2 * l] = 1.5 * share, halves[2 * l + 1] = 1.5 * (1 - share);
            for (size_t h = 0; h < 3; h++) twice[(2 * l) * 3 + h] = twice[(2 * l + 1) * 3 + h] = u[l * 3 + h];
        }
        assert_int_equal(loci_ssm_run(ssm, y, NULL, u, whole, 1, L, NULL, NULL), LOCI_OK);
        assert_int_equal(loci_ssm_run(ssm, z, NULL, twice, halves, 1, 2 * L, NULL, NULL), LOCI_OK);
        double expected[150];
        for (size_t l = 0; l < L; l++)
            for (size_t h = 0; h < 3; h++) {
                expected[l * 3 + h] = (double)y[l * 3 + h];
                y[l * 3 + h] = z[(2 * l + 1) * 3 + h];
            }
        compare("steps", y, expected, 3 * L, TOLERANCE);
        for (size_t l = 0; l < L; l++) whole[l] = 1;
        assert_int_equal(loci_ssm_run(ssm, y, NULL, u, whole, 1, L, NULL, NULL), LOCI_OK);
        run(ssm, z, NULL, u, 1, L);
        for (size_t i = 0; i < 3 * L; i++) expected[i] = (double)z[i];
        compare("equal steps", y, expected, 3 * L, TOLERANCE);
        loci_ssm_free(ssm);
        loci_error error;
        ssm = ready(s, LOCI_MIXED, LOCI_ZOH, 0);
        assert_int_equal(loci_ssm_run(ssm, y, NULL, u, whole, 1, L, NULL, &error), LOCI_E_UNSUPPORTED);
        assert_non_null(strstr(error.text, "changes from sample to sample"));
        free(u), free(twice), free(y), free(z), loci_ssm_free(ssm), loci_system_free(s);
    }
}

/* ---- published answers, step by step from a state ---- */

static void published(void **state)
{
    (void)state;
    const struct {
        const char *file;
        loci_discretization discretization;
        int dplr;
    } cases[] = {
        {"ssm_diag_zoh_lin.npz", LOCI_ZOH, 0},           {"ssm_diag_zoh_legs_tied.npz", LOCI_ZOH, 0},
        {"ssm_diag_zoh_real.npz", LOCI_ZOH, 0},          {"ssm_diag_bilinear_inv.npz", LOCI_BILINEAR, 0},
        {"ssm_diag_bilinear_mix.npz", LOCI_BILINEAR, 0}, {"ssm_dplr_legs_L64.npz", LOCI_BILINEAR, 1},
        {"ssm_dplr_legs_L256.npz", LOCI_BILINEAR, 1},    {"ssm_dplr_legt_rank2.npz", LOCI_BILINEAR, 1},
        {"ssm_dplr_fout.npz", LOCI_BILINEAR, 1},         {"ssm_dplr_odd_length.npz", LOCI_BILINEAR, 1}};
    for (size_t f = 0; f < sizeof cases / sizeof *cases; f++) {
        const char *file = cases[f].file;
        const int dplr = cases[f].dplr;
        loci_array a = golden(file, "A"), b = golden(file, "Bfull"), c = golden(file, dplr ? "C" : "Ceff"),
                   dt = golden(file, "dt"), u = golden(file, "u"), x = golden(file, "state0"),
                   y = golden(file, dplr ? "y_step_dense" : "y_step"), last = golden(file, "state_after");
        const size_t B = u.shape[0], H = u.shape[1], L = u.shape[2], M = a.shape[1], S = 2 * M;
        loci_array p = {0};
        if (dplr) p = golden(file, "Pfull");
        loci_system *s;
        loci_error error;
        if (loci_system_create(&s, dplr ? LOCI_DPLR : LOCI_DIAGONAL, H, S, dplr ? p.shape[0] : 0, &error))
            fail_msg("%s", error.text);
        for (size_t i = 0; i < H * M; i++) {
            s->a_re[i] = a.data[2 * i], s->a_im[i] = a.data[2 * i + 1];
            s->b_re[i] = b.data[2 * i], s->b_im[i] = b.data[2 * i + 1];
            s->c_re[i] = c.data[2 * i], s->c_im[i] = c.data[2 * i + 1]; /* the first channel */
        }
        for (size_t i = 0; i < s->rank * H * M; i++)
            s->p_re[i] = p.data[2 * i], s->p_im[i] = p.data[2 * i + 1];
        for (size_t h = 0; h < H; h++) s->dt[h] = dt.data[h];
        real *in = malloc(B * L * H * sizeof *in), *out = malloc(B * L * H * sizeof *out);
        real *now = malloc(B * H * S * sizeof *now);
        double *expected = malloc(B * L * H * sizeof *expected), *final = malloc(B * H * S * sizeof *final);
        const size_t channels = y.shape[1];
        for (size_t k = 0; k < B; k++)
            for (size_t h = 0; h < H; h++)
                for (size_t l = 0; l < L; l++) {
                    in[(k * L + l) * H + h] = (real)u.data[(k * H + h) * L + l];
                    expected[(k * L + l) * H + h] = y.data[((k * channels) * H + h) * L + l];
                }
        for (size_t i = 0; i < 3; i++) {
            for (size_t k = 0; k < B * H; k++)
                for (size_t n = 0; n < M; n++) {
                    now[k * S + n] = (real)x.data[2 * (k * M + n)],
                                now[k * S + M + n] = (real)x.data[2 * (k * M + n) + 1];
                    final[k * S + n] = last.data[2 * (k * M + n)];
                    final[k * S + M + n] = last.data[2 * (k * M + n) + 1];
                }
            loci_ssm *ssm = ready(s, forms[i], cases[f].discretization, L);
            run(ssm, out, now, in, B, L);
            /* the source's own bound: C was recovered from C~ */
            compare(file, out, expected, B * L * H, LOCI_REAL_IS_DOUBLE ? (dplr ? 1e-8 : 1e-11) : 1e-4);
            compare(file, now, final, B * H * S, LOCI_REAL_IS_DOUBLE ? (dplr ? 1e-8 : 1e-11) : 1e-4);
            loci_ssm_free(ssm);
        }
        free(in), free(out), free(now), free(expected), free(final), loci_system_free(s), loci_array_free(&p);
        loci_array_free(&a), loci_array_free(&b), loci_array_free(&c), loci_array_free(&dt),
            loci_array_free(&u);
        loci_array_free(&x), loci_array_free(&y), loci_array_free(&last);
    }
}

/* ---- backward ---- */

/* sum of dy y + dstate state after a double run by recurrence, from everything in double. */
static double objective(const loci_system *s, loci_discretization discretization, const double *u,
                        const double *start, const real *dy, const real *dstate, size_t batch, size_t length)
{
    loci_ssm *ssm;
    const loci_ssm_options options = {.form = LOCI_RECURRENT, .discretization = discretization};
    const size_t count = batch * length * s->copies,
                 numbers = batch * s->copies * (s->order + (discretization == LOCI_FOH));
    double *y = malloc(count * sizeof *y), *x = malloc(numbers * sizeof *x), sum = 0;
    memcpy(x, start, numbers * sizeof *x);
    assert_int_equal(loci_ssm_create(&ssm, s, &options, NULL), LOCI_OK);
    assert_int_equal(loci_ssm_run_f64(ssm, y, x, u, NULL, batch, length, NULL, NULL), LOCI_OK);
    for (size_t i = 0; i < count; i++) sum += y[i] * (double)dy[i];
    for (size_t i = 0; i < numbers; i++) sum += x[i] * (double)dstate[i];
    free(y), free(x), loci_ssm_free(ssm);
    return sum;
}

static void check_slopes(const char *what, const double *found, double *at, size_t count,
                         const loci_system *s, loci_discretization discretization, const double *u,
                         const double *start, const real *dy, const real *dstate, size_t batch, size_t length)
{
    double most = 0;
    for (size_t i = 0; i < count; i++) most = fmax(most, fabs(found[i]));
    for (size_t i = 0; i < count; i += 1 + count / 60) {
        const double centre = at[i], h = 1e-5 * fmax(0.01, fabs(centre));
        at[i] = centre + h;
        const double up = objective(s, discretization, u, start, dy, dstate, batch, length);
        at[i] = centre - h;
        const double down = objective(s, discretization, u, start, dy, dstate, batch, length);
        at[i] = centre;
        const double slope = (up - down) / (2 * h);
        if (!(fabs(slope - found[i]) <= (LOCI_REAL_IS_DOUBLE ? 1e-6 : 3e-4) * fmax(fabs(slope), 0.02 * most)))
            fail_msg("%s %s %s: gradient %zu of %zu is %.10g, differences give %.10g", what,
                     loci_structure_name(s->structure), loci_discretization_name(discretization), i, count,
                     found[i], slope);
    }
}

static void backward(void **state)
{
    (void)state;
    const size_t lengths[] = {1, 40, 150}, B = 2;
    for (size_t i = 0; i < 5; i++)
        for (size_t which = 0; which < 4; which++)
            for (size_t form = 1; form < 3; form++)
                for (size_t j = 0; j < 3; j++) {
                    const size_t L = lengths[j];
                    loci_system *s = example(which, every[i], 2, 6), *d;
                    if (!s) continue;
                    const size_t count = B * L * 2, numbers = B * 2 * (every[i] == LOCI_FOH ? 7 : 6);
                    real *u = noises(count, 1), *x = noises(numbers, 2), *dy = noises(count, 3),
                         *dx = noises(numbers, 4);
                    real *du = noises(count, 0), *given = noises(numbers, 4);
                    double *in = malloc(count * sizeof *in), *start = malloc(numbers * sizeof *start);
                    double *du_wide = malloc(count * sizeof *in), *dx_wide = malloc(numbers * sizeof *start);
                    for (size_t k = 0; k < count; k++) in[k] = (double)u[k];
                    for (size_t k = 0; k < numbers; k++) start[k] = (double)x[k];
                    loci_system_copy(&d, s, NULL);
                    memset(d->a_re, 0, system_numbers(d) * sizeof(double));
                    const int dense = s->structure == LOCI_DENSE;
                    loci_ssm *ssm = ready(s, forms[form], every[i], L + j * 7);
                    loci_error error;
                    if (loci_ssm_backward(ssm, dense ? NULL : d, du, dx, dy, u, x, B, L, NULL, &error))
                        fail_msg("%s", error.text);
                    for (size_t k = 0; k < count; k++) du_wide[k] = (double)du[k];
                    for (size_t k = 0; k < numbers; k++) dx_wide[k] = (double)dx[k];
                    const char *name = loci_form_name(forms[form]);
                    check_slopes(name, du_wide, in, count, s, every[i], in, start, dy, given, B, L);
                    check_slopes(name, dx_wide, start, numbers, s, every[i], in, start, dy, given, B, L);
                    if (!dense)
                        check_slopes(name, d->a_re, s->a_re, system_numbers(s), s, every[i], in, start, dy,
                                     given, B, L);
                    free(u), free(x), free(dy), free(dx), free(du), free(given), free(in), free(start),
                        free(du_wide);
                    free(dx_wide), loci_ssm_free(ssm), loci_system_free(s), loci_system_free(d);
                }
}

/* ---- bad input ---- */

static void refusals(void **state)
{
    (void)state;
    loci_ssm *ssm;
    loci_system *s;
    loci_error error;
    real y[8] = {0}, u[8] = {0};
    assert_int_equal(loci_system_create(&s, LOCI_DIAGONAL, 1, 7, 0, &error), LOCI_E_ARGUMENT);
    assert_non_null(strstr(error.text, "order is 7"));
    assert_int_equal(loci_system_create(&s, LOCI_DENSE, 0, 7, 0, &error), LOCI_E_ARGUMENT);
    assert_int_equal(loci_system_create(&s, LOCI_DENSE, 1, 0, 0, &error), LOCI_E_ARGUMENT);
    assert_int_equal(loci_system_create(&s, LOCI_DPLR, 1, 4, 3, &error), LOCI_E_ARGUMENT);
    assert_int_equal(loci_system_create(&s, (loci_structure)9, 1, 4, 0, &error), LOCI_E_ARGUMENT);

    s = random_system(LOCI_DIAGONAL, 2, 4, 0, 1);
    loci_ssm_options options = {.form = LOCI_CONVOLUTION, .single = !LOCI_REAL_IS_DOUBLE};
    assert_int_equal(loci_ssm_create(&ssm, s, &options, &error), LOCI_E_ARGUMENT);
    options.length = 4;
    assert_int_equal(loci_ssm_create(&ssm, s, &options, &error), LOCI_OK);
    assert_int_equal(loci_ssm_run(ssm, y, NULL, u, NULL, 1, 5, NULL, &error), LOCI_E_RANGE);
    assert_non_null(strstr(error.text, "length is 5"));
    assert_int_equal(loci_ssm_run(ssm, NULL, NULL, NULL, NULL, 1, 0, NULL, &error), LOCI_OK);
    assert_int_equal(loci_ssm_run(ssm, y, NULL, u, NULL, SIZE_MAX / 2, 4, NULL, &error), LOCI_E_MEMORY);
    assert_int_equal(loci_ssm_workspace_size(ssm, 4) > 0, 1);
    loci_ssm_free(ssm);
    options.single = !options.single;
    assert_int_equal(loci_ssm_create(&ssm, s, &options, &error), LOCI_OK);
    assert_int_equal(loci_ssm_run(ssm, y, NULL, u, NULL, 1, 4, NULL, &error), LOCI_E_MISMATCH);
    loci_ssm_free(ssm);
    options = (loci_ssm_options){.form = LOCI_MIXED, .chunk = 12};
    assert_int_equal(loci_ssm_create(&ssm, s, &options, &error), LOCI_E_ARGUMENT);
    options = (loci_ssm_options){.form = LOCI_RECURRENT, .single = !LOCI_REAL_IS_DOUBLE};
    assert_int_equal(loci_ssm_create(&ssm, s, &options, &error), LOCI_OK);
    const double steps[] = {1, -1};
    assert_int_equal(loci_ssm_run(ssm, y, NULL, u, steps, 1, 2, NULL, &error), LOCI_E_VALUE);
    assert_non_null(strstr(error.text, "step 1 is -1"));
    assert_int_equal(loci_ssm_workspace_size(ssm, SIZE_MAX / 3), 0);
    assert_int_equal(loci_ssm_backward(ssm, NULL, NULL, NULL, y, u, NULL, 1, 2, NULL, &error),
                     LOCI_E_UNSUPPORTED);
    loci_ssm_free(ssm);
    s->dt[1] = NAN;
    assert_int_equal(loci_ssm_create(&ssm, s, &options, &error), LOCI_E_VALUE);
    s->dt[1] = 1, s->c_im[3] = INFINITY;
    assert_int_equal(loci_ssm_create(&ssm, s, &options, &error), LOCI_E_VALUE);
    assert_non_null(strstr(error.text, "C of copy 1"));
    loci_system_free(s);
    s = random_system(LOCI_DPLR, 2, 4, 2, 1);
    options.discretization = LOCI_FOH;
    assert_int_equal(loci_ssm_create(&ssm, s, &options, &error), LOCI_E_UNSUPPORTED);
    loci_system_free(s);
}

/* The rule, and that what it chose runs. */
static void choose_form(void **state)
{
    (void)state;
    const struct {
        size_t which, order, length;
        loci_form expected;
    } cases[] = {{0, 16, 1000, LOCI_MIXED},
                 {0, 32, 1000, LOCI_CONVOLUTION},
                 {0, 64, 0, LOCI_MIXED},
                 {2, 4, 50, LOCI_CONVOLUTION}};
    for (size_t i = 0; i < 4; i++) {
        loci_system *s = example(cases[i].which, LOCI_BILINEAR, 1, cases[i].order);
        loci_ssm *ssm = ready(s, LOCI_FORM_CHOOSE, LOCI_BILINEAR, cases[i].length);
        real *u = noises(50, 1), y[50];
        assert_int_equal(loci_ssm_form(ssm), cases[i].expected);
        run(ssm, y, NULL, u, 1, 50);
        free(u), loci_ssm_free(ssm), loci_system_free(s);
    }
}

/* Growth and radius, where they are known: +-3 i with a real part; a rotation; a Jordan block, whose eigenvalues rounding
 * alone moves by epsilon^(1/N). */
static void growth(void **state)
{
    (void)state;
    double found;
    size_t copy;
    for (size_t dense = 0; dense < 2; dense++) {
        loci_system *s = random_system(LOCI_DIAGONAL, 2, 4, 0, 1), *other;
        s->a_re[0] = -1, s->a_re[1] = -2, s->a_re[2] = 0.25, s->a_re[3] = -1;
        s->dt[0] = 0.5, s->dt[1] = 2;
        if (dense) {
            assert_int_equal(loci_system_to_dense(&other, s, NULL), LOCI_OK);
            loci_system_free(s);
            s = other;
        }
        assert_int_equal(loci_system_growth(s, &found, &copy, NULL), LOCI_OK);
        assert_true(fabs(found - 0.25) < 1e-8);
        assert_int_equal(copy, 1);
        loci_ssm *ssm = ready(s, LOCI_RECURRENT, LOCI_ZOH, 0);
        assert_true(fabs(loci_ssm_radius(ssm) - exp(0.5)) < 1e-8);
        loci_ssm_free(ssm), loci_system_free(s);
    }
    loci_system *s;
    assert_int_equal(loci_system_create(&s, LOCI_DENSE, 1, 64, 0, NULL), LOCI_OK);
    s->dt[0] = 1;
    assert_int_equal(loci_measure_matrices(LOCI_MEASURE_LAGT, s->a_re, s->b_re, 64, NULL), LOCI_OK);
    assert_int_equal(loci_system_growth(s, &found, NULL, NULL), LOCI_OK);
    assert_true(found <= 0);
    loci_system_free(s);
}

/* A slow mode beside a fast one: its own growth or decay counts, not the rounding of the fast one's. */
static void growth_of_the_stiff(void **state)
{
    (void)state;
    for (int fast = 3; fast <= 15; fast += 3)
        for (int sign = -1; sign <= 1; sign += 2) {
            const double f = pow(10, fast), a[9] = {-f, 0, f, 1, 0.5 * sign, 0, 0, 0, -2};
            loci_system *s;
            double found;
            assert_int_equal(loci_system_create(&s, LOCI_DENSE, 1, 3, 0, NULL), LOCI_OK);
            for (size_t i = 0; i < 9; i++)
                assert_true(s->b_re[i / 3] == 0 && s->a_re[i] == 0 && s->dt[0] == 0);
            assert_int_equal(loci_system_check(s, NULL), LOCI_E_VALUE); /* a dt is to be set */
            memcpy(s->a_re, a, sizeof a);
            s->dt[0] = 1;
            assert_int_equal(loci_system_growth(s, &found, NULL, NULL), LOCI_OK);
            if (sign > 0)
                assert_true(fabs(found - 0.5) < 1e-6);
            else
                assert_true(found <= 0);
            loci_system_free(s);
        }
}

/* Of a dense system with a dt of 1: growth, and the radius under Euler. */
static void grown(double *found, double *radius, const double *a, size_t n)
{
    loci_system *s;
    assert_int_equal(loci_system_create(&s, LOCI_DENSE, 1, n, 0, NULL), LOCI_OK);
    memcpy(s->a_re, a, n * n * sizeof *a);
    s->dt[0] = 1;
    assert_int_equal(loci_system_growth(s, found, NULL, NULL), LOCI_OK);
    loci_ssm *ssm = ready(s, LOCI_RECURRENT, LOCI_EULER, 0);
    *radius = loci_ssm_radius(ssm);
    loci_ssm_free(ssm), loci_system_free(s);
}

/* What does not grow as an exponential: oscillators without damping, what rises as a power of time, poles of several fold at 1 and within; and
 * what does, however little. */
static void growth_at_the_border(void **state)
{
    (void)state;
    double found, radius;
    const double bounded[4][4] = {{0, 1, -4, 0}, {0, 1, -0.5, 0}, {0, 1, 0, 0}, {0, 1e9, -1e-3, 0}};
    for (size_t i = 0; i < 4; i++) {
        grown(&found, &radius, bounded[i], 2);
        assert_true(found <= 0);
    }
    for (size_t n = 2; n <= 6; n++)
        for (int inside = 0; inside < 2; inside++) { /* the companion of (z - p)^n, less 1 */
            const double p = inside ? 0.999 : 1;
            double a[36] = {0}, c = 1;
            for (size_t k = 0; k < n; k++) {
                c *= -p * (double)(n - k) / (double)(k + 1);
                a[(n - 1) * n + n - 1 - k] = -c;
                if (k + 1 < n) a[k * n + k + 1] = 1;
            }
            for (size_t k = 0; k < n; k++) a[k * n + k] -= 1;
            grown(&found, &radius, a, n);
            assert_true(found <= 0 && radius <= 1);
        }
    for (double a = -1.5; a > -1e7; a *= 1.7) { /* stiff, and stable, but not for Euler */
        grown(&found, &radius, &a, 1);
        assert_true(found == a && (1 + a >= -1 || fabs(radius + 1 + a) <= 1e-9 * radius));
    }
    for (double rate = 1; rate > 1e-9; rate /= 8) {
        const double a[4] = {rate, 1, 0, -2}, turning[4] = {rate, 3, -3, rate};
        grown(&found, &radius, a, 2);
        assert_true(fabs(found - rate) <= 1e-6 * rate + 1e-12 &&
                    fabs(radius - 1 - rate) <= 1e-6 * rate + 1e-12);
        grown(&found, &radius, turning, 2);
        assert_true(fabs(found - rate) <= 1e-6 * rate + 1e-12);
    }
}

/* Signals that are short beside a kernel that grows: its largest taps, which no answer needs, must not drown the others. */
static void growing_kernels(void **state)
{
    (void)state;
    enum { LENGTH = 4096, N = 20, L = 40 };
    for (int dense = 0; dense < 2; dense++) {
        loci_system *s = random_system(dense ? LOCI_DENSE : LOCI_DIAGONAL, 1, N, 0, 3);
        s->a_re[0] = 0.02;
        if (!dense) s->a_im[0] = 0;
        for (size_t k = 1; dense && k < N; k++) s->a_re[k] = s->a_re[k * N] = 0;
        s->dt[0] = 1;
        loci_ssm *chosen = ready(s, LOCI_FORM_CHOOSE, LOCI_ZOH, LENGTH),
                 *steps = ready(s, LOCI_RECURRENT, LOCI_ZOH, 0);
        assert_int_equal(loci_ssm_form(chosen), LOCI_MIXED);
        real *u = noises(L, 5), y[L], truth[L], most = 0;
        run(chosen, y, NULL, u, 1, L);
        run(steps, truth, NULL, u, 1, L);
        for (size_t k = 0; k < L; k++) {
            most = truth[k] > most ? truth[k] : -truth[k] > most ? -truth[k] : most;
            assert_true(fabs((double)(y[k] - truth[k])) <= 1000 * (double)LOCI_REAL_EPSILON * (double)most);
        }
        free(u), loci_ssm_free(chosen), loci_ssm_free(steps), loci_system_free(s);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(forms_agree),
        cmocka_unit_test(large_ones_agree),
        cmocka_unit_test(cuts),
        cmocka_unit_test(steps),
        cmocka_unit_test(published),
        cmocka_unit_test(backward),
        cmocka_unit_test(refusals),
        cmocka_unit_test(growth),
        cmocka_unit_test(choose_form),
        cmocka_unit_test(growth_of_the_stiff),
        cmocka_unit_test(growth_at_the_border),
        cmocka_unit_test(growing_kernels),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
