/* SPDX-License-Identifier: MIT
 * command_identify.c - the rule behind a sequence: its order, recurrence and poles, how it goes on, and a system that gives it. */
#include "shared/command.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <loci/init.h>
#include <loci/rule.h>

#include "shared/message.h"
#include "shared/output.h"
#include "shared/overwrite.h"
#include "shared/source.h"
#include "shared/words.h"

#define NOT_GIVEN SIZE_MAX
#define ROUNDING 1e-12 /* of a singular value, over the largest */

enum { SINGULAR_SHOWN = 10 };

typedef struct {
    source_options source;
    const char *output;
    size_t order, next;
    bool json;
} settings;

typedef struct {
    const char *path; /* in messages */
    double *y, dt;
    size_t count;
    bool timed; /* dt is known, not just 1 */
} sequence;

typedef struct {
    loci_rule *rule;
    loci_rule_info info;
    double *next; /* [settings.next] */
    char *digits; /* of a whole rule: a line a term */
    loci_system *system;
    loci_discretization discretization;
} result;

static bool sequence_add(sequence *q, double value)
{
    if (q->count % 1024 == 0) {
        double *larger = realloc(q->y, (q->count + 1024) * sizeof *q->y);
        if (!larger) return false;
        q->y = larger;
    }
    q->y[q->count++] = value;
    return true;
}

/* Numbers on the command line: each operand is one, or several with commas or blanks between. 1: they are none. */
static int sequence_of_words(sequence *q, int count, char **words)
{
    for (int i = 0; i < count; i++) {
        char *copy = strdup(words[i]), *rest = copy;
        int status = copy ? STATUS_DONE : message_memory();
        for (char *word; !status && (word = strtok_r(rest, ", \t\n", &rest));) {
            double value;
            if (!options_number(&value, word))
                status = STATUS_USAGE;
            else if (!sequence_add(q, value))
                status = message_memory();
        }
        free(copy);
        if (status) return status;
    }
    return q->count ? STATUS_DONE : STATUS_USAGE;
}

static int sequence_of_source(sequence *q, const char *path, const settings *s)
{
    source from;
    int status = source_open(&from, path, &s->source, 0);
    const size_t channels = status ? 0 : from.info.channels;
    while (!status && from.count) {
        const bool one = from.samples == 0 && from.count == 1; /* a single row is a sequence that lies down */
        if (channels > 1 && !one) {
            status = message_fail("%s: it has %zu channels; one sequence was expected (--column chooses)",
                                  from.path, channels);
            break;
        }
        for (size_t i = 0; i < from.count * channels && !status; i++) {
            char place[64];
            loci_signal_position(from.signal, i / channels, place, sizeof place);
            if (isnan(from.u[i]))
                status = message_fail("%s: %s: a value is missing; a sequence without gaps was expected",
                                      from.path, place);
            else if (q->count == LOCI_RULE_TERMS_MAX)
                status = message_fail("%s: it has more than %d terms; that many at most were expected",
                                      from.path, LOCI_RULE_TERMS_MAX);
            else if (!sequence_add(q, from.u[i]))
                status = message_memory();
        }
        if (!status) status = source_next(&from);
    }
    if (!status) {
        q->timed = from.info.rate > 0 || !isnan(s->source.rate);
        q->dt = q->timed ? from.dt : 1;
    }
    q->path = message_name(path);
    source_close(&from);
    return status;
}

static int sequence_read(sequence *q, int count, char **operands, const settings *s)
{
    struct stat about;
    *q = (sequence){.path = "the sequence", .dt = 1};
    if (count == 1 && (strcmp(operands[0], "-") == 0 || stat(operands[0], &about) == 0))
        return sequence_of_source(q, operands[0], s);
    const int status = sequence_of_words(q, count, operands);
    if (status == STATUS_USAGE && count == 1)
        return sequence_of_source(q, operands[0], s); /* it says what is wrong */
    if (status == STATUS_USAGE)
        return message_usage(
            "identify: a file, or numbers, was expected, and not all of the operands are numbers");
    if (status) return status;
    source_options content = s->source;
    content.rate = NAN;
    if (source_asked(&content))
        return message_usage(
            "identify: --column, --header, --raw and their like are for files; the terms stand on the command line");
    if (!isnan(s->source.rate)) q->dt = 1 / s->source.rate;
    q->timed = !isnan(s->source.rate);
    return STATUS_DONE;
}

