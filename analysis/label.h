/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SMMUSTAT_LABEL_H
#define SMMUSTAT_LABEL_H

#include <stdbool.h>

/*
 * What rows promise. Only rows of one kind stand beside each other: strict costs more than lazy
 * because it promises more.
 */
enum guarantee {
	GUARANTEE_STRICT,
	GUARANTEE_LAZY,
	GUARANTEE_PASSTHROUGH,
	GUARANTEE_NO_DOMAIN,
	GUARANTEE_UNKNOWN,
	GUARANTEE_KINDS,
};

enum guarantee label_guarantee(const char *mode, const char *domain, const char *invalidation);
char *label_name(const char *mode, const char *domain, const char *invalidation);
const char *label_promise(const char *mode, enum guarantee guarantee);
const char *label_donation(const char *mode);
const char *label_limits(const char *mode);
const char *label_kind(enum guarantee guarantee);
const char *label_kind_id(enum guarantee guarantee);
bool label_is_baseline(const char *label, enum guarantee *guarantee);

#endif
