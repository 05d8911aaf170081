/* SPDX-License-Identifier: MIT
 * turns.c - rows of answers on their way to rank 0. */
#include "model/turns.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "shared/message.h"
#include "shared/ranks.h"

/* What goes before the rows. */
typedef struct {
    int status;
    size_t rows;
    uint64_t missing;
    char told[RANKS_TOLD];
} head;

static int lost(void)
{
    return message_fail("answers could not be exchanged between the ranks");
}

int turns_keep(turns *t, size_t width, const float *y)
{
    if (t->count == t->room) {
        const size_t room = t->room ? 2 * t->room : 256;
        float *larger = room <= SIZE_MAX / sizeof *larger / width
                            ? realloc(t->rows, room * width * sizeof *larger)
                            : NULL;
        if (!larger) return message_memory();
        t->rows = larger, t->room = room;
    }
    memcpy(t->rows + t->count++ * width, y, width * sizeof *y);
    return STATUS_DONE;
}

static int hand_over(turns *t, size_t width, int status)
{
    const loci_team *team = ranks_team();
    head h = {.status = status, .rows = t->count, .missing = t->missing};
    t->missing = 0;
    ranks_told(h.told);
    if (team->exchange(team->context, &h, sizeof h, 0, NULL, 0, 0) != 0 ||
        (t->count > 0 &&
         team->exchange(team->context, t->rows, t->count * width * sizeof *t->rows, 0, NULL, 0, 0) != 0))
        return lost();
    return status;
}

static int take_over(turns *t, size_t from, size_t width,
                     int (*put)(void *context, size_t row, const float *y), void *context)
{
    const loci_team *team = ranks_team();
    head h;
    if (team->exchange(team->context, NULL, 0, 0, &h, sizeof h, from) != 0) return lost();
    float *rows = malloc(h.rows * width * sizeof *rows + 1);
    if (!rows) return message_memory();
    int status = STATUS_DONE;
    if (h.rows > 0 &&
        team->exchange(team->context, NULL, 0, 0, rows, h.rows * width * sizeof *rows, from) != 0)
        status = lost();
    for (size_t i = 0; i < h.rows && !status; i++) status = put(context, i, rows + i * width);
    free(rows);
    t->missing += h.missing;
    message_passed_on(h.told);
    return status ? status : h.status;
}

int turns_run(turns *t, bool here, size_t width, int (*run)(void *context),
              int (*put)(void *context, size_t row, const float *y), void *context)
{
    const loci_team *team = ranks_team();
    if (!team) return run(context);
    size_t owner = 0;
    if (!here) {
        owner = t->next;
        t->next = (t->next + 1) % team->ranks;
    }
    if (owner == 0) return ranks_first() ? run(context) : STATUS_DONE;
    if (ranks_first()) return take_over(t, owner, width, put, context);
    if (owner != team->rank) return STATUS_DONE;
    t->collects = true;
    t->count = 0;
    const int status = run(context);
    t->collects = false;
    return hand_over(t, width, status);
}

void turns_release(turns *t)
{
    free(t->rows);
    *t = (turns){0};
}
