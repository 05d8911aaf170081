/* SPDX-License-Identifier: MIT
 * test_s4.c - the mixer of S4, and its block, against published ones: diagonal plus low rank of rank 1 and 2, several kernels a
 * channel, kernels that end and that look ahead; gradients, steps, lengths, rates. */
#include "base/each_precision.h"

#include "layers.h"

/* Steps so large that modes turn and fade within a few samples. */
static loci_s4_options options_of(size_t N, size_t rank)
{
    return (loci_s4_options){
        .order = N, .rank = rank, .discretization = LOCI_BILINEAR, .dt_min = 0.05, .dt_max = 0.5};
}

static loci_layer *mixer(const char *name, size_t H, loci_s4_options options)
{
    loci_layer *layer;
    loci_error error;
    if (loci_s4_create(&layer, NULL, name, H, &options, &error)) fail_msg("%s", error.text);
    return layer;
}

static loci_layer *block(const char *name, size_t H, loci_s4_options options)
{
    loci_layer *gated, *all, *layer = mixer(name, H, options);
    loci_error error;
    if (loci_gated_create_wide(&gated, NULL, name, layer->outputs, H, 0, 0, &error))
        fail_msg("%s", error.text);
    if (loci_chain_create(&all, layer, gated, &error)) fail_msg("%s", error.text);
    return all;
}

/* ---- published kernels ---- */

enum { AS_IS, LOGARITHM, MINUS_IMAGINARY };

static void take(bench *t, const char *file, const char *array, const char *parameter, int how)
{
    loci_array a = golden(file, array);
    for (size_t k = 0; k < t->layer->parameters; k++) {
        const loci_parameter *q = &t->layer->parameter[k];
        if (strcmp(q->name, parameter) != 0) continue;
        for (size_t i = 0; i < q->count; i++)
            t->p[q->offset + i] = (real)(how == AS_IS       ? a.data[i]
                                         : how == LOGARITHM ? log(a.data[i])
                                                            : -a.data[2 * i + 1]);
    }
    loci_array_free(&a);
}

/* The gradient of a parameter: 1e-8 of its largest in double. */
static void near_gradient(const bench *t, const char *file, const char *array, const char *parameter)
{
    loci_array a = golden(file, array);
    double most = 0;
    for (size_t k = 0; k < t->layer->parameters; k++) {
        const loci_parameter *q = &t->layer->parameter[k];
        if (strcmp(q->name, parameter) != 0) continue;
        for (size_t i = 0; i < q->count; i++) most = fmax(most, fabs(a.data[i]));
        for (size_t i = 0; i < q->count; i++)
            assert_near(t->dp[q->offset + i], a.data[i], (LOCI_REAL_IS_DOUBLE ? 1e-8 : 1e-3) * most,
                        "%s: %s[%zu]", file, array, i);
    }
    loci_array_free(&a);
}

/* An impulse's answer is the kernel; and with G as the gradient of it, that of the parameters, with respect to C itself. */
static void kernel_is(const char *file, size_t H, size_t N, size_t rank, size_t L)
{
    loci_layer *layer = mixer("", H, options_of(N, rank));
    bench t;
    bench_open(&t, layer, 1, L);
    take(&t, file, "A_real", "layer.kernel.A_real", AS_IS),
        take(&t, file, "A", "layer.kernel.A_imag", MINUS_IMAGINARY);
    take(&t, file, "C", "layer.kernel.C", AS_IS), take(&t, file, "dt", "layer.kernel.inv_dt", LOGARITHM);
    take(&t, file, "Bfull", "layer.kernel.B", AS_IS), take(&t, file, "Pfull", "layer.kernel.P", AS_IS);
    loci_array K = golden(file, "K_dense_own"), G = golden(file, "G");
    for (size_t h = 0; h < H; h++) {
        t.x[place(H, L, 0, 0, h)] = 1;
        for (size_t l = 0; l < L; l++) t.dy[place(H, L, 0, l, h)] = (real)G.data[h * L + l];
    }
    loci_layer_prepare(layer, t.derived, t.p, 1);
    run_forward(&t, 0, 1);
    for (size_t i = 0; i < H * L; i++)
        assert_near(t.y[place(H, L, 0, i % L, i / L)], K.data[i], LOCI_REAL_IS_DOUBLE ? 1e-11 : 1e-5,
                    "%s: K[%zu]", file, i);
    layer->class->backward(layer, t.derived, &t.pass, t.dx, t.gradient, NULL, t.dy, t.x, t.y, t.saved,
                           t.scratch);
    loci_layer_gather(layer, t.derived, t.dp, t.gradient, t.p);
    const char *const names[][2] = {
        {"gradCparam_inv_dt", "layer.kernel.inv_dt"}, {"gradCparam_A_real", "layer.kernel.A_real"},
        {"gradCparam_A_imag", "layer.kernel.A_imag"}, {"gradCparam_B", "layer.kernel.B"},
        {"gradCparam_P", "layer.kernel.P"},           {"gradCparam_C", "layer.kernel.C"}};
    for (size_t i = 0; i < 6; i++) near_gradient(&t, file, names[i][0], names[i][1]);
    loci_array_free(&K), loci_array_free(&G);
    bench_close(&t);
    loci_layer_free(layer);
}

