/* SPDX-License-Identifier: MIT
 * test_audio.c - audio written by libsndfile, read as a signal; cut, empty and damaged files. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <sndfile.h>

#include <loci/data.h>

#include "reading.h"

#define FRAMES 40000

/* Frames of two channels, of multiples of 2^-15 so that 16 bits hold them. */
static double *make_frames(size_t frames)
{
    double *u = malloc((frames + 1) * 2 * sizeof *u);
    for (size_t i = 0; i < 2 * frames; i++) u[i] = floor(30000 * sin(0.01 * (double)i)) / 32768;
    return u;
}

static const char *make_file(const char *name, int format, size_t frames)
{
    const char *path = temporary_path(name);
    SF_INFO info = {.samplerate = 8000, .channels = 2, .format = format};
    SNDFILE *file = sf_open(path, SFM_WRITE, &info);
    if (!file) return NULL; /* a libsndfile without this format */
    /* libsndfile writes doubles with a factor of 32767, but reads with one of 1/32768: integers come back as they were */
    double *u = make_frames(frames);
    int *whole = malloc(2 * frames * sizeof *whole + 1);
    for (size_t i = 0; i < 2 * frames; i++) whole[i] = (int)(u[i] * 2147483648.0);
    const int sub = format & SF_FORMAT_SUBMASK;
    const int integers = sub != SF_FORMAT_FLOAT && sub != SF_FORMAT_DOUBLE;
    const sf_count_t n = (sf_count_t)frames;
    assert_true((integers ? sf_writef_int(file, whole, n) : sf_writef_double(file, u, n)) == n);
    free(whole);
    free(u);
    sf_close(file);
    return path;
}

static void lossless_formats_come_as_written(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        int format;
    } kinds[] = {
        {"a.wav", SF_FORMAT_WAV | SF_FORMAT_PCM_16},
        {"f.wav", SF_FORMAT_WAV | SF_FORMAT_FLOAT},
        {"x.wav", SF_FORMAT_WAV | SF_ENDIAN_BIG | SF_FORMAT_PCM_24},
        {"a.aiff", SF_FORMAT_AIFF | SF_FORMAT_PCM_16},
        {"a.flac", SF_FORMAT_FLAC | SF_FORMAT_PCM_16},
        {"a.au", SF_FORMAT_AU | SF_FORMAT_PCM_32},
        {"a.caf", SF_FORMAT_CAF | SF_FORMAT_PCM_16},
        {"a.w64", SF_FORMAT_W64 | SF_FORMAT_PCM_16},
        {"a.rf64", SF_FORMAT_RF64 | SF_FORMAT_PCM_16},
        {"a.nist", SF_FORMAT_NIST | SF_FORMAT_PCM_16},
        {"w.wav", SF_FORMAT_WAVEX | SF_FORMAT_PCM_24},
        {"d.wav", SF_FORMAT_WAV | SF_FORMAT_DOUBLE},
        {"l.au", SF_ENDIAN_LITTLE | SF_FORMAT_AU | SF_FORMAT_PCM_24},
        {"f.aifc", SF_FORMAT_AIFF | SF_FORMAT_FLOAT},
        {"l.aifc", SF_ENDIAN_LITTLE | SF_FORMAT_AIFF | SF_FORMAT_PCM_16},
        {"l.caf", SF_ENDIAN_LITTLE | SF_FORMAT_CAF | SF_FORMAT_PCM_32},
        {"d.caf", SF_FORMAT_CAF | SF_FORMAT_DOUBLE},
        {"f.w64", SF_FORMAT_W64 | SF_FORMAT_FLOAT},
    };
    static const size_t groups[] = {1000, 4097, FRAMES, 3 * FRAMES};
    double *u = make_frames(FRAMES);
    for (size_t k = 0; k < sizeof kinds / sizeof kinds[0]; k++) {
        const char *path = make_file(kinds[k].name, kinds[k].format, FRAMES);
        for (size_t g = 0; path && g < sizeof groups / sizeof groups[0]; g++) {
            reading r = read_path(path, NULL, groups[g]);
            if (r.status != LOCI_OK) fail_msg("%s", r.error.text);
            assert_int_equal(r.count, FRAMES);
            assert_int_equal(r.info.samples, FRAMES);
            assert_int_equal(r.info.channels, 2);
            assert_true(r.info.rate == 8000);
            assert_memory_equal(r.u, u, 2 * FRAMES * sizeof *u);
            reading_free(&r);
        }
    }
    free(u);
}

