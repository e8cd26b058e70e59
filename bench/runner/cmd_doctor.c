// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "cli.h"
#include "devices.h"
#include "hardware.h"
#include "machine.h"
#include "sysfs.h"

enum { KEY_MACHINE = 256 };

static const struct argp_option options[] = {
	{ "machine", KEY_MACHINE, NULL, 0, "says only what this machine is, in a line, as results of the "
	  "clock wall have it", 0 },
	{ 0 },
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	bool *only_machine = state->input;

	(void)arg;
	if (key != KEY_MACHINE)
		return ARGP_ERR_UNKNOWN;
	*only_machine = true;
	return 0;
}

static const struct argp argp = {
	.options = options,
	.parser = parse,
	.doc = "Says what this machine can measure and what not. A line that starts with NO stops "
	       "every measurement; one that starts with no is something the results will lack.\v"
	       "Example:\n  smmubench doctor",
};

enum verdict { GOOD, LACKS, STOPS };

static bool stopped;

static void __attribute__((format(printf, 3, 4)))
say(enum verdict verdict, const char *what, const char *fmt, ...)
{
	static const char *const words[] = { "ok", "no", "NO" };
	va_list ap;

	stopped |= verdict == STOPS;
	printf("%-3s %-20s ", words[verdict], what);
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	putchar('\n');
}

static void look_at_kernel(const struct machine *m)
{
	struct utsname uts;

	uname(&uts);
	say(GOOD, "kernel", "%s %s", uts.release, uts.machine);
	if (m->mode[0])
		say(GOOD, "SMMU mode", "%s", m->mode);
	else
		say(LACKS, "SMMU mode", "this kernel has no kvm-arm.smmu=; taken as native");
}

static void look_at_module(const struct machine *m, int error)
{
	if (!error) {
		say(GOOD, "module", "loaded, ABI %u", m->info.abi);
		say(GOOD, "KVM mode", "%s", kvm_mode_name(m->info.kvm_mode));
		say(GOOD, "page size", "%u", m->info.page_size);
		return;
	}
	if (error == -EACCES || error == -EPERM)
		say(STOPS, "module", "needs root: run this as root");
	else if (error == -EPROTO || error == -ENOTTY)
		say(STOPS, "module", "of another version: load the one built with this program");
	else
		say(STOPS, "module", "not loaded: insmod smmubench.ko");
}

static void look_at_clock(const struct machine *m)
{
	long cpus = sysconf(_SC_NPROCESSORS_ONLN);

	say(GOOD, "CPUs", "%ld online", cpus);
	say(GOOD, "counter", "%llu Hz", (unsigned long long)m->info.cntfrq);
	if (m->info.insn_clock)
		say(GOOD, "clock insn", "every tick of the counter is one instruction; it is not time");
	else
		say(LACKS, "clock insn", "the counter does not count instructions: use --clock wall");
	if (m->info.insn_clock)
		say(LACKS, "clock wall", "time does not pass here but with instructions: use --clock insn");
	else
		say(GOOD, "clock wall", "%s", m->virt ?
		    "an emulator's or guest's: a smoke test, no figures" : "real time");
}

static void look_at_counters(const struct machine *m)
{
	unsigned int i;

	for (i = 0; i < SMMUBENCH_NR_COUNTERS; i++) {
		const char *why = counter_problem(m, i, m->info.counter_error[i]);

		say(why ? LACKS : GOOD, counter_name(i), "%s", why ? why : "counted by the PMU");
	}
	if (el2_problem(m->info.el2_error))
		say(LACKS, "EL2's counters", "%s", el2_problem(m->info.el2_error));
	else
		say(GOOD, "EL2's counters", "%u of them, from %s to %s", m->info.nr_el2,
		    m->info.el2_name[0], m->info.el2_name[m->info.nr_el2 - 1]);
}

/* Those that EL2 owns have no device here: "BASE STATE ...". Return: how many. */
static int look_at_el2_smmus(void)
{
	char text[4096], base[32], state[32], *line, *save = NULL;
	int found = 0;

	if (sysfs_read_lines(text, sizeof(text), PKVM_IOMMU "/smmus"))
		return 0;
	for (line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
		if (sscanf(line, "%31s %31s", base, state) != 2)
			continue;
		found++;
		say(GOOD, "SMMU", "at %s, EL2's, %s", base, state);
	}

	return found;
}

static void look_at_smmus(void)
{
	int n, i, found = look_at_el2_smmus();
	char **names, *log;

	n = sysfs_list(&names, "/sys/class/iommu");
	for (i = 0; i < n; i++) {
		found++;
		say(GOOD, "SMMU", "%s", names[i]);
	}
	sysfs_list_free(names, n);

	log = machine_kernel_log("arm-smmu-v3 ");
	if (log)
		say(GOOD, "SMMU driver says", "%s", log);
	free(log);
	if (!found)
		say(LACKS, "SMMU", "no IOMMU belongs to this host: only benchmarks without a domain run");
}

static void look_at_devices(const struct machine *m)
{
	struct device_source source = {
		.sysfs = "/sys", .proc = "/proc", .ungrouped_ok = machine_is_identity(m),
	};
	const struct device *pick;
	struct device *list;
	size_t n, i, usable = 0;

	if (devices_find(&source, &list, &n)) {
		say(LACKS, "devices", "/sys cannot be read: mount it");
		return;
	}
	for (i = 0; i < n; i++)
		usable += !list[i].refused[0];
	pick = devices_pick(list, n);
	if (pick)
		say(GOOD, "device", "%s (%s), of %zu usable", pick->name, pick->id, usable);
	else if (usable)
		say(LACKS, "device", "%zu usable, all with a driver: name one with --device", usable);
	else
		say(LACKS, "device", "none may be used; smmubench devices says why");
	free(list);
}

static void look_at_dma_map_benchmark(void)
{
	if (sysfs_exists("/sys/bus/pci/drivers/dma_map_benchmark"))
		say(GOOD, "dma_map_benchmark", "in this kernel: figures can be cross-checked");
	else
		say(LACKS, "dma_map_benchmark", "not in this kernel: set CONFIG_DMA_MAP_BENCHMARK to cross-check");
}

/* With its kernel: who asks measures something else that runs on it. */
static int say_machine(void)
{
	static const struct hardware_source here = { "/proc", "/sys" };
	struct utsname uts;
	char text[512];

	hardware_text(&here, text, sizeof(text));
	uname(&uts);
	printf("%s%s%s, %s %s\n", text, text[0] ? "; " : "", uts.machine, uts.sysname, uts.release);

	return EX_OK;
}

int cmd_doctor(int argc, char **argv)
{
	bool only_machine = false;
	struct machine m;
	int ret;

	ret = parse_options(&argp, argc, argv, &only_machine);
	if (ret)
		return ret;
	if (only_machine)
		return say_machine();

	ret = machine_open(&m);
	look_at_kernel(&m);
	look_at_module(&m, ret);
	if (!ret) {
		look_at_clock(&m);
		look_at_counters(&m);
	}
	look_at_smmus();
	look_at_devices(&m);
	look_at_dma_map_benchmark();
	machine_close(&m);

	return stopped ? EX_FAIL : EX_OK;
}
