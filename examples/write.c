/* SPDX-License-Identifier: MIT
 * write.c - a model of a text writes on, a character at a time, in fixed memory.
 *
 *     write MODEL.safetensors [BEGINNING]    a model that `loci train TEXT.txt` made
 *     write                                  shows the same on a small model with initial values, which knows a few letters */
#include <loci.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CHARACTERS = 400 };

static int failed(const char *what, loci_error error)
{
    fprintf(stderr, "%s: %s\n", what, error.text);
    return 1;
}

static loci_status load(loci_model **model, const char *path, loci_error *error)
{
    FILE *file = fopen(path, "rb");
    void *bytes = NULL;
    size_t size = 0;
    if (file && fseek(file, 0, SEEK_END) == 0 && (size = (size_t)ftell(file)) > 0 && (bytes = malloc(size))) {
        rewind(file);
        size = fread(bytes, 1, size, file);
    }
    if (file) fclose(file);
    if (!bytes) {
        error->status = LOCI_E_IO;
        snprintf(error->text, sizeof error->text, "cannot be read");
        return LOCI_E_IO;
    }
    const loci_status status = loci_model_load(model, bytes, size, error);
    free(bytes);
    return status;
}

static loci_status small(loci_model **model, loci_error *error)
{
    static const char *const letters[] = {"\n", " ", "a", "c", "i", "l", "o"};
    const size_t count = sizeof letters / sizeof *letters;
    loci_model_config config;
    loci_status status = loci_model_preset(&config, "text", 1, count, error);
    config.vocabulary = count, config.pool = LOCI_POOL_NONE, config.layers = 1, config.width = 16;
    if (!status) status = loci_model_create(model, &config, error);
    if (status) return status;
    loci_model_initialize(*model, 1);
    const loci_model_about about = {.size = sizeof about, .task = LOCI_TASK_NEXT, .classes = letters};
    return loci_model_describe(*model, &about, error);
}

/* room: for an answer, and for the draw. */
static int write_on(const loci_model *model, loci_stream *stream, float *y, loci_token_weight *room)
{
    const loci_token_choice choice = {sizeof choice, .temperature = 0.8};
    loci_error error;
    loci_stream_answer(stream, 0, y);
    for (uint64_t i = 0; i < CHARACTERS; i++) {
        char text[LOCI_TOKEN_TEXT];
        const size_t token = loci_token_draw(model, y, &choice, 1, i, room);
        const float next = (float)token;
        fwrite(text, 1, loci_token_spell(model, text, token), stdout);
        if (loci_stream_push(stream, NULL, 1, &next, NULL, 1, 1, y, &error)) return failed("push", error);
    }
    putchar('\n');
    return 0;
}

int main(int argc, char **argv)
{
    const char *begin = argc > 2 ? argv[2] : "\n";
    loci_model *model = NULL;
    loci_stream_tables *tables = NULL;
    loci_stream *stream = NULL;
    loci_error error;
    size_t count = 0;
    const char *name = argc > 1 ? argv[1] : "small model";
    if (argc > 1 ? load(&model, name, &error) : small(&model, &error)) return failed(name, error);
    float *tokens = calloc(strlen(begin) + 1, sizeof *tokens);
    float *y = calloc(loci_model_configuration(model)->outputs, sizeof *y);
    loci_token_weight *room = calloc(loci_token_count(model) + 1, sizeof *room);
    int status = !tokens || !y || !room;
    if (!status && (loci_token_read(model, tokens, &count, begin, strlen(begin), &error) ||
                    loci_stream_tables_create(&tables, model, 0, 0, &error) ||
                    loci_stream_init(&stream, NULL, 0, tables, 1, &error) ||
                    loci_stream_push(stream, NULL, 1, tokens, NULL, count, 0, NULL, &error)))
        status = failed(name, error);
    if (!status) status = write_on(model, stream, y, room);
    free(tokens), free(y), free(room);
    loci_stream_free(stream);
    loci_stream_tables_free(tables);
    loci_model_free(model);
    return status;
}
