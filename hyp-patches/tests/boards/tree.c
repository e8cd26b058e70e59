// SPDX-License-Identifier: GPL-2.0-only
/*
 * A flattened device tree as the kernel has it once it is unflattened: nodes in the
 * blob's order, each with a "name" whether the blob has one or not (drivers/of/fdt.c).
 */

#include "boards.h"

#include <libfdt.h>
#include <stdio.h>

static void *read_file(const char *file)
{
	FILE *f = fopen(file, "rb");
	size_t size = 0, room = 1 << 20;
	char *data = malloc(room);

	while (f && !feof(f) && !ferror(f)) {
		if (size == room)
			data = realloc(data, room *= 2);
		size += fread(data + size, 1, room - size, f);
	}
	if (!f || ferror(f) || size < sizeof(struct fdt_header) || fdt_check_header(data) ||
	    fdt_totalsize(data) > size) {
		fprintf(stderr, "boards: %s is no flattened device tree\n", file);
		free(data);
		data = NULL;
	}
	if (f)
		fclose(f);

	return data;
}

static struct property *new_property(const char *name, const void *value, int length)
{
	struct property *p = calloc(1, sizeof(*p));

	p->name = (char *)name;
	p->value = (void *)value;
	p->length = length;

	return p;
}

static void read_properties(const void *blob, int at, struct device_node *np)
{
	struct property **next = &np->properties;
	bool named = false;
	int prop;

	fdt_for_each_property_offset(prop, blob, at)
	{
		const char *name;
		int length;
		const void *value = fdt_getprop_by_offset(blob, prop, &name, &length);

		named |= !strcmp(name, "name");
		if (!strcmp(name, "phandle") || !strcmp(name, "linux,phandle"))
			np->phandle = np->phandle ? np->phandle : be32_to_cpup(value);
		*next = new_property(name, value, length);
		next = &(*next)->next;
	}
	if (!named) {
		size_t length = strcspn(np->full_name, "@");

		*next = new_property("name", strndup(np->full_name, length), length + 1);
	}
	np->name = of_get_property(np, "name", NULL);
}

static struct device_node *read_node(const void *blob, int at, struct device_node *parent)
{
	struct device_node *np = calloc(1, sizeof(*np)), **next = &np->child;
	int child;

	np->full_name = fdt_get_name(blob, at, NULL);
	np->parent = parent;
	of_node_init(np);
	read_properties(blob, at, np);

	fdt_for_each_subnode(child, blob, at)
	{
		*next = read_node(blob, child, np);
		next = &(*next)->sibling;
	}

	return np;
}

const void *tree_read(const char *file)
{
	void *blob = read_file(file);

	if (blob)
		of_root = read_node(blob, 0, NULL);

	return blob;
}

bool tree_live(const struct device_node *np)
{
	for (; np; np = np->parent) {
		if (!of_device_is_available(np))
			return false;
	}

	return true;
}
