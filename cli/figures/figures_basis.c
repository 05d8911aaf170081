/* SPDX-License-Identifier: MIT
 * figures_basis.c - pictures of what memories are made of: polynomials, matrices, and how fast they converge. */
#include "figures/figures.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include <loci/basis.h>
#include <loci/measure.h>

static chart *no_memory(loci_error *error)
{
    *error = (loci_error){LOCI_E_MEMORY, "out of memory"};
    return NULL;
}

/* --- the first Legendre polynomials --- */

chart *figure_legendre(loci_error *error)
{
    enum { ORDER = 6, COUNT = 601 };
    static const char *const names[ORDER] = {"P₀", "P₁", "P₂", "P₃", "P₄", "P₅"};
    static const chart_colour colours[ORDER] = {CHART_GREY,  CHART_BLUE,   CHART_VERMILION,
                                                CHART_GREEN, CHART_PURPLE, CHART_ORANGE};
    double x[COUNT], at[COUNT], values[COUNT * ORDER], y[COUNT];
    for (size_t i = 0; i < COUNT; i++) {
        at[i] = (double)i / (COUNT - 1);
        x[i] = 2 * at[i] - 1;
    }
    if (loci_basis_evaluate(LOCI_LEGENDRE, LOCI_VALUE, values, at, COUNT, ORDER, error) != LOCI_OK)
        return NULL;
    chart *drawing = chart_create(
        &(chart_layout){.title = "The first six Legendre polynomials",
                        .subtitle = "orthogonal on [−1, 1]: each swings once more than the one before",
                        .width = 760});
    chart_panel(drawing, &(chart_axes){.x_label = "x"});
    for (size_t n = 0; n < ORDER; n++) {
        for (size_t i = 0; i < COUNT; i++) y[i] = values[i * ORDER + n] / sqrt(2 * (double)n + 1);
        chart_add(drawing,
                  &(chart_series){
                      .name = names[n], .x = x, .y = y, .count = COUNT, .colour = colours[n], .width = 2});
    }
    return drawing;
}

/* --- the matrices --- */

chart *figure_matrices(loci_error *error)
{
    enum { ORDER = 24 };
    static const struct {
        loci_measure measure;
        const char *title;
    } shown[] = {{LOCI_MEASURE_LEGS, "legs, legs-lti"},
                 {LOCI_MEASURE_LEGT, "legt"},
                 {LOCI_MEASURE_LAGT, "lagt"},
                 {LOCI_MEASURE_FOUT, "fout"}};
    double a[ORDER * ORDER], b[ORDER];
    chart *drawing = chart_create(&(chart_layout){
        .title = "How each memory stirs its coefficients: the matrix A of x′ = A x + B u",
        .subtitle = "order 24; blue takes away, red adds; the scale is each matrix's own; legs also "
                    "divides by t; the window of legt and fout is 2",
        .columns = 4,
        .width = 1080,
        .height = 300});
    for (size_t i = 0; i < sizeof shown / sizeof *shown; i++) {
        if (loci_measure_matrices(shown[i].measure, a, b, ORDER, error) != LOCI_OK) {
            chart_destroy(drawing);
            return NULL;
        }
        chart_panel(drawing, &(chart_axes){.title = shown[i].title,
                                           .x_label = "from coefficient",
                                           .y_label = "to coefficient"});
        chart_add(drawing,
                  &(chart_series){.kind = CHART_MATRIX, .y = a, .count = ORDER * ORDER, .rows = ORDER});
    }
    return drawing;
}

/* --- Legendre against Fourier --- */

/* Nodes for integrals over [0, 1] that are exact to rounding for what is drawn here. */
enum { NODES = 1024 };

typedef double signal_at(double x);

/* c[order]: the projection on the basis, by Gauss quadrature. The square error follows from Parseval. */
static loci_status project(double *c, loci_basis basis, signal_at *f, size_t order, const double *node,
                           const double *weight, loci_error *error)
{
    double *values = malloc(NODES * order * sizeof *values);
    if (!values) {
        no_memory(error);
        return LOCI_E_MEMORY;
    }
    const loci_status status = loci_basis_evaluate(basis, LOCI_VALUE, values, node, NODES, order, error);
    for (size_t n = 0; n < order && status == LOCI_OK; n++) {
        c[n] = 0;
        for (size_t i = 0; i < NODES; i++) c[n] += weight[i] * f(node[i]) * values[i * order + n];
    }
    free(values);
    return status;
}

static double wave(double x)
{
    return figure_wave(x, 6);
}

