/* SPDX-License-Identifier: MIT
 * step_attention.h - exported: attention over the newest samples, and positions. A position counts in whole turns of 2^-64, so that
 * its angle is as exact after years as at the beginning. */
#ifndef LOCI_EXPORT_STEPS_STEP_ATTENTION_H
#define LOCI_EXPORT_STEPS_STEP_ATTENTION_H

#include <stdint.h>

#include "export/steps/step_elementary.h"

/* The cosine and sine of a position that turns by pace 2^-64 turns a sample: of the rest behind whole quarters of a turn, then by the
 * quarters */
static inline void direction(float *cosine, float *sine, uint64_t position, uint64_t pace)
{
    const uint32_t turns = (uint32_t)((position * pace) >> 32) + 0x20000000u, quarters = turns >> 30;
    const float r = 1.46291808e-9f * (float)((int32_t)(turns & 0x3fffffffu) - 0x20000000), z = r * r;
    const float s = r + r * z * (-0.166666538f + z * (0.00833213143f + z * -0.000195108398f));
    const float c = 1.0f - (0.5f * z - z * z * (0.0416666456f + z * (-0.0013887306f + z * 2.4431205e-05f)));
    const float even = (quarters & 1u) != 0u ? s : c, odd = (quarters & 1u) != 0u ? c : s;
    *cosine = quarters == 1u || quarters == 2u ? -even : even;
    *sine = (quarters & 2u) != 0u ? -odd : odd;
}

/* Channels i and i + width / 2 of each head turn with the position; pace [width / 2] */
static inline void turn(float *x, const uint64_t *position, const uint64_t *pace, int heads, int width)
{
    const int half = width / 2;
    for (int i = 0; i < half; i++) {
        float c, s;
        direction(&c, &s, *position, pace[i]);
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
        float c, s;
        direction(&c, &s, *position, pace[i / 2]);
        y[i] = x[i] + s;
        if (i + 1 < n) y[i + 1] = x[i + 1] + c;
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
                const float less = exponential(most - score);
                most = score;
                sum *= less;
                for (int i = h; i < h + width; i++) y[i] *= less;
            } else {
                weight = exponential(score - most);
            }
            sum += weight;
            for (int i = h; i < h + width; i++) y[i] += weight * values[k * n + i];
        }
        for (int i = h; i < h + width; i++) y[i] /= sum;
    }
}

#endif
