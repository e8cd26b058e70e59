// SPDX-License-Identifier: GPL-2.0-only
#include <stdlib.h>
#include <string.h>

#include "cmd.h"
#include "file.h"
#include "gate.h"

static const char doc[] =
	"Judge CHANGE against BASE: fail when a figure is worse by more than noise explains, naming it, "
	"by how much, and the counters that moved with it. It only judges; scripts/gate builds and "
	"measures both sides."
	"\v"
	"Example: smmustat gate base/results.json change/results.json\n"
	"Example: smmustat gate results/baseline/quick.json results/latest --any --format ktap\n\n"
	"On insn a change is a gap between the ranges over perturbed starts that is wider than one "
	"interrupt. On wall it is what the rank test over boots finds, corrected for the number of "
	"figures (Holm), unless the interval of the ratio shows that it is smaller than --effect: then "
	"it is no change, and said. The number of boots that an inconclusive figure asks for comes "
	"from the noise alone. Files may be results or what smmustat figures wrote.\n\n"
	"What only one side has is named: a figure that is gone fails, one that is new does not.\n\n"
	"Exit status: 0 passed, 1 worse or not measured any more, 2 wrong usage, 3 inconclusive, or a "
	"run is not complete.";

enum { KEY_CONFIDENCE = 256, KEY_POWER, KEY_ANY };

static const struct argp_option option_table[] = {
	{ "metric", 'm', "GLOB", 0, "only figures whose name matches", 0 },
	{ "any", KEY_ANY, NULL, 0, "fail on what became better too", 0 },
	{ "effect", 'e', "PERCENT", 0, "the change that matters on wall (default 3): a smaller one is "
	  "no change, however certain, and boots are asked for until one of this size shows", 0 },
	{ "confidence", KEY_CONFIDENCE, "PERCENT", 0, "that there is no false alarm (default 95)",
	  0 },
	{ "power", KEY_POWER, "PERCENT", 0, "the chance to see what matters (default 95)", 0 },
	{ "allow", 'a', "FIELD", 0, "let this field of the setup differ; may be given more than "
	  "once", 0 },
	{ "format", 'f', "FORMAT", 0, "text (default), ktap, junit or json", 0 },
	{ "out", 'o', "FILE", 0, "write there instead of standard output", 0 },
	{ 0 },
};

struct options {
	struct gate_request request;
	const char *format;
	const char *out;
	const char *files[2];
	int nr_files;
	struct error *error;
};

static error_t parse(int key, char *argument, struct argp_state *state)
{
	static const char *const formats[] = { "text", "ktap", "junit", "json", NULL };
	struct options *options = state->input;
	struct demand *demand = &options->request.demand;

	switch (key) {
	case 'm':
		options->request.pattern = argument;
		return 0;
	case KEY_ANY:
		options->request.any = true;
		return 0;
	case 'e':
		return cmd_percent("effect", argument, &demand->effect, options->error);
	case KEY_CONFIDENCE:
		return cmd_percent("confidence", argument, &demand->confidence, options->error);
	case KEY_POWER:
		return cmd_percent("power", argument, &demand->power, options->error);
	case 'a':
		return compare_allow(&options->request.setups, argument, options->error);
	case 'f':
		options->format = argument;
		return cmd_one_of("format", argument, formats, options->error);
	case 'o':
		options->out = argument;
		return 0;
	case ARGP_KEY_ARG:
		if (options->nr_files < 2) {
			options->files[options->nr_files++] = argument;
			return 0;
		}
		error_set(options->error, 0, "%s: two files: the base and the change", argument);
		return EINVAL;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static int print(const struct gate *gate, const struct options *options, struct error *error)
{
	char *text = NULL;
	size_t length;
	FILE *out = open_memstream(&text, &length);
	int code;

	if (!out)
		return error_set(error, SMMUSTAT_FAILED, "out of memory: judge fewer runs");
	code = gate_print(gate, options->format, out);
	fclose(out);
	if (!code)
		code = file_write(options->out, text, length, error);
	free(text);
	return code;
}

/**
 * cmd_gate() - smmustat gate
 * @argc: as for main()
 * @argv: as for main()
 * @error: one line on failure
 *
 * Return: 0, -errno or a SMMUSTAT_ code.
 */
int cmd_gate(int argc, char **argv, struct error *error)
{
	static const struct argp argp = { option_table, parse, "BASE CHANGE", doc, NULL, NULL,
					  NULL };
	struct options options = { .format = "text", .error = error };
	struct figures *figures[2] = { NULL, NULL };
	struct gate *gate = NULL;
	int code, i;

	options.request.setups.axis = AXIS_COMMIT;
	options.request.demand = demand_usual;
	code = cmd_parse(&argp, argc, argv, &options, error);
	if (!code && options.nr_files < 2)
		code = error_set(error, SMMUSTAT_USAGE, "two files are needed: the base and the "
				 "change");
	for (i = 0; !code && i < 2; i++)
		code = figures_load(options.files[i], &figures[i], error);
	if (!code)
		code = gate_new(figures[0], figures[1], &options.request, &gate, error);
	if (!code)
		code = print(gate, &options, error);
	if (!code)
		code = gate_code(gate);
	gate_free(gate);
	for (i = 0; i < 2; i++)
		figures_free(figures[i]);
	compare_allow_none(&options.request.setups);
	return code;
}
