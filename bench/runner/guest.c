// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <linux/kvm.h>

#include "guest.h"

uint64_t guest_instructions(size_t pages)
{
	/* From behind the doorbell: three to begin again, four for each page. */
	return 3 + 4 * pages;
}

/* The runner is also built for the build machine, for list, show and the tests. */
#ifdef __aarch64__

#ifndef KVM_VM_TYPE_ARM_PROTECTED
#define KVM_VM_TYPE_ARM_PROTECTED	(1UL << 31)
#endif

/* Where the guest sees its memory, and a place where no memory is: a write there ends a run. */
#define GUEST_MEMORY	0x40000000UL
#define GUEST_DOORBELL	0x08000000UL

/* With the MMU off. x0: first page, x1: pages, x2: bytes in one, x3: the doorbell. */
static const uint32_t code[] = {
	0xaa0003e4,	/* again: mov	x4, x0		*/
	0xaa0103e5,	/*	  mov	x5, x1		*/
	0xf9000085,	/* next:  str	x5, [x4]	*/
	0x8b020084,	/*	  add	x4, x4, x2	*/
	0xf10004a5,	/*	  subs	x5, x5, #1	*/
	0x54ffffa1,	/*	  b.ne	next		*/
	0xf9000065,	/* start: str	x5, [x3]	*/
	0x17fffff9,	/*	  b	again		*/
};

#define START	(6 * sizeof(code[0]))

static int set_reg(const struct guest *g, uint64_t reg, uint64_t value)
{
	struct kvm_one_reg one = {
		.id = KVM_REG_ARM64 | KVM_REG_SIZE_U64 | KVM_REG_ARM_CORE | reg,
		.addr = (uintptr_t)&value,
	};

	return ioctl(g->cpu, KVM_SET_ONE_REG, &one) ? -errno : 0;
}

static int set_up_cpu(const struct guest *g, size_t pages, size_t page_size)
{
	const struct {
		uint64_t reg, value;
	} regs[] = {
		{ KVM_REG_ARM_CORE_REG(regs.pc), GUEST_MEMORY + START },
		{ KVM_REG_ARM_CORE_REG(regs.regs[0]), GUEST_MEMORY + page_size },
		{ KVM_REG_ARM_CORE_REG(regs.regs[1]), pages },
		{ KVM_REG_ARM_CORE_REG(regs.regs[2]), page_size },
		{ KVM_REG_ARM_CORE_REG(regs.regs[3]), GUEST_DOORBELL },
	};
	struct kvm_vcpu_init init = { 0 };
	int ret = 0;
	size_t i;

	if (ioctl(g->vm, KVM_ARM_PREFERRED_TARGET, &init))
		return -errno;
	init.features[0] |= 1U << KVM_ARM_VCPU_PSCI_0_2;
	if (ioctl(g->cpu, KVM_ARM_VCPU_INIT, &init))
		return -errno;
	for (i = 0; i < sizeof(regs) / sizeof(regs[0]) && !ret; i++)
		ret = set_reg(g, regs[i].reg, regs[i].value);

	return ret;
}

static int make_machine(struct guest *g, void *memory, size_t size)
{
	struct kvm_userspace_memory_region region = {
		.guest_phys_addr = GUEST_MEMORY,
		.memory_size = size,
		.userspace_addr = (uintptr_t)memory,
	};
	int run_size;

	g->kvm = open("/dev/kvm", O_RDWR | O_CLOEXEC);
	if (g->kvm < 0)
		return -errno;
	g->vm = ioctl(g->kvm, KVM_CREATE_VM, KVM_VM_TYPE_ARM_PROTECTED);
	if (g->vm < 0 || ioctl(g->vm, KVM_SET_USER_MEMORY_REGION, &region))
		return -errno;
	g->cpu = ioctl(g->vm, KVM_CREATE_VCPU, 0);
	if (g->cpu < 0)
		return -errno;
	run_size = ioctl(g->kvm, KVM_GET_VCPU_MMAP_SIZE, 0);
	if (run_size < 0)
		return -errno;
	g->run_size = run_size;
	g->run = mmap(NULL, g->run_size, PROT_READ | PROT_WRITE, MAP_SHARED, g->cpu, 0);

	return g->run == MAP_FAILED ? -errno : 0;
}

int guest_touch(struct guest *g)
{
	while (ioctl(g->cpu, KVM_RUN, 0)) {
		if (errno != EINTR)
			return -errno;
	}

	return g->run->exit_reason == KVM_EXIT_MMIO && g->run->mmio.is_write &&
	       g->run->mmio.phys_addr == GUEST_DOORBELL ? 0 : -EPROTO;
}

int guest_start(struct guest *g, void *memory, size_t pages, size_t page_size)
{
	int ret;

	*g = (struct guest){ .kvm = -1, .vm = -1, .cpu = -1, .run = MAP_FAILED };
	memcpy(memory, code, sizeof(code));
	ret = make_machine(g, memory, (pages + 1) * page_size);
	if (!ret)
		ret = set_up_cpu(g, pages, page_size);
	/* The first run makes the machine at EL2, and gives it the page with the code. */
	if (!ret)
		ret = guest_touch(g);

	return ret;
}

void guest_end(struct guest *g)
{
	if (g->run != MAP_FAILED)
		munmap(g->run, g->run_size);
	if (g->cpu >= 0)
		close(g->cpu);
	if (g->vm >= 0)
		close(g->vm);
	if (g->kvm >= 0)
		close(g->kvm);
	*g = (struct guest){ .kvm = -1, .vm = -1, .cpu = -1, .run = MAP_FAILED };
}

#else

int guest_start(struct guest *g, void *memory, size_t pages, size_t page_size)
{
	(void)memory;
	(void)pages;
	(void)page_size;
	*g = (struct guest){ .kvm = -1, .vm = -1, .cpu = -1 };

	return -ENOSYS;
}

int guest_touch(struct guest *g)
{
	(void)g;

	return -ENOSYS;
}

void guest_end(struct guest *g)
{
	(void)g;
}

#endif
