/* SPDX-License-Identifier: MIT
 * sound.c - libsndfile where there is one: sounds that are packed (FLAC, Ogg, MP3) are read by it, and the module does without it until one is
 * asked for. WAV and its kind, with plain samples, need none. */
#include <dlfcn.h>
#include <stddef.h>
#include <string.h>

#include <sndfile.h>

/* The functions of the library by their names, all of them or none. */
typedef struct {
    SNDFILE *(*open)(int descriptor, int mode, SF_INFO *info, int close);
    int (*close)(SNDFILE *file);
    int (*command)(SNDFILE *file, int command, void *data, int size);
    int (*error)(SNDFILE *file);
    const char *(*text)(SNDFILE *file);
    sf_count_t (*read)(SNDFILE *file, double *u, sf_count_t frames);
} functions;

static int find(void *library, const char *name, void *function)
{
    void *found = library ? dlsym(library, name) : NULL;
    memcpy(function, &found, sizeof found); /* C knows no way from an object's address to a function's */
    return found != NULL;
}

/* 0 where there is no library. It is looked for each time, which costs little beside opening a file, and stays from the first time on. */
static int functions_find(functions *f)
{
    void *library = dlopen("libsndfile.so.1", RTLD_NOW | RTLD_LOCAL);
    return find(library, "sf_open_fd", &f->open) && find(library, "sf_close", &f->close) &&
           find(library, "sf_command", &f->command) && find(library, "sf_error", &f->error) &&
           find(library, "sf_strerror", &f->text) && find(library, "sf_readf_double", &f->read);
}

SNDFILE *sf_open_fd(int descriptor, int mode, SF_INFO *info, int close)
{
    functions f;
    return functions_find(&f) ? f.open(descriptor, mode, info, close) : NULL;
}

/* Of files that were opened, so that there is a library. */

int sf_close(SNDFILE *file)
{
    functions f;
    return functions_find(&f) ? f.close(file) : 0;
}

int sf_command(SNDFILE *file, int command, void *data, int size)
{
    functions f;
    return functions_find(&f) ? f.command(file, command, data, size) : 0;
}

int sf_error(SNDFILE *file)
{
    functions f;
    return functions_find(&f) ? f.error(file) : 1;
}

const char *sf_strerror(SNDFILE *file)
{
    functions f;
    return functions_find(&f) ? f.text(file)
                              : "libsndfile, which reads those that are packed, is not installed";
}

sf_count_t sf_readf_double(SNDFILE *file, double *u, sf_count_t frames)
{
    functions f;
    return functions_find(&f) ? f.read(file, u, frames) : -1;
}
