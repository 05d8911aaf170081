/* SPDX-License-Identifier: MIT
 * bench_parts.c - a training step of the S4 repository's example part by part: what each kind of work costs on one core, and
 * how near it comes to what the machine can do.
 *
 *     bench_parts [--json]
 *
 * Each part is run by itself on one sequence, in the bands and blocks in which layers run it, and counted for all layers
 * and a batch of 64. Operations: 2 for each multiply-add of a product; 5 L log2 L for a transform, of which a channel
 * takes two forward and three back. The rest does little arithmetic a number: numbers a second say more. */
#include "base/real.h"

#include <math.h>
#include <stdio.h>

#include "base/allocate.h"
#include "base/random.h"
#include "bench.h"
#include "layer/loops.h"
#include "transform/convolution.h"
#include "transform/product.h"

enum { V = LOCI_LANES, H = 128, L = 1024, LAYERS = 4, BATCH = 64, BLOCKS = H / V, BAND = LOCI_BAND };
enum { PLANE = H * L }; /* numbers of an activation */

/* Activations of one sequence and one layer: a, of twice the width, and others; what is prepared. */
typedef struct {
    const loci_loops *rows;
    const loci_product *mix;
    loci_convolution *plan;
    float *x, *y, *v, *dy, *a, *gate, *band, *wide;
    float *kernel, *dkernel, *forth, *back, *dweight, *bias, *weight, *mask, *statistics, *scratch;
    size_t kernel_size;
} layer;

/* Normal, of this deviation. */
static float *numbers(size_t count, double deviation)
{
    float *x = loci_allocate(count, sizeof *x);
    if (!x) fprintf(stderr, "bench_parts: out of memory\n"), exit(1);
    for (size_t i = 0; i < count; i++) x[i] = (float)(deviation * loci_random_normal(1, 2 * i));
    return x;
}

static void convolve(void *argument)
{
    const layer *l = argument;
    for (size_t k = 0; k < BLOCKS; k++)
        loci_convolution_apply(l->plan, l->v + k * L * V, l->x + k * L * V, l->kernel + k * l->kernel_size,
                               l->scratch);
}

static void convolve_back(void *argument)
{
    const layer *l = argument;
    for (size_t k = 0; k < BLOCKS; k++)
        loci_convolution_backward(l->plan, l->y + k * L * V, l->dkernel + k * l->kernel_size,
                                  l->dy + k * L * V, l->x + k * L * V, l->kernel + k * l->kernel_size,
                                  l->scratch);
}

static void mix(void *argument)
{
    const layer *l = argument;
    for (size_t r = 0; r < L; r += BAND)
        l->mix->multiply(l->wide, BAND, l->band, BAND, l->forth, l->bias, H, 2 * H, BAND);
}

static void mix_back(void *argument)
{
    const layer *l = argument;
    for (size_t r = 0; r < L; r += BAND) {
        l->mix->gradient(l->dweight, l->band, BAND, l->wide, BAND, H, 2 * H, BAND);
        l->mix->multiply(l->band, BAND, l->wide, BAND, l->back, NULL, 2 * H, H, BAND);
    }
}

static void activate(void *argument)
{
    const layer *l = argument;
    for (size_t r = 0; r < L; r += BAND)
        for (size_t k = 0; k < BLOCKS; k++)
            l->rows->gelu(l->band + k * BAND * V, l->v + (k * L + r) * V, l->mask, 0, BAND);
}

static void activate_back(void *argument)
{
    const layer *l = argument;
    for (size_t r = 0; r < L; r += BAND)
        for (size_t k = 0; k < BLOCKS; k++)
            l->rows->gelu_backward(l->wide + k * BAND * V, l->band + k * BAND * V, NULL,
                                   l->v + (k * L + r) * V, l->mask, 0, BAND);
}

static void gate(void *argument)
{
    const layer *l = argument;
    for (size_t r = 0; r < L; r += BAND)
        for (size_t k = 0; k < BLOCKS; k++)
            l->rows->glu(l->y + (k * L + r) * V, l->gate + (k * L + r) * V, l->wide + k * BAND * V,
                         l->wide + (BLOCKS + k) * BAND * V, BAND);
}

static void gate_back(void *argument)
{
    const layer *l = argument;
    for (size_t r = 0; r < L; r += BAND)
        for (size_t k = 0; k < BLOCKS; k++)
            l->rows->glu_backward(l->wide + k * BAND * V, l->wide + (BLOCKS + k) * BAND * V,
                                  l->dy + (k * L + r) * V, l->y + (k * L + r) * V, l->gate + (k * L + r) * V,
                                  BAND);
}

static void add_and_norm(void *argument)
{
    const layer *l = argument;
    for (size_t k = 0; k < BLOCKS; k++)
        l->rows->add(l->a + k * L * V, l->x + k * L * V, l->y + k * L * V, l->mask, 0, L);
    l->rows->normalize(l->v, l->statistics, l->a, L, L, l->weight, l->bias, 1e-5, 1, H, L);
}

