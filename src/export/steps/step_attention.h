/* SPDX-License-Identifier: MIT
 * step_attention.h - exported: attention over the newest samples, and positions. A position counts in whole turns of 2^-64, so that
 * its angle is as exact after years as at the beginning. */
#ifndef LOCI_EXPORT_STEPS_STEP_ATTENTION_H
#define LOCI_EXPORT_STEPS_STEP_ATTENTION_H

#include <math.h>
#include <stdint.h>

/* The angle of a position that turns by pace 2^-64 turns a sample, within half a turn */
static inline float angle_of(uint64_t position, uint64_t pace)
{
    return 1.46291808e-9f * (float)(int32_t)(uint32_t)((position * pace) >> 32);
}

/* Channels i and i + width / 2 of each head turn with the position; pace [width / 2] */
static inline void turn(float *x, const uint64_t *position, const uint64_t *pace, int heads, int width)
{
    const int half = width / 2;
    for (int i = 0; i < half; i++) {
        const float angle = angle_of(*position, pace[i]), c = cosf(angle), s = sinf(angle);
        for (int k = i; k < heads * width; k += width) {
            const float a = x[k], b = x[k + half];
            x[k] = a * c - b * s;
            x[k + half] = b * c + a * s;
        }
    }
}

/* y = x + sin and cos of the position in channels 2 i and 2 i + 1; pace [(n + 1) / 2] */
static inline void sinusoids(float *y, const float *x, const uint64_t *position, const uint64_t *pace, int n)
{
    for (int i = 0; i < n; i += 2) {
        const float angle = angle_of(*position, pace[i / 2]);
        y[i] = x[i] + sinf(angle);
        if (i + 1 < n) y[i + 1] = x[i + 1] + cosf(angle);
    }
}

/* The position of the next sample */
static inline void go_on(uint64_t *position)
{
    ++*position;
}

/* y = softmax(scale q k) v of each head over the newest `window` samples. qkv [3][heads][width]: of this one, whose k and v go into
 * keys and values [window][heads][width]; ring: where the next ones go, and how many there are. The sums are those of the largest
 * score so far, and made smaller where a larger one comes. */
static inline void attend(float *y, float *keys, float *values, uint32_t *ring, const float *qkv, float scale,
                          int heads, int width, int window)
{
    const int n = heads * width;
    float *key = keys + (int)ring[0] * n, *value = values + (int)ring[0] * n;
    for (int i = 0; i < n; i++) {
        key[i] = qkv[n + i];
        value[i] = qkv[2 * n + i];
    }
    ring[0] = (int)ring[0] + 1 < window ? ring[0] + 1 : 0;
    ring[1] = (int)ring[1] < window ? ring[1] + 1 : ring[1];
    for (int h = 0; h < n; h += width) {
        float most = 0.0f, sum = 0.0f;
        for (int i = h; i < h + width; i++) y[i] = 0.0f;
        for (int k = 0; k < (int)ring[1]; k++) {
            float score = 0.0f, weight = 1.0f;
            for (int i = h; i < h + width; i++) score += qkv[i] * keys[k * n + i];
            score *= scale;
            if (k == 0) most = score;
            if (score > most) {
                const float less = expf(most - score);
                most = score;
                sum *= less;
                for (int i = h; i < h + width; i++) y[i] *= less;
            } else {
                weight = expf(score - most);
            }
            sum += weight;
            for (int i = h; i < h + width; i++) y[i] += weight * values[k * n + i];
        }
        for (int i = h; i < h + width; i++) y[i] /= sum;
    }
}

#endif
