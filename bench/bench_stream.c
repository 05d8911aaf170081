/* SPDX-License-Identifier: MIT
 * bench_stream.c - microseconds that a sample of a stream takes: alone, with those of other streams, in long pushes; and what
 * one core needs to read once over all that a sample has to meet, the parameters and the state.
 *
 *     bench_stream [--json]
 */
#include <stdint.h>

#include "bench.h"

#include <loci/stream.h>

enum { LONG = 1024, LANES = 8, MANY = 64 };

typedef struct {
    loci_stream *stream;
    const float *in;
    float *out;
    size_t lanes, n, every;
} work;

static void check(loci_status status, const loci_error *error)
{
    if (status == LOCI_OK) return;
    fprintf(stderr, "bench_stream: %s\n", error->text);
    exit(1);
}

static void run(void *argument)
{
    const work *w = argument;
    loci_error error;
    check(loci_stream_push(w->stream, NULL, w->lanes, w->in, NULL, w->n, w->every, w->out, &error), &error);
}

typedef struct {
    const float *numbers;
    size_t count;
    float sum;
} reading;

/* Four sums of 64 bytes, on the widest vectors that there are. */
#define READ(name, attributes)                                                                               \
    attributes static void name(reading *r)                                                                  \
    {                                                                                                        \
        typedef float lanes __attribute__((vector_size(64), may_alias));                                     \
        lanes sum[4] = {{0}};                                                                                \
        for (size_t i = 0; i + 64 <= r->count; i += 64)                                                      \
            for (size_t k = 0; k < 4; k++) sum[k] += *(const lanes *)(r->numbers + i + 16 * k);              \
        r->sum = sum[0][0] + sum[1][1] + sum[2][2] + sum[3][3];                                              \
    }
#if LOCI_PROCESSOR_LEVELS
READ(read_v4, BENCH_WIDEST)
READ(read_v3, __attribute__((target("arch=x86-64-v3"))))
#endif
READ(read_base, )

static void read_over(void *argument)
{
#if LOCI_PROCESSOR_LEVELS
    if (loci_processor_level() >= 3) {
        (loci_processor_level() == 4 ? read_v4 : read_v3)(argument);
        return;
    }
#endif
    read_base(argument);
}

static void measure(const char *preset, size_t inputs, size_t outputs, int json, int first)
{
    loci_model_config config;
    loci_model *model;
    loci_stream_tables *tables;
    loci_error error;
    check(loci_model_preset(&config, preset, inputs, outputs, &error), &error);
    check(loci_model_create(&model, &config, &error), &error);
    loci_model_initialize(model, 1);
    check(loci_stream_tables_create(&tables, model, 0, 1, &error), &error);

    const size_t size = MANY * LONG * inputs;
    float *in = malloc(size * sizeof *in), *out = malloc(MANY * LONG * outputs * sizeof *out);
    if (!in || !out) exit(1);
    uint32_t seed = 1;
    for (size_t i = 0; i < size; i++) {
        seed = seed * 1664525u + 1013904223u;
        in[i] = (float)(seed >> 8) * 0x1p-23f - 1;
    }
    const struct {
        const char *name;
        size_t lanes, n, every;
    } kinds[] = {
        {"one sample of one stream", 1, 1, 1},         {"one sample of 8 streams", LANES, 1, 1},
        {"one sample of 64 streams", MANY, 1, 1},      {"1024 samples of one stream", 1, LONG, 0},
        {"1024 samples of 8 streams", LANES, LONG, 0}, {"1024, every answer", 1, LONG, 1},
    };
    enum { KINDS = sizeof kinds / sizeof *kinds };
    work works[KINDS];
    bench_case cases[KINDS + 1];
    for (int k = 0; k < KINDS; k++) {
        works[k] =
            (work){.in = in, .out = out, .lanes = kinds[k].lanes, .n = kinds[k].n, .every = kinds[k].every};
        check(loci_stream_init(&works[k].stream, NULL, 0, tables, kinds[k].lanes, &error), &error);
        cases[k] = (bench_case){kinds[k].name, run, &works[k], {0}};
    }
    /* parameters and state: the state's share of what save writes */
    const size_t numbers = loci_model_size(model) + loci_stream_state_size(works[0].stream) / sizeof(float);
    reading all = {.count = numbers};
    float *bytes = aligned_alloc(64, (numbers + 16) / 16 * 64);
    if (!bytes) exit(1);
    memset(bytes, 0, numbers * sizeof *bytes);
    all.numbers = bytes;
    cases[KINDS] = (bench_case){"reading parameters and state once", read_over, &all, {0}};
    bench_rounds(cases, KINDS + 1, 0.05);

    if (json)
        printf("%s\n  \"%s\": {\"parameters\": %zu", first ? "{" : ",", preset, loci_model_count(model));
    else
        printf("%s%s: %zu inputs, %zu outputs, %zu parameters, a state of %zu KB\n", first ? "" : "\n",
               preset, inputs, outputs, loci_model_count(model),
               loci_stream_state_size(works[0].stream) / 1000);
    for (int k = 0; k <= KINDS; k++) {
        const double samples = k < KINDS ? (double)(kinds[k].lanes * kinds[k].n) : 1,
                     each = bench_median(&cases[k]) * 1e6 / samples,
                     best = bench_best(&cases[k]) * 1e6 / samples;
        if (json)
            printf(", \"%s\": {\"us\": %.4g, \"best_us\": %.4g}", cases[k].name, each, best);
        else
            printf("  %-36s %8.2f us a sample and stream, best %.2f\n", cases[k].name, each, best);
    }
    if (json) printf("}");
    fflush(stdout);
    for (int k = 0; k < KINDS; k++) loci_stream_free(works[k].stream);
    free(in), free(out), free(bytes);
    loci_stream_tables_free(tables);
    loci_model_free(model);
}

int main(int argc, char **argv)
{
    const int json = bench_json(argc, argv);
    measure("s4-example", 3, 10, json, 1);
    measure("small", 1, 10, json, 0);
    measure("audio", 1, 10, json, 0);
    measure("lstm", 1, 10, json, 0);
    if (json) printf("\n}\n");
    return 0;
}
