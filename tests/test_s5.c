/* SPDX-License-Identifier: MIT
 * test_s5.c - the S5 mixer against the published one, one way and both, held, bilinear and liquid, with even, other and uneven
 * steps; gradients, steps, lengths, initial values. */
#include "base/each_precision.h"

#include "layers.h"

#include "hippo/normal.h"

enum { H = 4, P = 8, L = 50, PADDED = 16 };

static loci_s5_options options_of(size_t order, size_t blocks, loci_discretization discretization, int liquid)
{
    return (loci_s5_options){order, blocks, discretization, 0.05, 0.5, liquid};
}

static loci_layer *mixer(const char *name, size_t channels, loci_s5_options options)
{
    loci_layer *layer;
    loci_error error;
    if (loci_s5_create(&layer, NULL, name, channels, &options, &error)) fail_msg("%s", error.text);
    return layer;
}

/* ---- the published numbers ---- */

static const loci_parameter *named(const loci_layer *layer, const char *part, int second)
{
    for (size_t k = 0; k < layer->parameters; k++)
        if (strcmp(layer->parameter[k].name, part) == 0 && second-- == 0) return &layer->parameter[k];
    fail_msg("there is no parameter %s", part);
    return NULL;
}

/* All eigenvalues are kept there, without a 2: C is half of theirs. Of two directions they share all but C and D. */
static void take_parameters(bench *t, const char *file, int both)
{
    loci_array a = golden(file, "w.Lambda"), b = golden(file, "w.B"), c = golden(file, "w.C"),
               d = golden(file, "w.D"), step = golden(file, "w.log_step");
    for (int way = 0; way <= both; way++) {
        real *re = t->p + named(t->layer, "log_Lambda_re", way)->offset,
             *im = t->p + named(t->layer, "Lambda_im", way)->offset,
             *B = t->p + named(t->layer, "B", way)->offset, *C = t->p + named(t->layer, "C", way)->offset,
             *D = t->p + named(t->layer, "D", way)->offset,
             *s = t->p + named(t->layer, "log_step", way)->offset;
        for (size_t n = 0; n < P; n++) {
            re[n] = (real)log(-a.data[2 * n]), im[n] = (real)a.data[2 * n + 1];
            s[n] = (real)step.data[n];
        }
        for (size_t i = 0; i < 2 * P * H; i++) B[i] = (real)b.data[i];
        for (size_t h = 0; h < H; h++) {
            for (size_t i = 0; i < 2 * P; i++)
                C[h * 2 * P + i] = (real)(0.5 * c.data[(h * (size_t)(1 + both) + (size_t)way) * 2 * P + i]);
            D[h] = way ? 0 : (real)d.data[h];
        }
    }
    loci_array_free(&a), loci_array_free(&b), loci_array_free(&c), loci_array_free(&d),
        loci_array_free(&step);
}

static void into(real *x, const char *file, const char *name)
{
    loci_array a = golden(file, name); /* [L][H] */
    for (size_t i = 0; i < L * H; i++) x[place(H, L, 0, i / H, i % H)] = (real)a.data[i];
    loci_array_free(&a);
}

static void near(const real *x, const char *file, const char *name, double tolerance)
{
    loci_array a = golden(file, name);
    for (size_t i = 0; i < L * H; i++)
        assert_near(x[place(H, L, 0, i / H, i % H)], a.data[i], tolerance, "%s: %s[%zu]", file, name, i);
    loci_array_free(&a);
}

/* `found` [count] of this layer's gradient, of `part`, summed over the ways, each times `scale` [count]. */
static void gradient_near(const bench *t, const char *file, const char *name, const char *part, int both,
                          const double *scale, int of_c)
{
    loci_array a = golden(file, name);
    const size_t count = named(t->layer, part, 0)->count;
    double most = 0;
    for (size_t i = 0; i < count; i++) most = fmax(most, fabs(a.data[i]));
    for (int way = 0; way <= (of_c ? both : 0); way++)
        for (size_t i = 0; i < count; i++) {
            double found = 0, expected = a.data[i];
            for (int k = 0; k <= both; k++)
                if (!of_c || k == way) found += (double)t->dp[named(t->layer, part, k)->offset + i];
            if (of_c)
                expected = a.data[(i / (2 * P) * (size_t)(1 + both) + (size_t)way) * 2 * P + i % (2 * P)];
            if (strcmp(part, "D") == 0) found = (double)t->dp[named(t->layer, part, 0)->offset + i];
            if (strcmp(name, "g.Lambda") == 0) /* pairs there */
                expected = a.data[2 * i + (strcmp(part, "Lambda_im") == 0)];
            /* that of B came out rounded to single precision */
            const double fine = strcmp(part, "B") == 0 ? 6e-8 : 1e-10;
            assert_near(found * (scale ? scale[i] : 1), expected,
                        (LOCI_REAL_IS_DOUBLE ? fine : 1e-4) * (1 + most), "%s: %s of %s[%zu]", file, name,
                        part, i);
        }
    loci_array_free(&a);
}

