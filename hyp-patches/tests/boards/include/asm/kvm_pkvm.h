/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef BOARDS_ASM_KVM_PKVM_H
#define BOARDS_ASM_KVM_PKVM_H

#include <linux/memblock.h>

/* Tables for that many pages, at each level. */
static inline unsigned long __hyp_pgtable_max_pages(unsigned long pages)
{
	unsigned long total = 0;

	for (int level = 0; level < 4; level++) {
		pages = DIV_ROUND_UP(pages, PAGE_SIZE / 8);
		total += pages;
	}

	return total;
}
extern struct memblock_region kvm_nvhe_hyp_memory[];
extern unsigned int kvm_nvhe_hyp_memblock_nr;

#endif /* BOARDS_ASM_KVM_PKVM_H */
