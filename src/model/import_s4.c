/* SPDX-License-Identifier: MIT
 * import_s4.c - the S4 repository's S4Block in a state_dict, as parameters of s4 and s4d.
 *
 * There A = -exp(A_real) - i A_imag, in fewer copies than channels at times, channel h having copy h mod copies. Diagonal layers
 * become s4d, whose B is 1 and whose Im A has the other sign: with all modes conjugate C B, conjugate, takes the place of C.
 *
 * A diagonal plus low rank layer that has run keeps C~ = C (I - abar^L) in place of C, L being l_kernel. In real numbers, x as
 * its real and imaginary parts, that is a row times a matrix, and C is found by elimination. */
#include "model/import_s4.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/allocate.h"
#include "base/linalg.h"
#include "base/status.h"
#include "model/model_file.h"
#include "ssm/discretize_dplr.h"

enum { NAME = 96, PARTS = 7 };

/* The tensors of a layer's mixer, as they are called there. */
enum { OF_D, OF_C, OF_DT, OF_B, OF_A_REAL, OF_A_IMAG, OF_P };
static const char *const part_names[PARTS] = {
    "D", "kernel.C", "kernel.inv_dt", "kernel.B", "kernel.A_real", "kernel.A_imag", "kernel.P"};

static void name_of(char name[NAME], size_t layer, const char *part)
{
    snprintf(name, NAME, "s4_layers.%zu.layer.%s", layer, part);
}

static const loci_tensor *part_of(const loci_safetensors *file, size_t layer, int part)
{
    char name[NAME];
    name_of(name, layer, part_names[part]);
    return loci_safetensors_find(file, name);
}

int loci_import_s4_found(const loci_safetensors *file)
{
    return part_of(file, 0, OF_D) != NULL || part_of(file, 0, OF_C) != NULL;
}

/* ---- shapes ---- */

/* One that has to be there, with so many dimensions. */
static loci_status require(const loci_tensor **found, const loci_safetensors *file, size_t layer, int part,
                           size_t dimensions, loci_error *error)
{
    char name[NAME];
    name_of(name, layer, part_names[part]);
    *found = loci_safetensors_find(file, name);
    if (!*found)
        return loci_fail(error, LOCI_E_FORMAT,
                         "tensor %s is missing; a state_dict of S4Block layers was expected", name);
    if ((*found)->dimensions != dimensions)
        return loci_fail(error, LOCI_E_FORMAT, "tensor %s has %zu dimensions; %zu were expected", name,
                         (*found)->dimensions, dimensions);
    return LOCI_OK;
}

loci_status loci_import_s4_configure(loci_model_config *config, const loci_safetensors *file,
                                     loci_error *error)
{
    const loci_tensor *d, *c, *p = part_of(file, 0, OF_P);
    loci_status status = require(&d, file, 0, OF_D, 2, error);
    if (!status) status = require(&c, file, 0, OF_C, 4, error);
    if (!status && p) status = require(&p, file, 0, OF_P, 4, error);
    if (status) return status;
    const size_t kernels = d->shape[0], sets = c->shape[0];
    if (p && p->shape[0] == 0)
        return loci_fail(error, LOCI_E_FORMAT, "tensor %s is of rank 0; 1 or 2 was expected", p->name);
    if (kernels == 0 || (sets != kernels && sets != 2 * kernels))
        return loci_fail(
            error, LOCI_E_FORMAT,
            "tensor s4_layers.0.layer.kernel.C has %zu kernels, and D %zu; as many, or twice, were "
            "expected",
            sets, kernels);
    config->layer = p ? LOCI_LAYER_S4 : LOCI_LAYER_S4D;
    config->order = c->shape[2] <= LOCI_STATE_MAX ? 2 * c->shape[2] : c->shape[2];
    config->rank = p ? p->shape[0] : 0;
    config->kernels = kernels > 1 ? kernels : 0;
    config->bidirectional = sets == 2 * kernels;
    return LOCI_OK;
}

/* ---- one layer ---- */

