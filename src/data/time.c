/* SPDX-License-Identifier: MIT
 * time.c - ISO 8601 dates and times as seconds since 1970 (UTC, no leap seconds), and back. */
#include "data/time.h"

#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <loci/data.h>

#include "base/number.h"
#include "base/status.h"
#include "data/quote.h"

/* Days from 0000-01-01 of the proleptic Gregorian calendar; the year 0 is a leap year. */
#define DAYS_BEFORE_1970 719528
#define DAYS_BEFORE_10000 3652425

static bool is_leap(int64_t year)
{
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

static int64_t days_before_year(int64_t year)
{
    return 365 * year + (year + 3) / 4 - (year + 99) / 100 + (year + 399) / 400;
}

static int64_t days_before_month(int64_t year, int64_t month)
{
    static const int16_t days[13] = {0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365};
    return days[month - 1] + (month > 2 && is_leap(year));
}

static int64_t days_of_month(int64_t year, int64_t month)
{
    return month == 12 ? 31 : days_before_month(year, month + 1) - days_before_month(year, month);
}

/* --- parsing --- */

typedef struct {
    const char *at, *end;
} text;

/* Takes just `count` digits. */
static bool take_digits(text *t, int64_t *value, int count)
{
    if (t->end - t->at < count) return false;
    int64_t sum = 0;
    for (int i = 0; i < count; i++) {
        const char c = t->at[i];
        if (c < '0' || c > '9') return false;
        sum = 10 * sum + (c - '0');
    }
    t->at += count;
    *value = sum;
    return true;
}

/* One digit or two. */
static bool take_short(text *t, int64_t *value)
{
    return take_digits(t, value, 2) || take_digits(t, value, 1);
}

static bool take(text *t, char c)
{
    if (t->at == t->end || *t->at != c) return false;
    t->at++;
    return true;
}

/* The digits behind a decimal point, any number of them, of which 18 count. */
static bool take_fraction(text *t, double *fraction)
{
    uint64_t digits = 0;
    int64_t digit, count = 0;
    const char *first = t->at;
    while (take_digits(t, &digit, 1)) {
        if (count == 18) continue;
        digits = 10 * digits + (uint64_t)digit;
        count++;
    }
    *fraction = loci_number_assemble(digits, -count);
    return t->at > first;
}

/* "Z", "+02", "+0200", "+02:00", or nothing; in seconds east of Greenwich. */
static const char *take_offset(text *t, int64_t *offset)
{
    *offset = 0;
    if (t->at == t->end || take(t, 'Z') || take(t, 'z')) return NULL;
    const bool west = *t->at == '-';
    int64_t hours, minutes = 0;
    if (!take(t, '+') && !take(t, '-')) return "Z or an offset as +02:00 was expected after the time";
    if (!take_digits(t, &hours, 2)) return "the offset has no hours";
    const bool colon = take(t, ':');
    if ((colon || t->at < t->end) && !take_digits(t, &minutes, 2)) return "the offset has no minutes";
    if (hours > 23 || minutes > 59) return "the offset is beyond 23:59";
    *offset = (west ? -1 : 1) * (3600 * hours + 60 * minutes);
    return NULL;
}

/* "2016-07-01", or with slashes, as spreadsheets write it, "2016/7/1": the year comes first, so nothing is left to guess. */
static bool take_date(text *t, int64_t *year, int64_t *month, int64_t *day, bool *slashes)
{
    if (!take_digits(t, year, 4)) return false;
    *slashes = take(t, '/');
    if (*slashes) return take_short(t, month) && take(t, '/') && take_short(t, day);
    return take(t, '-') && take_digits(t, month, 2) && take(t, '-') && take_digits(t, day, 2);
}

const char *loci_time_scan(double *seconds, const char *bytes, size_t length)
{
    text t = {bytes, bytes + length};
    int64_t year, month, day, hour = 0, minute = 0, second = 0, offset = 0;
    double fraction = 0;
    bool slashes;
    if (!take_date(&t, &year, &month, &day, &slashes))
        return "a date as 2016-07-01 or 2016-07-01T02:00:00Z was expected";
    if (month < 1 || month > 12) return "the month is not 1 to 12";
    if (day < 1 || day > days_of_month(year, month)) return "the month has no such day";
    if (t.at < t.end) {
        if (!take(&t, 'T') && !take(&t, 't') && !take(&t, ' '))
            return "T or a blank was expected after the date";
        if (!(slashes ? take_short(&t, &hour) : take_digits(&t, &hour, 2)) || !take(&t, ':') ||
            !take_digits(&t, &minute, 2))
            return "a time as 02:00 was expected after the date";
        if (take(&t, ':')) {
            if (!take_digits(&t, &second, 2)) return "two digits of seconds were expected";
            if ((take(&t, '.') || take(&t, ',')) && !take_fraction(&t, &fraction))
                return "digits were expected after the decimal point";
        }
        if (t.at < t.end) take(&t, ' ');
        const char *wrong = take_offset(&t, &offset);
        if (wrong) return wrong;
        if (t.at < t.end) return "nothing was expected after the time";
        const bool midnight = hour == 24 && minute == 0 && second == 0 && fraction == 0;
        if (hour > 23 && !midnight) return "the hour is not 0 to 23";
        if (minute > 59) return "the minute is not 0 to 59";
        if (second > 60) return "the second is not 0 to 59";
    }
    const int64_t of_day = 3600 * hour + 60 * minute + second - offset;
    /* A leap second, 23:59:60 UTC, has the number of the second that follows it, as POSIX counts. */
    if (second == 60 && of_day % 86400 != 0) return "the second is not 0 to 59";
    const int64_t days = days_before_year(year) + days_before_month(year, month) + day - 1 - DAYS_BEFORE_1970;
    *seconds = (double)(86400 * days + of_day) + fraction;
    return NULL;
}

loci_status loci_time_parse(double *seconds, const char *bytes, loci_error *error)
{
    const char *wrong = loci_time_scan(seconds, bytes, strlen(bytes));
    if (!wrong) return LOCI_OK;
    char quoted[64];
    loci_quote(quoted, sizeof quoted, bytes, strlen(bytes));
    return loci_fail(error, LOCI_E_VALUE, "\"%s\" is no time: %s", quoted, wrong);
}

/* --- formatting --- */

void loci_time_format(char *out, size_t size, double seconds)
{
    const double first = -86400.0 * DAYS_BEFORE_1970, last = 86400.0 * (DAYS_BEFORE_10000 - DAYS_BEFORE_1970);
    if (!(seconds >= first && seconds < last - 1e-6)) {
        loci_number_write(out, size, seconds, 17);
        return;
    }
    const double whole = floor(seconds);
    int64_t micro = (int64_t)floor((seconds - whole) * 1e6 + 0.5);
    int64_t count = (int64_t)whole + (int64_t)DAYS_BEFORE_1970 * 86400;
    if (micro == 1000000) {
        micro = 0;
        count++;
    }
    const int64_t days = count / 86400, of_day = count % 86400;
    int64_t year = days * 400 / 146097; /* at most one too small or too large */
    while (days_before_year(year + 1) <= days) year++;
    while (days_before_year(year) > days) year--;
    const int64_t of_year = days - days_before_year(year);
    int64_t month = 12;
    while (days_before_month(year, month) > of_year) month--;
    const int64_t day = of_year - days_before_month(year, month) + 1;

    char decimals[8] = "";
    if (micro > 0) {
        snprintf(decimals, sizeof decimals, ".%06u", (unsigned)micro % 1000000u);
        for (size_t i = 6; decimals[i] == '0'; i--) decimals[i] = 0;
    }
    snprintf(out, size, "%04d-%02d-%02dT%02d:%02d:%02d%sZ", (int)year, (int)month, (int)day,
             (int)(of_day / 3600), (int)(of_day / 60 % 60), (int)(of_day % 60), decimals);
}
