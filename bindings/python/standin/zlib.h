/* SPDX-License-Identifier: MIT
 *
 * zlib.h - what src/data/gzip.c asks of zlib, for a build without it: its interface, whose functions are Python's own zlib in
 * src/unpack.c.
 */
#ifndef LOCI_PYTHON_ZLIB_H
#define LOCI_PYTHON_ZLIB_H

#define ZLIB_VERSION "1.2.11"
#define MAX_WBITS 15

enum { Z_NO_FLUSH = 0 };
enum { Z_OK = 0, Z_STREAM_END = 1, Z_DATA_ERROR = -3, Z_MEM_ERROR = -4, Z_BUF_ERROR = -5 };

typedef unsigned char Bytef;
typedef unsigned uInt;
typedef unsigned long uLong;

typedef struct z_stream_s {
    const Bytef *next_in;
    uInt avail_in;
    uLong total_in;
    Bytef *next_out;
    uInt avail_out;
    uLong total_out;
    const char *msg;
    void *state;
    void *(*zalloc)(void *opaque, uInt items, uInt size);
    void (*zfree)(void *opaque, void *address);
    void *opaque;
    int data_type;
    uLong adler, reserved;
} z_stream;

int inflateInit2_(z_stream *stream, int bits, const char *version, int size);
int inflate(z_stream *stream, int flush);
int inflateReset(z_stream *stream);
int inflateEnd(z_stream *stream);
#define inflateInit2(stream, bits) inflateInit2_((stream), (bits), ZLIB_VERSION, (int)sizeof(z_stream))

#endif