/* --- what was found --- */

static double rounded(double x, double unit)
{
    const double near = round(x);
    return fabs(x - near) <= 1e-12 * unit ? near + 0.0 : x;
}

static void recurrence_write(output *out, const result *r)
{
    const double *a = loci_rule_coefficients(r->rule);
    const size_t order = r->info.order, shown = order <= 12 ? order : 12;
    char text[WORDS_SIZE];
    bool first = true;
    output_text(out, "recurrence   y[k] =");
    for (size_t i = 0; i < shown; i++) {
        const double c = r->info.noise > 0 ? a[i] : rounded(a[i], 1);
        if (c == 0) continue;
        if (r->info.whole || r->info.noise == 0 || c == round(c))
            words_number(text, fabs(c));
        else
            snprintf(text, sizeof text, "%.10g", fabs(c));
        output_format(out, "%s%s%sy[k-%zu]", first ? (c < 0 ? " -" : " ") : (c < 0 ? " - " : " + "),
                      fabs(c) == 1 ? "" : text, fabs(c) == 1 ? "" : " ", i + 1);
        first = false;
    }
    if (first) output_text(out, " 0");
    if (shown < order) output_format(out, " + ... (%zu coefficients; --json has all)", order);
    output_text(out, "\n");
}

/* A pair of poles is one row. */
static void poles_write(output *out, const result *r, const sequence *q)
{
    const double *im, *re = loci_rule_poles(r->rule, &im);
    char text[WORDS_SIZE];
    output_format(out, "\n%-26s %12s %14s %18s\n", "pole", "magnitude", q->timed ? "period" : "period, terms",
                  q->timed ? "time constant" : "time const., terms");
    for (size_t i = 0; i < r->info.order; i++) {
        if (im[i] < 0) continue;
        const double size = hypot(re[i], im[i]), angle = atan2(im[i], re[i]), unit = fmax(size, 1e-300);
        const double period = angle != 0 ? 2 * acos(-1) / angle * r->info.dt : INFINITY,
                     fades = -r->info.dt / log(size);
        char pole[64], turn[WORDS_SIZE] = "-", life[WORDS_SIZE + 8];
        if (im[i] != 0)
            snprintf(pole, sizeof pole, "%.10g +- %.10gi", rounded(re[i], unit), im[i]);
        else
            snprintf(pole, sizeof pole, "%.10g", rounded(re[i], unit));
        if (isfinite(period)) {
            if (q->timed)
                words_duration(turn, period);
            else
                snprintf(turn, sizeof turn, "%.6g", period);
        }
        if (size == 0)
            snprintf(life, sizeof life, "gone at once");
        else if (fabs(log(size)) < 1e-12)
            snprintf(life, sizeof life, "steady");
        else if (q->timed)
            snprintf(life, sizeof life, "%s%s", words_duration(text, fabs(fades)),
                     fades < 0 ? ", grows" : "");
        else
            snprintf(life, sizeof life, "%.6g%s", fabs(fades), fades < 0 ? ", grows" : "");
        output_format(out, "%-26s %12.8g %14s %18s\n", pole, size, turn, life);
    }
}

static void text_write(output *out, const result *r, const sequence *q, const settings *s)
{
    const loci_rule_info *info = &r->info;
    const double *singular = loci_rule_singular(r->rule);
    char text[WORDS_SIZE];
    output_format(out, "order        %zu, from %s", info->order, words_plural(text, info->terms, "term"));
    if (info->whole)
        output_text(out, "; whole numbers, exact\n");
    else if (info->noise <= 1e-11 * info->rms)
        output_text(out, "; exact to rounding\n");
    else
        output_format(out, "; what it leaves is %.3g %% of the sequence (rms), %.3g\n",
                      100 * info->noise / info->rms, info->noise);
    recurrence_write(out, r);
    output_text(out, "singular     ");
    for (size_t i = 0; i < info->singular && i < info->order + 2 && i < SINGULAR_SHOWN; i++)
        output_format(out, "%s%.4g",
                      i == 0             ? ""
                      : i == info->order ? " | "
                                         : " ",
                      singular[i] > ROUNDING * singular[0] ? singular[i] : 0.0);
    if (info->singular > SINGULAR_SHOWN && info->order + 2 > SINGULAR_SHOWN) output_text(out, " ...");
    if (info->gap < 1 / ROUNDING)
        output_format(out, "; the gap behind %zu is %.3g\n", info->order, info->gap);
    else
        output_format(out, "; nothing but rounding behind %zu\n", info->order);
    poles_write(out, r, q);
    if (!s->next) return;
    output_text(out, "\nnext\n");
    if (r->digits) {
        output_text(out, r->digits);
        return;
    }
    for (size_t i = 0; i < s->next; i++) {
        if (info->noise <= 1e-11 * info->rms)
            output_format(out, "%.12g", rounded(r->next[i], fmax(1, fabs(r->next[i]))));
        else
            output_format(out, "%.6g", r->next[i]);
        output_text(out, "\n");
    }
}

