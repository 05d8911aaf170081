/* SPDX-License-Identifier: MIT
 * learner_file.c - what a learner knows, as bytes: docs/formats.md. */
#include "train/learner.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/allocate.h"
#include "base/checksum.h"
#include "base/endian.h"
#include "base/random.h"
#include "base/status.h"

enum { HEADER = 64, CHECKSUM = 8 };
static const char magic[8] = {'l', 'o', 'c', 'i', 'f', 'i', 't', 1};

/* Of the bank and what goes into it: another one tells other things of the same sequences. */
static uint64_t fingerprint(const loci_learner *l)
{
    const loci_model_config *c = loci_model_configuration(l->model);
    const loci_model_about *about = loci_model_description(l->model);
    const loci_parameter *parameter = loci_model_parameters(l->model, &(size_t){0});
    const float *threshold = loci_model_values_const(l->model) + parameter[0].offset;
    const size_t numbers = 2 * c->inputs + 6 + parameter[0].count;
    double *x = loci_allocate(numbers, sizeof *x);
    unsigned char *bytes = loci_allocate(numbers, 8), *at = bytes;
    uint64_t sum = 0;
    if (x && bytes) {
        const double first[] = {(double)c->statistics, c->span,
                                (double)c->bank_seed,  (double)c->inputs,
                                (double)c->outputs,    (double)about->task};
        memcpy(x, first, sizeof first);
        for (size_t i = 0; i < c->inputs; i++) {
            x[6 + 2 * i] = about->shift ? about->shift[i] : 0;
            x[7 + 2 * i] = about->scale ? about->scale[i] : 1;
        }
        for (size_t i = 0; i < parameter[0].count; i++) x[6 + 2 * c->inputs + i] = (double)threshold[i];
        loci_endian_put_f64(&at, x, numbers);
        sum = loci_checksum(bytes, numbers * 8);
        sum += sum == 0; /* 0: out of memory */
    }
    loci_free(x);
    loci_free(bytes);
    return sum;
}

/* Of what the targets are: the names of classes, or shift and scale of values; never 0, which files of before have. */
static uint64_t meaning(const loci_learner *l)
{
    const loci_model_about *about = loci_model_description(l->model);
    uint64_t sum = 1;
    for (size_t j = 0; j < l->targets; j++) {
        const double scale[2] = {about->target_shift ? about->target_shift[j] : 0,
                                 about->target_shift ? about->target_scale[j] : 1};
        unsigned char bytes[sizeof scale], *at = bytes;
        loci_endian_put_f64(&at, scale, 2);
        sum = loci_random_mix(sum ^ loci_checksum(bytes, sizeof bytes));
        if (about->classes)
            sum = loci_random_mix(sum ^ loci_checksum(about->classes[j], strlen(about->classes[j])));
    }
    return sum + (sum == 0);
}

/* Bytes of the numbers; 0: that overflows. Of symmetric products one half is kept. */
static size_t body(size_t p, size_t q, size_t n, bool each)
{
    size_t a, b, all;
    if (each) {
        if (!loci_size_multiply(&a, n, p) || !loci_size_multiply(&a, a, 4) || !loci_size_multiply(&b, n, q) ||
            !loci_size_multiply(&b, b, 8))
            return 0;
    } else {
        if (!loci_size_multiply(&a, p + 1, p + 2) || !loci_size_multiply(&a, a / 2, 8) ||
            !loci_size_multiply(&b, p + 2, q) || !loci_size_multiply(&b, b, 8))
            return 0;
    }
    return loci_size_add(&all, a, b) ? all : 0;
}

loci_status loci_learner_save(const loci_learner *l, void **bytes, size_t *size, loci_error *error)
{
    const size_t p = l->features, q = l->targets, n = l->sequences,
                 numbers = n ? body(p, q, n, !l->moments) : 0;
    const uint64_t bank = fingerprint(l);
    size_t all;
    *bytes = NULL;
    *size = 0;
    if (n == 0) return loci_fail(error, LOCI_E_VALUE, "the learner knows no sequence yet");
    unsigned char *file =
                      bank && numbers && loci_size_add(&all, numbers, HEADER + CHECKSUM) ? malloc(all) : NULL,
                  *at = file;
    if (!file) return loci_fail(error, LOCI_E_MEMORY, "out of memory for the file of what a learner knows");
    memcpy(at, magic, sizeof magic);
    at += sizeof magic;
    const uint64_t header[] = {bank, p, q, n, l->moments ? 1 : 0, meaning(l), 0};
    for (size_t i = 0; i < 7; i++) loci_endian_put(&at, header[i], 8);
    if (l->moments) {
        const loci_ridge m = loci_learner_moments(l);
        for (size_t i = 0; i <= p; i++) loci_endian_put_f64(&at, m.gram + i * (p + 1) + i, p + 1 - i);
        loci_endian_put_f64(&at, m.cross, (p + 1) * q);
        loci_endian_put_f64(&at, m.square, q);
    } else {
        loci_endian_put_f32(&at, l->told, n * p);
        loci_endian_put_f64(&at, l->target, n * q);
    }
    loci_endian_put(&at, loci_checksum(file, all - CHECKSUM), 8);
    *bytes = file;
    *size = all;
    return LOCI_OK;
}

