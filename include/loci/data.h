/* SPDX-License-Identifier: MIT
 *
 * loci/data.h - signals from files: CSV, NPY, audio, raw numbers, lines of text. Part of libloci-train.
 *
 * A signal is read from front to back in pieces of the caller's choice, in memory that does not grow with its length.
 */
#ifndef LOCI_DATA_H
#define LOCI_DATA_H

#include <stddef.h>
#include <stdint.h>

#include <loci/allocator.h>
#include <loci/status.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct loci_signal loci_signal;

/* Kinds of raw samples: whole numbers with a sign (S), without one (U), floating-point (F), of so many bits, the least or the
 * most significant byte first; 24 bits in the lower ones of four bytes; 8 bits by ITU-T G.711. All but F are scaled to [-1, 1).
 */
typedef enum {
    LOCI_RAW_NONE,
    LOCI_RAW_F32LE,
    LOCI_RAW_S16LE,
    LOCI_RAW_U8,
    LOCI_RAW_S8,
    LOCI_RAW_S16BE,
    LOCI_RAW_S24LE,
    LOCI_RAW_S24BE,
    LOCI_RAW_S24IN32LE,
    LOCI_RAW_S24IN32BE,
    LOCI_RAW_S32LE,
    LOCI_RAW_S32BE,
    LOCI_RAW_F32BE,
    LOCI_RAW_F64LE,
    LOCI_RAW_F64BE,
    LOCI_RAW_MULAW,
    LOCI_RAW_ALAW
} loci_raw;
/* The kind of this name: "s16le" and so on as above, in any case of letters, or arecord's (S24_3LE is s24le, S24_LE is
 * s24in32le, FLOAT_LE is f32le). LOCI_E_VALUE for others. */
LOCI_API loci_status loci_raw_parse(loci_raw *raw, const char *name, loci_error *error);

typedef enum { LOCI_HEADER_FOUND, LOCI_HEADER_YES, LOCI_HEADER_NO } loci_header;

typedef struct {
    size_t size; /* sizeof of this struct; 0: the fields of version 0.1 */
    /* [column_count] the columns (or channels) to read, in this order: each by its name or its number, from 1, or several of
     * these with commas between, where no column has that name. NULL: all that hold numbers. */
    const char *const *columns;
    size_t column_count;
    /* Text: the column of time stamps, by name or number; NULL: none. They are ISO 8601 dates or seconds; numbers of the size of
     * milli-, micro- or nanoseconds since 1970, for dates from 1973 to 2100, are taken for these. */
    const char *time_column;
    loci_raw raw;       /* the bytes are samples of this kind, interleaved */
    size_t channels;    /* of raw input, at most 65535; 0: 1 */
    loci_header header; /* text: whether its first row gives the names; FOUND: the rows below it tell */
    size_t skip;        /* text: lines to leave out at the beginning */
    char decimal;       /* text: '.' or ',' before the decimals; 0: '.' */
    int mono;           /* one channel: the mean of those that are read */
    /* Text, where `columns` is NULL: the columns [known_count] to read, said as there, if all of them are there, each once, and
     * none is that of times; else as without. NULL: none */
    const char *const *known;
    size_t known_count;
} loci_signal_options;

