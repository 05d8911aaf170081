/* SPDX-License-Identifier: MIT
 * test_selective.c - selective scans and short convolutions against published numbers, forward and back, in any cut; sums over
 * lanes and steps against plain loops. */
#include "base/each_precision.h"

#include "systems.h"

#include "base/allocate.h"
#include "layer/selective.h"
#include "near.h"

enum { V = LOCI_LANES, BAND = LOCI_SELECTIVE_BAND };

static real *some(size_t count)
{
    real *memory = loci_allocate(count + V, sizeof(real));
    assert_non_null(memory);
    return memory;
}

/* ---- scans ----
 *
 * Golden arrays are [B][D][L], B and C [B][G][N][L] (G left out where it is 1) or, constant, [D][N]; D, A, delta_bias of channels.
 * Each group begins at a block of its own here; where B and C are constant, each channel is a group. */

typedef struct {
    const char *file;
    size_t B, D, G, N, L;
    int constant, skip, gate, softplus;
} scan_case;

static const scan_case cases[] = {
    {"selective_full.npz", 2, 6, 1, 8, 37, 0, 1, 1, 1},
    {"selective_plain.npz", 2, 6, 1, 8, 37, 0, 0, 0, 0},
    {"selective_grouped.npz", 2, 6, 2, 8, 37, 0, 1, 1, 1},
    {"selective_L1.npz", 2, 6, 1, 8, 1, 0, 1, 1, 1},
    {"selective_constBC.npz", 2, 6, 6, 8, 37, 1, 1, 0, 1},
};

/* The lane of channel d. */
static size_t lane_of(const scan_case *c, size_t d)
{
    const size_t each = c->D / c->G;
    return d / each * loci_lane_blocks(each) * V + d % each;
}

/* The place of row l of channel d in a plane. */
static size_t spot(const scan_case *c, size_t d, size_t l)
{
    const size_t lane = lane_of(c, d);
    return (lane / V * c->L + l) * V + lane % V;
}

/* The place of state n of row l of group g in B or C. */
static size_t state_spot(const scan_case *c, size_t g, size_t n, size_t l)
{
    return ((g * loci_lane_blocks(c->N) + n / V) * c->L + l) * V + n % V;
}

static void plane(real *x, const scan_case *c, const char *name, size_t b)
{
    loci_array a = golden(c->file, name);
    for (size_t i = 0; i < c->D * c->L; i++)
        x[spot(c, i / c->L, i % c->L)] = (real)a.data[b * c->D * c->L + i];
    loci_array_free(&a);
}

static void numbers(real *x, const scan_case *c, const char *name, size_t b)
{
    loci_array a = golden(c->file, name);
    for (size_t g = 0; g < c->G; g++)
        for (size_t n = 0; n < c->N; n++)
            for (size_t l = 0; l < c->L; l++)
                x[state_spot(c, g, n, l)] =
                    (real)a.data[c->constant ? g * c->N + n : ((b * c->G + g) * c->N + n) * c->L + l];
    loci_array_free(&a);
}

/* Of every channel, as of an array [D][N]. */
static void rows(real *x, const scan_case *c, const loci_array *a, size_t first, size_t N, double times)
{
    for (size_t d = 0; d < c->D; d++)
        for (size_t n = 0; n < N; n++)
            x[(lane_of(c, d) / V * N + n) * V + lane_of(c, d) % V] =
                (real)(a->data[first + d * N + n] * times);
}

static size_t count_of(const loci_array *a)
{
    size_t count = 1;
    for (size_t i = 0; i < a->dimensions; i++) count *= a->shape[i];
    return count;
}

/* 1e-12 of the largest (gradients 1e-11) in double; 1e-5 in the norm of all in float, and thrice that of one. */
static double allowed(const loci_array *a, double fine)
{
    double most = 0;
    for (size_t i = 0; i < count_of(a); i++) most = fmax(most, fabs(a->data[i]));
    return (LOCI_REAL_IS_DOUBLE ? fine : 3e-5) * most;
}

