/* SPDX-License-Identifier: MIT
 * test_dataset_gaps.c - numbers that are missing: refused with their place, or held, of which the outcome is that of the same file
 * without gaps, filled by a slow and obvious loop. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <sndfile.h>

#include <loci/data.h>

#include "dataset_case.h"

/* The same sequences and targets, to the bit. */
static void same(const loci_dataset *a, const loci_dataset *b)
{
    static float u[1 << 16], v[1 << 16];
    static double s[1 << 12], t[1 << 12];
    const loci_dataset_info p = loci_dataset_inspect(a), q = loci_dataset_inspect(b);
    assert_int_equal(p.sequences, q.sequences);
    assert_int_equal(p.inputs, q.inputs);
    assert_true(p.longest * p.inputs <= sizeof u / sizeof *u);
    for (size_t i = 0; i < p.sequences; i++) {
        const size_t length = loci_dataset_length(a, i);
        const size_t targets = loci_dataset_targets(a, i) * (p.target.values ? p.outputs : 1);
        assert_int_equal(length, loci_dataset_length(b, i));
        assert_true(targets <= sizeof s / sizeof *s);
        loci_dataset_read(a, i, u);
        loci_dataset_read(b, i, v);
        assert_memory_equal(u, v, length * p.inputs * sizeof *u);
        loci_dataset_read_target(a, i, s);
        loci_dataset_read_target(b, i, t);
        assert_memory_equal(s, t, targets * sizeof *s);
    }
    assert_true(p.fingerprint == q.fingerprint);
}

/* Numbers below n from a generator of 32 bits (Knuth). */
static unsigned draw(unsigned n)
{
    static uint32_t state = 1;
    state = state * 1664525u + 1013904223u;
    return (state >> 8) % n;
}

/* ---- tables ---- */

enum { ROWS = 600, GROUPS = 5, INPUTS = 3 };

static const char *const written[] = {"",     "NaN",     "-nan", "NA", "n/a",     "null",
                                      "#N/A", "#DIV/0!", "-",    " ",  "nan(0x1)"};

/* Rows of several groups in any order, a third of the numbers missing. */
static void what_is_held_is_of_the_group(void **state)
{
    (void)state;
    static double x[ROWS][INPUTS], held[ROWS][INPUTS];
    static unsigned group[ROWS];
    static char gaps[ROWS * 64], whole[ROWS * 64];
    size_t missing = 0, a = 0, b = 0;
    a += (size_t)snprintf(gaps, sizeof gaps, "t;a;b;c;g;y\n");
    b += (size_t)snprintf(whole, sizeof whole, "t;a;b;c;g;y\n");
    for (size_t r = 0; r < ROWS; r++) {
        group[r] = draw(GROUPS);
        bool first = true;
        for (size_t k = 0; k < r; k++) first = first && group[k] != group[r];
        a += (size_t)snprintf(gaps + a, sizeof gaps - a, "%zu", r);
        b += (size_t)snprintf(whole + b, sizeof whole - b, "%zu", r);
        for (size_t c = 0; c < INPUTS; c++) {
            x[r][c] = !first && draw(3) == 0 ? (double)NAN : draw(1000);
            held[r][c] = x[r][c];
            for (size_t k = r; isnan(held[r][c]); k--)
                if (group[k] == group[r]) held[r][c] = x[k][c];
            missing += isnan(x[r][c]) != 0;
            if (isnan(x[r][c]))
                a += (size_t)snprintf(gaps + a, sizeof gaps - a, ";%s",
                                      written[draw(sizeof written / sizeof *written)]);
            else
                a += (size_t)snprintf(gaps + a, sizeof gaps - a, ";%g", x[r][c]);
            b += (size_t)snprintf(whole + b, sizeof whole - b, ";%g", held[r][c]);
        }
        a += (size_t)snprintf(gaps + a, sizeof gaps - a, ";g%u;%u\n", group[r], group[r]);
        b += (size_t)snprintf(whole + b, sizeof whole - b, ";g%u;%u\n", group[r], group[r]);
    }
    temporary_bytes("gaps.csv", gaps, a);
    temporary_bytes("whole.csv", whole, b);
    const loci_reading readings[] = {
        {.label = "y", .group = "g", .time = "t"},
        {.value = "y", .group = "g", .time = "t", .window = 7, .stride = 2},
        {.group = "g", .time = "t", .window = 5, .horizon = 2},
        {.value = "b", .group = "g", .time = "t", .window = 5, .horizon = 2},
    };
    for (size_t i = 0; i < sizeof readings / sizeof *readings; i++) {
        loci_reading r = readings[i];
        dataset_refused("gaps.csv", r, "a number was expected, or --missing hold");
        loci_dataset *plain = dataset_of("whole.csv", r);
        r.hold = 1;
        loci_dataset *set = dataset_of("gaps.csv", r), *again = dataset_of("whole.csv", r);
        same(set, plain);
        same(again, plain);
        assert_true(loci_dataset_inspect(set).missing == missing);
        assert_true(loci_dataset_inspect(again).missing == 0 && loci_dataset_inspect(plain).missing == 0);
        loci_dataset_close(set);
        loci_dataset_close(plain);
        loci_dataset_close(again);
    }
}

