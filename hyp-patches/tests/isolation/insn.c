// SPDX-License-Identifier: GPL-2.0-only
/* Instructions by exception level, as the PMU counts them. */

#include <errno.h>
#include <linux/perf_event.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "insn.h"

/* The guest's own instructions are neither's. */
int insn_open(enum level level)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_HARDWARE,
		.size = sizeof(attr),
		.config = PERF_COUNT_HW_INSTRUCTIONS,
		.pinned = 1,
		.exclude_user = 1,
		.exclude_kernel = level == EL2,
		.exclude_hv = level == EL1,
		.exclude_guest = level == EL1,
	};
	int fd = (int)syscall(SYS_perf_event_open, &attr, 0, -1, -1, PERF_FLAG_FD_CLOEXEC);

	return fd < 0 ? -errno : fd;
}
