/* SPDX-License-Identifier: MIT
 * test_s4d.c - the S4D mixer, and its block against the published one; gradients, steps, lengths, other rates, uneven steps. */
#include "base/each_precision.h"

#include "layers.h"

#define FILE_S4D "layer_s4d.npz"

static void into(real *x, const char *name, size_t B, size_t H, size_t L)
{
    loci_array a = golden(FILE_S4D, name); /* [B][H][L] */
    for (size_t i = 0; i < B * H * L; i++) x[place(H, L, i / L / H, i % L, i / L % H)] = (real)a.data[i];
    loci_array_free(&a);
}

static void near(const real *x, const char *name, size_t B, size_t H, size_t L, double tolerance)
{
    loci_array a = golden(FILE_S4D, name);
    for (size_t i = 0; i < B * H * L; i++)
        assert_near(x[place(H, L, i / L / H, i % L, i / L % H)], a.data[i], tolerance, "%s[%zu]", name, i);
    loci_array_free(&a);
}

/* Steps so large that modes turn and fade within a few samples. */
static loci_s4d_options options_of(size_t N, loci_discretization discretization)
{
    return (loci_s4d_options){N, discretization, 0.05, 0.5, LOCI_SSM_INIT_DEFAULT};
}

static loci_layer *mixer(const char *name, size_t H, size_t N, loci_discretization discretization)
{
    loci_layer *layer;
    loci_error error;
    const loci_s4d_options options = options_of(N, discretization);
    if (loci_s4d_create(&layer, NULL, name, H, &options, &error)) fail_msg("%s", error.text);
    return layer;
}

static void is_the_published_one(void **state)
{
    (void)state;
    enum { B = 2, H = 6, N = 16, L = 96 };
    loci_layer *layer = s4d_block("", H, options_of(N, LOCI_ZOH), 0, 0);
    bench t;
    bench_open(&t, layer, B, L);
    char name[128];
    for (size_t k = 0; k < layer->parameters; k++) {
        const loci_parameter *q = &layer->parameter[k];
        snprintf(name, sizeof name, "w.%s", q->name);
        loci_array a = golden(FILE_S4D, name);
        assert_int_equal(a.dimensions, q->dimensions);
        for (size_t i = 0; i < q->dimensions; i++) assert_int_equal(a.shape[i], q->shape[i]);
        for (size_t i = 0; i < q->count; i++) t.p[q->offset + i] = (real)a.data[i];
        loci_array_free(&a);
    }
    into(t.x, "x", B, H, L);
    into(t.dy, "G", B, H, L);
    loci_layer_prepare(layer, t.derived, t.p, 1);
    run_forward(&t, 0, 1);
    near(t.y, "y", B, H, L, LOCI_REAL_IS_DOUBLE ? 1e-11 : 1e-5);
    layer->class->backward(layer, t.derived, &t.pass, t.dx, t.gradient, NULL, t.dy, t.x, t.y, t.saved,
                           t.scratch);
    loci_layer_gather(layer, t.derived, t.dp, t.gradient, t.p);
    near(t.dx, "gx", B, H, L, LOCI_REAL_IS_DOUBLE ? 1e-10 : 1e-5);
    for (size_t k = 0; k < layer->parameters; k++) {
        const loci_parameter *q = &layer->parameter[k];
        snprintf(name, sizeof name, "g.%s", q->name);
        loci_array a = golden(FILE_S4D, name);
        double most = 0;
        for (size_t i = 0; i < q->count; i++) most = fmax(most, fabs(a.data[i]));
        for (size_t i = 0; i < q->count; i++)
            assert_near(t.dp[q->offset + i], a.data[i], (LOCI_REAL_IS_DOUBLE ? 1e-10 : 1e-4) * most,
                        "%s[%zu]", name, i);
        loci_array_free(&a);
    }
    bench_close(&t);
    loci_layer_free(layer);
}

static void passes_the_checks(void **state)
{
    (void)state;
    const size_t sizes[][2] = {{1, 2}, {3, 8}, {17, 4}};
    for (size_t i = 0; i < 3; i++)
        for (int bilinear = 0; bilinear < 2; bilinear++) {
            const loci_discretization discretization = bilinear ? LOCI_BILINEAR : LOCI_ZOH;
            loci_layer *layer = mixer("s4_layers.0", sizes[i][0], sizes[i][1], discretization);
            assert_string_equal(layer->parameter[1].name, "s4_layers.0.kernel.log_dt");
            check_layer(layer, 100 * LOCI_REAL_EPSILON);
            check_layer(
                s4d_block("s4_layers.0", sizes[i][0], options_of(sizes[i][1], discretization), 0.25, 0),
                100 * LOCI_REAL_EPSILON);
        }
}

