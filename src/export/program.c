/* SPDX-License-Identifier: MIT
 * program.c - programs: made call by call, and run. */
#include "export/program.h"

#include <assert.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/allocate.h"
#include "base/sized.h"
#include "base/status.h"

/* ---- failures, lists ---- */

void loci_program_fail(loci_export *p, loci_status status, const char *format, ...)
{
    char text[sizeof p->error.text];
    va_list arguments;
    if (p->status) return;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    p->status = loci_fail(&p->error, status, "%s", text);
}

/* Room for one more of `size` bytes, zeroed; NULL after a failure. */
static void *more(loci_export *p, loci_list *list, size_t size)
{
    if (p->status) return NULL;
    if (list->count == list->room) {
        const size_t room = list->room ? 2 * list->room : 16;
        void *at = loci_allocate_by(loci_allocator_of(p), room, size);
        if (!at) {
            loci_program_fail(p, LOCI_E_MEMORY, "out of memory for a step in C");
            return NULL;
        }
        if (list->count) memcpy(at, list->at, list->count * size);
        loci_free(list->at);
        list->at = at, list->room = room;
    }
    return (char *)list->at + list->count++ * size;
}

/* ---- arrays ---- */

static size_t word_size(loci_word word)
{
    static const size_t sizes[] = {sizeof(float), sizeof(uint32_t), sizeof(uint64_t), 1};
    return sizes[word];
}

/* What cannot be in a name of C becomes "_". */
static void name_as_c(char *to, size_t size, const char *name)
{
    size_t i = 0;
    for (; name[i] && i + 1 < size; i++) {
        const char c = name[i];
        const int good = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        to[i] = c;
        if (!good) to[i] = '_';
    }
    to[i] = 0;
}

static loci_array *array_add(loci_export *p, loci_list *list, const char *name, loci_word word, size_t count)
{
    loci_array *array = more(p, list, sizeof *array);
    if (!array) return NULL;
    name_as_c(array->name, sizeof array->name, name);
    array->word = word, array->count = count;
    return array;
}

loci_place loci_program_field(loci_export *p, const char *name, loci_word word, size_t count)
{
    const size_t fields = p->state.count;
    loci_array *field = array_add(p, &p->state, name, word, count);
    if (!field) return loci_none();
    const size_t size = word_size(word);
    if (fields > 0) {
        const loci_array *before = field - 1;
        field->at = (before->at + before->count * word_size(before->word) + size - 1) / size * size;
    }
    return (loci_place){.kind = LOCI_PLACE_STATE, .which = fields};
}

loci_place loci_program_constant(loci_export *p, const char *name, loci_word word, const void *data,
                                 size_t count)
{
    char own[LOCI_PARAMETER_NAME];
    if (count > INT32_MAX)
        loci_program_fail(p, LOCI_E_UNSUPPORTED, "%s has %zu numbers; at most %ld were expected", name, count,
                          (long)INT32_MAX);
    name_as_c(own, sizeof own, name);
    const loci_array *there = loci_program_constants(p);
    for (size_t i = 0; i < p->constants.count; i++)
        if (strcmp(there[i].name, own) == 0 && there[i].count == count)
            return (loci_place){.kind = LOCI_PLACE_CONSTANT, .which = i};
    loci_array *array = array_add(p, &p->constants, own, word, count);
    if (!array || !data) return loci_none();
    array->data = loci_allocate_by(loci_allocator_of(p), count, word_size(word));
    if (!array->data) {
        loci_program_fail(p, LOCI_E_MEMORY, "out of memory for %zu constants of %s", count, own);
        return loci_none();
    }
    memcpy(array->data, data, count * word_size(word));
    return (loci_place){.kind = LOCI_PLACE_CONSTANT, .which = p->constants.count - 1};
}

/* ---- rooms ---- */

