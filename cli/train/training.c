/* SPDX-License-Identifier: MIT
 * training.c - steps, validations and what is saved between them. */
#include "train/training.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <jansson.h>
#include <loci/data.h>

#include "shared/interrupt.h"
#include "shared/message.h"
#include "model/model_open.h"
#include "model/token_words.h"
#include "shared/output.h"
#include "shared/progress.h"
#include "shared/ranks.h"
#include "shared/whole_file.h"
#include "train/training_choice.h"
#include "train/training_log.h"
#include "shared/words.h"

static const double save_interval = 60;

/* What ranks agree on before each step: the most urgent of what any of them wishes. A save is due by the clock of rank 0. */
enum { WISH_NOTHING, WISH_SAVE, WISH_STOP, WISH_FAILED };

typedef struct {
    const training_plan *plan;
    const loci_dataset *train, *valid;
    loci_model *model, *best; /* the one that learns, not ours; room for the best one, with its description */
    loci_trainer *trainer;
    training_result *result;
    training_log log;
    char *resume_path;
    char last_words[512]; /* of the state that was saved last */
    progress bar;
    bool alone; /* failed where the others did not */
    /* by the clock: when the training would have begun without a stop; the last save */
    double started, saved;
} run;

/* "MODEL.resume"; NULL: out of memory. */
static char *resume_name(const char *model)
{
    static const char end[] = ".resume";
    const size_t length = strlen(model);
    char *name = malloc(length + sizeof end);
    if (!name) return NULL;
    memcpy(name, model, length);
    memcpy(name + length, end, sizeof end);
    return name;
}

int training_check(const char *model, bool resume, bool restart)
{
    struct stat there;
    if (stat(model, &there) == 0 && S_ISDIR(there.st_mode))
        return message_fail("%s: is a folder; the name of a file was expected", model);
    if (output_is_stream(model)) return STATUS_DONE;
    char *name = resume_name(model);
    if (!name) return message_memory();
    int status = STATUS_DONE;
    if (!resume && !restart && access(name, F_OK) == 0)
        status =
            message_usage("train: %s is there: the training of %s was stopped; --resume, which goes on, or "
                          "--restart, which begins anew, was expected",
                          name, model);
    free(name);
    return status;
}

/* ---- what is saved ---- */

/* What the model's file tells of its training. Nothing in it depends on the time or the machine: the same seed gives
 * the same file. NULL: out of memory. */
static char *note_make(const run *r, bool finished)
{
    const training_record *record = &r->result->record;
    json_t *note = json_object();
    int bad = !note;
    bad |= json_object_set_new(note, "program", json_sprintf("loci %s", loci_version()));
    bad |= json_object_set_new(note, "command", output_json_text(r->plan->command));
    bad |= json_object_set_new(note, "seed", json_integer((json_int_t)r->plan->options.seed));
    bad |= json_object_set_new(note, "steps", json_integer((json_int_t)record->step_count));
    bad |= json_object_set_new(note, "epochs", json_integer((json_int_t)record->epoch_count));
    bad |= json_object_set_new(note, "finished", json_boolean(finished));
    if (record->best) {
        const record_epoch *best = &record->epochs[record->best - 1];
        bad |= json_object_set_new(note, "best_epoch", json_integer((json_int_t)record->best));
        bad |= json_object_set_new(note, "train_loss", output_json_number(best->train_loss));
        bad |= json_object_set_new(note, "valid_loss", output_json_number(best->valid_loss));
        char key[64];
        snprintf(key, sizeof key, "valid_%s", record->task->key);
        bad |= json_object_set_new(note, key, output_json_number(best->valid_score));
    }
    if (r->plan->note) bad |= json_object_set_new(note, "note", output_json_text(r->plan->note));
    char *text = bad ? NULL : model_note_text(note);
    json_decref(note);
    return text;
}

static int save_model(run *r, bool finished)
{
    if (!ranks_first()) return STATUS_DONE;
    char *note = note_make(r, finished);
    if (!note) return message_memory();
    loci_model_about about = *loci_model_description(r->model);
    about.size = sizeof about; /* all fields */
    about.note = note;
    loci_trainer_best(r->trainer, r->best);
    loci_error error;
    const loci_status failed = loci_model_describe(r->best, &about, &error);
    free(note);
    return failed ? message_error(r->plan->output, &error) : model_write(r->best, r->plan->output);
}

