/* SPDX-License-Identifier: MIT
 * figures_ssm.c - pictures of linear systems: three forms of one thing, and how they pass into one another. */
#include "figures/figures.h"

#include <complex.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <loci/forms.h>
#include <loci/init.h>
#include <loci/system.h>

/* Two damped oscillations. Small enough to be looked at, not so simple that forms could agree by accident. */
static loci_system *oscillator(double dt, loci_error *error)
{
    static const double a_re[2] = {-0.7, -0.35}, a_im[2] = {4.1, 1.3}, c_re[2] = {0.8, 0.5},
                        c_im[2] = {-0.6, -0.2};
    loci_system *s;
    if (loci_system_create(&s, LOCI_DIAGONAL, 1, 4, 0, error) != LOCI_OK) return NULL;
    for (size_t n = 0; n < 2; n++) {
        s->a_re[n] = a_re[n];
        s->a_im[n] = a_im[n];
        s->b_re[n] = 1;
        s->c_re[n] = c_re[n];
        s->c_im[n] = c_im[n];
    }
    s->dt[0] = dt;
    return s;
}

/* Its kernel in continuous time, C exp(t A) B. */
static double oscillation(const loci_system *s, double t)
{
    double sum = 0;
    for (size_t n = 0; n < s->width; n++) {
        const double complex a = s->a_re[n] + s->a_im[n] * I, b = s->b_re[n] + s->b_im[n] * I,
                             c = s->c_re[n] + s->c_im[n] * I;
        sum += 2 * creal(c * b * cexp(a * t));
    }
    return sum;
}

/* y [length] from u [length] in one form; the state goes on (NULL: from 0). */
static loci_status run(const loci_system *s, loci_form form, double *y, double *state, const double *u,
                       size_t length, loci_error *error)
{
    const loci_ssm_options options = {.form = form, .discretization = LOCI_ZOH, .length = length};
    loci_ssm *ssm;
    loci_status status = loci_ssm_create(&ssm, s, &options, error);
    if (status != LOCI_OK) return status;
    status = loci_ssm_run_f64(ssm, y, state, u, NULL, 1, length, NULL, error);
    loci_ssm_free(ssm);
    return status;
}

/* --- three forms --- */