/* Without a group a value is held from one window to the next, and what a horizon is of is held although it is no input. */
static void one_recording(void **state)
{
    (void)state;
    temporary_text("one.csv", "a,y\n1,5\n2,\n,7\nNA,8\n5,9\n6,10\n");
    static const char *const only_a[] = {"a"};
    loci_dataset *set = dataset_of(
        "one.csv",
        (loci_reading){
            .value = "y", .columns = only_a, .column_count = 1, .window = 2, .horizon = 1, .hold = 1});
    static const float u[4][2] = {{1, 2}, {2, 2}, {2, 2}, {2, 5}};
    static const double y[4] = {7, 8, 9, 10};
    assert_int_equal(loci_dataset_inspect(set).sequences, 4);
    assert_true(loci_dataset_inspect(set).missing == 3);
    for (size_t i = 0; i < 4; i++) {
        float got[2];
        double target;
        loci_dataset_read(set, i, got);
        loci_dataset_read_target(set, i, &target);
        assert_memory_equal(got, u[i], sizeof got);
        assert_true(target == y[i]);
    }
    loci_dataset_close(set);
    /* and so is the target itself: of the first row alone it is 5 in the second */
    set = dataset_of(
        "one.csv",
        (loci_reading){
            .value = "y", .columns = only_a, .column_count = 1, .window = 1, .horizon = 1, .hold = 1});
    double target;
    loci_dataset_read_target(set, 0, &target);
    assert_true(target == 5);
    loci_dataset_close(set);
}