typedef struct {
    size_t H, modes, rank, kernels, sets;
    double *part[PARTS]; /* A, B and P of every channel */
    size_t copies;       /* of A */
    size_t L;            /* l_kernel; 0: C is C */
} layer_values;

/* As part_of's shapes have to be, but for the number of copies. */
static void shape_of(size_t shape[4], size_t *dimensions, const layer_values *v, int part, size_t copies)
{
    const size_t all[PARTS][4] = {{v->kernels, v->H},
                                  {v->sets, v->H, v->modes, 2},
                                  {v->H, 1},
                                  {1, copies, v->modes, 2},
                                  {copies, v->modes},
                                  {copies, v->modes},
                                  {v->rank, copies, v->modes, 2}};
    const size_t counts[PARTS] = {2, 4, 2, 4, 2, 2, 4};
    memcpy(shape, all[part], sizeof all[part]);
    *dimensions = counts[part];
}

static loci_status misshapen(const loci_tensor *t, size_t axis, size_t wanted, loci_error *error)
{
    return loci_fail(error, LOCI_E_FORMAT, "tensor %s has %zu in its dimension %zu; %zu was expected",
                     t->name, t->shape[axis], axis + 1, wanted);
}

/* The numbers of a part, those of copies repeated for every channel. */
static loci_status read_part(layer_values *v, const loci_allocator *by, const loci_safetensors *file,
                             size_t layer, int part, loci_error *error)
{
    size_t shape[4], dimensions;
    const loci_tensor *t;
    shape_of(shape, &dimensions, v, part, 1);
    loci_status status = require(&t, file, layer, part, dimensions, error);
    if (status) return status;
    const int shared = part >= OF_B;
    const size_t axis = part == OF_B || part == OF_P ? 1 : 0, copies = t->shape[axis];
    if (shared && (copies == 0 || v->H % copies != 0)) return misshapen(t, axis, v->H, error);
    if (part == OF_A_REAL) v->copies = copies;
    if (part == OF_A_IMAG && copies != v->copies) return misshapen(t, axis, v->copies, error);
    shape_of(shape, &dimensions, v, part, shared ? copies : 1);
    size_t count = 1, inner = 1;
    for (size_t i = 0; i < dimensions; i++) {
        if (t->shape[i] != shape[i]) return misshapen(t, i, shape[i], error);
        count *= shape[i];
        if (i > axis) inner *= shape[i];
    }
    const size_t outer = shared ? count / copies / inner : 1, all = shared ? outer * v->H * inner : count;
    double *read = loci_allocate_by(by, count, sizeof *read);
    v->part[part] = loci_allocate_by(by, all, sizeof **v->part);
    if (!read || !v->part[part])
        status = loci_fail(error, LOCI_E_MEMORY, "out of memory for %zu numbers", all);
    else
        status = loci_safetensors_doubles(read, t, error);
    for (size_t i = 0; i < all && !status; i++) {
        const size_t o = i / inner / v->H, h = i / inner % v->H;
        v->part[part][i] = shared ? read[(o * copies + h % copies) * inner + i % inner] : read[i];
        status = loci_model_check_number(t->name, i, v->part[part][i], error);
    }
    loci_free(read);
    return status;
}

static loci_status read_length(layer_values *v, const loci_safetensors *file, size_t layer, loci_error *error)
{
    char name[NAME];
    int64_t value = 0;
    name_of(name, layer, "kernel.l_kernel");
    const loci_tensor *t = loci_safetensors_find(file, name);
    if (!t) return LOCI_OK;
    if (strcmp(t->type, "I64") != 0 || t->bytes != sizeof value)
        return loci_fail(error, LOCI_E_FORMAT, "tensor %s is no whole number (I64)", name);
    for (size_t i = 0; i < sizeof value; i++)
        value |= (int64_t)((uint64_t)((const unsigned char *)t->data)[i] << 8 * i);
    if (value < 0 || value > INT64_C(1) << 40)
        return loci_fail(error, LOCI_E_FORMAT, "tensor %s is %lld; a length was expected", name,
                         (long long)value);
    v->L = (size_t)value;
    return LOCI_OK;
}

