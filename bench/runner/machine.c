// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/klog.h>
#include <unistd.h>

#include "machine.h"
#include "sysfs.h"

#define SYSLOG_ACTION_READ_ALL		3
#define SYSLOG_ACTION_SIZE_BUFFER	10

int machine_open(struct machine *m)
{
	char compatible[128];
	int ret;

	memset(m, 0, sizeof(*m));
	if (sysfs_read(m->mode, sizeof(m->mode), PKVM_IOMMU "/mode"))
		m->mode[0] = '\0';
	m->virt = !sysfs_read(compatible, sizeof(compatible),
			      "/sys/firmware/devicetree/base/compatible") &&
		  !strcmp(compatible, "linux,dummy-virt");

	m->fd = open(MODULE_PATH, O_RDWR | O_CLOEXEC);
	if (m->fd < 0)
		return -errno;
	m->info.abi = SMMUBENCH_ABI;
	if (ioctl(m->fd, SMMUBENCH_INFO, &m->info) == 0)
		return 0;

	ret = -errno;
	machine_close(m);

	return ret;
}

void machine_close(struct machine *m)
{
	if (m->fd >= 0)
		close(m->fd);
	m->fd = -1;
}

const char *kvm_mode_name(unsigned int mode)
{
	switch (mode) {
	case SMMUBENCH_KVM_VHE:
		return "vhe";
	case SMMUBENCH_KVM_NVHE:
		return "nvhe";
	case SMMUBENCH_KVM_PROTECTED:
		return "protected";
	default:
		return "none";
	}
}

bool machine_is_native(const struct machine *m)
{
	return !m->mode[0] || !strcmp(m->mode, "native");
}

bool machine_is_identity(const struct machine *m)
{
	return !strcmp(m->mode, "identity");
}

const char *counter_name(unsigned int i)
{
	static const char *const names[SMMUBENCH_NR_COUNTERS] = {
		[SMMUBENCH_INSTRUCTIONS_EL1] = "instructions_el1",
		[SMMUBENCH_INSTRUCTIONS_EL2] = "instructions_el2",
		[SMMUBENCH_CYCLES_EL1] = "cycles_el1",
		[SMMUBENCH_CYCLES_EL2] = "cycles_el2",
	};

	return names[i];
}

const char *counter_problem(const struct machine *m, unsigned int i, int error)
{
	bool cycles = i == SMMUBENCH_CYCLES_EL1 || i == SMMUBENCH_CYCLES_EL2;

	if (cycles && (m->virt || error == ENODATA))
		return "not counted: cycles are virtual nanoseconds on an emulator";
	switch (error) {
	case 0:
		return NULL;
	case ENOENT:
		return "not counted: this PMU has no such event";
	case EOPNOTSUPP:
		return "not counted: the PMU cannot tell this exception level apart";
	case EBUSY:
		return "not counted: another user has the PMU's counters";
	case EAGAIN:
		return "not counted: other tasks or interrupts ran beside the guest, each time it was tried";
	default:
		return "not counted: the kernel would not open the counter";
	}
}

const char *el2_problem(int error)
{
	switch (error) {
	case 0:
		return NULL;
	case ENOSYS:
		return "not counted: EL2 has no counters in this kernel";
	case EOPNOTSUPP:
		return "not counted: nothing of this kernel runs at EL2 under it";
	case EXDEV:
		return "not counted: EL2 counts all CPUs together, which is no one thread's round";
	default:
		return "not counted: the kernel would not read EL2's counters";
	}
}

/* "<6>[    0.512345] arm-smmu-v3 ...": past the level and the time. */
static const char *skip_stamp(const char *line)
{
	const char *end;

	if (*line == '<') {
		end = strchr(line, '>');
		line = end ? end + 1 : line;
	}
	if (*line == '[') {
		end = strstr(line, "] ");
		line = end ? end + 2 : line;
	}

	return line;
}

static char *read_kernel_log(void)
{
	int size = klogctl(SYSLOG_ACTION_SIZE_BUFFER, NULL, 0), n;
	char *log;

	if (size <= 0)
		return NULL;
	log = malloc(size + 1);
	if (!log)
		return NULL;
	n = klogctl(SYSLOG_ACTION_READ_ALL, log, size);
	if (n < 0) {
		free(log);
		return NULL;
	}
	log[n] = '\0';

	return log;
}

char *machine_kernel_log(const char *prefix)
{
	char *log = read_kernel_log(), *save = NULL, *line, *joined = NULL;
	size_t used = 0, len;

	if (!log)
		return NULL;
	for (line = strtok_r(log, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
		const char *text = skip_stamp(line);
		char *grown;

		if (strncmp(text, prefix, strlen(prefix)))
			continue;
		text += strlen(prefix);
		text = strstr(text, ": ") ? strstr(text, ": ") + 2 : text;
		/* Faults and timeouts are events of a run, not properties. */
		if (strstr(text, "event") || strstr(text, "timeout"))
			continue;
		len = strlen(text);
		grown = realloc(joined, used + len + 3);
		if (!grown)
			break;
		joined = grown;
		used += sprintf(joined + used, "%s%s", used ? "; " : "", text);
	}
	free(log);

	return joined;
}