/* The norm, the branch's mask, and the sum with the straight path's gradient. */
static void add_and_norm_back(void *argument)
{
    const layer *l = argument;
    l->rows->normalize_backward(l->v, l->dweight, l->dweight + H, l->dy, l->a, l->statistics, l->weight, L, 1,
                                H, L);
    for (size_t k = 0; k < BLOCKS; k++) l->rows->add(l->y + k * L * V, NULL, l->v + k * L * V, l->mask, 0, L);
    l->rows->add(l->x, l->v, l->x, NULL, 0, BLOCKS * L);
}

static layer make(void)
{
    layer l = {.rows = loci_loops_get(), .mix = loci_product_get()};
    loci_error error;
    if (loci_convolution_create(&l.plan, NULL, L, L, &error)) {
        fprintf(stderr, "bench_parts: %s\n", error.text);
        exit(1);
    }
    l.kernel_size = loci_convolution_prepared_size(l.plan);
    /* what parts write and others read keeps about the size of activations: exponentials of large numbers are slow */
    const size_t mixed = loci_product_size(l.mix, H, 2 * H);
    l.x = numbers(PLANE, 1), l.y = numbers(PLANE, 1), l.v = numbers(PLANE, 1), l.dy = numbers(PLANE, 1e-3);
    l.a = numbers(PLANE, 1), l.gate = numbers(PLANE, 1), l.band = numbers(H * BAND, 1);
    l.wide = numbers(2 * H * BAND, 1), l.forth = numbers(mixed, 1 / sqrt(H));
    l.back = numbers(loci_product_size(l.mix, 2 * H, H), 1 / sqrt(2 * H)), l.dweight = numbers(mixed, 0);
    l.kernel = numbers(BLOCKS * l.kernel_size, 1 / (double)L);
    l.dkernel = numbers(BLOCKS * l.kernel_size, 0),
    l.scratch = numbers(loci_convolution_scratch_size(l.plan), 0);
    l.bias = numbers(2 * H, 0.1), l.weight = numbers(2 * H, 1), l.mask = numbers(V, 1);
    l.statistics = numbers(2 * L, 1);
    return l;
}

int main(int argc, char **argv)
{
    const int json = bench_json(argc, argv);
    layer l = make();
    bench_case cases[] = {
        {"convolution", convolve, &l, {0}},
        {"  backward", convolve_back, &l, {0}},
        {"mixing, 128 to 256", mix, &l, {0}},
        {"  backward", mix_back, &l, {0}},
        {"GELU, dropout", activate, &l, {0}},
        {"  backward", activate_back, &l, {0}},
        {"gates", gate, &l, {0}},
        {"  backward", gate_back, &l, {0}},
        {"dropout, sum, norm", add_and_norm, &l, {0}},
        {"  backward", add_and_norm_back, &l, {0}},
        {"peak", bench_peak_run, NULL, {0}},
    };
    enum { CASES = sizeof cases / sizeof *cases - 1 };
    bench_rounds(cases, CASES + 1, 0.01);
    const double transform = 5 * (double)L * log2(L) * H, product = 2.0 * H * 2 * H * L;
    const double operations[CASES] = {2 * transform, 3 * transform, product, 2 * product};
    const double peak = bench_peak_operations() / bench_best(&cases[CASES]), times = (double)LAYERS * BATCH;
    double sum = 0;
    for (int i = 0; i < CASES; i++) sum += bench_median(&cases[i]);
    if (!json) puts("part of a step                core-ms  share   GFLOP/s  of peak   numbers a ns");
    for (int i = 0; i < CASES; i++) {
        const double seconds = bench_median(&cases[i]), rate = operations[i] / seconds;
        const double share = bench_share(&cases[i], &cases[CASES], operations[i]);
        if (json) {
            const char *part = cases[i & ~1].name, *back = i & 1 ? ", backward" : "";
            bench_figure(1e3 * seconds * times, "core-ms", "%s%s", part, back);
            if (rate > 0) bench_figure(share, "of the peak", "%s%s", part, back);
            continue;
        }
        printf("%-28s %8.1f %4.0f %%", cases[i].name, 1e3 * seconds * times, 100 * seconds / sum);
        if (rate > 0)
            printf("  %8.0f %6.0f %%", 1e-9 * rate, 100 * share);
        else
            printf("  %8s %8s", "", "");
        printf(" %14.1f\n", 1e-9 * PLANE / seconds);
    }
    if (json)
        bench_figure(1e3 * sum * times, "core-ms", "all"), bench_figures_end();
    else
        printf("%-28s %8.1f            peak %.0f GFLOP/s\n", "all", 1e3 * sum * times, 1e-9 * peak);
    float *const all[] = {l.x,       l.y,    l.v,      l.dy,      l.a,          l.gate,
                          l.band,    l.wide, l.kernel, l.dkernel, l.forth,      l.back,
                          l.dweight, l.bias, l.weight, l.mask,    l.statistics, l.scratch};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) loci_free(all[i]);
    loci_convolution_destroy(l.plan);
    return 0;
}
