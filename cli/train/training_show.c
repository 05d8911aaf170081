/* SPDX-License-Identifier: MIT
 * training_show.c - a training in words. */
#include "train/training_show.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

#include "model/config_words.h"
#include "model/token_words.h"
#include "shared/output.h"
#include "shared/words.h"

static void number(output *out, const char *before, double value, const char *after)
{
    output_text(out, before);
    output_number(out, value);
    output_text(out, after);
}

/* "54,000 sequences of 784 samples", or "of 12 samples on average, at most 20" */
static void set_show(output *out, const char *name, const loci_dataset *set)
{
    const loci_dataset_info info = loci_dataset_inspect(set);
    char count[WORDS_SIZE], longest[WORDS_SIZE], mean[WORDS_SIZE];
    words_plural(count, info.sequences, "sequence");
    words_plural(longest, info.longest, "sample");
    output_format(out, "%-11s %s of ", name, count);
    if (info.samples == (uint64_t)info.sequences * info.longest)
        output_format(out, "%s\n", longest);
    else
        output_format(out, "%s samples on average, %s at most\n",
                      words_count(mean, info.samples / info.sequences), longest);
}

static void data_show(output *out, const char *path, const loci_dataset *train, const loci_dataset *valid,
                      const loci_model *model)
{
    const loci_dataset_info info = loci_dataset_inspect(train);
    const loci_model_about *about = loci_model_description(model);
    char count[WORDS_SIZE];
    output_format(out, "%-11s ", "data");
    output_cell(out, path, 0);
    output_format(out, ": %s, %s a sample", info.kind, words_plural(count, info.inputs, "input"));
    if (about->reading.gray) output_text(out, ", gray");
    if (about->reading.permuted)
        output_format(out, ", permuted by %s", words_count(count, about->reading.permutation));
    if (info.rate > 0) number(out, ", ", info.rate, " Hz");
    output_text(out, "\n");
    set_show(out, "training", train);
    if (valid)
        set_show(out, "validation", valid);
    else
        output_format(out, "%-11s none\n", "validation");
    const loci_task_info *task = loci_task_inspect(about->task);
    if (about->task != LOCI_TASK_CLASS) output_format(out, "%-11s %s: ", "task", task->name);
    if (task->values)
        output_format(out, "%s%s\n", words_plural(count, info.outputs, "value"),
                      task->each ? " at every sample" : " of each sequence");
    else if (task->each)
        output_format(out, "%s\n", task->target);
    if (info.classes > 0) output_format(out, "%-11s %zu:", "classes", info.classes);
    for (size_t i = 0; i < info.classes && i < 10; i++) {
        output_text(out, " ");
        output_cell(out, info.names[i], 0);
    }
    if (info.classes > 0) output_text(out, info.classes > 10 ? " ...\n" : "\n");
    if (!about->shift) return;
    output_format(out, "%-11s ", "normalised");
    for (size_t i = 0; i < info.inputs && i < 4; i++)
        output_format(out, "%s(u%s%.5g) %.5g", i ? ", " : "", about->shift[i] < 0 ? " + " : " - ",
                      fabs(about->shift[i]), about->scale[i]);
    output_text(out, info.inputs > 4 ? ", ...\n" : "\n");
}

static void model_show(output *out, const char *preset, const char *from, const loci_model *model)
{
    const loci_model_config *c = loci_model_configuration(model);
    char count[WORDS_SIZE];
    output_format(out, "\n%-11s %s", "model", from ? "begins as " : preset);
    if (from) output_cell(out, from, 0);
    output_format(out, ": %s of %s, width %zu", words_plural(count, c->layers, "layer"),
                  loci_layer_name(c->layer), c->width);
    if (loci_config_has(c, loci_config_find("order"))) {
        output_format(out, ", state %zu", c->order);
        if (c->layer == LOCI_LAYER_S4)
            output_text(out, ", bilinear");
        else if (loci_config_has(c, loci_config_find("discretization")))
            output_format(out, ", %s", loci_discretization_name(c->discretization));
        number(out, ", steps ", c->dt_min, "");
        number(out, " to ", c->dt_max, "");
    }
    config_words(out, c);
    output_format(out, "\n%-11s ", "");
    if (!c->plain)
        output_format(out, "%s, %s-norm, ", loci_config_find("norm")->meanings[c->norm],
                      c->prenorm ? "pre" : "post");
    if (c->dropout > 0)
        number(out, "dropout ", c->dropout, c->tied ? " tied over time" : "");
    else
        output_text(out, "no dropout");
    output_format(out, ", the answer from %s\n", loci_config_find("pool")->meanings[c->pool]);
    output_format(out, "%-11s %s\n\n", "parameters", words_count(count, loci_model_count(model)));
    static const char *const groups[] = {"main", "undecayed", "ssm"};
    size_t parameters;
    const loci_parameter *table = loci_model_parameters(model, &parameters);
    for (size_t i = 0; i < parameters; i++) {
        char shape[LOCI_PARAMETER_DIMENSIONS * 24] = "";
        size_t used = 0;
        for (size_t d = 0; d < table[i].dimensions; d++)
            used += (size_t)snprintf(shape + used, sizeof shape - used, "%s%zu", d ? " x " : "",
                                     table[i].shape[d]);
        output_format(out, "  %-36s %14s %10s  %s\n", table[i].name, shape,
                      words_count(count, table[i].count), groups[table[i].group]);
    }
}

