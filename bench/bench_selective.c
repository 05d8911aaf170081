/* SPDX-License-Identifier: MIT
 * bench_selective.c - selective scans, with gate and step's softplus, on one core.
 *
 *     bench_selective [--json]
 *
 * One sequence of L samples, E channels of N states each, as layers run it: in bands, backward from the states that forward kept. */
#include "base/real.h"

#include <stdio.h>
#include <string.h>

#include "base/allocate.h"
#include "base/random.h"
#include "bench.h"
#include "layer/selective.h"

enum { V = LOCI_LANES, BAND = LOCI_SELECTIVE_BAND };

typedef struct {
    size_t E, N, L;
    loci_selective self;
    float *raw, *dt, *x, *z, *B, *C, *y, *dy, *state, *dstate, *kept, *scratch;
    float *dx, *ddt, *dz, *dB, *dC, *again, *drate, *dskip, *rate, *skip;
} scan;

/* Uniform between a and b. */
static float *numbers(size_t count, double a, double b)
{
    float *x = loci_allocate(count, sizeof *x);
    if (!x) fprintf(stderr, "bench_selective: out of memory\n"), exit(1);
    for (size_t i = 0; i < count; i++) x[i] = (float)(a + (b - a) * loci_random_uniform(1, i));
    return x;
}

static loci_selective_planes band_at(const scan *s, size_t first)
{
    const size_t at = first * V;
    return (loci_selective_planes){s->x + at, s->dt + at, s->z + at, s->B + at, s->C + at,
                                   s->L,      s->L,       s->L,      BAND};
}

static void forward(void *argument)
{
    const scan *s = argument;
    const size_t size = s->E * s->N;
    memset(s->state, 0, size * sizeof(float));
    loci_selective_loops_get()->softplus(s->dt, s->raw, s->E / V * s->L);
    for (size_t first = 0; first < s->L; first += BAND) {
        const loci_selective_planes band = band_at(s, first);
        loci_selective_forward(&s->self, s->y + first * V, s->state,
                               s->kept + loci_selective_kept(&s->self, first), &band);
    }
}

static void both(void *argument)
{
    const scan *s = argument;
    const size_t size = s->E * s->N;
    forward(argument);
    memset(s->dstate, 0, size * sizeof(float));
    for (size_t first = s->L; first > 0;) {
        first -= BAND;
        const size_t at = first * V;
        const loci_selective_planes band = band_at(s, first);
        const loci_selective_slopes to = {s->dx + at, s->ddt + at,   s->dz + at, s->dB + at,
                                          s->dC + at, s->again + at, s->drate,   s->dskip,
                                          s->L,       s->L,          1};
        loci_selective_backward(&s->self, &to, s->dstate, s->dy + at,
                                s->kept + loci_selective_kept(&s->self, first), &band, s->scratch);
    }
}

static scan make(size_t E, size_t N, size_t L, int shared)
{
    scan s = {.E = E, .N = N, .L = L};
    const size_t plane = E * L, bc = loci_lane_blocks(N) * L * V;
    s.raw = numbers(plane, -7, -2), s.dt = numbers(plane, 0, 0), s.x = numbers(plane, -1, 1);
    s.z = numbers(plane, -1, 1), s.y = numbers(plane, 0, 0), s.dy = numbers(plane, -1, 1);
    s.dx = numbers(plane, 0, 0), s.ddt = numbers(plane, 0, 0), s.dz = numbers(plane, 0, 0);
    s.again = numbers(plane, 0, 0), s.B = numbers(bc, -1, 1), s.C = numbers(bc, -1, 1);
    s.dB = numbers(bc, 0, 0), s.dC = numbers(bc, 0, 0), s.state = numbers(E * N, 0, 0);
    s.dstate = numbers(E * N, 0, 0), s.drate = numbers(E * N, 0, 0);
    s.dskip = numbers(E, 0, 0);
    s.rate = numbers(E * N, -16, -1), s.skip = numbers(E, 0, 1);
    s.self = (loci_selective){E / V, 1, N, shared, s.rate, s.skip};
    s.kept = numbers(loci_selective_kept(&s.self, L), 0, 0);
    s.scratch = numbers(loci_selective_scratch(&s.self), 0, 0);
    return s;
}

int main(int argc, char **argv)
{
    const int json = bench_json(argc, argv);
    const struct {
        const char *name;
        size_t E, N, L;
        int shared;
    } sizes[] = {{"E 1536, N 16, L 512", 1536, 16, 512, 0},
                 {"E 1536, N 128, L 512, a rate a head", 1536, 128, 512, 1}};
    if (!json) puts("selective scan, one core                     forward ms   with backward ms");
    for (size_t i = 0; i < 2; i++) {
        scan s = make(sizes[i].E, sizes[i].N, sizes[i].L, sizes[i].shared);
        bench_case cases[] = {{"forward", forward, &s, {0}}, {"both", both, &s, {0}}};
        bench_rounds(cases, 2, 0.01);
        const double ms[2] = {1e3 * bench_median(&cases[0]), 1e3 * bench_median(&cases[1])};
        if (json) {
            bench_figure(ms[0], "ms", "selective scan, %s, forward", sizes[i].name);
            bench_figure(ms[1], "ms", "selective scan, %s, with backward", sizes[i].name);
        } else {
            printf("%-42s %12.2f %18.2f\n", sizes[i].name, ms[0], ms[1]);
        }
        float *const all[] = {s.raw,  s.dt,      s.x,     s.z,     s.y,    s.dy,  s.dx,    s.ddt,
                              s.dz,   s.again,   s.B,     s.C,     s.dB,   s.dC,  s.state, s.dstate,
                              s.kept, s.scratch, s.drate, s.dskip, s.rate, s.skip};
        for (size_t k = 0; k < sizeof all / sizeof *all; k++) loci_free(all[k]);
    }
    if (json) bench_figures_end();
    return 0;
}
