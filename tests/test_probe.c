/* SPDX-License-Identifier: MIT
 * test_probe.c - probes against regressions written out; several inputs and windows, classes, sequences, cuts, files. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <loci/probe.h>

#include "near.h"
#include "readout/ridge.h"
#include "readout/windows.h"

static double draw(uint64_t *counter)
{
    *counter = *counter * 6364136223846793005u + 1442695040888963407u;
    return (double)(int64_t)*counter * 0x1p-63;
}

enum { N = 400, C = 2, Q = 3, P = 1 + C * (1 + 5 + 3) };

static const loci_probe_spec two = {.size = sizeof two,
                                    .inputs = C,
                                    .targets = Q,
                                    .memories = 2,
                                    .windows = {20, 6},
                                    .orders = {5, 3},
                                    .level = 1,
                                    .ridge = 0.01};
static const double origin[C] = {0.25, -3.0}, scale[C] = {2.0, 0.5};

static void signals(double *u, double *y)
{
    uint64_t seed = 3;
    for (size_t t = 0; t < N; t++) {
        for (size_t c = 0; c < C; c++)
            u[t * C + c] = draw(&seed) + (t > 0 ? 0.8 * u[(t - 1) * C + c] : -3.0 * (double)c);
        y[t * Q] = u[t * C] - (t > 3 ? u[(t - 3) * C + 1] : 0.0) + 0.1 * draw(&seed);
        y[t * Q + 1] = t % 7 == 2 ? NAN : u[t * C + 1];
        y[t * Q + 2] = draw(&seed);
    }
}

static loci_probe *made(const loci_probe_spec *spec)
{
    loci_probe *p = NULL;
    loci_error error;
    if (loci_probe_create(&p, spec, spec->inputs == C ? origin : NULL, spec->inputs == C ? scale : NULL,
                          &error) != LOCI_OK)
        fail_msg("%s", error.text);
    return p;
}

/* The features of the sample that u ends with, as the manual has them. */
static void features(double *f, const double *u, size_t t)
{
    size_t at = 0;
    f[at++] = 1.0;
    for (size_t c = 0; c < C; c++) {
        const double newest = (u[t * C + c] - origin[c]) / scale[c];
        f[at++] = newest;
        for (size_t k = 0; k < two.memories; k++) {
            double basis[20 * 5];
            const size_t window = two.windows[k], order = two.orders[k];
            loci_windows_basis(basis, window, order);
            for (size_t j = 0; j < order; j++, at++) {
                f[at] = 0.0;
                for (size_t i = 0; i < window; i++)
                    f[at] += basis[j * window + i] *
                             ((u[(t + 1 - window + i) * C + c] - origin[c]) / scale[c] - newest);
            }
        }
    }
}

static void written_out(void **state)
{
    (void)state;
    static double u[N * C], y[N * Q], moments[P * P + P * Q + Q], w[P * Q], factor[P * P];
    double penalty[P], square[Q] = {0}, fit[Q], got[N * Q];
    signals(u, y);
    loci_ridge m = loci_ridge_at(moments, P, Q, 0);
    for (size_t t = 19; t < N; t++) {
        double f[P];
        if (isnan(y[t * Q + 1])) continue;
        features(f, u, t);
        loci_ridge_push(&m, f, y + t * Q, 1);
    }
    for (size_t i = 0; i < P; i++) penalty[i] = i > 0;
    loci_ridge_factor(factor, m.gram, 0.01 * m.rows, penalty, P);
    memcpy(w, m.cross, sizeof w);
    loci_ridge_solve(w, factor, P, Q);

    loci_probe *p = made(&two);
    assert_int_equal(loci_probe_push(p, u, y, N, NULL), LOCI_OK);
    assert_int_equal(loci_probe_solve(p, NULL), LOCI_OK);
    const loci_probe_info info = loci_probe_inspect(p);
    assert_true(info.samples == N && info.rows == m.rows && info.features == P && info.window == 20 &&
                info.solved && fabs(info.ridge - 0.01) < 1e-15);
    assert_int_equal(loci_probe_predict(p, got, u, N - 19, NULL), LOCI_OK);
    for (size_t t = 19; t < N; t++) {
        double f[P];
        features(f, u, t);
        for (size_t q = 0; q < Q; q++) {
            double wanted = 0.0;
            for (size_t i = 0; i < P; i++) wanted += f[i] * w[i * Q + q];
            assert_near(got[(t - 19) * Q + q], wanted, 1e-9, "sample %zu target %zu", t, q);
            if (!isnan(y[t * Q + 1])) square[q] += (y[t * Q + q] - wanted) * (y[t * Q + q] - wanted) / m.rows;
        }
    }
    assert_int_equal(loci_probe_fit(p, fit, NULL), LOCI_OK);
    for (size_t q = 0; q < Q; q++) assert_near(fit[q], square[q], 1e-9, "errors of target %zu", q);
    double newest[Q];
    assert_int_equal(loci_probe_read(p, newest, NULL), LOCI_OK);
    for (size_t q = 0; q < Q; q++)
        assert_near(newest[q], got[(N - 20) * Q + q], 1e-12, "the newest, target %zu", q);
    loci_probe_free(p);
}

