/* SPDX-License-Identifier: MIT
 * test_readout.c - readouts against regressions written out, however samples are cut, shared out over readouts, saved and loaded. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <loci/readout.h>

#include "near.h"
#include "readout/ridge.h"
#include "readout/windows.h"

static double draw(uint64_t *counter)
{
    *counter = *counter * 6364136223846793005u + 1442695040888963407u;
    return (double)(int64_t)*counter * 0x1p-63;
}

enum { N = 700, C = 2 };

/* Two channels: a sine in noise, and a slow walk of another size far from 0. */
static void signals(double *u, size_t n)
{
    uint64_t seed = 5;
    double walk = 1000.0;
    for (size_t t = 0; t < n; t++) {
        walk += 20.0 * draw(&seed);
        u[t * C] = sin(0.3 * (double)t) + 0.3 * draw(&seed);
        u[t * C + 1] = walk + 30.0 * cos(0.11 * (double)t);
    }
}

static const double given[C] = {0.7, 25.0};

static loci_readout *made_with(int own, size_t order, double ridge)
{
    loci_readout *r = NULL;
    const loci_readout_spec spec = {.size = sizeof spec,
                                    .channels = C,
                                    .window = 24,
                                    .order = order,
                                    .horizon = 7,
                                    .ridge = ridge,
                                    .own = own};
    assert_int_equal(loci_readout_create(&r, &spec, given, NULL), LOCI_OK);
    return r;
}

static loci_readout *made(int own, size_t order)
{
    return made_with(own, order, 0.01);
}

/* A readout beside rows of features, one window after the other. */
static void written_out(void **state)
{
    (void)state;
    enum { W = 24, K = 10, H = 7, P = K + 1 };
    double u[N * C], basis[K * W], x[C][N];
    signals(u, N);
    double scale[C]; /* the deviations */
    for (size_t c = 0; c < C; c++) {
        double mean = 0.0, square = 0.0;
        for (size_t t = 0; t < N; t++) mean += u[t * C + c] / N;
        for (size_t t = 0; t < N; t++) square += (u[t * C + c] - mean) * (u[t * C + c] - mean) / N;
        scale[c] = sqrt(square);
    }
    loci_windows_basis(basis, W, K);
    for (int own = 0; own < 2; own++) {
        loci_readout *r = made(own, K);
        assert_int_equal(loci_readout_push(r, u, N, NULL), LOCI_OK);
        assert_int_equal(loci_readout_solve(r, NULL), LOCI_OK);
        double numbers[P * P + P * H + H] = {0}, penalty[P] = {0}, w[P * H], factor[P * P];
        loci_ridge m = loci_ridge_at(numbers, P, H, 0);
        for (size_t c = 0; c < C; c++) {
            for (size_t t = 0; t < N; t++) x[c][t] = u[t * C + c];
            if (own) {
                memset(numbers, 0, sizeof numbers);
                m.rows = 0;
            }
            for (size_t t = W - 1; t + H < N; t++) {
                double f[P] = {1.0}, y[H];
                for (size_t k = 0; k < K; k++)
                    for (size_t i = 0; i < W; i++)
                        f[k + 1] += basis[k * W + i] * (x[c][t - W + 1 + i] - x[c][t]) / scale[c];
                for (size_t j = 0; j < H; j++) y[j] = (x[c][t + 1 + j] - x[c][t]) / scale[c];
                loci_ridge_push(&m, f, y, 1);
            }
            if (!own && c == 0) continue;
            for (size_t i = 1; i < P; i++) penalty[i] = 1.0;
            loci_ridge_factor(factor, m.gram, 0.01 * m.rows, penalty, P);
            memcpy(w, m.cross, sizeof w);
            loci_ridge_solve(w, factor, P, H);
            double y[3 * H], last[H];
            assert_int_equal(loci_readout_predict(r, c, y, x[c] + N - W - 2, 3, NULL), LOCI_OK);
            assert_int_equal(loci_readout_forecast(r, c, last, NULL, NULL, NULL), LOCI_OK);
            for (size_t k = 0; k < 3; k++)
                for (size_t j = 0; j < H; j++) {
                    const double *past = x[c] + N - W - 2 + k;
                    double sum = w[j];
                    for (size_t i = 0; i < K; i++)
                        for (size_t e = 0; e < W; e++)
                            sum += w[(i + 1) * H + j] * basis[i * W + e] * (past[e] - past[W - 1]) / scale[c];
                    sum = sum * scale[c] + past[W - 1];
                    assert_near(y[k * H + j], sum, 1e-11 * fabs(sum) + 1e-12,
                                "own %d, channel %zu, ahead %zu", own, c, j + 1);
                    if (k == 2) assert_near(last[j], sum, 1e-11 * fabs(sum) + 1e-12, "from its own samples");
                }
        }
        loci_readout_free(r);
    }
}