/* What goes to /dev/null, or into a pipe, has no file beside it. */
static bool is_kept(const run *r)
{
    return !output_is_stream(r->plan->output);
}

static int save_state(run *r)
{
    loci_error error;
    void *trainer;
    size_t trainer_size, size;
    r->saved = progress_clock();
    if (!ranks_first() || !is_kept(r)) return STATUS_DONE;
    if (loci_trainer_save(r->trainer, &trainer, &trainer_size, &error) != LOCI_OK)
        return message_error(r->resume_path, &error);
    void *bytes = record_pack(&r->result->record, trainer, trainer_size, &size);
    loci_bytes_free(trainer);
    if (!bytes) return message_memory();
    const int status = output_file(r->resume_path, bytes, size);
    free(bytes);
    r->saved = progress_clock();
    if (status) return status;
    const loci_train_report report = loci_trainer_report(r->trainer);
    snprintf(
        r->last_words, sizeof r->last_words,
        "train: told to stop while another rank is at work, or gone; %.200s holds step %llu of %llu, from which the "
        "same command with --resume goes on",
        r->resume_path, (unsigned long long)report.step, (unsigned long long)report.steps);
    ranks_last_words(r->last_words);
    return status;
}

static int damaged(const char *path)
{
    return message_fail("%s: is damaged, or no state of a training; --restart begins anew", path);
}

/* Rank 0 reads it for all. Released by free(). */
static int state_read(const run *r, void **bytes, size_t *size)
{
    void *read = NULL;
    *bytes = NULL;
    *size = 0;
    int status = ranks_status(ranks_first() ? whole_file_read(r->resume_path, &read, size) : STATUS_DONE);
    if (!status) status = ranks_share(size, sizeof *size);
    if (!status) *bytes = malloc(*size + 1);
    if (!status && !*bytes) status = message_memory();
    if (!status && read) memcpy(*bytes, read, *size);
    loci_bytes_free(read);
    if (!status) status = ranks_share(*bytes, *size);
    if (status) free(*bytes);
    return status;
}

static int load_state(run *r)
{
    loci_error error;
    void *bytes;
    const void *trainer;
    size_t size, trainer_size;
    bool memory;
    int status = state_read(r, &bytes, &size);
    if (status) return status;
    training_record *record = &r->result->record;
    if (!record_unpack(record, &trainer, &trainer_size, bytes, size, &memory))
        status = memory ? message_memory() : damaged(r->resume_path);
    else if (loci_trainer_restore(r->trainer, trainer, trainer_size, &error) != LOCI_OK)
        status = message_error(r->resume_path, &error);
    else if (loci_trainer_report(r->trainer).step != record->step_count)
        status = damaged(r->resume_path);
    free(bytes);
    return status;
}

/* What rank 0 found. */
static int ranks_finished(run *r)
{
    const int status = ranks_share(&r->result->finished, sizeof r->result->finished);
    return status || ranks_first() || r->result->finished ? status : STATUS_FAILED;
}

/* MODEL is there and MODEL.resume is not: whether MODEL is what this very command has made, to its end. */
static int load_finished(run *r)
{
    loci_model *model = NULL;
    const int status = ranks_status(ranks_first() ? model_read(&model, r->plan->output) : STATUS_DONE);
    if (status) return status;
    if (!ranks_first()) return ranks_finished(r);
    const char *text = loci_model_description(model)->note;
    json_t *note = text ? json_loads(text, 0, NULL) : NULL;
    const char *command = json_string_value(json_object_get(note, "command"));
    r->result->finished =
        json_is_true(json_object_get(note, "finished")) && command && strcmp(command, r->plan->command) == 0;
    json_decref(note);
    loci_model_free(model);
    const int shared = ranks_finished(r);
    if (shared || r->result->finished) return shared;
    return message_fail("%s: was made by another command, and there is no %s to go on from; without --resume "
                        "it is made anew",
                        r->plan->output, r->resume_path);
}

