/* SPDX-License-Identifier: MIT
 * dataset_tokens.c - a text as sequences of tokens, its characters or its bytes; what is to be learned of each is the next one.
 *
 * Sequence i is the tokens from i L on, L of them, of which the last one's target is the first of the next sequence. The text
 * stands in memory once, two bytes a token. */
#include "data/dataset_kind.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/allocate.h"
#include "base/status.h"
#include "base/utf8.h"
#include "data/input.h"

enum { WINDOW = 256, BYTES = 256 };

/* ---- which files are texts ---- */

static bool ends_in(const char *path, const char *end)
{
    const size_t length = strlen(path), own = strlen(end);
    return length > own && strcmp(path + length - own, end) == 0;
}

/* By its name a file of numbers, whatever its bytes are. */
static bool is_of_numbers(const char *path)
{
    static const char *const ends[] = {".csv", ".tsv",  ".ts",          ".dat",    ".npy",    ".npz",
                                       ".wav", ".flac", ".ogg",         ".mp3",    ".aiff",   ".au",
                                       ".caf", ".w64",  ".safetensors", ".csv.gz", ".tsv.gz", ".dat.gz"};
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
        if (ends_in(path, ends[i])) return true;
    return false;
}

/* Whether all that stands behind the first line, of what is looked at, is made of what numbers are, and there is some of it. */
static bool reads_as_numbers(const char *path)
{
    enum { LOOKED_AT = 65536 };
    struct stat about;
    loci_input input;
    if (stat(path, &about) != 0 || !S_ISREG(about.st_mode) || loci_input_open(&input, path, NULL) != LOCI_OK)
        return false;
    size_t digits = 0, others = 0;
    if ((!ends_in(path, ".gz") || loci_input_unpack(&input, NULL) == LOCI_OK) &&
        loci_input_fill(&input, LOOKED_AT, NULL) == LOCI_OK) {
        const char *at = (const char *)input.buffer + input.start, *end = at + loci_input_held(&input);
        while (at < end && *at != '\n') at++;
        for (; at < end; at++) {
            digits += *at >= '0' && *at <= '9';
            others += *at == 0 || !strchr("0123456789+-.eE,;\t \r\n", *at);
        }
    }
    loci_input_close(&input);
    return digits > 0 && others == 0;
}

static bool tokens_fit(const loci_dataset *set, const loci_dataset_options *options)
{
    const loci_reading *r = &options->reading;
    if (!set->is_file || (options->target_given && options->target.each != LOCI_TARGET_NEXT)) return false;
    if (r->bytes) return true;
    return !r->label && !r->value && !r->group && !r->horizon && !r->time && !r->columns &&
           !is_of_numbers(set->path) && !reads_as_numbers(set->path);
}

/* ---- bytes and characters ---- */

/* The file whole, unpacked; without a byte order mark, where it is read as characters. The bytes are the input's. */
static loci_status read_bytes(const unsigned char **bytes, size_t *size, size_t *skipped, loci_input *input,
                              const loci_dataset *set, bool characters, loci_error *error)
{
    loci_status status = ends_in(set->path, ".gz") ? loci_input_unpack(input, error) : LOCI_OK;
    while (status == LOCI_OK && !input->ended)
        status = loci_input_fill(input, 2 * loci_input_held(input) + LOCI_INPUT_BUFFER, error);
    if (status != LOCI_OK) return status;
    *bytes = input->buffer + input->start, *size = loci_input_held(input), *skipped = 0;
    if (characters && *size >= 3 && memcmp(*bytes, "\xef\xbb\xbf", 3) == 0)
        *skipped = 3, *bytes += 3, *size -= 3;
    return LOCI_OK;
}

static size_t encode(char *text, uint32_t code)
{
    if (code < 0x80) {
        text[0] = (char)code;
        return 1;
    }
    const size_t length = code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    for (size_t i = length; --i > 0; code >>= 6) text[i] = (char)(0x80 | (code & 0x3f));
    text[0] = (char)((0xf00u >> length & 0xff) | code);
    return length;
}

/* A place for each number of a character up to the greatest that there is: 1 and more for the first class and so on, 0: none. */
typedef struct {
    uint32_t *place; /* [codes] */
    uint32_t codes;
} alphabet;

