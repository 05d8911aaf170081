/* SPDX-License-Identifier: MIT
 * measure.c - takes samples.f32 through an exported model, writes answers.f32, and says what that took. The same program runs on a board
 * and on the host. Compiled with -DMEASURED=prefix -DMEASURED_HEADER='"prefix.h"' -DMEASURED_INPUTS=PREFIX_INPUTS and so on,
 * -DEVERY=n: an answer after every n samples, and after the last. */
#include MEASURED_HEADER

#include "place.h"

#define JOINED(a, b) a##b
#define JOIN(a, b) JOINED(a, b)
#define OF_MODEL(name) JOIN(MEASURED, name)

enum {
    INPUTS = MEASURED_INPUTS,
    OUTPUTS = MEASURED_OUTPUTS,
    ROOM = 256,
    INSTRUCTIONS = 40 /* of a tick of the clock */
};

static OF_MODEL(_state) state;
static float samples[ROOM][INPUTS], answer[OUTPUTS];
static uint64_t silent, answered, silent_ticks, answered_ticks;

/* "name n\n" */
static void say(const char *name, uint64_t n)
{
    char text[24], *at = text + sizeof text;
    *--at = 0;
    *--at = '\n';
    do *--at = (char)('0' + n % 10);
    while (n /= 10);
    *--at = ' ';
    place_say(name);
    place_say(at);
}

static uint32_t since(uint32_t then)
{
    return (place_clock() - then) & 0xffffff;
}

/* `count` samples; answers are asked for where they are due, and after the last if there is nothing behind it. 0: all is well. */
static int take(int out, size_t count, int last)
{
    for (size_t i = 0; i < count; i++) {
        uint32_t then = place_clock();
        size_t first = i;
        for (; (silent + answered + 1) % EVERY != 0 && !(last && i + 1 == count) && i < count; i++, silent++)
            OF_MODEL(_step)(&state, samples[i], 0);
        if (i > first) silent_ticks += since(then);
        if (i == count) break;
        then = place_clock();
        OF_MODEL(_step)(&state, samples[i], answer);
        answered_ticks += since(then);
        answered++;
        if (place_write(out, answer, sizeof answer)) return 1;
    }
    return 0;
}

int main(void)
{
    const int in = place_open("samples.f32", 0), out = place_open("answers.f32", 1);
    size_t held = 0, more;
    if (in < 0 || out < 0) {
        place_say("samples.f32 cannot be read, or answers.f32 not written\n");
        return 1;
    }
    place_stack_paint();
    OF_MODEL(_init)(&state);
    do { /* the last sample waits until it is known whether there are others */
        more = place_read(in, samples[held], (ROOM - held) * sizeof *samples) / sizeof *samples;
        const size_t count = more ? held + more - 1 : held;
        if (take(out, count, !more)) {
            place_say("answers.f32 cannot be written\n");
            return 1;
        }
        for (size_t c = 0; c < INPUTS; c++) samples[0][c] = samples[count][c];
        held = 1;
    } while (more);
    place_close(in);
    place_close(out);
    say("samples", silent + answered);
    say("outputs", OUTPUTS);
    say("state", sizeof state);
    say("stack", place_stack_used());
    if (silent) say("instructions", silent_ticks * INSTRUCTIONS / silent);
    if (answered) say("answering", answered_ticks * INSTRUCTIONS / answered);
    return 0;
}
