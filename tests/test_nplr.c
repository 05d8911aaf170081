/* SPDX-License-Identifier: MIT
 * test_nplr.c - diagonal plus low rank forms of the HiPPO matrices against LAPACK's. */
#include "systems.h"

#include <complex.h>

#include <loci/init.h>

#include "hippo/nplr.h"
#include "near.h"

/* Two ways, each exact to rounding: 1e-13 of the largest eigenvalue, some 1e4 for legs of order 64; vectors by what does not
 * depend on phases, their products with what B makes real. */
static void agrees_with_lapack(void **state)
{
    (void)state;
    const loci_measure measures[] = {LOCI_MEASURE_LEGS, LOCI_MEASURE_LEGS_LTI, LOCI_MEASURE_LEGT,
                                     LOCI_MEASURE_FOUT};
    const size_t orders[] = {2, 4, 6, 16, 64, 130};
    for (size_t m = 0; m < 4; m++)
        for (size_t k = 0; k < 6; k++) {
            const size_t order = orders[k], half = order / 2;
            double *all = calloc(13 * half, sizeof *all);
            double *w = all, *b = w + 2 * half, *p = b + 2 * half, *w_re = p + 4 * half, *w_im = w_re + half,
                   *b_re = w_im + half, *b_im = b_re + half;
            double *p_re = calloc(4 * half, sizeof *p_re), *p_im = p_re + 2 * half;
            size_t rank;
            loci_error error;
            assert_int_equal(loci_nplr(NULL, measures[m], w, b, p, order, &error), LOCI_OK);
            assert_int_equal(loci_hippo_dplr(measures[m], w_re, w_im, p_re, p_im, b_re, b_im, NULL, NULL,
                                             &rank, order, &error),
                             LOCI_OK);
            const double most = fabs(w_im[0]) + 1, size = sqrt((double)order);
            for (size_t i = 0; i < half; i++) {
                assert_near(w[2 * i], w_re[i], 1e-13, "measure %zu, order %zu, Re w %zu", m, order, i);
                assert_near(w[2 * i + 1], w_im[i], 1e-13 * most, "measure %zu, order %zu, Im w %zu", m, order,
                            i);
                if (b_re[i] < 1e-9) continue; /* no phase is the right one */
                assert_near(b[2 * i], b_re[i], 1e-11 * size, "measure %zu, order %zu, B %zu", m, order, i);
                assert_near(b[2 * i + 1], 0, 1e-11 * size, "measure %zu, order %zu, Im B %zu", m, order, i);
                for (size_t r = 0; r < 2; r++) {
                    const double re = r < rank ? p_re[r * half + i] : 0,
                                 im = r < rank ? p_im[r * half + i] : 0;
                    assert_near(p[(r * half + i) * 2], re, 1e-11 * size, "measure %zu, order %zu, P %zu", m,
                                order, i);
                    assert_near(p[(r * half + i) * 2 + 1], im, 1e-11 * size, "measure %zu, order %zu, P %zu",
                                m, order, i);
                }
            }
            free(all), free(p_re);
        }
    assert_int_equal(loci_nplr(NULL, LOCI_MEASURE_LEGS, NULL, NULL, NULL, 3, NULL), LOCI_E_ARGUMENT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(agrees_with_lapack)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
