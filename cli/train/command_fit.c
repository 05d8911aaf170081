/* SPDX-License-Identifier: MIT
 * command_fit.c - a model in one pass over the data: random oscillators, read by a ridge regression. */
#include "shared/command.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <loci/data.h>
#include <loci/learner.h>
#include <loci/train.h>

#include "model/dataset_tell.h"
#include "model/model_open.h"
#include "model/trained_columns.h"
#include "shared/interrupt.h"
#include "shared/message.h"
#include "shared/output.h"
#include "shared/progress.h"
#include "shared/source.h"
#include "shared/whole_file.h"
#include "shared/words.h"
#include "train/training_files.h"
#include "train/training_settings.h"

static const char ending[] = ".learned";

typedef struct {
    training_settings data; /* of which the options about data count, and output, task, seed and threads */
    const char *like, *statistics;
    size_t modes;
    double span;
    bool add, final, json;
} settings;

typedef struct {
    const settings *s;
    loci_learner *learner;
    bool made;    /* of the first data: no learner was there before */
    bool overlap; /* windows that were learned share rows */
    loci_learner_report report;
    loci_evaluation test; /* sequences 0: there was no test split */
    const char *data;     /* the first operand that is no model; NULL: there is none */
    double seconds;
    size_t bytes; /* of what the learner knows */
} work;

static int advance(void *context, size_t done, size_t all)
{
    (void)all;
    progress_step(context, done);
    return 0;
}

/* ---- files ---- */

static char *beside(const char *model)
{
    char *path = malloc(strlen(model) + sizeof ending);
    if (path) sprintf(path, "%s%s", model, ending);
    return path;
}

static int learner_read(loci_learner **learner, const char *path)
{
    loci_model *model;
    loci_error error;
    void *bytes = NULL;
    size_t size;
    *learner = NULL;
    char *known = beside(path);
    int status = known ? model_read(&model, path) : message_memory();
    if (status) {
        free(known);
        return status;
    }
    if (access(known, F_OK) != 0)
        status = message_fail(
            "%s: there is no %s beside it, what it has learned so far; fit writes one, unless it is --final",
            path, known);
    else
        status = whole_file_read(known, &bytes, &size);
    if (!status && loci_learner_load(learner, model, bytes, size, &error) != LOCI_OK)
        status = message_error(known, &error);
    loci_bytes_free(bytes);
    loci_model_free(model);
    free(known);
    return status;
}

/* What is known, then the model: neither takes the place of what was there before both are whole. */
static int write_known(work *w, const void *known, const char *name)
{
    static const char fresh[] = ".new";
    char *waiting = malloc(strlen(name) + sizeof fresh);
    if (!waiting) return message_memory();
    sprintf(waiting, "%s%s", name, fresh);
    interrupt_catch(); /* so that none comes between the two */
    int status = output_file(waiting, known, w->bytes);
    if (!status) status = model_write(loci_learner_model(w->learner), w->s->data.output);
    if (!status && rename(waiting, name) != 0)
        status = message_fail("%s: cannot be replaced by %s: %s", name, waiting, strerror(errno));
    else if (status)
        remove(waiting);
    free(waiting);
    return status;
}

/* known NULL: --final, by which what was known before goes, but not before the model is there. */
static int write_both(work *w, const void *known)
{
    const char *path = w->s->data.output;
    char *name = beside(path);
    if (!name) return message_memory();
    int status = known ? write_known(w, known, name) : model_write(loci_learner_model(w->learner), path);
    if (!status && !known && !output_is_stream(path) && access(name, F_OK) == 0 && remove(name) != 0)
        status = message_fail("%s: cannot be removed: %s", name, strerror(errno));
    free(name);
    return status;
}

/* ---- learning ---- */

static loci_learner_options options_of(const settings *s)
{
    static const char *const words[] = {"all", "shares", "power"};
    loci_learner_options o = {.size = sizeof o,
                              .modes = s->modes == NOT_GIVEN ? 0 : s->modes,
                              .seed = training_settings_seed(&s->data),
                              .span = isnan(s->span) ? 0 : s->span,
                              .task_given = s->data.task != NULL,
                              .threads = s->data.threads == NOT_GIVEN ? 0 : s->data.threads};
    for (int i = 0; s->statistics && i < 3; i++)
        if (strcmp(s->statistics, words[i]) == 0) o.statistics = (loci_statistics)i;
    if (s->data.task) loci_task_find(&o.task, s->data.task, NULL);
    return o;
}

