/* SPDX-License-Identifier: MIT
 * test_attention.c - attention against PyTorch's numbers and against its sums written out; gradients, steps, lengths, cuts. */
#include "base/each_precision.h"

#include "recurrent_case.h"

static loci_layer *attention(const char *name, size_t inputs, size_t outputs, loci_attention_options options)
{
    loci_layer *layer;
    loci_error error;
    if (loci_attention_create(&layer, NULL, name, inputs, outputs, &options, &error))
        fail_msg("%s", error.text);
    return layer;
}

static void is_the_published_one(void **state)
{
    (void)state;
    enum { B = 2, L = 12, H = 8 };
    static const char file[] = "layer_mha_causal.npz", *const parts[] = {"in_proj_weight", "in_proj_bias",
                                                                         "out_proj.weight", "out_proj.bias"};
    const double tolerance = LOCI_REAL_IS_DOUBLE ? 1e-12 : 1e-5, slopes = LOCI_REAL_IS_DOUBLE ? 1e-11 : 1e-5;
    char name[64];
    loci_layer *layer =
        attention("", H, H, (loci_attention_options){.heads = 2, .positions = LOCI_POSITIONS_NONE});
    bench t;
    bench_open(&t, layer, B, L);
    for (size_t i = 0; i < 4; i++) {
        snprintf(name, sizeof name, "w.%s", parts[i]);
        assert_string_equal(layer->parameter[i].name, parts[i]);
        loci_array a = golden(file, name);
        for (size_t n = 0; n < layer->parameter[i].count; n++)
            t.p[layer->parameter[i].offset + n] = (real)a.data[n];
        loci_array_free(&a);
    }
    loci_layer_prepare(layer, t.derived, t.p, 1);
    into(t.x, file, "x", B, L, H);
    into(t.dy, file, "dout", B, L, H);
    run_forward(&t, 0, 1);
    near(t.y, file, "y", B, L, H, tolerance);
    layer->class->backward(layer, t.derived, &t.pass, t.dx, t.gradient, NULL, t.dy, t.x, t.y, t.saved,
                           t.scratch);
    loci_layer_gather(layer, t.derived, t.dp, t.gradient, t.p);
    near(t.dx, file, "gx", B, L, H, slopes);
    for (size_t i = 0; i < 4; i++) {
        snprintf(name, sizeof name, "g.%s", parts[i]);
        loci_array a = golden(file, name);
        double most = 0;
        for (size_t n = 0; n < layer->parameter[i].count; n++) most = fmax(most, fabs(a.data[n]));
        for (size_t n = 0; n < layer->parameter[i].count; n++)
            assert_near(t.dp[layer->parameter[i].offset + n], a.data[n], slopes * most, "%s[%zu]", name, n);
        loci_array_free(&a);
    }
    bench_close(&t);
    loci_layer_free(layer);
}

/* Sample l of [L][3 outputs] = W (x + sinusoids) + b, turned. */
static void project(double *qkv, const bench *t, size_t b, size_t l, const loci_attention_options *o)
{
    const size_t in = t->layer->inputs, H = t->layer->outputs, D = H / o->heads, half = D / 2, L = t->pass.L;
    for (size_t e = 0; e < 3 * H; e++) {
        qkv[e] = (double)t->p[t->layer->parameter[1].offset + e];
        for (size_t h = 0; h < in; h++) {
            const double angle = (double)l * pow(10000, -(double)(h / 2 * 2) / (double)in);
            const double position =
                o->positions == LOCI_POSITIONS_SINUSOIDAL ? h % 2 ? cos(angle) : sin(angle) : 0;
            qkv[e] += (double)t->p[t->layer->parameter[0].offset + e * in + h] *
                      ((double)t->x[place(in, L, b, l, h)] + position);
        }
    }
    for (size_t i = 0; o->positions == LOCI_POSITIONS_ROTARY && i < 2 * o->heads * half; i++) {
        double *a = qkv + i / half * D + i % half, *c = a + half;
        const double angle = (double)l * pow(10000, -(double)(i % half) / (double)half), kept = *a;
        *a = kept * cos(angle) - *c * sin(angle);
        *c = *c * cos(angle) + kept * sin(angle);
    }
}