static void release(layer_values *v)
{
    for (size_t i = 0; i < PARTS; i++) loci_free(v->part[i]);
    *v = (layer_values){0};
}

/* ---- C of C~ ---- */

/* r [n][n], n = 2 modes: a step of x as its real parts and then its imaginary ones. */
static void step_matrix(double *r, const loci_dplr *one, size_t modes, size_t rank)
{
    const size_t n = 2 * modes;
    memset(r, 0, n * n * sizeof *r);
    for (size_t i = 0; i < modes; i++) {
        r[i * n + i] = r[(modes + i) * n + modes + i] = creal(one->z[i]);
        r[i * n + modes + i] = -cimag(one->z[i]);
        r[(modes + i) * n + i] = cimag(one->z[i]);
        for (size_t k = 0; k < rank; k++)
            for (size_t j = 0; j < modes; j++) {
                const double complex q = one->q[k * modes + i], g = 2 * one->g[k * modes + j];
                r[i * n + j] -= creal(q) * creal(g);
                r[i * n + modes + j] += creal(q) * cimag(g);
                r[(modes + i) * n + j] -= cimag(q) * creal(g);
                r[(modes + i) * n + modes + j] += cimag(q) * cimag(g);
            }
    }
}

/* p = r^exponent by squaring r, which is lost. */
static void power(double *p, double *r, double *spare, size_t n, size_t exponent)
{
    const size_t bytes = n * n * sizeof *p;
    for (size_t i = 0; i < n * n; i++) p[i] = i % (n + 1) == 0;
    for (; exponent; exponent /= 2) {
        if (exponent % 2) {
            loci_linalg_multiply(spare, p, r, n, n, n);
            memcpy(p, spare, bytes);
        }
        if (exponent == 1) break;
        loci_linalg_multiply(spare, r, r, n, n, n);
        memcpy(r, spare, bytes);
    }
}

/* The C of channel h, all sets, from the C~ that stands in its place. memory: 3 n^2 + sets n doubles, n places, and for a step. */
static loci_status recover(layer_values *v, const loci_system *s, size_t h, double *memory, size_t *pivot,
                           loci_dplr *one, const loci_allocator *by, loci_error *error)
{
    const size_t modes = v->modes, n = 2 * modes, sets = v->sets;
    double *r = memory, *p = r + n * n, *spare = p + n * n, *x = spare + n * n; /* x [n][sets] */
    loci_status status = loci_dplr_discretize(one, s, h, LOCI_BILINEAR, s->dt[h], error);
    if (status) return status;
    step_matrix(r, one, modes, v->rank);
    power(p, r, spare, n, v->L);
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++) r[i * n + j] = (i == j) - p[j * n + i];
    for (size_t k = 0; k < sets; k++)
        for (size_t i = 0; i < modes; i++) {
            const double *c = v->part[OF_C] + ((k * v->H + h) * modes + i) * 2;
            x[i * sets + k] = c[0];
            x[(modes + i) * sets + k] = -c[1];
        }
    status = loci_linalg_factor(by, r, pivot, n, error);
    if (status == LOCI_E_VALUE)
        return loci_fail(
            error, LOCI_E_FORMAT,
            "channel %zu of a layer keeps its C for sequences of %zu samples, from which it cannot be told",
            h, v->L);
    if (status) return status;
    loci_linalg_solve(x, r, pivot, n, sets);
    for (size_t k = 0; k < sets; k++)
        for (size_t i = 0; i < modes; i++) {
            double *c = v->part[OF_C] + ((k * v->H + h) * modes + i) * 2;
            c[0] = x[i * sets + k];
            c[1] = -x[(modes + i) * sets + k];
        }
    return LOCI_OK;
}

