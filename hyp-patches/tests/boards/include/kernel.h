/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the kernel's files of the host's side that are compiled here need besides its headers
 * that they include as they are: types, macros, and functions that do nothing or little. What
 * a program has something of its own for is in its host.h.
 */

#ifndef BOARDS_KERNEL_H
#define BOARDS_KERNEL_H

#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/types.h>

#include "../../include/numbers.h"

typedef int8_t s8;
typedef int16_t s16;
typedef int32_t s32;
typedef long long s64;
typedef u32 __u32;
typedef u64 __u64;
typedef u16 __be16;
typedef u32 __be32;
typedef u64 __be64;
typedef u64 resource_size_t;
typedef u64 dma_addr_t;
typedef unsigned int gfp_t;
typedef unsigned long kernel_ulong_t;

/* The configuration of the project's kernels (scripts/config), as far as it matters here. */
#define CONFIG_64BIT	      1
#define CONFIG_OF	      1
#define CONFIG_OF_ADDRESS     1
#define CONFIG_OF_IRQ	      1
#define CONFIG_HAS_DMA	      1
#define CONFIG_HAS_IOMEM      1
#define CONFIG_PCI	      1
#define CONFIG_PKVM_IOMMU     1
#define CONFIG_PKVM_SMMU_V3   1
#define CONFIG_ARM64_4K_PAGES 1

#ifndef PAGE_SHIFT
#define PAGE_SHIFT 12
#endif
#define PAGE_SIZE  (1UL << PAGE_SHIFT)

/* Compilers */
#define __iomem
#define __force
#define __user
#define __init
#define __initdata
#define __initconst
#define __ro_after_init
#define __refdata
#define __meminit
#define __meminitdata
#define __must_check
#define __maybe_unused	 __attribute__((unused))
#define __always_unused	 __attribute__((unused))
#define noinline	 __attribute__((noinline))
#define __weak		 __attribute__((weak))
#define __packed	 __attribute__((packed))
#define __pure		 __attribute__((pure))
#define __cold
#define __printf(a, b)	 __attribute__((format(printf, a, b)))
#define __cleanup(func)	 __attribute__((unused, cleanup(func)))
#define __aligned(x)	 __attribute__((aligned(x)))
#define __counted_by(x)
#define __assume_aligned(...)
#define __context_unsafe(...)
#define __no_context_analysis
#define __acquires(...)
#define __releases(...)
#define __must_hold(...)
#define __alloc_size(...)
#define __malloc
#define __nonnull_args(...)
#define auto		 __auto_type
#define fallthrough	 __attribute__((fallthrough))
#define likely(x)	 (x)
#define unlikely(x)	 (x)
#define barrier()
#define unreachable()	 __builtin_unreachable()
#define __same_type(a, b) __builtin_types_compatible_p(__typeof__(a), __typeof__(b))
#define static_assert	 _Static_assert
#define BUILD_BUG_ON(c)	 _Static_assert(!(c), #c)
#define BUILD_BUG_ON_ZERO(c) 0
#define BUILD_BUG_ON_MSG(c, m) _Static_assert(!(c), m)
#define EXPORT_SYMBOL(s)
#define EXPORT_SYMBOL_GPL(s)
#define EXPORT_SYMBOL_NS_GPL(s, ns)
#define MODULE_LICENSE(s)
#define VISIBLE_IF_KUNIT static
#define EXPORT_SYMBOL_IF_KUNIT(s)
#define UNIQUE_ID_2(p, n) p##n
#define UNIQUE_ID_1(p, n) UNIQUE_ID_2(p, n)
#define __UNIQUE_ID(p)	 UNIQUE_ID_1(p, __COUNTER__)
#define __stringify_1(x) #x
#define __stringify(x)	 __stringify_1(x)
#define typecheck(t, x)	 1

#define IS_BUILTIN		       IS_ENABLED
#define IS_REACHABLE		       IS_ENABLED
#define IS_MODULE(option)	       0

/* Numbers */
#define BITS_PER_LONG	    64
#define BITS_PER_LONG_LONG  64
#define FIELD_PREP(mask, v) (((__typeof__(mask))(v) << __builtin_ctzll(mask)) & (mask))
#define U32_MAX		    UINT32_MAX
#define PHYS_ADDR_MAX	    U64_MAX
#define OF_BAD_ADDR	    ((u64)-1)

#define IS_ALIGNED(x, a)     (((x) & ((__typeof__(x))(a) - 1)) == 0)
#define PAGE_ALIGNED(x)	     IS_ALIGNED(x, PAGE_SIZE)
#define PAGE_ALIGN(x)	     ALIGN(x, PAGE_SIZE)
#define PAGE_ALIGN_DOWN(x)   ALIGN_DOWN(x, PAGE_SIZE)
#define round_up(x, a)	     ALIGN(x, a)
#define round_down(x, a)     ALIGN_DOWN(x, a)
#define roundup(x, y)	     ((((x) + (y) - 1) / (y)) * (y))
#define clamp_t(t, v, l, h) min_t(t, max_t(t, v, l), h)
#define swap(a, b)                                                                                 \
	do {                                                                                       \
		__typeof__(a) swap_a = (a);                                                        \
		(a) = (b);                                                                         \
		(b) = swap_a;                                                                      \
	} while (0)
