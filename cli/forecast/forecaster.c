/* SPDX-License-Identifier: MIT
 * forecaster.c - files of readouts, whose note is the names of columns and the time of rows. */
#include "forecast/forecaster.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>
#include <loci/data.h>

#include "shared/message.h"
#include "shared/output.h"

bool forecaster_is(const char *path)
{
    if (strcmp(path, "-") == 0 || output_is_stream(path)) return false;
    char bytes[8];
    FILE *file = fopen(path, "rb");
    const size_t got = file ? fread(bytes, 1, sizeof bytes, file) : 0;
    if (file) fclose(file);
    return loci_readout_begins(bytes, got) != 0;
}

static int foreign(const forecaster *f)
{
    return message_fail("%s: is a forecaster whose note was not written by loci forecast", f->path);
}

static int note_read(forecaster *f, const char *note, size_t length)
{
    json_t *root = json_loadb(note, length, 0, NULL), *names = json_object_get(root, "columns");
    const size_t channels = loci_readout_spec_of(f->readout)->channels;
    int status = json_array_size(names) == channels ? STATUS_DONE : foreign(f);
    if (!status) {
        f->names = calloc(channels, sizeof *f->names);
        if (!f->names) status = message_memory();
    }
    for (size_t c = 0; c < channels && !status; c++) {
        const char *name = json_string_value(json_array_get(names, c));
        if (!name)
            status = foreign(f);
        else if (!(f->names[f->channels++] = strdup(name)))
            status = message_memory();
    }
    if (!status) {
        f->stamped = json_is_true(json_object_get(root, "stamped"));
        f->iso = json_is_true(json_object_get(root, "dates"));
        f->last = json_number_value(json_object_get(root, "last"));
        f->step = json_number_value(json_object_get(root, "step"));
        const json_int_t season = json_integer_value(json_object_get(root, "season"));
        f->season = season > 0 ? (size_t)season : 0;
        if (!(f->step > 0)) status = foreign(f);
    }
    json_decref(root);
    return status;
}

int forecaster_read(forecaster *f, const char *path)
{
    void *bytes;
    size_t size, length;
    const char *note;
    loci_error error;
    *f = (forecaster){.path = path};
    if (loci_file_read(path, &bytes, &size, SIZE_MAX / 4, &error) != LOCI_OK)
        return message_error(NULL, &error);
    int status = STATUS_DONE;
    if (loci_readout_load(&f->readout, &note, &length, bytes, size, NULL, &error) != LOCI_OK)
        status = message_error(path, &error);
    else
        status = note_read(f, note, length);
    loci_bytes_free(bytes);
    return status;
}

int forecaster_write(const forecaster *f, const char *path)
{
    json_t *names = json_array(), *root = NULL;
    bool whole = names != NULL;
    for (size_t c = 0; c < f->channels; c++)
        whole = json_array_append_new(names, output_json_text(f->names[c])) == 0 && whole;
    if (whole)
        root = json_pack("{s:O, s:b, s:b, s:f, s:f, s:I}", "columns", names, "stamped", f->stamped, "dates",
                         f->iso, "last", f->last, "step", f->step, "season", (json_int_t)f->season);
    json_decref(names);
    char *note = root ? json_dumps(root, JSON_COMPACT | JSON_REAL_PRECISION(17)) : NULL;
    /* short of memory, a text may come out cut: what cannot be read back is none */
    json_t *back = note ? json_loads(note, 0, NULL) : NULL;
    if (!back || !json_equal(root, back)) {
        free(note);
        note = NULL;
    }
    json_decref(back);
    json_decref(root);
    if (!note) return message_memory();
    const size_t length = strlen(note), size = loci_readout_save_size(f->readout, length);
    void *bytes = size ? malloc(size) : NULL;
    loci_error error;
    int status = STATUS_DONE;
    if (!bytes)
        status = message_memory();
    else if (loci_readout_save(f->readout, note, length, bytes, size, &error) != LOCI_OK)
        status = message_error(path, &error);
    else
        status = output_file(path, bytes, size);
    free(bytes);
    free(note);
    return status;
}

void forecaster_close(forecaster *f)
{
    loci_readout_free(f->readout);
    for (size_t c = 0; c < f->channels; c++) free(f->names[c]);
    free(f->names);
    *f = (forecaster){0};
}