static void is_its_sums(const loci_attention_options *o, size_t in, size_t H, size_t L)
{
    const size_t D = H / o->heads, length[2] = {L, L - L / 3};
    uint64_t seed = 8;
    loci_layer *layer = attention("", in, H, *o);
    bench t;
    bench_open(&t, layer, 2, L);
    t.pass.length = length;
    fill_parameters(t.p, layer, &seed);
    fill(t.x, 2, L, in, &seed);
    loci_layer_prepare(layer, t.derived, t.p, 1);
    run_forward(&t, 0, 0);
    double *qkv = some(L * 3 * H, sizeof *qkv), *sum = some(H, sizeof *sum), *w = some(L, sizeof *w);
    for (size_t b = 0; b < 2; b++) {
        for (size_t l = 0; l < length[b]; l++) project(qkv + l * 3 * H, &t, b, l, o);
        for (size_t l = 0; l < length[b]; l++) {
            for (size_t h = 0; h < H; h += D) {
                double total = 0;
                for (size_t k = 0; k < length[b]; k++) {
                    const size_t apart = k < l ? l - k : k - l;
                    double score = 0;
                    for (size_t d = h; d < h + D; d++) score += qkv[l * 3 * H + d] * qkv[k * 3 * H + H + d];
                    w[k] = (k > l && !o->whole) || (o->window && apart >= o->window)
                               ? 0
                               : exp(score / sqrt((double)D));
                    total += w[k];
                }
                for (size_t d = h; d < h + D; d++) {
                    sum[d] = 0;
                    for (size_t k = 0; k < length[b]; k++)
                        sum[d] += w[k] / total * qkv[k * 3 * H + 2 * H + d];
                }
            }
            for (size_t e = 0; e < H; e++) {
                double y = (double)t.p[layer->parameter[3].offset + e];
                for (size_t h = 0; h < H; h++)
                    y += (double)t.p[layer->parameter[2].offset + e * H + h] * sum[h];
                /* scores of up to 20, each off by some units of its last place, make weights off by 20 times that */
                assert_near(t.y[place(H, L, b, l, e)], y, 300 * LOCI_REAL_EPSILON,
                            "%zu heads, window %zu, whole %d, positions %d: y[%zu][%zu][%zu]", o->heads,
                            o->window, o->whole, (int)o->positions, b, l, e);
            }
        }
    }
    loci_free(qkv), loci_free(sum), loci_free(w);
    bench_close(&t);
    loci_layer_free(layer);
}

static void are_its_sums(void **state)
{
    (void)state;
    static const size_t windows[] = {0, 1, 5, 64, 100};
    for (size_t w = 0; w < 5; w++)
        for (int whole = 0; whole < 2; whole++)
            for (int positions = 0; positions < 3; positions++) {
                const loci_attention_options o = {2, windows[w], whole, (loci_positions)positions};
                is_its_sums(&o, 5, 6, 131);
            }
    is_its_sums(&(loci_attention_options){.heads = 1}, 3, 64, 70);
    is_its_sums(&(loci_attention_options){.heads = 5}, 3, 5, 64);
    is_its_sums(&(loci_attention_options){.heads = 2}, 70, 40, 3);
}