typedef struct {
    const scan_case *c;
    size_t blocks, plane;
    loci_selective self;
    real *rate, *skip, *bias, *x, *raw, *dt, *z, *B, *C, *y, *dy, *kept, *state, *dstate, *scratch;
    real *dx, *ddt, *dz, *dB, *dC, *again, *drate, *dskip, *dbias;
    real *sum_B, *sum_C; /* of constant ones */
} scan;

static void open_scan(scan *t, const scan_case *c)
{
    const size_t blocks = c->G * loci_lane_blocks(c->D / c->G), plane_size = blocks * c->L * V,
                 bc = c->G * loci_lane_blocks(c->N) * c->L * V;
    *t = (scan){.c = c, .blocks = blocks, .plane = plane_size};
    real **planes[] = {&t->x, &t->raw, &t->dt, &t->z, &t->y, &t->dy, &t->dx, &t->ddt, &t->dz, &t->again};
    for (size_t i = 0; i < sizeof planes / sizeof *planes; i++) *planes[i] = some(plane_size);
    real **both[] = {&t->B, &t->C, &t->dB, &t->dC};
    for (size_t i = 0; i < 4; i++) *both[i] = some(bc);
    real **states[] = {&t->rate, &t->drate, &t->state, &t->dstate, &t->sum_B, &t->sum_C};
    for (size_t i = 0; i < 6; i++) *states[i] = some(blocks * c->N * V);
    real **channels[] = {&t->skip, &t->dskip, &t->bias, &t->dbias};
    for (size_t i = 0; i < 4; i++) *channels[i] = some(blocks * V);
    t->kept = some(c->L * blocks * c->N * V);
    loci_array a = golden(c->file, "A");
    rows(t->rate, c, &a, 0, c->N, LOCI_SELECTIVE_BASE);
    loci_array_free(&a);
    if (c->skip) a = golden(c->file, "D"), rows(t->skip, c, &a, 0, 1, 1), loci_array_free(&a);
    if (c->softplus) a = golden(c->file, "delta_bias"), rows(t->bias, c, &a, 0, 1, 1), loci_array_free(&a);
    t->self = (loci_selective){blocks, c->G, c->N, 0, t->rate, t->skip};
    t->scratch = some(loci_selective_scratch(&t->self));
}

static void close_scan(scan *t)
{
    real *all[] = {t->rate, t->skip, t->bias,  t->x,     t->raw,    t->dt,      t->z,     t->B,    t->C,
                   t->y,    t->dy,   t->kept,  t->state, t->dstate, t->scratch, t->dx,    t->ddt,  t->dz,
                   t->dB,   t->dC,   t->again, t->drate, t->dskip,  t->dbias,   t->sum_B, t->sum_C};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) loci_free(all[i]);
}

static loci_selective_planes band_at(const scan *t, size_t first, size_t count)
{
    return (loci_selective_planes){t->x + first * V, t->dt + first * V, t->c->gate ? t->z + first * V : NULL,
                                   t->B + first * V, t->C + first * V,  t->c->L,
                                   t->c->L,          t->c->L,           count};
}

/* Sequence b, `step` rows at a time; what backward needs of states is kept. */
static void run(scan *t, size_t b, size_t step)
{
    const scan_case *c = t->c;
    const size_t size = t->blocks * c->N * V, kept = loci_selective_kept(&t->self, step);
    plane(t->x, c, "u", b), plane(t->raw, c, "delta", b), plane(t->dy, c, "dout", b);
    if (c->gate) plane(t->z, c, "z", b);
    numbers(t->B, c, "B", b), numbers(t->C, c, "C", b);
    for (size_t k = 0; k < t->blocks; k++)
        for (size_t i = 0; i < c->L * V; i++) t->raw[k * c->L * V + i] += t->bias[k * V + i % V];
    if (c->softplus)
        loci_selective_loops_get()->softplus(t->dt, t->raw, t->blocks * c->L);
    else
        memcpy(t->dt, t->raw, t->plane * sizeof(real));
    memset(t->state, 0, size * sizeof(real));
    for (size_t first = 0, i = 0; first < c->L; first += step, i++) {
        const loci_selective_planes band = band_at(t, first, c->L - first < step ? c->L - first : step);
        loci_selective_forward(&t->self, t->y + first * V, t->state, t->kept + i * kept, &band);
    }
}

