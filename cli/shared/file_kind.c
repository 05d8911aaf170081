/* SPDX-License-Identifier: MIT
 * file_kind.c - files by their first bytes. */
#include "shared/file_kind.h"

#include <string.h>

#include "shared/message.h"
#include "shared/whole_file.h"

enum { LOOKED_AT = 512 };

static const struct {
    file_kind kind;
    size_t length;
    const char *begin;
} marks[] = {{FILE_MEMORY, 8, "LOCIMEM\n"},     {FILE_ARCHIVE, 8, "LOCIARC\n"}, {FILE_STREAM, 8, "LOCISTR\n"},
             {FILE_TRAINING, 8, "LOCITRN\n"},   {FILE_STOPPED, 8, "lociTRAN"},  {FILE_LEARNED, 7, "locifit"},
             {FILE_FORECASTER, 8, "LOCIRDO\n"}, {FILE_PROBE, 8, "LOCIPRB\n"},   {FILE_WATCH, 8, "LOCIWAT\n"},
             {FILE_ARRAY, 6, "\x93NUMPY"},      {FILE_ZIP, 4, "PK\3\4"},        {FILE_SOUND, 4, "RIFF"},
             {FILE_SOUND, 4, "RIFX"},           {FILE_SOUND, 4, "RF64"},        {FILE_SOUND, 4, "riff"},
             {FILE_SOUND, 4, "FORM"},           {FILE_SOUND, 4, ".snd"},        {FILE_SOUND, 4, "fLaC"},
             {FILE_SOUND, 4, "OggS"},           {FILE_SOUND, 4, "caff"},        {FILE_SOUND, 3, "ID3"}};

/* The length of a header that is not longer than 100 MB, and the header's first byte. */
static bool is_model(const unsigned char *b, size_t size)
{
    return size >= 9 && b[8] == '{' && !b[4] && !b[5] && !b[6] && !b[7] && b[3] < 6;
}

/* No control characters but those between words and lines, within what is looked at. */
static bool is_text(const unsigned char *b, size_t size)
{
    for (size_t i = 0; i < size && i < LOOKED_AT; i++)
        if ((b[i] < 0x20 && !strchr("\t\n\f\r\x1a", b[i])) || b[i] == 0 || b[i] == 0x7f || b[i] >= 0xf5 ||
            b[i] == 0xc0 || b[i] == 0xc1)
            return false;
    return true;
}

file_kind file_kind_of(const void *bytes, size_t size)
{
    if (size == 0) return FILE_EMPTY;
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
        if (size >= marks[i].length && memcmp(bytes, marks[i].begin, marks[i].length) == 0)
            return marks[i].kind;
    return is_model(bytes, size) ? FILE_MODEL : is_text(bytes, size) ? FILE_TEXT : FILE_UNKNOWN;
}

file_kind file_kind_at(const char *path)
{
    unsigned char bytes[LOOKED_AT];
    const size_t size = whole_file_begin(path, bytes, sizeof bytes);
    return size ? file_kind_of(bytes, size) : FILE_UNKNOWN;
}

bool file_kind_is_own(file_kind kind)
{
    return kind != FILE_UNKNOWN && kind < FILE_EMPTY;
}

const char *file_kind_words(file_kind kind)
{
    switch (kind) {
    case FILE_MEMORY:
        return "a memory";
    case FILE_ARCHIVE:
        return "an archive";
    case FILE_MODEL:
        return "a model";
    case FILE_STREAM:
        return "the state of a stream";
    case FILE_TRAINING:
        return "a training";
    case FILE_STOPPED:
        return "a stopped training";
    case FILE_LEARNED:
        return "what a model of fit has learned";
    case FILE_FORECASTER:
    case FILE_PROBE:
        return "a forecaster";
    case FILE_WATCH:
        return "the state of a watch";
    case FILE_EMPTY:
        return "empty";
    case FILE_SOUND:
        return "a sound";
    case FILE_ARRAY:
        return "a NumPy array";
    case FILE_ZIP:
        return "a zip file, as of systems and of arrays";
    case FILE_TEXT:
        return "a text";
    case FILE_UNKNOWN:
        break;
    }
    return "another file";
}

int file_kind_check(unsigned wanted, const char *expected, const void *bytes, size_t size, const char *path)
{
    const file_kind kind = file_kind_of(bytes, size);
    if (kind == FILE_UNKNOWN || (wanted & kind)) return STATUS_DONE;
    return message_fail("%s: is %s; %s was expected", path, file_kind_words(kind), expected);
}
