// SPDX-License-Identifier: GPL-2.0-only
/* Some windows of a trace, with no more of its code than they run, as a trace of its own. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "mem.h"
#include "profile_rows.h"

enum { MAJOR = 1, MINOR = 0 };

/* New numbers of what is kept, from 1; 0: it is not. */
struct kept {
	const struct trace *trace;
	uint32_t *functions, *blocks, *paths;
	uint32_t nr_paths;
	uint32_t *in_order;	/* paths as they come */
};

static void keep_path(struct kept *kept, uint32_t path)
{
	const struct trace_path *list = &kept->trace->paths[path];
	uint32_t i, k;

	if (kept->paths[path])
		return;
	kept->in_order[kept->nr_paths] = path;
	kept->paths[path] = ++kept->nr_paths;
	for (i = 0; i < list->nr; i++) {
		const struct trace_block *block = &kept->trace->blocks[list->steps[i] / 2];

		kept->blocks[list->steps[i] / 2] = 1;
		for (k = 0; k < block->nr_pieces; k++)
			kept->functions[block->pieces[k].function] = 1;
	}
}

/* Those that are marked get numbers in their old order. */
static void number(uint32_t *marks, size_t nr)
{
	uint32_t next = 0;
	size_t i;

	for (i = 0; i < nr; i++)
		if (marks[i])
			marks[i] = ++next;
}

static void print_string(const char *text, FILE *out)
{
	json_t *json = json_string(text);

	json_dumpf(json, out, JSON_ENCODE_ANY);
	json_decref(json);
}

static void print_functions(const struct kept *kept, FILE *out)
{
	const char *comma = "";
	size_t i;

	fputs("\"functions\": [", out);
	for (i = 0; i < kept->trace->nr_functions; i++) {
		const struct trace_function *f = &kept->trace->functions[i];

		if (!kept->functions[i])
			continue;
		fprintf(out, "%s\n{\"name\": ", comma);
		print_string(f->name, out);
		if (f->file) {
			fputs(", \"file\": ", out);
			print_string(f->file, out);
		}
		fprintf(out, ", \"level\": \"%s\", \"at\": \"%#" PRIx64 "\", \"size\": %" PRIu64 "}",
			level_name(f->level), f->at, f->size);
		comma = ",";
	}
	fputs("],\n", out);
}

static void print_blocks(const struct kept *kept, FILE *out)
{
	const char *comma = "";
	uint32_t k;
	size_t i;

	fputs("\"blocks\": [", out);
	for (i = 0; i < kept->trace->nr_blocks; i++) {
		const struct trace_block *block = &kept->trace->blocks[i];

		if (!kept->blocks[i])
			continue;
		fprintf(out, "%s\n{\"at\": \"%#" PRIx64 "\", \"code\": \"", comma, block->at);
		for (k = 0; k < block->nr; k++)
			fprintf(out, "%08" PRIx32, block->words[k]);
		fputs("\"}", out);
		comma = ",";
	}
	fputs("],\n", out);
}

static void print_path(const struct kept *kept, const struct trace_path *path, FILE *out)
{
	const char *comma = "";
	uint32_t i, k;

	for (i = 0; i < path->nr_stretches; i++) {
		const struct trace_stretch *s = &path->stretches[i];

		for (k = s->first; k < s->first + s->nr; k++) {
			fprintf(out, "%s%" PRIu32, comma,
				2 * (kept->blocks[path->steps[k] / 2] - 1) + path->steps[k] % 2);
			comma = ",";
		}
		if (s->times > 1)
			fprintf(out, ",-%" PRIu32 ",%" PRIu32, s->times - 1, s->nr);
	}
}

static void print_paths(const struct kept *kept, FILE *out)
{
	uint32_t i;

	fputs("\"paths\": [", out);
	for (i = 0; i < kept->nr_paths; i++) {
		fputs(i ? ",\n[" : "\n[", out);
		print_path(kept, &kept->trace->paths[kept->in_order[i]], out);
		fputs("]", out);
	}
	fputs("],\n", out);
}

static void print_windows(const struct kept *kept, const struct trace_row *row,
			  const uint32_t *windows, size_t nr, FILE *out)
{
	uint32_t k;
	size_t i;

	fputs("\"windows\": [", out);
	for (i = 0; i < nr; i++) {
		const struct trace_window *window = &row->windows[windows[i]];

		fputs(i ? ",\n[" : "\n[", out);
		for (k = 0; k < window->nr; k++)
			fprintf(out, "%s%" PRIu32, k ? "," : "", kept->paths[window->paths[k]] - 1);
		fputs("]", out);
	}
	fputs("]}]}\n", out);
}

static int print(const struct kept *kept, const struct trace_row *row, const uint32_t *windows,
		 size_t nr, const json_t *of, char **text, size_t *length, struct error *error)
{
	FILE *out = open_memstream(text, length);
	int failed;

	if (!out)
		return error_set(error, -ENOMEM, "out of memory: measure fewer rows");
	fprintf(out, "{\"schema\": {\"major\": %d, \"minor\": %d},\n\"kind\": \"profile\",\n", MAJOR,
		MINOR);
	print_functions(kept, out);
	print_blocks(kept, out);
	print_paths(kept, out);
	fprintf(out, "\"rows\": [{\"guest\": %s,\n\"of\": ", row->guest ? "true" : "false");
	json_dumpf(of, out, 0);
	fputs(",\n", out);
	print_windows(kept, row, windows, nr, out);
	failed = ferror(out);
	if (fclose(out) || failed) {
		free(*text);
		return error_set(error, -ENOMEM, "out of memory: measure fewer rows");
	}
	return 0;
}

/**
 * profile_cut() - windows of a row as a trace of their own
 * @boot: the trace
 * @row: which row of it
 * @windows: which windows of that
 * @nr: how many
 * @of: what the new trace says of the row
 * @text: set to the trace, which the caller frees
 * @length: set to its length
 * @error: one line on failure
 *
 * Return: 0 or -ENOMEM.
 */
int profile_cut(const struct trace *boot, size_t row, const uint32_t *windows, size_t nr,
		json_t *of, char **text, size_t *length, struct error *error)
{
	struct kept kept = {
		.trace = boot,
		.functions = mem_zero(boot->nr_functions + 1, sizeof(uint32_t)),
		.blocks = mem_zero(boot->nr_blocks + 1, sizeof(uint32_t)),
		.paths = mem_zero(boot->nr_paths + 1, sizeof(uint32_t)),
		.in_order = mem_zero(boot->nr_paths + 1, sizeof(uint32_t)),
	};
	size_t i;
	uint32_t k;
	int code;

	for (i = 0; i < nr; i++)
		for (k = 0; k < boot->rows[row].windows[windows[i]].nr; k++)
			keep_path(&kept, boot->rows[row].windows[windows[i]].paths[k]);
	number(kept.functions, boot->nr_functions);
	number(kept.blocks, boot->nr_blocks);
	code = print(&kept, &boot->rows[row], windows, nr, of, text, length, error);
	free(kept.functions);
	free(kept.blocks);
	free(kept.paths);
	free(kept.in_order);
	return code;
}