static void lossy_formats_come_near(void **state)
{
    (void)state;
    const char *path = make_file("a.ogg", SF_FORMAT_OGG | SF_FORMAT_VORBIS, FRAMES);
    if (!path) return;
    double *u = make_frames(FRAMES), error = 0, power = 0;
    reading r = read_path(path, NULL, 1000);
    assert_int_equal(r.status, LOCI_OK);
    assert_int_equal(r.count, FRAMES);
    for (size_t i = 0; i < 2 * FRAMES; i++) {
        error += (r.u[i] - u[i]) * (r.u[i] - u[i]);
        power += u[i] * u[i];
    }
    assert_true(error < 0.01 * power);
    reading_free(&r);
    free(u);
}

/* Cut anywhere, a file is refused, or gives what is left of it and then says that it was cut: never just fewer samples, but where a header
 * does not tell of any number, and samples end with the file. */
static void cut_files_do_not_pass_for_short_ones(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        int format;
        size_t open; /* bytes of a header that does not tell */
    } kinds[] = {{"whole.wav", SF_FORMAT_WAV | SF_FORMAT_PCM_16, 0},
                 {"whole.aiff", SF_FORMAT_AIFF | SF_FORMAT_PCM_16, 0},
                 {"whole.flac", SF_FORMAT_FLAC | SF_FORMAT_PCM_16, 0},
                 {"whole.rf64", SF_FORMAT_RF64 | SF_FORMAT_PCM_16, 0},
                 {"whole.w64", SF_FORMAT_W64 | SF_FORMAT_PCM_24, 0},
                 {"whole.au", SF_FORMAT_AU | SF_FORMAT_PCM_16, 0},
                 {"little.au", SF_ENDIAN_LITTLE | SF_FORMAT_AU | SF_FORMAT_FLOAT, 0},
                 {"whole.rifx", SF_ENDIAN_BIG | SF_FORMAT_WAV | SF_FORMAT_PCM_16, 0},
                 {"ulaw.wav", SF_FORMAT_WAV | SF_FORMAT_ULAW, 0},
                 {"wavex.wav", SF_FORMAT_WAVEX | SF_FORMAT_PCM_24, 0},
                 {"adpcm.wav", SF_FORMAT_WAV | SF_FORMAT_IMA_ADPCM, 0},
                 {"whole.aifc", SF_FORMAT_AIFF | SF_FORMAT_FLOAT, 0},
                 {"whole.caf", SF_FORMAT_CAF | SF_FORMAT_PCM_16, 0},
                 {"alac.caf", SF_FORMAT_CAF | SF_FORMAT_ALAC_16, 0},
                 {"whole.nist", SF_FORMAT_NIST | SF_FORMAT_PCM_16, 0},
                 {"whole.ogg", SF_FORMAT_OGG | SF_FORMAT_VORBIS, 0},
                 {"whole.voc", SF_FORMAT_VOC | SF_FORMAT_PCM_16, 0},
                 {"whole.svx", SF_FORMAT_SVX | SF_FORMAT_PCM_16, 0},
                 {"whole.mat4", SF_FORMAT_MAT4 | SF_FORMAT_PCM_16, 0},
                 {"whole.mat5", SF_FORMAT_MAT5 | SF_FORMAT_PCM_16, 0},
                 {"whole.avr", SF_FORMAT_AVR | SF_FORMAT_PCM_16, 0},
                 {"whole.htk", SF_FORMAT_HTK | SF_FORMAT_PCM_16, 0},
                 {"whole.sds", SF_FORMAT_SDS | SF_FORMAT_PCM_16, 0},
                 {"whole.mpc", SF_FORMAT_MPC2K | SF_FORMAT_PCM_16, 0},
                 {"whole.xi", SF_FORMAT_XI | SF_FORMAT_DPCM_16, 0},
                 {"whole.wve", SF_FORMAT_WVE | SF_FORMAT_ALAW, 0},
                 {"whole.sd2", SF_FORMAT_SD2 | SF_FORMAT_PCM_16, 0},
                 {"whole.paf", SF_FORMAT_PAF | SF_FORMAT_PCM_16, 2048},
                 {"whole.pvf", SF_FORMAT_PVF | SF_FORMAT_PCM_16, 15},
                 {"whole.ircam", SF_FORMAT_IRCAM | SF_FORMAT_PCM_16, 1024},
                 {"gsm.wav", SF_FORMAT_WAV | SF_FORMAT_GSM610, 0},
                 {"ms.wav", SF_FORMAT_WAV | SF_FORMAT_MS_ADPCM, 0},
                 {"g721.au", SF_FORMAT_AU | SF_FORMAT_G721_32, 0}};
    for (size_t k = 0; k < sizeof kinds / sizeof kinds[0]; k++) {
        const char *path = make_file(kinds[k].name, kinds[k].format, 3000);
        if (!path) continue;
        void *bytes;
        size_t size;
        assert_int_equal(loci_file_read(path, &bytes, &size, 1 << 20, NULL), LOCI_OK);
        for (size_t cut = 2; cut < size; cut += 1 + size / 97) {
            loci_signal *signal;
            loci_error error = {0};
            path = temporary_bytes("cut.audio", bytes, cut);
            if (loci_signal_open(&signal, path, NULL, &error) != LOCI_OK) {
                assert_non_null(strstr(error.text, "cut.audio: "));
                if (cut >= 4 && strstr(kinds[k].name, ".ogg"))
                    assert_non_null(strstr(error.text, "is cut short"));
                continue;
            }
            reading r = read_all(signal, 1000);
            const size_t header = kinds[k].open; /* two channels of 16 bits */
            if (r.status == LOCI_OK && !(header && cut > header && r.count * 4 == cut - header))
                fail_msg("%s cut to %zu of %zu bytes gave %zu samples", kinds[k].name, cut, size, r.count);
            reading_free(&r);
        }
        loci_bytes_free(bytes);
    }
}

