/* SPDX-License-Identifier: MIT
 * inspect_forecaster.c - what a forecaster has learned from, and how. */
#include "forecast/inspect_forecaster.h"

#include "forecast/forecaster.h"
#include "forecast/joint.h"
#include "shared/message.h"
#include "shared/output.h"
#include "shared/words.h"

/* Of the times of the rows learned. */
static void times_put(json_t *root, const forecaster *f)
{
    json_object_set_new(root, "last", output_json_time(f->last, f->iso));
    json_object_set_new(root, "step", output_json_number(f->step));
    json_object_set_new(root, "even", f->stamped ? json_boolean(!f->uneven) : json_null());
}

static void times_write(output *out, const forecaster *f, uint64_t rows, bool least)
{
    char a[WORDS_SIZE];
    output_format(out, "learned     from %s%s, the last at ", least ? "at least " : "",
                  words_plural(a, rows, "row"));
    output_time(out, f->last, f->iso);
    if (f->timed)
        output_format(out, ", %s apart%s", words_duration(a, f->step), f->uneven ? ", unevenly" : "");
    output_text(out, "\n");
}

static json_t *as_json(const forecaster *f, const loci_readout_info *info)
{
    json_t *root = json_object(), *names = json_array();
    for (size_t c = 0; c < f->channels; c++) json_array_append_new(names, output_json_text(f->names[c]));
    json_object_set_new(root, "columns", names);
    json_object_set_new(root, "rows", json_integer((json_int_t)info->samples));
    json_object_set_new(root, "windows", output_json_number(info->windows));
    times_put(root, f);
    json_object_set_new(root, "horizon", json_integer((json_int_t)info->spec.horizon));
    json_object_set_new(root, "window", json_integer((json_int_t)info->spec.window));
    json_object_set_new(root, "order", json_integer((json_int_t)info->spec.order));
    json_object_set_new(root, "ridge", output_json_number(info->spec.ridge));
    json_object_set_new(root, "own_weights", json_boolean(info->spec.own));
    json_object_set_new(root, "season", json_integer((json_int_t)f->season));
    return root;
}

static void names_write(output *out, char **names, size_t count)
{
    for (size_t c = 0; c < count && c < 8; c++) {
        if (c > 0) output_text(out, ", ");
        output_cell(out, names[c], 0);
    }
    output_format(out, "%s\n", count > 8 ? ", ..." : "");
}

static void as_text(output *out, const forecaster *f, const loci_readout_info *info)
{
    char a[WORDS_SIZE];
    output_text(out, "forecaster  of ");
    names_write(out, f->names, f->channels);
    times_write(out, f, info->samples, false);
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

static json_t *joint_json(const joint *j, const loci_probe_info *info)
{
    json_t *root = json_object(), *names = json_array(), *features = json_array(), *windows = json_array(),
           *orders = json_array();
    for (size_t c = 0; c < j->count; c++) json_array_append_new(names, output_json_text(j->face.names[c]));
    for (size_t c = 0; c < j->channels; c++) json_array_append_new(features, output_json_text(j->names[c]));
    for (size_t k = 0; k < info->spec.memories; k++) {
        json_array_append_new(windows, json_integer((json_int_t)info->spec.windows[k]));
        json_array_append_new(orders, json_integer((json_int_t)info->spec.orders[k]));
    }
    json_object_set_new(root, "columns", names);
    json_object_set_new(root, "features", features);
    json_object_set_new(root, "rows", json_integer((json_int_t)j->rows));
    times_put(root, &j->face);
    json_object_set_new(root, "horizon", json_integer((json_int_t)j->horizon));
    json_object_set_new(root, "windows", windows);
    json_object_set_new(root, "orders", orders);
    json_object_set_new(root, "ridge", output_json_number(info->ridge));
    json_object_set_new(root, "season", json_integer((json_int_t)j->face.season));
    return root;
}

static void joint_text(output *out, const joint *j, const loci_probe_info *info)
{
    char a[WORDS_SIZE];
    output_text(out, "forecaster  of ");
    names_write(out, j->face.names, j->count);
    output_text(out, "from        the memories of ");
    names_write(out, j->names, j->channels);
    times_write(out, &j->face, j->rows, j->least);
    output_format(out, "horizon     %s\n", words_plural(a, j->horizon, "row"));
    output_format(out, "weights     window %zu, order %zu", info->spec.windows[0], info->spec.orders[0]);
    if (info->spec.memories > 1)
        output_format(out, ", and window %zu, order %zu", info->spec.windows[1], info->spec.orders[1]);
    output_format(out, ", ridge %g\n", info->ridge);
    if (j->face.season > 0) output_format(out, "season      %s\n", words_plural(a, j->face.season, "row"));
}

int inspect_joint(const char *path, bool json)
{
    joint j;
    int status = joint_read(&j, path);
    if (!status) {
        const loci_probe_info info = loci_probe_inspect(j.probe);
        output out;
        output_open(&out, NULL);
        if (json)
            output_json(&out, joint_json(&j, &info));
        else
            joint_text(&out, &j, &info);
        status = output_close(&out);
    }
    joint_close(&j);
    return status;
}