#define check_add_overflow(a, b, d) __builtin_add_overflow(a, b, d)
#define check_sub_overflow(a, b, d) __builtin_sub_overflow(a, b, d)
#define wrapping_add(t, a, b)	    ((t)((t)(a) + (t)(b)))
#define wrapping_sub(t, a, b)	    ((t)((t)(a) - (t)(b)))
#define wrapping_mul(t, a, b)	    ((t)((t)(a) * (t)(b)))
#define check_mul_overflow(a, b, d) __builtin_mul_overflow(a, b, d)
#define lower_32_bits(n)	    ((u32)(n))
#define overflows_type(n, t)	    ((__typeof__(t))(n) != (n))
#define hash_32(v, bits)	    (((u32)(v) * 0x61c88647U) >> (32 - (bits)))
#define size_mul(a, b)		    ((a) * (b))
#define upper_32_bits(n)	    ((u32)((u64)(n) >> 32))
#define ilog2(n)		    (63 - __builtin_clzll(n))
#define fls64(n)		    ((n) ? 64 - __builtin_clzll(n) : 0)
#define fls(n)			    ((n) ? 32 - __builtin_clz(n) : 0)
#define is_power_of_2(n)	    ((n) && !((n) & ((n) - 1)))
#define roundup_pow_of_two(n)	    ((n) > 1 ? 2ULL << ilog2((n) - 1) : 1ULL)

#define BITS_TO_LONGS(n)	 DIV_ROUND_UP(n, BITS_PER_LONG)
#define DECLARE_BITMAP(name, n)	 unsigned long name[BITS_TO_LONGS(n)]
static inline void __set_bit(unsigned int n, unsigned long *map)
{
	map[n / BITS_PER_LONG] |= BIT(n % BITS_PER_LONG);
}
static inline void __clear_bit(unsigned int n, unsigned long *map)
{
	map[n / BITS_PER_LONG] &= ~BIT(n % BITS_PER_LONG);
}
static inline bool test_bit(unsigned int n, const unsigned long *map)
{
	return map[n / BITS_PER_LONG] >> (n % BITS_PER_LONG) & 1;
}
static inline bool __test_and_set_bit(unsigned int n, unsigned long *map)
{
	bool was = test_bit(n, map);

	__set_bit(n, map);

	return was;
}
#define set_bit __set_bit
#define clear_bit __clear_bit

/* A device tree is big-endian. */
#define be32_to_cpu(x)	__builtin_bswap32(x)
#define cpu_to_be32(x)	__builtin_bswap32(x)
#define be32_to_cpup(p) be32_to_cpu(*(const __be32 *)(p))
#define be64_to_cpup(p) __builtin_bswap64(*(const __be64 *)(p))
#define be16_to_cpup(p) __builtin_bswap16(*(const u16 *)(p))

struct list_head {
	struct list_head *next, *prev;
};
struct hlist_node {
	struct hlist_node *next, **pprev;
};
struct hlist_head {
	struct hlist_node *first;
};
#define LIST_POISON1 ((void *)0x100)
#define LIST_POISON2 ((void *)0x122)

/* Errors */
#define EPROBE_DEFER 517
#define ENOTSUPP     524
#define MAX_ERRNO    4095
#define IS_ERR_VALUE(x) ((unsigned long)(x) >= (unsigned long)-MAX_ERRNO)
static inline void *ERR_PTR(long error)
{
	return (void *)error;
}
static inline long PTR_ERR(const void *ptr)
{
	return (long)ptr;
}
static inline bool IS_ERR(const void *ptr)
{
	return IS_ERR_VALUE((unsigned long)ptr);
}
static inline bool IS_ERR_OR_NULL(const void *ptr)
{
	return !ptr || IS_ERR(ptr);
}
#define PTR_ERR_OR_ZERO(p) (IS_ERR(p) ? PTR_ERR(p) : 0)
#define ERR_CAST(p) ((void *)(p))

/* One thread */
#define READ_ONCE(x)	 (*(const volatile __typeof__(x) *)&(x))
#define WRITE_ONCE(x, v) (*(volatile __typeof__(x) *)&(x) = (v))
#define smp_store_release(p, v) WRITE_ONCE(*(p), v)
#define smp_load_acquire(p) READ_ONCE(*(p))
typedef struct {
	int counter;
} atomic_t;
typedef struct {
	long counter;
} atomic_long_t;
#define atomic_long_read(v)   READ_ONCE((v)->counter)
#define atomic_long_add(n, v) ((void)((v)->counter += (n)))
#define atomic_long_inc(v)    atomic_long_add(1, v)
#define atomic_long_dec(v)    atomic_long_add(-1, v)
#define cond_resched()

#include <host.h>

#endif /* BOARDS_KERNEL_H */
