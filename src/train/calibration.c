/* SPDX-License-Identifier: MIT
 * calibration.c - sequences of a data set through exported steps. */
#include <loci/calibration.h>

#include <math.h>

#include "base/allocate.h"
#include "base/sized.h"
#include "base/status.h"
#include "train/score.h"

enum { SEQUENCES = 256 };

struct loci_calibration {
    const loci_model *model;
    const loci_dataset *set;
    loci_dataset_info info;
    loci_calibrate_options options;
    size_t count; /* sequences */
    float *u;     /* [longest][inputs] */
    double *target;
    float *floats; /* the answers of floats, [answers][outputs] */
    float *y;      /* [outputs]: an answer of values, as the network has it */
    double *wanted;
    size_t answers;
    float *ranges;
    double score, most, mean;
};

static size_t sequence(const loci_calibration *c, size_t i)
{
    return i * c->info.sequences / c->count;
}

/* Values shifted and scaled as the network has them, and as an evaluation does: in their units one output could count for all. */
static void score_values(loci_calibration *c, loci_score *score, const float *out, const double *target)
{
    const loci_model_about *about = loci_model_description(c->model);
    for (size_t i = 0; i < c->info.outputs; i++) {
        const double shift = about->target_shift ? about->target_shift[i] : 0,
                     scale = about->target_scale ? about->target_scale[i] : 1;
        c->y[i] = (float)(((double)out[i] - shift) * scale);
        c->wanted[i] = (target[i] - shift) * scale;
    }
    loci_score_add(score, &(loci_tally){0}, c->y, c->wanted, 1);
}

static void score_answer(loci_calibration *c, loci_score *score, const float *out, const double *target)
{
    if (!c->info.classes) {
        score_values(c, score, out, target);
        return;
    }
    size_t best = 0;
    for (size_t i = 1; i < c->info.outputs; i++)
        if (out[i] > out[best]) best = i;
    loci_score_add(score, &(loci_tally){.right = (double)best == *target}, NULL, NULL, 1);
}

static void read_sequence(const loci_calibration *c, size_t i)
{
    const size_t inputs = c->info.inputs, numbers = loci_dataset_length(c->set, i) * inputs;
    loci_dataset_read(c->set, i, c->u);
    loci_dataset_read_target(c->set, i, c->target);
    if (!c->info.unit) return;
    for (size_t k = 0; k < numbers; k++)
        c->u[k] = (float)((double)c->u[k] / c->info.unit[k % inputs] + c->info.origin[k % inputs]);
}

/* What a step takes. */
typedef struct {
    const loci_export *program;
    void *state, *work;
    float *out; /* [outputs]; NULL: its answers become those that others are compared with */
    loci_score score;
} steps;

/* One sequence, whose answers are those from `answer` on; how many these were. */
static size_t run_sequence(loci_calibration *c, steps *s, size_t n, float *answer)
{
    const size_t outputs = c->info.outputs, inputs = c->info.inputs, length = loci_dataset_length(c->set, n),
                 first = loci_dataset_targets(c->set, n) == length ? 0 : length - 1;
    const double *target = c->target;
    read_sequence(c, n);
    loci_export_init(s->program, s->state);
    for (size_t k = 0; k < length; k++) {
        const float *in = c->u + k * inputs;
        float *to = k < first ? NULL : s->out ? s->out : answer;
        if (s->out)
            loci_export_step(s->program, s->state, to, in, s->work);
        else
            loci_export_watch(s->program, s->state, to, in, s->work, c->ranges);
        if (!to) continue;
        score_answer(c, &s->score, to, target);
        for (size_t o = 0; o < outputs; o++) {
            const double apart = fabs((double)to[o] - (double)answer[o]);
            c->most = fmax(c->most, apart);
            c->mean += apart / (double)(c->answers * outputs);
        }
        target += c->info.classes ? 1 : outputs;
        answer += outputs;
    }
    return length - first;
}

/* All sequences through a step; compared: answers are held against those that are there, else they become these. */
static loci_status run(loci_calibration *c, const loci_export *program, int compared, double *score,
                       loci_error *error)
{
    steps s = {.program = program,
               .state = loci_allocate(loci_export_state_size(program), 1),
               .work = loci_allocate(loci_export_work_size(program), 1),
               .out = compared ? loci_allocate(c->info.outputs, sizeof(float)) : NULL};
    loci_status status = LOCI_OK;
    if (!s.state || !s.work || (compared && !s.out))
        status = loci_fail(error, LOCI_E_MEMORY, "out of memory");
    const loci_task_row *task = loci_task_look_up(c->info.classes ? LOCI_TASK_CLASS : LOCI_TASK_VALUE);
    if (!status) status = loci_score_open(&s.score, task, c->info.outputs, NULL, error);
    c->most = c->mean = 0;
    float *answer = c->floats;
    for (size_t i = 0; i < c->count && !status; i++) {
        answer += c->info.outputs * run_sequence(c, &s, sequence(c, i), answer);
        if (c->options.progress && c->options.progress(c->options.context, i + 1, c->count))
            status = loci_fail(error, LOCI_E_STOPPED, "stopped after %zu of %zu sequences", i + 1, c->count);
    }
    loci_evaluation result = {.size = sizeof result};
    if (!status) loci_score_finish(&s.score, &result, NULL);
    *score = result.score;
    loci_score_close(&s.score);
    loci_free(s.state);
    loci_free(s.work);
    loci_free(s.out);
    return status;
}

