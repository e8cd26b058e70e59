// SPDX-License-Identifier: GPL-2.0-only
/* isolation: what a hostile host reaches through its devices. cases.c has the table. */

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cases.h"
#include "commands.h"

static const struct command {
	const char *name;
	const char *help;
	int (*run)(struct fixture *f, const char *argument);
} commands[] = {
	{ "cases", "[GLOB]  each case whose name matches", cmd_cases },
	{ "poke", "        the CPU at each register of each SMMU, with every size", cmd_poke },
	{ "stress", "[N]     N pages given to guests and taken back, with DMA (1000)", cmd_stress },
	{ "soak", "[S]     guests, hostile calls and little memory, all at once for S seconds (60)",
	  cmd_soak },
	{ "abuse", "        hypercalls with arguments that are wrong", cmd_abuse },
	{ "storm", "[SEED]  random hypercalls about domains, on all CPUs (any seed)",
	  cmd_storm },
	{ "stay", "        the longest stay at EL2 of each hypercall, in instructions", cmd_stay },
	{ "memory", "        what EL2's tables cost, and that they are given back", cmd_memory },
	{ "price", "[N]     instructions to give N pages to a guest and take them back (64)",
	  cmd_price },
};

static void help(void)
{
	size_t i;

	puts("Usage: isolation [--map FILE] [--pci DOMAIN:] COMMAND [ARGUMENT]\n"
	     "Tries, as a hostile host would, what the SMMU's owner must not allow. Prints KTAP.\n\n"
	     "  list            the cases");
	for (i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
		printf("  %-7s %s\n", commands[i].name, commands[i].help);
	puts("\n  --map FILE      System.map of the running kernel, for cases about EL2's image\n"
	     "  --pci DOMAIN:   devices of that PCI domain, as 0001:\n\n"
	     "Wants root, isolation_hvc.ko, and QEMU's devices iommu-testdev and edu. Example:\n"
	     "  insmod isolation_hvc.ko && isolation --map System.map cases 'guest_*'");
}

static void list_some(const struct isolation_case *c, size_t n)
{
	static const char *const words[] = { "unguarded", "-", "blocked", "reached" };
	size_t i;

	for (i = 0; i < n; i++)
		printf("%-22s %-9s %-9s %s\n", c[i].name, words[c[i].isolated + 2],
		       words[c[i].native + 2], c[i].attempt);
}

static int list(void)
{
	printf("%-22s %-9s %-9s %s\n", "case", "isolated", "native", "attempt");
	list_some(cases, cases_count);
	puts("\nIn domains that the host makes, where the mode has such:");
	list_some(domain_cases, domain_cases_count);

	return EX_OK;
}

static int run(const struct command *c, const char *system_map, const char *where,
	       const char *argument)
{
	struct fixture f;
	int status = EX_FAIL;

	if (!fixture_open(&f, system_map, where))
		status = c->run(&f, argument);
	fixture_close(&f);

	return status;
}

int main(int argc, char **argv)
{
	const char *system_map = NULL, *where = "", *name;
	size_t i;

	for (; argc > 2 && !strncmp(argv[1], "--", 2); argc -= 2, argv += 2) {
		if (!strcmp(argv[1], "--map"))
			system_map = argv[2];
		else if (!strcmp(argv[1], "--pci"))
			where = argv[2];
		else
			break;
	}
	if (system_map && access(system_map, R_OK)) {
		fprintf(stderr, "isolation: cannot read %s; give --map a System.map\n",
			system_map);
		return EX_WRONG_USAGE;
	}

	name = argc > 1 ? argv[1] : "";
	if (!strcmp(name, "--help") || !strcmp(name, "help")) {
		help();
		return EX_OK;
	}
	if (!strcmp(name, "list"))
		return list();
	for (i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		if (!strcmp(name, commands[i].name) && argc <= 3)
			return run(&commands[i], system_map, where, argc > 2 ? argv[2] : NULL);
	}
	fprintf(stderr, "isolation: unknown command '%s'; see isolation --help\n", name);

	return EX_WRONG_USAGE;
}
