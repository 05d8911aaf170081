/* SPDX-License-Identifier: MIT
 * pace.c - the steps between rows, one after the other. */
#include "forecast/pace.h"

#include <math.h>

#include "shared/message.h"
#include "shared/words.h"

#define NEAR 0.1 /* of a step: where a row of an even series may be beside its place */
#define FAR                                                                                                  \
    2.5 /* steps: at or behind them rows are missing wherever they go on, as after a restart of what measures */
#define ALIKE 0.01
#define PAUSE 2 /* how much longer one is than those that were learned */

void pace_begin(pace *p, double last)
{
    p->last = last;
    p->rows = 1;
}

void pace_pause(double pauses[2], double step)
{
    pauses[1] = fmax(pauses[1], fmin(step, pauses[0]));
    pauses[0] = fmax(pauses[0], step);
}

static bool is_pause(const pace *p, double apart)
{
    return p->pause >= FAR * p->step && apart <= PAUSE * p->pause;
}

bool pace_goes_on(const pace *p, double apart)
{
    const double steps = apart / p->step;
    if (!(steps >= 0.5)) return false;
    return steps < 1.5 || (p->even && (steps < 1.5 + (double)p->longest || is_pause(p, apart)));
}

size_t pace_next(pace *p, double t)
{
    const double apart = t - p->last;
    if (p->rows++ > 0 && !(apart > 0)) {
        p->back++;
        if (p->behind++ >= p->longest) p->last = t, p->behind = 0; /* the clock was set back */
        return 0;
    }
    p->last = t;
    p->behind = 0;
    if (p->rows == 1) return 0;
    const double steps = apart / p->step, whole = round(steps);
    const bool beside = !(fabs(steps - whole) <= NEAR && whole >= 1);
    p->steps++;
    if (!p->even || beside ? !(fabs(steps - 1) <= ALIKE) : !(fabs(steps - whole) <= ALIKE * whole))
        p->irregular++;
    if (!p->even || !(steps >= FAR || (!beside && whole >= 2))) return 0;
    if (whole - 1 > (double)p->longest) {
        if (is_pause(p, apart)) {
            p->pauses++;
            return 0;
        }
        p->breaks++;
        return SIZE_MAX;
    }
    p->gaps++;
    p->missing += (uint64_t)(whole - 1);
    return (size_t)(whole - 1);
}

void pace_tell(const pace *p, const char *path)
{
    char a[WORDS_SIZE], b[WORDS_SIZE], c[WORDS_SIZE];
    if (p->irregular > 0)
        message_warn(
            "%s: the times are irregular: %s of %s steps are not %s long; rows are taken to follow one another evenly",
            path, words_count(a, p->irregular), words_count(b, p->steps), words_duration(c, p->step));
    if (p->back > 0)
        message_warn("%s: the times of %s are not after the latest before them; rows are taken as they come",
                     path, words_plural(a, p->back, "row"));
    if (p->gaps > 0)
        message_note("%s: %s in %s; what was expected stands for %s", path,
                     words_plural(a, p->missing, "missing row"), words_plural(b, p->gaps, "place"),
                     p->missing == 1 ? "it" : "them");
    if (p->pauses > 0)
        message_note("%s: %s, as there were in what was learned; rows follow one another across %s", path,
                     words_plural(a, p->pauses, "pause"), p->pauses == 1 ? "it" : "them");
    if (p->breaks > 0)
        message_note("%s: %s longer than the window, %zu rows; behind %s the watch begins anew", path,
                     words_plural(a, p->breaks, "gap"), p->longest, p->breaks == 1 ? "it" : "them");
}
