/* SPDX-License-Identifier: MIT
 * npy.c - NPY arrays: a strict parser of the header, elements of any kind as doubles, whole arrays in and
 * out.
 *
 * The format: "\x93NUMPY", major and minor version, the header's length (2 bytes little-endian in version 1,
 * 4 in 2 and 3), and as header the text of a Python dict, {'descr': '<f8', 'fortran_order': False, 'shape':
 * (3, 4), }, padded with blanks; then the elements. */
#include "data/npy.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/allocate.h"
#include "base/status.h"
#include "data/quote.h"

#define NPY_DIMENSIONS 8
#define NPY_WORD 1024    /* characters of a word */
#define NPY_HEADER 65535 /* bytes; an array of plain numbers needs less than 300 */

/* --- the header --- */

typedef struct {
    const char *at, *end;
} text;

static void skip_blanks(text *t)
{
    while (t->at < t->end && (*t->at == ' ' || *t->at == '\t' || *t->at == '\n' || *t->at == '\r')) t->at++;
}

/* Skips blanks, then takes the character if it is there. */
static bool take(text *t, char c)
{
    skip_blanks(t);
    if (t->at == t->end || *t->at != c) return false;
    t->at++;
    return true;
}

/* Takes 'word' or "word" without escapes; word is NUL-terminated, at most size - 1 characters. */
static bool take_quoted(text *t, char *word, size_t size)
{
    skip_blanks(t);
    if (t->at == t->end || (*t->at != '\'' && *t->at != '"')) return false;
    const char quote = *t->at++;
    size_t length = 0;
    while (t->at < t->end && *t->at != quote) {
        if (*t->at == '\\' || length + 1 >= size) return false;
        word[length++] = *t->at++;
    }
    word[length] = 0;
    if (t->at == t->end) return false;
    t->at++;
    return true;
}

static bool take_word(text *t, const char *word)
{
    skip_blanks(t);
    const size_t length = strlen(word);
    if ((size_t)(t->end - t->at) < length || memcmp(t->at, word, length) != 0) return false;
    t->at += length;
    return true;
}

static bool take_size(text *t, size_t *size)
{
    skip_blanks(t);
    const char *first = t->at;
    size_t value = 0;
    while (t->at < t->end && *t->at >= '0' && *t->at <= '9') {
        if (!loci_size_multiply(&value, value, 10) || !loci_size_add(&value, value, (size_t)(*t->at - '0')))
            return false;
        t->at++;
    }
    if (t->at == first) return false;
    if (t->at < t->end && *t->at == 'L') t->at++; /* a long of Python 2 */
    *size = value;
    return true;
}

/* "()", "(3,)", "(3, 4)", "(3, 4,)"; but "(3)" is a number, not a shape. */
static bool take_shape(text *t, loci_npy_header *header)
{
    if (!take(t, '(')) return false;
    header->dimensions = 0;
    bool comma = true;
    while (!take(t, ')')) {
        if (!comma || header->dimensions == NPY_DIMENSIONS) return false;
        if (!take_size(t, &header->shape[header->dimensions])) return false;
        header->dimensions++;
        comma = take(t, ',');
    }
    return header->dimensions != 1 || comma;
}

/* "<f8": order of bytes, kind, size. */
static bool understand(loci_npy_header *header, const char *descr)
{
    if (strlen(descr) < 3) return false;
    static const char *const known[] = {"f2", "f4", "f8", "i1", "i2", "i4", "i8",
                                        "u1", "u2", "u4", "u8", "b1", "c8", "c16"};
    bool found = false;
    for (size_t i = 0; i < sizeof known / sizeof known[0] && !found; i++)
        found = strcmp(descr + 1, known[i]) == 0;
    if (!found) return false;
    header->kind = descr[1];
    header->size = descr[2] == '1' && descr[3] == '6' ? 16 : (size_t)(descr[2] - '0');
    header->numbers = header->kind == 'c' ? 2 : 1;
    header->big = descr[0] == '>';
    return descr[0] == '<' || descr[0] == '>' || (descr[0] == '|' && header->size == 1);
}