/* Opens `path`; "-" is standard input. options NULL: all zero. Errors name the path. What a file is, its content says:
 *
 * - an NPY array [samples] or [samples][channels] of real numbers, in C order or, in a plain file, in Fortran's; a remark tells
 *   of 100 channels or more that have a tenth as many samples, or fewer;
 * - text: lines of numbers, or CSV. The structure is told by the first rows, at most 32 of them: they are looked at until one
 *   holds nothing but numbers, or dates and numbers. The delimiter is the one of tab, semicolon, comma and runs of blanks of
 *   which most rows have the same number outside of quotes. Text above numbers makes the first row a header; where it may as
 *   well be a value that cannot be read ("error"), options->header must tell. Below it a row of text is one of units, and left
 *   out. Without a header, a comment right above the rows that has a name for each of several columns gives the names. Where
 *   no columns are named, those are read that have a number in any of these rows. Lines that begin with # do not count, unless
 *   they are rows by what follows; a blank line is a missing value of a single column, if another row follows it, and else does
 *   not count. Fields may be quoted; lines end in LF or CR LF, and have at most 16 MiB; the text is UTF-8, with or without a byte
 *   order mark. A decimal comma is an error unless options->decimal says so, never guessed at;
 * - audio: WAV, RF64, Wave64, AU, AIFF and CAF of plain samples; else what libsndfile reads (FLAC, Ogg, ...), from a plain file
 *   only. A file that is cut short is LOCI_E_FORMAT. Where the header tells no length (0, or one near 2^31 or 2^32, as recorders
 *   leave that cannot go back), the samples go on to the end, and a remark says so.
 *
 * What begins as gzip packs it is unpacked first (raw samples where the path ends in ".gz"). Standard input may be anything
 * that needs no plain file. A file without samples is an error. Memory does not grow with the length of the signal: a buffer of
 * 256 KiB, or the longest line. */
LOCI_API loci_status loci_signal_open(loci_signal **signal, const char *path,
                                      const loci_signal_options *options, loci_error *error);
LOCI_API void loci_signal_close(loci_signal *signal); /* NULL is allowed */

typedef struct {
    size_t channels;
    double rate;      /* Hz, of the file's own; 0: it has none */
    int stamped;      /* each sample has a time */
    int iso_times;    /* the times were ISO 8601 dates: seconds since 1970-01-01T00:00:00Z */
    uint64_t samples; /* if known beforehand, else 0 */
} loci_signal_info;
LOCI_API void loci_signal_inspect_sized(const loci_signal *signal, loci_signal_info *info, size_t size);
static inline loci_signal_info loci_signal_inspect(const loci_signal *signal)
{
    loci_signal_info info;
    loci_signal_inspect_sized(signal, &info, sizeof info);
    return info;
}
/* The name of channel c: the column's (what is no UTF-8 in it reads "?"), else "u" for a single channel and "u0", "u1", ...
 * for several. NULL where there is no such channel. */
LOCI_API const char *loci_signal_channel(const loci_signal *signal, size_t c);

/* Remark k, from 0, on what was left out of the file, or read otherwise than one might think: a sentence without the name of
 * the file. NULL where there are no more; reading may add some. */
LOCI_API const char *loci_signal_remark(const loci_signal *signal, size_t k);
/* The name or the number of a column that looks like times, where no time_column was named and it was not asked for among
 * the columns; else NULL. */
LOCI_API const char *loci_signal_time_like(const loci_signal *signal);

/* Reads up to capacity samples: u is [capacity][channels], t is [capacity] (NULL: times are not wanted). *count is how many
 * came, often fewer than capacity: what has arrived is given at once. 0 with LOCI_OK is the end. A missing value (an empty
 * field; nan with any sign and payload, NA, N/A, null, none, a dash, a spreadsheet's #N/A or #DIV/0!, in any case) becomes NAN.
 * Text in a number's place, a row with another number of fields, a damaged file are errors that name the path and the line or
 * the sample; all samples before it are given first. */
LOCI_API loci_status loci_signal_read(loci_signal *signal, double *u, double *t, size_t capacity,
                                      size_t *count, loci_error *error);

/* Passes over n samples: at once where they all have one size in a plain file (NPY, raw samples, plain samples of audio), else by reading
 * them. LOCI_E_RANGE where there are fewer; errors of reading as above. */
LOCI_API loci_status loci_signal_skip(loci_signal *signal, uint64_t n, loci_error *error);

/* Where in the file sample k of the last read came from, for messages: "line 17" (of text, from 1), or "sample 16" (from 0).
 * Writes at most size bytes. */
LOCI_API void loci_signal_position(const loci_signal *signal, size_t k, char *text, size_t size);

