/* SPDX-License-Identifier: MIT
 * test_dataset.c - data sets that are written here and read back: what is whole comes as it is, what is not is refused by
 * name and place.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <sndfile.h>
#include <zlib.h>

#include <loci/data.h>
#include <loci/dataset.h>

#include "temporary.h"

static loci_dataset *open_set(const char *folder, const loci_dataset_options *options)
{
    loci_dataset *set;
    loci_error error = {0};
    if (loci_dataset_open(&set, temporary_path(folder), options, &error) != LOCI_OK)
        fail_msg("%s", error.text);
    return set;
}

static void refuse(const char *folder, const loci_dataset_options *options, loci_status status,
                   const char *part)
{
    loci_dataset *set;
    loci_error error = {0};
    const loci_status got = loci_dataset_open(&set, temporary_path(folder), options, &error);
    if (got == LOCI_OK) fail_msg("no failure; expected \"%s\"", part);
    if (set) fail_msg("a set was left behind");
    if (!strstr(error.text, part)) fail_msg("\"%s\" lacks \"%s\"", error.text, part);
    if (got != status || error.status != status)
        fail_msg("\"%s\" has status %d, not %d", error.text, got, status);
}

static const loci_dataset_options test_split = {.test = 1};

/* Some byte that depends on where it stands. */
static unsigned char noise(size_t i)
{
    return (unsigned char)((i * 2654435761u + i * i * 40503u) >> 7);
}

/* --- CIFAR-10 --- */

/* count images from number `first` on, with labels number % classes. */
static size_t make_batch(unsigned char *bytes, size_t first, size_t count, size_t classes)
{
    for (size_t i = 0; i < count * 3073; i++)
        bytes[i] = (unsigned char)(i % 3073 == 0 ? (first + i / 3073) % classes : noise(first * 3073 + i));
    return count * 3073;
}

static void cifar_comes_as_written(void **state)
{
    (void)state;
    static unsigned char bytes[14 * 3073];
    temporary_folders("cifar");
    make_batch(bytes, 0, 14, 10);
    temporary_bytes("cifar/data_batch_1.bin", bytes, 11 * 3073);
    temporary_bytes("cifar/data_batch_2.bin", bytes + 11 * 3073, 2 * 3073);
    temporary_bytes("cifar/test_batch.bin", bytes + 13 * 3073, 3073);
    loci_dataset *set = open_set("cifar", NULL);
    const loci_dataset_info info = loci_dataset_inspect(set);
    assert_string_equal(info.kind, "cifar-10");
    assert_true(info.sequences == 13 && info.inputs == 3 && info.longest == 1024 &&
                info.samples == 13 * 1024);
    assert_true(info.classes == 10 && info.rate == 0);
    assert_string_equal(info.names[0], "airplane");
    assert_string_equal(info.names[9], "truck");
    char name[64];
    loci_dataset_name(set, 12, name, sizeof name);
    assert_string_equal(name, "data_batch_2.bin, image 1");
    float u[3 * 1024], v[1024];
    loci_dataset *gray = open_set("cifar", &(loci_dataset_options){.reading.gray = 1});
    assert_int_equal(loci_dataset_inspect(gray).inputs, 1);
    assert_true(loci_dataset_inspect(gray).fingerprint != info.fingerprint);
    for (size_t i = 0; i < 13; i++) {
        const unsigned char *image = bytes + i * 3073 + 1;
        assert_int_equal(loci_dataset_label(set, i), i % 10);
        assert_int_equal(loci_dataset_length(set, i), 1024);
        loci_dataset_read(set, i, u);
        loci_dataset_read(gray, i, v);
        for (size_t k = 0; k < 1024; k++) {
            for (size_t c = 0; c < 3; c++) assert_true(u[3 * k + c] == image[1024 * c + k]);
            /* one rounding to single precision, below 2^-24 * 255 */
            const double wanted = 0.299 * image[k] + 0.587 * image[1024 + k] + 0.114 * image[2048 + k];
            assert_true(fabs(v[k] - wanted) < 2e-5);
        }
    }
    loci_dataset_close(gray);
    loci_dataset_close(set);
    set = open_set("cifar", &test_split);
    assert_int_equal(loci_dataset_inspect(set).sequences, 1);
    assert_int_equal(loci_dataset_label(set, 0), 3);
    loci_dataset_close(set);
    temporary_text("cifar/batches.meta.txt", "zero\r\none\n\n two \nthree\n4\n5\n6\n7\n8\n\n9\n\n");
    set = open_set("cifar", NULL);
    assert_string_equal(loci_dataset_inspect(set).names[2], "two");
    assert_string_equal(loci_dataset_inspect(set).names[9], "9");
    loci_dataset_close(set);
}

static void damaged_cifar_is_refused(void **state)
{
    (void)state;
    static unsigned char bytes[3 * 3073];
    temporary_folders("bad_cifar");
    const size_t size = make_batch(bytes, 0, 3, 10);
    temporary_bytes("bad_cifar/data_batch_1.bin", bytes, size);
    refuse("bad_cifar", &test_split, LOCI_E_FORMAT, "bad_cifar: its test split is empty");
    temporary_bytes("bad_cifar/test_batch.bin", bytes, 0);
    refuse("bad_cifar", &test_split, LOCI_E_FORMAT,
           "test_batch.bin: has 0 bytes, which is not a whole number of images");
    temporary_bytes("bad_cifar/test_batch.bin", bytes, size - 1);
    refuse("bad_cifar", &test_split, LOCI_E_FORMAT, "test_batch.bin: has 9218 bytes");
    bytes[3073] = 10;
    temporary_bytes("bad_cifar/data_batch_1.bin", bytes, size);
    refuse("bad_cifar", NULL, LOCI_E_FORMAT, "data_batch_1.bin: image 1 has label 10; 0 to 9 was expected");
    temporary_text("bad_cifar/batches.meta.txt", "a\nb\na\n");
    refuse("bad_cifar", NULL, LOCI_E_FORMAT, "batches.meta.txt names class a twice");
    temporary_text("bad_cifar/batches.meta.txt", "\n \n");
    refuse("bad_cifar", NULL, LOCI_E_FORMAT, "batches.meta.txt names no classes");
    static char many[700];
    for (size_t i = 0; i < sizeof many; i++) many[i] = i % 2 ? '\n' : (char)(1 + i / 2);
    temporary_bytes("bad_cifar/batches.meta.txt", many, sizeof many);
    refuse("bad_cifar", NULL, LOCI_E_FORMAT, "batches.meta.txt names ");
    remove(temporary_path("bad_cifar/batches.meta.txt"));
    remove(temporary_path("bad_cifar/data_batch_1.bin"));
    /* holes are named, wherever they are; a first part alone is a small set */
    for (size_t hole = 1; hole < 5; hole++) {
        char gone[32], hint[96];
        snprintf(gone, sizeof gone, "bad_cifar/data_batch_%zu.bin", hole);
        for (size_t b = 1; b <= 5; b++) {
            char there[32];
            snprintf(there, sizeof there, "bad_cifar/data_batch_%zu.bin", b);
            temporary_bytes(there, bytes, 3073);
        }
        remove(temporary_path(gone));
        snprintf(hint, sizeof hint, "data_batch_%zu.bin is missing, and data_batch_%zu.bin is there", hole,
                 hole + 1);
        refuse("bad_cifar", NULL, LOCI_E_FORMAT, hint);
        for (size_t b = hole; b <= 5; b++) {
            char there[32];
            snprintf(there, sizeof there, "bad_cifar/data_batch_%zu.bin", b);
            remove(temporary_path(there));
        }
        if (hole > 1) {
            loci_dataset *set = open_set("bad_cifar", NULL);
            assert_int_equal(loci_dataset_inspect(set).sequences, hole - 1);
            loci_dataset_close(set);
        }
    }
    remove(temporary_path("bad_cifar/data_batch_1.bin"));
    remove(temporary_path("bad_cifar/data_batch_2.bin"));
    remove(temporary_path("bad_cifar/data_batch_3.bin"));
    temporary_folders("bad_cifar/data_batch_1.bin");
    refuse("bad_cifar", NULL, LOCI_E_IO, "data_batch_1.bin: is a folder");
}

/* --- IDX --- */

