/* SPDX-License-Identifier: MIT
 * test_basis.c - the one door to the bases, and what it refuses. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <loci/basis.h>

static void same_as_each_basis(void **state)
{
    (void)state;
    const double x[] = {0.0, 0.3, 0.9};
    double out[15], expected[15];
    const loci_ask asks[] = {LOCI_VALUE, LOCI_DERIVATIVE, LOCI_INTEGRAL};
    for (size_t a = 0; a < 3; a++) {
        loci_legendre_evaluate(asks[a], expected, x, 3, 5);
        assert_int_equal(loci_basis_evaluate(LOCI_LEGENDRE, asks[a], out, x, 3, 5, NULL), LOCI_OK);
        assert_memory_equal(out, expected, sizeof out);
        loci_laguerre_evaluate(asks[a], expected, x, 3, 5);
        assert_int_equal(loci_basis_evaluate(LOCI_LAGUERRE, asks[a], out, x, 3, 5, NULL), LOCI_OK);
        assert_memory_equal(out, expected, sizeof out);
        loci_fourier_evaluate(asks[a], expected, x, 3, 5);
        assert_int_equal(loci_basis_evaluate(LOCI_FOURIER, asks[a], out, x, 3, 5, NULL), LOCI_OK);
        assert_memory_equal(out, expected, sizeof out);
    }
    assert_int_equal(loci_basis_evaluate(LOCI_FOURIER, LOCI_VALUE, out, x, 0, 5, NULL), LOCI_OK);
}

static void refusals(void **state)
{
    (void)state;
    const double x = 0.5;
    double out = 7.0;
    loci_error error;
    assert_int_equal(loci_basis_evaluate(LOCI_LEGENDRE, LOCI_VALUE, &out, &x, 1, 0, &error), LOCI_E_ARGUMENT);
    assert_string_equal(error.text, "order is 0; 1 to 1024 was expected");
    assert_int_equal(loci_basis_evaluate(LOCI_LEGENDRE, LOCI_VALUE, &out, &x, 1, 1025, &error),
                     LOCI_E_ARGUMENT);
    assert_int_equal(loci_basis_evaluate(LOCI_LEGENDRE, LOCI_MEAN, &out, &x, 1, 1, &error), LOCI_E_ARGUMENT);
    assert_string_equal(error.text, "question to a basis is 2; value, derivative or integral was expected");
    assert_int_equal(loci_basis_evaluate((loci_basis)3, LOCI_VALUE, &out, &x, 1, 1, &error), LOCI_E_ARGUMENT);
    assert_string_equal(error.text, "basis is 3; Legendre, Laguerre or Fourier was expected");
    assert_true(out == 7.0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(same_as_each_basis),
        cmocka_unit_test(refusals),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