static void *saved(const loci_readout *r, size_t *size)
{
    *size = loci_readout_save_size(r, 5);
    void *bytes = malloc(*size);
    assert_non_null(bytes);
    assert_int_equal(loci_readout_save(r, "notes", 5, bytes, *size, NULL), LOCI_OK);
    return bytes;
}

static void same(const loci_readout *a, const loci_readout *b)
{
    size_t size, other;
    void *x = saved(a, &size), *y = saved(b, &other);
    assert_int_equal(size, other);
    assert_memory_equal(x, y, size);
    free(x), free(y);
}

/* Any cut, with a file in between: the same bytes. */
static void cuts(void **state)
{
    (void)state;
    double u[N * C];
    signals(u, N);
    loci_readout *whole = made(0, 10), *part = made(0, 10);
    assert_int_equal(loci_readout_push(whole, u, N, NULL), LOCI_OK);
    for (size_t at = 0, step = 1; at < N; at += step, step = step * 5 % 37) {
        if (step > N - at) step = N - at;
        assert_int_equal(loci_readout_push(part, u + at * C, step, NULL), LOCI_OK);
        if (at % 3 == 0) {
            size_t size, length;
            const char *note;
            void *bytes = saved(part, &size);
            loci_readout_free(part);
            assert_int_equal(loci_readout_load(&part, &note, &length, bytes, size, NULL, NULL), LOCI_OK);
            assert_int_equal(length, 5);
            assert_memory_equal(note, "notes", 5);
            free(bytes);
        }
    }
    double wide[14], found[14];
    for (size_t k = 0; k < 14; k++) wide[k] = 1.0 + (double)k;
    assert_int_equal(loci_readout_set_widths(part, 1, wide, NULL), LOCI_OK);
    assert_int_equal(loci_readout_set_widths(whole, 1, wide, NULL), LOCI_OK);
    size_t size;
    void *bytes = saved(part, &size);
    loci_readout_free(part);
    assert_int_equal(loci_readout_load(&part, NULL, NULL, bytes, size, NULL, NULL), LOCI_OK);
    free(bytes);
    assert_int_equal(loci_readout_widths(part, 1, found, NULL), LOCI_OK);
    assert_memory_equal(found, wide, sizeof wide);
    assert_int_equal(loci_readout_solve(whole, NULL), LOCI_OK);
    loci_readout *fork;
    assert_int_equal(loci_readout_copy(&fork, part, NULL), LOCI_OK);
    assert_int_equal(loci_readout_solve(fork, NULL), LOCI_OK);
    same(whole, fork);
    assert_true(loci_readout_inspect(whole).fingerprint == loci_readout_inspect(fork).fingerprint);
    loci_readout_free(whole), loci_readout_free(part), loci_readout_free(fork);
}

static void near_forecasts(loci_readout *a, loci_readout *b, double tolerance)
{
    double y[2][7];
    for (size_t c = 0; c < C; c++) {
        assert_int_equal(loci_readout_forecast(a, c, y[0], NULL, NULL, NULL), LOCI_OK);
        assert_int_equal(loci_readout_forecast(b, c, y[1], NULL, NULL, NULL), LOCI_OK);
        for (size_t j = 0; j < 7; j++)
            assert_near(y[0][j], y[1][j], tolerance * (1.0 + fabs(y[1][j])), "channel %zu, ahead %zu", c,
                        j + 1);
    }
    assert_true(loci_readout_inspect(a).windows == loci_readout_inspect(b).windows);
}