/* Samples at another rate: what lies above the lower of the two Nyquist frequencies is taken away, by 80 dB; what lies below
 * 0.9 of it keeps its amplitude within 0.1 dB (within 0.001 dB, in fact) and its phase; a constant stays as it is. Output m
 * stands at the time m/to, input k at k/from: there is no delay; n inputs give round(n to/from) outputs. Before its
 * begin and after its end a signal is taken to stay at its first and its last value. How it is cut into pushes does not
 * matter, bit by bit. A NAN spoils the outputs near it, about 56 samples of the lower rate on either side.
 *
 * Memory: 2 MiB, more only where the rates are far apart. Cost: about 112 multiply-adds for each sample of the higher
 * rate, twice that where to/from in lowest terms has a numerator above 1000. */
typedef struct loci_resampler loci_resampler;

/* from, to: Hz, > 0, at most a factor of 256 apart. channels: 1 to 65535. */
LOCI_API loci_status loci_resampler_create(loci_resampler **resampler, double from, double to,
                                           size_t channels, loci_error *error);
LOCI_API void loci_resampler_free(loci_resampler *resampler); /* NULL is allowed */
/* y from u [n][channels]: the outputs that can be told from what came so far, of which it returns the number. y has room for
 * [loci_resampler_room(n)][channels]. */
LOCI_API size_t loci_resampler_push(loci_resampler *resampler, double *y, const double *u, size_t n);
/* The outputs that are left, at most loci_resampler_room(0); the next push begins another signal. */
LOCI_API size_t loci_resampler_end(loci_resampler *resampler, double *y);
LOCI_API size_t loci_resampler_room(const loci_resampler *resampler, size_t n);

/* ISO 8601 dates and times: "2016-07-01", "2016-07-01 02:00", "2016-07-01T02:00:00.25Z", offsets as +02:00, +0200 or +02,
 * 24:00:00, and :60 in a leap second; without an offset they are taken as UTC. Dates with slashes begin with the year as well; a month, day
 * or hour may then be of one digit: "2016/7/1 2:00". Seconds since 1970-01-01T00:00:00Z, proleptic
 * Gregorian, years 0000 to 9999. LOCI_E_VALUE for other text. */
LOCI_API loci_status loci_time_parse(double *seconds, const char *text, loci_error *error);
/* The inverse: "2016-07-01T02:00:00Z", with up to 6 decimals of a second where needed; what lies outside of these years is
 * written as a number. 40 bytes are enough. */
LOCI_API void loci_time_format(char *text, size_t size, double seconds);

/* NPY arrays, format 1.0 to 3.0, of little- or big-endian f2, f4, f8, i1 to i8, u1 to u8, b1, c8 and c16, read whole as
 * doubles (integers beyond 2^53 are rounded) in C order, whatever the order in the file. A file that is longer or shorter
 * than its header says is LOCI_E_FORMAT. On failure *array is empty. Written as little-endian f8 (f4 where single is set). */
typedef struct {
    size_t dimensions, shape[8];
    int complex_pairs; /* data holds (re, im) pairs: twice the numbers that the shape says */
    int integers;      /* the elements were integers, or true and false */
    double *data;      /* released by loci_array_free */
} loci_array;
LOCI_API loci_status loci_npy_read(loci_array *array, const char *path, loci_error *error);
LOCI_API loci_status loci_npy_write(const char *path, const double *data, const size_t *shape,
                                    size_t dimensions, int single, loci_error *error);
/* One member of an .npz archive by its name, without ".npy". A missing member is LOCI_E_RANGE. */
LOCI_API loci_status loci_npz_read(loci_array *array, const char *path, const char *member,
                                   loci_error *error);
LOCI_API void loci_array_free(loci_array *array);

/* Writes bytes to path through a temporary file beside it, fsync and rename: the old file stands until the new one is
 * whole. "-" is standard output. */
LOCI_API loci_status loci_file_write(const char *path, const void *bytes, size_t size, loci_error *error);
/* Reads a whole file of at most `limit` bytes; *bytes is released by loci_bytes_free. */
LOCI_API loci_status loci_file_read(const char *path, void **bytes, size_t *size, size_t limit,
                                    loci_error *error);

#ifdef __cplusplus
}
#endif
#endif