static loci_status recover_all(layer_values *v, const loci_allocator *by, loci_error *error)
{
    const size_t modes = v->modes, n = 2 * modes, all = v->H * modes;
    loci_system *s;
    loci_status status = loci_system_create_by(&s, LOCI_DPLR, v->H, n, v->rank, by, error);
    if (status) return status;
    for (size_t i = 0; i < all; i++) {
        s->a_re[i] = -exp(v->part[OF_A_REAL][i]), s->a_im[i] = -v->part[OF_A_IMAG][i];
        s->b_re[i] = v->part[OF_B][2 * i], s->b_im[i] = v->part[OF_B][2 * i + 1];
    }
    for (size_t i = 0; i < v->rank * all; i++)
        s->p_re[i] = v->part[OF_P][2 * i], s->p_im[i] = v->part[OF_P][2 * i + 1];
    for (size_t h = 0; h < v->H; h++) s->dt[h] = exp(v->part[OF_DT][h]);
    double *memory = loci_allocate_by(by, 3 * n * n + v->sets * n, sizeof *memory);
    size_t *pivot = loci_allocate_by(by, n, sizeof *pivot);
    double complex *x = loci_allocate_by(by, (2 + 2 * v->rank) * modes, sizeof *x);
    if (!memory || !pivot || !x)
        status = loci_fail(error, LOCI_E_MEMORY, "out of memory for a system of %zu states", n);
    loci_dplr one = {x, x + modes, x + 2 * modes, x + (2 + v->rank) * modes};
    for (size_t h = 0; h < v->H && !status; h++) status = recover(v, s, h, memory, pivot, &one, by, error);
    loci_free(memory), loci_free(pivot), loci_free(x);
    loci_system_free(s);
    return status;
}

/* ---- the state that it becomes ---- */

typedef struct {
    loci_tensor *tensor;
    size_t count;
    char (*name)[NAME];
    float **own; /* numbers that belong to a tensor */
} translated;

static loci_status put(translated *t, const loci_allocator *by, size_t layer, const char *part,
                       const double *numbers, size_t dimensions, const size_t *shape, loci_error *error)
{
    size_t count = 1;
    loci_tensor *tensor = &t->tensor[t->count];
    for (size_t i = 0; i < dimensions; i++) count *= tensor->shape[i] = shape[i];
    float *own = t->own[t->count] = loci_allocate_by(by, count, sizeof *own);
    if (!own) return loci_fail(error, LOCI_E_MEMORY, "out of memory for %zu numbers", count);
    for (size_t i = 0; i < count; i++) own[i] = (float)numbers[i];
    snprintf(t->name[t->count], NAME, "s4_layers.%zu.%s", layer, part);
    tensor->name = t->name[t->count], tensor->type = "F32", tensor->dimensions = dimensions;
    tensor->data = own, tensor->bytes = count * sizeof *own;
    t->count++;
    return LOCI_OK;
}

static loci_status put_low_rank(translated *t, const loci_allocator *by, size_t layer, const layer_values *v,
                                loci_error *error)
{
    loci_status status = LOCI_OK;
    for (int part = 0; part < PARTS && !status; part++) {
        char name[NAME];
        size_t shape[4], dimensions;
        shape_of(shape, &dimensions, v, part, v->H);
        snprintf(name, sizeof name, "layer.%s", part_names[part]);
        status = put(t, by, layer, name, v->part[part], dimensions, shape, error);
    }
    return status;
}

static loci_status put_diagonal(translated *t, const loci_allocator *by, size_t layer, layer_values *v,
                                loci_error *error)
{
    const size_t H = v->H, modes = v->modes;
    double *c = v->part[OF_C], *b = v->part[OF_B];
    for (size_t i = 0; i < v->sets * H * modes; i++) {
        const double complex x =
            (c[2 * i] + I * c[2 * i + 1]) * (b[2 * (i % (H * modes))] + I * b[2 * (i % (H * modes)) + 1]);
        c[2 * i] = creal(x), c[2 * i + 1] = -cimag(x);
    }
    const size_t d[] = {v->kernels, H}, cs[] = {v->sets, H, modes, 2}, a[] = {H, modes};
    const int one = v->kernels == 1, single = v->sets == 1;
    loci_status status = put(t, by, layer, "D", v->part[OF_D], one ? 1 : 2, d + one, error);
    if (!status) status = put(t, by, layer, "kernel.log_dt", v->part[OF_DT], 1, a, error);
    if (!status) status = put(t, by, layer, "kernel.C", c, single ? 3 : 4, cs + single, error);
    if (!status) status = put(t, by, layer, "kernel.log_A_real", v->part[OF_A_REAL], 2, a, error);
    if (!status) status = put(t, by, layer, "kernel.A_imag", v->part[OF_A_IMAG], 2, a, error);
    return status;
}

