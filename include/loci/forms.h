/* SPDX-License-Identifier: MIT
 *
 * loci/forms.h - the three forms of a system: how x' = A x + B u, y = C x + D u is run.
 *
 * One system can be run as a differential equation (loci_continuous_run), as a recurrence, as a convolution,
 * and as chunks in between (loci_ssm). All forms take the state that a signal so far has left and give the
 * state after theirs, in one layout, so that a signal may be handed from one form to another at any sample.
 *
 * Time. Sample k is held over [t_k, t_k + dt); y_k is the answer at the interval's end. Under LOCI_FOH
 * samples are joined by lines instead, the first one to the last of the signal so far (0 at the beginning),
 * and y_k is the answer at sample k. Either way x_k = abar x_{k-1} + b1 u_k + b0 u_{k-1}, y_k = C x_k + D
 * u_k; b0 is 0 but for LOCI_FOH.
 *
 * Functions are pure, or change only what their first arguments point to, and may be called from any thread. Signals are
 * [batch][length][copies], the last index running fastest.
 */
#ifndef LOCI_FORMS_H
#define LOCI_FORMS_H

#include <stddef.h>
#include <stdint.h>

#include <loci/status.h>
#include <loci/system.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Continuous time: the exact answer to an input that is held (LOCI_ZOH) or joined by lines (LOCI_FOH) between
 * samples at any times. times is [count], ascending, >= start; t is [length], strictly ascending, t[0] >=
 * start; u is [length][copies], y is [count][copies]. Held: sample k holds until sample k + 1 comes, the last
 * one for ever, and before t[0] the input is 0; where an output falls on t[k], the input is still the one
 * before. Joined: before t[0] a line leads from the state's last input at `start` to u[0]; times must not
 * exceed the last t. state is [copies][N] (joined: [copies][N + 1]): on entry at `start`, on return at the
 * last of the times; NULL: 0 on entry. The system's dt does not matter. length or count may be 0. Diagonal:
 * O(N) a sample and an output. Dense and dplr: O(N^2), and O(N^3) for each new distance between two of these
 * times. */
LOCI_API loci_status loci_continuous_run(const loci_system *system, loci_discretization input, double *y,
                                         double *state, const double *times, size_t count, const double *u,
                                         const double *t, size_t length, double start, loci_error *error);

/* The kernel K_0 = C b1, K_l = C abar^(l-1) (abar b1 + b0), so that y = K * u + D u from a zero state: k is
 * [copies][length].
 * Diagonal: a Vandermonde product, any discretization, O(N/2) a sample; the single version takes powers in
 * double and sums in single, and is within 4e-6 of sum |2 C b1|. Dplr: in double, rounded at the end;
 * bilinear, backward and euler (under zoh and foh a dplr system is dense: LOCI_E_UNSUPPORTED). Dense: baby
 * and giant steps, O(N^2 sqrt L). */
LOCI_API loci_status loci_kernel_f64(double *k, const loci_system *system, loci_discretization discretization,
                                     size_t length, loci_error *error);
LOCI_API loci_status loci_kernel_f32(float *k, const loci_system *system, loci_discretization discretization,
                                     size_t length, loci_error *error);
/* Adds to `gradient` (a system of the same structure and sizes) the gradient of sum dk k, with respect to a,
 * b, c, p, d and dt. Dense systems have none: LOCI_E_UNSUPPORTED. */
LOCI_API loci_status loci_kernel_backward_f64(loci_system *gradient, const double *dk,
                                              const loci_system *system, loci_discretization discretization,
                                              size_t length, loci_error *error);
LOCI_API loci_status loci_kernel_backward_f32(loci_system *gradient, const float *dk,
                                              const loci_system *system, loci_discretization discretization,
                                              size_t length, loci_error *error);

/* A system made ready to run in one form: read-only, shared by threads. */
typedef enum {
    LOCI_RECURRENT, /* sample by sample: any length, a step per sample if wanted */
    LOCI_CONVOLUTION, /* with the kernel, by FFT: up to `length` samples a run; rounded to the largest tap of all of them */
    LOCI_MIXED,      /* chunks as small dense products, the state carried from one to the next: any length */
    LOCI_FORM_CHOOSE /* the fastest of the three for inputs of about `length` samples, by a fixed rule
                         (docs/forms.md) */
} loci_form;

