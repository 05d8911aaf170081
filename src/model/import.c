/* SPDX-License-Identifier: MIT
 * import.c - models that others trained: the S4 repository's example, from a PyTorch state_dict. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/allocate.h"
#include "base/status.h"
#include "model/import_s4.h"
#include "model/model.h"
#include "model/model_file.h"

/* A tensor by its name, with so many dimensions; NULL after filling error. */
static const loci_tensor *find(const loci_safetensors *file, const char *name, size_t dimensions,
                               loci_error *error)
{
    const loci_tensor *found = loci_safetensors_find(file, name);
    if (found && found->dimensions == dimensions) return found;
    if (found)
        loci_fail(error, LOCI_E_FORMAT, "tensor %s has %zu dimensions; %zu were expected", name,
                  found->dimensions, dimensions);
    else
        loci_fail(error, LOCI_E_FORMAT,
                  "tensor %s is missing; a state_dict of the S4 example with S4D layers was expected", name);
    return NULL;
}

/* One more than the largest number of a layer that a tensor has. */
static size_t count_layers(const loci_safetensors *file)
{
    static const char begin[] = "s4_layers.";
    const size_t length = sizeof begin - 1;
    size_t count = 0;
    for (size_t i = 0; i < loci_safetensors_count(file); i++) {
        const char *name = loci_safetensors_tensor(file, i)->name;
        if (strncmp(name, begin, length) != 0) continue;
        const unsigned long long number = strtoull(name + length, NULL, 10);
        if (number < LOCI_LAYERS_MAX && number >= count) count = (size_t)number + 1;
    }
    return count;
}

static loci_status configure(loci_model_config *config, const loci_safetensors *file, loci_error *error)
{
    const loci_tensor *encoder = find(file, "encoder.weight", 2, error);
    const loci_tensor *decoder = encoder ? find(file, "decoder.weight", 2, error) : NULL;
    if (!decoder) return LOCI_E_FORMAT;
    const int block = loci_import_s4_found(file);
    const loci_tensor *c =
        block ? NULL : find(file, "s4_layers.0.kernel.C", 3, error); /* [width][order / 2][2] */
    if (!block && !c) return LOCI_E_FORMAT;
    const loci_status status =
        loci_model_preset(config, "s4-example", encoder->shape[1], decoder->shape[0], error);
    if (status) return status;
    config->width = encoder->shape[0];
    config->layers = count_layers(file);
    if (block) return loci_import_s4_configure(config, file, error);
    config->order = c->shape[1] <= LOCI_STATE_MAX ? 2 * c->shape[1] : c->shape[1];
    return LOCI_OK;
}

/* From layers that are S4Block there. */
static loci_status fill_translated(loci_model *model, const loci_safetensors *file,
                                   const loci_model_config *config, loci_error *error)
{
    void *bytes = NULL;
    size_t size;
    loci_safetensors *other = NULL;
    loci_status status = loci_import_s4_translate(&bytes, &size, file, config, error);
    if (!status) status = loci_safetensors_read(&other, config->allocator, bytes, size, error);
    if (!status) status = loci_model_fill(model, other, error);
    loci_safetensors_free(other);
    loci_free(bytes);
    return status;
}

int loci_model_holds(const loci_safetensors *file, const char *last, char *prefix, size_t size)
{
    const size_t end = strlen(last);
    for (size_t i = 0; i < loci_safetensors_count(file); i++) {
        const char *name = loci_safetensors_tensor(file, i)->name;
        const size_t length = strlen(name), before = length < end ? 0 : length - end;
        if (strcmp(name + before, last) != 0 || (before > 0 && name[before - 1] != '.') || before >= size)
            continue;
        memcpy(prefix, name, before);
        prefix[before] = 0;
        return 1;
    }
    return 0;
}

static loci_status import(loci_model **out, const loci_safetensors *file, int prenorm,
                          loci_discretization discretization, const loci_allocator *by, loci_error *error)
{
    loci_model_config config;
    loci_model *model = NULL;
    char prefix[LOCI_PREFIX_SIZE];
    if (loci_model_holds_mamba(file)) {
        loci_safetensors *const one[] = {(loci_safetensors *)(uintptr_t)file};
        return loci_model_read_mamba(out, one, 1, NULL, 0, by, error);
    }
    if (loci_model_holds(file, LOCI_HELD_BY_ATTENTION, prefix, sizeof prefix))
        return loci_fail(
            error, LOCI_E_UNSUPPORTED,
            "holds attention, whose tensors do not say how many heads it has; their number was expected");
    if (loci_model_holds(file, LOCI_HELD_BY_S5, prefix, sizeof prefix))
        return loci_model_read_s5(out, file, discretization, 0, by, error);
    loci_status status = configure(&config, file, error);
    if (status) return status;
    config.allocator = by;
    config.prenorm = prenorm != 0;
    config.discretization = discretization;
    status = loci_model_outline(&model, &config, error);
    if (!status)
        status = loci_import_s4_found(file) ? fill_translated(model, file, &config, error)
                                            : loci_model_fill(model, file, error);
    if (status)
        loci_model_free(model);
    else
        *out = model;
    return status;
}

loci_status loci_model_import_by(loci_model **model, const void *bytes, size_t size, int prenorm,
                                 loci_discretization discretization, const loci_allocator *allocator,
                                 loci_error *error)
{
    loci_safetensors *file;
    if (discretization != LOCI_ZOH && discretization != LOCI_BILINEAR)
        return loci_fail(error, LOCI_E_ARGUMENT,
                         "discretization is none that s4d has; zoh or bilinear was expected");
    loci_status status = loci_safetensors_read(&file, allocator, bytes, size, error);
    if (status) return status;
    status = loci_model_blame_file(import(model, file, prenorm, discretization, allocator, error), error);
    loci_safetensors_free(file);
    return status;
}

loci_status loci_model_import(loci_model **model, const void *bytes, size_t size, int prenorm,
                              loci_discretization discretization, loci_error *error)
{
    return loci_model_import_by(model, bytes, size, prenorm, discretization, NULL, error);
}
