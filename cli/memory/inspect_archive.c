/* SPDX-License-Identifier: MIT
 * inspect_archive.c - what an archive holds, and how far off it is. */
#include "memory/inspect_archive.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "shared/message.h"
#include "shared/output.h"
#include "shared/words.h"

/* Everything that is known. */
typedef struct {
    loci_archive_info info;
    loci_archive_known *known; /* [channels], of all of it */
} knowledge;

static int learn(knowledge *now, const memory_file *k)
{
    loci_error error;
    now->info = loci_archive_inspect(k->archive);
    now->known = calloc(k->channels, sizeof *now->known);
    if (!now->known) return message_memory();
    for (size_t c = 0; c < k->channels; c++)
        if (loci_archive_stretch(k->archive, c, now->info.start, now->info.end, &now->known[c], &error) !=
            LOCI_OK)
            return message_error(k->path, &error);
    return STATUS_DONE;
}

/* Of those in pages that are there. */
static double bits_a_sample(const knowledge *now)
{
    return 8.0 * (double)now->info.bytes / (double)now->known[0].samples / (double)now->info.channels;
}

static const char *rule_name(loci_archive_rule rule)
{
    static const char *const names[] = {"error", "max", "lossless", "budget"};
    return names[rule];
}

static json_t *pages_json(const memory_file *k, const knowledge *now)
{
    json_t *all = json_array();
    for (size_t i = 0; i < now->info.pages; i++) {
        json_t *errors = json_array(), *largest = json_array(), *steps = json_array();
        loci_archive_page_info page = {0};
        for (size_t c = 0; c < k->channels; c++) {
            if (loci_archive_page(k->archive, i, c, &page, NULL) != LOCI_OK) continue;
            json_array_append_new(errors, output_json_number(sqrt(page.known.mean_square)));
            json_array_append_new(largest, output_json_number(page.known.largest));
            json_array_append_new(steps, output_json_number(page.step));
        }
        json_array_append_new(all, json_pack("{so so sI sI so so so}", "start",
                                             output_json_time(page.start, k->iso), "end",
                                             output_json_time(page.end, k->iso), "samples",
                                             (json_int_t)page.known.samples, "bytes", (json_int_t)page.bytes,
                                             "rms_error", errors, "max_error", largest, "step", steps));
    }
    return all;
}

/* Samples that are missing or held over, of all channels together. */
static uint64_t missing_count(const memory_file *k, const knowledge *now)
{
    uint64_t missing = 0;
    for (size_t c = 0; c < k->channels; c++) missing += now->known[c].missing;
    return missing + k->held;
}

static void json_write(output *out, const memory_file *k, const knowledge *now)
{
    const loci_archive_info *info = &now->info;
    json_t *object = json_object(), *names = json_array(), *bounds = json_array(), *errors = json_array(),
           *largest = json_array(), *least = json_array(), *most = json_array();
    for (size_t c = 0; c < k->channels; c++) {
        const loci_archive_known *known = &now->known[c];
        json_array_append_new(names, output_json_text(k->names[c]));
        json_array_append_new(bounds, output_json_number(loci_archive_bound(k->archive, c)));
        json_array_append_new(errors, output_json_number(sqrt(known->mean_square)));
        json_array_append_new(largest, output_json_number(known->largest));
        json_array_append_new(least, output_json_number(known->least));
        json_array_append_new(most, output_json_number(known->most));
    }
    char rate[WORDS_SIZE];
    json_object_set_new(object, "kind", json_string("archive"));
    json_object_set_new(object, "channels", json_integer((json_int_t)k->channels));
    json_object_set_new(object, "names", names);
    json_object_set_new(object, "samples", json_integer((json_int_t)info->samples));
    json_object_set_new(object, "missing", json_integer((json_int_t)missing_count(k, now)));
    json_object_set_new(object, "rate", json_real(strtod(words_rate(rate, info->dt), NULL)));
    json_object_set_new(object, "start", output_json_time(info->start, k->iso));
    json_object_set_new(object, "end", output_json_time(info->end, k->iso));
    json_object_set_new(object, "duration", output_json_number(info->end - info->start));
    json_object_set_new(object, "order", json_integer((json_int_t)info->order));
    json_object_set_new(object, "bytes", json_integer((json_int_t)info->bytes));
    json_object_set_new(object, "unfinished", json_integer((json_int_t)info->unfinished));
    json_object_set_new(object, "damaged", json_integer((json_int_t)info->damaged));
    json_object_set_new(object, "bits_per_sample", output_json_number(bits_a_sample(now)));
    json_object_set_new(object, "promise", json_string(rule_name(info->rule)));
    json_object_set_new(object, "bound", bounds);
    json_object_set_new(object, "budget",
                        info->budget ? json_integer((json_int_t)info->budget) : json_null());
    json_object_set_new(object, "fading", info->budget ? json_real(info->fading) : json_null());
    json_object_set_new(object, "rms_error", errors);
    json_object_set_new(object, "max_error", largest);
    json_object_set_new(object, "min", least);
    json_object_set_new(object, "max", most);
    json_object_set_new(object, "pages", pages_json(k, now));
    output_json(out, object);
}