/* ---- the share that is kept to test with ---- */

static double share_of(const loci_learner *learner)
{
    return loci_model_description(loci_learner_model(learner))->reading.test;
}

static int share_put(const loci_learner *learner, double share)
{
    loci_model *model = loci_learner_model(learner);
    loci_error error;
    loci_model_about about = *loci_model_description(model);
    about.size = sizeof about;
    about.reading.test = share;
    return loci_model_describe(model, &about, &error) == LOCI_OK ? STATUS_DONE : message_error(NULL, &error);
}

/* --test of a model that has learned before, or is to learn like one: instead of its own share from now on. */
static int share_change(const work *w, const char *path)
{
    const double share = w->s->data.test, before = share_of(w->learner);
    char now[WORDS_SIZE], then[WORDS_SIZE];
    if (isnan(share)) return STATUS_DONE;
    if (!w->s->like && share > before)
        message_note(
            "%s: kept %s to test with before, not %s: of the data that it knows, the test has some that it learned",
            path, before > 0 ? words_share(then, before) : "nothing", words_share(now, share));
    return share_put(w->learner, share);
}

/* A set as the learner's model wants it, or as it is. *whole, unless NULL: its share to test with cannot be kept, so all of it is
 * learned. */
static int set_open(loci_dataset **set, const work *w, const char *path, bool test, bool *whole)
{
    loci_dataset_options o = training_settings_data(&w->s->data);
    loci_error error;
    o.test = test;
    if (w->learner) o.reading.test = share_of(w->learner);
    if (w->learner) {
        const loci_model *model = loci_learner_model(w->learner);
        const loci_model_about *about = loci_model_description(model);
        o.target_given = 1;
        o.target = (loci_target){.values = loci_task_inspect(about->task)->values};
        o.classes = about->classes;
        o.class_count = about->classes ? loci_model_configuration(model)->outputs : 0;
        o.reading.inputs = about->reading.inputs;
        o.reading.input_count = about->reading.input_count;
        if (!o.reading.columns) {
            o.reading.columns = about->reading.columns;
            o.reading.column_count = about->reading.column_count;
        }
    }
    if (whole) *whole = false;
    loci_status status = loci_dataset_open(set, path, &o, &error);
    if (status == LOCI_E_ARGUMENT && whole && isnan(w->s->data.test) && o.reading.test > 0) {
        loci_error other; /* of few sequences none can be kept */
        o.reading.test = 0;
        *whole = loci_dataset_open(set, path, &o, &other) == LOCI_OK;
        if (*whole) status = LOCI_OK;
    }
    return status ? dataset_fail(path, &error) : STATUS_DONE;
}

/* The model's own share is kept of what it learns on from, unless --test says otherwise. */
static void share_tell(const work *w, const char *path, const loci_dataset_info *info, bool whole)
{
    char share[WORDS_SIZE];
    if (!w->learner || !isnan(w->s->data.test) || !(share_of(w->learner) > 0)) return;
    words_share(share, share_of(w->learner));
    if (whole)
        message_warn("%s: nothing of it can be kept to test with, as %s was before; all of it is learned",
                     path, share);
    else if (info->held_out)
        message_note("%s: %s is kept to test with, as before (--test chooses)", path, share);
}

static bool same_words(const char *a, const char *b)
{
    return a && b ? strcmp(a, b) == 0 : !a && !b;
}

/* The model keeps which files it was made of, and is measured by that. */
static void files_tell(const work *w, const char *path)
{
    const loci_reading *kept = &loci_model_description(loci_learner_model(w->learner))->reading;
    const training_settings *d = &w->s->data;
    if (!same_words(kept->match, d->match) || !same_words(kept->except, d->except))
        message_note(
            "%s: is chosen from by other --match or --except than the model's own, which it keeps and 'loci eval' goes "
            "by",
            path);
}

