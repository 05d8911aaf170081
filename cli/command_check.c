/* SPDX-License-Identifier: MIT
 * command_check.c - whether the forms of a system, or of a trained model, say the same. */
#include "shared/command.h"

#include <math.h>
#include <stdio.h>

#include "model/check_model.h"
#include "system/form_differences.h"
#include "system/system_option.h"
#include "shared/message.h"
#include "model/model_open.h"
#include "shared/options.h"
#include "shared/output.h"
#include "shared/words.h"

enum { LENGTH = 1000, NAME_WIDTH = 40 };
#define NOT_GIVEN SIZE_MAX

typedef struct {
    const char *discretization;
    size_t length, seed;
    bool json, random;
} settings;

static size_t failures(const form_differences *found)
{
    size_t count = 0;
    for (size_t i = 0; i < found->count; i++) count += !form_difference_passes(&found->items[i]);
    return count;
}

static int write_json(const form_differences *found)
{
    json_t *object = json_object(), *answers = json_object(), *states = json_object(),
           *left_out = json_array();
    for (size_t i = 0; i < found->count; i++) {
        char name[96];
        snprintf(name, sizeof name, "%s, %s", found->items[i].group, found->items[i].name);
        json_object_set_new(answers, name, output_json_number(found->items[i].answer));
        json_object_set_new(states, name, output_json_number(found->items[i].state));
    }
    for (size_t i = 0; i < LEFT_OUT_MOST; i++)
        if (found->left_out[i][0]) json_array_append_new(left_out, output_json_text(found->left_out[i]));
    json_object_set_new(object, "pass", json_boolean(failures(found) == 0));
    json_object_set_new(object, "tolerance", json_real(DIFFERENCE_SINGLE));
    json_object_set_new(object, "tolerance_double", json_real(DIFFERENCE_DOUBLE));
    json_object_set_new(object, "gaps", answers);
    json_object_set_new(object, "state_gaps", states);
    json_object_set_new(object, "left_out", left_out);
    output out;
    output_open(&out, NULL);
    output_json(&out, object);
    return output_close(&out);
}

static void write_number(output *out, double number)
{
    char text[32];
    if (isfinite(number))
        snprintf(text, sizeof text, number == 0 ? "0" : "%.1e", number);
    else
        snprintf(text, sizeof text, "not finite");
    output_cell(out, text, 12);
}

static int write_table(const form_differences *found, const system_option *g, const settings *s)
{
    char name[SYSTEM_OPTION_NAME_SIZE], samples[WORDS_SIZE];
    const char *group = "";
    int said = 0;
    output out;
    output_open(&out, NULL);
    output_format(&out, "%.200s: %s\n", g->text, system_option_name(g, name));
    output_format(&out, "%s, %s of noise, cut after %zu, %zu and %zu; the largest answer is %.3g\n",
                  loci_discretization_name(g->discretization), words_plural(samples, s->length, "sample"),
                  found->cuts[1], found->cuts[2], found->cuts[3], found->largest);
    for (size_t i = 0; i < found->count; i++) {
        const form_difference *item = &found->items[i];
        if (item->group != group) {
            output_text(&out, "\n");
            output_cell(&out, item->group, NAME_WIDTH);
            output_text(&out, "gap         of state    bound\n");
            group = item->group;
        }
        output_text(&out, "  ");
        output_cell(&out, item->name, NAME_WIDTH - 2);
        write_number(&out, item->answer);
        write_number(&out, item->state);
        write_number(&out, item->bound);
        output_text(&out, form_difference_passes(item) ? "ok\n" : "FAILED\n");
    }
    for (size_t i = 0; i < LEFT_OUT_MOST; i++)
        if (found->left_out[i][0])
            output_format(&out, "%sleft out: %s\n", said++ ? "" : "\n", found->left_out[i]);
    const size_t failed = failures(found);
    if (failed)
        output_format(&out, "\n%zu of %zu gaps exceed%s their bounds\n", failed, found->count,
                      failed == 1 ? "s" : "");
    else
        output_format(&out, "\nall %zu gaps are within their bounds\n", found->count);
    return output_close(&out);
}

