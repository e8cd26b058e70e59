/* SPDX-License-Identifier: GPL-2.0-only */
/* Commands of smmubench, and how they take options and report errors. */

#ifndef SMMUBENCH_CLI_H
#define SMMUBENCH_CLI_H

#include <argp.h>

/* Exit statuses, the same for every command of the project. */
enum {
	EX_OK = 0,
	EX_FAIL = 1,
	EX_USAGE = 2,
	EX_SKIP = 77,
};

struct command {
	const char *name;
	const char *help;
	int (*run)(int argc, char **argv);
};

extern const struct command commands[];

/* One line on standard error. Return EX_FAIL and EX_USAGE. */
int failed(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
int wrong_usage(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/**
 * parse_options() - argp, with errors of one line
 * @argv: argv[0] is the command's name
 *
 * Return: 0, or EX_USAGE after having said why. --help does not return.
 */
int parse_options(const struct argp *argp, int argc, char **argv, void *input);

/* Decimal, all of it, and at most @max. Return: 0 or -EINVAL. */
int parse_number(const char *text, unsigned long max, unsigned long *value);

/* What to do about a module that machine_open() could not ask. */
int no_module(int error);

int cmd_doctor(int argc, char **argv);
int cmd_devices(int argc, char **argv);
int cmd_list(int argc, char **argv);
int cmd_show(int argc, char **argv);
int cmd_run(int argc, char **argv);

#endif /* SMMUBENCH_CLI_H */