static int learn_from(work *w, const char *path)
{
    loci_dataset *set;
    loci_error error;
    bool whole;
    int status = set_open(&set, w, path, false, &whole);
    if (status) return status;
    dataset_tell(path, set, NULL);
    const loci_dataset_info info = loci_dataset_inspect(set);
    if (!w->made) share_tell(w, path, &info, whole);
    w->overlap = w->overlap || info.overlap;
    if (w->learner) files_tell(w, path);
    if (w->learner)
        trained_columns_compare(path, &loci_model_description(loci_learner_model(w->learner))->reading,
                                info.input_names, info.inputs);
    progress bar;
    const loci_dataset_options read = training_settings_data(&w->s->data);
    loci_learner_options o = options_of(w->s);
    o.progress = advance;
    o.context = &bar;
    o.reading = &read.reading;
    progress_start(&bar, "learning", "sequences", info.sequences);
    w->made = w->made || !w->learner;
    if ((!w->learner && loci_learner_create(&w->learner, set, &o, &error) != LOCI_OK) ||
        loci_learner_push(w->learner, set, &o, &error) != LOCI_OK) {
        progress_wipe();
        status = message_error(path, &error);
    }
    progress_wipe();
    loci_dataset_close(set);
    if (!w->data) w->data = path;
    return status;
}

static int add_model(work *w, const char *path)
{
    loci_learner *other;
    loci_error error;
    int status = learner_read(&other, path);
    if (status) return status;
    if (!w->learner) {
        w->learner = other;
        return share_change(w, path);
    }
    const double share = share_of(w->learner), own = share_of(other);
    if (loci_learner_add(w->learner, other, &error) != LOCI_OK) {
        status = message_error(path, &error);
    } else if (isnan(w->s->data.test) && fabs(share - own) > 1e-9) {
        char its[WORDS_SIZE], others[WORDS_SIZE];
        message_note(
            "%s: kept %s to test with, and what it is added to %s; the model keeps the smaller share, of which neither learned",
            path, words_share(its, own), words_share(others, share));
        status = share_put(w->learner, fmin(share, own));
    }
    loci_learner_free(other);
    return status;
}

static int begin(work *w)
{
    const settings *s = w->s;
    loci_model *model;
    loci_error error;
    if (s->add) {
        const int read = learner_read(&w->learner, s->data.output);
        return read ? read : share_change(w, s->data.output);
    }
    if (!s->like) return STATUS_DONE;
    int status = model_read(&model, s->like);
    if (status) return status;
    if (loci_learner_like(&w->learner, model, &error) != LOCI_OK) status = message_error(s->like, &error);
    loci_model_free(model);
    return status ? status : share_change(w, s->like);
}

/* The test split of the data, where there is one. */
static int test(work *w)
{
    loci_dataset *set;
    loci_error error;
    if (!w->data) return STATUS_DONE;
    bool whole;
    int status = set_open(&set, w, w->data, false, &whole);
    if (status) return status;
    const loci_dataset_info info = loci_dataset_inspect(set);
    loci_dataset_close(set);
    if (!info.split && !info.held_out) return STATUS_DONE;
    status = set_open(&set, w, w->data, true, NULL);
    if (status) return status;
    const loci_evaluate_options options = {.size = sizeof options, .threads = options_of(w->s).threads};
    double *numbers = calloc(2 * info.outputs, sizeof *numbers);
    w->test.error = numbers;
    w->test.explained = numbers + info.outputs;
    if (!numbers)
        status = message_memory();
    else if (loci_evaluate(&w->test, loci_learner_model(w->learner), set, &options, &error) != LOCI_OK)
        status = message_error(w->data, &error);
    w->test.error = w->test.explained = NULL;
    free(numbers);
    loci_dataset_close(set);
    return status;
}

/* ---- what came of it ---- */

/* In the model: what it was made by, and how good it was. */
static int note_put(const work *w, const char *command)
{
    loci_model *model = loci_learner_model(w->learner);
    json_t *note =
        json_pack("{so ss so sI so so}", "program", json_sprintf("loci %s", loci_version()), "command",
                  command, "seed", json_integer((json_int_t)loci_model_configuration(model)->bank_seed),
                  "sequences", (json_int_t)w->report.sequences, "ridge", output_json_number(w->report.ridge),
                  "left_out", output_json_number(w->report.score));
    char *text = note ? model_note_text(note) : NULL;
    json_decref(note);
    if (!text) return message_memory();
    loci_error error;
    loci_model_about about = *loci_model_description(model);
    about.size = sizeof about;
    about.note = text;
    const int status =
        loci_model_describe(model, &about, &error) == LOCI_OK ? STATUS_DONE : message_error(NULL, &error);
    free(text);
    return status;
}

