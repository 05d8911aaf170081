/* SPDX-License-Identifier: MIT
 * words.c - numbers as people like to read them. */
#include "shared/words.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <loci/data.h>

const char *words_number(char *text, double number)
{
    /* 15 digits are enough for what people wrote as decimals, 17 for every double. */
    for (int digits = 15; digits <= 17; digits++) {
        snprintf(text, WORDS_SIZE, "%.*g", digits, number);
        if (strtod(text, NULL) == number) break;
    }
    return text;
}

const char *words_time(char *text, double seconds, bool iso)
{
    if (!iso) return words_number(text, seconds);
    loci_time_format(text, WORDS_SIZE, seconds);
    return text;
}

const char *words_count(char *text, uint64_t count)
{
    char digits[24];
    const int length = snprintf(digits, sizeof digits, "%llu", (unsigned long long)count);
    char *to = text;
    for (int i = 0; i < length; i++) {
        if (i > 0 && (length - i) % 3 == 0) *to++ = ',';
        *to++ = digits[i];
    }
    *to = 0;
    return text;
}

const char *words_plural(char *text, uint64_t count, const char *noun)
{
    char number[WORDS_SIZE];
    snprintf(text, WORDS_SIZE, "%.26s %.18s%s", words_count(number, count), noun, count == 1 ? "" : "s");
    return text;
}

const char *words_duration(char *text, double seconds)
{
    static const struct {
        double below, unit;
        const char *name;
    } units[] = {
        {1e-3, 1e-6, "us"},
        {1, 1e-3, "ms"},
        {120, 1, "s"},
        {7200, 60, "min"},
        {172800, 3600, "h"},
        {864e5, 86400, "days"},
        {INFINITY, 31556952, "years"}, /* of the Gregorian calendar, on average */
    };
    size_t i = 0;
    while (!(seconds < units[i].below) && i + 1 < sizeof units / sizeof units[0]) i++;
    if (seconds == 0) i = 2;
    snprintf(text, WORDS_SIZE, "%.4g %s", seconds / units[i].unit, units[i].name);
    return text;
}

const char *words_wait(char *text, double seconds)
{
    const uint64_t whole = seconds < 1e9 ? (uint64_t)ceil(seconds) : (uint64_t)1e9;
    const unsigned hours = (unsigned)(whole / 3600), minutes = (unsigned)(whole / 60 % 60);
    const unsigned rest = (unsigned)(whole % 60);
    if (hours)
        snprintf(text, WORDS_SIZE, "%u:%02u:%02u", hours, minutes, rest);
    else
        snprintf(text, WORDS_SIZE, "%u:%02u", minutes, rest);
    return text;
}

const char *words_bytes(char *text, double bytes)
{
    static const char *const units[] = {"bytes", "KB", "MB", "GB", "TB", "PB", "EB"};
    size_t i = 0;
    while (bytes >= 1000 && i + 1 < sizeof units / sizeof units[0]) {
        bytes /= 1000;
        i++;
    }
    snprintf(text, WORDS_SIZE, i == 0 ? "%.0f %s" : "%.3g %s", bytes, units[i]);
    return text;
}

const char *words_share(char *text, double share)
{
    if (isnan(share))
        snprintf(text, WORDS_SIZE, "?");
    else
        snprintf(text, WORDS_SIZE, "%.3g %%", 100 * share);
    return text;
}

const char *words_rate(char *text, double dt)
{
    double rate = 1 / dt;
    for (int digits = 1; digits <= 17; digits++) {
        snprintf(text, WORDS_SIZE, "%.*g", digits, 1 / dt);
        rate = strtod(text, NULL);
        if (1 / rate == dt) break;
    }
    return words_number(text, rate);
}

const char *words_pace(char *text, double dt)
{
    char amount[WORDS_SIZE];
    const bool slow = dt >= 60 && fmod(dt, dt < 7200 ? 60 : dt < 172800 ? 3600 : 86400) == 0;
    const char *told = slow ? words_duration(amount, dt) : words_rate(amount, dt);
    snprintf(text, WORDS_SIZE, slow ? "every %.30s" : "at %.30s Hz", told);
    return text;
}
