/* SPDX-License-Identifier: MIT
 *
 * save.c - memories as bytes: little-endian, versioned, with a checksum over everything; docs/memory.md has
 * the layout.
 *
 * Reading trusts nothing: the checksum first, then every size against what is there, then every number
 * against what it can be. */
#include "memory/layout.h"

#include <math.h>
#include <string.h>

#include "base/endian.h"
#include "base/seal.h"
#include "base/sized.h"

static const loci_seal seal = {.magic = {'L', 'O', 'C', 'I', 'M', 'E', 'M', '\n'},
                               .none = "not a memory",
                               .name = "memory",
                               .fixed = 176,
                               .version = 1};

typedef struct {
    unsigned char *at;
} writer;

static void put(writer *w, uint64_t value)
{
    loci_endian_put(&w->at, value, 8);
}

static void put_reals(writer *w, const double *x, size_t count)
{
    loci_endian_put_f64(&w->at, x, count);
}

typedef struct {
    const unsigned char *at, *end;
    bool short_of; /* something was read beyond the end */
    bool strange;  /* a number is not finite */
} reader;

static uint64_t get(reader *r)
{
    if (r->end - r->at < 8) {
        r->short_of = true;
        return 0;
    }
    return loci_endian_get(&r->at, 8);
}

static double get_real(reader *r)
{
    const uint64_t bits = get(r);
    double value;
    memcpy(&value, &bits, sizeof value);
    if (!isfinite(value)) r->strange = true;
    return value;
}

static void get_reals(reader *r, double *x, size_t count)
{
    for (size_t i = 0; i < count; i++) x[i] = get_real(r);
}

size_t loci_memory_save_size(const loci_memory *memory, const loci_memory_plan *plan, size_t note_length)
{
    const memory_view view = loci_memory_view(memory, plan, memory->channels);
    const size_t channels = memory->channels, stamped = memory_stamped(plan) ? 1 : 0;
    size_t numbers = 2 * channels;
    for (size_t i = 0; i < memory->blocks; i++) {
        const memory_block *block = &view.block[i];
        numbers += 5 + (block->raw ? (channels + stamped) * ((size_t)block->count + 1)
                                   : channels * (plan->order + 2));
    }
    if (plan->kind == MEMORY_TREE || !stamped) numbers += (channels + stamped) * memory->pending;
    if (plan->kind != MEMORY_TREE) numbers += channels * plan->order;
    return loci_seal_size(&seal, numbers, note_length);
}

loci_status loci_memory_save(const loci_memory *memory, const loci_memory_plan *plan, const char *note,
                             size_t note_length, void *bytes, size_t size, loci_error *error)
{
    loci_status status = loci_memory_known(memory, plan, error);
    if (status != LOCI_OK) return status;
    const memory_view view = loci_memory_view(memory, plan, memory->channels);
    if (plan->kind == MEMORY_TREE && plan->spec.detail == 0 &&
        (memory->blocks > 1 || (memory->blocks == 1 && view.block[0].raw) ||
         memory->pending > (memory_open(plan) && !memory->closed ? 1u : 0u)))
        return loci_fail(error, LOCI_E_ARGUMENT, "a memory of detail 0 is collapsed before it is saved");
    const size_t wanted = loci_memory_save_size(memory, plan, note_length);
    status = loci_seal_room(size, wanted, error);
    if (status != LOCI_OK) return status;
    const loci_memory_spec *s = &plan->spec;
    const size_t channels = memory->channels;
    const bool stamped = memory_stamped(plan), tree = plan->kind == MEMORY_TREE;
    writer w = {bytes};
    loci_seal_begin(&w.at, &seal, wanted);
    put(&w, (uint64_t)s->measure | (uint64_t)s->method << 8 | (uint64_t)s->join << 16 |
                (uint64_t)s->missing << 24 | (uint64_t)s->discretization << 32);
    put(&w, s->order);
    put(&w, s->detail);
    put_reals(&w, &s->dt, 1);
    put_reals(&w, &s->window, 1);
    put(&w, channels);
    put(&w, memory->samples);
    put(&w, memory->missing);
    put(&w, memory->blocks);
    put(&w, memory->pending);
    put(&w, memory->closed);
    const double times[5] = {memory->start, memory->closed ? memory->end : 0,
                             stamped ? memory->pending_start : 0, stamped ? memory->last_time : 0, 0};
    put_reals(&w, times, 5);
    put(&w, 0);
    put(&w, 0);
    put(&w, note_length);
    loci_seal_note(&w.at, note, note_length);
    put_reals(&w, view.first, channels);
    put_reals(&w, view.last, channels);
    for (size_t i = 0; i < memory->blocks; i++) {
        const memory_block *block = &view.block[i];
        const size_t count = block->raw ? (size_t)block->count + 1 : plan->order + 2;
        put(&w, block->first);
        put(&w, block->count);
        put_reals(&w, &block->start, 1);
        put_reals(&w, &block->duration, 1);
        put(&w, block->raw);
        for (size_t c = 0; c < channels; c++) put_reals(&w, memory_channel(&view, block->slot, c), count);
        if (block->raw && stamped) put_reals(&w, memory_times(&view, block->slot, channels), count);
    }
    if (tree || !stamped)
        for (size_t c = 0; c < channels; c++)
            put_reals(&w, view.pending + c * (plan->leaf + 1), memory->pending);
    if (tree && stamped) put_reals(&w, view.time, memory->pending);
    if (!tree) put_reals(&w, view.state, channels * plan->order);
    loci_seal_end(&w.at, bytes);
    return LOCI_OK;
}

