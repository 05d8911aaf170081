/* SPDX-License-Identifier: MIT
 * command_generate.c - tokens that follow, drawn one after the other: a text as it comes, or numbers. */
#include "shared/command.h"

#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <loci/stream.h>
#include <loci/token.h>

#include "model/model_open.h"
#include "shared/crew.h"
#include "shared/interrupt.h"
#include "shared/message.h"
#include "shared/options.h"

typedef struct {
    const char *prompt, *ids;
    size_t tokens, top_k, seed, threads;
    double temperature, top_p; /* NAN: not given */
} settings;

enum { TOKENS = 256 }; /* where nobody says how many */
static const double temperature_of_texts = 0.8;
static const size_t large = 4000000; /* weights, from which on threads are worth their start */

typedef struct {
    const settings *s;
    const char *path;
    const loci_model *model;
    bool spelled; /* tokens are written as a text */
    loci_token_choice choice;
    loci_stream_tables *tables;
    loci_stream *stream;
    crew *crew;            /* NULL: none */
    size_t count, outputs; /* tokens of the model; numbers of an answer */
    float *start;          /* [length] */
    size_t length;
    float *answer; /* [outputs] */
    loci_token_weight *room;
    char last; /* byte that was written */
} job;

/* ---- the beginning ---- */

/* Numbers separated by commas; what they are not is wrong usage, what the model has not a failure. */
static int ids_read(job *j)
{
    const char *text = j->s->ids, *at = text;
    j->start = calloc(strlen(text) + 1, sizeof *j->start);
    if (!j->start) return message_memory();
    for (;; at++) {
        const size_t digits = strspn(at, "0123456789");
        if (digits == 0 || (at[digits] && at[digits] != ','))
            return message_usage(
                "generate: --ids is \"%.40s\"; numbers of tokens separated by commas were expected", text);
        const double id = strtod(at, NULL);
        if (!(id < (double)j->count))
            return message_fail("%s: token %.*s does not exist; 0 to %zu was expected", j->path, (int)digits,
                                at, j->count - 1);
        j->start[j->length++] = (float)id;
        at += digits;
        if (!*at) return STATUS_DONE;
    }
}

/* Without a prompt a text begins as a line does, or with the first character that there is. */
static int prompt_read(job *j)
{
    const char *text = j->s->prompt;
    loci_error error;
    const size_t size = text ? strlen(text) : 0;
    j->start = calloc(size + 1, sizeof *j->start);
    if (!j->start) return message_memory();
    if (size > 0)
        return loci_token_read(j->model, j->start, &j->length, text, size, &error) == LOCI_OK
                   ? STATUS_DONE
                   : message_fail("%s: --prompt: %s", j->path, error.text);
    if (loci_token_read(j->model, j->start, &j->length, "\n", 1, NULL) != LOCI_OK) j->length = 1;
    return STATUS_DONE;
}

/* ---- writing ---- */

/* What has gathered in standard output's buffer goes out. A reader that has had enough ends it without words. */
static int flush(void)
{
    if (fflush(stdout) == 0) return STATUS_DONE;
    return errno == EPIPE ? STATUS_FAILED
                          : message_fail("standard output: writing failed: %s", strerror(errno));
}

static int write_token(job *j, size_t token, size_t number)
{
    char text[LOCI_TOKEN_TEXT];
    if (!j->spelled) {
        printf(number ? ",%zu" : "%zu", token);
        j->last = '0';
        return flush();
    }
    const size_t size = loci_token_spell(j->model, text, token);
    fwrite(text, 1, size, stdout);
    if (size) j->last = text[size - 1];
    return flush();
}

static int write_prompt(job *j)
{
    if (!j->spelled || !j->s->prompt || !*j->s->prompt) return STATUS_DONE;
    fputs(j->s->prompt, stdout);
    j->last = j->s->prompt[strlen(j->s->prompt) - 1];
    return flush();
}

/* A line ends, but bytes are what they are, unless they are told as numbers. */
static int finish(job *j)
{
    if (j->last && j->last != '\n' && !(j->spelled && loci_token_kind(j->model) == 2)) putchar('\n');
    return flush();
}

/* ---- running ---- */

static int answer_check(const job *j)
{
    for (size_t i = 0; i < j->outputs; i++)
        if (!isfinite(j->answer[i]))
            return message_fail("%s: its answer overflows: no finite number comes out of it", j->path);
    return STATUS_DONE;
}

static int run(job *j)
{
    loci_error error;
    if (loci_stream_push(j->stream, NULL, 1, j->start, NULL, j->length, 0, NULL, &error) != LOCI_OK)
        return message_error(j->path, &error);
    loci_stream_answer(j->stream, 0, j->answer);
    int status = write_prompt(j);
    const size_t most = j->s->tokens;
    for (size_t i = 0; !status && (most == 0 || i < most) && !interrupt_seen(); i++) {
        status = answer_check(j);
        if (status) break;
        const size_t token = loci_token_draw(j->model, j->answer, &j->choice, j->s->seed, i, j->room);
        const float next = (float)token;
        status = write_token(j, token, i);
        if (status || i + 1 == most) break;
        if (loci_stream_push(j->stream, NULL, 1, &next, NULL, 1, 1, j->answer, &error) != LOCI_OK)
            status = message_error(j->path, &error);
    }
    const int ended = status ? STATUS_DONE : finish(j);
    if (status || ended) return status ? status : ended;
    return interrupt_seen() ? STATUS_INTERRUPTED : STATUS_DONE;
}

