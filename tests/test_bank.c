/* SPDX-License-Identifier: MIT
 * test_bank.c - banks of oscillators: statistics against the recurrence written out in double; gradients, steps, lengths; any cut; rates. */
#include "base/each_precision.h"

#include "layers.h"

#include <complex.h>
#include <stdbool.h>

#include "base/random.h"
#include "layer/bank_loops.h"

static loci_layer *bank(size_t inputs, size_t modes, loci_statistics statistics, double span, uint64_t seed)
{
    loci_layer *layer;
    loci_error error;
    const loci_bank_options options = {statistics, span, seed};
    if (loci_bank_create(&layer, NULL, "bank_layers.0", inputs, modes, &options, &error))
        fail_msg("%s", error.text);
    return layer;
}

/* The recurrence as the definition has it, with the numbers that the seed gives. One input. */
static void is_its_recurrence(void **state)
{
    (void)state;
    enum { L = 700, M = 37 };
    const double pi = acos(-1), span = 200;
    uint64_t seed = 9;
    loci_layer *layer = bank(1, M, LOCI_STATISTICS_ALL, span, 4);
    assert_int_equal(layer->outputs, 3 * M);
    assert_string_equal(layer->parameter[0].name, "bank_layers.0.threshold");
    bench t;
    bench_open(&t, layer, 1, L);
    fill_parameters(t.p, layer, &seed);
    fill(t.x, 1, L, 1, &seed);
    loci_layer_prepare(layer, t.derived, t.p, 1);
    run_forward(&t, 0, 0);
    for (size_t m = 0; m < M; m++) {
        const uint64_t key = loci_random_key(loci_random_key(4, loci_random_stream("bank")), m);
        const double angle = pi / span * pow(span, loci_random_uniform(key, 0)),
                     lasts = fmin(pow(span, loci_random_uniform(key, 1)), 8 / angle),
                     phase = 2 * pi * loci_random_uniform(key, 2);
        double complex x = 0;
        double power = 0, last = 0;
        size_t above[2] = {0, 0}, near[2] = {0, 0};
        for (size_t l = 0; l < L; l++) {
            const double u = (double)t.x[place(1, L, 0, l, 0)], in = m % 2 ? u - last : u;
            x = cexp(-1 / lasts + angle * I) * x + (1 - exp(-1 / lasts)) * cexp(phase * I) * in;
            last = u;
            power += creal(x) * creal(x) + cimag(x) * cimag(x);
            for (size_t k = 0; k < 2; k++) {
                const double far = creal(x) - (double)t.p[k * M + m];
                above[k] += far > 0;
                near[k] += fabs(far) < 1e4 * (double)LOCI_REAL_EPSILON; /* where rounding may decide */
            }
        }
        for (size_t k = 0; k < 2; k++) {
            const double share = (double)t.y[place(3 * M, 1, 0, 0, 3 * m + k)];
            assert_near(share, (double)above[k] / L, ((double)near[k] + 0.01) / L, "share %zu of mode %zu", k,
                        m);
        }
        /* a state forgets its roundings in `lasts` samples, of a sum of L squares some L/2 add up */
        assert_near(t.y[place(3 * M, 1, 0, 0, 3 * m + 2)], log(power / L + 1e-10),
                    4 * sqrt(L) * (double)LOCI_REAL_EPSILON * sqrt(lasts), "power of mode %zu", m);
    }
    bench_close(&t);
    loci_layer_free(layer);
}

/* The loss of check_slopes: random weights of answers and of the final state. */
static double loss(bench *t, const real *first, const real *dy, const real *dstate)
{
    double sum = 0;
    memcpy(t->states, first, t->layer->state * sizeof(real));
    t->layer->class->forward(t->layer, t->derived, &t->pass, t->y, t->x, t->state, t->saved, t->scratch);
    for (size_t i = 0; i < t->out; i++) sum += (double)(dy[i] * t->y[i]);
    for (size_t i = 0; i < t->layer->state; i++) sum += (double)(dstate[i] * t->states[i]);
    return sum;
}

/* Central differences of step 1e-5 against the gradient, in double: rounding 1e-10, curvature less than 1e-6 where powers are not near 0,
 * which inputs around 1 make sure of. What is told of shares goes by steps, so powers alone are told. */
