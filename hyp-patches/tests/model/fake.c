// SPDX-License-Identifier: GPL-2.0-only
/* An IOMMU that has nothing in common with an SMMU, and its driver at EL2. */

#include "fake.h"

#include "machine.h"

/* A leaf is a page of bits. Without one all of its pages are alike. */
#define LEAF_PAGES (PAGE_SIZE * 8)
#define LEAF_SIZE  (LEAF_PAGES * PAGE_SIZE)
#define NR_LEAVES  ((MMIO_LIMIT + LEAF_SIZE - 1) / LEAF_SIZE)

struct leaf {
	bool reached; /* by devices, where there are no bits */
	u8 *bits;
};

struct fake fake;
static struct leaf leaves[NR_LEAVES];


bool fake_reaches(u64 addr)
{
	struct leaf *l = &leaves[addr / LEAF_SIZE];
	u64 page = addr % LEAF_SIZE / PAGE_SIZE;

	return l->bits ? l->bits[page / 8] & 1 << page % 8 : l->reached;
}

bool fake_splits(u64 addr)
{
	return leaves[addr / LEAF_SIZE].bits;
}

static bool needs_bits(const struct leaf *l, u64 start, u64 end)
{
	return !l->bits && end - start < LEAF_SIZE;
}

static void leaf_set(struct leaf *l, u64 start, u64 end, bool reached)
{
	u64 page;

	if (!l->bits) {
		l->reached = reached;
		return;
	}
	for (page = start % LEAF_SIZE / PAGE_SIZE; start < end; start += PAGE_SIZE, page++) {
		l->bits[page / 8] &= ~(1 << page % 8);
		l->bits[page / 8] |= reached << page % 8;
	}
}

static void set_reached(u64 start, u64 end, bool reached, void *(*take)(void))
{
	u64 next;

	for (; start < end; start = next) {
		struct leaf *l = &leaves[start / LEAF_SIZE];

		next = min(end, ALIGN_DOWN(start, LEAF_SIZE) + LEAF_SIZE);
		if (needs_bits(l, start, next)) {
			l->bits = take();
			memset(l->bits, l->reached ? 0xff : 0, PAGE_SIZE);
		}
		leaf_set(l, start, next, reached);
	}
}

static void *take_boot(void)
{
	return iommu_boot_alloc(PAGE_SIZE, PKVM_IOMMU_MEM_PAGE_TABLES);
}

static struct iommu_reserve reserve;

static void *take_pool(void)
{
	return iommu_pool_take(&reserve, PKVM_IOMMU_MEM_PAGE_TABLES);
}

static int fake_map(void *arg, u64 start, u64 end, bool mmio)
{
	(void)arg;
	(void)mmio;
	set_reached(start, end, true, take_boot);

	return 0;
}

static int fake_probe(void)
{
	return fake.probed++;
}

static int fake_enable(void)
{
	/* The mode has said by now what they translate with. */
	assert_true(fake_reaches(HIGH_BASE));

	return fake.enabled++;
}

static int fake_init(void)
{
	assert_int_equal(fake.probed, 1);
	assert_int_equal(fake.enabled, 0);

	iommu_pool_keep(2);

	return iommu_host_walk(MMIO_LIMIT, fake_map, NULL);
}

static int fake_leave(phys_addr_t phys, u64 size)
{
	u64 at, next, needed = 0;

	iommu_assert_host_lock();
	assert_true(world_all_owned_by(phys, size >> PAGE_SHIFT, OWNER_HOST));
	for (at = phys; at < phys + size; at = next) {
		next = min(phys + size, ALIGN_DOWN(at, LEAF_SIZE) + LEAF_SIZE);
		needed += needs_bits(&leaves[at / LEAF_SIZE], at, next);
	}
	if (iommu_pool_reserve(&reserve, needed))
		return -ENOMEM;
	if (!fake.dead)
		set_reached(phys, phys + size, false, take_pool);
	iommu_pool_commit(&reserve);

	return fake.dead ? -ETIMEDOUT : 0;
}