static size_t make_idx(unsigned char *bytes, unsigned dimensions, const size_t *shape)
{
    size_t size = 4 + 4 * dimensions, total = 1;
    memcpy(bytes, "\0\0\10", 3);
    bytes[3] = (unsigned char)dimensions;
    for (size_t d = 0; d < dimensions; d++) {
        for (size_t b = 0; b < 4; b++) bytes[4 + 4 * d + b] = (unsigned char)(shape[d] >> (8 * (3 - b)));
        total *= shape[d];
    }
    for (size_t i = 0; i < total; i++) bytes[size + i] = dimensions == 1 ? (unsigned char)(i % 3) : noise(i);
    return size + total;
}

/* In `members` pieces, each packed by itself. */
static size_t pack(unsigned char *packed, const unsigned char *bytes, size_t size, size_t members)
{
    char path[320];
    strcpy(path, temporary_path("packing"));
    remove(path);
    for (size_t m = 0; m < members; m++) {
        gzFile file = gzopen(path, "ab");
        const size_t from = size * m / members, to = size * (m + 1) / members;
        assert_true(to == from || gzwrite(file, bytes + from, (unsigned)(to - from)) == (int)(to - from));
        gzclose(file);
    }
    FILE *file = fopen(path, "rb");
    const size_t count = fread(packed, 1, 65536, file);
    fclose(file);
    return count;
}

static void idx_comes_as_written(void **state)
{
    (void)state;
    static unsigned char images[4096], labels[64], packed[65536];
    const size_t shape[3] = {7, 4, 5};
    temporary_folders("idx");
    const size_t size = make_idx(images, 3, shape), label_size = make_idx(labels, 1, shape);
    temporary_bytes("idx/train-images-idx3-ubyte", images, size);
    temporary_bytes("idx/train-labels-idx1-ubyte", labels, label_size);
    loci_dataset *set = open_set("idx", NULL);
    const loci_dataset_info info = loci_dataset_inspect(set);
    assert_string_equal(info.kind, "idx");
    assert_true(info.sequences == 7 && info.inputs == 1 && info.longest == 20 && info.classes == 3);
    assert_string_equal(info.names[2], "2");
    char name[64];
    loci_dataset_name(set, 6, name, sizeof name);
    assert_string_equal(name, "train-images-idx3-ubyte, image 6");
    float u[20];
    for (size_t i = 0; i < 7; i++) {
        assert_int_equal(loci_dataset_label(set, i), i % 3);
        loci_dataset_read(set, i, u);
        for (size_t k = 0; k < 20; k++) assert_true(u[k] == noise(20 * i + k));
    }
    const uint64_t fingerprint = info.fingerprint;
    loci_dataset_close(set);
    /* packed, in one piece or more, it is the same set */
    for (size_t members = 1; members <= 3; members++) {
        temporary_folders("idx.gz");
        temporary_bytes("idx.gz/train-images-idx3-ubyte.gz", packed, pack(packed, images, size, members));
        temporary_bytes("idx.gz/train-labels-idx1-ubyte", labels, label_size);
        set = open_set("idx.gz", NULL);
        assert_true(loci_dataset_inspect(set).fingerprint == fingerprint);
        loci_dataset_close(set);
    }
    /* a test split takes its classes from the training split, if that is there */
    const size_t few[3] = {2, 4, 5};
    temporary_bytes("idx/t10k-images-idx3-ubyte", images, make_idx(images, 3, few));
    temporary_bytes("idx/t10k-labels-idx1-ubyte", labels, make_idx(labels, 1, few));
    set = open_set("idx", &test_split);
    assert_true(loci_dataset_inspect(set).sequences == 2 && loci_dataset_inspect(set).classes == 3);
    assert_true(loci_dataset_inspect(set).fingerprint != fingerprint);
    loci_dataset_close(set);
    remove(temporary_path("idx/train-labels-idx1-ubyte"));
    set = open_set("idx", &test_split);
    assert_int_equal(loci_dataset_inspect(set).classes, 2);
    loci_dataset_close(set);
}

static void damaged_idx_is_refused(void **state)
{
    (void)state;
    static unsigned char images[4096], labels[64], more[64];
    const size_t shape[3] = {7, 4, 5};
    const char *const image_file = "bad_idx/train-images-idx3-ubyte", *const label_file =
                                                                          "bad_idx/train-labels-idx1-ubyte";
    temporary_folders("bad_idx");
    const size_t size = make_idx(images, 3, shape), label_size = make_idx(labels, 1, shape);
    temporary_bytes(image_file, images, size);
    refuse("bad_idx", NULL, LOCI_E_IO, "train-labels-idx1-ubyte.gz: cannot be opened");
    refuse("bad_idx", &test_split, LOCI_E_IO, "t10k-images-idx3-ubyte.gz: cannot be opened");
    temporary_bytes(label_file, labels, label_size);
    for (size_t cut = 0; cut < size; cut++) {
        temporary_bytes(image_file, images, cut);
        refuse("bad_idx", NULL, LOCI_E_FORMAT,
               cut < 16 ? "images-idx3-ubyte: ends within its header" : "images-idx3-ubyte: is cut short");
    }
    images[size] = 1;
    temporary_bytes(image_file, images, size + 1);
    refuse("bad_idx", NULL, LOCI_E_FORMAT,
           "images-idx3-ubyte: goes on after the 7 that its header speaks of");
    for (size_t i = 0; i < 16; i++) {
        images[i] ^= 0x80;
        temporary_bytes(image_file, images, size);
        refuse("bad_idx", NULL, LOCI_E_FORMAT,
               i < 4 ? "images-idx3-ubyte: begins with the bytes " : "images-idx3-ubyte: is ");
        images[i] ^= 0x80;
    }
    memset(images + 4, 0xFF, 12); /* the product of the sizes overflows */
    temporary_bytes(image_file, images, size);
    refuse("bad_idx", NULL, LOCI_E_FORMAT,
           "is cut short: it cannot hold the elements that its header speaks of");
    for (size_t d = 0; d < 3; d++) {
        size_t none[3] = {7, 4, 5};
        none[d] = 0;
        temporary_bytes(image_file, images, make_idx(images, 3, none));
        refuse("bad_idx", NULL, LOCI_E_FORMAT, "images-idx3-ubyte: is empty");
    }
    make_idx(images, 3, shape);
    temporary_bytes(image_file, images, size);
    temporary_bytes(label_file, images, size);
    refuse(
        "bad_idx", NULL, LOCI_E_FORMAT,
        "labels-idx1-ubyte: begins with the bytes 0 0 8 3; 0 0 8 1 was expected, of an IDX file of bytes of 1 dimension");
    const size_t six[1] = {6}, eight[1] = {8};
    temporary_bytes(label_file, labels, make_idx(labels, 1, six));
    refuse("bad_idx", NULL, LOCI_E_MISMATCH,
           "train-labels-idx1-ubyte has 6 labels, but train-images-idx3-ubyte has 7 images");
    temporary_bytes(label_file, labels, make_idx(labels, 1, eight));
    refuse("bad_idx", NULL, LOCI_E_MISMATCH, "has 8 labels");
    make_idx(labels, 1, shape);
    labels[8 + 3] = 200;
    temporary_bytes(label_file, labels, label_size);
    refuse("bad_idx", NULL, LOCI_E_FORMAT, "bad_idx: no sequence is of class 3; each class needs one");
    memset(labels + 8, 0, 7);
    temporary_bytes(label_file, labels, label_size);
    refuse("bad_idx", NULL, LOCI_E_FORMAT, "bad_idx: all is of one class, 0; two at least were expected");
    /* a label that training does not know */
    make_idx(labels, 1, shape);
    temporary_bytes(label_file, labels, label_size);
    temporary_bytes("bad_idx/t10k-images-idx3-ubyte", images, size);
    memcpy(more, labels, label_size);
    more[8 + 5] = 3;
    temporary_bytes("bad_idx/t10k-labels-idx1-ubyte", more, label_size);
    refuse("bad_idx", &test_split, LOCI_E_FORMAT,
           "t10k-labels-idx1-ubyte: image 5 has label 3; 0 to 2 was expected, as in the training split");
}

