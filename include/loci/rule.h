/* SPDX-License-Identifier: MIT
 *
 * loci/rule.h - the rule behind a sequence: the smallest linear system whose free response it is. Part of libloci-train.
 *
 * Such a sequence follows a recurrence of constant coefficients, y_k = a_1 y_{k-1} + ... + a_n y_{k-n}: sums of damped, steady or
 * growing oscillations and powers, polynomials, what repeats; n is the order. Two ways lead to it. Whole numbers below 2^53 are
 * tried exactly first, by the algorithm of Berlekamp and Massey modulo a prime (Massey 1969), and a rule of whole coefficients is
 * proved term by term in whole numbers of any size. Else the Hankel matrix H_ij = y_{i+j} has rank n, or, where there is noise,
 * n singular values that stand out; its left singular vectors show how the system's state moves (Ho and Kalman 1966; Kung 1978), and
 * least squares over all terms (Gauss and Newton) gives the coefficients that leave the least noise.
 *
 * Functions are pure, or change only what their first arguments point to, and may be called from any thread.
 */
#ifndef LOCI_RULE_H
#define LOCI_RULE_H

#include <stddef.h>

#include <loci/allocator.h>
#include <loci/status.h>
#include <loci/system.h>

#ifdef __cplusplus
extern "C" {
#endif

#define LOCI_RULE_TERMS_MAX 20000 /* of a sequence */
#define LOCI_RULE_ORDER_MAX 128   /* of a rule with noise, or one that is asked for */
#define LOCI_RULE_NEXT_MAX 10000  /* terms of a continuation */

typedef struct loci_rule loci_rule;

typedef struct {
    size_t size; /* sizeof of this struct */
    size_t
        order; /* 0: the one that the data show; else 1 to LOCI_RULE_ORDER_MAX, the best of that order, whatever it leaves */
    double dt; /* seconds between terms; 0: 1 */
    const loci_allocator
        *allocator; /* of the rule and of scratch; NULL: malloc. LAPACK's own scratch is malloc's */
} loci_rule_options;

/* The rule behind y [terms]. LOCI_E_ARGUMENT: no terms, more than LOCI_RULE_TERMS_MAX, an option out of range or an order that
 * the terms are too few for (2 order + 2); LOCI_E_VALUE: a term is not finite, or all are 0, or below 1e-140 in size, or squares are infinite; LOCI_E_UNSUPPORTED: there is no rule that so many terms could show.
 * An exact rule of order n needs 2n + 2 terms (2n to make it, 2 to confirm it), one with noise 3n + 6. With noise an order is
 * taken where singular values n and n + 1 are at least a factor of 2 + 30/terms apart, which those of white noise hardly ever are; among such
 * orders the one that pays for its numbers (2n, at 2.5 log(terms) each pair, and more where terms are few: a maximum a posteriori rule, Djuric 1996), if what
 * it leaves looks like noise (neighbours correlated by less than a half). options NULL: all 0. O(terms^2) exactly, else the
 * singular values of a matrix of at most 256 x terms. */
LOCI_API loci_status loci_rule_find(loci_rule **rule, const double *y, size_t terms,
                                    const loci_rule_options *options, loci_error *error);
LOCI_API void loci_rule_free(loci_rule *rule); /* NULL is allowed */

typedef struct {
    size_t order, terms;
    int whole;    /* terms and coefficients are whole numbers, and the rule gives every term exactly */
    double noise; /* rms of what the rule leaves, in the units of y; 0 where it is exact */
    double rms;   /* of y */
    double
        gap; /* singular value n over singular value n + 1; INFINITY where that is 0, NAN where they were not asked */
    size_t singular; /* how many singular values there are */
    double dt;
} loci_rule_info;
LOCI_API void loci_rule_inspect_sized(const loci_rule *rule, loci_rule_info *info, size_t size);
static inline loci_rule_info loci_rule_inspect(const loci_rule *rule)
{
    loci_rule_info info;
    loci_rule_inspect_sized(rule, &info, sizeof info);
    return info;
}

/* a [order]: y_k = a[0] y_{k-1} + a[1] y_{k-2} + ... Good as long as the rule. */
LOCI_API const double *loci_rule_coefficients(const loci_rule *rule);
/* Singular values of the Hankel matrix, the largest first; [info.singular], the first 256 at most. */
LOCI_API const double *loci_rule_singular(const loci_rule *rule);
/* [order] each: the poles z, largest magnitude first, of a conjugate pair the one above the real axis first; one that is there
 * m times comes m times. A pole is an oscillation of period 2 pi dt / arg z, that fades with the time constant -dt / log|z|. */
LOCI_API const double *loci_rule_poles(const loci_rule *rule, const double **im);

/* The terms that follow the sequence: next [count], count up to LOCI_RULE_NEXT_MAX. Those of a rule with noise go on from what it takes the terms
 * themselves for, not from the noise on them. */
LOCI_API loci_status loci_rule_continue(const loci_rule *rule, double *next, size_t count, loci_error *error);
/* The same for a whole rule, exactly, of any size: *text is count lines of decimal digits, to be released by free().
 * LOCI_E_UNSUPPORTED: the rule is not whole. O(count * order * digits). */
LOCI_API loci_status loci_rule_digits(const loci_rule *rule, char **text, size_t count, loci_error *error);

/* The system whose answer to an input that is 1 for one sample and 0 ever after is the sequence, a sample a term. Where every
 * pole stands for itself it is diagonal, for LOCI_ZOH; a pole that is 0 or there several times makes it dense, for LOCI_EULER,
 * whose A is (M - I)/dt with M the matrix of the recurrence. *discretization tells. */
LOCI_API loci_status loci_rule_system(const loci_rule *rule, loci_system **system,
                                      loci_discretization *discretization, loci_error *error);

#ifdef __cplusplus
}
#endif
#endif
