/* SPDX-License-Identifier: MIT
 * command_basis.c - the functions that memories are made of: written out, as curves, drawn. */
#include "shared/command.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <loci/basis.h>

#include "draw/chart.h"
#include "shared/ending.h"
#include "shared/message.h"
#include "shared/options.h"
#include "shared/output.h"
#include "shared/output_kind.h"
#include "figures/polynomial.h"

#define NOT_GIVEN SIZE_MAX

enum { ORDER = 6, POINTS = 1001, SHADES_FROM = 7 };

typedef struct {
    loci_basis basis;
    const char *output, *plot;
    size_t order, points;
    bool json;
} settings;

static const struct {
    const char *name, *symbol, *title, *subtitle;
} kinds[] = {
    [LOCI_LEGENDRE] = {"legendre", "P", "Legendre polynomials P_n(x)",
                       "orthogonal on [-1, 1]; memories use sqrt(2n+1) P_n(2x-1), orthonormal on [0, 1]"},
    [LOCI_LAGUERRE] = {"laguerre", "l", "Laguerre functions l_n(x) = exp(-x/2) L_n(x)",
                       "orthonormal on [0, infinity)"},
    [LOCI_FOURIER] = {"fourier", "f", "Fourier functions f_n(x)",
                      "orthonormal on [0, 1]; f_1 is the zero sine"},
};
enum { KINDS = sizeof kinds / sizeof kinds[0] };

static int usage_check(settings *s, const char *name)
{
    size_t kind = 0;
    while (kind < KINDS && strcmp(kinds[kind].name, name) != 0) kind++;
    if (kind == KINDS)
        return message_usage("basis: \"%s\" is no basis; legendre, laguerre or fourier was expected", name);
    s->basis = (loci_basis)kind;
    const bool elsewhere = s->output && strcmp(s->output, "-") != 0,
               drawn = s->plot && strcmp(s->plot, "-") == 0;
    if (s->order < 1 || s->order > LOCI_ORDER_MAX)
        return message_usage("basis: --order is %zu; 1 to %d was expected", s->order, LOCI_ORDER_MAX);
    if (s->points < 2) return message_usage("basis: --points is %zu; at least 2 was expected", s->points);
    if (s->points != NOT_GIVEN && s->points > 100000000 / s->order)
        return message_usage("basis: --points is %zu; at most %zu was expected with this order", s->points,
                             100000000 / s->order);
    if (drawn && !elsewhere && (s->json || s->output || s->points != NOT_GIVEN))
        return message_usage(
            "basis: the chart and the numbers both go to standard output; -o with a file was expected");
    if (elsewhere && s->plot && strcmp(s->output, s->plot) == 0)
        return message_usage("basis: -o and --plot both name %s; two files were expected", s->output);
    if (s->output && (ending_is(s->output, ".svg") || ending_is(s->output, ".png")))
        return message_usage("basis: -o is for numbers; --plot %s draws", s->output);
    output_kind file_kind;
    const int unknown = output_kind_of(&file_kind, s->output, OUTPUT_CSV | OUTPUT_NPY | OUTPUT_JSON, "basis");
    if (unknown) return unknown;
    if (s->points != NOT_GIVEN && (s->json || file_kind == OUTPUT_JSON))
        return message_usage("basis: %s is for the coefficients, --points for curves; one was expected",
                             s->json ? "--json" : "a .json file");
    s->json = s->json || file_kind == OUTPUT_JSON;
    if (s->json && s->output && (ending_is(s->output, ".npy") || ending_is(s->output, ".csv")))
        return message_usage("basis: --json and %s file exclude each other; one was expected",
                             ending_is(s->output, ".npy") ? "an .npy" : "a .csv");
    loci_error error;
    if (s->plot && chart_check(s->plot, &error) != LOCI_OK)
        return error.status == LOCI_E_ARGUMENT ? message_usage("basis: --plot: %s", error.text)
                                               : message_fail("--plot: %s", error.text);
    return STATUS_DONE;
}

/* --- written out --- */

