/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Helpers of the kernel that the EL2 code uses, for a program of this machine.
 * FIELD_PREP() is stricter than the kernel's: a value that its field cannot hold
 * ends the test instead of being cut.
 */

#ifndef MODEL_KERNEL_H
#define MODEL_KERNEL_H

#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "../../include/numbers.h"

#define __iomem
#define __uninitialized
#define __printf(a, b) __attribute__((format(printf, a, b)))

#define FIELD_PREP(mask, v) ((__typeof__(mask))field_prep(mask, v, __FILE__, __LINE__))
#define PTR_ALIGN(p, a)	    ((__typeof__(p))ALIGN((uintptr_t)(p), a))

/*
 * Also for the eyes of ThreadSanitizer, to which volatile means nothing. What is loaded
 * through a pointer comes behind the load of the pointer, as on a CPU.
 */
#define IS_POINTER(x)	 (__builtin_classify_type(x) == __builtin_classify_type((void *)0))
#define READ_ONCE(x)	 __atomic_load_n(&(x), IS_POINTER(x) ? __ATOMIC_CONSUME : __ATOMIC_RELAXED)
#define WRITE_ONCE(x, v)                                                                           \
	do {                                                                                       \
		__atomic_store_n(&(x), v, __ATOMIC_RELAXED);                                       \
		world_stored(&(x), sizeof(x));                                                     \
	} while (0)

/* As of a CPU: it orders what came before, and what comes after. */
#define cmpxchg(p, old, new)                                                                       \
	__extension__({                                                                            \
		__typeof__(*(p)) cmpxchg_old = (old);                                              \
		dma_wmb();                                                                         \
		__atomic_compare_exchange_n(p, &cmpxchg_old, new, false, __ATOMIC_SEQ_CST,         \
					    __ATOMIC_SEQ_CST);                                     \
		world_stored(p, sizeof(*(p)));                                                     \
		cmpxchg_old;                                                                       \
	})
#define smp_mb()                                                                                   \
	do {                                                                                       \
		__atomic_thread_fence(__ATOMIC_SEQ_CST);                                           \
		dma_wmb();                                                                         \
	} while (0)
#define smp_store_release(p, v)                                                                    \
	do {                                                                                       \
		__atomic_store_n(p, v, __ATOMIC_RELEASE);                                          \
		world_stored(p, sizeof(*(p)));                                                     \
	} while (0)

#define smp_load_acquire(p) __atomic_load_n(p, __ATOMIC_ACQUIRE)

/* At EL2 it is the end. */
#define WARN_ON(condition)                                                                         \
	do {                                                                                       \
		if (condition)                                                                     \
			world_bug("%s:%d: %s", __FILE__, __LINE__, #condition);                    \
	} while (0)
#define BUILD_BUG_ON(condition) _Static_assert(!(condition), #condition)

/* A store that others may see before those that came before it. */
void world_stored(const volatile void *va, size_t size);

void dma_wmb(void);

#define array_index_nospec(index, size) (index)

static inline u32 ilog2(u64 n)
{
	return 63 - __builtin_clzll(n);
}

static inline u32 __ffs(u64 n)
{
	return __builtin_ctzll(n);
}

static inline unsigned long roundup_pow_of_two(unsigned long n)
{
	return n > 1 ? 2UL << ilog2(n - 1) : 1;
}

void world_bug(const char *fmt, ...) __attribute__((noreturn)) __printf(1, 2);

static inline u64 field_prep(u64 mask, u64 value, const char *file, int line)
{
	u32 shift = __builtin_ctzll(mask);

	if (value > mask >> shift)
		world_bug("%s:%d: %#llx does not fit the field %#llx", file, line, value, mask);

	return value << shift;
}

#endif /* MODEL_KERNEL_H */
