// SPDX-License-Identifier: GPL-2.0-only
/*
 * Who owns the SMMUs of this machine: the host or, in one of several ways, EL2.
 *
 * The choice is made once, on the command line, and it is closed: what this
 * kernel does not know, was not built with, or cannot put into force stops the
 * boot. A host that silently went on with another mode would run guests whose
 * memory every device can read.
 */

#define pr_fmt(fmt) "kvm-arm.smmu: " fmt

#include <linux/init.h>
#include <linux/kobject.h>
#include <linux/kvm_host.h>
#include <linux/printk.h>
#include <linux/string.h>
#include <linux/sysfs.h>

#include <asm/virt.h>

enum pkvm_iommu_mode {
	PKVM_IOMMU_NATIVE,
	PKVM_IOMMU_IDENTITY,
	PKVM_IOMMU_PARAVIRT,
	PKVM_IOMMU_NESTED,
	PKVM_IOMMU_UNKNOWN,
};

struct pkvm_iommu_mode_desc {
	const char *name;
	bool built;
};

static const struct pkvm_iommu_mode_desc modes[] __initconst = {
	[PKVM_IOMMU_NATIVE]	= { "native", true },
	[PKVM_IOMMU_IDENTITY]	= { "identity" },
	[PKVM_IOMMU_PARAVIRT]	= { "paravirt" },
	[PKVM_IOMMU_NESTED]	= { "nested" },
};

static enum pkvm_iommu_mode requested __initdata = PKVM_IOMMU_NATIVE;
static char requested_name[32] __initdata = "native";

/* The mode in force; it can be read once the boot got past finalisation. */
static const char *mode_in_force __ro_after_init;

/* Whether the command line asks for protected KVM. */
static bool protected_asked __initdata;

/*
 * What kvm-arm.mode= said last, which KVM forgets when it cannot follow: beside the
 * handler of KVM, not instead of it.
 */
static int __init early_kvm_mode_asked(char *arg)
{
	protected_asked = arg && !strcmp(arg, "protected");

	return 0;
}
early_param("kvm-arm.mode", early_kvm_mode_asked);

/* Why protected KVM is not to be, in the order in which its user can do something. */
static const char *__init why_not_protected(void)
{
	if (is_hyp_mode_mismatched())
		return "some CPUs were started at EL1, and protected KVM needs EL2";
	if (!is_hyp_mode_available())
		return "this kernel was started at EL1; protected KVM needs EL2";
	if (!protected_asked)
		return "needs kvm-arm.mode=protected";
	if (is_kernel_in_hyp_mode())
		return "kvm-arm.mode=protected is given, but the kernel runs with VHE";

	return "kvm-arm.mode=protected is given, but KVM did not take it";
}

/*
 * An early parameter, since memory for EL2 is set aside before the others are
 * parsed. No console is up then: refusals wait for an initcall.
 */
static int __init early_pkvm_iommu_mode(char *arg)
{
	unsigned int i;

	strscpy(requested_name, arg ?: "", sizeof(requested_name));
	requested = PKVM_IOMMU_UNKNOWN;

	for (i = 0; i < ARRAY_SIZE(modes); i++) {
		if (arg && !strcmp(arg, modes[i].name))
			requested = i;
	}

	return 0;
}
early_param("kvm-arm.smmu", early_pkvm_iommu_mode);

/*
 * Late enough for the usual consoles to show the line, and before the level at
 * which the drivers of PCI hosts and SMMUs probe.
 */
static int __init pkvm_iommu_check_mode(void)
{
	if (requested == PKVM_IOMMU_NATIVE)
		return 0;

	if (requested == PKVM_IOMMU_UNKNOWN)
		panic("kvm-arm.smmu=%s: unknown mode; use native, identity, paravirt or nested",
		      requested_name);

	/* A CPU that started at EL1 came up after KVM had taken its mode. */
	if (kvm_get_mode() != KVM_MODE_PROTECTED || !is_hyp_mode_available())
		panic("kvm-arm.smmu=%s: %s", requested_name,
		      why_not_protected());

	if (!modes[requested].built)
		panic("kvm-arm.smmu=%s: this kernel was built without that mode",
		      requested_name);

	return 0;
}
fs_initcall_sync(pkvm_iommu_check_mode);

static ssize_t mode_show(struct kobject *kobj, struct kobj_attribute *attr,
			 char *buf)
{
	return sysfs_emit(buf, "%s\n", mode_in_force);
}

static struct kobj_attribute mode_attr = __ATTR_RO(mode);

/*
 * At the level of finalize_pkvm(), and linked behind it: from here on the host
 * has lost its privileges, or has been found to keep them.
 */
static int __init pkvm_iommu_report_mode(void)
{
	struct kobject *dir;
	int ret;

	if (requested != PKVM_IOMMU_NATIVE && !is_pkvm_initialized())
		panic("kvm-arm.smmu=%s: protected KVM did not initialise; the lines of kvm above say why",
		      requested_name);

	mode_in_force = modes[requested].name;
	pr_info("%s mode in force\n", mode_in_force);

	dir = kobject_create_and_add("pkvm_iommu", kernel_kobj);
	if (!dir)
		return -ENOMEM;

	ret = sysfs_create_file(dir, &mode_attr.attr);
	if (ret)
		kobject_put(dir);

	return ret;
}
device_initcall_sync(pkvm_iommu_report_mode);
