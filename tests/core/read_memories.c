/* SPDX-License-Identifier: MIT
 * read_memories.c - memories that version 0.1 wrote (tests/golden/formats/v1) are read for ever, on any machine: what was
 * recalled of them then is recalled now, and saved again they are the same bytes.
 *
 * read_memories FOLDER: every NAME.loci has a NAME.csv of times and recalled values. Needs the core alone. Output is TAP. */
#include <loci/memory.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { POINTS = 9, CHANNELS = 2 };

/* Values are of size 1 and have 17 digits; recall sums at most 16 coefficients, each of some rounding errors. */
#define TOLERANCE 1e-12

static const char *const names[] = {"legs_held",  "legs_joined", "legs_stamped",       "legs_missing",
                                    "legs_whole", "legt",        "published_bilinear", "published_zoh",
                                    "lagt",       "fout",        "legs-lti_stamped"};

static loci_error error;
static char why[600];

static unsigned char *read_file(const char *folder, const char *name, const char *ending, size_t *size)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s%s", folder, name, ending);
    FILE *file = fopen(path, "rb");
    unsigned char *bytes = malloc(65536);
    *size = file && bytes ? fread(bytes, 1, 65535, file) : 0;
    if (bytes) bytes[*size] = 0;
    if (file) fclose(file);
    return bytes;
}

/* times [POINTS], values [POINTS][channels]; 0 where the text is another. */
static int parse(double *times, double *values, char *text, size_t channels)
{
    char *at = strchr(text, '\n');
    for (int i = 0; at && i < POINTS; i++, at = strchr(at, '\n')) {
        times[i] = strtod(at, &at);
        for (size_t c = 0; c < channels; c++)
            values[(size_t)i * channels + c] = *at == ',' ? strtod(at + 1, &at) : (double)NAN;
    }
    return at != NULL && at[1] == 0;
}

static int complain(const char *what)
{
    snprintf(why, sizeof why, "%s", what);
    return 0;
}

static int recalls(const loci_memory *memory, const loci_memory_plan *plan, size_t channels, char *text)
{
    double times[POINTS], values[POINTS * CHANNELS], now[POINTS];
    if (!parse(times, values, text, channels))
        return complain("the table of values is not what was expected");
    for (size_t c = 0; c < channels; c++) {
        if (loci_memory_recall(memory, plan, LOCI_VALUE, c, times, POINTS, now, &error))
            return complain(error.text);
        for (size_t i = 0; i < POINTS; i++)
            if (!(fabs(now[i] - values[i * channels + c]) <= TOLERANCE)) {
                snprintf(why, sizeof why, "channel %zu at %.17g: %.17g, and was %.17g", c, times[i], now[i],
                         values[i * channels + c]);
                return 0;
            }
    }
    return 1;
}

static int saves_the_same(const loci_memory *memory, const loci_memory_plan *plan,
                          const loci_memory_header *header, const unsigned char *bytes, size_t size)
{
    unsigned char *again = malloc(size);
    const int same =
        again && loci_memory_save_size(memory, plan, header->note_length) == size &&
        !loci_memory_save(memory, plan, header->note, header->note_length, again, size, &error) &&
        memcmp(again, bytes, size) == 0;
    free(again);
    return same ? 1 : complain("saved again it is not the same bytes");
}

static int reads(const char *folder, const char *name)
{
    size_t size, length;
    unsigned char *bytes = read_file(folder, name, ".loci", &size),
                  *text = read_file(folder, name, ".csv", &length);
    loci_memory_header header;
    loci_memory_plan *plan = NULL;
    loci_memory *memory = NULL;
    int good = bytes && text && !loci_memory_load_header(&header, bytes, size, &error) &&
               !loci_memory_plan_create(&plan, &header.spec, &error);
    if (good) {
        memory = aligned_alloc(64, loci_memory_size(plan, header.channels));
        good = memory && header.channels <= CHANNELS && !loci_memory_load(memory, plan, bytes, size, &error);
    }
    if (!good) complain(error.text);
    good = good && recalls(memory, plan, header.channels, (char *)text) &&
           saves_the_same(memory, plan, &header, bytes, size);
    free(memory);
    loci_memory_plan_free(plan);
    free(bytes), free(text);
    return good;
}

int main(int argc, char **argv)
{
    if (argc != 2) return 2;
    const size_t count = sizeof names / sizeof *names;
    int failures = 0;
    printf("1..%zu\n", count);
    for (size_t i = 0; i < count; i++) {
        const int good = reads(argv[1], names[i]);
        printf("%s %zu - %s of version 0.1 is read\n", good ? "ok" : "not ok", i + 1, names[i]);
        if (!good) printf("# %s\n", why), failures++;
    }
    return failures != 0;
}
