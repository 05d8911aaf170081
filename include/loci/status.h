/* SPDX-License-Identifier: MIT
 *
 * loci/status.h - how a function of loci says that it could not do what was asked.
 *
 * A function that can fail returns a loci_status. Those fed with a user's data also take a loci_error and fill it with
 * one sentence that names the thing, what is wrong with it and what was expected. The error argument may be NULL.
 * On failure the outputs are as they were, unless the function's comment says otherwise.
 *
 * What versions promise. A version is MAJOR.MINOR.PATCH; the header's is LOCI_VERSION_MAJOR and so on, the library's
 * loci_version().
 *   PATCH  faults mended: programs go on without being compiled again.
 *   MINOR  functions, constants and fields are added, none is taken away or changes its meaning: programs compiled with an
 *          older MINOR run with the newer library. (While MAJOR is 0, a MINOR may also break both; CHANGELOG.md says how.)
 *   MAJOR  anything may change; the library gets another soname, so that both can be installed.
 * Files are apart from this: whatever format a release could write, every later one reads (docs/formats.md), and what a newer
 * one writes is refused by an older one with a sentence that says so.
 *
 * Structs that a caller fills begin with `size`: sizeof of the struct as the caller was compiled, or 0, which stands for
 * the fields of version 0.1. Fields behind it are taken to be 0, or their default; fields that the library does not know yet
 * must be 0 (LOCI_E_UNSUPPORTED else). In C: loci_ssm_options options = {sizeof options, .form = LOCI_MIXED}; functions like
 * loci_memory_defaults fill it in. A struct that is returned by a const pointer has size 0: what copies it and adds fields sets
 * size. Reports that the library fills are passed with their size (functions in _sized); the functions without it are
 * inline and pass sizeof. loci_error, loci_parameter, loci_array and loci_system are what they are until MAJOR changes.
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

#define LOCI_VERSION_MAJOR 0
#define LOCI_VERSION_MINOR 1
#define LOCI_VERSION_PATCH 0

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
    X(LOCI_E_UNSUPPORTED, "not possible for this combination")                                               \
    X(LOCI_E_STOPPED, "stopped by the caller")

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

/* The version of the library that runs, "major.minor.patch". */
LOCI_API const char *loci_version(void);

#ifdef __cplusplus
}
#endif
#endif
