/* SPDX-License-Identifier: MIT
 * fuzz_archive_open.c - archives from hostile bytes. Sizes are cut to what is there and checksums are made right, so that what
 * lies behind them is reached; an input of an even first byte goes in as it is, too. What opens is used in every way. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <loci/archive.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void put(uint8_t *at, uint64_t value, int size)
{
    for (int i = 0; i < size; i++) at[i] = (uint8_t)(value >> (8 * i));
}

static uint64_t get(const uint8_t *at)
{
    uint64_t value = 0;
    for (int i = 0; i < 4; i++) value |= (uint64_t)at[i] << (8 * i);
    return value;
}

static uint64_t sum_of(const uint8_t *bytes, size_t size)
{
    static uint64_t table[256];
    if (!table[1])
        for (unsigned i = 0; i < 256; i++) {
            table[i] = i;
            for (int bit = 0; bit < 8; bit++)
                table[i] = table[i] & 1 ? (table[i] >> 1) ^ 0xC96C5795D7870F42u : table[i] >> 1;
        }
    uint64_t sum = ~UINT64_C(0);
    for (size_t i = 0; i < size; i++) sum = table[(sum ^ bytes[i]) & 255] ^ (sum >> 8);
    return ~sum;
}

/* The header ends where it says, or at the end; pages follow one another likewise. */
static void make_right(uint8_t *bytes, size_t size)
{
    memcpy(bytes, "LOCIARC\n", 8);
    size_t header = get(bytes + 8);
    if (header < 16 || header > size) header = size;
    put(bytes + 8, header, 4);
    bytes[12] = 2; /* the version */
    put(bytes + header - 4, sum_of(bytes, header - 4), 4);
    for (size_t at = header; size - at >= 24;) {
        uint8_t *page = bytes + at;
        const size_t left = size - at;
        page[0] = 0xA7;
        page[1] = 'P';
        size_t head = get(page + 2), body = get(page + 6);
        if (head < 16 || head > left - 4) head = left - 4;
        if (body > left - head - 4) body = left - head - 4;
        put(page + 2, head, 4);
        put(page + 6, body, 4);
        put(page + 10, sum_of(page, 10), 2);
        put(page + head - 4, sum_of(page, head - 4), 4);
        put(page + head + body, sum_of(page + head, body), 4);
        at += head + body + 4;
    }
}

static loci_status take(void *target, uint64_t at, const void *bytes, size_t size, loci_error *error)
{
    (void)bytes;
    (void)error;
    *(uint64_t *)target = at + size;
    return LOCI_OK;
}

static void use(loci_archive *a)
{
    const loci_archive_info info = loci_archive_inspect(a);
    double out[16], pair[2] = {info.start, info.end};
    uint64_t written = 0;
    loci_archive_verify(a, NULL);
    for (size_t c = 0; c < info.channels && c < 3; c++) {
        for (int ask = LOCI_VALUE; ask <= LOCI_INTEGRAL; ask++)
            loci_archive_recall(a, (loci_ask)ask, c, pair, ask < LOCI_MEAN ? 2 : 1, out, NULL);
        loci_archive_zoom(a, c, info.start, info.end, 16, out, NULL);
        loci_archive_samples(a, c, info.first, info.samples < 16 ? (size_t)info.samples : 16, out, NULL);
        loci_archive_known known;
        loci_archive_stretch(a, c, info.start, info.end, &known, NULL);
        loci_archive_page_info page;
        for (size_t i = 0; i < info.pages && i < 4; i++) loci_archive_page(a, i, c, &page, NULL);
    }
    double *rms = calloc(info.channels, sizeof *rms);
    if (!rms) abort();
    for (size_t c = 0; c < info.channels; c++) rms[c] = 100.0 * loci_archive_bound(a, c);
    loci_archive_recode(a, rms, take, &written, NULL);
    free(rms);
    loci_archive *const twice[2] = {a, a};
    loci_archive_merge(twice, 2, take, &written, NULL);
    loci_archive_forget(a, 0.5 * (info.start + info.end), take, &written, NULL);
    loci_archive_shrink(a, 1000, 1.0, take, &written, NULL);
}

static void open_and_use(const uint8_t *bytes, size_t size)
{
    for (int care = LOCI_ARCHIVE_WHOLE; care <= LOCI_ARCHIVE_SALVAGE; care++) {
        loci_archive *a;
        if (loci_archive_open(&a, bytes, size, (loci_archive_care)care, NULL) != LOCI_OK) continue;
        use(a);
        loci_archive_close(a);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    if (size < 32 || size > 1 << 16) return 0;
    if (bytes[0] % 2 == 0) open_and_use(bytes, size);
    uint8_t *copy = malloc(size);
    if (!copy) abort();
    memcpy(copy, bytes, size);
    make_right(copy, size);
    open_and_use(copy, size);
    free(copy);
    return 0;
}
