/* SPDX-License-Identifier: MIT
 * test_ssd.c - the scan of Mamba 2, one rate and one step a head, against published numbers, forward and back, in any cut. */
#include "base/each_precision.h"

#include "systems.h"

#include "base/allocate.h"
#include "layer/selective.h"
#include "near.h"

enum { V = LOCI_LANES, B = 2, L = 32, H = 4, P = 8, N = 16, PLANE = H * L * V };
_Static_assert((int)N == (int)V, "states are one block");

/* Golden arrays are x, z [B][L][H][P], dt [B][L][H], B and C [B][L][groups][N], states [B][H][P][N]. Here each group begins at a
 * block of its own. D: 1, of heads; P, of their channels; 0, none. */
typedef struct {
    const char *file;
    size_t groups, skip;
    int gate, softplus, initial;
} ssd_case;

static const ssd_case cases[] = {
    {"ssd_plain.npz", 1, 0, 0, 0, 1}, {"ssd_heads.npz", 4, P, 0, 0, 0}, {"ssd_groups.npz", 2, 1, 1, 1, 0}};

static size_t blocks_of(const ssd_case *c)
{
    return c->groups * loci_lane_blocks(H * P / c->groups);
}

/* The lane of a channel of a head. */
static size_t lane_of(const ssd_case *c, size_t head, size_t channel)
{
    const size_t each = H / c->groups;
    return head / each * loci_lane_blocks(each * P) * V + head % each * P + channel;
}

static size_t spot(size_t lane, size_t l, size_t rows)
{
    return (lane / V * rows + l) * V + lane % V;
}

/* Where number i of an array [L][H][per] lies in a plane; per 1: the first of the lanes that share it. */
static size_t place(const ssd_case *c, size_t i, size_t per)
{
    return spot(lane_of(c, i / per % H, i % per), i / per / H, L);
}

/* From [L][H][per], sequence b; what a head has is that of each of its channels. */
static void fill_plane(real *x, const ssd_case *c, const char *name, size_t b, size_t per)
{
    loci_array a = golden(c->file, name);
    for (size_t i = 0; i < L * H * P; i++)
        x[place(c, i, P)] = (real)a.data[per == P ? b * L * H * P + i : b * L * H + i / P];
    loci_array_free(&a);
}

/* A number of each head, or, per P, of each channel, `times` as large. */
static void fill_lanes(real *x, const ssd_case *c, const char *name, size_t per, double times)
{
    loci_array a = golden(c->file, name);
    for (size_t i = 0; i < H * P; i++)
        x[lane_of(c, i / P, i % P)] = (real)(a.data[per == P ? i : i / P] * times);
    loci_array_free(&a);
}

static void fill_numbers(real *x, const ssd_case *c, const char *name, size_t b)
{
    loci_array a = golden(c->file, name);
    for (size_t i = 0; i < L * c->groups * N; i++)
        x[spot(i / N % c->groups * V + i % N, i / N / c->groups, L)] =
            (real)a.data[b * L * c->groups * N + i];
    loci_array_free(&a);
}

static size_t state_spot(const ssd_case *c, size_t i)
{
    return spot(lane_of(c, i / N / P, i / N % P), i % N, N);
}

/* What `read` finds for each of `count` numbers of an array, from `first` on: 1e-11 of the largest off in double, 3e-5 in float. */
static void check(const ssd_case *c, const char *name, size_t first, size_t count,
                  double (*read)(const real *x, const ssd_case *c, size_t i), const real *x)
{
    loci_array a = golden(c->file, name);
    double most = 0;
    for (size_t i = 0; i < count; i++) most = fmax(most, fabs(a.data[first + i]));
    for (size_t i = 0; i < count; i++)
        assert_near(read(x, c, i), a.data[first + i], (LOCI_REAL_IS_DOUBLE ? 1e-11 : 3e-5) * most,
                    "%s %s[%zu]", c->file, name, i);
    loci_array_free(&a);
}

static double of_plane(const real *x, const ssd_case *c, size_t i)
{
    return (double)x[place(c, i, P)];
}

static double of_state(const real *x, const ssd_case *c, size_t i)
{
    return (double)x[state_spot(c, i)];
}

static double of_numbers(const real *x, const ssd_case *c, size_t i)
{
    return (double)x[spot(i / N % c->groups * V + i % N, i / N / c->groups, L)];
}

/* The gradient of a head's step is that of all its channels. */
static double of_steps(const real *x, const ssd_case *c, size_t i)
{
    double sum = 0;
    for (size_t p = 0; p < P; p++) sum += (double)x[spot(lane_of(c, i % H, p), i / H, L)];
    return sum;
}

static double of_heads(const real *x, const ssd_case *c, size_t i)
{
    double sum = 0;
    for (size_t p = 0; p < P; p++) sum += (double)x[lane_of(c, i, p)];
    return sum;
}

static double of_channels(const real *x, const ssd_case *c, size_t i)
{
    return (double)x[lane_of(c, i / P, i % P)];
}

typedef struct {
    _Alignas(64) real x[PLANE], raw[PLANE], dt[PLANE], z[PLANE], b[PLANE], c[PLANE], y[PLANE], dy[PLANE];
    real dx[PLANE], ddt[PLANE], dz[PLANE], db[PLANE], dc[PLANE], again[PLANE];
    real kept[L][H * N * V], state[H * N * V], dstate[H * N * V];
    real rate[H * V], skip[H * V], bias[H * V], drate[H * V], dskip[H * V], dbias[H * V];
} scan;

