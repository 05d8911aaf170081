/* SPDX-License-Identifier: MIT
 * joint_file.c - files of probes whose note has what loci forecast knows besides. */
#include "forecast/joint.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>
#include <loci/data.h>

#include "shared/message.h"
#include "shared/output.h"

bool joint_is(const char *path)
{
    if (strcmp(path, "-") == 0 || output_is_stream(path)) return false;
    char bytes[8];
    FILE *file = fopen(path, "rb");
    const size_t got = file ? fread(bytes, 1, sizeof bytes, file) : 0;
    if (file) fclose(file);
    return got == sizeof bytes && memcmp(bytes, "LOCIPRB\n", sizeof bytes) == 0;
}

static int foreign(const joint *j)
{
    return message_fail("%s: is a probe whose note was not written by loci forecast", j->face.path);
}

/* The numbers of an array, at most `most` of them; false where it holds anything else. */
static bool numbers_read(double **numbers, size_t *count, const json_t *array, size_t most)
{
    *count = json_array_size(array);
    if (*count > most) return false;
    *numbers = calloc(most, sizeof **numbers);
    for (size_t i = 0; i < *count && *numbers; i++) {
        const json_t *one = json_array_get(array, i);
        if (!json_is_number(one) || !(fabs(json_number_value(one)) <= 1e150)) return false;
        (*numbers)[i] = json_number_value(one);
    }
    return true;
}

static int note_read(joint *j, const json_t *root)
{
    const json_t *names = json_object_get(root, "columns"), *targets = json_object_get(root, "targets");
    const loci_probe_spec spec = loci_probe_inspect(j->probe).spec;
    const json_int_t horizon = json_integer_value(json_object_get(root, "horizon")),
                     season = json_integer_value(json_object_get(root, "season"));
    const size_t count = json_array_size(targets);
    if (json_array_size(names) != spec.inputs || count < 1 || count > spec.inputs || horizon < 1 ||
        horizon > LOCI_READOUT_HORIZON_MAX || count * (size_t)horizon != spec.targets || spec.memories > 2 ||
        spec.level)
        return foreign(j);
    j->horizon = (size_t)horizon;
    j->names = calloc(spec.inputs, sizeof *j->names);
    j->targets = calloc(count, sizeof *j->targets);
    j->face.names = calloc(count, sizeof *j->face.names);
    if (!j->names || !j->targets || !j->face.names) return message_memory();
    for (; j->channels < spec.inputs; j->channels++) {
        const char *name = json_string_value(json_array_get(names, j->channels));
        if (!name) return foreign(j);
        if (!(j->names[j->channels] = strdup(name))) return message_memory();
    }
    for (; j->count < count; j->count++) {
        const json_t *target = json_array_get(targets, j->count);
        if (!json_is_integer(target) || json_integer_value(target) < 0 ||
            json_integer_value(target) >= (json_int_t)spec.inputs)
            return foreign(j);
        j->targets[j->count] = (size_t)json_integer_value(target);
        if (!(j->face.names[j->face.channels++] = strdup(j->names[j->targets[j->count]])))
            return message_memory();
    }
    size_t widths, rest;
    if (!numbers_read(&j->widths, &widths, json_object_get(root, "widths"), 2 * spec.targets) ||
        !numbers_read(&j->rest, &rest, json_object_get(root, "rest"), j->horizon * spec.inputs) ||
        widths != 2 * spec.targets || rest < spec.inputs || rest % spec.inputs)
        return foreign(j);
    if (!j->widths || !j->rest) return message_memory();
    j->waiting = rest / spec.inputs;
    j->face.stamped = json_is_true(json_object_get(root, "stamped"));
    j->face.iso = json_is_true(json_object_get(root, "dates"));
    j->face.last = json_number_value(json_object_get(root, "last"));
    j->face.step = json_number_value(json_object_get(root, "step"));
    j->face.season = season > 0 ? (size_t)season : 0;
    bool good = j->face.step > 0;
    for (size_t i = 0; i < widths; i++) good = good && j->widths[i] >= 0;
    return good ? STATUS_DONE : foreign(j);
}

