// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"

static void complain(const char *fmt, va_list ap, const char *end)
{
	fputs("smmubench: ", stderr);
	vfprintf(stderr, fmt, ap);
	fprintf(stderr, "%s\n", end);
}

int failed(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	complain(fmt, ap, "");
	va_end(ap);

	return EX_FAIL;
}

int wrong_usage(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	complain(fmt, ap, "");
	va_end(ap);

	return EX_USAGE;
}

/* argp keeps silent about --help when it is told to leave errors to its caller. */
static bool wants_help(int argc, char **argv)
{
	int i;

	for (i = 1; i < argc; i++) {
		if (!strcmp(argv[i], "--help") || !strcmp(argv[i], "-?"))
			return true;
	}

	return false;
}

int parse_options(const struct argp *argp, int argc, char **argv, void *input)
{
	char name[64];
	int at = 0, ret;

	snprintf(name, sizeof(name), "smmubench %s", argv[0]);
	/* getopt and argp take the program's name from here for --help. */
	argv[0] = name;
	program_invocation_name = name;
	if (wants_help(argc, argv)) {
		argp_help(argp, stdout, ARGP_HELP_STD_HELP & ~ARGP_HELP_EXIT_OK, name);
		exit(EX_OK);
	}
	ret = argp_parse(argp, argc, argv, ARGP_NO_ERRS | ARGP_IN_ORDER, &at, input);
	if (ret == 0 && at == argc)
		return 0;
	if (ret == EX_USAGE)	/* the parser has said it */
		return EX_USAGE;
	if (at > 0 && at < argc && argv[at][0] != '-')
		return wrong_usage("unexpected argument '%s'; see %s --help", argv[at], name);

	return wrong_usage("unknown or incomplete option '%s'; see %s --help",
			   argv[at > 1 ? at - 1 : argc - 1], name);
}

int parse_number(const char *text, unsigned long max, unsigned long *value)
{
	size_t len = strlen(text);

	if (!len || len > 18 || strspn(text, "0123456789") != len)
		return -EINVAL;
	*value = strtoul(text, NULL, 10);

	return *value <= max ? 0 : -EINVAL;
}

int no_module(int error)
{
	switch (error) {
	case -ENOENT:
	case -ENXIO:
	case -ENODEV:
		return failed("smmubench.ko is not loaded; run: insmod smmubench.ko");
	case -EACCES:
	case -EPERM:
		return failed("/dev/smmubench needs root; run this as root");
	case -EPROTO:
	case -ENOTTY:
		return failed("smmubench.ko is of another version; load the one built with this program");
	default:
		return failed("/dev/smmubench does not answer: %s", strerror(-error));
	}
}
