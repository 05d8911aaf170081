/* SPDX-License-Identifier: MIT
 * test_optimizer.c - AdamW against published trajectories, of numbers and of a whole classifier; sums of squares. */
#include "base/each_precision.h"

#include "systems.h"

#include "base/allocate.h"
#include "model/network.h"
#include "near.h"
#include "model/loss.h"
#include "train/optimizer.h"

enum { COUNT = 7, STEPS = 6 };

static void follow(const char *name, double rate, double decay, double scale)
{
    loci_array p0 = golden("optimizer.npz", "p0"), grads = golden("optimizer.npz", "grads"),
               expected = golden("optimizer.npz", name);
    real p[COUNT], m[COUNT] = {0}, v[COUNT] = {0}, g[COUNT];
    for (size_t i = 0; i < COUNT; i++) p[i] = (real)p0.data[i];
    for (uint64_t t = 1; t <= STEPS; t++) {
        for (size_t i = 0; i < COUNT; i++) g[i] = (real)(grads.data[(t - 1) * COUNT + i] / scale);
        loci_optimizer_adamw(p, m, v, g, COUNT, rate, decay, scale, t);
        /* in float: some roundings a step, of numbers to about 2 */
        for (size_t i = 0; i < COUNT; i++)
            assert_near(p[i], expected.data[(t - 1) * COUNT + i],
                        LOCI_REAL_IS_DOUBLE ? 1e-14 : 4e-7 * (double)t, "%s, step %d, number %zu", name,
                        (int)t, i);
    }
    loci_array_free(&p0), loci_array_free(&grads), loci_array_free(&expected);
}

static void is_the_published_one(void **state)
{
    (void)state;
    follow("adamw", 0.01, 0.01, 1);
    follow("adamw_nowd", 0.001, 0, 1);
    follow("adamw", 0.01, 0.01, 0.25); /* clipping multiplies the gradient */
}

/* A gradient of 0 leaves what decay does alone; the first step is the rate, whatever the gradient's size; every number is
 * treated alike, wherever it stands. */
static void limits(void **state)
{
    (void)state;
    enum { MANY = 37 };
    real p[MANY], m[MANY] = {0}, v[MANY] = {0}, g[MANY];
    for (size_t i = 0; i < MANY; i++) p[i] = 1, g[i] = 0;
    loci_optimizer_adamw(p, m, v, g, MANY, 0.5, 0.5, 1, 1);
    for (size_t i = 0; i < MANY; i++) assert_near(p[i], 0.75, 0, "decay, %zu", i);
    for (size_t i = 0; i < MANY; i++) p[i] = 1, m[i] = v[i] = 0, g[i] = LOCI_REAL(1e6);
    loci_optimizer_adamw(p, m, v, g, MANY, 0.5, 0, 1, 1);
    for (size_t i = 0; i < MANY; i++)
        assert_near(p[i], 0.5, 1e-14 + 4 * LOCI_REAL_EPSILON, "first step, %zu", i); /* 1e-8 of 1e6 */
}

static void squares(void **state)
{
    (void)state;
    real g[40];
    uint64_t seed = 3;
    for (size_t count = 0; count <= 40; count++) {
        double sum = 0;
        for (size_t i = 0; i < count; i++) g[i] = (real)noise(&seed), sum += (double)g[i] * (double)g[i];
        assert_near(loci_optimizer_squares(g, count), sum, 40 * DBL_EPSILON * sum, "%zu numbers", count);
    }
    g[39] = (real)NAN;
    assert_true(isnan(loci_optimizer_squares(g, 40)));
    g[39] = (real)3e38, g[38] = (real)3e38; /* squares that a float could not hold */
    assert_true(isfinite(loci_optimizer_squares(g, 40)));
}

/* ---- a classifier: loss, gradients, parameters after one and three steps ---- */

enum { SEQUENCES = 3, LENGTH = 48, INPUTS = 3, CLASSES = 10, WIDTH = 16, MODES = 8 };

typedef struct {
    const char *file;
    loci_model *model;
    const loci_parameter *table;
    size_t parameters, size;
    loci_network *network;
    real *p, *g, *m, *v, *raw, *u;
    size_t label[SEQUENCES];
    void *workspace;
} classifier;

static void open_classifier(classifier *c, const char *file, int prenorm)
{
    loci_model_config config;
    assert_int_equal(loci_model_preset(&config, "s4-example", INPUTS, CLASSES, NULL), LOCI_OK);
    config.layers = 2, config.width = WIDTH, config.order = 2 * MODES, config.dropout = 0,
    config.prenorm = prenorm;
    c->file = file;
    assert_int_equal(loci_model_create(&c->model, &config, NULL), LOCI_OK);
    c->table = loci_model_parameters(c->model, &c->parameters);
    c->size = loci_model_size(c->model);
    assert_int_equal(loci_network_create(&c->network, c->model, LENGTH, NULL), LOCI_OK);
    c->p = loci_allocate(c->size, sizeof(real)), c->g = loci_allocate(c->size, sizeof(real));
    c->m = loci_allocate(c->size, sizeof(real)), c->v = loci_allocate(c->size, sizeof(real));
    c->raw = loci_allocate(loci_network_gradient_size(c->network), sizeof(real));
    c->u = loci_allocate(SEQUENCES * LENGTH * INPUTS, sizeof(real));
    c->workspace = loci_allocate(loci_network_workspace_size(c->network, SEQUENCES, 1), 1);
    loci_array x = golden(file, "x"), labels = golden(file, "labels");
    for (size_t i = 0; i < SEQUENCES * LENGTH * INPUTS; i++) c->u[i] = (real)x.data[i];
    for (size_t i = 0; i < SEQUENCES; i++) c->label[i] = (size_t)labels.data[i];
    loci_array_free(&x), loci_array_free(&labels);
}

