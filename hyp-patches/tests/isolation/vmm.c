// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <linux/kvm.h>

#include "guest.h"
#include "vmm.h"

#ifndef KVM_VM_TYPE_ARM_PROTECTED
#define KVM_VM_TYPE_ARM_PROTECTED	(1ul << 31)
#endif

#define CORE_REG(field)	(KVM_REG_ARM64 | KVM_REG_SIZE_U64 | KVM_REG_ARM_CORE | \
			 KVM_REG_ARM_CORE_REG(field))

static int set_reg(const struct vmm *vmm, uint64_t id, uint64_t value)
{
	struct kvm_one_reg reg = { .id = id, .addr = (uintptr_t)&value };

	return ioctl(vmm->cpu, KVM_SET_ONE_REG, &reg) ? -errno : 0;
}

static int init_cpu(const struct vmm *vmm)
{
	struct kvm_vcpu_init init = { 0 };
	int ret;

	if (ioctl(vmm->vm, KVM_ARM_PREFERRED_TARGET, &init))
		return -errno;
	init.features[0] |= 1u << KVM_ARM_VCPU_PSCI_0_2;
	if (ioctl(vmm->cpu, KVM_ARM_VCPU_INIT, &init))
		return -errno;

	ret = set_reg(vmm, CORE_REG(regs.pc), GUEST_MEMORY);
	if (!ret)
		ret = set_reg(vmm, CORE_REG(regs.regs[19]), GUEST_MAILBOX);
	if (!ret)
		ret = set_reg(vmm, CORE_REG(regs.regs[20]), vmm->mem->page_size);

	return ret;
}

int vmm_start(struct vmm *vmm, const struct mem *mem)
{
	struct kvm_userspace_memory_region region = {
		.guest_phys_addr = GUEST_MEMORY,
		.memory_size = mem->pages * mem->page_size,
		.userspace_addr = (uintptr_t)mem->at,
	};
	int size;

	memset(vmm, 0, sizeof(*vmm));
	vmm->mem = mem;
	vmm->run = MAP_FAILED;
	vmm->vm = vmm->cpu = -1;
	vmm->kvm = open("/dev/kvm", O_RDWR | O_CLOEXEC);
	if (vmm->kvm < 0)
		return -errno;
	vmm->vm = ioctl(vmm->kvm, KVM_CREATE_VM, KVM_VM_TYPE_ARM_PROTECTED);
	if (vmm->vm < 0)
		return -errno;

	memcpy(mem->at, guest_start, (size_t)(guest_end - guest_start));
	if (ioctl(vmm->vm, KVM_SET_USER_MEMORY_REGION, &region))
		return -errno;
	vmm->cpu = ioctl(vmm->vm, KVM_CREATE_VCPU, 0);
	if (vmm->cpu < 0)
		return -errno;
	size = ioctl(vmm->kvm, KVM_GET_VCPU_MMAP_SIZE, 0);
	if (size < 0)
		return -errno;
	vmm->run_size = (size_t)size;
	vmm->run = mmap(NULL, vmm->run_size, PROT_READ | PROT_WRITE, MAP_SHARED, vmm->cpu, 0);
	if (vmm->run == MAP_FAILED)
		return -errno;

	return init_cpu(vmm);
}

void vmm_stop(struct vmm *vmm)
{
	if (vmm->run != MAP_FAILED)
		munmap(vmm->run, vmm->run_size);
	if (vmm->cpu >= 0)
		close(vmm->cpu);
	if (vmm->vm >= 0)
		close(vmm->vm);
	if (vmm->kvm >= 0)
		close(vmm->kvm);
	vmm->run = MAP_FAILED;
	vmm->kvm = vmm->vm = vmm->cpu = -1;
}

/* Runs the guest until it accesses the mailbox. Return: the offset there, or -errno. */
static int run(struct vmm *vmm)
{
	uint64_t offset;

	while (ioctl(vmm->cpu, KVM_RUN, 0)) {
		if (errno != EINTR)
			return -errno;
	}
	if (vmm->run->exit_reason != KVM_EXIT_MMIO || vmm->run->mmio.len != sizeof(uint64_t))
		return -EPROTO;
	offset = vmm->run->mmio.phys_addr - GUEST_MAILBOX;

	return offset <= MAILBOX_ANSWER ? (int)offset : -EPROTO;
}

static uint64_t address_of(const struct vmm *vmm, size_t page)
{
	return GUEST_MEMORY + page * vmm->mem->page_size;
}

/* One round of the loop in guest.S. */
static int command(struct vmm *vmm, uint64_t what, uint64_t address, uint64_t argument,
		   uint64_t *answer)
{
	int offset;

	for (;;) {
		offset = run(vmm);
		switch (offset) {
		case MAILBOX_COMMAND:
			memcpy(vmm->run->mmio.data, &what, sizeof(what));
			break;
		case MAILBOX_ADDRESS:
			memcpy(vmm->run->mmio.data, &address, sizeof(address));
			break;
		case MAILBOX_ARGUMENT:
			memcpy(vmm->run->mmio.data, &argument, sizeof(argument));
			break;
		case MAILBOX_ANSWER:
			memcpy(answer, vmm->run->mmio.data, sizeof(*answer));
			return 0;
		default:
			return offset < 0 ? offset : -EPROTO;
		}
	}
}

int vmm_take(struct vmm *vmm, size_t page, size_t count)
{
	uint64_t answer;

	return command(vmm, GUEST_FILL, address_of(vmm, page), count, &answer);
}

int vmm_read(struct vmm *vmm, size_t page, uint64_t *word)
{
	return vmm_read_at(vmm, page, 0, word);
}

int vmm_read_at(struct vmm *vmm, size_t page, size_t offset, uint64_t *word)
{
	return command(vmm, GUEST_READ, address_of(vmm, page) + offset, 0, word);
}

static int call(struct vmm *vmm, uint64_t what, size_t page)
{
	uint64_t answer;
	int ret = command(vmm, what, address_of(vmm, page), 0, &answer);

	if (ret)
		return ret;

	return answer ? -EREMOTEIO : 0;
}

int vmm_share(struct vmm *vmm, size_t page)
{
	return call(vmm, GUEST_SHARE, page);
}

int vmm_unshare(struct vmm *vmm, size_t page)
{
	return call(vmm, GUEST_UNSHARE, page);
}

uint64_t vmm_secret(const struct vmm *vmm, size_t page)
{
	return (uint64_t)GUEST_SECRET << 40 | address_of(vmm, page);
}