static bool has_group(const loci_model *model, loci_group group)
{
    size_t count;
    const loci_parameter *table = loci_model_parameters(model, &count);
    for (size_t i = 0; i < count; i++)
        if (table[i].group == group) return true;
    return false;
}

int training_show_plan(const char *path, const loci_dataset *train, const loci_dataset *valid,
                       const char *preset, const char *from, const loci_model *model,
                       const loci_train_options *o, const loci_train_report *report, const char *choice)
{
    output out;
    char count[WORDS_SIZE], epochs[WORDS_SIZE];
    output_open(&out, NULL);
    data_show(&out, path, train, valid, model);
    model_show(&out, preset, from, model);
    output_format(&out, "\n%-11s %s", "steps", words_count(count, report->steps));
    output_format(&out, ", %s of %s a step", words_plural(epochs, report->epochs, "epoch"),
                  words_plural(count, o->batch, "sequence"));
    if (o->patience)
        output_format(&out, "; ends after %s without a better validation",
                      words_plural(count, o->patience, "epoch"));
    if (*choice) output_format(&out, "\n%-11s %s", "", choice);
    output_format(&out, "\n%-11s ", "rates");
    number(&out, "", o->lr, "");
    if (has_group(model, LOCI_GROUP_SSM)) number(&out, ", of state spaces ", fmin(o->lr, o->lr_ssm), "");
    number(&out, ", rising over ", 100 * o->warmup, " % of the steps, then a cosine\n");
    output_format(&out, "%-11s ", "decay");
    number(&out, "", o->decay, "");
    if (o->clip > 0) number(&out, ", gradients of norm above ", o->clip, " are scaled to it");
    if (o->augment)
        output_format(&out, "\n%-11s %s%s%s", "augment", o->augment & LOCI_AUGMENT_FLIP ? "flip" : "",
                      o->augment == (LOCI_AUGMENT_FLIP | LOCI_AUGMENT_SHIFT) ? ", " : "",
                      o->augment & LOCI_AUGMENT_SHIFT ? "shift" : "");
    if (o->precision == LOCI_PRECISION_BF16)
        output_format(&out, "\n%-11s bf16, validated in float", "precision");
    output_format(&out, "\n%-11s %llu\n", "seed", (unsigned long long)o->seed);
    return output_close(&out);
}

int training_show_result(const training_result *result, const loci_model *model, const training_plan *plan)
{
    const training_record *r = &result->record;
    char text[WORDS_SIZE], other[WORDS_SIZE], bits[WORDS_SIZE];
    output out;
    output_open(&out, NULL);
    if (r->best) {
        const record_epoch *best = &r->epochs[r->best - 1];
        const bool valid = !isnan(best->valid_loss);
        const double loss = valid ? best->valid_loss : best->train_loss;
        output_format(&out, "%-11s %s %s %s, loss %.4g%s, after epoch %llu of %zu\n", "result",
                      valid ? "validation" : "training", r->task->score,
                      words_share(text, valid ? best->valid_score : best->train_score), loss,
                      token_bits(bits, model, loss), (unsigned long long)r->best, r->epoch_count);
    }
    output_format(&out, "%-11s %s\n", "parameters", words_count(text, loci_model_count(model)));
    output_format(&out, "%-11s %s, %s\n", "time", words_duration(text, result->seconds),
                  words_plural(other, r->step_count, "step"));
    struct rusage usage;
    if (getrusage(RUSAGE_SELF, &usage) == 0)
        output_format(&out, "%-11s %s at most\n", "memory",
                      words_bytes(text, 1024 * (double)usage.ru_maxrss));
    output_format(&out, "%-11s ", "model");
    output_cell(&out, plan->output, 0);
    output_text(&out, "\n");
    return output_close(&out);
}