static void kernels_are_published_ones(void **state)
{
    (void)state;
    kernel_is("ssm_dplr_legs_L64.npz", 2, 64, 1, 64);
    kernel_is("ssm_dplr_legt_rank2.npz", 2, 32, 2, 128);
}

/* ---- published blocks ---- */

/* [B][H][L], or [B][L][H]. */
static size_t from_golden(int samples_first, size_t H, size_t L, size_t b, size_t l, size_t h)
{
    return samples_first ? (b * L + l) * H + h : (b * H + h) * L + l;
}

/* Copies of A, B and P are shared cyclically. */
static void fill_from(bench *t, const char *file)
{
    for (size_t k = 0; k < t->layer->parameters; k++) {
        const loci_parameter *q = &t->layer->parameter[k];
        char name[128];
        snprintf(name, sizeof name, "w.%s", q->name);
        loci_array w = golden(file, name);
        size_t count = 1;
        for (size_t i = 0; i < w.dimensions; i++) count *= w.shape[i];
        for (size_t i = 0; i < q->count; i++) t->p[q->offset + i] = (real)w.data[i % count];
        loci_array_free(&w);
    }
}

static void block_is(const char *file, loci_s4_options options, int samples_first)
{
    enum { B = 2, H = 6, L = 96 };
    loci_layer *layer = block("", H, options);
    bench t;
    bench_open(&t, layer, B, L);
    fill_from(&t, file);
    loci_array x = golden(file, "x"), y = golden(file, "y"), G = golden(file, "G"), gx = golden(file, "gx");
    for (size_t i = 0; i < B * H * L; i++) {
        const size_t b = i / H / L, l = i / H % L, h = i % H, at = from_golden(samples_first, H, L, b, l, h);
        t.x[place(H, L, b, l, h)] = (real)x.data[at];
        t.dy[place(H, L, b, l, h)] = (real)G.data[at];
    }
    loci_layer_prepare(layer, t.derived, t.p, 1);
    run_forward(&t, 0, 1);
    layer->class->backward(layer, t.derived, &t.pass, t.dx, t.gradient, NULL, t.dy, t.x, t.y, t.saved,
                           t.scratch);
    for (size_t i = 0; i < B * H * L; i++) {
        const size_t b = i / H / L, l = i / H % L, h = i % H, at = from_golden(samples_first, H, L, b, l, h);
        assert_near(t.y[place(H, L, b, l, h)], y.data[at], LOCI_REAL_IS_DOUBLE ? 1e-10 : 1e-4, "%s: y[%zu]",
                    file, at);
        assert_near(t.dx[place(H, L, b, l, h)], gx.data[at], LOCI_REAL_IS_DOUBLE ? 1e-9 : 1e-4, "%s: gx[%zu]",
                    file, at);
    }
    loci_array_free(&x), loci_array_free(&y), loci_array_free(&G), loci_array_free(&gx);
    bench_close(&t);
    loci_layer_free(layer);
}

