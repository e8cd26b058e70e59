/* SPDX-License-Identifier: GPL-2.0-only */
/* The parts of the kernel around discovery that this program has a small one of its own for. */

#ifndef BOARDS_HOST_H
#define BOARDS_HOST_H

/* Messages (print.c) */
#define KERN_EMERG "\001" "0"
#define KERN_ERR "\001" "3"
#define KERN_WARNING "\001" "4"
#define KERN_NOTICE "\001" "5"
#define KERN_INFO "\001" "6"
#ifndef pr_fmt
#define pr_fmt(fmt) fmt
#endif
#define pr_emerg(fmt, ...)  printk(KERN_EMERG pr_fmt(fmt), ##__VA_ARGS__)
#define pr_err(fmt, ...)    printk(KERN_ERR pr_fmt(fmt), ##__VA_ARGS__)
#define pr_warn(fmt, ...)   printk(KERN_WARNING pr_fmt(fmt), ##__VA_ARGS__)
#define pr_notice(fmt, ...) printk(KERN_NOTICE pr_fmt(fmt), ##__VA_ARGS__)
#define pr_info(fmt, ...)   printk(KERN_INFO pr_fmt(fmt), ##__VA_ARGS__)
#define pr_cont(fmt, ...)   printk(fmt, ##__VA_ARGS__)
#define pr_debug(fmt, ...)  ((void)0)
#define pr_err_once	     pr_err
#define pr_warn_once	     pr_warn
#define pr_info_once	     pr_info
#define pr_err_ratelimited   pr_err
#define pr_warn_ratelimited  pr_warn
#define WARN(c, fmt, ...)                                                                          \
	__extension__({                                                                            \
		bool warn_on = (c);                                                                \
		if (warn_on)                                                                       \
			printk(KERN_WARNING "WARNING: " fmt, ##__VA_ARGS__);                       \
		warn_on;                                                                           \
	})
#define WARN_ON(c)	      WARN(c, "%s:%d: %s\n", __FILE__, __LINE__, #c)
#define WARN_ON_ONCE	      WARN_ON
#define WARN_ONCE	      WARN
#define BUG_ON(c)	      ((c) ? panic("BUG: %s:%d: %s", __FILE__, __LINE__, #c) : (void)0)

void printk(const char *fmt, ...) __printf(1, 2);
void panic(const char *fmt, ...) __attribute__((noreturn)) __printf(1, 2);
int vscnprintf(char *buf, size_t size, const char *fmt, va_list args) __printf(3, 0);
char *kasprintf(gfp_t gfp, const char *fmt, ...) __printf(2, 3);
int kernel_snprintf(char *buf, size_t size, const char *fmt, ...) __printf(3, 4);
#define snprintf kernel_snprintf
int scnprintf(char *buf, size_t size, const char *fmt, ...) __printf(3, 4);

/* Locks: there is one thread. */
typedef struct {
	int unused;
} raw_spinlock_t;
typedef raw_spinlock_t spinlock_t;
struct mutex {
	int unused;
};
#define DEFINE_RAW_SPINLOCK(n) raw_spinlock_t n
#define DEFINE_SPINLOCK(n)     spinlock_t n
#define DEFINE_MUTEX(n)	       struct mutex n
static inline void mutex_lock(struct mutex *lock)
{
}
static inline void mutex_unlock(struct mutex *lock)
{
}
#define raw_spin_lock_irqsave(l, f)	 ((void)(l), (void)((f) = 0))
#define raw_spin_unlock_irqrestore(l, f) ((void)(l), (void)(f))

/* Strings */
static inline ssize_t strscpy(char *to, const char *from, size_t size)
{
	size_t len = strnlen(from, size);

	if (!size)
		return -E2BIG;
	if (len == size) {
		memcpy(to, from, size - 1);
		to[size - 1] = '\0';
		return -E2BIG;
	}
	memcpy(to, from, len + 1);

	return len;
}
static inline int match_string(const char *const *array, size_t n, const char *string)
{
	for (size_t i = 0; i < n && array[i]; i++) {
		if (!strcmp(array[i], string))
			return i;
	}

	return -EINVAL;
}
static inline const char *kbasename(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}
static inline bool strstarts(const char *s, const char *prefix)
{
	return !strncmp(s, prefix, strlen(prefix));
}
static inline size_t str_has_prefix(const char *s, const char *prefix)
{
	return strstarts(s, prefix) ? strlen(prefix) : 0;
}
#define str_read_write(v) ((v) ? "read" : "write")
#define str_plural(n)	  ((n) == 1 ? "" : "s")
static inline bool strends(const char *s, const char *suffix)
{
	size_t len = strlen(s), n = strlen(suffix);

	return len >= n && !strcmp(s + len - n, suffix);
}
#define kstrtoint(s, base, v) ((*(v) = strtol(s, NULL, base)), 0)
#define kstrtoul(s, base, v)  ((*(v) = strtoul(s, NULL, base)), 0)
#define simple_strtoul(s, e, base) strtoul(s, e, base)

/* Memory */
#define GFP_KERNEL   0
#define GFP_NOWAIT   0
#define GFP_ATOMIC   0
#define __GFP_NORETRY 0
#define __GFP_NOWARN 0
#define kzalloc(size, gfp)	   calloc(1, size)
#define kmalloc(size, gfp)	   calloc(1, size)
#define kcalloc(n, size, gfp)	   calloc(n, size)
#define kmalloc_array(n, size, gfp) calloc(n, size)
#define kzalloc_obj(obj, ...)	   ((__typeof__(obj) *)calloc(1, sizeof(obj)))
#define kmalloc_obj(obj, ...)	   ((__typeof__(obj) *)calloc(1, sizeof(obj)))
#define kzalloc_objs(obj, n, ...)  ((__typeof__(obj) *)calloc(n, sizeof(obj)))
#define kmalloc_objs(obj, n, ...)  ((__typeof__(obj) *)calloc(n, sizeof(obj)))
#define kfree(p)		   free((void *)(p))
#define kstrdup(s, gfp)		   strdup(s)
#define krealloc(p, size, gfp)	   realloc(p, size)
struct page {
	struct list_head lru;
	unsigned long private;
};
#define page_private(p)		   ((p)->private)
#define set_page_private(p, v)	   ((p)->private = (v))
#define page_to_phys(p)		   ((phys_addr_t)(unsigned long)(p))
#define alloc_pages(gfp, order)	   ((struct page *)NULL)
#define __free_pages(p, order)	   ((void)(p))
#define alloc_page(gfp)		   alloc_pages(gfp, 0)
#define __free_page(p)		   __free_pages(p, 0)
#define split_page(p, order)	   ((void)(p))
#define page_to_pfn(p)		   ((unsigned long)(p))
#define pfn_to_page(pfn)	   ((struct page *)(pfn))

/* Nothing is ever short of memory here. */
#define SHRINK_STOP  (~0UL)
#define SHRINK_EMPTY (~0UL - 1)

struct shrink_control {
	unsigned long nr_to_scan;
};

struct shrinker {
	unsigned long (*count_objects)(struct shrinker *s, struct shrink_control *sc);
	unsigned long (*scan_objects)(struct shrinker *s, struct shrink_control *sc);
};

#define shrinker_alloc(flags, name) (&(struct shrinker){ NULL, NULL })
#define shrinker_register(s)	    ((void)(s))
#define NUMA_NO_NODE		   (-1)

/* Work is never done, and no CPU comes up or sleeps. */
struct work_struct {
	void (*func)(struct work_struct *work);
};
struct notifier_block {
	int (*notifier_call)(struct notifier_block *nb, unsigned long action, void *data);
};
#define DECLARE_WORK(n, f)	   struct work_struct n = { .func = f }
#define schedule_work(work)	   ((void)(work))
#define NOTIFY_OK		   1
#define CPU_PM_EXIT		   2
#define CPUHP_AP_ONLINE_DYN	   0
#define smp_processor_id()	   0
#define for_each_set_bit(bit, word, bits) \
	for ((bit) = 0; (bit) < (bits); (bit)++) \
		if (*(word) >> (bit) & 1)
#define cpu_pm_register_notifier(nb) ((void)(nb), 0)
#define cpuhp_setup_state(state, name, up, down) ((void)(up), 0)

/* Initcalls (host.c): run in order of level, and within one in the order of linking. */
enum initcall_level {
	INITCALL_CORE = 10,
	INITCALL_POSTCORE = 20,
	INITCALL_ARCH = 30,
	INITCALL_ARCH_SYNC = 31,
	INITCALL_SUBSYS = 40,
	INITCALL_SUBSYS_SYNC = 41,
	INITCALL_FS = 50,
	INITCALL_FS_SYNC = 51,
	INITCALL_DEVICE = 60,
	INITCALL_DEVICE_SYNC = 61,
	INITCALL_LATE = 70,
	INITCALL_LATE_SYNC = 71,
};
void initcall_add(enum initcall_level level, int (*call)(void));
#define INITCALL(level, call)                                                                      \
	static __attribute__((constructor)) void initcall_##call(void)                             \
	{                                                                                          \
		initcall_add(level, call);                                                         \
	}
#define core_initcall(call)	   INITCALL(INITCALL_CORE, call)
#define postcore_initcall(call)	   INITCALL(INITCALL_POSTCORE, call)
#define arch_initcall(call)	   INITCALL(INITCALL_ARCH, call)
#define arch_initcall_sync(call)   INITCALL(INITCALL_ARCH_SYNC, call)
#define subsys_initcall(call)	   INITCALL(INITCALL_SUBSYS, call)
#define subsys_initcall_sync(call) INITCALL(INITCALL_SUBSYS_SYNC, call)
#define fs_initcall(call)	   INITCALL(INITCALL_FS, call)
#define fs_initcall_sync(call)	   INITCALL(INITCALL_FS_SYNC, call)
#define device_initcall(call)	   INITCALL(INITCALL_DEVICE, call)
#define device_initcall_sync(call) INITCALL(INITCALL_DEVICE_SYNC, call)
#define late_initcall(call)	   INITCALL(INITCALL_LATE, call)
#define late_initcall_sync(call)   INITCALL(INITCALL_LATE_SYNC, call)

typedef int (*early_param_fn)(char *arg);
void early_param_add(const char *name, early_param_fn parse);
#define early_param(name, parse)                                                                   \
	static __attribute__((constructor)) void early_param_##parse(void)                         \
	{                                                                                          \
		early_param_add(name, parse);                                                      \
	}
#define core_param(name, var, type, mode)

/* sysfs (host.c): the files are kept, so that they can be read. */
#define KOBJ_NAME "unused"
struct attribute {
	const char *name;
	unsigned int mode;
};
struct kobj_type;
struct kset {
	int unused;
};
struct kobject {
	const char *name;
};
struct file;
struct bin_attribute {
	struct attribute attr;
	size_t size;
	void *private;
	ssize_t (*read)(struct file *file, struct kobject *kobj, const struct bin_attribute *attr,
			char *buf, loff_t off, size_t count);
};
#define __BIN_ATTR_SIMPLE_RO(n, m)                                                                 \
	{                                                                                          \
		.attr = { .name = #n, .mode = (m) }, .read = sysfs_bin_attr_simple_read,           \
	}
#define BIN_ATTR_SIMPLE_RO(n) struct bin_attribute bin_attr_##n = __BIN_ATTR_SIMPLE_RO(n, 0444)
#define BIN_ATTR_RO(n, bytes)                                                                      \
	struct bin_attribute bin_attr_##n = {                                                      \
		.attr = { .name = #n, .mode = 0444 }, .size = (bytes), .read = n##_read,           \
	}
ssize_t memory_read_from_buffer(void *to, size_t count, loff_t *at, const void *from,
				size_t available);
struct kobj_attribute {
	struct attribute attr;
	ssize_t (*show)(struct kobject *kobj, struct kobj_attribute *attr, char *buf);
	ssize_t (*store)(struct kobject *kobj, struct kobj_attribute *attr, const char *buf,
			 size_t count);
};
#define __ATTR_RO(n) { .attr = { .name = #n }, .show = n##_show }
extern struct kobject *kernel_kobj, *firmware_kobj;
struct kobject *kobject_create_and_add(const char *name, struct kobject *parent);
int sysfs_create_file(struct kobject *kobj, const struct attribute *attr);
int sysfs_create_bin_file(struct kobject *kobj, const struct bin_attribute *attr);
ssize_t sysfs_bin_attr_simple_read(struct file *file, struct kobject *kobj,
				   const struct bin_attribute *attr, char *buf, loff_t off,
				   size_t count);
int sysfs_emit_at(char *buf, int at, const char *fmt, ...) __printf(3, 4);
#define sysfs_emit(buf, fmt, ...) sysfs_emit_at(buf, 0, fmt, ##__VA_ARGS__)
#define kobject_put(k)		  ((void)(k))
#define kset_create_and_add(...)  ((struct kset *)NULL)
#define kobject_get(k)		  (k)
#define proc_symlink(...)	  ((void)0)

/* The machine (machine.c) */
extern int acpi_disabled;
void *early_ioremap(phys_addr_t base, unsigned long size);
void early_iounmap(void *va, unsigned long size);
u32 readl_relaxed(const void *va);
#define readl readl_relaxed
#define ioremap(base, size) early_ioremap(base, size)
#define iounmap(va)	    early_iounmap(va, 0)

/* KVM: what is asked of it before EL2 is there, and of EL2, which there is none of. */
#define kvm_nvhe_sym(sym)	 kvm_nvhe_##sym
#define __KVM_HOST_SMCCC_FUNC___pkvm_iommu_stats 1
#define KVM_HOST_SMCCC_FUNC(f)	 1
#define SMCCC_RET_SUCCESS	 0
#define SMCCC_RET_NOT_SUPPORTED	 -1
#define KVM_MODE_DEFAULT	 0
#define KVM_MODE_PROTECTED	 1
#define KVM_MODE_NV		 2
#define KVM_MODE_NONE		 3
#define kvm_get_mode()		 KVM_MODE_PROTECTED
#define is_pkvm_initialized()	 true
#define is_kvm_arm_initialised() true
#define is_kernel_in_hyp_mode()	 false
#define is_hyp_mode_available()	 (!is_hyp_mode_mismatched())
bool is_hyp_mode_mismatched(void);
#define is_protected_kvm_enabled() true
#define kvm_call_hyp_nvhe(...)	 (-EOPNOTSUPP)
struct arm_smccc_res {
	unsigned long a0, a1, a2, a3;
};
struct arm_smccc_1_2_regs {
	unsigned long a0, a1, a2, a3, a4, a5, a6, a7;
};
#define hvc_2(f, res) \
	((void)(*(res) = (struct arm_smccc_res){ .a0 = SMCCC_RET_NOT_SUPPORTED }))
#define hvc_4(f, a, b, res)		      hvc_2(f, res)
#define hvc_which(_1, _2, _3, _4, which, ...) which
#define arm_smccc_1_1_hvc(...)		      hvc_which(__VA_ARGS__, hvc_4, , hvc_2, )(__VA_ARGS__)
#define arm_smccc_1_2_hvc(args, res) \
	((void)(args), (void)(*(res) = (struct arm_smccc_1_2_regs){ .a0 = SMCCC_RET_NOT_SUPPORTED }))

/* Interrupts: one that the node names can be had. */
typedef int irqreturn_t;
#define IRQ_HANDLED  1
#define IRQF_ONESHOT 0
struct device_node;
int of_irq_get_byname(struct device_node *np, const char *name);
#define request_threaded_irq(irq, h, t, flags, name, data) ((void)(t), (void)(data), 0)

/* drivers/of has functions for consoles, I/O ports, interrupts and links of devices; nobody calls them here. */
#define IO_SPACE_LIMIT	     0xffffffUL
#define MMIO_UPPER_LIMIT     0
#define PCI_BASE_ADDRESS_0   0x10
#define PCI_IOBASE	     NULL
struct device {
	struct device_node *of_node;
};
/* Faults of devices: none is found here, and nothing is said too often. */
#define DEFINE_RATELIMIT_STATE(name, interval, burst) int name
#define __ratelimit(limit)			      ((void)(limit), true)
#define dev_name(dev)				      ((dev)->of_node->full_name)
#define put_device(dev)				      ((void)(dev))
struct pci_dev;
struct logic_pio_hwaddr {
	unsigned long flags;
};
#define LOGIC_PIO_CPU_MMIO   1
#define dma_default_coherent false
#define console_set_on_cmdline	      false
#define add_preferred_console(...)	      0
#define find_io_range_by_fwnode(fwnode)	      ((struct logic_pio_hwaddr *)NULL)
#define pci_register_io_range(...)	      0
#define pci_address_to_pio(addr)	      ((unsigned long)(addr))
#define logic_pio_trans_hwaddr(fwnode, addr, size) ((unsigned long)(addr))
#define ioremap_np(base, size)		      early_ioremap(base, size)
#define IOMEM_ERR_PTR(e)		      ERR_PTR(e)
#define of_irq_get(np, i)		      (-EINVAL)
#define of_irq_parse_one(np, i, args)	      (-EINVAL)
struct bus_dma_region {
	phys_addr_t cpu_start;
	dma_addr_t dma_start;
	u64 size;
};

#endif /* BOARDS_HOST_H */