/* What holds for those that are too large to be written. */
static void write_rest(output *out, loci_basis basis, size_t from, size_t order)
{
    const char symbol = basis == LOCI_LEGENDRE ? 'P' : 'L';
    char range[64];
    if (from + 1 == order)
        snprintf(range, sizeof range, "n = %zu", from);
    else
        snprintf(range, sizeof range, "n = %zu to %zu", from, order - 1);
    if (basis == LOCI_LEGENDRE)
        output_format(out, "n %c_n(x) = (2n - 1) x %c_{n-1}(x) - (n - 1) %c_{n-2}(x), %s\n", symbol, symbol,
                      symbol, range);
    else
        output_format(out, "n %c_n(x) = (2n - 1 - x) %c_{n-1}(x) - (n - 1) %c_{n-2}(x), %s\n", symbol, symbol,
                      symbol, range);
}

static int write_text(const settings *s)
{
    char text[POLYNOMIAL_SIZE];
    output out;
    output_open(&out, s->output);
    const size_t most = polynomial_most(s->basis);
    for (size_t n = 0; n < s->order && n <= most; n++) {
        polynomial_write(text, s->basis, n);
        output_format(&out, "%s\n", text);
    }
    if (most < s->order - 1) write_rest(&out, s->basis, most + 1, s->order);
    return output_close(&out);
}

static int write_json(const settings *s)
{
    char text[POLYNOMIAL_SIZE];
    json_t *functions = json_array();
    for (size_t n = 0; n < s->order && n <= polynomial_most(s->basis); n++) {
        json_t *function = json_object();
        polynomial_write(text, s->basis, n);
        json_object_set_new(function, "n", json_integer((json_int_t)n));
        json_object_set_new(function, "text", json_string(text));
        if (s->basis != LOCI_FOURIER) {
            const polynomial p = polynomial_of(s->basis, n);
            json_t *numerators = json_array();
            for (size_t k = 0; k <= n; k++) json_array_append_new(numerators, json_integer(p.numerator[k]));
            json_object_set_new(function, "numerators", numerators);
            json_object_set_new(function, "denominator", json_integer(p.denominator));
        }
        json_array_append_new(functions, function);
    }
    json_t *object = json_object();
    json_object_set_new(object, "basis", json_string(kinds[s->basis].name));
    json_object_set_new(object, "order", json_integer((json_int_t)s->order));
    json_object_set_new(object, "functions", functions);
    output out;
    output_open(&out, s->output);
    output_json(&out, object);
    return output_close(&out);
}

/* --- curves --- */

/* table is [1 + order][points]: x, and the functions there; P_n on [-1, 1], l_n on [0, 4 order + 4], f_n on [0, 1]. */
static bool curves(double *table, const settings *s, size_t points)
{
    double *values = malloc(points * s->order * sizeof *values), *at = malloc(points * sizeof *at);
    const double length = s->basis == LOCI_LAGUERRE ? 4.0 * (double)(s->order + 1) : 1;
    bool good = values && at;
    for (size_t i = 0; i < points && good; i++) {
        const double part = (double)i / (double)(points - 1);
        table[i] = s->basis == LOCI_LEGENDRE ? 2 * part - 1 : part * length;
        at[i] = part * length;
    }
    good = good && loci_basis_evaluate(s->basis, LOCI_VALUE, values, at, points, s->order, NULL) == LOCI_OK;
    for (size_t n = 0; n < s->order && good; n++) {
        const double scale = s->basis == LOCI_LEGENDRE ? sqrt(2 * (double)n + 1) : 1;
        for (size_t i = 0; i < points; i++) table[(n + 1) * points + i] = values[i * s->order + n] / scale;
    }
    free(values);
    free(at);
    return good;
}

static int write_curves(const settings *s, const double *table, size_t points)
{
    if (s->output && ending_is(s->output, ".npy")) return output_npy(s->output, table, points, s->order + 1);
    output out;
    output_open(&out, s->output);
    output_text(&out, "x");
    for (size_t n = 0; n < s->order; n++) output_format(&out, ",%s_%zu", kinds[s->basis].symbol, n);
    output_text(&out, "\n");
    for (size_t i = 0; i < points; i++)
        for (size_t n = 0; n <= s->order; n++) {
            output_number(&out, table[n * points + i]);
            output_text(&out, n == s->order ? "\n" : ",");
        }
    return output_close(&out);
}