static loci_status put_layer(translated *t, const loci_allocator *by, const loci_safetensors *file,
                             size_t layer, const loci_model_config *c, loci_error *error)
{
    const size_t kernels = c->kernels ? c->kernels : 1;
    layer_values v = {.H = c->width,
                      .modes = c->order / 2,
                      .rank = c->rank,
                      .kernels = kernels,
                      .sets = kernels * (c->bidirectional ? 2 : 1)};
    const int parts = c->layer == LOCI_LAYER_S4 ? PARTS : OF_P;
    loci_status status = LOCI_OK;
    for (int part = 0; part < parts && !status; part++) status = read_part(&v, by, file, layer, part, error);
    if (!status && v.rank) status = read_length(&v, file, layer, error);
    if (!status && v.L) status = recover_all(&v, by, error);
    if (!status)
        status = v.rank ? put_low_rank(t, by, layer, &v, error) : put_diagonal(t, by, layer, &v, error);
    release(&v);
    return status;
}

/* Whether a tensor is one that put_layer takes. */
static int is_taken(const char *name, const loci_model_config *c)
{
    static const char before[] = "s4_layers.";
    char begin[NAME];
    if (strncmp(name, before, sizeof before - 1) != 0) return 0;
    const unsigned long long layer = strtoull(name + sizeof before - 1, NULL, 10);
    if (layer >= c->layers) return 0;
    name_of(begin, (size_t)layer, "");
    const size_t end = strlen(begin);
    if (strncmp(name, begin, end) != 0) return 0; /* " 0", "+0", "00" */
    const int parts = c->layer == LOCI_LAYER_S4 ? PARTS : OF_P;
    for (int part = 0; part < parts; part++)
        if (strcmp(name + end, part_names[part]) == 0) return 1;
    return c->layer == LOCI_LAYER_S4 && strcmp(name + end, "kernel.l_kernel") == 0;
}

/* output_linear.0.weight of s4d is that of a convolution of one tap. */
static loci_tensor as_convolution(const loci_tensor *t, const loci_model_config *c)
{
    static const char ending[] = ".output_linear.0.weight";
    const size_t length = strlen(t->name), tail = sizeof ending - 1;
    loci_tensor copy = *t;
    if (c->layer == LOCI_LAYER_S4D && !c->kernels && copy.dimensions == 2 && length > tail &&
        strcmp(t->name + length - tail, ending) == 0)
        copy.shape[copy.dimensions++] = 1;
    return copy;
}

loci_status loci_import_s4_translate(void **bytes, size_t *size, const loci_safetensors *file,
                                     const loci_model_config *config, loci_error *error)
{
    const loci_allocator *by = config->allocator;
    const size_t there = loci_safetensors_count(file), most = there + PARTS * config->layers;
    translated t = {.tensor = loci_allocate_by(by, most, sizeof *t.tensor),
                    .name = loci_allocate_by(by, most, sizeof *t.name),
                    .own = loci_allocate_by(by, most, sizeof *t.own)};
    loci_status status = t.tensor && t.name && t.own
                             ? LOCI_OK
                             : loci_fail(error, LOCI_E_MEMORY, "out of memory for %zu tensors", most);
    for (size_t i = 0; i < config->layers && !status; i++) status = put_layer(&t, by, file, i, config, error);
    for (size_t i = 0; i < there && !status; i++)
        if (!is_taken(loci_safetensors_tensor(file, i)->name, config))
            t.tensor[t.count++] = as_convolution(loci_safetensors_tensor(file, i), config);
    if (!status) status = loci_safetensors_write(bytes, size, by, t.tensor, t.count, NULL, 0, error);
    for (size_t i = 0; t.own && i < most; i++) loci_free(t.own[i]);
    loci_free(t.tensor), loci_free(t.name), loci_free(t.own);
    return status;
}
