// SPDX-License-Identifier: GPL-2.0-only
/*
 * The kernel's messages. Of the formats that only the kernel's printf has, it knows
 * those of a device tree's nodes, of resources and of physical addresses.
 */

#include <stdio.h>

#include "boards.h"

#include <linux/ioport.h>

/* The C library's, for what needs nothing of the kernel's. */
#undef snprintf

#define MAX_DEPTH 32

struct text {
	char *buf;
	size_t size, len;
};

static void put(struct text *t, const char *s, size_t len)
{
	for (size_t i = 0; i < len; i++, t->len++) {
		if (t->len + 1 < t->size)
			t->buf[t->len] = s[i];
	}
}

static void put_string(struct text *t, const char *s)
{
	put(t, s, strlen(s));
}

static void put_path(struct text *t, const struct device_node *np)
{
	const struct device_node *path[MAX_DEPTH];
	int depth = 0;

	if (!np || !np->parent) {
		put_string(t, np ? "/" : "(null)");
		return;
	}
	for (; np->parent && depth < MAX_DEPTH; np = np->parent)
		path[depth++] = np;
	while (depth) {
		put_string(t, "/");
		put_string(t, kbasename(path[--depth]->full_name));
	}
}

/* What follows "%p". Return: how much of it was used. */
static size_t put_pointer(struct text *t, const char *fmt, const void *ptr)
{
	const struct resource *res = ptr;
	char number[64];

	if (!strncmp(fmt, "OF", 2)) {
		switch (fmt[2]) {
		case 'n':
			put(t, kbasename(((struct device_node *)ptr)->full_name),
			    strcspn(kbasename(((struct device_node *)ptr)->full_name), "@"));
			return 3;
		case 'P':
			put_string(t, kbasename(((struct device_node *)ptr)->full_name));
			return 3;
		default:
			put_path(t, ptr);
			return fmt[2] == 'f' ? 3 : 2;
		}
	}
	switch (*fmt) {
	case 'R':
	case 'r':
		snprintf(number, sizeof(number), "[mem %#010llx-%#010llx]", res->start, res->end);
		break;
	case 'a':
		snprintf(number, sizeof(number), "%#018llx", *(const phys_addr_t *)ptr);
		break;
	case '\0':
	case ' ':
		snprintf(number, sizeof(number), "%p", ptr);
		put_string(t, number);
		return 0;
	default:
		panic("a format that print.c does not know: %%p%s", fmt);
	}
	put_string(t, number);

	return 1;
}

static void put_number(struct text *t, const char *spec, int longs, va_list *args)
{
	char number[128];

	if (longs == 2)
		snprintf(number, sizeof(number), spec, va_arg(*args, long long));
	else if (longs == 1)
		snprintf(number, sizeof(number), spec, va_arg(*args, long));
	else
		snprintf(number, sizeof(number), spec, va_arg(*args, int));
	put_string(t, number);
}

static void put_conversion(struct text *t, const char **fmt, va_list *args)
{
	size_t len = strspn(*fmt + 1, "-+ #0123456789.*lhzt") + 2;
	char spec[32], number[256];
	int longs = 0;

	snprintf(spec, sizeof(spec), "%.*s", (int)len, *fmt);
	for (size_t i = 0; i < len; i++)
		longs += spec[i] == 'l' || spec[i] == 'z';
	*fmt += len;

	switch (spec[len - 1]) {
	case '%':
		put_string(t, "%");
		break;
	case 'p':
		*fmt += put_pointer(t, *fmt, va_arg(*args, void *));
		break;
	case 's':
		if (strchr(spec, '*')) {
			int width = va_arg(*args, int);

			snprintf(number, sizeof(number), spec, width, va_arg(*args, char *));
			put_string(t, number);
		} else if (!strcmp(spec, "%s")) {
			put_string(t, va_arg(*args, char *));
		} else {
			snprintf(number, sizeof(number), spec, va_arg(*args, char *));
			put_string(t, number);
		}
		break;
	case 'c':
	case 'd':
	case 'i':
	case 'u':
	case 'x':
	case 'X':
		put_number(t, spec, longs, args);
		break;
	default:
		panic("a format that print.c does not know: %s", spec);
	}
}

static size_t format(char *buf, size_t size, const char *fmt, va_list args)
{
	struct text t = { .buf = buf, .size = size };
	va_list copy;

	va_copy(copy, args);
	while (*fmt) {
		size_t len = strcspn(fmt, "%");

		put(&t, fmt, len);
		fmt += len;
		if (*fmt)
			put_conversion(&t, &fmt, &copy);
	}
	va_end(copy);
	if (size)
		buf[t.len < size ? t.len : size - 1] = '\0';

	return t.len;
}

int vscnprintf(char *buf, size_t size, const char *fmt, va_list args)
{
	size_t len = format(buf, size, fmt, args);

	return len < size ? len : size ? size - 1 : 0;
}

int scnprintf(char *buf, size_t size, const char *fmt, ...)
{
	va_list args;
	int len;

	va_start(args, fmt);
	len = vscnprintf(buf, size, fmt, args);
	va_end(args);

	return len;
}

/* As the kernel's and the C library's do: the length that it would have. */
int kernel_snprintf(char *buf, size_t size, const char *fmt, ...)
{
	va_list args;
	size_t len;

	va_start(args, fmt);
	len = format(buf, size, fmt, args);
	va_end(args);

	return len;
}

char *kasprintf(gfp_t gfp, const char *fmt, ...)
{
	char buf[256];
	va_list args;

	va_start(args, fmt);
	vscnprintf(buf, sizeof(buf), fmt, args);
	va_end(args);

	return strdup(buf);
}

static void say(const char *what, const char *fmt, va_list args)
{
	static char buf[8192];

	if (fmt[0] == '\001')
		fmt += 2;
	vscnprintf(buf, sizeof(buf), fmt, args);
	buf[strcspn(buf, "\n")] = '\0';
	printf("%s: %s\n", what, buf);
	fflush(stdout);
}

void printk(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	say("says", fmt, args);
	va_end(args);
}

void panic(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	say("stops", fmt, args);
	va_end(args);
	exit(EX_STOPS);
}
