/* SPDX-License-Identifier: MIT
 *
 * options.h - a command's options as one table, from which they are parsed and its --help is printed.
 *
 * A command builds an options_page on its stack, with pointers to the variables to fill, and calls
 * options_parse:
 *
 *     size_t order = 64;
 *     const char *output = NULL;
 *     const option table[] = {
 *         {.name = "output", .letter = 'o', OPTION_TEXT, &output, "FILE", "where the answer goes"},
 *         {.name = "order", 0, OPTION_COUNT, &order, "N", "coefficients (64)"},
 *     };
 *     const options_page page = {.command = "basis", .synopsis = "NAME [OPTION]...", .purpose = "Print a basis.",
 *                                .options = table, .count = 2, .operand = "NAME", .least = 1, .most = 1};
 *     const int status = options_parse(&page, &argc, argv);
 *     if (status != OPTIONS_GO) return status;
 *
 * Variables are left alone where their option is not given: the initial value is the default, or marks the
 * absence.
 */
#ifndef LOCI_CLI_OPTIONS_H
#define LOCI_CLI_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum {
    OPTION_HEADING, /* no option: a line in --help before a group; help is its text */
    OPTION_FLAG,    /* bool: true when given; takes no argument */
    OPTION_TEXT,    /* const char * */
    OPTION_OUTPUT, /* const char *: what will be written, "-" for standard output; a place where no file can be is an
                       error before anything is done */
    OPTION_NUMBER, /* double, finite */
    OPTION_COUNT,  /* size_t */
    OPTION_LIST,   /* option_list: an argument each time the option is given */
    OPTION_TIMES   /* option_list: times (numbers or ISO 8601), separated by commas, as several arguments, or
                       both */
} option_kind;

typedef struct {
    const char **items; /* [count], pointing into argv; released by options_release */
    size_t count;
} option_list;

typedef struct {
    const char *name; /* long name, without the dashes */
    char letter;      /* short name, or 0 */
    option_kind kind;
    void *target;         /* the variable, of the type above */
    const char *argument; /* how --help calls the argument; NULL for flags */
    const char *help;
} option;

typedef struct {
    const char *command;
    const char *synopsis; /* what follows the command, one form a line */
    const char *purpose;  /* paragraphs above the options */
    const option *options;
    size_t count;
    const char *closing; /* paragraphs below them, printed as they are; NULL: none */
    const char
        *operand; /* how messages call the operands; names with blanks between, where each has its own */
    size_t least, most; /* how many operands there may be */
} options_page;

#define OPTIONS_GO (-1)

/* Returns OPTIONS_GO and leaves argv[1] .. argv[*argc - 1] holding the operands; or the status to end with:
 * after
 * --help (printed on standard output), or after a wrong option, of which one line was said. Options and
 * operands may be mixed, "--" ends the options, "-" is an operand. */
int options_parse(const options_page *page, int *argc, char **argv);

void options_release(option_list *list);

/* The candidate that `word` was probably meant to be (count names, `stride` bytes apart, each a const char *
 * that may be NULL), or NULL. */
const char *options_nearest(const char *word, const void *candidates, size_t count, size_t stride);

/* Whether the command at work has this option: advice to use another one would be in vain. Before any is parsed all are there. */
bool options_offer(const char *name, size_t length);

/* A finite number, the whole text. */
bool options_number(double *value, const char *text);

#endif
