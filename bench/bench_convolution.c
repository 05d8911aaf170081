/* SPDX-License-Identifier: MIT
 * bench_convolution.c - causal convolution, forward and with its gradients, at lengths from 256 to 2^20, one core, float.
 *
 * Ours works in the library's own layout. Beside it KissFFT does the same job in the layout that suits it, [channels][L]:
 * real transforms of 2 L with zero padding, product with a spectrum prepared before, inverse; for the gradients three
 * transforms more, du and the spectrum of dk. Operations are counted alike for both, 5 L log2 L for a complex transform of
 * length L: two of these forward, five with the gradients.
 */
#include <math.h>

#include "bench.h"

#include "base/allocate.h"
#include "transform/convolution.h"

#ifdef BENCH_KISSFFT
#include <kiss_fftr.h>
#endif

typedef struct {
    size_t L, blocks; /* blocks of 16 channels */
    loci_convolution *plan;
    real *u, *y, *dy, *du, *prepared, *dprepared, *scratch; /* [blocks][...] */
    size_t size;                                            /* of prepared, for a block */
#ifdef BENCH_KISSFFT
    kiss_fftr_cfg forward, inverse;
    float *padded;                              /* [2 L] */
    kiss_fft_cpx *spectrum, *gradient, *k, *dk; /* [L + 1], [L + 1], [channels][L + 1] twice */
#endif
} job;

static void *memory(size_t count, size_t size)
{
    void *all = loci_allocate(count, size);
    if (!all) {
        fprintf(stderr, "bench_convolution: out of memory\n");
        exit(1);
    }
    return all;
}

static void ours_forward(void *argument)
{
    const job *j = argument;
    for (size_t b = 0; b < j->blocks; b++) {
        const size_t at = b * j->L * LOCI_LANES;
        loci_convolution_apply(j->plan, j->y + at, j->u + at, j->prepared + b * j->size, j->scratch);
    }
}

static void ours_both(void *argument)
{
    const job *j = argument;
    for (size_t b = 0; b < j->blocks; b++) {
        const size_t at = b * j->L * LOCI_LANES, spectrum = b * j->size;
        loci_convolution_apply(j->plan, j->y + at, j->u + at, j->prepared + spectrum, j->scratch);
        loci_convolution_backward(j->plan, j->du + at, j->dprepared + spectrum, j->dy + at, j->u + at,
                                  j->prepared + spectrum, j->scratch);
    }
}

#ifdef BENCH_KISSFFT
static void kiss_transform(const job *j, kiss_fft_cpx *out, const float *x)
{
    memcpy(j->padded, x, j->L * sizeof *x);
    memset(j->padded + j->L, 0, j->L * sizeof *x);
    kiss_fftr(j->forward, j->padded, out);
}

static void kiss_back(const job *j, float *x, const kiss_fft_cpx *in)
{
    kiss_fftri(j->inverse, in, j->padded);
    memcpy(x, j->padded, j->L * sizeof *x);
}

static void kiss_forward(void *argument)
{
    const job *j = argument;
    for (size_t c = 0; c < j->blocks * LOCI_LANES; c++) {
        const kiss_fft_cpx *k = j->k + c * (j->L + 1);
        kiss_fft_cpx *x = j->spectrum;
        kiss_transform(j, x, j->u + c * j->L);
        for (size_t i = 0; i <= j->L; i++) {
            const float re = x[i].r * k[i].r - x[i].i * k[i].i;
            x[i].i = x[i].r * k[i].i + x[i].i * k[i].r;
            x[i].r = re;
        }
        kiss_back(j, j->y + c * j->L, x);
    }
}

