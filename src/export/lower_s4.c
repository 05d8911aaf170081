/* SPDX-License-Identifier: MIT
 * lower_s4.c - S4D and S4: their systems in discrete time, in double, then as floats. */
#include "export/lower.h"

#include <complex.h>
#include <math.h>
#include <stdio.h>

#include "base/allocate.h"
#include "ssm/discretize_diagonal.h"

static loci_place constant(const loci_lowering *l, const char *name, const char *part, const float *data,
                           size_t count)
{
    char whole[LOCI_PARAMETER_NAME];
    snprintf(whole, sizeof whole, "%s.%s", name, part);
    return loci_program_constant(l->p, whole, LOCI_WORD_FLOAT, data, count);
}

/* Mode n of channel h of diagonal systems: z, and what C is multiplied with, all input weights being 1. */
static loci_mode diagonal_mode(const loci_lowering *l, const float *log_a, const float *im_a,
                               const float *log_dt, size_t h, size_t n, double complex *in)
{
    const size_t at = h * (l->c->order / 2) + n;
    const double dt = exp((double)log_dt[h]);
    const double complex a = -exp((double)log_a[at]) + I * (double)im_a[at];
    loci_mode mode;
    loci_mode_discretize(&mode, l->c->discretization, dt * a, 0);
    *in = dt * mode.f1;
    return mode;
}

loci_place loci_lower_s4d(const loci_lowering *l, loci_place x, const char *name, size_t inputs)
{
    const size_t H = inputs, modes = l->c->order / 2, kernels = l->c->kernels ? l->c->kernels : 1,
                 lanes = kernels * H;
    const float *log_a = loci_lower_parameter(l, "%s.kernel.log_A_real", name),
                *im_a = loci_lower_parameter(l, "%s.kernel.A_imag", name),
                *log_dt = loci_lower_parameter(l, "%s.kernel.log_dt", name),
                *from = loci_lower_parameter(l, "%s.kernel.C", name);
    float *z = loci_allocate_by(loci_allocator_of(l->p), (H + lanes) * modes * 2, sizeof *z),
          *c = z + H * modes * 2;
    if (!z) loci_program_fail(l->p, LOCI_E_MEMORY, "out of memory for layer %s", name);
    for (size_t g = 0; g < lanes && !l->p->status; g++)
        for (size_t n = 0; n < modes; n++) {
            double complex in;
            const size_t to = (g * modes + n) * 2, of = (g % H * modes + n) * 2;
            const loci_mode mode = diagonal_mode(l, log_a, im_a, log_dt, g % H, n, &in);
            const double complex out = 2 * ((double)from[to] + I * (double)from[to + 1]) * in;
            /* z of a slow mode is near 1, and rounded there it would forget at another speed */
            z[of] = (float)(creal(mode.z) - 1), z[of + 1] = (float)cimag(mode.z);
            c[to] = (float)creal(out), c[to + 1] = (float)cimag(out);
        }
    const loci_place y = loci_program_take(l->p, lanes);
    loci_program_note(l->p, "%s: %zu diagonal state space systems of order %zu", name, lanes, 2 * modes);
    LOCI_DO(l->p, s4d, y, loci_program_field(l->p, name, LOCI_WORD_FLOAT, lanes * modes * 2), x,
            constant(l, name, "z", z, H * modes * 2), constant(l, name, "c", c, lanes * modes * 2),
            loci_lower_constant(l, name, "D", lanes), loci_number(H), loci_number(kernels),
            loci_number(modes));
    loci_free(z);
    return y;
}