static void check_published(const char *file, loci_discretization discretization, int both, int liquid)
{
    const loci_s5_options options = options_of(2 * P, 1, discretization, liquid);
    loci_layer *layer = mixer("", H, options);
    if (both) assert_int_equal(loci_both_create(&layer, layer, mixer("", H, options), NULL), LOCI_OK);
    const double tolerance = LOCI_REAL_IS_DOUBLE ? 1e-11 : 1e-5;
    bench t;
    bench_open(&t, layer, 1, L);
    take_parameters(&t, file, both);
    into(t.x, file, "x");
    into(t.dy, file, "dout");
    loci_layer_prepare(layer, t.derived, t.p, 1);
    run_forward(&t, 0, 1);
    near(t.y, file, "y", tolerance);
    layer->class->backward(layer, t.derived, &t.pass, t.dx, t.gradient, NULL, t.dy, t.x, t.y, t.saved,
                           t.scratch);
    loci_layer_gather(layer, t.derived, t.dp, t.gradient, t.p);
    near(t.dx, file, "gx", 10 * tolerance);
    double over[P], half[2 * P * H];
    for (size_t n = 0; n < P; n++) /* d re = d log / re */
        over[n] = -exp(-(double)t.p[named(layer, "log_Lambda_re", 0)->offset + n]);
    for (size_t i = 0; i < 2 * P * H; i++) half[i] = 0.5;
    gradient_near(&t, file, "g.Lambda", "log_Lambda_re", both, over, 0);
    gradient_near(&t, file, "g.Lambda", "Lambda_im", both, NULL, 0);
    gradient_near(&t, file, "g.B", "B", both, NULL, 0);
    gradient_near(&t, file, "g.C", "C", both, half, 1);
    gradient_near(&t, file, "g.D", "D", both, NULL, 0);
    gradient_near(&t, file, "g.log_step", "log_step", both, NULL, 0);
    loci_layer_prepare(layer, t.derived, t.p, 2);
    run_forward(&t, 0, 0);
    near(t.y, file, "y_rate2", tolerance);
    loci_layer_prepare(layer, t.derived, t.p, 1);
    if (!liquid) {
        loci_array scale = golden(file, "step_scale");
        t.pass.dt = scale.data;
        run_forward(&t, 0, 0);
        near(t.y, file, "y_irregular", tolerance);
        t.pass.dt = NULL;
        loci_array_free(&scale);
    }
    if (!both) {
        loci_array first = golden(file, "state0");
        for (size_t n = 0; n < P; n++) {
            t.state[0][n] = (real)first.data[2 * n];
            t.state[0][PADDED + n] = (real)first.data[2 * n + 1];
        }
        loci_array_free(&first);
        run_forward(&t, 1, 0);
        near(t.y, file, "y_step", tolerance);
    }
    bench_close(&t);
    loci_layer_free(layer);
}

static void is_the_published_one(void **state)
{
    (void)state;
    check_published("layer_s5_zoh.npz", LOCI_ZOH, 0, 0);
    check_published("layer_s5_bilinear.npz", LOCI_BILINEAR, 0, 0);
    check_published("layer_s5_zoh_bidir.npz", LOCI_ZOH, 1, 0);
    check_published("layer_s5_zoh_liquid.npz", LOCI_ZOH, 0, 1);
}

/* ---- forms ---- */

static loci_layer *block_of(size_t channels, loci_s5_options options)
{
    loci_layer *gated, *block;
    assert_int_equal(loci_half_gated_create(&gated, NULL, "s5_layers.0", channels, 0.25, 0, NULL), LOCI_OK);
    assert_int_equal(loci_chain_create(&block, mixer("s5_layers.0", channels, options), gated, NULL),
                     LOCI_OK);
    return block;
}

