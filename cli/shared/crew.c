/* SPDX-License-Identifier: MIT
 * crew.c - threads that wait for parts of work. A token is a hundred pieces of work of a tenth of a millisecond: who waits for the
 * next one gives way some hundred times before it sleeps. */
#include "shared/crew.h"

#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>

enum { THREADS_MAX = 1024, PATIENCE = 500 };

typedef struct {
    crew *of;
    size_t number;
    pthread_t thread;
} hand;

struct crew {
    loci_crew hands;
    hand *hand;     /* [threads - 1] */
    size_t threads; /* the caller's own is number 0 */
    size_t count;   /* parts of the work at hand */
    void (*work)(void *, size_t);
    void *argument;
    atomic_uint round;  /* work that was given out */
    atomic_size_t busy; /* who is not done with it */
    atomic_int quit;
    atomic_size_t asleep;
    pthread_mutex_t mutex;
    pthread_cond_t wake;
};

static void labour(const crew *c, size_t number)
{
    for (size_t i = number; i < c->count; i += c->threads) c->work(c->argument, i);
}

/* Until there is another round than `seen`. */
static void await(crew *c, unsigned seen)
{
    for (int i = 0; i < PATIENCE; i++) {
        if (atomic_load_explicit(&c->round, memory_order_acquire) != seen) return;
        sched_yield();
    }
    pthread_mutex_lock(&c->mutex);
    atomic_fetch_add(&c->asleep, 1);
    while (atomic_load(&c->round) == seen) pthread_cond_wait(&c->wake, &c->mutex);
    atomic_fetch_sub(&c->asleep, 1);
    pthread_mutex_unlock(&c->mutex);
}

static void *live(void *argument)
{
    const hand *self = argument;
    crew *c = self->of;
    for (unsigned seen = 0;; seen++) {
        await(c, seen);
        if (atomic_load(&c->quit)) return NULL;
        labour(c, self->number);
        atomic_fetch_sub_explicit(&c->busy, 1, memory_order_release);
    }
}

static void begin(crew *c)
{
    atomic_store(&c->busy, c->threads - 1);
    atomic_fetch_add(&c->round, 1);
    if (atomic_load(&c->asleep) == 0) return;
    pthread_mutex_lock(&c->mutex);
    pthread_cond_broadcast(&c->wake);
    pthread_mutex_unlock(&c->mutex);
}

static void run(void *context, size_t count, void (*work)(void *, size_t), void *argument)
{
    crew *c = context;
    c->count = count, c->work = work, c->argument = argument;
    begin(c);
    labour(c, 0);
    while (atomic_load_explicit(&c->busy, memory_order_acquire) > 0) sched_yield();
}

crew *crew_create(size_t threads)
{
    if (threads == 0) {
        const long online = sysconf(_SC_NPROCESSORS_ONLN);
        threads = online > 0 ? (size_t)online : 1;
    }
    if (threads > THREADS_MAX) threads = THREADS_MAX;
    crew *c = calloc(1, sizeof *c);
    hand *hands = calloc(threads, sizeof *hands);
    if (!c || !hands) {
        free(c), free(hands);
        return NULL;
    }
    c->hand = hands, c->threads = 1;
    pthread_mutex_init(&c->mutex, NULL);
    pthread_cond_init(&c->wake, NULL);
    sigset_t all, before; /* a thread inherits the mask: handlers run where the program expects them */
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    size_t started = 0;
    for (; started + 1 < threads; started++) {
        hands[started] = (hand){.of = c, .number = started + 1};
        if (pthread_create(&hands[started].thread, NULL, live, &hands[started]) != 0) break;
    }
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    c->threads = started + 1; /* read after the first round begins */
    c->hands = (loci_crew){.size = sizeof c->hands, .count = c->threads, .context = c, .run = run};
    return c;
}

void crew_free(crew *c)
{
    if (!c) return;
    atomic_store(&c->quit, 1);
    begin(c);
    for (size_t i = 0; i + 1 < c->threads; i++) pthread_join(c->hand[i].thread, NULL);
    pthread_cond_destroy(&c->wake);
    pthread_mutex_destroy(&c->mutex);
    free(c->hand);
    free(c);
}

const loci_crew *crew_hands(const crew *c)
{
    return &c->hands;
}
