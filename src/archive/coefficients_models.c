/* SPDX-License-Identifier: MIT
 * coefficients_models.c - tables of a coder, and where its models begin. */
#include "archive/coefficients_models.h"

#include "base/allocate.h"

/* Where nothing was seen: beside an expectation of v, symbols fall off by v / (v + 1.3). */
static void guess(int16_t *upto, uint32_t v)
{
    const unsigned below = bits_below(level_of(v));
    const uint64_t even = v >> below, ratio = (even << 16) / (even + 83);
    uint64_t size[SYMBOLS], all = 0, sum = 0;
    size[0] = below ? 1 << 12 : 65536 - ratio * 9 / 10;
    for (size_t j = 1; j < SYMBOLS; j++) size[j] = j == 1 ? ratio : size[j - 1] * ratio >> 16;
    for (size_t j = 0; j < SYMBOLS; j++) all += size[j];
    for (size_t j = 0; j < SYMBOLS; j++) {
        upto[j] = (int16_t)(sum * (WHOLE - SYMBOLS * SCARCE) / all + SCARCE * j);
        sum += size[j];
    }
}

static void models_begin(models *m)
{
    static const bit_model even = {32768, 32768, 0};
    for (size_t level = 0; level < LEVELS; level++) {
        const uint32_t v =
            (uint32_t)(level < 2 ? level : (uint64_t)(level % 2 ? 5 : 7) << ((level - 1) / 2) >> 2);
        for (size_t side = 0; side < SIDES; side++) guess(m->first + (level * SIDES + side) * SYMBOLS, v);
        m->weight[level] = WHOLE / 2;
        for (size_t i = 0; i < 2; i++) m->empty[level][i] = even;
    }
    for (size_t octave = 0; octave < OCTAVES; octave++)
        for (size_t place = 0; place < PLACES; place++)
            guess(m->second + (octave * PLACES + place) * SYMBOLS, octave > 0 ? 3u << octave >> 2 : 0);
    for (size_t i = 0; i < 16; i++) m->corrected[i / 4][i % 4] = even;
    for (size_t i = 0; i < ESCAPES; i++) m->escape[i] = even;
    m->by_more = even;
}

static void tables_fill(coefficient_coder *c)
{
    models_begin(&c->unseen);
    for (size_t symbol = 0; symbol < SYMBOLS; symbol++)
        for (size_t j = 0; j < SYMBOLS; j++)
            c->goal[symbol][j] = (int16_t)(j <= symbol ? j * SCARCE : WHOLE - (SYMBOLS - j) * SCARCE);
    for (uint32_t weight = 1; weight < WEIGHTS; weight++) c->part[weight] = (UNIT << 16) / weight;
    for (int n = 0; n < 256; n++) { /* the mean of what was seen, until that is slower than so much */
        const int mean = 655360 / (10 * n + 16);
        c->rate[n][0] = (uint16_t)(mean > 65536 / 32 ? mean : 65536 / 32);
        c->rate[n][1] = (uint16_t)(mean > 65536 / 256 ? mean : 65536 / 256);
        c->first_rate[n] = (int16_t)(WHOLE / (n + 6) > WHOLE / 128 ? WHOLE / (n + 6) : WHOLE / 128);
        c->second_rate[n] = (int16_t)(WHOLE / (n + 4) > WHOLE / 64 ? WHOLE / (n + 4) : WHOLE / 64);
    }
    for (unsigned level = 0; level < LEVELS; level++) {
        const unsigned below = bits_below(level);
        c->below[level] = (uint8_t)below;
        c->count[level] = below < STATE_BITS ? (uint8_t)(below + 1) : 0;
        c->alone[level] = below < STATE_BITS ? MORE : 1;
    }
    c->share_of = UINT32_MAX;
}

coefficient_coder *loci_coefficients_create(const loci_allocator *by, size_t page)
{
    coefficient_coder *coder = loci_allocate_by(by, 1, sizeof *coder);
    if (!coder) return NULL;
    tables_fill(coder);
    coder->page = page;
    coder->size = loci_allocate_room_by(by, page, sizeof *coder->size);
    coder->sum = loci_allocate_room_by(by, page + 1, sizeof *coder->sum);
    if (coder->size && coder->sum) return coder;
    loci_coefficients_destroy(coder);
    return NULL;
}

bool loci_coefficients_write(coefficient_coder *c)
{
    if (!c->note)
        c->note =
            loci_allocate_room_by(loci_allocator_of(c), c->page * NOTES + NOTES_BESIDE, sizeof *c->note);
    return c->note;
}

void loci_coefficients_destroy(coefficient_coder *c)
{
    if (!c) return;
    loci_free(c->size);
    loci_free(c->sum);
    loci_free(c->note);
    loci_free(c);
}
