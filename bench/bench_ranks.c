/* SPDX-License-Identifier: MIT
 * bench_ranks.c - what many processes would gain in a training: what parts of a step cost is measured here, on one core, and
 * then a step of up to 1,024 ranks is gone through, message by message, by clocks of their own.
 *
 *     bench_ranks [--json]
 *     bench_ranks --csv      model,network,scaling,ranks,efficiency: what bench/ranks draws
 *
 * A message takes latency + bytes/bandwidth; a rank's exchange ends when it and its two partners were there and both messages
 * have passed. Ranks have 8 threads, which take shards as loci_threads_run does. Times of ranks scatter by 2 %. */
#include <math.h>
#include <stdbool.h>
#include <stdint.h>

#include <loci/train.h>

#include "base/allocate.h"
#include "base/random.h"
#include "bench.h"
#include "train/batch.h"
#include "train/optimizer.h"

enum { RANKS = 1024, THREADS = 8, STEPS = 3, INPUTS = 1, CLASSES = 10 };

static void stop(const char *what)
{
    fprintf(stderr, "bench_ranks: %s\n", what);
    exit(1);
}

/* ---- what parts cost ---- */

typedef struct {
    const char *name, *preset;
    size_t length, width, layers, batch; /* of the strong scaling */
    double times; /* the cost of a model of so many times the parameters, which nobody needs to wait for */
} kind;

static const kind kinds[] = {
    {"s4d of width 32", "small", 784, 32, 3, 512, 1},
    {"s4d of width 128", "s4-example", 1024, 128, 4, 512, 1},
    {"mamba of 100 M", "mamba", 256, 512, 2, 512, 0}, /* times: so that it has 100 M */
};

typedef struct {
    /* seconds: of a sequence; of prepare and gather on one thread; of the update */
    double sequence, fixed, update;
    double gradient, add; /* bytes that are summed; seconds a byte, by whatever threads: memory is one */
    double parameters;
} cost;

static size_t length_of(const void *context, size_t i)
{
    (void)i;
    return *(const size_t *)context;
}

static void read_noise(const void *context, size_t i, float *u)
{
    for (size_t k = 0; k < *(const size_t *)context; k++) u[k] = (float)loci_random_uniform(i, k) - 0.5f;
}

static void read_label(const void *context, size_t i, double *target)
{
    (void)context;
    *target = (double)(i % CLASSES);
}

static double least(double a, double b)
{
    return a < b ? a : b;
}

static cost measure(const kind *k)
{
    enum { SEQUENCES = 8, ROUNDS = 3 };
    loci_error error;
    loci_model_config config;
    loci_model *model;
    loci_dataset *set;
    const loci_dataset_source source = {.size = sizeof source,
                                        .context = (void *)(uintptr_t)&k->length,
                                        .count = 2 * SEQUENCES,
                                        .inputs = INPUTS,
                                        .outputs = CLASSES,
                                        .length = length_of,
                                        .read = read_noise,
                                        .read_target = read_label};
    if (loci_model_preset(&config, k->preset, INPUTS, CLASSES, &error)) stop(error.text);
    config.width = k->width, config.layers = k->layers;
    if (config.pool == LOCI_POOL_NONE) config.pool = LOCI_POOL_MEAN;
    config.vocabulary = 0;
    if (loci_model_create(&model, &config, &error) || loci_dataset_from(&set, &source, &error))
        stop(error.text);
    loci_model_initialize(model, 1);
    const size_t size = loci_model_size(model);
    float *gradient = loci_allocate(size, sizeof *gradient), *m = loci_allocate(size, sizeof *m),
          *v = loci_allocate(size, sizeof *v);
    const loci_team alone = {.ranks = 1};
    size_t sequences[2 * SEQUENCES];
    for (size_t i = 0; i < 2 * SEQUENCES; i++) sequences[i] = i;
    cost c = {INFINITY, INFINITY, INFINITY, 0, 3 / bench_bandwidth(), (double)size};
    if (!gradient || !m || !v) stop("out of memory");
    double run[2] = {INFINITY, INFINITY};
    for (int r = -1; r < ROUNDS; r++)
        for (size_t half = 0; half < 2; half++) { /* of 8 sequences and of 16, in one shard */
            loci_batch batch;
            const size_t count = (half + 1) * SEQUENCES;
            if (loci_batch_open(&batch, model, set, count, 1, &alone, 1, 1, &error) ||
                loci_batch_plan(&batch, sequences, count, &error))
                stop(error.text);
            c.gradient = 4 * (double)batch.groups[0].gradient_size;
            const double start = bench_now();
            if (loci_batch_run(&batch, gradient, 1, &error)) stop(error.text);
            if (r >= 0) run[half] = least(run[half], bench_now() - start);
            loci_batch_close(&batch);
        }
    c.sequence = (run[1] - run[0]) / SEQUENCES;
    c.fixed = run[0] - SEQUENCES * c.sequence;
    for (int r = 0; r < ROUNDS; r++) {
        const double start = bench_now();
        loci_optimizer_adamw_f32(loci_model_values(model), m, v, gradient, size, 1e-3, 0.01, 1, 5);
        volatile double keep = loci_optimizer_squares_f32(gradient, size);
        (void)keep;
        c.update = least(c.update, bench_now() - start);
    }
    const double times = k->times > 0 ? k->times : 1e8 / c.parameters;
    c.sequence *= times, c.fixed *= times, c.update *= times, c.gradient *= times, c.parameters *= times;
    loci_free(gradient), loci_free(m), loci_free(v);
    loci_model_free(model), loci_dataset_close(set);
    return c;
}

