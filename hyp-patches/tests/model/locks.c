// SPDX-License-Identifier: GPL-2.0-only
/* Locks, and the order in which they may be taken. */

#include "cmocka_all.h"

#include <stdio.h>

#include "locks.h"
#include "points.h"
#include "world.h"

/* Outermost first, as the head of nvhe/iommu.h has them: test_locks.c compares the two. */
const struct lock_class lock_order[] = {
	{ .name = "vm_table_lock" },
	{ .name = "host_mmu.lock", .file = "locks.c" },
	{ .name = "pkvm_hyp_vm::lock" },
	{ .name = "pool_lock", .file = "pool.c", .leaf = true },
	{ .name = "smmu_cmdq::lock", .file = "cmdq.c", .leaf = true },
	{ .name = "smmu_evtq::lock", .file = "evtq.c", .leaf = true },
	{},
};

#define MAX_HELD 8

static hyp_spinlock_t host_mmu_lock = { .file = __FILE__ };

/* By CPU, in the order in which they were taken. */
static hyp_spinlock_t *held[MODEL_CPUS][MAX_HELD];
static u32 nr_held[MODEL_CPUS];
static unsigned int world;

void locks_reset(void)
{
	world++;
	memset(nr_held, 0, sizeof(nr_held));
}

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

static const struct lock_class *class_of(const hyp_spinlock_t *lock)
{
	const struct lock_class *class;

	for (class = lock_order; lock->file && class->name; class++) {
		if (class->file && !strcmp(class->file, base_name(lock->file)))
			return class;
	}
	world_bug("a lock of %s was not initialised, or has no place in the order of locks",
		  lock->file ? base_name(lock->file) : "nobody's");
}

static unsigned int holder_of(const hyp_spinlock_t *lock)
{
	return lock->world == world ? lock->holder : 0;
}

/* "NAME, taken at FILE:LINE by CPU N". */
static const char *describe(const hyp_spinlock_t *lock)
{
	static __thread char text[128];

	snprintf(text, sizeof(text), "%s, taken at %s:%d by CPU %u", class_of(lock)->name,
		 base_name(lock->taken_in), lock->taken_at, lock->holder - 1);

	return text;
}

static void check_order(const hyp_spinlock_t *lock, const char *file, int line)
{
	const struct lock_class *class = class_of(lock);
	u32 i;

	for (i = 0; i < nr_held[model_cpu]; i++) {
		const hyp_spinlock_t *outer = held[model_cpu][i];

		if (outer == lock)
			world_bug("%s:%d: %s is taken again: it is held: %s", base_name(file), line,
				  class->name, describe(outer));
		if (class_of(outer) >= class || class_of(outer)->leaf)
			world_bug("%s:%d: %s is taken out of order, inside %s", base_name(file),
				  line, class->name, describe(outer));
	}
}

/* Another CPU has the lock, and needs its turn to give it back. */
static void wait_for(hyp_spinlock_t *lock, const char *file, int line)
{
	while (holder_of(lock)) {
		unsigned int cpu = lock->holder - 1;

		if (!smp_paused(cpu))
			world_bug("%s:%d: CPU %u waits for ever for %s", base_name(file), line,
				  model_cpu, describe(lock));
		smp_switch(cpu);
	}
}

void lock_init(hyp_spinlock_t *lock, const char *file)
{
	*lock = (hyp_spinlock_t){ .file = file };
	class_of(lock);
}

void lock_take(hyp_spinlock_t *lock, const char *file, int line)
{
	point();
	check_order(lock, file, line);
	if (world_has_threads())
		pthread_mutex_lock(&lock->mutex);
	else
		wait_for(lock, file, line);
	if (nr_held[model_cpu] == MAX_HELD)
		world_bug("%s:%d: more than %d locks are held", base_name(file), line, MAX_HELD);
	lock->holder = model_cpu + 1;
	lock->world = world;
	lock->taken_in = file;
	lock->taken_at = line;
	held[model_cpu][nr_held[model_cpu]++] = lock;
}

void lock_release(hyp_spinlock_t *lock, const char *file, int line)
{
	u32 i;

	lock_assert_held(lock, file, line);
	for (i = 0; held[model_cpu][i] != lock; i++)
		;
	for (nr_held[model_cpu]--; i < nr_held[model_cpu]; i++)
		held[model_cpu][i] = held[model_cpu][i + 1];
	lock->holder = 0;
	if (world_has_threads())
		pthread_mutex_unlock(&lock->mutex);
	point();
}

void lock_assert_held(const hyp_spinlock_t *lock, const char *file, int line)
{
	if (holder_of(lock) && lock->holder != model_cpu + 1)
		world_bug("%s:%d: CPU %u needs the lock of another: %s", base_name(file), line,
			  model_cpu, describe(lock));
	if (!holder_of(lock))
		world_bug("%s:%d: %s is not held", base_name(file), line, class_of(lock)->name);
}

bool lock_is_held(const hyp_spinlock_t *lock)
{
	return holder_of(lock);
}

hyp_spinlock_t *lock_host(void)
{
	return &host_mmu_lock;
}

void locks_may_wait(void)
{
	u32 i;

	for (i = 0; i < nr_held[model_cpu]; i++) {
		if (class_of(held[model_cpu][i])->leaf)
			world_bug("EL2 waits with a lock held: %s", describe(held[model_cpu][i]));
	}
}

void locks_all_free(void)
{
	u32 cpu;

	for (cpu = 0; cpu < MODEL_CPUS; cpu++) {
		if (nr_held[cpu])
			world_bug("EL2 is left with a lock held: %s", describe(held[cpu][0]));
	}
}