/* Of another order, from the same samples: the bits of one that was pushed them. */
static void copied_as(void **state)
{
    (void)state;
    double u[N * C];
    signals(u, N);
    for (int own = 0; own < 2; own++) {
        loci_readout *r = made(own, 9), *other = made(!own, 4), *fork = NULL;
        loci_readout_spec spec = *loci_readout_spec_of(other);
        loci_error error;
        assert_int_equal(loci_readout_push(r, u, 500, NULL), LOCI_OK);
        assert_int_equal(loci_readout_solve(r, NULL), LOCI_OK);
        assert_int_equal(loci_readout_copy_as(&fork, r, &spec, NULL), LOCI_OK);
        assert_false(loci_readout_inspect(fork).solved);
        assert_int_equal(loci_readout_push(fork, u + 500 * C, N - 500, NULL), LOCI_OK);
        assert_int_equal(loci_readout_push(other, u, N, NULL), LOCI_OK);
        assert_int_equal(loci_readout_solve(fork, NULL), LOCI_OK);
        assert_int_equal(loci_readout_solve(other, NULL), LOCI_OK);
        assert_true(loci_readout_inspect(fork).fingerprint == loci_readout_inspect(other).fingerprint);
        loci_readout_free(fork);
        spec.window--;
        assert_int_equal(loci_readout_copy_as(&fork, r, &spec, &error), LOCI_E_MISMATCH);
        assert_int_equal(loci_readout_part(r, NULL), LOCI_OK);
        spec.window++;
        assert_int_equal(loci_readout_copy_as(&fork, r, &spec, &error), LOCI_E_MISMATCH);
        assert_non_null(strstr(error.text, "more than one history"));
        loci_readout_free(r);
        loci_readout_free(other);
    }
}

/* Two histories learned apart and added, or one after the other in one readout; and one history that was cut, added with what
 * lies across: also where a part is shorter than a window. */
static void adding(void **state)
{
    (void)state;
    double u[N * C];
    signals(u, N);
    const size_t places[] = {350, 3, 29, 30, 31, 695, 680, 1};
    for (size_t p = 0; p < sizeof places / sizeof *places; p++)
        for (int follows = 0; follows < 2; follows++) {
            const size_t cut = places[p];
            loci_readout *whole = made(0, 10), *first = made(0, 10), *second = NULL;
            const loci_readout_spec spec = loci_readout_inspect(whole).spec;
            const double other[C] = {2.0, 3.0}; /* of its own scale, which is made up for */
            assert_int_equal(loci_readout_create(&second, &spec, other, NULL), LOCI_OK);
            loci_readout_push(whole, u, cut, NULL);
            if (!follows) assert_int_equal(loci_readout_part(whole, NULL), LOCI_OK);
            loci_readout_push(whole, u + cut * C, N - cut, NULL);
            loci_readout_push(first, u, cut, NULL);
            loci_readout_push(second, u + cut * C, N - cut, NULL);
            assert_int_equal(loci_readout_add(first, second, follows, NULL), LOCI_OK);
            for (int which = 0; which < 2 && !follows;
                 which++) { /* both go on from the same samples, too few for a window */
                loci_readout *r = which ? first : whole;
                loci_readout_part(r, NULL);
                loci_readout_push(r, u + (N - 24) * C, 24, NULL);
            }
            assert_int_equal(loci_readout_solve(whole, NULL), LOCI_OK);
            assert_int_equal(loci_readout_solve(first, NULL), LOCI_OK);
            near_forecasts(first, whole, 1e-12);
            if (follows) { /* and it goes on */
                loci_readout_push(whole, u, 50, NULL);
                loci_readout_push(first, u, 50, NULL);
                loci_readout_solve(whole, NULL);
                loci_readout_solve(first, NULL);
                near_forecasts(first, whole, 1e-12);
            }
            loci_readout_free(whole), loci_readout_free(first), loci_readout_free(second);
        }
    loci_error error;
    loci_readout *a = made(0, 10), *b = made(0, 9);
    assert_int_equal(loci_readout_add(a, b, 0, &error), LOCI_E_MISMATCH);
    assert_string_equal(error.text, "order is 10 in the one and 9 in the other; the same was expected");
    loci_readout_free(a), loci_readout_free(b);
}

/* Forgotten altogether, only what came later counts (but for the deviation, which matters to a ridge alone); kept altogether, nothing
 * changes. */
