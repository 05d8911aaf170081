/* SPDX-License-Identifier: MIT
 * source_step.c - PREFIX.h and PREFIX.c: the state, the texts of the steps that are called, constants, and the calls. */
#include "export/source_text.h"

#include <ctype.h>
#include <string.h>

static const char *const types[] = {"float", "uint32_t", "uint64_t", "int8_t"};

/* ---- the header ---- */

void loci_source_header(loci_source_text *t)
{
    const loci_export *p = t->p;
    char big[LOCI_EXPORT_PREFIX];
    loci_source_capitals(p, big);
    loci_source_put(
        t,
        "/* %s.h - %s, a sample at a time; made by `loci export` %s.\n *\n"
        " * Begin with %s_init, then call %s_step for each sample. The state is a plain struct: copied is forked. Nothing\n"
        " * allocates, and states do not know of each other. */\n"
        "#ifndef %s_H\n#define %s_H\n\n#include <stdint.h>\n\n"
        "#ifdef __cplusplus\nextern \"C\" {\n#endif\n\n",
        p->prefix, p->origin, loci_version(), p->prefix, p->prefix, big, big);
    loci_source_put(t, "#define %s_INPUTS %zu\n#define %s_OUTPUTS %zu\n", big, p->inputs, big, p->outputs);
    if (p->rate > 0) {
        loci_source_put(t, "#define %s_RATE ", big);
        loci_source_real(t, p->rate, 9);
        loci_source_put(t, " /* samples a second */\n");
    }
    loci_source_put(t, "\ntypedef struct {\n");
    if (p->state.count == 0) loci_source_put(t, "    uint32_t none; /* it remembers nothing */\n");
    for (size_t i = 0; i < p->state.count; i++) {
        const loci_array *field = &loci_program_state(p)[i];
        loci_source_put(t, "    %s %s[%zu];\n", types[field->word], field->name, field->count);
    }
    loci_source_put(t, "} %s_state;\n\n", p->prefix);
    if (p->classes)
        loci_source_put(t, "extern const char *const %s_names[%s_OUTPUTS]; /* of the %s */\n\n", p->prefix,
                        big, p->tokens ? "tokens" : "classes");
    loci_source_put(t, "void %s_init(%s_state *state);\n\n", p->prefix, p->prefix);
    loci_source_put(t, "/* in [%s_INPUTS]: one sample, ", big);
    if (p->tokens)
        loci_source_put(t, "the number of a token, 0 to %d (of what is none, that of 0)", p->tokens - 1);
    else
        loci_source_put(t, "finite numbers as they come from the source, in single precision");
    loci_source_put(t, ".\n * out [%s_OUTPUTS]: %s; NULL: not wanted now, which is quicker. */\n", big,
                    p->answer);
    loci_source_put(t, "void %s_step(%s_state *state, const float *in, float *out);\n", p->prefix, p->prefix);
    loci_source_put(t, "\n#ifdef __cplusplus\n}\n#endif\n#endif\n");
}

/* ---- texts of steps ---- */

enum { LINE = 80 }; /* characters of a line, behind which calls go on in the next */

static const char begins[] = "static inline ";

static int is_word(char c)
{
    return isalnum((unsigned char)c) || c == '_';
}

/* Whether a line calls, or defines, the function of this name. */
static int names(const char *line, const char *name, size_t length)
{
    for (const char *at = line; *at; at++)
        if (strncmp(at, name, length) == 0 && at[length] == '(' && (at == line || !is_word(at[-1]))) return 1;
    return 0;
}

/* The first line of the piece that defines a function; NULL: none does. */
static const char *const *piece_of(const char *name, size_t length)
{
    const char *const *first = loci_step_lines;
    for (const char *const *line = loci_step_lines; *line; line++) {
        if (!**line) first = line + 1;
        if (strncmp(*line, begins, strlen(begins)) == 0 && names(*line, name, length)) return first;
    }
    return NULL;
}

/* The functions that have been written, as bits of their numbers among the lines. */
typedef struct {
    const char *const *done[128];
    size_t count;
} written;

static void put_piece(loci_source_text *t, written *w, const char *const *piece);

/* Those that the piece calls: words in front of a "(", outside of comments, that are functions of pieces themselves. */
static void put_called(loci_source_text *t, written *w, const char *const *piece)
{
    int comment = 0;
    for (const char *const *line = piece; *line && **line; line++)
        for (const char *c = *line; *c; c++) {
            const char *end = c;
            comment = comment ? !(c > *line && c[-1] == '*' && *c == '/') : c[0] == '/' && c[1] == '*';
            if (comment) continue;
            if (!is_word(*c) || (c > *line && is_word(c[-1]))) continue;
            while (is_word(*end)) end++;
            if (*end != '(') continue;
            const char *const *other = piece_of(c, (size_t)(end - c));
            if (other && other != piece) put_piece(t, w, other);
        }
}

