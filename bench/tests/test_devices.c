// SPDX-License-Identifier: GPL-2.0-only
/* Which devices are refused, on copies of sysfs made for the purpose. */

#include "tap.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "devices.h"

/* A fake machine: DIR/sys and DIR/proc. */
struct fake {
	char dir[64];
	char sysfs[80];
	char proc[80];
	struct device *list;
	size_t n;
};

static void __attribute__((format(printf, 2, 3)))
make_path(char *path, const char *fmt, ...)
{
	va_list ap;
	char *p;

	va_start(ap, fmt);
	vsnprintf(path, PATH_MAX, fmt, ap);
	va_end(ap);
	for (p = strchr(path + 1, '/'); p; p = strchr(p + 1, '/')) {
		*p = '\0';
		mkdir(path, 0700);
		*p = '/';
	}
}

static void put(const struct fake *f, const char *name, const char *text)
{
	char path[PATH_MAX];
	FILE *file;

	make_path(path, "%s/%s", f->dir, name);
	file = fopen(path, "w");
	assert_non_null(file);
	fputs(text, file);
	fclose(file);
}

/* Absolute links into the same fake machine. */
static void put_link(const struct fake *f, const char *name, const char *target)
{
	char path[PATH_MAX], to[PATH_MAX];

	make_path(path, "%s/%s", f->dir, name);
	make_path(to, "%s/%s/", f->dir, target);
	to[strlen(to) - 1] = '\0';
	assert_int_equal(symlink(to, path), 0);
}

static void put_pci(const struct fake *f, const char *name, const char *id, const char *class,
		    const char *driver, const char *group)
{
	char path[256], value[64], target[256];

	snprintf(path, sizeof(path), "sys/devices/pci0000:00/%s/vendor", name);
	snprintf(value, sizeof(value), "0x%.4s\n", id);
	put(f, path, value);
	snprintf(path, sizeof(path), "sys/devices/pci0000:00/%s/device", name);
	snprintf(value, sizeof(value), "0x%s\n", id + 5);
	put(f, path, value);
	snprintf(path, sizeof(path), "sys/devices/pci0000:00/%s/class", name);
	put(f, path, class);
	if (driver) {
		snprintf(path, sizeof(path), "sys/devices/pci0000:00/%s/driver", name);
		snprintf(target, sizeof(target), "sys/bus/pci/drivers/%s", driver);
		put_link(f, path, target);
	}
	if (group) {
		snprintf(path, sizeof(path), "sys/devices/pci0000:00/%s/iommu_group", name);
		snprintf(target, sizeof(target), "sys/kernel/iommu_groups/%s", group);
		put_link(f, path, target);
	}
	snprintf(path, sizeof(path), "sys/bus/pci/devices/%s", name);
	snprintf(target, sizeof(target), "sys/devices/pci0000:00/%s", name);
	put_link(f, path, target);
}

/* A disk or partition below a PCI device, with its number. */
static void put_block(const struct fake *f, const char *below, const char *name,
		      const char *number)
{
	char path[512], target[256];

	snprintf(target, sizeof(target), "sys/devices/%s/%s", below, name);
	snprintf(path, sizeof(path), "%s/size", target);
	put(f, path, "1\n");
	snprintf(path, sizeof(path), "sys/class/block/%s", name);
	put_link(f, path, target);
	snprintf(path, sizeof(path), "sys/dev/block/%s", number);
	put_link(f, path, target);
}

#define NVME "pci0000:00/0000:00:03.0/nvme/nvme0/nvme0n1"

/*
 * 00.0 host bridge; 01.0 network card with a driver; 02.0 test device; 03.0
 * NVMe; 04.0 a function in the NVMe's group; 05.0 behind no IOMMU; 06.0 idle.
 */
static int make_machine(void **state)
{
	struct fake *f = calloc(1, sizeof(*f));

	assert_non_null(f);
	strcpy(f->dir, "/tmp/smmubench-test-XXXXXX");
	assert_non_null(mkdtemp(f->dir));
	snprintf(f->sysfs, sizeof(f->sysfs), "%s/sys", f->dir);
	snprintf(f->proc, sizeof(f->proc), "%s/proc", f->dir);

	put_pci(f, "0000:00:00.0", "1b36:0008", "0x060000\n", NULL, "0");
	put_pci(f, "0000:00:01.0", "8086:1572", "0x020000\n", "i40e", "1");
	put_pci(f, "0000:00:02.0", "1b36:0005", "0x00ff00\n", NULL, "2");
	put_pci(f, "0000:00:03.0", "144d:a808", "0x010802\n", "nvme", "3");
	put_pci(f, "0000:00:04.0", "abcd:0001", "0x00ff00\n", NULL, "3");
	put_pci(f, "0000:00:05.0", "abcd:0002", "0x00ff00\n", NULL, NULL);
	put_pci(f, "0000:00:06.0", "abcd:0003", "0x00ff00\n", NULL, "6");
	put_block(f, "pci0000:00/0000:00:03.0/nvme/nvme0", "nvme0n1", "259:0");
	put_block(f, NVME, "nvme0n1p2", "259:2");
	put(f, "sys/devices/pci0000:00/0000:00:01.0/net/eth0/flags", "0x1002\n");
	put_link(f, "sys/class/net/eth0", "sys/devices/pci0000:00/0000:00:01.0/net/eth0");
	put(f, "proc/self/mountinfo", "1 1 0:2 / / rw - rootfs rootfs rw\n");
	put(f, "proc/swaps", "Filename\tType\tSize\tUsed\tPriority\n");
	*state = f;

	return 0;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;

	return remove(path);
}