/* ---- a step of many ranks ---- */

typedef struct {
    const char *name;
    double latency, bandwidth; /* seconds, bytes a second */
} network;

static const network networks[] = {
    {"one machine", 1e-6, 5e9}, {"100 Gbit/s, RDMA", 2e-6, 11e9}, {"10 Gbit/s, TCP", 25e-6, 1.1e9}};

static double clocks[RANKS], next[RANKS];

/* All ranks at once: each sends `out` bytes to the one `away` above it, and receives those of the one below. */
static void exchange(const network *n, size_t ranks, size_t away, const double *out)
{
    for (size_t r = 0; r < ranks; r++) {
        const size_t to = (r + away) % ranks, from = (r + ranks - away) % ranks;
        next[r] = clocks[r];
        if (out[r] > 0) next[r] = fmax(clocks[r], clocks[to]) + n->latency + out[r] / n->bandwidth;
        if (out[from] > 0)
            next[r] = fmax(next[r], fmax(clocks[r], clocks[from]) + n->latency + out[from] / n->bandwidth);
    }
    memcpy(clocks, next, ranks * sizeof *clocks);
}

/* As loci_team_gather, of `bytes` in all. */
static void gather(const network *n, size_t ranks, double bytes)
{
    static double out[RANKS];
    for (size_t step = 1; step < ranks; step *= 2) {
        const size_t count = step < ranks - step ? step : ranks - step;
        for (size_t r = 0; r < ranks; r++) out[r] = bytes * (double)count / (double)ranks;
        exchange(n, ranks, step, out);
    }
}

/* Seconds of a step: batch sequences in `shards`, on ranks of THREADS threads. */
static double step_of(const cost *c, const network *n, size_t ranks, size_t batch, size_t shards,
                      uint64_t seed)
{
    static double out[RANKS];
    const size_t each = (batch + shards - 1) / shards;
    shards = (batch + each - 1) / each;
    double last = 0;
    for (size_t r = 0; r < ranks; r++) {
        const size_t own = shards * (r + 1) / ranks - shards * r / ranks;
        const double turns = (double)((own + THREADS - 1) / THREADS);
        const double scatter = 1 + 0.02 * fabs(loci_random_normal(seed, r));
        clocks[r] = (c->fixed / THREADS + turns * (double)each * c->sequence) * scatter;
        if (own > 1) clocks[r] += (double)(own - 1) * c->gradient * c->add;
        out[r] = own > 0 ? c->gradient / (double)ranks
                         : 0; /* a node of the tree, whose floats one other rank adds */
    }
    if (ranks > 1) {
        gather(n, ranks, 16.0 * (double)batch); /* losses */
        for (size_t away = 1; away < ranks; away++) exchange(n, ranks, away, out);
        const double nodes = (double)(shards < ranks ? shards : ranks);
        for (size_t r = 0; r < ranks; r++) clocks[r] += nodes * c->gradient / (double)ranks * c->add;
        gather(n, ranks, c->gradient);
        gather(n, ranks, 8.0 * (double)ranks); /* the norm */
        gather(n, ranks, 4.0 * (double)ranks); /* whether to stop */
    }
    for (size_t r = 0; r < ranks; r++) last = fmax(last, clocks[r]);
    return last + c->update;
}

