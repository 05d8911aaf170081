/* SPDX-License-Identifier: MIT
 * bench_archive.c - how fast archives take and give samples and, opened, show all of them in 1,000 values, and in how many bytes:
 * medians of processor time, for a random walk, two sines, white noise, and files of doubles (little-endian), each repeated to two million
 * samples; bytes are those of the signal once.
 *
 *     bench_archive [--json] [--error SHARE] [FILE.f64]... */
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <loci/archive.h>

enum { RUNS = 5, SAMPLES = 100000, LONG = 2000000 };

static bool json, any;

/* Processor seconds: what others do on the machine counts little. */
static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static int ascending(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void check(loci_status status, const loci_error *error)
{
    if (status == LOCI_OK) return;
    fprintf(stderr, "bench_archive: %s\n", error->text);
    exit(1);
}

static void *room_for(size_t size)
{
    void *room = calloc(1, size);
    if (!room) {
        fprintf(stderr, "bench_archive: out of memory\n");
        exit(1);
    }
    return room;
}

typedef struct {
    unsigned char *bytes;
    size_t room, size;
} target;

static loci_status take(void *to, uint64_t at, const void *bytes, size_t size, loci_error *error)
{
    (void)error;
    target *t = to;
    if (at + size > t->room) {
        t->room = 2 * (size_t)(at + size);
        t->bytes = realloc(t->bytes, t->room);
        if (!t->bytes) exit(1);
    }
    memcpy(t->bytes + at, bytes, size);
    t->size = (size_t)at + size;
    return LOCI_OK;
}

/* n samples, taken in groups of 4096. */
static void write_all(target *t, const loci_archive_spec *spec, const double *u, size_t n)
{
    loci_error error;
    loci_archive_writer *writer;
    check(loci_archive_writer_create(&writer, spec, NULL, 0, take, t, &error), &error);
    for (size_t i = 0; i < n; i += 4096)
        check(loci_archive_writer_push(writer, u + i, n - i < 4096 ? n - i : 4096, &error), &error);
    check(loci_archive_writer_finish(writer, &error), &error);
    loci_archive_writer_free(writer);
}

static void read_all(const target *t, double *out, size_t n)
{
    loci_error error;
    loci_archive *archive;
    check(loci_archive_open(&archive, t->bytes, t->size, LOCI_ARCHIVE_WHOLE, &error), &error);
    for (size_t i = 0; i < n; i += 65536)
        check(loci_archive_samples(archive, 0, i, n - i < 65536 ? n - i : 65536, out + i, &error), &error);
    loci_archive_close(archive);
}

/* Opens an archive and draws the whole of it in 1,000 values. */
static void glance(const target *t)
{
    loci_error error;
    loci_archive *archive;
    double values[1000];
    check(loci_archive_open(&archive, t->bytes, t->size, LOCI_ARCHIVE_WHOLE, &error), &error);
    const loci_archive_info info = loci_archive_inspect(archive);
    check(loci_archive_zoom(archive, 0, info.start, info.end, 1000, values, &error), &error);
    loci_archive_close(archive);
}

static void line(const char *name, const char *what, double value, const char *unit)
{
    if (json)
        printf("%s\n  \"%s, %s\": {\"value\": %.4g, \"unit\": \"%s\"}", any ? "," : "{", name, what, value,
               unit);
    else
        printf("%-24s %-16s %9.4g %s\n", name, what, value, unit);
    any = true;
    fflush(stdout);
}

static double middle(double *seconds)
{
    qsort(seconds, RUNS, sizeof *seconds, ascending);
    return seconds[RUNS / 2];
}

/* A signal of n samples. */
static void signal_bench(const char *name, const double *u, size_t n, double share)
{
    target t = {0};
    loci_archive_spec spec = loci_archive_defaults();
    double seconds[RUNS], *more = room_for(LONG * sizeof *more), *out = room_for(LONG * sizeof *out);
    for (size_t i = 0; i < LONG; i++) more[i] = u[i % n];
    spec.bound = share;
    write_all(&t, &spec, u, n);
    line(name, "bytes a sample", (double)t.size / (double)n, "B");
    for (int run = 0; run < RUNS; run++) {
        const double start = now();
        write_all(&t, &spec, more, LONG);
        seconds[run] = now() - start;
    }
    line(name, "in", LONG / middle(seconds) * 1e-6, "M samples/s");
    for (int run = 0; run < RUNS; run++) {
        const double start = now();
        read_all(&t, out, LONG);
        seconds[run] = now() - start;
    }
    line(name, "out", LONG / middle(seconds) * 1e-6, "M samples/s");
    for (int run = 0; run < RUNS; run++) {
        const double start = now();
        glance(&t);
        seconds[run] = now() - start;
    }
    line(name, "open and zoom", 1e3 * middle(seconds), "ms");
    spec.rule = LOCI_KEEP_BUDGET;
    spec.budget = (size_t)1 << 16;
    for (int run = 0; run < RUNS; run++) {
        const double start = now();
        write_all(&t, &spec, more, LONG);
        seconds[run] = now() - start;
    }
    line(name, "in, within 64 KB", LONG / middle(seconds) * 1e-6, "M samples/s");
    free(more);
    free(out);
    free(t.bytes);
}

static uint64_t random_state = 1;
static double normal(void)
{
    double sum = 0.0;
    for (int i = 0; i < 12; i++) {
        random_state = random_state * 6364136223846793005u + 1442695040888963407u;
        sum += (double)(random_state >> 11) * 0x1p-53;
    }
    return sum - 6.0;
}

static void made(double share)
{
    double *u = room_for(SAMPLES * sizeof *u), level = 0.0;
    for (size_t i = 0; i < SAMPLES; i++) u[i] = level += normal();
    signal_bench("walk", u, SAMPLES, share);
    for (size_t i = 0; i < SAMPLES; i++) u[i] = sin((double)i / 5000) + 0.3 * sin((double)i / 70);
    signal_bench("sines", u, SAMPLES, share);
    for (size_t i = 0; i < SAMPLES; i++) u[i] = normal();
    signal_bench("noise", u, SAMPLES, share);
    free(u);
}

static void file(const char *name, double share)
{
    FILE *f = fopen(name, "rb");
    size_t n = 0, room = 1 << 16;
    double *u = room_for(room * sizeof *u);
    while (f && fread(u + n, sizeof *u, 1, f) == 1)
        if (++n == room) {
            u = realloc(u, (room *= 2) * sizeof *u);
            if (!u) exit(1);
        }
    if (n == 0) {
        fprintf(stderr, "bench_archive: %s: no doubles\n", name);
        exit(1);
    }
    fclose(f);
    const char *slash = strrchr(name, '/');
    signal_bench(slash ? slash + 1 : name, u, n, share);
    free(u);
}

int main(int argc, char **argv)
{
    double share = 0.05;
    bool files = false;
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--json") == 0) {
            json = true;
        } else if (strcmp(argv[i], "--error") == 0 && i + 1 < argc) {
            share = strtod(argv[++i], NULL);
        } else {
            file(argv[i], share);
            files = true;
        }
    }
    if (!files) made(share);
    if (json) printf("\n}\n");
    return 0;
}