static loci_selective open_scan(scan *t, const ssd_case *c)
{
    memset(t, 0, sizeof *t);
    fill_lanes(t->rate, c, "A", 1, LOCI_SELECTIVE_BASE);
    if (c->skip) fill_lanes(t->skip, c, "D", c->skip, 1);
    if (c->softplus) fill_lanes(t->bias, c, "dt_bias", 1, 1);
    return (loci_selective){blocks_of(c), c->groups, N, 1, t->rate, t->skip};
}

static loci_selective_planes band_at(const scan *t, const ssd_case *c, size_t first, size_t step)
{
    return (loci_selective_planes){t->x + first * V,
                                   t->dt + first * V,
                                   c->gate ? t->z + first * V : NULL,
                                   t->b + first * V,
                                   t->c + first * V,
                                   L,
                                   L,
                                   L,
                                   L - first < step ? L - first : step};
}

/* Sequence b, `step` rows at a time, from nothing or from the state that is given; what backward needs of states is kept. */
static void run(scan *t, const ssd_case *c, const loci_selective *self, size_t b, size_t step, int initial)
{
    fill_plane(t->x, c, "x", b, P), fill_plane(t->raw, c, "dt", b, 1), fill_plane(t->dy, c, "dout", b, P);
    if (c->gate) fill_plane(t->z, c, "z", b, P);
    fill_numbers(t->b, c, "B", b), fill_numbers(t->c, c, "C", b);
    for (size_t i = 0; i < blocks_of(c) * L * V; i++) t->raw[i] += t->bias[i / L / V * V + i % V];
    memcpy(t->dt, t->raw, sizeof t->dt);
    if (c->softplus) loci_selective_loops_get()->softplus(t->dt, t->raw, blocks_of(c) * L);
    memset(t->state, 0, sizeof t->state);
    if (initial) {
        loci_array a = golden(c->file, "initial_state");
        for (size_t i = 0; i < H * P * N; i++) t->state[state_spot(c, i)] = (real)a.data[b * H * P * N + i];
        loci_array_free(&a);
    }
    for (size_t first = 0, i = 0; first < L; first += step, i++) {
        const loci_selective_planes band = band_at(t, c, first, step);
        loci_selective_forward(self, t->y + first * V, t->state, t->kept[i], &band);
    }
}

static const size_t steps[] = {L, 1, 5};

static void forward_is_published(void **unused)
{
    (void)unused;
    static scan t;
    static real first[PLANE];
    for (const ssd_case *c = cases; c < cases + sizeof cases / sizeof *cases; c++)
        for (size_t b = 0; b < B; b++)
            for (int initial = 0; initial <= c->initial; initial++)
                for (size_t k = 0; k < 3; k++) {
                    const loci_selective self = open_scan(&t, c);
                    run(&t, c, &self, b, steps[k], initial);
                    check(c, initial ? "y_init" : "y", b * L * H * P, L * H * P, of_plane, t.y);
                    check(c, initial ? "final_state_init" : "final_state", b * H * P * N, H * P * N, of_state,
                          t.state);
                    if (k == 0) memcpy(first, t.y, sizeof first);
                    assert_memory_equal(first, t.y, sizeof first); /* the same bits in any cut */
                }
}

static void backward_is_published(void **unused)
{
    (void)unused;
    static scan t;
    for (const ssd_case *c = cases; c < cases + sizeof cases / sizeof *cases; c++)
        for (size_t k = 0; k < 3; k++) {
            const loci_selective self = open_scan(&t, c);
            real *scratch = loci_allocate(loci_selective_scratch(&self), sizeof *scratch);
            assert_non_null(scratch);
            for (size_t b = 0; b < B; b++) {
                run(&t, c, &self, b, steps[k], 0);
                memset(t.dstate, 0, sizeof t.dstate);
                for (size_t i = (L + steps[k] - 1) / steps[k]; i-- > 0;) {
                    const size_t first = i * steps[k], at = first * V;
                    const loci_selective_planes band = band_at(&t, c, first, steps[k]);
                    const loci_selective_slopes to = {.dx = t.dx + at,
                                                      .ddt = t.ddt + at,
                                                      .dz = c->gate ? t.dz + at : NULL,
                                                      .dB = t.db + at,
                                                      .dC = t.dc + at,
                                                      .y = t.again + at,
                                                      .drate = t.drate,
                                                      .dskip = t.dskip,
                                                      .z_apart = L,
                                                      .bc_apart = L};
                    loci_selective_backward(&self, &to, t.dstate, t.dy + at, t.kept[i], &band, scratch);
                }
                if (c->softplus)
                    loci_selective_loops_get()->softplus_backward(t.ddt, t.ddt, t.dt, blocks_of(c) * L);
                for (size_t i = 0; i < blocks_of(c) * L * V; i++) t.dbias[i / L / V * V + i % V] += t.ddt[i];
                check(c, "dx", b * L * H * P, L * H * P, of_plane, t.dx);
                check(c, "y", b * L * H * P, L * H * P, of_plane, t.again);
                check(c, "ddt", b * L * H, L * H, of_steps, t.ddt);
                check(c, "dB", b * L * c->groups * N, L * c->groups * N, of_numbers, t.db);
                check(c, "dC", b * L * c->groups * N, L * c->groups * N, of_numbers, t.dc);
                if (c->gate) check(c, "dz", b * L * H * P, L * H * P, of_plane, t.dz);
            }
            check(c, "dA", 0, H, of_heads, t.drate);
            if (c->skip) check(c, "dD", 0, H * c->skip, c->skip == P ? of_channels : of_heads, t.dskip);
            if (c->softplus) check(c, "ddt_bias", 0, H, of_heads, t.dbias);
            loci_free(scratch);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(forward_is_published),
        cmocka_unit_test(backward_is_published),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
