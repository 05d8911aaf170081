/* SPDX-License-Identifier: MIT
 * bench_bank.c - banks of 1,000 oscillators over 16,384 samples of one and of six inputs, forward, one core, float. Ten multiply-adds are
 * counted an oscillator and sample, and one more an input but the first; comparisons and counts are not.
 *
 *     bench_bank [--json] */
#include <math.h>

#include "bench.h"

#include "base/allocate.h"
#include "layer/layer.h"

enum { MODES = 1000, SAMPLES = 16384, CASES = 2 };

typedef struct {
    loci_layer *layer;
    void *tables;
    float *x, *y, *state, *scratch;
} job;

static void *memory(size_t count)
{
    void *all = loci_allocate(count, sizeof(float));
    if (!all) {
        fprintf(stderr, "bench_bank: out of memory\n");
        exit(1);
    }
    return all;
}

static void set_up(job *j, size_t inputs)
{
    const loci_bank_options options = {LOCI_STATISTICS_ALL, SAMPLES, 1};
    if (loci_bank_create(&j->layer, NULL, "bank", inputs, MODES, &options, NULL) ||
        loci_layer_open(j->layer, &j->tables, SAMPLES, NULL))
        exit(1);
    float *thresholds = memory(j->layer->size);
    loci_layer_prepare(j->layer, j->tables, thresholds, 1);
    loci_free(thresholds);
    j->x = memory(loci_lane_blocks(inputs) * SAMPLES * LOCI_LANES);
    j->y = memory(loci_lane_blocks(j->layer->outputs) * LOCI_LANES);
    j->state = memory(j->layer->state);
    j->scratch = memory(j->layer->class->memory(j->layer, j->tables, 1, SAMPLES).scratch / sizeof(float));
    for (size_t l = 0; l < SAMPLES; l++)
        for (size_t c = 0; c < inputs; c++)
            j->x[l * LOCI_LANES + c] = (float)sin(0.1 * (double)l * (1 + 0.3 * (double)c));
}

static void run(void *argument)
{
    const job *j = argument;
    const loci_pass pass = {.B = 1, .L = SAMPLES};
    memset(j->state, 0, j->layer->state * sizeof(float));
    j->layer->class->forward(j->layer, j->tables, &pass, j->y, j->x, &j->state, NULL, j->scratch);
}

int main(int argc, char **argv)
{
    static const size_t inputs[CASES] = {1, 6};
    static const char *const names[CASES] = {"bank of 1,000, 1 input, L 16384",
                                             "bank of 1,000, 6 inputs, L 16384"};
    const int json = bench_json(argc, argv);
    job jobs[CASES];
    for (int i = 0; i < CASES; i++) set_up(&jobs[i], inputs[i]);
    bench_case cases[] = {{.name = "peak", .run = bench_peak_run},
                          {.name = names[0], .run = run, .argument = &jobs[0]},
                          {.name = names[1], .run = run, .argument = &jobs[1]}};
    bench_rounds(cases, 1 + CASES, 0.02);
    if (!json) puts("bank, forward                        core-ms  of the peak  us a sample");
    for (int i = 0; i < CASES; i++) {
        const double seconds = bench_median(&cases[i + 1]);
        const double operations = 2.0 * MODES * SAMPLES * (9 + (double)inputs[i]);
        const double share = bench_share(&cases[i + 1], &cases[0], operations);
        if (json) {
            bench_figure(1e3 * seconds, "core-ms", "%s", names[i]);
            bench_figure(share, "of the peak", "%s", names[i]);
        } else
            printf("%-36s %7.1f  %9.0f %%  %11.3f\n", names[i], 1e3 * seconds, 100 * share,
                   1e6 * seconds / SAMPLES);
    }
    if (json) bench_figures_end();
    return 0;
}