static int check(const system_option *g, const settings *s)
{
    char samples[WORDS_SIZE], thing[2 * WORDS_SIZE];
    snprintf(thing, sizeof thing, "running %s in every form", words_plural(samples, s->length, "sample"));
    int status =
        system_option_room(18.0 * (double)s->length * (double)g->system->copies, "check: --length", thing);
    if (!status) status = system_option_warn(g, false);
    if (status) return status;
    form_differences found;
    loci_error error;
    if (form_differences_measure(&found, g->system, g->discretization, s->length, s->seed, &error) != LOCI_OK)
        return message_error(g->text, &error);
    status = s->json ? write_json(&found) : write_table(&found, g, s);
    return status ? status : failures(&found) ? STATUS_FAILED : STATUS_DONE;
}

static int check_system(settings *s, const char *system)
{
    system_option g = {0};
    if (s->length == NOT_GIVEN) s->length = LENGTH;
    int status = system_option_open(&g, system, s->discretization, "check");
    if (!status) status = check(&g, s);
    system_option_release(&g);
    return status;
}

static int usage_check(const settings *s, bool model, const char *what, const char *data)
{
    if (s->length == 0) return message_usage("check: --length is 0; at least 1 was expected");
    if (data && !model)
        return message_usage("check: %s is no model, and systems are run on noise; %s is one too many", what,
                             data);
    if (s->random && !model)
        return message_usage("check: --random is for models; %s is none, and systems are run on noise anyway",
                             what);
    if (data && s->random) return message_usage("check: --random and %s exclude each other", data);
    if (model && s->discretization)
        return message_usage("check: --discretization is for systems; %s, a model, has its own", what);
    return STATUS_DONE;
}

int command_check(int argc, char **argv)
{
    settings s = {.length = NOT_GIVEN};
    const option table[] = {
        {"length", 0, OPTION_COUNT, &s.length, "L",
         "samples to run (a system 1000, a model 16384, attention without a window 2048)"},
        {"random", 0, OPTION_FLAG, &s.random, NULL, "run a model on noise (without DATA)"},
        {"discretization", 0, OPTION_TEXT, &s.discretization, "NAME",
         "of a system: zoh, foh, bilinear, backward or euler (zoh; for diagonal plus low rank, which zoh would make dense, "
         "bilinear)"},
        {"seed", 0, OPTION_COUNT, &s.seed, "S", "of the noise and the places of the cuts (0)"},
        {"json", 0, OPTION_FLAG, &s.json, NULL, "JSON instead of a table"},
    };
    const options_page page = {
        .command = "check",
        .synopsis = "SYSTEM [OPTION]...\nMODEL [DATA|--random] [OPTION]...",
        .purpose =
            "Run noise through every form of a linear system, in double and in float, whole and cut into four pieces at "
            "random places with the state handed on, and say how far the answers are from one another, as a share of the "
            "largest. The status is 1 where a gap exceeds its bound: 1e-10 in double, 1e-4 where float takes part.\n"
            "\n"
            "Of a trained model: noise or data as whole sequences, sample by sample, cut at random, restored and forked; gaps "
            "are shares of the range of the answers, their bounds 1e-9 in double, 1e-4 in float, and 0 for a stream that was "
            "cut. DATA is a signal as 'loci stream' takes, or the folder of a data set.\n"
            "\n" SYSTEM_OPTION_HELP,
        .options = table,
        .count = sizeof table / sizeof table[0],
        .closing = "Examples:\n"
                   "  loci check s4d-lin:64,copies=4\n"
                   "  loci check s4-legs:32 --length 16384\n"
                   "  loci check trained.npz --discretization bilinear --json\n"
                   "  loci check digits.safetensors",
        .operand = "SYSTEM or MODEL",
        .least = 1,
        .most = 2,
    };
    const int status = options_parse(&page, &argc, argv);
    if (status != OPTIONS_GO) return status;
    const char *data = argc > 2 ? argv[2] : NULL;
    const bool model = model_is_at(argv[1]);
    const int wrong = usage_check(&s, model, argv[1], data);
    if (wrong) return wrong;
    if (!model) return check_system(&s, argv[1]);
    return check_model(argv[1], data, s.length == NOT_GIVEN ? 0 : s.length, s.seed, s.json);
}