static void forgetting(void **state)
{
    (void)state;
    double u[N * C];
    signals(u, N);
    loci_readout *a = made_with(1, 10, 0.0), *b = made_with(1, 10, 0.0), *kept = made(1, 10);
    loci_readout_push(a, u, 300, NULL);
    assert_int_equal(loci_readout_forget(a, 0.0, NULL), LOCI_OK);
    loci_readout_push(a, u + 300 * C, N - 300, NULL);
    loci_readout_push(b, u + 270 * C, N - 270, NULL); /* windows that end after sample 300 begin at 270 */
    loci_readout_solve(a, NULL), loci_readout_solve(b, NULL);
    near_forecasts(a, b, 1e-11);
    loci_readout_push(kept, u, 300, NULL);
    loci_readout_forget(kept, 1.0, NULL);
    loci_readout_push(kept, u + 300 * C, N - 300, NULL);
    loci_readout_free(a);
    a = made(1, 10);
    loci_readout_push(a, u, N, NULL);
    loci_readout_solve(a, NULL), loci_readout_solve(kept, NULL);
    near_forecasts(a, kept, 1e-12);
    assert_int_equal(loci_readout_forget(a, 1.5, NULL), LOCI_E_ARGUMENT);
    loci_readout_free(a), loci_readout_free(b), loci_readout_free(kept);
}

/* A sum of sines is foretold as far as rounding lets it: a constant, too. Moved and stretched, the forecast is so too. */
static void exact(void **state)
{
    (void)state;
    loci_readout *r = NULL;
    const loci_readout_spec spec = {
        .size = sizeof spec, .channels = 2, .window = 20, .order = 20, .horizon = 40, .ridge = 1e-13};
    assert_int_equal(loci_readout_create(&r, &spec, NULL, NULL), LOCI_OK);
    double u[2], y[40], lower[80], upper[80];
    for (size_t t = 0; t < 900; t++) {
        u[0] = sin(0.5 * (double)t) + 0.5 * cos(1.3 * (double)t);
        u[1] = 7.25;
        assert_int_equal(loci_readout_push(r, u, 1, NULL), LOCI_OK);
    }
    assert_int_equal(loci_readout_solve(r, NULL), LOCI_OK);
    assert_int_equal(loci_readout_forecast(r, 0, y, lower, upper, NULL), LOCI_OK);
    for (size_t j = 0; j < 40; j++) {
        const double t = (double)(900 + j);
        assert_near(y[j], sin(0.5 * t) + 0.5 * cos(1.3 * t), 1e-5, "ahead %zu", j + 1);
        assert_true(lower[j] == y[j] && upper[40 + j] == y[j]);
    }
    assert_int_equal(loci_readout_forecast(r, 1, y, NULL, NULL, NULL), LOCI_OK);
    for (size_t j = 0; j < 40; j++) assert_near(y[j], 7.25, 1e-6, "the constant");
    loci_readout_free(r);
}

/* Errors, sizes and hits counted by hand; widths that follow a noise that doubles. */
static void walking(void **state)
{
    (void)state;
    enum { T = 6000, H = 3, W = 4 };
    static double x[T];
    uint64_t seed = 77;
    for (size_t t = 0; t < T; t++) x[t] = draw(&seed) * (t > 3000 ? 2.0 : 1.0);
    loci_readout *r = NULL;
    const loci_readout_spec spec = {
        .size = sizeof spec, .channels = 1, .window = W, .order = 0, .horizon = H};
    assert_int_equal(loci_readout_create(&r, &spec, NULL, NULL), LOCI_OK);
    assert_int_equal(loci_readout_solve(r, NULL), LOCI_OK);
    double sums[5][H] = {{0}}, widths[2 * H], square[H] = {0}, absolute[H] = {0};
    const loci_readout_score score = {sizeof score, sums[0], sums[1], sums[2], sums[3], sums[4]};
    assert_int_equal(loci_readout_walk(r, 0, &score, x, T, 2000, NULL), LOCI_OK);
    for (size_t t = 2000; t < T; t++)
        for (size_t j = 0; j < H && t + H < T; j++) {
            const double e = x[t + 1 + j] - x[t];
            square[j] += e * e;
            absolute[j] += fabs(e);
        }
    loci_readout_widths(r, 0, widths, NULL);
    for (size_t j = 0; j < H; j++) {
        assert_true(sums[0][j] == (double)(T - 2000 - H));
        /* in single precision: 4 2^-24 each, at errors of up to 4 */
        assert_near(sums[1][j], square[j], 4000 * 8 * 0x1p-22, "squares ahead %zu", j + 1);
        assert_near(sums[2][j], absolute[j], 4000 * 0x1p-22, "sizes ahead %zu", j + 1);
        assert_near(sums[3][j] / sums[0][j], 0.8, 0.03, "80 %% ahead %zu", j + 1);
        assert_near(sums[4][j] / sums[0][j], 0.95, 0.02, "95 %% ahead %zu", j + 1);
        /* differences of two uniform numbers in (-2, 2): within 4 (1 - sqrt(1 - share)) */
        assert_near(widths[j], 4.0 * (1.0 - sqrt(0.2)), 0.4, "width of 80 ahead %zu", j + 1);
        assert_near(widths[H + j], 4.0 * (1.0 - sqrt(0.05)), 0.5, "width of 95 ahead %zu", j + 1);
    }
    /* errors alone: the same, and no width moves */
    double plain[3][H] = {{0}}, after[2 * H];
    const loci_readout_score errors = {sizeof errors, plain[0], plain[1], plain[2], NULL, NULL};
    assert_int_equal(loci_readout_walk(r, 0, &errors, x, T, 2000, NULL), LOCI_OK);
    for (size_t j = 0; j < H; j++) {
        assert_true(plain[0][j] == sums[0][j]);
        assert_near(plain[1][j], sums[1][j], 4000 * 8 * 0x1p-22, "squares alone"); /* of other blocks */
        assert_near(plain[2][j], sums[2][j], 4000 * 0x1p-22, "sizes alone");
    }
    loci_readout_widths(r, 0, after, NULL);
    assert_memory_equal(after, widths, sizeof widths);
    loci_error error;
    assert_int_equal(loci_readout_walk(r, 0, NULL, x, T, 2, &error), LOCI_E_ARGUMENT);
    loci_readout_free(r);
}

