/* SPDX-License-Identifier: MIT
 * train/threads.h - the same work on several threads. */
#ifndef LOCI_TRAIN_THREADS_H
#define LOCI_TRAIN_THREADS_H

#include <stddef.h>

enum { LOCI_THREADS_MAX = 1024 };

/* `asked`, or for 0 as many as there are processors that this process may use; at most LOCI_THREADS_MAX. */
size_t loci_threads_count(size_t asked);

/* Calls run(context, task, thread) once for every task below `tasks`, and returns when all are done. Tasks are taken in
 * their order, each by the first thread that is free; thread < threads tells which, and 0 is the caller. Where a thread
 * cannot be started the others do its work; with one of either no thread is started. Signals go to other threads than
 * those started here. Cost: some 20 us a thread. */
void loci_threads_run(size_t threads, size_t tasks, void (*run)(void *context, size_t task, size_t thread),
                      void *context);

#endif
