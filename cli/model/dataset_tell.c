/* SPDX-License-Identifier: MIT
 * dataset_tell.c - what was left out of a data set, in words. */
#include "model/dataset_tell.h"

#include "shared/file_kind.h"
#include "shared/message.h"
#include "shared/options.h"
#include "shared/source.h"
#include "shared/words.h"

void dataset_tell(const char *path, const loci_dataset *set, const loci_dataset *other)
{
    const loci_dataset_info info = loci_dataset_inspect(set);
    const uint64_t more = other ? loci_dataset_inspect(other).missing : 0;
    char count[WORDS_SIZE];
    if (info.passed_over == 1)
        message_warn("%s: passed over %s, which is no data", path, info.first_passed);
    else if (info.passed_over > 1)
        message_warn("%s: passed over %s and %s more, which are no data", path, info.first_passed,
                     words_count(count, info.passed_over - 1));
    if (info.units_line > 0)
        message_note("%s: line %zu is left out: it holds units, no numbers", path, info.units_line);
    if (info.comments == 1)
        message_note("%s: line %zu begins with # and is left out as a comment, though it may be a row", path,
                     info.comment_line);
    else if (info.comments > 1)
        message_note(
            "%s: line %zu and %s more begin with # and are left out as comments, though they may be rows",
            path, info.comment_line, words_count(count, info.comments - 1));
    if (info.empty_column > 0)
        message_note("%s: column %zu has no name, and is empty as far as was looked, and is left out", path,
                     info.empty_column);
    if (info.time_like && options_offer("time", 4))
        message_note("%s: column %s looks like times, and is an input; --time '%s' would leave it out", path,
                     info.time_like, info.time_like);
    source_missing_tell(path, info.missing + more);
}

int dataset_fail(const char *path, const loci_error *error)
{
    const file_kind kind = file_kind_at(path);
    if (file_kind_is_own(kind) && error->status != LOCI_E_MEMORY)
        return message_fail("%s: is %s; a data set was expected", path, file_kind_words(kind));
    return message_error(path, error);
}