static void text_write(output *out, const work *w, const loci_task_info *task)
{
    const loci_learner_report *r = &w->report;
    const char *path = w->s->data.output;
    char a[WORDS_SIZE], b[WORDS_SIZE], c[WORDS_SIZE];
    const char *known = w->overlap ? ", beside windows that share rows with it" : ""; /* and so know it */
    output_format(out, "model       %s: %s, %s of them\n", path, words_plural(a, r->modes, "oscillator"),
                  words_plural(b, r->features, "statistic"));
    output_format(out, "learned     %s, %s\n", words_plural(a, r->sequences, "sequence"),
                  r->each ? "known one by one" : "as sums of products");
    if (!isnan(r->score))
        output_format(out, "left out    %s %s, each sequence in turn%s\n", words_share(a, r->score),
                      task->values ? "of the variance explained" : "right", known);
    else
        output_format(out, "left out    error %.3g, by cross-validation%s\n", r->error, known);
    if (w->test.sequences && task->values)
        output_format(out, "test        %s of the variance of %s explained\n", words_share(a, w->test.score),
                      words_plural(b, w->test.sequences, "sequence"));
    else if (w->test.sequences)
        output_format(out, "test        %s right, %s of %s\n", words_share(a, w->test.score),
                      words_count(b, (uint64_t)(w->test.score * (double)w->test.targets + 0.5)),
                      words_count(c, w->test.targets));
    if (w->bytes)
        output_format(out, "to go on    %s%s, %s\n", path, ending, words_bytes(a, (double)w->bytes));
    output_format(out, "time        %s\n", words_duration(a, w->seconds));
}

static void json_write(output *out, const work *w, const loci_task_info *task)
{
    const loci_learner_report *r = &w->report;
    json_t *object = json_object();
    json_object_set_new(object, "task", json_string(task->name));
    json_object_set_new(object, "sequences", json_integer((json_int_t)r->sequences));
    json_object_set_new(object, "modes", json_integer((json_int_t)r->modes));
    json_object_set_new(object, "statistics", json_integer((json_int_t)r->features));
    json_object_set_new(object, "one_by_one", json_boolean(r->each));
    json_object_set_new(object, "ridge", output_json_number(r->ridge));
    json_object_set_new(object, "error", output_json_number(r->error));
    json_object_set_new(object, "left_out", output_json_number(r->score));
    json_object_set_new(object, "test", w->test.sequences ? output_json_number(w->test.score) : json_null());
    json_object_set_new(object, "test_sequences", json_integer((json_int_t)w->test.sequences));
    json_object_set_new(object, "seconds", output_json_number(round(1e6 * w->seconds) / 1e6));
    output_json(out, object);
}

static int fit(work *w, int count, char **operands, const char *command)
{
    const double start = progress_clock();
    loci_error error;
    int status = begin(w);
    for (int i = 0; i < count && !status; i++)
        status = model_is_at(operands[i]) ? add_model(w, operands[i]) : learn_from(w, operands[i]);
    if (status) return status;
    if (loci_learner_solve(w->learner, &w->report, &error) != LOCI_OK)
        return message_error(operands[0], &error);
    status = note_put(w, command);
    w->seconds = progress_clock() - start;
    if (!status) status = test(w);
    void *known = NULL;
    const bool kept = !w->s->final && !output_is_stream(w->s->data.output); /* beside /dev/null nothing is */
    if (!status && kept && loci_learner_save(w->learner, &known, &w->bytes, &error) != LOCI_OK)
        status = message_error(NULL, &error);
    if (status) return status;
    const loci_task_info *task =
        loci_task_inspect(loci_model_description(loci_learner_model(w->learner))->task);
    output out;
    output_open(&out, NULL);
    (w->s->json ? json_write : text_write)(&out, w, task);
    if (!out.reason) status = write_both(w, known);
    free(known);
    if (!status) return output_close(&out);
    output_abandon(&out);
    return status;
}