/* "<U5", of 4 bytes a character, and "|S5". */
static bool understand_words(loci_npy_header *header, const char *descr)
{
    text t = {descr + 2, descr + strlen(descr)};
    size_t length;
    header->kind = descr[1];
    if (!*descr || (header->kind != 'U' && header->kind != 'S')) return false;
    if (!take_size(&t, &length) || t.at != t.end || length < 1 || length > NPY_WORD) return false;
    header->size = header->kind == 'U' ? 4 * length : length;
    header->numbers = 1;
    header->big = descr[0] == '>';
    return descr[0] == '<' || descr[0] == '>' || (descr[0] == '|' && header->kind == 'S');
}

/* Fills all of *header from the dict. */
static loci_status parse_header(loci_npy_header *header, text t, bool words, const char *name,
                                loci_error *error)
{
    bool have_descr = false, have_order = false, have_shape = false;
    const char *wrong = "a dict of descr, fortran_order and shape was expected";
    char key[16], descr[16], quoted[24];
    if (!take(&t, '{')) goto damaged;
    bool comma = true;
    while (!take(&t, '}')) {
        if (!comma || !take_quoted(&t, key, sizeof key) || !take(&t, ':')) goto damaged;
        if (strcmp(key, "descr") == 0 && !have_descr) {
            have_descr = true;
            wrong = "its element type is none of f2, f4, f8, i1 to i8, u1 to u8, b1, c8, c16";
            if (!take_quoted(&t, descr, sizeof descr)) goto damaged; /* a list: a structured array */
            if (!understand(header, descr) && !(words && understand_words(header, descr))) {
                loci_quote(quoted, sizeof quoted, descr, strlen(descr));
                return loci_fail(
                    error, LOCI_E_FORMAT,
                    "%s: its elements are %s; f2, f4, f8, i1 to i8, u1 to u8, b1, c8%s was expected", name,
                    quoted, words ? ", c16, or words (U1 to U1024, S1 to S1024)" : " or c16");
            }
        } else if (strcmp(key, "fortran_order") == 0 && !have_order) {
            have_order = true;
            wrong = "fortran_order is neither True nor False";
            header->fortran = take_word(&t, "True");
            if (!header->fortran && !take_word(&t, "False")) goto damaged;
        } else if (strcmp(key, "shape") == 0 && !have_shape) {
            have_shape = true;
            wrong = "shape is no list of at most 8 lengths";
            if (!take_shape(&t, header)) goto damaged;
        } else {
            goto damaged;
        }
        wrong = "a dict of descr, fortran_order and shape was expected";
        comma = take(&t, ',');
    }
    skip_blanks(&t);
    if (t.at != t.end || !have_descr || !have_order || !have_shape) goto damaged;
    return LOCI_OK;
damaged:
    return loci_fail(error, LOCI_E_FORMAT, "%s: its NPY header is not understood: %s", name, wrong);
}

