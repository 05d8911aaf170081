/* SPDX-License-Identifier: MIT
 *
 * sndfile.h - what src/data/audio.c asks of libsndfile, for a build without it: its interface, whose functions src/sound.c looks for
 * when a sound needs them.
 */
#ifndef LOCI_PYTHON_SNDFILE_H
#define LOCI_PYTHON_SNDFILE_H

#include <stdint.h>

enum {
    SF_FORMAT_PAF = 0x050000,
    SF_FORMAT_SVX = 0x060000,
    SF_FORMAT_VOC = 0x080000,
    SF_FORMAT_IRCAM = 0x0A0000,
    SF_FORMAT_MAT4 = 0x0C0000,
    SF_FORMAT_MAT5 = 0x0D0000,
    SF_FORMAT_PVF = 0x0E0000,
    SF_FORMAT_AVR = 0x120000,
    SF_FORMAT_FLAC = 0x170000,
    SF_FORMAT_WVE = 0x190000,
    SF_FORMAT_MPC2K = 0x210000,
    SF_FORMAT_MPEG = 0x230000,
    SF_FORMAT_TYPEMASK = 0x0FFF0000
};
enum {
    SF_FORMAT_PCM_S8 = 0x01,
    SF_FORMAT_PCM_16 = 0x02,
    SF_FORMAT_PCM_32 = 0x04,
    SF_FORMAT_FLOAT = 0x06,
    SF_FORMAT_ULAW = 0x10,
    SF_FORMAT_ALAW = 0x11,
    SF_FORMAT_SUBMASK = 0xFFFF
};
enum { SF_ERR_NO_ERROR = 0, SFM_READ = 0x10, SFC_GET_LOG_INFO = 0x1001 };

typedef int64_t sf_count_t;
typedef struct sf_private_tag SNDFILE;
typedef struct {
    sf_count_t frames;
    int samplerate, channels, format, sections, seekable;
} SF_INFO;

SNDFILE *sf_open_fd(int descriptor, int mode, SF_INFO *info, int close);
int sf_close(SNDFILE *file);
int sf_command(SNDFILE *file, int command, void *data, int size);
int sf_error(SNDFILE *file);
const char *sf_strerror(SNDFILE *file);
sf_count_t sf_readf_double(SNDFILE *file, double *u, sf_count_t frames);

#endif