/* ---- steps ---- */

static double elapsed(const run *r)
{
    return round(1e6 * (progress_clock() - r->started)) / 1e6;
}

static int validating(void *context, size_t done, size_t all)
{
    (void)all;
    progress_step(context, done);
    return interrupt_seen();
}

static void tell_epoch(const run *r, const loci_train_report *report, double seconds, bool best)
{
    const char *name = r->result->record.task->score;
    char score[WORDS_SIZE], valid[4 * WORDS_SIZE] = "", share[WORDS_SIZE], time[WORDS_SIZE], bits[WORDS_SIZE];
    if (r->valid)
        snprintf(valid, sizeof valid, "; validation loss %.4g%s, %s %s", report->valid_loss,
                 token_bits(bits, r->model, report->valid_loss), name,
                 words_share(share, report->valid_score));
    fprintf(stderr, "epoch %zu of %zu: loss %.4g, %s %s%s; %s%s\n", report->epoch, report->epochs,
            report->train_loss, name, words_share(score, report->train_score), valid,
            words_duration(time, seconds), best && r->valid ? ", best so far" : "");
}

/* What may have failed on this rank alone: the others wait for it, and there is nothing to be agreed on with them. */
static int library_failed(run *r, const loci_error *error)
{
    r->alone = error->status == LOCI_E_MEMORY || error->status == LOCI_E_IO;
    return message_error(NULL, error);
}

/* An epoch is over: validates, and saves what is better and where it stands. */
static int epoch_end(run *r, loci_train_report *report)
{
    training_record *record = &r->result->record;
    const double before = record->epoch_count ? record->epochs[record->epoch_count - 1].seconds : 0;
    progress bar;
    progress_start(&bar, "validating", "sequences", r->valid ? loci_dataset_inspect(r->valid).sequences : 0);
    loci_error error;
    const loci_status failed = loci_trainer_validate(r->trainer, validating, &bar, report, &error);
    progress_wipe();
    if (failed == LOCI_E_STOPPED) return STATUS_DONE;
    if (failed) return library_failed(r, &error);
    const record_epoch epoch = {.step = report->step,
                                .train_loss = report->train_loss,
                                .train_score = report->train_score,
                                .valid_loss = report->valid_loss,
                                .valid_score = report->valid_score,
                                .seconds = elapsed(r)};
    const bool best = report->improved || !r->valid;
    if (!record_add_epoch(record, epoch, best)) return message_memory();
    tell_epoch(r, report, epoch.seconds - before, best);
    int status = log_epoch(&r->log, record);
    if (!status && best && !report->finished) status = save_model(r, false);
    if (!status) status = save_state(r);
    return status;
}

static int step(run *r, loci_train_report *report)
{
    loci_error error;
    training_record *record = &r->result->record;
    const loci_status failed = loci_trainer_step(r->trainer, report, &error);
    if (failed == LOCI_E_VALUE && record->best)
        return message_fail(
            "%s; %s holds the best model before, that of epoch %llu; a lower --lr with --restart may not diverge",
            error.text, r->plan->output, (unsigned long long)record->best);
    if (failed == LOCI_E_VALUE)
        return message_fail(
            "%s; no epoch was finished, so that there is no model yet; a lower --lr with --restart may not diverge",
            error.text);
    if (failed) return library_failed(r, &error);
    r->result->steps++;
    if (!record_add_step(record, (record_step){report->loss, report->score, elapsed(r)}))
        return message_memory();
    char share[WORDS_SIZE];
    snprintf(r->bar.detail, sizeof r->bar.detail, "loss %.3g, %s %s", report->train_loss, record->task->score,
             words_share(share, report->train_score));
    progress_step(&r->bar, report->step);
    return log_step(&r->log, record);
}

static int interrupted(run *r, const loci_train_report *report)
{
    const int status = save_state(r);
    if (status) return status;
    message_fail("train: interrupted after step %llu of %llu%s", (unsigned long long)report->step,
                 (unsigned long long)report->steps,
                 is_kept(r) ? "; the same command with --resume goes on" : "");
    return STATUS_INTERRUPTED;
}

