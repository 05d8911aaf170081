/* SPDX-License-Identifier: MIT
 * message.c - one line on standard error, and the status that goes with it. */
#include "shared/message.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "shared/options.h"
#include "shared/progress.h"
#include "shared/ranks.h"

/* Out of a sentence of the library, or of several commands: what advises options that this command does not have. */
static void advice_drop(char *text)
{
    static const struct {
        const char *begin;
        char end; /* of what is dropped: with it, or before it */
    } forms[] = {{" (--", ')'}, {" (or --", ')'}, {", or --", ';'}};
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
        for (char *at = text; (at = strstr(at, forms[i].begin)) != NULL;) {
            const char *name = at + strlen(forms[i].begin), *end = strchr(name, forms[i].end);
            if (options_offer(name, strcspn(name, " ,;)"))) {
                at++;
                continue;
            }
            if (!end) end = name + strlen(name);
            if (memchr(at, '%', (size_t)(end - at))) { /* what it stands for would be another's */
                at++;
                continue;
            }
            if (*end == ')') end++;
            memmove(at, end, strlen(end) + 1);
        }
}

static void say(const char *lead, const char *format, va_list arguments)
{
    char text[2048], own[1024];
    if (strlen(format) < sizeof own) { /* names and numbers are left alone */
        strcpy(own, format);
        advice_drop(own);
        format = own;
    }
    vsnprintf(text, sizeof text, format, arguments);
    for (char *c = text; *c; c++)
        if ((unsigned char)*c < 0x20 || *c == 0x7f) *c = '?';
    if (ranks_keep(lead, text)) return;
    progress_wipe();
    fprintf(stderr, "loci: %s%s\n", lead, text);
}

int message_fail(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    say("", format, arguments);
    va_end(arguments);
    return STATUS_FAILED;
}

int message_usage(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    say("", format, arguments);
    va_end(arguments);
    return STATUS_USAGE;
}

int message_error(const char *subject, const loci_error *error)
{
    loci_error e = *error;
    const bool named = subject && strncmp(e.text, subject, strlen(subject)) == 0;
    char *behind = named ? e.text + strlen(subject) : strstr(e.text, ": "); /* the name of a file */
    advice_drop(behind ? behind : e.text);
    /* the library leaves out the front of a long path */
    if (!subject || named || strncmp(e.text, "...", 3) == 0) return message_fail("%s", e.text);
    return message_fail("%s: %s", subject, e.text);
}

const char *message_name(const char *path)
{
    return strcmp(path, "-") == 0 ? "standard input" : path;
}

int message_memory(void)
{
    return message_fail("out of memory");
}

void message_warn(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    say("warning: ", format, arguments);
    va_end(arguments);
}

void message_note(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    say("note: ", format, arguments);
    va_end(arguments);
}

void message_remark(const char *path, const char *text)
{
    char own[1024];
    snprintf(own, sizeof own, "%s", text);
    advice_drop(own);
    message_note("%s: %s", path, own);
}

void message_passed_on(const char *lines)
{
    if (!*lines) return;
    progress_wipe();
    fputs(lines, stderr);
}

int message_finish(void)
{
    if (fflush(stdout) == 0 && !ferror(stdout)) return STATUS_DONE;
    if (errno == EPIPE) return STATUS_FAILED;
    return message_fail("standard output: writing failed: %s", strerror(errno));
}