/* Any cut, saved and loaded in between: the same bits. Two that are added: one that saw both. A fork learns for itself. */
static void cuts(void **state)
{
    (void)state;
    static double u[N * C], y[N * Q];
    signals(u, y);
    loci_probe *whole = made(&two), *parts = made(&two), *first = made(&two), *second = made(&two),
               *fork = NULL;
    assert_int_equal(loci_probe_push(whole, u, y, N, NULL), LOCI_OK);
    uint64_t seed = 9;
    for (size_t at = 0, n; at < N; at += n) {
        n = 1 + (size_t)(40.0 * fabs(draw(&seed)));
        if (n > N - at) n = N - at;
        assert_int_equal(loci_probe_push(parts, u + at * C, y + at * Q, n, NULL), LOCI_OK);
        const size_t size = loci_probe_save_size(parts, 3);
        char *bytes = malloc(size);
        const char *note;
        size_t length;
        assert_int_equal(loci_probe_save(parts, "abc", 3, bytes, size, NULL), LOCI_OK);
        loci_probe_free(parts);
        assert_int_equal(loci_probe_load(&parts, &note, &length, bytes, size, NULL, NULL), LOCI_OK);
        assert_true(length == 3 && memcmp(note, "abc", 3) == 0);
        free(bytes);
    }
    assert_int_equal(loci_probe_solve(whole, NULL), LOCI_OK);
    assert_int_equal(loci_probe_solve(parts, NULL), LOCI_OK);
    assert_true(loci_probe_inspect(whole).fingerprint == loci_probe_inspect(parts).fingerprint);
    double a[Q], b[Q];
    loci_probe_read(whole, a, NULL);
    loci_probe_read(parts, b, NULL);
    assert_memory_equal(a, b, sizeof a);

    /* the history goes on without being learned, and is then learned by another */
    assert_int_equal(loci_probe_push(first, u, y, 150, NULL), LOCI_OK);
    assert_int_equal(loci_probe_push(second, u, NULL, 150, NULL), LOCI_OK);
    assert_int_equal(loci_probe_push(second, u + 150 * C, y + 150 * Q, N - 150, NULL), LOCI_OK);
    assert_int_equal(loci_probe_copy(&fork, first, NULL), LOCI_OK);
    assert_int_equal(loci_probe_add(first, second, NULL), LOCI_OK);
    assert_true(loci_probe_inspect(first).rows == loci_probe_inspect(whole).rows);
    assert_int_equal(loci_probe_solve(first, NULL), LOCI_OK);
    static double one[(N - 19) * Q], both[(N - 19) * Q];
    loci_probe_predict(whole, one, u, N - 19, NULL);
    loci_probe_predict(first, both, u, N - 19, NULL);
    for (size_t i = 0; i < (N - 19) * Q; i++) assert_near(both[i], one[i], 1e-12, "added, %zu", i);
    assert_true(loci_probe_inspect(fork).rows < 150);
    assert_int_equal(loci_probe_forget(fork, 0.5, NULL), LOCI_OK);
    assert_true(loci_probe_inspect(fork).rows < 75);
    loci_probe_free(whole);
    loci_probe_free(parts);
    loci_probe_free(first);
    loci_probe_free(second);
    loci_probe_free(fork);
}

