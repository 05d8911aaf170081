/* SPDX-License-Identifier: MIT
 * checkpoint.c - reading the folder of a model that another program trained. */
#include "model/checkpoint.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <jansson.h>

#include <loci/data.h>

#include "model/model_open.h"
#include "shared/command.h"
#include "shared/message.h"
#include "shared/output.h"

enum { TEXT_MOST = 1 << 26, PATH = 4096 };
static const char settings[] = "config.json", whole[] = "model.safetensors",
                  index_name[] = "model.safetensors.index.json";

bool checkpoint_is_folder(const char *path)
{
    struct stat there;
    return stat(path, &there) == 0 && S_ISDIR(there.st_mode);
}

/* "folder/name"; false: too long. */
static bool path_of(char path[PATH], const char *folder, const char *name)
{
    const size_t length = strlen(folder);
    const char *between = length > 0 && folder[length - 1] == '/' ? "" : "/";
    return snprintf(path, PATH, "%s%s%s", folder, between, name) < PATH;
}

static bool has(const char *folder, const char *name)
{
    char path[PATH];
    struct stat there;
    return path_of(path, folder, name) && stat(path, &there) == 0;
}

bool checkpoint_has_place(const char *folder, const char *written)
{
    const char *const names[] = {settings, whole, index_name};
    char path[PATH];
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (path_of(path, folder, names[i]) && output_same_place(path, written)) return true;
    return false;
}

static int read_file(const char *folder, const char *name, void **bytes, size_t *size, size_t most)
{
    char path[PATH];
    loci_error error;
    if (!path_of(path, folder, name)) return message_fail("%s: the name is too long", folder);
    return loci_file_read(path, bytes, size, most, &error) == LOCI_OK ? STATUS_DONE
                                                                      : message_error(NULL, &error);
}

/* A file as a text with its NUL. */
static int read_text(const char *folder, const char *name, char **text)
{
    void *bytes;
    size_t size;
    int status = read_file(folder, name, &bytes, &size, TEXT_MOST);
    if (status) return status;
    if (memchr(bytes, 0, size)) {
        loci_bytes_free(bytes);
        return message_fail("%s/%s: has a byte 0, which is in no JSON", folder, name);
    }
    *text = malloc(size + 1);
    if (*text) memcpy(*text, bytes, size), (*text)[size] = 0;
    loci_bytes_free(bytes);
    return *text ? STATUS_DONE : message_memory();
}

static int add_file(checkpoint *c, const char *folder, const char *name)
{
    void *bytes;
    const void **all = realloc(c->bytes, (c->count + 1) * sizeof *all);
    if (!all) return message_memory();
    c->bytes = all;
    size_t *sizes = realloc(c->sizes, (c->count + 1) * sizeof *sizes);
    if (!sizes) return message_memory();
    c->sizes = sizes;
    char **paths = realloc(c->paths, (c->count + 1) * sizeof *paths), path[PATH];
    if (!paths) return message_memory();
    c->paths = paths;
    const int status = read_file(folder, name, &bytes, &sizes[c->count], SIZE_MAX / 4);
    if (status) return status;
    path_of(path, folder, name); /* which was not too long */
    all[c->count] = bytes;
    return (paths[c->count++] = strdup(path)) ? STATUS_DONE : message_memory();
}

/* The files of an index, each once. */
static int add_files(checkpoint *c, const char *folder, const json_t *map)
{
    const char *tensor;
    json_t *value, *seen = json_object();
    int status = seen ? STATUS_DONE : message_memory();
    json_object_foreach((json_t *)(uintptr_t)map, tensor, value)
    {
        const char *name = json_string_value(value);
        if (status) break;
        if (!name || !*name || strchr(name, '/') || strcmp(name, "..") == 0)
            status = message_fail("%s/model.safetensors.index.json: tensor %.80s is in no file of the folder",
                                  folder, tensor);
        else if (!json_object_get(seen, name))
            status =
                json_object_set_new(seen, name, json_true()) ? message_memory() : add_file(c, folder, name);
    }
    json_decref(seen);
    return status;
}

static int read_index(checkpoint *c, const char *folder)
{
    char *text = NULL;
    int status = read_text(folder, index_name, &text);
    if (status) return status;
    json_error_t problem;
    json_t *object = NULL;
    status = model_json(&object, &problem, text);
    const json_t *map = json_object_get(object, "weight_map");
    if (!status && !object)
        status = message_fail("%s/%s: is no JSON: %.100s", folder, index_name, problem.text);
    else if (!status && json_object_size(map) == 0)
        status = message_fail("%s/%s: has no weight_map, which says where tensors are", folder, index_name);
    if (!status) status = add_files(c, folder, map);
    json_decref(object);
    free(text);
    return status;
}

int checkpoint_read(checkpoint *c, const char *folder)
{
    *c = (checkpoint){0};
    if (!has(folder, settings))
        return message_fail("%s: has no config.json; the folder of a checkpoint was expected", folder);
    const int status = read_text(folder, settings, &c->config);
    if (status) return status;
    if (has(folder, whole)) return add_file(c, folder, whole);
    if (has(folder, index_name)) return read_index(c, folder);
    return message_fail(
        "%s: has no model.safetensors%s", folder,
        has(folder, "pytorch_model.bin")
            ? ", but pytorch_model.bin: what safetensors.torch.save_file makes of it was expected"
            : " nor model.safetensors.index.json");
}

void checkpoint_release(checkpoint *c)
{
    for (size_t i = 0; i < c->count; i++) {
        loci_bytes_free((void *)(uintptr_t)c->bytes[i]);
        free(c->paths[i]);
    }
    free(c->paths);
    free(c->bytes);
    free(c->sizes);
    free(c->config);
    *c = (checkpoint){0};
}