static loci_status check(const loci_calibration *c, const loci_model *model, loci_error *error)
{
    const loci_model_config *config = loci_model_configuration(model);
    const double rate = loci_model_description(model)->rate;
    if (c->info.inputs != config->inputs || c->info.outputs != config->outputs)
        return loci_fail(
            error, LOCI_E_MISMATCH,
            "the data have %zu inputs and %zu outputs; %zu and %zu, as the model has, were expected",
            c->info.inputs, c->info.outputs, config->inputs, config->outputs);
    if (c->info.rate > 0 && rate > 0 && fabs(c->info.rate - rate) > 1e-9 * rate)
        return loci_fail(error, LOCI_E_MISMATCH,
                         "the rate of the data is %g Hz; %g, as of the model's training, was expected",
                         c->info.rate, rate);
    return LOCI_OK;
}

static loci_status allocate(loci_calibration *c, const loci_export *floats, loci_error *error)
{
    const size_t wanted = c->options.sequences ? c->options.sequences : SEQUENCES;
    c->count = c->info.sequences < wanted ? c->info.sequences : wanted;
    for (size_t i = 0; i < c->count; i++) c->answers += loci_dataset_targets(c->set, sequence(c, i));
    size_t samples, numbers, answers;
    if (loci_size_multiply(&samples, c->info.longest, c->info.inputs) &&
        loci_size_multiply(&numbers, c->info.longest, c->info.classes ? 1 : c->info.outputs) &&
        loci_size_multiply(&answers, c->answers, c->info.outputs)) {
        c->u = loci_allocate(samples, sizeof *c->u);
        c->target = loci_allocate(numbers, sizeof *c->target);
        c->floats = loci_allocate(answers, sizeof *c->floats);
        c->y = loci_allocate(c->info.outputs, sizeof *c->y);
        c->wanted = loci_allocate(c->info.outputs, sizeof *c->wanted);
        c->ranges = loci_allocate(loci_export_products(floats) + 1, 2 * sizeof *c->ranges);
    }
    return c->u && c->target && c->floats && c->y && c->wanted && c->ranges
               ? LOCI_OK
               : loci_fail(error, LOCI_E_MEMORY, "out of memory for %zu answers", c->answers);
}

loci_status loci_calibration_create(loci_calibration **calibration, const loci_model *model,
                                    const loci_export *floats, const loci_dataset *set,
                                    const loci_calibrate_options *given, loci_error *error)
{
    *calibration = NULL;
    loci_calibrate_options options = {.size = sizeof options};
    loci_status status = given ? LOCI_SIZED_TAKE(&options, given, "loci_calibrate_options", error) : LOCI_OK;
    if (status != LOCI_OK) return status;
    loci_calibration *c = loci_allocate(1, sizeof *c);
    if (!c) return loci_fail(error, LOCI_E_MEMORY, "out of memory for a calibration");
    c->model = model;
    c->set = set;
    c->info = loci_dataset_inspect(set);
    c->options = options;
    status = check(c, model, error);
    if (!status) status = allocate(c, floats, error);
    if (!status) status = run(c, floats, 0, &c->score, error);
    if (status)
        loci_calibration_free(c);
    else
        *calibration = c;
    return status;
}

void loci_calibration_free(loci_calibration *c)
{
    if (!c) return;
    loci_free(c->u);
    loci_free(c->target);
    loci_free(c->floats);
    loci_free(c->y);
    loci_free(c->wanted);
    loci_free(c->ranges);
    loci_free(c);
}

const float *loci_calibration_ranges(const loci_calibration *c)
{
    return c->ranges;
}

loci_status loci_calibration_compare(loci_calibration *c, const loci_export *whole,
                                     loci_calibration_result *result, loci_error *error)
{
    loci_calibration_result r = {.size = result->size, .sequences = c->count, .floats = c->score};
    const loci_status status = run(c, whole, 1, &r.whole, error);
    if (status) return status;
    r.most = c->most, r.mean = c->mean;
    loci_sized_give(result, result->size, &r, sizeof r);
    return LOCI_OK;
}
