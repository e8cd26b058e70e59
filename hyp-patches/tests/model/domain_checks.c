// SPDX-License-Identifier: GPL-2.0-only

#include "domain_checks.h"

#include "points.h"

int attach(u32 id, u32 stream)
{
	return __pkvm_iommu_attach(id, 0, stream, 0);
}

int detach(u32 id, u32 stream)
{
	return __pkvm_iommu_detach(id, 0, stream, 0);
}

struct model *attached(void (*change)(struct model_config *config), u32 stream, int bits)
{
	struct model *m = machine_paravirt(change);

	assert_true(domain_alloc(1, 0) >= bits);
	assert_int_equal(attach(1, stream), 0);

	return m;
}

bool arrives(struct model *m, u32 stream, u64 iova, bool write, u64 at)
{
	u64 pa = ~0ULL;

	if (model_access(m, stream, iova, write, &pa))
		return false;
	if (pa != at)
		world_bug("%#llx of stream %#x leads to %#llx", iova, stream, pa);

	return true;
}

void assert_arrives(struct model *m, u32 stream, u64 iova, u64 nr_pages, u64 at)
{
	for (; nr_pages--; iova += PAGE_SIZE, at += PAGE_SIZE) {
		assert_true(arrives(m, stream, iova, true, at));
		assert_true(arrives(m, stream, iova, false, at));
	}
}

void assert_nothing(struct model *m, u32 stream, u64 iova, u64 nr_pages)
{
	for (; nr_pages--; iova += PAGE_SIZE) {
		assert_int_not_equal(model_access(m, stream, iova, true, NULL), MODEL_REACHED);
		assert_int_not_equal(model_access(m, stream, iova, false, NULL), MODEL_REACHED);
	}
}

void assert_maps(u64 phys, u64 nr_pages, u32 maps)
{
	for (; nr_pages--; phys += PAGE_SIZE)
		assert_int_equal(domain_maps(phys), maps);
}

void assert_may_leave(u64 phys, u64 nr_pages)
{
	assert_maps(phys, nr_pages, 0);
	assert_int_equal(world_give(phys, nr_pages), 0);
	assert_int_equal(world_take(phys, nr_pages), 0);
}

void assert_used_again(struct model *m, u32 stream, u64 iova, u64 page)
{
	u32 i;

	for (i = 0; i < 20; i++, page += PAGE_SIZE) {
		assert_int_equal(domain_map(1, iova, page, 1, DOMAIN_RW), 1);
		assert_arrives(m, stream, iova, 1, page);
		assert_int_equal(detach(1, stream), 0);
		assert_int_equal(domain_free(1), 1);
		assert_int_equal(world_give(page, 1), 0);
		assert_true(domain_alloc(1, 0) > 0);
		assert_int_equal(attach(1, stream), 0);
		assert_nothing(m, stream, iova, 1);
	}
}

/* What the second CPU does, and what comes of it. */
static int (*other)(void);
static int result;

static void other_runs(void)
{
	result = other();
}

void meet(const struct meeting *meeting, u64 backs, u64 step)
{
	u64 n, back, met = 0;
	bool acted;
	int ret;

	/* Pages of another size change little of it. */
	if (PAGE_SHIFT != 12)
		step *= 4;
	other = meeting->other;
	for (back = 0; back < backs; back += step) {
		/* A walk through a whole table has many that are alike. */
		for (n = 1, acted = true; acted; n += n < 100 ? 1 : 61) {
			meeting->set_up();
			result = -ENXIO;
			world_act(&(struct act){ .fn = other_runs, .cpu = 1, .at = n,
						 .back = back, .blocks = true });
			ret = meeting->one();
			acted = world_act_end();
			met += acted;
			meeting->holds(ret, result, acted);
			locks_all_free();
		}
	}
	assert_true(met > backs / step * 10);
}