chart *figure_forms(loci_error *error)
{
    enum { LENGTH = 24, FINE = 16, POINTS = LENGTH * FINE };
    const double dt = 0.4, span = dt * LENGTH;
    double u[LENGTH], begin[LENGTH], end[LENGTH], x[POINTS], curve[POINTS], y[3][LENGTH], gap[2][LENGTH];
    loci_system *s = oscillator(dt, error);
    if (!s) return NULL;
    for (size_t k = 0; k < LENGTH; k++) {
        u[k] = figure_wave((double)k / LENGTH, 3);
        begin[k] = (double)k * dt;
        end[k] = (double)(k + 1) * dt;
    }
    for (size_t i = 0; i < POINTS; i++) x[i] = (double)i * dt / FINE;
    loci_status status = loci_continuous_run(s, LOCI_ZOH, curve, NULL, x, POINTS, u, begin, LENGTH, 0, error);
    if (status == LOCI_OK)
        status = loci_continuous_run(s, LOCI_ZOH, y[0], NULL, end, LENGTH, u, begin, LENGTH, 0, error);
    if (status == LOCI_OK) status = run(s, LOCI_RECURRENT, y[1], NULL, u, LENGTH, error);
    if (status == LOCI_OK) status = run(s, LOCI_CONVOLUTION, y[2], NULL, u, LENGTH, error);
    loci_system_free(s);
    if (status != LOCI_OK) return NULL;
    for (size_t i = 0; i < 2; i++)
        for (size_t k = 0; k < LENGTH; k++) gap[i][k] = fmax(fabs(y[i + 1][k] - y[0][k]), 1e-18);
    chart *drawing = chart_create(&(chart_layout){
        .title = "One system, three forms, one answer",
        .subtitle =
            "x′ = A x + B u, y = C x: solved as a differential equation, stepped as a recurrence, multiplied as a "
            "convolution (below, 0 is drawn at the bottom)"});
    chart_panel(
        drawing,
        &(chart_axes){
            .y_label = "input u, held", .bare_x = true, .no_legend = true, .x_to = span, .weight = 0.7});
    chart_add(
        drawing,
        &(chart_series){
            .kind = CHART_STEPS, .x = begin, .y = u, .count = LENGTH, .colour = CHART_GREY, .width = 2});
    chart_panel(drawing, &(chart_axes){.y_label = "answer y", .bare_x = true, .x_to = span, .weight = 1.6});
    chart_add(
        drawing,
        &(chart_series){
            .name = "continuous", .x = x, .y = curve, .count = POINTS, .colour = CHART_GREY, .width = 2});
    chart_add(drawing, &(chart_series){.kind = CHART_POINTS,
                                       .name = "convolution",
                                       .x = end,
                                       .y = y[2],
                                       .count = LENGTH,
                                       .colour = CHART_ORANGE,
                                       .width = 5});
    chart_add(drawing, &(chart_series){.kind = CHART_POINTS,
                                       .name = "recurrent",
                                       .x = end,
                                       .y = y[1],
                                       .count = LENGTH,
                                       .colour = CHART_BLUE,
                                       .width = 2.4});
    chart_panel(drawing, &(chart_axes){.x_label = "time (s)",
                                       .y_label = "distance from the continuous form",
                                       .log_y = true,
                                       .x_to = span,
                                       .y_from = 1e-18,
                                       .y_to = 1e-12,
                                       .no_legend = true,
                                       .weight = 0.8});
    chart_add(drawing, &(chart_series){.kind = CHART_POINTS,
                                       .x = end,
                                       .y = gap[1],
                                       .count = LENGTH,
                                       .colour = CHART_ORANGE,
                                       .width = 5});
    chart_add(drawing, &(chart_series){.kind = CHART_POINTS,
                                       .x = end,
                                       .y = gap[0],
                                       .count = LENGTH,
                                       .colour = CHART_BLUE,
                                       .width = 2.4});
    return drawing;
}

/* --- the recurrence unrolled --- */

