// SPDX-License-Identifier: GPL-2.0-only
/*
 * Everything is looked up in the symbol table. The file that a function is from follows
 * from it too: each object file has local symbols behind the name of its source, one of
 * them where its code begins, and the linker keeps its code in one piece.
 */

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "image.h"

#ifndef EM_AARCH64
#define EM_AARCH64	183
#endif

/* Larger ones are no kernels. */
#define MOST_BYTES	(1UL << 30)

struct place {
	uint64_t at;
	const char *file;
};

/* What is known while a file is read. */
struct reading {
	struct image *image;
	const Elf64_Ehdr *header;
	const Elf64_Shdr *sections;
	const char *names;		/* of sections */
	size_t names_size;
	const Elf64_Sym *symbols;
	size_t nr_symbols;
	const char *strings;
	size_t strings_size;
	struct place *places;		/* where the code of a file begins or goes on */
	size_t nr_places;
};

static int read_file(struct image *image, const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC), ret = 0;
	size_t done = 0;
	struct stat st;
	ssize_t got;

	if (fd < 0)
		return -errno;
	if (fstat(fd, &st))
		ret = -errno;
	else if (!S_ISREG(st.st_mode) || st.st_size < (off_t)sizeof(Elf64_Ehdr) ||
		 (uint64_t)st.st_size > MOST_BYTES)
		ret = -ENOEXEC;
	if (!ret) {
		image->size = st.st_size;
		image->data = malloc(image->size);
		ret = image->data ? 0 : -ENOMEM;
	}
	while (!ret && done < image->size) {
		got = read(fd, image->data + done, image->size - done);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			ret = got ? -errno : -ENOEXEC;
		else
			done += got;
	}
	close(fd);

	return ret;
}

static bool lies_within(const struct image *image, uint64_t offset, uint64_t size)
{
	return offset <= image->size && size <= image->size - offset;
}

/* A string of a table, which ends within it; or "". */
static const char *string_of(const char *strings, size_t size, uint32_t offset)
{
	return offset < size && memchr(strings + offset, 0, size - offset) ? strings + offset : "";
}

/* Tables of a file are as aligned as the compiler of that file made them. */
static bool is_aligned(uint64_t offset)
{
	return offset % 8 == 0;
}

static int find_sections(struct reading *r)
{
	const struct image *image = r->image;
	const Elf64_Ehdr *h = (const void *)image->data;
	const Elf64_Shdr *names;

	if (memcmp(h->e_ident, ELFMAG, SELFMAG) || h->e_ident[EI_CLASS] != ELFCLASS64 ||
	    h->e_ident[EI_DATA] != ELFDATA2LSB || h->e_machine != EM_AARCH64 ||
	    h->e_shentsize != sizeof(Elf64_Shdr) || !is_aligned(h->e_shoff) ||
	    !lies_within(image, h->e_shoff, (uint64_t)h->e_shnum * sizeof(Elf64_Shdr)) ||
	    h->e_shstrndx >= h->e_shnum)
		return -ENOEXEC;
	r->header = h;
	r->sections = (const void *)(image->data + h->e_shoff);
	names = &r->sections[h->e_shstrndx];
	if (!lies_within(image, names->sh_offset, names->sh_size))
		return -ENOEXEC;
	r->names = (const char *)image->data + names->sh_offset;
	r->names_size = names->sh_size;

	return 0;
}

static bool is_code(const struct reading *r, const Elf64_Shdr *s)
{
	if (s->sh_type != SHT_PROGBITS || !(s->sh_flags & SHF_EXECINSTR))
		return false;

	return r->header->e_type != ET_REL ||
	       !strcmp(string_of(r->names, r->names_size, s->sh_name), ".text");
}

static int find_code(struct reading *r)
{
	struct image *image = r->image;
	size_t i;

	for (i = 0; i < r->header->e_shnum; i++) {
		const Elf64_Shdr *s = &r->sections[i];

		if (s->sh_type == SHT_SYMTAB && s->sh_link < r->header->e_shnum) {
			const Elf64_Shdr *strings = &r->sections[s->sh_link];

			if (!lies_within(image, s->sh_offset, s->sh_size) ||
			    !is_aligned(s->sh_offset) ||
			    !lies_within(image, strings->sh_offset, strings->sh_size))
				return -ENOEXEC;
			r->symbols = (const void *)(image->data + s->sh_offset);
			r->nr_symbols = s->sh_size / sizeof(Elf64_Sym);
			r->strings = (const char *)image->data + strings->sh_offset;
			r->strings_size = strings->sh_size;
		}
		if (!is_code(r, s) || image->nr_code == IMAGE_MAX_CODE)
			continue;
		if (!lies_within(image, s->sh_offset, s->sh_size) ||
		    s->sh_addr + s->sh_size < s->sh_addr)
			return -ENOEXEC;
		image->code[image->nr_code++] = (struct image_code){
			s->sh_addr, s->sh_size, image->data + s->sh_offset,
		};
	}

	return r->symbols && image->nr_code ? 0 : -ENOEXEC;
}

/* Where code is told from data, objects say so: $x, or with the prefix of EL2's objects. */
static bool is_mapping(const char *name)
{
	const char *dollar = strchr(name, '$');

	return dollar && dollar[1] && (dollar == name || dollar[-1] == '_') &&
	       strchr("xd", dollar[1]) && (!dollar[2] || dollar[2] == '.');
}

