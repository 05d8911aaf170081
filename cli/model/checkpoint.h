/* SPDX-License-Identifier: MIT
 * checkpoint.h - the folder of a model that another program trained: config.json and safetensors files. */
#ifndef CLI_CHECKPOINT_H
#define CLI_CHECKPOINT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct {
    const void **bytes; /* [count] */
    size_t *sizes, count;
    char **paths; /* [count] */
    char *config; /* the text of config.json */
} checkpoint;

bool checkpoint_is_folder(const char *path);

/* Whether a file that is written would, in a folder that is read, be taken for a part of it: config.json, say. */
bool checkpoint_has_place(const char *folder, const char *written);

/* Reads model.safetensors, or the files that model.safetensors.index.json names. A message and a status where that fails; there is
 * something to release either way. */
int checkpoint_read(checkpoint *c, const char *folder);
void checkpoint_release(checkpoint *c);

#endif