static loci_status damaged(loci_error *error, const char *what)
{
    return loci_fail(error, LOCI_E_FORMAT, "%s", what);
}

static loci_status open_bytes(reader *r, const void *bytes, size_t size, loci_error *error)
{
    const loci_status status = loci_seal_check(&seal, bytes, size, error);
    if (status != LOCI_OK) return status;
    const unsigned char *b = bytes;
    *r =
        (reader){.at = b + sizeof seal.magic + 16, .end = b + size - 8}; /* behind the version and the size */
    return LOCI_OK;
}

static loci_status read_header(loci_memory_header *header, reader *r, loci_error *error)
{
    memset(header, 0, sizeof *header);
    loci_memory_spec *s = &header->spec;
    const uint64_t kinds = get(r);
    const unsigned measure = kinds & 255, method = kinds >> 8 & 255, join = kinds >> 16 & 255,
                   missing = kinds >> 24 & 255, discretization = kinds >> 32 & 255;
    if (measure > LOCI_MEASURE_FOUT || method > LOCI_METHOD_ZOH || join > LOCI_LINEAR ||
        missing > LOCI_MISSING_HOLD || discretization > LOCI_FOH || kinds >> 40 != 0)
        return damaged(error, "is a memory of a kind that is not known");
    s->measure = (loci_measure)measure;
    s->method = (loci_method)method;
    s->join = (loci_join)join;
    s->missing = (loci_missing)missing;
    s->discretization = (loci_discretization)discretization;
    const uint64_t order = get(r), detail = get(r);
    s->dt = get_real(r);
    s->window = get_real(r);
    const uint64_t channels = get(r);
    if (order > LOCI_ORDER_MAX || detail > LOCI_DETAIL_MAX || channels < 1 || channels > LOCI_CHANNELS_MAX)
        return damaged(error, "is a memory with sizes that cannot be");
    s->order = (size_t)order;
    s->detail = (size_t)detail;
    header->channels = (size_t)channels;
    return loci_memory_check(s, error);
}

static loci_status load_header(loci_memory_header *header, const void *bytes, size_t size, loci_error *error)
{
    reader r;
    loci_status status = open_bytes(&r, bytes, size, error);
    if (status == LOCI_OK) status = read_header(header, &r, error);
    if (status != LOCI_OK) return status;
    r.at = (const unsigned char *)bytes + seal.fixed - 8;
    const uint64_t length = get(&r);
    if (length > (uint64_t)(r.end - r.at))
        return damaged(error, "is a memory whose note is longer than the file");
    header->note = (const char *)r.at;
    header->note_length = (size_t)length;
    return LOCI_OK;
}

loci_status loci_memory_load_header_sized(loci_memory_header *header, size_t size_of_header,
                                          const void *bytes, size_t size, loci_error *error)
{
    loci_memory_header whole;
    const loci_status status = load_header(&whole, bytes, size, error);
    if (status != LOCI_OK) return status;
    whole.spec.size = size_of_header < sizeof whole ? size_of_header - offsetof(loci_memory_header, spec)
                                                    : sizeof whole.spec;
    loci_sized_give(header, size_of_header, &whole, sizeof whole);
    return LOCI_OK;
}

/* One block, after what came before it. */
static loci_status read_block(reader *r, memory_block *block, const loci_memory_plan *plan,
                              const memory_view *view, size_t channels, uint64_t first, double not_before,
                              loci_error *error)
{
    const bool stamped = memory_stamped(plan);
    block->first = get(r);
    block->count = get(r);
    block->start = get_real(r);
    block->duration = get_real(r);
    const uint64_t raw = get(r);
    if (block->first != first || block->count < 1 || raw > 1 || block->count > UINT64_MAX - first ||
        (raw && block->count > plan->leaf) ||
        (stamped && !(block->duration > 0 && block->start >= not_before)))
        return damaged(error, "is a memory with a stretch that cannot be");
    block->raw = (uint16_t)raw;
    block->level = (uint16_t)memory_level(plan, block->count);
    const size_t count = raw ? (size_t)block->count + 1 : plan->order + 2;
    if ((size_t)(r->end - r->at) / 8 / count < channels) return damaged(error, "is a memory cut short");
    for (size_t c = 0; c < channels; c++) {
        double *to = memory_channel(view, block->slot, c);
        get_reals(r, to, count);
        /* its root with a minus sign, where it is too small itself */
        if (!raw && !(to[2] > -0x1p-450)) return damaged(error, "is a memory with an error below zero");
    }
    if (!raw || !stamped) return LOCI_OK;
    double *times = memory_times(view, block->slot, channels);
    get_reals(r, times, count);
    bool rising = times[0] == 0;
    for (size_t k = 1; k < count; k++) rising = rising && times[k] > times[k - 1];
    return rising ? LOCI_OK : damaged(error, "is a memory whose time stamps go backwards");
}