static void fake_return(phys_addr_t phys, u64 size)
{
	iommu_assert_host_lock();
	assert_true(world_all_owned_by(phys, size >> PAGE_SHIFT, OWNER_HOST));
	set_reached(phys, phys + size, true, take_pool);
}

static u32 fake_event(u32 index, u64 *record)
{
	fake.events++;
	record[0] = index;

	return PKVM_IOMMU_EVENT_RECORD;
}

static int fake_close(void)
{
	fake.closed++;

	return fake.dead ? -ETIMEDOUT : 0;
}

static void fake_open(void)
{
	fake.opened++;
}

static void fake_resume(void)
{
	fake.resumed++;
}

/* Whom the streams use: nobody, all that the host may access, or a domain. */
static struct iommu_domain *streams[FAKE_IOMMUS][FAKE_STREAMS];
static struct iommu_domain identity;
static u32 nr_domains;

/* The last word of a domain that is set up; the first ones are its leaves. */
#define LAST   (IOMMU_DOMAIN_WORDS - 1)
#define SET_UP 0xd0

/* How many pages of a map or an unmap are done. */
static u64 cut;

static int op(struct iommu_domain *d, u64 last)
{
	struct fake_op *f = &fake.op;

	cut = ~0ULL;
	f->calls++;
	if (d && d->words[LAST] != last)
		world_bug("a domain has %#llx where %#llx was", d->words[LAST], last);
	if (f->fails) {
		cut = 0;
		return f->fails;
	}
	if (!f->times)
		return 0;
	if (f->at > 1) {
		f->at--;
		return 0;
	}
	f->times--;
	f->hit++;
	cut = f->pages;

	return f->error;
}

/* The word of an address; NULL where there is none, nor a leaf for it. */
static u64 *word_of(struct iommu_domain *d, u64 iova)
{
	u64 i = iova >> PAGE_SHIFT, *leaf;

	if (i >= FAKE_PAGES)
		return NULL;
	leaf = (u64 *)d->words[i / (PAGE_SIZE / 8)];

	return leaf ? &leaf[i % (PAGE_SIZE / 8)] : NULL;
}

static int fake_alloc(struct iommu_domain *d, u32 iommu, u64 *shape)
{
	int ret = op(d, d->words[LAST]);

	iommu_assert_host_lock();
	assert_true(iommu < FAKE_IOMMUS);
	if (ret)
		return ret;
	memset(d->words, 0, sizeof(d->words));
	d->words[LAST] = SET_UP;
	*shape = fake.shape;
	nr_domains++;

	return 0;
}

static int fake_free(struct iommu_domain *d)
{
	int ret = op(d, SET_UP);
	u64 i, *word;

	iommu_assert_host_lock();
	if (ret)
		return ret;
	if (fake.op.ends_after) {
		fake.op.ends_after--;
		return -EAGAIN;
	}
	for (i = 0; i < FAKE_PAGES; i++) {
		word = word_of(d, i << PAGE_SHIFT);
		if (word && *word)
			iommu_pages_put(*word & PAGE_MASK, 1);
	}
	for (i = 0; i < FAKE_LEAVES; i++) {
		if (d->words[i])
			iommu_pool_return((void *)d->words[i], PKVM_IOMMU_MEM_PAGE_TABLES);
	}
	d->words[LAST] = 0;
	nr_domains--;

	return 0;
}

/* A stream that uses @from uses @to; @refused: where it uses something else. */
static int stream_moves(struct iommu_domain *d, u32 iommu, u32 stream, struct iommu_domain *from,
			struct iommu_domain *to, int refused)
{
	int ret = op(d, SET_UP);

	iommu_assert_host_lock();
	assert_true(iommu < FAKE_IOMMUS);
	if (ret)
		return ret;
	if (stream >= FAKE_STREAMS)
		return -ENXIO;
	if (streams[iommu][stream] != from)
		return refused;
	streams[iommu][stream] = to;

