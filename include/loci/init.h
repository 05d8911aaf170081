/* SPDX-License-Identifier: MIT
 *
 * loci/init.h - where systems come from: measures, text, files. Part of libloci-train.
 */
#ifndef LOCI_INIT_H
#define LOCI_INIT_H

#include <stddef.h>
#include <stdint.h>

#include <loci/measure.h>
#include <loci/status.h>
#include <loci/system.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum {
    LOCI_SYSTEM_LEGS, /* the memories: legs-lti, legt, fout, lagt; C is their recall at a lag, or random */
    LOCI_SYSTEM_LEGT,
    LOCI_SYSTEM_FOUT,
    LOCI_SYSTEM_LAGT,     /* dense only */
    LOCI_SYSTEM_S4D_LIN,  /* a_n = -1/2 + i pi n */
    LOCI_SYSTEM_S4D_INV,  /* a_n = -1/2 + i (N/pi) (N/(2n+1) - 1) */
    LOCI_SYSTEM_S4D_LEGS, /* the diagonal of the dplr form of legs */
    LOCI_SYSTEM_S4D_REAL, /* a_n = -(n+1) */
    LOCI_SYSTEM_S5 /* the eigenvalues of HiPPO-N: what a layer of S5 makes of one channel, a copy each answer */
} loci_system_kind;

typedef struct {
    size_t size; /* sizeof of this struct; 0: the fields of version 0.1 */
    loci_system_kind kind;
    loci_structure structure; /* memories: LOCI_DENSE or LOCI_DPLR; s4d, s5: LOCI_DIAGONAL */
    size_t order, copies;     /* copies share A, B and P; C and dt are each their own */
    double dt, dt_last;       /* the first copy's step and the last one's, the others evenly between in the
                                 logarithm; both 0: 0.001 to 0.1, and 0.01 for one copy */
    double lag;    /* memories: C recalls the input of `lag` ago, in the measure's own time; NAN: C is
                                 random */
    uint64_t seed; /* of the random C: complex, variance 1 (each part 1/2), or real, variance 1 */
    const loci_allocator *allocator; /* of the system, as of loci_system_create_by; NULL: malloc */
} loci_system_spec;

/* B is the measure's own (memories, s4d-legs), random as C (s5: Smith et al., "Simplified State Space Layers for Sequence Modeling"
 * (2023), appendix B) or 1 (the other s4d). D is 0. Dplr by the Hermitian
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
 * dplr), s4d-lin, s4d-inv, s4d-legs, s4d-real, s5 and options dt=SECONDS or dt=FIRST..LAST, copies=H, seed=S,
 * lag=SECONDS, structure=dense|dplr. Text that ends in .npz is a file, with A, B, C, dt and,
 * if wanted, D (0) and P: A is [H,N/2] complex (diagonal; dplr where P [R,H,N/2] is there) or [N,N] real
 * (dense, H = 1); B and C are shaped like A's rows ([H,N/2] or [N]), D and dt [H]. Errors name the part of
 * the text, or the file and the member. */
LOCI_API loci_status loci_system_parse(loci_system **system, const char *text, loci_error *error);
LOCI_API loci_status loci_system_read(loci_system **system, const char *path, loci_error *error);

/* The bytes of such a file, to be released by free(); loci_system_read gives the same system from them. LOCI_E_UNSUPPORTED: a dense
 * system of several copies. */
LOCI_API loci_status loci_system_save(const loci_system *system, void **bytes, size_t *size,
                                      loci_error *error);

#ifdef __cplusplus
}
#endif
#endif