static void put_piece(loci_source_text *t, written *w, const char *const *piece)
{
    for (size_t i = 0; i < w->count; i++)
        if (w->done[i] == piece) return;
    if (w->count == sizeof w->done / sizeof *w->done) {
        t->failed = 1;
        return;
    }
    w->done[w->count++] = piece;
    put_called(t, w, piece);
    const size_t indent = strlen("inline ");
    int head = 0;  /* in what is in front of the body, whose lines stand under its first one */
    int stays = 0; /* inline, as what gives a number is, for its constants then stay in registers */
    for (const char *const *line = piece; *line && **line; line++) {
        const char *text = *line;
        if (strncmp(text, begins, strlen(begins)) == 0) {
            head = 1;
            stays = strncmp(text + strlen(begins), "void ", 5) != 0;
            text += stays ? 0 : strlen(begins);
            loci_source_put(t, stays ? "" : "static ");
        } else if (*text == '{') {
            head = 0;
        } else if (head && !stays && strspn(text, " ") >= indent) {
            text += indent;
        }
        loci_source_put(t, "%s\n", text);
    }
    loci_source_put(t, "\n");
}

/* ---- calls ---- */

static void put_place(loci_source_text *t, loci_place place)
{
    switch (place.kind) {
    case LOCI_PLACE_NONE:
        loci_source_put(t, "NULL");
        return;
    case LOCI_PLACE_COUNT:
        loci_source_put(t, "%d", place.count);
        return;
    case LOCI_PLACE_REAL:
        loci_source_float(t, place.real);
        return;
    case LOCI_PLACE_IN:
        loci_source_put(t, "in");
        break;
    case LOCI_PLACE_OUT:
        loci_source_put(t, "out");
        break;
    case LOCI_PLACE_ROOM:
        loci_source_put(t, "room%zu", place.which);
        break;
    case LOCI_PLACE_BYTES:
        loci_source_put(t, "(int8_t *)room%zu", place.which);
        break;
    case LOCI_PLACE_STATE:
        loci_source_put(t, "state->%s", loci_program_state(t->p)[place.which].name);
        break;
    case LOCI_PLACE_CONSTANT:
        loci_source_put(t, "%s", loci_program_constants(t->p)[place.which].name);
        break;
    }
    if (place.offset) loci_source_put(t, " + %zu", place.offset);
}

static void put_step(loci_source_text *t)
{
    const loci_export *p = t->p;
    loci_source_put(t, "void %s_step(%s_state *state, const float *in, float *out)\n{\n", p->prefix,
                    p->prefix);
    for (size_t i = 0; i < p->rooms.count; i++)
        loci_source_put(t, "    float room%zu[%zu];\n", i, loci_program_rooms(p)[i].count);
    if (p->state.count == 0) loci_source_put(t, "    (void)state;\n");
    for (size_t k = 0; k < p->calls.count; k++) {
        const loci_call *call = &loci_program_calls(p)[k];
        if (k == p->answers) loci_source_put(t, "\n    if (out == NULL) return;\n");
        if (call->note[0]) loci_source_put(t, "\n    /* %s */\n", call->note);
        size_t line = t->length; /* where it begins */
        loci_source_put(t, "    %s(", call->step->name);
        for (size_t i = 0; i < call->step->operands; i++) {
            const int full = t->length - line > LINE;
            if (i) loci_source_put(t, full ? ",\n" : ", ");
            if (i && full) {
                line = t->length;
                loci_source_put(t, "        ");
            }
            put_place(t, call->operand[i]);
        }
        loci_source_put(t, ");\n");
    }
    loci_source_put(t, "}\n");
}

void loci_source_source(loci_source_text *t)
{
    const loci_export *p = t->p;
    written w = {.count = 0};
    loci_source_put(
        t,
        "/* %s.c - %s, a sample at a time; made by `loci export` %s. C99; of libm sqrtf alone.\n *\n"
        " * What steps do, the model's constants, and at the end the step itself, which calls them. */\n"
        "#include \"%s.h\"\n\n#include <math.h>\n#include <stddef.h>\n#include <string.h>\n\n"
        "/* ---- what steps do ---- */\n\n",
        p->prefix, p->origin, loci_version(), p->prefix);
    for (size_t k = 0; k < p->calls.count; k++) {
        const char *name = loci_program_calls(p)[k].step->name;
        const char *const *piece = piece_of(name, strlen(name));
        if (piece)
            put_piece(t, &w, piece);
        else
            t->failed = 1;
    }
    loci_source_put(t, "/* ---- constants ---- */\n\n");
    if (p->classes) {
        char big[LOCI_EXPORT_PREFIX];
        loci_source_capitals(p, big);
        loci_source_put(t, "const char *const %s_names[%s_OUTPUTS] = {\n", p->prefix, big);
        for (size_t i = 0; i < p->outputs; i++) {
            loci_source_put(t, "    ");
            loci_source_quoted(t, p->classes[i]);
            loci_source_put(t, ",\n");
        }
        loci_source_put(t, "};\n\n");
    }
    for (size_t i = 0; i < p->constants.count; i++) {
        const loci_array *constant = &loci_program_constants(p)[i];
        loci_source_put(t, "static const %s %s[%zu] = {", types[constant->word], constant->name,
                        constant->count);
        loci_source_numbers(t, constant->word, constant->data, constant->count);
        loci_source_put(t, "\n};\n\n");
    }
    loci_source_put(t,
                    "/* ---- the model ---- */\n\nvoid %s_init(%s_state *state)\n{\n"
                    "    memset(state, 0, sizeof *state);\n}\n\n",
                    p->prefix, p->prefix);
    put_step(t);
}