/* The errors on the windows learned from, one after the other; of one readout and of two that were added. */
static void fitted(void **state)
{
    (void)state;
    enum { W = 24, H = 7, WINDOWS = N - W - H + 1, CUT = 300 };
    static double u[N * C], x[N], y[WINDOWS * H];
    signals(u, N);
    for (int kind = 0; kind < 8; kind++) {
        const int own = kind & 1, order = kind & 2 ? 0 : 9;
        loci_readout *r = made(own, (size_t)order), *rest = made(own, (size_t)order);
        const size_t cut = kind & 4 ? CUT : N;
        assert_int_equal(loci_readout_push(r, u, cut, NULL), LOCI_OK);
        assert_int_equal(loci_readout_push(rest, u + cut * C, N - cut, NULL), LOCI_OK);
        if (cut < N) assert_int_equal(loci_readout_add(r, rest, 1, NULL), LOCI_OK);
        assert_int_equal(loci_readout_solve(r, NULL), LOCI_OK);
        for (size_t c = 0; c < C; c++) {
            double fit[H], wanted[H] = {0};
            for (size_t t = 0; t < N; t++) x[t] = u[t * C + c];
            assert_int_equal(loci_readout_predict(r, c, y, x, WINDOWS, NULL), LOCI_OK);
            for (size_t k = 0; k < WINDOWS; k++)
                for (size_t j = 0; j < H; j++) {
                    const double e = x[k + W + j] - y[k * H + j];
                    wanted[j] += e * e / WINDOWS;
                }
            assert_int_equal(loci_readout_fit(r, c, fit, NULL), LOCI_OK);
            for (size_t j = 0; j < H; j++)
                assert_near(fit[j], wanted[j], 1e-8 * wanted[j], "kind %d channel %zu horizon %zu", kind, c,
                            j);
        }
        loci_error error;
        double fit[H];
        assert_int_equal(loci_readout_fit(r, C, fit, &error), LOCI_E_RANGE);
        loci_readout_free(r);
        loci_readout_free(rest);
    }
    loci_readout *none = made(0, 9);
    double fit[H];
    loci_error error;
    assert_int_equal(loci_readout_push(none, u, 30, NULL), LOCI_OK);
    assert_int_equal(loci_readout_fit(none, 0, fit, &error), LOCI_E_VALUE);
    assert_non_null(strstr(error.text, "30 samples are too few"));
    loci_readout_free(none);
}

