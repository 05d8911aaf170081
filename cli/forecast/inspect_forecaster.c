/* SPDX-License-Identifier: MIT
 * inspect_forecaster.c - what a forecaster has learned from, and how. */
#include "forecast/inspect_forecaster.h"

#include "forecast/forecaster.h"
#include "shared/message.h"
#include "shared/output.h"
#include "shared/words.h"

static json_t *as_json(const forecaster *f, const loci_readout_info *info)
{
    json_t *root = json_object(), *names = json_array();
    for (size_t c = 0; c < f->channels; c++) json_array_append_new(names, output_json_text(f->names[c]));
    json_object_set_new(root, "columns", names);
    json_object_set_new(root, "rows", json_integer((json_int_t)info->samples));
    json_object_set_new(root, "windows", output_json_number(info->windows));
    json_object_set_new(root, "last", output_json_time(f->last, f->iso));
    json_object_set_new(root, "step", output_json_number(f->step));
    json_object_set_new(root, "horizon", json_integer((json_int_t)info->spec.horizon));
    json_object_set_new(root, "window", json_integer((json_int_t)info->spec.window));
    json_object_set_new(root, "order", json_integer((json_int_t)info->spec.order));
    json_object_set_new(root, "ridge", output_json_number(info->spec.ridge));
    json_object_set_new(root, "own_weights", json_boolean(info->spec.own));
    json_object_set_new(root, "season", json_integer((json_int_t)f->season));
    return root;
}

static void as_text(output *out, const forecaster *f, const loci_readout_info *info)
{
    char a[WORDS_SIZE];
    output_text(out, "forecaster  of ");
    for (size_t c = 0; c < f->channels && c < 8; c++) {
        if (c > 0) output_text(out, ", ");
        output_cell(out, f->names[c], 0);
    }
    output_format(out, "%s\n", f->channels > 8 ? ", ..." : "");
    output_format(out, "learned     from %s, the last at ", words_plural(a, info->samples, "row"));
    output_time(out, f->last, f->iso);
    output_text(out, "\n");
    output_format(out, "horizon     %s\n", words_plural(a, info->spec.horizon, "row"));
    output_format(out, "weights     window %zu, order %zu, ridge %g%s\n", info->spec.window, info->spec.order,
                  info->spec.ridge,
                  f->channels == 1 ? ""
                  : info->spec.own ? ", of each column its own"
                                   : ", shared by all columns");
    if (f->season > 0) output_format(out, "season      %s\n", words_plural(a, f->season, "row"));
}

int inspect_forecaster(const char *path, bool json)
{
    forecaster f;
    int status = forecaster_read(&f, path);
    if (!status) {
        const loci_readout_info info = loci_readout_inspect(f.readout);
        output out;
        output_open(&out, NULL);
        if (json)
            output_json(&out, as_json(&f, &info));
        else
            as_text(&out, &f, &info);
        status = output_close(&out);
    }
    forecaster_close(&f);
    return status;
}