	return 0;
}

static int fake_attach(struct iommu_domain *d, u32 iommu, u32 stream)
{
	return stream_moves(d, iommu, stream, NULL, d ? d : &identity, -EBUSY);
}

static int fake_detach(struct iommu_domain *d, u32 iommu, u32 stream)
{
	return stream_moves(d, iommu, stream, d ? d : &identity, NULL, -ENOENT);
}

/* The word of an address, in a leaf that is made if need be. */
static int make_word(struct iommu_domain *d, u64 iova, u64 **word)
{
	u64 i = iova >> PAGE_SHIFT;
	struct iommu_reserve r;

	if (i >= FAKE_PAGES)
		return -ERANGE;
	*word = word_of(d, iova);
	if (*word)
		return 0;
	if (iommu_pool_reserve(&r, 1))
		return -ENOMEM;
	d->words[i / (PAGE_SIZE / 8)] = (u64)iommu_pool_take(&r, PKVM_IOMMU_MEM_PAGE_TABLES);
	*word = word_of(d, iova);

	return 0;
}

static int fake_map_pages(struct iommu_domain *d, u64 iova, phys_addr_t phys, u64 nr_pages, u32 prot,
			  u64 *did)
{
	int ret = op(d, SET_UP), error;
	u64 *word;

	assert_true(PAGE_ALIGNED(iova) && PAGE_ALIGNED(phys) && !(prot & ~PKVM_IOMMU_PROT));
	assert_true(nr_pages && nr_pages <= PKVM_IOMMU_PAGES_MAX);
	for (; *did < min(nr_pages, cut); (*did)++, iova += PAGE_SIZE, phys += PAGE_SIZE) {
		error = make_word(d, iova, &word);
		if (error)
			return error;
		if (*word)
			return -EEXIST;
		if (iommu_pages_kind(phys, 1) != IOMMU_MEMORY)
			return -EPERM;
		error = iommu_pages_get(phys, 1);
		if (error < 0)
			return error;
		*word = phys | prot;
	}

	return ret;
}

/* With an error, what is unmapped stays counted. */
static int fake_unmap(struct iommu_domain *d, const u64 *ranges, u32 nr, u64 *unmapped)
{
	int ret = op(d, SET_UP);
	u64 n, left = min(cut, (u64)PKVM_IOMMU_PAGES_MAX), iova, *word;

	assert_true(nr <= PKVM_IOMMU_RANGES_MAX);
	for (; nr--; ranges++) {
		iova = *ranges & PAGE_MASK;
		for (n = *ranges & PKVM_IOMMU_RANGE_PAGES; n; n--, iova += PAGE_SIZE) {
			word = word_of(d, iova);
			if (!left-- || !word || !*word || *word & FAKE_GONE)
				return ret;
			(*unmapped)++;
			if (ret) {
				*word |= FAKE_GONE;
				continue;
			}
			iommu_pages_put(*word & PAGE_MASK, 1);
			*word = 0;
		}
	}

	return ret;
}

static u64 lookup(struct iommu_domain *d, u64 iova)
{
	u64 *word = word_of(d, iova);

	return word && !(*word & FAKE_GONE) ? *word : 0;
}

static u64 fake_lookup(struct iommu_domain *d, u64 iova)
{
	u64 word = lookup(d, iova);

	if (d->words[LAST] != SET_UP)
		world_bug("a look into a domain that is not set up");

	return word ? (word & PAGE_MASK) | (iova & ~PAGE_MASK) : 0;
}

static bool leaf_is_empty(const u64 *leaf)
{
	u32 i;

	for (i = 0; i < PAGE_SIZE / 8; i++) {
		if (leaf[i])
			return false;
	}

	return true;
}

