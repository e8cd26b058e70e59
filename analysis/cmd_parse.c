// SPDX-License-Identifier: GPL-2.0-only
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd.h"

static bool is_option(const struct argp_option *table, const char *argument)
{
	size_t length = strcspn(argument, "=");

	if (argument[0] != '-' || !argument[1])
		return false;
	for (; table && (table->name || table->key); table++) {
		if (argument[1] != '-' && table->key == argument[1])
			return true;
		/* getopt takes any beginning that is not ambiguous. */
		if (argument[1] == '-' && table->name && length > 2 &&
		    !strncmp(table->name, argument + 2, length - 2))
			return true;
	}
	return false;
}

/* argp does not tell what it stumbled over. */
static int explain(const struct argp *argp, int argc, char **argv, struct error *error)
{
	int i;

	for (i = 1; i < argc && strcmp(argv[i], "--"); i++)
		if (argv[i][0] == '-' && argv[i][1] && !is_option(argp->options, argv[i]))
			return error_set(error, SMMUSTAT_USAGE, "unknown option %s: see %s --help",
					 argv[i], argv[0]);
	return error_set(error, SMMUSTAT_USAGE, "an option lacks its value, or has one it does not "
			 "take: see %s --help", argv[0]);
}

/**
 * cmd_parse() - parse the arguments of a command
 * @argp: its options
 * @argc: as for main()
 * @argv: as for main()
 * @options: handed to the parser of @argp
 * @error: one line on failure
 *
 * argp would print two lines for an unknown option; every error here is one.
 *
 * Return: 0 or SMMUSTAT_USAGE. --help does not return.
 */
int cmd_parse(const struct argp *argp, int argc, char **argv, void *options, struct error *error)
{
	int i;

	for (i = 1; i < argc && strcmp(argv[i], "--"); i++) {
		if (strcmp(argv[i], "--help") && strcmp(argv[i], "-h"))
			continue;
		argp_help(argp, stdout, ARGP_HELP_STD_HELP, argv[0]);
		exit(EXIT_SUCCESS);
	}
	if (!argp_parse(argp, argc, argv, ARGP_NO_ERRS | ARGP_NO_HELP, NULL, options))
		return 0;
	/* A parser that knows better has said what is wrong. */
	if (*error->text)
		return SMMUSTAT_USAGE;
	return explain(argp, argc, argv, error);
}

/**
 * cmd_one_of() - see that an option has one of its values
 * @what: what the option says
 * @value: what the user gave
 * @known: what there is, with NULL at the end
 * @error: one line on failure
 *
 * Return: 0 or EINVAL, as argp wants it.
 */
error_t cmd_one_of(const char *what, const char *value, const char *const *known,
		   struct error *error)
{
	int i;

	for (i = 0; known[i]; i++)
		if (!strcmp(value, known[i]))
			return 0;
	error_set(error, 0, "unknown %s %s: --help lists what there is", what, value);
	return EINVAL;
}

/**
 * cmd_text_or_json() - the format, for a command that has these two
 * @value: what the user gave
 * @json: filled
 * @error: one line on failure
 *
 * Return: 0 or EINVAL, as argp wants it.
 */
error_t cmd_text_or_json(const char *value, bool *json, struct error *error)
{
	*json = !strcmp(value, "json");
	if (*json || !strcmp(value, "text"))
		return 0;
	error_set(error, 0, "unknown format %s: it is text or json", value);
	return EINVAL;
}

/**
 * cmd_percent() - read a share
 * @what: what the option says
 * @value: a number above 0 and below 100
 * @share: set to a hundredth of it
 * @error: one line on failure
 *
 * Return: 0 or EINVAL, as argp wants it.
 */
error_t cmd_percent(const char *what, const char *value, double *share, struct error *error)
{
	char *end;
	double percent = strtod(value, &end);

	if (*value && !*end && percent > 0 && percent < 100) {
		*share = percent / 100;
		return 0;
	}
	error_set(error, 0, "--%s wants a number above 0 and below 100, not %s", what, value);
	return EINVAL;
}
