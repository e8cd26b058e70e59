// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "names.h"

/* So many words in a row, at the same place of a page, tell where code is from. */
#define ENOUGH_WORDS	6

#define PAGE		4096UL
#define UPPER_HALF	(1UL << 63)

/* What the build puts before the names and files of EL2's own objects. */
static const char hyp[] = "__kvm_nvhe_";

struct block {
	uint64_t at;
	const uint32_t *words;
	size_t nr;
};

static struct block block_of(const struct sequences *blocks, size_t i)
{
	const uint32_t *items = sequences_items(blocks, i);

	return (struct block){ items[0] | (uint64_t)items[1] << 32, items + 2,
			       blocks->list[i].nr - 2 };
}

/* Words of a block that @image has there too. */
static size_t same_words(const struct image *image, uint64_t at, const struct block *b)
{
	size_t same = 0, i;
	uint32_t word;

	for (i = 0; i < b->nr; i++)
		same += image_word(image, at + 4 * i, &word) && word == b->words[i];

	return same;
}

static void vote(struct names *n, uint64_t shift)
{
	size_t i;

	for (i = 0; i < n->nr_places && n->places[i].shift != shift; i++)
		;
	if (i == NAMES_PLACES)
		return;
	if (i == n->nr_places)
		n->places[n->nr_places++] = (struct names_place){ shift, 0 };
	n->places[i].votes++;
}

static void look_for(struct names *n, const struct block *b)
{
	size_t i;

	for (i = 0; i < n->kernel->nr_code; i++) {
		const struct image_code *code = &n->kernel->code[i];
		uint64_t at = (code->at & -PAGE) + b->at % PAGE;

		for (; at < code->at + code->size; at += PAGE) {
			if (at >= code->at && same_words(n->kernel, at, b) == b->nr)
				vote(n, b->at - at);
		}
	}
}

static int by_votes(const void *a, const void *b)
{
	const struct names_place *x = a, *y = b;

	return x->votes < y->votes ? 1 : x->votes > y->votes ? -1 : 0;
}

static bool in_module(const struct names *n, uint64_t at)
{
	return n->marks->found && image_function_at(&n->marks->module, at - n->marks->base);
}

static bool is_elsewhere(const struct names *n, const struct block *b)
{
	if (b->at >= UPPER_HALF)
		return !image_function_at(n->kernel, b->at) && !in_module(n, b->at);

	return (b->at < GUEST_CODE || b->at >= GUEST_CODE + GUEST_CODE_SIZE) &&
	       same_words(&n->marks->runner, b->at, b) != b->nr;
}

static void find_places(struct names *n, const struct sequences *blocks)
{
	size_t i;

	for (i = 0; i < blocks->nr; i++) {
		struct block b = block_of(blocks, i);

		if (b.nr >= ENOUGH_WORDS && is_elsewhere(n, &b))
			look_for(n, &b);
	}
	qsort(n->places, n->nr_places, sizeof(n->places[0]), by_votes);
}

static struct named of(const struct image_function *f, uint64_t shift, enum level level)
{
	struct named named = { f->at + shift, f->size, f->name, f->file, level };

	if (level != LEVEL_EL2)
		return named;
	if (!strncmp(named.name, hyp, strlen(hyp)))
		named.name += strlen(hyp);
	if (named.file && !strncmp(named.file, hyp, strlen(hyp)))
		named.file += strlen(hyp);

	return named;
}

/*
 * The kernel changes its code as it boots, so that not all of it has to be as built: where no
 * place has these words, it is the first that has code there. That has the most votes.
 */
static bool in_place(const struct names *n, const struct block *b, struct named *named)
{
	const struct names_place *found = NULL;
	size_t i;

	for (i = 0; i < n->nr_places; i++) {
		uint64_t at = b->at - n->places[i].shift;

		if (!image_function_at(n->kernel, at))
			continue;
		if (!found)
			found = &n->places[i];
		if (2 * same_words(n->kernel, at, b) < b->nr)
			continue;
		found = &n->places[i];
		break;
	}
	if (!found)
		return false;
	*named = of(image_function_at(n->kernel, b->at - found->shift), found->shift,
		    b->at < UPPER_HALF ? LEVEL_EL2 : LEVEL_EL1);

	return true;
}