/* Cut or with any byte changed, a packed file is refused, or (its header has idle bytes) gives what was in it. */
static void damaged_gzip_is_refused(void **state)
{
    (void)state;
    static unsigned char images[4096], labels[64], packed[65536];
    const size_t shape[3] = {7, 4, 5};
    const char *const file = "gz/train-images-idx3-ubyte.gz";
    temporary_folders("gz");
    const size_t size = pack(packed, images, make_idx(images, 3, shape), 2);
    temporary_bytes("gz/train-labels-idx1-ubyte", labels, make_idx(labels, 1, shape));
    temporary_bytes(file, packed, size);
    loci_dataset *set = open_set("gz", NULL);
    const uint64_t fingerprint = loci_dataset_inspect(set).fingerprint;
    loci_dataset_close(set);
    for (size_t cut = 0; cut < size; cut++) {
        temporary_bytes(file, packed, cut);
        refuse("gz", NULL, LOCI_E_FORMAT, "train-images-idx3-ubyte.gz: ");
    }
    packed[size] = 0;
    temporary_bytes(file, packed, size + 1);
    refuse("gz", NULL, LOCI_E_FORMAT, "train-images-idx3-ubyte.gz: other bytes follow what gzip packed");
    for (size_t i = 0; i < size; i++) {
        packed[i] ^= 0x10;
        temporary_bytes(file, packed, size);
        loci_error error;
        if (loci_dataset_open(&set, temporary_path("gz"), NULL, &error) == LOCI_OK) {
            if (loci_dataset_inspect(set).fingerprint != fingerprint)
                fail_msg("byte %zu changed what is read", i);
            loci_dataset_close(set);
        }
        packed[i] ^= 0x10;
    }
    /* a header that speaks of far more than a file of this length can hold */
    memset(images + 5, 0xFF, 3);
    temporary_bytes(file, packed, pack(packed, images, 200, 1));
    refuse("gz", NULL, LOCI_E_FORMAT,
           "is cut short: it cannot hold the elements that its header speaks of, 16777215 images");
    memcpy(images + 4, "\0\0\0\11", 4);
    temporary_bytes(file, packed, pack(packed, images, 16 + 7 * 20, 1));
    refuse("gz", NULL, LOCI_E_FORMAT,
           "train-images-idx3-ubyte.gz: ends in number 7 of the 9 that its header speaks of");
}

/* --- audio --- */

static void write_sound(const char *name, int rate, int channels, size_t samples, double begin)
{
    SF_INFO info = {.samplerate = rate, .channels = channels, .format = SF_FORMAT_WAV | SF_FORMAT_FLOAT};
    SNDFILE *file = sf_open(temporary_path(name), SFM_WRITE, &info);
    assert_non_null(file);
    const size_t count = samples * (size_t)channels;
    double *u = malloc((count + 1) * sizeof *u);
    for (size_t i = 0; i < count; i++) u[i] = begin + 0.001 * (double)i;
    assert_true(sf_write_double(file, u, (sf_count_t)count) == (sf_count_t)count);
    free(u);
    sf_close(file);
}

static void sounds_are_labelled_by_their_folders(void **state)
{
    (void)state;
    temporary_folders("audio/10");
    temporary_folders("audio/9");
    temporary_folders("audio/.hidden");
    write_sound("audio/10/b.wav", 100, 2, 30, 0.1);
    write_sound("audio/10/a.wav", 100, 2, 20, 0.2);
    write_sound("audio/9/c.wav", 100, 2, 10, 0.3);
    temporary_text("audio/README", "beside the folders");
    temporary_text("audio/9/.DS_Store", "hidden");
    loci_dataset *set = open_set("audio", NULL);
    const loci_dataset_info info = loci_dataset_inspect(set);
    assert_string_equal(info.kind, "audio");
    assert_true(info.sequences == 3 && info.inputs == 2 && info.longest == 30 && info.samples == 60);
    assert_true(info.classes == 2 && info.rate == 100);
    assert_string_equal(info.names[0], "9"); /* as numbers: 9 < 10 */
    char name[64];
    loci_dataset_name(set, 1, name, sizeof name);
    assert_string_equal(name, "10/b.wav");
    assert_int_equal(loci_dataset_label(set, 1), 1);
    assert_int_equal(loci_dataset_label(set, 2), 0);
    float u[60];
    loci_dataset_read(set, 1, u);
    for (size_t i = 0; i < 60; i++) assert_true(u[i] == (float)(0.1 + 0.001 * (double)i));
    loci_dataset_close(set);
    /* both splits are all files, and patterns choose */
    set = open_set("audio", &(loci_dataset_options){.test = 1, .reading.match = "[ac].*"});
    assert_int_equal(loci_dataset_inspect(set).sequences, 2);
    loci_dataset_close(set);
    set = open_set("audio", &(loci_dataset_options){.reading.except = "10/a*"});
    assert_int_equal(loci_dataset_inspect(set).sequences, 2);
    loci_dataset_close(set);
    refuse("audio", &(loci_dataset_options){.reading.match = "x*"}, LOCI_E_FORMAT,
           "audio: there is no file in it with such a name");
    refuse("audio", &(loci_dataset_options){.reading.except = "9/*"}, LOCI_E_FORMAT,
           "audio: all is of one class, 10");
}

static void sounds_are_labelled_by_their_names(void **state)
{
    (void)state;
    temporary_folders("named/beside");
    write_sound("named/seven_left_1.wav", 100, 1, 10, 0);
    write_sound("named/two_left_1.wav", 100, 1, 10, 0);
    write_sound("named/two_right_22.wav", 100, 1, 10, 0);
    static const struct {
        const char *pattern, *classes[2];
    } cases[] = {{"{label}_*", {"seven", "two"}},
                 {"*_{label}_*.wav", {"left", "right"}},
                 {"*_{label}.wav", {"left_1", "right_22"}},
                 {"*_*_{label}.wav", {"1", "22"}}};
    for (size_t k = 0; k < 4; k++) {
        loci_dataset *set = open_set("named", &(loci_dataset_options){.reading.label = cases[k].pattern});
        const loci_dataset_info info = loci_dataset_inspect(set);
        assert_int_equal(info.sequences, 3);
        assert_int_equal(info.classes, 2);
        for (size_t c = 0; c < 2; c++) assert_string_equal(info.names[c], cases[k].classes[c]);
        loci_dataset_close(set);
    }
    refuse("named", &(loci_dataset_options){.reading.label = "{label}_left_*"}, LOCI_E_FORMAT,
           "named: the name two_right_22.wav does not fit {label}_left_*");
    refuse("named", &(loci_dataset_options){.reading.label = "label_*"}, LOCI_E_ARGUMENT,
           "{label} was expected in it, once");
    refuse("named", &(loci_dataset_options){.reading.label = "{label}{label}"}, LOCI_E_ARGUMENT,
           "{label} was expected in it, once");
    refuse("named", &(loci_dataset_options){.reading.label = "*a*a*a*a*a*a*a*a*a*a*a*{label}*b*b*b"},
           LOCI_E_FORMAT, "does not fit");
}

static void sounds_come_in_splits(void **state)
{
    (void)state;
    temporary_folders("split/train/a");
    temporary_folders("split/train/b");
    temporary_folders("split/test/b");
    write_sound("split/train/a/1.wav", 100, 1, 10, 0);
    write_sound("split/train/b/1.wav", 100, 1, 10, 0);
    write_sound("split/test/b/2.wav", 100, 1, 10, 0);
    loci_dataset *set = open_set("split", NULL);
    assert_int_equal(loci_dataset_inspect(set).sequences, 2);
    loci_dataset_close(set);
    set = open_set("split", &test_split);
    assert_int_equal(loci_dataset_inspect(set).sequences, 1);
    assert_int_equal(loci_dataset_inspect(set).classes, 2);
    assert_int_equal(loci_dataset_label(set, 0), 1);
    loci_dataset_close(set);
    temporary_folders("split/test/c");
    refuse("split", &test_split, LOCI_E_FORMAT, "split: class test/c/ has no files");
    write_sound("split/test/c/1.wav", 100, 1, 10, 0);
    refuse("split", &test_split, LOCI_E_FORMAT,
           "split: test/c/1.wav is of class c, which the training split lacks");
    const char *const classes[] = {"c", "b"};
    set = open_set("split", &(loci_dataset_options){.test = 1, .classes = classes, .class_count = 2});
    assert_int_equal(loci_dataset_label(set, 0), 1);
    assert_int_equal(loci_dataset_label(set, 1), 0);
    loci_dataset_close(set);
}