/* As an encoder leaves it that wrote into a pipe: the header does not tell how many samples there are. */
static void cut_flac_that_does_not_tell_is_refused(void **state)
{
    (void)state;
    const char *path = make_file("pipe.flac", SF_FORMAT_FLAC | SF_FORMAT_PCM_16, FRAMES);
    if (!path) return;
    void *read;
    size_t size;
    assert_int_equal(loci_file_read(path, &read, &size, 1 << 22, NULL), LOCI_OK);
    unsigned char *bytes = malloc(size);
    memcpy(bytes, read, size);
    loci_bytes_free(read);
    bytes[21] &= 0xF0;
    memset(bytes + 22, 0, 20); /* and their digest */
    reading r = read_path(temporary_bytes("pipe.flac", bytes, size), NULL, 1000);
    assert_true(r.status == LOCI_OK && r.count == FRAMES);
    reading_free(&r);
    size_t refused = 0, between = 0;
    for (size_t cut = size - 1; cut > size / 2; cut -= cut > size - 300 ? 1 : 97) {
        loci_signal *signal;
        loci_error error;
        const int begins = bytes[cut] == 0xFF && (bytes[cut + 1] & 0xFE) == 0xF8;
        if (loci_signal_open(&signal, temporary_bytes("cut.flac", bytes, cut), NULL, &error) == LOCI_OK) {
            loci_signal_close(signal);
            assert_true(begins);
            between++;
            continue;
        }
        assert_non_null(strstr(error.text, "cut.flac: is cut short"));
        refused++;
    }
    assert_true(refused > 300 && between < 5);
    free(bytes);
}

/* An encoder says how many bytes there are, give or take a frame. */
static void cut_mpeg_is_refused(void **state)
{
    (void)state;
    const char *path = make_file("whole.mp3", SF_FORMAT_MPEG | SF_FORMAT_MPEG_LAYER_III, FRAMES);
    if (!path) return;
    void *bytes;
    size_t size;
    assert_int_equal(loci_file_read(path, &bytes, &size, 1 << 20, NULL), LOCI_OK);
    reading r = read_path(path, NULL, 1000);
    assert_true(r.status == LOCI_OK && r.count >= FRAMES);
    reading_free(&r);
    expect_failure(temporary_bytes("cut.mp3", bytes, size / 2), NULL, LOCI_E_FORMAT, "cut.mp3: is cut short");
    expect_failure(temporary_bytes("cut.mp3", bytes, size - 2000), NULL, LOCI_E_FORMAT,
                   "cut.mp3: is cut short");
    free(bytes);
}

static void put4(unsigned char *at, uint32_t value)
{
    for (int i = 0; i < 4; i++) at[i] = (unsigned char)(value >> (8 * i));
}