static void check_plane(const real *x, const scan_case *c, const char *name, size_t b, double fine)
{
    loci_array a = golden(c->file, name);
    const double tolerance = allowed(&a, fine);
    for (size_t i = 0; i < c->D * c->L; i++)
        assert_near(x[spot(c, i / c->L, i % c->L)], a.data[b * c->D * c->L + i], tolerance, "%s %s[%zu]",
                    c->file, name, i);
    loci_array_free(&a);
}

static void check_rows(const real *x, const scan_case *c, const char *name, size_t b, size_t N, double fine)
{
    loci_array a = golden(c->file, name);
    const double tolerance = allowed(&a, fine);
    for (size_t i = 0; i < c->D * N; i++)
        assert_near(x[(lane_of(c, i / N) / V * N + i % N) * V + lane_of(c, i / N) % V],
                    a.data[b * c->D * N + i], tolerance, "%s %s[%zu]", c->file, name, i);
    loci_array_free(&a);
}

static void check_numbers(const real *x, const scan_case *c, const char *name, size_t b)
{
    loci_array a = golden(c->file, name);
    const double tolerance = allowed(&a, 1e-11);
    for (size_t i = 0; i < c->G * c->N * c->L; i++)
        assert_near(x[state_spot(c, i / c->L / c->N, i / c->L % c->N, i % c->L)],
                    a.data[b * c->G * c->N * c->L + i], tolerance, "%s %s[%zu]", c->file, name, i);
    loci_array_free(&a);
}

static void forward_is_published(void **unused)
{
    (void)unused;
    const size_t steps[] = {64, 1, 5};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        for (size_t b = 0; b < 2; b++) {
            scan t;
            real *first = NULL;
            open_scan(&t, &cases[i]);
            first = some(t.plane);
            for (size_t k = 0; k < 3; k++) {
                run(&t, b, steps[k]);
                check_plane(t.y, t.c, "out", b, 1e-12);
                check_rows(t.state, t.c, "last_state", b, t.c->N, 1e-12);
                if (k == 0) memcpy(first, t.y, t.plane * sizeof(real));
                assert_memory_equal(first, t.y, t.plane * sizeof(real)); /* the same bits in any cut */
            }
            loci_free(first);
            close_scan(&t);
        }
}

/* The gradients of one sequence by bands from the last, with those of the last state or without. */
static void run_back(scan *t, size_t b, size_t step, int last)
{
    const scan_case *c = t->c;
    const size_t size = t->blocks * c->N * V, kept = loci_selective_kept(&t->self, step);
    run(t, b, step);
    memset(t->dstate, 0, size * sizeof(real));
    if (last) {
        loci_array a = golden(c->file, "dlast");
        rows(t->dstate, c, &a, b * c->D * c->N, c->N, 1);
        loci_array_free(&a);
    }
    for (size_t i = (c->L + step - 1) / step; i-- > 0;) {
        const size_t first = i * step, at = first * V;
        const loci_selective_planes band = band_at(t, first, c->L - first < step ? c->L - first : step);
        const loci_selective_slopes to = {.dx = t->dx + at,
                                          .ddt = t->ddt + at,
                                          .dz = c->gate ? t->dz + at : NULL,
                                          .dB = t->dB + at,
                                          .dC = t->dC + at,
                                          .y = t->again + at,
                                          .drate = t->drate,
                                          .dskip = t->dskip,
                                          .z_apart = c->L,
                                          .bc_apart = c->L,
                                          .softplus = c->softplus};
        loci_selective_backward(&t->self, &to, t->dstate, t->dy + at, t->kept + i * kept, &band, t->scratch);
    }
    for (size_t k = 0; k < t->blocks; k++)
        for (size_t l = 0; l < c->L; l++)
            for (size_t h = 0; h < V; h++) t->dbias[k * V + h] += t->ddt[(k * c->L + l) * V + h];
    for (size_t d = 0; c->constant && d < c->D; d++)
        for (size_t n = 0; n < c->N; n++)
            for (size_t l = 0; l < c->L; l++) {
                t->sum_B[(lane_of(c, d) / V * c->N + n) * V] += t->dB[state_spot(c, d, n, l)];
                t->sum_C[(lane_of(c, d) / V * c->N + n) * V] += t->dC[state_spot(c, d, n, l)];
            }
}