/* A day in noise, under a trend; a random walk and noise alone, which have none; a beat and its half. */
static void seasons(void **state)
{
    (void)state;
    enum { T = 3000 };
    static double x[5][T];
    uint64_t seed = 3;
    double walk = 0.0;
    for (size_t t = 0; t < T; t++) {
        const double noise = draw(&seed), day = sin((double)t * 6.283185307179586 / 24.0);
        walk += noise;
        x[0][t] = day + 0.5 * noise + 1e-3 * (double)t;
        x[1][t] = walk;
        x[2][t] = noise;
        x[3][t] = day + 0.8 * (double)(t % 168 < 48) + 0.1 * noise; /* weeks */
        x[4][t] = 5.0;
    }
    const size_t wanted[5] = {24, 0, 0, 168, 0};
    for (size_t i = 0; i < 5; i++) {
        size_t season = 99;
        assert_int_equal(loci_readout_season(&season, x[i], T, 400, NULL), LOCI_OK);
        assert_int_equal(season, wanted[i]);
    }
}

static void refusals(void **state)
{
    (void)state;
    loci_error error;
    loci_readout *r = NULL;
    const struct {
        loci_readout_spec spec;
        const char *text;
    } wrong[] = {
        {{.channels = 0, .window = 5, .order = 2, .horizon = 1}, "channels is 0; 1 to 65535 was expected"},
        {{.channels = 1, .window = 0, .order = 2, .horizon = 1}, "window is 0; 1 to 8192 was expected"},
        {{.channels = 1, .window = 5, .order = 6, .horizon = 1}, "order is 6; 0 to 5 was expected"},
        {{.channels = 1, .window = 5, .order = 2, .horizon = 0}, "horizon is 0; 1 to 4096 was expected"},
        {{.channels = 1, .window = 5, .order = 2, .horizon = 1, .ridge = -1},
         "ridge is -1; 0 to 1e100 was expected"},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        loci_readout_spec spec = wrong[i].spec;
        spec.size = sizeof spec;
        assert_int_equal(loci_readout_create(&r, &spec, NULL, &error), LOCI_E_ARGUMENT);
        assert_string_equal(error.text, wrong[i].text);
    }
    r = made(0, 3);
    double u[N * C], y[7];
    signals(u, N);
    assert_int_equal(loci_readout_solve(r, &error), LOCI_E_VALUE);
    assert_string_equal(
        error.text,
        "0 samples are too few to learn from; 31, a window of 24 and a horizon of 7, were expected");
    assert_int_equal(loci_readout_forecast(r, 0, y, NULL, NULL, &error), LOCI_E_VALUE);
    u[50 * C + 1] = NAN;
    assert_int_equal(loci_readout_push(r, u, 60, &error), LOCI_E_VALUE);
    assert_string_equal(error.text, "sample 50 of channel 1 is nan; a number within 1e150 was expected");
    assert_int_equal(loci_readout_inspect(r).samples, 50);
    assert_int_equal(loci_readout_forecast(r, 2, y, NULL, NULL, &error), LOCI_E_RANGE);
    /* every byte counts */
    loci_readout_solve(r, NULL);
    size_t size;
    unsigned char *bytes = saved(r, &size);
    loci_readout *other = NULL;
    for (size_t i = 0; i < size; i++) {
        bytes[i] ^= 0x10;
        assert_int_equal(loci_readout_load(&other, NULL, NULL, bytes, size, NULL, NULL), LOCI_E_FORMAT);
        bytes[i] ^= 0x10;
    }
    for (size_t i = 0; i < size; i += 7)
        assert_int_equal(loci_readout_load(&other, NULL, NULL, bytes, i, NULL, NULL), LOCI_E_FORMAT);
    free(bytes);
    loci_readout_free(r);
}

/* Far from 0, where a rounding of x is as large as its changes; and what is missing is missing only where it is looked at. */
static void far_from_zero(void **state)
{
    (void)state;
    enum { W = 6, H = 2, WINDOWS = 1000, SAMPLES = W - 1 + WINDOWS };
    static double x[SAMPLES], y[WINDOWS * H], last[H];
    for (size_t t = 0; t < SAMPLES; t++) x[t] = 9e15 + (double)(t % 3);
    const loci_readout_spec spec = {
        .size = sizeof spec, .channels = 1, .window = W, .order = W, .horizon = H, .ridge = 1e-9};
    loci_readout *r = NULL;
    assert_int_equal(loci_readout_create(&r, &spec, NULL, NULL), LOCI_OK);
    assert_int_equal(loci_readout_push(r, x, SAMPLES, NULL), LOCI_OK);
    assert_int_equal(loci_readout_solve(r, NULL), LOCI_OK);
    assert_int_equal(loci_readout_forecast(r, 0, last, NULL, NULL, NULL), LOCI_OK);
    for (int missing = 0; missing < 2; missing++) {
        if (missing) x[W - 1] = NAN, x[400] = INFINITY;
        assert_int_equal(loci_readout_predict(r, 0, y, x, WINDOWS, NULL), LOCI_OK);
        for (size_t k = 0; k < WINDOWS; k++)
            for (size_t j = 0; j < H; j++) {
                const double wanted = 9e15 + (double)((W + k + j) % 3), got = y[k * H + j];
                if (missing && (k < W || (k <= 400 && 400 < k + W)))
                    assert_true(!(fabs(got) < 1e300));
                else
                    assert_near(got, wanted, 0, "window %zu, ahead %zu", k, j + 1);
                if (!missing && k == WINDOWS - 1) assert_near(got, last[j], 0, "as the forecast");
            }
    }
    loci_readout_free(r);
}

