/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * An IOMMU that has nothing in common with an SMMU, and its driver at EL2. In the identity mode
 * it knows one space of addresses for all devices, and has a bit for each page in it. A domain
 * is an array of words, one for each page that a device may name, in leaves of a page each.
 * It takes the place of all objects of the SMMU's.
 *
 * The host's side includes this as well: no type here is of EL2 alone.
 */

#ifndef MODEL_FAKE_H
#define MODEL_FAKE_H

#include <asm/kvm_pkvm_iommu.h>

#define FAKE_IOMMUS  2
#define FAKE_STREAMS 16

/* Bits of an address in a domain, its pages, and what a leaf maps. */
#define FAKE_LEAVES 8
#define FAKE_LEAF   (PAGE_SIZE / 8 * PAGE_SIZE)
#define FAKE_PAGES  (FAKE_LEAVES * PAGE_SIZE / 8)
#define FAKE_BITS   (2 * PAGE_SHIFT)

/* Of a word of a domain's leaf: PKVM_IOMMU_PROT, and that the page is unmapped, for no use. */
#define FAKE_GONE BIT(3)

/**
 * struct fake_op - what the operations on domains do
 * @fails: all of them return that, and do nothing
 * @calls: so many there were
 * @ends_after: so often there is more to free
 * @at: that one of the calls from here on has a fault, from 1
 * @times: and so many behind it; 0 for none
 * @error: which it returns, where not 0
 * @pages: that a map or an unmap with the fault is done with before it ends; the others do
 *	   nothing, unless they return 0
 * @hit: faults there were
 */
struct fake_op {
	int fails;
	u32 calls;
	u32 ends_after;
	u32 at;
	u32 times;
	int error;
	u64 pages;
	u32 hit;
};

extern struct fake {
	bool dead;
	u32 probed;
	u32 enabled;
	u32 closed;
	u32 opened;
	u32 resumed;
	u32 events;
	struct fake_op op;
	u64 shape; /* of the next domain */
} fake;

/** fake_machine_in() - a machine with two of them, booted; @pages: of the pool */
void fake_machine_in(enum pkvm_iommu_mode mode, u64 pages);
void fake_machine(u64 pages);

/** fake_reaches() - whether devices reach an address in the identity mode */
bool fake_reaches(u64 addr);

/** fake_splits() - whether some there are reached, and some not */
bool fake_splits(u64 addr);

/** fake_attached() - whether a stream uses anything */
bool fake_attached(u32 iommu, u32 stream);

/** fake_access() - the word that a device finds for an address, or 0; all for an identity */
u64 fake_access(u32 iommu, u32 stream, u64 iova);

/** fake_domains() - how many there are */
u32 fake_domains(void);

#endif /* MODEL_FAKE_H */