static void backward_is_published(void **unused)
{
    (void)unused;
    const size_t steps[] = {64, 13, 1};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        for (size_t k = 0; k < 3; k++)
            for (int last = 0; last < 2; last++) {
                const scan_case *c = &cases[i];
                const char *du = last ? "dl_u" : "du", *ddelta = last ? "dl_delta" : "ddelta";
                scan t;
                open_scan(&t, c);
                for (size_t b = 0; b < 2; b++) {
                    run_back(&t, b, steps[k], last);
                    check_plane(t.dx, c, du, b, 1e-11);
                    check_plane(t.ddt, c, ddelta, b, 1e-11);
                    check_plane(t.again, c, "out", b, 1e-12);
                    if (c->gate) check_plane(t.dz, c, last ? "dl_z" : "dz", b, 1e-11);
                    if (!c->constant) {
                        check_numbers(t.dB, c, last ? "dl_B" : "dB", b);
                        check_numbers(t.dC, c, last ? "dl_C" : "dC", b);
                    }
                }
                check_rows(t.drate, c, last ? "dl_A" : "dA", 0, c->N, 1e-11);
                if (c->skip) check_rows(t.dskip, c, last ? "dl_D" : "dD", 0, 1, 1e-11);
                if (c->softplus) check_rows(t.dbias, c, last ? "dl_delta_bias" : "ddelta_bias", 0, 1, 1e-11);
                if (c->constant) check_rows(t.sum_B, c, last ? "dl_B" : "dB", 0, c->N, 1e-11);
                if (c->constant) check_rows(t.sum_C, c, last ? "dl_C" : "dC", 0, c->N, 1e-11);
                close_scan(&t);
            }
}

/* One rate for all states is a rate a state, all of them the same, at numbers of states around the tiles, of rows around the chunks
 * and of blocks around those that go together. */
