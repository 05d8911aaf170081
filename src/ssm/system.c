/* SPDX-License-Identifier: MIT
 * system.c - the system object: made, copied, checked, written with real matrices. */
#include <loci/system.h>

#include <math.h>
#include <stdint.h>
#include <string.h>

#include "base/allocate.h"
#include "base/status.h"
#include "ssm/system.h"

static loci_status check_shape(loci_structure structure, size_t copies, size_t order, size_t rank,
                               loci_error *error)
{
    if (structure != LOCI_DENSE && structure != LOCI_DIAGONAL && structure != LOCI_DPLR)
        return loci_fail(error, LOCI_E_ARGUMENT, "structure is %d; dense, diagonal or dplr was expected",
                         (int)structure);
    if (order < 1 || order > LOCI_ORDER_MAX)
        return loci_fail(error, LOCI_E_ARGUMENT, "order is %zu; 1 to %d was expected", order, LOCI_ORDER_MAX);
    if (structure != LOCI_DENSE && order % 2)
        return loci_fail(
            error, LOCI_E_ARGUMENT,
            "order is %zu; an even one was expected, since the modes of a %s system come in pairs", order,
            loci_structure_name(structure));
    if (copies < 1 || copies > LOCI_COPIES_MAX)
        return loci_fail(error, LOCI_E_ARGUMENT, "copies are %zu; 1 to %d was expected", copies,
                         LOCI_COPIES_MAX);
    if (structure == LOCI_DPLR ? rank != 1 && rank != 2 : rank != 0)
        return loci_fail(error, LOCI_E_ARGUMENT, "rank is %zu; %s was expected", rank,
                         structure == LOCI_DPLR ? "1 or 2" : "0");
    return LOCI_OK;
}

/* The arrays lie behind the struct in one run of doubles. */
enum { HEADER = 16 };
_Static_assert(sizeof(loci_system) <= HEADER * sizeof(double), "the header leaves room for the struct");

static double *take(double **next, size_t count)
{
    double *p = *next;
    *next += count;
    return p;
}

loci_status loci_system_create_by(loci_system **system, loci_structure structure, size_t copies, size_t order,
                                  size_t rank, const loci_allocator *allocator, loci_error *error)
{
    *system = NULL;
    loci_status status = check_shape(structure, copies, order, rank, error);
    if (status) return status;
    const bool dense = structure == LOCI_DENSE;
    const size_t width = dense ? order : order / 2;
    const size_t row = copies * width, a = dense ? row * order : row; /* at most 2^36 */
    const size_t count = HEADER + (dense ? a + 2 * row : (6 + 2 * rank) * row) + 2 * copies;
    double *memory = loci_allocate_by(allocator, count, sizeof(double));
    if (!memory)
        return loci_fail(error, LOCI_E_MEMORY, "no memory for %zu copies of a %s system of order %zu", copies,
                         loci_structure_name(structure), order);
    loci_system *s = (loci_system *)(void *)memory;
    *s =
        (loci_system){.structure = structure, .copies = copies, .order = order, .rank = rank, .width = width};
    double *next = memory + HEADER;
    s->a_re = take(&next, a);
    s->b_re = take(&next, row);
    s->c_re = take(&next, row);
    if (!dense) {
        s->a_im = take(&next, row);
        s->b_im = take(&next, row);
        s->c_im = take(&next, row);
    }
    if (rank) {
        s->p_re = take(&next, rank * row);
        s->p_im = take(&next, rank * row);
    }
    s->d = take(&next, copies);
    s->dt = take(&next, copies);
    *system = s;
    return LOCI_OK;
}

loci_status loci_system_create(loci_system **system, loci_structure structure, size_t copies, size_t order,
                               size_t rank, loci_error *error)
{
    return loci_system_create_by(system, structure, copies, order, rank, NULL, error);
}

/* The numbers of a system as one array: a_re comes first, dt last. */
static size_t numbers(const loci_system *s)
{
    return (size_t)(s->dt + s->copies - s->a_re);
}

void loci_system_free(loci_system *system)
{
    loci_free(system);
}