static void bad_sounds_are_refused(void **state)
{
    (void)state;
    temporary_folders("bad_audio/a");
    temporary_folders("bad_audio/b");
    write_sound("bad_audio/a/1.wav", 100, 1, 40, 0);
    refuse("bad_audio", NULL, LOCI_E_FORMAT, "bad_audio: class b/ has no files");
    temporary_text("bad_audio/b/notes.txt", "1\n2\n3\n");
    refuse("bad_audio", NULL, LOCI_E_FORMAT,
           "no sequence is of class b; each class needs one (b/notes.txt is no data)");
    remove(temporary_path("bad_audio/b/notes.txt"));
    temporary_text("bad_audio/b/1.wav", "");
    refuse("bad_audio", NULL, LOCI_E_FORMAT, "b/1.wav: is empty");
    write_sound("bad_audio/b/1.wav", 100, 2, 40, 0);
    refuse("bad_audio", NULL, LOCI_E_MISMATCH, "b/1.wav has 2 channels, and a/1.wav has 1");
    write_sound("bad_audio/b/1.wav", 100, 1, 0, 0);
    refuse("bad_audio", NULL, LOCI_E_FORMAT, "b/1.wav: holds no samples");
    write_sound("bad_audio/b/1.wav", 100, 1, 40, NAN);
    refuse("bad_audio", NULL, LOCI_E_VALUE,
           "b/1.wav: sample 0: \"u\" is missing or not a number; a number was expected");
    write_sound("bad_audio/b/1.wav", 200, 1, 80, 0);
    refuse("bad_audio", NULL, LOCI_E_MISMATCH,
           "b/1.wav has 200 samples a second, and a/1.wav has 100; resample to one rate");
    loci_dataset *set = open_set("bad_audio", &(loci_dataset_options){.reading.resample = 50});
    assert_true(loci_dataset_inspect(set).rate == 50);
    assert_int_equal(loci_dataset_length(set, 0), 20);
    assert_int_equal(loci_dataset_length(set, 1), 20);
    loci_dataset_close(set);
    refuse("bad_audio", &(loci_dataset_options){.reading.resample = -1}, LOCI_E_ARGUMENT,
           "the rate to resample to is -1 Hz");
    refuse("bad_audio", &(loci_dataset_options){.reading.resample = 0.01}, LOCI_E_ARGUMENT,
           "a factor of at most 256 was expected");
    refuse("bad_audio", &(loci_dataset_options){.reading.resample = 1}, LOCI_E_VALUE,
           "a/1.wav: too short to be resampled");
    refuse("bad_audio", &(loci_dataset_options){.reading.gray = 1}, LOCI_E_ARGUMENT,
           "of kind audio, which has no colours");
    temporary_folders("bad_audio/b/c");
    refuse("bad_audio", NULL, LOCI_E_FORMAT, "b/c is a folder within the folder of a class");
    temporary_folders("bad_audio/b/c");
    refuse("none", NULL, LOCI_E_IO, "none: cannot be opened");
    refuse("bad_audio/a/1.wav", NULL, LOCI_E_FORMAT,
           "1.wav: is no text; a table, or the folder of a data set, was expected");
    refuse("bad_audio/a", NULL, LOCI_E_FORMAT, "a: holds no data set");
}

/* Names of folders and of files that cannot be told apart once they are printed. */
static void strange_labels_of_sounds_are_refused(void **state)
{
    (void)state;
    temporary_folders("strange/M\xFCller");
    temporary_folders("strange/M\xF6ller");
    temporary_folders("strange/c");
    /* there are file systems that have no such names */
    struct stat there;
    if (stat(temporary_path("strange/M\xFCller"), &there) != 0) skip();
    write_sound("strange/M\xFCller/1.wav", 100, 1, 40, 0);
    write_sound("strange/M\xF6ller/1.wav", 100, 1, 40, 0);
    write_sound("strange/c/a\xFC_1.wav", 100, 1, 40, 0);
    write_sound("strange/c/a\n_2.wav", 100, 1, 40, 0);
    refuse("strange", NULL, LOCI_E_FORMAT,
           "strange: M?ller/1.wav: its label is \"M?ller\"; valid UTF-8 was expected");
    refuse("strange/c", &(loci_dataset_options){.reading.label = "{label}_1.wav", .reading.match = "*_1.wav"},
           LOCI_E_FORMAT, "c: a?_1.wav: its label is \"a?\"; valid UTF-8 was expected");
    refuse("strange/c", &(loci_dataset_options){.reading.label = "{label}_2.wav", .reading.match = "*_2.wav"},
           LOCI_E_FORMAT, "c: a?_2.wav: its label is \"a?\"; text without control characters was expected");
}

/* Resampled in the set is resampled by itself. */
static void sounds_are_resampled(void **state)
{
    (void)state;
    temporary_folders("resampled/a");
    temporary_folders("resampled/b");
    write_sound("resampled/a/1.wav", 300, 2, 500, 0);
    write_sound("resampled/b/1.wav", 300, 2, 77, 0);
    loci_dataset *set = open_set("resampled", &(loci_dataset_options){.reading.resample = 200});
    loci_resampler *r;
    assert_int_equal(loci_resampler_create(&r, 300, 200, 2, NULL), LOCI_OK);
    double u[1000], y[1000];
    float v[1000];
    for (size_t i = 0; i < 1000; i++) u[i] = (float)(0.001 * (double)i);
    for (size_t i = 0; i < 2; i++) {
        size_t count = loci_resampler_push(r, y, u, i == 0 ? 500 : 77);
        count += loci_resampler_end(r, y + 2 * count);
        assert_int_equal(loci_dataset_length(set, i), count);
        loci_dataset_read(set, i, v);
        for (size_t k = 0; k < 2 * count; k++) assert_true(v[k] == (float)y[k]);
    }
    loci_resampler_free(r);
    loci_dataset_close(set);
}

/* --- arrays --- */

static void write_array(const char *name, const double *data, size_t a, size_t b, size_t c)
{
    const size_t shape[3] = {a, b, c};
    assert_int_equal(loci_npy_write(temporary_path(name), data, shape, c ? 3 : b ? 2 : 1, 0, NULL), LOCI_OK);
}

static void arrays_come_as_written(void **state)
{
    (void)state;
    double x[4 * 3 * 2];
    const double y[4] = {1, 0, 2, 1};
    for (size_t i = 0; i < 24; i++) x[i] = sin((double)i);
    temporary_folders("arrays");
    write_array("arrays/train_x.npy", x, 4, 3, 2);
    write_array("arrays/train_y.npy", y, 4, 0, 0);
    write_array("arrays/test_x.npy", x, 2, 3, 2);
    write_array("arrays/test_y.npy", y, 2, 0, 0);
    loci_dataset *set = open_set("arrays", NULL);
    const loci_dataset_info info = loci_dataset_inspect(set);
    assert_true(info.sequences == 4 && info.inputs == 2 && info.longest == 3 && info.classes == 3 &&
                info.rate == 0);
    float u[6];
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(loci_dataset_label(set, i), (size_t)y[i]);
        loci_dataset_read(set, i, u);
        for (size_t k = 0; k < 6; k++) assert_true(u[k] == (float)x[6 * i + k]);
    }
    char name[64];
    loci_dataset_name(set, 3, name, sizeof name);
    assert_string_equal(name, "train_x.npy, sequence 3");
    loci_dataset_close(set);
    set = open_set("arrays", &test_split);
    assert_true(loci_dataset_inspect(set).sequences == 2 && loci_dataset_inspect(set).classes == 3);
    loci_dataset_close(set);
    /* what is there to validate with, of the classes of the training split */
    const loci_dataset_options valid = {.test = LOCI_SPLIT_VALID, .reading.test = 0.5};
    refuse("arrays", &valid, LOCI_E_ARGUMENT, "has no validation split of its own");
    assert_false(loci_dataset_inspect(set = open_set("arrays", NULL)).validates);
    loci_dataset_close(set);
    write_array("arrays/valid_x.npy", x + 6, 3, 3, 2);
    write_array("arrays/valid_y.npy", y + 1, 3, 0, 0);
    set = open_set("arrays", &valid);
    const loci_dataset_info validation = loci_dataset_inspect(set);
    assert_true(validation.sequences == 3 && validation.classes == 3 && validation.validates);
    for (size_t i = 0; i < 3; i++) assert_int_equal(loci_dataset_label(set, i), (size_t)y[1 + i]);
    loci_dataset_read(set, 0, u);
    assert_true(u[0] == (float)x[6]);
    loci_dataset_name(set, 2, name, sizeof name);
    assert_string_equal(name, "valid_x.npy, sequence 2");
    loci_dataset_close(set);
    assert_true(loci_dataset_inspect(set = open_set("arrays", NULL)).validates);
    loci_dataset_close(set);
    const double strange[3] = {0, 1, 7};
    write_array("arrays/valid_y.npy", strange, 3, 0, 0);
    refuse("arrays", &valid, LOCI_E_FORMAT,
           "valid_y.npy: a label of sequence 2 is 7, which the training split lacks");
    write_array("arrays/valid_y.npy", strange, 2, 0, 0);
    refuse("arrays", &valid, LOCI_E_MISMATCH, "valid_x.npy has 3 sequences, but valid_y.npy has 2 targets");
    write_array("arrays/train_x.npy", x, 4, 6, 0);
    set = open_set("arrays", NULL);
    assert_true(loci_dataset_inspect(set).inputs == 1 && loci_dataset_inspect(set).longest == 6);
    loci_dataset_close(set);
}

