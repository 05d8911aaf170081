/* SPDX-License-Identifier: MIT
 * command_kernel.c - the kernel of a system's convolution form: printed, kept, drawn. */
#include "shared/command.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "draw/chart.h"
#include "system/system_option.h"
#include "shared/ending.h"
#include "shared/message.h"
#include "shared/options.h"
#include "shared/output.h"
#include "shared/output_kind.h"
#include "shared/words.h"

#define NOT_GIVEN SIZE_MAX

enum { PANELS_MOST = 8 };

typedef struct {
    const char *discretization, *output, *plot;
    size_t length;
    double dt; /* NAN: not given */
} settings;

static int usage_check(const settings *s, const char *system)
{
    const bool elsewhere = s->output && strcmp(s->output, "-") != 0,
               drawn = s->plot && strcmp(s->plot, "-") == 0;
    if (s->length == NOT_GIVEN)
        return message_usage("kernel: --length is missing; how many samples of the kernel was expected");
    if (s->length == 0) return message_usage("kernel: --length is 0; at least 1 was expected");
    if (!isnan(s->dt) && !(s->dt > 0))
        return message_usage("kernel: --dt is %g; more than 0 seconds was expected", s->dt);
    if (drawn && s->output && !elsewhere)
        return message_usage(
            "kernel: the chart and the numbers both go to standard output; -o with a file was expected");
    if (s->output && (ending_is(s->output, ".svg") || ending_is(s->output, ".png")))
        return message_usage("kernel: -o is for numbers; --plot %s draws", s->output);
    if (elsewhere && s->plot && strcmp(s->output, s->plot) == 0)
        return message_usage("kernel: -o and --plot both name %s; two files were expected", s->output);
    if ((s->output && output_same_file(system, s->output)) || (s->plot && output_same_file(system, s->plot)))
        return message_usage("kernel: %s is the system itself; another file was expected for the kernel",
                             system);
    output_kind kind;
    const int unknown = output_kind_of(&kind, s->output, OUTPUT_CSV | OUTPUT_NPY, "kernel");
    if (unknown) return unknown;
    loci_error error;
    if (s->plot && chart_check(s->plot, &error) != LOCI_OK)
        return error.status == LOCI_E_ARGUMENT ? message_usage("kernel: --plot: %s", error.text)
                                               : message_fail("--plot: %s", error.text);
    return STATUS_DONE;
}

static int csv_write(const char *path, const double *k, size_t copies, size_t length)
{
    output out;
    output_open(&out, path);
    output_text(&out, "sample");
    if (copies == 1)
        output_text(&out, ",k");
    else
        for (size_t h = 0; h < copies; h++) output_format(&out, ",k%zu", h);
    output_text(&out, "\n");
    for (size_t l = 0; l < length; l++) {
        output_format(&out, "%zu", l);
        for (size_t h = 0; h < copies; h++) {
            output_text(&out, ",");
            output_number(&out, k[h * length + l]);
        }
        output_text(&out, "\n");
    }
    return output_close(&out);
}

/* Each copy against its own time: copies of different steps see different stretches of the past. */
static int plot(const system_option *g, const double *k, const settings *s)
{
    const loci_system *system = g->system;
    const size_t copies = system->copies, length = s->length;
    char title[320], subtitle[320], name[SYSTEM_OPTION_NAME_SIZE], samples[WORDS_SIZE];
    snprintf(title, sizeof title, "Kernel of %.256s", g->text);
    snprintf(subtitle, sizeof subtitle, "%s, %s; %s", system_option_name(g, name),
             loci_discretization_name(g->discretization), words_plural(samples, length, "sample"));
    double *x = malloc(length * sizeof *x);
    if (!x) return message_memory();
    const bool apart = copies <= PANELS_MOST, even = system_option_even(g);
    chart *drawing = chart_create(&(chart_layout){.title = title, .subtitle = subtitle});
    for (size_t h = 0; h < copies; h++) {
        const double dt = even || apart ? system->dt[h] : 1;
        char label[32];
        snprintf(label, sizeof label, copies == 1 ? "k" : "k%zu", h);
        for (size_t l = 0; l < length; l++) x[l] = (double)l * dt;
        if (apart || h == 0)
            chart_panel(drawing, &(chart_axes){.x_label = even || apart ? "age of the input (s)"
                                                                        : "age of the input (samples)",
                                               .y_label = apart ? label : "k",
                                               .bare_x = apart && even && h + 1 < copies,
                                               .no_legend = true});
        chart_add(drawing, &(chart_series){.kind = length == 1 ? CHART_POINTS : CHART_LINE,
                                           .name = label,
                                           .x = x,
                                           .y = k + h * length,
                                           .count = length,
                                           .colour = apart ? CHART_BLUE : CHART_SHADE,
                                           .shade = (double)h / (double)copies});
    }
    free(x);
    loci_error error;
    const loci_status status = chart_write(drawing, s->plot, &error);
    chart_destroy(drawing);
    return status == LOCI_OK ? STATUS_DONE : message_error(NULL, &error);
}

