// SPDX-License-Identifier: GPL-2.0-only
/* Memory and who owns it, with what mem_protect.c does to it. */

#include "cmocka_all.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <nvhe/iommu_core.h>

#include "model.h"
#include "points.h"
#include "world.h"

#define RAM_PAGES   ((RAM_END - RAM_START) >> PAGE_SHIFT)
#define MAX_REGIONS 8

/* The host's, but for some between these two. */
static u8 owners[RAM_PAGES];
static u64 first_owned, last_owned;

/* Mappings by domains, of modes that count them. */
static u16 maps[RAM_PAGES];

struct memblock_region hyp_memory[MAX_REGIONS];
unsigned int hyp_memblock_nr;

static u64 reserved, reserved_pages;
static u32 cpu_pa_bits;

/* Where world_bug_of() waits for one. */
static jmp_buf *expected;
static char expected_text[512];

void world_bug(const char *fmt, ...)
{
	char text[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (expected && !smp_other()) {
		memcpy(expected_text, text, sizeof(text));
		longjmp(*expected, 1);
	}
	/* Where the lines of TAP go, too. */
	printf("# %s\n", text);
	fflush(stdout);
	if (world_has_threads())
		_exit(1);
	if (smp_other())
		smp_fail();
	fail();
	abort();
}

const char *world_bug_of(void (*fn)(void))
{
	jmp_buf here;
	volatile bool found = true;

	expected = &here;
	if (!setjmp(here)) {
		fn();
		found = false;
	}
	expected = NULL;
	if (!found)
		world_bug("what should have ended the test did not");

	return expected_text;
}

static bool in_ram(u64 phys)
{
	return phys >= RAM_START && phys < RAM_END;
}

void world_owners_reset(void)
{
	if (first_owned <= last_owned)
		memset(&owners[first_owned], OWNER_HOST, last_owned - first_owned + 1);
	first_owned = RAM_PAGES;
	last_owned = 0;
	hyp_memblock_nr = 0;
	reserved_pages = 0;
	cpu_pa_bits = 48;
}

void world_add_memory(u64 base, u64 size, int flags)
{
	assert_true(hyp_memblock_nr < MAX_REGIONS && in_ram(base) && in_ram(base + size - 1));
	hyp_memory[hyp_memblock_nr++] = (struct memblock_region){ base, size, flags };
}

void world_reserve(u64 base, u64 nr_pages)
{
	reserved = base;
	reserved_pages = nr_pages;
	if (nr_pages)
		world_set_owner(base, nr_pages << PAGE_SHIFT, OWNER_HYP);
	pkvm_iommu_machine.pages = nr_pages;
}

void world_set_owner(u64 phys, u64 size, enum owner owner)
{
	u64 first = (phys - RAM_START) >> PAGE_SHIFT, n = size >> PAGE_SHIFT;

	assert_true(n && in_ram(phys) && in_ram(phys + size - 1));
	memset(&owners[first], owner, n);
	first_owned = min(first_owned, first);
	last_owned = max(last_owned, first + n - 1);
}

enum owner world_owner(u64 phys)
{
	return in_ram(phys) ? owners[(phys - RAM_START) >> PAGE_SHIFT] : OWNER_HOST;
}

static const struct memblock_region *region_of(u64 addr)
{
	unsigned int i;

	for (i = 0; i < hyp_memblock_nr; i++) {
		if (addr >= hyp_memory[i].base && addr - hyp_memory[i].base < hyp_memory[i].size)
			return &hyp_memory[i];
	}

	return NULL;
}

/* The next address above at which a region, a frame or all that there is begins or ends. */
static u64 next_boundary(u64 addr)
{
	u64 next = ~0ULL, at[4 * MAX_REGIONS + 2 * PKVM_IOMMU_MAX_FRAMES + 1];
	u32 i, n = 0;

	at[n++] = pkvm_iommu_machine.limit;
	for (i = 0; i < hyp_memblock_nr; i++) {
		u64 base = hyp_memory[i].base, top = base + hyp_memory[i].size;

		at[n++] = ALIGN_DOWN(base, PAGE_SIZE);
		at[n++] = ALIGN(base, PAGE_SIZE);
		at[n++] = ALIGN_DOWN(top, PAGE_SIZE);
		at[n++] = ALIGN(top, PAGE_SIZE);
	}
	for (i = 0; i < pkvm_iommu_machine.nr_frames; i++) {
		at[n++] = pkvm_iommu_machine.frames[i].start;
		at[n++] = pkvm_iommu_machine.frames[i].end;
	}
	while (n--) {
		if (at[n] > addr)
			next = min(next, at[n]);
	}

	return next;
}

static bool in_frames(const struct pkvm_iommu_frame *frames, u32 nr, u64 addr)
{
	u32 i;

	for (i = 0; i < nr; i++) {
		if (addr >= frames[i].start && addr < frames[i].end)
			return true;
	}

	return false;
}

static bool host_may_mmio(u64 addr)
{
	return addr < pkvm_iommu_machine.limit &&
	       !in_frames(pkvm_iommu_machine.frames, pkvm_iommu_machine.nr_frames, addr);
}

bool world_cpu_only(u64 addr)
{
	return in_frames(pkvm_iommu_machine.host_frames, pkvm_iommu_machine.nr_host_frames, addr);
}

bool world_host_may(u64 addr, u64 *end)
{
	const struct memblock_region *first, *last;
	u64 next = end ? next_boundary(addr) : 0;

	addr = ALIGN_DOWN(addr, PAGE_SIZE);
	first = region_of(addr);
	last = region_of(addr + PAGE_SIZE - 1);
	if (end)
		*end = next;
	/* A page that is partly memory is neither. */
	if (first != last)
		return false;
	if (!first)
		return host_may_mmio(addr);
	if (first->flags & MEMBLOCK_NOMAP)
		return false;
	if (end) {
		const u8 *from = &owners[(addr - RAM_START) >> PAGE_SHIFT], *owner = from;

		while (owner < from + ((next - addr) >> PAGE_SHIFT) && *owner == *from)
			owner++;
		*end = addr + ((u64)(owner - from) << PAGE_SHIFT);
	}

	return world_owner(addr) == OWNER_HOST;
}

bool world_all_owned_by(u64 phys, u64 nr_pages, enum owner owner)
{
	while (nr_pages--) {
		u64 page = phys + (nr_pages << PAGE_SHIFT);

		if (!in_ram(page) || world_owner(page) != owner)
			return false;
	}

	return true;
}

/* As the kernel checks it. */
static bool all_accessible(u64 phys, u64 nr_pages)
{
	while (nr_pages--) {
		u64 page = phys + (nr_pages << PAGE_SHIFT);

		if (!addr_is_memory(page) || !world_host_may(page, NULL))
			return false;
	}

	return true;
}

static void changes_hands(u64 phys, u64 size, enum owner owner)
{
	world_enter();
	world_set_owner(phys, size, owner);
	if (owner != OWNER_HOST)
		model_settled(phys, size);
	world_leave();
}

int world_give(u64 phys, u64 nr_pages)
{
	u64 size = nr_pages << PAGE_SHIFT;
	int ret;

	iommu_host_lock();
	ret = all_accessible(phys, nr_pages) ? 0 : -EPERM;
	ret = ret ? ret : pkvm_iommu_host_leave(phys, size);
	if (!ret)
		changes_hands(phys, size, OWNER_GUEST);
	iommu_host_unlock();

	return ret;
}

int world_take(u64 phys, u64 nr_pages)
{
	u64 size = nr_pages << PAGE_SHIFT, i;
	int ret = 0;

	iommu_host_lock();
	for (i = 0; i < nr_pages && !ret; i++)
		ret = world_owner(phys + (i << PAGE_SHIFT)) == OWNER_HOST ? -EPERM : 0;
	if (!ret) {
		changes_hands(phys, size, OWNER_HOST);
		pkvm_iommu_host_return(phys, size);
	}
	iommu_host_unlock();

	return ret;
}

void world_cpu_pa_bits(u32 bits)
{
	cpu_pa_bits = bits;
}

/* What mem_protect.c offers to the IOMMU code. */

u32 iommu_cpu_pa_bits(void)
{
	return cpu_pa_bits;
}

bool iommu_host_has_page(phys_addr_t phys)
{
	return world_owner(phys) == OWNER_HOST;
}

bool addr_is_memory(phys_addr_t phys)
{
	return region_of(phys);
}

u16 *iommu_page_maps(phys_addr_t phys)
{
	if (!addr_is_memory(phys))
		world_bug("%#llx is not memory, and has no count", phys);

	return &maps[(phys - RAM_START) >> PAGE_SHIFT];
}

/* As in the kernel: checks, then the part that can fail, then the state. */
int __pkvm_host_donate_hyp(u64 pfn, u64 nr_pages)
{
	u64 phys = hyp_pfn_to_phys(pfn), size = nr_pages << PAGE_SHIFT;
	int ret;

	iommu_host_lock();
	ret = all_accessible(phys, nr_pages) ? 0 : -EPERM;
	if (!ret)
		ret = pkvm_iommu_host_leave(phys, size);
	if (!ret) {
		changes_hands(phys, size, OWNER_HYP);
		view_junk(phys, size);
	}
	iommu_host_unlock();

	return ret;
}

/* What comes back to the host tells it nothing. */
int __pkvm_hyp_donate_host(u64 pfn, u64 nr_pages)
{
	u64 phys = hyp_pfn_to_phys(pfn), size = nr_pages << PAGE_SHIFT, i;
	const u64 *word = hyp_phys_to_virt(phys);

	iommu_host_lock();
	if (!world_all_owned_by(phys, nr_pages, OWNER_HYP))
		world_bug("%#llx is not all the hypervisor's to give", phys);
	for (i = 0; i < size / sizeof(*word); i++) {
		if (word[i])
			world_bug("%#llx goes to the host and holds %#llx", phys + i * sizeof(*word), word[i]);
	}
	changes_hands(phys, size, OWNER_HOST);
	pkvm_iommu_host_return(phys, size);
	iommu_host_unlock();

	return 0;
}

void *hyp_early_alloc_contig(unsigned int nr_pages)
{
	if (nr_pages > reserved_pages)
		return NULL;

	view_junk(reserved, (u64)nr_pages << PAGE_SHIFT);

	return hyp_phys_to_virt(reserved);
}
