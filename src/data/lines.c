/* SPDX-License-Identifier: MIT
 * lines.c - the lines of a text, many held at once. */
#include "data/lines.h"

#include <string.h>

#include "base/status.h"

void loci_lines_start(loci_lines *lines, const loci_input *input)
{
    const uint64_t here = loci_input_position(input);
    *lines = (loci_lines){.number = 1, .complete = here, .scanned = here, .nul = UINT64_MAX};
}

bool loci_lines_ended(const loci_lines *lines, const loci_input *input)
{
    return input->ended && lines->complete == input->taken + input->end;
}

/* Looks for the last newline in what is new; false where there is none. */
static bool scan(loci_lines *lines, const loci_input *input)
{
    const unsigned char *buffer = input->buffer, *done = buffer + (lines->scanned - input->taken);
    const unsigned char *last = buffer + input->end;
    lines->scanned = input->taken + input->end;
    while (last > done && last[-1] != '\n') last--;
    if (last == done) return false;
    done = buffer + (lines->complete - input->taken);
    const unsigned char *nul = memchr(done, 0, (size_t)(last - done));
    if (nul) {
        while (nul > done && nul[-1] != '\n') nul--;
        lines->nul = input->taken + (uint64_t)(nul - buffer);
        last = nul;
    }
    lines->complete = input->taken + (uint64_t)(last - buffer);
    return true;
}

loci_status loci_lines_fill(loci_lines *lines, loci_input *input, size_t beyond, loci_error *error)
{
    const uint64_t start = loci_input_position(input);
    for (;;) {
        if (lines->scanned < input->taken + input->end && scan(lines, input)) continue;
        if (lines->complete > start + beyond) return LOCI_OK;
        if (lines->complete == lines->nul)
            return loci_fail(error, LOCI_E_FORMAT, "%s: line %llu: holds a NUL byte; text was expected",
                             input->name, (unsigned long long)lines->number);
        loci_status status = LOCI_OK;
        if (!input->ended) {
            if (loci_input_held(input) > LOCI_LINE_MOST)
                return loci_fail(error, LOCI_E_FORMAT, "%s: line %llu: %s 16 MiB", input->name,
                                 (unsigned long long)lines->number,
                                 beyond > 0 ? "a quote is not closed within" : "has more than");
            status = loci_input_fill(input, loci_input_held(input) + 1, error);
        } else if (lines->complete < lines->scanned) {
            status = loci_input_reserve(input, loci_input_held(input) + 1, error);
            if (status == LOCI_OK) input->buffer[input->end++] = '\n';
        } else {
            return LOCI_OK;
        }
        if (status != LOCI_OK) return status;
    }
}
