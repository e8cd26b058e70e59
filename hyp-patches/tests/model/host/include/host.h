/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The parts of the kernel around drivers/iommu/pkvm-iommu.c that this program has small ones of
 * its own for (around.c): memory that may run out, locks that look at who takes them, devices,
 * and hypercalls that the EL2 code in the same program answers.
 */

#ifndef MODEL_HOST_H
#define MODEL_HOST_H

#define CONFIG_IOMMU_DMA  1
#define __uninitialized
#define PAGE_MASK	  (~(PAGE_SIZE - 1))
#define kvm_nvhe_sym(sym) kvm_nvhe_##sym

#include <asm/kvm_pkvm_iommu.h>

#include "hypercalls.h"

/* What no kernel would survive. It ends the test. */
void host_bug(const char *fmt, ...) __attribute__((noreturn)) __printf(1, 2);

/* Messages: counted, and shown where HOST_PRINTS is in the environment. */
#ifndef pr_fmt
#define pr_fmt(fmt) fmt
#endif
void printk(const char *fmt, ...) __printf(1, 2);
#define pr_err(fmt, ...)	     printk(pr_fmt(fmt), ##__VA_ARGS__)
#define pr_err_ratelimited	     pr_err
#define dev_err(dev, fmt, ...)	     printk("%s: " fmt, dev_name(dev), ##__VA_ARGS__)

/* Locks: one thread, that must not wait for itself, nor sleep with a spinlock held. */
typedef struct {
	bool held;
} spinlock_t;
struct mutex {
	bool held;
};
#define DEFINE_MUTEX(n)	       struct mutex n
#define spin_lock_init(lock)   ((void)((lock)->held = false))
void spin_lock(spinlock_t *lock);
void spin_unlock(spinlock_t *lock);
#define spin_lock_irqsave(lock, flags)	    ((void)((flags) = 1), spin_lock(lock))
#define spin_unlock_irqrestore(lock, flags) ((void)(flags), spin_unlock(lock))
void mutex_lock(struct mutex *lock);
void mutex_unlock(struct mutex *lock);
void might_sleep(void);
#undef cond_resched
#define cond_resched() might_sleep()
#define cmpxchg(p, old, new)                                                                       \
	__extension__({                                                                            \
		__typeof__(*(p)) cmpxchg_old = *(p);                                               \
		if (cmpxchg_old == (old))                                                          \
			*(p) = (new);                                                              \
		cmpxchg_old;                                                                       \
	})

/* Work is done when a test says so. */
struct work_struct {
	void (*func)(struct work_struct *work);
};
struct delayed_work {
	struct work_struct work;
};
#define HZ				    100
#define DECLARE_DELAYED_WORK(n, f)	    struct delayed_work n = { { f } }
void host_schedule(struct delayed_work *work, u32 delay);
#define schedule_delayed_work(work, delay)  host_schedule(work, delay)
#define mod_delayed_work(wq, work, delay)   host_schedule(work, delay)

/* Memory */
#define __GFP_HIGHMEM	     BIT(0)
#define __GFP_DIRECT_RECLAIM BIT(1)
#define __GFP_KSWAPD_RECLAIM BIT(2)
#define GFP_KERNEL	     (__GFP_DIRECT_RECLAIM | __GFP_KSWAPD_RECLAIM)
#define GFP_ATOMIC	     __GFP_KSWAPD_RECLAIM
#define gfpflags_allow_blocking(gfp) ((gfp) & __GFP_DIRECT_RECLAIM)
void *host_alloc(size_t size, gfp_t gfp);
void host_free(const void *p);
unsigned long get_zeroed_page(gfp_t gfp);
void free_page(unsigned long page);
#define kzalloc_obj(obj, ...) ((__typeof__(obj) *)host_alloc(sizeof(obj), GFP_KERNEL))
#define kfree(p)	      host_free(p)
#define offset_in_page(x)     ((x) & (PAGE_SIZE - 1))

/* Numbers for domains */
struct ida {
	u8 used[PKVM_IOMMU_MAX_DOMAINS / 8];
};
#define DEFINE_IDA(name) struct ida name
int ida_alloc_max(struct ida *ida, unsigned int last, gfp_t gfp);
void ida_free(struct ida *ida, unsigned int id);

/* Devices */
struct fwnode_handle {
	int unused;
};
struct iommu_fwspec {
	struct fwnode_handle *iommu_fwnode;
	unsigned int num_ids;
	u32 ids[8];
};
struct device {
	const char *name;
	struct fwnode_handle *fwnode;
	struct iommu_fwspec *fwspec;
	void *priv;
	void *managed;
	int refs;
	bool pci;
	bool coherent;
};
#define dev_name(dev)		      ((dev)->name)
#define dev_fwnode(dev)		      ((dev)->fwnode)
#define dev_iommu_fwspec_get(dev)     ((dev)->fwspec)
#define dev_iommu_priv_get(dev)	      ((dev)->priv)
#define dev_iommu_priv_set(dev, to)   ((void)((dev)->priv = (to)))
#define dev_is_pci(dev)		      ((dev)->pci)
#define dev_is_dma_coherent(dev)      ((dev)->coherent)
#define get_device(dev)		      ((dev)->refs++, (dev))
#define THIS_MODULE		      NULL
void *devm_kzalloc(struct device *dev, size_t size, gfp_t gfp);

/* IOMMUs */
#define IOMMU_READ   BIT(0)
#define IOMMU_WRITE  BIT(1)
#define IOMMU_CACHE  BIT(2)
#define IOMMU_NOEXEC BIT(3)
#define IOMMU_MMIO   BIT(4)

