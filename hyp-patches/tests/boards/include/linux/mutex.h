/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef BOARDS_LINUX_MUTEX_H
#define BOARDS_LINUX_MUTEX_H

#include <kernel.h>
#include <linux/cleanup.h>

DEFINE_GUARD(mutex, struct mutex *, mutex_lock(_T), mutex_unlock(_T))

#endif /* BOARDS_LINUX_MUTEX_H */
