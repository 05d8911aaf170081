/* SPDX-License-Identifier: MIT
 * recurrent_case.h - recurrent layers against PyTorch's, in one layer or two, with and without an initial state. Include
 * base/real.h first. */
#ifndef LOCI_TESTS_RECURRENT_CASE_H
#define LOCI_TESTS_RECURRENT_CASE_H

#include "layers.h"

typedef loci_status (*create_recurrent)(loci_layer **layer, const loci_allocator *by, const char *name,
                                        size_t inputs, size_t outputs, loci_error *error);

/* A [rows of H] array into an activation, or from it. */
static inline void into(real *x, const char *file, const char *name, size_t B, size_t L, size_t H)
{
    loci_array a = golden(file, name);
    for (size_t i = 0; i < B * L * H; i++) x[place(H, L, i / H / L, i / H % L, i % H)] = (real)a.data[i];
    loci_array_free(&a);
}

static inline void near(const real *x, const char *file, const char *name, size_t B, size_t L, size_t H,
                        double tolerance)
{
    loci_array a = golden(file, name);
    double most = 0;
    for (size_t i = 0; i < B * L * H; i++) most = fmax(most, fabs(a.data[i]));
    for (size_t i = 0; i < B * L * H; i++)
        assert_near(x[place(H, L, i / H / L, i / H % L, i % H)], a.data[i], tolerance * fmax(1, most),
                    "%s[%zu]", name, i);
    loci_array_free(&a);
}

/* States h or c of `depth`'s layer, [depth][B][H], at `part` of a state. */
static inline void state_into(real *const *state, size_t part, const char *file, const char *name,
                              size_t depth, size_t B, size_t H)
{
    loci_array a = golden(file, name);
    for (size_t i = 0; i < B * H; i++) state[i / H][part + i % H] = (real)a.data[depth * B * H + i];
    loci_array_free(&a);
}

static inline void state_near(real *const *state, size_t part, const char *file, const char *name,
                              size_t depth, size_t B, size_t H, double tolerance)
{
    loci_array a = golden(file, name);
    for (size_t i = 0; i < B * H; i++)
        assert_near(state[i / H][part + i % H], a.data[depth * B * H + i], tolerance, "%s[%zu]", name, i);
    loci_array_free(&a);
}

/* states: h, and of an LSTM c behind it. */
static inline void check_published(const char *file, size_t depth, size_t states, create_recurrent create)
{
    enum { B = 2, L = 15, IN = 5, H = 7 };
    const double tolerance = LOCI_REAL_IS_DOUBLE ? 1e-12 : 1e-5, slopes = LOCI_REAL_IS_DOUBLE ? 1e-11 : 1e-5;
    const char *parts[] = {"weight_ih", "weight_hh", "bias_ih", "bias_hh"};
    loci_layer *layer[2];
    bench t[2];
    char name[64];
    for (size_t k = 0; k < depth; k++) {
        assert_int_equal(create(&layer[k], NULL, "", k ? H : IN, H, NULL), LOCI_OK);
        bench_open(&t[k], layer[k], B, L);
        for (size_t i = 0; i < 4; i++) {
            snprintf(name, sizeof name, "w.%s_l%zu", parts[i], k);
            loci_array a = golden(file, name);
            const loci_parameter *q = &layer[k]->parameter[i];
            for (size_t n = 0; n < q->count; n++) t[k].p[q->offset + n] = (real)a.data[n];
            loci_array_free(&a);
        }
        loci_layer_prepare(layer[k], t[k].derived, t[k].p, 1);
    }
    for (int with_state = 0; with_state < 2; with_state++) {
        into(t[0].x, file, "x", B, L, IN);
        for (size_t k = 0; k < depth; k++) {
            if (k > 0) memcpy(t[k].x, t[k - 1].y, t[k].in * sizeof(real));
            state_into(t[k].state, 0, file, "h0", k, B, H);
            if (states > 1) state_into(t[k].state, LANES, file, "c0", k, B, H);
            run_forward(&t[k], with_state, 1);
        }
        near(t[depth - 1].y, file, with_state ? "y" : "y_zero", B, L, H, tolerance);
    }
    into(t[depth - 1].dy, file, "dout", B, L, H);
    for (size_t k = depth; k-- > 0;) {
        state_near(t[k].state, 0, file, "hn", k, B, H, tolerance);
        if (states > 1) state_near(t[k].state, LANES, file, "cn", k, B, H, tolerance);
        state_into(t[k].dstate, 0, file, "dhn", k, B, H);
        if (states > 1) state_into(t[k].dstate, LANES, file, "dcn", k, B, H);
        layer[k]->class->backward(layer[k], t[k].derived, &t[k].pass, t[k].dx, t[k].gradient, t[k].dstate,
                                  t[k].dy, t[k].x, t[k].y, t[k].saved, t[k].scratch);
        loci_layer_gather(layer[k], t[k].derived, t[k].dp, t[k].gradient, t[k].p);
        state_near(t[k].dstate, 0, file, "gh0", k, B, H, slopes * 10);
        if (states > 1) state_near(t[k].dstate, LANES, file, "gc0", k, B, H, slopes * 10);
        if (k > 0) memcpy(t[k - 1].dy, t[k].dx, t[k].in * sizeof(real));
        for (size_t i = 0; i < 4; i++) {
            snprintf(name, sizeof name, "g.%s_l%zu", parts[i], k);
            loci_array a = golden(file, name);
            const loci_parameter *q = &layer[k]->parameter[i];
            double most = 0;
            for (size_t n = 0; n < q->count; n++) most = fmax(most, fabs(a.data[n]));
            for (size_t n = 0; n < q->count; n++)
                assert_near(t[k].dp[q->offset + n], a.data[n], slopes * most, "%s[%zu]", name, n);
            loci_array_free(&a);
        }
    }
    near(t[0].dx, file, "gx", B, L, IN, slopes);
    for (size_t k = 0; k < depth; k++) {
        bench_close(&t[k]);
        loci_layer_free(layer[k]);
    }
}

#endif