loci_status loci_memory_load(loci_memory *memory, const loci_memory_plan *plan, const void *bytes,
                             size_t size, loci_error *error)
{
    reader r;
    loci_memory_header header;
    loci_status status = open_bytes(&r, bytes, size, error);
    if (status == LOCI_OK) status = read_header(&header, &r, error);
    if (status == LOCI_OK) status = loci_memory_init(memory, plan, header.channels, 0, error);
    if (status != LOCI_OK) return status;
    loci_memory_plan other = *plan;
    other.spec = header.spec;
    loci_memory_lay_out(&other);
    if (other.fingerprint != plan->fingerprint)
        return loci_fail(error, LOCI_E_MISMATCH, "the file holds a memory made with another plan");

    const memory_view view = loci_memory_view(memory, plan, header.channels);
    const size_t channels = header.channels, leaf = plan->leaf;
    const bool stamped = memory_stamped(plan), tree = plan->kind == MEMORY_TREE;
    memory->samples = get(&r);
    memory->missing = get(&r);
    const uint64_t blocks = get(&r), pending = get(&r), closed = get(&r);
    memory->start = get_real(&r);
    memory->end = get_real(&r);
    memory->pending_start = get_real(&r);
    memory->last_time = get_real(&r);
    get_real(&r);
    get(&r);
    get(&r);
    const uint64_t note = get(&r);
    const size_t most = tree ? MEMORY_LEVELS * plan->keep + 4 : 0;
    if (memory->samples > MEMORY_SAMPLES || memory->missing > memory->samples * channels || blocks > most ||
        pending > (tree || !stamped ? leaf : 1) || closed > 1 || pending > memory->samples ||
        (closed && (pending > 0 || memory->samples == 0)) || note > (uint64_t)(r.end - r.at))
        return damaged(error, "is a memory with sizes that cannot be");
    r.at +=
        (note + 7) / 8 * 8 <= (uint64_t)(r.end - r.at) ? (size_t)(note + 7) / 8 * 8 : (size_t)(r.end - r.at);
    memory->pending = (uint32_t)pending;
    memory->closed = (uint32_t)closed;
    get_reals(&r, view.first, channels);
    get_reals(&r, view.last, channels);
    uint64_t first = 0;
    double not_before = memory->start;
    for (size_t i = 0; i < blocks; i++) {
        memory_block *block = &view.block[i];
        block->slot = view.free_slot[view.capacity - memory->blocks - 1];
        memory->blocks++;
        status = read_block(&r, block, plan, &view, channels, first, not_before, error);
        if (status != LOCI_OK) return status;
        first += block->count;
        not_before = block->start;
    }
    /* at most `keep` of a level, as loci_memory_carry leaves them: the slots of a merged memory are counted so */
    unsigned level = 0;
    for (size_t i = (size_t)blocks, count = 0; i-- > 0;) {
        if (view.block[i].level > level) {
            level = view.block[i].level;
            count = 0;
        }
        if (++count > plan->keep)
            return damaged(error, "is a memory with more stretches than its detail allows");
    }
    if (tree && (first != memory->samples - pending ||
                 (stamped && pending > 0 && blocks > 0 && memory->pending_start < not_before)))
        return damaged(error, "is a memory whose stretches do not add up to its samples");
    if (tree || !stamped)
        for (size_t c = 0; c < channels; c++) get_reals(&r, view.pending + c * (leaf + 1), (size_t)pending);
    if (tree && stamped) {
        get_reals(&r, view.time, (size_t)pending);
        bool rising = pending == 0 || view.time[0] == 0;
        for (size_t k = 1; k < pending; k++) rising = rising && view.time[k] > view.time[k - 1];
        if (!rising) return damaged(error, "is a memory whose time stamps go backwards");
    }
    if (!tree) get_reals(&r, view.state, channels * plan->order);
    if (r.short_of) return damaged(error, "is a memory cut short");
    if (r.strange) return damaged(error, "is a memory with a number that is not finite");
    if (r.at != r.end) return damaged(error, "is a memory with something behind it");
    return LOCI_OK;
}
