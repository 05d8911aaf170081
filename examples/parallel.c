/* SPDX-License-Identifier: MIT
 * parallel.c - four threads remember a quarter each of a million samples; merged, these are the memory of the whole. */
#include <loci.h>

#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

enum { QUARTERS = 4, LENGTH = 1 << 18 };

typedef struct {
    const loci_memory_plan *plan; /* read-only: shared by all threads */
    loci_memory *memory;
    long first, count;
    loci_error error;
} task;

static void *remember(void *argument)
{
    task *t = argument;
    t->error.status = loci_memory_init(t->memory, t->plan, 1, (double)t->first, &t->error);
    for (long k = t->first; k < t->first + t->count && t->error.status == LOCI_OK; k++) {
        const double u = sin(1e-9 * (double)k * (double)k);
        t->error.status = loci_memory_push(t->memory, t->plan, &u, NULL, 1, &t->error);
    }
    return NULL;
}

static void stop_if(int failed, const char *text)
{
    if (!failed) return;
    fprintf(stderr, "%s\n", text);
    exit(1);
}

int main(void)
{
    loci_error error;
    loci_memory_plan *plan;
    const loci_memory_spec spec = loci_memory_defaults();
    stop_if(loci_memory_plan_create(&plan, &spec, &error) != LOCI_OK, error.text);

    pthread_t thread[QUARTERS];
    task tasks[QUARTERS + 1]; /* the last one is the whole, in one go */
    for (int i = 0; i <= QUARTERS; i++) {
        tasks[i] = (task){.plan = plan, .memory = aligned_alloc(64, loci_memory_size(plan, 1))};
        tasks[i].first = i < QUARTERS ? (long)i * LENGTH : 0;
        tasks[i].count = i < QUARTERS ? LENGTH : (long)QUARTERS * LENGTH;
        stop_if(!tasks[i].memory, "out of memory");
    }
    for (int i = 0; i < QUARTERS; i++)
        stop_if(pthread_create(&thread[i], NULL, remember, &tasks[i]) != 0, "no thread could be started");
    remember(&tasks[QUARTERS]);
    for (int i = 0; i < QUARTERS; i++) pthread_join(thread[i], NULL);

    loci_memory *merged = tasks[0].memory, *whole = tasks[QUARTERS].memory;
    for (int i = 0; i <= QUARTERS; i++) stop_if(tasks[i].error.status != LOCI_OK, tasks[i].error.text);
    for (int i = 1; i < QUARTERS; i++)
        stop_if(loci_memory_merge(merged, plan, tasks[i].memory, &error) != LOCI_OK, error.text);

    int differ = 0;
    for (double t = 0; t < (double)QUARTERS * LENGTH; t += 1000) {
        double a, b;
        stop_if(loci_memory_recall(merged, plan, LOCI_VALUE, 0, &t, 1, &a, &error) != LOCI_OK, error.text);
        stop_if(loci_memory_recall(whole, plan, LOCI_VALUE, 0, &t, 1, &b, &error) != LOCI_OK, error.text);
        differ += a != b;
    }
    printf("%d of %d recalled values differ from those of one thread\n", differ,
           QUARTERS * LENGTH / 1000 + 1);

    for (int i = 0; i <= QUARTERS; i++) free(tasks[i].memory);
    loci_memory_plan_free(plan);
    return differ != 0;
}