/* Windows are foretold in blocks; what is in none of a row's window leaves it as it is. */
static void an_outlier_is_in_its_windows_alone(void **state)
{
    (void)state;
    enum { W = 16, WINDOWS = 300, SAMPLES = W - 1 + WINDOWS };
    static double x[SAMPLES], y[WINDOWS], with[WINDOWS];
    for (size_t t = 0; t < SAMPLES; t++) x[t] = sin((double)t / 3);
    const loci_readout_spec spec = {
        .size = sizeof spec, .channels = 1, .window = W, .order = W, .horizon = 1, .ridge = 1e-6};
    loci_readout *r = NULL;
    assert_int_equal(loci_readout_create(&r, &spec, NULL, NULL), LOCI_OK);
    assert_int_equal(loci_readout_push(r, x, SAMPLES, NULL), LOCI_OK);
    assert_int_equal(loci_readout_solve(r, NULL), LOCI_OK);
    assert_int_equal(loci_readout_predict(r, 0, y, x, WINDOWS, NULL), LOCI_OK);
    x[W - 1] = 1e20;
    assert_int_equal(loci_readout_predict(r, 0, with, x, WINDOWS, NULL), LOCI_OK);
    for (size_t k = W; k < WINDOWS; k++) assert_near(with[k], y[k], 1e-12, "window %zu", k);
    loci_readout_free(r);
}

/* Each is taken as (u - origin) / scale and back: four roundings of numbers not much larger than the sample and the first one. */
static void newest_are_those_pushed(void **state)
{
    (void)state;
    double u[N * C], x[24 + 7 - 1];
    signals(u, N);
    loci_readout *r = made(0, 8);
    assert_int_equal(loci_readout_newest(r, 0, x), 0);
    for (size_t n = 0, some = 1; n < N; n += some, some = some % 11 + 1) {
        if (n + some > N) some = N - n;
        assert_int_equal(loci_readout_push(r, u + n * C, some, NULL), LOCI_OK);
        const size_t all = n + some, count = all < 30 ? all : 30;
        for (size_t c = 0; c < C; c++) {
            assert_int_equal(loci_readout_newest(r, c, x), count);
            for (size_t k = 0; k < count; k++) {
                const double truth = u[(all - count + k) * C + c];
                assert_true(fabs(x[k] - truth) <= 4 * 0x1p-53 * (fabs(truth) + 2 * fabs(u[c])));
            }
        }
    }
    assert_int_equal(loci_readout_newest(r, 1, NULL), 30);
    assert_int_equal(loci_readout_newest(r, C, x), 0);
    assert_int_equal(loci_readout_part(r, NULL), LOCI_OK);
    assert_int_equal(loci_readout_newest(r, 0, x), 0);
    assert_int_equal(loci_readout_push(r, u, 5, NULL), LOCI_OK);
    assert_int_equal(loci_readout_newest(r, 0, x), 5);
    loci_readout_free(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(written_out),
                                       cmocka_unit_test(cuts),
                                       cmocka_unit_test(adding),
                                       cmocka_unit_test(copied_as),
                                       cmocka_unit_test(forgetting),
                                       cmocka_unit_test(exact),
                                       cmocka_unit_test(walking),
                                       cmocka_unit_test(seasons),
                                       cmocka_unit_test(refusals),
                                       cmocka_unit_test(fitted),
                                       cmocka_unit_test(far_from_zero),
                                       cmocka_unit_test(newest_are_those_pushed),
                                       cmocka_unit_test(an_outlier_is_in_its_windows_alone)};
    return cmocka_run_group_tests_name("readout", tests, NULL, NULL);
}
