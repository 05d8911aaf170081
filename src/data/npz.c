/* SPDX-License-Identifier: MIT
 * npz.c - one array out of an .npz archive: a zip file of NPY members, stored or deflated. */
#include <loci/data.h>

#include <stdio.h>
#include <string.h>

#include <zip.h>

#include "base/allocate.h"
#include "base/status.h"
#include "data/npy.h"
#include "data/quote.h"

typedef struct {
    zip_t *archive;
    zip_file_t *file;
} npz_member;

static loci_status member_read(loci_input *input, unsigned char *bytes, size_t room, size_t *count,
                               loci_error *error)
{
    const npz_member *own = input->own;
    const zip_int64_t got = zip_fread(own->file, bytes, room);
    if (got < 0)
        return loci_fail(error, LOCI_E_FORMAT, "%s: is damaged: %s", input->name,
                         zip_file_strerror(own->file));
    *count = (size_t)got;
    return LOCI_OK;
}

static void member_close(void *own)
{
    npz_member *m = own;
    if (m->file) zip_fclose(m->file);
    zip_discard(m->archive);
    loci_free(m);
}

static loci_status archive_open(zip_t **archive, const char *path, const char *name, loci_error *error)
{
    int reason = 0;
    *archive = zip_open(path, ZIP_RDONLY, &reason);
    if (*archive) return LOCI_OK;
    zip_error_t details;
    zip_error_init_with_code(&details, reason);
    const loci_status status = reason == ZIP_ER_MEMORY ? LOCI_E_MEMORY
                               : reason == ZIP_ER_OPEN || reason == ZIP_ER_READ || reason == ZIP_ER_NOENT
                                   ? LOCI_E_IO
                                   : LOCI_E_FORMAT;
    loci_fail(error, status, "%s: cannot be opened as an archive: %s", name, zip_error_strerror(&details));
    zip_error_fini(&details);
    return status;
}

/* The file "<name>.npy" in the archive of *m. */
static loci_status member_find(npz_member *m, loci_input *input, const char *name, loci_error *error)
{
    char file[256], quoted[40];
    loci_quote(quoted, sizeof quoted, name, strlen(name));
    const int length = snprintf(file, sizeof file, "%s.npy", name);
    const zip_int64_t index =
        length > 0 && (size_t)length < sizeof file ? zip_name_locate(m->archive, file, 0) : -1;
    if (index < 0) return loci_fail(error, LOCI_E_RANGE, "%s: has no member %s", input->name, quoted);
    m->file = zip_fopen_index(m->archive, (zip_uint64_t)index, 0);
    if (!m->file)
        return loci_fail(error, LOCI_E_FORMAT, "%s: member %s cannot be read: %s", input->name, quoted,
                         zip_strerror(m->archive));
    const size_t used = strlen(input->name);
    snprintf(input->name + used, sizeof input->name - used, ": member %s", quoted);
    return LOCI_OK;
}

static loci_status member_open(loci_input *input, const char *path, const char *name, loci_error *error)
{
    static const loci_input_source source = {.read = member_read, .close = member_close};
    *input = (loci_input){.descriptor = -1};
    loci_input_name(input->name, 140, path);
    npz_member *own = loci_allocate(1, sizeof *own);
    if (!own) return loci_fail(error, LOCI_E_MEMORY, "%s: out of memory", input->name);
    loci_status status = archive_open(&own->archive, path, input->name, error);
    if (status != LOCI_OK) {
        loci_free(own);
        return status;
    }
    status = loci_input_begin(input, &source, own, error);
    return status == LOCI_OK ? member_find(own, input, name, error) : status;
}

loci_status loci_npz_read(loci_array *array, const char *path, const char *member, loci_error *error)
{
    *array = (loci_array){0};
    loci_input input;
    loci_status status = member_open(&input, path, member, error);
    if (status == LOCI_OK) status = loci_npy_read_input(array, &input, NULL, error);
    loci_input_close(&input);
    return status;
}
