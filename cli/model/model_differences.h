/* SPDX-License-Identifier: MIT
 * model_differences.h - how far the forms of a trained model are from one another: whole sequences, sample by sample, cut, saved. */
#ifndef LOCI_CLI_MODEL_DIFFERENCES_H
#define LOCI_CLI_MODEL_DIFFERENCES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <loci/model.h>
#include <loci/network.h>

/* The largest difference that passes, as a share of the range of the answers: of forms in float, in double, and of float from
 * double. Streams give the same bits however they are cut. */
#define MODEL_DIFFERENCE_SINGLE 1e-4
#define MODEL_DIFFERENCE_DOUBLE 1e-9

enum { MODEL_DIFFERENCES = 7, MODEL_PLACES = 4 };

typedef struct {
    const char *key;  /* "output" */
    const char *name; /* "step : forward, float" */
    double gap;       /* NAN: an answer is not finite */
    double bound;
} model_difference;

typedef struct {
    /* of the network that ends behind this layer, sample by sample; of one that looks ahead `output` is forward in float against
     * double, and in_double 0 */
    double output, in_double;
} model_layer_difference;

typedef struct {
    model_difference items[MODEL_DIFFERENCES];
    size_t count;
    size_t places
        [MODEL_PLACES]; /* after so many samples a pooled model is asked, and signals are cut; the last is the end */
    double least, most;             /* answers of forward in double */
    model_layer_difference *layers; /* [layer_count], released by free() */
    size_t layer_count;
} model_differences;

bool model_difference_passes(const model_difference *item);

/* Runs u [length][inputs] through every form. LOCI_E_MEMORY. */
loci_status model_differences_measure(model_differences *found, const loci_model *model, const float *u,
                                      size_t length, uint64_t seed, loci_error *error);

#endif