static void a_shared_rate_is_as_many(void **unused)
{
    (void)unused;
    enum { CASES = 6 };
    const size_t counts[CASES] = {1, 7, 16, 17, 40, 5}, rows_of[CASES] = {19, 19, 19, 16, 15, 50},
                 blocks_of[CASES] = {1, 1, 2, 1, 1, 9};
    for (size_t i = 0; i < CASES; i++) {
        const size_t N = counts[i], L = rows_of[i], D = blocks_of[i], bc = loci_lane_blocks(N) * L * V;
        uint64_t seed = 4;
        const size_t plane_size = D * L * V, states = D * N * V;
        real *x = some(plane_size), *dt = some(plane_size), *z = some(plane_size), *B = some(bc),
             *C = some(bc), *rate[2], *skip = some(D * V), *dy = some(plane_size);
        real *y[2], *state[2], *kept = some(L * states), *out[2][8], *dstate[2];
        for (size_t n = 0; n < plane_size; n++) {
            x[n] = (real)noise(&seed), dt[n] = (real)(0.6 + 0.5 * noise(&seed)), z[n] = (real)noise(&seed);
            dy[n] = (real)noise(&seed);
        }
        for (size_t n = 0; n < bc; n++) B[n] = (real)noise(&seed), C[n] = (real)noise(&seed);
        rate[1] = some(D * V), rate[0] = some(states);
        for (size_t n = 0; n < D * V; n++)
            rate[1][n] = (real)(-1 - 0.5 * noise(&seed)), skip[n] = (real)noise(&seed);
        for (size_t n = 0; n < states; n++) rate[0][n] = rate[1][n / V / N * V + n % V];
        for (int shared = 0; shared < 2; shared++) {
            const loci_selective self = {D, 1, N, shared, rate[shared], skip};
            const loci_selective_planes band = {x, dt, z, B, C, L, L, L, L};
            real *scratch = some(loci_selective_scratch(&self));
            y[shared] = some(plane_size), state[shared] = some(states), dstate[shared] = some(states);
            for (int k = 0; k < 8; k++) out[shared][k] = some(bc + plane_size + states);
            real *const *o = out[shared];
            const loci_selective_slopes to = {o[0], o[1], o[2], o[3], o[4], o[5], o[6], o[7], L, L, 0};
            loci_selective_forward(&self, y[shared], state[shared], kept, &band);
            loci_selective_backward(&self, &to, dstate[shared], dy, kept, &band, scratch);
            for (size_t n = 0; n < plane_size; n++)
                assert_near(o[5][n], y[shared][n], 0, "y[%zu] once more", n);
            loci_free(scratch);
        }
        /* sums of N products of about 1, over L rows; of lanes, D blocks */
        const double tolerance = 20 * (double)(N + L) * (double)D * LOCI_REAL_EPSILON;
        for (size_t n = 0; n < plane_size; n++) {
            assert_near(y[1][n], y[0][n], tolerance, "y[%zu] of %zu states", n, N);
            for (int k = 0; k < 3; k++)
                assert_near(out[1][k][n], out[0][k][n], tolerance, "slope %d [%zu]", k, n);
        }
        for (size_t n = 0; n < bc; n++) {
            assert_near(out[1][3][n], out[0][3][n], tolerance, "dB[%zu]", n);
            assert_near(out[1][4][n], out[0][4][n], tolerance, "dC[%zu]", n);
        }
        for (size_t d = 0; d < D * V; d++) {
            double sum = 0;
            for (size_t n = 0; n < N; n++) sum += (double)out[0][6][(d / V * N + n) * V + d % V];
            assert_near(out[1][6][d], sum, 10 * tolerance, "drate[%zu]", d);
        }
        for (int shared = 0; shared < 2; shared++) {
            loci_free(y[shared]), loci_free(state[shared]), loci_free(dstate[shared]);
            for (int k = 0; k < 8; k++) loci_free(out[shared][k]);
        }
        real *all[] = {x, dt, z, B, C, rate[0], rate[1], skip, dy, kept};
        for (size_t k = 0; k < sizeof all / sizeof *all; k++) loci_free(all[k]);
    }
}

/* Steps and rates so large that a factor is 0, beside others that are not: the fast loop and the careful one have the same bits
 * where both are right. */
static void steep_factors_are_zero(void **unused)
{
    (void)unused;
    enum { L = 3, N = 2 };
    real *x = some(L * V), *dt = some(L * V), *B = some(L * V), *C = some(L * V), *rate = some(N * V),
         *skip = some(V), *y[2], *state[2];
    uint64_t seed = 3;
    for (size_t i = 0; i < L * V; i++) {
        x[i] = (real)noise(&seed), dt[i] = (real)(0.5 + 0.4 * noise(&seed));
        B[i] = C[i] = (real)noise(&seed);
    }
    for (size_t i = 0; i < N * V; i++) rate[i] = (real)(-2 - noise(&seed));
    const loci_selective self = {1, 1, N, 0, rate, skip};
    const loci_selective_planes band = {x, dt, NULL, B, C, L, L, L, L};
    for (int steep = 0; steep < 2; steep++) {
        y[steep] = some(L * V), state[steep] = some(N * V);
        if (steep) rate[V + 5] = -1e6, dt[V + 6] = 1e6;
        for (size_t i = 0; i < N * V; i++) state[steep][i] = 1;
        loci_selective_forward(&self, y[steep], state[steep], NULL, &band);
    }
    for (size_t l = 0; l < L; l++)
        for (size_t h = 0; h < V; h++) {
            assert_true(isfinite(y[1][l * V + h]));
            if (h != 5 && h != 6) assert_near(y[1][l * V + h], y[0][l * V + h], 0, "y[%zu][%zu]", l, h);
        }
    const double last =
        (double)dt[2 * V + 5] * (double)x[2 * V + 5] * (double)B[2 * V + 1]; /* nothing is kept */
    assert_near(state[1][V + 5], last, 4 * LOCI_REAL_EPSILON, "a state that forgets at once");
    real *all[] = {x, dt, B, C, rate, skip, y[0], y[1], state[0], state[1]};
    for (size_t k = 0; k < sizeof all / sizeof *all; k++) loci_free(all[k]);
}

