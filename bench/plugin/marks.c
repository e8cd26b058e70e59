// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "code.h"
#include "marks.h"

/* So many words in a row are no chance. */
#define ENOUGH_WORDS	8

/* Kernels and their modules are in the upper half. */
#define UPPER_HALF	(1UL << 63)

static int add(struct mark_at *list, size_t *nr, uint64_t at, uint32_t word, enum mark mark)
{
	if (*nr == MARKS_MAX)
		return -E2BIG;
	list[(*nr)++] = (struct mark_at){ at, word, mark };

	return 0;
}

static int take_known(const struct image *module, const struct image_function *f,
		      struct mark_code *known)
{
	known->at = f->at;
	while (known->nr < MARKS_WORDS && known->nr < f->size / 4 &&
	       image_word(module, f->at + 4 * known->nr, &known->word[known->nr]))
		known->nr++;

	return known->nr < ENOUGH_WORDS ? -ENOENT : 0;
}

/* The loop of timed_batch() calls the operation through a register; nothing else there is. */
static int mark_module(struct marks *m)
{
	const struct image_function *batch = image_function(&m->module, "timed_batch");
	const struct image_function *row = image_function(&m->module, "bench_measure");
	size_t clocks = 0, calls = 0;
	uint32_t word;
	uint64_t at;
	int ret;

	if (!batch || !row || take_known(&m->module, row, &m->known[0]) ||
	    take_known(&m->module, batch, &m->known[1]))
		return -ENOENT;
	ret = add(m->of_module, &m->nr_of_module, row->at, m->known[0].word[0], MARK_ROW);
	for (at = batch->at; !ret && at < batch->at + batch->size; at += 4) {
		if (!image_word(&m->module, at, &word))
			break;
		if (code_reads_counter(word)) {
			ret = add(m->of_module, &m->nr_of_module, at, word, MARK_CLOCK);
			clocks++;
		} else if (code_calls_register(word)) {
			ret = add(m->of_module, &m->nr_of_module, at, word, MARK_CUT);
			calls++;
		}
	}

	return ret ? ret : clocks == 2 && calls ? 0 : -ENOENT;
}

static int mark_entry(struct marks *m, const char *name, enum mark mark)
{
	const struct image_function *f = image_function(&m->runner, name);
	uint32_t word;

	if (!f || !image_word(&m->runner, f->at, &word))
		return -ENOENT;

	return add(m->of_runner, &m->nr_of_runner, f->at, word, mark);
}

/* Where calls of a function come back to. The function itself may end in another one. */
static int mark_returns(struct marks *m, const char *name, enum mark mark)
{
	const struct image_function *f = image_function(&m->runner, name);
	int ret = -ENOENT;
	uint32_t word;
	size_t i;

	for (i = 0; f && i < m->runner.nr_code; i++) {
		const struct image_code *code = &m->runner.code[i];
		uint64_t at;

		for (at = code->at; at < code->at + code->size; at += 4) {
			if (!image_word(&m->runner, at, &word) ||
			    !code_calls(word, at, f->at) || !image_word(&m->runner, at + 4, &word))
				continue;
			ret = add(m->of_runner, &m->nr_of_runner, at + 4, word, mark);
			if (ret)
				return ret;
		}
	}

	return ret;
}

static int mark_runner(struct marks *m)
{
	int ret = mark_entry(m, "donation_run", MARK_GUEST_ROW);

	if (!ret)
		ret = mark_entry(m, "levels_begin", MARK_BEGIN);
	if (!ret)
		ret = mark_returns(m, "levels_end", MARK_END);
	/* str x5, [x4] of the guest's code */
	if (!ret)
		ret = add(m->of_runner, &m->nr_of_runner, GUEST_TOUCHES, 0xf9000085, MARK_CUT);

	return ret;
}

int marks_load(struct marks *marks, const char *module, const char *runner, char *problem,
	       size_t size)
{
	int ret;

	*marks = (struct marks){ 0 };
	ret = image_load(&marks->module, module);
	if (ret) {
		snprintf(problem, size, "cannot read the module %s: %s", module, strerror(-ret));
		return ret;
	}
	ret = image_load(&marks->runner, runner);
	if (ret) {
		snprintf(problem, size, "cannot read the runner %s: %s", runner, strerror(-ret));
		return ret;
	}
	ret = mark_module(marks);
	if (ret) {
		snprintf(problem, size, "%s is no smmubench.ko of this commit: its measuring loop is not to be found",
			 module);
		return ret;
	}
	ret = mark_runner(marks);
	if (ret)
		snprintf(problem, size, "%s is no smmubench of this commit: what measures guests is not to be found",
			 runner);

	return ret;
}

void marks_free(struct marks *marks)
{
	image_free(&marks->module);
	image_free(&marks->runner);
}

static bool is_known(const struct mark_code *known, const uint32_t *words, size_t nr)
{
	size_t i;

	nr = nr < known->nr ? nr : known->nr;
	for (i = 0; i < nr; i++) {
		uint32_t bits = code_fixed_bits(known->word[i]);

		if ((words[i] & bits) != (known->word[i] & bits))
			return false;
	}

	return nr >= ENOUGH_WORDS;
}

void marks_look(struct marks *marks, uint64_t at, const uint32_t *words, size_t nr)
{
	size_t i;

	if (marks->found || at < UPPER_HALF)
		return;
	for (i = 0; i < sizeof(marks->known) / sizeof(marks->known[0]); i++) {
		if (!is_known(&marks->known[i], words, nr))
			continue;
		marks->base = at - marks->known[i].at;
		marks->found = true;
		return;
	}
}

static enum mark find(const struct mark_at *list, size_t nr, uint64_t at, uint32_t word)
{
	size_t i;

	for (i = 0; i < nr; i++) {
		if (list[i].at == at && list[i].word == word)
			return list[i].mark;
	}

	return MARK_NONE;
}

enum mark marks_at(const struct marks *marks, uint64_t at, uint32_t word)
{
	if (at < UPPER_HALF)
		return find(marks->of_runner, marks->nr_of_runner, at, word);
	if (!marks->found)
		return MARK_NONE;

	return find(marks->of_module, marks->nr_of_module, at - marks->base, word);
}
