/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef BOARDS_LINUX_SLAB_H
#define BOARDS_LINUX_SLAB_H

#include <kernel.h>
#include <linux/cleanup.h>

DEFINE_FREE(kfree, void *, kfree(_T))

#endif /* BOARDS_LINUX_SLAB_H */