#define IOMMU_DOMAIN_BLOCKED  1
#define IOMMU_DOMAIN_IDENTITY 2
#define IOMMU_DOMAIN_DMA      3

#define IOMMU_FAULT_READ  0
#define IOMMU_FAULT_WRITE 1

enum iommu_cap {
	IOMMU_CAP_CACHE_COHERENCY,
	IOMMU_CAP_NOEXEC,
	IOMMU_CAP_DEFERRED_FLUSH,
};

enum iommu_resv_type {
	IOMMU_RESV_DIRECT,
	IOMMU_RESV_SW_MSI,
};

struct iommu_resv_region {
	struct list_head list;
	phys_addr_t start;
	size_t length;
	int prot;
	enum iommu_resv_type type;
};

struct iommu_domain_geometry {
	dma_addr_t aperture_start;
	dma_addr_t aperture_end;
	bool force_aperture;
};

struct iommu_domain_ops;
struct iommu_domain {
	unsigned int type;
	const struct iommu_domain_ops *ops;
	unsigned long pgsize_bitmap;
	struct iommu_domain_geometry geometry;
	int (*handler)(struct device *dev, u64 iova, int flags);
};

struct iommu_iotlb_gather {
	bool queued;
};

struct iommu_domain_ops {
	int (*attach_dev)(struct iommu_domain *domain, struct device *dev, struct iommu_domain *old);
	int (*map_pages)(struct iommu_domain *domain, unsigned long iova, phys_addr_t paddr,
			 size_t pgsize, size_t pgcount, int prot, gfp_t gfp, size_t *mapped);
	size_t (*unmap_pages)(struct iommu_domain *domain, unsigned long iova, size_t pgsize,
			      size_t pgcount, struct iommu_iotlb_gather *gather);
	phys_addr_t (*iova_to_phys)(struct iommu_domain *domain, dma_addr_t iova);
	void (*flush_iotlb_all)(struct iommu_domain *domain);
	void (*free)(struct iommu_domain *domain);
};

struct iommu_device {
	const struct iommu_ops *ops;
};
struct iommu_group;
struct of_phandle_args {
	u32 args[4];
};

struct iommu_ops {
	struct iommu_domain *identity_domain;
	struct iommu_domain *blocked_domain;
	struct iommu_domain *release_domain;
	bool (*capable)(struct device *dev, enum iommu_cap cap);
	struct iommu_domain *(*domain_alloc_paging)(struct device *dev);
	struct iommu_device *(*probe_device)(struct device *dev);
	void (*release_device)(struct device *dev);
	struct iommu_group *(*device_group)(struct device *dev);
	void (*get_resv_regions)(struct device *dev, struct list_head *list);
	int (*of_xlate)(struct device *dev, const struct of_phandle_args *args);
	int (*def_domain_type)(struct device *dev);
	void *owner;
	const struct iommu_domain_ops *default_domain_ops;
};

int iommu_device_sysfs_add(struct iommu_device *iommu, struct device *parent, const void *groups,
			   const char *fmt, ...) __printf(4, 5);
void iommu_device_sysfs_remove(struct iommu_device *iommu);
int iommu_device_register(struct iommu_device *iommu, const struct iommu_ops *ops,
			  struct device *dev);
struct iommu_group *pci_device_group(struct device *dev);
struct iommu_group *generic_device_group(struct device *dev);
struct iommu_resv_region *iommu_alloc_resv_region(phys_addr_t start, size_t length, int prot,
						  enum iommu_resv_type type, gfp_t gfp);
int iommu_fwspec_add_ids(struct device *dev, const u32 *ids, int nr);
bool iommu_default_passthrough(void);
int report_iommu_fault(struct iommu_domain *domain, struct device *dev, unsigned long iova, int flags);
struct msi_desc;

/* Hypercalls. What the caller does not give is whatever lies in the registers. */
#define SMCCC_RET_SUCCESS 0
struct arm_smccc_res {
	unsigned long a0, a1, a2, a3;
};
struct arm_smccc_1_2_regs {
	unsigned long a0, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14, a15, a16, a17;
};
#define KVM_HOST_SMCCC_FUNC(name) HYPERCALL_##name
void host_hvc(const u64 *args, u32 nr, struct arm_smccc_res *res);
void arm_smccc_1_2_hvc(const struct arm_smccc_1_2_regs *args, struct arm_smccc_1_2_regs *res);
#define HVC_ARGS(...)	((const u64[]){ __VA_ARGS__ }), sizeof((const u64[]){ __VA_ARGS__ }) / 8
#define hvc_4(f, a, b, res)	  host_hvc(HVC_ARGS(f, a, b), res)
#define hvc_6(f, a, b, c, d, res) host_hvc(HVC_ARGS(f, a, b, c, d), res)
#define hvc_which(_1, _2, _3, _4, _5, _6, which, ...) which
#define arm_smccc_1_1_hvc(...)	  hvc_which(__VA_ARGS__, hvc_6, , hvc_4, , , )(__VA_ARGS__)
#define kvm_call_hyp_nvhe(name, ...)                                                               \
	__extension__({                                                                            \
		struct arm_smccc_res call_res;                                                     \
		host_hvc(HVC_ARGS(KVM_HOST_SMCCC_FUNC(name), __VA_ARGS__), &call_res);             \
		if (call_res.a0 != SMCCC_RET_SUCCESS)                                              \
			host_bug("EL2 does not know " #name);                                      \
		call_res.a1;                                                                       \
	})

#endif /* MODEL_HOST_H */
