/* SPDX-License-Identifier: MIT
 * system_read.c - systems from .npz archives. */
#include <loci/init.h>
#include <loci/system.h>

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include <loci/data.h>

#include "base/status.h"

/* A shape as text: "[128,32]". */
static const char *shape_text(char *text, size_t size, const loci_array *a)
{
    size_t at = (size_t)snprintf(text, size, "[");
    for (size_t i = 0; i < a->dimensions && at + 24 < size; i++)
        at += (size_t)snprintf(text + at, size - at, "%s%zu", i ? "," : "", a->shape[i]);
    snprintf(text + at, size - at, "]%s", a->complex_pairs ? " complex" : "");
    return text;
}

/* The same numbers in the same places: shapes are equal but for extents of 1, as B [N,1], C [1,N] and a dt without any. */
static bool is_alike(const loci_array *a, const size_t *shape, size_t dimensions)
{
    size_t k = 0;
    for (size_t i = 0; i < dimensions; i++) {
        while (k < a->dimensions && a->shape[k] == 1) k++;
        if (shape[i] != 1 && (k == a->dimensions || a->shape[k++] != shape[i])) return false;
    }
    while (k < a->dimensions && a->shape[k] == 1) k++;
    return k == a->dimensions;
}

/* A member of the shape, but for extents of 1, its numbers split in re and im. */
static loci_status read_member(double *re, double *im, const char *path, const char *member,
                               size_t dimensions, const size_t *shape, loci_error *error)
{
    loci_array a;
    loci_status status = loci_npz_read(&a, path, member, error);
    if (status) return status;
    size_t count = 1;
    for (size_t i = 0; i < dimensions; i++) count *= shape[i];
    if (!is_alike(&a, shape, dimensions) || (!im && a.complex_pairs)) {
        char found[128], expected[128];
        loci_array wanted = {.dimensions = dimensions, .complex_pairs = im != NULL};
        memcpy(wanted.shape, shape, dimensions * sizeof *shape);
        status =
            loci_fail(error, LOCI_E_MISMATCH, "%.80s: %s is %s; %s was expected", path, member,
                      shape_text(found, sizeof found, &a), shape_text(expected, sizeof expected, &wanted));
    }
    for (size_t i = 0; !status && i < count; i++) {
        re[i] = a.data[a.complex_pairs ? 2 * i : i];
        if (im) im[i] = a.complex_pairs ? a.data[2 * i + 1] : 0;
    }
    loci_array_free(&a);
    return status;
}

/* As read_member, for one that may be missing. */
static loci_status read_optional(double *re, const char *path, const char *member, size_t dimensions,
                                 const size_t *shape, loci_error *error)
{
    loci_status status = read_member(re, NULL, path, member, dimensions, shape, error);
    if (status == LOCI_E_RANGE) {
        if (error) *error = (loci_error){0};
        return LOCI_OK;
    }
    return status;
}

/* Shapes of A and P decide on structure and sizes. */
static loci_status create_for(loci_system **system, const char *path, const loci_array *a, loci_error *error)
{
    char text[128];
    loci_array p;
    loci_error missing;
    loci_status status = loci_npz_read(&p, path, "P", &missing);
    if (status && status != LOCI_E_RANGE) {
        if (error) *error = missing;
        return status;
    }
    const bool low_rank = status == LOCI_OK;
    const size_t rank = low_rank && p.dimensions == 3 ? p.shape[0] : 0;
    if (low_rank && (rank < 1 || rank > 2))
        status = loci_fail(error, LOCI_E_MISMATCH, "%.80s: P is %s; [R,H,N/2] with R 1 or 2 was expected",
                           path, shape_text(text, sizeof text, &p));
    else if (!a->complex_pairs && a->dimensions == 2 && a->shape[0] == a->shape[1] && !low_rank)
        status = loci_system_create(system, LOCI_DENSE, 1, a->shape[0], 0, error);
    else if (a->dimensions == 2 && a->complex_pairs && a->shape[1] <= LOCI_ORDER_MAX / 2)
        status = loci_system_create(system, low_rank ? LOCI_DPLR : LOCI_DIAGONAL, a->shape[0],
                                    2 * a->shape[1], rank, error);
    else
        status = loci_fail(
            error, LOCI_E_MISMATCH,
            "%.80s: A is %s; [H,N/2] complex (diagonal, or dplr with P) or [N,N] real (dense) was expected",
            path, shape_text(text, sizeof text, a));
    if (low_rank) loci_array_free(&p);
    return status;
}

loci_status loci_system_read(loci_system **system, const char *path, loci_error *error)
{
    *system = NULL;
    loci_array a;
    loci_system *s = NULL;
    loci_status status = loci_npz_read(&a, path, "A", error);
    if (status) return status;
    status = create_for(&s, path, &a, error);
    if (!status) {
        const bool dense = s->structure == LOCI_DENSE;
        const size_t full[3] = {s->rank, s->copies, s->width}, square[2] = {s->order, s->order};
        const size_t *row = dense ? full + 2 : full + 1, rows = dense ? 1 : 2;
        status = read_member(s->a_re, s->a_im, path, "A", 2, dense ? square : full + 1, error);
        if (!status) status = read_member(s->b_re, s->b_im, path, "B", rows, row, error);
        if (!status) status = read_member(s->c_re, s->c_im, path, "C", rows, row, error);
        if (!status && s->rank) status = read_member(s->p_re, s->p_im, path, "P", 3, full, error);
        if (!status) status = read_member(s->dt, NULL, path, "dt", 1, full + 1, error);
        if (!status) status = read_optional(s->d, path, "D", 1, full + 1, error);
    }
    if (!status) {
        loci_error inside;
        status = loci_system_check(s, &inside);
        if (status) status = loci_fail(error, status, "%.80s: %s", path, inside.text);
    }
    loci_array_free(&a);
    if (status) {
        loci_system_free(s);
        return status;
    }
    *system = s;
    return LOCI_OK;
}
