/* SPDX-License-Identifier: MIT
 * json.c - JSON from bytes that nobody vouches for, and back to text, by jansson. */
#include "model/json.h"

#include <string.h>

#include "base/allocate.h"
#include "base/status.h"

/* jansson (2.14) gathers a word in a buffer that grows by doubling, and where that fails loses a byte: be it the quote at
 * the end of a string, beyond which it then reads, or a digit, after which it aborts the program. So the text is read as the
 * second value of an array. The first one is a string longer than any word that follows: the buffer grows there, where a
 * lost byte does not matter (its end is far from where the buffer doubles), and never after. */
loci_status loci_json_read(json_t **value, const loci_allocator *by, const char *text, size_t length,
                           const char *name, loci_error *error)
{
    enum { FRAME = 5 }; /* ["...",...] but for the dots */
    size_t first = 24, size;
    char *both = NULL;
    while (first < length && loci_size_multiply(&first, first, 2)) continue;
    if (first >= length && loci_size_add(&size, first, length) && loci_size_add(&size, size, FRAME))
        both = loci_allocate_by(by, size, 1);
    if (!both) return loci_fail(error, LOCI_E_MEMORY, "out of memory for %s of %zu bytes", name, length);
    memset(both, 'x', 2 + first);
    memcpy(both, "[\"", 2);
    memcpy(both + 2 + first, "\",", 2);
    memcpy(both + 4 + first, text, length);
    both[size - 1] = ']';
    json_error_t problem;
    json_t *array = json_loadb(both, size, JSON_REJECT_DUPLICATES, &problem);
    loci_free(both);
    if (!array && json_error_code(&problem) == json_error_out_of_memory)
        return loci_fail(error, LOCI_E_MEMORY, "out of memory for %s", name);
    if (!array || json_array_size(array) != 2) {
        const int early = !array && problem.position >= 0 && (size_t)problem.position >= size; /* at our ] */
        const loci_status status = loci_fail(error, LOCI_E_FORMAT, "%s is no JSON: %.160s", name,
                                             array   ? "more than one value"
                                             : early ? "it ends too early"
                                                     : problem.text);
        json_decref(array);
        return status;
    }
    *value = json_incref(json_array_get(array, 1));
    json_decref(array);
    return LOCI_OK;
}

/* json_dumps (2.14) leaves out a key for which its buffer could not grow, and says nothing; json_dumpb has no buffer. */
char *loci_json_write(const json_t *value, const loci_allocator *by, size_t flags)
{
    const size_t size = json_dumpb(value, NULL, 0, flags);
    char *text = size > 0 ? loci_allocate_by(by, size + 1, 1) : NULL;
    if (!text) return NULL;
    if (json_dumpb(value, text, size, flags) != size) {
        loci_free(text);
        return NULL;
    }
    text[size] = 0;
    return text;
}
