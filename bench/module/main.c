// SPDX-License-Identifier: GPL-2.0-only
/* smmubench: measures the DMA API on a device of the user's choice. */

#include <linux/capability.h>
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "built_with.h"
#include "hist.h"
#include "smmubench.h"

/* One run at a time, and no device comes or goes meanwhile. */
DEFINE_MUTEX(bench_run_lock);

static bool is_string(const char *s, size_t len)
{
	return strnlen(s, len) < len;
}

static bool within(u64 value, u64 low, u64 high)
{
	return value >= low && value <= high;
}

static int validate(const struct smmubench_run *p)
{
	u32 rounds = p->method == SMMUBENCH_BATCHED ? p->threads * p->rounds : 0;
	u32 hist = p->method == SMMUBENCH_SINGLE ? HIST_BUCKETS : 0;

	if (p->abi != SMMUBENCH_ABI)
		return -EPROTO;
	if (p->clock > SMMUBENCH_CLOCK_WALL || p->method > SMMUBENCH_SINGLE)
		return -EINVAL;
	if (!is_string(p->op, sizeof(p->op)) || !is_string(p->device, sizeof(p->device)))
		return -EINVAL;
	if (!within(p->threads, 1, SMMUBENCH_MAX_THREADS) ||
	    !within(p->batch, 1, SMMUBENCH_BATCH) ||
	    !within(p->rounds, 1, SMMUBENCH_MAX_ROUNDS) ||
	    !within(p->warmup, 0, SMMUBENCH_MAX_WARMUP) ||
	    !within(p->perturb, 0, SMMUBENCH_MAX_PERTURB) ||
	    !within(p->size, 0, SMMUBENCH_MAX_SIZE))
		return -EINVAL;
	if (p->method == SMMUBENCH_SINGLE && p->batch != 1)
		return -EINVAL;
	/* Threads take turns on an instruction clock: that shows nothing. */
	if (p->clock == SMMUBENCH_CLOCK_INSN && p->threads != 1)
		return -EINVAL;
	if (p->rounds_cap < rounds || p->hist_cap != hist)
		return -EINVAL;

	return 0;
}

static int copy_run_results(struct smmubench_run *p, const struct smmubench_round *rounds,
			    const u64 *hist, void __user *arg)
{
	if (rounds && copy_to_user(u64_to_user_ptr(p->rounds_ptr), rounds,
				   array_size(p->nr_rounds, sizeof(*rounds))))
		return -EFAULT;
	if (hist && copy_to_user(u64_to_user_ptr(p->hist_ptr), hist, HIST_BUCKETS * sizeof(*hist)))
		return -EFAULT;

	return copy_to_user(arg, p, sizeof(*p)) ? -EFAULT : 0;
}

static void clear_results(struct smmubench_run *p)
{
	p->status = SMMUBENCH_FAILED;
	p->domain = SMMUBENCH_DOMAIN_NONE;
	p->nr_rounds = 0;
	p->count = 0;
	p->sum = 0;
	p->min = 0;
	p->max = 0;
	p->el2_error = 0;
	memset(p->counter_error, 0, sizeof(p->counter_error));
	memset(p->el2, 0, sizeof(p->el2));
	memset(p->thread, 0, sizeof(p->thread));
	memset(p->reason, 0, sizeof(p->reason));
}

static long ioctl_run(void __user *arg)
{
	struct smmubench_round *rounds = NULL;
	struct smmubench_run *p;
	u64 *hist = NULL;
	int ret;

	p = memdup_user(arg, sizeof(*p));
	if (IS_ERR(p))
		return PTR_ERR(p);

	ret = validate(p);
	if (ret)
		goto out;
	clear_results(p);

	ret = -ENOMEM;
	if (p->method == SMMUBENCH_BATCHED)
		rounds = kvzalloc_objs(*rounds, (size_t)p->threads * p->rounds);
	else
		hist = kvzalloc_objs(*hist, HIST_BUCKETS);
	if (!rounds && !hist)
		goto out;

	ret = -EBUSY;
	if (!mutex_trylock(&bench_run_lock))
		goto out;
	if (p->clock == SMMUBENCH_CLOCK_INSN && !bench_insn_clock())
		ret = -EOPNOTSUPP;
	else
		ret = bench_run(p, rounds, hist);
	mutex_unlock(&bench_run_lock);

	if (!ret)
		ret = copy_run_results(p, rounds, hist, arg);

out:
	kvfree(hist);
	kvfree(rounds);
	kfree(p);
	return ret;
}