/* The example's own size: sums of 64 modes, transforms of 1024 points. */
static void steps_agree_at_full_size(void **state)
{
    (void)state;
    loci_layer *layer = s4d_block("s4_layers.0", 128,
                                  (loci_s4d_options){64, LOCI_ZOH, 0.001, 0.1, LOCI_SSM_INIT_DEFAULT}, 0, 1);
    check_step(layer, 1, 1024, 300, LOCI_REAL_IS_DOUBLE ? 1e-12 : 2e-5);
    loci_layer_free(layer);
}

/* Every second sample at rate 2 sees what all samples, each sent twice, see at rate 1: zoh holds inputs. And one sample that
 * lasts two steps is two samples that last one. */
static void rates_and_uneven_steps(void **state)
{
    (void)state;
    enum { B = 2, H = 17, L = 40 };
    const double tolerance = 200 * LOCI_REAL_EPSILON;
    loci_layer *layer = s4d_block("s", H, options_of(8, LOCI_ZOH), 0, 0);
    assert_true(layer->flags & LOCI_LAYER_TAKES_STEPS);
    uint64_t seed = 21;
    bench fine, coarse, uneven;
    bench_open(&fine, layer, B, 2 * L);
    bench_open(&coarse, layer, B, L);
    bench_open(&uneven, layer, B, L);
    fill_parameters(fine.p, layer, &seed);
    /* no D: it is added once a sample */
    fill(coarse.x, B, L, H, &seed);
    for (size_t i = 0; i < B * L * H; i++) {
        const size_t b = i / H / L, l = i / H % L, h = i % H;
        const real u = coarse.x[place(H, L, b, l, h)];
        fine.x[place(H, 2 * L, b, 2 * l, h)] = fine.x[place(H, 2 * L, b, 2 * l + 1, h)] = u;
        uneven.x[place(H, L, b, l, h)] = u;
    }
    double dt[B * L];
    for (size_t i = 0; i < B * L; i++) dt[i] = 2;
    uneven.pass.dt = dt;
    loci_layer_prepare(layer, fine.derived, fine.p, 1);
    loci_layer_prepare(layer, coarse.derived, fine.p, 2);
    loci_layer_prepare(layer, uneven.derived, fine.p, 1);
    run_forward(&fine, 1, 0), run_forward(&coarse, 0, 0), run_forward(&uneven, 1, 0);
    real *y = some(2 * 2 * LANES, sizeof(real)), *x = some(2 * 2 * LANES, sizeof(real));
    real *states = some(2 * layer->state, sizeof(real)), *state_of[2] = {states, states + layer->state};
    for (size_t l = 0; l < L; l++) {
        for (size_t b = 0; b < B; b++)
            for (size_t h = 0; h < H; h++) x[place(H, B, 0, b, h)] = coarse.x[place(H, L, b, l, h)];
        const double two[B] = {2, 2};
        layer->class->step(layer, uneven.derived, y, x, B, two, state_of, uneven.scratch);
        for (size_t b = 0; b < B; b++)
            for (size_t h = 0; h < H; h++) {
                const real expected = fine.y[place(H, 2 * L, b, 2 * l + 1, h)];
                assert_near(coarse.y[place(H, L, b, l, h)], expected, tolerance, "rate 2, sample %zu", l);
                assert_near(uneven.y[place(H, L, b, l, h)], expected, tolerance, "steps of 2, sample %zu", l);
                assert_near(y[place(H, B, 0, b, h)], expected, tolerance, "step of 2, sample %zu", l);
            }
    }
    for (size_t i = 0; i < B * layer->state; i++)
        assert_near(uneven.states[i], fine.states[i], tolerance * 10, "state %zu", i);
    loci_free(x), loci_free(y), loci_free(states);
    bench_close(&fine), bench_close(&coarse), bench_close(&uneven);
    loci_layer_free(layer);
}

static void refuses_bad_options(void **state)
{
    (void)state;
    loci_layer *layer;
    loci_error error;
    const loci_s4d_options good = {4, LOCI_ZOH, 0.001, 0.1, LOCI_SSM_INIT_DEFAULT};
    loci_s4d_options bad = good;
    bad.order = 3;
    assert_int_equal(loci_s4d_create(&layer, NULL, "s", 1, &bad, &error), LOCI_E_ARGUMENT);
    bad = good, bad.discretization = LOCI_FOH;
    assert_int_equal(loci_s4d_create(&layer, NULL, "s", 1, &bad, &error), LOCI_E_UNSUPPORTED);
    bad = good, bad.dt_min = 0;
    assert_int_equal(loci_s4d_create(&layer, NULL, "s", 1, &bad, &error), LOCI_E_ARGUMENT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(is_the_published_one),     cmocka_unit_test(passes_the_checks),
        cmocka_unit_test(steps_agree_at_full_size), cmocka_unit_test(rates_and_uneven_steps),
        cmocka_unit_test(refuses_bad_options),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
