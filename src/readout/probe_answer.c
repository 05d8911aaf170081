/* SPDX-License-Identifier: MIT
 * probe_answer.c - what probes say of samples. */
#include "readout/probe.h"

#include <string.h>

#define LOCI_REAL_IS_DOUBLE 1
#include "base/allocate.h"
#include "base/status.h"
#include "readout/ridge_tiles.h"

loci_status loci_probe_ready(const loci_probe *p, loci_error *error)
{
    if (p->solved) return LOCI_OK;
    return loci_fail(error, LOCI_E_VALUE, "the probe has no weights yet; it must be solved first");
}

/* y [n][targets] of n samples; line as in loci_probe_features. f is [PROBE_BLOCK][p] of scratch. */
static void answer(const loci_probe *p, double *y, const double *line, size_t stride, size_t n, double *f)
{
    const probe_view v = loci_probe_view(p);
    const size_t targets = p->spec.targets;
    for (size_t k = 0; k < n; k += PROBE_BLOCK) {
        const size_t count = n - k < PROBE_BLOCK ? n - k : PROBE_BLOCK;
        loci_probe_features(p, f, line + k, stride, count);
        memset(y + k * targets, 0, count * targets * sizeof *y);
        LOCI_CHOOSE(loci_ridge_tiles_level)
            ->multiply(y + k * targets, targets, f, p->features, 1, v.weights, targets, count, targets,
                       p->features, false, false);
    }
}

loci_status loci_probe_predict(const loci_probe *p, double *y, const double *u, size_t n, loci_error *error)
{
    loci_status status = loci_probe_ready(p, error);
    if (status != LOCI_OK || n == 0) return status;
    const probe_view v = loci_probe_view(p);
    const size_t inputs = p->spec.inputs, targets = p->spec.targets, stride = p->past + PROBE_BLOCK;
    double *line =
        loci_allocate_by(loci_allocator_of(p), inputs * stride + PROBE_BLOCK * p->features, sizeof *line);
    if (!line) return loci_fail(error, LOCI_E_MEMORY, "out of memory for the windows of %zu inputs", inputs);
    for (size_t k = 0; k < n; k += PROBE_BLOCK) {
        const size_t count = n - k < PROBE_BLOCK ? n - k : PROBE_BLOCK;
        for (size_t c = 0; c < inputs; c++)
            for (size_t i = 0; i < p->past + count; i++)
                line[c * stride + i] = (u[(k + i) * inputs + c] - v.origin[c]) / v.scale[c];
        answer(p, y + k * targets, line, stride, count, line + inputs * stride);
    }
    loci_free(line);
    return LOCI_OK;
}

loci_status loci_probe_read(const loci_probe *p, double *y, loci_error *error)
{
    loci_status status = loci_probe_ready(p, error);
    if (status != LOCI_OK) return status;
    if (p->held <= p->past)
        return loci_fail(error, LOCI_E_VALUE,
                         "only %llu samples have come; %zu, the longest window, were expected",
                         (unsigned long long)p->held, p->past + 1);
    double *f = loci_allocate_by(loci_allocator_of(p), p->features, sizeof *f);
    if (!f) return loci_fail(error, LOCI_E_MEMORY, "out of memory for %zu features", p->features);
    answer(p, y, loci_probe_view(p).recent, p->past + 1, 1, f);
    loci_free(f);
    return LOCI_OK;
}