chart *figure_unrolled(loci_error *error)
{
    enum { LENGTH = 8 };
    static const double u[LENGTH] = {1, 0.55, 0.8, 0.4, 0.5, 0.95, 0.6, 0.35};
    static const char *const marks[LENGTH] = {"C Ā⁷ B̄ u₀", "C Ā⁶ B̄ u₁", "C Ā⁵ B̄ u₂", "C Ā⁴ B̄ u₃",
                                              "C Ā³ B̄ u₄", "C Ā² B̄ u₅", "C Ā B̄ u₆",  "C B̄ u₇"};
    double y[LENGTH], k[LENGTH], x[LENGTH], left[LENGTH], right[LENGTH], from[LENGTH], to[LENGTH];
    const double zero[1] = {0}, place[1] = {LENGTH - 1 + 0.46};
    loci_system *s;
    if (loci_system_create(&s, LOCI_DIAGONAL, 1, 2, 0, error) != LOCI_OK) return NULL;
    s->a_re[0] = -1;
    s->b_re[0] = 1;
    s->c_re[0] = 1;
    s->dt[0] = 0.25;
    loci_status status = run(s, LOCI_RECURRENT, y, NULL, u, LENGTH, error);
    if (status == LOCI_OK) status = loci_kernel_f64(k, s, LOCI_ZOH, LENGTH, error);
    loci_system_free(s);
    if (status != LOCI_OK) return NULL;
    chart *drawing = chart_create(&(chart_layout){
        .title = "Unrolled, the recurrence is a sum over all inputs so far",
        .subtitle =
            "xₖ = Ā xₖ₋₁ + B̄ uₖ, yₖ = C xₖ: each input goes into the state once, and fades by Ā at every step",
        .height = 620});
    for (size_t i = 0; i < LENGTH; i++) {
        x[i] = (double)i;
        left[i] = x[i] - 0.4;
        right[i] = x[i] + 0.4;
    }
    chart_panel(drawing, &(chart_axes){.y_label = "input u",
                                       .bare_x = true,
                                       .no_legend = true,
                                       .x_from = -0.6,
                                       .x_to = LENGTH + 0.8,
                                       .weight = 0.6});
    for (size_t l = 0; l < LENGTH; l++)
        chart_add(drawing, &(chart_series){.kind = CHART_BARS,
                                           .x = left + l,
                                           .x2 = right + l,
                                           .y = zero,
                                           .y2 = u + l,
                                           .count = 1,
                                           .colour = CHART_SHADE,
                                           .shade = (double)l / LENGTH});
    chart_panel(
        drawing,
        &(chart_axes){.x_label = "sample", .y_label = "answer y", .x_from = -0.6, .x_to = LENGTH + 0.8});
    memset(to, 0, sizeof to);
    for (size_t l = 0; l < LENGTH; l++) {
        for (size_t i = l; i < LENGTH; i++) {
            from[i] = to[i];
            to[i] += k[i - l] * u[l];
        }
        chart_add(drawing, &(chart_series){.kind = CHART_BARS,
                                           .x = left + l,
                                           .x2 = right + l,
                                           .y = from + l,
                                           .y2 = to + l,
                                           .count = LENGTH - l,
                                           .colour = CHART_SHADE,
                                           .shade = (double)l / LENGTH});
        const double middle[1] = {(from[LENGTH - 1] + to[LENGTH - 1]) / 2};
        chart_add(drawing, &(chart_series){.kind = CHART_TEXT,
                                           .name = marks[l],
                                           .x = place,
                                           .y = middle,
                                           .count = 1,
                                           .colour = CHART_BLACK});
    }
    chart_add(drawing, &(chart_series){.kind = CHART_POINTS,
                                       .name = "the recurrence, step by step",
                                       .x = x,
                                       .y = y,
                                       .count = LENGTH,
                                       .colour = CHART_VERMILION,
                                       .width = 4});
    return drawing;
}

/* --- the kernel on its way --- */

enum { SLIDE = 32, STOPS = 3 };

/* One column: input, mirrored kernel and answer at three samples, one below the other. */
static void slide(chart *drawing, size_t row, const double *u, const double *kernel, size_t length,
                  const double *y, const char *title)
{
    static const size_t stops[STOPS] = {6, 16, 26};
    double x[SLIDE], left[SLIDE], right[SLIDE], mirrored[SLIDE], at[SLIDE], found[STOPS], where[STOPS];
    for (size_t i = 0; i < SLIDE; i++) {
        x[i] = (double)i;
        left[i] = x[i] - 0.35;
        right[i] = x[i] + 0.35;
    }
    if (row < STOPS) {
        const size_t stop = stops[row];
        const double here[1] = {(double)stop};
        size_t count = 0;
        for (size_t l = length; l-- > 0;)
            if (l <= stop) {
                at[count] = (double)(stop - l);
                mirrored[count++] = kernel[l];
            }
        char label[32];
        snprintf(label, sizeof label, "at sample %zu", stop);
        chart_panel(drawing, &(chart_axes){.title = row == 0 ? title : NULL,
                                           .y_label = label,
                                           .bare_x = true,
                                           .no_legend = true,
                                           .x_from = -0.7,
                                           .x_to = SLIDE - 0.3,
                                           .y_from = -1.35,
                                           .y_to = 1.35});
        chart_add(drawing, &(chart_series){.kind = CHART_BARS,
                                           .x = left,
                                           .x2 = right,
                                           .y = u,
                                           .count = SLIDE,
                                           .colour = CHART_GREY,
                                           .pale = true});
        chart_add(drawing,
                  &(chart_series){.x = at, .y = mirrored, .count = count, .colour = CHART_VERMILION});
        chart_add(drawing, &(chart_series){.kind = CHART_POINTS,
                                           .x = at,
                                           .y = mirrored,
                                           .count = count,
                                           .colour = CHART_VERMILION,
                                           .width = 2.6});
        chart_add(drawing, &(chart_series){.kind = CHART_MARKS,
                                           .x = here,
                                           .count = 1,
                                           .colour = CHART_BLUE,
                                           .dashed = true,
                                           .width = 1});
        return;
    }
    for (size_t i = 0; i < STOPS; i++) {
        where[i] = (double)stops[i];
        found[i] = y[stops[i]];
    }
    chart_panel(drawing, &(chart_axes){.x_label = "sample",
                                       .y_label = "answer y",
                                       .no_legend = true,
                                       .x_from = -0.7,
                                       .x_to = SLIDE - 0.3});
    chart_add(drawing, &(chart_series){.x = x, .y = y, .count = SLIDE, .colour = CHART_BLUE});
    chart_add(drawing, &(chart_series){.kind = CHART_POINTS,
                                       .x = where,
                                       .y = found,
                                       .count = STOPS,
                                       .colour = CHART_BLUE,
                                       .width = 4.5});
}