static bool is_function(const Elf64_Sym *s, const char *name)
{
	unsigned int type = ELF64_ST_TYPE(s->st_info);

	return (type == STT_FUNC || type == STT_NOTYPE) && *name && !is_mapping(name) &&
	       s->st_value % 4 == 0;
}

static const struct image_code *code_at(const struct image *image, uint64_t at)
{
	size_t i;

	for (i = 0; i < image->nr_code; i++) {
		if (at >= image->code[i].at && at - image->code[i].at < image->code[i].size)
			return &image->code[i];
	}

	return NULL;
}

static void take_symbols(struct reading *r)
{
	struct image *image = r->image;
	const char *file = NULL;
	size_t i;

	for (i = 0; i < r->nr_symbols; i++) {
		const Elf64_Sym *s = &r->symbols[i];
		const char *name = string_of(r->strings, r->strings_size, s->st_name);
		bool local = ELF64_ST_BIND(s->st_info) == STB_LOCAL;

		if (ELF64_ST_TYPE(s->st_info) == STT_FILE) {
			file = *name ? name : NULL;
			continue;
		}
		if (!s->st_shndx || s->st_shndx >= r->header->e_shnum ||
		    !is_code(r, &r->sections[s->st_shndx]) || !code_at(image, s->st_value))
			continue;
		if (local && file && (is_mapping(name) || ELF64_ST_TYPE(s->st_info) == STT_FUNC))
			r->places[r->nr_places++] = (struct place){ s->st_value, file };
		if (is_function(s, name))
			image->functions[image->nr++] = (struct image_function){
				s->st_value, ELF64_ST_TYPE(s->st_info) == STT_FUNC ? s->st_size : 0,
				name, NULL,
			};
	}
}

static int by_address(uint64_t a, uint64_t b)
{
	return a < b ? -1 : a > b;
}

static int compare_places(const void *a, const void *b)
{
	return by_address(((const struct place *)a)->at, ((const struct place *)b)->at);
}

/* Of those at one address the one that says how long it is comes first, then by name. */
static int compare_functions(const void *a, const void *b)
{
	const struct image_function *x = a, *y = b;
	int order = by_address(x->at, y->at);

	if (!order)
		order = by_address(!x->size, !y->size);

	return order ? order : strcmp(x->name, y->name);
}

/* A label within a function is part of it, and two names of one address are one function. */
static void drop_labels(struct image *image)
{
	uint64_t end = 0;
	size_t kept = 0, i;

	for (i = 0; i < image->nr; i++) {
		const struct image_function *f = &image->functions[i];

		if (kept && (f->at == image->functions[kept - 1].at || f->at < end))
			continue;
		if (f->size)
			end = f->at + f->size;
		image->functions[kept++] = *f;
	}
	image->nr = kept;
}

static void finish_functions(struct reading *r)
{
	struct image *image = r->image;
	size_t place = 0, i;

	for (i = 0; i < image->nr; i++) {
		struct image_function *f = &image->functions[i];
		const struct image_code *code = code_at(image, f->at);
		uint64_t end = code->at + code->size;

		if (i + 1 < image->nr && image->functions[i + 1].at < end)
			end = image->functions[i + 1].at;
		f->size = end - f->at;
		while (place + 1 < r->nr_places && r->places[place + 1].at <= f->at)
			place++;
		if (place < r->nr_places && r->places[place].at <= f->at)
			f->file = r->places[place].file;
	}
}

int image_load(struct image *image, const char *path)
{
	struct reading r = { .image = image };
	int ret;

	*image = (struct image){ 0 };
	ret = read_file(image, path);
	if (!ret)
		ret = find_sections(&r);
	if (!ret)
		ret = find_code(&r);
	if (ret)
		return ret;
	r.places = calloc(r.nr_symbols + 1, sizeof(*r.places));
	image->functions = calloc(r.nr_symbols + 1, sizeof(*image->functions));
	if (!r.places || !image->functions) {
		free(r.places);
		return -ENOMEM;
	}
	take_symbols(&r);
	qsort(r.places, r.nr_places, sizeof(*r.places), compare_places);
	qsort(image->functions, image->nr, sizeof(*image->functions), compare_functions);
	drop_labels(image);
	finish_functions(&r);
	free(r.places);

	return image->nr ? 0 : -ENOEXEC;
}

void image_free(struct image *image)
{
	free(image->functions);
	free(image->data);
	*image = (struct image){ 0 };
}

const struct image_function *image_function_at(const struct image *image, uint64_t at)
{
	size_t low = 0, high = image->nr;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (image->functions[middle].at <= at)
			low = middle + 1;
		else
			high = middle;
	}
	if (!low || at - image->functions[low - 1].at >= image->functions[low - 1].size)
		return NULL;

	return &image->functions[low - 1];
}

const struct image_function *image_function(const struct image *image, const char *name)
{
	size_t i;

	for (i = 0; i < image->nr; i++) {
		if (!strcmp(image->functions[i].name, name))
			return &image->functions[i];
	}

	return NULL;
}

bool image_word(const struct image *image, uint64_t at, uint32_t *word)
{
	const struct image_code *code = code_at(image, at);
	const uint8_t *b;

	if (!code || code->at + code->size - at < 4)
		return false;
	b = code->data + (at - code->at);
	*word = b[0] | (uint32_t)b[1] << 8 | (uint32_t)b[2] << 16 | (uint32_t)b[3] << 24;

	return true;
}