/* Sums of up to 40 modes. */
static void passes_the_checks(void **state)
{
    (void)state;
    const size_t sizes[][3] = {{1, 2, 1}, {3, 8, 2}, {17, 40, 4}};
    for (size_t i = 0; i < 3; i++)
        for (int bilinear = 0; bilinear < 2; bilinear++)
            for (int liquid = 0; liquid < 2; liquid++) {
                const loci_s5_options options =
                    options_of(sizes[i][1], sizes[i][2], bilinear ? LOCI_BILINEAR : LOCI_ZOH, liquid);
                loci_layer *layer = mixer("s5_layers.0", sizes[i][0], options);
                assert_string_equal(layer->parameter[1].name, "s5_layers.0.log_step");
                if (i < 2 || !liquid)
                    check_layer(layer, 100 * LOCI_REAL_EPSILON);
                else
                    loci_layer_free(layer);
                if (i == 1) check_layer(block_of(sizes[i][0], options), 100 * LOCI_REAL_EPSILON);
            }
}

/* Uneven steps, some of them 1: finite differences, step and cuts against forward, in bits. */
static void uneven_steps(void **state)
{
    (void)state;
    enum { B = 2, ROWS = 70, CUT = 33, WIDE = 3 };
    double dt[B * ROWS];
    uint64_t seed = 8;
    for (size_t i = 0; i < B * ROWS; i++) dt[i] = i % 7 < 2 ? 1 : exp(noise(&seed));
    const size_t length[B] = {ROWS / 2, ROWS};
    for (int bilinear = 0; bilinear < 2; bilinear++)
        for (int liquid = 0; liquid < 2; liquid++) {
            loci_layer *layer =
                mixer("s", WIDE, options_of(8, 1, bilinear ? LOCI_BILINEAR : LOCI_ZOH, liquid));
            loci_pass pass = {.B = B, .L = ROWS, .dt = dt};
            check_gradients(layer, &pass, 1);
            pass.length = length;
            check_gradients(layer, &pass, 0);
            bench whole, part, one;
            bench_open(&whole, layer, B, ROWS), bench_open(&part, layer, B, ROWS),
                bench_open(&one, layer, B, 1);
            fill_parameters(whole.p, layer, &seed);
            fill(whole.x, B, ROWS, WIDE, &seed);
            loci_layer_prepare(layer, whole.derived, whole.p, 1);
            loci_layer_prepare(layer, part.derived, whole.p, 1);
            loci_layer_prepare(layer, one.derived, whole.p, 1);
            whole.pass.dt = dt;
            run_forward(&whole, 1, 0);
            real *x = some(B * LANES, sizeof(real)), *y = some(B * LANES, sizeof(real));
            for (size_t l = 0; l < ROWS; l++) {
                double now[B];
                for (size_t b = 0; b < B; b++) {
                    now[b] = dt[b * ROWS + l];
                    for (size_t h = 0; h < WIDE; h++)
                        x[place(WIDE, B, 0, b, h)] = whole.x[place(WIDE, ROWS, b, l, h)];
                }
                layer->class->step(layer, one.derived, y, x, B, now, one.state, one.scratch);
                for (size_t b = 0; b < B; b++)
                    for (size_t h = 0; h < WIDE; h++)
                        assert_near(y[place(WIDE, B, 0, b, h)], whole.y[place(WIDE, ROWS, b, l, h)], 0,
                                    "step %zu of sequence %zu", l, b);
            }
            for (size_t from = 0; from < ROWS; from += CUT) { /* of sequence 1 alone */
                const size_t rows = ROWS - from < CUT ? ROWS - from : CUT;
                part.pass = (loci_pass){.B = 1, .L = rows, .dt = dt + ROWS + from};
                for (size_t l = 0; l < rows; l++)
                    for (size_t h = 0; h < WIDE; h++)
                        part.x[place(WIDE, rows, 0, l, h)] = whole.x[place(WIDE, ROWS, 1, from + l, h)];
                run_forward(&part, 1, 0);
                for (size_t l = 0; l < rows; l++)
                    for (size_t h = 0; h < WIDE; h++)
                        assert_near(part.y[place(WIDE, rows, 0, l, h)],
                                    whole.y[place(WIDE, ROWS, 1, from + l, h)], 0, "sample %zu of a cut", l);
            }
            for (size_t i = 0; i < layer->state; i++) {
                assert_near(one.state[1][i], whole.state[1][i], 0, "state %zu after steps", i);
                assert_near(part.state[0][i], whole.state[1][i], 0, "state %zu after cuts", i);
            }
            loci_free(x), loci_free(y);
            bench_close(&whole), bench_close(&part), bench_close(&one);
            loci_layer_free(layer);
        }
}