/* *count characters, all of them good, whose numbers are below *codes. */
static loci_status survey(size_t *count, uint32_t *codes, const loci_dataset *set, const unsigned char *text,
                          size_t size, size_t skipped, loci_error *error)
{
    *count = 0;
    for (size_t at = 0, length; at < size; at += length, ++*count) {
        length = loci_utf8_length(text + at, size - at);
        if (length == 0)
            return loci_fail(error, LOCI_E_FORMAT,
                             "%s: is no UTF-8: byte %zu is 0x%02x; a text was expected, or --bytes, which "
                             "takes any file",
                             set->folder, at + skipped + 1, text[at]);
        if (text[at] == 0)
            return loci_fail(error, LOCI_E_FORMAT,
                             "%s: byte %zu is 0; a text without such was expected, or --bytes, which takes "
                             "any file",
                             set->folder, at + skipped + 1);
        const uint32_t code = loci_utf8_code(text + at, length);
        if (code >= *codes) *codes = code + 1;
    }
    return LOCI_OK;
}

/* The classes are the characters of the text, by their numbers. */
static loci_status find_alphabet(loci_dataset *set, const alphabet *a, const unsigned char *text, size_t size,
                                 loci_error *error)
{
    uint32_t *place = a->place;
    size_t classes = 0;
    for (size_t at = 0, length; at < size; at += length) {
        length = loci_utf8_length(text + at, size - at);
        place[loci_utf8_code(text + at, length)] = 1;
    }
    for (size_t code = 0; code < a->codes; code++) classes += place[code];
    if (classes < 2)
        return loci_fail(error, LOCI_E_FORMAT,
                         "%s: has %zu different character%s; two at least were expected", set->folder,
                         classes, classes == 1 ? "" : "s");
    if (classes > USHRT_MAX)
        return loci_fail(error, LOCI_E_UNSUPPORTED,
                         "%s: has %zu different characters; %d at most were expected", set->folder, classes,
                         USHRT_MAX);
    set->names = loci_dataset_allocate(set, classes, sizeof *set->names);
    if (!set->names) return loci_dataset_no_memory(set, error);
    for (uint32_t code = 0; code < a->codes; code++) {
        char spelled[4];
        if (!place[code]) continue;
        const char *name = loci_dataset_text(set, spelled, encode(spelled, code));
        if (!name) return loci_dataset_no_memory(set, error);
        set->names[set->classes] = name;
        place[code] = (uint32_t)++set->classes;
    }
    return LOCI_OK;
}

/* Those of a model; what of them lies beyond the text's characters is of no use. */
static loci_status take_alphabet(loci_dataset *set, const alphabet *a, const loci_dataset_options *options,
                                 loci_error *error)
{
    set->names = loci_dataset_allocate(set, options->class_count, sizeof *set->names);
    if (!set->names) return loci_dataset_no_memory(set, error);
    for (size_t c = 0; c < options->class_count; c++) {
        const char *name = options->classes[c];
        const size_t size = strlen(name),
                     length = size ? loci_utf8_length((const unsigned char *)name, size) : 0;
        if (length == 0 || length != size)
            return loci_fail(error, LOCI_E_MISMATCH,
                             "%s: is a text, and the model's classes are no characters", set->folder);
        set->names[c] = loci_dataset_text(set, name, size);
        if (!set->names[c]) return loci_dataset_no_memory(set, error);
        const uint32_t code = loci_utf8_code((const unsigned char *)name, length);
        if (code < a->codes) a->place[code] = (uint32_t)c + 1;
    }
    set->classes = options->class_count;
    return LOCI_OK;
}

static loci_status number_characters(uint16_t *tokens, const uint32_t *place, const loci_dataset *set,
                                     const unsigned char *text, size_t size, size_t skipped,
                                     loci_error *error)
{
    for (size_t at = 0, length; at < size; at += length) {
        length = loci_utf8_length(text + at, size - at);
        const uint32_t code = loci_utf8_code(text + at, length);
        if (place[code]) {
            *tokens++ = (uint16_t)(place[code] - 1);
            continue;
        }
        char told[LOCI_UTF8_TOLD];
        return loci_fail(
            error, LOCI_E_MISMATCH,
            "%s: byte %zu begins the character %s, which is none of the %zu that the model knows",
            set->folder, at + skipped + 1, loci_utf8_tell(told, text + at, length), set->classes);
    }
    return LOCI_OK;
}

