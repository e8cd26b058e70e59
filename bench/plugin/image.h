/* SPDX-License-Identifier: GPL-2.0-only */
/* The functions of an arm64 program, module or kernel, and its code. */

#ifndef PLUGIN_IMAGE_H
#define PLUGIN_IMAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * struct image_function - what begins at a symbol and ends before the next one
 * @at: its address; in a module its place in the section .text
 * @size: bytes, of padding too
 * @name: as the file has it
 * @file: the last part of the source file's name, or NULL
 */
struct image_function {
	uint64_t at;
	uint64_t size;
	const char *name;
	const char *file;
};

/* A section with code. Of a module only .text counts, at address 0. */
struct image_code {
	uint64_t at;
	uint64_t size;
	const uint8_t *data;
};

#define IMAGE_MAX_CODE	16

struct image {
	uint8_t *data;
	size_t size;
	struct image_code code[IMAGE_MAX_CODE];
	size_t nr_code;
	struct image_function *functions;		/* by address */
	size_t nr;
};

/**
 * image_load() - read a file
 * @image: filled; image_free() takes it whatever came of it
 * @path: of a program, a kernel or a module for arm64
 *
 * Return: 0, or -errno: -ENOEXEC where it is no such file or damaged.
 */
int image_load(struct image *image, const char *path);
void image_free(struct image *image);

/* image_function_at() - the function that an address lies in, or NULL */
const struct image_function *image_function_at(const struct image *image, uint64_t at);

/* image_function() - the function of that name, or NULL */
const struct image_function *image_function(const struct image *image, const char *name);

/* image_word() - the instruction at an address; false where there is no code */
bool image_word(const struct image *image, uint64_t at, uint32_t *word);

#endif /* PLUGIN_IMAGE_H */