static int steps(run *r)
{
    loci_train_report report = loci_trainer_report(r->trainer);
    progress_start(&r->bar, "training", "steps", report.steps);
    progress_resume(&r->bar, report.step);
    const size_t sequences = loci_dataset_inspect(r->train).sequences, batch = r->plan->options.batch;
    progress_rate(&r->bar, "sequences",
                  (double)sequences /
                      ceil((double)sequences / (double)batch)); /* the last batch is smaller */
    int status = STATUS_DONE;
    while (!status) {
        /* all ranks stop where one was told to; and where rank 0 could not write; what follows is for all of them the same */
        const bool due = ranks_first() && progress_clock() - r->saved >= save_interval;
        int wish = interrupt_seen() ? WISH_STOP : due ? WISH_SAVE : WISH_NOTHING;
        status = ranks_most(&wish);
        if (status) break;
        if (wish == WISH_FAILED)
            status = STATUS_FAILED;
        else if (wish == WISH_STOP)
            status = interrupted(r, &report);
        else if (report.epoch_ended)
            status = epoch_end(r, &report);
        else if (report.finished)
            break;
        else if (wish == WISH_SAVE)
            status = save_state(r);
        else
            status = step(r, &report);
        if (status && wish != WISH_FAILED && !r->alone) ranks_most(&(int){WISH_FAILED});
    }
    progress_wipe();
    r->result->report = report;
    r->result->seconds = elapsed(r);
    return status;
}

static int start(run *r)
{
    const training_plan *plan = r->plan;
    loci_error error;
    const bool kept = is_kept(r);
    bool there[2] = {kept && access(r->resume_path, F_OK) == 0,
                     kept && access(plan->output, F_OK) == 0}; /* of rank 0 */
    int status = ranks_share(there, sizeof there);
    if (status) return status;
    const bool stopped = there[0];
    if (plan->resume && !stopped && there[1]) return load_finished(r);
    if (loci_trainer_create(&r->trainer, r->model, r->train, r->valid, &plan->options, &error) != LOCI_OK ||
        loci_model_copy(&r->best, r->model, &error) != LOCI_OK)
        return message_error(NULL, &error);
    const loci_train_report planned = loci_trainer_report(r->trainer);
    char choice[CHOICE_SIZE];
    training_choice_words(choice, plan->settings, r->train, r->valid, &planned, &plan->options);
    if (*choice) fprintf(stderr, "%s\n", choice);
    if (plan->resume && stopped) status = load_state(r);
    r->saved = progress_clock();
    r->started = r->saved - record_seconds(&r->result->record);
    /* Before the first step: what cannot be written is better known now. */
    if (!status && !(plan->resume && stopped)) status = ranks_status(save_state(r));
    if (!status) status = ranks_status(log_open(&r->log, plan->log, &r->result->record));
    return status;
}

int training_run(training_result *result, loci_model *model, const loci_dataset *train,
                 const loci_dataset *valid, const training_plan *plan)
{
    *result = (training_result){.record.task = loci_task_inspect(loci_model_description(model)->task)};
    run r = {.plan = plan, .train = train, .valid = valid, .model = model, .result = result};
    r.resume_path = resume_name(plan->output);
    int status = r.resume_path ? STATUS_DONE : message_memory();
    interrupt_catch();
    if (!status) status = start(&r);
    if (!status && !result->finished) status = steps(&r);
    if (!status && !result->finished) status = save_model(&r, true);
    ranks_last_words(NULL);
    log_close(&r.log);
    loci_trainer_free(r.trainer);
    loci_model_free(r.best);
    free(r.resume_path);
    return status;
}

int training_forget(const char *model)
{
    if (!ranks_first() || output_is_stream(model)) return STATUS_DONE;
    char *name = resume_name(model);
    if (!name) return message_memory();
    int status = STATUS_DONE;
    if (unlink(name) != 0 && errno != ENOENT)
        status = message_fail("%s: cannot be removed: %s", name, strerror(errno));
    free(name);
    return status;
}

void training_release(training_result *result)
{
    record_release(&result->record);
}
