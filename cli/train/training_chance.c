/* SPDX-License-Identifier: MIT
 * training_chance.c - whether a training learned anything. */
#include "train/training_chance.h"

#include <math.h>
#include <stdlib.h>

#include "shared/message.h"
#include "shared/words.h"

static const double level = 0.05;

double training_chance_tail(size_t right, size_t all, double p)
{
    if (right == 0 || p >= 1) return 1;
    if (p <= 0) return 0;
    const double n = (double)all;
    double sum = 0;
    for (size_t k = right; k <= all; k++) {
        const double x = (double)k;
        sum += exp(lgamma(n + 1) - lgamma(x + 1) - lgamma(n - x + 1) + x * log(p) + (n - x) * log1p(-p));
    }
    return fmin(sum, 1);
}

/* The class that most sequences have, and how many that are; 0: out of memory. */
static size_t most_frequent(size_t *class, const loci_dataset *set)
{
    const loci_dataset_info info = loci_dataset_inspect(set);
    size_t *count = calloc(info.classes, sizeof *count), most = 0;
    for (size_t i = 0; count && i < info.sequences; i++) count[loci_dataset_label(set, i)]++;
    for (size_t c = 0; count && c < info.classes; c++)
        if (count[c] > most) most = count[c], *class = c;
    free(count);
    return most;
}

void training_chance_warn(const training_result *result, const loci_dataset *train, const loci_dataset *valid)
{
    const training_record *record = &result->record;
    const loci_dataset *set = valid ? valid : train;
    const loci_dataset_info info = loci_dataset_inspect(set);
    if (record->best == 0 || info.target.values || info.target.each || info.classes < 2) return;
    const record_epoch *best = &record->epochs[record->best - 1];
    const double share = valid ? best->valid_score : best->train_score;
    const size_t all = valid ? info.sequences
                             : result->report.sequences, /* of a last epoch that was cut short */
        right = (size_t)(share * (double)all + 0.5);
    size_t class = 0;
    const size_t usual = most_frequent(&class, set);
    if (usual == 0 || all == 0) return;
    const double p = (double)usual / (double)info.sequences, tail = training_chance_tail(right, all, p);
    if (tail * (valid ? (double)record->epoch_count : 1) <= level) return;
    char a[WORDS_SIZE], b[WORDS_SIZE], c[WORDS_SIZE];
    message_warn("the training ended at chance: %s of %s %s sequences are answered right, which cannot be "
                 "told from always answering \"%s\", which %s are; more --epochs, another --lr or more "
                 "data may help",
                 words_count(a, right), words_count(b, all), valid ? "validation" : "training",
                 info.names[class], words_share(c, p));
}
