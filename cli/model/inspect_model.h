/* SPDX-License-Identifier: MIT
 * inspect_model.h - what loci inspect says of a model. */
#ifndef LOCI_CLI_INSPECT_MODEL_H
#define LOCI_CLI_INSPECT_MODEL_H

#include <stdbool.h>

#include <loci/model.h>

/* name: of the file. plot: where the kernels are drawn, NULL: nowhere, "-": in the terminal, instead of the text. Returns a
 * status of the program. */
int inspect_model(const loci_model *model, const char *name, bool json, const char *plot);

#endif
