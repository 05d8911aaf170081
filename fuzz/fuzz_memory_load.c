/* SPDX-License-Identifier: MIT
 * fuzz_memory_load.c - memories from hostile bytes. The last eight bytes are replaced by the checksum of the others, and
 * the size that the file states by its own, so that what lies behind these checks is reached; an input of an even first
 * byte goes in as it is, too. What is loaded is used in every way, and must come back from what is saved. */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <loci/memory.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void put(uint8_t *at, uint64_t value)
{
    for (int i = 0; i < 8; i++) at[i] = (uint8_t)(value >> (8 * i));
}

static void *room_for(size_t size)
{
    void *room = aligned_alloc(64, (size + 63) / 64 * 64);
    if (!room) abort();
    return room;
}

static void make_right(uint8_t *bytes, size_t size)
{
    static uint64_t table[256];
    if (!table[1])
        for (unsigned i = 0; i < 256; i++) {
            table[i] = i;
            for (int bit = 0; bit < 8; bit++)
                table[i] = table[i] & 1 ? (table[i] >> 1) ^ 0xC96C5795D7870F42u : table[i] >> 1;
        }
    memcpy(bytes, "LOCIMEM\n", 8);
    put(bytes + 8, 1);
    put(bytes + 16, size);
    uint64_t sum = ~UINT64_C(0);
    for (size_t i = 0; i < size - 8; i++) sum = table[(sum ^ bytes[i]) & 255] ^ (sum >> 8);
    put(bytes + size - 8, ~sum);
}

static void ask(const loci_memory *memory, const loci_memory_plan *plan, size_t channel, double a, double b)
{
    double t[2] = {a, b}, out[2];
    for (int what = LOCI_VALUE; what <= LOCI_INTEGRAL; what++)
        loci_memory_recall(memory, plan, (loci_ask)what, channel, t, what < LOCI_MEAN ? 2 : 1, out, NULL);
}

static void use(loci_memory *memory, const loci_memory_plan *plan, size_t channels)
{
    const size_t memory_size = loci_memory_size(plan, channels), order = loci_memory_plan_spec(plan)->order;
    const int stamped = loci_memory_plan_spec(plan)->dt == 0;
    const loci_memory_info info = loci_memory_inspect(memory, plan);
    loci_memory_summary summary;
    double u[8 * 40], t[40], squared[24], covered[3], variance[8], c[LOCI_ORDER_MAX], square;
    for (int i = 0; i < 8 * 40; i++) u[i] = i % 11;
    loci_memory_summarize(memory, plan, channels - 1, &summary, NULL);
    ask(memory, plan, 0, info.start, info.end);
    for (size_t i = 0; i < info.stretches; i++) {
        loci_memory_stretch_info stretch;
        if (loci_memory_stretch(memory, plan, i, &stretch, NULL) != LOCI_OK) abort();
        loci_memory_stretch_error(memory, plan, i, 0, &square, variance, NULL);
        ask(memory, plan, channels - 1, stretch.start, stretch.end);
        ask(memory, plan, 0, 0.7 * stretch.start + 0.3 * stretch.end, stretch.end);
    }
    const double edges[4] = {info.start, 0.9 * info.start + 0.1 * info.end, 0.5 * info.start + 0.5 * info.end,
                             info.end};
    loci_memory_comparison *comparison;
    if (loci_memory_compare_create(&comparison, memory, plan, edges, 3, NULL) == LOCI_OK) {
        for (int i = 0; i < 40; i++) t[i] = info.start + 0.3 * i;
        loci_memory_compare_push(comparison, u, stamped ? t : NULL,
                                 info.samples < 40 ? (size_t)info.samples : 40, NULL);
        loci_memory_compare_finish(comparison, squared, covered, variance, NULL);
        loci_memory_compare_free(comparison);
    }
    loci_memory *other = room_for(memory_size);
    loci_memory_coefficients(memory, plan, 0, c, other, NULL);
    if (order > 1 && c[1] == 12345) abort(); /* they are read */
    loci_memory_collapse(other, memory, plan, NULL);
    loci_memory_summarize(other, plan, 0, &summary, NULL);
    /* saved and loaded, it is the same; a sum that overflowed is not saved as a number */
    const size_t size = loci_memory_save_size(memory, plan, 0);
    uint8_t *one = room_for(size), *two = room_for(size);
    if (loci_memory_save(memory, plan, NULL, 0, one, size, NULL) == LOCI_OK) {
        if (loci_memory_load(other, plan, one, size, NULL) != LOCI_OK ||
            loci_memory_save(other, plan, NULL, 0, two, size, NULL) != LOCI_OK || memcmp(one, two, size) != 0)
            abort();
    }
    free(one);
    free(two);
    /* twice behind itself, then samples, then an end */
    for (int i = 0; i < 2; i++) {
        memcpy(other, memory, memory_size);
        loci_memory_shift(other, plan, loci_memory_inspect(memory, plan).end + (i && stamped ? 1 : 0), NULL);
        loci_memory_merge(memory, plan, other, NULL);
    }
    const double end = loci_memory_inspect(memory, plan).end;
    for (int i = 0; i < 40; i++) t[i] = end + i;
    for (int i = 0; i < 3; i++) loci_memory_push(memory, plan, u, stamped ? t : NULL, 40, NULL);
    loci_memory_close(memory, plan, end + 41, NULL);
    loci_memory_summarize(memory, plan, 0, &summary, NULL);
    ask(memory, plan, 0, info.start, loci_memory_inspect(memory, plan).end);
    free(other);
}

static void load(const uint8_t *bytes, size_t size)
{
    loci_memory_header header;
    if (loci_memory_load_header(&header, bytes, size, NULL) != LOCI_OK) return;
    for (size_t i = 0; i < header.note_length; i++)
        if (header.note[i] == 1 && bytes == NULL) abort();     /* the note is there to be read */
    if (header.channels > 8 || header.spec.order > 40) return; /* large ones only take longer */
    loci_memory_plan *plan;
    if (loci_memory_plan_create(&plan, &header.spec, NULL) != LOCI_OK) return;
    loci_memory *memory = room_for(loci_memory_size(plan, header.channels));
    if (loci_memory_load(memory, plan, bytes, size, NULL) == LOCI_OK) use(memory, plan, header.channels);
    free(memory);
    loci_memory_plan_free(plan);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    if (size > 0 && bytes[0] % 2 == 0) load(bytes, size);
    if (size < 184) return 0;
    uint8_t *copy = malloc(size);
    if (!copy) abort();
    memcpy(copy, bytes, size);
    make_right(copy, size);
    load(copy, size);
    free(copy);
    return 0;
}
