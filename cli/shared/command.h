/* SPDX-License-Identifier: MIT
 * command.h - the commands. Each has a file of its own, command_<name>.c, and a row in main.c's table. */
#ifndef LOCI_CLI_COMMAND_H
#define LOCI_CLI_COMMAND_H

/* argv[0] is the name of the command; what is returned is the status of the program. */
int command_basis(int argc, char **argv);
int command_check(int argc, char **argv);
int command_convert(int argc, char **argv);
int command_eval(int argc, char **argv);
int command_export(int argc, char **argv);
int command_figures(int argc, char **argv);
int command_forecast(int argc, char **argv);
int command_identify(int argc, char **argv);
int command_inspect(int argc, char **argv);
int command_kernel(int argc, char **argv);
int command_merge(int argc, char **argv);
int command_predict(int argc, char **argv);
int command_recall(int argc, char **argv);
int command_remember(int argc, char **argv);
int command_simulate(int argc, char **argv);
int command_stream(int argc, char **argv);
int command_fit(int argc, char **argv);
int command_generate(int argc, char **argv);
int command_train(int argc, char **argv);
int command_watch(int argc, char **argv);

#endif