static long ioctl_info(void __user *arg)
{
	struct smmubench_info info;
	unsigned int i;

	if (copy_from_user(&info, arg, sizeof(info.abi)))
		return -EFAULT;
	if (info.abi != SMMUBENCH_ABI)
		return -EPROTO;

	memset(&info, 0, sizeof(info));
	info.abi = SMMUBENCH_ABI;
	info.kvm_mode = bench_kvm_mode();
	info.cntfrq = read_sysreg(cntfrq_el0);
	info.insn_clock = bench_insn_clock();
	info.page_size = PAGE_SIZE;
	info.devices = bench_device_count();
	bench_counters_probe(cpumask_first(cpu_online_mask), info.counter_error, info.insn_clock);
	for (i = 0; i < SMMUBENCH_NR_COUNTERS; i++)
		info.counter_error[i] = -info.counter_error[i];
	bench_el2_names(&info);

	return copy_to_user(arg, &info, sizeof(info)) ? -EFAULT : 0;
}

static long ioctl_smmu(void __user *arg)
{
	struct smmubench_smmu in, smmu = {};
	int ret;

	if (copy_from_user(&in, arg, sizeof(in)))
		return -EFAULT;

	smmu.index = in.index;
	ret = bench_smmu_read(&smmu);
	if (ret)
		return ret;

	return copy_to_user(arg, &smmu, sizeof(smmu)) ? -EFAULT : 0;
}

static long ioctl_el2(void __user *arg)
{
	struct smmubench_el2 el2 = {};
	int ret;

	ret = bench_el2_read(el2.value);
	if (ret)
		return ret;

	return copy_to_user(arg, &el2, sizeof(el2)) ? -EFAULT : 0;
}

static long bench_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	void __user *uarg = (void __user *)arg;

	/* It ties up CPUs and memory, whoever was given the file. */
	if (!capable(CAP_SYS_ADMIN))
		return -EPERM;

	switch (cmd) {
	case SMMUBENCH_INFO:
		return ioctl_info(uarg);
	case SMMUBENCH_RUN:
		return ioctl_run(uarg);
	case SMMUBENCH_SMMU:
		return ioctl_smmu(uarg);
	case SMMUBENCH_EL2:
		return ioctl_el2(uarg);
	default:
		return -ENOTTY;
	}
}

static const struct file_operations bench_fops = {
	.owner = THIS_MODULE,
	.unlocked_ioctl = bench_ioctl,
};

static struct miscdevice bench_misc = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "smmubench",
	.mode = 0600,
	.fops = &bench_fops,
};

static int __init bench_init(void)
{
	int ret;

	static_assert(sizeof(struct smmubench_info) == 1080);
	static_assert(sizeof(struct smmubench_round) == 48);
	static_assert(sizeof(struct smmubench_smmu) == 40);
	static_assert(sizeof(struct smmubench_el2) == 256);
	static_assert(sizeof(struct smmubench_run) == 2144);

	ret = bench_device_init();
	if (ret)
		return ret;

	ret = misc_register(&bench_misc);
	if (ret)
		bench_device_exit();

	return ret;
}
module_init(bench_init);

static void __exit bench_exit(void)
{
	misc_deregister(&bench_misc);
	bench_device_exit();
}
module_exit(bench_exit);

MODULE_DESCRIPTION("Measures the DMA API through an IOMMU");
/* Which of its builds this is: a result says it, since figures depend on it. */
MODULE_VERSION(BUILT_WITH);
MODULE_LICENSE("GPL");
