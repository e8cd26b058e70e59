// SPDX-License-Identifier: GPL-2.0-only
/* What a machine says of itself, from files as boards and PCs have them. */
#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

#include "hardware.h"

static char root[64], proc[80], sysfs[80];

static int make_root(void **state)
{
	(void)state;
	strcpy(root, "/tmp/hardware.XXXXXX");
	assert_non_null(mkdtemp(root));
	snprintf(proc, sizeof(proc), "%s/proc", root);
	snprintf(sysfs, sizeof(sysfs), "%s/sys", root);
	return 0;
}

static int drop(const char *path, const struct stat *status, int kind, struct FTW *ftw)
{
	(void)status;
	(void)kind;
	(void)ftw;
	return remove(path);
}

static int remove_root(void **state)
{
	(void)state;
	return nftw(root, drop, 16, FTW_DEPTH | FTW_PHYS);
}

static void put(const char *name, const char *text)
{
	char path[512], *slash;
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", root, name);
	for (slash = strchr(path + strlen(root) + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		mkdir(path, 0700);
		*slash = '/';
	}
	f = fopen(path, "we");
	assert_non_null(f);
	fputs(text, f);
	fclose(f);
}

static void expect(const char *want)
{
	const struct hardware_source source = { proc, sysfs };
	char text[512];

	hardware_text(&source, text, sizeof(text));
	assert_string_equal(text, want);
}

static void put_midr(int cpu, const char *midr)
{
	char name[128];

	snprintf(name, sizeof(name), "sys/devices/system/cpu/cpu%d/regs/identification/midr_el1", cpu);
	put(name, midr);
}

/* Two kinds of CPUs; names and serial numbers lie beside what is read. */
static void board(void **state)
{
	int i;

	(void)state;
	for (i = 0; i < 8; i++)
		put_midr(i, i < 4 ? "0x00000000412fd050\n" : "0x00000000414fd0b0\n");
	put("sys/devices/system/cpu/cpufreq/policy0", "x");
	put("sys/devices/system/cpu/cpu8/online", "0\n");
	put("sys/firmware/devicetree/base/model", "Radxa ROCK 5B");
	put("sys/firmware/devicetree/base/serial-number", "c0ffee1234");
	put("proc/sys/kernel/hostname", "alices-board\n");
	put("proc/meminfo", "MemTotal:        7931236 kB\nMemFree: 1 kB\n");
	expect("Radxa ROCK 5B; 4 x 0x00000000412fd050, 4 x 0x00000000414fd0b0; 8 CPUs; 8192 MiB");
	/* Without /proc/iomem, small differences still are no other machine. */
	put("proc/meminfo", "MemTotal:        7898111 kB\n");
	expect("Radxa ROCK 5B; 4 x 0x00000000412fd050, 4 x 0x00000000414fd0b0; 8 CPUs; 8192 MiB");
}

#define BELOW_STEP	"MemTotal:        7864319 kB\n"
#define ABOVE_STEP	"MemTotal:        7865344 kB\n"

/* EL2's reserve takes MemTotal over a step, and leaves System RAM. */
static void reserve_of_a_mode(void **state)
{
	static const char ram[] =
		"00200000-083fffff : System RAM\n"
		"  02010000-032effff : Kernel code\n"
		"  05000000-05ffffff : reserved\n"
		"08400000-093fffff : reserved\n"
		"09400000-efffffff : System RAM\n"
		"fc000000-fc00ffff : fc000000.iommu iommu@fc000000\n"
		"100000000-1efffffff : System RAM\n"
		"200000000-2ffffffff : Persistent Memory\n"
		"  200000000-2ffffffff : System RAM (kmem)\n";
	/* The second starts and ends within a page of 64 KiB. */
	static const char ram_64k[] =
		"00200000-083fffff : System RAM\n"
		"09410000-effeffff : System RAM\n"
		"100000000-1efffffff : System RAM\n";

	(void)state;
	put("proc/iomem", ram);
	put("proc/meminfo", BELOW_STEP);
	expect("7680 MiB");
	put("proc/meminfo", ABOVE_STEP);
	expect("7680 MiB");
	put("proc/iomem", ram_64k);
	expect("7680 MiB");
}

/* As the kernel prints it to those who must not see addresses. */
static void hidden_addresses(void **state)
{
	(void)state;
	put("proc/iomem", "00000000-00000000 : System RAM\n  00000000-00000000 : Kernel code\n");
	put("proc/meminfo", ABOVE_STEP);
	expect("8192 MiB");
	put("proc/iomem", "");
	put("proc/meminfo", BELOW_STEP);
	expect("7680 MiB");
}

static void pc(void **state)
{
	static const char cpuinfo[] =
		"processor\t: 0\nvendor_id\t: GenuineIntel\ncpu family\t: 6\nmodel\t\t: 142\n"
		"model name\t: Intel(R) Core(TM)  i7-8650U; CPU\nstepping\t: 10\nmicrocode\t: 0xf4\n"
		"cpu MHz\t\t: 1234.567\n\n"
		"processor\t: 1\nvendor_id\t: GenuineIntel\ncpu family\t: 6\nmodel\t\t: 142\n"
		"model name\t: Intel(R) Core(TM)  i7-8650U; CPU\nstepping\t: 10\nmicrocode\t: 0xf4\n"
		"cpu MHz\t\t: 2345.678\n\n";

	(void)state;
	put("proc/cpuinfo", cpuinfo);
	put("proc/meminfo", "MemTotal:       16181720 kB\n");
	put("sys/class/dmi/id/product_name", "20L8S2N800\n");
	put("sys/class/dmi/id/sys_vendor", "LENOVO\n");
	put("sys/class/dmi/id/product_serial", "PF12345\n");
	expect("LENOVO 20L8S2N800; 2 x Intel(R) Core(TM) i7-8650U  CPU family 6 model 142 stepping 10; "
	       "2 CPUs; 16384 MiB");
}

static void nothing_known(void **state)
{
	(void)state;
	expect("");
	put("proc/meminfo", "MemTotal:       500000 kB\n");
	expect("512 MiB");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(board, make_root, remove_root),
		cmocka_unit_test_setup_teardown(reserve_of_a_mode, make_root, remove_root),
		cmocka_unit_test_setup_teardown(hidden_addresses, make_root, remove_root),
		cmocka_unit_test_setup_teardown(pc, make_root, remove_root),
		cmocka_unit_test_setup_teardown(nothing_known, make_root, remove_root),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
