/* SPDX-License-Identifier: MIT
 * polynomial.c - exact coefficients of the bases, in lowest terms, and how they are written. */
#include "figures/polynomial.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>

size_t polynomial_most(loci_basis basis)
{
    return basis == LOCI_LEGENDRE ? 30 : basis == LOCI_LAGUERRE ? 18 : SIZE_MAX;
}

static int64_t common_divisor(int64_t a, int64_t b)
{
    while (b != 0) {
        const int64_t rest = a % b;
        a = b;
        b = rest;
    }
    return a < 0 ? -a : a;
}

/* n! L_n(x) = sum over k of (-1)^k n!/k! C(n,k) x^k has whole coefficients. From one to the next, from the
 * leading 1 (up to sign) down: the coefficient of x^(k-1) is that of x^k times -k^2/(n - k + 1), a division
 * without rest; with k and the divisor made coprime first, no product leaves 64 bits before the result does,
 * which is from n = 19 on. */
static void laguerre(polynomial *p, size_t n)
{
    int64_t factorial = 1;
    for (size_t k = 2; k <= n; k++) factorial *= (int64_t)k;
    int64_t coefficient = n % 2 == 0 ? 1 : -1;
    for (size_t k = n; k > 0; k--) {
        p->numerator[k] = coefficient;
        int64_t square = (int64_t)(k * k), divisor = (int64_t)(n - k + 1);
        const int64_t common = common_divisor(square, divisor);
        square /= common;
        divisor /= common;
        coefficient = -(coefficient / divisor) * square;
    }
    p->numerator[0] = coefficient;
    p->denominator = factorial;
}

polynomial polynomial_of(loci_basis basis, size_t n)
{
    polynomial p = {.symbol = basis == LOCI_LEGENDRE   ? 'P'
                              : basis == LOCI_LAGUERRE ? 'L'
                                                       : 'f',
                    .denominator = 1};
    if (basis == LOCI_FOURIER || n > polynomial_most(basis)) return p;
    p.degree = n;
    if (basis == LOCI_LAGUERRE) {
        laguerre(&p, n);
    } else {
        loci_legendre_polynomial(p.numerator, n, NULL);
        p.denominator = (int64_t)1 << n;
    }
    int64_t common = p.denominator;
    for (size_t k = 0; k <= n; k++) common = common_divisor(common, p.numerator[k]);
    for (size_t k = 0; k <= n; k++) p.numerator[k] /= common;
    p.denominator /= common;
    return p;
}

typedef struct {
    char *text;
    size_t used;
} line;

static void append(line *to, const char *format, ...)
#if defined(__GNUC__)
    __attribute__((format(printf, 2, 3)))
#endif
    ;

static void append(line *to, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    const int written = vsnprintf(to->text + to->used, POLYNOMIAL_SIZE - to->used, format, arguments);
    va_end(arguments);
    if (written > 0) to->used += (size_t)written;
    if (to->used >= POLYNOMIAL_SIZE) to->used = POLYNOMIAL_SIZE - 1;
}

static void fourier(line *to, size_t n)
{
    if (n < 2) {
        append(to, "%d", n == 0 ? 1 : 0);
        return;
    }
    append(to, "sqrt(2) %s(%zu pi x)", n % 2 == 0 ? "cos" : "sin", n / 2 * 2);
}

void polynomial_write(char *text, loci_basis basis, size_t n)
{
    const polynomial p = polynomial_of(basis, n);
    line to = {.text = text};
    append(&to, "%c_%zu(x) = ", p.symbol, n);
    if (basis == LOCI_FOURIER) {
        fourier(&to, n);
        return;
    }
    if (p.denominator != 1) append(&to, "(");
    bool first = true;
    for (size_t k = p.degree + 1; k-- > 0;) {
        const int64_t c = p.numerator[k];
        if (c == 0) continue;
        const uint64_t size = c < 0 ? (uint64_t)-c : (uint64_t)c;
        append(&to, "%s", first ? (c < 0 ? "-" : "") : (c < 0 ? " - " : " + "));
        if (size != 1 || k == 0) append(&to, "%" PRIu64, size);
        if (k > 0) append(&to, "x");
        if (k > 1) append(&to, "^%zu", k);
        first = false;
    }
    if (p.denominator != 1) append(&to, ")/%" PRId64, p.denominator);
}
