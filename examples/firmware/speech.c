/* SPDX-License-Identifier: MIT
 * speech.c - finds the words in a sound. */
#include "speech.h"

void speech_begin(speech *w)
{
    *w = (speech){0};
}

int16_t speech_take(speech *w)
{
    const int16_t sample = w->waiting[w->first];
    w->first = (w->first + 1) % SPEECH_QUIET;
    w->held--;
    return sample;
}

int speech_push(speech *w, int16_t sample)
{
    if (w->held == SPEECH_QUIET) speech_take(w);
    w->waiting[(w->first + w->held) % SPEECH_QUIET] = sample;
    w->held++;
    w->level += ((float)(sample < 0 ? -sample : sample) - w->level) / 64.0f;
    if (w->level > (float)SPEECH_LOUD) {
        w->within = 1;
        return w->held;
    }
    if (w->within && w->held < SPEECH_QUIET) return 0;
    const int over = w->within;
    while (w->held > SPEECH_LEAD) speech_take(w);
    w->within = 0;
    return over ? -1 : 0;
}