static void bad_arrays_are_refused(void **state)
{
    (void)state;
    double x[24] = {0}, y[6] = {1, 0, 2, 1, 5, 5};
    temporary_folders("bad_arrays");
    write_array("bad_arrays/train_x.npy", x, 4, 3, 2);
    refuse("bad_arrays", NULL, LOCI_E_IO, "train_y.npy: cannot be opened");
    write_array("bad_arrays/train_y.npy", y, 3, 0, 0);
    refuse("bad_arrays", NULL, LOCI_E_MISMATCH, "train_x.npy has 4 sequences, but train_y.npy has 3 targets");
    const loci_dataset_options labels = {.target_given = 1};
    double more[8] = {0};
    write_array("bad_arrays/train_y.npy", more, 4, 2, 0);
    refuse("bad_arrays", &labels, LOCI_E_FORMAT,
           "train_y.npy has the shape [4][2]; [sequences] was expected, for one label each");
    static const double wrong[] = {-1.5, 0.5, NAN, INFINITY, 0x1p53};
    for (size_t k = 0; k < 5; k++) {
        y[2] = wrong[k];
        write_array("bad_arrays/train_y.npy", y, 4, 0, 0);
        refuse("bad_arrays", &labels, LOCI_E_FORMAT, "train_y.npy: label 2 is ");
    }
    y[2] = 2e9;
    write_array("bad_arrays/train_y.npy", y, 4, 0, 0);
    const char *const classes[] = {"x", "y"};
    refuse("bad_arrays", &(loci_dataset_options){.classes = classes, .class_count = 2}, LOCI_E_MISMATCH,
           "train_x.npy, sequence 2 is of class 2000000000, which is none of the 2 that were expected");
    write_array("bad_arrays/test_x.npy", x, 4, 3, 2);
    const double other[4] = {1, 2, 1, 0};
    write_array("bad_arrays/test_y.npy", other, 4, 0, 0);
    refuse("bad_arrays", &test_split, LOCI_E_FORMAT,
           "test_y.npy: a label of sequence 1 is 2, which the training split lacks");
    remove(temporary_path("bad_arrays/test_x.npy"));
    temporary_text("bad_arrays/rate.txt", "50 Hz\n");
    refuse("bad_arrays", NULL, LOCI_E_FORMAT, "rate.txt holds \"50 Hz\"; the rate in Hz, a number above 0");
    temporary_text("bad_arrays/rate.txt", "\n");
    refuse("bad_arrays", NULL, LOCI_E_FORMAT, "rate.txt holds \"\"");
    remove(temporary_path("bad_arrays/rate.txt"));
    y[2] = 2;
    write_array("bad_arrays/train_y.npy", y, 4, 0, 0);
    x[6 + 2 * 2 + 1] = NAN;
    write_array("bad_arrays/train_x.npy", x, 4, 3, 2);
    refuse("bad_arrays", NULL, LOCI_E_VALUE,
           "train_x.npy: sequence 1, sample 2, input 1 is missing or not a number; a number was expected");
    write_array("bad_arrays/train_x.npy", x, 4, 0, 0);
    refuse("bad_arrays", NULL, LOCI_E_FORMAT, "train_x.npy has 1 dimension;");
    const size_t empty[3] = {4, 0, 2};
    assert_int_equal(loci_npy_write(temporary_path("bad_arrays/train_x.npy"), x, empty, 3, 0, NULL), LOCI_OK);
    refuse("bad_arrays", NULL, LOCI_E_FORMAT, "train_x.npy is empty: its dimension 1 is 0");
    temporary_text("bad_arrays/train_x.npy", "no array");
    refuse("bad_arrays", NULL, LOCI_E_FORMAT, "train_x.npy: is no NPY array");
    refuse("bad_arrays", &(loci_dataset_options){.reading.gray = 1}, LOCI_E_ARGUMENT, "which has no colours");
    refuse("bad_arrays", &(loci_dataset_options){.reading.resample = 1}, LOCI_E_ARGUMENT,
           "are for files in folders");
    refuse("bad_arrays", &(loci_dataset_options){.reading.label = "{label}"}, LOCI_E_ARGUMENT,
           "label is for tables, and for files in folders");
}

/* --- what all kinds share --- */

/* A folder of arrays: sequence i of `length` samples is of class labels[i]. */
static void make_arrays(const char *folder, const double *labels, size_t count, size_t length)
{
    char name[64];
    temporary_folders(folder);
    double *x = malloc(count * length * sizeof *x);
    for (size_t i = 0; i < count * length; i++) x[i] = (double)i;
    snprintf(name, sizeof name, "%s/train_x.npy", folder);
    write_array(name, x, count, length, 0);
    snprintf(name, sizeof name, "%s/train_y.npy", folder);
    write_array(name, labels, count, 0, 0);
    free(x);
}

static void classes_are_found_by_name_or_place(void **state)
{
    (void)state;
    static const double labels[] = {0, 1, 2};
    make_arrays("three", labels, 3, 2);
    static const struct {
        const char *names[4];
        size_t count, numbers[3];
    } cases[] = {{{"0", "1", "2"}, 3, {0, 1, 2}},
                 {{"2", "1", "x", "0"}, 4, {3, 1, 0}},
                 {{"bird", "cat", "dog"}, 3, {0, 1, 2}}};
    for (size_t k = 0; k < 3; k++) {
        loci_dataset *set = open_set(
            "three", &(loci_dataset_options){.classes = cases[k].names, .class_count = cases[k].count});
        const loci_dataset_info info = loci_dataset_inspect(set);
        assert_int_equal(info.classes, cases[k].count);
        for (size_t c = 0; c < info.classes; c++) assert_string_equal(info.names[c], cases[k].names[c]);
        for (size_t i = 0; i < 3; i++) assert_int_equal(loci_dataset_label(set, i), cases[k].numbers[i]);
        loci_dataset_close(set);
    }
    const char *const few[] = {"1", "0"}, *const named[] = {"bird", "cat"};
    refuse("three", &(loci_dataset_options){.classes = few, .class_count = 2}, LOCI_E_MISMATCH,
           "train_x.npy, sequence 2 is of class 2, which is none of the 2 that were expected");
    refuse("three", &(loci_dataset_options){.classes = named, .class_count = 2}, LOCI_E_MISMATCH,
           "is of class 2");
}

static void arrays_name_their_classes(void **state)
{
    (void)state;
    static const double labels[3] = {1, 0, 1};
    make_arrays("named_arrays", labels, 3, 4);
    temporary_text("named_arrays/classes.txt", "down\r\nup");
    loci_dataset *set = open_set("named_arrays", NULL);
    const loci_dataset_info info = loci_dataset_inspect(set);
    assert_int_equal(info.classes, 2);
    assert_string_equal(info.names[0], "down");
    assert_string_equal(info.names[1], "up");
    assert_int_equal(loci_dataset_label(set, 0), 1);
    loci_dataset_close(set);
    temporary_text("named_arrays/classes.txt", "down\nup\nleft\n");
    refuse("named_arrays", NULL, LOCI_E_FORMAT, "classes.txt has 3 lines; a name for each of 2 classes");
    temporary_text("named_arrays/classes.txt", "up\nup\n");
    refuse("named_arrays", NULL, LOCI_E_FORMAT, "classes.txt names class up twice");
    char text[] = "up\ndown and so on", longest[520];
    text[4] = 7;
    temporary_text("named_arrays/classes.txt", text);
    refuse("named_arrays", NULL, LOCI_E_FORMAT, "classes.txt: line 2: text without control characters");
    snprintf(longest, sizeof longest, "%0255d\n%0254d\n", 0, 0);
    temporary_text("named_arrays/classes.txt", longest);
    set = open_set("named_arrays", NULL);
    assert_int_equal(strlen(loci_dataset_inspect(set).names[0]), 255);
    loci_dataset_close(set);
}