static int remove_machine(void **state)
{
	struct fake *f = *state;

	nftw(f->dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	free(f->list);
	free(f);

	return 0;
}

static const char *refusal_in(struct fake *f, const char *name, bool identity)
{
	struct device_source source = {
		.sysfs = f->sysfs, .proc = f->proc, .ungrouped_ok = identity,
	};
	const struct device *d;

	free(f->list);
	f->list = NULL;
	assert_int_equal(devices_find(&source, &f->list, &f->n), 0);
	d = devices_by_name(f->list, f->n, name);
	assert_non_null(d);

	return d->refused;
}

static const char *refusal(struct fake *f, const char *name)
{
	return refusal_in(f, name, false);
}

static void an_idle_machine(void **state)
{
	struct fake *f = *state;

	assert_string_equal(refusal(f, "0000:00:02.0"), "");
	assert_int_equal(f->n, 7);
	assert_string_equal(refusal(f, "0000:00:00.0"), "is a bridge");
	assert_string_equal(refusal(f, "0000:00:01.0"), "");
	assert_string_equal(refusal(f, "0000:00:03.0"), "");
	assert_string_equal(refusal(f, "0000:00:05.0"), "is behind no IOMMU");
	assert_string_equal(refusal(f, "0000:00:04.0"),
			    "shares IOMMU group 3 with 0000:00:03.0, which driver nvme uses");
}

static void the_root_disk_and_its_group(void **state)
{
	struct fake *f = *state;

	put(f, "proc/self/mountinfo", "22 1 259:2 / / rw,noatime shared:1 - ext4 /dev/root rw\n");
	assert_string_equal(refusal(f, "0000:00:03.0"), "carries nvme0n1p2, mounted on /");
	assert_string_equal(refusal(f, "0000:00:04.0"),
			    "shares IOMMU group 3 with 0000:00:03.0, which carries nvme0n1p2, "
			    "mounted on /");
	assert_string_equal(refusal(f, "0000:00:02.0"), "");
}

/* btrfs shows a device number of its own; only the source names the disk. */
static void a_disk_known_by_name_only(void **state)
{
	struct fake *f = *state;

	put(f, "proc/self/mountinfo", "22 1 0:30 /@ / rw shared:1 - btrfs /dev/nvme0n1p2 rw\n");
	assert_string_equal(refusal(f, "0000:00:03.0"), "carries nvme0n1p2, mounted on /");
}

static void a_disk_below_device_mapper(void **state)
{
	struct fake *f = *state;

	put_block(f, "virtual/block", "dm-0", "253:0");
	put_link(f, "sys/devices/virtual/block/dm-0/slaves/nvme0n1p2",
		 "sys/devices/" NVME "/nvme0n1p2");
	put(f, "proc/self/mountinfo", "22 1 253:0 / /home rw - ext4 /dev/mapper/home rw\n");
	assert_string_equal(refusal(f, "0000:00:03.0"), "carries nvme0n1p2, mounted on /home");
}

static void a_disk_used_for_swap(void **state)
{
	struct fake *f = *state;

	put(f, "proc/swaps", "Filename Type Size Used Priority\n/dev/nvme0n1p2 partition 1 0 -2\n");
	assert_string_equal(refusal(f, "0000:00:03.0"), "carries nvme0n1p2, used for swap");
}

/* When it cannot be told which disk is below, none may be touched. */
static void a_file_system_of_unknown_place(void **state)
{
	struct fake *f = *state;

	put(f, "proc/self/mountinfo", "22 1 0:40 / / rw - zfs tank/root rw\n");
	assert_string_equal(refusal(f, "0000:00:03.0"), "carries nvme0n1, and / may be on it");
	assert_string_equal(refusal(f, "0000:00:02.0"), "");
}

static void unreadable_mounts(void **state)
{
	struct fake *f = *state;
	char path[PATH_MAX];

	make_path(path, "%s/self/mountinfo", f->proc);
	assert_int_equal(unlink(path), 0);
	assert_string_equal(refusal(f, "0000:00:03.0"),
			    "carries nvme0n1, and the mounts cannot be read");
}

static void the_network(void **state)
{
	struct fake *f = *state;

	put(f, "sys/devices/pci0000:00/0000:00:01.0/net/eth0/flags", "0x1003\n");
	assert_string_equal(refusal(f, "0000:00:01.0"),
			    "carries network interface eth0, which is up");
	assert_string_equal(refusal(f, "0000:00:02.0"), "");
}

/* A name that starts with another's is not below it. */
static void a_longer_name_is_another_device(void **state)
{
	struct fake *f = *state;

	put_pci(f, "0000:00:03", "abcd:0004", "0x00ff00\n", NULL, "7");
	put(f, "proc/self/mountinfo", "22 1 259:2 / / rw - ext4 /dev/root rw\n");
	assert_string_equal(refusal(f, "0000:00:03"), "");
	assert_string_not_equal(refusal(f, "0000:00:03.0"), "");
}

static const char *picked(struct fake *f)
{
	const struct device *d;

	refusal(f, "0000:00:00.0");
	d = devices_pick(f->list, f->n);

	return d ? d->name : "";
}

static void auto_prefers_test_devices(void **state)
{
	struct fake *f = *state;
	char path[PATH_MAX];

	assert_string_equal(picked(f), "0000:00:02.0");
	make_path(path, "%s/bus/pci/devices/0000:00:02.0", f->sysfs);
	assert_int_equal(unlink(path), 0);
	assert_string_equal(picked(f), "0000:00:06.0");
	put_pci(f, "0000:00:07.0", "1234:11e8", "0x00ff00\n", NULL, "8");
	assert_string_equal(picked(f), "0000:00:07.0");
}

/* The usable devices that are left belong to drivers: not without being asked. */
static void auto_takes_nothing_from_a_driver(void **state)
{
	struct fake *f = *state;
	char path[PATH_MAX];

	make_path(path, "%s/bus/pci/devices/0000:00:02.0", f->sysfs);
	assert_int_equal(unlink(path), 0);
	make_path(path, "%s/bus/pci/devices/0000:00:06.0", f->sysfs);
	assert_int_equal(unlink(path), 0);
	assert_string_equal(refusal(f, "0000:00:01.0"), "");
	assert_string_equal(picked(f), "");
}

static void ungroup(const struct fake *f, const char *name)
{
	char path[PATH_MAX];

	make_path(path, "%s/devices/pci0000:00/%s/iommu_group", f->sysfs, name);
	assert_int_equal(unlink(path), 0);
}

/* Where EL2 owns the SMMU, or where there is none, no device has a group. */
static void a_machine_without_groups(void **state)
{
	static const char *const grouped[] = {
		"0000:00:00.0", "0000:00:01.0", "0000:00:02.0", "0000:00:03.0", "0000:00:04.0",
		"0000:00:06.0",
	};
	struct fake *f = *state;
	size_t i;

	assert_string_equal(picked(f), "0000:00:02.0");
	assert_false(devices_ungrouped(f->list, f->n));
	for (i = 0; i < COUNT_OF(grouped); i++)
		ungroup(f, grouped[i]);

	assert_string_equal(refusal(f, "0000:00:02.0"), "is behind no IOMMU");
	assert_true(devices_ungrouped(f->list, f->n));
	assert_null(devices_pick(f->list, f->n));

	assert_string_equal(refusal_in(f, "0000:00:02.0", true), "");
	assert_string_equal(devices_pick(f->list, f->n)->name, "0000:00:02.0");
	/* The group no longer ties them, and the NVMe's driver is no reason to refuse. */
	assert_string_equal(refusal_in(f, "0000:00:04.0", true), "");
	assert_string_equal(refusal_in(f, "0000:00:00.0", true), "is a bridge");
}

#define MACHINE_TEST(name) cmocka_unit_test_setup_teardown(name, make_machine, remove_machine)

int main(void)
{
	const struct CMUnitTest tests[] = {
		MACHINE_TEST(an_idle_machine),
		MACHINE_TEST(the_root_disk_and_its_group),
		MACHINE_TEST(a_disk_known_by_name_only),
		MACHINE_TEST(a_disk_below_device_mapper),
		MACHINE_TEST(a_disk_used_for_swap),
		MACHINE_TEST(a_file_system_of_unknown_place),
		MACHINE_TEST(unreadable_mounts),
		MACHINE_TEST(the_network),
		MACHINE_TEST(a_longer_name_is_another_device),
		MACHINE_TEST(auto_prefers_test_devices),
		MACHINE_TEST(auto_takes_nothing_from_a_driver),
		MACHINE_TEST(a_machine_without_groups),
	};

	return cmocka_run_group_tests_name("devices", tests, NULL, NULL);
}
