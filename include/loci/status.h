/* SPDX-License-Identifier: MIT
 *
 * loci/status.h - how a function of loci says that it could not do what was asked.
 *
 * A function that can fail returns a loci_status. Those fed with a user's data also take a loci_error and fill it with
 * one sentence that names the thing, what is wrong with it and what was expected. The error argument may be NULL.
 * On failure the outputs are as they were, unless the function's comment says otherwise.
 */
#ifndef LOCI_STATUS_H
#define LOCI_STATUS_H

#ifdef __cplusplus
extern "C" {
#endif

#if defined(LOCI_BUILDING) && defined(__GNUC__)
#define LOCI_API __attribute__((visibility("default")))
#else
#define LOCI_API
#endif

/* name, one-line meaning */
#define LOCI_STATUS_LIST(X)                                                                                  \
    X(LOCI_OK, "done")                                                                                       \
    X(LOCI_E_ARGUMENT, "an argument is outside its range, or does not fit another")                          \
    X(LOCI_E_MEMORY, "out of memory")                                                                        \
    X(LOCI_E_RANGE, "a time or an index lies outside what is there")                                         \
    X(LOCI_E_VALUE, "the data hold a value that cannot be used")                                             \
    X(LOCI_E_FORMAT, "the bytes are damaged or are not what was expected")                                   \
    X(LOCI_E_IO, "reading or writing failed")                                                                \
    X(LOCI_E_MISMATCH, "two things that must agree do not")                                                  \
    X(LOCI_E_UNSUPPORTED, "not possible for this combination")

typedef enum {
#define LOCI_STATUS_ENTRY(name, text) name,
    LOCI_STATUS_LIST(LOCI_STATUS_ENTRY)
#undef LOCI_STATUS_ENTRY
} loci_status;

typedef struct {
    loci_status status;
    char text[252]; /* NUL-terminated sentence, no newline */
} loci_error;

/* The one-line meaning of a status; never NULL. */
LOCI_API const char *loci_status_text(loci_status status);

/* The library's version, "major.minor.patch". */
LOCI_API const char *loci_status_version(void);

#ifdef __cplusplus
}
#endif
#endif
