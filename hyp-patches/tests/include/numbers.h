/* SPDX-License-Identifier: GPL-2.0-only */
/* The kernel's integer types and arithmetic, for kernel files compiled into a program. */

#ifndef TESTS_NUMBERS_H
#define TESTS_NUMBERS_H

#include <stdint.h>

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef unsigned long long u64;
typedef u64 __le64;
typedef u64 phys_addr_t;

#define BIT(n)		   (1UL << (n))
#define BIT_ULL(n)	   (1ULL << (n))
#define GENMASK_ULL(h, l)  ((~0ULL >> (63 - (h))) & (~0ULL << (l)))
#define GENMASK(h, l)	   ((unsigned long)GENMASK_ULL(h, l))
#define FIELD_GET(mask, v) ((__typeof__(mask))(((v) & (mask)) >> __builtin_ctzll(mask)))

#define SZ_256	0x100UL
#define SZ_4K	0x1000UL
#define SZ_16K	0x4000UL
#define SZ_64K	0x10000UL
#define SZ_128K 0x20000UL
#define SZ_1M	0x100000UL
#define SZ_2M	0x200000UL
#define SZ_1G	0x40000000UL

#define U16_MAX	      0xffff
#define U64_MAX	      (~0ULL)
#define BITS_PER_BYTE 8
#define BITS_PER_LONG 64

#define ARRAY_SIZE(a)	   (sizeof(a) / sizeof((a)[0]))
#define DIV_ROUND_UP(n, d) (((n) + (d) - 1) / (d))
#define ALIGN_DOWN(x, a)   ((x) & ~((__typeof__(x))(a) - 1))
#define ALIGN(x, a)	   ALIGN_DOWN((x) + ((__typeof__(x))(a) - 1), a)

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
#define ENABLED_COMMA_1	       0,
#define ENABLED_SECOND(a, b, ...) (b)
#define ENABLED_2(comma)       ENABLED_SECOND(comma 1, 0, 0)
#define ENABLED_1(value)       ENABLED_2(ENABLED_COMMA_##value)
#define IS_ENABLED(option)     ENABLED_1(option)

/* These programs run on little-endian machines. */
#define cpu_to_le64(x) ((__le64)(x))
#define le64_to_cpu(x) ((u64)(x))

#endif /* TESTS_NUMBERS_H */
