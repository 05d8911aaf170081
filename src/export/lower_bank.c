/* SPDX-License-Identifier: MIT
 * lower_bank.c - banks of oscillators: modes are drawn from the model's seed here, and are constants there. */
#include "export/lower.h"

#include <stdio.h>

#include "base/allocate.h"
#include "layer/bank_loops.h"
#include "model/model_bank.h"

/* Rows `first` to `first + count - 1` of the bank's tables, of each mode one behind the other. */
static loci_place rows(const loci_lowering *l, const loci_model_bank *bank, const char *name,
                       const char *part, size_t first, size_t count, size_t modes)
{
    char whole[LOCI_PARAMETER_NAME];
    float *values = loci_allocate_by(loci_allocator_of(l->p), modes * count, sizeof *values);
    if (!values) {
        loci_program_fail(l->p, LOCI_E_MEMORY, "out of memory for layer %s", name);
        return loci_none();
    }
    for (size_t m = 0; m < modes; m++)
        for (size_t k = 0; k < count; k++)
            values[m * count + k] = loci_model_bank_constant(bank, first + k, m);
    snprintf(whole, sizeof whole, "%s.%s", name, part);
    const loci_place place = loci_program_constant(l->p, whole, LOCI_WORD_FLOAT, values, modes * count);
    loci_free(values);
    return place;
}

static loci_place field(const loci_lowering *l, const char *name, const char *part, loci_word word,
                        size_t count)
{
    char whole[LOCI_PARAMETER_NAME];
    snprintf(whole, sizeof whole, "%s.%s", name, part);
    return loci_program_field(l->p, whole, word, count);
}

loci_place loci_lower_bank(const loci_lowering *l, loci_place x, const char *name, size_t inputs)
{
    const int shares = l->c->statistics != LOCI_STATISTICS_POWER,
              power = l->c->statistics != LOCI_STATISTICS_SHARES;
    const size_t modes = l->c->width / loci_model_bank_each(l->c->statistics);
    loci_model_bank *bank;
    loci_error error;
    const loci_status status = loci_model_bank_open(&bank, l->model, &error);
    if (status) {
        loci_program_fail(l->p, status, "%s", error.text);
        return loci_none();
    }
    loci_model_bank_prepare(bank, l->model, 1);
    const loci_place orbit = field(l, name, "x", LOCI_WORD_FLOAT, 2 * modes),
                     sums = field(l, name, "sums", LOCI_WORD_FLOAT, 3 * modes),
                     whole = field(l, name, "whole", LOCI_WORD_FLOAT, 3 * modes),
                     lost = field(l, name, "lost", LOCI_WORD_FLOAT, 3 * modes),
                     before = field(l, name, "before", LOCI_WORD_FLOAT, inputs),
                     samples = field(l, name, "samples", LOCI_WORD_U32, 2);
    loci_program_note(l->p, "%s: %zu oscillators", name, modes);
    LOCI_DO(l->p, bank, orbit, sums, before, x, rows(l, bank, name, "z", LOCI_BANK_Z_RE, 2, modes),
            rows(l, bank, name, "b", LOCI_BANK_B_RE, 2, modes),
            inputs == 1 ? loci_none() : rows(l, bank, name, "mix", LOCI_BANK_MIX, inputs, modes),
            shares ? rows(l, bank, name, "above", LOCI_BANK_ABOVE, 2, modes) : loci_none(),
            loci_number(modes), loci_number(inputs));
    LOCI_DO(l->p, bank_carry, whole, lost, sums, samples, loci_number(3 * modes));
    loci_model_bank_close(bank);
    loci_program_answer(l->p);
    const loci_place y = loci_program_take(l->p, l->c->width);
    loci_program_note(l->p, "what is told of them: of all samples so far");
    LOCI_DO(l->p, bank_tell, y, whole, lost, sums, samples, loci_number(modes), loci_number((size_t)shares),
            loci_number((size_t)power));
    return y;
}