/* ---- short convolutions: x [B][D][L], weight [D][width], rows before the first [B][D][width - 1] ---- */

static void convolution_is_published(void **unused)
{
    (void)unused;
    enum { B = 2, D = 5 };
    const size_t sizes[][2] = {{4, 1}, {4, 2}, {4, 17}, {2, 3}, {3, 4}, {3, 17}};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        const size_t K = sizes[i][0], L = sizes[i][1], P = K - 1;
        const loci_selective_loops *loops = loci_selective_loops_get();
        char name[8][40];
        const char *const stems[8] = {"x", "init", "y_init", "y_zero", "y_noact_nobias", "dout", "dx", "dw"};
        for (int k = 0; k < 8; k++) snprintf(name[k], sizeof name[k], "%s_W%zu_L%zu", stems[k], K, L);
        char w_name[4], b_name[4], db_name[24];
        snprintf(w_name, sizeof w_name, "w%zu", K), snprintf(b_name, sizeof b_name, "b%zu", K);
        snprintf(db_name, sizeof db_name, "db_W%zu_L%zu", K, L);
        loci_array a[8], w = golden("causal_conv.npz", w_name), bias = golden("causal_conv.npz", b_name),
                         db = golden("causal_conv.npz", db_name);
        for (int k = 0; k < 8; k++) a[k] = golden("causal_conv.npz", name[k]);
        real *x = some((P + L) * V), *weight = some(K * V), *add = some(V), *none = some(V), *y = some(L * V),
             *slope = some(L * V), *dv = some((L + P) * V), *dx = some(L * V), *dw = some(K * V),
             *dadd = some(V);
        for (size_t d = 0; d < D; d++) {
            add[d] = (real)bias.data[d];
            for (size_t k = 0; k < K; k++) weight[k * V + d] = (real)w.data[d * K + k];
        }
        const double tolerance = LOCI_REAL_IS_DOUBLE ? 1e-13 : 4e-6;
        for (size_t b = 0; b < B; b++) {
            for (size_t d = 0; d < D; d++)
                for (size_t l = 0; l < L; l++) x[(P + l) * V + d] = (real)a[0].data[(b * D + d) * L + l];
            for (int form = 2; form >= 0;
                 form--) { /* without activation and bias; from 0; with rows before */
                const loci_array *expected = &a[form == 2 ? 4 : form == 1 ? 3 : 2];
                for (size_t d = 0; d < D; d++)
                    for (size_t l = 0; l < P; l++)
                        x[l * V + d] = form ? 0 : (real)a[1].data[(b * D + d) * P + l];
                loops->convolve(y, form == 2 ? NULL : slope, x + P * V, weight, form == 2 ? none : add, K,
                                form == 2, L);
                for (size_t n = 0; n < D * L; n++)
                    assert_near(y[n % L * V + n / L], expected->data[b * D * L + n], tolerance,
                                "%s form %d [%zu]", name[0], form, n);
            }
            for (size_t n = 0; n < D * L; n++)
                dv[n % L * V + n / L] = (real)a[5].data[b * D * L + n] * slope[n % L * V + n / L];
            loops->convolve_backward(dx, dw, dadd, dv, x + P * V, weight, K, L);
            for (size_t n = 0; n < D * L; n++)
                assert_near(dx[n % L * V + n / L], a[6].data[b * D * L + n], 10 * tolerance, "%s[%zu]",
                            name[6], n);
        }
        for (size_t n = 0; n < D * K; n++)
            assert_near(dw[n % K * V + n / K], a[7].data[n], 100 * tolerance, "%s[%zu]", name[7], n);
        for (size_t d = 0; d < D; d++)
            assert_near(dadd[d], db.data[d], 100 * tolerance, "%s[%zu]", db_name, d);
        for (int k = 0; k < 8; k++) loci_array_free(&a[k]);
        loci_array_free(&w), loci_array_free(&bias), loci_array_free(&db);
        real *all[] = {x, weight, add, none, y, slope, dv, dx, dw, dadd};
        for (size_t k = 0; k < sizeof all / sizeof *all; k++) loci_free(all[k]);
    }
}

