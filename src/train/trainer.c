/* SPDX-License-Identifier: MIT
 * trainer.c - steps and validations. */
#include "train/trainer.h"

#include <math.h>
#include <string.h>

#include "base/allocate.h"
#include "base/random.h"
#include "base/sized.h"
#include "base/status.h"
#include "train/fit.h"
#include "train/optimizer.h"
#include "train/train_options.h"
#include "train/schedule.h"
#include "train/threads.h"

/* Streams of the seed. */
enum { ORDER = 1, DROPOUT = 2 };

/* ---- life ---- */

void loci_trainer_free(loci_trainer *trainer)
{
    if (!trainer) return;
    loci_batch_close(&trainer->batch);
    loci_evaluator_close(&trainer->evaluator);
    loci_free(trainer->m);
    loci_free(trainer->v);
    loci_free(trainer->best);
    loci_free(trainer->gradient);
    loci_free(trainer->order);
    loci_free(trainer);
}

/* How many steps there will be, and how long the rate rises. */
static loci_status plan(loci_trainer *trainer, loci_error *error)
{
    const loci_train_options *o = &trainer->options;
    trainer->steps_an_epoch = (trainer->count + o->batch - 1) / o->batch;
    trainer->steps = o->steps;
    if (o->epochs > 0) {
        size_t all;
        if (!loci_size_multiply(&all, o->epochs, trainer->steps_an_epoch))
            return loci_fail(error, LOCI_E_ARGUMENT, "%zu epochs of %zu steps are more than can be counted",
                             o->epochs, trainer->steps_an_epoch);
        if (o->steps == 0 || all < o->steps) trainer->steps = all;
    }
    trainer->warmup = (uint64_t)(o->warmup * (double)trainer->steps);
    if (trainer->warmup >= trainer->steps) trainer->warmup = trainer->steps - 1;
    return LOCI_OK;
}

/* trainer->order becomes that of an epoch. */
static void put_in_order(loci_trainer *trainer, uint64_t epoch)
{
    if (trainer->ordered == epoch) return;
    const uint64_t key = loci_random_key(loci_random_key(trainer->options.seed, ORDER), epoch);
    loci_random_permutation(trainer->order, trainer->count, key);
    trainer->ordered = epoch;
}

void loci_trainer_count(loci_trainer *trainer)
{
    const loci_trainer_position *at = &trainer->at;
    trainer->targets = 0;
    if (at->sequences == 0) return;
    put_in_order(trainer, (at->step - 1) / trainer->steps_an_epoch);
    for (size_t i = 0; i < at->sequences; i++)
        trainer->targets += loci_dataset_targets(trainer->train, trainer->order[i]);
}

/* The sequences of the next step: *count of the order of its epoch, from the one returned on. */
static const size_t *next_batch(loci_trainer *trainer, size_t *count)
{
    const size_t first = (size_t)(trainer->at.step % trainer->steps_an_epoch) * trainer->options.batch;
    put_in_order(trainer, trainer->at.step / trainer->steps_an_epoch);
    const size_t left = trainer->count - first;
    *count = left < trainer->options.batch ? left : trainer->options.batch;
    return trainer->order + first;
}

static loci_status open_all(loci_trainer *trainer, loci_error *error)
{
    loci_status status = plan(trainer, error);
    if (status) return status;
    const size_t batch = trainer->options.batch < trainer->count ? trainer->options.batch : trainer->count;
    trainer->m = loci_allocate(trainer->size, sizeof(float));
    trainer->v = loci_allocate(trainer->size, sizeof(float));
    trainer->gradient = loci_allocate(trainer->size, sizeof(float));
    trainer->order = loci_allocate(trainer->count, sizeof *trainer->order);
    if (trainer->valid) trainer->best = loci_allocate(trainer->size, sizeof(float));
    if (!trainer->m || !trainer->v || !trainer->gradient || !trainer->order ||
        (trainer->valid && !trainer->best))
        return loci_fail(error, LOCI_E_MEMORY, "out of memory to train %zu parameters", trainer->size);
    double rate = 1, valid_rate = 1;
    const size_t threads = loci_threads_count(trainer->options.threads);
    status = loci_trainer_alike(trainer, error);
    if (!status)
        status = loci_fit_steps(&rate, trainer->model, loci_dataset_inspect(trainer->train).rate, error);
    if (!status && trainer->valid)
        status =
            loci_fit_steps(&valid_rate, trainer->model, loci_dataset_inspect(trainer->valid).rate, error);
    if (!status)
        status = loci_batch_open(&trainer->batch, trainer->model, trainer->train, batch,
                                 trainer->options.shards, &trainer->team, threads, rate, error);
    trainer->batch.augment = trainer->options.augment;
    trainer->batch.runner.precision = (loci_precision)trainer->options.precision;
    if (!status && trainer->valid)
        status = loci_evaluator_open(&trainer->evaluator, trainer->model, trainer->valid, &trainer->team,
                                     threads, valid_rate, error);
    if (status) return status;
    /* the first batch's memory, which is as good as all that sets of one length need */
    size_t count;
    const size_t *sequences = next_batch(trainer, &count);
    return loci_batch_plan(&trainer->batch, sequences, count, error);
}