static void kiss_both(void *argument)
{
    const job *j = argument;
    kiss_forward(argument);
    for (size_t c = 0; c < j->blocks * LOCI_LANES; c++) {
        const kiss_fft_cpx *k = j->k + c * (j->L + 1);
        kiss_fft_cpx *x = j->spectrum, *g = j->gradient, *dk = j->dk + c * (j->L + 1);
        kiss_transform(j, x, j->u + c * j->L);
        kiss_transform(j, g, j->dy + c * j->L);
        for (size_t i = 0; i <= j->L; i++) {
            dk[i].r += g[i].r * x[i].r + g[i].i * x[i].i;
            dk[i].i += g[i].i * x[i].r - g[i].r * x[i].i;
            const float re = g[i].r * k[i].r + g[i].i * k[i].i;
            g[i].i = g[i].i * k[i].r - g[i].r * k[i].i;
            g[i].r = re;
        }
        kiss_back(j, j->du + c * j->L, g);
    }
}
#endif

static job make(size_t L, size_t blocks)
{
    job j = {.L = L, .blocks = blocks};
    const size_t numbers = blocks * L * LOCI_LANES;
    loci_error error;
    if (loci_convolution_create(&j.plan, NULL, L, L, &error) != LOCI_OK) {
        fprintf(stderr, "bench_convolution: %s\n", error.text);
        exit(1);
    }
    j.size = loci_convolution_prepared_size(j.plan);
    j.u = memory(numbers, sizeof(real)), j.y = memory(numbers, sizeof(real));
    j.dy = memory(numbers, sizeof(real)), j.du = memory(numbers, sizeof(real));
    j.prepared = memory(blocks * j.size, sizeof(real)), j.dprepared = memory(blocks * j.size, sizeof(real));
    j.scratch = memory(loci_convolution_scratch_size(j.plan), sizeof(real));
    unsigned seed = 1;
    for (size_t i = 0; i < numbers; i++) {
        seed = seed * 1664525u + 1013904223u;
        j.u[i] = (real)(int)seed * 0x1p-31f;
        j.dy[i] = (real)(int)(seed ^ 0x5bd1e995u) * 0x1p-31f;
    }
    for (size_t b = 0; b < blocks; b++) /* a signal for a kernel */
        loci_convolution_prepare(j.plan, j.prepared + b * j.size, j.dy + b * L * LOCI_LANES, j.scratch);
#ifdef BENCH_KISSFFT
    const int n = (int)(2 * L);
    j.forward = kiss_fftr_alloc(n, 0, NULL, NULL), j.inverse = kiss_fftr_alloc(n, 1, NULL, NULL);
    j.padded = memory(2 * L, sizeof *j.padded);
    j.spectrum = memory(L + 1, sizeof *j.spectrum), j.gradient = memory(L + 1, sizeof *j.gradient);
    j.k = memory(blocks * LOCI_LANES * (L + 1), sizeof *j.k),
    j.dk = memory(blocks * LOCI_LANES * (L + 1), sizeof *j.dk);
    for (size_t c = 0; c < blocks * LOCI_LANES; c++) {
        kiss_transform(&j, j.k + c * (L + 1), j.dy + c * L);
        for (size_t i = 0; i <= L; i++)
            j.k[c * (L + 1) + i].r /= (float)n, j.k[c * (L + 1) + i].i /= (float)n;
    }
#endif
    return j;
}

static void drop(job *j)
{
    loci_convolution_destroy(j->plan);
    real *all[] = {j->u, j->y, j->dy, j->du, j->prepared, j->dprepared, j->scratch};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) loci_free(all[i]);
#ifdef BENCH_KISSFFT
    kiss_fftr_free(j->forward), kiss_fftr_free(j->inverse);
    loci_free(j->padded), loci_free(j->spectrum), loci_free(j->gradient), loci_free(j->k), loci_free(j->dk);
#endif
}

