/* SPDX-License-Identifier: MIT
 * words.h - numbers as people like to read them. Each function writes at most WORDS_SIZE bytes and returns
 * its text. */
#ifndef LOCI_CLI_WORDS_H
#define LOCI_CLI_WORDS_H

#include <stdbool.h>
#include <stdint.h>

enum { WORDS_SIZE = 48 };

/* The shortest decimal that reads back as the same double: "0.1". */
const char *words_number(char *text, double number);
/* Seconds, or as an ISO 8601 date where they were given so. */
const char *words_time(char *text, double seconds, bool iso);
/* "17,420" */
const char *words_count(char *text, uint64_t count);
/* "1 sample", "17,420 samples" */
const char *words_plural(char *text, uint64_t count, const char *noun);
/* "4.5 ms", "12.3 s", "5 min", "36.2 h", "725.8 days" */
const char *words_duration(char *text, double seconds);
/* What is left to wait, in whole seconds: "0:07", "12:30", "1:05:00". */
const char *words_wait(char *text, double seconds);
/* "20.5 KB" */
const char *words_bytes(char *text, double bytes);
/* A share as a percentage of 3 digits: "1.23 %"; "?" for NaN. */
const char *words_share(char *text, double share);
/* 1/dt, by the shortest decimal that gives dt back. */
const char *words_rate(char *text, double dt);
/* "at 50 Hz", or, of samples whole minutes, hours or days apart, "every 10 min". */
const char *words_pace(char *text, double dt);

#endif