/* A sample that lasts two steps is two samples that last one, held: and so is one at rate 2. In phases of many turns too. */
static void long_steps(void **state)
{
    (void)state;
    enum { ROWS = 30, WIDE = 3 };
    loci_layer *layer = mixer("s", WIDE, options_of(8, 1, LOCI_ZOH, 0));
    uint64_t seed = 21;
    bench fine, coarse;
    bench_open(&fine, layer, 1, 2 * ROWS), bench_open(&coarse, layer, 1, ROWS);
    fill_parameters(fine.p, layer, &seed);
    real *im = fine.p + named(layer, "s.Lambda_im", 0)->offset;
    im[3] = 1000; /* up to 80 turns a step */
    fill(coarse.x, 1, ROWS, WIDE, &seed);
    for (size_t l = 0; l < ROWS; l++)
        for (size_t h = 0; h < WIDE; h++)
            fine.x[place(WIDE, 2 * ROWS, 0, 2 * l, h)] = fine.x[place(WIDE, 2 * ROWS, 0, 2 * l + 1, h)] =
                coarse.x[place(WIDE, ROWS, 0, l, h)];
    loci_layer_prepare(layer, fine.derived, fine.p, 1);
    run_forward(&fine, 0, 0);
    double dt[ROWS];
    for (size_t l = 0; l < ROWS; l++) dt[l] = 2;
    for (int rate = 1; rate <= 2; rate++) {
        coarse.pass.dt = rate == 2 ? NULL : dt;
        loci_layer_prepare(layer, coarse.derived, fine.p, rate);
        run_forward(&coarse, 0, 0);
        for (size_t l = 0; l < ROWS; l++)
            for (size_t h = 0; h < WIDE; h++)
                assert_near(
                    coarse.y[place(WIDE, ROWS, 0, l, h)], fine.y[place(WIDE, 2 * ROWS, 0, 2 * l + 1, h)],
                    (LOCI_REAL_IS_DOUBLE ? 1e-12 : 300 * LOCI_REAL_EPSILON), "sample %zu, rate %d", l, rate);
    }
    bench_close(&fine), bench_close(&coarse);
    loci_layer_free(layer);
}

/* ---- initial values, bad options ---- */

static void begins_with_hippo(void **state)
{
    (void)state;
    for (size_t N = 8; N <= 16; N += 8) {
        char name[16];
        snprintf(name, sizeof name, "mu_%zu", N);
        loci_array a = golden("hippo_normal.npz", name);
        double mu = 0;
        for (size_t k = 0; k < N / 2; k++) {
            mu = loci_normal_frequency(N, k, mu);
            assert_near(mu, a.data[k], 1e-12 * a.data[k], "frequency %zu of order %zu", k, N);
            assert_near(loci_normal_frequency(N, k, 0), mu, 1e-14 * mu, "frequency %zu of order %zu", k, N);
        }
        loci_array_free(&a);
    }
    assert_near(loci_normal_frequency(2, 0, 0), 0.86602540378443864676, 1e-15, "order 2, by hand");
}

static void refuses_bad_options(void **state)
{
    (void)state;
    loci_layer *layer;
    loci_error error;
    const loci_s5_options good = {8, 2, LOCI_ZOH, 0.001, 0.1, 0};
    loci_s5_options bad = good;
    bad.order = 3;
    assert_int_equal(loci_s5_create(&layer, NULL, "s", 1, &bad, &error), LOCI_E_ARGUMENT);
    bad = good, bad.blocks = 3;
    assert_int_equal(loci_s5_create(&layer, NULL, "s", 1, &bad, &error), LOCI_E_ARGUMENT);
    bad = good, bad.blocks = 0;
    assert_int_equal(loci_s5_create(&layer, NULL, "s", 1, &bad, &error), LOCI_E_ARGUMENT);
    bad = good, bad.discretization = LOCI_FOH;
    assert_int_equal(loci_s5_create(&layer, NULL, "s", 1, &bad, &error), LOCI_E_UNSUPPORTED);
    bad = good, bad.dt_min = 0;
    assert_int_equal(loci_s5_create(&layer, NULL, "s", 1, &bad, &error), LOCI_E_ARGUMENT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(is_the_published_one), cmocka_unit_test(passes_the_checks),
        cmocka_unit_test(uneven_steps),         cmocka_unit_test(long_steps),
        cmocka_unit_test(begins_with_hippo),    cmocka_unit_test(refuses_bad_options),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
