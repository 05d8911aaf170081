/* SPDX-License-Identifier: MIT
 * test_system.c - where systems come from: dplr forms of memories against published ones, initialisations, text, files. */
#include "systems.h"

static loci_system *parse(const char *text)
{
    loci_system *s;
    loci_error error;
    if (loci_system_parse(&s, text, &error)) fail_msg("%s: %s", text, error.text);
    return s;
}

static void refuse(const char *text, const char *expected)
{
    loci_system *s;
    loci_error error = {0};
    assert_int_not_equal(loci_system_parse(&s, text, &error), LOCI_OK);
    assert_null(s);
    if (!strstr(error.text, expected)) fail_msg("%s: \"%s\" has no \"%s\"", text, error.text, expected);
}

/* Against the published decomposition: what does not depend on the phases of eigenvectors, to 1e-11 of the largest. */
static void dplr_published(void **state)
{
    (void)state;
    const struct {
        const char *name;
        loci_measure measure;
    } measures[] = {{"legs", LOCI_MEASURE_LEGS_LTI},
                    {"legt", LOCI_MEASURE_LEGT},
                    {"fourier", LOCI_MEASURE_FOUT},
                    {"lagt", LOCI_MEASURE_LAGT}};
    for (size_t m = 0; m < 4; m++)
        for (size_t N = 8; N <= 64; N = N == 8 ? 16 : 4 * N) {
            const size_t half = N / 2;
            double w[2][32], p[2][64], b[2][32];
            size_t rank;
            loci_error error;
            if (loci_hippo_dplr(measures[m].measure, w[0], w[1], p[0], p[1], b[0], b[1], NULL, NULL, &rank, N,
                                &error))
                fail_msg("%s", error.text);
            char name[64];
            snprintf(name, sizeof name, "w_%s_N%zu", measures[m].name, N);
            loci_array expected = golden("hippo_dplr.npz", name);
            const double most = fabs(expected.data[1]);
            for (size_t i = 0; i < half; i++) {
                assert_true(fabs(w[0][i] - expected.data[2 * i]) <= 1e-11 * most);
                assert_true(fabs(w[1][i] - expected.data[2 * i + 1]) <= 1e-11 * most);
                assert_true(b[0][i] >= 0 &&
                            fabs(b[1][i]) <= 1e-12 * sqrt((double)N)); /* the phase that is kept */
            }
            loci_array_free(&expected);
            snprintf(name, sizeof name, "absB_%s_N%zu", measures[m].name, N);
            expected = golden("hippo_dplr.npz", name);
            for (size_t i = 0; i < half; i++)
                assert_true(fabs(hypot(b[0][i], b[1][i]) - expected.data[i]) <= 1e-11 * (double)N);
            loci_array_free(&expected);
            snprintf(name, sizeof name, "BconjP_%s_N%zu", measures[m].name, N);
            expected = golden("hippo_dplr.npz", name);
            assert_int_equal(expected.shape[0], rank);
            for (size_t r = 0; r < rank; r++)
                for (size_t i = 0; i < half; i++) {
                    const double re = b[0][i] * p[0][r * half + i] + b[1][i] * p[1][r * half + i];
                    const double im = b[1][i] * p[0][r * half + i] - b[0][i] * p[1][r * half + i];
                    assert_true(fabs(re - expected.data[2 * (r * half + i)]) <= 1e-11 * (double)N);
                    assert_true(fabs(im - expected.data[2 * (r * half + i) + 1]) <= 1e-11 * (double)N);
                }
            loci_array_free(&expected);
        }
}

/* 2 Re(V diag(w) V^*) - P P^T is A again, and 2 Re(V b) is B. */
static void dplr_rebuilds(void **state)
{
    (void)state;
    const loci_measure measures[] = {LOCI_MEASURE_LEGS, LOCI_MEASURE_LEGT, LOCI_MEASURE_FOUT,
                                     LOCI_MEASURE_LAGT};
    for (size_t m = 0; m < 4; m++)
        for (size_t N = 2; N <= 128; N = 2 * N + 2) {
            const size_t half = N / 2;
            double *memory = calloc(7 * N + 4 * N * N, sizeof *memory);
            double *w = memory, *p = w + N, *b = p + 2 * N, *v = b + N, *v_im = v + N * half,
                   *a = v_im + N * half;
            double *measure_b = a + N * N;
            size_t rank;
            assert_int_equal(
                loci_hippo_dplr(measures[m], w, w + half, p, p + N, b, b + half, v, v_im, &rank, N, NULL),
                LOCI_OK);
            assert_int_equal(loci_measure_matrices(measures[m], a, measure_b, N, NULL), LOCI_OK);
            for (size_t i = 0; i < N; i++) {
                double in = 0;
                for (size_t n = 0; n < half; n++)
                    in += 2 * (v[i * half + n] * b[n] - v_im[i * half + n] * b[half + n]);
                assert_true(fabs(in - measure_b[i]) <= 1e-13 * (double)(N * N));
                for (size_t k = 0; k < N; k++) {
                    double sum = 0, low[2][2] = {{0}};
                    for (size_t n = 0; n < half; n++) {
                        const double re = v[i * half + n], im = v_im[i * half + n];
                        const double other_re = v[k * half + n], other_im = v_im[k * half + n];
                        const double pair_re = re * other_re + im * other_im,
                                     pair_im = im * other_re - re * other_im;
                        sum += 2 * (w[n] * pair_re - w[half + n] * pair_im);
                        for (size_t r = 0; r < rank; r++) {
                            low[r][0] += 2 * (re * p[r * half + n] - im * p[N + r * half + n]);
                            low[r][1] += 2 * (other_re * p[r * half + n] - other_im * p[N + r * half + n]);
                        }
                    }
                    for (size_t r = 0; r < rank; r++) sum -= low[r][0] * low[r][1];
                    if (!(fabs(sum - a[i * N + k]) <= 1e-14 * (double)(N * N) + 1e-13 * (double)N))
                        fail_msg("%s, order %zu: A[%zu][%zu] is %g, rebuilt %g",
                                 loci_measure_name(measures[m]), N, i, k, a[i * N + k], sum);
                }
            }
            free(memory);
        }
}