static void close_classifier(classifier *c)
{
    void *const all[] = {c->p, c->g, c->m, c->v, c->raw, c->u, c->workspace};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) loci_free(all[i]);
    loci_network_free(c->network);
    loci_model_free(c->model);
}

/* The mean loss, and its gradient. */
static double learn(classifier *c)
{
    real y[SEQUENCES * CLASSES], dy[SEQUENCES * CLASSES];
    const loci_pass pass = {.B = SEQUENCES, .L = LENGTH};
    const size_t parts = loci_network_parts(c->network);
    double loss = 0;
    memset(c->raw, 0, loci_network_gradient_size(c->network) * sizeof(real));
    for (size_t i = 0; i < parts; i++) loci_network_prepare(c->network, c->p, 1, i);
    loci_network_forward(c->network, y, c->u, &pass, NULL, 1, c->workspace);
    for (size_t b = 0; b < SEQUENCES; b++) {
        size_t answer;
        loss += loci_loss_cross_entropy(&answer, dy + b * CLASSES, y + b * CLASSES, CLASSES, c->label[b],
                                        1.0 / SEQUENCES);
    }
    loci_network_backward(c->network, NULL, c->raw, dy, &pass, NULL, c->workspace);
    for (size_t i = 0; i < parts; i++) loci_network_gather(c->network, c->g, c->raw, c->p, i);
    return loss / SEQUENCES;
}

/* All parameters against those that begin with `prefix`: number by number, and by the norm of each parameter. In float the
 * imaginary part of the first C of a channel is left out: A is real there, its gradient 0 but for rounding, of which
 * AdamW makes a step of any size. */
static void compare(const classifier *c, const real *x, const char *prefix, double absolute, double relative)
{
    for (size_t k = 0; k < c->parameters; k++) {
        const loci_parameter *q = &c->table[k];
        char name[128];
        snprintf(name, sizeof name, "%s.%.100s", prefix, q->name);
        loci_array a = golden(c->file, name);
        double gap = 0, norm = 0;
        for (size_t i = 0; i < q->count; i++) {
            const double off = (double)x[q->offset + i] - a.data[i];
            if (!LOCI_REAL_IS_DOUBLE && strstr(q->name, "kernel.C") && i % (2 * MODES) == 1) continue;
            gap += off * off, norm += a.data[i] * a.data[i];
            assert_near(x[q->offset + i], a.data[i], absolute, "%s[%zu]", name, i);
        }
        assert_near(sqrt(gap), 0, relative * sqrt(norm), "%s", name);
        loci_array_free(&a);
    }
}

static void a_classifier(const char *file, int prenorm)
{
    classifier c;
    open_classifier(&c, file, prenorm);
    loci_array losses = golden(file, "losses");
    for (size_t k = 0; k < c.parameters; k++) {
        char name[128];
        snprintf(name, sizeof name, "w.%.100s", c.table[k].name);
        loci_array w = golden(file, name);
        for (size_t i = 0; i < c.table[k].count; i++) c.p[c.table[k].offset + i] = (real)w.data[i];
        loci_array_free(&w);
    }
    for (uint64_t t = 1; t <= 3; t++) {
        assert_near(learn(&c), losses.data[t - 1], LOCI_REAL_IS_DOUBLE ? 1e-11 : 1e-5, "loss %d", (int)t);
        if (t == 1) compare(&c, c.g, "g", INFINITY, LOCI_REAL_IS_DOUBLE ? 1e-9 : 1e-4);
        for (size_t k = 0; k < c.parameters; k++) {
            const size_t at = c.table[k].offset;
            const int ssm = c.table[k].group == LOCI_GROUP_SSM;
            loci_optimizer_adamw(c.p + at, c.m + at, c.v + at, c.g + at, c.table[k].count, ssm ? 0.001 : 0.01,
                                 c.table[k].group == LOCI_GROUP_MAIN ? 0.01 : 0, 1, t);
        }
        if (t != 2) compare(&c, c.p, t == 1 ? "p1" : "p3", LOCI_REAL_IS_DOUBLE ? 1e-9 : 2e-4, INFINITY);
    }
    assert_near(learn(&c), losses.data[3], LOCI_REAL_IS_DOUBLE ? 1e-9 : 1e-4, "loss at the end");
    loci_array_free(&losses);
    close_classifier(&c);
}

static void trains_the_published_classifiers(void **state)
{
    (void)state;
    a_classifier("05_model_postnorm.npz", 0);
    a_classifier("05_model_prenorm.npz", 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(is_the_published_one), cmocka_unit_test(limits),
                                       cmocka_unit_test(squares),
                                       cmocka_unit_test(trains_the_published_classifiers)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