/* The least free one that is large enough, else the largest free one, made larger, else a new one. */
loci_place loci_program_take(loci_export *p, size_t count)
{
    loci_room *rooms = loci_program_rooms(p);
    size_t best = p->rooms.count;
    for (size_t i = 0; i < p->rooms.count; i++) {
        if (rooms[i].taken) continue;
        if (best == p->rooms.count) {
            best = i;
            continue;
        }
        const size_t a = rooms[i].count, b = rooms[best].count;
        if (b < count ? a > b : a >= count && a < b) best = i;
    }
    if (best == p->rooms.count && !more(p, &p->rooms, sizeof *rooms)) return loci_none();
    loci_room *room = &loci_program_rooms(p)[best];
    room->taken = 1;
    if (room->count < count) room->count = count;
    return (loci_place){.kind = LOCI_PLACE_ROOM, .which = best};
}

void loci_program_give(loci_export *p, loci_place room)
{
    if (room.kind == LOCI_PLACE_ROOM || room.kind == LOCI_PLACE_BYTES)
        loci_program_rooms(p)[room.which].taken = 0;
}

loci_place loci_program_take_bytes(loci_export *p, size_t count)
{
    loci_place place = loci_program_take(p, (count + sizeof(float) - 1) / sizeof(float));
    if (place.kind == LOCI_PLACE_ROOM) place.kind = LOCI_PLACE_BYTES;
    return place;
}

/* ---- calls ---- */

void loci_program_note(loci_export *p, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(p->note, sizeof p->note, format, arguments);
    va_end(arguments);
}

void loci_program_answer(loci_export *p)
{
    p->answers = p->calls.count;
}

void loci_program_do(loci_export *p, const char *step, const loci_place *operands, size_t count)
{
    loci_value values[LOCI_STEP_OPERANDS] = {{0}};
    loci_call *call = more(p, &p->calls, sizeof *call);
    if (!call) return;
    call->step = loci_step_find(step);
    assert(call->step && call->step->operands == count && count <= LOCI_STEP_OPERANDS);
    memcpy(call->operand, operands, count * sizeof *operands);
    memcpy(call->note, p->note, sizeof call->note);
    p->note[0] = 0;
    for (size_t i = 0; i < count; i++)
        if (operands[i].kind == LOCI_PLACE_COUNT) values[i].n = operands[i].count;
    p->multiplies += call->step->multiplies(values);
    p->functions += call->step->functions(values);
}

void loci_program_product(loci_export *p)
{
    if (!p->status) loci_program_calls(p)[p->calls.count - 1].product = ++p->products;
}

void loci_program_check(loci_export *p)
{
    for (size_t i = 0; i < p->constants.count && !p->status; i++) {
        const loci_array *constant = &loci_program_constants(p)[i];
        const float *numbers = constant->data;
        for (size_t k = 0; constant->word == LOCI_WORD_FLOAT && k < constant->count; k++)
            if (!isfinite(numbers[k]))
                loci_program_fail(p, LOCI_E_VALUE,
                                  "constant %s of the step has %g at %zu; numbers that are finite in single "
                                  "precision were expected",
                                  constant->name, (double)numbers[k], k);
    }
    for (size_t i = 0; i < p->calls.count && !p->status; i++) {
        const loci_call *call = &loci_program_calls(p)[i];
        for (size_t k = 0; k < call->step->operands; k++)
            if (call->operand[k].kind == LOCI_PLACE_REAL && !isfinite(call->operand[k].real))
                loci_program_fail(p, LOCI_E_VALUE,
                                  "a number of the step's %s is %g; one that is finite in single precision "
                                  "was expected",
                                  call->step->name, (double)call->operand[k].real);
    }
}

void loci_export_free(loci_export *p)
{
    if (!p) return;
    for (size_t i = 0; i < p->constants.count; i++) loci_free(loci_program_constants(p)[i].data);
    loci_free(p->calls.at), loci_free(p->state.at), loci_free(p->constants.at), loci_free(p->rooms.at);
    loci_free(p->classes), loci_free(p->origin);
    loci_free(p);
}

/* ---- running one ---- */

