/* SPDX-License-Identifier: MIT
 * initial_modes.c - how the modes of state space layers begin. */
#include "model/initial_modes.h"

#include <math.h>

#include "base/allocate.h"
#include "base/status.h"
#include "hippo/nplr.h"

static const double pi = 3.14159265358979323846;
static const double least = 1e-4; /* of -Re A, whose logarithm is the parameter: legt and fout have 0 */

/* Those whose A is a formula (Gu et al. 2022, "On the parameterization and initialization of diagonal state space models"). */
static void formula(double *log_a, double *im_a, loci_ssm_init init, size_t modes)
{
    for (size_t n = 0; n < modes; n++) {
        const double N = (double)(2 * modes), odd = (double)(2 * n + 1);
        log_a[n] = init == LOCI_SSM_INIT_REAL ? log((double)(n + 1)) : log(0.5);
        im_a[n] = init == LOCI_SSM_INIT_INV    ? N / pi * (N / odd - 1)
                  : init == LOCI_SSM_INIT_QUAD ? odd * odd / pi
                                               : 0;
    }
}

static loci_status memory_modes(double *table, const loci_model_config *c, loci_ssm_init init,
                                loci_error *error)
{
    const size_t modes = c->order / 2;
    const loci_measure measure = init == LOCI_SSM_INIT_LEGT   ? LOCI_MEASURE_LEGT
                                 : init == LOCI_SSM_INIT_FOUT ? LOCI_MEASURE_FOUT
                                                              : LOCI_MEASURE_LEGS;
    double *w = loci_allocate_by(c->allocator, 2 * modes, sizeof *w);
    if (!w) return loci_fail(error, LOCI_E_MEMORY, "out of memory for %zu modes", modes);
    const loci_status status =
        loci_nplr(c->allocator, measure, w, table + 2 * modes, table + 4 * modes, c->order, error);
    for (size_t n = 0; n < modes && !status; n++) {
        table[n] = log(-w[2 * n] > least ? -w[2 * n] : least);
        table[modes + n] = -w[2 * n + 1];
    }
    loci_free(w);
    return status;
}

loci_status loci_initial_modes_make(double **modes, const loci_model_config *c, loci_error *error)
{
    const int low = c->layer == LOCI_LAYER_S4;
    loci_ssm_init init = c->init;
    *modes = NULL;
    if (!low && c->layer != LOCI_LAYER_S4D) return LOCI_OK;
    if (init == LOCI_SSM_INIT_DEFAULT) init = low ? LOCI_SSM_INIT_LEGS : LOCI_SSM_INIT_LIN;
    if (!low && (init == LOCI_SSM_INIT_LIN || init == LOCI_SSM_INIT_RANDOM)) return LOCI_OK;
    double *table = loci_allocate_by(c->allocator, 4 * c->order, sizeof *table);
    if (!table) return loci_fail(error, LOCI_E_MEMORY, "out of memory for %zu modes", c->order / 2);
    loci_status status = LOCI_OK;
    if (init == LOCI_SSM_INIT_LEGS || init == LOCI_SSM_INIT_LEGT || init == LOCI_SSM_INIT_FOUT)
        status = memory_modes(table, c, init, error);
    else
        formula(table, table + c->order / 2, init, c->order / 2);
    for (size_t n = 0; n < c->order / 2 && init == LOCI_SSM_INIT_RANDOM; n++) table[c->order + 2 * n] = 1;
    if (status)
        loci_free(table);
    else
        *modes = table;
    return status;
}

void loci_initial_modes_fill(float *v, const loci_parameter *p, const double *modes, size_t order)
{
    const size_t part = (size_t)p->a, N = order, half = N / 2;
    for (size_t i = 0; i < p->count; i++) switch (part) {
        case 0:
        case 1:
            v[i] = (float)modes[part * half + i % half];
            break;
        case 2:
            v[i] = (float)modes[N + i % N];
            break;
        default: /* [rank][channels][N/2][2] */
            v[i] = (float)modes[2 * N + i / (p->count / p->shape[0]) * N + i % N];
        }
}
