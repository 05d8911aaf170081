/* SPDX-License-Identifier: MIT
 * inspect_state.c - what states say of themselves at their beginning: docs/formats.md has it byte by byte. */
#include "inspect_state.h"

#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <loci/init.h>
#include <loci/system.h>

#include "shared/message.h"
#include "shared/output.h"
#include "shared/words.h"

enum {
    HEAD = 64,
    STOPPED_HEAD = 40,
    STEP = 24,
    EPOCH = 48
}; /* bytes; of a stopped training those of each step and epoch */

typedef struct {
    const unsigned char *bytes; /* from where the file is sealed by its checksum */
    size_t size;
    uint64_t version, batch, epochs, steps, step, features, targets;
    uint64_t fingerprint, samples, sums;
    uint64_t epochs_done, best;
} state;

static uint64_t number_at(const unsigned char *bytes, size_t at, size_t size)
{
    uint64_t value = 0;
    for (size_t i = size; i-- > 0;) value = value << 8 | bytes[at + i];
    return value;
}

/* CRC-64/XZ. */
static uint64_t sum_of(const unsigned char *bytes, size_t size)
{
    uint64_t table[256], sum = ~UINT64_C(0);
    for (size_t i = 0; i < 256; i++) {
        table[i] = i;
        for (int bit = 0; bit < 8; bit++)
            table[i] = table[i] >> 1 ^ (table[i] & 1 ? UINT64_C(0xC96C5795D7870F42) : 0);
    }
    for (size_t i = 0; i < size; i++) sum = table[(sum ^ bytes[i]) & 0xff] ^ sum >> 8;
    return ~sum;
}

/* ---- reading ---- */

static void training_read(state *s)
{
    const unsigned char *b = s->bytes;
    const uint64_t version = number_at(b, 8, 8);
    const size_t later = version == 3 ? 8 : version == 4 ? 16 : 0;
    if (s->size < 200 + later) return;
    s->batch = number_at(b, 64, 8), s->epochs = number_at(b, 72, 8), s->steps = number_at(b, 80, 8);
    s->step = number_at(b, 144 + later, 8);
}

/* What the program told, and behind it the training; false: it is cut. */
static bool stopped_read(state *s)
{
    const uint64_t steps = number_at(s->bytes, 16, 8), epochs = number_at(s->bytes, 24, 8);
    if (steps > s->size / STEP || epochs > s->size / EPOCH) return false;
    const size_t told = STOPPED_HEAD + (size_t)steps * STEP + (size_t)epochs * EPOCH + 8;
    if (told > s->size || s->size - told < HEAD || file_kind_of(s->bytes + told, 8) != FILE_TRAINING)
        return false;
    s->epochs_done = epochs;
    s->best = number_at(s->bytes, 32, 8);
    s->bytes += told, s->size -= told;
    training_read(s);
    return true;
}

static int state_read(state *s, file_kind kind, const void *bytes, size_t size, const char *name)
{
    *s = (state){.bytes = bytes, .size = size};
    bool whole = size >= HEAD;
    if (whole) {
        s->version = kind == FILE_LEARNED   ? number_at(bytes, 7, 1)
                     : kind == FILE_STOPPED ? number_at(bytes, 8, 4)
                                            : number_at(bytes, 8, 8);
        s->fingerprint = number_at(bytes, kind == FILE_LEARNED ? 8 : 24, 8);
        s->samples = number_at(bytes, kind == FILE_LEARNED || kind == FILE_WATCH ? 32 : 40, 8);
        s->features = number_at(bytes, 16, 8), s->targets = number_at(bytes, 24, 8);
        s->sums = number_at(bytes, 40, 8);
    }
    if (whole && kind == FILE_WATCH)
        s->samples += number_at(bytes, 48, 8); /* of histories before, mod 2^64 */
    if (whole && kind == FILE_TRAINING) training_read(s);
    if (whole && kind == FILE_STOPPED) whole = stopped_read(s);
    if (whole && sum_of(s->bytes, s->size - 8) == number_at(s->bytes, s->size - 8, 8)) return STATUS_DONE;
    return message_fail("%s: is %s, but damaged or cut: its checksum does not fit its bytes", name,
                        file_kind_words(kind));
}

/* ---- writing ---- */

static bool is_training(file_kind kind)
{
    return kind == FILE_TRAINING || kind == FILE_STOPPED;
}

