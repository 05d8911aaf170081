/* SPDX-License-Identifier: MIT
 * state_file.c - states from and to files. */
#include "shared/state_file.h"

#include <string.h>

#include <loci/data.h>

#include "shared/message.h"
#include "shared/output_kind.h"

static bool is_stream(const char *path)
{
    return path && strcmp(path, "-") == 0;
}

int state_file_check(const state_file *f, const char *command)
{
    if (!is_stream(f->in) && !is_stream(f->out))
        return output_kind_none(f->out, "--state-out", "the state", command);
    return message_usage("%s: a state goes into and comes from a file; the name of one was expected",
                         command);
}

int state_file_load(const state_file *f, file_kind kind, state_file_restorer *restore, void *to)
{
    if (!f->in) return STATUS_DONE;
    void *bytes;
    size_t size;
    loci_error error;
    int status = whole_file_read(f->in, &bytes, &size);
    if (status) return status;
    status = file_kind_check(kind, file_kind_words(kind), bytes, size, f->in);
    if (!status && restore(to, bytes, size, &error) != LOCI_OK) status = message_error(f->in, &error);
    loci_bytes_free(bytes);
    return status;
}

int state_file_save(const state_file *f, whole_file_saver *save, const void *from, size_t size)
{
    return f->out ? whole_file_save(f->out, save, from, size) : STATUS_DONE;
}