/* ---- the rest ---- */

static void lanes_are_summed(void **unused)
{
    (void)unused;
    enum { ROWS = 3 };
    const size_t W = loci_selective_loops_get()->width, T = loci_selective_loops_get()->tile;
    for (size_t N = 1; N < 40; N++) {
        uint64_t seed = N;
        real *x = some(ROWS * N * W), *y = some(loci_lane_blocks(N) * ROWS * V);
        for (size_t i = 0; i < ROWS * N * W; i++) x[i] = (real)noise(&seed);
        loci_selective_loops_get()->sum_lanes(y, ROWS, x, N, ROWS);
        for (size_t r = 0; r < ROWS; r++)
            for (size_t n = 0; n < loci_lane_blocks(N) * V; n++) {
                const size_t first = n / T * T, tile = first + T <= N ? T : 1, of = tile == 1 ? n : first;
                double sum = 0;
                for (size_t lane = 0; n < N && lane < W; lane++)
                    sum += (double)x[(of * ROWS + r * tile + (n - of)) * W + lane];
                assert_near(y[(n / V * ROWS + r) * V + n % V], sum, 16 * LOCI_REAL_EPSILON,
                            "row %zu, %zu of %zu", r, n, N);
            }
        loci_free(x), loci_free(y);
    }
}

/* log(1 + e^x) and its slope, sigmoid(x), from far below to far above 0. */
static void steps_are_positive(void **unused)
{
    (void)unused;
    enum { ROWS = 10 };
    real *x = some(ROWS * V), *y = some(ROWS * V), *dx = some(ROWS * V), *ones = some(ROWS * V);
    for (size_t i = 0; i < ROWS * V; i++) x[i] = (real)((double)i * 0.75 - 60), ones[i] = 1;
    loci_selective_loops_get()->softplus(y, x, ROWS);
    loci_selective_loops_get()->softplus_backward(dx, ones, y, ROWS);
    for (size_t i = 0; i < ROWS * V; i++) {
        const double v = (double)x[i], expected = v > 20 ? v : log1p(exp(v)), slope = 1 / (1 + exp(-v));
        assert_true(y[i] > 0);
        assert_near(y[i], expected, 4 * LOCI_REAL_EPSILON * expected, "softplus(%g)", v);
        /* above 20 the slope is 1, as published: e^-20 off */
        assert_near(dx[i], slope, (v > 20 ? 3e-9 : 0) + 8 * LOCI_REAL_EPSILON * slope, "its slope at %g", v);
    }
    loci_free(x), loci_free(y), loci_free(dx), loci_free(ones);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(forward_is_published),     cmocka_unit_test(backward_is_published),
        cmocka_unit_test(a_shared_rate_is_as_many), cmocka_unit_test(steep_factors_are_zero),
        cmocka_unit_test(convolution_is_published), cmocka_unit_test(lanes_are_summed),
        cmocka_unit_test(steps_are_positive),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