/* Streams: chunks of any length and steps give the same bits, as far as positions count. */
static void any_cut_gives_the_same_bits(void **state)
{
    (void)state;
    enum { L = 150, H = 34 };
    for (int positions = 0; positions < 3; positions++) {
        const loci_attention_options o = {2, 37, 0, (loci_positions)positions};
        uint64_t seed = 5;
        loci_layer *layer = attention("", H, H, o);
        bench t, one;
        bench_open(&t, layer, 1, L);
        bench_open(&one, layer, 1, 1);
        fill_parameters(t.p, layer, &seed);
        fill(t.x, 1, L, H, &seed);
        loci_layer_prepare(layer, t.derived, t.p, 1);
        loci_layer_prepare(layer, one.derived, t.p, 1);
        for (double first = 0; first < 0x1p45;
             first = first * 4096 + 1) { /* the position that it begins at */
            memset(t.states, 0, layer->state * sizeof(real));
            memset(one.states, 0, layer->state * sizeof(real));
            t.states[0] = one.states[0] = (real)fmod(first, 1 << 20);
            t.states[1] = one.states[1] = (real)floor(first / (1 << 20));
            run_forward(&t, 1, 0);
            for (size_t l = 0; l < L; l++) {
                for (size_t h = 0; h < H; h++) one.x[place(H, 1, 0, 0, h)] = t.x[place(H, L, 0, l, h)];
                if (l % 3 == 2)
                    run_forward(&one, 1, 0);
                else
                    layer->class->step(layer, one.derived, one.y, one.x, 1, NULL, one.state, one.scratch);
                for (size_t h = 0; h < H; h++)
                    assert_true(one.y[place(H, 1, 0, 0, h)] == t.y[place(H, L, 0, l, h)]);
            }
            assert_memory_equal(one.states, t.states, layer->state * sizeof(real));
        }
        bench_close(&t), bench_close(&one);
        loci_layer_free(layer);
    }
}

static void passes_the_checks(void **state)
{
    (void)state;
    static const struct {
        size_t in, out;
        loci_attention_options o;
    } cases[] = {
        {1, 1, {.heads = 1, .window = 1}},
        {3, 6, {.heads = 2, .window = 5}},
        {3, 6, {.heads = 2, .window = 5, .positions = LOCI_POSITIONS_SINUSOIDAL}},
        {17, 4, {.heads = 1, .window = 90, .positions = LOCI_POSITIONS_NONE}},
        {4, 6, {.heads = 2, .window = 30, .whole = 1}},
        {2, 32, {.heads = 1, .whole = 1, .positions = LOCI_POSITIONS_SINUSOIDAL}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        loci_layer *layer = attention("attention_layers.0", cases[i].in, cases[i].out, cases[i].o);
        assert_string_equal(layer->parameter[0].name, "attention_layers.0.in_proj_weight");
        check_layer(layer, 40 * LOCI_REAL_EPSILON);
    }
    /* without a window there is no state, and no step */
    loci_layer *layer = attention("attention_layers.0", 3, 34, (loci_attention_options){.heads = 1});
    assert_int_equal(layer->state, 0);
    assert_int_equal(layer->flags, LOCI_LAYER_LOOKS_BACK);
    const size_t length[2] = {140, 66};
    check_gradients(layer, &(loci_pass){.B = 2, .L = 140, .length = length}, 0);
    check_lengths(layer, 9, 40 * LOCI_REAL_EPSILON);
    loci_layer_free(layer);
}

static void refuses_what_makes_no_sense(void **state)
{
    (void)state;
    loci_layer *layer;
    loci_error error;
    assert_int_equal(
        loci_attention_create(&layer, NULL, "a", 2, 6, &(loci_attention_options){.heads = 4}, &error),
        LOCI_E_ARGUMENT);
    assert_string_equal(error.text, "heads is 4; a number that divides 6, the width, was expected");
    assert_int_equal(
        loci_attention_create(&layer, NULL, "a", 2, 6, &(loci_attention_options){.heads = 0}, NULL),
        LOCI_E_ARGUMENT);
    assert_int_equal(loci_attention_create(&layer, NULL, "a", 2, 6,
                                           &(loci_attention_options){.heads = 2, .window = 65537}, &error),
                     LOCI_E_ARGUMENT);
    assert_string_equal(error.text, "layer a has a window of 65537 samples; at most 65536 were expected");
    assert_int_equal(
        loci_attention_create(&layer, NULL, "a", 0, 6, &(loci_attention_options){.heads = 2}, NULL),
        LOCI_E_ARGUMENT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(is_the_published_one),        cmocka_unit_test(are_its_sums),
        cmocka_unit_test(any_cut_gives_the_same_bits), cmocka_unit_test(passes_the_checks),
        cmocka_unit_test(refuses_what_makes_no_sense),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
