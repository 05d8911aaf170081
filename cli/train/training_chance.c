/* SPDX-License-Identifier: MIT
 * training_chance.c - whether a training learned anything. */
#include "train/training_chance.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#include "shared/message.h"
#include "shared/words.h"

static const double level = 0.05;

/* P(X >= right) for X binomial of `all` trials of probability p: how likely that many are right by chance. */
static double tail(size_t right, size_t all, double p)
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
    is->tail = tail(is->right, all, is->share) * (double)tries;
    return true;
}

/* ---- targets that are values, or one at every sample ---- */

/* The most frequent label of all samples, and its share; a negative share: out of memory. */
static double most_frequent_each(size_t *class, const loci_dataset *set)
{
    const loci_dataset_info info = loci_dataset_inspect(set);
    double *count = calloc(info.classes, sizeof *count), *target = calloc(info.longest, sizeof *target);
    double share = -1;
    for (size_t i = 0; count && target && i < info.sequences; i++) {
        loci_dataset_read_target(set, i, target);
        for (size_t k = 0; k < loci_dataset_targets(set, i); k++) count[(size_t)target[k]]++;
    }
    for (size_t c = 0; count && target && c < info.classes; c++)
        if (count[c] / (double)info.samples > share) share = count[c] / (double)info.samples, *class = c;
    free(count);
    free(target);
    return share;
}

/* Samples of one sequence are no independent trials, so the sequences are counted: the share of right answers, of n of them, is
 * normal about the share p of the most frequent label, with the variance p (1 - p) / n at most. And of a constant's share of the
 * variance explained, n times it is chi-squared, of one degree of freedom. */
static void warn_otherwise(const training_result *result, const loci_dataset *train,
                           const loci_dataset *valid)
{
    const record_epoch *best = &result->record.epochs[result->record.best - 1];
    const loci_dataset *set = valid ? valid : train;
    const loci_dataset_info info = loci_dataset_inspect(set);
    const double score = valid ? best->valid_score : best->train_score, n = (double)info.sequences;
    char a[WORDS_SIZE], b[WORDS_SIZE];
    if (info.target.values) {
        if (score < 3.84 / n)
            message_warn("the training ended at chance: %s of the variance is explained, which %s cannot "
                         "tell from always answering the mean; more --epochs, another --lr or more data "
                         "may help",
                         words_share(a, score > 0 ? score : 0), words_plural(b, info.sequences, "sequence"));
        return;
    }
    size_t class = 0;
    const double share = most_frequent_each(&class, set);
    if (share >= 0 && share < 1 && score < share + 1.645 * sqrt(share * (1 - share) / n))
        message_warn("the training ended at chance: %s of the samples are answered right, which %s cannot "
                     "tell from always answering \"%s\", which %s are; more --epochs, another --lr or more "
                     "data may help",
                     words_share(a, score), words_plural((char[WORDS_SIZE]){0}, info.sequences, "sequence"),
                     info.names[class], words_share(b, share));
}

void training_chance_warn(const training_result *result, const loci_dataset *train, const loci_dataset *valid)
{
    const training_record *record = &result->record;
    const loci_dataset_info info = loci_dataset_inspect(train);
    if (record->best == 0 || (!info.target.values && info.classes < 2)) return;
    if (info.target.each == LOCI_TARGET_NEXT) return; /* bits a character say how far it came */
    if (info.target.values || info.target.each) {
        warn_otherwise(result, train, valid);
        return;
    }
    const record_epoch *best = &record->epochs[record->best - 1];
    const size_t kept = valid ? loci_dataset_inspect(valid).sequences : 0, tries = record->epoch_count;
    /* the last epoch may be cut, by --steps */
    const size_t seen = record->best == tries ? result->report.sequences : info.sequences;
    chance is;
    bool measured = kept > 0 && judge(&is, valid, best->valid_score, kept, tries);
    /* so few that even all of them right would be chance */
    if (measured && tail(kept, kept, is.share) * (double)tries > level) measured = false;
    if (!measured && !judge(&is, train, best->train_score, seen, 1)) return;
    if (is.tail <= level) return;
    char a[WORDS_SIZE], b[WORDS_SIZE], c[WORDS_SIZE];
    message_warn("the training ended at chance: %s of %s %s sequences are answered right, which cannot be "
                 "told from always answering \"%s\", which %s are; more --epochs, another --lr or more "
                 "data may help",
                 words_count(a, is.right), words_count(b, is.all), measured ? "validation" : "training",
                 info.names[is.class], words_share(c, is.share));
}