static void what_cannot_be_held_in_a_table(void **state)
{
    (void)state;
    static const struct {
        const char *text, *says;
        loci_reading r;
    } cases[] = {
        /* refused, and the option that would help is named */
        {"a,b,y\n1,2,3\n,2,4\n",
         "line 3: \"\" stands in column a; a number was expected, or --missing hold",
         {.value = "y", .window = 1}},
        {"a,b,y\n1,2,3\n1,#N/A,4\n",
         "line 3: \"#N/A\" stands in column b; a number was expected, or --missing hold",
         {.value = "y", .window = 1}},
        {"1,2,3\n1,-nan,4\n",
         "line 2: \"-nan\" stands in column 2; a number was expected, or --missing hold",
         {.value = "3", .window = 1}},
        /* nothing before it: at the beginning, of a group, of a column or a group without any */
        {"a,b,y\n1,,3\n1,2,4\n",
         "line 2: column b has no value yet that could be held; a number was expected first",
         {.value = "y", .window = 1, .hold = 1}},
        {"1,,3\n1,2,4\n", "line 1: column 2 has no value yet", {.value = "3", .window = 1, .hold = 1}},
        {"a,b,y\n1,,3\n2,,4\n3,,5\n",
         "column b has no value yet that could be held; a number was expected first (--column",
         {.value = "y", .window = 1, .hold = 1}},
        {"g,a,y\nu,1,3\nu,,4\nv,,5\nv,2,5\n",
         "line 4: column a of sequence v has no value yet",
         {.value = "y", .group = "g", .hold = 1}},
        {"g,a,y\nu,1,3\nv,,5\nv,,5\nu,,4\n",
         "line 3: column a of sequence v has no value yet",
         {.value = "y", .group = "g", .hold = 1}},
        /* what is learned, what names a sequence, times; and what is no number at all, or none of ours */
        {"a,y\n1,3\n2,\n3,5\n",
         "line 3: \"\" stands in column y; a number was expected, as what is learned is never held",
         {.value = "y", .window = 1, .hold = 1}},
        {"a,y\n1,3\n2,NaN\n3,5\n",
         "line 3: \"NaN\" stands in column y; a number was expected, as what is learned is never held",
         {.value = "y", .window = 1}},
        {"a,y\n1,u\n2,\n3,v\n",
         "line 3: \"\" stands in column y; a class was expected",
         {.label = "y", .window = 1, .hold = 1}},
        {"a,y\n1,0\n2,1\n3,NaN\n",
         "line 4: the class is missing; a number was expected, as classes are elsewhere",
         {.label = "y", .window = 1, .hold = 1}},
        {"a,y\n1,#N/A\n2,1\n3,0\n", "line 2: the class is missing", {.label = "y", .window = 1}},
        {"g,a,y\nu,1,3\n,2,4\n",
         "line 3: \"\" stands in column g; the name of a sequence was expected",
         {.value = "y", .group = "g", .hold = 1}},
        {"t,a,y\n1,1,3\n,2,4\n3,2,4\n",
         "line 3: the time in column t is missing",
         {.value = "y", .window = 1, .time = "t", .hold = 1}},
        {"t,a,y\n1,1,3\nNA,2,4\n3,2,4\n",
         "line 3: the time in column t is missing",
         {.value = "y", .window = 1, .time = "t"}},
        {"a,y\n1,3\ninf,4\n3,5\n",
         "line 3: \"inf\" stands in column a; a finite number was expected",
         {.value = "y", .window = 1, .hold = 1}},
        {"a,y\n1,3\n2,4\n3,4\nx,5\n",
         "line 5: \"x\" stands in column a; a finite number was expected",
         {.value = "y", .window = 1, .hold = 1}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        temporary_text("bad.csv", cases[i].text);
        dataset_refused("bad.csv", cases[i].r, cases[i].says);
    }
    /* none, a dash and a word may be classes beside numbers */
    temporary_text("none.csv", "a,y\n1,0\n2,none\n3,-\n4,1\n");
    loci_dataset *set = dataset_of("none.csv", (loci_reading){.label = "y", .window = 1});
    assert_int_equal(loci_dataset_inspect(set).classes, 4);
    loci_dataset_close(set);
}

/* ---- files ---- */

/* More rows than are read at once, gaps at all places of two channels; as they are, and mixed to one. */
static void files_of_rows(void **state)
{
    (void)state;
    enum { LONG = 9001 };
    static double x[LONG][2];
    static char text[LONG * 32];
    const bool mixed[] = {false, true};
    for (size_t m = 0; m < 2; m++) {
        size_t missing = 0;
        double last[2] = {0, 0}, last_mean = 0;
        for (int pass = 0; pass < 2; pass++) {
            size_t used = (size_t)snprintf(text, sizeof text, "a,b\n");
            for (size_t k = 0; k < LONG; k++) {
                for (size_t c = 0; c < 2 && pass == 0; c++)
                    x[k][c] = k && (draw(4) == 0 || k % 4096 < 2) ? NAN : draw(1000) / 8.0;
                if (pass == 0) {
                    used += (size_t)snprintf(text + used, sizeof text - used, isnan(x[k][0]) ? "NA," : "%g,",
                                             x[k][0]);
                    used += (size_t)snprintf(text + used, sizeof text - used, isnan(x[k][1]) ? "\n" : "%g\n",
                                             x[k][1]);
                    continue;
                }
                const double mean = (x[k][0] + x[k][1]) / 2;
                for (size_t c = 0; c < 2; c++) last[c] = isnan(x[k][c]) ? last[c] : x[k][c];
                last_mean = isnan(mean) ? last_mean : mean;
                missing += mixed[m] ? (size_t)isnan(mean) : (size_t)isnan(x[k][0]) + (size_t)isnan(x[k][1]);
                used += (size_t)snprintf(text + used, sizeof text - used, "%.17g,%.17g\n",
                                         mixed[m] ? last_mean : last[0], mixed[m] ? last_mean : last[1]);
            }
            const char *const folder = pass ? "whole" : "gaps";
            char name[32];
            for (int label = 0; label < 2; label++) {
                snprintf(name, sizeof name, "%s/%c", folder, 'p' + label);
                temporary_folders(name);
                snprintf(name, sizeof name, "%s/%c/1.csv", folder, 'p' + label);
                temporary_bytes(name, text, used);
            }
        }
        loci_reading r = {.mono = mixed[m]};
        dataset_refused("gaps", r, "a number was expected, or --missing hold");
        loci_dataset *plain = dataset_of("whole", r);
        r.hold = 1;
        loci_dataset *set = dataset_of("gaps", r);
        same(set, plain);
        assert_true(loci_dataset_inspect(set).missing == 2 * missing);
        loci_dataset_close(set);
        loci_dataset_close(plain);
    }
    temporary_text("gaps/q/1.csv", "a,b\n1,2\n\n3,\n");
    temporary_text("gaps/p/1.csv", "a,b\n1,2\n");
    dataset_refused("gaps", (loci_reading){0},
                    "gaps: q/1.csv: line 4: \"b\" is missing or not a number; a number was");
    dataset_refused("gaps", (loci_reading){.mono = 1}, "q/1.csv: line 4: a channel is missing");
    temporary_text("gaps/q/1.csv", "a,b\n,2\n3,1\n");
    dataset_refused("gaps", (loci_reading){.hold = 1},
                    "q/1.csv: line 2: \"a\" has no value yet that could be held");
    temporary_text("gaps/q/1.csv", "t,a,b\n1,1,2\n,3,1\n");
    temporary_text("gaps/p/1.csv", "t,a,b\n1,1,2\n2,3,1\n");
    dataset_refused("gaps", (loci_reading){.hold = 1, .time = "t"},
                    "q/1.csv: line 3: the time in column t is missing");
    /* of a file that is passed over nothing is counted */
    temporary_text("gaps/q/1.csv", "t,a,b\n1,1,2\n2,,1\n");
    temporary_text("gaps/q/README", "t,a,b\n1,1,2\n2,,1\n3,,x\n");
    loci_dataset *set = dataset_of("gaps", (loci_reading){.hold = 1, .time = "t"});
    assert_true(loci_dataset_inspect(set).missing == 1 && loci_dataset_inspect(set).passed_over == 1);
    loci_dataset_close(set);
}

static void write_sound(const char *name, const float *u, size_t samples)
{
    SF_INFO info = {.samplerate = 100, .channels = 2, .format = SF_FORMAT_WAV | SF_FORMAT_FLOAT};
    SNDFILE *file = sf_open(temporary_path(name), SFM_WRITE, &info);
    assert_non_null(file);
    assert_true(sf_writef_float(file, u, (sf_count_t)samples) == (sf_count_t)samples);
    sf_close(file);
}

/* What is missing is held before a sound is brought to another rate, which would spread it. */
static void sounds(void **state)
{
    (void)state;
    enum { SAMPLES = 500 };
    static float gaps[2 * SAMPLES], whole[2 * SAMPLES];
    size_t missing = 0;
    for (size_t i = 0; i < 2 * SAMPLES; i++) {
        gaps[i] = i >= 2 && draw(5) == 0 ? NAN : (float)draw(1000) / 1000;
        whole[i] = isnan(gaps[i]) ? whole[i - 2] : gaps[i];
        missing += isnan(gaps[i]) != 0;
    }
    for (int k = 0; k < 4; k++) {
        static const char *const folders[] = {"nans/a", "nans/b", "heard/a", "heard/b"};
        char name[32];
        temporary_folders(folders[k]);
        snprintf(name, sizeof name, "%s/1.wav", folders[k]);
        write_sound(name, k < 2 ? gaps : whole, SAMPLES);
    }
    for (int k = 0; k < 2; k++) {
        loci_reading r = {.resample = k ? 70 : 0};
        dataset_refused("nans", r, "a/1.wav: sample ");
        loci_dataset *plain = dataset_of("heard", r);
        r.hold = 1;
        loci_dataset *set = dataset_of("nans", r);
        assert_string_equal(loci_dataset_inspect(set).kind, "audio");
        assert_true(loci_dataset_inspect(set).missing == 2 * missing);
        same(set, plain);
        loci_dataset_close(set);
        loci_dataset_close(plain);
    }
    gaps[1] = NAN;
    write_sound("nans/b/1.wav", gaps, SAMPLES);
    dataset_refused("nans", (loci_reading){.hold = 1},
                    "b/1.wav: sample 0: \"u1\" has no value yet that could be held");
}

/* ---- arrays ---- */

static void write_array(const char *name, const double *data, size_t a, size_t b, size_t c)
{
    const size_t shape[3] = {a, b, c};
    assert_int_equal(loci_npy_write(temporary_path(name), data, shape, c ? 3 : b ? 2 : 1, 0, NULL), LOCI_OK);
}

/* Held within a sequence; what is behind its end is not looked at. */
static void arrays(void **state)
{
    (void)state;
    double x[3][4][2], filled[3][4][2], y[3] = {0, 1, 0}, length[3] = {4, 3, 2};
    for (size_t i = 0; i < 24; i++) (&x[0][0][0])[i] = (double)i;
    x[0][1][0] = x[0][2][0] = x[0][3][1] = x[1][2][1] = NAN;
    x[1][3][0] = x[2][2][0] = x[2][3][1] = NAN; /* behind ends */
    memcpy(filled, x, sizeof x);
    filled[0][1][0] = filled[0][2][0] = 0, filled[0][3][1] = 5, filled[1][2][1] = 11;
    static const char *const folders[] = {"holes", "filled"};
    for (int k = 0; k < 2; k++) {
        char name[40];
        temporary_folders(folders[k]);
        snprintf(name, sizeof name, "%s/train_x.npy", folders[k]);
        write_array(name, k ? &filled[0][0][0] : &x[0][0][0], 3, 4, 2);
        snprintf(name, sizeof name, "%s/train_y.npy", folders[k]);
        write_array(name, y, 3, 0, 0);
        snprintf(name, sizeof name, "%s/train_length.npy", folders[k]);
        write_array(name, length, 3, 0, 0);
    }
    dataset_refused(
        "holes", (loci_reading){0},
        "train_x.npy: sequence 0, sample 1, input 0 is missing or not a number; a number was expected, or --missing hold");
    loci_dataset *set = dataset_of("holes", (loci_reading){.hold = 1}),
                 *plain = dataset_of("filled", (loci_reading){0});
    same(set, plain);
    assert_true(loci_dataset_inspect(set).missing == 4);
    loci_dataset_close(set);
    loci_dataset_close(plain);
    x[1][0][1] = NAN;
    write_array("holes/train_x.npy", &x[0][0][0], 3, 4, 2);
    dataset_refused("holes", (loci_reading){.hold = 1},
                    "train_x.npy: sequence 1, sample 0, input 1 has no value yet");
    x[1][0][1] = -INFINITY;
    write_array("holes/train_x.npy", &x[0][0][0], 3, 4, 2);
    dataset_refused("holes", (loci_reading){.hold = 1},
                    "sequence 1, sample 0, input 1 is -inf; a finite number was expected");
    y[1] = NAN;
    write_array("holes/train_y.npy", y, 3, 0, 0);
    dataset_refused("holes", (loci_reading){.hold = 1}, "train_y.npy: ");
}

/* ---- the UCR archive ---- */

static void archive(void **state)
{
    (void)state;
    static const char head[] = "@classLabel true u v\n@data\n";
    char text[200];
    temporary_folders("ucr");
    temporary_folders("known");
    snprintf(text, sizeof text, "%s1,?,3:4,5,NaN:u\n2,2,?:?,1,1:v\n", head);
    temporary_text("ucr/W_TRAIN.ts", text);
    dataset_refused("ucr", (loci_reading){0},
                    "line 3: sample 1 is missing or not a number; a number was expected, or --missing hold");
    dataset_refused("ucr", (loci_reading){.hold = 1}, "line 4: sample 0 has no value yet that could be held");
    snprintf(text, sizeof text, "%s1,?,3:4,5,NaN:u\n2,2,?:1,1,?:v\n", head);
    temporary_text("ucr/W_TRAIN.ts", text);
    snprintf(text, sizeof text, "%s1,1,3:4,5,5:u\n2,2,2:1,1,1:v\n", head);
    temporary_text("known/W_TRAIN.ts", text);
    loci_dataset *set = dataset_of("ucr", (loci_reading){.hold = 1}),
                 *plain = dataset_of("known", (loci_reading){0});
    same(set, plain);
    assert_true(loci_dataset_inspect(set).missing == 4);
    loci_dataset_close(set);
    loci_dataset_close(plain);
    temporary_text("B_TRAIN.tsv", "M\xFCller\t1\t2\nM\xF6ller\t2\t3\n");
    dataset_refused("B_TRAIN.tsv", (loci_reading){0},
                    "line 1: the class is \"M?ller\"; valid UTF-8 was expected");
    /* of .tsv NaN at the end is the end */
    temporary_text("L_TRAIN.tsv", "1\t5\tNaN\t7\tNaN\tNaN\n2\t1\t2\t3\t4\t5\n");
    set = dataset_of("L_TRAIN.tsv", (loci_reading){.hold = 1});
    float u[5];
    assert_int_equal(loci_dataset_length(set, 0), 3);
    loci_dataset_read(set, 0, u);
    assert_true(u[0] == 5 && u[1] == 5 && u[2] == 7 && loci_dataset_inspect(set).missing == 1);
    loci_dataset_close(set);
    /* a test split counts its own, although the other is read for its classes */
    temporary_text("L_TEST.tsv", "2\t5\tNaN\t7\n1\t1\t2\t3\n2\t1\tNaN\t3\n");
    const loci_dataset_options options = {.size = sizeof options, .test = 1, .reading = {.hold = 1}};
    assert_int_equal(loci_dataset_open(&set, temporary_path("L_TRAIN.tsv"), &options, NULL), LOCI_OK);
    assert_true(loci_dataset_inspect(set).missing == 2);
    loci_dataset_close(set);
}

/* Of lines without a head: what parts their fields, and what is missing among these. */
static void fields_of_the_archive(void **state)
{
    (void)state;
    static const char *const lines[] = {"1\t5\t6\t7\n",         "1,5,6,7\n",        "1 5 6 7\n",
                                        "  1   5  6   7  \n",   " 1 , 5 ,6, 7\r\n", "1 \t 5\t 6 \t7\t",
                                        "1,5,6,7,,\n\n\t\t\n ", "1\t5\t6\t7\t\t\n", "1, 5 6,7, NaN,\n"};
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        char text[100];
        snprintf(text, sizeof text, "2 1\n%s", lines[i]);
        temporary_text("F_TRAIN.txt", text);
        loci_dataset *set = dataset_of("F_TRAIN.txt", (loci_reading){0});
        const loci_dataset_info info = loci_dataset_inspect(set);
        float u[3];
        assert_true(info.sequences == 2 && info.classes == 2 && info.missing == 0);
        assert_string_equal(info.names[loci_dataset_label(set, 1)], "1");
        assert_int_equal(loci_dataset_length(set, 1), 3);
        loci_dataset_read(set, 1, u);
        for (size_t k = 0; k < 3; k++) assert_true(u[k] == (float)(5 + k));
        loci_dataset_close(set);
    }
    static const char *const gaps[] = {"1,5,,7\n", "1\t5\t\t7\n", "1 , 5 , , 7,\n", "1\t5\t \t7\t\t\n"};
    for (size_t i = 0; i < sizeof gaps / sizeof *gaps; i++) {
        char text[100];
        snprintf(text, sizeof text, "2 1\n%s", gaps[i]);
        temporary_text("F_TRAIN.txt", text);
        dataset_refused("F_TRAIN.txt", (loci_reading){0}, "line 2: sample 1 is missing or not a number");
        loci_dataset *set = dataset_of("F_TRAIN.txt", (loci_reading){.hold = 1});
        float u[3];
        assert_int_equal(loci_dataset_length(set, 1), 3);
        loci_dataset_read(set, 1, u);
        assert_true(u[0] == 5 && u[1] == 5 && u[2] == 7 && loci_dataset_inspect(set).missing == 1);
        loci_dataset_close(set);
    }
    static const char *const unlabelled[] = {"\t0.1\t0.2\n", ",0.1,0.2\n", "  \t0.1\t0.2\n", " , 0.1\n"};
    for (size_t i = 0; i < sizeof unlabelled / sizeof *unlabelled; i++) {
        temporary_text("F_TRAIN.txt", unlabelled[i]);
        dataset_refused("F_TRAIN.txt", (loci_reading){0}, "line 1: the class is missing");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_held_is_of_the_group),
        cmocka_unit_test(one_recording),
        cmocka_unit_test(what_cannot_be_held_in_a_table),
        cmocka_unit_test(files_of_rows),
        cmocka_unit_test(sounds),
        cmocka_unit_test(arrays),
        cmocka_unit_test(archive),
        cmocka_unit_test(fields_of_the_archive),
    };
    return cmocka_run_group_tests(tests, temporary_setup, temporary_teardown);
}