/* A channel that says what another one does ten samples later: found, where its own past tells nothing; and however far levels are moved. */
static void another_channel(void **state)
{
    (void)state;
    enum { T = 3000, AHEAD = 10 };
    static double u[T * 2], y[T];
    uint64_t seed = 21;
    for (size_t t = 0; t < T; t++) {
        u[t * 2] = 5.0 + draw(&seed) + (t > 0 ? 0.9 * (u[(t - 1) * 2] - 5.0) : 0.0);
        u[t * 2 + 1] = t < AHEAD ? 0.0 : 2.0 * u[(t - AHEAD) * 2];
    }
    for (size_t t = 0; t < T; t++) y[t] = t + AHEAD < T ? u[(t + AHEAD) * 2 + 1] - u[t * 2 + 1] : NAN;
    const loci_probe_spec spec = {.size = sizeof spec,
                                  .inputs = 2,
                                  .targets = 1,
                                  .memories = 2,
                                  .windows = {64, 16},
                                  .orders = {16, 16},
                                  .level = 1,
                                  .ridge = -1};
    loci_probe *p = NULL;
    double fit[1];
    assert_int_equal(loci_probe_create(&p, &spec, NULL, NULL, NULL), LOCI_OK);
    assert_int_equal(loci_probe_push(p, u, y, T / 2, NULL), LOCI_OK);
    assert_int_equal(loci_probe_solve(p, NULL), LOCI_OK);
    assert_int_equal(loci_probe_fit(p, fit, NULL), LOCI_OK);
    assert_true(fit[0] < 1e-6 && loci_probe_inspect(p).ridge <= 1e-4);
    double answers[T / 2 - AHEAD], worst = 0.0;
    assert_int_equal(loci_probe_predict(p, answers, u + (T / 2 - 63) * 2, T / 2 - AHEAD, NULL), LOCI_OK);
    for (size_t k = 0; k < T / 2 - AHEAD; k++) worst = fmax(worst, fabs(answers[k] - y[T / 2 + k]));
    assert_true(worst < 1e-2);
    loci_probe_free(p);
}

/* Sequences of three kinds, told once at the end of each: the class of those that were not learned. */
static void classes(void **state)
{
    (void)state;
    enum { L = 60, EACH = 60 };
    const loci_probe_spec spec = {.size = sizeof spec,
                                  .inputs = 1,
                                  .targets = 3,
                                  .memories = 1,
                                  .windows = {L},
                                  .orders = {20},
                                  .ridge = -1};
    loci_probe *p = made(&spec);
    uint64_t seed = 4;
    size_t right = 0;
    for (size_t s = 0; s < 2 * EACH; s++) {
        double u[L], y[L * 3], answer[3];
        const size_t kind = s % 3;
        for (size_t t = 0; t < L; t++) {
            const double z = (double)t / L;
            u[t] = (kind == 0   ? sin(8.0 * z)
                    : kind == 1 ? z * z
                                : fabs(z - 0.5)) *
                       (1.0 + 0.3 * draw(&seed)) +
                   0.2 * draw(&seed) + 100.0;
            for (size_t k = 0; k < 3; k++) y[t * 3 + k] = t + 1 < L ? NAN : k == kind;
        }
        if (s == EACH) {
            assert_true(loci_probe_inspect(p).rows == EACH);
            assert_int_equal(loci_probe_solve(p, NULL), LOCI_OK);
        }
        loci_probe_part(p);
        assert_int_equal(loci_probe_push(p, u, s < EACH ? y : NULL, L, NULL), LOCI_OK);
        if (s < EACH) continue;
        assert_int_equal(loci_probe_read(p, answer, NULL), LOCI_OK);
        size_t best = 0;
        for (size_t k = 1; k < 3; k++)
            if (answer[k] > answer[best]) best = k;
        right += best == kind;
    }
    assert_true(right >= EACH - 1);
    loci_probe_free(p);
}

