/* SPDX-License-Identifier: MIT
 * training_log.c - lines of JSON to a file that others may read while it grows. */
#include "train/training_log.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "shared/message.h"
#include "shared/ranks.h"
#include "shared/words.h"

enum { LINE = 320 };

/* JSON knows no NaN. */
static const char *number(char *text, double value)
{
    return isfinite(value) ? words_number(text, value) : strcpy(text, "null");
}

static int line_write(const training_log *log, const char *line)
{
    for (size_t left = strlen(line); left > 0;) {
        const ssize_t written = write(log->descriptor, line, left);
        if (written < 0 && errno == EINTR) continue;
        if (written < 0 && errno == EPIPE) return STATUS_FAILED; /* the reader has had enough */
        if (written < 0) return message_fail("%s: writing failed: %s", log->path, strerror(errno));
        line += written;
        left -= (size_t)written;
    }
    return STATUS_DONE;
}

static int step_write(const training_log *log, const training_record *r, size_t i, size_t epoch)
{
    char line[LINE], loss[WORDS_SIZE], seconds[WORDS_SIZE];
    snprintf(line, sizeof line, "{\"step\": %zu, \"epoch\": %zu, \"loss\": %s, \"seconds\": %s}\n", i + 1,
             epoch, number(loss, r->steps[i].loss), number(seconds, r->steps[i].seconds));
    return line_write(log, line);
}

static int epoch_write(const training_log *log, const training_record *r, size_t i)
{
    const record_epoch *e = &r->epochs[i];
    char line[LINE], train[WORDS_SIZE], valid[WORDS_SIZE], score[WORDS_SIZE], seconds[WORDS_SIZE];
    snprintf(line, sizeof line,
             "{\"epoch\": %zu, \"train_loss\": %s, \"valid_loss\": %s, \"valid_%s\": %s, \"seconds\": %s}\n",
             i + 1, number(train, e->train_loss), number(valid, e->valid_loss), r->task->key,
             number(score, e->valid_score), number(seconds, e->seconds));
    return line_write(log, line);
}

int log_open(training_log *log, const char *path, const training_record *r)
{
    *log = (training_log){.path = path, .descriptor = STDOUT_FILENO};
    if (!path) return STATUS_DONE;
    if (!ranks_first()) return log->path = NULL, STATUS_DONE;
    if (strcmp(path, "-") == 0)
        log->path = "standard output";
    else
        log->descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (log->descriptor < 0) return message_fail("%s: cannot be created: %s", path, strerror(errno));
    int status = STATUS_DONE;
    for (size_t i = 0, epoch = 0; !status && i < r->step_count; i++) {
        status = step_write(log, r, i, epoch + 1);
        if (!status && epoch < r->epoch_count && r->epochs[epoch].step == i + 1)
            status = epoch_write(log, r, epoch++);
    }
    return status;
}

int log_step(const training_log *log, const training_record *r)
{
    return log->path ? step_write(log, r, r->step_count - 1, r->epoch_count + 1) : STATUS_DONE;
}

int log_epoch(const training_log *log, const training_record *r)
{
    return log->path ? epoch_write(log, r, r->epoch_count - 1) : STATUS_DONE;
}

void log_close(training_log *log)
{
    if (log->path && log->descriptor > STDERR_FILENO) close(log->descriptor);
    *log = (training_log){0};
}