static int prepare(job *j)
{
    loci_error error;
    const settings *s = j->s;
    if (!loci_token_follows(j->model))
        return message_fail("%s: its samples are no tokens, or its answers none that follow; a model of the "
                            "task next was expected",
                            j->path);
    j->count = loci_token_count(j->model);
    j->outputs = loci_model_configuration(j->model)->outputs;
    j->spelled = !s->ids;
    if (j->spelled && !loci_token_kind(j->model))
        return s->prompt ? message_fail("%s: knows its tokens by number alone; --ids was expected", j->path)
                         : message_usage("generate: %s knows its tokens by number alone; --ids was expected",
                                         j->path);
    j->choice = (loci_token_choice){
        .size = sizeof j->choice,
        .temperature = !isnan(s->temperature) ? s->temperature
                       : j->spelled           ? temperature_of_texts
                                              : 0,
        .top_k = s->top_k,
        .top_p = isnan(s->top_p) ? 0 : s->top_p,
    };
    const int status = j->spelled ? prompt_read(j) : ids_read(j);
    if (status) return status;
    j->answer = calloc(j->outputs, sizeof *j->answer);
    j->room = calloc(j->count, sizeof *j->room);
    if (!j->answer || !j->room) return message_memory();
    if (loci_stream_tables_create(&j->tables, j->model, 0, j->length > LOCI_STREAM_CHUNK, &error) !=
            LOCI_OK ||
        loci_stream_init(&j->stream, NULL, 0, j->tables, 1, &error) != LOCI_OK)
        return message_error(j->path, &error);
    if (s->threads != 1 && loci_model_count(j->model) >= large) j->crew = crew_create(s->threads);
    if (j->crew) loci_stream_tables_lend(j->tables, crew_hands(j->crew));
    return STATUS_DONE;
}

static int usage_check(const settings *s)
{
    if (s->prompt && s->ids)
        return message_usage("generate: --prompt and --ids exclude each other; one was expected");
    if (!isnan(s->temperature) && !(s->temperature >= 0))
        return message_usage("generate: --temperature is %g; 0 or more was expected", s->temperature);
    if (!isnan(s->top_p) && !(s->top_p > 0 && s->top_p <= 1))
        return message_usage("generate: --top-p is %g; above 0, at most 1 was expected", s->top_p);
    if (s->top_k == 0) return message_usage("generate: --top-k is 0; 1 or more was expected");
    if (s->threads > 1024)
        return message_usage("generate: --threads is %zu; 0 to 1024 was expected", s->threads);
    return STATUS_DONE;
}

static int generate(const char *path, settings *s)
{
    loci_model *model;
    int status = model_read(&model, path);
    if (status) return status;
    if (s->top_k == SIZE_MAX) s->top_k = 0;
    job j = {.s = s, .path = path, .model = model};
    status = prepare(&j);
    if (!status) {
        interrupt_catch();
        status = run(&j);
    }
    loci_stream_free(j.stream);
    loci_stream_tables_free(j.tables);
    crew_free(j.crew);
    free(j.start);
    free(j.answer);
    free(j.room);
    loci_model_free(model);
    return status;
}

int command_generate(int argc, char **argv)
{
    settings s = {.tokens = TOKENS, .top_k = SIZE_MAX, .temperature = NAN, .top_p = NAN};
    const option table[] = {
        {"prompt", 0, OPTION_TEXT, &s.prompt, "TEXT",
         "what the text begins with, which is written, too (a new line, which is not)"},
        {"ids", 0, OPTION_TEXT, &s.ids, "N,N,...",
         "begin with tokens by their numbers instead, and write the numbers of those that follow"},
        {"tokens", 0, OPTION_COUNT, &s.tokens, "n", "how many are drawn; 0: without end (256)"},
        {NULL, 0, OPTION_HEADING, NULL, NULL, "How one is drawn:"},
        {"temperature", 0, OPTION_NUMBER, &s.temperature, "T",
         "1: as likely as the model says, less: bolder guesses more rarely; 0: always the likeliest (0.8, with --ids 0)"},
        {"top-k", 0, OPTION_COUNT, &s.top_k, "K", "of the K likeliest alone (all)"},
        {"top-p", 0, OPTION_NUMBER, &s.top_p, "P",
         "of the fewest likeliest that together are this likely (1)"},
        {"seed", 0, OPTION_COUNT, &s.seed, "S", "of what is drawn: the same gives the same text (0)"},
        {NULL, 0, OPTION_HEADING, NULL, NULL, "Speed:"},
        {"threads", 0, OPTION_COUNT, &s.threads, "T",
         "that share the weights of a large model; 0: one a processor (0)"},
    };
    const options_page page = {
        .command = "generate",
        .synopsis = "MODEL [--prompt TEXT] [OPTION]...\nMODEL --ids N,N,... [OPTION]...",
        .purpose =
            "Let a model of the task next write: a token is drawn from its answer, is its next input, and so on. What a model "
            "learned of a text by 'loci train' is written as it comes; of a model that knows its tokens by number alone "
            "the numbers are, separated by commas. Memory does not grow with the text.",
        .options = table,
        .count = sizeof table / sizeof table[0],
        .closing =
            "Examples:\n"
            "  loci train book.txt -o book.safetensors && loci generate book.safetensors --prompt 'It was '\n"
            "  loci generate book.safetensors --temperature 0.5 --tokens 1000 --seed 7\n"
            "  loci generate mamba.safetensors --ids 510,5347,273 --tokens 8",
        .operand = "MODEL",
        .least = 1,
        .most = 1,
    };
    int status = options_parse(&page, &argc, argv);
    if (status == OPTIONS_GO) {
        status = usage_check(&s);
        if (!status) status = generate(argv[1], &s);
    }
    return status;
}
