// SPDX-License-Identifier: GPL-2.0-only
/*
 * Does this suite measure what the kernel's own dma_map_benchmark measures?
 *
 * On one device, in a strict domain, in one boot: 4 KiB, one thread, both
 * directions, no delay, for one second of the machine's clock; then our
 * operations, one by one. That tool floors each sample to 100 ns and their mean
 * once more, so its true mean lies in [avg * 100, avg * 100 + 200). Its samples
 * hold one ktime_get(), from the read in one call to the read in the next; the
 * module has that as an operation. So the figure that must lie in there is
 *
 *	(single mean of ours - null) + (single mean of ktime_get - null)
 *
 * It also sets its buffer's memory before each map, outside of what it times.
 */

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "abi.h"
#include "bind.h"
#include "devices.h"
#include "hist.h"

#define THEIRS	"/sys/kernel/debug/dma_map_benchmark"
#define SAMPLES	16384
#define WARMUP	1024

/* As include/uapi/linux/map_benchmark.h has it. */
struct map_benchmark {
	uint64_t avg_map_100ns;
	uint64_t map_stddev;
	uint64_t avg_unmap_100ns;
	uint64_t unmap_stddev;
	uint32_t threads;
	uint32_t seconds;
	int32_t node;
	uint32_t dma_bits;
	uint32_t dma_dir;
	uint32_t dma_trans_ns;
	uint32_t granule;
	uint8_t map_mode;
	uint8_t expansion[75];
};

#define DMA_MAP_BENCHMARK	_IOWR('d', 1, struct map_benchmark)
#define NUMA_NO_NODE		(-1)

_Static_assert(sizeof(struct map_benchmark) == 136, "not the kernel's struct");

static int measure_theirs(struct map_benchmark *theirs)
{
	int fd = open(THEIRS, O_RDWR | O_CLOEXEC), ret;

	if (fd < 0)
		return -errno;
	memset(theirs, 0, sizeof(*theirs));
	theirs->threads = 1;
	theirs->seconds = 1;
	theirs->node = NUMA_NO_NODE;
	theirs->dma_bits = 64;
	theirs->granule = 1;
	ret = ioctl(fd, DMA_MAP_BENCHMARK, theirs) ? -errno : 0;
	close(fd);

	return ret;
}

/* The mean of one operation in thousandths of the clock's unit. */
static int measure_ours(int fd, const char *op, const char *device, unsigned int clock,
			int64_t *milli)
{
	static uint64_t hist[HIST_BUCKETS];
	struct smmubench_run run = {
		.abi = SMMUBENCH_ABI, .clock = clock, .method = SMMUBENCH_SINGLE, .threads = 1,
		.batch = 1, .rounds = SAMPLES, .warmup = WARMUP,
		.hist_ptr = (uintptr_t)hist, .hist_cap = HIST_BUCKETS,
	};

	snprintf(run.op, sizeof(run.op), "%s", op);
	if (device) {
		run.size = sysconf(_SC_PAGESIZE);
		snprintf(run.device, sizeof(run.device), "%s", device);
	}
	if (ioctl(fd, SMMUBENCH_RUN, &run))
		return -errno;
	if (run.status != SMMUBENCH_OK || !run.count) {
		printf("# %s: status %u, %s\n", op, run.status, run.reason);
		return -EIO;
	}
	*milli = (int64_t)(run.sum * 1000 / run.count);

	return 0;
}

/* One KTAP line. Return: whether it agrees. */
static int judge(int number, const char *what, uint64_t avg, int64_t ours, int64_t null,
		 int64_t ktime)
{
	int64_t clean = ours - null, clock = ktime - null, as_theirs = clean + clock;
	int64_t low = (int64_t)avg * 100000;
	int ok = as_theirs >= low && as_theirs < low + 200000;

	printf("# %s: ours %" PRId64 ".%03" PRId64 " - null %" PRId64 ".%03" PRId64 " = %" PRId64
	       ".%03" PRId64 "\n", what, ours / 1000, ours % 1000, null / 1000, null % 1000,
	       clean / 1000, clean % 1000);
	printf("# %s: with one ktime_get (%" PRId64 ".%03" PRId64 ") %" PRId64 ".%03" PRId64
	       "; dma_map_benchmark says %" PRIu64 ", so [%" PRId64 ", %" PRId64 ")\n", what,
	       clock / 1000, clock % 1000, as_theirs / 1000, as_theirs % 1000, avg, low / 1000,
	       low / 1000 + 200);
	printf("%s %d %s agrees with dma_map_benchmark\n", ok ? "ok" : "not ok", number, what);

	return ok;
}

static int compare(struct binding *binding, const struct device *dev, const char **step)
{
	int64_t null, ktime, map, unmap;
	struct smmubench_info info = { .abi = SMMUBENCH_ABI };
	struct map_benchmark theirs;
	unsigned int clock;
	int fd, ret, ok;

	ret = binding_use(binding, "dma_map_benchmark", "DMA", step);
	if (ret)
		return ret;
	*step = "running dma_map_benchmark";
	ret = measure_theirs(&theirs);
	if (ret)
		return ret;
	ret = binding_use(binding, "smmubench", NULL, step);
	if (ret)
		return ret;

	*step = "measuring with smmubench.ko";
	fd = open("/dev/smmubench", O_RDWR | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	ret = ioctl(fd, SMMUBENCH_INFO, &info) ? -errno : 0;
	clock = info.insn_clock ? SMMUBENCH_CLOCK_INSN : SMMUBENCH_CLOCK_WALL;
	if (!ret)
		ret = measure_ours(fd, "null", NULL, clock, &null);
	if (!ret)
		ret = measure_ours(fd, "ktime_get", NULL, clock, &ktime);
	if (!ret)
		ret = measure_ours(fd, "dma_map", dev->name, clock, &map);
	if (!ret)
		ret = measure_ours(fd, "dma_unmap", dev->name, clock, &unmap);
	close(fd);
	if (ret)
		return ret;

	puts("1..2");
	ok = judge(1, "dma_map", theirs.avg_map_100ns, map, null, ktime);
	ok &= judge(2, "dma_unmap", theirs.avg_unmap_100ns, unmap, null, ktime);

	return ok ? 0 : 1;
}

int main(void)
{
	struct device_source source = { .sysfs = "/sys", .proc = "/proc" };
	const char *step = "looking at the device";
	struct binding binding = { 0 };
	const struct device *dev;
	struct device *list;
	size_t n;
	int ret, restored;

	puts("KTAP version 1");
	if (devices_find(&source, &list, &n))
		list = NULL;
	dev = list ? devices_pick(list, n) : NULL;
	if (!dev || access("/sys/bus/pci/drivers/dma_map_benchmark", F_OK)) {
		puts("1..0 # SKIP no free device, or no dma_map_benchmark in this kernel");
		free(list);
		return 77;
	}

	ret = binding_take(&binding, dev, "/sys");
	if (!ret)
		ret = compare(&binding, dev, &step);
	if (ret < 0)
		printf("Bail out! %s: %s failed: %s\n", dev->name, step, strerror(-ret));
	restored = binding_restore(&binding, &step);
	if (restored)
		printf("Bail out! %s: %s failed: %s\n", dev->name, step, strerror(-restored));
	free(list);

	return ret || restored ? 1 : 0;
}
