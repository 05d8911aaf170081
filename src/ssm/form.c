/* SPDX-License-Identifier: MIT
 * form.c - the forms by their names. */
#include <loci/forms.h>

#include <string.h>

#include "base/status.h"

static const char *const form_names[] = {"recurrent", "convolution", "mixed", "choose"};

const char *loci_form_name(loci_form form)
{
    return (size_t)form < 4 ? form_names[form] : "unknown form";
}

loci_status loci_form_parse(loci_form *form, const char *name, loci_error *error)
{
    for (size_t i = 0; i < 4; i++)
        if (!strcmp(name, form_names[i])) {
            *form = (loci_form)i;
            return LOCI_OK;
        }
    return loci_fail(error, LOCI_E_ARGUMENT,
                     "form is '%.40s'; recurrent, convolution, mixed or choose was expected", name);
}
