/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Where a row of the bench begins, and what of it is measured. The guest is not asked,
 * since a guest that tells would be another guest: the module is found by its code.
 */

#ifndef PLUGIN_MARKS_H
#define PLUGIN_MARKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "image.h"

/* Where the guest of bench/runner/guest.c has its code, and what it does for each page. */
#define GUEST_CODE	0x40000000UL
#define GUEST_TOUCHES	(GUEST_CODE + 8)
#define GUEST_CODE_SIZE	4096UL

enum mark {
	MARK_NONE,
	MARK_ROW,		/* a row of the module's begins: what comes is of that */
	MARK_GUEST_ROW,		/* one of the runner's */
	MARK_CLOCK,		/* the clock is read, at the beginning and the end of a batch */
	MARK_BEGIN,		/* of the part with a guest that is measured */
	MARK_END,
	MARK_CUT,		/* the next operation */
};

#define MARKS_MAX	16
#define MARKS_WORDS	64

struct mark_at {
	uint64_t at;
	uint32_t word;
	enum mark mark;
};

/* The first words of a function, by which it is known. */
struct mark_code {
	uint64_t at;
	uint32_t word[MARKS_WORDS];
	size_t nr;
};

/**
 * struct marks - all of them
 * @module: smmubench.ko
 * @runner: smmubench
 * @base: where the module's .text is, once that was found
 * @found: it was
 * @of_module: at addresses within .text
 * @of_runner: at addresses of the program
 * @known: functions of the module that run first
 */
struct marks {
	struct image module;
	struct image runner;
	uint64_t base;
	bool found;
	struct mark_at of_module[MARKS_MAX], of_runner[MARKS_MAX];
	size_t nr_of_module, nr_of_runner;
	struct mark_code known[2];
};

/**
 * marks_load() - from the files that the guest gets
 * @problem: one line on failure
 *
 * Return: 0 or -errno.
 */
int marks_load(struct marks *marks, const char *module, const char *runner, char *problem,
	       size_t size);
void marks_free(struct marks *marks);

/**
 * marks_look() - whether a function of the module begins here, so that all of it is found
 * @at: the address of @words
 * @words: instructions in a row, up to a branch
 */
void marks_look(struct marks *marks, uint64_t at, const uint32_t *words, size_t nr);

/* marks_at() - what it means that this instruction is executed */
enum mark marks_at(const struct marks *marks, uint64_t at, uint32_t word);

#endif /* PLUGIN_MARKS_H */
