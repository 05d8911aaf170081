/* SPDX-License-Identifier: MIT
 * bench_signal.c - how fast signals are read: megabytes and numbers a second, median of seven runs, from files in /tmp that
 * were just written and so lie in memory.
 *
 *     bench_signal [--json] */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <loci/data.h>

#include "bench.h"

#define RUNS 7
#define SAMPLES 4096 /* of one call */

static int json;

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static int ascending(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void fail(const loci_error *error)
{
    fprintf(stderr, "%s\n", error->text);
    exit(1);
}

static void measure(const char *what, const char *path, const loci_signal_options *options)
{
    double seconds[RUNS];
    size_t numbers = 0;
    for (int run = 0; run < RUNS; run++) {
        loci_signal *signal;
        loci_error error;
        size_t count, samples = 0;
        const double start = now();
        if (loci_signal_open(&signal, path, options, &error) != LOCI_OK) fail(&error);
        const size_t channels = loci_signal_inspect(signal).channels;
        double *u = malloc(SAMPLES * channels * sizeof *u), *t = malloc(SAMPLES * sizeof *t);
        if (!u || !t) exit(1);
        do {
            if (loci_signal_read(signal, u, t, SAMPLES, &count, &error) != LOCI_OK) fail(&error);
            samples += count;
        } while (count > 0);
        loci_signal_close(signal);
        seconds[run] = now() - start;
        numbers = samples * (channels + (options && options->time_column));
        free(u);
        free(t);
    }
    qsort(seconds, RUNS, sizeof *seconds, ascending);
    struct stat there;
    stat(path, &there);
    const double bytes = (double)there.st_size / 1e6 / seconds[RUNS / 2],
                 values = (double)numbers / 1e6 / seconds[RUNS / 2];
    if (json)
        bench_figure(bytes, "MB/s", "%s", what), bench_figure(values, "million numbers/s", "%s", what);
    else
        printf("%-44s %8.0f MB/s %8.1f million numbers/s\n", what, bytes, values);
}

static char path[64] = "/tmp/loci-bench-XXXXXX";

static void put4(FILE *file, unsigned long value)
{
    for (int i = 0; i < 4; i++) fputc((int)(value >> 8 * i & 0xFF), file);
}

static void measure_raw(void)
{
    const size_t bytes = 64u << 20;
    FILE *file = fopen(path, "wb");
    for (size_t i = 0; i < bytes / 4; i++) {
        const float value = (float)(i % 1000) / 500 - 1;
        fwrite(&value, sizeof value, 1, file);
    }
    fclose(file);
    measure("raw f32le, 1 channel", path, &(loci_signal_options){.raw = LOCI_RAW_F32LE});
    measure("raw s16le, 1 channel", path, &(loci_signal_options){.raw = LOCI_RAW_S16LE});
    measure("raw s16le, 16 channels", path, &(loci_signal_options){.raw = LOCI_RAW_S16LE, .channels = 16});
    measure("raw s16le, 2 of 16 channels", path,
            &(loci_signal_options){.raw = LOCI_RAW_S16LE,
                                   .channels = 16,
                                   .columns = (const char *const[]){"3", "9"},
                                   .column_count = 2});
    measure("raw u8, 1 channel", path, &(loci_signal_options){.raw = LOCI_RAW_U8});

    file = fopen(path, "wb");
    fwrite("RIFF", 4, 1, file);
    put4(file, bytes + 36);
    fwrite("WAVEfmt ", 8, 1, file);
    put4(file, 16);
    put4(file, 1 | 2 << 16);
    put4(file, 48000);
    put4(file, 192000);
    put4(file, 4 | 16 << 16);
    fwrite("data", 4, 1, file);
    put4(file, bytes);
    for (size_t i = 0; i < bytes / 4; i++) put4(file, i);
    fclose(file);
    measure("WAV, 16 bits, 2 channels (libsndfile)", path, NULL);
}

static void measure_npy(void)
{
    const size_t shape[2] = {1u << 20, 8};
    double *data = malloc(shape[0] * shape[1] * sizeof *data);
    if (!data) exit(1);
    for (size_t i = 0; i < shape[0] * shape[1]; i++) data[i] = (double)i;
    for (int single = 0; single < 2; single++) {
        loci_error error;
        if (loci_npy_write(path, data, shape, 2, single, &error) != LOCI_OK) fail(&error);
        measure(single ? "NPY f4, 8 channels" : "NPY f8, 8 channels", path, NULL);
    }
    free(data);
}

static void measure_csv(const char *what, const char *format, int columns, const loci_signal_options *options)
{
    FILE *file = fopen(path, "wb");
    for (int i = 0; i < 2000000 / columns; i++) {
        for (int c = 0; c < columns; c++) {
            if (c > 0) fputc(',', file);
            fprintf(file, format, sin(i + 0.1 * c));
        }
        fputc('\n', file);
    }
    fclose(file);
    measure(what, path, options);
}

static void measure_dates(void)
{
    FILE *file = fopen(path, "wb");
    char text[40];
    for (int i = 0; i < 1000000; i++) {
        loci_time_format(text, sizeof text, 1.4e9 + 0.25 * i);
        fprintf(file, "%s,%.4f\n", text, sin(i));
    }
    fclose(file);
    measure("CSV, a date with fractions and 5 digits", path, &(loci_signal_options){.time_column = "1"});
    file = fopen(path, "wb");
    for (int i = 0; i < 1000000; i++) fprintf(file, "%d,some text,%.4f,\"more, text\"\n", i, sin(i));
    fclose(file);
    measure("CSV, 2 of 4 columns hold numbers", path, NULL);
}

int main(int argc, char **argv)
{
    json = bench_json(argc, argv);
    const int descriptor = mkstemp(path);
    if (descriptor < 0) return 1;
    close(descriptor);
    measure_raw();
    measure_npy();
    measure_csv("CSV, 1 column, 5 digits", "%.4f", 1, NULL);
    measure_csv("CSV, 8 columns, 5 digits", "%.4f", 8, NULL);
    measure_csv("CSV, 8 columns, 9 digits and exponent", "%.8e", 8, NULL);
    measure_csv("CSV, 8 columns, 17 digits", "%.17g", 8, NULL);
    measure_csv("CSV, 8 columns, 19 digits and exponent", "%.18e", 8, NULL);
    measure_csv("CSV, 8 columns, 25 digits", "%.25f", 8, NULL);
    measure_dates();
    unlink(path);
    if (json) bench_figures_end();
    return 0;
}
