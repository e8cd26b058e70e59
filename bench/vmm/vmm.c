// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "kvm_arm64.h"
#include "vmm.h"

#define DEVICE_SIZE	4096

struct vmm {
	size_t pages;
	size_t page_size;
	struct kvm_run *run;
	size_t run_size;
	int kvm;
	int vm;
	int cpu;
};

static size_t program_size(const struct vmm_program *program)
{
	return program->end - program->start;
}

static bool can_be(const struct vmm_config *config)
{
	return config->page_size && config->pages &&
	       config->pages <= SIZE_MAX / config->page_size && config->memory &&
	       (uintptr_t)config->memory % config->page_size == 0 &&
	       program_size(config->program) <= config->page_size;
}

static int make_vm(struct vmm *vmm, void *memory)
{
	struct kvm_userspace_memory_region region = {
		.guest_phys_addr = VMM_MEMORY,
		.memory_size = vmm->pages * vmm->page_size,
		.userspace_addr = (uintptr_t)memory,
	};

	vmm->kvm = open("/dev/kvm", O_RDWR | O_CLOEXEC);
	if (vmm->kvm < 0)
		return -errno;
	vmm->vm = ioctl(vmm->kvm, KVM_CREATE_VM, KVM_VM_TYPE_ARM_PROTECTED);
	if (vmm->vm < 0)
		return errno == EINVAL ? -EOPNOTSUPP : -errno;

	return ioctl(vmm->vm, KVM_SET_USER_MEMORY_REGION, &region) ? -errno : 0;
}

static int make_cpu(struct vmm *vmm)
{
	int size;

	vmm->cpu = ioctl(vmm->vm, KVM_CREATE_VCPU, 0);
	if (vmm->cpu < 0)
		return -errno;
	size = ioctl(vmm->kvm, KVM_GET_VCPU_MMAP_SIZE, 0);
	if (size < 0)
		return -errno;
	vmm->run_size = size;
	vmm->run = mmap(NULL, vmm->run_size, PROT_READ | PROT_WRITE, MAP_SHARED, vmm->cpu, 0);

	return vmm->run == MAP_FAILED ? -errno : 0;
}

static int set_reg(const struct vmm *vmm, uint64_t id, uint64_t value)
{
	struct kvm_one_reg reg = { .id = id, .addr = (uintptr_t)&value };

	return ioctl(vmm->cpu, KVM_SET_ONE_REG, &reg) ? -errno : 0;
}

static int set_up_cpu(const struct vmm *vmm, const struct vmm_config *config)
{
	const struct vmm_program *program = config->program;
	struct kvm_vcpu_init init = { 0 };
	size_t i;
	int ret;

	if (ioctl(vmm->vm, KVM_ARM_PREFERRED_TARGET, &init))
		return -errno;
	init.features[0] |= 1U << KVM_ARM_VCPU_PSCI_0_2;
	if (ioctl(vmm->cpu, KVM_ARM_VCPU_INIT, &init))
		return -errno;

	ret = set_reg(vmm, KVM_REG_ARM_CORE_U64(regs.pc),
		      VMM_MEMORY + (program->entry - program->start));
	for (i = 0; i < VMM_ARGUMENTS && !ret; i++)
		ret = set_reg(vmm, KVM_REG_ARM_CORE_U64(regs.regs[0]) + i * sizeof(uint64_t) / 4,
			      config->argument[i]);

	return ret;
}

int vmm_create(struct vmm **vmm, const struct vmm_config *config)
{
	struct vmm *new;
	int ret;

	*vmm = NULL;
	if (!can_be(config))
		return -EINVAL;
	new = malloc(sizeof(*new));
	if (!new)
		return -ENOMEM;
	*new = (struct vmm){
		.pages = config->pages,
		.page_size = config->page_size,
		.run = MAP_FAILED,
		.kvm = -1,
		.vm = -1,
		.cpu = -1,
	};

	memcpy(config->memory, config->program->start, program_size(config->program));
	ret = make_vm(new, config->memory);
	if (!ret)
		ret = make_cpu(new);
	if (!ret)
		ret = set_up_cpu(new, config);
	if (ret)
		vmm_destroy(new);
	else
		*vmm = new;

	return ret;
}

void vmm_destroy(struct vmm *vmm)
{
	if (!vmm)
		return;
	if (vmm->run != MAP_FAILED)
		munmap(vmm->run, vmm->run_size);
	if (vmm->cpu >= 0)
		close(vmm->cpu);
	if (vmm->vm >= 0)
		close(vmm->vm);
	if (vmm->kvm >= 0)
		close(vmm->kvm);
	free(vmm);
}

int vmm_run(struct vmm *vmm, struct vmm_access *access)
{
	const struct kvm_run *run = vmm->run;

	while (ioctl(vmm->cpu, KVM_RUN, 0)) {
		if (errno != EINTR)
			return -errno;
	}
	if (run->exit_reason != KVM_EXIT_MMIO || run->mmio.len != sizeof(access->value) ||
	    run->mmio.phys_addr - VMM_DEVICE >= DEVICE_SIZE)
		return -EPROTO;
	access->offset = run->mmio.phys_addr - VMM_DEVICE;
	access->write = run->mmio.is_write;
	memcpy(&access->value, run->mmio.data, sizeof(access->value));

	return 0;
}

void vmm_answer(struct vmm *vmm, uint64_t value)
{
	memcpy(vmm->run->mmio.data, &value, sizeof(value));
}

int vmm_address(const struct vmm *vmm, size_t page, size_t count, uint64_t *address)
{
	if (page >= vmm->pages || count > vmm->pages - page)
		return -EINVAL;
	*address = VMM_MEMORY + page * vmm->page_size;

	return 0;
}
