// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <inttypes.h>

#include "write.h"

/* What the first stands for changes its meaning; the second only adds keys. */
#define MAJOR	1
#define MINOR	0

/* Loops with more steps are written out, and so are those that save no room. */
#define LONGEST_LOOP	64
#define WORTH_A_LOOP	2

/* Behind all but the last. */
static const char *comma(size_t i, size_t nr)
{
	return i + 1 < nr ? "," : "";
}

/* Names are of a linker, which takes any. */
static void write_string(FILE *out, const char *text)
{
	fputc('"', out);
	for (; *text; text++) {
		if (*text == '"' || *text == '\\')
			fprintf(out, "\\%c", *text);
		else
			fputc((unsigned char)*text < ' ' || (unsigned char)*text > '~' ? '?' : *text,
			      out);
	}
	fputc('"', out);
}

static void write_functions(const struct names *n, FILE *out)
{
	size_t i;

	fputs("\"functions\": [\n", out);
	for (i = 0; i < n->nr; i++) {
		const struct named *f = &n->list[i];

		fputs("{\"name\": ", out);
		write_string(out, f->name);
		if (f->file) {
			fputs(", \"file\": ", out);
			write_string(out, f->file);
		}
		fprintf(out, ", \"level\": \"%s\", \"at\": \"%#" PRIx64 "\", \"size\": %" PRIu64 "}%s\n",
			level_name(f->level), f->at, f->size, comma(i, n->nr));
	}
	fputs("],\n", out);
}

static void write_blocks(const struct sequences *blocks, FILE *out)
{
	size_t i, k;

	fputs("\"blocks\": [\n", out);
	for (i = 0; i < blocks->nr; i++) {
		const uint32_t *items = sequences_items(blocks, i);

		fprintf(out, "{\"at\": \"%#" PRIx64 "\", \"code\": \"",
			items[0] | (uint64_t)items[1] << 32);
		for (k = 2; k < blocks->list[i].nr; k++)
			fprintf(out, "%08" PRIx32, items[k]);
		fprintf(out, "\"}%s\n", comma(i, blocks->nr));
	}
	fputs("],\n", out);
}

static void write_numbers(const uint32_t *numbers, size_t nr, FILE *out)
{
	size_t i;

	fputc('[', out);
	for (i = 0; i < nr; i++)
		fprintf(out, "%" PRIu32 "%s", numbers[i], comma(i, nr));
	fputc(']', out);
}

/* How often the @loop steps before @at are taken again from there. */
static size_t times_again(const uint32_t *steps, size_t nr, size_t at, size_t loop)
{
	size_t same = 0;

	while (at + same < nr && steps[at + same] == steps[at + same - loop])
		same++;

	return same / loop;
}

/* Of the loops that may go on at @at, the longest; none of them has steps before @plain. */
static size_t find_loop(const uint32_t *steps, size_t nr, size_t at, size_t plain, size_t *times)
{
	size_t best = 0, loop, again;

	*times = 0;
	for (loop = 1; loop <= LONGEST_LOOP && loop <= at - plain; loop++) {
		again = times_again(steps, nr, at, loop);
		if (again * loop > best * *times) {
			best = loop;
			*times = again;
		}
	}

	return best * *times > WORTH_A_LOOP ? best : 0;
}

static void write_path(const uint32_t *steps, size_t nr, FILE *out)
{
	size_t at = 0, plain = 0, loop, times;

	while (at < nr) {
		loop = find_loop(steps, nr, at, plain, &times);
		if (loop) {
			fprintf(out, ",-%zu,%zu", times, loop);
			at += times * loop;
			plain = at;
			continue;
		}
		fprintf(out, "%s%" PRIu32, at ? "," : "", steps[at]);
		at++;
	}
}

static void write_paths(const struct sequences *paths, FILE *out)
{
	size_t i;

	fputs("\"paths\": [\n", out);
	for (i = 0; i < paths->nr; i++) {
		fputc('[', out);
		write_path(sequences_items(paths, i), paths->list[i].nr, out);
		fprintf(out, "]%s\n", comma(i, paths->nr));
	}
	fputs("],\n", out);
}

static void write_rows(const struct recorder *r, FILE *out)
{
	size_t i, k;

	fputs("\"rows\": [\n", out);
	for (i = 0; i < r->nr_rows; i++) {
		const struct recorder_row *row = &r->rows[i];

		fprintf(out, "{\"guest\": %s, \"windows\": [\n", row->guest ? "true" : "false");
		for (k = row->first; k < row->first + row->nr; k++) {
			write_numbers(r->in_windows + r->windows[k].first, r->windows[k].nr, out);
			fprintf(out, "%s\n", comma(k, row->first + row->nr));
		}
		fprintf(out, "]}%s\n", comma(i, r->nr_rows));
	}
	fputs("]}\n", out);
}

int write_trace(const struct recorder *recorder, const struct names *names, FILE *out)
{
	fprintf(out, "{\"schema\": {\"major\": %d, \"minor\": %d},\n\"kind\": \"profile\",\n", MAJOR,
		MINOR);
	write_functions(names, out);
	write_blocks(&recorder->blocks, out);
	write_paths(&recorder->paths, out);
	write_rows(recorder, out);

	return fflush(out) || ferror(out) ? -EIO : 0;
}
