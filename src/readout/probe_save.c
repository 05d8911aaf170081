/* SPDX-License-Identifier: MIT
 * probe_save.c - probes as bytes. docs/formats.md describes the layout.
 *
 * Reading trusts nothing: the checksum first, then every size against what is there, then every number. */
#include "readout/probe.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "base/allocate.h"
#include "base/checksum.h"
#include "base/endian.h"
#include "base/status.h"

enum {
    VERSION = 1,
    HEAD = 9,
    FIXED = 8 + 8 * (HEAD + 2 * LOCI_PROBE_MEMORIES_MAX + 1) /* bytes before the note */
};
static const char magic[8] = {'L', 'O', 'C', 'I', 'P', 'R', 'B', '\n'};

static size_t size_of(size_t numbers, size_t note_length)
{
    size_t bytes, note;
    if (!loci_size_multiply(&bytes, numbers, 8) || !loci_size_add(&note, note_length, 7) ||
        !loci_size_add(&bytes, bytes, note / 8 * 8) || !loci_size_add(&bytes, bytes, FIXED + 8))
        return 0;
    return bytes;
}

size_t loci_probe_save_size(const loci_probe *p, size_t note_length)
{
    return size_of(p->saved, note_length);
}

loci_status loci_probe_save(const loci_probe *p, const char *note, size_t note_length, void *bytes,
                            size_t size, loci_error *error)
{
    const size_t wanted = loci_probe_save_size(p, note_length);
    if (wanted == 0 || size != wanted)
        return loci_fail(error, LOCI_E_ARGUMENT, "%zu bytes were given to save in; %zu were expected", size,
                         wanted);
    const loci_probe_spec *s = &p->spec;
    unsigned char *at = bytes;
    memcpy(at, magic, sizeof magic);
    at += sizeof magic;
    const uint64_t head[HEAD] = {VERSION,    wanted,      s->inputs,
                                 s->targets, s->memories, (uint64_t)s->level,
                                 p->solved,  p->samples,  p->held};
    for (size_t i = 0; i < HEAD; i++) loci_endian_put(&at, head[i], 8);
    for (size_t k = 0; k < LOCI_PROBE_MEMORIES_MAX; k++) {
        loci_endian_put(&at, s->windows[k], 8);
        loci_endian_put(&at, s->orders[k], 8);
    }
    loci_endian_put(&at, note_length, 8);
    if (note_length > 0) memcpy(at, note, note_length);
    memset(at + note_length, 0, (note_length + 7) / 8 * 8 - note_length);
    at += (note_length + 7) / 8 * 8;
    loci_endian_put_f64(&at, &s->ridge, 1);
    loci_endian_put_f64(&at, loci_probe_view(p).origin, p->saved - 1);
    loci_endian_put(&at, loci_checksum(bytes, wanted - 8), 8);
    return LOCI_OK;
}

static loci_status damaged(loci_error *error, const char *what)
{
    return loci_fail(error, LOCI_E_FORMAT, "%s", what);
}

loci_status loci_probe_load(loci_probe **probe, const char **note, size_t *note_length, const void *bytes,
                            size_t size, const loci_allocator *allocator, loci_error *error)
{
    const unsigned char *b = bytes, *at = b + sizeof magic;
    if (size < sizeof magic || memcmp(b, magic, sizeof magic) != 0)
        return damaged(error, "is no probe: it does not begin like one");
    if (size < FIXED + 8) return damaged(error, "is a probe cut short");
    uint64_t head[HEAD], sizes[2 * LOCI_PROBE_MEMORIES_MAX];
    for (size_t i = 0; i < HEAD; i++) head[i] = loci_endian_get(&at, 8);
    for (size_t i = 0; i < 2 * LOCI_PROBE_MEMORIES_MAX; i++) sizes[i] = loci_endian_get(&at, 8);
    const uint64_t length = loci_endian_get(&at, 8);
    const unsigned char *tail = b + size - 8;
    const bool sound = loci_endian_get(&tail, 8) == loci_checksum(b, size - 8);
    if (!sound && head[1] > size)
        return loci_fail(error, LOCI_E_FORMAT, "is a probe cut short: %zu bytes of %llu", size,
                         (unsigned long long)head[1]);
    if (!sound || head[1] != size)
        return damaged(error, "is a damaged probe: its checksum does not fit its bytes");
    if (head[0] != VERSION)
        return loci_fail(error, LOCI_E_FORMAT, "is a probe of version %llu; version %d was expected",
                         (unsigned long long)head[0], VERSION);
    bool good = head[2] <= UINT32_MAX && head[3] <= UINT32_MAX && head[4] <= LOCI_PROBE_MEMORIES_MAX &&
                head[5] <= 1 && head[6] <= 1 && length <= size;
    for (size_t i = 0; i < 2 * LOCI_PROBE_MEMORIES_MAX; i++)
        good = good && sizes[i] <= (i < 2 * head[4] ? UINT32_MAX : 0);
    if (!good) return damaged(error, "is a probe with sizes that cannot be");
    loci_probe_spec spec = {.size = sizeof spec,
                            .inputs = (size_t)head[2],
                            .targets = (size_t)head[3],
                            .memories = (size_t)head[4],
                            .level = (int)head[5],
                            .allocator = allocator};
    for (size_t k = 0; k < spec.memories; k++)
        spec.windows[k] = (size_t)sizes[2 * k], spec.orders[k] = (size_t)sizes[2 * k + 1];
    const unsigned char *numbers = at + (length + 7) / 8 * 8;
    size_t saved;
    if (loci_probe_saved(&spec, &saved) != LOCI_OK || size_of(saved, (size_t)length) != size)
        return damaged(error, "is a probe with sizes that cannot be");
    loci_endian_get_f64(&spec.ridge, &numbers, 1);
    if (!(fabs(spec.ridge) <= 1e100)) return damaged(error, "is a probe with a number that cannot be");
    const loci_status status = loci_probe_make(probe, &spec, error);
    if (status != LOCI_OK) return status;
    loci_probe *p = *probe;
    p->solved = head[6], p->samples = head[7], p->held = head[8];
    if (note) *note = (const char *)at;
    if (note_length) *note_length = (size_t)length;
    const probe_view v = loci_probe_view(p);
    loci_endian_get_f64(v.origin, &numbers, saved - 1);
    for (size_t i = 0; i < saved - 1; i++) good = good && isfinite(v.origin[i]);
    for (size_t c = 0; c < spec.inputs; c++) good = good && v.scale[c] > 0.0;
    if (good && v.rows[0] >= 0.0 && v.ridge[0] >= 0.0) return LOCI_OK;
    loci_probe_free(p);
    *probe = NULL;
    return damaged(error, "is a probe with a number that cannot be");
}
