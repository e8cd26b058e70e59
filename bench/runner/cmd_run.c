// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli.h"
#include "session.h"

struct run_options {
	const char *suite;
	const char *filter;
	const char *device;
	const char *clock;
	const char *threads;
	const char *perturb;
	const char *sequence;
	const char *run_id;
	const char *mode_requested;
	const char *out;
	const char **extra;
	size_t nr_extra;
};

enum {
	OPT_PERTURB = 256,
	OPT_RUN_ID,
	OPT_SEQUENCE,
	OPT_MODE_REQUESTED,
	OPT_SETUP,
};

static const struct argp_option options[] = {
	{ "suite", 's', "SUITE", 0, "quick (default), full, or the name of one benchmark", 0 },
	{ "filter", 'f', "GLOB", 0, "only rows whose name, name/size or name/size/method matches", 0 },
	{ "device", 'd', "NAME", 0, "as smmubench devices shows it; default: auto", 0 },
	{ "clock", 'c', "CLOCK", 0, "insn or wall; default: insn where the counter counts instructions", 0 },
	{ "threads", 't', "N", 0, "threads, each on a CPU of its own; default: 1", 0 },
	{ "out", 'o', "FILE", 0, "the result file (required)", 0 },
	{ "perturb", OPT_PERTURB, "I", 0, "another deterministic start; default: 0, the plain one", 0 },
	{ "run-id", OPT_RUN_ID, "ID", 0, "name of this run in the results", 1 },
	{ "sequence", OPT_SEQUENCE, "N", 0, "place of this boot among others", 1 },
	{ "mode-requested", OPT_MODE_REQUESTED, "MODE", 0, "what the boot asked for", 1 },
	{ "setup", OPT_SETUP, "KEY=VALUE", 0, "a fact of the setup that this machine cannot know", 1 },
	{ 0 },
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct run_options *o = state->input;
	const char **grown;

	switch (key) {
	case 's':
		o->suite = arg;
		return 0;
	case 'f':
		o->filter = arg;
		return 0;
	case 'd':
		o->device = arg;
		return 0;
	case 'c':
		o->clock = arg;
		return 0;
	case 't':
		o->threads = arg;
		return 0;
	case 'o':
		o->out = arg;
		return 0;
	case OPT_PERTURB:
		o->perturb = arg;
		return 0;
	case OPT_RUN_ID:
		o->run_id = arg;
		return 0;
	case OPT_SEQUENCE:
		o->sequence = arg;
		return 0;
	case OPT_MODE_REQUESTED:
		o->mode_requested = arg;
		return 0;
	case OPT_SETUP:
		grown = realloc(o->extra, (o->nr_extra + 1) * sizeof(*grown));
		if (!grown)
			return ENOMEM;
		o->extra = grown;
		o->extra[o->nr_extra++] = arg;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp argp = {
	.options = options,
	.parser = parse,
	.doc = "Runs benchmarks and writes one result file. With mode native it does so in three "
	       "domains, strict, lazy and passthrough, by binding the device to the module and "
	       "setting its IOMMU group's type; both are as before in the end, also after ^C.\v"
	       "Examples:\n"
	       "  smmubench run --out result.json\n"
	       "  smmubench run --suite full --filter 'dma_unmap/*' --device 0000:00:03.0 --out r.json",
};

/* The numbers among the options. Return: 0 or EX_USAGE, said why. */
static int take_numbers(const struct run_options *o, struct session *s)
{
	unsigned long threads, perturb;

	if (parse_number(o->threads, SMMUBENCH_MAX_THREADS, &threads) || !threads)
		return wrong_usage("--threads '%s' is not a number from 1 to %d", o->threads,
				   SMMUBENCH_MAX_THREADS);
	if (parse_number(o->perturb, SMMUBENCH_MAX_PERTURB, &perturb))
		return wrong_usage("--perturb '%s' is not a number from 0 to %d", o->perturb,
				   SMMUBENCH_MAX_PERTURB);
	if (parse_number(o->sequence, 1UL << 52, &s->sequence))
		return wrong_usage("--sequence '%s' is not a number", o->sequence);
	s->threads = threads;
	s->perturb = perturb;

	return 0;
}

/* What can be judged without asking the machine. */
static int check_options(const struct run_options *o, struct session *s)
{
	size_t n, i;
	const struct row *row = rows(&n);
	int ret;

	ret = take_numbers(o, s);
	if (ret)
		return ret;
	if (!o->out || !o->out[0])
		return wrong_usage("run needs --out FILE");
	if (o->clock && strcmp(o->clock, "insn") && strcmp(o->clock, "wall"))
		return wrong_usage("unknown clock '%s'; it is insn or wall", o->clock);
	if (o->clock && !strcmp(o->clock, "insn") && s->threads > 1)
		return wrong_usage("%u threads on the clock insn would take turns on one CPU; use --clock wall, or one thread",
				   s->threads);
	for (i = 0; i < o->nr_extra; i++) {
		if (!machine_setup_key_ok(o->extra[i], o->clock))
			return wrong_usage("--setup '%s' is not KEY=VALUE, or the key is read from the machine",
					   o->extra[i]);
	}
	for (i = 0; i < n; i++) {
		if (row_in_suite(&row[i], o->suite))
			return 0;
	}

	return wrong_usage("unknown suite '%s'; it is quick, full, or a name from smmubench list",
			   o->suite);
}

static int choose_clock(const struct run_options *o, struct session *s)
{
	bool insn = s->machine.info.insn_clock;

	if (!o->clock)
		s->clock = insn && s->threads == 1 ? SMMUBENCH_CLOCK_INSN : SMMUBENCH_CLOCK_WALL;
	else
		s->clock = !strcmp(o->clock, "insn") ? SMMUBENCH_CLOCK_INSN : SMMUBENCH_CLOCK_WALL;
	if (s->clock == SMMUBENCH_CLOCK_INSN && !insn)
		return wrong_usage("the counter of this machine does not count instructions; use --clock wall");
	if (s->threads > 1 && insn)
		return wrong_usage("threads take turns where the counter counts instructions; use --threads 1, or boot with a real clock");
	if (s->clock == SMMUBENCH_CLOCK_WALL && insn)
		return wrong_usage("the counter of this machine counts instructions, not time; use --clock insn");

	return 0;
}

static int choose_device(const struct run_options *o, struct session *s, struct device **list)
{
	struct device_source source = {
		.sysfs = "/sys", .proc = "/proc", .ungrouped_ok = machine_is_identity(&s->machine),
	};
	size_t n;
	int ret;

	*list = NULL;
	if (!session_needs_device(s))
		return 0;
	ret = devices_find(&source, list, &n);
	if (ret)
		return failed("cannot read the devices in /sys: %s", strerror(-ret));

	if (!strcmp(o->device, "auto")) {
		s->dev = devices_pick(*list, n);
		if (!s->dev && !source.ungrouped_ok && devices_ungrouped(*list, n)) {
			s->no_device = "no device of this machine is behind an IOMMU";
			return 0;
		}
		if (!s->dev)
			return failed("no device is free to measure with; name one with --device, see smmubench devices");
		return 0;
	}
	s->dev = devices_by_name(*list, n, o->device);
	if (!s->dev)
		return wrong_usage("unknown device '%s'; see smmubench devices", o->device);
	if (s->dev->refused[0])
		return wrong_usage("device %s must not be used: it %s", s->dev->name,
				   s->dev->refused);

	return 0;
}

/* All that was asked for and nothing of it possible here. */
static bool all_unsupported(const struct session *s)
{
	size_t i;

	for (i = 0; i < s->n && s->records[i].status == RECORD_UNSUPPORTED; i++)
		;

	return i == s->n;
}

static int conclude(const struct session *s, int restored, const char *problem)
{
	const char *status = session_status(s);
	int ret;

	ret = session_write(s);
	if (ret)
		return failed("cannot write %s: %s", s->out, strerror(-ret));
	if (restored)
		return failed("device %s is not as before (%s: %s); %s is written", s->dev->name,
			      problem, strerror(-restored), s->out);
	if (session_interrupted())
		return failed("interrupted; %s has what was measured", s->out);
	if (strcmp(status, "ok"))
		return failed("some benchmarks failed; %s says which and why", s->out);
	if (all_unsupported(s)) {
		failed("nothing of this is possible here: %s", s->records[0].reason);
		return EX_SKIP;
	}

	return EX_OK;
}

/* Hours of measuring should not end with this. Return: 0 or -errno. */
static int check_writable(const char *out)
{
	char dir[PATH_MAX];
	struct stat st;
	char *slash;

	/* The file is renamed into place: /dev/null would be replaced by it. */
	if (stat(out, &st) == 0 && !S_ISREG(st.st_mode))
		return S_ISDIR(st.st_mode) ? -EISDIR : -ENOTSUP;
	if ((size_t)snprintf(dir, sizeof(dir), "%s", out) >= sizeof(dir))
		return -ENAMETOOLONG;
	slash = strrchr(dir, '/');
	if (!slash)
		return access(".", W_OK) ? -errno : 0;
	slash[slash == dir] = '\0';

	return access(dir, W_OK) ? -errno : 0;
}

static int run(const struct run_options *o, struct session *s)
{
	struct device *list = NULL;
	char problem[128];
	int ret;

	ret = machine_open(&s->machine);
	if (ret)
		return no_module(ret);
	ret = check_writable(s->out);
	if (ret)
		return failed("cannot write %s: %s", s->out, strerror(-ret));
	ret = choose_clock(o, s);
	if (ret)
		return ret;
	s->full = !strcmp(o->suite, "full");
	if (!s->mode_requested)
		s->mode_requested = s->machine.mode[0] ? s->machine.mode : "native";
	ret = session_plan(s, o->suite, o->filter);
	if (ret == -ENOENT)
		return wrong_usage("no benchmark matches --filter '%s'; see smmubench list", o->filter);
	if (ret)
		return failed("%s", strerror(-ret));

	ret = choose_device(o, s, &list);
	if (!ret)
		ret = conclude(s, session_run(s, problem, sizeof(problem)), problem);
	free(list);

	return ret;
}

int cmd_run(int argc, char **argv)
{
	struct run_options o = {
		.suite = "quick", .device = "auto", .threads = "1", .perturb = "0",
		.sequence = "0", .run_id = "run",
	};
	struct session s = { .machine.fd = -1 };
	int ret;

	ret = parse_options(&argp, argc, argv, &o);
	if (!ret)
		ret = check_options(&o, &s);
	if (!ret) {
		s.out = o.out;
		s.run_id = o.run_id;
		s.mode_requested = o.mode_requested;
		s.extra = o.extra;
		s.nr_extra = o.nr_extra;
		ret = run(&o, &s);
	}

	session_free(&s);
	machine_close(&s.machine);
	free(o.extra);
	return ret;
}
