/* SPDX-License-Identifier: MIT
 *
 * loci/ssm.h - linear state space systems x' = A x + B u, y = C x + D u: where they come from, and their
 * three forms.
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
 * Matrices are row-major. Functions are pure, or change only what their first arguments point to, and may be
 * called from any thread. Signals are [batch][length][copies], the last index running fastest.
 */
#ifndef LOCI_SSM_H
#define LOCI_SSM_H

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

typedef enum {
    LOCI_ZOH,      /* exact for an input held over the step */
    LOCI_BILINEAR, /* Tustin, trapezoid */
    LOCI_BACKWARD, /* backward Euler */
    LOCI_EULER,    /* forward Euler */
    LOCI_FOH       /* exact for an input joined by lines */
} loci_discretization;

LOCI_API const char *loci_discretization_name(loci_discretization discretization);
LOCI_API loci_status loci_discretization_parse(loci_discretization *discretization, const char *name,
                                               loci_error *error);

/* Dense: abar [n][n] and bbar [n] such that x_k = abar x_{k-1} + bbar u_k for a step dt > 0 of x' = A x + B u; a
 * is [n][n], b [n]. Which u the step sees is the caller's choice: the one that is held over it.
 *
 *   zoh       exp(dt A), (integral over [0, dt] of exp(s A)) B, by the exponential of a bordered matrix: A may be
 *             singular
 *   bilinear  (I - dt/2 A)^-1 (I + dt/2 A), (I - dt/2 A)^-1 dt B
 *   backward  (I - dt A)^-1, (I - dt A)^-1 dt B
 *   euler     I + dt A, dt B
 *
 * foh is LOCI_E_UNSUPPORTED here: it takes two inputs. LOCI_E_VALUE where a or b is not finite, or dt hits an
 * eigenvalue. O(n^3). abar and bbar may not overlap a and b, and are undefined after a failure. */
LOCI_API loci_status loci_discretize_dense(loci_discretization discretization, double *abar, double *bbar,
                                           const double *a, const double *b, size_t n, double dt,
                                           loci_error *error);

/* The same for an input joined by lines: x_{k+1} = abar x_k + b0 u_k + b1 u_{k+1}, exactly, where u runs
 * straight from u_k to u_{k+1} within the step. (Codes that keep one input matrix shift the state by b1 u
 * instead.) */
LOCI_API loci_status loci_discretize_dense_foh(double *abar, double *b0, double *b1, const double *a,
                                               const double *b, size_t n, double dt, loci_error *error);

/* A system: `copies` (H) independent single-input single-output systems of `order` (N) states, one for each
 * channel.
 *
 *   dense     A is real, [N][N].
 *   diagonal  A is diagonal and complex; of each conjugate pair of modes one is kept, N/2 in all (N is even), and
 *             y = 2 Re(C x) + D u. A mode that is real counts twice likewise.
 *   dplr      diagonal plus low rank: A = diag(a) - sum over r of P_r P_r^*, over all N modes, of which again N/2
 *             are kept (so that P_r^* x stands for 2 Re(P_r^* x)); rank 1 or 2. The form of S4.
 *
 * Complex numbers are kept as two arrays. `width` is N for dense and N/2 for the others. All arrays belong to
 * one allocation. The same struct holds gradients: dL/d(re) in the re array, dL/d(im) in the im array. The
 * state of a copy is N numbers: x (dense), or the N/2 real parts and then the N/2 imaginary parts; under
 * LOCI_FOH one more follows, the last input. */
typedef enum { LOCI_DENSE, LOCI_DIAGONAL, LOCI_DPLR } loci_structure;

typedef struct {
    loci_structure structure;
    size_t copies, order, rank, width;
    double *a_re; /* [copies][order][order] (dense), [copies][width] (else), 1/second */
    double *a_im; /* [copies][width]; NULL: dense */
    double *b_re; /* [copies][width] */
    double *b_im; /* [copies][width]; NULL: dense */
    double *c_re; /* [copies][width] */
    double *c_im; /* [copies][width]; NULL: dense */
    double *p_re; /* [rank][copies][width]; NULL: not dplr */
    double *p_im; /* likewise */
    double *d;    /* [copies] */
    double *dt;   /* [copies]: the step, seconds a sample */
} loci_system;

#define LOCI_COPIES_MAX 65535

/* All numbers 0, dt 1. order 1 to LOCI_ORDER_MAX, even unless dense; copies 1 to LOCI_COPIES_MAX; rank 1 or 2
 * for dplr, 0 else. */
LOCI_API loci_status loci_system_create(loci_system **system, loci_structure structure, size_t copies,
                                        size_t order, size_t rank, loci_error *error);
LOCI_API void loci_system_free(loci_system *system); /* NULL is allowed */
LOCI_API loci_status loci_system_copy(loci_system **copy, const loci_system *system, loci_error *error);

/* "dense", "diagonal", "dplr". */
LOCI_API const char *loci_structure_name(loci_structure structure);

/* LOCI_E_VALUE where a number is not finite or a dt is not above 0; the sentence says which. */
LOCI_API loci_status loci_system_check(const loci_system *system, loci_error *error);

/* *growth is the largest real part of an eigenvalue of A over all copies, in 1/second, and *copy the copy it
 * is in (may be NULL): above 0 the system is unstable and its answer grows without bound. Dense and dplr by
 * repeated squaring of the exponential, to about 1e-9 of A's norm: O(40 N^3) a copy. A forward Euler
 * recurrence of a stable system can be unstable: see loci_ssm_radius. */
