/* SPDX-License-Identifier: MIT
 * training_record.c - grows step by step, and goes to bytes and back. */
#include "train/training_record.h"

#include <stdlib.h>
#include <string.h>

static const char magic[8] = "lociTRAN";
enum { VERSION = 1, HEAD = 40, STEP = 24, EPOCH = 48, SUM = 8, ROOM = 256 };

/* Room for one more. */
static bool grow(void **array, size_t *room, size_t count, size_t width)
{
    if (count < *room) return true;
    if (*room > SIZE_MAX / 2 / width) return false;
    const size_t wanted = *room ? 2 * *room : ROOM;
    void *larger = realloc(*array, wanted * width);
    if (!larger) return false;
    *array = larger;
    *room = wanted;
    return true;
}

bool record_add_step(training_record *r, record_step step)
{
    void *array = r->steps;
    const bool good = grow(&array, &r->step_room, r->step_count, sizeof step);
    r->steps = array;
    if (good) r->steps[r->step_count++] = step;
    return good;
}

bool record_add_epoch(training_record *r, record_epoch epoch, bool best)
{
    void *array = r->epochs;
    const bool good = grow(&array, &r->epoch_room, r->epoch_count, sizeof epoch);
    r->epochs = array;
    if (good) r->epochs[r->epoch_count++] = epoch;
    if (good && best) r->best = r->epoch_count;
    return good;
}

void record_release(training_record *r)
{
    free(r->steps);
    free(r->epochs);
    *r = (training_record){.task = r->task};
}

double record_seconds(const training_record *r)
{
    const double step = r->step_count ? r->steps[r->step_count - 1].seconds : 0;
    const double epoch = r->epoch_count ? r->epochs[r->epoch_count - 1].seconds : 0;
    return step > epoch ? step : epoch;
}

static unsigned char *put(unsigned char *at, uint64_t number, int bytes)
{
    for (int i = 0; i < bytes; i++) *at++ = (unsigned char)(number >> 8 * i);
    return at;
}

static unsigned char *put_real(unsigned char *at, double number)
{
    uint64_t bits;
    memcpy(&bits, &number, sizeof bits);
    return put(at, bits, 8);
}

static uint64_t get(const unsigned char **at, int bytes)
{
    uint64_t number = 0;
    for (int i = 0; i < bytes; i++) number |= (uint64_t) * (*at)++ << 8 * i;
    return number;
}

static double get_real(const unsigned char **at)
{
    const uint64_t bits = get(at, 8);
    double number;
    memcpy(&number, &bits, sizeof number);
    return number;
}

static uint64_t fnv(const unsigned char *bytes, size_t size)
{
    uint64_t sum = 0xcbf29ce484222325u;
    for (size_t i = 0; i < size; i++) sum = (sum ^ bytes[i]) * 0x100000001b3u;
    return sum;
}

void *record_pack(const training_record *r, const void *trainer, size_t trainer_size, size_t *size)
{
    const size_t own = HEAD + r->step_count * STEP + r->epoch_count * EPOCH;
    *size = own + SUM + trainer_size;
    unsigned char *bytes = malloc(*size), *at = bytes;
    if (!bytes) return NULL;
    memcpy(at, magic, sizeof magic);
    at = put(at + sizeof magic, VERSION, 4);
    at = put(at, 0, 4);
    at = put(at, r->step_count, 8);
    at = put(at, r->epoch_count, 8);
    at = put(at, r->best, 8);
    for (size_t i = 0; i < r->step_count; i++) {
        at = put_real(at, r->steps[i].loss);
        at = put_real(at, r->steps[i].score);
        at = put_real(at, r->steps[i].seconds);
    }
    for (size_t i = 0; i < r->epoch_count; i++) {
        const record_epoch *e = &r->epochs[i];
        at = put(at, e->step, 8);
        at = put_real(at, e->train_loss);
        at = put_real(at, e->train_score);
        at = put_real(at, e->valid_loss);
        at = put_real(at, e->valid_score);
        at = put_real(at, e->seconds);
    }
    at = put(at, fnv(bytes, own), 8);
    memcpy(at, trainer, trainer_size);
    return bytes;
}

bool record_unpack(training_record *r, const void **trainer, size_t *trainer_size, const void *bytes,
                   size_t size, bool *memory)
{
    const unsigned char *at = bytes;
    *r = (training_record){.task = r->task};
    *memory = false;
    if (size < HEAD + SUM || memcmp(at, magic, sizeof magic) != 0) return false;
    at += sizeof magic;
    if (get(&at, 4) != VERSION || get(&at, 4) != 0) return false;
    const uint64_t steps = get(&at, 8), epochs = get(&at, 8), best = get(&at, 8);
    const size_t room = size - HEAD - SUM;
    if (steps > room / STEP || epochs > (room - (size_t)steps * STEP) / EPOCH || best > epochs) return false;
    const size_t own = HEAD + (size_t)steps * STEP + (size_t)epochs * EPOCH;
    const unsigned char *sum = (const unsigned char *)bytes + own;
    if (get(&sum, 8) != fnv(bytes, own)) return false;
    bool good = true;
    for (size_t i = 0; good && i < steps; i++) {
        record_step step = {.loss = get_real(&at)};
        step.score = get_real(&at);
        step.seconds = get_real(&at);
        good = record_add_step(r, step);
    }
    for (size_t i = 0; good && i < epochs; i++) {
        record_epoch e = {.step = get(&at, 8)};
        e.train_loss = get_real(&at);
        e.train_score = get_real(&at);
        e.valid_loss = get_real(&at);
        e.valid_score = get_real(&at);
        e.seconds = get_real(&at);
        good = record_add_epoch(r, e, i + 1 == best);
    }
    *memory = !good;
    if (!good) record_release(r);
    *trainer = sum;
    *trainer_size = size - own - SUM;
    return good;
}
