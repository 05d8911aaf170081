/* SPDX-License-Identifier: MIT
 * kernel_diagonal.c - convolution kernels of 16 diagonal systems, and their gradient.
 *
 * Without b0 the first sample is one of the row: K_l = 2 Re(sum C b1 z^l), which saves a pass. */
#include "base/each_precision.h"
#include "ssm/kernel_diagonal.h"

#include "ssm/vandermonde.h"

enum { V = LOCI_LANES };
_Static_assert((int)V == (int)LOCI_BLOCK, "blocks are as wide as vectors of lanes");

typedef double vf64 __attribute__((vector_size(128), aligned(64)));
#define F64(p) (*(vf64 *)(p))
#define RE(p, n) (*(const vf64 *)((p) + (n)*2 * V))
#define IM(p, n) (*(const vf64 *)((p) + (n)*2 * V + V))

size_t loci_kernel_diagonal_scratch(size_t modes)
{
    return loci_vandermonde_scratch(modes) + 3 * modes * 2 * V * sizeof(double);
}

/* w [modes][2][V] = x times C, x being b1 or v = z b1 + b0. */
static inline LOCI_INLINE void weigh(double *w, const loci_block *block, int shifted)
{
    for (size_t n = 0; n < block->modes; n++) {
        vf64 re = RE(block->b1, n), im = IM(block->b1, n);
        if (shifted) {
            const vf64 v_re = RE(block->z, n) * re - IM(block->z, n) * im + RE(block->b0, n);
            im = RE(block->z, n) * im + IM(block->z, n) * re + IM(block->b0, n);
            re = v_re;
        }
        F64(w + n * 2 * V) = RE(block->c, n) * re - IM(block->c, n) * im;
        F64(w + n * 2 * V + V) = RE(block->c, n) * im + IM(block->c, n) * re;
    }
}

LOCI_HOT
void loci_kernel_diagonal(real *k, const loci_block *block, size_t length, void *scratch)
{
    double *w = scratch;
    void *rest = w + 3 * block->modes * 2 * V;
    const int shifted = block->b0 != NULL;
    if (length == 0) return;
    if (shifted) {
        weigh(w, block, 0);
        vf64 sum = {0};
        for (size_t n = 0; n < block->modes; n++) sum += 2 * RE(w, n);
        *(vreal *)k = __builtin_convertvector(sum, vreal);
        k += V;
        length -= 1;
    }
    weigh(w, block, shifted);
    loci_vandermonde_expand(k, block->z, w, block->modes, length, 0, rest);
}

/* *(d [2][V]) += 2 conj(x y). */
static inline LOCI_INLINE void add_product(double *d, const vf64 *x_re, const vf64 *x_im, const vf64 *y_re,
                                           const vf64 *y_im)
{
    F64(d) += 2 * (*x_re * *y_re - *x_im * *y_im);
    F64(d + V) -= 2 * (*x_re * *y_im + *x_im * *y_re);
}

LOCI_HOT
void loci_kernel_diagonal_backward(loci_block *dblock, const real *dk, const loci_block *block, size_t length,
                                   void *scratch)
{
    const size_t modes = block->modes;
    double *w = scratch, *s0 = w + modes * 2 * V, *s1 = s0 + modes * 2 * V;
    void *rest = s1 + modes * 2 * V;
    if (length == 0) return;
    const vf64 first = __builtin_convertvector(*(const vreal *)dk, vf64);
    const int shifted = block->b0 != NULL;
    weigh(w, block, shifted);
    loci_vandermonde_moments(s0, s1, dk + shifted * V, block->z, modes, length - (size_t)shifted, rest);
    /* with s0 = sum dk z^l and s1 its derivative: dL = 2 Re(s0 dw + w s1 dz), w = c x */
    for (size_t n = 0; n < modes; n++) {
        const vf64 zr = RE(block->z, n), zi = IM(block->z, n), br = RE(block->b1, n), bi = IM(block->b1, n);
        const vf64 cr = RE(block->c, n), ci = IM(block->c, n), sr = RE(s0, n), si = IM(s0, n);
        vf64 xr = br, xi = bi;                                       /* what C multiplies */
        const vf64 dxr = cr * sr - ci * si, dxi = cr * si + ci * sr; /* c s0 */
        const size_t at = n * 2 * V;
        add_product(dblock->z + at, &RE(w, n), &IM(w, n), &RE(s1, n), &IM(s1, n));
        if (shifted) {
            xr = zr * br - zi * bi + RE(block->b0, n);
            xi = zr * bi + zi * br + IM(block->b0, n);
            add_product(dblock->z + at, &dxr, &dxi, &br, &bi);
            add_product(dblock->b1 + at, &dxr, &dxi, &zr, &zi);
            add_product(dblock->b1 + at, &cr, &ci, &first, &(vf64){0}); /* K_0 = 2 Re(C b1) */
            add_product(dblock->c + at, &br, &bi, &first, &(vf64){0});
            F64(dblock->b0 + at) += 2 * dxr;
            F64(dblock->b0 + at + V) -= 2 * dxi;
        } else {
            F64(dblock->b1 + at) += 2 * dxr;
            F64(dblock->b1 + at + V) -= 2 * dxi;
        }
        add_product(dblock->c + at, &xr, &xi, &sr, &si);
    }
}