chart *figure_fourier(loci_error *error)
{
    enum { ORDER = 32, COUNT = 801 };
    static double node[NODES], weight[NODES], x[COUNT], f[COUNT], fit[2][COUNT], gap[2][COUNT];
    double c[ORDER], error_square[2] = {0, 0}, mean = 0, square = 0;
    if (loci_quadrature_gauss(node, weight, NODES, error) != LOCI_OK) return NULL;
    for (size_t i = 0; i < NODES; i++) {
        mean += weight[i] * wave(node[i]);
        square += weight[i] * wave(node[i]) * wave(node[i]);
    }
    for (size_t i = 0; i < COUNT; i++) {
        x[i] = (double)i / (COUNT - 1);
        f[i] = wave(x[i]);
    }
    for (size_t k = 0; k < 2; k++) {
        const loci_basis basis = k == 0 ? LOCI_LEGENDRE : LOCI_FOURIER;
        if (project(c, basis, wave, ORDER, node, weight, error) != LOCI_OK) return NULL;
        if (k == 0)
            loci_legendre_sum(LOCI_VALUE, fit[k], c, ORDER, x, COUNT);
        else
            loci_fourier_sum(LOCI_VALUE, fit[k], c, ORDER, x, COUNT);
        error_square[k] = square;
        for (size_t n = 0; n < ORDER; n++) error_square[k] -= c[n] * c[n];
        for (size_t i = 0; i < COUNT; i++) gap[k][i] = fmax(fabs(fit[k][i] - f[i]), 1e-9);
    }
    const double variance = square - mean * mean;
    char share[2][32], subtitle[160];
    snprintf(subtitle, sizeof subtitle,
             "32 coefficients each; forgotten: Legendre %s, Fourier %s of the variance",
             figure_share(share[0], error_square[0] / variance),
             figure_share(share[1], error_square[1] / variance));
    chart *drawing = chart_create(&(chart_layout){
        .title = "Fourier pays for ends that do not meet; Legendre does not", .subtitle = subtitle});
    chart_panel(drawing, &(chart_axes){.y_label = "u", .bare_x = true, .weight = 1.5});
    chart_add(
        drawing,
        &(chart_series){.name = "signal", .x = x, .y = f, .count = COUNT, .colour = CHART_GREY, .width = 4});
    chart_add(drawing, &(chart_series){.name = "Legendre", .x = x, .y = fit[0], .count = COUNT});
    chart_add(drawing, &(chart_series){.name = "Fourier", .x = x, .y = fit[1], .count = COUNT});
    chart_panel(drawing, &(chart_axes){.x_label = "place in the history (0: oldest, 1: newest)",
                                       .y_label = "distance from the signal",
                                       .log_y = true,
                                       .no_legend = true});
    chart_add(drawing, &(chart_series){.name = "Legendre", .x = x, .y = gap[0], .count = COUNT});
    chart_add(drawing, &(chart_series){.name = "Fourier", .x = x, .y = gap[1], .count = COUNT});
    return drawing;
}

/* --- order against error --- */

/* The share of u (joined by lines) that `order` coefficients forget. */
static loci_status forgotten(double *share, const double *u, size_t count, size_t order, loci_error *error)
{
    loci_memory_spec spec = loci_memory_defaults();
    spec.order = order;
    spec.detail = 0;
    spec.join = LOCI_LINEAR;
    trial t;
    loci_memory_summary summary = {0};
    loci_status status = trial_open(&t, &spec, 1, error);
    if (status == LOCI_OK) status = loci_memory_push(t.memory, t.plan, u, NULL, count, error);
    if (status == LOCI_OK) status = loci_memory_close(t.memory, t.plan, (double)count, error);
    if (status == LOCI_OK) status = loci_memory_collapse(t.scratch, t.memory, t.plan, error);
    if (status == LOCI_OK) status = loci_memory_summarize(t.scratch, t.plan, 0, &summary, error);
    *share = summary.forgotten;
    trial_close(&t);
    return status;
}

chart *figure_orders(loci_error *error)
{
    enum { COUNT = 20000, MOST = 40 };
    double *smooth = malloc(COUNT * sizeof *smooth), *rough = malloc(COUNT * sizeof *rough);
    if (!smooth || !rough) {
        free(smooth);
        free(rough);
        return no_memory(error);
    }
    for (size_t i = 0; i < COUNT; i++) smooth[i] = figure_wave((double)i / (COUNT - 1), 10);
    figure_noise(rough, COUNT, 1, 14, 3);
    double orders[MOST], errors[2][MOST];
    size_t shown = 0;
    loci_status status = LOCI_OK;
    for (size_t order = 1; order <= 512 && status == LOCI_OK; order = order < 8 ? order + 1 : order * 5 / 4) {
        orders[shown] = (double)order;
        status = forgotten(&errors[0][shown], smooth, COUNT, order, error);
        if (status == LOCI_OK) status = forgotten(&errors[1][shown], rough, COUNT, order, error);
        errors[0][shown] = fmax(errors[0][shown], 1e-16);
        shown++;
    }
    free(smooth);
    free(rough);
    if (status != LOCI_OK) return NULL;
    const double third[1] = {30};
    chart *drawing = chart_create(&(chart_layout){
        .title = "A smooth signal needs a few dozen numbers; a rough one is never done",
        .subtitle =
            "20,000 samples joined by lines, whose kinks are the floor near 10⁻¹², projected on N Legendre polynomials"});
    chart_panel(drawing, &(chart_axes){.x_label = "coefficients N",
                                       .y_label = "forgotten share of the variance",
                                       .log_x = true,
                                       .log_y = true});
    chart_add(drawing, &(chart_series){.kind = CHART_MARKS,
                                       .name = "N = 3 × the 10 cycles of the smooth signal",
                                       .x = third,
                                       .count = 1,
                                       .colour = CHART_GREY,
                                       .dashed = true,
                                       .width = 1.2});
    chart_add(drawing,
              &(chart_series){
                  .name = "smooth: 10 slow waves", .x = orders, .y = errors[0], .count = shown, .width = 2});
    chart_add(drawing, &(chart_series){.name = "rough: equal power in every octave",
                                       .x = orders,
                                       .y = errors[1],
                                       .count = shown,
                                       .width = 2});
    return drawing;
}
