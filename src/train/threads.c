/* SPDX-License-Identifier: MIT
 * threads.c - fork and join on POSIX threads. */
#ifdef __linux__
#define _GNU_SOURCE /* sched_getaffinity */
#endif
#include "train/threads.h"

#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <unistd.h>

size_t loci_threads_count(size_t asked)
{
    size_t count = asked;
#ifdef __linux__
    cpu_set_t set;
    if (count == 0 && sched_getaffinity(0, sizeof set, &set) == 0) count = (size_t)CPU_COUNT(&set);
#endif
    if (count == 0) {
        const long online = sysconf(_SC_NPROCESSORS_ONLN);
        count = online > 0 ? (size_t)online : 1;
    }
    return count < LOCI_THREADS_MAX ? count : LOCI_THREADS_MAX;
}

typedef struct {
    atomic_size_t next;
    size_t tasks;
    void (*run)(void *, size_t, size_t);
    void *context;
} work;

typedef struct {
    work *work;
    size_t thread;
} worker;

static void *labour(void *argument)
{
    const worker *self = argument;
    work *w = self->work;
    for (;;) {
        const size_t task = atomic_fetch_add_explicit(&w->next, 1, memory_order_relaxed);
        if (task >= w->tasks) return NULL;
        w->run(w->context, task, self->thread);
    }
}

void loci_threads_run(size_t threads, size_t tasks, void (*run)(void *, size_t, size_t), void *context)
{
    work w = {.tasks = tasks, .run = run, .context = context};
    worker self[LOCI_THREADS_MAX];
    pthread_t started[LOCI_THREADS_MAX];
    size_t count = 0;
    if (threads > tasks) threads = tasks;
    if (threads > LOCI_THREADS_MAX) threads = LOCI_THREADS_MAX;
    if (threads > 1) {
        /* a thread inherits the mask: handlers run where the program expects them */
        sigset_t all, before;
        sigfillset(&all);
        pthread_sigmask(SIG_SETMASK, &all, &before);
        for (size_t i = 1; i < threads; i++) {
            self[i] = (worker){&w, i};
            if (pthread_create(&started[count], NULL, labour, &self[i]) != 0) break;
            count++;
        }
        pthread_sigmask(SIG_SETMASK, &before, NULL);
    }
    self[0] = (worker){&w, 0};
    labour(&self[0]);
    for (size_t i = 0; i < count; i++) pthread_join(started[i], NULL);
}