static loci_status read_header(loci_npy_header *header, loci_input *input, bool words, loci_error *error)
{
    static const unsigned char signature[6] = {0x93, 'N', 'U', 'M', 'P', 'Y'};
    *header = (loci_npy_header){0};
    loci_status status = loci_input_fill(input, 8, error);
    if (status != LOCI_OK) return status;
    const unsigned char *bytes = input->buffer + input->start;
    if (loci_input_held(input) < 8 || memcmp(bytes, signature, sizeof signature) != 0)
        return loci_fail(error, LOCI_E_FORMAT,
                         "%s: is no NPY array: it does not begin with the signature of one", input->name);
    const unsigned version = bytes[6];
    if (version < 1 || version > 3)
        return loci_fail(error, LOCI_E_FORMAT, "%s: is of NPY version %u; 1 to 3 was expected", input->name,
                         version);
    const size_t fixed = version == 1 ? 10 : 12;
    if ((status = loci_input_fill(input, fixed, error)) != LOCI_OK) return status;
    if (loci_input_held(input) < fixed)
        return loci_fail(error, LOCI_E_FORMAT, "%s: ends within its NPY header", input->name);
    bytes = input->buffer + input->start;
    size_t length = (size_t)bytes[8] | (size_t)bytes[9] << 8;
    if (version > 1) length |= (size_t)bytes[10] << 16 | (size_t)bytes[11] << 24;
    if (length > NPY_HEADER)
        return loci_fail(error, LOCI_E_FORMAT,
                         "%s: its NPY header says that it has %zu bytes; at most %d were expected",
                         input->name, length, NPY_HEADER);
    if ((status = loci_input_fill(input, fixed + length, error)) != LOCI_OK) return status;
    if (loci_input_held(input) < fixed + length)
        return loci_fail(error, LOCI_E_FORMAT, "%s: ends within its NPY header", input->name);
    const char *dict = (const char *)input->buffer + input->start + fixed;
    status = parse_header(header, (text){dict, dict + length}, words, input->name, error);
    if (status != LOCI_OK) return status;
    input->start += fixed + length;

    /* An element of at least one byte and a length known bound every size below; otherwise the bytes that come do. */
    size_t total, numbers;
    header->count = 1;
    bool fits = true;
    for (size_t d = 0; d < header->dimensions; d++)
        fits = fits && loci_size_multiply(&header->count, header->count, header->shape[d]);
    fits = fits && loci_size_multiply(&total, header->count, header->size) &&
           loci_size_multiply(&numbers, header->count, header->numbers * sizeof(double));
    const uint64_t here = loci_input_position(input);
    if (!fits || total > UINT64_MAX - here)
        return loci_fail(error, LOCI_E_FORMAT, "%s: the shape in its NPY header is too large", input->name);
    if (input->length != LOCI_INPUT_LENGTH_UNKNOWN && (input->length < here || input->length - here != total))
        return loci_fail(error, LOCI_E_FORMAT,
                         "%s: has %" PRIu64 " bytes; %" PRIu64 " were expected from its header%s",
                         input->name, input->length, here + total,
                         input->length > here + total ? "" : ": it is cut short");
    return LOCI_OK;
}

loci_status loci_npy_header_read(loci_npy_header *header, loci_input *input, loci_error *error)
{
    return read_header(header, input, false, error);
}

/* --- the elements --- */

static inline uint16_t order2(uint16_t v, bool swap)
{
    return (uint16_t)(swap ? v << 8 | v >> 8 : v);
}
static inline uint32_t order4(uint32_t v, bool swap)
{
    return swap ? (v & 0xFF) << 24 | (v & 0xFF00) << 8 | (v >> 8 & 0xFF00) | v >> 24 : v;
}
static inline uint64_t order8(uint64_t v, bool swap)
{
    return swap ? (uint64_t)order4((uint32_t)v, true) << 32 | order4((uint32_t)(v >> 32), true) : v;
}

static bool little_endian_machine(void)
{
    const uint16_t one = 1;
    unsigned char first;
    memcpy(&first, &one, 1);
    return first == 1;
}

/* IEEE 754's binary16: a sign, 5 bits of exponent, 10 of fraction. */
static double half_of(const unsigned char *b, bool big)
{
    const unsigned word = big ? (unsigned)b[0] << 8 | b[1] : (unsigned)b[1] << 8 | b[0];
    const int exponent = (int)(word >> 10 & 31), fraction = (int)(word & 1023);
    const double magnitude = exponent == 31  ? (fraction ? (double)NAN : (double)INFINITY)
                             : exponent == 0 ? ldexp(fraction, -24)
                                             : ldexp(1024 + fraction, exponent - 25);
    return word >> 15 ? -magnitude : magnitude;
}

#define CONVERT(bits, type, order)                                                                           \
    for (size_t i = 0; i < count; i++) {                                                                     \
        bits word;                                                                                           \
        type value;                                                                                          \
        memcpy(&word, bytes + i * sizeof word, sizeof word);                                                 \
        word = order(word, swap);                                                                            \
        memcpy(&value, &word, sizeof value);                                                                 \
        out[i] = (double)value;                                                                              \
    }

