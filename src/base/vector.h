/* SPDX-License-Identifier: MIT
 * base/vector.h - lanes, and the attribute of a hot function.
 *
 * Hot loops work on vectors of 64 bytes; the compiler splits them on machines with narrower registers, so one source
 * serves AVX-512, AVX2, NEON and plain C. LOCI_HOT makes gcc compile a function once for each x86 level and pick one
 * when the program starts. Never pass a vector by value to or from a function that is not always_inline: the clone and
 * its caller would disagree on where it lies. Keep hot helpers `static inline LOCI_INLINE` so that they are cloned with
 * their caller. OpenMP regions are outlined and not cloned: call a hot function inside them.
 */
#ifndef LOCI_BASE_VECTOR_H
#define LOCI_BASE_VECTOR_H

#include <stddef.h>
#include <stdint.h>

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) ||                                   \
    __has_feature(undefined_behavior_sanitizer)
#define LOCI_SANITIZED 1
#endif
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define LOCI_SANITIZED 1
#endif

#if defined(__GNUC__) && !defined(__clang__) && defined(__x86_64__) && defined(__gnu_linux__) &&             \
    !defined(LOCI_SANITIZED) && !defined(LOCI_ONE_ISA)
#define LOCI_HOT __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define LOCI_HOT
#endif
#define LOCI_INLINE __attribute__((always_inline))

/* Above a loop of few turns, whose number is a constant, that must vanish, so that arrays indexed in it stay in registers. */
#ifdef __clang__
#define LOCI_UNROLL _Pragma("clang loop unroll(full)")
#else
#define LOCI_UNROLL _Pragma("GCC unroll 16")
#endif

/* The alignment is given, since gcc aligns to 16 bytes only where the widest vectors of the whole file are that wide. */
typedef double loci_f64x8 __attribute__((vector_size(64), aligned(64)));
typedef float loci_f32x16 __attribute__((vector_size(64), aligned(64)));
typedef int64_t loci_i64x8 __attribute__((vector_size(64), aligned(64)));
typedef int32_t loci_i32x16 __attribute__((vector_size(64), aligned(64)));
/* the same with the alignment of one element, for data that a caller owns */
typedef double loci_f64x8u __attribute__((vector_size(64), aligned(8), may_alias));
typedef float loci_f32x16u __attribute__((vector_size(64), aligned(4), may_alias));

#endif