LOCI_API const char *loci_form_name(loci_form form); /* "recurrent", "convolution", "mixed", "choose" */
LOCI_API loci_status loci_form_parse(loci_form *form, const char *name, loci_error *error);

typedef struct loci_ssm loci_ssm;

typedef struct {
    size_t size; /* sizeof of this struct; 0: the fields of version 0.1 */
    loci_form form;
    loci_discretization discretization;
    int single; /* tables in float, for the _f32 functions; 0: in double, for the _f64 functions */
    size_t
        length; /* convolution, choose: the longest run, >= 1 (choose: 0 where there is none); else unused */
    size_t chunk; /* mixed: samples a chunk, a power of two from 8 to 1024; 0: 64, or 32 where N <= 16 */
} loci_ssm_options;

/* Errors: what loci_system_check says; a combination that is not possible. O(N^2) a copy and chunk sample for
 * mixed dense and dplr systems. */
LOCI_API loci_status loci_ssm_create(loci_ssm **ssm, const loci_system *system,
                                     const loci_ssm_options *options, loci_error *error);
LOCI_API void loci_ssm_free(loci_ssm *ssm); /* NULL is allowed */

LOCI_API loci_form loci_ssm_form(const loci_ssm *ssm); /* what `choose` became */
/* How many numbers the state of a copy has: N, with LOCI_FOH N + 1. A state is [batch][copies][this]. */
LOCI_API size_t loci_ssm_state_size(const loci_ssm *ssm);
/* The largest magnitude of an eigenvalue of abar over all copies: above 1 the recurrence grows without bound.
 */
LOCI_API double loci_ssm_radius(const loci_ssm *ssm);
/* Bytes of workspace for runs and backward runs of up to `length` samples; 0 where that overflows. */
LOCI_API size_t loci_ssm_workspace_size(const loci_ssm *ssm, size_t length);

/* y [batch][length][copies] from u [batch][length][copies]; state [batch][copies][loci_ssm_state_size()] is read
 * and replaced, NULL: it begins at 0 and is not wanted. steps [batch][length] (recurrent only, else NULL):
 * the step of sample k is the copy's dt times steps[k] > 0; matrices that change from sample to sample make
 * no convolution. workspace: 64-byte aligned, or NULL to have it allocated for this call. length 0 leaves the
 * state as it is. LOCI_E_MISMATCH: the object's tables are of the other precision. */
LOCI_API loci_status loci_ssm_run_f64(const loci_ssm *ssm, double *y, double *state, const double *u,
                                      const double *steps, size_t batch, size_t length, void *workspace,
                                      loci_error *error);
LOCI_API loci_status loci_ssm_run_f32(const loci_ssm *ssm, float *y, float *state, const float *u,
                                      const double *steps, size_t batch, size_t length, void *workspace,
                                      loci_error *error);

/* Given dy [batch][length][copies] and the gradient of the final state in dstate [batch][copies][state]
 * (NULL: 0 and not wanted), fills du (NULL: not wanted) and replaces dstate by the gradient of the initial
 * state. Adds to `gradient` (NULL: not wanted) those of a, b, c, p, d and dt. u and state (NULL: 0) are the
 * input and the initial state of the run. The recurrent form has no
 * backward run and dense systems no parameter gradients: LOCI_E_UNSUPPORTED. */
LOCI_API loci_status loci_ssm_backward_f64(const loci_ssm *ssm, loci_system *gradient, double *du,
                                           double *dstate, const double *dy, const double *u,
                                           const double *state, size_t batch, size_t length, void *workspace,
                                           loci_error *error);
LOCI_API loci_status loci_ssm_backward_f32(const loci_ssm *ssm, loci_system *gradient, float *du,
                                           float *dstate, const float *dy, const float *u, const float *state,
                                           size_t batch, size_t length, void *workspace, loci_error *error);

#ifdef __cplusplus
}
#endif
#endif
