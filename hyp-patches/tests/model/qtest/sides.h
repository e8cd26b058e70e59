/* SPDX-License-Identifier: GPL-2.0-only */
/* The two SMMUs that are compared: the same memory, registers and devices. */

#ifndef QTEST_SIDES_H
#define QTEST_SIDES_H

#include "../model_priv.h"

/* What both keep their queues and tables in, and what devices may reach. */
#define TABLES	   0x48000000ULL
#define TABLES_END 0x49000000ULL
#define DATA	   0x50000000ULL
#define DATA_END   0xc0000000ULL

/* Registers */
#define CR0	   0x20
#define CR1	   0x28
#define CR2	   0x2c
#define GBPA	   0x44
#define GERROR	   0x60
#define GERRORN	   0x64
#define STRTAB	   0x80
#define STRTAB_CFG 0x88
#define CMDQ_BASE  0x90
#define CMDQ_PROD  0x98
#define CMDQ_CONS  0x9c
#define EVTQ_BASE  0xa0
#define EVTQ_PROD  (SZ_64K + 0xa8)
#define EVTQ_CONS  (SZ_64K + 0xac)

/* The devices' stream IDs. */
#define STREAMS 4
extern const u32 streams[STREAMS];

/* Addresses at which data may arrive, looked at after each transfer. */
#define MAX_PLACES 32

/**
 * struct transfer - a word from or to memory
 * @places: where they may be
 */
struct transfer {
	u32 stream; /* index of streams[] */
	u64 iova;
	bool write;
	u64 places[MAX_PLACES];
	u32 nr_places;
};

/**
 * struct side - one of the two
 * @transfer: carry out a transfer. Return: whether data moved, and where in @pa
 */
struct side {
	const char *name;
	void (*write64)(u64 addr, u64 value);
	u64 (*read64)(u64 addr);
	void (*reg32)(u32 offset, u32 value);
	void (*reg64)(u32 offset, u64 value);
	u32 (*get32)(u32 offset);
	bool (*transfer)(const struct transfer *t, u64 *pa);
};

extern const struct side model_side, qemu_side;

/** model_side_reset() - a new model that says of itself what QEMU's does */
struct model *model_side_reset(void);

/** qemu_side_init() - once for a process; qemu_side_reset() - before each sequence */
void qemu_side_init(void);
void qemu_side_reset(void);

#endif /* QTEST_SIDES_H */
