// SPDX-License-Identifier: GPL-2.0-only
/*
 * dma_map_single() and dma_unmap_single(), as drivers and dma_map_benchmark
 * call them. dma[i] is DMA_MAPPING_ERROR whenever buffer i is not mapped.
 */

#include <linux/dma-mapping.h>
#include <linux/iommu.h>
#include <linux/kernel.h>
#include <linux/moduleparam.h>

#include "smmubench.h"

static bool fail_check;
module_param(fail_check, bool, 0600);
MODULE_PARM_DESC(fail_check, "expect a wrong address, to test that a failed check shows");

static int dma_map_run(struct bench_thread *t, unsigned int i)
{
	dma_addr_t addr = dma_map_single(t->dev, t->buf[i], t->size, DMA_BIDIRECTIONAL);

	if (unlikely(dma_mapping_error(t->dev, addr)))
		return -ENOMEM;

	t->dma[i] = addr;

	return 0;
}

static int dma_unmap_run(struct bench_thread *t, unsigned int i)
{
	dma_unmap_single(t->dev, t->dma[i], t->size, DMA_BIDIRECTIONAL);

	return 0;
}

static void forget(struct bench_thread *t, unsigned int first, unsigned int n)
{
	unsigned int i;

	for (i = first; i < first + n; i++)
		t->dma[i] = DMA_MAPPING_ERROR;
}

static void unmap_some(struct bench_thread *t, unsigned int first, unsigned int n)
{
	unsigned int i;

	for (i = first; i < first + n; i++) {
		if (t->dma[i] != DMA_MAPPING_ERROR)
			dma_unmap_run(t, i);
	}
	forget(t, first, n);
}

static int map_some(struct bench_thread *t, unsigned int first, unsigned int n)
{
	unsigned int i;
	int ret;

	for (i = first; i < first + n; i++) {
		ret = dma_map_run(t, i);
		if (ret) {
			unmap_some(t, first, n);
			return ret;
		}
	}

	return 0;
}

static void dma_finish(struct bench_thread *t)
{
	unmap_some(t, 0, SMMUBENCH_BATCH);
}

/* What the device reaches at @addr, or 0: through the page tables, or directly. */
static phys_addr_t reached(struct bench_thread *t, dma_addr_t addr)
{
	struct iommu_domain *domain = iommu_get_domain_for_dev(t->dev);

	return domain ? iommu_iova_to_phys(domain, addr) : addr;
}

/* First and last page of the mapping lead to the buffer, and nowhere after a strict unmap. */
static int dma_check(struct bench_thread *t, char *reason)
{
	phys_addr_t phys = virt_to_phys(t->buf[0]) + (fail_check ? PAGE_SIZE : 0);
	size_t last = t->size > PAGE_SIZE ? t->size - PAGE_SIZE : 0;
	enum smmubench_domain kind = bench_device_domain(t->dev);
	dma_addr_t addr;
	int ret;

	ret = dma_map_run(t, 0);
	if (ret) {
		snprintf(reason, SMMUBENCH_REASON_LEN, "the first mapping failed (%d)", ret);
		return ret;
	}
	addr = t->dma[0];

	if (reached(t, addr) != phys || reached(t, addr + last) != phys + last) {
		snprintf(reason, SMMUBENCH_REASON_LEN,
			 "the device's address %pad does not lead to the buffer at %pap", &addr,
			 &phys);
		ret = -EINVAL;
	}

	dma_unmap_run(t, 0);
	forget(t, 0, 1);

	if (!ret && kind == SMMUBENCH_DOMAIN_STRICT &&
	    (reached(t, addr) || reached(t, addr + last))) {
		snprintf(reason, SMMUBENCH_REASON_LEN,
			 "the device's address %pad still leads somewhere after a strict unmap",
			 &addr);
		ret = -EINVAL;
	}

	return ret;
}

const struct bench_op bench_op_dma_map = {
	.name = "dma_map",
	.needs_device = true,
	.check = dma_check,
	.run = dma_map_run,
	.restore = unmap_some,
	.finish = dma_finish,
};

const struct bench_op bench_op_dma_unmap = {
	.name = "dma_unmap",
	.needs_device = true,
	.check = dma_check,
	.prepare = map_some,
	.run = dma_unmap_run,
	.restore = forget,
	.finish = dma_finish,
};