chart *figure_sliding(loci_error *error)
{
    double u[SLIDE], kernel[SLIDE], full[SLIDE], three[SLIDE], most = 0;
    for (size_t i = 0; i < SLIDE; i++) {
        const double phase = (double)i / 5 - floor((double)i / 15) * 0.4;
        u[i] = (i % 15 < 9 ? 0.9 : -0.6) * (0.55 + 0.45 * cos(2 * phase));
    }
    loci_system *s = oscillator(0.22, error);
    if (!s) return NULL;
    loci_status status = loci_kernel_f64(kernel, s, LOCI_ZOH, SLIDE, error);
    for (size_t l = 0; l < SLIDE && status == LOCI_OK; l++) most = fmax(most, fabs(kernel[l]));
    for (size_t n = 0; n < s->width && status == LOCI_OK; n++) {
        s->c_re[n] /= most;
        s->c_im[n] /= most;
    }
    if (status == LOCI_OK) status = loci_kernel_f64(kernel, s, LOCI_ZOH, SLIDE, error);
    if (status == LOCI_OK) status = run(s, LOCI_CONVOLUTION, full, NULL, u, SLIDE, error);
    loci_system_free(s);
    if (status != LOCI_OK) return NULL;
    for (size_t k = 0; k < SLIDE; k++) {
        three[k] = 0;
        for (size_t l = 0; l < 3 && l <= k; l++) three[k] += kernel[l] * u[k - l];
    }
    chart *drawing = chart_create(&(chart_layout){
        .title = "The kernel slides along the input; its length is how far back it sees",
        .subtitle =
            "grey: the input; red: the kernel, mirrored, newest on the right; each answer is the sum of "
            "red times grey",
        .columns = 2,
        .width = 1080,
        .height = 760});
    for (size_t row = 0; row <= STOPS; row++) {
        slide(drawing, row, u, kernel, 3, three, "length 3");
        slide(drawing, row, u, kernel, SLIDE, full, "full: as long as the input");
    }
    return drawing;
}

/* --- initial kernels --- */

