// SPDX-License-Identifier: GPL-2.0-only
/*
 * Where the fields of EL2's events lie. For each event what the kernel says in its file
 * `format`, by the kernel's own macros and its own function, has to be what the compiler
 * made of the record. It prints TAP, or with any argument "EVENT FIELD OFFSET SIZE" as the
 * compiler has it, to be held against tracefs.
 *
 * Built by scripts/tests/events.sh on the kernel's headers; what those include besides is
 * replaced here. Types are as wide as on arm64.
 */

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/types.h>

#include <linux/args.h>

typedef uint8_t u8;
typedef uint32_t u32;
typedef unsigned long long u64;

#define CONFIG_PKVM_IOMMU    1
#define __used		     __attribute__((used))
#define __section(name)	     __attribute__((section(name)))
#define __maybe_unused	     __attribute__((unused))
#define is_signed_type(type) ((type)(-1) < (type)1)
#define ALIGN(x, to)	     (((x) + (to)-1) / (to) * (to))

struct trace_event_fields {
	const char *type;
	const char *name;
	int size;
	int align;
	bool is_signed;
};

/* Nothing is printed here. */
struct trace_seq;
#define trace_seq_putc(...)
#define trace_seq_puts(...)
#define trace_seq_printf(seq, ...) (void)snprintf(NULL, 0, __VA_ARGS__)
#define __hyp_enter_exit_reason_str(reason) "reason"

#include <asm/kvm_define_hypevents.h>

struct seq_file {
	void *private;
	char text[2000];
};

static void seq_printf(struct seq_file *s, const char *fmt, ...)
{
	size_t length = strlen(s->text);
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(s->text + length, sizeof(s->text) - length, fmt, ap);
	va_end(ap);
}

static void seq_puts(struct seq_file *s, const char *text)
{
	seq_printf(s, "%s", text);
}

/* remote_event_format_show(), from kernel/trace/trace_remote.c. */
#include "format_show.h"

static bool print;

/* One field more of an event, as its file `format` should have it. */
static void expect(struct seq_file *s, const char *event, const char *type, const char *field,
		   size_t offset, size_t size, bool is_signed)
{
	if (print)
		printf("%s %s %zu %zu\n", event, field, offset, size);
	seq_printf(s, "\tfield:%s %s;\toffset:%zu;\tsize:%zu;\tsigned:%d;\n", type, field, offset,
		   size, is_signed);
}

#undef he_field
#undef HYP_EVENT
#define he_field(type, name)                                                                       \
	expect(wanted, event, #type, #name, offsetof(record, name), sizeof(type),                  \
	       is_signed_type(type));
#define HYP_EVENT(name, proto, fields, assign, text)                                               \
	static void expect_##name(struct seq_file *wanted)                                         \
	{                                                                                          \
		typedef struct remote_event_format_##name record;                                  \
		const char *event = #name;                                                         \
                                                                                                   \
		fields                                                                             \
	}                                                                                          \
	static void expect_##name(struct seq_file *wanted)
#define HYP_EVENT_MULTI_READ
#include <asm/kvm_hypevents.h>

static int nr, failed;

static void check(struct remote_event *event, void (*expect_all)(struct seq_file *wanted))
{
	struct seq_file wanted = {}, said = { .private = event };
	bool same;

	expect_all(&wanted);
	if (print)
		return;
	remote_event_format_show(&said, NULL);
	same = strstr(said.text, wanted.text);
	if (!same)
		printf("# the compiler:\n%s# the kernel:\n%s", wanted.text, said.text);
	printf("%sok %d - fields of %s\n", same ? "" : "not ", ++nr, event->name);
	failed += !same;
}

int main(int argc, char **argv)
{
	(void)argv;
	print = argc > 1;
#undef HYP_EVENT
#define HYP_EVENT(name, proto, fields, assign, text) check(&remote_event_##name, expect_##name)
#include <asm/kvm_hypevents.h>
	if (!print)
		printf("1..%d\n", nr);

	return failed != 0;
}
