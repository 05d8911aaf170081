/* SPDX-License-Identifier: MIT
 * remember.c - remember a hundred thousand samples as they arrive, and recall some of them. */
#include <loci.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static double wave(double t)
{
    return sin(t / 5000) + 0.3 * sin(t / 70);
}

static int failed(const char *what, loci_error error)
{
    fprintf(stderr, "%s: %s\n", what, error.text);
    return 1;
}

int main(void)
{
    loci_error error;
    loci_memory_plan *plan;
    loci_memory_spec spec = loci_memory_defaults(); /* legs, order 64, one sample a second */
    if (loci_memory_plan_create(&plan, &spec, &error) != LOCI_OK) return failed("plan", error);

    /* The memory is flat bytes, here our own: no function below allocates. */
    loci_memory *memory = aligned_alloc(64, loci_memory_size(plan, 1));
    if (!memory || loci_memory_init(memory, plan, 1, 0, &error) != LOCI_OK) return failed("memory", error);
    for (int k = 0; k < 100000; k++) {
        const double u = wave(k);
        if (loci_memory_push(memory, plan, &u, NULL, 1, &error) != LOCI_OK) return failed("push", error);
    }

    const double t[] = {99999, 99000, 90000, 50000, 1000};
    double recalled[5];
    if (loci_memory_recall(memory, plan, LOCI_VALUE, 0, t, 5, recalled, &error) != LOCI_OK)
        return failed("recall", error);
    printf("    time       was  recalled\n");
    for (int i = 0; i < 5; i++) printf("%8.0f  %8.4f  %8.4f\n", t[i], wave(t[i]), recalled[i]);

    loci_memory_summary summary;
    if (loci_memory_summarize(memory, plan, 0, &summary, &error) != LOCI_OK) return failed("summary", error);
    printf("kept: %zu numbers; forgotten: %.2g of the variance\n", loci_memory_inspect(memory, plan).numbers,
           summary.forgotten);
    free(memory);
    loci_memory_plan_free(plan);
    return 0;
}