/* Numbers that classes.txt names, whatever they are, among classes of a model: by these names, in the order of the training split's. */
static void named_arrays_find_given_classes(void **state)
{
    (void)state;
    static const double train[3] = {7, 5, 9}, test[3] = {7, 7, 7}, x[12] = {0};
    static const char *const given[3] = {"dog", "eel", "cat"}, *const numbers[3] = {"9", "7", "5"};
    make_arrays("given_arrays", train, 3, 4);
    write_array("given_arrays/test_x.npy", x, 3, 4, 0);
    write_array("given_arrays/test_y.npy", test, 3, 0, 0);
    temporary_text("given_arrays/classes.txt", "cat\ndog\neel\n");
    for (int split = 0; split < 2; split++)
        for (size_t n = 0; n < 2; n++) { /* a model may have been trained without the names */
            loci_dataset_options options = {.test = split, .classes = n ? numbers : given, .class_count = 3};
            loci_dataset *set = open_set("given_arrays", &options);
            assert_int_equal(loci_dataset_label(set, 0), n ? 1 : 0);
            assert_int_equal(loci_dataset_label(set, 1), split ? (n ? 1 : 0) : 2);
            loci_dataset_close(set);
        }
    static const char *const others[2] = {"ant", "bee"};
    refuse("given_arrays", &(loci_dataset_options){.test = 1, .classes = others, .class_count = 2},
           LOCI_E_MISMATCH, "is of class dog, which is none of the 2 that were expected");
}

/* Without a training split nobody knows whose lines those of classes.txt are: labels are what they were without it. */
static void named_arrays_of_a_test_alone(void **state)
{
    (void)state;
    static const double test[2] = {7, 5}, places[2] = {1, 0}, x[8] = {0};
    static const char *const numbers[3] = {"5", "7", "9"}, *const words[3] = {"cat", "dog", "eel"};
    make_arrays("tested_arrays", test, 2, 4);
    write_array("tested_arrays/test_x.npy", x, 2, 4, 0);
    temporary_text("tested_arrays/classes.txt", "cat\ndog\neel\n");
    remove(temporary_path("tested_arrays/train_x.npy")), remove(temporary_path("tested_arrays/train_y.npy"));
    for (size_t n = 0; n < 2; n++) {
        const loci_dataset_options options = {.test = 1, .classes = n ? numbers : words, .class_count = 3};
        write_array("tested_arrays/test_y.npy", n ? test : places, 2, 0, 0);
        loci_dataset *set = open_set("tested_arrays", &options);
        for (size_t i = 0; i < 2; i++) assert_int_equal(loci_dataset_label(set, i), places[i]);
        loci_dataset_close(set);
    }
}

/* "<U3" and such: words [count] of `width` bytes each, as they stand. */
static void write_words(const char *name, const char *descr, size_t count, size_t width, const void *words)
{
    unsigned char bytes[512];
    memset(bytes, ' ', 128);
    memcpy(bytes, "\x93NUMPY\x01\x00\x76\x00", 10);
    const int used = snprintf((char *)bytes + 10, 117,
                              "{'descr': '%s', 'fortran_order': False, 'shape': (%zu,), }", descr, count);
    bytes[10 + used] = ' ';
    bytes[127] = '\n';
    memcpy(bytes + 128, words, count * width);
    temporary_bytes(name, bytes, 128 + count * width);
}

static void arrays_have_labels_from_anywhere(void **state)
{
    (void)state;
    static const double cases[2][4] = {{9, 5, 7, 5}, {-1, 1, -1, 12}};
    static const char *const names[2][3] = {{"5", "7", "9"}, {"-1", "1", "12"}};
    const loci_dataset_options labels = {.target_given = 1};
    for (size_t n = 0; n < 2; n++) {
        make_arrays("any_arrays", cases[n], 4, 4);
        temporary_text("any_arrays/rate.txt", "12.5\n");
        loci_dataset *set = open_set("any_arrays", &labels);
        const loci_dataset_info info = loci_dataset_inspect(set);
        assert_int_equal(info.classes, 3);
        assert_true(info.rate == 12.5);
        for (size_t c = 0; c < 3; c++) assert_string_equal(info.names[c], names[n][c]);
        for (size_t i = 0; i < 4; i++)
            assert_true(strtod(info.names[loci_dataset_label(set, i)], NULL) == cases[n][i]);
        loci_dataset_close(set);
    }
    const char *const negative[2] = {"-5", "-1"};
    refuse("any_arrays",
           &(loci_dataset_options){
               .target_given = 1, .classes = negative, .class_count = 2, .reading.test = 0.5, .test = 1},
           LOCI_E_MISMATCH, "is of class 1, which is none of the 2");
    remove(temporary_path("any_arrays/rate.txt"));
}

static void arrays_have_words_as_labels(void **state)
{
    (void)state;
    static const double none[4] = {0, 1, 0, 1};
    make_arrays("word_arrays", none, 4, 4);
    /* "\u00fc", "ab", "ab", "\U0001F600" in both orders of bytes */
    static const unsigned long characters[8] = {0xfc, 0, 'a', 'b', 'a', 'b', 0x1f600, 0};
    unsigned char words[32];
    for (size_t big = 0; big < 2; big++) {
        for (size_t i = 0; i < 32; i++)
            words[i] = (unsigned char)(characters[i / 4] >> 8 * (big ? 3 - i % 4 : i % 4));
        write_words("word_arrays/train_y.npy", big ? ">U2" : "<U2", 4, 8, words);
        loci_dataset *set = open_set("word_arrays", NULL);
        const loci_dataset_info info = loci_dataset_inspect(set);
        assert_int_equal(info.classes, 3);
        assert_string_equal(info.names[0], "ab");
        assert_string_equal(info.names[1], "\xc3\xbc");
        assert_string_equal(info.names[2], "\xf0\x9f\x98\x80");
        assert_true(loci_dataset_label(set, 0) == 1 && loci_dataset_label(set, 1) == 0 &&
                    loci_dataset_label(set, 2) == 0 && loci_dataset_label(set, 3) == 2);
        loci_dataset_close(set);
    }
    const char *const classes[3] = {"up", "ab", "down"};
    write_words("word_arrays/train_y.npy", "|S4", 4, 4, "up\0\0downup\0\0down");
    loci_dataset *set =
        open_set("word_arrays", &(loci_dataset_options){.classes = classes, .class_count = 3});
    assert_true(loci_dataset_label(set, 0) == 0 && loci_dataset_label(set, 1) == 2);
    loci_dataset_close(set);
    refuse("word_arrays", &(loci_dataset_options){.target_given = 1, .target.values = 1}, LOCI_E_MISMATCH,
           "train_y.npy holds words; values were expected");
    /* numbers end where their words do, whatever stands behind these */
    static const char *const numbers[2][4] = {{"01", "02", "01", "02"}, {"1.0", "10.0", "1.0", "10.0"}};
    static const char *const called[2][2] = {{"1", "2"}, {"1", "10"}};
    for (size_t n = 0; n < 2; n++) {
        unsigned char wide[4 * 16] = {0};
        for (size_t i = 0; i < 4; i++)
            for (size_t k = 0; numbers[n][i][k]; k++) wide[16 * i + 4 * k] = (unsigned char)numbers[n][i][k];
        if (n == 0)
            write_words("word_arrays/train_y.npy", "|S2", 4, 2, "01020102");
        else
            write_words("word_arrays/train_y.npy", "<U4", 4, 16, wide);
        set = open_set("word_arrays", NULL);
        assert_int_equal(loci_dataset_inspect(set).classes, 2);
        for (size_t c = 0; c < 2; c++) assert_string_equal(loci_dataset_inspect(set).names[c], called[n][c]);
        for (size_t i = 0; i < 4; i++) assert_int_equal(loci_dataset_label(set, i), i % 2);
        loci_dataset_close(set);
    }
    write_words("word_arrays/train_y.npy", "|S2", 4, 2, "\xFC\0\xF6\0\xFC\0\xF6\0");
    refuse("word_arrays", NULL, LOCI_E_FORMAT, "train_y.npy: a label is \"?\"; valid UTF-8 was expected");
    write_words("word_arrays/train_y.npy", "|S2", 4, 2, "a\0b\nb\tb\n");
    refuse("word_arrays", NULL, LOCI_E_FORMAT,
           "train_y.npy: a label is \"b?\"; text without control characters was expected");
    write_words("word_arrays/train_y.npy", "|S4", 4, 4, "up\0\0\0\0\0\0up\0\0down");
    refuse("word_arrays", NULL, LOCI_E_FORMAT, "train_y.npy: label 1 is empty; a word was expected");
    memcpy(words, "\0\xd8\0\0", 4);
    write_words("word_arrays/train_y.npy", "<U2", 4, 8, words);
    refuse("word_arrays", NULL, LOCI_E_FORMAT, "word 0 holds 0xd800, which is no character of Unicode");
    static const char *const hostile[] = {"<U0",  "|S0",           "|S",  "<U",    "|U4", "<U-4",
                                          "<U4 ", "<U99999999999", "<O8", "<U1025"};
    for (size_t k = 0; k < sizeof hostile / sizeof *hostile; k++) {
        write_words("word_arrays/train_y.npy", hostile[k], 4, 8, words);
        refuse("word_arrays", NULL, LOCI_E_FORMAT, "train_y.npy: its elements are ");
    }
    write_words("word_arrays/train_y.npy", "<U1024", 4, 8, words);
    refuse("word_arrays", NULL, LOCI_E_FORMAT, "train_y.npy: ");
    write_words("word_arrays/train_x.npy", "|S4", 4, 4, "up\0\0downup\0\0down");
    refuse("word_arrays", NULL, LOCI_E_FORMAT, "train_x.npy: its elements are |S4; f2, f4");
}