chart *figure_kernels(loci_error *error)
{
    enum { COPIES = 4, LENGTH = 400, ORDER = 32 };
    static const struct {
        loci_system_kind kind;
        const char *title;
    } shown[] = {{LOCI_SYSTEM_LEGS, "legs"},
                 {LOCI_SYSTEM_LEGT, "legt"},
                 {LOCI_SYSTEM_FOUT, "fout"},
                 {LOCI_SYSTEM_LAGT, "lagt"},
                 {LOCI_SYSTEM_S4D_LEGS, "s4d-legs"},
                 {LOCI_SYSTEM_S4D_LIN, "s4d-lin"},
                 {LOCI_SYSTEM_S4D_INV, "s4d-inv"},
                 {LOCI_SYSTEM_S4D_REAL, "s4d-real"},
                 {LOCI_SYSTEM_S5, "s5"}};
    const double dt = 0.01;
    double *k = malloc(COPIES * LENGTH * sizeof *k), x[LENGTH];
    if (!k) {
        *error = (loci_error){LOCI_E_MEMORY, "out of memory"};
        return NULL;
    }
    for (size_t l = 0; l < LENGTH; l++) x[l] = (double)l * dt;
    chart *drawing = chart_create(&(chart_layout){
        .title = "What training begins with: kernels of each initialisation",
        .subtitle = "four random C each, order 32, dt 0.01 s, zoh; four memories, then diagonal systems",
        .columns = 3,
        .width = 1080,
        .height = 760});
    loci_status status = LOCI_OK;
    for (size_t i = 0; i < sizeof shown / sizeof *shown && status == LOCI_OK; i++) {
        const bool diagonal = shown[i].kind >= LOCI_SYSTEM_S4D_LIN;
        const loci_system_spec spec = {.kind = shown[i].kind,
                                       .structure = diagonal ? LOCI_DIAGONAL : LOCI_DENSE,
                                       .order = ORDER,
                                       .copies = COPIES,
                                       .dt = dt,
                                       .dt_last = dt,
                                       .lag = (double)NAN,
                                       .seed = 1};
        loci_system *s;
        status = loci_system_make(&s, &spec, error);
        if (status != LOCI_OK) break;
        status = loci_kernel_f64(k, s, LOCI_ZOH, LENGTH, error);
        loci_system_free(s);
        chart_panel(drawing, &(chart_axes){.title = shown[i].title,
                                           .x_label = i >= 6 ? "age of the input (s)" : NULL,
                                           .no_legend = true});
        for (size_t h = 0; h < COPIES; h++)
            chart_add(drawing, &(chart_series){.x = x,
                                               .y = k + h * LENGTH,
                                               .count = LENGTH,
                                               .colour = CHART_SHADE,
                                               .shade = (double)h / COPIES,
                                               .width = 1.3});
    }
    free(k);
    if (status == LOCI_OK) return drawing;
    chart_destroy(drawing);
    return NULL;
}

/* --- half and half --- */

