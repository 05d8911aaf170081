/* SPDX-License-Identifier: MIT
 * speech.h - finds the words in a sound of 8 kHz: one begins where the sound is loud, and ends where it has been quiet for a fifth of a second.
 *
 * Quiet samples wait until it is known whether the word goes on; those behind it are let go. The firmware and the tool that prepares
 * recordings for training share this, so that what is heard is what was learned. */
#ifndef FIRMWARE_SPEECH_H
#define FIRMWARE_SPEECH_H

#include <stdint.h>

enum {
    SPEECH_QUIET = 1600, /* samples of quiet that end a word */
    SPEECH_LEAD = 160,   /* of the quiet before a word belong to it */
    SPEECH_LOUD =
        40, /* what the mean size of samples, over some 8 ms, is then above; the largest size is 32768 */
    SPEECH_SHORT = 800 /* what is shorter is no word */
};

typedef struct {
    float level;
    int within; /* a word has begun */
    int first, held;
    int16_t waiting[SPEECH_QUIET]; /* a ring of `held` samples from `first` */
} speech;

void speech_begin(speech *w);
/* A sample more. How many samples are part of the word now, to be taken one by one; -1: the word is over. */
int speech_push(speech *w, int16_t sample);
int16_t speech_take(speech *w);

#endif