/* A WAV file of one channel of 16 bits, whose header speaks of `claimed` bytes of samples. */
static size_t make_wav(unsigned char *bytes, uint32_t claimed, size_t size)
{
    memset(bytes, 0, 44 + size);
    memcpy(bytes, "RIFF....WAVEfmt ", 16);
    put4(bytes + 4, claimed > 0xFFFFFFFF - 36 ? claimed : claimed + 36);
    put4(bytes + 16, 16);
    put4(bytes + 20, 1 | 1 << 16);
    put4(bytes + 24, 8000);
    put4(bytes + 28, 16000);
    put4(bytes + 32, 2 | 16 << 16);
    memcpy(bytes + 36, "data", 4);
    put4(bytes + 40, claimed);
    return 44 + size;
}

static void lengths_in_headers_are_checked(void **state)
{
    (void)state;
    unsigned char bytes[256];
    reading r = read_path(temporary_bytes("a.wav", bytes, make_wav(bytes, 100, 100)), NULL, 10);
    assert_true(r.status == LOCI_OK && r.count == 50 && r.info.channels == 1);
    reading_free(&r);
    expect_failure(temporary_bytes("a.wav", bytes, make_wav(bytes, 101, 100)), NULL, LOCI_E_FORMAT,
                   "a.wav: is cut short: its header speaks of 101 bytes of samples, and 100 are there");
    expect_failure(temporary_bytes("a.wav", bytes, make_wav(bytes, 0, 0)), NULL, LOCI_E_FORMAT,
                   "a.wav: holds no samples");
    expect_failure(temporary_bytes("a.wav", bytes, make_wav(bytes, 1, 1)), NULL, LOCI_E_FORMAT,
                   "a.wav: holds no samples"); /* half of one */
    expect_failure(temporary_bytes("a.wav", bytes, make_wav(bytes, 0xFFFFFFFF, 1)), NULL, LOCI_E_FORMAT,
                   "a.wav: holds no samples");
    /* nothing but chunks follows: the recording is empty */
    size_t size = make_wav(bytes, 0, 12);
    memcpy(bytes + 44, "LIST\4\0\0\0abcd", 12);
    expect_failure(temporary_bytes("a.wav", bytes, size), NULL, LOCI_E_FORMAT, "a.wav: holds no samples");
    /* what recorders leave that could not seek, or were killed; the last byte is half a sample */
    static const uint32_t unknown[] = {0xFFFFFFFF, 0x7FFFFFFF, 0x80000000, 0x7FFFF000, 0xFFFFFFDB, 0};
    for (size_t k = 0; k < sizeof unknown / sizeof *unknown; k++) {
        for (int pipe = 0; pipe < 2; pipe++) {
            size = make_wav(bytes, unknown[k], 101);
            for (size_t i = 44; i < size; i++) bytes[i] = (unsigned char)(i % 2);
            const int before = standard_input_from(NULL, bytes, size);
            loci_signal *signal;
            assert_int_equal(
                loci_signal_open(&signal, pipe ? "-" : temporary_bytes("a.wav", bytes, size), NULL, NULL),
                LOCI_OK);
            assert_non_null(strstr(loci_signal_remark(signal, 0), "they are read to the end"));
            r = read_all(signal, 10);
            standard_input_back(before);
            assert_true(r.status == LOCI_OK && r.count == 50 && r.u[49] == 256.0 / 32768);
            reading_free(&r);
        }
    }
    /* and what is none of those is cut */
    static const uint32_t cut[] = {3000000000u, 0x7FFEFFFF, 0x80020000u, 0xFFFEFFFF, 102};
    for (size_t k = 0; k < sizeof cut / sizeof *cut; k++)
        expect_failure(temporary_bytes("a.wav", bytes, make_wav(bytes, cut[k], 100)), NULL, LOCI_E_FORMAT,
                       "a.wav: is cut short: its header speaks of");
}

/* AU, RF64, W64, AIFF and CAF whose recorder was killed, or wrote into a pipe. */
static void other_containers_may_be_open_at_the_end(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        int format;
        size_t at, size; /* of the length in its header */
    } kinds[] = {{"o.au", SF_FORMAT_AU | SF_FORMAT_PCM_16, 8, 4},
                 {"o.rf64", SF_FORMAT_RF64 | SF_FORMAT_PCM_16, 28, 8},
                 {"o.w64", SF_FORMAT_W64 | SF_FORMAT_PCM_16, 0, 8},
                 {"o.caf", SF_FORMAT_CAF | SF_FORMAT_PCM_16, 0, 8}};
    double *u = make_frames(300);
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
        const char *path = make_file(kinds[k].name, kinds[k].format, 300);
        if (!path) continue;
        void *bytes;
        size_t size, at = kinds[k].at;
        assert_int_equal(loci_file_read(path, &bytes, &size, 1 << 20, NULL), LOCI_OK);
        unsigned char *b = bytes;
        if (at == 0) { /* behind the name of the data chunk */
            for (at = 12; memcmp(b + at, "data", 4) != 0 || b[at - 1] >= 0x20; at++) continue;
            at += kinds[k].format & SF_FORMAT_W64 && memcmp(b, "riff", 4) == 0 ? 16 : 4;
        }
        memset(b + at, kinds[k].size == 4 || memcmp(b, "caff", 4) == 0 ? 0xFF : 0, kinds[k].size);
        reading r = read_path(temporary_bytes("open.audio", bytes, size), NULL, 1000);
        if (r.status != LOCI_OK) fail_msg("%s: %s", kinds[k].name, r.error.text);
        assert_true(r.count >= 300 && r.info.channels == 2);
        assert_memory_equal(r.u, u, 600 * sizeof *u);
        reading_free(&r);
        free(bytes);
    }
    free(u);
}