static void json_write(output *out, const result *r, const settings *s)
{
    const loci_rule_info *info = &r->info;
    const double *a = loci_rule_coefficients(r->rule), *im, *re = loci_rule_poles(r->rule, &im),
                 *singular = loci_rule_singular(r->rule);
    json_t *object = json_object(), *coefficients = json_array(), *poles = json_array(),
           *values = json_array(), *next = json_array();
    for (size_t i = 0; i < info->order; i++) {
        const double size = hypot(re[i], im[i]), angle = atan2(im[i], re[i]);
        json_array_append_new(coefficients, output_json_number(a[i]));
        json_array_append_new(
            poles, json_pack("{so so so so so}", "re", output_json_number(re[i]), "im",
                             output_json_number(im[i]), "magnitude", output_json_number(size), "period",
                             output_json_number(angle != 0 ? 2 * acos(-1) / fabs(angle) * info->dt : NAN),
                             "time_constant",
                             output_json_number(size > 0 && log(size) != 0 ? -info->dt / log(size) : NAN)));
    }
    for (size_t i = 0; i < info->singular; i++)
        json_array_append_new(values, output_json_number(singular[i]));
    for (size_t i = 0; i < s->next; i++) json_array_append_new(next, output_json_number(r->next[i]));
    json_object_set_new(object, "order", json_integer((json_int_t)info->order));
    json_object_set_new(object, "terms", json_integer((json_int_t)info->terms));
    json_object_set_new(object, "whole", json_boolean(info->whole));
    json_object_set_new(object, "coefficients", coefficients);
    json_object_set_new(object, "noise", output_json_number(info->noise));
    json_object_set_new(object, "rms", output_json_number(info->rms));
    json_object_set_new(object, "gap", output_json_number(isfinite(info->gap) ? info->gap : NAN));
    json_object_set_new(object, "singular_values", values);
    json_object_set_new(object, "poles", poles);
    json_object_set_new(object, "next", next);
    if (r->digits) { /* as text: whole numbers of any size */
        json_t *exact = json_array();
        for (char *line = r->digits, *end; (end = strchr(line, '\n')); line = end + 1)
            json_array_append_new(exact, json_stringn(line, (size_t)(end - line)));
        json_object_set_new(object, "next_exact", exact);
    }
    if (r->system)
        json_object_set_new(object, "discretization",
                            json_string(loci_discretization_name(r->discretization)));
    output_json(out, object);
}

static int system_write(result *r, const settings *s)
{
    loci_error error;
    void *bytes;
    size_t size;
    if (loci_system_save(r->system, &bytes, &size, &error) != LOCI_OK) return message_error(NULL, &error);
    const int status = output_file(s->output, bytes, size);
    free(bytes);
    if (!status && r->discretization == LOCI_EULER)
        message_note("%s: its poles are 0 or not each for itself, so it is meant for --discretization euler",
                     s->output);
    return status;
}

/* Whole numbers of which some are more than doubles tell apart: what was found is a rule of what they were rounded to. */
static void rounded_tell(const sequence *q)
{
    bool large = false;
    for (size_t k = 0; k < q->count; k++) {
        if (q->y[k] != floor(q->y[k])) return;
        large = large || fabs(q->y[k]) >= 0x1p53;
    }
    if (large)
        message_note(
            "%s: whole numbers of 2^53 and more are rounded when they are read, and what is exact is looked for only where all are smaller; "
            "the terms before them may show more",
            q->path);
}