static struct named name_of(const struct names *n, const struct block *b)
{
	const struct image_function *f;
	struct named named;

	if (b->at >= UPPER_HALF) {
		f = image_function_at(n->kernel, b->at);
		if (f)
			return of(f, 0, LEVEL_EL1);
		f = n->marks->found ?
		    image_function_at(&n->marks->module, b->at - n->marks->base) : NULL;
		if (f)
			return of(f, n->marks->base, LEVEL_EL1);
	} else if (b->at >= GUEST_CODE && b->at < GUEST_CODE + GUEST_CODE_SIZE) {
		return (struct named){ GUEST_CODE, GUEST_CODE_SIZE, "[guest]", NULL, LEVEL_GUEST };
	}
	f = b->at < UPPER_HALF ? image_function_at(&n->marks->runner, b->at) : NULL;
	if (f && same_words(&n->marks->runner, b->at, b) == b->nr)
		return of(f, 0, LEVEL_EL0);
	if (in_place(n, b, &named))
		return named;
	if (f)
		return of(f, 0, LEVEL_EL0);

	return (struct named){ b->at & -PAGE, PAGE, "[no symbol]", NULL,
			       b->at < UPPER_HALF ? LEVEL_EL0 : LEVEL_EL1 };
}

static int add(struct names *n, const struct named *named)
{
	struct named *list = array_room(n->list, n->nr, &n->room, sizeof(*list));

	if (!list)
		return -ENOMEM;
	n->list = list;
	n->list[n->nr++] = *named;

	return 0;
}

static int add_block(struct names *n, struct block b)
{
	int ret = 0;

	while (!ret && b.nr) {
		struct named named = name_of(n, &b);
		uint64_t words = (named.at + named.size - b.at + 3) / 4;

		ret = add(n, &named);
		words = words < b.nr ? words : b.nr;
		b.at += 4 * words;
		b.words += words;
		b.nr -= words;
	}

	return ret;
}

static int compare(const void *a, const void *b)
{
	const struct named *x = a, *y = b;

	return x->at < y->at ? -1 : x->at > y->at;
}

/* Each function once. Code without a symbol has a page, or what others leave of it. */
static void sort(struct names *n)
{
	size_t kept = 0, i;

	qsort(n->list, n->nr, sizeof(*n->list), compare);
	for (i = 0; i < n->nr; i++) {
		struct named *last = kept ? &n->list[kept - 1] : NULL;
		struct named named = n->list[i];
		uint64_t end = last ? last->at + last->size : 0;

		if (last && named.at + named.size <= end)
			continue;
		if (last && named.at < end && named.name[0] == '[') {
			named.size -= end - named.at;
			named.at = end;
		} else if (last && named.at < end) {
			last->size = named.at - last->at;
		}
		n->list[kept++] = named;
	}
	n->nr = kept;
}

int names_find(struct names *names, const struct image *kernel, const struct marks *marks,
	       const struct sequences *blocks)
{
	int ret = 0;
	size_t i;

	*names = (struct names){ .kernel = kernel, .marks = marks };
	find_places(names, blocks);
	for (i = 0; i < blocks->nr && !ret; i++)
		ret = add_block(names, block_of(blocks, i));
	/* Where all blocks are of one page, there is nothing to sort. */
	if (!ret && names->nr)
		sort(names);

	return ret;
}

void names_free(struct names *names)
{
	free(names->list);
	*names = (struct names){ 0 };
}

const char *level_name(enum level level)
{
	static const char *const known[] = {
		[LEVEL_EL0] = "el0", [LEVEL_EL1] = "el1", [LEVEL_EL2] = "el2",
		[LEVEL_GUEST] = "guest",
	};

	return known[level];
}