static void blocks_are_published_ones(void **state)
{
    (void)state;
    loci_s4_options o = options_of(16, 1);
    block_is("s4_block_dplr.npz", o, 0);
    o.kernels = 2;
    block_is("s4_block_channels.npz", o, 1);
}

/* ---- against itself ---- */

/* Every form: ranks, kernels, ends, both ways, alone and with what mixes channels. */
static void passes_the_checks(void **state)
{
    (void)state;
    const struct {
        size_t H, N, rank, kernels, taps;
        int both;
    } forms[] = {{1, 2, 1, 1, 0, 0}, {3, 8, 2, 1, 0, 0},  {17, 4, 1, 1, 0, 0}, {5, 6, 1, 3, 0, 0},
                 {3, 4, 0, 2, 0, 0}, {17, 4, 0, 1, 0, 1}, {3, 4, 2, 2, 0, 1},  {3, 4, 1, 1, 5, 0},
                 {2, 4, 0, 1, 1, 0}, {3, 4, 0, 2, 9, 0},  {3, 4, 0, 1, 4, 1},  {2, 12, 1, 1, 40, 0}};
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        loci_s4_options o = options_of(forms[i].N, forms[i].rank);
        if (!o.rank && i % 2) o.discretization = LOCI_ZOH;
        o.kernels = forms[i].kernels, o.taps = forms[i].taps, o.bidirectional = forms[i].both;
        loci_layer *layer = mixer("s4_layers.0", forms[i].H, o);
        assert_int_equal(layer->outputs, forms[i].H * forms[i].kernels);
        assert_int_equal((layer->flags & LOCI_LAYER_LOOKS_AHEAD) != 0, o.bidirectional);
        assert_int_equal((layer->flags & LOCI_LAYER_TAKES_STEPS) != 0, o.taps == 0);
        check_layer(layer, 200 * LOCI_REAL_EPSILON);
        if (i % 4 == 3) check_layer(block("s4_layers.0", forms[i].H, o), 200 * LOCI_REAL_EPSILON);
    }
}

/* Rank 0 with one kernel that neither ends nor looks ahead is S4D, and one whose P is 0 is, too. */
static void is_s4d_without_rank(void **state)
{
    (void)state;
    enum { B = 2, H = 17, L = 33, N = 6 };
    loci_layer *layers[3], *s4d;
    loci_error error;
    const loci_s4d_options plain = {N, LOCI_BILINEAR, 0.05, 0.5, LOCI_SSM_INIT_DEFAULT};
    assert_int_equal(loci_s4d_create(&s4d, NULL, "", H, &plain, &error), LOCI_OK);
    layers[0] = s4d, layers[1] = mixer("", H, options_of(N, 0)), layers[2] = mixer("", H, options_of(N, 1));
    bench t[3];
    for (size_t k = 0; k < 3; k++) {
        uint64_t seed = 5;
        bench_open(&t[k], layers[k], B, L);
        fill(t[k].x, B, L, H, &seed);
        if (k < 2) fill_parameters(t[k].p, layers[k], &seed);
    }
    assert_int_equal(layers[0]->size, layers[1]->size);
    for (size_t i = 0; i < 5; i++) { /* the same parameters, conjugate; B is 1 and P 0 */
        static const char *const names[5][2] = {{"D", "layer.D"},
                                                {"kernel.log_dt", "layer.kernel.inv_dt"},
                                                {"kernel.C", "layer.kernel.C"},
                                                {"kernel.log_A_real", "layer.kernel.A_real"},
                                                {"kernel.A_imag", "layer.kernel.A_imag"}};
        const loci_parameter *from = &layers[0]->parameter[i];
        assert_string_equal(from->name, names[i][0]);
        for (size_t k = 0; k < layers[2]->parameters; k++) {
            const loci_parameter *to = &layers[2]->parameter[k];
            if (strcmp(to->name, names[i][1]) == 0)
                for (size_t j = 0; j < to->count; j++)
                    t[2].p[to->offset + j] = t[0].p[from->offset + j] * (i == 2 && j % 2 ? -1 : 1);
            if (strcmp(to->name, "layer.kernel.B") == 0)
                for (size_t j = 0; j < to->count; j += 2) t[2].p[to->offset + j] = 1;
        }
    }
    memcpy(t[1].p, t[0].p, layers[0]->size * sizeof(real));
    for (size_t k = 0; k < 3; k++) {
        loci_layer_prepare(layers[k], t[k].derived, t[k].p, 1);
        run_forward(&t[k], 0, 0);
        for (size_t i = 0; i < t[0].out; i++)
            assert_near(t[k].y[i], t[0].y[i], 200 * LOCI_REAL_EPSILON, "layer %zu, y[%zu]", k, i);
    }
    for (size_t k = 0; k < 3; k++) bench_close(&t[k]), loci_layer_free(layers[k]);
}

