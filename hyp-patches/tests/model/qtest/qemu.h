/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A machine of QEMU's whose CPUs run nothing (-accel qtest). Its protocol reads and
 * writes what the CPUs could (docs/devel/testing/qtest.rst of QEMU), and has its clock
 * stand still in between. Whatever goes wrong on the way ends the program.
 */

#ifndef QTEST_QEMU_H
#define QTEST_QEMU_H

#include <nvhe/iommu_shim.h>

/** qemu_start() - start @command, a list that NULL ends and that takes further arguments */
void qemu_start(char *const *command);

/** qemu_reset() - the whole machine; memory keeps what it has */
void qemu_reset(void);

/** qemu_stop() - the end of the process */
void qemu_stop(void);

void qemu_write32(u64 addr, u32 value);
void qemu_write64(u64 addr, u64 value);
u32 qemu_read32(u64 addr);
u64 qemu_read64(u64 addr);

/** qemu_step() - let virtual time pass, with all that is due in it */
void qemu_step(u64 ns);

#endif /* QTEST_QEMU_H */
