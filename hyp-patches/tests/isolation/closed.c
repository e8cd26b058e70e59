// SPDX-License-Identifier: GPL-2.0-only
#include "closed.h"
#include "poke.h"

static int walk(struct fixture *f, const struct phys_range *ram, size_t *count,
		const struct closed_visitor *visitor)
{
	struct poke poke;
	uint64_t word, at;
	int ret;

	ret = poke_map(&poke, ram->start, ram->size);
	if (ret)
		return ret;
	for (at = 0; !ret && at < ram->size; at += f->bounce.page_size) {
		if (poke_read(&poke, at, sizeof(word), &word))
			continue;
		++*count;
		if (visitor)
			ret = visitor->visit(f, ram->start + at, visitor->arg);
	}
	poke_unmap(&poke);

	return ret;
}

int closed_pages(struct fixture *f, size_t *count, const struct closed_visitor *visitor)
{
	size_t i;
	int ret = 0;

	*count = 0;
	for (i = 0; !ret && i < f->memmap.ram_count; i++)
		ret = walk(f, &f->memmap.ram[i], count, visitor);

	return ret;
}
