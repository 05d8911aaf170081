/* SPDX-License-Identifier: MIT
 * model_inputs.c - which models need their samples shifted in double. */
#include "model/model_inputs.h"

#include <stdio.h>
#include <stdlib.h>

#include <loci/token.h>

#include "shared/message.h"

/* Whether a float of an input's numbers loses more than a millionth of what the model makes of them. */
static bool loses(double shift, double scale)
{
    return fabs(shift) > 1e30 || fabs(scale) > 1e30 || fabs(scale) < 1e-30 || fabs(shift * scale) > 16;
}

int model_inputs_find(model_inputs *inputs, const loci_model *model)
{
    *inputs = (model_inputs){.tokens = loci_token_count(model)};
    const size_t count = loci_model_configuration(model)->inputs;
    const loci_model_about about = *loci_model_description(model);
    bool wide = false;
    for (size_t c = 0; c < count; c++)
        wide = wide || loses(about.shift ? about.shift[c] : 0, about.scale ? about.scale[c] : 1);
    if (!wide) return STATUS_DONE;
    inputs->shift = malloc(2 * count * sizeof *inputs->shift);
    if (!inputs->shift) return message_memory();
    inputs->scale = inputs->shift + count;
    for (size_t c = 0; c < count; c++) {
        inputs->shift[c] = about.shift ? about.shift[c] : 0;
        inputs->scale[c] = about.scale ? about.scale[c] : 1;
    }
    return STATUS_DONE;
}

int model_inputs_open(model_inputs *inputs, loci_model *model)
{
    const int status = model_inputs_find(inputs, model);
    if (status || !inputs->shift) return status;
    loci_model_about about = *loci_model_description(model);
    about.size = sizeof about; /* all fields */
    about.shift = about.scale = NULL;
    loci_error error;
    return loci_model_describe(model, &about, &error) == LOCI_OK ? STATUS_DONE : message_error(NULL, &error);
}

void model_inputs_close(model_inputs *inputs)
{
    free(inputs->shift);
    *inputs = (model_inputs){NULL, NULL, 0};
}

const char *model_input_expected(char *text, size_t size, const model_inputs *inputs)
{
    if (inputs->tokens)
        snprintf(text, size, "a token, a whole number of 0 to %zu,", inputs->tokens - 1);
    else
        snprintf(text, size, "a finite number in single precision");
    return text;
}
