/* SPDX-License-Identifier: MIT
 * training_files.c - what a training reads and writes. */
#include "train/training_files.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/model_open.h"
#include "shared/message.h"
#include "shared/output_kind.h"
#include "shared/overwrite.h"
#include "shared/whole_file.h"

/* Whether a file begins as one that a training wrote, of which none is data: a model, what is beside it, a log, a chart. */
static bool is_written(const char *path)
{
    static const char *const begins[] = {"lociTRAN", "locifit", "{\"", "<svg", "<?xml", "\x89PNG"};
    char bytes[16];
    const size_t size = whole_file_begin(path, bytes, sizeof bytes);
    bool is = size == 0 || model_looks(bytes, size);
    for (size_t i = 0; i < sizeof begins / sizeof *begins && !is; i++)
        is = size >= strlen(begins[i]) && memcmp(bytes, begins[i], strlen(begins[i])) == 0;
    return is;
}

int training_files_check(const training_settings *s, const char *beside, const char *const *read,
                         size_t reads, const char *command)
{
    char *kept = s->output ? malloc(strlen(s->output) + strlen(beside) + 1) : NULL;
    if (s->output && !kept) return message_memory();
    if (kept) sprintf(kept, "%s%s", s->output, beside);
    const char *const written[] = {s->output, kept, s->log, s->plot};
    const int status =
        overwrite_check(&(overwrite_files){read, written, reads, 4, is_written, true}, command);
    free(kept);
    return status ? status : output_kind_none(s->output, "-o", "the model", command);
}
