/* SPDX-License-Identifier: MIT
 * readout_save.c - readouts as bytes. docs/formats.md describes the layout.
 *
 * Reading trusts nothing: the checksum first, then every size against what is there, then every number. */
#include "readout/readout.h"

#include <math.h>
#include <string.h>

#include "base/endian.h"
#include "base/seal.h"
#include "base/status.h"

static const loci_seal seal = {.magic = {'L', 'O', 'C', 'I', 'R', 'D', 'O', '\n'},
                               .none = "no forecaster",
                               .name = "forecaster",
                               .fixed = 128,
                               .version = 1};

size_t loci_readout_save_size(const loci_readout *r, size_t note_length)
{
    size_t saved = 0;
    loci_readout_numbers(&r->spec, &saved);
    return loci_seal_size(&seal, saved, note_length);
}

loci_status loci_readout_save(const loci_readout *r, const char *note, size_t note_length, void *bytes,
                              size_t size, loci_error *error)
{
    const size_t wanted = loci_readout_save_size(r, note_length);
    const loci_status status = loci_seal_room(size, wanted, error);
    if (status != LOCI_OK) return status;
    const loci_readout_spec *s = &r->spec;
    size_t saved;
    loci_readout_numbers(s, &saved);
    unsigned char *at = bytes;
    loci_seal_begin(&at, &seal, wanted);
    const uint64_t head[] = {s->channels, s->window,  s->order, s->horizon, (uint64_t)(s->own != 0),
                             r->solved,   r->samples, r->held,  r->fresh,   r->parts,
                             note_length};
    for (size_t i = 0; i < sizeof head / sizeof *head; i++) loci_endian_put(&at, head[i], 8);
    loci_endian_put_f64(&at, &s->ridge, 1);
    loci_endian_put(&at, 0, 8);
    loci_seal_note(&at, note, note_length);
    loci_endian_put_f64(&at, loci_readout_view(r).scale, saved);
    loci_seal_end(&at, bytes);
    return LOCI_OK;
}

int loci_readout_begins(const void *bytes, size_t size)
{
    return size >= sizeof seal.magic && memcmp(bytes, seal.magic, sizeof seal.magic) == 0;
}

static loci_status damaged(loci_error *error, const char *what)
{
    return loci_fail(error, LOCI_E_FORMAT, "%s", what);
}

loci_status loci_readout_load(loci_readout **readout, const char **note, size_t *note_length,
                              const void *bytes, size_t size, const loci_allocator *allocator,
                              loci_error *error)
{
    loci_status status = loci_seal_check(&seal, bytes, size, error);
    if (status != LOCI_OK) return status;
    const unsigned char *at = (const unsigned char *)bytes + sizeof seal.magic;
    uint64_t head[13];
    for (size_t i = 0; i < sizeof head / sizeof *head; i++) head[i] = loci_endian_get(&at, 8);
    loci_readout_spec spec = {.size = sizeof spec, .allocator = allocator};
    loci_endian_get_f64(&spec.ridge, &at, 1);
    at += 8;
    for (size_t i = 2; i < 6; i++)
        if (head[i] > UINT32_MAX) return damaged(error, "is a forecaster with sizes that cannot be");
    spec.channels = (size_t)head[2], spec.window = (size_t)head[3], spec.order = (size_t)head[4];
    spec.horizon = (size_t)head[5], spec.own = head[6] != 0;
    size_t saved = 0;
    if (loci_readout_check(&spec, NULL) != LOCI_OK || head[6] > 1 || head[7] > 1 || head[12] > size ||
        loci_readout_numbers(&spec, &saved) == 0 || loci_seal_size(&seal, saved, (size_t)head[12]) != size ||
        head[10] > head[9])
        return damaged(error, "is a forecaster with sizes that cannot be");
    status = loci_readout_make(readout, &spec, error);
    if (status != LOCI_OK) return status;
    loci_readout *r = *readout;
    r->solved = head[7], r->samples = head[8], r->held = head[9], r->fresh = head[10], r->parts = head[11];
    if (note) *note = (const char *)at;
    if (note_length) *note_length = (size_t)head[12];
    at += (head[12] + 7) / 8 * 8;
    const readout_view v = loci_readout_view(r);
    loci_endian_get_f64(v.scale, &at, saved);
    bool good = true;
    for (size_t i = 0; i < saved; i++) good = good && isfinite(v.scale[i]);
    for (size_t c = 0; c < spec.channels; c++)
        good = good && v.scale[c] > 0.0 && v.unit[c] > 0.0 && v.spread[c] >= 0.0 && v.rows[c] >= 0.0;
    for (size_t i = 0; i < spec.channels * 2 * spec.horizon; i++) good = good && v.widths[i] >= 0.0;
    if (good) return LOCI_OK;
    loci_readout_free(r);
    *readout = NULL;
    return damaged(error, "is a forecaster with a number that cannot be");
}