size_t loci_export_state_size(const loci_export *p)
{
    if (p->state.count == 0) return sizeof(uint32_t); /* an empty struct is not C's */
    const loci_array *last = &loci_program_state(p)[p->state.count - 1];
    size_t most = 4;
    for (size_t i = 0; i < p->state.count; i++)
        if (word_size(loci_program_state(p)[i].word) > most) most = 8;
    return (last->at + last->count * word_size(last->word) + most - 1) / most * most;
}

size_t loci_export_work_size(const loci_export *p)
{
    size_t floats = 0;
    for (size_t i = 0; i < p->rooms.count; i++) floats += loci_program_rooms(p)[i].count;
    return floats * sizeof(float);
}

void loci_export_init(const loci_export *p, void *state)
{
    memset(state, 0, loci_export_state_size(p));
}

static void *place_at(const loci_export *p, loci_place place, void *state, float *out, const float *in,
                      float *work)
{
    switch (place.kind) {
    case LOCI_PLACE_IN:
        return (float *)(uintptr_t)in + place.offset; /* steps do not write there */
    case LOCI_PLACE_OUT:
        return out + place.offset;
    case LOCI_PLACE_ROOM:
    case LOCI_PLACE_BYTES:
        for (size_t i = 0; i < place.which; i++) work += loci_program_rooms(p)[i].count;
        return work + place.offset;
    case LOCI_PLACE_STATE: {
        const loci_array *field = &loci_program_state(p)[place.which];
        return (char *)state + field->at + place.offset * word_size(field->word);
    }
    case LOCI_PLACE_CONSTANT: {
        const loci_array *constant = &loci_program_constants(p)[place.which];
        return (char *)constant->data + place.offset * word_size(constant->word);
    }
    default:
        return NULL;
    }
}

/* ranges [products][2], not NULL: widened to the least and largest of the numbers that products are made of. */
static void run(const loci_export *p, void *state, float *out, const float *in, void *work, float *ranges)
{
    const size_t calls = out ? p->calls.count : p->answers;
    for (size_t k = 0; k < calls; k++) {
        const loci_call *call = &loci_program_calls(p)[k];
        loci_value values[LOCI_STEP_OPERANDS];
        int inputs = 0; /* the last count but one */
        for (size_t i = 0; i < call->step->operands; i++) {
            const loci_place place = call->operand[i];
            if (i + 2 == call->step->operands) inputs = place.count;
            if (place.kind == LOCI_PLACE_COUNT)
                values[i].n = place.count;
            else if (place.kind == LOCI_PLACE_REAL)
                values[i].x = place.real;
            else
                values[i].to = place_at(p, place, state, out, in, work);
        }
        float *range = ranges && call->product ? ranges + 2 * (call->product - 1) : NULL;
        for (int i = 0; range && i < inputs; i++) {
            range[0] = fminf(range[0], values[1].from[i]);
            range[1] = fmaxf(range[1], values[1].from[i]);
        }
        call->step->run(values);
    }
}

void loci_export_step(const loci_export *p, void *state, float *out, const float *in, void *work)
{
    run(p, state, out, in, work, NULL);
}

size_t loci_export_products(const loci_export *p)
{
    return p->products;
}

void loci_export_watch(const loci_export *p, void *state, float *out, const float *in, void *work,
                       float *ranges)
{
    run(p, state, out, in, work, ranges);
}

void loci_export_inspect(const loci_export *p, loci_export_facts *to)
{
    loci_export_facts facts = {.size = to->size,
                               .state = loci_export_state_size(p),
                               .work = loci_export_work_size(p),
                               .multiplies = p->multiplies,
                               .functions = p->functions,
                               .inputs = p->inputs,
                               .outputs = p->outputs};
    for (size_t i = 0; i < p->constants.count; i++) {
        const loci_array *constant = &loci_program_constants(p)[i];
        facts.constant += constant->count;
        facts.constants += constant->count * word_size(constant->word);
    }
    loci_sized_give(to, to->size, &facts, sizeof facts);
}
