/* SPDX-License-Identifier: MIT
 * test_number.c - decimal numbers against strtod, bit by bit, in each of the three ways; what is no number.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/number.h"
#include "comma.h"

static uint64_t seed = 1;

static uint64_t draw(void)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return seed;
}

/* glibc's strtod rounds exactly; a test program runs in the C locale. */
static void compare(const char *text)
{
    char line[2048], *end;
    snprintf(line, sizeof line, "%s\n", text);
    const double expected = strtod(line, &end);
    assert_true(*end == '\n');
    double fast = 0, slow = 0;
    const char *after_fast = loci_number_scan(&fast, line),
               *after_slow = loci_number_scan_slow(&slow, line, '.');
    if (after_fast != end || memcmp(&fast, &expected, 8) != 0)
        fail_msg("%s: %.17g, not %.17g", text, fast, expected);
    if (after_slow != end || memcmp(&slow, &expected, 8) != 0)
        fail_msg("%s: %.17g, not %.17g", text, slow, expected);
}

static void corners_are_exact(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "0",
        "-0",
        "0.0",
        "-0.000",
        "0e5",
        "1",
        "+1",
        "-1",
        "007",
        "1.",
        ".5",
        "-.5",
        "+.5e1",
        "1e0",
        "1E+0",
        "1e-0",
        "0.1",
        "123456789012345678",
        "9007199254740991",
        "9007199254740992",
        "9007199254740993",
        "9007199254740995",
        "9007199254740993.0000000000000000000000000000000001",
        "18446744073709551615",
        "18446744073709551616",
        "9999999999999999999",
        "99999999999999999999",
        "1e22",
        "1e23",
        "8.5e22",
        "1e27",
        "1e28",
        "9e-27",
        "9e-28",
        "1.7976931348623157e308",
        "1.7976931348623158e308",
        "1.7976931348623159e308",
        "1e308",
        "1e309",
        "2e308",
        "1e999999",
        "1e99999999999999999999",
        "-1e400",
        "2.2250738585072014e-308",
        "2.2250738585072011e-308",
        "4.9e-324",
        "5e-324",
        "2.4703282292062327e-324",
        "2.4703282292062328e-324",
        "2.48e-324",
        "2.47e-324",
        "1e-324",
        "1e-400",
        "1e-99999999999999999999",
        "0.000000000000000000000000000000000000000000000000000000000000000000001e80",
        "100000000000000000000000000000e-29",
        "179769313486231580793728971405303415079934132710037826936173778980444968292764750946649017977587207096330286416692887910946555547851940402630657488671505820681908902000708383676273854845817711531764475730270069855571366959622842914819860834936475292719074168444365510704342711559699508093042880",
        "2.22507385850720113605740979670913197593481954635164564802342610972482222202107694551652952390813508791414915891303962110687008643869459464552765720740782062174337998814106326732925355228688137214901298112245145188984905722230728525513315575501591439747639798341180199932396254828901710708185069063066665599493827577257201576306269066333264756530000924588831643303777979186961204949739037782970490505108060994073026293712895895000358379996720725430436028407889577179615094551674824347103070260914462157228988025818254518032570701886087211312807951223342628836862232150377566662250398253433597456888442390026549819838548794829220689472168983109969836584681402285424333066033985088644580400103493397042756718644338377048603786162277173854562306587467901408672332763671874999e-308",
    };
    for (size_t k = 0; k < sizeof texts / sizeof texts[0]; k++) compare(texts[k]);
}

static void random_decimals_are_exact(void **state)
{
    (void)state;
    char text[128];
    for (int k = 0; k < 200000; k++) {
        const int digits = 1 + (int)(draw() % 22), exponent = (int)(draw() % 700) - 350,
                  small = (int)(draw() % 200) - 100;
        int at = 0;
        if (draw() % 2) text[at++] = '-';
        const int point = (int)(draw() % (uint64_t)(digits + 1));
        for (int d = 0; d < digits; d++) {
            if (d == point) text[at++] = '.';
            text[at++] = (char)('0' + draw() % 10);
        }
        text[at] = 0;
        if (k % 3 == 1) snprintf(text + at, 16, "e%d", exponent);
        if (k % 3 == 2) snprintf(text + at, 16, "E%+d", small);
        compare(text);
    }
}

