/* SPDX-License-Identifier: MIT
 * lower_recurrent.c - LSTM, GRU and minimal GRU. */
#include "export/lower.h"

/* Products with x and with h, of so many gates each; h is the first field of the layer. */
typedef struct {
    loci_place h, x, u;
} products;

static products multiply(const loci_lowering *l, loci_place x, const char *name, size_t inputs, size_t gates)
{
    const size_t H = l->c->width;
    products g = {.h = loci_lower_field(l, name, "h", LOCI_WORD_FLOAT, H)};
    g.x = loci_lower_dense(l, x, name, "weight_ih_l0", "bias_ih_l0", inputs, gates * H);
    g.u = loci_lower_dense(l, g.h, name, "weight_hh_l0", "bias_hh_l0", H, gates * H);
    return g;
}

loci_place loci_lower_lstm(const loci_lowering *l, loci_place x, const char *name, size_t inputs)
{
    const size_t H = l->c->width;
    loci_program_note(l->p, "%s: a long short-term memory", name);
    const products g = multiply(l, x, name, inputs, 4);
    const loci_place c = loci_lower_field(l, name, "c", LOCI_WORD_FLOAT, H), y = loci_program_take(l->p, H);
    LOCI_DO(l->p, lstm_cell, y, g.h, c, g.x, g.u, loci_number(H));
    loci_program_give(l->p, g.x), loci_program_give(l->p, g.u);
    return y;
}

loci_place loci_lower_gru(const loci_lowering *l, loci_place x, const char *name, size_t inputs)
{
    const size_t H = l->c->width;
    loci_program_note(l->p, "%s: a gated recurrent unit", name);
    const products g = multiply(l, x, name, inputs, 3);
    const loci_place y = loci_program_take(l->p, H);
    LOCI_DO(l->p, gru_cell, y, g.h, g.x, g.u, loci_number(H));
    loci_program_give(l->p, g.x), loci_program_give(l->p, g.u);
    return y;
}

loci_place loci_lower_mingru(const loci_lowering *l, loci_place x, const char *name, size_t inputs)
{
    const size_t H = l->c->width;
    loci_program_note(l->p, "%s: a minimal gated recurrent unit", name);
    const loci_place g = loci_lower_dense(l, x, name, "weight", "bias", inputs, 2 * H),
                     y = loci_program_take(l->p, H);
    LOCI_DO(l->p, mingru_cell, y, loci_lower_field(l, name, "h", LOCI_WORD_FLOAT, H), g, loci_number(H));
    loci_program_give(l->p, g);
    return y;
}
