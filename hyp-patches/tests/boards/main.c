// SPDX-License-Identifier: GPL-2.0-only
/* What a boot with kvm-arm.smmu=identity and this device tree would say. */

#include "boards.h"

#include <stdio.h>

#include <asm/kvm_pkvm_iommu.h>

static const char usage[] =
	"Usage: boards FILE.dtb\n"
	"\n"
	"Puts the tree through discovery, as the kernel does at boot with kvm-arm.smmu=identity, and\n"
	"prints \"says: LINE\" for each line of the kernel, \"stops: LINE\" when the boot ends there, and\n"
	"else what EL2 was told of (its SMMUs, the frames it keeps, those that it leaves to CPUs but\n"
	"maps in no domain, the end of what it maps) and the lines of\n"
	"/sys/kernel/pkvm_iommu/unguarded.\n"
	"\n"
	"Exit status: 0 the boot goes on, 1 it stops, 2 wrong usage, 4 discovery did what it must not.\n"
	"\n"
	"Example:\n"
	"  boards rk3588-rock-5b.dtb\n";

/* All memory lives as long as the program. */
const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
	return "detect_leaks=0";
}

static void print_machine(void)
{
	const struct pkvm_iommu_machine *machine = &kvm_nvhe_pkvm_iommu_machine;
	u32 i;

	for (i = 0; i < machine->nr_descs; i++)
		printf("smmu 0x%llx size 0x%llx%s\n", machine->descs[i].base,
		       machine->descs[i].size, machine->descs[i].coherent ? " coherent" : "");
	for (i = 0; i < machine->nr_frames; i++)
		printf("frame 0x%llx-0x%llx\n", machine->frames[i].start, machine->frames[i].end);
	for (i = 0; i < machine->nr_host_frames; i++)
		printf("cpu-only 0x%llx-0x%llx\n", machine->host_frames[i].start,
		       machine->host_frames[i].end);
	printf("limit 0x%llx\n", machine->limit);
}

static int boot(const char *file)
{
	const void *blob = tree_read(file);
	char mode[] = "identity";

	if (!blob)
		return EX_USAGE;
	memory_scan(blob);
	early_param_set("kvm-arm.smmu", mode);
	pkvm_iommu_reserve();
	initcalls_run(INITCALL_CORE, INITCALL_FS_SYNC);
	machine_take();
	initcalls_run(INITCALL_DEVICE, INITCALL_LATE_SYNC);
	print_machine();
	sysfs_print("unguarded");

	return EX_RUNS;
}

int main(int argc, char **argv)
{
	if (argc == 2 && !strcmp(argv[1], "--help")) {
		fputs(usage, stdout);
		return 0;
	}
	if (argc != 2 || argv[1][0] == '-') {
		fprintf(stderr, "boards: one device tree is needed; try 'boards --help'\n");
		return EX_USAGE;
	}

	return boot(argv[1]);
}
