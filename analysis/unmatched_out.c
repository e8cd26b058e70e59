// SPDX-License-Identifier: GPL-2.0-only
/* What two sides do not have alike, in words and for programs. */
#include <stdlib.h>
#include <string.h>

#include "mem.h"
#include "plural.h"
#include "report.h"
#include "unmatched.h"

static const char *const kinds[] = {
	[UNMATCHED_ROW] = "row", [UNMATCHED_COUNTER] = "counter", [UNMATCHED_RUN] = "run",
	[UNMATCHED_MODE] = "mode",
};

static const char *const sides[] = {
	[SIDE_BASE] = "base", [SIDE_CHANGE] = "change", [SIDE_BOTH] = "both",
};

/**
 * unmatched_text() - an item in a line
 * @item: the item
 *
 * Return: for example "native:strict dma_map 4 KiB batch: not compared: only in the base", which the
 * caller frees.
 */
char *unmatched_text(const struct unmatched *item)
{
	const struct row *row = item->row;
	char size[32];

	if (item->kind != UNMATCHED_ROW)
		return mem_format("%s %s: %s", kinds[item->kind], item->name, item->why);
	format_size(size, sizeof(size), parameter_integer(row->parameters, "size"));
	return mem_format("%s %s %s %s: %s", row->label, row->name, size, row->method, item->why);
}

/* Counters share an item where the same rows have them. */
static size_t names_of(const struct unmatched *item)
{
	const char *at = item->kind == UNMATCHED_COUNTER ? item->name : "";
	size_t nr = 1;

	for (; (at = strstr(at, ", ")); at += 2)
		nr++;
	return nr;
}

/**
 * unmatched_summary() - how much of each kind there is
 * @list: the list
 *
 * Return: for example "4 rows only in the base", or an empty string; the caller frees it.
 */
char *unmatched_summary(const struct unmatched_list *list)
{
	static const char *const where[] = {
		[SIDE_BASE] = "only in the base", [SIDE_CHANGE] = "only in the change",
		[SIDE_BOTH] = "of both sides not compared or not alike",
	};
	size_t count[4][3] = { { 0 } }, i, kind, side;
	char *text = mem_string(""), *longer;

	for (i = 0; i < list->nr; i++)
		count[list->items[i].kind][list->items[i].side] += names_of(&list->items[i]);
	for (kind = UNMATCHED_ROW; kind <= UNMATCHED_MODE; kind++) {
		for (side = SIDE_BASE; side <= SIDE_BOTH; side++) {
			if (!count[kind][side])
				continue;
			longer = mem_format("%s%s%zu %s%s %s", text, *text ? ", " : "", count[kind][side],
					    kinds[kind], plural(count[kind][side]),
					    kind == UNMATCHED_RUN ? "not complete" : where[side]);
			free(text);
			text = longer;
		}
	}
	return text;
}

/**
 * unmatched_json() - the list for programs
 * @list: the list
 *
 * Return: a new reference.
 */
json_t *unmatched_json(const struct unmatched_list *list)
{
	json_t *array = json_array(), *object;
	size_t i;

	for (i = 0; i < list->nr; i++) {
		const struct unmatched *item = &list->items[i];

		object = json_pack("{s:s, s:s, s:s, s:s, s:b}", "name",
				   item->row ? item->row->name : item->name, "kind",
				   kinds[item->kind], "side", sides[item->side], "reason", item->why,
				   "lost", item->lost);
		if (item->row)
			json_object_update_new(object, json_pack("{s:s, s:O}", "label",
				item->row->label, "parameters", (json_t *)item->row->parameters));
		json_array_append_new(array, object);
	}
	return array;
}
