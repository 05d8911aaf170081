/* SPDX-License-Identifier: MIT
 * team_case.h - the ranks of a team as threads of one process, which hand one another bytes. */
#ifndef LOCI_TESTS_TEAM_CASE_H
#define LOCI_TESTS_TEAM_CASE_H

#include <pthread.h>
#include <stdint.h>
#include <string.h>

#include <loci/team.h>

enum { TEAM_MOST = 8 };

typedef struct {
    pthread_mutex_t lock;
    pthread_cond_t moved;
    struct {
        const void *bytes; /* NULL: nothing is on its way */
        size_t size;
    } post[TEAM_MOST][TEAM_MOST]; /* from, to */
    size_t left;                  /* exchanges until they fail; SIZE_MAX: never */
    int broken, strange;          /* strange: sizes that do not fit, a message to oneself */
} team_office;

typedef struct {
    team_office *office;
    loci_team team;
    void (*work)(const loci_team *team, void *context);
    void *context;
} team_rank;

static inline int team_exchange(void *context, const void *out, size_t out_size, size_t to, void *in,
                                size_t in_size, size_t from)
{
    team_rank *self = context;
    team_office *o = self->office;
    const size_t own = self->team.rank;
    pthread_mutex_lock(&o->lock);
    o->strange |= (out_size && to == own) || (in_size && from == own) || (!out_size && !in_size);
    if (o->left != SIZE_MAX && o->left-- == 0) o->broken = 1, o->left = SIZE_MAX;
    if (out_size) {
        while (o->post[own][to].bytes && !o->broken) pthread_cond_wait(&o->moved, &o->lock);
        o->post[own][to].bytes = out, o->post[own][to].size = out_size;
        pthread_cond_broadcast(&o->moved);
    }
    if (in_size) {
        while (!o->post[from][own].bytes && !o->broken) pthread_cond_wait(&o->moved, &o->lock);
        if (!o->broken) {
            o->strange |= o->post[from][own].size != in_size;
            memcpy(in, o->post[from][own].bytes, in_size);
            o->post[from][own].bytes = NULL;
        }
        pthread_cond_broadcast(&o->moved);
    }
    while (out_size && o->post[own][to].bytes == out && !o->broken) pthread_cond_wait(&o->moved, &o->lock);
    const int broken = o->broken;
    if (broken) pthread_cond_broadcast(&o->moved);
    pthread_mutex_unlock(&o->lock);
    return broken;
}

static inline void *team_thread(void *argument)
{
    team_rank *self = argument;
    self->work(&self->team, self->context);
    return NULL;
}

/* work(team, contexts + rank * width) on all ranks at the same time; exchanges fail after so many. Whether all that was exchanged made
 * sense. */
static inline int team_run(size_t ranks, size_t failing, void (*work)(const loci_team *, void *),
                           void *contexts, size_t width)
{
    team_office office = {
        .lock = PTHREAD_MUTEX_INITIALIZER, .moved = PTHREAD_COND_INITIALIZER, .left = failing};
    team_rank rank[TEAM_MOST];
    pthread_t thread[TEAM_MOST];
    for (size_t r = 0; r < ranks; r++) {
        rank[r] = (team_rank){&office,
                              {.rank = r, .ranks = ranks, .exchange = team_exchange},
                              work,
                              (char *)contexts + r * width};
        rank[r].team.size = sizeof rank[r].team;
        rank[r].team.context = &rank[r];
    }
    for (size_t r = 0; r < ranks; r++)
        if (pthread_create(&thread[r], NULL, team_thread, &rank[r]) != 0) return 0;
    for (size_t r = 0; r < ranks; r++) pthread_join(thread[r], NULL);
    return !office.strange;
}

#endif