static loci_status read_characters(uint16_t **tokens, size_t *count, loci_dataset *set,
                                   const loci_dataset_options *options, const unsigned char *text,
                                   size_t size, size_t skipped, loci_error *error)
{
    alphabet a = {0};
    loci_status status = survey(count, &a.codes, set, text, size, skipped, error);
    if (status != LOCI_OK) return status;
    a.place = loci_allocate(a.codes, sizeof *a.place);
    if (!a.place) return loci_dataset_no_memory(set, error);
    status =
        options->classes ? take_alphabet(set, &a, options, error) : find_alphabet(set, &a, text, size, error);
    if (status == LOCI_OK) {
        *tokens = loci_dataset_allocate(set, *count, sizeof **tokens);
        status = *tokens ? number_characters(*tokens, a.place, set, text, size, skipped, error)
                         : loci_dataset_no_memory(set, error);
    }
    loci_free(a.place);
    return status;
}

static loci_status number_bytes(uint16_t **tokens, loci_dataset *set, const unsigned char *text, size_t size,
                                loci_error *error)
{
    *tokens = loci_dataset_allocate(set, size, sizeof **tokens);
    if (!*tokens || !loci_dataset_number_classes(set, BYTES)) return loci_dataset_no_memory(set, error);
    for (size_t i = 0; i < size; i++) (*tokens)[i] = text[i];
    return LOCI_OK;
}

/* ---- sequences ---- */

static loci_status cut(loci_dataset *set, const uint16_t *tokens, size_t count, size_t window,
                       loci_error *error)
{
    const char *slash = strrchr(set->path, '/'), *base = slash ? slash + 1 : set->path,
               *name = loci_dataset_text(set, base, strlen(base));
    if (!name) return loci_dataset_no_memory(set, error);
    if (count < 2)
        return loci_fail(error, LOCI_E_FORMAT, "%s: has %zu %s; two at least were expected", set->folder,
                         count, count == 1 ? "token" : "tokens");
    for (size_t at = 0, left; (left = count - 1 - at) > 0; at += left) {
        if (left > window) left = window;
        const loci_dataset_item item = {
            .data = tokens + at, .length = left, .file = name, .number = set->count};
        if (!loci_dataset_add(set, &item)) return loci_dataset_no_memory(set, error);
    }
    return LOCI_OK;
}

static loci_status tokens_read(loci_dataset *set, const loci_dataset_options *options, loci_error *error)
{
    const loci_reading *r = &options->reading;
    const size_t window = r->window ? r->window : WINDOW;
    const unsigned char *text = NULL;
    uint16_t *tokens = NULL;
    size_t size = 0, count = 0, skipped = 0;
    loci_input input;
    if (r->permuted)
        return loci_fail(error, LOCI_E_ARGUMENT, "%s: is a text, which cannot be permuted", set->folder);
    loci_status status = loci_input_open(&input, set->path, error);
    if (status != LOCI_OK) return status;
    status = read_bytes(&text, &size, &skipped, &input, set, !r->bytes, error);
    if (status == LOCI_OK && size == 0)
        status = loci_fail(error, LOCI_E_FORMAT, "%s: is empty; a text was expected", set->folder);
    set->inputs = 1;
    set->coded = true;
    set->near = 1; /* texts follow one another */
    set->target.each = LOCI_TARGET_NEXT;
    if (status == LOCI_OK && r->bytes)
        status = number_bytes(&tokens, set, text, count = size, error);
    else if (status == LOCI_OK)
        status = read_characters(&tokens, &count, set, options, text, size, skipped, error);
    loci_input_close(&input);
    if (status == LOCI_OK) status = cut(set, tokens, count, window, error);
    if (status == LOCI_OK && r->test > 0)
        status = loci_dataset_hold_last(set, r->test, options->test != 0, error);
    return status;
}

const loci_dataset_kind loci_dataset_tokens = {
    .name = "text", .item = "sequence", .texts = true, .fits = tokens_fit, .read = tokens_read};
