/* SPDX-License-Identifier: MIT
 * child.c - runs a program and talks with it through sockets.
 *
 * A socket pair carries both directions: unlike a pipe it can be told not to raise SIGPIPE, and reading and
 * writing take turns as they are possible, so that neither side waits for the other for ever. */
#include "draw/child.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

static loci_status fail(loci_error *error, loci_status status, const char *format, ...)
#if defined(__GNUC__)
    __attribute__((format(printf, 3, 4)))
#endif
    ;

static loci_status fail(loci_error *error, loci_status status, const char *format, ...)
{
    if (!error) return status;
    va_list arguments;
    va_start(arguments, format);
    error->status = status;
    vsnprintf(error->text, sizeof error->text, format, arguments);
    va_end(arguments);
    return status;
}

bool child_find(const char *program)
{
    const char *path = getenv("PATH");
    char name[4096];
    for (const char *from = path ? path : "/usr/bin:/bin"; from;) {
        const char *end = strchr(from, ':');
        const int length = end ? (int)(end - from) : (int)strlen(from);
        snprintf(name, sizeof name, "%.*s/%s", length, from, program);
        if (length > 0 && access(name, X_OK) == 0) return true;
        from = end ? end + 1 : NULL;
    }
    return false;
}

typedef struct {
    char *bytes;
    size_t size, room;
} buffer;

/* Takes what has come; false where memory ends. *open becomes false at the end. */
static bool take(int descriptor, buffer *to, bool *open)
{
    if (to->room - to->size < 65536) {
        const size_t room = 2 * to->room + 131072;
        char *larger = realloc(to->bytes, room);
        if (!larger) return false;
        to->bytes = larger;
        to->room = room;
    }
    const ssize_t got = read(descriptor, to->bytes + to->size, 65535);
    if (got > 0)
        to->size += (size_t)got;
    else if (got == 0 || (errno != EINTR && errno != EAGAIN))
        *open = false;
    to->bytes[to->size] = 0;
    return true;
}

/* Feeds and drains until both ways are closed; false where memory ends. */
static bool talk(int data, int complaints, const char *input, size_t left, buffer *said, buffer *complained)
{
    bool data_open = true, complaints_open = true;
    while (data_open || complaints_open) {
        struct pollfd watch[2] = {
            {.fd = data_open ? data : -1, .events = (short)(left ? POLLIN | POLLOUT : POLLIN)},
            {.fd = complaints_open ? complaints : -1, .events = POLLIN}};
        if (poll(watch, 2, -1) < 0) continue; /* EINTR */
        if (watch[0].revents & POLLOUT && left > 0) {
            const ssize_t sent = send(data, input, left, MSG_NOSIGNAL);
            if (sent > 0) {
                input += sent;
                left -= (size_t)sent;
            } else if (errno != EINTR && errno != EAGAIN) {
                left = 0; /* it reads no more: what it says counts */
            }
            if (left == 0) shutdown(data, SHUT_WR);
        }
        if (watch[0].revents & (POLLIN | POLLHUP | POLLERR) && !take(data, said, &data_open)) return false;
        if (watch[1].revents & (POLLIN | POLLHUP | POLLERR) &&
            !take(complaints, complained, &complaints_open))
            return false;
    }
    return true;
}

/* The last line that is not empty. */
static const char *last_line(buffer *of)
{
    if (!of->bytes) return "";
    char *end = of->bytes + strlen(of->bytes);
    while (end > of->bytes && (unsigned char)end[-1] <= ' ') *--end = 0;
    while (end > of->bytes && end[-1] != '\n') end--;
    while (*end == ' ' || *end == '\t') end++;
    return end;
}

static int spawn(pid_t *child, const char *const *argv, int data, int complaints)
{
    posix_spawn_file_actions_t actions;
    int reason = posix_spawn_file_actions_init(&actions);
    if (reason != 0) return reason;
    reason = posix_spawn_file_actions_adddup2(&actions, data, STDIN_FILENO);
    if (reason == 0) reason = posix_spawn_file_actions_adddup2(&actions, data, STDOUT_FILENO);
    if (reason == 0) reason = posix_spawn_file_actions_adddup2(&actions, complaints, STDERR_FILENO);
    /* execvp takes char *const *, though it changes nothing */
    if (reason == 0)
        reason = posix_spawnp(child, argv[0], &actions, NULL, (char *const *)(void *)argv, environ);
    posix_spawn_file_actions_destroy(&actions);
    return reason;
}

loci_status child_run(const char *const *argv, const char *input, size_t input_size, char **output,
                      size_t *output_size, loci_error *error)
{
    *output = NULL;
    *output_size = 0;
    int data[2], complaints[2];
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, data) != 0)
        return fail(error, LOCI_E_IO, "%s: cannot be run: %s", argv[0], strerror(errno));
    if (pipe(complaints) != 0) {
        const int reason = errno;
        close(data[0]);
        close(data[1]);
        return fail(error, LOCI_E_IO, "%s: cannot be run: %s", argv[0], strerror(reason));
    }
    for (int i = 0; i < 2; i++) {
        fcntl(data[i], F_SETFD, FD_CLOEXEC);
        fcntl(complaints[i], F_SETFD, FD_CLOEXEC);
    }
    fcntl(data[0], F_SETFL, O_NONBLOCK);
    pid_t child = -1;
    const int reason = spawn(&child, argv, data[1], complaints[1]);
    close(data[1]);
    close(complaints[1]);
    if (reason != 0) {
        close(data[0]);
        close(complaints[0]);
        return fail(error, reason == ENOENT ? LOCI_E_UNSUPPORTED : LOCI_E_IO, "%s: cannot be run: %s",
                    argv[0], strerror(reason));
    }
    buffer said = {0}, complained = {0};
    const bool whole = talk(data[0], complaints[0], input, input_size, &said, &complained);
    close(data[0]);
    close(complaints[0]);
    int ended = 0;
    while (waitpid(child, &ended, 0) < 0 && errno == EINTR) {}
    loci_status status = LOCI_OK;
    if (!whole || !said.bytes)
        status = fail(error, LOCI_E_MEMORY, "out of memory");
    else if (!WIFEXITED(ended) || WEXITSTATUS(ended) != 0)
        status = fail(error, LOCI_E_IO, "%s failed: %.180s", argv[0], last_line(&complained));
    free(complained.bytes);
    if (status != LOCI_OK) {
        free(said.bytes);
        return status;
    }
    *output = said.bytes;
    *output_size = said.size;
    return LOCI_OK;
}