static void refusals(void **state)
{
    (void)state;
    loci_error error;
    loci_probe *p = NULL;
    const struct {
        loci_probe_spec spec;
        const char *says;
    } specs[] = {{{sizeof two, 0, 1, 1, {4}, {2}, 0, 1, NULL}, "inputs is 0"},
                 {{sizeof two, 1, 0, 1, {4}, {2}, 0, 1, NULL}, "targets is 0"},
                 {{sizeof two, 1, 1, 0, {4}, {2}, 0, 1, NULL}, "memories is 0"},
                 {{sizeof two, 1, 1, 9, {4}, {2}, 0, 1, NULL}, "memories is 9"},
                 {{sizeof two, 1, 1, 1, {0}, {0}, 0, 1, NULL}, "window 0 is 0"},
                 {{sizeof two, 1, 1, 2, {4, 8}, {2, 9}, 0, 1, NULL}, "order 1 is 9; 0 to 8 was expected"},
                 {{sizeof two, 5000, 1, 1, {4}, {2}, 0, 1, NULL}, "too many"},
                 {{sizeof two, 1, 1, 1, {4}, {2}, 0, NAN, NULL}, "ridge is"}};
    for (size_t i = 0; i < sizeof specs / sizeof *specs; i++) {
        assert_int_equal(loci_probe_create(&p, &specs[i].spec, NULL, NULL, &error), LOCI_E_ARGUMENT);
        if (!strstr(error.text, specs[i].says)) fail_msg("%s", error.text);
    }
    const double zero[C] = {1.0, 0.0};
    assert_int_equal(loci_probe_create(&p, &two, NULL, zero, &error), LOCI_E_ARGUMENT);
    static double u[N * C], y[N * Q];
    double answer[Q];
    signals(u, y);
    p = made(&two);
    assert_int_equal(loci_probe_solve(p, &error), LOCI_E_VALUE);
    assert_int_equal(loci_probe_read(p, answer, &error), LOCI_E_VALUE);
    u[30 * C + 1] = INFINITY;
    assert_int_equal(loci_probe_push(p, u, y, 60, &error), LOCI_E_VALUE);
    assert_string_equal(error.text, "sample 30 of input 1 is inf; a number within 1e150 was expected");
    assert_true(loci_probe_inspect(p).samples == 30);
    u[30 * C + 1] = 0.0, y[31 * Q + 2] = -INFINITY;
    assert_int_equal(loci_probe_push(p, u + 30 * C, y + 30 * Q, 60, &error), LOCI_E_VALUE);
    assert_string_equal(error.text, "sample 1 of target 2 is -inf; a number within 1e150 was expected");
    y[31 * Q + 2] = 0.0;
    assert_int_equal(loci_probe_push(p, u + 31 * C, y + 31 * Q, 100, &error), LOCI_OK);
    assert_int_equal(loci_probe_solve(p, &error), LOCI_OK);
    loci_probe_part(p);
    assert_int_equal(loci_probe_push(p, u, NULL, 19, &error), LOCI_OK);
    assert_int_equal(loci_probe_read(p, answer, &error), LOCI_E_VALUE);
    assert_non_null(strstr(error.text, "only 19 samples have come; 20"));
    loci_probe_spec spec = two;
    spec.orders[1] = 2;
    loci_probe *other = made(&spec), *moved = NULL;
    assert_int_equal(loci_probe_add(p, other, &error), LOCI_E_MISMATCH);
    assert_int_equal(loci_probe_create(&moved, &two, origin, NULL, NULL), LOCI_OK);
    assert_int_equal(loci_probe_add(p, moved, &error), LOCI_E_MISMATCH);
    assert_non_null(strstr(error.text, "input 0 is taken less 0.25, by 2"));
    loci_probe_free(other);
    loci_probe_free(moved);
    /* files: every byte counts */
    const size_t size = loci_probe_save_size(p, 0);
    unsigned char *bytes = malloc(size);
    assert_int_equal(loci_probe_save(p, NULL, 0, bytes, size, NULL), LOCI_OK);
    for (size_t i = 0; i < size; i += 1 + i / 16) {
        bytes[i] ^= 4;
        loci_probe *none = NULL;
        assert_int_equal(loci_probe_load(&none, NULL, NULL, bytes, size, NULL, &error), LOCI_E_FORMAT);
        bytes[i] ^= 4;
        assert_int_equal(loci_probe_load(&none, NULL, NULL, bytes, i, NULL, &error), LOCI_E_FORMAT);
    }
    free(bytes);
    loci_probe_free(p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(written_out), cmocka_unit_test(cuts),
                                       cmocka_unit_test(another_channel), cmocka_unit_test(classes),
                                       cmocka_unit_test(refusals)};
    return cmocka_run_group_tests_name("probe", tests, NULL, NULL);
}
