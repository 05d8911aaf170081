/* SPDX-License-Identifier: MIT
 * training_chance.c - whether a training learned anything. */
#include "train/training_chance.h"

#include <math.h>
#include <stdbool.h>
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

/* The class that most sequences of the set have, its share, and how likely by chance `share` of `all` of them are right. */
typedef struct {
    size_t class, right, all;
    double share, tail;
} chance;

/* false: out of memory, or there are no sequences. */
static bool judge(chance *is, const loci_dataset *set, double share, size_t all, size_t tries)
{
    const size_t usual = most_frequent(&is->class, set);
    if (usual == 0 || all == 0) return false;
    is->all = all;
    is->right = (size_t)(share * (double)all + 0.5);
    is->share = (double)usual / (double)loci_dataset_inspect(set).sequences;
    is->tail = training_chance_tail(is->right, all, is->share) * (double)tries;
    return true;
}

void training_chance_warn(const training_result *result, const loci_dataset *train, const loci_dataset *valid)
{
    const training_record *record = &result->record;
    const loci_dataset_info info = loci_dataset_inspect(train);
    if (record->best == 0 || info.target.values || info.target.each || info.classes < 2) return;
    const record_epoch *best = &record->epochs[record->best - 1];
    const size_t kept = valid ? loci_dataset_inspect(valid).sequences : 0, tries = record->epoch_count;
    chance is;
    bool measured = kept > 0 && judge(&is, valid, best->valid_score, kept, tries);
    /* so few that even all of them right would be chance */
    if (measured && training_chance_tail(kept, kept, is.share) * (double)tries > level) measured = false;
    if (!measured && !judge(&is, train, best->train_score, result->report.sequences, 1)) return;
    if (is.tail <= level) return;
    char a[WORDS_SIZE], b[WORDS_SIZE], c[WORDS_SIZE];
    message_warn("the training ended at chance: %s of %s %s sequences are answered right, which cannot be "
                 "told from always answering \"%s\", which %s are; more --epochs, another --lr or more "
                 "data may help",
                 words_count(a, is.right), words_count(b, is.all), measured ? "validation" : "training",
                 info.names[is.class], words_share(c, is.share));
}
