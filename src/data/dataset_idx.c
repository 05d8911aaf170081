/* SPDX-License-Identifier: MIT
 * dataset_idx.c - MNIST and its kind. An IDX file begins with 0, 0, the type of its elements (8: bytes), the number
 * of dimensions, and each of them as 4 bytes, big-endian; the elements follow in C order. */
#include "data/dataset_kind.h"

#include <stdio.h>
#include <string.h>

#include "base/allocate.h"
#include "base/status.h"
#include "data/gzip.h"

/* [split]: the files' names; packed ones have .gz behind. */
static const char *const image_files[2] = {"train-images-idx3-ubyte", "t10k-images-idx3-ubyte"};
static const char *const label_files[2] = {"train-labels-idx1-ubyte", "t10k-labels-idx1-ubyte"};

/* The name of the file that is there, plain or .gz, in text [64]; false: neither. */
static bool find(const loci_dataset *set, const char *name, char *text)
{
    snprintf(text, 64, "%s", name);
    if (loci_dataset_has(set, text)) return true;
    snprintf(text, 64, "%s.gz", name);
    return loci_dataset_has(set, text);
}

static bool idx_fits(const loci_dataset *set, const loci_dataset_options *options)
{
    (void)options;
    char text[64];
    for (int split = 0; split < 2; split++)
        if (find(set, image_files[split], text) || find(set, label_files[split], text)) return true;
    return false;
}

/* Reads the header; shape [dimensions]; *total: bytes of the elements. */
static loci_status read_header(loci_gzip *gzip, size_t *shape, size_t *total, unsigned dimensions,
                               loci_error *error)
{
    const char *name = gzip->input.name;
    unsigned char head[4 + 4 * 3] = {0};
    const size_t size = 4 + 4 * dimensions;
    size_t count;
    const loci_status status = loci_gzip_read(gzip, head, size, &count, error);
    if (status != LOCI_OK) return status;
    const unsigned char wanted[4] = {0, 0, 8, (unsigned char)dimensions};
    if (count >= 4 && memcmp(head, wanted, 4) != 0)
        return loci_fail(
            error, LOCI_E_FORMAT,
            "%s: begins with the bytes %u %u %u %u; 0 0 8 %u was expected, of an IDX file of bytes "
            "of %u dimension%s",
            name, head[0], head[1], head[2], head[3], dimensions, dimensions, dimensions == 1 ? "" : "s");
    if (count < size) return loci_fail(error, LOCI_E_FORMAT, "%s: ends within its header", name);
    *total = 1;
    bool fits = true;
    for (size_t d = 0; d < dimensions; d++) {
        const unsigned char *b = head + 4 + 4 * d;
        shape[d] = (size_t)b[0] << 24 | (size_t)b[1] << 16 | (size_t)b[2] << 8 | b[3];
        fits = fits && loci_size_multiply(total, *total, shape[d]);
        if (shape[d] == 0)
            return loci_fail(error, LOCI_E_FORMAT, "%s: is empty: dimension %zu in its header is 0", name, d);
    }
    /* before memory is asked for */
    const uint64_t bound = loci_gzip_bound(gzip);
    if (!fits || bound < size || *total > bound - size)
        return loci_fail(error, LOCI_E_FORMAT,
                         "%s: is cut short: it cannot hold the elements that its header speaks of, %zu%s%s",
                         name, shape[0], dimensions > 1 ? " images" : " labels",
                         dimensions > 1 && fits ? " of its size" : "");
    return LOCI_OK;
}

/* bytes [rows][row] and then the end. */
static loci_status read_elements(loci_gzip *gzip, unsigned char *bytes, size_t rows, size_t row,
                                 loci_error *error)
{
    const char *name = gzip->input.name;
    size_t count;
    unsigned char more;
    loci_status status = loci_gzip_read(gzip, bytes, rows * row, &count, error);
    if (status != LOCI_OK) return status;
    if (count < rows * row)
        return loci_fail(error, LOCI_E_FORMAT, "%s: ends in number %zu of the %zu that its header speaks of",
                         name, count / row, rows);
    status = loci_gzip_read(gzip, &more, 1, &count, error);
    if (status == LOCI_OK && count > 0)
        status = loci_fail(error, LOCI_E_FORMAT, "%s: goes on after the %zu that its header speaks of", name,
                           rows);
    return status;
}

/* Opens and reads a file whole: *bytes lives as long as the set. file [64]: its name. */
static loci_status read_file(loci_dataset *set, unsigned char **bytes, size_t *shape, char *file,
                             const char *name, unsigned dimensions, loci_error *error)
{
    find(set, name, file); /* if it is not there, opening says so */
    char *path = loci_dataset_path(set, file);
    if (!path) return loci_dataset_no_memory(set, error);
    loci_gzip gzip;
    loci_status status = loci_gzip_open(&gzip, path, error);
    loci_free(path);
    if (status != LOCI_OK) return status;
    size_t total;
    status = read_header(&gzip, shape, &total, dimensions, error);
    if (status == LOCI_OK) {
        *bytes = loci_dataset_allocate(set, total, 1);
        status = *bytes ? read_elements(&gzip, *bytes, shape[0], total / shape[0], error)
                        : loci_dataset_no_memory(set, error);
    }
    loci_gzip_close(&gzip);
    return status;
}

static size_t greatest(const unsigned char *labels, size_t count)
{
    size_t most = 0;
    for (size_t i = 0; i < count; i++)
        if (labels[i] > most) most = labels[i];
    return most;
}

static loci_status idx_read(loci_dataset *set, const loci_dataset_options *options, loci_error *error)
{
    const int split = options->test != 0;
    unsigned char *images, *labels, *others;
    size_t shape[3], count, training;
    char label_file[64], other_file[64];
    char *image_file = loci_dataset_allocate(set, 64, 1);
    if (!image_file) return loci_dataset_no_memory(set, error);
    loci_status status = read_file(set, &images, shape, image_file, image_files[split], 3, error);
    if (status == LOCI_OK) status = read_file(set, &labels, &count, label_file, label_files[split], 1, error);
    if (status != LOCI_OK) return status;
    if (count != shape[0])
        return loci_fail(error, LOCI_E_MISMATCH, "%.100s: %s has %zu labels, but %s has %zu images",
                         set->folder, label_file, count, image_file, shape[0]);
    size_t most = greatest(labels, count);
    set->found = split == 0;
    set->split = true;
    if (split == 1 && !options->classes && find(set, label_files[0], other_file)) {
        status = read_file(set, &others, &training, other_file, label_files[0], 1, error);
        if (status != LOCI_OK) return status;
        most = greatest(others, training);
    }
    if (!loci_dataset_number_classes(set, most + 1)) return loci_dataset_no_memory(set, error);
    set->planes = set->inputs = 1;
    set->rows = shape[1], set->columns = shape[2];
    const size_t pixels = set->rows * set->columns;
    for (size_t i = 0; i < count; i++) {
        if (labels[i] > most)
            return loci_fail(
                error, LOCI_E_FORMAT,
                "%.100s: %s: image %zu has label %u; 0 to %zu was expected, as in the training split",
                set->folder, label_file, i, labels[i], most);
        const loci_dataset_item item = {.data = images + i * pixels,
                                        .length = pixels,
                                        .label = labels[i],
                                        .file = image_file,
                                        .number = i};
        if (!loci_dataset_add(set, &item)) return loci_dataset_no_memory(set, error);
    }
    return LOCI_OK;
}

const loci_dataset_kind loci_dataset_idx = {
    .name = "idx", .item = "image", .images = true, .fits = idx_fits, .read = idx_read};