static int plot(const settings *s, const double *table, size_t points)
{
    char title[128];
    snprintf(title, sizeof title, "%s, n = 0 to %zu", kinds[s->basis].title, s->order - 1);
    chart *drawing = chart_create(&(chart_layout){.title = title, .subtitle = kinds[s->basis].subtitle});
    chart_panel(drawing, &(chart_axes){.x_label = "x"});
    for (size_t n = 0; n < s->order; n++) {
        char name[32];
        snprintf(name, sizeof name, "%s_%zu", kinds[s->basis].symbol, n);
        const bool many = s->order >= SHADES_FROM,
                   named = !many || n == 0 || n + 1 == s->order || s->order <= 16;
        chart_add(drawing, &(chart_series){.name = named ? name : NULL,
                                           .x = table,
                                           .y = table + (n + 1) * points,
                                           .count = points,
                                           .colour = many ? CHART_SHADE : CHART_NEXT,
                                           .shade = many ? (double)n / (double)(s->order - 1) : 0});
    }
    loci_error error;
    const loci_status status = chart_write(drawing, s->plot, &error);
    chart_destroy(drawing);
    return status == LOCI_OK ? STATUS_DONE : message_error(NULL, &error);
}

static int run(const settings *s)
{
    const bool to_file = s->output && strcmp(s->output, "-") != 0;
    /* Text and JSON go to a file of another name; curves where their number or their file is named. */
    const bool numbers =
        s->points != NOT_GIVEN || (to_file && (ending_is(s->output, ".csv") || ending_is(s->output, ".npy")));
    const bool drawn_instead = s->plot && !s->output && !s->json;
    const size_t points = s->points != NOT_GIVEN ? s->points : POINTS;
    if (!numbers && !drawn_instead) {
        const int status = s->json ? write_json(s) : write_text(s);
        if (status) return status;
    }
    if (!numbers && !s->plot) return STATUS_DONE;
    double *table = calloc(points * (s->order + 1), sizeof *table);
    if (!table || !curves(table, s, points)) {
        free(table);
        return message_memory();
    }
    int status = numbers ? write_curves(s, table, points) : STATUS_DONE;
    if (!status && s->plot) status = plot(s, table, points);
    free(table);
    return status;
}

int command_basis(int argc, char **argv)
{
    settings s = {.order = ORDER, .points = NOT_GIVEN};
    const option table[] = {
        {"order", 0, OPTION_COUNT, &s.order, "N", "how many functions (6)"},
        {"points", 0, OPTION_COUNT, &s.points, "P",
         "their values at P equally spaced points instead, as CSV (1001)"},
        {NULL, 0, OPTION_HEADING, NULL, NULL, "Where the answer goes:"},
        {"output", 'o', OPTION_OUTPUT, &s.output, "FILE",
         "values as CSV or as a NumPy array where FILE ends in .csv or .npy, JSON in .json, else what is printed (standard output)"},
        {"json", 0, OPTION_FLAG, &s.json, NULL, "JSON: numerators from x^0 up, and their denominator"},
        {"plot", 0, OPTION_OUTPUT, &s.plot, "FILE",
         "draw the curves instead of the text, which -o or --json asks for as well: .svg, .png, or '-': in the terminal"},
    };
    const options_page page = {
        .command = "basis",
        .synopsis = "legendre|laguerre|fourier [--order N] [OPTION]...",
        .purpose =
            "Print the functions that memories are made of: polynomials with exact coefficients (legendre to P_30, laguerre "
            "to L_18; above, the recurrence), or their curves. Curves are P_n(x) on [-1, 1], l_n(x) = exp(-x/2) L_n(x) on "
            "[0, 4N + 4], and f_n(x) on [0, 1].",
        .options = table,
        .count = sizeof table / sizeof table[0],
        .closing = "Examples:\n"
                   "  loci basis legendre --order 11\n"
                   "  loci basis laguerre --plot laguerre.svg -o laguerre.csv",
        .operand = "NAME",
        .least = 1,
        .most = 1,
    };
    const int status = options_parse(&page, &argc, argv);
    if (status != OPTIONS_GO) return status;
    const int wrong = usage_check(&s, argv[1]);
    return wrong ? wrong : run(&s);
}