/* The first leaf that maps nothing; with an error it stays. */
static int fake_trim(struct iommu_domain *d, u64 iova, u64 *next)
{
	int ret = op(d, SET_UP);
	u64 i;

	for (i = iova / FAKE_LEAF; i < FAKE_LEAVES; i++) {
		if (!d->words[i] || !leaf_is_empty((u64 *)d->words[i]))
			continue;
		*next = i + 1 < FAKE_LEAVES ? (i + 1) * FAKE_LEAF : 0;
		if (!ret) {
			iommu_pool_return((void *)d->words[i], PKVM_IOMMU_MEM_PAGE_TABLES);
			d->words[i] = 0;
		}
		break;
	}

	return ret;
}

bool fake_attached(u32 iommu, u32 stream)
{
	return streams[iommu][stream];
}

u64 fake_access(u32 iommu, u32 stream, u64 iova)
{
	struct iommu_domain *d = streams[iommu][stream];

	if (d == &identity)
		return ALIGN_DOWN(iova, PAGE_SIZE) | PKVM_IOMMU_READ | PKVM_IOMMU_WRITE;

	return d ? lookup(d, iova) : 0;
}

u32 fake_domains(void)
{
	return nr_domains;
}

static const struct pkvm_iommu_domain_ops fake_domain_ops = {
	.alloc = fake_alloc,
	.free = fake_free,
	.attach = fake_attach,
	.detach = fake_detach,
	.map = fake_map_pages,
	.unmap = fake_unmap,
	.iova_to_phys = fake_lookup,
	.trim = fake_trim,
};

static int fake_paravirt_init(void)
{
	iommu_pages_init();

	return fake_init() ?: iommu_domains_init(&fake_domain_ops);
}

static int fake_paravirt_leave(phys_addr_t phys, u64 size)
{
	return iommu_pages_close(phys, size >> PAGE_SHIFT);
}

static void fake_paravirt_return(phys_addr_t phys, u64 size)
{
	iommu_pages_open(phys, size >> PAGE_SHIFT);
}

/* Under the names of a driver and of modes that the core knows of. */
const struct pkvm_iommu_mode_ops pkvm_smmu_paravirt_ops = {
	.init = fake_paravirt_init,
	.host_leave = fake_paravirt_leave,
	.host_return = fake_paravirt_return,
};
const struct pkvm_iommu_mode_ops pkvm_smmu_identity_ops = {
	.init = fake_init,
	.host_leave = fake_leave,
	.host_return = fake_return,
};

const struct pkvm_iommu_driver_ops pkvm_smmu_v3_driver_ops = {
	.probe = fake_probe,
	.enable = fake_enable,
	.event = fake_event,
	.close = fake_close,
	.open = fake_open,
	.resume = fake_resume,
};

void fake_machine_in(enum pkvm_iommu_mode mode, u64 pages)
{
	u32 i;

	memset(&fake, 0, sizeof(fake));
	memset(leaves, 0, sizeof(leaves));
	memset(streams, 0, sizeof(streams));
	nr_domains = 0;
	fake.shape = FAKE_BITS;
	machine_new();
	pkvm_iommu_machine.mode = mode;
	world_reserve(POOL_BASE, pages);
	for (i = 0; i < FAKE_IOMMUS; i++) {
		pkvm_iommu_machine.descs[i] = (struct pkvm_iommu_desc){
			.base = SZ_1G / 2 + i * SZ_128K,
			.size = SZ_64K,
		};
		pkvm_iommu_machine.frames[i] = (struct pkvm_iommu_frame){
			.start = SZ_1G / 2 + i * SZ_128K,
			.end = SZ_1G / 2 + i * SZ_128K + SZ_64K,
		};
	}
	pkvm_iommu_machine.nr_descs = FAKE_IOMMUS;
	pkvm_iommu_machine.nr_frames = FAKE_IOMMUS;
	assert_int_equal(machine_boot(), 0);
}

void fake_machine(u64 pages)
{
	fake_machine_in(PKVM_IOMMU_IDENTITY, pages);
}
