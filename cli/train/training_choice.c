/* SPDX-License-Identifier: MIT
 * training_choice.c - what a training chooses by itself from the data, in words. */
#include "train/training_choice.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "shared/words.h"

double training_choice_share(const training_settings *s, const loci_dataset_info *all)
{
    if (!isnan(s->valid)) return s->valid;
    const double share = loci_train_valid_share(all);
    const bool patient = s->patience != NOT_GIVEN && s->patience > 0; /* it is about a validation */
    return patient && share == 0 ? 0.1 : share;
}

/* Appends to text, which begins with `head` characters: a comma in front of all but the first. */
static void add(char *text, size_t head, const char *more)
{
    const size_t used = strlen(text);
    snprintf(text + used, CHOICE_SIZE - used, "%s%s", used > head ? ", " : "", more);
}

const char *training_choice_words(char *text, const training_settings *s, const loci_dataset *train,
                                  const loci_dataset *valid, const loci_train_report *plan,
                                  const loci_train_options *o)
{
    const loci_dataset_info info = loci_dataset_inspect(train);
    const size_t kept = valid ? loci_dataset_inspect(valid).sequences : 0;
    const bool batch = s->batch == NOT_GIVEN, epochs = s->epochs == NOT_GIVEN && s->steps == NOT_GIVEN,
               share = isnan(s->valid);
    char number[WORDS_SIZE], other[WORDS_SIZE], part[3 * WORDS_SIZE];
    text[0] = 0;
    if (!batch && !epochs && !share) return text;
    snprintf(text, CHOICE_SIZE, "chosen for %s of %s%s%s: ", words_plural(number, info.sequences, "sequence"),
             info.samples == (uint64_t)info.sequences * info.longest ? "" : "at most ",
             words_plural(other, info.longest, "sample"), kept ? " to train with" : "");
    const size_t head = strlen(text);
    if (batch) {
        snprintf(part, sizeof part, "%s a step", words_plural(number, o->batch, "sequence"));
        add(text, head, part);
    }
    if (epochs) {
        snprintf(part, sizeof part, "%s, %s in all", words_plural(number, plan->epochs, "epoch"),
                 words_plural(other, plan->steps, "step"));
        add(text, head, part);
    }
    if (share && kept > 0) {
        snprintf(part, sizeof part, "%s to validate with", words_count(number, kept));
        add(text, head, part);
    } else if (share) {
        add(text, head, "none to validate with, as a tenth would be too few to judge by");
    }
    snprintf(part, sizeof part, " (%s%s%s change it)", batch ? "--batch" : "",
             !epochs ? ""
             : batch ? " --epochs"
                     : "--epochs",
             !share            ? ""
             : batch || epochs ? " --valid"
                               : "--valid");
    const size_t used = strlen(text);
    snprintf(text + used, CHOICE_SIZE - used, "%s", part);
    return text;
}