/* Whatever holds plain samples comes through a pipe as from a file, gzip'd as well. */
static void plain_samples_come_through_pipes(void **state)
{
    (void)state;
    static const int formats[] = {SF_FORMAT_WAV | SF_FORMAT_PCM_16, SF_FORMAT_WAVEX | SF_FORMAT_PCM_24,
                                  SF_FORMAT_AU | SF_FORMAT_PCM_16,  SF_FORMAT_AIFF | SF_FORMAT_PCM_16,
                                  SF_FORMAT_CAF | SF_FORMAT_PCM_16, SF_FORMAT_W64 | SF_FORMAT_PCM_16,
                                  SF_FORMAT_RF64 | SF_FORMAT_PCM_16};
    double *u = make_frames(3000);
    for (size_t k = 0; k < sizeof formats / sizeof *formats; k++) {
        const char *path = make_file("piped", formats[k], 3000);
        if (!path) continue;
        for (int cut = 0; cut < 2; cut++) {
            void *bytes;
            size_t size;
            assert_int_equal(loci_file_read(path, &bytes, &size, 1 << 20, NULL), LOCI_OK);
            const int before = standard_input_from(NULL, bytes, cut ? size - 2000 : size);
            free(bytes);
            reading r = read_path("-", NULL, 1000);
            standard_input_back(before);
            if (!cut && r.status != LOCI_OK) fail_msg("%zu: %s", k, r.error.text);
            assert_true(cut ? r.status == LOCI_E_FORMAT && r.count < 3000 : r.count == 3000);
            assert_memory_equal(r.u, u, 2 * r.count * sizeof *u);
            reading_free(&r);
        }
    }
    free(u);
}

static void strangers_are_refused(void **state)
{
    (void)state;
    unsigned char bytes[256];
    memset(bytes, 1, sizeof bytes);
    int before = standard_input_from(NULL, bytes, sizeof bytes);
    expect_failure("-", NULL, LOCI_E_FORMAT,
                   "standard input: is neither text, nor an NPY array, nor audio of plain");
    standard_input_back(before);
    const char *path = make_file("adpcm.wav", SF_FORMAT_WAV | SF_FORMAT_IMA_ADPCM, 3000);
    before = standard_input_from(path, NULL, 0);
    expect_failure("-", NULL, LOCI_E_FORMAT,
                   "standard input: holds audio that is packed, which is read from a plain file only");
    standard_input_back(before);
    for (size_t i = 0; i < sizeof bytes; i++) bytes[i] = (unsigned char)(i * 37 + 1);
    expect_failure(temporary_bytes("noise", bytes, sizeof bytes), NULL, LOCI_E_FORMAT,
                   "noise: is neither text nor an NPY array, nor audio that can be read");
    memcpy(bytes, "fLaC\0\0\0\42", 8);
    expect_failure(temporary_bytes("a.flac", bytes, sizeof bytes), NULL, LOCI_E_FORMAT, "a.flac: is neither");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lossless_formats_come_as_written),
        cmocka_unit_test(lossy_formats_come_near),
        cmocka_unit_test(cut_files_do_not_pass_for_short_ones),
        cmocka_unit_test(lengths_in_headers_are_checked),
        cmocka_unit_test(cut_flac_that_does_not_tell_is_refused),
        cmocka_unit_test(cut_mpeg_is_refused),
        cmocka_unit_test(other_containers_may_be_open_at_the_end),
        cmocka_unit_test(plain_samples_come_through_pipes),
        cmocka_unit_test(strangers_are_refused),
    };
    return cmocka_run_group_tests(tests, temporary_setup, temporary_teardown);
}
