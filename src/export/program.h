/* SPDX-License-Identifier: MIT
 * export/program.h - a step of a model as a list of calls: each of a step (steps.h) with its operands.
 *
 * Operands are places in what comes in and goes out, in rooms (floats that live as long as one sample; taken and given back, so that
 * few are enough), in the state (fields by name) and in constants, and numbers. The first failure stays: what follows does nothing,
 * and the one who finishes looks at `status`. */
#ifndef LOCI_EXPORT_PROGRAM_H
#define LOCI_EXPORT_PROGRAM_H

#include <loci/export.h>

#include "export/step_table.h"

typedef enum {
    LOCI_PLACE_NONE, /* NULL */
    LOCI_PLACE_IN,
    LOCI_PLACE_OUT,
    LOCI_PLACE_ROOM,
    LOCI_PLACE_BYTES, /* a room, for int8_t */
    LOCI_PLACE_STATE,
    LOCI_PLACE_CONSTANT,
    LOCI_PLACE_COUNT, /* an int */
    LOCI_PLACE_REAL   /* a float */
} loci_place_kind;

typedef struct {
    loci_place_kind kind;
    size_t which, offset; /* offset: in numbers */
    int count;
    float real;
} loci_place;

typedef enum { LOCI_WORD_FLOAT, LOCI_WORD_U32, LOCI_WORD_U64, LOCI_WORD_I8 } loci_word;

/* An array of the state (data NULL) or of constants. */
typedef struct {
    char name[LOCI_PARAMETER_NAME];
    loci_word word;
    size_t count, at; /* at: bytes from the beginning of the state */
    void *data;
} loci_array;

enum { LOCI_STEP_OPERANDS = 16, LOCI_NOTE = 96 };

typedef struct {
    const loci_step *step;
    loci_place operand[LOCI_STEP_OPERANDS];
    char note[LOCI_NOTE]; /* what begins here; empty: nothing */
    size_t product;       /* a product with a matrix: its number, from 1; 0: it is none */
} loci_call;

typedef struct {
    size_t count; /* floats */
    int taken;
} loci_room;

typedef struct {
    void *at;
    size_t count, room;
} loci_list;

struct loci_export {
    char prefix[LOCI_EXPORT_PREFIX];
    char *origin;
    size_t inputs, outputs;
    double rate;        /* Hz; 0: unknown */
    char **classes;     /* [outputs]; NULL: there are no names */
    const char *answer; /* "probability of a class", for comments */
    int tokens;         /* of samples that are numbers of tokens: how many there are; 0: they are no tokens */
    loci_list calls, state, constants, rooms; /* of loci_call, loci_array, loci_array, loci_room */
    char note[LOCI_NOTE];                     /* for the next call */
    size_t
        answers; /* calls from this one on make an answer of the state: left out where nobody asks for it */
    size_t products; /* with matrices */
    int whole;       /* some matrices are whole numbers */
    double multiplies, functions;
    loci_status status;
    loci_error error;
};

static inline loci_call *loci_program_calls(const loci_export *p)
{
    return p->calls.at;
}
static inline loci_array *loci_program_state(const loci_export *p)
{
    return p->state.at;
}
static inline loci_array *loci_program_constants(const loci_export *p)
{
    return p->constants.at;
}
static inline loci_room *loci_program_rooms(const loci_export *p)
{
    return p->rooms.at;
}

/* Places. */
static inline loci_place loci_none(void)
{
    return (loci_place){.kind = LOCI_PLACE_NONE};
}
static inline loci_place loci_number(size_t count)
{
    return (loci_place){.kind = LOCI_PLACE_COUNT, .count = (int)count};
}
static inline loci_place loci_real_number(double x)
{
    return (loci_place){.kind = LOCI_PLACE_REAL, .real = (float)x};
}
static inline loci_place loci_behind(loci_place place, size_t offset)
{
    place.offset += offset;
    return place;
}

/* A room of `count` floats, and its return; of what is no room nothing happens. */
loci_place loci_program_take(loci_export *p, size_t count);
void loci_program_give(loci_export *p, loci_place room);
/* A room for `count` bytes. */
loci_place loci_program_take_bytes(loci_export *p, size_t count);

/* A field of the state, 0 at the beginning; a constant, copied. Names are made C's ("norms.0.weight": norms_0_weight); a constant
 * whose name is there already is that one. */
loci_place loci_program_field(loci_export *p, const char *name, loci_word word, size_t count);
loci_place loci_program_constant(loci_export *p, const char *name, loci_word word, const void *data,
                                 size_t count);

/* What the next call begins, for whoever reads the source. */
void loci_program_note(loci_export *p, const char *format, ...);

/* The calls from here on make an answer and nothing else: they are left out where none is asked for. */
void loci_program_answer(loci_export *p);

/* A call: LOCI_DO(p, dense, y, x, weight, bias, loci_number(3), loci_number(4)). */
void loci_program_do(loci_export *p, const char *step, const loci_place *operands, size_t count);
#define LOCI_DO(p, name, ...)                                                                                \
    loci_program_do(p, #name, (const loci_place[]){__VA_ARGS__},                                             \
                    sizeof((const loci_place[]){__VA_ARGS__}) / sizeof(loci_place))

/* The last call was a product with a matrix, of its second operand. */
void loci_program_product(loci_export *p);

/* A failure where a float among constants or operands is not finite: what was worked out in double may be too large for one. */
void loci_program_check(loci_export *p);

void loci_program_fail(loci_export *p, loci_status status, const char *format, ...);

#endif
