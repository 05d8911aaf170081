/* SPDX-License-Identifier: MIT
 * glibc.c - functions of the C library by their names of 2018, so that a module built on a newer system runs on older ones.
 *
 * The linker sends every call of these here (--wrap, module.cmake). What they do has not changed since: libm's came to new names when
 * errors stopped going through a handler, those of threads and of loading when they moved from one library to another, stat when it became a
 * function. */
#ifdef LOCI_OLD_GLIBC
#include <pthread.h>
#include <signal.h>
#include <sys/stat.h>

/* `result __wrap_name parameters` calls the old `symbol`, declared as old_name with what stands in `declared`. */
#define OLD(result, name, symbol, declared, parameters, arguments)                                           \
    result old_##name declared;                                                                              \
    result __wrap_##name parameters;                                                                         \
    __asm__(".symver old_" #name ", " symbol "@GLIBC_2.2.5");                                                \
    result __wrap_##name parameters                                                                          \
    {                                                                                                        \
        return old_##name arguments;                                                                         \
    }
#define OLD_NUMBER(name) OLD(double, name, #name, (double x), (double x), (x))
#define OLD_NUMBERS(name) OLD(double, name, #name, (double x, double y), (double x, double y), (x, y))
/* 1 is the version of struct stat, which is the same under both names. */
#define OLD_STATUS(name, symbol, what)                                                                       \
    OLD(int, name, symbol, (int version, what, struct stat *status), (what, struct stat * status),           \
        (1, of, status))

OLD_NUMBER(exp)
OLD_NUMBER(exp2)
OLD_NUMBER(log)
OLD_NUMBER(log2)
OLD_NUMBERS(pow)
OLD_NUMBERS(hypot)
OLD_STATUS(stat, "__xstat", const char *of)
OLD_STATUS(stat64, "__xstat64", const char *of)
OLD_STATUS(fstat, "__fxstat", int of)
OLD_STATUS(fstat64, "__fxstat64", int of)
OLD_STATUS(lstat, "__lxstat", const char *of)
OLD_STATUS(lstat64, "__lxstat64", const char *of)
OLD(int, pthread_create, "pthread_create",
    (pthread_t * thread, const pthread_attr_t *attributes, void *(*run)(void *), void *argument),
    (pthread_t * thread, const pthread_attr_t *attributes, void *(*run)(void *), void *argument),
    (thread, attributes, run, argument))
OLD(void *, dlopen, "dlopen", (const char *name, int mode), (const char *name, int mode), (name, mode))
OLD(void *, dlsym, "dlsym", (void *library, const char *name), (void *library, const char *name),
    (library, name))
OLD(int, pthread_join, "pthread_join", (pthread_t thread, void **result), (pthread_t thread, void **result),
    (thread, result))
OLD(int, pthread_sigmask, "pthread_sigmask", (int how, const sigset_t *set, sigset_t *before),
    (int how, const sigset_t *set, sigset_t *before), (how, set, before))
#endif