/* A memory recalls: as dplr and as dense it answers an impulse alike, and a slow wave comes out `lag` later. */
static void recall(void **state)
{
    (void)state;
    const char *texts[][2] = {{"legs:32,lag=0.3,dt=0.005", "s4-legs:32,lag=0.3,dt=0.005"},
                              {"legt:32,lag=1.0,dt=0.005", "s4-legt:32,lag=1.0,dt=0.005"},
                              {"fout:32,lag=1.0,dt=0.005", "s4-fout:32,lag=1.0,dt=0.005"}};
    enum { L = 2000 };
    for (size_t i = 0; i < 3; i++) {
        double k[2][L], lag = i ? 1.0 : 0.3;
        for (size_t j = 0; j < 2; j++) {
            loci_system *s = parse(texts[i][j]);
            assert_int_equal(s->structure, j ? LOCI_DPLR : LOCI_DENSE);
            assert_int_equal(loci_kernel_f64(k[j], s, LOCI_BILINEAR, L, NULL), LOCI_OK);
            double growth;
            assert_int_equal(loci_system_growth(s, &growth, NULL, NULL), LOCI_OK);
            assert_true(growth <= 1e-9);
            loci_system_free(s);
        }
        double most = 0, sum = 0;
        for (size_t l = 0; l < L; l++) most = fmax(most, fabs(k[0][l]));
        for (size_t l = 0; l < L; l++) assert_true(fabs(k[0][l] - k[1][l]) <= 1e-10 * most);
        const size_t at = 1500; /* the wave sin(t) at that sample, seen `lag` ago */
        for (size_t l = 0; l <= at; l++) sum += k[0][l] * sin(0.005 * (double)(at - l));
        assert_true(fabs(sum - sin(0.005 * (double)at - lag)) < 0.02);
    }
}

static void initialisations(void **state)
{
    (void)state;
    loci_system *s = parse("s4d-inv:64,copies=3,dt=0.001..0.1,seed=7"),
                *same = parse("s4d-inv:64,seed=7,copies=3");
    assert_int_equal(s->width, 32);
    assert_true(fabs(s->a_im[0] - 64 / 3.141592653589793 * 63) < 1e-9); /* 1283 */
    assert_true(s->a_re[70] == -0.5 && s->b_re[70] == 1 && s->b_im[70] == 0);
    assert_true(s->dt[0] == 0.001 && fabs(s->dt[1] - 0.01) < 1e-15 && s->dt[2] == 0.1);
    assert_memory_equal(s->c_re, same->c_re, 96 * sizeof(double)); /* same seed, same C */
    assert_memory_equal(s->dt, same->dt, 3 * sizeof(double));
    double mean = 0, square = 0;
    for (size_t i = 0; i < 96; i++) {
        mean += s->c_re[i] + s->c_im[i];
        square += s->c_re[i] * s->c_re[i] + s->c_im[i] * s->c_im[i];
    }
    assert_true(fabs(mean / 192) < 4 * sqrt(0.5 / 192) && fabs(square / 96 - 1) < 0.45); /* 4 deviations */
    loci_system_free(same);
    same = parse("s4d-inv:64,copies=3,dt=0.001..0.1,seed=8");
    assert_true(s->c_re[0] != same->c_re[0]);
    loci_system_free(s), loci_system_free(same);
    s = parse("s4d-lin:8,dt=0.5");
    assert_true(fabs(s->a_im[3] - 3 * 3.141592653589793) < 1e-14 && s->dt[0] == 0.5);
    loci_system_free(s);
    s = parse("s4d-real:8");
    assert_true(s->a_re[3] == -4 && s->a_im[3] == 0 && s->dt[0] == 0.01);
    loci_system_free(s);
    s = parse("s4d-legs:8,copies=2");
    assert_true(fabs(s->a_re[5] + 0.5) < 1e-13 && s->a_im[4] < s->a_im[5] && s->a_im[7] < 0);
    loci_system_free(s);
    s = parse("s5:16,copies=2,seed=3"),
    same = parse("s4d-legs:16"); /* the same eigenvalues, from an eigenproblem */
    for (size_t i = 0; i < 8; i++) {
        assert_true(s->a_re[i] == -0.5 && fabs(s->a_im[i] + same->a_im[7 - i]) < 1e-11 * s->a_im[7]);
        assert_true(s->b_re[i] == s->b_re[8 + i] && s->b_im[i] != 0 && s->c_re[i] != s->c_re[8 + i]);
    }
    loci_system_free(s), loci_system_free(same);
    s = parse("legs:5,structure=dense,copies=2");
    assert_true(s->structure == LOCI_DENSE && s->a_re[0] == -1 && s->a_re[25 + 24] == -5);
    loci_system_free(s);
    s = parse("legt:6,structure=dplr");
    assert_int_equal(s->rank, 2);
    loci_system_free(s);
}