/* A model that is added to may be written in its place, since it knows what was known; --add adds to it already. */
static int files_check(const settings *s, int count, char **operands)
{
    const char **read = calloc((size_t)count + 1, sizeof *read);
    if (!read) return message_memory();
    int status = STATUS_DONE;
    read[0] = s->like;
    for (int i = 0; i < count && !status; i++) {
        const bool own = model_is_at(operands[i]) && output_same_file(operands[i], s->data.output);
        if (!own) read[i + 1] = operands[i];
        if (own && s->add)
            status = message_usage(
                "fit: %s would be added to itself; other data, or another model, was expected", operands[i]);
    }
    if (!status) status = training_files_check(&s->data, ending, read, (size_t)count + 1, "fit");
    free(read);
    return status;
}

static int usage_check(const settings *s, int count, char **operands)
{
    const training_settings *d = &s->data;
    loci_task task;
    char text[WORDS_SIZE];
    if (!d->output)
        return message_usage("fit: -o MODEL.safetensors is missing; a file for the model was expected");
    if (strcmp(d->output, "-") == 0)
        return message_usage(
            "fit: -o is standard output; a file was expected, beside which goes what was learned");
    if (s->statistics && strcmp(s->statistics, "all") != 0 && strcmp(s->statistics, "shares") != 0 &&
        strcmp(s->statistics, "power") != 0)
        return message_usage("fit: --statistics is \"%s\"; all, shares or power was expected", s->statistics);
    if (d->task && (loci_task_find(&task, d->task, NULL) != LOCI_OK ||
                    (task != LOCI_TASK_CLASS && task != LOCI_TASK_VALUE)))
        return message_usage("fit: --task is \"%s\"; class or value was expected", d->task);
    if (s->modes == 0 || (s->modes != NOT_GIVEN && s->modes > 20000))
        return message_usage("fit: --modes is %zu; 1 to 20000 was expected", s->modes);
    if (!isnan(s->span) && !(s->span >= 2 && s->span <= 1e9))
        return message_usage("fit: --span is %s; 2 to 1e9 samples was expected", words_number(text, s->span));
    if (d->seed != NOT_GIVEN && d->seed > (size_t)1 << 52)
        return message_usage("fit: --seed is %zu; 0 to 2^52 was expected", d->seed);
    if (d->threads != NOT_GIVEN && d->threads > 1024)
        return message_usage("fit: --threads is %zu; 0 to 1024 was expected", d->threads);
    const bool none = d->test == 0 && (s->add || s->like); /* instead of the model's own */
    if (!isnan(d->test) && !(d->test > 0 && d->test < 1) && !none)
        return message_usage("fit: --test is %s; a share above 0 and below 1 was expected",
                             words_number(text, d->test));
    if (!isnan(d->resample) && !(d->resample > 0))
        return message_usage("fit: --resample is %s; more than 0 Hz was expected",
                             words_number(text, d->resample));
    if (d->window == 0 || d->stride == 0) return message_usage("fit: --window and --stride are 1 or more");
    if (d->horizon == 0 || (d->horizon != NOT_GIVEN && d->horizon > 4096))
        return message_usage("fit: --horizon is %zu; 1 to 4096 was expected", d->horizon);
    if (d->label && d->horizon != NOT_GIVEN)
        return message_usage("fit: --label and --horizon exclude each other; one was expected");
    if (d->stride != NOT_GIVEN && d->window == NOT_GIVEN && d->horizon == NOT_GIVEN)
        return message_usage("fit: --stride is between windows; --window n was expected with it");
    if (source_missing_check(d->missing, "fit")) return STATUS_USAGE;
    if (d->decimal && strcmp(d->decimal, ",") != 0 && strcmp(d->decimal, ".") != 0)
        return message_usage("fit: --decimal is \"%s\"; a point or a comma was expected", d->decimal);
    if (d->label && d->value)
        return message_usage("fit: --label and --value exclude each other; one was expected");
    if (s->like && s->add) return message_usage("fit: --like and --add exclude each other; one was expected");
    bool models = s->add || s->like;
    for (int i = 0; i < count; i++) models = models || model_is_at(operands[i]);
    if (models &&
        (s->modes != NOT_GIVEN || s->statistics || !isnan(s->span) || d->seed != NOT_GIVEN || d->task))
        return message_usage(
            "fit: the bank and its task are those of the model; --modes, --statistics, --span, --seed and --task are for a new one");
    if (s->add && access(d->output, F_OK) != 0)
        return message_fail("%s: there is no such model; --add learns on from one", d->output);
    return files_check(s, count, operands);
}