loci_status loci_trainer_create(loci_trainer **out, loci_model *model, const loci_dataset *train,
                                const loci_dataset *valid, const loci_train_options *given, loci_error *error)
{
    loci_train_options whole = {0};
    const loci_train_options *options = &whole;
    loci_team team;
    loci_status status = LOCI_SIZED_TAKE_SINCE(&whole, given, loci_train_options, shards, error);
    if (!status) status = loci_team_take(&team, options->team, error);
    if (!status) status = loci_train_options_check(options, error);
    if (!status) status = loci_fit_check(model, train, "training set", error);
    if (!status && valid) status = loci_fit_check(model, valid, "validation set", error);
    if (status) return status;
    const loci_dataset_info info = loci_dataset_inspect(train);
    const size_t count = info.sequences;
    if (options->augment && info.rows == 0)
        return loci_fail(error, LOCI_E_ARGUMENT,
                         "augment is about images, and the training set is of the kind %s; none was expected",
                         info.kind);
    if (count == 0) return loci_fail(error, LOCI_E_MISMATCH, "the training set has no sequences");
    loci_trainer *trainer = loci_allocate(1, sizeof *trainer);
    if (!trainer) return loci_fail(error, LOCI_E_MEMORY, "out of memory for a trainer");
    trainer->model = model;
    trainer->task = loci_task_look_up(loci_model_description(model)->task);
    trainer->train = train, trainer->valid = valid;
    trainer->options = *options;
    trainer->team = team;
    trainer->count = count;
    trainer->size = loci_model_size(model);
    trainer->ordered = UINT64_MAX;
    trainer->at.loss = trainer->at.score = trainer->at.norm = NAN;
    trainer->at.valid_loss = trainer->at.valid_score = NAN;
    status = open_all(trainer, error);
    if (status)
        loci_trainer_free(trainer);
    else
        *out = trainer;
    return status;
}

/* ---- report ---- */

static loci_train_report report_of(const loci_trainer *trainer)
{
    const loci_trainer_position *at = &trainer->at;
    const size_t last = trainer->steps_an_epoch;
    const double targets = (double)trainer->targets;
    const loci_tally epoch = {.loss = at->loss_sum, .right = (double)at->correct};
    const int stopped = trainer->options.patience > 0 && at->worse >= trainer->options.patience;
    return (loci_train_report){.step = at->step,
                               .steps = trainer->steps,
                               .epoch = (size_t)((at->step + last - 1) / last),
                               .epochs = (size_t)((trainer->steps + last - 1) / last),
                               .sequences = (size_t)at->sequences,
                               .loss = at->loss,
                               .score = at->score,
                               .lr = at->lr,
                               .norm = at->norm,
                               .train_loss = targets > 0 ? epoch.loss / targets : NAN,
                               .train_score = targets > 0 ? trainer->task->score(&epoch, targets) : NAN,
                               .valid_loss = at->valid_loss,
                               .valid_score = at->valid_score,
                               .epoch_ended = at->pending != 0,
                               .improved = at->improved != 0,
                               .finished = at->step == trainer->steps || stopped};
}

void loci_trainer_report_sized(const loci_trainer *trainer, loci_train_report *report, size_t size)
{
    const loci_train_report whole = report_of(trainer);
    loci_sized_give(report, size, &whole, sizeof whole);
}

/* ---- step ---- */

/* *sum = the tally of the batch that ran. */
static loci_status judge(loci_tally *sum, const loci_trainer *trainer, size_t count, loci_error *error)
{
    const loci_batch *batch = &trainer->batch;
    *sum = (loci_tally){0};
    for (size_t i = 0; i < count; i++) {
        if (!isfinite(batch->runner.tally[i].loss)) {
            char name[128];
            loci_dataset_name(trainer->train, batch->runner.sorted[i], name, sizeof name);
            return loci_fail(error, LOCI_E_VALUE, "the loss of %s in step %llu is not finite", name,
                             (unsigned long long)trainer->at.step + 1);
        }
        sum->loss += batch->runner.tally[i].loss;
        sum->right += batch->runner.tally[i].right;
    }
    return LOCI_OK;
}

static loci_status measure(loci_trainer *trainer, double *norm, loci_error *error)
{
    size_t count;
    const loci_parameter *table = loci_model_parameters(trainer->model, &count);
    double squares = 0;
    for (size_t k = 0; k < count; k++) {
        const double own = loci_optimizer_squares_f32(trainer->gradient + table[k].offset, table[k].count);
        if (!isfinite(own))
            return loci_fail(error, LOCI_E_VALUE, "the gradient of %s in step %llu is not finite",
                             table[k].name, (unsigned long long)trainer->at.step + 1);
        squares += own;
    }
    *norm = sqrt(squares);
    return LOCI_OK;
}

