// SPDX-License-Identifier: GPL-2.0-only
#include <stdarg.h>
#include <stdio.h>

#include "ktap.h"

static size_t plan, count, failed;

void ktap_begin(size_t planned)
{
	setvbuf(stdout, NULL, _IOLBF, 0);
	plan = planned;
	printf("KTAP version 1\n1..%zu\n", plan);
}

void ktap_result(bool ok, const char *fmt, ...)
{
	va_list ap;

	failed += !ok;
	printf("%s %zu - ", ok ? "ok" : "not ok", ++count);
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	putchar('\n');
}

void ktap_skip(const char *reason, const char *fmt, ...)
{
	va_list ap;

	printf("ok %zu - ", ++count);
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	printf(" # SKIP %s\n", reason);
}

void ktap_note(const char *fmt, ...)
{
	va_list ap;

	fputs("# ", stdout);
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	putchar('\n');
}

int ktap_end(void)
{
	if (count != plan)
		ktap_note("%zu results, %zu were planned", count, plan);

	return failed || count != plan ? 1 : 0;
}
