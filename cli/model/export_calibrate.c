/* SPDX-License-Identifier: MIT
 * export_calibrate.c - a data set, read as that of the training was, for a calibration. */
#include "model/export_calibrate.h"

#include "model/dataset_tell.h"
#include "shared/message.h"

static int advance(void *context, size_t done, size_t all)
{
    progress *bar = context;
    bar->total = all;
    progress_step(bar, done);
    return 0;
}

int export_calibrate_open(export_calibration *c, const loci_model *model, const char *path)
{
    const loci_model_about *about = loci_model_description(model);
    const loci_task_info *task = loci_task_inspect(about->task);
    const loci_dataset_options options = {
        .size = sizeof options,
        .target_given = 1,
        .target = {.values = task->values, .each = task->next ? LOCI_TARGET_NEXT : task->each},
        .reading = about->reading,
        .classes = about->classes,
        .class_count = about->classes ? loci_model_configuration(model)->outputs : 0,
    };
    loci_error error;
    *c = (export_calibration){.path = path};
    if (loci_dataset_open(&c->set, path, &options, &error) != LOCI_OK) return dataset_fail(path, &error);
    dataset_tell(path, c->set, NULL);
    return STATUS_DONE;
}

void export_calibrate_close(export_calibration *c)
{
    loci_calibration_free(c->calibration);
    loci_dataset_close(c->set);
    *c = (export_calibration){0};
}

int export_calibrate_floats(export_calibration *c, const loci_model *model, const loci_export *program)
{
    const loci_calibrate_options options = {.size = sizeof options, .progress = advance, .context = &c->bar};
    loci_error error;
    progress_start(&c->bar, "calibrating", "sequences", 0);
    const loci_status status =
        loci_calibration_create(&c->calibration, model, program, c->set, &options, &error);
    progress_wipe();
    return status ? message_error(c->path, &error) : STATUS_DONE;
}

int export_calibrate_whole(export_calibration *c, const loci_export *program)
{
    loci_error error;
    c->result.size = sizeof c->result;
    progress_start(&c->bar, "comparing", "sequences", 0);
    const loci_status status = loci_calibration_compare(c->calibration, program, &c->result, &error);
    progress_wipe();
    return status ? message_error(c->path, &error) : STATUS_DONE;
}
