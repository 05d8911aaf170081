/* SPDX-License-Identifier: MIT
 * data/input.h - bytes from front to back, with a look ahead: what every reader of this folder stands on.
 *
 * The bytes [start, end) of `buffer` are read and not yet used; whoever uses some moves start. The memory is
 * one buffer, as long as the longest look ahead that was asked for. */
#ifndef LOCI_DATA_INPUT_H
#define LOCI_DATA_INPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <loci/status.h>

#define LOCI_INPUT_LENGTH_UNKNOWN UINT64_MAX
#define LOCI_INPUT_BUFFER 262144 /* bytes: few system calls, and still in the second-level cache */

typedef struct loci_input loci_input;

/* Where bytes come from that are not a file's or a pipe's own, but unpacked. */
typedef struct {
    /* At most `room` bytes, and one at least unless they have ended. */
    loci_status (*read)(loci_input *input, unsigned char *bytes, size_t room, size_t *count,
                        loci_error *error);
    void (*close)(void *own);
} loci_input_source;

struct loci_input {
    char name[160]; /* of the file, for messages: a long path loses its front; "standard input" */
    unsigned char *buffer;
    size_t start, end, capacity;
    uint64_t taken;  /* bytes before buffer[0], so that buffer[start] is byte taken + start */
    uint64_t length; /* of a regular file at the time of opening, else LOCI_INPUT_LENGTH_UNKNOWN */
    int descriptor;  /* or -1: there is a source */
    const loci_input_source *source; /* NULL: the bytes are the descriptor's */
    void *own;                       /* of the source */
    bool ended;                      /* there are no more bytes */
};

/* Opens a file, or "-", standard input. A folder is LOCI_E_IO, as is what cannot be opened. After a failure
 * there is nothing to close. */
loci_status loci_input_open(loci_input *input, const char *path, loci_error *error);
/* Makes an input of a source, which is the input's from then on, whatever the status. Of *input only the name is set before, and all else
 * 0. LOCI_E_MEMORY: the input is still to be closed. */
loci_status loci_input_begin(loci_input *input, const loci_input_source *source, void *own,
                             loci_error *error);
void loci_input_close(loci_input *input);

/* Where the bytes that are held begin as those of gzip do, what they unpack to takes their place; nothing is known of its
 * length. */
loci_status loci_input_unpack(loci_input *input, loci_error *error);

/* Reads until [start, end) holds at least `wanted` bytes, or the source has ended: no more than it must, so
 * that a pipe's bytes are used as they come. It may move the bytes and the buffer. */
loci_status loci_input_fill(loci_input *input, size_t wanted, loci_error *error);

/* Passes over so many bytes: of a plain file without reading them. LOCI_E_RANGE where there are fewer. */
loci_status loci_input_pass(loci_input *input, uint64_t bytes, loci_error *error);

/* Moves the bytes that are held to the front of a buffer of at least `wanted` bytes. */
loci_status loci_input_reserve(loci_input *input, size_t wanted, loci_error *error);

/* The path as it may stand in a message: printable, "-" as "standard input", without its front where it does not fit text
 * [size], size > 32. */
void loci_input_name(char *text, size_t size, const char *path);

static inline size_t loci_input_held(const loci_input *input)
{
    return input->end - input->start;
}
static inline uint64_t loci_input_position(const loci_input *input)
{
    return input->taken + input->start;
}

#endif