int joint_read(joint *j, const char *path)
{
    void *bytes;
    size_t size, length;
    const char *note;
    loci_error error;
    *j = (joint){.face = {.path = path}};
    if (loci_file_read(path, &bytes, &size, SIZE_MAX / 4, &error) != LOCI_OK)
        return message_error(NULL, &error);
    int status = STATUS_DONE;
    if (loci_probe_load(&j->probe, &note, &length, bytes, size, NULL, &error) != LOCI_OK) {
        status = message_error(path, &error);
    } else {
        json_t *root = json_loadb(note, length, 0, NULL);
        status = note_read(j, root);
        json_decref(root);
    }
    loci_bytes_free(bytes);
    return status;
}

static json_t *numbers_of(const double *x, size_t n)
{
    json_t *array = json_array();
    for (size_t i = 0; i < n; i++) json_array_append_new(array, json_real(x[i]));
    return array;
}

static char *note_of(const joint *j)
{
    json_t *root = json_object(), *names = json_array(), *targets = json_array();
    for (size_t c = 0; c < j->channels; c++) json_array_append_new(names, output_json_text(j->names[c]));
    for (size_t k = 0; k < j->count; k++)
        json_array_append_new(targets, json_integer((json_int_t)j->targets[k]));
    json_object_set_new(root, "columns", names);
    json_object_set_new(root, "targets", targets);
    json_object_set_new(root, "horizon", json_integer((json_int_t)j->horizon));
    json_object_set_new(root, "stamped", json_boolean(j->face.stamped));
    json_object_set_new(root, "dates", json_boolean(j->face.iso));
    json_object_set_new(root, "last", json_real(j->face.last));
    json_object_set_new(root, "step", json_real(j->face.step));
    json_object_set_new(root, "season", json_integer((json_int_t)j->face.season));
    json_object_set_new(root, "widths", numbers_of(j->widths, j->count * 2 * j->horizon));
    json_object_set_new(root, "rest", numbers_of(j->rest, j->waiting * j->channels));
    char *note = json_dumps(root, JSON_COMPACT | JSON_REAL_PRECISION(17));
    /* short of memory, a text may come out cut: what does not read back as all of it is none */
    json_t *back = note ? json_loads(note, 0, NULL) : NULL;
    if (!back || !json_equal(root, back) || json_object_size(back) != 10 ||
        json_array_size(json_object_get(back, "rest")) != j->waiting * j->channels ||
        json_array_size(json_object_get(back, "widths")) != j->count * 2 * j->horizon ||
        json_array_size(json_object_get(back, "columns")) != j->channels ||
        json_array_size(json_object_get(back, "targets")) != j->count) {
        free(note);
        note = NULL;
    }
    json_decref(back);
    json_decref(root);
    return note;
}

int joint_write(const joint *j, const char *path)
{
    char *note = note_of(j);
    if (!note) return message_memory();
    const size_t length = strlen(note), size = loci_probe_save_size(j->probe, length);
    void *bytes = size ? malloc(size) : NULL;
    loci_error error;
    int status = STATUS_DONE;
    if (!bytes)
        status = message_memory();
    else if (loci_probe_save(j->probe, note, length, bytes, size, &error) != LOCI_OK)
        status = message_error(path, &error);
    else
        status = output_file(path, bytes, size);
    free(bytes);
    free(note);
    return status;
}

void joint_close(joint *j)
{
    loci_probe_free(j->probe);
    for (size_t c = 0; c < j->channels; c++) free(j->names[c]);
    free(j->names);
    free(j->targets);
    free(j->widths);
    free(j->rest);
    forecaster_close(&j->face);
    *j = (joint){0};
}
