/* SPDX-License-Identifier: MIT
 * forecaster.c - files of readouts, whose note is the names of columns and the time of rows. */
#include "forecast/forecaster.h"

#include <stdlib.h>
#include <string.h>

#include <loci/data.h>

#include "forecast/note.h"
#include "shared/file_kind.h"
#include "shared/message.h"
#include "shared/whole_file.h"

bool forecaster_is(const char *path)
{
    char bytes[8];
    return loci_readout_begins(bytes, whole_file_begin(path, bytes, sizeof bytes)) != 0;
}

static loci_status note_read(forecaster *f, const char *text, size_t length)
{
    json_t *root = json_loadb(text, length, 0, NULL), *names = json_object_get(root, "columns");
    loci_status status = LOCI_E_FORMAT;
    if (json_array_size(names) == loci_readout_spec_of(f->readout)->channels)
        status = note_read_names(&f->names, &f->channels, names);
    if (status == LOCI_OK) status = note_read_time(f, root);
    json_decref(root);
    return status;
}

int forecaster_read(forecaster *f, const char *path)
{
    void *bytes;
    size_t size, length;
    const char *text;
    loci_error error;
    *f = (forecaster){.path = path};
    int status = whole_file_read(path, &bytes, &size);
    if (status) return status;
    status = file_kind_check(FILE_FORECASTER | FILE_PROBE, "a forecaster", bytes, size, message_name(path));
    if (status) {
        loci_bytes_free(bytes);
        return status;
    }
    if (loci_readout_load(&f->readout, &text, &length, bytes, size, NULL, &error) != LOCI_OK) {
        status = message_error(path, &error);
    } else {
        const loci_status read = note_read(f, text, length);
        if (read == LOCI_E_MEMORY)
            status = message_memory();
        else if (read != LOCI_OK)
            status = message_fail("%s: is a forecaster whose note was not written by loci forecast", path);
    }
    loci_bytes_free(bytes);
    return status;
}

typedef struct {
    const loci_readout *readout;
    const char *text;
} content;

static loci_status save(const void *from, void *bytes, size_t size, loci_error *error)
{
    const content *c = from;
    return loci_readout_save(c->readout, c->text, strlen(c->text), bytes, size, error);
}

int forecaster_write(const forecaster *f, const char *path)
{
    note n = {0};
    note_put(&n, "columns", note_names(f->names, f->channels));
    note_put_time(&n, f);
    char *text = note_text(&n);
    if (!text) return message_memory();
    const int status = whole_file_save(path, save, &(content){f->readout, text},
                                       loci_readout_save_size(f->readout, strlen(text)));
    free(text);
    return status;
}

void forecaster_close(forecaster *f)
{
    loci_readout_free(f->readout);
    for (size_t c = 0; c < f->channels; c++) free(f->names[c]);
    free(f->names);
    *f = (forecaster){0};
}