static void what_printf_wrote_is_read_back(void **state)
{
    (void)state;
    char text[64];
    for (int k = 0; k < 100000; k++) {
        uint64_t bits = draw();
        double value, back;
        memcpy(&value, &bits, 8);
        if (!isfinite(value)) continue;
        snprintf(text, sizeof text, "%.17g\n", value);
        assert_non_null(loci_number_scan(&back, text));
        assert_memory_equal(&value, &back, 8);
        value = (double)(int64_t)bits * 0x1p-63;
        snprintf(text, sizeof text, "%.17g\n", value);
        assert_non_null(loci_number_scan(&back, text));
        assert_memory_equal(&value, &back, 8);
    }
}

/* The middle between two neighbours, all digits written, and a hair to either side: the hardest cases there
 * are. */
static void middles_are_rounded_to_even(void **state)
{
    (void)state;
    char text[1200];
    for (int k = 0; k < 2000; k++) {
        /* an odd number of 54 bits, times 2^power, power from -120 to 0 */
        const uint64_t odd = ((uint64_t)1 << 53 | draw() >> 11) | 1;
        const int power = -(int)(draw() % 121);
        /* long double has 64 bits on this machine or more elsewhere; where it has 53 the test has nothing to
         * say */
        if (LDBL_MANT_DIG < 64) return;
        const int length = snprintf(text, sizeof text, "%.140Lf", ldexpl((long double)odd, power));
        compare(text);
        text[length] = '1';
        text[length + 1] = 0;
        compare(text);
        text[length] = 0;
        for (int i = length - 1; i >= 0; i--) { /* one less in the last place */
            if (text[i] == '.') continue;
            if (text[i]-- != '0') break;
            text[i] = '9';
        }
        compare(text);
    }
}

static void what_is_no_number_is_refused(void **state)
{
    (void)state;
    static const char *const texts[] = {"",    "-",   "+",   ".",  "-.", "e5", ".e5", "1e",  "1e+",
                                        "1e-", "abc", "nan", "in", "-i", ",",  " 1",  "--1", "+-1"};
    for (size_t k = 0; k < sizeof texts / sizeof texts[0]; k++) {
        char line[32];
        double value;
        snprintf(line, sizeof line, "%s\n", texts[k]);
        if (loci_number_scan(&value, line)) fail_msg("\"%s\" was taken for a number", texts[k]);
    }
    double value;
    const char *text = "1.5.5\n";
    assert_ptr_equal(loci_number_scan(&value, text), text + 3);
    text = "0x10\n";
    assert_ptr_equal(loci_number_scan(&value, text), text + 1);
    text = "-InfinitY,\n";
    assert_ptr_equal(loci_number_scan(&value, text), text + 9);
    assert_true(value == -INFINITY);
    text = "infinite\n";
    assert_ptr_equal(loci_number_scan(&value, text), text + 3);
}

/* Written as in the C locale in any, and read back. */
static void written_whatever_the_locale(void **state)
{
    (void)state;
    static const double values[] = {0.1, -1.5e-300, 200000000, 1e22, 0, 123456.789, INFINITY, -INFINITY};
    static const char *const wanted[] = {"0.1", "-1.5e-300",  "200000000", "1e+22",
                                         "0",   "123456.789", "inf",       "-inf"};
    size_t tried = 0;
    for (size_t which = 0; which <= COMMAS; which++) { /* the last: C */
        if (which < COMMAS && !comma_set(which)) continue;
        tried += which < COMMAS;
        for (size_t k = 0; k < sizeof values / sizeof *values; k++) {
            char text[32], few[4];
            double read;
            loci_number_write(text, sizeof text, values[k], 15);
            assert_string_equal(text, wanted[k]);
            assert_ptr_equal(loci_number_scan(&read, text), text + strlen(text));
            assert_true(read == values[k]);
            loci_number_write(few, sizeof few, 0.125, 15);
            assert_memory_equal(few, "0.", 2);
        }
        setlocale(LC_ALL, "C");
    }
    if (!tried) skip();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(corners_are_exact),
        cmocka_unit_test(random_decimals_are_exact),
        cmocka_unit_test(what_printf_wrote_is_read_back),
        cmocka_unit_test(middles_are_rounded_to_even),
        cmocka_unit_test(what_is_no_number_is_refused),
        cmocka_unit_test(written_whatever_the_locale),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