void loci_npy_convert(double *out, const unsigned char *bytes, size_t count, const loci_npy_header *header)
{
    const bool swap = header->big == little_endian_machine();
    const size_t size = header->size / header->numbers;
    count *= header->numbers;
    switch (header->kind) {
    case 'b':
        for (size_t i = 0; i < count; i++) out[i] = bytes[i] != 0;
        break;
    case 'i':
        if (size == 1)
            for (size_t i = 0; i < count; i++) out[i] = (signed char)bytes[i];
        else if (size == 2)
            CONVERT(uint16_t, int16_t, order2)
        else if (size == 4)
            CONVERT(uint32_t, int32_t, order4)
        else
            CONVERT(uint64_t, int64_t, order8)
        break;
    case 'u':
        if (size == 1)
            for (size_t i = 0; i < count; i++) out[i] = bytes[i];
        else if (size == 2)
            CONVERT(uint16_t, uint16_t, order2)
        else if (size == 4)
            CONVERT(uint32_t, uint32_t, order4)
        else
            CONVERT(uint64_t, uint64_t, order8)
        break;
    default: /* f and c */
        if (size == 2)
            for (size_t i = 0; i < count; i++) out[i] = half_of(bytes + 2 * i, header->big);
        else if (size == 4)
            CONVERT(uint32_t, float, order4)
        else if (swap)
            CONVERT(uint64_t, double, order8)
        else
            memcpy(out, bytes, count * sizeof *out);
    }
}

/* --- whole arrays --- */

/* Room for `numbers` doubles, keeping the first `kept`. */
static bool enlarge(double **data, size_t kept, size_t numbers)
{
    double *larger = loci_allocate(numbers, sizeof **data);
    if (!larger) return false;
    if (kept > 0) memcpy(larger, *data, kept * sizeof **data);
    loci_free(*data);
    *data = larger;
    return true;
}

/* Last index fastest, from first index fastest. */
static bool transpose(double **data, const loci_npy_header *header)
{
    double *ordered = loci_allocate(header->count, header->numbers * sizeof **data);
    if (!ordered) return false;
    size_t index[NPY_DIMENSIONS] = {0}, step[NPY_DIMENSIONS];
    for (size_t d = 0, size = header->numbers; d < header->dimensions; d++) {
        step[d] = size;
        size *= header->shape[d];
    }
    for (size_t i = 0, from = 0; i < header->count; i++) {
        memcpy(ordered + i * header->numbers, *data + from, header->numbers * sizeof **data);
        for (size_t d = header->dimensions; d-- > 0;) {
            from += step[d];
            if (++index[d] < header->shape[d]) break;
            from -= step[d] * header->shape[d];
            index[d] = 0;
        }
    }
    loci_free(*data);
    *data = ordered;
    return true;
}

loci_status loci_npy_read_input(loci_array *array, loci_input *input, loci_npy_words *words,
                                loci_error *error)
{
    *array = (loci_array){0};
    loci_npy_header header;
    loci_status status = read_header(&header, input, words != NULL, error);
    if (status != LOCI_OK) return status;
    const bool spelled = header.kind == 'U' || header.kind == 'S';
    if (words) words->met = spelled;

    /* Where no length vouches for the shape, room is made as the elements come. */
    double *data = NULL;
    size_t done = 0, room = 0;
    while (status == LOCI_OK) {
        if (done == room && (done < header.count || !data)) {
            room = room < 65536 ? 65536 : 2 * room;
            if (room > header.count || input->length != LOCI_INPUT_LENGTH_UNKNOWN) room = header.count;
            if (!enlarge(&data, done * header.numbers, room * header.numbers)) {
                status = loci_fail(error, LOCI_E_MEMORY, "%s: out of memory for %zu numbers", input->name,
                                   room * header.numbers);
                break;
            }
        }
        if (done == header.count) break;
        status = loci_input_fill(input, header.size, error);
        if (status != LOCI_OK) break;
        size_t count = loci_input_held(input) / header.size;
        if (count == 0) {
            status = loci_fail(error, LOCI_E_FORMAT,
                               "%s: ends after %zu elements; %zu were expected from its header", input->name,
                               done, header.count);
            break;
        }
        if (count > room - done) count = room - done;
        const unsigned char *bytes = input->buffer + input->start;
        if (spelled)
            status =
                loci_npy_words_convert(data + done, bytes, count, done, &header, words, input->name, error);
        else
            loci_npy_convert(data + done * header.numbers, bytes, count, &header);
        input->start += count * header.size;
        done += count;
    }
    /* The end is asked for even so: only then is the checksum of an archive's member looked at. */
    if (status == LOCI_OK) status = loci_input_fill(input, 1, error);
    if (status == LOCI_OK && loci_input_held(input) > 0)
        status =
            loci_fail(error, LOCI_E_FORMAT, "%s: goes on after the %zu elements that its header speaks of",
                      input->name, header.count);
    if (status == LOCI_OK && header.fortran && header.dimensions > 1 && !transpose(&data, &header))
        status = loci_fail(error, LOCI_E_MEMORY, "%s: out of memory", input->name);
    if (status != LOCI_OK) {
        loci_free(data);
        return status;
    }
    array->dimensions = header.dimensions;
    memcpy(array->shape, header.shape, sizeof array->shape);
    array->complex_pairs = header.numbers == 2;
    array->integers = header.kind == 'i' || header.kind == 'u' || header.kind == 'b';
    array->data = data;
    return LOCI_OK;
}