/* What the model was made by; with --add that is the model that was there, too. NULL: out of memory. */
static char *command_words(const options_page *page, const settings *s, size_t count, char **operands)
{
    const char **words = calloc(count + 2, sizeof *words);
    if (!words) return NULL;
    for (size_t i = 0; i < count; i++) words[i] = operands[i];
    words[count] = "-o";
    words[count + 1] = s->data.output;
    const bool added = s->add && s->data.output;
    char *command = training_settings_command(page, added ? count + 2 : count, words);
    free(words);
    return command;
}

int command_fit(int argc, char **argv)
{
    settings s = {.data = training_settings_none(), .modes = NOT_GIVEN, .span = NAN};
    training_settings *d = &s.data;
    const option table[] = {
        {"output", 'o', OPTION_OUTPUT, &d->output, "MODEL.safetensors", "the model's file"},
        {"task", 0, OPTION_TEXT, &d->task, "class|value", "what is learned of a sequence (as targets look)"},
        {"test", 0, OPTION_NUMBER, &d->test, "SHARE",
         "this share of each class is kept to test with, where the data have no test split (with --add, --like that of the model)"},
        {"json", 0, OPTION_FLAG, &s.json, NULL, "JSON instead of text"},
        {NULL, 0, OPTION_HEADING, NULL, NULL, "To learn on:"},
        {"add", 0, OPTION_FLAG, &s.add, NULL,
         "MODEL.safetensors is there already and learns on, without the data that it had before"},
        {"like", 0, OPTION_TEXT, &s.like, "MODEL",
         "the bank and the classes of this model, so that what is learned can be added to it"},
        {"final", 0, OPTION_FLAG, &s.final, NULL,
         "leave no MODEL.safetensors.learned, which learning on needs"},
        {NULL, 0, OPTION_HEADING, NULL, NULL, "The bank:"},
        {"modes", 0, OPTION_COUNT, &s.modes, "N", "so many oscillators (1000)"},
        {"statistics", 0, OPTION_TEXT, &s.statistics, "all|shares|power",
         "what is told of each: how often it is above two thresholds, and its mean power (all)"},
        {"span", 0, OPTION_NUMBER, &s.span, "n", "samples that the slowest look back (the mean length)"},
        {"seed", 0, OPTION_COUNT, &d->seed, "S", "what they are drawn by (0)"},
        {"threads", 0, OPTION_COUNT, &d->threads, "T",
         "0: one a processor; the model does not depend on it (0)"},
        {NULL, 0, OPTION_HEADING, NULL, NULL, "The data, as for train:"},
        {"gray", 0, OPTION_FLAG, &d->gray, NULL, "images: colours to one channel"},
        TRAINING_DATA_OPTIONS(*d, ""),
    };
    const options_page page = {
        .command = "fit",
        .synopsis = "DATA... -o MODEL.safetensors [OPTION]...\nMODEL... -o MODEL.safetensors",
        .purpose =
            "Make a model in seconds, in one pass over the data and without gradients: a bank of random oscillators runs over each "
            "sequence, and a ridge regression reads what it tells. DATA is what 'loci train' takes. Of several sets, and of several "
            "models of one bank, what was learned adds up.\n"
            "\n"
            "MODEL.safetensors is a model as others are, for 'loci eval', 'predict' and 'stream'; "
            "MODEL.safetensors.learned beside it is what --add goes on from. -o may be one of the models that are added up.",
        .options = table,
        .count = sizeof table / sizeof table[0],
        .closing = "Examples:\n"
                   "  loci fit walks -o walks.safetensors --test 0.2\n"
                   "  loci fit more-walks -o walks.safetensors --add\n"
                   "  loci fit recordings -o spoken.safetensors --label '{label}_*' --except '*_[0-4].wav'",
        .operand = "DATA",
        .least = 1,
        .most = SIZE_MAX,
    };
    work w = {.s = &s};
    int status = options_parse(&page, &argc, argv);
    if (status == OPTIONS_GO) {
        char *command = command_words(&page, &s, (size_t)argc - 1, argv + 1);
        status = command ? usage_check(&s, argc - 1, argv + 1) : message_memory();
        if (!status) status = fit(&w, argc - 1, argv + 1, command);
        free(command);
    }
    loci_learner_free(w.learner);
    options_release(&d->columns);
    return status;
}
