/* SPDX-License-Identifier: MIT
 * probe_save.c - probes as bytes. docs/formats.md describes the layout.
 *
 * Reading trusts nothing: the checksum first, then every size against what is there, then every number. */
#include "readout/probe.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "base/endian.h"
#include "base/seal.h"
#include "base/status.h"

enum { HEAD = 9 };
static const loci_seal seal = {.magic = {'L', 'O', 'C', 'I', 'P', 'R', 'B', '\n'},
                               .none = "no probe",
                               .name = "probe",
                               .fixed = 8 + 8 * (HEAD + 2 * LOCI_PROBE_MEMORIES_MAX + 1),
                               .version = 1};

size_t loci_probe_save_size(const loci_probe *p, size_t note_length)
{
    return loci_seal_size(&seal, p->saved, note_length);
}

loci_status loci_probe_save(const loci_probe *p, const char *note, size_t note_length, void *bytes,
                            size_t size, loci_error *error)
{
    const size_t wanted = loci_probe_save_size(p, note_length);
    const loci_status status = loci_seal_room(size, wanted, error);
    if (status != LOCI_OK) return status;
    const loci_probe_spec *s = &p->spec;
    unsigned char *at = bytes;
    loci_seal_begin(&at, &seal, wanted);
    const uint64_t head[] = {s->inputs, s->targets, s->memories, (uint64_t)s->level,
                             p->solved, p->samples, p->held};
    for (size_t i = 0; i < sizeof head / sizeof *head; i++) loci_endian_put(&at, head[i], 8);
    for (size_t k = 0; k < LOCI_PROBE_MEMORIES_MAX; k++) {
        loci_endian_put(&at, s->windows[k], 8);
        loci_endian_put(&at, s->orders[k], 8);
    }
    loci_endian_put(&at, note_length, 8);
    loci_seal_note(&at, note, note_length);
    loci_endian_put_f64(&at, &s->ridge, 1);
    loci_endian_put_f64(&at, loci_probe_view(p).origin, p->saved - 1);
    loci_seal_end(&at, bytes);
    return LOCI_OK;
}

static loci_status damaged(loci_error *error, const char *what)
{
    return loci_fail(error, LOCI_E_FORMAT, "%s", what);
}

loci_status loci_probe_load(loci_probe **probe, const char **note, size_t *note_length, const void *bytes,
                            size_t size, const loci_allocator *allocator, loci_error *error)
{
    loci_status status = loci_seal_check(&seal, bytes, size, error);
    if (status != LOCI_OK) return status;
    const unsigned char *at = (const unsigned char *)bytes + sizeof seal.magic;
    uint64_t head[HEAD], sizes[2 * LOCI_PROBE_MEMORIES_MAX];
    for (size_t i = 0; i < HEAD; i++) head[i] = loci_endian_get(&at, 8);
    for (size_t i = 0; i < 2 * LOCI_PROBE_MEMORIES_MAX; i++) sizes[i] = loci_endian_get(&at, 8);
    const uint64_t length = loci_endian_get(&at, 8);
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
    if (loci_probe_saved(&spec, &saved) != LOCI_OK || loci_seal_size(&seal, saved, (size_t)length) != size)
        return damaged(error, "is a probe with sizes that cannot be");
    loci_endian_get_f64(&spec.ridge, &numbers, 1);
    if (!(fabs(spec.ridge) <= 1e100)) return damaged(error, "is a probe with a number that cannot be");
    status = loci_probe_make(probe, &spec, error);
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
