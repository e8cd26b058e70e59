/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The header that the EL2 code takes everything from that is not its own; this
 * one takes the place of the kernel's. Behind it is a world of ours (world.h)
 * and models of SMMUs (model.h).
 */

#ifndef MODEL_IOMMU_SHIM_H
#define MODEL_IOMMU_SHIM_H

#include <pthread.h>

#include "kernel.h"

#include <uapi/linux/psci.h>

/* One page size for a build, as in the kernel. */
#if PAGE_SHIFT == 12
#define CONFIG_ARM64_4K_PAGES 1
#elif PAGE_SHIFT == 14
#define CONFIG_ARM64_16K_PAGES 1
#elif PAGE_SHIFT == 16
#define CONFIG_ARM64_64K_PAGES 1
#else
#error "define PAGE_SHIFT to 12, 14 or 16"
#endif

#define PAGE_SIZE	   (1UL << PAGE_SHIFT)
#define PAGE_MASK	   (~(PAGE_SIZE - 1))
#define PAGE_ALIGNED(addr) (!((addr) & ~PAGE_MASK))

#define CONFIG_PKVM_IOMMU   1
#define CONFIG_PKVM_SMMU_V3 1
#define __KVM_NVHE_HYPERVISOR__
#define kvm_nvhe_sym(sym) sym

#define ESR_ELx_WNR BIT(6)

/* Of a call, from Arm DEN 0028. */
#define ARM_SMCCC_CALL_HINTS 0x10000

/* CPUs: the tests pick which one runs. */
#define MODEL_CPUS 4
extern __thread unsigned int model_cpu;
extern unsigned long hyp_nr_cpus;

#define DECLARE_PER_CPU(type, name) extern __typeof__(type) name[MODEL_CPUS]
#define DEFINE_PER_CPU(type, name)  __typeof__(type) name[MODEL_CPUS]
#define per_cpu_ptr(ptr, cpu)	    (&(*(ptr))[cpu])
#define this_cpu_ptr(ptr)	    per_cpu_ptr(ptr, model_cpu)

/* Locks: where one is initialised says what kind it is (locks.c). */
typedef struct {
	const char *file;
	const char *taken_in;
	int taken_at;
	unsigned int holder; /* the CPU that has it, from 1; 0 for none */
	unsigned int world;  /* of which test: in another, nobody has it */
	pthread_mutex_t mutex; /* where CPUs are threads that run at once: threads.c */
} hyp_spinlock_t;

void lock_init(hyp_spinlock_t *lock, const char *file);
void lock_take(hyp_spinlock_t *lock, const char *file, int line);
void lock_release(hyp_spinlock_t *lock, const char *file, int line);
void lock_assert_held(const hyp_spinlock_t *lock, const char *file, int line);
bool lock_is_held(const hyp_spinlock_t *lock);
hyp_spinlock_t *lock_host(void);

#define DEFINE_HYP_SPINLOCK(name)  hyp_spinlock_t name = { .file = __FILE__ }
#define hyp_spin_lock_init(lock)   lock_init(lock, __FILE__)
#define hyp_spin_lock(lock)	   lock_take(lock, __FILE__, __LINE__)
#define hyp_spin_unlock(lock)	   lock_release(lock, __FILE__, __LINE__)
#define hyp_assert_lock_held(lock) lock_assert_held(lock, __FILE__, __LINE__)

#define iommu_host_lock()	 hyp_spin_lock(lock_host())
#define iommu_host_unlock()	 hyp_spin_unlock(lock_host())
#define iommu_assert_host_lock() hyp_assert_lock_held(lock_host())

/* Memory */
#define MEMBLOCK_NOMAP 0x4

struct memblock_region {
	phys_addr_t base;
	phys_addr_t size;
	int flags;
};

extern struct memblock_region hyp_memory[];
extern unsigned int hyp_memblock_nr;

phys_addr_t hyp_virt_to_phys(const volatile void *va);
void *hyp_phys_to_virt(phys_addr_t phys);
#define hyp_pfn_to_phys(pfn) ((phys_addr_t)(pfn) << PAGE_SHIFT)

void *hyp_early_alloc_contig(unsigned int nr_pages);
bool addr_is_memory(phys_addr_t phys);
int __pkvm_host_donate_hyp(u64 pfn, u64 nr_pages);
int __pkvm_hyp_donate_host(u64 pfn, u64 nr_pages);
bool iommu_host_has_page(phys_addr_t phys);
u16 *iommu_page_maps(phys_addr_t phys);
#define IOMMU_MAPS_STRIDE 1
void iommu_clean(void *va, size_t size);

/* Registers */
u32 readl(const void *addr);
u32 readl_relaxed(const void *addr);
u64 readq_relaxed(const void *addr);
void writel(u32 value, void *addr);
void writel_relaxed(u32 value, void *addr);
void writeq_relaxed(u64 value, void *addr);
int iommu_map_frame(phys_addr_t base, size_t size, void **va);
u32 iommu_cpu_pa_bits(void);

/* Events: each is a function of events.c, which prints what it is given. */
#define HE_PROTO(...)  __VA_ARGS__
#define HE_STRUCT(...) __VA_ARGS__
#define HE_ASSIGN(...) __VA_ARGS__
#define HE_PRINTK(...) __VA_ARGS__
#define he_field(type, name) type name;
#define HYP_EVENT(name, proto, fields, assign, print) void trace_##name(proto)
#include <asm/kvm_pkvm_iommu_events.h>

#define iommu_trace(event, ...)	       trace_##event(__VA_ARGS__)
#define iommu_trace_lock(lock, counter) event_lock(lock, (counter) - PKVM_IOMMU_LOCK_HOST)
void event_lock(const hyp_spinlock_t *lock, u32 id);

/* Time passes in cpu_relax(), and a little whenever somebody looks at the clock. */
u64 iommu_clock_us(void);
void cpu_relax(void);

#endif /* MODEL_IOMMU_SHIM_H */