/* Steps of other lengths: a step of 1 told is a step of 1, and the rate of the whole and of each sample is one thing. */
static void rates_and_uneven_steps(void **state)
{
    (void)state;
    enum { B = 2, H = 3, L = 20 };
    for (size_t rank = 0; rank < 3; rank++)
        for (int both = 0; both < 2; both++) {
            loci_s4_options o = options_of(8, rank);
            o.bidirectional = both;
            loci_layer *layer = mixer("s", H, o);
            bench t, other;
            uint64_t seed = 3;
            double dt[B * L];
            bench_open(&t, layer, B, L), bench_open(&other, layer, B, L);
            fill_parameters(t.p, layer, &seed);
            fill(t.x, B, L, H, &seed);
            memcpy(other.x, t.x, t.in * sizeof(real));
            for (size_t i = 0; i < B * L; i++) dt[i] = 0.5;
            other.pass.dt = dt;
            loci_layer_prepare(layer, t.derived, t.p, 0.5), loci_layer_prepare(layer, other.derived, t.p, 1);
            run_forward(&t, 0, 0), run_forward(&other, 0, 0);
            for (size_t i = 0; i < t.out; i++)
                assert_near(other.y[i], t.y[i], 300 * LOCI_REAL_EPSILON, "rank %zu, y[%zu]", rank, i);
            bench_close(&t), bench_close(&other);
            loci_layer_free(layer);
        }
}

/* The example's own size. A step rounds a state whose modes are coupled: some 64 sums of 1e-7, and the norm of A. */
static void steps_agree_at_full_size(void **state)
{
    (void)state;
    loci_s4_options o = options_of(64, 1);
    o.dt_min = 0.001, o.dt_max = 0.1;
    loci_layer *layer = mixer("s4_layers.0", 128, o);
    check_step(layer, 1, 1024, 300, LOCI_REAL_IS_DOUBLE ? 1e-11 : 1e-4);
    loci_layer_free(layer);
}

static void refusals(void **state)
{
    (void)state;
    loci_layer *layer;
    loci_error error;
    loci_s4_options o = options_of(7, 1);
    assert_int_equal(loci_s4_create(&layer, NULL, "", 3, &o, &error), LOCI_E_ARGUMENT);
    o = options_of(8, 3);
    assert_int_equal(loci_s4_create(&layer, NULL, "", 3, &o, &error), LOCI_E_ARGUMENT);
    o = options_of(8, 1), o.discretization = LOCI_ZOH;
    assert_int_equal(loci_s4_create(&layer, NULL, "", 3, &o, &error), LOCI_E_UNSUPPORTED);
    assert_non_null(strstr(error.text, "bilinear, under which low rank stays low, was expected"));
    o = options_of(8, 1), o.dt_min = 1;
    assert_int_equal(loci_s4_create(&layer, NULL, "", 3, &o, &error), LOCI_E_ARGUMENT);
    o = options_of(8, 1), o.kernels = 60000;
    assert_int_equal(loci_s4_create(&layer, NULL, "", 3, &o, &error), LOCI_E_ARGUMENT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(kernels_are_published_ones),
        cmocka_unit_test(blocks_are_published_ones),
        cmocka_unit_test(passes_the_checks),
        cmocka_unit_test(is_s4d_without_rank),
        cmocka_unit_test(rates_and_uneven_steps),
        cmocka_unit_test(steps_agree_at_full_size),
        cmocka_unit_test(refusals),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