static void head_write(output *out, const memory_file *k, const knowledge *now)
{
    static const char *const promises[] = {"an rms error for every page", "a largest error for every sample",
                                           "multiples of a unit, to the bit", "a number of bytes"};
    const loci_archive_info *info = &now->info;
    const uint64_t missing = missing_count(k, now);
    char text[WORDS_SIZE], other[WORDS_SIZE];
    output_format(out, "archive   %s; order %zu\n", promises[info->rule], info->order);
    if (info->budget)
        output_format(out, "budget    %s, fading %s\n", words_bytes(text, (double)info->budget),
                      words_number(other, info->fading));
    output_format(out, "signal    %s", words_plural(text, info->samples, "sample"));
    if (k->channels > 1) output_format(out, " of %zu channels", k->channels);
    output_format(out, " %s\n", words_pace(text, info->dt));
    if (missing)
        output_format(out, "missing   %s%s%s\n", words_plural(text, missing, "sample"),
                      k->channels > 1 ? ", of all channels together" : "",
                      k->held < missing ? ""
                      : missing == 1    ? "; the value before stands there"
                                        : "; of each the value before stands there");
    output_format(out, "time      %s to %s", words_time(text, info->start, k->iso),
                  words_time(other, info->end, k->iso));
    output_format(out, "%s: %s\n", k->iso ? "" : " s", words_duration(text, info->end - info->start));
    output_format(out, "size      %s in %s, ", words_bytes(text, (double)info->bytes),
                  words_plural(other, info->pages, "page"));
    output_format(out, "%.3g bits a sample; the signal as doubles: %s\n", bits_a_sample(now),
                  words_bytes(text, 8.0 * (double)now->known[0].samples * (double)info->channels));
    if (info->unfinished)
        output_format(out, "          %s behind it of a page that was not finished, passed over\n",
                      words_bytes(text, (double)info->unfinished));
    if (info->damaged) output_format(out, "damaged   %s lost\n", words_plural(text, info->damaged, "sample"));
}

static void channels_write(output *out, const memory_file *k, const knowledge *now)
{
    static const char *const promised[] = {"rms promised", "max promised", "unit", "deviation"};
    output_format(out, "\n%-10s %12s %12s %12s %12s %12s", "channel", promised[now->info.rule], "rms error",
                  "max error at", "min", "max");
    output_text(out, "\n");
    for (size_t c = 0; c < k->channels; c++) {
        const loci_archive_known *known = &now->known[c];
        output_cell(out, k->names[c], 10);
        output_format(out, " %12.5g %12.5g %12.5g %12.6g %12.6g\n", loci_archive_bound(k->archive, c),
                      sqrt(known->mean_square), known->largest, known->least, known->most);
    }
}

/* Pages by age in groups that double, newest first: how coarse the first channel is kept. */
static int ages_write(output *out, const memory_file *k, const knowledge *now)
{
    loci_error error;
    output_format(out, "\n%-34s %8s %12s %12s %12s\n", "age, newest first", "pages", "bytes", "step",
                  "rms error");
    for (size_t done = 0, group = 1; done < now->info.pages; group *= 2) {
        size_t last = done + group < now->info.pages ? done + group : now->info.pages;
        double square = 0.0, start = 0.0, end = 0.0, step = 0.0;
        uint64_t bytes = 0, count = 0;
        for (size_t i = done; i < last; i++) {
            loci_archive_page_info page;
            if (loci_archive_page(k->archive, now->info.pages - 1 - i, 0, &page, &error) != LOCI_OK)
                return message_error(k->path, &error);
            const uint64_t some = page.known.samples - page.known.missing;
            if (i == done) end = page.end;
            start = page.start;
            bytes += page.bytes;
            count += some;
            if (some > 0) square += page.known.mean_square * (double)some;
            step = fmax(step, page.step);
        }
        char from[WORDS_SIZE], to[WORDS_SIZE], size[WORDS_SIZE], ages[2 * WORDS_SIZE + 8];
        words_duration(from, now->info.end - end);
        words_duration(to, now->info.end - start);
        snprintf(ages, sizeof ages, "%s to %s", done == 0 ? "0" : from, to);
        output_format(out, "%-34s %8zu %12s %12.4g %12.5g\n", ages, last - done,
                      words_bytes(size, (double)bytes), step, count > 0 ? sqrt(square / (double)count) : NAN);
        done = last;
    }
    return STATUS_DONE;
}

int inspect_archive(const memory_file *k, const char *path, bool json)
{
    knowledge now = {0};
    output out;
    int status = learn(&now, k);
    if (!status) {
        output_open(&out, path);
        if (json) {
            json_write(&out, k, &now);
        } else {
            head_write(&out, k, &now);
            channels_write(&out, k, &now);
            status = ages_write(&out, k, &now);
        }
        if (status)
            output_abandon(&out);
        else
            status = output_close(&out);
    }
    free(now.known);
    return status;
}
