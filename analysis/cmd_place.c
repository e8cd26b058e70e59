// SPDX-License-Identifier: GPL-2.0-only
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "cmd.h"
#include "gate.h"
#include "mem.h"
#include "place.h"

static const char doc[] =
	"Say whether BAD is worse than GOOD in a metric, or where POINT lies between them. It is what "
	"scripts/bisect asks."
	"\v"
	"Example: smmustat place --metric identity/dma_map/4k/batch/mean good bad point\n\n"
	"With two files: \"worse\" and exit status 0, \"no change\" and 1, or \"boots N\" and 3: N "
	"boots of each would tell.\n"
	"With three: \"good\" or \"bad\" and exit status 0, or \"boots N\" and 3: the point needs N "
	"boots. Who asks again with more boots takes more than one chance to be wrong: the "
	"confidence is that of one answer.\n"
	"Exit status 2: there is no such metric, GOOD is worse than BAD, or they were not measured "
	"alike.";

static const struct argp_option option_table[] = {
	{ "metric", 'm', "NAME", 0, "the metric, as smmustat figures lists it", 0 },
	{ "effect", 'e', "PERCENT", 0, "the change that is looked for on wall (default 10); a smaller "
	  "one is no change, however certain", 0 },
	{ "confidence", 'c', "PERCENT", 0, "of an answer (default 99)", 0 },
	{ "allow", 'a', "FIELD", 0, "let this field of the setup differ; may be given more than "
	  "once", 0 },
	{ 0 },
};

struct options {
	struct compare_request setups;
	struct demand demand;
	const char *metric;
	const char *files[3];
	int nr_files;
	struct error *error;
};

static error_t parse(int key, char *argument, struct argp_state *state)
{
	struct options *options = state->input;

	switch (key) {
	case 'm':
		options->metric = argument;
		return 0;
	case 'e':
		return cmd_percent("effect", argument, &options->demand.effect, options->error);
	case 'c':
		return cmd_percent("confidence", argument, &options->demand.confidence,
				   options->error);
	case 'a':
		return compare_allow(&options->setups, argument, options->error);
	case ARGP_KEY_ARG:
		if (options->nr_files < 3) {
			options->files[options->nr_files++] = argument;
			return 0;
		}
		error_set(options->error, 0, "%s: three files at most: GOOD, BAD, POINT", argument);
		return EINVAL;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static int ask_for_boots(size_t boots)
{
	if (boots == SIZE_MAX)
		puts("boots none");
	else
		printf("boots %zu\n", boots);
	return SMMUSTAT_INCONCLUSIVE;
}

static int say_ends(const struct metric *good, const struct metric *bad,
		    const struct options *options, struct error *error)
{
	struct gated gated = { .base = good, .change = bad };
	char *sentence;
	int code = 0;

	place_ends(good, bad, &options->demand, &gated.judgement);
	if (gated.judgement.verdict == VERDICT_UNCLEAR)
		return ask_for_boots(gated.judgement.boots);
	sentence = gated_sentence(&gated);
	if (gated.judgement.verdict == VERDICT_BETTER) {
		code = error_set(error, SMMUSTAT_USAGE, "the bad end is the better one: %s: swap "
				 "good and bad", sentence);
	} else {
		printf("%s %s%s\n", verdict_name(gated.judgement.verdict), sentence,
		       gated.judgement.below > 0 ? ": a smaller --effect looks for it" : "");
		code = gated.judgement.verdict == VERDICT_SAME ? SMMUSTAT_FAILED : 0;
	}
	free(sentence);
	return code;
}

static int say_point(const struct metric *const *ends, const struct metric *point,
		     const struct options *options, struct error *error)
{
	struct placed placed;

	if (!(metric_middle(ends[1]) > metric_middle(ends[0])))
		return error_set(error, SMMUSTAT_USAGE, "the bad end is no worse than the good one "
				 "(%g and %g): nothing lies between them", metric_middle(ends[1]),
				 metric_middle(ends[0]));
	place_point(ends[0], ends[1], point, &options->demand, &placed);
	if (placed.place == PLACE_UNCLEAR)
		return ask_for_boots(placed.boots);
	printf("%s %.6g (good %.6g, bad %.6g, %zu of its boots)\n",
	       placed.place == PLACE_GOOD ? "good" : "bad", placed.value, metric_middle(ends[0]),
	       metric_middle(ends[1]), point->nr);
	return 0;
}

static int find(const struct options *options, struct figures *const *figures,
		const struct metric **metrics, struct error *error)
{
	char *waived = mem_string("");
	int code = 0, i;

	for (i = 0; !code && i < options->nr_files; i++) {
		metrics[i] = figures_metric(figures[i], options->metric);
		if (!metrics[i])
			code = figures_no_metric(figures[i], options->metric, error);
		else if (i && (figures_alike(figures[0], figures[i], &options->setups, &waived,
					     error) ||
			       metrics_alike(metrics[0], metrics[i], &options->setups, error)))
			code = SMMUSTAT_USAGE;
	}
	free(waived);
	return code;
}

/**
 * cmd_place() - smmustat place
 * @argc: as for main()
 * @argv: as for main()
 * @error: one line on failure
 *
 * Return: 0, -errno or a SMMUSTAT_ code.
 */
int cmd_place(int argc, char **argv, struct error *error)
{
	static const struct argp argp = { option_table, parse, "GOOD BAD [POINT]", doc, NULL, NULL,
					  NULL };
	struct options options = { .error = error };
	struct figures *figures[3] = { NULL, NULL, NULL };
	const struct metric *metrics[3];
	int code, i;

	options.setups.axis = AXIS_COMMIT;
	options.demand = (struct demand){ .confidence = 0.99, .power = 0.99, .effect = 0.1 };
	code = cmd_parse(&argp, argc, argv, &options, error);
	if (!code && (!options.metric || options.nr_files < 2))
		code = error_set(error, SMMUSTAT_USAGE, "--metric and two files are needed: see "
				 "smmustat place --help");
	for (i = 0; !code && i < options.nr_files; i++)
		code = figures_load(options.files[i], &figures[i], error);
	if (!code)
		code = find(&options, figures, metrics, error);
	if (!code && options.nr_files == 2)
		code = say_ends(metrics[0], metrics[1], &options, error);
	else if (!code)
		code = say_point(metrics, metrics[2], &options, error);
	for (i = 0; i < 3; i++)
		figures_free(figures[i]);
	compare_allow_none(&options.setups);
	return code;
}
