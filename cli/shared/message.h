/* SPDX-License-Identifier: MIT
 * message.h - what the program says when it cannot go on, and the status it then ends with. */
#ifndef LOCI_CLI_MESSAGE_H
#define LOCI_CLI_MESSAGE_H

#include <loci/status.h>

#if defined(__GNUC__)
#define MESSAGE_PRINTF(at, first) __attribute__((format(printf, at, first)))
#else
#define MESSAGE_PRINTF(at, first)
#endif

enum { STATUS_DONE = 0, STATUS_FAILED = 1, STATUS_USAGE = 2, STATUS_INTERRUPTED = 130 };

/* Both write one line, "loci: ...", to standard error and return the status of their name, so that a failing
 * path reads `return message_fail("%s: %s", path, error.text);`. Control characters (in the name of a file,
 * say) become "?". */
int message_fail(const char *format, ...) MESSAGE_PRINTF(1, 2);
int message_usage(const char *format, ...) MESSAGE_PRINTF(1, 2);

/* The same for an error of the library. The name of what it is about goes in front, unless the sentence
 * starts with it or subject is NULL. */
int message_error(const char *subject, const loci_error *error);

/* The same for a lack of memory. */
int message_memory(void);
/* Lines that another process would have printed. */
void message_passed_on(const char *lines);
/* Ends what was printed to standard output: 0, or a status; a reader that has had enough (`| head`) is told nothing. */
int message_finish(void);

/* What one should know though the work goes on: "loci: warning: ..."; how something was understood: "loci: note: ...". */
void message_warn(const char *format, ...) MESSAGE_PRINTF(1, 2);
void message_note(const char *format, ...) MESSAGE_PRINTF(1, 2);
/* A note of the library about path, without the advice that this command has no option for. */
void message_remark(const char *path, const char *text);

/* What a path that is read is called in a sentence: itself, or "standard input" for "-". */
const char *message_name(const char *path);

#endif
