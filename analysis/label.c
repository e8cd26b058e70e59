// SPDX-License-Identifier: GPL-2.0-only
#include "label.h"

#include <string.h>

#include "mem.h"

static const struct {
	const char *id;
	const char *kind;
	const char *promise;
	const char *baseline;
} kinds[GUARANTEE_KINDS] = {
	[GUARANTEE_STRICT] = {
		"strict", "Strict invalidation",
		"no device reaches a page once unmap returned", "native:strict",
	},
	[GUARANTEE_LAZY] = {
		"lazy", "Lazy invalidation",
		"a device may reach a page until the flush queue drains", "native:lazy",
	},
	[GUARANTEE_PASSTHROUGH] = {
		"passthrough", "No translation by the host",
		"none: devices reach all memory", "native:passthrough",
	},
	[GUARANTEE_NO_DOMAIN] = {
		"no_domain", "No IOMMU domain involved",
		"nothing to guarantee, no device access is set up", NULL,
	},
	[GUARANTEE_UNKNOWN] = {
		"unknown", "Unknown guarantee",
		"unknown to this smmustat: compare with nothing", NULL,
	},
};

/**
 * label_guarantee() - the kind of guarantee a row gives
 * @mode: who owns the SMMU
 * @domain: parameter domain: dma, identity or none
 * @invalidation: parameter invalidation: strict, lazy or none
 *
 * Return: the kind; rows of different kinds are never compared.
 */
enum guarantee label_guarantee(const char *mode, const char *domain, const char *invalidation)
{
	if (!strcmp(domain, "none"))
		return GUARANTEE_NO_DOMAIN;
	/* The mode identity translates nothing for the host, whatever the domain is called. */
	if (!strcmp(mode, "identity") || !strcmp(domain, "identity"))
		return GUARANTEE_PASSTHROUGH;
	if (!strcmp(domain, "dma") && !strcmp(invalidation, "strict"))
		return GUARANTEE_STRICT;
	if (!strcmp(domain, "dma") && !strcmp(invalidation, "lazy"))
		return GUARANTEE_LAZY;
	return GUARANTEE_UNKNOWN;
}

/**
 * label_name() - the name people know a row's configuration by
 * @mode: who owns the SMMU
 * @domain: parameter domain
 * @invalidation: parameter invalidation
 *
 * Return: for example "native:strict"; the caller frees it.
 */
char *label_name(const char *mode, const char *domain, const char *invalidation)
{
	enum guarantee guarantee = label_guarantee(mode, domain, invalidation);

	if (guarantee == GUARANTEE_NO_DOMAIN || !strcmp(mode, "identity"))
		return mem_string(mode);
	return mem_format("%s:%s", mode, kinds[guarantee].id);
}

/**
 * label_promise() - what a configuration guarantees, in words
 * @mode: who owns the SMMU
 * @guarantee: the kind of guarantee
 *
 * Return: a constant string without a full stop.
 */
const char *label_promise(const char *mode, enum guarantee guarantee)
{
	bool native = !strcmp(mode, "native");

	if (guarantee == GUARANTEE_STRICT && !native)
		return "no device reaches a page once unmap returned, "
		       "and never what the host may not";
	if (guarantee == GUARANTEE_LAZY && !native)
		return "a device may reach a page until the flush queue drains, "
		       "and never what the host may not";
	if (guarantee == GUARANTEE_PASSTHROUGH && !native)
		return "devices reach what the host may access";
	return kinds[guarantee].promise;
}

/**
 * label_donation() - what becomes of a page for devices when a guest takes it
 * @mode: who owns the SMMU
 *
 * Return: a constant string without a full stop.
 */
const char *label_donation(const char *mode)
{
	return strcmp(mode, "native") ? "no device reaches the page while the guest has it" :
					"devices reach the page as before";
}

/**
 * label_limits() - what drivers lose in a mode, beside its price
 * @mode: who owns the SMMU
 *
 * Return: a constant string without a full stop; NULL where they lose nothing.
 */
const char *label_limits(const char *mode)
{
	if (strcmp(mode, "identity"))
		return NULL;
	return "drivers have no IOMMU: no DMA mask below the RAM, no VFIO, contiguous memory "
	       "only as CMA has it";
}

/**
 * label_kind() - heading for the rows of one kind of guarantee
 * @guarantee: the kind
 *
 * Return: a constant string.
 */
const char *label_kind(enum guarantee guarantee)
{
	return kinds[guarantee].kind;
}

/**
 * label_kind_id() - short name of a kind of guarantee, for programs
 * @guarantee: the kind
 *
 * Return: a constant string.
 */
const char *label_kind_id(enum guarantee guarantee)
{
	return kinds[guarantee].id;
}

/**
 * label_is_baseline() - recognise the name of a baseline
 * @label: what the user typed
 * @guarantee: set to its kind when it is one
 *
 * Return: true for native:strict, native:lazy and native:passthrough.
 */
bool label_is_baseline(const char *label, enum guarantee *guarantee)
{
	int i;

	for (i = 0; i < GUARANTEE_KINDS; i++) {
		if (kinds[i].baseline && !strcmp(label, kinds[i].baseline)) {
			*guarantee = i;
			return true;
		}
	}
	return false;
}