loci_status loci_system_copy(loci_system **copy, const loci_system *system, loci_error *error)
{
    loci_status status = loci_system_create_by(copy, system->structure, system->copies, system->order,
                                               system->rank, loci_allocator_of(system), error);
    if (!status) memcpy((*copy)->a_re, system->a_re, numbers(system) * sizeof(double));
    return status;
}

bool loci_system_alike(const loci_system *one, const loci_system *other)
{
    return one->structure == other->structure && one->copies == other->copies && one->order == other->order &&
           one->rank == other->rank;
}

static loci_status check_numbers(const char *name, const double *x, size_t rows, size_t count,
                                 loci_error *error)
{
    for (size_t i = 0; x && i < rows * count; i++)
        if (!isfinite(x[i]))
            return loci_fail(error, LOCI_E_VALUE,
                             "%s of copy %zu has a number that is %g; a finite one was expected", name,
                             i / count, x[i]);
    return LOCI_OK;
}

loci_status loci_system_check(const loci_system *s, loci_error *error)
{
    const size_t w = s->width, a = s->structure == LOCI_DENSE ? w * w : w;
    for (size_t h = 0; h < s->copies; h++)
        if (!(s->dt[h] > 0) || isinf(s->dt[h]))
            return loci_fail(error, LOCI_E_VALUE,
                             "dt of copy %zu is %g; a finite number above 0 was expected", h, s->dt[h]);
    loci_status status = LOCI_OK;
    for (size_t r = 0; !status && r < s->rank; r++) {
        status = check_numbers("P", s->p_re + r * s->copies * w, s->copies, w, error);
        if (!status) status = check_numbers("P", s->p_im + r * s->copies * w, s->copies, w, error);
    }
    if (!status) status = check_numbers("A", s->a_re, s->copies, a, error);
    if (!status) status = check_numbers("A", s->a_im, s->copies, w, error);
    if (!status) status = check_numbers("B", s->b_re, s->copies, w, error);
    if (!status) status = check_numbers("B", s->b_im, s->copies, w, error);
    if (!status) status = check_numbers("C", s->c_re, s->copies, w, error);
    if (!status) status = check_numbers("C", s->c_im, s->copies, w, error);
    if (!status) status = check_numbers("D", s->d, s->copies, 1, error);
    return status;
}

loci_status loci_system_to_dense(loci_system **dense, const loci_system *s, loci_error *error)
{
    if (s->structure == LOCI_DENSE) return loci_system_copy(dense, s, error);
    loci_status status =
        loci_system_create_by(dense, LOCI_DENSE, s->copies, s->order, 0, loci_allocator_of(s), error);
    if (status) return status;
    const size_t w = s->width, n = s->order;
    for (size_t h = 0; h < s->copies; h++) {
        double *a = (*dense)->a_re + h * n * n, *b = (*dense)->b_re + h * n, *c = (*dense)->c_re + h * n;
        for (size_t i = 0; i < w; i++) {
            const size_t at = h * w + i;
            a[i * n + i] = a[(i + w) * n + i + w] = s->a_re[at];
            a[i * n + i + w] = -s->a_im[at];
            a[(i + w) * n + i] = s->a_im[at];
            b[i] = s->b_re[at];
            b[i + w] = s->b_im[at];
            c[i] = 2 * s->c_re[at];
            c[i + w] = -2 * s->c_im[at];
        }
        for (size_t r = 0; r < s->rank; r++) { /* P^* x is 2 Re(conj(p) x) = 2 (p_re x_re + p_im x_im) */
            const double *re = s->p_re + (r * s->copies + h) * w, *im = s->p_im + (r * s->copies + h) * w;
            for (size_t i = 0; i < w; i++)
                for (size_t k = 0; k < w; k++) {
                    a[i * n + k] -= 2 * re[i] * re[k];
                    a[i * n + k + w] -= 2 * re[i] * im[k];
                    a[(i + w) * n + k] -= 2 * im[i] * re[k];
                    a[(i + w) * n + k + w] -= 2 * im[i] * im[k];
                }
        }
        (*dense)->d[h] = s->d[h];
        (*dense)->dt[h] = s->dt[h];
    }
    return LOCI_OK;
}
