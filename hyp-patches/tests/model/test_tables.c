// SPDX-License-Identifier: GPL-2.0-only
/*
 * What devices reach after boot: exactly what the host may access, on SMMUs of
 * every shape, with stream tables and page tables as they were at that moment.
 */

#include <unistd.h>

#include "machine.h"

static struct model *boot(const struct model_config *config, bool coherent)
{
	struct model *m = machine_add(config, coherent);

	assert_int_equal(machine_boot(), 0);
	assert_mirror(m);

	return m;
}

/* All output sizes; with 32 to 42 bits some first levels are several tables in one. */
static void address_sizes(void **state)
{
	static const u32 cpu_bits[] = { 39, 48, 52 };
	struct model_config config = machine_default(0);
	u32 oas, i;

	(void)state;
	for (oas = 0; oas <= 6; oas++) {
		for (i = 0; i < ARRAY_SIZE(cpu_bits); i++) {
			machine_new();
			world_cpu_pa_bits(cpu_bits[i]);
			config.idr5 = (config.idr5 & ~7U) | oas;
			boot(&config, true);
		}
	}
}

/* Up to the last address of the SMMU or the CPUs, with more MMIO than any block is large. */
static void mmio_to_the_end(void **state)
{
	static const struct {
		u32 oas, cpu_bits, limit_bits;
	} cases[] = { { 2, 48, 41 }, { 4, 48, 43 }, { 4, 39, 41 }, { 5, 48, 43 } };
	struct model_config config = machine_default(0);
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		machine_new();
		world_cpu_pa_bits(cases[i].cpu_bits);
		config.idr5 = (config.idr5 & ~7U) | cases[i].oas;
		pkvm_iommu_machine.limit = 1ULL << cases[i].limit_bits;
		boot(&config, true);
	}
}

static void without_a_live_split(void **state)
{
	struct model_config config = machine_default(0);
	u32 bbm;

	(void)state;
	for (bbm = 0; bbm < 2; bbm++) {
		machine_new();
		config.idr3 = bbm << 11;
		boot(&config, true);
	}
}

/* Nothing that EL2 writes is seen before it is cleaned, whoever says that it must be. */
static void not_coherent(void **state)
{
	struct model_config config = machine_default(0);
	u32 two_level, bbm;

	(void)state;
	for (two_level = 0; two_level < 2; two_level++) {
		for (bbm = 0; bbm <= 2; bbm += 2) {
			config = machine_default(0);
			config.idr0 = (config.idr0 & ~(1U << 27)) | two_level << 27;
			config.idr1 = (config.idr1 & ~0x3fU) | 9;
			config.idr3 = 1 << 10 | bbm << 11;
			machine_new();
			boot(&config, false);

			config.idr0 &= ~(1U << 4);
			machine_new();
			boot(&config, true);
		}
	}
}

/* Every stream ID there is, and those that there are not. */
static void stream_tables(void **state)
{
	static const u32 sid_bits[] = { 0, 1, 6, 7, 8, 9, 10, 16, 24, 26, 32 };
	struct model_config config = machine_default(0);
	u32 i, bits, two_level, sid;
	struct model *m;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(sid_bits); i++) {
		for (two_level = 0; two_level < 2; two_level++) {
			bits = sid_bits[i];
			if (!two_level && bits > 16)
				continue;
			config.idr0 = (config.idr0 & ~(1U << 27)) | two_level << 27;
			config.idr1 = (config.idr1 & ~0x3fU) | bits;
			machine_new();
			world_reserve(POOL_BASE, 3 * POOL_SIZE >> PAGE_SHIFT);
			m = machine_add(&config, true);
			assert_int_equal(machine_boot(), 0);

			/* The table stops at 25 bits; what is beyond is aborted. */
			for (sid = 0; sid < 1U << min(bits, 12U); sid++) {
				assert_int_equal(model_look(m, sid, LOW_BASE).fault, 0);
				assert_int_equal(model_look(m, sid, POOL_BASE).fault, 0x10);
			}
			if (bits < 32)
				assert_int_equal(model_look(m, 1U << bits, LOW_BASE).fault, 2);
			if (bits > 25)
				assert_int_equal(model_look(m, 1U << 25, LOW_BASE).fault, 2);
			sid = (1U << min(bits, 25U)) - 1;
			assert_int_equal(model_look(m, sid, LOW_BASE).fault, 0);
		}
	}
}

