/* SPDX-License-Identifier: MIT
 *
 * loci/system.h - linear state space systems x' = A x + B u, y = C x + D u, and their discretization.
 *
 * loci/forms.h runs them; loci/init.h makes them from measures, from text and from files. Matrices are row-major. Functions
 * are pure, or change only what their first arguments point to, and may be called from any thread.
 */
#ifndef LOCI_SYSTEM_H
#define LOCI_SYSTEM_H

#include <stddef.h>
#include <stdint.h>

#include <loci/basis.h>
#include <loci/allocator.h>
#include <loci/status.h>

#ifdef __cplusplus
extern "C" {
#endif

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
 * one allocation, which loci_system_create and what calls it make. The same struct holds gradients: dL/d(re) in the re array, dL/d(im) in the im array. The
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

/* All numbers 0, as gradients begin; a system that is to run needs its dt set. order 1 to LOCI_ORDER_MAX, even unless dense; copies 1 to LOCI_COPIES_MAX; rank 1 or 2
 * for dplr, 0 else. */
LOCI_API loci_status loci_system_create(loci_system **system, loci_structure structure, size_t copies,
                                        size_t order, size_t rank, loci_error *error);
/* The same in memory of an allocator, for copies of the system too, and all that is made of it or works on it: forms, kernels;
 * NULL: malloc. */
LOCI_API loci_status loci_system_create_by(loci_system **system, loci_structure structure, size_t copies,
                                           size_t order, size_t rank, const loci_allocator *allocator,
                                           loci_error *error);
LOCI_API void loci_system_free(loci_system *system); /* NULL is allowed */
LOCI_API loci_status loci_system_copy(loci_system **copy, const loci_system *system, loci_error *error);

/* "dense", "diagonal", "dplr". */
LOCI_API const char *loci_structure_name(loci_structure structure);

/* LOCI_E_VALUE where a number is not finite or a dt is not above 0; the sentence says which. */
LOCI_API loci_status loci_system_check(const loci_system *system, loci_error *error);

/* *growth is the largest real part of an eigenvalue of A over all copies, in 1/second, and *copy the copy it
 * is in (may be NULL): above 0 the system is unstable and its answer grows without bound. Dense and dplr by
 * repeated squaring of the exponential, O(80 N^3) a copy, to what A's numbers tell: an m-fold eigenvalue is known to the m-th root of
 * their rounding. Where that leaves open whether it lies above 0, as of an oscillator without damping, it is 0. A forward Euler
 * recurrence of a stable system can be unstable: see loci_ssm_radius. */
LOCI_API loci_status loci_system_growth(const loci_system *system, double *growth, size_t *copy,
                                        loci_error *error);

/* The same system with real matrices; its state is the same N numbers. */
LOCI_API loci_status loci_system_to_dense(loci_system **dense, const loci_system *system, loci_error *error);

#ifdef __cplusplus
}
#endif
#endif
