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

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef unsigned long long u64;
typedef u64 __le64;
typedef u64 phys_addr_t;

#define __iomem
#define __printf(a, b) __attribute__((format(printf, a, b)))

#define BIT(n)		    (1UL << (n))
#define BIT_ULL(n)	    (1ULL << (n))
#define GENMASK_ULL(h, l)   ((~0ULL >> (63 - (h))) & (~0ULL << (l)))
#define GENMASK(h, l)	    ((unsigned long)GENMASK_ULL(h, l))
#define FIELD_GET(mask, v)  ((__typeof__(mask))(((v) & (mask)) >> __builtin_ctzll(mask)))
#define FIELD_PREP(mask, v) ((__typeof__(mask))field_prep(mask, v, __FILE__, __LINE__))

#define SZ_4K	0x1000UL
#define SZ_64K	0x10000UL
#define SZ_128K 0x20000UL
#define SZ_1G	0x40000000UL

#define ARRAY_SIZE(a)	   (sizeof(a) / sizeof((a)[0]))
#define DIV_ROUND_UP(n, d) (((n) + (d) - 1) / (d))
#define ALIGN_DOWN(x, a)   ((x) & ~((__typeof__(x))(a) - 1))
#define ALIGN(x, a)	   ALIGN_DOWN((x) + ((__typeof__(x))(a) - 1), a)
#define PTR_ALIGN(p, a)	   ((__typeof__(p))ALIGN((uintptr_t)(p), a))

#define min(a, b)                                                                                  \
	__extension__({                                                                            \
		__auto_type min_a = (a);                                                           \
		__auto_type min_b = (b);                                                           \
		min_a < min_b ? min_a : min_b;                                                     \
	})
#define max(a, b)                                                                                  \
	__extension__({                                                                            \
		__auto_type max_a = (a);                                                           \
		__auto_type max_b = (b);                                                           \
		max_a > max_b ? max_a : max_b;                                                     \
	})
#define min_t(t, a, b) min((t)(a), (t)(b))
#define max_t(t, a, b) max((t)(a), (t)(b))

/* 1 for a macro that is defined to 1, 0 for one that is not defined. */
#define MODEL_COMMA_1		      0,
#define MODEL_SECOND(a, b, ...)	      (b)
#define MODEL_IS_ENABLED_2(comma)     MODEL_SECOND(comma 1, 0, 0)
#define MODEL_IS_ENABLED_1(value)     MODEL_IS_ENABLED_2(MODEL_COMMA_##value)
#define IS_ENABLED(option)	      MODEL_IS_ENABLED_1(option)

#define READ_ONCE(x)	 (*(const volatile __typeof__(x) *)&(x))
#define WRITE_ONCE(x, v)                                                                           \
	do {                                                                                       \
		*(volatile __typeof__(x) *)&(x) = (v);                                             \
		world_stored(&(x), sizeof(x));                                                     \
	} while (0)

/* A store that others may see before those that came before it. */
void world_stored(const volatile void *va, size_t size);

/* This machine is little-endian, too. */
#define cpu_to_le64(x) ((__le64)(x))
#define le64_to_cpu(x) ((u64)(x))

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
