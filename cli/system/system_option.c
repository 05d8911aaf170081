/* SPDX-License-Identifier: MIT
 * system_option.c - a system from the command line: read, checked, warned of, and told in words. */
#include "system/system_option.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "shared/ending.h"
#include "shared/message.h"
#include "shared/options.h"
#include "shared/words.h"

static const char *const kinds[] = {"legs",    "legt",    "fout",    "lagt",     "s4-legs",  "s4-legt",
                                    "s4-fout", "s4d-lin", "s4d-inv", "s4d-legs", "s4d-real", "s5"};
enum { KINDS = sizeof kinds / sizeof kinds[0] };

/* The text up to its colon (or comma): a kind? Otherwise which may have been meant. */
static int kind_check(const system_option *g)
{
    char word[32];
    const size_t length = strcspn(g->text, ":,");
    if (length >= sizeof word)
        return message_usage("%s: \"%s\" is neither a system, as legs:64, nor an .npz file", g->command,
                             g->text);
    memcpy(word, g->text, length);
    word[length] = 0;
    for (size_t i = 0; i < KINDS; i++)
        if (strcmp(word, kinds[i]) == 0) return STATUS_DONE;
    const char *nearest = options_nearest(word, kinds, KINDS, sizeof kinds[0]);
    if (nearest)
        return message_usage("%s: \"%s\" is no system; did you mean %s%s?", g->command, g->text, nearest,
                             g->text[length] ? g->text + length : ":64");
    return message_usage(
        "%s: \"%s\" is no system; KIND:N with legs, legt, fout, lagt, s4-legs, s4-legt, s4-fout, "
        "s4d-lin, s4d-inv, s4d-legs, s4d-real or s5 was expected, or an .npz file",
        g->command, g->text);
}

static int discretization_settle(system_option *g, const char *name)
{
    static const char *const names[] = {"zoh", "foh", "bilinear", "backward", "euler"};
    g->discretization = g->system->structure == LOCI_DPLR ? LOCI_BILINEAR : LOCI_ZOH;
    loci_error error;
    if (!name || loci_discretization_parse(&g->discretization, name, &error) == LOCI_OK) return STATUS_DONE;
    const char *nearest = options_nearest(name, names, sizeof names / sizeof names[0], sizeof names[0]);
    if (nearest)
        return message_usage("%s: --discretization is \"%s\"; did you mean %s?", g->command, name, nearest);
    return message_usage("%s: --discretization is \"%s\"; zoh, foh, bilinear, backward or euler was expected",
                         g->command, name);
}

int system_option_open(system_option *g, const char *text, const char *discretization, const char *command)
{
    *g = (system_option){.text = text, .command = command, .from_file = ending_is(text, ".npz")};
    g->stepped = g->from_file || strstr(text, ",dt=");
    int status = g->from_file ? STATUS_DONE : kind_check(g);
    if (status) return status;
    loci_error error;
    if (loci_system_parse(&g->system, text, &error) != LOCI_OK) {
        g->system = NULL;
        if (!g->from_file && error.status != LOCI_E_MEMORY)
            return message_usage("%s: %s", command, error.text);
        return message_error(g->from_file ? text : NULL, &error);
    }
    return discretization_settle(g, discretization);
}

void system_option_release(system_option *g)
{
    loci_system_free(g->system);
    *g = (system_option){0};
}

void system_option_step(system_option *g, double dt)
{
    for (size_t h = 0; h < g->system->copies; h++) g->system->dt[h] = dt;
}

bool system_option_even(const system_option *g)
{
    for (size_t h = 1; h < g->system->copies; h++)
        if (g->system->dt[h] != g->system->dt[0]) return false;
    return true;
}

int system_option_warn(const system_option *g, bool continuous)
{
    loci_error error;
    size_t copy;
    double growth = 0;
    /* What is made from a kind is stable. */
    if (g->from_file && loci_system_growth(g->system, &growth, &copy, &error) != LOCI_OK)
        return message_error(g->text, &error);
    if (growth > 0) {
        message_warn("%s: copy %zu is unstable: its state grows as exp(%.3g t), without bound", g->text, copy,
                     growth);
        return STATUS_DONE;
    }
    if (g->discretization != LOCI_EULER || continuous) return STATUS_DONE;
    loci_ssm *recurrence;
    const loci_ssm_options options = {.form = LOCI_RECURRENT, .discretization = LOCI_EULER};
    if (loci_ssm_create(&recurrence, g->system, &options, &error) != LOCI_OK)
        return message_error(g->text, &error);
    const double radius = loci_ssm_radius(recurrence);
    loci_ssm_free(recurrence);
    if (radius > 1 + 1e-9)
        message_warn(
            "%s: unstable under euler, though the system itself is not: each step grows by a factor of up to %.4g; "
            "a smaller dt or another discretization would not",
            g->text, radius);
    return STATUS_DONE;
}

const char *system_option_name(const system_option *g, char *text)
{
    const loci_system *s = g->system;
    char first[WORDS_SIZE], last[WORDS_SIZE], copies[WORDS_SIZE];
    double least = s->dt[0], most = s->dt[0];
    for (size_t h = 1; h < s->copies; h++) {
        least = fmin(least, s->dt[h]);
        most = fmax(most, s->dt[h]);
    }
    snprintf(first, sizeof first, "%.4g", least);
    snprintf(last, sizeof last, "%.4g", most);
    words_count(copies, s->copies);
    snprintf(text, SYSTEM_OPTION_NAME_SIZE, "%s, order %zu, %s %s, dt %s%s%s s",
             loci_structure_name(s->structure), s->order, copies, s->copies == 1 ? "copy" : "copies", first,
             least < most ? " to " : "", least < most ? last : "");
    return text;
}

int system_option_room(double doubles, const char *subject, const char *thing)
{
    double room = (double)SIZE_MAX / 2;
#ifdef _SC_PHYS_PAGES
    const long pages = sysconf(_SC_PHYS_PAGES), size = sysconf(_SC_PAGESIZE);
    if (pages > 0 && size > 0) room = (double)pages * (double)size;
#endif
    const double bytes = doubles * sizeof(double);
    if (bytes <= room) return STATUS_DONE;
    char needed[WORDS_SIZE], there[WORDS_SIZE];
    return message_fail("%s: %s needs %s of memory; this machine has %s", subject, thing,
                        words_bytes(needed, bytes), words_bytes(there, room));
}
