/* SPDX-License-Identifier: MIT
 * trainer_file.c - a training saved in the middle, and taken up again.
 *
 * Bytes, little-endian: magic and version; what the training is bound to, number by number, so that a difference
 * can be named; the position; parameters, first and second moments, and, where there was a validation, the best
 * parameters; a checksum of all before it. */
#include "train/trainer.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/allocate.h"
#include "base/endian.h"
#include "base/checksum.h"
#include "base/random.h"
#include "base/status.h"

/* What a training is bound to has grown by a number a version, which is 0 where it is not used: the oldest version that holds what is
 * not 0 is written. */
enum { OLDEST = 2, WITH_SHARDS = 3, WITH_AUGMENT = 4, VERSION = 5, BOUND_MAX = 32, MAGIC = 8 };
static const char magic[MAGIC] = {'L', 'O', 'C', 'I', 'T', 'R', 'N', '\n'};

/* ---- what a training is bound to ---- */

typedef enum { NUMBER, REAL, HASH } bound_kind;

typedef struct {
    const char *name;
    bound_kind kind;
    uint64_t value;
} bound;

static uint64_t bits_of(double x)
{
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    return bits;
}

static double real_of(uint64_t bits)
{
    double x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

static uint64_t hash_text(uint64_t hash, const char *text)
{
    return loci_random_key(hash, text ? loci_random_stream(text) : 0);
}

static uint64_t hash_reals(uint64_t hash, const double *x, size_t count)
{
    for (size_t i = 0; i < count; i++) hash = loci_random_key(hash, x ? bits_of(x[i]) : 1);
    return hash;
}

static uint64_t hash_config(const loci_model *model)
{
    const loci_model_config *c = loci_model_configuration(model);
    uint64_t hash = 0;
    size_t count;
    const loci_field *field;
    for (size_t i = 0; (field = loci_config_field(i)) != NULL; i++) {
        if (field->younger && (!loci_config_has(c, field) || loci_config_bits(c, field) == 0)) continue;
        if (field->younger) hash = hash_text(hash, field->name); /* several may have the same number */
        hash = loci_random_key(hash, loci_config_bits(c, field));
    }
    const loci_parameter *table = loci_model_parameters(model, &count);
    for (size_t k = 0; k < count; k++) {
        hash = hash_text(hash, table[k].name);
        hash = loci_random_key(loci_random_key(hash, table[k].offset), table[k].count);
    }
    return hash;
}

/* Of what decides which numbers the network sees; names and notes do not. */
static uint64_t hash_description(const loci_model *model)
{
    const loci_model_about *about = loci_model_description(model);
    const size_t inputs = loci_model_configuration(model)->inputs,
                 outputs = loci_model_configuration(model)->outputs;
    const uint64_t hash =
        hash_reals(hash_reals(hash_reals(0, &about->rate, 1), about->shift, inputs), about->scale, inputs);
    if (about->task == LOCI_TASK_CLASS) return hash;
    return hash_reals(
        hash_reals(hash_text(hash, loci_task_inspect(about->task)->name), about->target_shift, outputs),
        about->target_scale, outputs);
}

static size_t bind(bound list[BOUND_MAX], const loci_trainer *trainer)
{
    const loci_train_options *o = &trainer->options;
    const loci_dataset_info train = loci_dataset_inspect(trainer->train);
    const bound all[] = {
        {"configuration of the model", HASH, hash_config(trainer->model)},
        {"scale or rate of the model", HASH, hash_description(trainer->model)},
        {"number of training sequences", NUMBER, train.sequences},
        {"training set", HASH, train.fingerprint},
        {"number of validation sequences", NUMBER,
         trainer->valid ? loci_dataset_inspect(trainer->valid).sequences : 0},
        {"validation set", HASH, trainer->valid ? loci_dataset_inspect(trainer->valid).fingerprint : 0},
        {"batch", NUMBER, o->batch},
        {"number of epochs", NUMBER, o->epochs},
        {"number of steps", NUMBER, o->steps},
        {"lr", REAL, bits_of(o->lr)},
        {"lr_ssm", REAL, bits_of(o->lr_ssm)},
        {"decay", REAL, bits_of(o->decay)},
        {"warmup", REAL, bits_of(o->warmup)},
        {"clip", REAL, bits_of(o->clip)},
        {"patience", NUMBER, o->patience},
        {"seed", NUMBER, o->seed},
        {"number of shards", NUMBER, o->shards}, /* since version 3 */
        {"augment", NUMBER, o->augment},         /* since version 4 */
        {"precision", NUMBER, o->precision},     /* since version 5 */
    };
    memcpy(list, all, sizeof all);
    return sizeof all / sizeof *all;
}

loci_status loci_trainer_alike(const loci_trainer *trainer, loci_error *error)
{
    bound list[BOUND_MAX];
    uint64_t numbers[BOUND_MAX + 1];
    size_t rank, which;
    if (trainer->team.ranks == 1) return LOCI_OK;
    /* what the model says of itself last: it follows from the data */
    enum { OF_MODEL = 2 };
    const size_t count = bind(list, trainer);
    for (size_t i = 0; i < count; i++) numbers[i] = list[(i + OF_MODEL) % count].value;
    numbers[count] = loci_checksum(loci_model_values_const(trainer->model), trainer->size * sizeof(float));
    const loci_status status = loci_team_compare(&trainer->team, numbers, count + 1, &rank, &which, error);
    if (status || rank == 0) return status;
    return loci_fail(error, LOCI_E_MISMATCH, "%s of rank %zu is another one than that of rank 0",
                     which < count ? list[(which + OF_MODEL) % count].name : "initial parameters", rank);
}

static loci_status compare(const bound *now, uint64_t saved, loci_error *error)
{
    if (now->value == saved) return LOCI_OK;
    if (now->kind == REAL)
        return loci_fail(error, LOCI_E_MISMATCH, "%s was %g in the saved training and is %g now", now->name,
                         real_of(saved), real_of(now->value));
    if (now->kind == NUMBER)
        return loci_fail(error, LOCI_E_MISMATCH, "%s was %llu in the saved training and is %llu now",
                         now->name, (unsigned long long)saved, (unsigned long long)now->value);
    return loci_fail(error, LOCI_E_MISMATCH, "%s is another one than that of the saved training", now->name);
}

/* ---- position ---- */

enum { WHOLE = 7, REALS = 9 }; /* numbers of a position */

static void spread(uint64_t numbers[WHOLE + REALS], const loci_trainer_position *at)
{
    const uint64_t whole[WHOLE] = {at->step,    at->sequences, at->correct, at->worse,
                                   at->pending, at->validated, at->improved};
    const double reals[REALS] = {at->loss_sum, at->best_loss,  at->loss,        at->score,     at->lr,
                                 at->norm,     at->valid_loss, at->valid_score, at->best_score};
    memcpy(numbers, whole, sizeof whole);
    for (size_t i = 0; i < REALS; i++) numbers[WHOLE + i] = bits_of(reals[i]);
}

static loci_trainer_position join(const uint64_t n[WHOLE + REALS])
{
    const uint64_t *r = n + WHOLE;
    return (loci_trainer_position){.step = n[0],
                                   .sequences = n[1],
                                   .correct = n[2],
                                   .worse = n[3],
                                   .pending = n[4],
                                   .validated = n[5],
                                   .improved = n[6],
                                   .loss_sum = real_of(r[0]),
                                   .best_loss = real_of(r[1]),
                                   .loss = real_of(r[2]),
                                   .score = real_of(r[3]),
                                   .lr = real_of(r[4]),
                                   .norm = real_of(r[5]),
                                   .valid_loss = real_of(r[6]),
                                   .valid_score = real_of(r[7]),
                                   .best_score = real_of(r[8])};
}

/* ---- save and restore ---- */

/* Bytes of a saved training; 0: too many. */
static size_t size_of(size_t numbers, size_t floats, size_t arrays)
{
    size_t bytes;
    if (!loci_size_multiply(&bytes, floats, arrays * sizeof(float)) ||
        !loci_size_add(&bytes, bytes, MAGIC + (numbers + WHOLE + REALS + 2) * 8))
        return 0;
    return bytes;
}

loci_status loci_trainer_save(const loci_trainer *trainer, void **out, size_t *size, loci_error *error)
{
    bound list[BOUND_MAX];
    uint64_t position[WHOLE + REALS];
    const unsigned version = trainer->options.precision ? VERSION
                             : trainer->options.augment ? WITH_AUGMENT
                             : trainer->options.shards  ? WITH_SHARDS
                                                        : OLDEST;
    const size_t count = bind(list, trainer) - (VERSION - version);
    const size_t bytes = size_of(count, trainer->size, trainer->at.validated ? 4 : 3);
    unsigned char *const first = bytes ? loci_allocate(bytes, 1) : NULL;
    if (!first) return loci_fail(error, LOCI_E_MEMORY, "out of memory to save the training");
    unsigned char *at = first;
    memcpy(at, magic, MAGIC);
    at += MAGIC;
    loci_endian_put(&at, version, 8);
    for (size_t i = 0; i < count; i++) loci_endian_put(&at, list[i].value, 8);
    spread(position, &trainer->at);
    for (size_t i = 0; i < WHOLE + REALS; i++) loci_endian_put(&at, position[i], 8);
    loci_endian_put_f32(&at, loci_model_values_const(trainer->model), trainer->size);
    loci_endian_put_f32(&at, trainer->m, trainer->size);
    loci_endian_put_f32(&at, trainer->v, trainer->size);
    if (trainer->at.validated) loci_endian_put_f32(&at, trainer->best, trainer->size);
    loci_endian_put(&at, loci_checksum(first, (size_t)(at - first)), 8);
    assert((size_t)(at - first) == bytes);
    *out = first, *size = bytes;
    return LOCI_OK;
}

static loci_status damaged(loci_error *error, const char *what)
{
    return loci_fail(error, LOCI_E_FORMAT, "%s", what);
}

loci_status loci_trainer_restore(loci_trainer *trainer, const void *bytes, size_t size, loci_error *error)
{
    bound list[BOUND_MAX];
    uint64_t position[WHOLE + REALS];
    const unsigned char *at = bytes;
    const size_t all = bind(list, trainer);
    if (size < MAGIC || memcmp(at, magic, MAGIC) != 0)
        return damaged(error, "is not a saved training: it does not begin like one");
    if (size < size_of(all - (VERSION - OLDEST), 0, 3))
        return damaged(error, "is a saved training cut short");
    const unsigned char *tail = at + size - 8;
    if (loci_endian_get(&tail, 8) != loci_checksum(bytes, size - 8))
        return damaged(error, "is a damaged saved training: its checksum does not fit its bytes");
    at += MAGIC;
    const uint64_t version = loci_endian_get(&at, 8);
    if (version < OLDEST || version > VERSION)
        return loci_fail(error, LOCI_E_FORMAT, "is a saved training of version %llu; version %d was expected",
                         (unsigned long long)version, VERSION);
    const size_t count = all - (size_t)(VERSION - version);
    if (size < size_of(count, 0, 3)) return damaged(error, "is a saved training cut short");
    for (size_t i = 0; i < all; i++) {
        const loci_status status = compare(&list[i], i < count ? loci_endian_get(&at, 8) : 0, error);
        if (status) return status;
    }
    for (size_t i = 0; i < WHOLE + REALS; i++) position[i] = loci_endian_get(&at, 8);
    const loci_trainer_position now = join(position);
    if (now.step > trainer->steps || now.sequences > trainer->count || (now.step == 0 && now.sequences > 0) ||
        now.validated > 1 || (now.validated && !trainer->best) ||
        size != size_of(count, trainer->size, now.validated ? 4 : 3))
        return damaged(error, "is a saved training with sizes that cannot be");
    trainer->at = now;
    loci_trainer_count(trainer);
    loci_endian_get_f32(loci_model_values(trainer->model), &at, trainer->size);
    loci_endian_get_f32(trainer->m, &at, trainer->size);
    loci_endian_get_f32(trainer->v, &at, trainer->size);
    if (now.validated) loci_endian_get_f32(trainer->best, &at, trainer->size);
    return LOCI_OK;
}