static double mean_step(const cost *c, const network *n, size_t ranks, size_t batch, size_t shards)
{
    double sum = 0;
    for (uint64_t s = 0; s < STEPS; s++) sum += step_of(c, n, ranks, batch, shards, s);
    return sum / STEPS;
}

typedef enum { STRONG, STRONG_SHARDS, WEAK } scaling;
static const char *const words[] = {"usual", "shards", "weak"}, *const scalings[] = {
                                                                    "one batch of 512",
                                                                    "one batch of 512, --shards 512",
                                                                    "16 sequences a rank, --shards 8 a rank"};

/* Sequences a second of so many ranks, as a share of ranks times those of one. */
static double efficiency(const cost *c, const network *n, const kind *k, scaling how, size_t ranks)
{
    const size_t fit = (size_t)(16 * 1048576 / (c->gradient / 4)), usual = fit < 8 ? 8 : fit < 64 ? fit : 64;
    const size_t batch = how == WEAK ? 16 * ranks : k->batch, shards = how == WEAK     ? 8 * ranks
                                                                       : how == STRONG ? usual
                                                                                       : k->batch;
    const size_t batch1 = how == WEAK ? 16 : k->batch, shards1 = how == WEAK ? 8 : shards;
    const double one = (double)batch1 / mean_step(c, n, 1, batch1, shards1);
    return (double)batch / mean_step(c, n, ranks, batch, shards) / one / (double)ranks;
}

int main(int argc, char **argv)
{
    const int csv = argc == 2 && strcmp(argv[1], "--csv") == 0, json = csv ? 0 : bench_json(argc, argv);
    enum { KINDS = sizeof kinds / sizeof *kinds, NETWORKS = sizeof networks / sizeof *networks };
    if (csv) printf("model,network,scaling,ranks,efficiency\n");
    for (size_t i = 0; i < KINDS; i++) {
        const cost c = measure(&kinds[i]);
        if (json) {
            bench_figure(1e3 * c.sequence, "ms", "%s, a sequence", kinds[i].name);
            bench_figure(1e3 * c.fixed, "ms", "%s, prepare and gather", kinds[i].name);
            bench_figure(1e3 * c.update, "ms", "%s, update", kinds[i].name);
            bench_figure(c.gradient / 1e6, "MB", "%s, gradient", kinds[i].name);
        } else if (!csv) {
            printf(
                "\n%s: %.2f M, gradient %.1f MB; core-ms: sequence %.2f, prepare and gather %.2f, update %.2f\n",
                kinds[i].name, c.parameters / 1e6, c.gradient / 1e6, 1e3 * c.sequence, 1e3 * c.fixed,
                1e3 * c.update);
        }
        for (int how = STRONG; how <= WEAK; how++)
            for (size_t n = 0; n < NETWORKS; n++) {
                if (!csv && !json) printf("  %-40s %-18s", scalings[how], networks[n].name);
                for (size_t ranks = 1; ranks <= RANKS; ranks *= 2) {
                    const double share = efficiency(&c, &networks[n], &kinds[i], (scaling)how, ranks);
                    if (csv)
                        printf("\"%s\",\"%s\",%s,%zu,%.4f\n", kinds[i].name, networks[n].name, words[how],
                               ranks, share);
                    else if (!json &&
                             (ranks == 2 || ranks == 8 || ranks == 64 || ranks == 256 || ranks == 1024))
                        printf(" %4zu: %5.1f %%", ranks, 100 * share);
                }
                if (!csv && !json) printf("\n");
            }
    }
    if (json) bench_figures_end();
    return 0;
}