/* Each rank goes from gradients to parameters by itself: had they not all the same numbers, they would learn apart. */
static loci_status compare(const loci_trainer *trainer, double norm, loci_error *error)
{
    uint64_t bits;
    size_t rank, which;
    memcpy(&bits, &norm, sizeof bits);
    const loci_status status = loci_team_compare(&trainer->team, &bits, 1, &rank, &which, error);
    if (status || rank == 0) return status;
    return loci_fail(
        error, LOCI_E_MISMATCH,
        "the gradient of step %llu is another one on rank %zu than on rank 0; processors of one kind "
        "were expected",
        (unsigned long long)trainer->at.step + 1, rank);
}

static void update(loci_trainer *trainer, double share, double scale)
{
    const loci_train_options *o = &trainer->options;
    const double ssm = o->lr < o->lr_ssm ? o->lr : o->lr_ssm;
    size_t count;
    const loci_parameter *table = loci_model_parameters(trainer->model, &count);
    float *p = loci_model_values(trainer->model);
    for (size_t k = 0; k < count; k++) {
        const size_t at = table[k].offset;
        loci_optimizer_adamw_f32(p + at, trainer->m + at, trainer->v + at, trainer->gradient + at,
                                 table[k].count, share * (table[k].group == LOCI_GROUP_SSM ? ssm : o->lr),
                                 table[k].group == LOCI_GROUP_MAIN ? o->decay : 0, scale,
                                 trainer->at.step + 1);
    }
}

loci_status loci_trainer_step_sized(loci_trainer *trainer, loci_train_report *report, size_t size,
                                    loci_error *error)
{
    loci_trainer_position *at = &trainer->at;
    size_t count;
    loci_tally sum;
    double norm = 0;
    if (at->step == trainer->steps)
        return loci_fail(error, LOCI_E_RANGE, "all %llu steps are done", (unsigned long long)trainer->steps);
    const size_t *sequences = next_batch(trainer, &count);
    loci_status status = loci_batch_plan(&trainer->batch, sequences, count, error);
    if (status) return status;
    const uint64_t seed = loci_random_key(loci_random_key(trainer->options.seed, DROPOUT), at->step);
    status = loci_batch_run(&trainer->batch, trainer->gradient, seed, error);
    if (!status) status = judge(&sum, trainer, count, error);
    if (!status) status = measure(trainer, &norm, error);
    if (!status) status = compare(trainer, norm, error);
    if (status) return status;
    const double share = loci_schedule_share(at->step, trainer->steps, trainer->warmup);
    const double clip = trainer->options.clip;
    update(trainer, share, clip > 0 && norm > clip ? clip / norm : 1);
    if (at->step % trainer->steps_an_epoch == 0)
        at->sequences = at->correct = 0, at->loss_sum = 0, trainer->targets = 0;
    at->step++;
    const double targets = (double)trainer->batch.targets;
    at->sequences += count, at->correct += (uint64_t)sum.right, at->loss_sum += sum.loss;
    trainer->targets += trainer->batch.targets;
    at->loss = sum.loss / targets, at->score = trainer->task->score(&sum, targets);
    at->lr = share * trainer->options.lr, at->norm = norm;
    at->pending = at->step % trainer->steps_an_epoch == 0 || at->step == trainer->steps;
    loci_trainer_report_sized(trainer, report, size);
    return LOCI_OK;
}

/* ---- validation ---- */

/* Where all targets are the same there is no variance to be explained, and the loss alone decides. */
static int better(const loci_task_row *task, const loci_evaluation *result, const loci_trainer_position *at)
{
    if (task->is.next) return result->loss < at->best_loss;
    if (result->score > at->best_score) return 1;
    return !(result->score < at->best_score) && result->loss < at->best_loss;
}

loci_status loci_trainer_validate_sized(loci_trainer *trainer,
                                        int (*progress)(void *, size_t done, size_t all), void *context,
                                        loci_train_report *report, size_t size, loci_error *error)
{
    loci_trainer_position *at = &trainer->at;
    if (trainer->valid) {
        loci_evaluation result = {0};
        const loci_status status = loci_evaluator_run(&trainer->evaluator, &result, progress, context, error);
        if (status) return status;
        at->improved = !at->validated || better(trainer->task, &result, at);
        if (at->improved) {
            at->best_loss = result.loss, at->best_score = result.score;
            memcpy(trainer->best, loci_model_values_const(trainer->model), trainer->size * sizeof(float));
            at->worse = 0;
        } else {
            at->worse += at->pending;
        }
        at->valid_loss = result.loss, at->valid_score = result.score;
        at->validated = 1;
    }
    at->pending = 0;
    loci_trainer_report_sized(trainer, report, size);
    return LOCI_OK;
}

void loci_trainer_best(const loci_trainer *trainer, loci_model *best)
{
    const float *values = trainer->at.validated ? trainer->best : loci_model_values_const(trainer->model);
    memcpy(loci_model_values(best), values, trainer->size * sizeof(float));
}
