/* SPDX-License-Identifier: MIT
 *
 * loci/measure.h - the HiPPO measures: which part of the past a memory weighs, and how.
 *
 * Every function here is pure and may be called from any thread. Matrices are row-major.
 */
#ifndef LOCI_MEASURE_H
#define LOCI_MEASURE_H

#include <stddef.h>
#include <stdint.h>

#include <loci/basis.h>
#include <loci/status.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The HiPPO measures (Gu et al. 2020, 2022): which part of the past a memory weighs, and how.
 * s is the age of an input, t the length of the history so far. */
typedef enum {
    LOCI_MEASURE_LEGS, /* weight 1/t on [0, t]: the whole history, evenly; time-varying: x' = (A x + B u)/t */
    LOCI_MEASURE_LEGS_LTI, /* weight exp(-s): the same A and B as a time-invariant system (S4's memory) */
    LOCI_MEASURE_LEGT,     /* weight 1/2 on s in [0, 2]: a sliding window, Legendre */
    LOCI_MEASURE_LAGT,     /* weight exp(-s): Laguerre */
    LOCI_MEASURE_FOUT      /* weight 1/2 on s in [0, 2]: a sliding window, Fourier; even orders only */
} loci_measure;

/* The names used in files and on the command line: legs, legs-lti, legt, lagt, fout. Never NULL;
 * LOCI_E_ARGUMENT for an unknown name, with the known ones in the sentence. */
LOCI_API const char *loci_measure_name(loci_measure measure);
LOCI_API loci_status loci_measure_parse(loci_measure *measure, const char *name, loci_error *error);

/* A is [order][order], B is [order], as published (the halved matrices for LegT and FouT, whose window is
 * then 2 long): Gu et al., "How to train your HiPPO" (2022), section 3 and appendix. order 1 to
 * LOCI_ORDER_MAX. */
LOCI_API loci_status loci_measure_matrices(loci_measure measure, double *a, double *b, size_t order,
                                           loci_error *error);

/* The end of the support (2 for the windows, INFINITY else; for legs in units of the history: 1) and the
 * weight at age s in the measure's own time, which integrates to 1. */
LOCI_API double loci_measure_support(loci_measure measure);
LOCI_API double loci_measure_weight(loci_measure measure, double s);

/* e_n(s), the function of age by which coefficient n counts in recall: f(t - s) is approximately the sum over n of
 * c_n e_n(s). With g, l and the Fourier functions of loci/basis.h:
 *     legs      g_n(1 - s), s as a share of the history       legt      g_n(1 - s/2)
 *     legs-lti  g_n(exp(-s))                                  fout      Fourier function n at s/2
 *     lagt      l_n(s)
 * The state is c_n = the integral of weight(s) e_n(s) f(t - s) over s, but for lagt, where the weight is left out: l_n
 * holds it already (the Laguerre functions are orthonormal without it).
 * out is [count][order] for LOCI_VALUE; LOCI_DERIVATIVE is with respect to t - s, that is, forward in time;
 * LOCI_INTEGRAL is over ages 0 to s. ages is [count], in the measure's own time (for legs in units of the history);
 * LOCI_E_RANGE for one below 0. Beyond the support the formulas go on. O(order) an age. */
LOCI_API loci_status loci_measure_evaluate(loci_measure measure, loci_ask ask, double *out,
                                           const double *ages, size_t count, size_t order, loci_error *error);

#ifdef __cplusplus
}
#endif
#endif