chart *figure_halves(loci_error *error)
{
    enum { LENGTH = 300, CUT = 150 };
    double u[LENGTH], x[LENGTH], whole[LENGTH], y[LENGTH], gap[LENGTH], state[4] = {0, 0, 0, 0};
    loci_system *s = oscillator(0.08, error);
    if (!s) return NULL;
    figure_noise(u, LENGTH, 1, 6, 5);
    for (size_t k = 0; k < LENGTH; k++) x[k] = (double)(k + 1);
    loci_status status = run(s, LOCI_RECURRENT, whole, NULL, u, LENGTH, error);
    if (status == LOCI_OK) status = run(s, LOCI_CONVOLUTION, y, state, u, CUT, error);
    for (size_t k = CUT; k < LENGTH && status == LOCI_OK; k++)
        status = run(s, LOCI_RECURRENT, y + k, state, u + k, 1, error);
    loci_system_free(s);
    if (status != LOCI_OK) return NULL;
    for (size_t k = 0; k < LENGTH; k++) gap[k] = fmax(fabs(y[k] - whole[k]), 1e-18);
    const double cut[1] = {CUT + 0.5};
    chart *drawing = chart_create(&(chart_layout){
        .title = "Half as a convolution, half sample by sample",
        .subtitle =
            "the convolution hands its final state over: nothing shows at the joint, and no sample is computed twice"});
    for (size_t panel = 0; panel < 3; panel++) {
        chart_panel(drawing, &(chart_axes){.x_label = panel == 2 ? "sample" : NULL,
                                           .y_label = panel == 0   ? "input u"
                                                      : panel == 1 ? "answer y"
                                                                   : "distance from one recurrence",
                                           .bare_x = panel < 2,
                                           .no_legend = panel != 1,
                                           .log_y = panel == 2,
                                           .y_from = panel == 2 ? 1e-18 : 0,
                                           .y_to = panel == 2 ? 1e-12 : 0,
                                           .weight = panel == 1 ? 1.5 : 0.7});
        chart_add(drawing, &(chart_series){.kind = CHART_MARKS,
                                           .x = cut,
                                           .count = 1,
                                           .colour = CHART_GREY,
                                           .dashed = true,
                                           .width = 1.2});
        if (panel == 0) {
            chart_add(drawing, &(chart_series){.x = x, .y = u, .count = LENGTH, .colour = CHART_GREY});
        } else {
            const double *values = panel == 1 ? y : gap;
            const chart_kind kind = panel == 1 ? CHART_LINE : CHART_POINTS;
            chart_add(drawing, &(chart_series){.kind = kind,
                                               .name = "one convolution",
                                               .x = x,
                                               .y = values,
                                               .count = CUT,
                                               .colour = CHART_ORANGE,
                                               .width = 2});
            chart_add(drawing, &(chart_series){.kind = panel == 1 ? CHART_POINTS : kind,
                                               .name = "150 steps of the recurrence",
                                               .x = x + CUT,
                                               .y = values + CUT,
                                               .count = LENGTH - CUT,
                                               .colour = CHART_BLUE,
                                               .width = 2});
        }
    }
    return drawing;
}

/* --- two sampling rates --- */

chart *figure_rates(loci_error *error)
{
    enum { FINE = 601, MOST = 96 };
    static const double steps[2] = {0.25, 0.0625};
    static const char *const names[2] = {"4 samples a second", "16 samples a second"};
    static const chart_colour colours[2] = {CHART_VERMILION, CHART_BLUE};
    const double span = 6;
    double x[FINE], curve[FINE], at[2][MOST], k[2][MOST];
    size_t count[2];
    for (size_t i = 0; i < 2; i++) {
        loci_system *s = oscillator(steps[i], error);
        if (!s) return NULL;
        for (size_t j = 0; j < FINE; j++) {
            x[j] = span * (double)j / (FINE - 1);
            curve[j] = oscillation(s, x[j]);
        }
        count[i] = (size_t)(span / steps[i]);
        const loci_status status = loci_kernel_f64(k[i], s, LOCI_ZOH, count[i], error);
        loci_system_free(s);
        if (status != LOCI_OK) return NULL;
        for (size_t l = 0; l < count[i]; l++) {
            at[i][l] = (double)l * steps[i];
            k[i][l] /= steps[i];
        }
    }
    chart *drawing = chart_create(&(chart_layout){
        .title = "One system at two sampling rates",
        .subtitle =
            "only dt changes: a sample of the kernel, over dt, is the mean of C exp(t A) B over its interval (zoh)"});
    for (size_t i = 0; i < 2; i++) {
        chart_panel(drawing, &(chart_axes){.x_label = i ? "age of the input (s)" : NULL,
                                           .y_label = "kernel / dt",
                                           .bare_x = i == 0});
        chart_add(
            drawing,
            &(chart_series){
                .name = "continuous", .x = x, .y = curve, .count = FINE, .colour = CHART_GREY, .width = 2.4});
        chart_add(drawing, &(chart_series){.kind = CHART_STEPS,
                                           .name = names[i],
                                           .x = at[i],
                                           .y = k[i],
                                           .count = count[i],
                                           .colour = colours[i]});
    }
    return drawing;
}