static bool finite_f64(const double *x, size_t n)
{
    bool good = true;
    for (size_t i = 0; i < n; i++) good = good && isfinite(x[i]);
    return good;
}

static loci_status read_each(loci_learner *l, const unsigned char *at, size_t n, loci_error *error)
{
    const size_t p = l->features, q = l->targets;
    l->told = loci_allocate(n, p * sizeof *l->told);
    l->target = loci_allocate(n, q * sizeof *l->target);
    if (!l->told || !l->target)
        return loci_fail(error, LOCI_E_MEMORY, "out of memory for what a learner knows");
    for (size_t i = 0; i < n * p; i++) {
        const uint32_t bits = (uint32_t)loci_endian_get(&at, 4);
        memcpy(&l->told[i], &bits, sizeof bits);
        if (!isfinite(l->told[i])) return loci_fail(error, LOCI_E_FORMAT, "what it knows is not finite");
    }
    loci_endian_get_f64(l->target, &at, n * q);
    if (!finite_f64(l->target, n * q)) return loci_fail(error, LOCI_E_FORMAT, "what it knows is not finite");
    l->room = n;
    return LOCI_OK;
}

static loci_status read_sums(loci_learner *l, const unsigned char *at, loci_error *error)
{
    const size_t p = l->features, q = l->targets, size = loci_ridge_size(p + 1, q);
    l->moments = size ? loci_allocate(size, sizeof *l->moments) : NULL;
    if (!l->moments) return loci_fail(error, LOCI_E_MEMORY, "out of memory for what a learner knows");
    const loci_ridge m = loci_learner_moments(l);
    for (size_t i = 0; i <= p; i++) loci_endian_get_f64(m.gram + i * (p + 1) + i, &at, p + 1 - i);
    loci_endian_get_f64(m.cross, &at, (p + 1) * q);
    loci_endian_get_f64(m.square, &at, q);
    return finite_f64(l->moments, size) ? LOCI_OK
                                        : loci_fail(error, LOCI_E_FORMAT, "what it knows is not finite");
}

loci_status loci_learner_load(loci_learner **out, const loci_model *model, const void *bytes, size_t size,
                              loci_error *error)
{
    const unsigned char *at = bytes;
    uint64_t header[7];
    loci_learner *l;
    *out = NULL;
    if (size < HEADER + CHECKSUM || memcmp(bytes, magic, sizeof magic - 1) != 0)
        return loci_fail(error, LOCI_E_FORMAT, "it is not what a learner knows, as fit writes it");
    if (at[7] != magic[7])
        return loci_fail(error, LOCI_E_UNSUPPORTED, "it is of version %u, which this one does not know",
                         (unsigned)at[7]);
    const unsigned char *end = at + size - CHECKSUM;
    if (loci_endian_get(&end, 8) != loci_checksum(bytes, size - CHECKSUM))
        return loci_fail(error, LOCI_E_FORMAT, "it is damaged: its checksum is another one");
    at += sizeof magic;
    for (size_t i = 0; i < 7; i++) header[i] = loci_endian_get(&at, 8);
    loci_status status = loci_learner_like(&l, model, error);
    if (status) return status;
    const size_t n = (size_t)header[3];
    const uint64_t bank = fingerprint(l);
    if (bank == 0)
        status = loci_fail(error, LOCI_E_MEMORY, "out of memory for what a learner knows");
    else if (header[0] != bank || header[1] != l->features || header[2] != l->targets)
        status = loci_fail(error, LOCI_E_MISMATCH, "it was learned with another bank than that of the model");
    else if (header[5] && header[5] != meaning(l))
        status =
            loci_fail(error, LOCI_E_MISMATCH, "it was learned of other classes or values than the model's");
    else if (header[3] == 0 || header[3] >= UINT64_C(1) << 53 || header[4] > 1 || header[6] ||
             (header[4] == 0 && n > l->features) ||
             body(l->features, l->targets, n, header[4] == 0) != size - HEADER - CHECKSUM)
        status = loci_fail(error, LOCI_E_FORMAT, "it is damaged: its sizes do not fit each other");
    if (!status) status = header[4] ? read_sums(l, at, error) : read_each(l, at, n, error);
    if (status) {
        loci_learner_free(l);
        return status;
    }
    l->sequences = n;
    *out = l;
    return LOCI_OK;
}