static void wrong_texts(void **state)
{
    (void)state;
    refuse("legz:64", "legz");
    refuse("", "KIND:N");
    refuse("legs", "legs:N");
    refuse("legs:", "legs:N");
    refuse("legs:x", "legs:N");
    refuse("legs:0", "from 1");
    refuse("legs:99999999999999999999999", "from 1");
    refuse("s4d-lin:7", "order is 7; an even one");
    refuse("s4-legs:7", "order is 7; an even one");
    refuse("legs:8,", "NAME=VALUE");
    refuse("legs:8,dt", "NAME=VALUE");
    refuse("legs:8,colour=1", "colour");
    refuse("legs:8,dt=0", "dt is \"0\"");
    refuse("legs:8,dt=-1", "above 0");
    refuse("legs:8,dt=nan", "dt is \"nan\"");
    refuse("legs:8,dt=1e999", "above 0");
    refuse("legs:8,dt=0.1..", "FIRST..LAST");
    refuse("legs:8,copies=0", "1 to 65535");
    refuse("legs:8,copies=65536", "1 to 65535");
    refuse("legs:8,seed=-1", "seed");
    refuse("legs:8,lag=-1", "lag");
    refuse("legt:8,lag=2.5", "0 to 2");
    refuse("s4d-lin:8,lag=1", "only a memory");
    refuse("legs:8,structure=diagonal", "dense or dplr");
    refuse("s4d-lin:8,structure=dense", "diagonal was expected");
    refuse("lagt:8,structure=dplr", "dense was expected");
    refuse("/nowhere/x.npz", "/nowhere/x.npz");
}

static void files(void **state)
{
    (void)state;
    char path[512];
    snprintf(path, sizeof path, "%s/%s", LOCI_GOLDEN, "system_diagonal.npz");
    loci_system *s = parse(path);
    assert_int_equal(s->structure, LOCI_DIAGONAL);
    assert_true(s->copies == 3 && s->order == 8 && s->d[2] == 3 && s->dt[1] == 0.2 && s->a_re[5] == -0.5);
    loci_system_free(s);
    snprintf(path, sizeof path, "%s/%s", LOCI_GOLDEN, "system_dplr.npz");
    s = parse(path);
    assert_true(s->structure == LOCI_DPLR && s->rank == 2 && s->d[0] == 0 && s->p_im[23] != 0);
    loci_system_free(s);
    snprintf(path, sizeof path, "%s/%s", LOCI_GOLDEN, "system_dense.npz");
    s = parse(path);
    assert_true(s->structure == LOCI_DENSE && s->order == 5 && s->copies == 1 && s->dt[0] == 0.1);
    loci_system_free(s);
    /* B [2,1], C [1,2], D [1,1] and dt without any extent, as control theory writes them */
    snprintf(path, sizeof path, "%s/%s", LOCI_GOLDEN, "system_columns.npz");
    s = parse(path);
    assert_true(s->structure == LOCI_DENSE && s->order == 2 && s->copies == 1 && s->a_re[1] == 2);
    assert_true(s->b_re[1] == 2 && s->c_re[1] == 1 && s->d[0] == 0.5 && s->dt[0] == 0.1);
    loci_system_free(s);
    snprintf(path, sizeof path, "%s/%s", LOCI_GOLDEN, "system_wrong.npz");
    refuse(path, "B is [3,5] complex; [3,4] complex was expected");
    snprintf(path, sizeof path, "%s/%s", LOCI_GOLDEN, "system_negative.npz");
    refuse(path, "dt of copy 1 is -0.2");
    snprintf(path, sizeof path, "%s/%s", LOCI_GOLDEN, "system_partial.npz");
    refuse(path, "C");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dplr_published),  cmocka_unit_test(dplr_rebuilds), cmocka_unit_test(recall),
        cmocka_unit_test(initialisations), cmocka_unit_test(wrong_texts),   cmocka_unit_test(files),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