LOCI_API loci_status loci_system_growth(const loci_system *system, double *growth, size_t *copy,
                                        loci_error *error);

/* The same system with real matrices; its state is the same N numbers. */
LOCI_API loci_status loci_system_dense(loci_system **dense, const loci_system *system, loci_error *error);

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
    LOCI_RECURRENT,   /* sample by sample: any length, a step per sample if wanted */
    LOCI_CONVOLUTION, /* with the kernel, by FFT: up to `length` samples a run */
    LOCI_MIXED,       /* chunks as small dense products, the state carried from one to the next: any length */
    LOCI_FORM_CHOOSE  /* the fastest of the three for inputs of about `length` samples, by a fixed rule
                         (docs/forms.md) */
} loci_form;

LOCI_API const char *loci_form_name(loci_form form); /* "recurrent", "convolution", "mixed", "choose" */
LOCI_API loci_status loci_form_parse(loci_form *form, const char *name, loci_error *error);

typedef struct loci_ssm loci_ssm;

typedef struct {
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
LOCI_API size_t loci_ssm_state(const loci_ssm *ssm);
/* The largest magnitude of an eigenvalue of abar over all copies: above 1 the recurrence grows without bound.
 */
LOCI_API double loci_ssm_radius(const loci_ssm *ssm);
/* Bytes of workspace for runs and backward runs of up to `length` samples; 0 where that overflows. */
LOCI_API size_t loci_ssm_workspace(const loci_ssm *ssm, size_t length);

/* y [batch][length][copies] from u [batch][length][copies]; state [batch][copies][loci_ssm_state()] is read
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

/* ---- where systems come from; part of libloci-train ---- */

typedef enum {
    LOCI_SYSTEM_LEGS, /* the memories: legs-lti, legt, fout, lagt; C is their recall at a lag, or random */
    LOCI_SYSTEM_LEGT,
    LOCI_SYSTEM_FOUT,
    LOCI_SYSTEM_LAGT,     /* dense only */
    LOCI_SYSTEM_S4D_LIN,  /* a_n = -1/2 + i pi n */
    LOCI_SYSTEM_S4D_INV,  /* a_n = -1/2 + i (N/pi) (N/(2n+1) - 1) */
    LOCI_SYSTEM_S4D_LEGS, /* the diagonal of the dplr form of legs */
    LOCI_SYSTEM_S4D_REAL  /* a_n = -(n+1) */
} loci_system_kind;

typedef struct {
    loci_system_kind kind;
    loci_structure structure; /* memories: LOCI_DENSE or LOCI_DPLR; s4d: LOCI_DIAGONAL */
    size_t order, copies;     /* copies share A, B and P; C and dt are each their own */
    double dt, dt_last;       /* the first copy's step and the last one's, the others evenly between in the
                                 logarithm; both 0: 0.001 to 0.1, and 0.01 for one copy */
    double lag;    /* memories: C recalls the input of `lag` ago, in the measure's own time; NAN: C is
                                 random */
    uint64_t seed; /* of the random C: complex, variance 1 (each part 1/2), or real, variance 1 */
} loci_system_spec;

/* B is the measure's own (memories, s4d-legs) or 1 (the other s4d). D is 0. Dplr by the Hermitian
 * eigenproblem of A + P P^T in double, eigenvalues of negative imaginary part in ascending order, each
 * eigenvector turned so that its component along B is real and not negative: the same on every machine to
 * rounding (Gu et al., "Efficiently Modeling Long Sequences with Structured State Spaces" (2022), theorem 1;
 * "On the Parameterization and Initialization of Diagonal State Space Models" (2022), section 4). */
LOCI_API loci_status loci_system_make(loci_system **system, const loci_system_spec *spec, loci_error *error);

/* The dplr form of a memory's A and B: the state becomes V^* c. w [order/2], p [rank][order/2] = V^* P, b [order/2] =
 * V^* B, and, unless NULL, v [order][order/2]. *rank: 2 for legt, 1 for the others (so p needs 2 rows). order even; legs
 * means legs-lti. O(order^3). */
LOCI_API loci_status loci_hippo_dplr(loci_measure measure, double *w_re, double *w_im, double *p_re,
                                     double *p_im, double *b_re, double *b_im, double *v_re, double *v_im,
                                     size_t *rank, size_t order, loci_error *error);

/* From text. KIND:N[,option=value...] with KIND legs, legt, fout, lagt, s4-legs, s4-legt, s4-fout (those as
 * dplr), s4d-lin, s4d-inv, s4d-legs, s4d-real and options dt=SECONDS or dt=FIRST..LAST, copies=H, seed=S,
 * lag=SECONDS, structure=dense|dplr. Text that ends in .npz is a file, with A, B, C, dt and,
 * if wanted, D (0) and P: A is [H,N/2] complex (diagonal; dplr where P [R,H,N/2] is there) or [N,N] real
 * (dense, H = 1); B and C are shaped like A's rows ([H,N/2] or [N]), D and dt [H]. Errors name the part of
 * the text, or the file and the member. */
LOCI_API loci_status loci_system_parse(loci_system **system, const char *text, loci_error *error);
LOCI_API loci_status loci_system_read(loci_system **system, const char *path, loci_error *error);

#ifdef __cplusplus
}
#endif
#endif
