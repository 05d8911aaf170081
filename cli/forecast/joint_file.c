/* SPDX-License-Identifier: MIT
 * joint_file.c - files of probes whose note has what loci forecast knows besides. */
#include "forecast/joint.h"

#include <stdlib.h>
#include <string.h>

#include <loci/data.h>

#include "forecast/note.h"
#include "shared/file_kind.h"
#include "shared/message.h"
#include "shared/whole_file.h"

bool joint_is(const char *path)
{
    static const char begin[] = "LOCIPRB\n";
    char bytes[sizeof begin - 1];
    return whole_file_begin(path, bytes, sizeof bytes) == sizeof bytes &&
           memcmp(bytes, begin, sizeof bytes) == 0;
}

/* Which columns are foretold, and their names. */
static loci_status targets_read(joint *j, const json_t *targets)
{
    const size_t count = json_array_size(targets);
    j->targets = calloc(count, sizeof *j->targets);
    j->face.names = calloc(count, sizeof *j->face.names);
    if (!j->targets || !j->face.names) return LOCI_E_MEMORY;
    for (; j->count < count; j->count++) {
        const json_t *target = json_array_get(targets, j->count);
        const json_int_t c = json_integer_value(target);
        if (!json_is_integer(target) || c < 0 || c >= (json_int_t)j->channels) return LOCI_E_FORMAT;
        j->targets[j->count] = (size_t)c;
        if (!(j->face.names[j->face.channels++] = strdup(j->names[c]))) return LOCI_E_MEMORY;
    }
    return LOCI_OK;
}

/* At least, as a file of before does not tell: those that were learned, in one history, those before them, and those that wait. Other
 * histories have cost a window and a horizon each. */
static uint64_t rows_of_history(const joint *j)
{
    const loci_probe_info info = loci_probe_inspect(j->probe);
    return (uint64_t)info.rows + info.window - 1 + j->waiting;
}

static loci_status note_read(joint *j, const json_t *root)
{
    const json_t *names = json_object_get(root, "columns"), *targets = json_object_get(root, "targets"),
                 *widths = json_object_get(root, "widths"), *rest = json_object_get(root, "rest");
    const loci_probe_spec spec = loci_probe_inspect(j->probe).spec;
    const json_int_t horizon = json_integer_value(json_object_get(root, "horizon")),
                     rows = json_integer_value(json_object_get(root, "rows"));
    const size_t count = json_array_size(targets), numbers = json_array_size(rest);
    if (horizon < 1 || horizon > LOCI_READOUT_HORIZON_MAX || spec.memories > 2 || spec.level ||
        json_array_size(names) != spec.inputs || count < 1 || count > spec.inputs ||
        count * (size_t)horizon != spec.targets || json_array_size(widths) != 2 * spec.targets ||
        numbers < spec.inputs || numbers > (size_t)horizon * spec.inputs || numbers % spec.inputs != 0)
        return LOCI_E_FORMAT;
    j->horizon = (size_t)horizon;
    j->waiting = numbers / spec.inputs;
    j->rows = rows > 0 ? (uint64_t)rows : rows_of_history(j);
    j->least = rows < 1 || json_is_true(json_object_get(root, "least"));
    loci_status status = note_read_names(&j->names, &j->channels, names);
    if (status == LOCI_OK) status = targets_read(j, targets);
    if (status == LOCI_OK) status = note_read_numbers(&j->widths, widths);
    if (status == LOCI_OK) status = note_read_numbers(&j->rest, rest);
    if (status == LOCI_OK) status = note_read_time(&j->face, root);
    for (size_t i = 0; i < 2 * spec.targets && status == LOCI_OK; i++)
        if (j->widths[i] < 0) status = LOCI_E_FORMAT;
    return status;
}

int joint_read(joint *j, const char *path)
{
    void *bytes;
    size_t size, length;
    const char *text;
    loci_error error;
    *j = (joint){.face = {.path = path}};
    int status = whole_file_read(path, &bytes, &size);
    if (status) return status;
    status = file_kind_check(FILE_FORECASTER | FILE_PROBE, "a forecaster", bytes, size, message_name(path));
    if (status) {
        loci_bytes_free(bytes);
        return status;
    }
    if (loci_probe_load(&j->probe, &text, &length, bytes, size, NULL, &error) != LOCI_OK) {
        status = message_error(path, &error);
    } else {
        json_t *root = json_loadb(text, length, 0, NULL);
        const loci_status read = note_read(j, root);
        json_decref(root);
        if (read == LOCI_E_MEMORY)
            status = message_memory();
        else if (read != LOCI_OK)
            status = message_fail("%s: is a probe whose note was not written by loci forecast", path);
    }
    loci_bytes_free(bytes);
    return status;
}

static char *note_of(const joint *j)
{
    note n = {0};
    json_t *targets = json_array();
    for (size_t k = 0; k < j->count; k++)
        n.cut |= json_array_append_new(targets, json_integer((json_int_t)j->targets[k])) != 0;
    note_put(&n, "columns", note_names(j->names, j->channels));
    note_put(&n, "targets", targets);
    note_put(&n, "horizon", json_integer((json_int_t)j->horizon));
    note_put(&n, "rows", json_integer((json_int_t)j->rows));
    if (j->least) note_put(&n, "least", json_true());
    note_put_time(&n, &j->face);
    note_put(&n, "widths", note_numbers(j->widths, j->count * 2 * j->horizon));
    note_put(&n, "rest", note_numbers(j->rest, j->waiting * j->channels));
    return note_text(&n);
}

typedef struct {
    const loci_probe *probe;
    const char *text;
} content;

static loci_status save(const void *from, void *bytes, size_t size, loci_error *error)
{
    const content *c = from;
    return loci_probe_save(c->probe, c->text, strlen(c->text), bytes, size, error);
}

int joint_write(const joint *j, const char *path)
{
    char *text = note_of(j);
    if (!text) return message_memory();
    const int status =
        whole_file_save(path, save, &(content){j->probe, text}, loci_probe_save_size(j->probe, strlen(text)));
    free(text);
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
