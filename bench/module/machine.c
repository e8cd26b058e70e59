// SPDX-License-Identifier: GPL-2.0-only
/* What machine this is: does its counter count instructions, who is at EL2. */

#include <linux/err.h>
#include <linux/fs.h>
#include <linux/irqflags.h>
#include <linux/kdev_t.h>
#include <linux/major.h>
#include <linux/miscdevice.h>

#include <asm/cpufeature.h>
#include <asm/virt.h>

#include "smmubench.h"

#define SPIN_SHORT	1000
#define SPIN_LONG	3000
#define SPIN_INSNS	2	/* instructions in one turn of bench_spin() */
#define CLOCK_TRIES	8

/**
 * bench_spin() - spend SPIN_INSNS instructions for each loop
 * @loops: at least 1
 */
noinline void bench_spin(unsigned long loops)
{
	asm volatile("1:	subs	%0, %0, #1\n"
		     "	b.ne	1b\n"
		     : "+r" (loops) : : "cc");
}

static u64 spin_ticks(unsigned long loops)
{
	unsigned long flags;
	u64 start, end;

	local_irq_save(flags);
	start = bench_ticks();
	bench_spin(loops);
	end = bench_ticks();
	local_irq_restore(flags);

	return end - start;
}

/**
 * bench_insn_clock() - whether each tick of the counter is one instruction
 *
 * A loop of known length is timed at two lengths, so that what surrounds it
 * drops out. On real hardware, with a counter that ticks every 10 to 40 ns, and
 * on an emulator that follows real time, the exact difference may be met once
 * but not every time.
 */
bool bench_insn_clock(void)
{
	const u64 expected = (SPIN_LONG - SPIN_SHORT) * SPIN_INSNS;
	unsigned int i;

	for (i = 0; i < CLOCK_TRIES; i++) {
		u64 brief = spin_ticks(SPIN_SHORT);

		if (spin_ticks(SPIN_LONG) - brief != expected)
			return false;
	}

	return true;
}

/*
 * KVM exports no symbol to ask. Its device can only be opened when KVM has
 * initialised, whatever node there is under that name.
 */
static bool kvm_is_up(void)
{
	struct file *file = filp_open("/dev/kvm", O_RDWR, 0);
	bool up;

	if (IS_ERR(file))
		return false;

	up = S_ISCHR(file_inode(file)->i_mode) &&
	     file_inode(file)->i_rdev == MKDEV(MISC_MAJOR, KVM_MINOR);
	fput(file);

	return up;
}

/**
 * bench_kvm_mode() - who is at EL2
 *
 * KVM that is up while this kernel runs at EL1 is behind the HVC instruction:
 * only then may one be issued. In a guest it would go to a foreign hypervisor,
 * and on a machine without EL2 it is undefined.
 */
enum smmubench_kvm_mode bench_kvm_mode(void)
{
	if (!kvm_is_up())
		return SMMUBENCH_KVM_NONE;
	if (is_kernel_in_hyp_mode())
		return SMMUBENCH_KVM_VHE;

	return cpus_have_cap(ARM64_KVM_PROTECTED_MODE) ? SMMUBENCH_KVM_PROTECTED :
							  SMMUBENCH_KVM_NVHE;
}