static void permuted_sequences_share_one_order(void **state)
{
    (void)state;
    static const double labels[] = {0, 1, 1};
    make_arrays("permuted", labels, 3, 101);
    loci_dataset *set =
        open_set("permuted", &(loci_dataset_options){.reading.permuted = 1, .reading.permutation = 5});
    loci_dataset *other =
        open_set("permuted", &(loci_dataset_options){.reading.permuted = 1, .reading.permutation = 6});
    loci_dataset *plain = open_set("permuted", NULL);
    const uint64_t prints[3] = {loci_dataset_inspect(set).fingerprint,
                                loci_dataset_inspect(other).fingerprint,
                                loci_dataset_inspect(plain).fingerprint};
    assert_true(prints[0] != prints[1] && prints[0] != prints[2] && prints[1] != prints[2]);
    size_t order[101], seen[101] = {0}, moved = 0;
    loci_dataset_permutation(order, 101, 5);
    float u[101], v[101];
    for (size_t i = 0; i < 3; i++) {
        loci_dataset_read(set, i, u);
        loci_dataset_read(plain, i, v);
        for (size_t k = 0; k < 101; k++) assert_true(u[k] == v[order[k]]);
    }
    for (size_t k = 0; k < 101; k++) {
        seen[order[k]]++;
        moved += order[k] != k;
    }
    for (size_t k = 0; k < 101; k++) assert_int_equal(seen[k], 1);
    assert_true(moved > 80);
    /* what they sum to stays */
    double a, b, c, d;
    loci_error error;
    assert_int_equal(loci_dataset_moments(set, &a, &b, &error), LOCI_OK);
    assert_int_equal(loci_dataset_moments(plain, &c, &d, &error), LOCI_OK);
    assert_true(a == c && b == d);
    loci_dataset_close(set);
    loci_dataset_close(other);
    loci_dataset_close(plain);
    temporary_folders("uneven/a");
    temporary_folders("uneven/b");
    write_sound("uneven/a/1.wav", 100, 1, 10, 0);
    write_sound("uneven/b/1.wav", 100, 1, 11, 0);
    refuse("uneven", &(loci_dataset_options){.reading.permuted = 1}, LOCI_E_ARGUMENT,
           "uneven: cannot be permuted: b/1.wav has 11 samples, and those before it have 10");
}

static void moments_are_those_of_all_samples(void **state)
{
    (void)state;
    static unsigned char bytes[9 * 3073];
    temporary_folders("moments");
    temporary_bytes("moments/data_batch_1.bin", bytes, make_batch(bytes, 3, 9, 10));
    for (int gray = 0; gray < 2; gray++) {
        loci_dataset *set =
            open_set("moments", &(loci_dataset_options){.reading.gray = gray, .reading.permuted = 1});
        const size_t inputs = gray ? 1 : 3;
        static float u[3 * 1024];
        double mean[3], deviation[3];
        loci_error error;
        assert_int_equal(loci_dataset_moments(set, mean, deviation, &error), LOCI_OK);
        for (size_t c = 0; c < inputs; c++) {
            long double sum = 0, squares = 0;
            for (size_t i = 0; i < 9; i++) {
                loci_dataset_read(set, i, u);
                for (size_t k = 0; k < 1024; k++) {
                    sum += u[k * inputs + c];
                    squares += (long double)u[k * inputs + c] * u[k * inputs + c];
                }
            }
            const long double m = sum / 9216, s = sqrtl(squares / 9216 - m * m);
            /* 9216 roundings */
            assert_true(fabsl(mean[c] - m) < 1e-12L * m);
            assert_true(fabsl(deviation[c] - s) < 1e-12L * s);
        }
        loci_dataset_close(set);
    }
}

static void a_part_is_a_share_of_each_class(void **state)
{
    (void)state;
    enum { COUNT = 120 };
    double labels[COUNT]; /* 1, 2, 3, 14, 100 of each */
    static const size_t sizes[5] = {1, 2, 3, 14, 100};
    for (size_t c = 0, i = 0; c < 5; c++)
        for (size_t k = 0; k < sizes[c]; k++) labels[i++] = (double)c;
    make_arrays("divided", labels, COUNT, 2);
    static const struct {
        double share;
        size_t wanted[5];
    } cases[] = {{0.1, {0, 1, 1, 1, 10}},
                 {0.25, {0, 1, 1, 4, 25}},
                 {0.5, {0, 1, 2, 7, 50}},
                 {0.99, {0, 1, 2, 13, 99}},
                 {1e-9, {0, 1, 1, 1, 1}}};
    for (size_t k = 0; k < 5; k++) {
        uint64_t prints[3];
        for (uint64_t seed = 0; seed < 3; seed++) {
            loci_dataset *set = open_set("divided", NULL), *part, *again = open_set("divided", NULL), *same;
            loci_error error;
            assert_int_equal(loci_dataset_divide(&part, set, cases[k].share, seed, &error), LOCI_OK);
            assert_int_equal(loci_dataset_divide(&same, again, cases[k].share, seed, &error), LOCI_OK);
            size_t of_class[5] = {0}, seen[COUNT] = {0};
            const loci_dataset_info info = loci_dataset_inspect(part), rest = loci_dataset_inspect(set);
            assert_int_equal(info.sequences + rest.sequences, COUNT);
            assert_int_equal(info.samples, 2 * info.sequences);
            assert_true(info.fingerprint == loci_dataset_inspect(same).fingerprint);
            assert_true(rest.fingerprint == loci_dataset_inspect(again).fingerprint);
            float u[2], before = -1;
            for (size_t i = 0; i < COUNT; i++) {
                const loci_dataset *from = i < info.sequences ? part : set;
                const size_t j = i < info.sequences ? i : i - info.sequences;
                if (j == 0) before = -1;
                if (from == part) of_class[loci_dataset_label(part, j)]++;
                loci_dataset_read(from, j, u);
                assert_true(u[0] > before); /* both keep their order */
                before = u[0];
                seen[(size_t)u[0] / 2]++;
                assert_true(labels[(size_t)u[0] / 2] == (double)loci_dataset_label(from, j));
            }
            for (size_t c = 0; c < 5; c++) assert_int_equal(of_class[c], cases[k].wanted[c]);
            for (size_t i = 0; i < COUNT; i++) assert_int_equal(seen[i], 1);
            prints[seed] = info.fingerprint;
            loci_dataset_close(part);
            loci_dataset_close(set);
            loci_dataset_close(same);
            loci_dataset_close(again);
        }
        assert_true(prints[0] != prints[1] && prints[1] != prints[2]);
    }
    loci_dataset *set = open_set("divided", NULL), *part;
    static const double bad[] = {0, 1, -1, 2, NAN};
    for (size_t k = 0; k < 5; k++) {
        loci_error error;
        assert_int_equal(loci_dataset_divide(&part, set, bad[k], 0, &error), LOCI_E_ARGUMENT);
        assert_null(part);
    }
    loci_dataset_close(set);
    make_arrays("single", (const double[]){0, 1, 2}, 3, 2);
    set = open_set("single", NULL);
    loci_error error;
    assert_int_equal(loci_dataset_divide(&part, set, 0.5, 0, &error), LOCI_E_ARGUMENT);
    assert_non_null(strstr(error.text, "cannot be divided: no class has two sequences"));
    assert_int_equal(loci_dataset_inspect(set).sequences, 3);
    loci_dataset_close(set);
    loci_dataset_close(NULL);
}