static int kernel(system_option *g, const settings *s)
{
    const size_t copies = g->system->copies, length = s->length;
    char samples[WORDS_SIZE], thing[2 * WORDS_SIZE], channels[WORDS_SIZE];
    if (!isnan(s->dt)) system_option_step(g, s->dt);
    snprintf(thing, sizeof thing, copies == 1 ? "a kernel of %s" : "a kernel of %s for each of %s copies",
             words_plural(samples, length, "sample"), words_count(channels, copies));
    int status = system_option_room((double)length * (double)copies, "kernel: --length", thing);
    if (!status) status = system_option_warn(g, false);
    if (status) return status;
    double *k = malloc(copies * length * sizeof *k);
    if (!k) return message_memory();
    loci_error error;
    if (loci_kernel_f64(k, g->system, g->discretization, length, &error) != LOCI_OK)
        status = message_error(g->text, &error);
    const bool drawn_instead = s->plot && !s->output;
    if (!status && !drawn_instead)
        status = s->output && ending_is(s->output, ".npy") ? output_array(s->output, k, copies, length)
                                                           : csv_write(s->output, k, copies, length);
    if (!status && s->plot) status = plot(g, k, s);
    free(k);
    return status;
}

int command_kernel(int argc, char **argv)
{
    settings s = {.length = NOT_GIVEN, .dt = NAN};
    const option table[] = {
        {"length", 0, OPTION_COUNT, &s.length, "L", "how many samples of the kernel"},
        {"dt", 0, OPTION_NUMBER, &s.dt, "SECONDS", "the step of every copy (the system's own)"},
        {"discretization", 0, OPTION_TEXT, &s.discretization, "NAME",
         "zoh, foh, bilinear, backward or euler (zoh; for diagonal plus low rank, which zoh would make dense, bilinear)"},
        {"output", 'o', OPTION_OUTPUT, &s.output, "FILE",
         "CSV, or a NumPy array [copies][L] where FILE ends in .npy (standard output)"},
        {"plot", 0, OPTION_OUTPUT, &s.plot, "FILE",
         "draw a chart instead of the numbers, which -o asks for as well: .svg, .png, or '-': in the terminal"},
    };
    const options_page page = {
        .command = "kernel",
        .synopsis = "SYSTEM --length L [OPTION]...",
        .purpose =
            "Print the kernel of a linear system: what its answer is to an input of 1 that lasts one sample, and so what "
            "its convolution form multiplies the past with. A row a sample, a column a copy; D is left out.\n"
            "\n" SYSTEM_OPTION_HELP,
        .options = table,
        .count = sizeof table / sizeof table[0],
        .closing = "Examples:\n"
                   "  loci kernel legs:64,lag=0.5 --length 1000 --plot -\n"
                   "  loci kernel s4d-lin:64,copies=128 --length 1024 -o kernels.npy\n"
                   "  loci kernel trained.npz --length 4096 --dt 0.002 -o kernels.npy",
        .operand = "SYSTEM",
        .least = 1,
        .most = 1,
    };
    system_option g = {0};
    int status = options_parse(&page, &argc, argv);
    if (status == OPTIONS_GO) {
        status = usage_check(&s, argv[1]);
        if (!status) status = system_option_open(&g, argv[1], s.discretization, "kernel");
        if (!status) status = kernel(&g, &s);
    }
    system_option_release(&g);
    return status;
}