static void has_the_slopes(void **state)
{
    (void)state;
    enum { L = 40, C = 3, M = 17 };
    const double h = 1e-5;
    uint64_t seed = 21;
    if (!LOCI_REAL_IS_DOUBLE) return;
    loci_layer *layer = bank(C, M, LOCI_STATISTICS_POWER, 12, 6);
    bench t;
    bench_open(&t, layer, 1, L);
    fill(t.x, 1, L, C, &seed);
    for (size_t l = 0; l < L; l++)
        for (size_t c = 0; c < C; c++) t.x[place(C, L, 0, l, c)] += LOCI_REAL(2.0) * (real)(l % 2);
    loci_layer_prepare(layer, t.derived, t.p, 1);
    real *dy = some(t.out, sizeof(real)), *dstate = some(layer->state, sizeof(real)),
         *first = some(layer->state, sizeof(real));
    fill(dy, 1, 1, M, &seed);
    loss(&t, first, dy, dstate); /* a state that a run leaves is one to go on from */
    memcpy(first, t.states, layer->state * sizeof(real));
    for (size_t b = 0; b < loci_lane_blocks(M); b++) /* of oscillators and powers: counts have no slopes */
        for (size_t k = 0; k < 3; k++)
            for (size_t i = 0; i < LANES && b * LANES + i < M; i++)
                dstate[(b * LOCI_BANK_ROWS + k) * LANES + i] = (real)noise(&seed);
    for (size_t c = 0; c < C; c++) dstate[layer->state - LANES + c] = (real)noise(&seed);
    loss(&t, first, dy, dstate);
    memcpy(t.dy, dy, t.out * sizeof(real));
    memcpy(t.dstates, dstate, layer->state * sizeof(real));
    layer->class->backward(layer, t.derived, &t.pass, t.dx, t.gradient, t.dstate, t.dy, t.x, t.y, t.saved,
                           t.scratch);
    for (size_t l = 0; l < L; l++)
        for (size_t c = 0; c < C; c++) {
            real *const x = &t.x[place(C, L, 0, l, c)], was = *x;
            *x = was + (real)h;
            const double up = loss(&t, first, dy, dstate);
            *x = was - (real)h;
            const double slope = (up - loss(&t, first, dy, dstate)) / (2 * h);
            *x = was;
            assert_near(t.dx[place(C, L, 0, l, c)], slope, 1e-6 * (1 + fabs(slope)), "dx[%zu][%zu]", l, c);
        }
    for (size_t i = 0; i < layer->state; i++) {
        const size_t row = i / LANES % LOCI_BANK_ROWS;
        const bool last = i >= layer->state - LANES, mode = i < layer->state - 2 * LANES && row < 3;
        if (!(last && i < layer->state - LANES + C) && !(mode && first[i] != 0)) continue;
        const real was = first[i];
        first[i] = was + (real)h;
        const double up = loss(&t, first, dy, dstate);
        first[i] = was - (real)h;
        const double slope = (up - loss(&t, first, dy, dstate)) / (2 * h);
        first[i] = was;
        assert_near(t.dstates[i], slope, 1e-6 * (1 + fabs(slope)), "dstate[%zu]", i);
    }
    loci_free(dy), loci_free(dstate), loci_free(first);
    bench_close(&t);
    loci_layer_free(layer);
}

static void passes_the_checks(void **state)
{
    (void)state;
    const size_t sizes[][2] = {{1, 1}, {3, 17}, {20, 40}};
    for (size_t i = 0; i < 3; i++)
        for (int told = LOCI_STATISTICS_ALL; told <= LOCI_STATISTICS_POWER; told++) {
            loci_layer *layer = bank(sizes[i][0], sizes[i][1], (loci_statistics)told, 12, i);
            assert_int_equal(layer->outputs, sizes[i][1] * loci_bank_features((loci_statistics)told));
            check_step(layer, 3, 70, 13, 0);
            check_step(layer, 1, 2, 1, 0);
            check_lengths(layer, 9, 0);
            loci_layer_free(layer);
        }
}

