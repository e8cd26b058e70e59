/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * KVM as the library in vmm/ sees it, played for one guest. Any of its calls can be
 * refused; what it was told is kept, and what it handed out is counted. The test that
 * includes this is linked with --wrap of the functions here, and plays the guest.
 */

#ifndef SMMUBENCH_FAKE_KVM_H
#define SMMUBENCH_FAKE_KVM_H

#include "tap.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/types.h>

#include "kvm_arm64.h"
#include "vmm.h"

/* The calls that make a machine, from open() to the last register. */
enum { FAKE_CREATE_VM = 2, FAKE_CREATED = 13 };

enum { FAKE_KVM = 1000, FAKE_VM, FAKE_CPU, FAKE_END };

#define FAKE_REGS	40

static struct fake_kvm {
	unsigned int calls;		/* those that can be refused, in their order */
	unsigned int refused;		/* the one that is, from 1 on; 0: none */
	int error;			/* with which */
	bool open[FAKE_END - FAKE_KVM];
	bool mapped;
	unsigned long type;
	struct kvm_userspace_memory_region region;
	struct kvm_vcpu_init init;
	uint64_t reg[FAKE_REGS];	/* of struct user_pt_regs: x0 to x30, sp, pc, pstate */
	struct kvm_run run;
	int (*guest)(struct kvm_run *run);	/* a KVM_RUN: 0 or an errno */
} fake;

int __real_open(const char *path, int flags, mode_t mode);
int __wrap_open(const char *path, int flags, mode_t mode);
int __real_close(int fd);
int __wrap_close(int fd);
int __wrap_ioctl(int fd, unsigned long request, void *arg);
void *__real_mmap(void *at, size_t size, int prot, int flags, int fd, off_t offset);
void *__wrap_mmap(void *at, size_t size, int prot, int flags, int fd, off_t offset);
int __real_munmap(void *at, size_t size);
int __wrap_munmap(void *at, size_t size);

static bool fake_refuses(void)
{
	if (++fake.calls != fake.refused)
		return false;
	errno = fake.error;

	return true;
}

static int fake_open(int fd)
{
	if (fake_refuses())
		return -1;
	assert_false(fake.open[fd - FAKE_KVM]);
	fake.open[fd - FAKE_KVM] = true;

	return fd;
}

/* A run that ends with an access to the guest's device. */
static int fake_access(struct kvm_run *run, uint64_t offset, bool write)
{
	run->exit_reason = KVM_EXIT_MMIO;
	run->mmio.phys_addr = VMM_DEVICE + offset;
	run->mmio.len = 8;
	run->mmio.is_write = write;

	return 0;
}

/* Whether all that was handed out was given back, once. */
static bool fake_has_all(void)
{
	return !fake.open[0] && !fake.open[1] && !fake.open[2] && !fake.mapped;
}

int __wrap_open(const char *path, int flags, mode_t mode)
{
	if (strcmp(path, "/dev/kvm"))
		return __real_open(path, flags, mode);
	assert_true(flags & O_CLOEXEC);

	return fake_open(FAKE_KVM);
}

int __wrap_close(int fd)
{
	if (fd < FAKE_KVM)
		return __real_close(fd);
	assert_in_range(fd, FAKE_KVM, FAKE_END - 1);
	assert_true(fake.open[fd - FAKE_KVM]);
	fake.open[fd - FAKE_KVM] = false;

	return 0;
}

void *__wrap_mmap(void *at, size_t size, int prot, int flags, int fd, off_t offset)
{
	if (fd != FAKE_CPU)
		return __real_mmap(at, size, prot, flags, fd, offset);
	if (fake_refuses())
		return MAP_FAILED;
	assert_int_equal(size, sizeof(fake.run));
	fake.mapped = true;

	return &fake.run;
}

int __wrap_munmap(void *at, size_t size)
{
	if (at != &fake.run)
		return __real_munmap(at, size);
	assert_int_equal(size, sizeof(fake.run));
	assert_true(fake.mapped);
	fake.mapped = false;

	return 0;
}

static int fake_set_reg(const struct kvm_one_reg *one)
{
	uint64_t first = KVM_REG_ARM_CORE_U64(regs.regs[0]), value;

	assert_in_range(one->id, first, first + 2 * (FAKE_REGS - 1));
	memcpy(&value, (const void *)(uintptr_t)one->addr, sizeof(value));
	fake.reg[(one->id - first) / 2] = value;

	return 0;
}

static int fake_run(void)
{
	int error = fake.guest(&fake.run);

	errno = error;

	return error ? -1 : 0;
}

int __wrap_ioctl(int fd, unsigned long request, void *arg)
{
	assert_true(fake.open[fd - FAKE_KVM]);
	switch (request) {
	case KVM_CREATE_VM:
		assert_int_equal(fd, FAKE_KVM);
		fake.type = (unsigned long)arg;
		return fake_open(FAKE_VM);
	case KVM_CREATE_VCPU:
		assert_int_equal(fd, FAKE_VM);
		return fake_open(FAKE_CPU);
	default:
		break;
	}
	if (fake_refuses())
		return -1;
	switch (request) {
	case KVM_SET_USER_MEMORY_REGION:
		assert_int_equal(fd, FAKE_VM);
		memcpy(&fake.region, arg, sizeof(fake.region));
		return 0;
	case KVM_GET_VCPU_MMAP_SIZE:
		assert_int_equal(fd, FAKE_KVM);
		return sizeof(fake.run);
	case KVM_ARM_PREFERRED_TARGET:
		assert_int_equal(fd, FAKE_VM);
		((struct kvm_vcpu_init *)arg)->target = 5;
		return 0;
	case KVM_ARM_VCPU_INIT:
		assert_int_equal(fd, FAKE_CPU);
		memcpy(&fake.init, arg, sizeof(fake.init));
		return 0;
	case KVM_SET_ONE_REG:
		assert_int_equal(fd, FAKE_CPU);
		return fake_set_reg(arg);
	case KVM_RUN:
		assert_int_equal(fd, FAKE_CPU);
		return fake_run();
	default:
		fail_msg("KVM is asked for %#lx", request);
		return -1;
	}
}

#endif /* SMMUBENCH_FAKE_KVM_H */