static void another_set_has_another_fingerprint(void **state)
{
    (void)state;
    static unsigned char bytes[2 * 3073];
    temporary_folders("print");
    const size_t size = make_batch(bytes, 0, 2, 10);
    uint64_t prints[6];
    for (size_t k = 0; k < 6; k++) {
        static const size_t places[6] = {0, 1, 1024, 3072, 3073, 6145};
        if (k > 0) bytes[places[k]] ^= 1; /* pixels, and a label */
        temporary_bytes("print/data_batch_1.bin", bytes, size);
        loci_dataset *set = open_set("print", NULL), *same = open_set("print", NULL);
        prints[k] = loci_dataset_inspect(set).fingerprint;
        assert_true(loci_dataset_inspect(same).fingerprint == prints[k]);
        for (size_t j = 0; j < k; j++) assert_true(prints[j] != prints[k]);
        loci_dataset_close(set);
        loci_dataset_close(same);
    }
}

/* What float loses of numbers far from 0 is in a frame of all sequences, also where the first one alone needs none. */
static void frames_are_of_all_sequences(void **state)
{
    (void)state;
    static const double x[3][3] = {{101325.25, 101325.25, 101325.25},
                                   {101325.001, 101325.002, 101325.003},
                                   {101325, 101325.004, 101325}};
    static const char *const sets[] = {"Far_TRAIN.txt", "far"};
    char line[3][128], text[512];
    temporary_folders("far/a");
    temporary_folders("far/b");
    for (size_t i = 0; i < 3; i++) {
        snprintf(line[i], sizeof line[i], "%zu,%.3f,%.3f,%.3f\n", i % 2, x[i][0], x[i][1], x[i][2]);
        snprintf(text, sizeof text, "%.3f\n%.3f\n%.3f\n", x[i][0], x[i][1], x[i][2]);
        temporary_text(i == 0 ? "far/a/0.csv" : i == 1 ? "far/a/1.csv" : "far/b/0.csv", text);
    }
    snprintf(text, sizeof text, "%s%s%s", line[0], line[1], line[2]);
    temporary_text(sets[0], text);
    for (size_t n = 0; n < 2; n++) {
        loci_dataset *set = open_set(sets[n], NULL);
        const loci_dataset_info info = loci_dataset_inspect(set);
        assert_int_equal(info.sequences, 3);
        assert_non_null(info.origin);
        for (size_t i = 0; i < 3; i++) {
            float u[3];
            loci_dataset_read(set, i, u);
            for (size_t k = 0; k < 3; k++) /* 0.125 times the 2^-24 of a float, and the double's own */
                assert_true(fabs((double)u[k] / info.unit[0] + info.origin[0] - x[i][k]) < 1e-8);
        }
        loci_dataset_close(set);
    }
    temporary_text(sets[0], "1,2,3\n2,1,inf\n");
    refuse(sets[0], NULL, LOCI_E_VALUE, "line 2: sample 1 is inf; a finite number was expected");
    temporary_text("far/b/0.csv", "1\n1e999\n");
    refuse("far", NULL, LOCI_E_VALUE, "b/0.csv: sample 1 is inf; a finite number was expected");
}

/* Files of a folder are read by the names that the first gives its columns, though these may be what others are called that have none. */
static void columns_of_files_are_found_by_name(void **state)
{
    (void)state;
    static const char *const names[][2] = {{"v", "w"}, {"u0", "u1"}, {"u", "v"}};
    char text[64];
    temporary_folders("swap/a");
    temporary_folders("swap/b");
    for (size_t n = 0; n < 3; n++) {
        snprintf(text, sizeof text, "%s,%s\n1,2\n3,4\n", names[n][0], names[n][1]);
        temporary_text("swap/a/0.csv", text);
        snprintf(text, sizeof text, "%s,%s\n2,1\n4,3\n", names[n][1], names[n][0]);
        temporary_text("swap/b/0.csv", text);
        loci_dataset *set = open_set("swap", NULL);
        assert_string_equal(loci_dataset_inspect(set).input_names[0], names[n][0]);
        for (size_t i = 0; i < 2; i++) {
            float u[4];
            loci_dataset_read(set, i, u);
            for (size_t k = 0; k < 4; k++) assert_true(u[k] == (float)(k + 1));
        }
        loci_dataset_close(set);
    }
    temporary_text("swap/a/0.csv", "1,2\n3,4\n"); /* no names: as they stand */
    loci_dataset *set = open_set("swap", NULL);
    float u[4];
    loci_dataset_read(set, 1, u);
    assert_true(u[0] == 2 && u[1] == 1);
    loci_dataset_close(set);
}

/* The test split of a training file in whatever letters is called in the same. */
static void test_files_are_called_as_training_files(void **state)
{
    (void)state;
    static const char *const names[][2] = {{"gun_TRAIN.tsv", "gun_TEST.tsv"},
                                           {"gun_train.tsv", "gun_test.tsv"},
                                           {"gun_Train.tsv", "gun_Test.tsv"}};
    for (size_t i = 0; i < 3; i++) {
        temporary_text(names[i][0], "1\t1\t2\n2\t3\t4\n");
        temporary_text(names[i][1], "2\t5\t6\n");
        loci_dataset *set = open_set(names[i][0], &test_split);
        assert_true(loci_dataset_inspect(set).split);
        assert_int_equal(loci_dataset_inspect(set).sequences, 1);
        loci_dataset_close(set);
        remove(temporary_path(names[i][1]));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cifar_comes_as_written),
        cmocka_unit_test(damaged_cifar_is_refused),
        cmocka_unit_test(idx_comes_as_written),
        cmocka_unit_test(damaged_idx_is_refused),
        cmocka_unit_test(damaged_gzip_is_refused),
        cmocka_unit_test(sounds_are_labelled_by_their_folders),
        cmocka_unit_test(sounds_are_labelled_by_their_names),
        cmocka_unit_test(sounds_come_in_splits),
        cmocka_unit_test(bad_sounds_are_refused),
        cmocka_unit_test(strange_labels_of_sounds_are_refused),
        cmocka_unit_test(sounds_are_resampled),
        cmocka_unit_test(arrays_come_as_written),
        cmocka_unit_test(bad_arrays_are_refused),
        cmocka_unit_test(classes_are_found_by_name_or_place),
        cmocka_unit_test(arrays_name_their_classes),
        cmocka_unit_test(named_arrays_find_given_classes),
        cmocka_unit_test(named_arrays_of_a_test_alone),
        cmocka_unit_test(arrays_have_labels_from_anywhere),
        cmocka_unit_test(arrays_have_words_as_labels),
        cmocka_unit_test(permuted_sequences_share_one_order),
        cmocka_unit_test(moments_are_those_of_all_samples),
        cmocka_unit_test(a_part_is_a_share_of_each_class),
        cmocka_unit_test(another_set_has_another_fingerprint),
        cmocka_unit_test(frames_are_of_all_sequences),
        cmocka_unit_test(columns_of_files_are_found_by_name),
        cmocka_unit_test(test_files_are_called_as_training_files),
    };
    return cmocka_run_group_tests(tests, temporary_setup, temporary_teardown);
}
