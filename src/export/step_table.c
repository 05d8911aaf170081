/* SPDX-License-Identifier: MIT
 * step_table.c - a row for each step. */
#include "export/step_table.h"

#include <string.h>

#include "export/steps/step_activation.h"
#include "export/steps/step_attention.h"
#include "export/steps/step_bank.h"
#include "export/steps/step_convolution.h"
#include "export/steps/step_int8.h"
#include "export/steps/step_recurrent.h"
#include "export/steps/step_s4.h"
#include "export/steps/step_s5.h"
#include "export/steps/step_selective.h"
#include "export/steps/step_vector.h"

#define TO(i) v[i].to
#define FROM(i) v[i].from
#define COUNTS(i) v[i].counts
#define BYTES(i) v[i].bytes
#define BYTES_TO(i) v[i].bytes_to
#define LONGS(i) v[i].longs
#define LONGS_FROM(i) v[i].longs_from
#define N(i) v[i].n
#define X(i) v[i].x

/* name, operands, its arguments, multiply-adds, exponentials and the like */
#define STEPS(STEP)                                                                                          \
    STEP(standardise, 5, (TO(0), FROM(1), FROM(2), FROM(3), N(4)), N(4), 0)                                  \
    STEP(in_units, 5, (TO(0), FROM(1), FROM(2), FROM(3), N(4)), N(4), 0)                                     \
    STEP(row_of, 5, (TO(0), FROM(1), FROM(2), N(3), N(4)), 0, 0)                                             \
    STEP(dense, 6, (TO(0), FROM(1), FROM(2), FROM(3), N(4), N(5)), N(4) * (double)N(5), 0)                   \
    STEP(dense_int8, 7, (TO(0), FROM(1), BYTES(2), FROM(3), FROM(4), N(5), N(6)), N(5) * (double)N(6), 0)    \
    STEP(dense_int8_whole, 10,                                                                               \
         (TO(0), FROM(1), BYTES_TO(2), X(3), X(4), BYTES(5), FROM(6), FROM(7), N(8), N(9)),                  \
         N(8) * (N(9) + 1.0), 0)                                                                             \
    STEP(add, 3, (TO(0), FROM(1), N(2)), N(2), 0)                                                            \
    STEP(add_scaled, 4, (TO(0), FROM(1), FROM(2), N(3)), N(3), 0)                                            \
    STEP(layer_norm, 5, (TO(0), FROM(1), FROM(2), FROM(3), N(4)), 4.0 * N(4), 1)                             \
    STEP(rms_norm, 4, (TO(0), FROM(1), FROM(2), N(3)), 3.0 * N(3), 1)                                        \
    STEP(mean_so_far, 6, (TO(0), TO(1), TO(2), COUNTS(3), FROM(4), N(5)), 9.0 * N(5), 0)                     \
    STEP(gelu, 3, (TO(0), FROM(1), N(2)), 3.0 * N(2), N(2))                                                  \
    STEP(gate, 4, (TO(0), FROM(1), FROM(2), N(3)), 2.0 * N(3), N(3))                                         \
    STEP(gate_silu, 4, (TO(0), FROM(1), FROM(2), N(3)), 3.0 * N(3), N(3))                                    \
    STEP(gate_gelu, 4, (TO(0), FROM(1), FROM(2), N(3)), 4.0 * N(3), N(3))                                    \
    STEP(softmax, 3, (TO(0), FROM(1), N(2)), N(2), N(2))                                                     \
    STEP(s4d, 9, (TO(0), TO(1), FROM(2), FROM(3), FROM(4), FROM(5), N(6), N(7), N(8)),                       \
         N(6) * (double)N(7) * (8.0 * N(8) + 1), 0)                                                          \
    STEP(s4, 13,                                                                                             \
         (TO(0), TO(1), FROM(2), FROM(3), FROM(4), FROM(5), FROM(6), FROM(7), FROM(8), N(9), N(10), N(11),   \
          N(12)),                                                                                            \
         N(9) * (double)N(10) * ((8.0 + 4.0 * N(12)) * N(11) + 1), 0)                                        \
    STEP(s4_ends, 8, (TO(0), TO(1), COUNTS(2), FROM(3), FROM(4), N(5), N(6), N(7)),                          \
         N(5) * (double)N(6) * N(7), 0)                                                                      \
    STEP(s5_modes, 4, (TO(0), FROM(1), FROM(2), N(3)), 6.0 * N(3), 0)                                        \
    STEP(s5_liquid, 4, (TO(0), FROM(1), FROM(2), N(3)), 8.0 * N(3), 0)                                       \
    STEP(gather_taps, 7, (TO(0), TO(1), COUNTS(2), FROM(3), N(4), N(5), N(6)), 0, 0)                         \
    STEP(short_convolution, 7, (TO(0), TO(1), FROM(2), FROM(3), FROM(4), N(5), N(6)), N(5) * (N(6) + 2.0),   \
         N(5))                                                                                               \
    STEP(selective, 10, (TO(0), TO(1), FROM(2), FROM(3), FROM(4), FROM(5), FROM(6), FROM(7), N(8), N(9)),    \
         N(8) * (4.0 * N(9) + 2), N(8) * (N(9) + 2.0))                                                       \
    STEP(selective_heads, 15,                                                                                \
         (TO(0), TO(1), FROM(2), FROM(3), FROM(4), FROM(5), FROM(6), FROM(7), FROM(8), X(9), X(10), N(11),   \
          N(12), N(13), N(14)),                                                                              \
         N(11) * (double)N(13) * (3.0 * N(14) + 2), 3.0 * N(11))                                             \
    STEP(turn, 5, (TO(0), LONGS_FROM(1), LONGS_FROM(2), N(3), N(4)), 2.0 * N(3) * N(4), N(4))                \
    STEP(sinusoids, 5, (TO(0), FROM(1), LONGS_FROM(2), LONGS_FROM(3), N(4)), N(4), N(4))                     \
    STEP(go_on, 1, (LONGS(0)), 0, 0)                                                                         \
    STEP(attend, 9, (TO(0), TO(1), TO(2), COUNTS(3), FROM(4), X(5), N(6), N(7), N(8)),                       \
         2.0 * N(6) * N(7) * N(8), N(6) * (double)N(8))                                                      \
    STEP(lstm_cell, 6, (TO(0), TO(1), TO(2), FROM(3), FROM(4), N(5)), 8.0 * N(5), 5.0 * N(5))                \
    STEP(gru_cell, 5, (TO(0), TO(1), FROM(2), FROM(3), N(4)), 7.0 * N(4), 3.0 * N(4))                        \
    STEP(bank, 10, (TO(0), TO(1), TO(2), FROM(3), FROM(4), FROM(5), FROM(6), FROM(7), N(8), N(9)),           \
         N(8) * (8.0 + N(9)), 0)                                                                             \
    STEP(bank_carry, 5, (TO(0), TO(1), TO(2), COUNTS(3), N(4)), 0, 0)                                        \
    STEP(bank_tell, 8, (TO(0), FROM(1), FROM(2), FROM(3), COUNTS(4), N(5), N(6), N(7)), 2.0 * N(5), N(5))    \
    STEP(mingru_cell, 4, (TO(0), TO(1), FROM(2), N(3)), 3.0 * N(3), N(3))

#define FUNCTIONS(name, operands, arguments, multiplies, functions)                                          \
    static void run_##name(const loci_value *v)                                                              \
    {                                                                                                        \
        name arguments;                                                                                      \
    }                                                                                                        \
    static double multiplies_##name(const loci_value *v)                                                     \
    {                                                                                                        \
        (void)v;                                                                                             \
        return multiplies;                                                                                   \
    }                                                                                                        \
    static double functions_##name(const loci_value *v)                                                      \
    {                                                                                                        \
        (void)v;                                                                                             \
        return functions;                                                                                    \
    }
STEPS(FUNCTIONS)

#define ROW(name, operands, arguments, multiplies, functions)                                                \
    {#name, operands, run_##name, multiplies_##name, functions_##name},
static const loci_step table[] = {STEPS(ROW)};

const loci_step *loci_step_find(const char *name)
{
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        if (strcmp(table[i].name, name) == 0) return &table[i];
    return NULL;
}