int main(int argc, char **argv)
{
    const int json = bench_json(argc, argv);
    const size_t lengths[] = {64,   128,  256,  512,   768,   1000,   1024,
                              2048, 4096, 8192, 16384, 65536, 262144, 1048576};
    const double bandwidth = bench_bandwidth() * 1e-9;
    if (!json) {
        printf("causal convolution, float, one core; memory %.1f GB/s\n", bandwidth);
        printf(
            "us a channel: median of %d rounds (best); GF/s: 5 L log2 L a transform; peak measured in the same rounds\n\n",
            BENCH_ROUNDS);
        printf("%8s %5s | %8s %9s %6s %5s | %8s %9s %6s %5s | %6s %s\n", "L", "H", "forward", "(best)",
               "GF/s", "peak", "fwd+bwd", "(best)", "GF/s", "peak", "peak", "KissFFT, times as long");
    }
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
        const size_t L = lengths[i], blocks = L <= 16384 ? 8 : 1, channels = blocks * LOCI_LANES;
        job j = make(L, blocks);
        bench_case cases[] = {
            {.name = "peak", .run = bench_peak_run},
            {.name = "forward", .run = ours_forward, .argument = &j},
            {.name = "both", .run = ours_both, .argument = &j},
#ifdef BENCH_KISSFFT
            {.name = "KissFFT forward", .run = kiss_forward, .argument = &j},
            {.name = "KissFFT both", .run = kiss_both, .argument = &j},
#endif
        };
        const int peers = L <= 65536; /* longer ones take the peer seconds */
        const int count = peers ? (int)(sizeof cases / sizeof *cases) : 3;
        bench_rounds(cases, count, 0.01);
        const double scale = 1e6 / (double)channels,
                     peak = bench_peak_operations() / bench_best(&cases[0]) * 1e-9;
        const double forward = bench_median(&cases[1]) * scale, both = bench_median(&cases[2]) * scale;
        const double operations = 5e-3 * (double)L * log2((double)L); /* thousands, so that us make GF/s */
        const double rate1 = 2 * operations / forward, rate2 = 5 * operations / both;
        const double once = 5 * (double)L * log2((double)L) * (double)channels;
        const double share1 = bench_share(&cases[1], &cases[0], 2 * once),
                     share2 = bench_share(&cases[2], &cases[0], 5 * once);
        if (json) {
            printf(
                "%s{\"length\": %zu, \"channels\": %zu, \"forward_us\": %.4g, \"forward_best_us\": %.4g, \"both_us\": "
                "%.4g, \"both_best_us\": %.4g, \"forward_gflops\": %.4g, \"both_gflops\": %.4g, \"peak_gflops\": %.4g, "
                "\"memory_gb_s\": %.4g",
                i ? ",\n " : "[", L, channels, forward, bench_best(&cases[1]) * scale, both,
                bench_best(&cases[2]) * scale, rate1, rate2, peak, bandwidth);
#ifdef BENCH_KISSFFT
            printf(
                ", \"kissfft_forward_us\": %.4g, \"kissfft_both_us\": %.4g, \"kissfft_forward_ratio\": %.4g, "
                "\"kissfft_both_ratio\": %.4g",
                bench_median(&cases[3]) * scale, bench_median(&cases[4]) * scale,
                bench_ratio(&cases[3], &cases[1]), bench_ratio(&cases[4], &cases[2]));
#endif
            printf("}");
        } else {
            printf("%8zu %5zu | %8.3f (%7.3f) %6.1f %4.0f%% | %8.3f (%7.3f) %6.1f %4.0f%% | %6.1f", L,
                   channels, forward, bench_best(&cases[1]) * scale, rate1, 100 * share1, both,
                   bench_best(&cases[2]) * scale, rate2, 100 * share2, peak);
#ifdef BENCH_KISSFFT
            if (peers)
                printf(" %6.1f %6.1f", bench_ratio(&cases[3], &cases[1]), bench_ratio(&cases[4], &cases[2]));
#endif
            printf("\n");
        }
        fflush(stdout);
        drop(&j);
    }
    if (json) printf("]\n");
    return 0;
}