/* Memory that begins and ends anywhere: a page that is partly memory is nobody's. */
static void odd_memory(void **state)
{
	struct model_config config = machine_default(0);

	(void)state;
	world_reset();
	world_add_memory(RAM_START + 0x1800, 0x5000000, 0);
	world_add_memory(RAM_START + 0x5001800, 0x3000800, 0);
	world_add_memory(RAM_START + 0x8002000, 0x4000000, MEMBLOCK_NOMAP);
	world_add_memory(RAM_START + 0xc002000, 0x7ffe000 + BLOCK_SIZE + 0x800, 0);
	pkvm_iommu_machine.mode = PKVM_IOMMU_IDENTITY;
	pkvm_iommu_machine.limit = MMIO_LIMIT;
	world_reserve(RAM_START + 0x11000000, POOL_SIZE >> PAGE_SHIFT);
	boot(&config, true);
}

/* Frames beside each other, beside memory, and at both ends of all there is. */
static void many_frames(void **state)
{
	static const struct pkvm_iommu_frame more[] = {
		{ 0, PAGE_SIZE },
		{ 3 * PAGE_SIZE, 5 * PAGE_SIZE },
		{ 5 * PAGE_SIZE, 6 * PAGE_SIZE },
		{ LOW_BASE - PAGE_SIZE, LOW_BASE },
		{ LOW_BASE + LOW_SIZE, LOW_BASE + LOW_SIZE + 7 * PAGE_SIZE },
		{ HIGH_BASE - BLOCK_SIZE / 2, HIGH_BASE - BLOCK_SIZE / 2 + PAGE_SIZE },
		{ MMIO_LIMIT - PAGE_SIZE, MMIO_LIMIT },
	};
	struct model_config config = machine_default(0);
	struct model *m;
	u32 i;

	(void)state;
	machine_new();
	m = machine_add(&config, true);
	/* EL2 does not ask for an order, nor the test for one. */
	for (i = 0; i < ARRAY_SIZE(more); i++)
		pkvm_iommu_machine.frames[pkvm_iommu_machine.nr_frames++] = more[i];
	assert_int_equal(machine_boot(), 0);
	assert_mirror(m);
}

/* A node that nobody uses may claim any size: EL2 passes over it in one step. */
static void vast_frame(void **state)
{
	struct model_config config = machine_default(0);

	(void)state;
	machine_new();
	pkvm_iommu_machine.limit = 1ULL << 44;
	pkvm_iommu_machine.frames[pkvm_iommu_machine.nr_frames++] =
		(struct pkvm_iommu_frame){ 1ULL << 36, (1ULL << 44) - PAGE_SIZE };
	alarm(20);
	boot(&config, true);
	alarm(0);
}

/* Pages of the hypervisor's at every place of a block, and guests that came before. */
static void scattered_owners(void **state)
{
	struct model_config config = machine_default(0);
	u64 page = HIGH_BASE, step = PAGE_SIZE;

	(void)state;
	machine_new();
	for (; page < HIGH_BASE + HIGH_SIZE; page += step, step += 7 * PAGE_SIZE)
		world_set_owner(page, PAGE_SIZE, step & PAGE_SIZE ? OWNER_HYP : OWNER_GUEST);
	boot(&config, true);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(address_sizes),
		cmocka_unit_test(mmio_to_the_end),
		cmocka_unit_test(without_a_live_split),
		cmocka_unit_test(not_coherent),
		cmocka_unit_test(stream_tables),
		cmocka_unit_test(odd_memory),
		cmocka_unit_test(many_frames),
		cmocka_unit_test(vast_frame),
		cmocka_unit_test(scattered_owners),
	};

	return cmocka_run_group_tests_name("tables", tests, NULL, NULL);
}