static void text_write(output *out, const state *s, file_kind kind, size_t size)
{
    char a[WORDS_SIZE], b[WORDS_SIZE];
    output_format(out, "kind      %s, version %" PRIu64 "\n", file_kind_words(kind), s->version);
    if (kind == FILE_STREAM || kind == FILE_WATCH)
        output_format(out, "of        %s with the fingerprint %016" PRIx64 "\nsignal    %s so far\n",
                      kind == FILE_WATCH ? "a forecaster" : "a model", s->fingerprint,
                      words_plural(a, s->samples, "sample"));
    if (kind == FILE_LEARNED)
        output_format(out, "learned   %s, %s\n", words_plural(a, s->samples, "sequence"),
                      s->sums ? "as sums of products" : "known one by one"),
            output_format(out, "of each   %s, %s\n", words_plural(a, s->features, "statistic"),
                          words_plural(b, s->targets, "target"));
    if (is_training(kind)) {
        output_format(out, "steps     %s", words_count(a, s->step));
        if (s->steps) output_format(out, " of %s", words_count(a, s->steps));
        output_format(out, ", of %s", words_plural(a, s->batch, "sequence"));
        if (kind == FILE_STOPPED) {
            output_format(out, "\nepochs    %s", words_count(a, s->epochs_done));
            if (s->epochs) output_format(out, " of %s", words_count(a, s->epochs));
            if (s->best) output_format(out, ", the best %s", words_count(a, s->best));
        }
        output_text(out, "\n");
    }
    output_format(out, "size      %s\n", words_bytes(a, (double)size));
}

static void number_put(json_t *object, const char *key, uint64_t value)
{
    json_object_set_new(object, key, json_integer((json_int_t)value));
}

static void json_write(output *out, const state *s, file_kind kind, size_t size)
{
    char fingerprint[24];
    json_t *object = json_object();
    json_object_set_new(object, "kind",
                        json_string(kind == FILE_STREAM     ? "stream"
                                    : kind == FILE_WATCH    ? "watch"
                                    : kind == FILE_LEARNED  ? "learned"
                                    : kind == FILE_TRAINING ? "training"
                                                            : "stopped"));
    number_put(object, "version", s->version);
    number_put(object, "bytes", size);
    if (kind == FILE_STREAM || kind == FILE_WATCH) {
        snprintf(fingerprint, sizeof fingerprint, "%016" PRIx64, s->fingerprint);
        json_object_set_new(object, "fingerprint", json_string(fingerprint));
        number_put(object, "samples", s->samples);
    }
    if (kind == FILE_LEARNED) {
        number_put(object, "sequences", s->samples);
        number_put(object, "statistics", s->features);
        number_put(object, "targets", s->targets);
        json_object_set_new(object, "one_by_one", json_boolean(!s->sums));
    }
    if (is_training(kind)) {
        number_put(object, "step", s->step);
        number_put(object, "steps", s->steps);
        number_put(object, "epochs", s->epochs);
        number_put(object, "batch", s->batch);
    }
    if (kind == FILE_STOPPED) number_put(object, "epochs_done", s->epochs_done);
    output_json(out, object);
}

bool inspect_state_knows(file_kind kind)
{
    return kind == FILE_STREAM || kind == FILE_WATCH || kind == FILE_LEARNED || is_training(kind);
}

int inspect_state(file_kind kind, const void *bytes, size_t size, const char *name, bool json)
{
    state s;
    const int status = state_read(&s, kind, bytes, size, name);
    if (status) return status;
    output out;
    output_open(&out, NULL);
    (json ? json_write : text_write)(&out, &s, kind, size);
    return output_close(&out);
}

int inspect_system(bool *is, const char *path, bool json)
{
    loci_system *system;
    char a[WORDS_SIZE], b[WORDS_SIZE];
    *is = loci_system_read(&system, path, NULL) == LOCI_OK;
    if (!*is) return STATUS_DONE;
    output out;
    output_open(&out, NULL);
    if (json)
        output_json(&out,
                    json_pack("{ss ss sI sI sI}", "kind", "system", "structure",
                              loci_structure_name(system->structure), "states", (json_int_t)system->order,
                              "rank", (json_int_t)system->rank, "copies", (json_int_t)system->copies));
    else
        output_format(&out, "kind      a system, %s\nsize      %s; copies: %s\n",
                      loci_structure_name(system->structure), words_plural(a, system->order, "state"),
                      words_count(b, system->copies));
    loci_system_free(system);
    return output_close(&out);
}