/* However the samples are cut, bit by bit, also across the places where sums are carried on. */
static void any_cut_gives_the_same_bits(void **state)
{
    (void)state;
    enum { L = 1300, C = 18, M = 20 };
    static const size_t cuts[] = {1, 7, 255, 256, 257, 400, 124};
    uint64_t seed = 5;
    loci_layer *layer = bank(C, M, LOCI_STATISTICS_ALL, 300, 1);
    bench t, piece;
    bench_open(&t, layer, 1, L);
    bench_open(&piece, layer, 1, L);
    fill_parameters(t.p, layer, &seed);
    fill(t.x, 1, L, C, &seed);
    loci_layer_prepare(layer, t.derived, t.p, 1);
    memset(t.states, 0, layer->state * sizeof(real));
    layer->class->forward(layer, t.derived, &t.pass, t.y, t.x, t.state, NULL, t.scratch);
    memset(piece.states, 0, layer->state * sizeof(real));
    size_t at = 0;
    for (size_t i = 0; i < sizeof cuts / sizeof *cuts; at += cuts[i++]) {
        const loci_pass pass = {.B = 1, .L = cuts[i]};
        for (size_t l = 0; l < cuts[i]; l++)
            for (size_t c = 0; c < C; c++)
                piece.x[place(C, cuts[i], 0, l, c)] = t.x[place(C, L, 0, at + l, c)];
        layer->class->forward(layer, t.derived, &pass, piece.y, piece.x, piece.state, NULL, piece.scratch);
    }
    assert_int_equal(at, L);
    assert_memory_equal(t.y, piece.y, t.out * sizeof(real));
    assert_memory_equal(t.states, piece.states, layer->state * sizeof(real));
    bench_close(&t);
    bench_close(&piece);
    loci_layer_free(layer);
}

/* A count that a float no longer holds by itself, where it goes on from one of its two numbers into the other: shares stay shares. */
static void counts_for_ever(void **state)
{
    (void)state;
    enum { L = 1024, M = 20, BLOCKS = (M + LANES - 1) / LANES };
    static const double turns[] = {3, 1048575, 16777214}; /* of 2^20 samples */
    loci_layer *layer = bank(1, M, LOCI_STATISTICS_SHARES, 100, 1);
    bench t;
    uint64_t seed = 3;
    bench_open(&t, layer, 1, L);
    fill_parameters(t.p, layer, &seed);
    fill(t.x, 1, L, 1, &seed);
    loci_layer_prepare(layer, t.derived, t.p, 1);
    for (size_t k = 0; k < sizeof turns / sizeof *turns; k++) {
        memset(t.states, 0, layer->state * sizeof(real));
        real *const row = t.states + BLOCKS * LOCI_BANK_ROWS * LANES;
        row[0] = 1048576 - 256, row[1] = (real)turns[k];
        for (size_t b = 0; b < BLOCKS; b++) /* half of them above each threshold */
            for (size_t i = 0; i < LANES; i++)
                for (size_t s = 2; s < 6; s += 2)
                    t.states[(b * LOCI_BANK_ROWS + LOCI_BANK_SUMS + s) * LANES + i] =
                        (real)((turns[k] + 1) * 524288);
        layer->class->forward(layer, t.derived, &t.pass, t.y, t.x, t.state, NULL, t.scratch);
        assert_true(row[0] == 768 && (double)row[1] == turns[k] + 1);
        for (size_t c = 0; c < layer->outputs; c++)
            assert_near(t.y[place(layer->outputs, 1, 0, 0, c)], 0.5, 1e-3, "output %zu after %g turns", c,
                        turns[k]);
    }
    bench_close(&t);
    loci_layer_free(layer);
}

/* A signal at half the rate tells much the same at steps of two. */
static void another_rate(void **state)
{
    (void)state;
    enum { L = 4000, M = 64 };
    loci_layer *layer = bank(1, M, LOCI_STATISTICS_POWER, 400, 2);
    bench full, half;
    bench_open(&full, layer, 1, L);
    bench_open(&half, layer, 1, L / 2);
    memset(full.x, 0, full.in * sizeof(real));
    memset(half.x, 0, half.in * sizeof(real));
    for (size_t l = 0; l < L; l++) {
        const real u = (real)(sin(0.02 * (double)l) + sin(0.05 * (double)l));
        full.x[place(1, L, 0, l, 0)] = u;
        if (l % 2) half.x[place(1, L / 2, 0, l / 2, 0)] = u;
    }
    loci_layer_prepare(layer, full.derived, full.p, 1);
    loci_layer_prepare(layer, half.derived, full.p, 2);
    run_forward(&full, 0, 0);
    run_forward(&half, 0, 0);
    size_t like = 0;
    for (size_t m = 0; m < M; m++)
        like += fabs((double)(full.y[place(M, 1, 0, 0, m)] - half.y[place(M, 1, 0, 0, m)])) < 0.3;
    assert_true(like > 3 * M / 4); /* the quick ones turn too far in two samples */
    bench_close(&full);
    bench_close(&half);
    loci_layer_free(layer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(is_its_recurrence), cmocka_unit_test(has_the_slopes),
        cmocka_unit_test(passes_the_checks), cmocka_unit_test(any_cut_gives_the_same_bits),
        cmocka_unit_test(another_rate),      cmocka_unit_test(counts_for_ever),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