loci_status loci_npy_read(loci_array *array, const char *path, loci_error *error)
{
    *array = (loci_array){0};
    loci_input input;
    loci_status status = loci_input_open(&input, path, error);
    if (status != LOCI_OK) return status;
    status = loci_npy_read_input(array, &input, NULL, error);
    loci_input_close(&input);
    return status;
}

/* --- writing --- */

static void store(unsigned char *bytes, const void *value, size_t size)
{
    memcpy(bytes, value, size);
    if (little_endian_machine()) return;
    for (size_t i = 0; i < size / 2; i++) {
        const unsigned char first = bytes[i];
        bytes[i] = bytes[size - 1 - i];
        bytes[size - 1 - i] = first;
    }
}

loci_status loci_npy_write(const char *path, const double *data, const size_t *shape, size_t dimensions,
                           int single, loci_error *error)
{
    char name[128];
    loci_input_name(name, sizeof name, path);
    if (dimensions > NPY_DIMENSIONS)
        return loci_fail(error, LOCI_E_ARGUMENT, "%s: the array has %zu dimensions; at most %d were expected",
                         name, dimensions, NPY_DIMENSIONS);
    char header[512]; /* 8 lengths of at most 20 digits, and 64 characters around them */
    int used = snprintf(header, sizeof header, "{'descr': '<f%d', 'fortran_order': False, 'shape': (",
                        single ? 4 : 8);
    size_t count = 1;
    bool fits = true;
    for (size_t d = 0; d < dimensions; d++) {
        fits = fits && loci_size_multiply(&count, count, shape[d]);
        used += snprintf(header + used, sizeof header - (size_t)used, d == 0 ? "%zu" : ", %zu", shape[d]);
    }
    used += snprintf(header + used, sizeof header - (size_t)used, dimensions == 1 ? ",), }" : "), }");

    /* The elements begin on a 64-byte boundary; a newline ends the header. */
    const size_t offset = (10 + (size_t)used + 1 + 63) / 64 * 64, size = single ? 4 : 8;
    size_t total;
    fits = fits && loci_size_multiply(&total, count, size) && loci_size_add(&total, total, offset);
    unsigned char *bytes = fits ? loci_allocate(total, 1) : NULL;
    if (!bytes) return loci_fail(error, LOCI_E_MEMORY, "%s: out of memory", name);
    memcpy(bytes, "\x93NUMPY\x01\x00", 8);
    bytes[8] = (unsigned char)((offset - 10) & 0xFF);
    bytes[9] = (unsigned char)((offset - 10) >> 8);
    memcpy(bytes + 10, header, (size_t)used);
    memset(bytes + 10 + used, ' ', offset - 11 - (size_t)used);
    bytes[offset - 1] = '\n';
    for (size_t i = 0; i < count; i++) {
        const float narrow = (float)data[i];
        store(bytes + offset + i * size, single ? (const void *)&narrow : (const void *)&data[i], size);
    }
    const loci_status status = loci_file_write(path, bytes, total, error);
    loci_free(bytes);
    return status;
}
