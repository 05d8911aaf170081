/* SPDX-License-Identifier: MIT
 * main.c - the program: finds the command in a table and runs it. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <loci.h>

#include "shared/command.h"
#include "shared/message.h"
#include "shared/options.h"
#include "shared/output.h"
#include "shared/progress.h"
#include "shared/ranks.h"

static const struct {
    const char *name;
    int (*run)(int argc, char **argv);
    const char *purpose;
} commands[] = {
    {"remember", command_remember, "squeeze a signal into an archive, or a memory, of bounded size"},
    {"recall", command_recall, "get any part of the signal back from the memory"},
    {"merge", command_merge, "join memories of stretches that follow one another"},
    {"inspect", command_inspect, "say what a memory holds and what it forgot, what a model is made of"},
    {"fit", command_fit, "make a model in seconds, in one pass over labelled sequences"},
    {"train", command_train, "train a model on labelled sequences"},
    {"eval", command_eval, "measure a model on labelled sequences"},
    {"predict", command_predict, "say what a model takes files for"},
    {"forecast", command_forecast, "foretell the next rows of a table, learned in one pass"},
    {"watch", command_watch, "say what is odd in a signal, sample by sample"},
    {"kernel", command_kernel, "print and draw the kernel of a linear system"},
    {"simulate", command_simulate, "run a signal through a linear system, in any of its forms"},
    {"identify", command_identify, "find the rule behind a sequence, and how it goes on"},
    {"stream", command_stream, "run a model on a signal as it arrives"},
    {"generate", command_generate, "write on as a text does that a model was trained on"},
    {"check", command_check, "say how far the forms of a system, or of a model, are from one another"},
    {"convert", command_convert, "make a model of one that PyTorch trained"},
    {"export", command_export, "write a model as C source for a microcontroller"},
    {"basis", command_basis, "print and draw the functions that memories are made of"},
    {"figures", command_figures, "draw what memories and linear systems are made of and how they behave"},
};
enum { COMMANDS = sizeof commands / sizeof commands[0] };

/* Those whose work is shared by processes that mpirun started together. */
static bool is_shared(const char *command)
{
    static const char *const all[] = {"train", "eval", "predict", "remember", "forecast"};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if (strcmp(all[i], command) == 0) return true;
    return false;
}

static int overview(void)
{
    puts("Usage: loci COMMAND [ARGUMENT]...\n\nSequence models with memory.\n\nCommands:");
    for (size_t i = 0; i < COMMANDS; i++) printf("  %-10s  %s\n", commands[i].name, commands[i].purpose);
    puts(
        "\n'loci help COMMAND' or 'loci COMMAND --help' explains a command;\n'loci --version' prints the version.");
    return message_finish();
}

static int unknown(const char *word)
{
    const char *nearest = options_nearest(word, &commands[0].name, COMMANDS, sizeof commands[0]);
    if (nearest) return message_usage("\"%s\" is no command; did you mean %s?", word, nearest);
    return message_usage("\"%s\" is no command; 'loci --help' lists them", word);
}

static int command_find(const char *name)
{
    for (int i = 0; i < COMMANDS; i++)
        if (strcmp(commands[i].name, name) == 0) return i;
    return -1;
}

/* Files are written to a temporary name and renamed, with the signal held off (output.c), so leaving at once
 * leaves nothing half-written. */
static void interrupted(int signal_number)
{
    (void)signal_number;
    progress_abandon();
    _exit(STATUS_INTERRUPTED);
}

/* A standard descriptor that is closed would be given to the next file: what was meant for the one would end up in
 * the other. One that can only be used the wrong way round makes it fail instead. */
static void descriptors_fill(void)
{
    for (int descriptor = STDIN_FILENO; descriptor <= STDERR_FILENO; descriptor++)
        if (fcntl(descriptor, F_GETFD) < 0 &&
            open("/dev/null", descriptor == STDIN_FILENO ? O_WRONLY : O_RDONLY) < 0)
            _exit(STATUS_FAILED);
}

int main(int argc, char **argv)
{
    descriptors_fill();
    output_prepare();
    struct sigaction action = {.sa_handler = SIG_IGN};
    sigaction(SIGPIPE, &action, NULL); /* a reader that left shows as a failed write */
    sigaction(SIGXFSZ, &action, NULL); /* and so does a file that may not grow */
    struct sigaction old;
    sigaction(SIGINT, NULL, &old);
    action.sa_handler = interrupted;
    if (old.sa_handler != SIG_IGN) sigaction(SIGINT, &action, NULL);

    if (argc < 2) return message_usage("no command was given; 'loci --help' lists them");
    const char *word = argv[1];
    if (strcmp(word, "--version") == 0 || strcmp(word, "-V") == 0 || strcmp(word, "version") == 0) {
        printf("loci %s\n", loci_version());
        return message_finish();
    }
    if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0) return overview();
    if (strcmp(word, "help") == 0) {
        if (argc == 2) return overview();
        if (argc > 3) return message_usage("help: \"%s\" is one argument too many", argv[3]);
        const int i = command_find(argv[2]);
        if (i < 0) return unknown(argv[2]);
        char help[] = "--help";
        char *arguments[] = {argv[2], help, NULL};
        return commands[i].run(2, arguments);
    }
    const int i = command_find(word);
    if (i >= 0) {
        const int status = ranks_begin(&argc, &argv, is_shared(word));
        return ranks_end(status ? status : commands[i].run(argc - 1, argv + 1));
    }
    if (word[0] == '-') return message_usage("%s is no option here; 'loci --help' explains", word);
    return unknown(word);
}