static int identify(const sequence *q, result *r, const settings *s)
{
    loci_error error;
    const loci_rule_options options = {
        .size = sizeof options, .order = s->order == NOT_GIVEN ? 0 : s->order, .dt = q->dt};
    if (loci_rule_find(&r->rule, q->y, q->count, &options, &error) != LOCI_OK)
        return message_fail("%s: %s", q->path, error.text);
    r->info = loci_rule_inspect(r->rule);
    rounded_tell(q);
    r->next = malloc((s->next + 1) * sizeof *r->next);
    if (!r->next) return message_memory();
    if (loci_rule_continue(r->rule, r->next, s->next, &error) != LOCI_OK ||
        (r->info.whole && loci_rule_digits(r->rule, &r->digits, s->next, &error) != LOCI_OK) ||
        (s->output && loci_rule_system(r->rule, &r->system, &r->discretization, &error) != LOCI_OK))
        return message_fail("%s: %s", q->path, error.text);
    output out;
    output_open(&out, NULL);
    if (s->json)
        json_write(&out, r, s);
    else
        text_write(&out, r, q, s);
    const int status = s->output && !out.reason ? system_write(r, s) : STATUS_DONE;
    if (!status) return output_close(&out);
    output_abandon(&out);
    return status;
}

static int usage_check(const settings *s, const char *const *operands, size_t count)
{
    if (s->order == 0 || (s->order != NOT_GIVEN && s->order > LOCI_RULE_ORDER_MAX))
        return message_usage("identify: --order is %zu; 1 to %d was expected", s->order, LOCI_RULE_ORDER_MAX);
    if (s->next > LOCI_RULE_NEXT_MAX)
        return message_usage("identify: --next is %zu; 0 to %d was expected", s->next, LOCI_RULE_NEXT_MAX);
    const size_t length = s->output ? strlen(s->output) : 0;
    if (s->output && (length < 4 || strcmp(s->output + length - 4, ".npz") != 0))
        return message_usage("identify: -o is %s; a file that ends in .npz was expected for the system",
                             s->output);
    const int clash =
        overwrite_check(&(overwrite_files){operands, &s->output, count, 1, NULL, false}, "identify");
    return clash ? clash : source_check(&s->source, "identify");
}

int command_identify(int argc, char **argv)
{
    settings s = {.source = SOURCE_DEFAULTS, .order = NOT_GIVEN, .next = 16};
    const option table[] = {
        {"order", 0, OPTION_COUNT, &s.order, "N",
         "the best rule of this order, whatever it leaves (the order that the data show)"},
        {"next", 0, OPTION_COUNT, &s.next, "K", "print so many terms that follow (16)"},
        {"output", 'o', OPTION_OUTPUT, &s.output, "SYSTEM.npz",
         "write a system that answers a single 1 with the sequence, for simulate and check"},
        {"json", 0, OPTION_FLAG, &s.json, NULL, "print everything as JSON"},
        {NULL, 0, OPTION_HEADING, NULL, NULL, "The sequence:"},
        {"rate", 0, OPTION_NUMBER, &s.source.rate, "HZ",
         "terms a second, where the file does not tell (none: periods are in terms)"},
        SOURCE_CONTENT_OPTIONS(s.source, "the only one"),
    };
    const options_page page = {
        .command = "identify",
        .synopsis = "SEQUENCE|NUMBER... [OPTION]...",
        .purpose =
            "Find the rule behind a sequence: the smallest linear system whose free response it is, its recurrence and poles, and how it "
            "goes on. Whole numbers below 2^53 are continued exactly, however large they become. Where the terms show no rule, that is said, "
            "with status 1.",
        .options = table,
        .count = sizeof table / sizeof table[0],
        .closing = "Numbers below 0 on the command line stand behind --, at its end.\n\nExamples:\n"
                   "  loci identify 1 1 2 3 5 8 13 21\n"
                   "  loci identify ringing.csv --rate 1000 -o ringing.npz",
        .operand = "SEQUENCE",
        .least = 1,
        .most = SIZE_MAX,
    };
    sequence q = {0};
    result r = {0};
    int status = options_parse(&page, &argc, argv);
    if (status == OPTIONS_GO) {
        status = usage_check(&s, (const char *const *)argv + 1, (size_t)argc - 1);
        if (!status) status = sequence_read(&q, argc - 1, argv + 1, &s);
        if (!status) status = identify(&q, &r, &s);
    }
    loci_rule_free(r.rule);
    loci_system_free(r.system);
    free(r.next);
    free(r.digits);
    free(q.y);
    options_release(&s.source.columns);
    return status;
}
