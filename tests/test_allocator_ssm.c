/* SPDX-License-Identifier: MIT
 * test_allocator_ssm.c - systems and their forms in an embedder's memory: all of it comes from there and goes back, and where
 * it ends nothing is lost. */
#include "bank.h"

#include <math.h>

#include <loci/forms.h>
#include <loci/init.h>

enum { COPIES = 2, ORDER = 6, LENGTH = 100, KINDS = 6, FORMS = 3 };

/* Dense, dplr and diagonal systems. */
static loci_status made(loci_system **system, size_t kind, const loci_allocator *by)
{
    static const loci_system_kind kinds[KINDS] = {LOCI_SYSTEM_LEGS,     LOCI_SYSTEM_LAGT,
                                                  LOCI_SYSTEM_LEGS,     LOCI_SYSTEM_S4D_LIN,
                                                  LOCI_SYSTEM_S4D_LEGS, LOCI_SYSTEM_LEGT};
    static const loci_structure structures[KINDS] = {LOCI_DENSE,    LOCI_DENSE,    LOCI_DPLR,
                                                     LOCI_DIAGONAL, LOCI_DIAGONAL, LOCI_DPLR};
    const loci_system_spec spec = {.kind = kinds[kind],
                                   .structure = structures[kind],
                                   .order = ORDER,
                                   .copies = COPIES,
                                   .lag = kind == 2 ? 0.5 : (double)NAN,
                                   .allocator = by};
    return loci_system_make(system, &spec, NULL);
}

static void fill(double *u, size_t count)
{
    for (size_t i = 0; i < count; i++) u[i] = sin((double)i / 7);
}

/* What is asked of the system itself: a kernel and its gradient, its answer in continuous time, how it grows. */
static loci_status ask(size_t kind, const loci_allocator *by)
{
    double k[COPIES * LENGTH], u[LENGTH * COPIES], y[LENGTH * COPIES], t[LENGTH], growth;
    loci_system *s = NULL, *copy = NULL, *dense = NULL;
    fill(u, LENGTH * COPIES);
    for (size_t i = 0; i < LENGTH; i++) t[i] = (double)i / 50 + (double)(i % 3) / 500;
    loci_status status = made(&s, kind, by);
    if (!status) status = loci_system_copy(&copy, s, NULL);
    if (!status) status = loci_system_to_dense(&dense, s, NULL);
    if (!status) status = loci_system_growth(s, &growth, NULL, NULL);
    if (!status) status = loci_kernel_f64(k, s, LOCI_BILINEAR, LENGTH, NULL);
    if (!status && s->structure != LOCI_DENSE)
        status = loci_kernel_backward_f64(copy, k, s, LOCI_BILINEAR, LENGTH, NULL);
    if (!status) status = loci_continuous_run(s, LOCI_ZOH, y, NULL, t, LENGTH, u, t, LENGTH, 0, NULL);
    if (!status) status = loci_continuous_run(s, LOCI_FOH, y, NULL, t, LENGTH, u, t, LENGTH, 0, NULL);
    loci_system_free(dense);
    loci_system_free(copy);
    loci_system_free(s);
    return status;
}

/* The forms, each from its own system, with and without steps of their own, forward and backward. */
static loci_status run(size_t number, const loci_allocator *by)
{
    const size_t kind = number / FORMS;
    static const loci_form forms[FORMS] = {LOCI_RECURRENT, LOCI_CONVOLUTION, LOCI_MIXED};
    double u[LENGTH * COPIES], y[LENGTH * COPIES], du[LENGTH * COPIES], steps[LENGTH];
    loci_system *s = NULL, *gradient = NULL;
    loci_ssm *ssm = NULL;
    fill(u, LENGTH * COPIES);
    for (size_t i = 0; i < LENGTH; i++) steps[i] = 1 + (double)(i / 40);
    loci_status status = made(&s, kind, by);
    if (!status) status = loci_system_copy(&gradient, s, NULL);
    if (!status) {
        const loci_ssm_options options = {
            .form = forms[number % FORMS], .discretization = LOCI_BILINEAR, .length = LENGTH, .chunk = 16};
        status = loci_ssm_create(&ssm, s, &options, NULL);
    }
    if (!status) status = loci_ssm_run_f64(ssm, y, NULL, u, NULL, 1, LENGTH, NULL, NULL);
    if (!status && loci_ssm_form(ssm) == LOCI_RECURRENT)
        status = loci_ssm_run_f64(ssm, y, NULL, u, steps, 1, LENGTH, NULL, NULL);
    else if (!status)
        status = loci_ssm_backward_f64(ssm, s->structure == LOCI_DENSE ? NULL : gradient, du, NULL, y, u,
                                       NULL, 1, LENGTH, NULL, NULL);
    loci_ssm_free(ssm);
    loci_system_free(gradient);
    loci_system_free(s);
    return status;
}

static void systems(void **state)
{
    (void)state;
    for (size_t kind = 0; kind < KINDS; kind++) assert_true(check_allocations(kind, ask) > 4);
}

static void forms(void **state)
{
    (void)state;
    for (size_t i = 0; i < KINDS * FORMS; i++) assert_true(check_allocations(i, run) > 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(systems),
        cmocka_unit_test(forms),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
